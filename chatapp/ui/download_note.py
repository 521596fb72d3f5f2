"""What the sidebar tells of the downloads, whatever page is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatapp.domain.download import DownloadState
from chatapp.ui.download_words import (
    first_of_note,
    fraction,
    needs_person,
    order_name,
    seconds_until_empty,
    state_words,
)
from chatapp.ui.i18n import Translated
from chatapp.ui.widgets.sidebar_row import SidebarRow
from chatapp.ui.words import duration, joined, percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from chatapp.domain.download import DownloadItem
    from chatapp.ui.theme import Appearance


class DownloadNote(Translated, SidebarRow):
    """One download in words, with a ring, and how long all of them will take."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(appearance, "download", parent=parent)
        self._items: tuple[DownloadItem, ...] = ()

    @property
    def has_words(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.text())

    def set_items(self, items: Sequence[DownloadItem]) -> None:
        """The whole queue."""
        self._items = tuple(items)
        self._translate()

    def _translate(self) -> None:
        items = self._items
        item = first_of_note(items)
        if item is None:
            self.setText("")
            return
        words = state_words(item)
        name = order_name(item.order)
        if item.state is DownloadState.RUNNING:
            text = joined(name, percent(fraction(item)))
            self.set_icon("download", fraction=fraction(item))
        else:
            text = joined(name, words.state)
            self.set_icon(words.icon or "download", words.icon_color)
        self.setText(text)
        self.set_trailing(self._trailing_words(items, item))
        described = ", ".join(part for part in (text, self.trailing) if part)
        self.setAccessibleName(self.tr("Downloads: {state}").format(state=described))
        self.setToolTip(joined(text, words.rest))

    def _trailing_words(self, items: Sequence[DownloadItem], shown: DownloadItem) -> str:
        waiting = sum(needs_person(item) for item in items)
        if waiting and not needs_person(shown):
            return self.tr("%Ln need(s) you", "", waiting)
        seconds = seconds_until_empty(items)
        return "" if seconds is None else duration(seconds)
