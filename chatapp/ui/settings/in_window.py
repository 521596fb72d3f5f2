"""Gives the settings their place in a window: what opens them, and what comes of them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from chatapp.ui.models_page.tab import Tab
from chatapp.ui.palette.entry import Entry, plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from chatapp.hub.client import HubClient
    from chatapp.hub.library import Library
    from chatapp.hub.token import TokenStore
    from chatapp.jobs import Post
    from chatapp.models.disk_space import DiskSpace
    from chatapp.network import Network
    from chatapp.ui.main_window import MainWindow
    from chatapp.ui.quick_ask_key import QuickAskKey
    from chatapp.ui.settings.engines import Engines
    from chatapp.ui.settings.pages import SettingsPages
    from chatapp.ui.window_updates import WindowUpdates

_PAINTED_MS = 50  # after which the palette is there


class WindowSettings(QObject):
    """Makes the settings when they are first asked for: they are no part of the first picture.

    `empty_trash` is called on the database's thread.
    """

    def __init__(
        self,
        window: MainWindow,
        network: Network,
        library: Library,
        hub: HubClient,
        tokens: TokenStore,
        space: DiskSpace,
        empty_trash: Callable[[], None],
        engines: Engines,
        quick_ask_key: QuickAskKey,
        updates: WindowUpdates,
        post: Post,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._network = network
        self._library = library
        self._hub = hub
        self._tokens = tokens
        self._space = space
        self._empty_trash = empty_trash
        self._engines = engines
        self._quick_ask_key = quick_ask_key
        self._updates = updates
        self._post = post
        self._pages: SettingsPages | None = None
        window.actions_of_window.settings.triggered.connect(lambda: self.open(""))
        palettes = window.palettes
        palettes.keys_requested.connect(lambda: self.open("keyboard"))
        palettes.add_source(lambda: self.tr("Settings"), self._entries, is_listed=False)
        # By the time somebody has typed a word their rows are there to be found.
        palettes.commands_opened.connect(
            lambda: QTimer.singleShot(_PAINTED_MS, self, self._prepare)
        )

    def open(self, page: str = "") -> None:
        """Show the settings, with this page or the one that was shown last."""
        self.pages.open(page)

    @property
    def pages(self) -> SettingsPages:
        """All pages and their window."""
        if self._pages is None:
            self._pages = self._make()
        return self._pages

    def _make(self) -> SettingsPages:
        from chatapp.ui.settings.pages import SettingsPages, SettingsParts

        parts = self._window.parts
        pages = SettingsPages(
            SettingsParts(
                appearance=parts.appearance,
                settings=parts.settings,
                paths=parts.paths,
                jobs=parts.jobs,
                post=self._post,
                network=self._network,
                library=self._library,
                hub=self._hub,
                tokens=self._tokens,
                space=self._space,
                empty_trash=self._empty_trash,
                engines=self._engines,
                make_keyboard=self._make_keyboard,
                updates=self._updates.check,
            ),
            self._window,
        )
        pages.models_requested.connect(self._show_models)
        pages.move_models_requested.connect(self._move_models)
        pages.connection_changed.connect(self._on_connection_changed)
        pages.folders_changed.connect(parts.models.find)
        pages.trash_emptied.connect(parts.panel.reload)
        pages.news_requested.connect(parts.actions.whats_new.trigger)
        pages.update_requested.connect(self._updates.show)
        return pages

    def _prepare(self) -> None:
        self.pages.window.prepare()

    def _make_keyboard(self) -> QWidget:
        from chatapp.ui.settings.keyboard_page import KeyboardPage

        parts = self._window.parts
        return KeyboardPage(
            parts.appearance, parts.settings, parts.actions, parts.keys, self._quick_ask_key
        )

    def _show_models(self) -> None:
        self._window.parts.pages.show_tab(Tab.LIBRARY)
        self._window.bring_to_front()

    def _move_models(self) -> None:
        self._show_models()
        self._window.models_page.move_folder()

    def _on_connection_changed(self) -> None:
        made = self._window.parts.pages.made_models_page
        if made is not None:
            made.hub.refresh()

    def _entries(self) -> list[Entry]:
        """Pages and rows, as far as they are made."""
        if self._pages is None:
            return []
        window = self._pages.window
        return [
            Entry(
                plain(row.name or row.title),
                partial(window.open_row, row.page, row.key)
                if row.key
                else partial(window.open_page, row.page),
                row.icon,
                row.title if row.name else self.tr("Settings"),
                id=f"settings:{row.page}:{row.key}",
                words=row.words,
            )
            for row in window.found()
        ]
