"""The frame of the few dialogs: loss that can't be undone, quitting while busy, bugs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from chatapp.ui.widgets.button import Button, ButtonKind
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent, QShowEvent

    from chatapp.ui.icons import IconName
    from chatapp.ui.theme import Appearance

_WIDTH = 440


class Dialog(QDialog):
    """A title, a sentence or two, and verbs. Show it with `open()`.

    Escape is the same as the safe button.
    """

    def __init__(
        self, appearance: Appearance, title: str, text: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._safe: Button | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._body = QVBoxLayout()
        self._body.setSpacing(8)
        self._title_label = TextLabel(appearance, "", "card_title", wrap=True)
        self._text_label = TextLabel(appearance, "", color="text_muted", wrap=True)
        self._body.addWidget(self._title_label)
        self._body.addWidget(self._text_label)
        self._left_buttons = QHBoxLayout()
        self._right_buttons = QHBoxLayout()
        for row in (self._left_buttons, self._right_buttons):
            row.setSpacing(8)
        buttons = QHBoxLayout()
        buttons.addLayout(self._left_buttons)
        buttons.addStretch()
        buttons.addLayout(self._right_buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(24)
        layout.addLayout(self._body)
        layout.addLayout(buttons)
        self.set_words(title, text)
        appearance.fit(self, lambda dialog: dialog.setMinimumWidth(appearance.width(_WIDTH)))

    def set_words(self, title: str, text: str) -> None:
        """Say it otherwise, as in another language."""
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        self._title_label.setText(title)
        self._text_label.setText(text)
        self._text_label.setVisible(bool(text))

    def add_widget(self, widget: QWidget) -> None:
        """Put something below the sentences."""
        self._body.addSpacing(8)
        self._body.addWidget(widget)

    def add_left_button(self, text: str, *, icon: IconName | None = None) -> Button:
        """A quiet button at the other end of the row, which does not close the dialog."""
        button = Button(self._appearance, text, "quiet", icon=icon)
        self._left_buttons.addWidget(button)
        return button

    def add_button(self, text: str, kind: ButtonKind = "outlined", *, safe: bool = False) -> Button:
        """A button that closes the dialog: the safe one rejects and has the focus first."""
        button = Button(self._appearance, text, kind)
        if safe:
            self._safe = button
            button.clicked.connect(self.reject)
        else:
            button.clicked.connect(self.accept)
        self._right_buttons.addWidget(button)
        return button

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._appearance.theme.surface_raised)

    def sizeHint(self) -> QSize:
        width = self._appearance.width(_WIDTH)
        layout = self.layout()
        height = layout.totalHeightForWidth(width) if layout is not None else -1
        return QSize(width, max(height, super().sizeHint().height() if height < 0 else 0))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._safe is not None:
            self._safe.setFocus(Qt.FocusReason.TabFocusReason)
