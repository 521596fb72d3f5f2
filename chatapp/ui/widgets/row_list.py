"""Lists whose rows do something, also when a screen reader presses them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QTimer,
    Signal,
)
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QListView, QWidget


class RowList(QListView):
    """Of a row Qt offers readers only "Toggle", which selects it or no longer, beside all others.

    Signals: `pressed_unseen(QModelIndex)`: a reader toggled this row.
    """

    pressed_unseen = Signal(QModelIndex)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_expected = False  # that the selection changes: by pointer, keys or the program

    def choose(self, index: QModelIndex) -> None:
        """Put the keyboard on a row and select only that, whatever keys are held."""
        only = QItemSelectionModel.SelectionFlag.ClearAndSelect
        with self._expecting():
            self.selectionModel().setCurrentIndex(index, only)

    def event(self, event: QEvent) -> bool:
        with self._expecting():
            return super().event(event)

    def viewportEvent(self, event: QEvent) -> bool:
        with self._expecting():
            return super().viewportEvent(event)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        if self._is_expected or not QAccessible.isActive():
            return
        changed = [*selected.indexes(), *deselected.indexes()]
        if len(changed) == 1:
            index = QPersistentModelIndex(changed[0])
            # Soon: a row that is taken away is deselected, too, and gone then.
            QTimer.singleShot(0, self, lambda: self._tell(index))

    def _tell(self, index: QPersistentModelIndex) -> None:
        if index.isValid():
            self.pressed_unseen.emit(self.model().index(index.row(), index.column()))

    @contextmanager
    def _expecting(self) -> Iterator[None]:
        before, self._is_expected = self._is_expected, True
        try:
            yield
        finally:
            self._is_expected = before
