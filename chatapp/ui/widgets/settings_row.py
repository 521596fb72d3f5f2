"""One setting: its name and an explanation at the left, its control at the right."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from chatapp.ui.widgets.name_label import NameLabel
from chatapp.ui.widgets.text_label import TextColor, TextLabel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.ui.theme import Appearance

_LEAST = 52
_PADDING = 8
_GAP = 24
_GAP_BELOW = 6
_BREAKS = re.compile(r"([/\\_])")  # where a path may go on in the next line
_WORDS = 1 / 3  # of the width, at least, are for the words


class SettingsRow(QWidget):
    """At least 52 high, above a 1 px line. `note` is what a change of it led to.

    Where there is no room beside the words, the controls stand below them. `key` names the row in
    any language, and `search_words` are others than those seen that it is found by.
    """

    def __init__(
        self,
        appearance: Appearance,
        name: str,
        explanation: str,
        controls: Sequence[QWidget],
        parent: QWidget | None = None,
        *,
        key: str = "",
        search_words: str = "",
    ) -> None:
        super().__init__(parent)
        self.key = key
        self._appearance = appearance
        self._search_words = search_words
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        appearance.fit(self, lambda row: row.setMinimumHeight(appearance.height(_LEAST, lines=2)))
        # Made when there is something to say: there are many rows, and each widget takes its time.
        self._explanation: TextLabel | None = None
        self._note: TextLabel | None = None
        self._words = QVBoxLayout()
        self._words.setSpacing(0)
        self._words.addStretch()
        self._name = NameLabel(appearance, name)
        self._words.addWidget(self._name)
        self._words.addStretch()
        self._ends = QHBoxLayout()
        self._ends.setSpacing(8)
        for control in controls:
            self._ends.addWidget(control, 0, Qt.AlignmentFlag.AlignVCenter)
            control.installEventFilter(self)
        self._controls = tuple(controls)
        self._row = _Arrangement(self, self._name, self._words, self._ends)
        self.set_explanation(explanation)
        appearance.changed.connect(self.update)

    @property
    def name(self) -> str:
        """What is set here."""
        return self._name.text()

    @property
    def words(self) -> str:
        """What it is found by."""
        return f"{self._name.text()} {self._explained} {self._search_words}"

    @property
    def note(self) -> str:
        """What stands below the explanation, or empty."""
        return self._note.text() if self._note is not None else ""

    def focus(self) -> None:
        """Put the keyboard on the first of its controls that takes it."""
        for control in self._controls:
            takes_it = control.focusPolicy() & Qt.FocusPolicy.TabFocus
            if takes_it and control.isVisible() and control.isEnabled():
                control.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return

    def set_explanation(self, text: str) -> None:
        """Explain it otherwise."""
        self._explained = text
        if text and self._explanation is None:
            self._explanation = TextLabel(self._appearance, "", "small", "text_muted", wrap=True)
            self._explanation.setMinimumWidth(1)  # a long path takes no room from the controls
            self._words.insertWidget(2, self._explanation)
        if self._explanation is not None:
            self._explanation.setText(_BREAKS.sub("\\1\u200b", text))
            self._explanation.setVisible(bool(text))
        for control in self._controls:
            control.setAccessibleDescription(text)

    def set_changed(self, *, changed: bool) -> None:
        """Whether it is not what it would be by itself."""
        self._name.set_changed(changed=changed)

    def set_note(self, text: str, color: TextColor = "danger") -> None:
        """Say what a change led to; empty takes it away."""
        if text and self._note is None:
            self._note = TextLabel(self._appearance, "", "small", wrap=True)
            self._words.insertWidget(self._words.count() - 1, self._note)
        if self._note is not None:
            self._note.setText(text)
            self._note.set_color(color)
            self._note.setVisible(bool(text))

    # Qt

    def minimumSizeHint(self) -> QSize:
        # Of the narrow arrangement, or the row would never get so narrow.
        hint = super().minimumSizeHint()
        least = max(self._name.sizeHint().width(), self._ends.minimumSize().width())
        return QSize(min(hint.width(), least), hint.height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in {QEvent.Type.ShowToParent, QEvent.Type.HideToParent}:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        border = self._appearance.theme.border
        QPainter(self).fillRect(0, self.height() - 1, self.width(), 1, border)


class _Arrangement(QBoxLayout):
    """The controls beside the words, or below where there is no room.

    It knows how high it is going to be in a width, so that a page has its height at once.
    """

    def __init__(self, row: QWidget, name: QWidget, words: QBoxLayout, ends: QBoxLayout) -> None:
        super().__init__(QBoxLayout.Direction.LeftToRight, row)
        self._name = name
        self._words = words
        self._ends = ends
        self.setContentsMargins(0, _PADDING, 0, _PADDING + 1)
        self.setSpacing(_GAP)
        self.addLayout(words, 1)
        self.addLayout(ends)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        ends = self._ends.sizeHint()
        if self._is_beside(width):
            words = self._height_of_words(width - _GAP - ends.width() if ends.width() else width)
            inside = max(words, ends.height())
        else:
            inside = self._height_of_words(width) + _GAP_BELOW + ends.height()
        return inside + 2 * _PADDING + 1

    def minimumHeightForWidth(self, width: int) -> int:
        return self.heightForWidth(width)

    def setGeometry(self, rect: QRect) -> None:
        is_beside = self._is_beside(rect.width())
        direction = QBoxLayout.Direction
        wanted = direction.LeftToRight if is_beside else direction.TopToBottom
        if self.direction() is not wanted:
            self.setDirection(wanted)
            self.setSpacing(_GAP if is_beside else _GAP_BELOW)
            end = Qt.AlignmentFlag(0) if is_beside else Qt.AlignmentFlag.AlignRight
            self.setAlignment(self._ends, end)
        super().setGeometry(rect)

    def _is_beside(self, width: int) -> bool:
        words = max(self._name.sizeHint().width(), round(_WORDS * width))
        return width >= words + _GAP + self._ends.sizeHint().width()

    def _height_of_words(self, width: int) -> int:
        if self._words.hasHeightForWidth():
            return self._words.heightForWidth(width)
        return self._words.sizeHint().height()
