"""Every conversation, found by any word in it, with a way to the very message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from chatapp.ui.palette.entry import Entry, Section
from chatapp.ui.palette.palette import Palette

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QWidget

    from chatapp.ui.theme import Appearance

    Find = Callable[[str, Callable[[Sequence[Entry]], None]], None]

_DEBOUNCE = 80  # ms without typing until storage is asked


class SearchPalette(Palette):
    """Asks `find` while one types; before that it offers what `latest` does."""

    def __init__(
        self,
        appearance: Appearance,
        find: Find,
        latest: Callable[[], Sequence[Entry]],
        window: QWidget,
    ) -> None:
        super().__init__(appearance, window)
        self._find = find
        self._latest = latest
        self._timer = QTimer(self, interval=_DEBOUNCE, singleShot=True)
        self._timer.timeout.connect(self._ask)
        self._is_current = True  # what is shown was found for what is typed
        self._wants_first = False  # of what is being searched for
        self._translate()

    def _translate(self) -> None:
        self.setAccessibleName(self.tr("Search conversations"))
        self.field.setAccessibleName(self.tr("Search conversations"))
        self.field.setPlaceholderText(self.tr("Search conversations"))
        self.view.setAccessibleName(self.tr("Conversations"))
        super()._translate()

    def _empty_words(self, query: str) -> str:
        return self.tr("Nothing found for “{query}”.").format(query=query)

    def _on_query(self, query: str) -> None:
        self._wants_first = False
        self._is_current = not query
        if query:
            self._timer.start()
        else:
            self._timer.stop()
            self.show_sections([Section(self.tr("Latest"), tuple(self._latest()))])

    def _choose_current(self) -> None:
        # Who types and presses Return means what was typed, not what was found before.
        if self._is_current:
            super()._choose_current()
        else:
            self._wants_first = True

    def _ask(self) -> None:
        query = self.query

        def show(found: Sequence[Entry]) -> None:
            if not self.is_open or self.query != query:
                return
            self._is_current = True
            self.show_sections([Section(self.tr("Conversations"), tuple(found))])
            if self._wants_first:
                super(SearchPalette, self)._choose_current()

        if query:
            self._find(query, show)
