"""The window: puts the panels together. The modules `window_*` connect them.

`window_parts` names what there is, `window_conversation` follows the conversation that is shown,
`window_actions` says what actions and buttons do, `window_layout` who stands where, `window_pages`
which page is shown, `window_status` what the services tell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from chatapp.errors import ChatappError
from chatapp.ui import assistants, models_page, palette
from chatapp.ui import settings as settings_pages
from chatapp.ui.actions import Actions
from chatapp.ui.chat_pane import ChatPane
from chatapp.ui.conversation_panel import ConversationPanel
from chatapp.ui.drops import Drops
from chatapp.ui.error_dialog import QuitDialog
from chatapp.ui.idle_import import IdleImport
from chatapp.ui.keys import Keys
from chatapp.ui.loading import LATER, ModelLoading
from chatapp.ui.model_chip import ModelChip
from chatapp.ui.model_choice import ModelChoice
from chatapp.ui.models_page.tab import Tab
from chatapp.ui.palette.palettes import Palettes
from chatapp.ui.status_line import StatusLine
from chatapp.ui.top_bar import TopBar
from chatapp.ui.widgets.icon_button import ActionButton
from chatapp.ui.widgets.toast import Toast
from chatapp.ui.window_actions import WindowActions
from chatapp.ui.window_conversation import ShownConversation
from chatapp.ui.window_layout import NARROW, VERY_NARROW, Layout, SidePanel, column_in
from chatapp.ui.window_pages import Pages
from chatapp.ui.window_parts import Parts
from chatapp.ui.window_status import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from PySide6.QtCore import SignalInstance

    from chatapp.chat.events import SessionEvent
    from chatapp.chat.session import Session
    from chatapp.domain.hub import Reference
    from chatapp.engine.engine import Engine
    from chatapp.hub.client import HubClient
    from chatapp.hub.discovery import Discovery
    from chatapp.hub.downloads import Downloads
    from chatapp.hub.hardware import Machine
    from chatapp.hub.library import Library
    from chatapp.hub.token import TokenStore
    from chatapp.jobs import Jobs, Post
    from chatapp.models.load_settings import LoadSettings
    from chatapp.models.quantize import Quantizer
    from chatapp.models.tuning import Tuner
    from chatapp.models.tunings import Tunings
    from chatapp.network import Network
    from chatapp.paths import Paths
    from chatapp.settings import SettingsFile
    from chatapp.storage.search import Search
    from chatapp.storage.temporary import AllConversations
    from chatapp.ui.models_page.page import ModelsPage
    from chatapp.ui.theme import Appearance
    from chatapp.ui.transcript.drawings import Drawings
    from chatapp.ui.transcript.images import Images


class MainWindow(QMainWindow):
    """Connects panels and services; every callback from a service arrives through `post`.

    Signals: `closed()` after the person has closed the window for good.
    """

    closed = Signal()

    def __init__(
        self,
        *,
        appearance: Appearance,
        session: Session,
        conversations: AllConversations,
        search: Search,
        changed_elsewhere: Callable[[], bool],
        engine: Engine,
        library: Library,
        downloads: Downloads,
        discovery: Discovery,
        hub: HubClient,
        tokens: TokenStore,
        quantizer: Quantizer,
        load_settings: LoadSettings,
        tuner: Tuner,
        tunings: Tunings,
        machine: Callable[[], Machine],
        network: Network,
        jobs: Jobs,
        settings: SettingsFile,
        paths: Paths,
        post: Post,
        drawings: Drawings,
        images: Images,
    ) -> None:
        super().__init__()
        self._appearance = appearance
        self._session = session
        self._settings = settings
        self._is_quitting = False
        self.hides_when_closed: Callable[[], bool] = lambda: False  # instead of quitting
        self.setWindowTitle("Chatapp")

        self.panel = ConversationPanel(
            appearance, session, conversations, search, changed_elsewhere, jobs, self
        )
        self.actions_of_window = Actions(self)
        self.keys = Keys(self.actions_of_window, settings)
        self.chip = ModelChip(appearance)
        self.top_bar = TopBar(appearance, self.chip, self.actions_of_window.menu(appearance))
        self.pane = ChatPane(
            appearance=appearance,
            session=session,
            conversations=conversations,
            engine=engine,
            jobs=jobs,
            settings=settings,
            choice_of=load_settings.choice_of,
            drawings=drawings,
            images=images,
            logs_folder=paths.logs,
            post=post,
        )
        self.models = ModelChoice(
            self.chip,
            self.pane,
            self.panel,
            session,
            engine,
            library,
            jobs,
            settings,
            self,
        )
        self.status_line = StatusLine(appearance)
        self._idle_import = IdleImport(
            (models_page, palette, assistants, settings_pages), LATER, self
        )

        def make_models_page() -> ModelsPage:
            from chatapp.ui.models_page.page import ModelsPage

            self._idle_import.stop()
            return ModelsPage(
                appearance=appearance,
                library=library,
                downloads=downloads,
                discovery=discovery,
                hub=hub,
                tokens=tokens,
                quantizer=quantizer,
                engine=engine,
                jobs=jobs,
                settings=settings,
                drawings=drawings,
                post=post,
            )

        self.loading = ModelLoading(
            appearance,
            engine,
            library,
            load_settings,
            tuner,
            tunings,
            settings,
            jobs,
            post,
            machine,
            self,
        )
        self.pane.composer.set_context_menu(self.actions_of_window.context_menu)
        self.pane.composer.add_to_bar(self.loading.thinking, self.loading.thinking.stops)
        chat = QWidget()
        column = column_in(chat)
        column.addWidget(self.top_bar)
        column.addWidget(self.pane, 1)
        self._pages = Pages(chat, make_models_page, self)
        self._layout = Layout(
            appearance, self, self.panel.sidebar, self._pages, self.status_line, settings
        )
        self.toast = Toast(appearance, self._layout.right, self.pane.composer, self.status_line)
        self.panel.toast = self.toast
        self.pane.message_actions.toast = self.toast
        self._layout.restore()
        self.panel.restore(settings.current)

        self.parts = Parts(
            appearance=appearance,
            session=session,
            engine=engine,
            search=search,
            jobs=jobs,
            settings=settings,
            paths=paths,
            actions=self.actions_of_window,
            keys=self.keys,
            panel=self.panel,
            chip=self.chip,
            top_bar=self.top_bar,
            pane=self.pane,
            models=self.models,
            status_line=self.status_line,
            loading=self.loading,
            pages=self._pages,
            layout=self._layout,
            toast=self.toast,
        )
        self.shown = ShownConversation(self.parts, self)
        self.palettes = Palettes(self.parts, self)
        self._window_actions = WindowActions(self.parts, self.shown, self.palettes, self)
        self._drops = Drops(
            self, self.pane.composer, self.panel.sidebar, lambda: self._pages.shows_chat
        )
        self._connect()
        session.subscribe(lambda event: post(lambda: self._on_session_event(event)))
        self._status = Status(self.parts, network, post, self)
        self.pane.show_new()

    @property
    def models_page(self) -> ModelsPage:
        """The models' page, made when it is first asked for."""
        return self._pages.models_page

    def start(self) -> None:
        """Fill the panels; call once the window is shown."""
        self.panel.start()
        self._status.start()
        self._idle_import.start()
        self.models.find()
        self.shown.tell_interrupted()
        if self._settings.damaged is not None:
            self.toast.show_text(
                self.tr("The settings could not be read and were put aside as {}.").format(
                    self._settings.damaged.name
                )
            )

    def bring_to_front(self) -> None:
        """Another instance was started: show this one."""
        if self.isMinimized():
            self.showNormal()
        self.show()  # it may be behind the icon in the tray
        self.raise_()
        self.activateWindow()

    def quit(self) -> None:
        """End Chatapp, unless the person would rather not when asked."""
        self._is_quitting = True
        self.close()
        self._is_quitting = False

    def open_conversation(self, conversation_id: int, message_id: int | None = None) -> None:
        """Show a conversation, and one message of it."""
        self.shown.open(conversation_id, message_id)

    def open_models(self, files: Sequence[Path]) -> None:
        """Show the models' page and take these files into the library."""
        self._pages.show_tab(Tab.LIBRARY)  # not by way of what asks the Hub
        self.models_page.add_files(files)

    def open_model(self, reference: Reference) -> None:
        """Show one model on the models' page."""
        self.models_page.show_model(reference)
        self._pages.show_models()

    def add_side_panel(
        self, panel: SidePanel, opened: SignalInstance, closed: SignalInstance
    ) -> None:
        """Give a panel its place beside the page; it tells when it is `opened` and `closed`."""
        self._window_actions.add_side_panel(panel, opened, closed)

    def stop(self) -> None:
        """Ask the services nothing more; they are about to close."""
        self.panel.stop()
        self._idle_import.stop()
        if self._pages.made_models_page is not None:
            self._pages.made_models_page.stop()
        self.loading.stop()
        self._status.stop()
        self.pane.keep_typed()
        self._keep_state()

    def _connect(self) -> None:
        actions = self.actions_of_window
        self._appearance.resized.connect(self._adapt)
        actions.quit.triggered.connect(self.quit)
        self._drops.models_dropped.connect(self.open_models)
        self.shown.titled.connect(self._set_title)
        self._pages.models_made.connect(
            lambda page: page.set_narrow(very_narrow=self._layout.width < VERY_NARROW)
        )
        self._idle_import.finished.connect(lambda: self.models_page)
        prepare = self.loading.prepare
        self._idle_import.finished.connect(lambda: QTimer.singleShot(0, self, prepare))
        self.top_bar.find_button.show_keys_of(actions.find)
        branches = ActionButton(self._appearance, "branch", actions.branches)
        self.top_bar.add_button(branches, is_less_needed=True)
        self.panel.sidebar.show_keys_of(
            new=actions.new_conversation,
            search=actions.filter,
            rename=actions.rename,
            trash=actions.trash,
        )

    def _on_session_event(self, event: SessionEvent) -> None:
        self.panel.on_session_event(event)
        self.pane.on_session_event(event)
        self.shown.on_session_event(event)

    def _set_title(self, title: str) -> None:
        self.setWindowTitle(f"{title} – Chatapp" if title else "Chatapp")

    def _keep_state(self) -> None:
        try:
            self._settings.change(
                **self._layout.state(), **self.panel.state(), **self.palettes.state()
            )
        except ChatappError:
            # The size of the window is not worth a message on the way out.
            return

    # Qt

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        # Files may have been put into the models folder meanwhile.
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.models.find()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._adapt()

    def _adapt(self) -> None:
        width = self._layout.width
        narrow, very_narrow = width < NARROW, width < VERY_NARROW
        self.top_bar.set_narrow(narrow=narrow, very_narrow=very_narrow)
        self.status_line.set_narrow(narrow=narrow, very_narrow=very_narrow)
        self.chip.set_details_visible(visible=not narrow)
        self.pane.composer.set_compact(compact=very_narrow)
        if self._pages.made_models_page is not None:
            self._pages.made_models_page.set_narrow(very_narrow=very_narrow)
        self._layout.adapt()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.hides_when_closed() and not self._is_quitting:
            event.ignore()
            self.hide()
            return
        if self._session.running_conversations() and not QuitDialog(self._appearance, self).ask():
            event.ignore()
            return
        event.accept()
        self.closed.emit()
