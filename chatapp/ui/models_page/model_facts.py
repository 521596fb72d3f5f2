"""All that is known of a model on this computer, to be read and copied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from chatapp.ui.models_page.library_words import LibraryEntry, facts
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.popup import Popup
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance

_WIDTH: Final = 640
_PADDING: Final = 16
_LONGEST: Final = 400  # characters of one value that are shown


class ModelFacts(Popup):
    """Names and values, which can be selected.

    Signals: `folder_requested()`, `page_requested()` where the model came from the Hub; it closes
    by itself.
    """

    folder_requested = Signal()
    page_requested = Signal()

    def __init__(self, appearance: Appearance, entry: LibraryEntry, parent: QWidget) -> None:
        super().__init__(appearance, self.tr("Details of this model"), parent)
        self.setMaximumWidth(min(appearance.width(_WIDTH), parent.window().width() - 2 * _PADDING))
        self._name = entry.model.name
        self._facts = facts(entry)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        self.values: list[QLabel] = []
        for row, (name, value) in enumerate(self._facts):
            label = TextLabel(appearance, name, "small", "text_muted")
            top = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeading
            grid.addWidget(label, row, 0, top)
            text = value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"
            shown = QLabel(text)
            shown.setTextFormat(Qt.TextFormat.PlainText)
            shown.setFont(appearance.font("small", tabular=True))
            shown.setWordWrap(True)
            shown.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse
                | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            if self.isRightToLeft():  # else the values' own direction would part them from names
                right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute
                shown.setAlignment(right | Qt.AlignmentFlag.AlignVCenter)
            shown.setAccessibleName(f"{name}: {value}")
            grid.addWidget(shown, row, 1)
            self.values.append(shown)
        self._copy_button = Button(appearance, self.tr("Copy"), icon="copy", designed_height=28)
        self._copy_button.clicked.connect(self._copy)
        folder = Button(appearance, self.tr("Show in folder"), icon="folder", designed_height=28)
        folder.clicked.connect(self.close)
        folder.clicked.connect(self.folder_requested)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch()
        if entry.model.repo:
            page = Button(appearance, self.tr("Model page"), designed_height=28)
            page.clicked.connect(self.close)
            page.clicked.connect(self.page_requested)
            buttons.addWidget(page)
        buttons.addWidget(folder)
        buttons.addWidget(self._copy_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(_PADDING, _PADDING, _PADDING, _PADDING)
        column.setSpacing(12)
        column.addWidget(TextLabel(appearance, self._name, "card_title", wrap=True))
        column.addLayout(grid)
        column.addLayout(buttons)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._copy_button.setFocus(Qt.FocusReason.PopupFocusReason)

    def _copy(self) -> None:
        lines = [self._name, *(f"{name}: {value}" for name, value in self._facts)]
        QGuiApplication.clipboard().setText("\n".join(lines))
        self._copy_button.set_icons("check")
        self._copy_button.setText(self.tr("Copied"))
