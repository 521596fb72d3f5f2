"""The palettes and the sheet of keys of one window, made when they are first asked for."""

from __future__ import annotations

from functools import partial
from heapq import nlargest
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from chatapp.ui.palette.entry import Entry, Source, plain
from chatapp.ui.words import moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from PySide6.QtWidgets import QWidget

    from chatapp.domain.conversation import Conversation, SearchHit
    from chatapp.domain.model import ModelFile
    from chatapp.ui.palette.command_palette import CommandPalette
    from chatapp.ui.palette.search_palette import SearchPalette
    from chatapp.ui.window_parts import Parts

_MOST_LATEST = 9
_MOST_TITLES = 6  # conversations beside commands


class Palettes(QObject):
    """Gives the palettes what they offer.

    Signals: `commands_opened()`; `keys_requested()` when the person wants to change keys.
    """

    commands_opened = Signal()
    keys_requested = Signal()

    def __init__(self, parts: Parts, window: QWidget) -> None:
        super().__init__(window)
        self._parts = parts
        self._window = window
        self._commands: CommandPalette | None = None
        self._search: SearchPalette | None = None
        self._sources = [Source(lambda: self.tr("Models"), self._models)]

    @property
    def commands(self) -> CommandPalette:
        """All commands."""
        if self._commands is None:
            from chatapp.ui.palette.command_palette import CommandPalette

            parts = self._parts
            recent = parts.settings.current.recent_actions.split()
            self._commands = CommandPalette(
                parts.appearance,
                parts.actions,
                self._sources,
                self._find_titles,
                recent,
                self._window,
            )
        return self._commands

    @property
    def search(self) -> SearchPalette:
        """All conversations."""
        if self._search is None:
            from chatapp.ui.palette.search_palette import SearchPalette

            self._search = SearchPalette(
                self._parts.appearance, self._find, self._latest, self._window
            )
        return self._search

    def add_source(
        self,
        heading: Callable[[], str],
        entries: Callable[[], Iterable[Entry]],
        prefix: str = "",
        *,
        is_listed: bool = True,
    ) -> None:
        """Offer more among the commands; see `Source`."""
        self._sources.append(Source(heading, entries, prefix, is_listed and not prefix))

    def open_commands(self) -> None:
        """Show all commands."""
        self.commands.open()
        self.commands_opened.emit()

    def open_search(self) -> None:
        """Show all conversations."""
        self.search.open()

    def open_shortcuts(self) -> None:
        """Show which keys there are."""
        from chatapp.ui.shortcut_sheet import ShortcutSheet

        enter_sends = self._parts.settings.current.enter_sends
        sheet = ShortcutSheet(
            self._parts.appearance, self._parts.actions, self._window, enter_sends=enter_sends
        )
        sheet.keys_requested.connect(self.keys_requested)
        sheet.open()

    def state(self) -> dict[str, str]:
        """What of this is kept in the settings, by their names."""
        if self._commands is None:
            return {}
        return {"recent_actions": " ".join(self._commands.recent)}

    # What they offer

    def _models(self) -> list[Entry]:
        context = self.tr("Answer with this model")
        return [
            Entry(
                plain(model.name),
                partial(self._choose_model, model),
                "model",
                context,
                id=f"model:{model.name}".replace(" ", "_"),
            )
            for model in self._parts.models.offered
        ]

    def _choose_model(self, model: ModelFile) -> None:
        self._parts.pages.show_chat()
        self._parts.models.choose(model)

    def _find_titles(self, query: str, show: Callable[[Sequence[Entry]], None]) -> None:
        """Conversations whose titles have what is typed."""

        def found(hits: list[SearchHit]) -> None:
            titles = [hit for hit in hits if hit.message_id is None]
            show([self._entry_of_hit(hit) for hit in titles[:_MOST_TITLES]])

        self._ask(query, found)

    def _find(self, query: str, show: Callable[[Sequence[Entry]], None]) -> None:
        self._ask(query, lambda hits: show([self._entry_of_hit(hit) for hit in hits]))

    def _ask(self, query: str, found: Callable[[list[SearchHit]], None]) -> None:
        search = self._parts.search
        self._parts.jobs.database.run(
            lambda: search.find(query), on_done=found, on_error=self._parts.panel.tell
        )

    def _latest(self) -> list[Entry]:
        known = (c for c in self._parts.panel.model.conversations if c.deleted_at is None)
        latest = nlargest(_MOST_LATEST, known, key=lambda one: one.updated_at)
        return [self._entry_of(conversation) for conversation in latest]

    def _entry_of(self, conversation: Conversation) -> Entry:
        panel = self._parts.panel
        return Entry(
            plain(panel.model.title_of(conversation)),
            lambda: panel.opened.emit(conversation.id, None),
            "chat",
            moment(conversation.updated_at),
        )

    def _entry_of_hit(self, hit: SearchHit) -> Entry:
        conversation = hit.conversation
        panel = self._parts.panel
        is_title = hit.message_id is None  # that was found
        title = plain(panel.model.title_of(conversation))
        return Entry(
            hit.snippet if is_title else title,
            lambda: panel.open_hit(conversation.id, hit.message_id),
            "chat",
            moment(conversation.updated_at),
            snippet=() if is_title else hit.snippet,
        )
