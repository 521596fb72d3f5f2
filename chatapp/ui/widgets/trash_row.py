"""The row at the foot of the sidebar that leads to deleted conversations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale

from chatapp.ui.widgets.sidebar_row import SidebarRow

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from chatapp.ui.theme import Appearance


class TrashRow(SidebarRow):
    """“Trash” with its icon and how much is in it."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(appearance, "trash", parent=parent)
        self._count = 0
        self.setText(self.tr("Trash"))

    @property
    def count(self) -> int:
        """How many conversations are in it."""
        return self._count

    def set_count(self, count: int) -> None:
        """Show how many conversations are in it."""
        self._count = count
        self.set_trailing(QLocale().toString(count))
        if count == 1:
            name = self.tr("Trash, 1 conversation")
        else:
            name = self.tr("Trash, {count} conversations").format(count=QLocale().toString(count))
        self.setAccessibleName(name)
