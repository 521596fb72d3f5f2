"""Which pages the settings have, in their fixed order, and what each of them needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from chatapp.ui.settings.about_page import AboutPage
from chatapp.ui.settings.advanced_page import AdvancedPage
from chatapp.ui.settings.appearance_page import AppearancePage
from chatapp.ui.settings.engine_page import EnginePage
from chatapp.ui.settings.general_page import GeneralPage
from chatapp.ui.settings.generation_page import GenerationPage
from chatapp.ui.settings.hub_page import HubPage
from chatapp.ui.settings.models_page import ModelsFoldersPage
from chatapp.ui.settings.privacy_page import PrivacyPage
from chatapp.ui.settings.storage_page import StoragePage
from chatapp.ui.settings.window import PageEntry, SettingsWindow

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from chatapp.hub.client import HubClient
    from chatapp.hub.library import Library
    from chatapp.hub.token import TokenStore
    from chatapp.jobs import Jobs, Post
    from chatapp.models.disk_space import DiskSpace
    from chatapp.network import Network
    from chatapp.paths import Paths
    from chatapp.settings import SettingsFile
    from chatapp.ui.settings.engines import Engines
    from chatapp.ui.theme import Appearance
    from chatapp.ui.update_check import UpdateCheck


@dataclass(frozen=True, slots=True)
class SettingsParts:
    """What the pages show and change. `empty_trash` is called on the database's thread.

    `make_keyboard` makes the page of the shortcuts, which belongs to the actions.
    """

    appearance: Appearance
    settings: SettingsFile
    paths: Paths
    jobs: Jobs
    post: Post
    network: Network
    library: Library
    hub: HubClient
    tokens: TokenStore
    space: DiskSpace
    empty_trash: Callable[[], None]
    engines: Engines
    make_keyboard: Callable[[], QWidget] | None = None
    updates: UpdateCheck | None = None


class SettingsPages(QObject):
    """The window with all of its pages, made when it is first asked for.

    Signals: `connection_changed()` when an access token was saved or removed;
    `models_requested()` to see the models; `move_models_requested()` to move their folder;
    `folders_changed()` when other folders are searched for models; `trash_emptied()`;
    `news_requested()` for what is new in this version, `update_requested()` in a newer one.
    """

    connection_changed = Signal()
    models_requested = Signal()
    move_models_requested = Signal()
    folders_changed = Signal()
    trash_emptied = Signal()
    news_requested = Signal()
    update_requested = Signal()

    def __init__(self, parts: SettingsParts, parent: QWidget) -> None:
        super().__init__(parent)
        self._parts = parts
        self._parent = parent
        self._window: SettingsWindow | None = None

    @property
    def window(self) -> SettingsWindow:
        """The window, which is no part of the first picture."""
        if self._window is None:
            self._window = SettingsWindow(
                self._parts.appearance,
                self._parts.settings,
                self._entries,
                self._ask_export,
                self._parent,
            )
        return self._window

    def open(self, page: str = "") -> None:
        """Show the settings, with this page or the one that was shown last."""
        self.window.open_page(page)

    def _ask_export(self) -> None:
        self.window.open_page("advanced")
        page = self.window.page("advanced")
        if isinstance(page, AdvancedPage):
            page.ask_export()

    def _entries(self) -> list[PageEntry]:
        parts = self._parts
        look, settings = parts.appearance, parts.settings
        entries = [
            PageEntry("general", "gear", self.tr("General"), lambda: GeneralPage(look, settings)),
            PageEntry("models", "model", self.tr("Models and folders"), self._make_models),
            PageEntry(
                "engine",
                "chip",
                self.tr("Engine"),
                lambda: EnginePage(look, settings, parts.engines),
            ),
            PageEntry(
                "generation",
                "sliders",
                self.tr("Generation"),
                lambda: GenerationPage(look, settings),
            ),
            PageEntry("hub", "globe", self.tr("Hub and network"), self._make_hub),
            PageEntry(
                "appearance",
                "contrast",
                self.tr("Appearance"),
                lambda: AppearancePage(look, settings),
            ),
        ]
        if parts.make_keyboard is not None:
            entries.append(
                PageEntry("keyboard", "keyboard", self.tr("Keyboard"), parts.make_keyboard)
            )
        entries += [
            PageEntry("privacy", "shield", self.tr("Privacy"), self._make_privacy),
            PageEntry("storage", "disk", self.tr("Storage"), self._make_storage),
            PageEntry("advanced", "wrench", self.tr("Advanced"), self._make_advanced),
            PageEntry("about", "info", self.tr("About"), self._make_about),
        ]
        return entries

    def _make_models(self) -> QWidget:
        parts = self._parts
        page = ModelsFoldersPage(parts.appearance, parts.settings, parts.library, parts.jobs)
        page.models_requested.connect(self.models_requested)
        page.move_requested.connect(self.move_models_requested)
        page.changed.connect(self.folders_changed)
        return page

    def _make_hub(self) -> QWidget:
        parts = self._parts
        page = HubPage(parts.appearance, parts.settings, parts.tokens, parts.hub, parts.jobs)
        page.token_changed.connect(self.connection_changed)
        return page

    def _make_privacy(self) -> QWidget:
        parts = self._parts
        page = PrivacyPage(parts.appearance, parts.settings, parts.network, parts.jobs, parts.post)
        page.storage_requested.connect(lambda: self.window.open_page("storage"))
        return page

    def _make_storage(self) -> QWidget:
        parts = self._parts
        page = StoragePage(
            parts.appearance, parts.settings, parts.space, parts.empty_trash, parts.jobs
        )
        page.models_requested.connect(self.models_requested)
        page.trash_emptied.connect(self.trash_emptied)
        return page

    def _make_advanced(self) -> QWidget:
        parts = self._parts
        return AdvancedPage(parts.appearance, parts.settings, parts.jobs, self._name_of)

    def _name_of(self, field: str) -> str:
        return self.window.name_of(field)

    def _make_about(self) -> QWidget:
        parts = self._parts
        page = AboutPage(parts.appearance, parts.settings, parts.paths, parts.jobs, parts.updates)
        page.news_requested.connect(self.news_requested)
        page.update_requested.connect(self.update_requested)
        return page
