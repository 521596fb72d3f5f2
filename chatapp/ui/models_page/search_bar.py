"""The field that searches the Hub and takes links, with the order of the results beside it."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QWidget

from chatapp.ui.i18n import Translated
from chatapp.ui.widgets.combo import Combo
from chatapp.ui.widgets.icon_button import IconButton
from chatapp.ui.widgets.search_field import SearchField

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance

_HEIGHT = 36
_DEBOUNCE_MS = 250
_AT_ONCE = 4  # characters that nobody types in one step


class Sorting(Enum):
    """What comes first."""

    RECOMMENDED = auto()
    DOWNLOADS = auto()
    TRENDING = auto()
    LIKES = auto()
    UPDATED = auto()


class HubSearchField(SearchField):
    """36 high; tells of a query later than other fields, because each one is a request.

    Signals: `pasted(str)` when much came at once, as from the clipboard.
    """

    pasted = Signal(str)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(appearance, "", QKeySequence(), parent)
        self._length = 0
        self._timer.setInterval(_DEBOUNCE_MS)
        self.textChanged.connect(self._on_changed)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._appearance.height(_HEIGHT))

    def _on_changed(self, text: str) -> None:
        grown, self._length = len(text) - self._length, len(text)
        if grown >= _AT_ONCE:
            self.pasted.emit(text.strip())


class SearchBar(Translated, QWidget):
    """The field, the order, and the way to the connection's settings.

    Signals: those of the field: `query_changed(str)`, `pasted(str)`, `submitted(bool)`,
    `down_pressed()`; `sorting_chosen(Sorting)`; `connection_requested()`.
    """

    query_changed = Signal(str)
    pasted = Signal(str)
    submitted = Signal(bool)
    down_pressed = Signal()
    sorting_chosen = Signal(object)
    connection_requested = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = HubSearchField(appearance)
        self.field.query_changed.connect(self.query_changed)
        self.field.pasted.connect(self.pasted)
        self.field.submitted.connect(self.submitted)
        self.field.down_pressed.connect(self.down_pressed)
        self.sorting: Combo[Sorting] = Combo(
            appearance, "", [(one, "") for one in Sorting], icon="sort", designed_height=_HEIGHT
        )
        self.sorting.chosen.connect(self.sorting_chosen)
        self.connection = IconButton(appearance, "globe", "", designed_size=_HEIGHT, bordered=True)
        self.connection.clicked.connect(self.connection_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.field, 1)
        row.addWidget(self.sorting)
        row.addWidget(self.connection)
        self._translate()

    @property
    def query(self) -> str:
        """What is searched for; empty when nothing is."""
        return self.field.query

    def _translate(self) -> None:
        self.field.set_words(self.tr("Search Hugging Face, or paste a link or org/repo:QUANT"))
        self.sorting.set_words(
            self.tr("Sorting"),
            (
                (Sorting.RECOMMENDED, self.tr("Recommended")),
                (Sorting.DOWNLOADS, self.tr("Most downloads")),
                (Sorting.TRENDING, self.tr("Trending")),
                (Sorting.LIKES, self.tr("Most likes")),
                (Sorting.UPDATED, self.tr("Recently updated")),
            ),
        )
        self.connection.set_name(self.tr("Connection settings"))
