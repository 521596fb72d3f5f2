"""What can be done with several conversations that are selected in the sidebar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QPoint, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from chatapp.ui.i18n import Translated
from chatapp.ui.widgets.icon_button import IconButton
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance


class SelectionBar(Translated, QWidget):
    """How many they are, and a button for each thing that can be done with them.

    Signals: `move_requested(QPoint)` and `tag_requested(QPoint)`, with where a menu may open;
    `archive_requested()`, `trash_requested()`, `clear_requested()`.
    """

    move_requested = Signal(QPoint)
    tag_requested = Signal(QPoint)
    archive_requested = Signal()
    trash_requested = Signal()
    clear_requested = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._count = 0
        self._is_archive = False
        self._label = TextLabel(appearance, "", "small", "text_muted")
        self.move_button = IconButton(appearance, "folder", "", designed_size=28)
        self.tag_button = IconButton(appearance, "tag", "", designed_size=28)
        self.archive_button = IconButton(appearance, "archive", "", designed_size=28)
        self.trash_button = IconButton(appearance, "trash", "", designed_size=28)
        self.clear_button = IconButton(appearance, "close", "", designed_size=28)
        self.move_button.clicked.connect(
            lambda: self.move_requested.emit(self._below(self.move_button))
        )
        self.tag_button.clicked.connect(
            lambda: self.tag_requested.emit(self._below(self.tag_button))
        )
        self.archive_button.clicked.connect(self.archive_requested)
        self.trash_button.clicked.connect(self.trash_requested)
        self.clear_button.clicked.connect(self.clear_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 5, 8, 4)
        row.setSpacing(0)
        row.addWidget(self._label, 1)
        for button in self.buttons:
            row.addWidget(button)
        self._translate()

    @property
    def buttons(self) -> tuple[IconButton, ...]:
        """All of them, in the order of reading."""
        return (
            self.move_button,
            self.tag_button,
            self.archive_button,
            self.trash_button,
            self.clear_button,
        )

    def set_count(self, count: int) -> None:
        """How many conversations are selected."""
        self._count = count
        self._show_count()

    def set_archived(self, *, is_archive: bool) -> None:
        """Whether they are those in the archive."""
        self._is_archive = is_archive
        self._translate()

    def _below(self, button: IconButton) -> QPoint:
        return button.mapToGlobal(button.rect().bottomLeft())

    def _translate(self) -> None:
        self.move_button.set_name(self.tr("Move to folder"))
        self.tag_button.set_name(self.tr("Tags"))
        words = self.tr("Take out of the archive") if self._is_archive else self.tr("Archive")
        self.archive_button.set_name(words)
        self.trash_button.set_name(self.tr("Move to Trash"))
        self.clear_button.set_name(self.tr("Select nothing"))
        self._show_count()

    def _show_count(self) -> None:
        self._label.setText(
            self.tr("{count} selected").format(count=QLocale().toString(self._count))
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(0, 0, self.width(), 1, self._appearance.theme.border)
