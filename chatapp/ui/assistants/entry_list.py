"""The list of assistants, or of prompts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import QItemSelectionModel, QSignalBlocker, Qt
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem

from chatapp.domain.assistant import Assistant
from chatapp.domain.prompt import PromptTemplate
from chatapp.ui.assistants.icon_choice import icon_of
from chatapp.ui.composer_suggestions import SUGGESTION, RowDelegate, Suggestion, item_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chatapp.ui.theme import Appearance

E = TypeVar("E", Assistant, PromptTemplate)


class EntryList(QListWidget, Generic[E]):
    """One is current, and several may be selected."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(RowDelegate(appearance, self, elides=False))

    @property
    def current(self) -> E | None:
        """The one that is shown beside the list."""
        return None if self.currentRow() < 0 else self._of(self.currentItem())

    @property
    def selected(self) -> list[E]:
        """What is done is done to these."""
        return [self._of(item) for item in self.selectedItems()]

    def fill(self, entries: Iterable[E], wanted: str) -> None:
        """List these without a signal. The wanted one is current, or the first."""
        with QSignalBlocker(self):
            self.clear()
            for entry in entries:
                self.addItem(item_of(_suggestion(entry)))
            self.setCurrentRow(0)
            self.go_to(wanted)

    def go_to(self, entry_id: str) -> None:
        """Make the one with this id current."""
        for row in range(self.count()):
            if self._of(self.item(row)).id == entry_id:
                self.setCurrentRow(row, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def _of(self, item: QListWidgetItem) -> E:
        suggestion: Suggestion = item.data(SUGGESTION)
        entry: E = suggestion.value  # type: ignore[assignment]
        return entry


def _suggestion(entry: Assistant | PromptTemplate) -> Suggestion:
    if isinstance(entry, Assistant):
        return Suggestion(entry, entry.name, icon_of(entry), entry.description)
    return Suggestion(entry, entry.name, "slash")
