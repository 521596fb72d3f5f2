"""Showing of a page only what is searched for."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from chatapp.ui.widgets.group_title import GroupTitle
from chatapp.ui.widgets.settings_row import SettingsRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QLayout, QWidget


class RowFilter:
    """Hides rows of a page, and the titles that have no row left; knows what was hidden before."""

    def __init__(self, page: QWidget, title: str) -> None:
        self._page = page
        self._title = title
        self._hidden: frozenset[QWidget] | None = None  # before it was filtered

    def show(self, query: str) -> bool:
        """Show only what matches all words of the query; returns whether something does.

        With an empty query everything is as it was.
        """
        if self._hidden is None and not query:
            return True
        sections = [section for layout in self._layouts() for section in _sections(layout)]
        if self._hidden is None:
            widgets = [widget for _, section in sections for widget in section]
            self._hidden = frozenset(widget for widget in widgets if widget.isHidden())
        hidden, words = self._hidden, _folded(query).split()
        if not query:
            self._hidden = None
        if not sections:  # a page that is not made of rows
            return _matches(words, f"{self._title} {_words_of(self._page)}")
        found = False
        for title, section in sections:
            heads = [self._title, title.text() if title is not None else ""]
            is_whole = _matches(words, " ".join(heads))
            shown = False
            for widget in section:
                text = " ".join((*heads, _words_of(widget)))
                is_match = is_whole or (_words_of(widget) != "" and _matches(words, text))
                widget.setVisible(is_match and widget not in hidden)
                shown = shown or (is_match and widget not in hidden)
            if title is not None:
                title.setVisible(shown)
                title.set_first(is_first=not found)
            found = found or shown
        return found

    def _layouts(self) -> list[QLayout]:
        rows = self._page.findChildren(SettingsRow)
        parents = dict.fromkeys(row.parentWidget() for row in rows)
        layouts = [parent.layout() for parent in parents if parent is not None]
        return [layout for layout in layouts if layout is not None]


def _sections(layout: QLayout) -> Iterator[tuple[GroupTitle | None, list[QWidget]]]:
    """The rows and whatever else stands below each title."""
    title: GroupTitle | None = None
    section: list[QWidget] = []
    for widget in _widgets(layout):
        if isinstance(widget, GroupTitle):
            if section:
                yield title, section
            title, section = widget, []
        else:
            section.append(widget)
    if section:
        yield title, section


def _widgets(layout: QLayout) -> Iterator[QWidget]:
    """Those of layouts within it too, but not what stands in a widget that has rows itself."""
    for number in range(layout.count()):
        item = layout.itemAt(number)
        widget = item.widget() if item is not None else None
        inner = item.layout() if item is not None else None
        if widget is not None and not widget.findChildren(SettingsRow):
            yield widget
        elif inner is not None:
            yield from _widgets(inner)


def _words_of(widget: QWidget) -> str:
    words = getattr(widget, "words", "")
    return str(words() if callable(words) else words)


def _matches(words: list[str], text: str) -> bool:
    folded = _folded(text)
    return all(word in folded for word in words)


def _folded(text: str) -> str:
    """Without the difference of cases, and of wide and narrow letters."""
    return unicodedata.normalize("NFKC", text).casefold()
