"""The foot of the sidebar: what is under way, what is kept out of the list, and the settings."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from chatapp.ui.download_note import DownloadNote
from chatapp.ui.i18n import Translated
from chatapp.ui.widgets.sidebar_row import SidebarRow
from chatapp.ui.widgets.trash_row import ArchiveRow, TrashRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.domain.download import DownloadItem
    from chatapp.ui.theme import Appearance

_MARGIN = 8


class Shelf(StrEnum):
    """Where conversations are kept."""

    LIST = "list"
    ARCHIVE = "archive"
    TRASH = "trash"


class SidebarFoot(Translated, QWidget):
    """Rows below a line. There are only those that lead somewhere else, and never to nothing.

    Signals: `downloads_requested()`, `settings_requested()`, `shelf_requested(Shelf)`.
    """

    downloads_requested = Signal()
    settings_requested = Signal()
    shelf_requested = Signal(object)

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self._shelf = Shelf.LIST
        self.downloads = DownloadNote(appearance)
        self.archive = ArchiveRow(appearance)
        self.trash = TrashRow(appearance)
        self.settings = SidebarRow(appearance, "gear")
        self.downloads.clicked.connect(self.downloads_requested)
        self.archive.clicked.connect(lambda: self.shelf_requested.emit(Shelf.ARCHIVE))
        self.trash.clicked.connect(lambda: self.shelf_requested.emit(Shelf.TRASH))
        self.settings.clicked.connect(self.settings_requested)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 1 + _MARGIN, 0, _MARGIN)
        column.setSpacing(0)
        for row in self.rows:
            column.addWidget(row)
        for row in (self.downloads, self.archive, self.trash):
            row.hide()
        appearance.changed.connect(self.update)
        self._translate()

    @property
    def rows(self) -> tuple[SidebarRow, ...]:
        """All of them, from the top."""
        return self.downloads, self.archive, self.trash, self.settings

    def set_downloads(self, items: Sequence[DownloadItem]) -> None:
        """What is being downloaded; with nothing left to do there is no row for it."""
        self.downloads.set_items(items)
        self.downloads.setVisible(self.downloads.has_words)

    def set_trash_count(self, count: int) -> None:
        """How many conversations are in the Trash; with none there is no row for it."""
        self.trash.set_count(count)
        self.set_shelf(self._shelf)

    def set_archive_count(self, count: int) -> None:
        """How many conversations are in the archive; with none there is no row for it."""
        self.archive.set_count(count)
        self.set_shelf(self._shelf)

    def set_shelf(self, shelf: Shelf) -> None:
        """Where the conversations are that are listed now."""
        self._shelf = shelf
        for row in (self.archive, self.trash):
            row.setVisible(shelf is Shelf.LIST and row.count > 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(0, 0, self.width(), 1, self._appearance.theme.border)

    def _translate(self) -> None:
        self.settings.setText(self.tr("Settings"))
