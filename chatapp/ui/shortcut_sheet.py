"""All keys on one sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from chatapp.ui.i18n import Translated
from chatapp.ui.keys import fixed_keys, key_caps, told_keys
from chatapp.ui.widgets.dialog import Dialog
from chatapp.ui.widgets.key_caps import KeyCaps
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.ui.actions import Actions
    from chatapp.ui.theme import Appearance

_WIDTH = 720
_HEIGHT = 560


class ShortcutSheet(Translated, Dialog):
    """What the actions say of themselves: groups of words and keys, in two columns.

    Signals: `keys_requested()` when the person wants to change them.
    """

    keys_requested = Signal()

    def __init__(
        self,
        appearance: Appearance,
        actions: Actions,
        parent: QWidget | None = None,
        *,
        enter_sends: bool = True,
    ) -> None:
        super().__init__(appearance, "", "", parent)
        self._actions = actions
        self._enter_sends = enter_sends
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.add_widget(self._area)
        self.change_button = self.add_left_button("")
        self.change_button.clicked.connect(self._on_change)
        self._close = self.add_button("", safe=True)
        self._translate()

    def _translate(self) -> None:
        title = self.tr("Keyboard shortcuts")
        self.set_words(title, "")
        self._area.setAccessibleName(title)
        self.change_button.setText(self.tr("Change keys…"))
        self._close.setText(self.tr("Close"))
        self._content = self._make_content()
        self._area.setWidget(self._content)
        for widget in (self._area.viewport(), self._content):
            widget.setAutoFillBackground(False)
        bar = self._area.verticalScrollBar().sizeHint().width()
        self._area.setMinimumWidth(self._content.minimumSizeHint().width() + bar)
        self.resize(self.sizeHint())  # Qt's own choice is at most two thirds of the screen

    def _make_content(self) -> QWidget:
        groups: dict[str, list[tuple[str, list[QKeySequence]]]] = {}
        for action in self._actions.all():
            if action.shortcuts():
                rows = groups.setdefault(self._actions.group_name(action.group), [])
                rows.append((action.text(), told_keys(action.shortcuts())))
        groups[self.tr("Writing and reading")] = [
            (fixed.words, fixed.sequences) for fixed in fixed_keys(enter_sends=self._enter_sends)
        ]
        total = sum(len(rows) + 2 for rows in groups.values())
        placed = 0
        columns = [_column(), _column()]
        for name, rows in groups.items():
            column = columns[0 if placed + len(rows) / 2 < total / 2 else 1]
            placed += len(rows) + 2
            self._add_group(column, name, rows)
        content = QWidget()
        content.setObjectName("sheet")
        row = QHBoxLayout(content)
        row.setContentsMargins(0, 0, 12, 0)
        row.setSpacing(32)
        for column in columns:
            column.addStretch(1)
            row.addLayout(column, 1)
        return content

    def sizeHint(self) -> QSize:
        wanted = self._content.sizeHint()
        parent = self.parentWidget()
        room = parent.size() if parent is not None else QSize(_WIDTH, _HEIGHT)
        width = min(max(_WIDTH, wanted.width() + 64), max(480, room.width() - 32))
        return QSize(width, min(max(_HEIGHT, room.height() - 120), wanted.height() + 180))

    def _on_change(self) -> None:
        self.accept()
        self.keys_requested.emit()

    def _add_group(
        self,
        column: QVBoxLayout,
        name: str,
        rows: Sequence[tuple[str, Sequence[QKeySequence]]],
    ) -> None:
        heading = TextLabel(self._appearance, name, "caption", "text_muted")
        heading.setContentsMargins(0, 12, 0, 4)
        heading.setMinimumHeight(self._appearance.line_height("caption") + 16)
        column.addWidget(heading)
        for words, sequences in rows:
            row = QHBoxLayout()
            row.setSpacing(12)
            label = TextLabel(self._appearance, words, wrap=True)
            row.addWidget(label, 1)
            for sequence in sequences:
                row.addWidget(KeyCaps(self._appearance, key_caps(sequence)))
            column.addLayout(row)


def _column() -> QVBoxLayout:
    column = QVBoxLayout()
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(6)
    return column
