"""The rows at the foot of the sidebar that lead to archived and to deleted conversations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale

from chatapp.ui.i18n import Translated
from chatapp.ui.widgets.sidebar_row import SidebarRow

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from chatapp.ui.icons import IconName
    from chatapp.ui.theme import Appearance


class _ShelfRow(Translated, SidebarRow):
    """An icon, a name and how much is there."""

    def __init__(
        self, appearance: Appearance, icon: IconName, parent: QWidget | None = None
    ) -> None:
        super().__init__(appearance, icon, parent=parent)
        self._count = 0
        self._translate()

    @property
    def count(self) -> int:
        """How many conversations are in it."""
        return self._count

    def set_count(self, count: int) -> None:
        """Show how many conversations are in it."""
        self._count = count
        self.set_trailing(QLocale().toString(count))
        self._translate()


class TrashRow(_ShelfRow):
    """“Trash” with its icon and how much is in it."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(appearance, "trash", parent)

    def _translate(self) -> None:
        self.setText(self.tr("Trash"))
        self.setAccessibleName(self.tr("Trash, %Ln conversation(s)", "", self._count))


class ArchiveRow(_ShelfRow):
    """“Archive” with its icon and how much is in it."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(appearance, "archive", parent)

    def _translate(self) -> None:
        self.setText(self.tr("Archive"))
        self.setAccessibleName(self.tr("Archive, %Ln conversation(s)", "", self._count))
