"""Everything that can be done, found by typing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chatapp.ui.keys import key_caps
from chatapp.ui.palette.entry import Entry, Section, Source, plain
from chatapp.ui.palette.matching import Match, marked, match
from chatapp.ui.palette.palette import Palette

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from PySide6.QtWidgets import QWidget

    from chatapp.ui.actions import Action, Actions
    from chatapp.ui.theme import Appearance

    FindMore = Callable[[str, Callable[[Sequence[Entry]], None]], None]

_MOST_RECENT = 5
_MOST_REMEMBERED = 30


class CommandPalette(Palette):
    """Recent commands first, then what the actions and `others` offer, the best match first.

    `others` may grow. `find_more` is asked for conversations, and answers later. `recent` are ids,
    the latest first.
    """

    def __init__(
        self,
        appearance: Appearance,
        actions: Actions,
        others: Sequence[Source],
        find_more: FindMore,
        recent: Iterable[str],
        window: QWidget,
    ) -> None:
        super().__init__(appearance, window)
        self._actions = actions
        self._find_more = find_more
        self.recent = list(recent)[:_MOST_REMEMBERED]
        self._own = Source(lambda: self.tr("Actions"), lambda: _entries_of(self._actions))
        self._others = others
        self._translate()

    def _translate(self) -> None:
        self.setAccessibleName(self.tr("All commands"))
        self.field.setAccessibleName(self.tr("Search commands"))
        self.field.setPlaceholderText(self.tr("Search commands, models, conversations"))
        self.view.setAccessibleName(self.tr("Commands"))
        self._hint.setText(self.tr("Type @ for assistants, / for prompts"))
        super()._translate()

    def _empty_words(self, query: str) -> str:
        return self.tr("Nothing found for “{query}”.").format(query=query)

    def _on_chosen(self, entry: Entry) -> None:
        if entry.id:
            others = [name for name in self.recent if name != entry.id]
            self.recent = [entry.id, *others][:_MOST_REMEMBERED]

    def _on_query(self, query: str) -> None:
        chosen = next((s for s in self._others if s.prefix and query.startswith(s.prefix)), None)
        if chosen is not None:
            self.show_sections(self._matching([chosen], query[len(chosen.prefix) :].strip()))
            return
        sources = [s for s in (self._own, *self._others) if query or s.is_listed]
        sections = self._matching(sources, query)
        if not query:
            self.show_sections([*self._recent_section(), *sections])
            return
        self.show_sections(sections)

        def add(found: Sequence[Entry]) -> None:
            if found and self.is_open and self.query == query:
                # Below what is there, which stays as it is chosen.
                conversations = Section(self.tr("Conversations"), tuple(found))
                self.show_sections([*sections, conversations], self.view.currentIndex().row())

        self._find_more(query, add)

    def _recent_section(self) -> list[Section]:
        offered = (entry for source in (self._own, *self._others) for entry in source.entries())
        known = {entry.id: entry for entry in offered if entry.id}
        found = [known[name] for name in self.recent if name in known][:_MOST_RECENT]
        return [Section(self.tr("Recent"), tuple(found))] if found else []

    def _matching(self, sources: Sequence[Source], query: str) -> list[Section]:
        """The section with the best match first, and the best first in each."""
        found: list[tuple[float, Section]] = []
        for source in sources:
            matches: list[tuple[Match, Entry]] = []
            for entry in source.entries():
                matched = match(query, entry.title, f"{entry.context} {entry.words}")
                if matched is not None:
                    parts = marked(entry.title, matched.letters)
                    matches.append((matched, replace(entry, parts=parts)))
            if query:
                matches.sort(key=lambda pair: (-pair[0].score, self._age(pair[1])))
            if matches:
                entries = tuple(entry for _, entry in matches)
                found.append((matches[0][0].score, Section(source.heading(), entries)))
        if query:
            found.sort(key=lambda pair: -pair[0])
        return [section for _, section in found]

    def _age(self, entry: Entry) -> int:
        return self.recent.index(entry.id) if entry.id in self.recent else _MOST_REMEMBERED


def _entries_of(actions: Actions) -> list[Entry]:
    """What can be done now, but for opening the palette."""
    return [
        _entry_of(actions, action)
        for action in actions.all()
        if action.isEnabled() and action.is_offered and action is not actions.palette
    ]


def _entry_of(actions: Actions, action: Action) -> Entry:
    keys = action.shortcut()
    return Entry(
        plain(action.text()),
        action.trigger,
        "check" if action.isCheckable() and action.isChecked() else action.icon_name,
        actions.about(action),
        tuple(key_caps(keys)) if not keys.isEmpty() else (),
        id=action.id,
    )
