"""The window: puts the panels together and connects them to the services."""

from __future__ import annotations

import base64
import binascii
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDesktopServices,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QMainWindow,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from chatapp.chat.events import (
    AnswerProgress,
    ConversationBranched,
    ConversationChanged,
    SessionEvent,
)
from chatapp.domain.conversation import OverflowPolicy
from chatapp.errors import ChatappError
from chatapp.network import Purpose
from chatapp.ui import models_page
from chatapp.ui.actions import Actions
from chatapp.ui.chat_pane import ChatPane
from chatapp.ui.conversation_panel import ConversationPanel
from chatapp.ui.drawer import Drawer
from chatapp.ui.error_dialog import QuitDialog
from chatapp.ui.idle_import import IdleImport
from chatapp.ui.loading import LATER, ModelLoading
from chatapp.ui.local_files import are_models, local_files
from chatapp.ui.model_chip import ModelChip
from chatapp.ui.model_choice import ModelChoice
from chatapp.ui.models_page.tab import Tab
from chatapp.ui.status_line import StatusLine
from chatapp.ui.theme import Appearance, ThemeChoice
from chatapp.ui.top_bar import TopBar
from chatapp.ui.widgets.toast import Toast

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from chatapp.chat.session import Session
    from chatapp.domain.conversation import Conversation
    from chatapp.domain.model import ModelFile
    from chatapp.engine.engine import Engine
    from chatapp.engine.state import EngineState
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
    from chatapp.storage.conversations import Conversations
    from chatapp.storage.search import Search
    from chatapp.ui.models_page.page import ModelsPage
    from chatapp.ui.transcript.drawings import Drawings
    from chatapp.ui.transcript.images import Images

_SMALLEST = QSize(640, 480)
_FIRST = QSize(1200, 800)
_NARROW = 1200
_VERY_NARROW = 900
_POLL_MEMORY = 2000  # ms between two looks at the memory of the worker


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
        conversations: Conversations,
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
        self._engine = engine
        self._jobs = jobs
        self._settings = settings
        self._paths = paths
        self._has_made_way = False  # the sidebar, for the panel
        self._has_conversation = False  # one that is begun is shown
        self._overflow_of_new = OverflowPolicy.STOP  # chosen before there is a conversation
        self.setWindowTitle("Chatapp")
        self.setMinimumSize(_SMALLEST)

        self.panel = ConversationPanel(
            appearance, session, conversations, search, changed_elsewhere, jobs, self
        )
        self.actions_of_window = Actions(self)
        self.chip = ModelChip(appearance)
        self.top_bar = TopBar(appearance, self.chip, self.actions_of_window.menu())
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
        self._models_page: ModelsPage | None = None

        def make_models_page() -> ModelsPage:
            from chatapp.ui.models_page.page import ModelsPage

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

        self._make_models_page = make_models_page
        self._idle_import = IdleImport(models_page, LATER, self)
        self._idle_import.finished.connect(lambda: self.models_page)
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
        prepare = self.loading.prepare
        self._idle_import.finished.connect(lambda: QTimer.singleShot(0, self, prepare))
        self.pane.composer.add_to_bar(self.loading.thinking, self.loading.thinking.stops)
        self._chat = QWidget()
        column = _column(self._chat)
        column.addWidget(self.top_bar)
        column.addWidget(self.pane, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._chat)
        right = QWidget()
        column = _column(right)
        self._beside = QHBoxLayout()
        self._beside.setSpacing(0)
        self._beside.addWidget(self._stack, 1)
        column.addLayout(self._beside, 1)
        column.addWidget(self.status_line)
        self._splitter = QSplitter()
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(1)
        self._splitter.addWidget(self.panel.sidebar)
        self._splitter.addWidget(right)
        self._splitter.setStretchFactor(1, 1)
        self.setCentralWidget(self._splitter)
        width = min(400, max(200, settings.current.sidebar_width))
        self._drawer = Drawer(appearance, self._splitter, width)
        self.toast = Toast(appearance, right, self.pane.composer, self.status_line)
        self.panel.toast = self.toast
        self.pane.message_actions.toast = self.toast
        self.setAcceptDrops(True)
        self._restore_geometry()

        self._connect_panels()
        self._connect_actions()
        session.subscribe(lambda event: post(lambda: self._on_session_event(event)))
        engine.subscribe(lambda state: post(lambda: self._on_engine_state(state)))
        network.subscribe(lambda _: post(lambda: self._show_connections(network)))
        self._show_connections(network)
        self._on_engine_state(engine.state)
        self._memory_timer = QTimer(self, interval=_POLL_MEMORY)
        self._memory_timer.timeout.connect(self._look_at_memory)
        self._show_title(None)
        self.pane.show_new()

    def start(self) -> None:
        """Fill the panels; call once the window is shown."""
        self.panel.start()
        self._memory_timer.start()
        self._idle_import.start()
        self.models.find()
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
        self.raise_()
        self.activateWindow()

    def stop(self) -> None:
        """Ask the services nothing more; they are about to close."""
        self.panel.stop()
        self._idle_import.stop()
        if self._models_page is not None:
            self._models_page.stop()
        self.loading.stop()
        self._memory_timer.stop()
        self.pane.keep_typed()
        self._save_geometry()

    # Wiring

    def _connect_panels(self) -> None:
        self.panel.opened.connect(self._open)
        self.panel.new_requested.connect(self._new)
        self.panel.changed.connect(self._on_conversation_changed)
        self.panel.left.connect(self._on_conversation_left)
        self.panel.came_back.connect(self._open)
        self.panel.changed_elsewhere.connect(self.pane.refresh)
        self.top_bar.sidebar_requested.connect(self._toggle_sidebar)
        self.top_bar.find_requested.connect(self._find)
        self.top_bar.renamed.connect(self.panel.rename)
        self.top_bar.keyboard_released.connect(self.pane.composer.focus)
        self._drawer.closed.connect(self.pane.composer.focus)
        self.pane.shown.connect(self._on_shown)
        self.pane.open_failed.connect(self._on_open_failed)
        self.pane.refreshed.connect(self._on_refreshed)
        self.pane.conversation_started.connect(self._on_conversation_started)
        self.pane.progressed.connect(self._on_progressed)
        sidebar = self.panel.sidebar
        sidebar.models_requested.connect(lambda: self._show_models(None))
        sidebar.downloads_requested.connect(lambda: self._show_models(Tab.DOWNLOADS))
        self.chip.settings_requested.connect(self._show_loading)
        self.pane.load_settings_requested.connect(self._show_loading)
        self.chip.cancel_requested.connect(self._engine.cancel_load)
        self.pane.longer_context_requested.connect(self._use_longer_context)
        self.models.used.connect(self.loading.use)
        self.loading.opened.connect(self._place_loading)
        self.loading.closed.connect(self._on_loading_closed)

    def _connect_models_page(self, page: ModelsPage) -> None:
        sidebar = self.panel.sidebar
        sidebar.set_downloads(page.downloads.items)
        page.downloads_changed.connect(sidebar.set_downloads)
        page.downloads.ready.connect(self._on_model_ready)
        page.models_changed.connect(self.models.find)
        page.chat_requested.connect(self._chat_with)
        page.failed.connect(self.panel.tell)
        page.save_requested.connect(self.pane.message_actions.save_code)
        page.sidebar_requested.connect(self._toggle_sidebar)
        page.loading_requested.connect(self.loading.open)

    def _connect_actions(self) -> None:
        actions = self.actions_of_window
        actions.new_conversation.triggered.connect(self._new)
        actions.search.triggered.connect(self._focus_search)
        actions.toggle_sidebar.triggered.connect(self._toggle_sidebar)
        actions.choose_model.triggered.connect(self._choose_model)
        actions.focus_composer.triggered.connect(self._write)
        actions.stop.triggered.connect(self._on_escape)
        actions.retry.triggered.connect(self.pane.retry_last)
        actions.continue_answer.triggered.connect(self.pane.continue_last)
        actions.rename.triggered.connect(self.top_bar.start_renaming)
        actions.pin.triggered.connect(self._pin_current)
        actions.trash.triggered.connect(self.panel.trash_selected)
        actions.open_logs.triggered.connect(self._open_logs)
        actions.find.triggered.connect(self._find)
        actions.find_next.triggered.connect(self.pane.find_bar.find_next)
        actions.find_previous.triggered.connect(self.pane.find_bar.find_previous)
        actions.load_settings.triggered.connect(self._show_loading)
        actions.overflow.triggered.connect(lambda action: self._set_overflow(action.data()))
        actions.quit.triggered.connect(self.close)
        for action in actions.themes.actions():
            action.setChecked(action.data() == str(self._appearance.choice))
        actions.themes.triggered.connect(lambda action: self._set_theme(action.data()))

    # Conversations

    def _open(self, conversation_id: int, message_id: int | None = None) -> None:
        self._show_chat()
        self.panel.set_current(conversation_id)
        self.pane.open(conversation_id, message_id)
        conversation = self.panel.model.conversation(conversation_id)
        if conversation is not None:
            self._show(conversation)
        self._drawer.close_drawer()

    def _new(self) -> None:
        self._show_chat()
        self.panel.sidebar.close_trash()
        self._show_new()

    def _show_new(self) -> None:
        self.panel.sidebar.clear_search()
        self.panel.set_current(None)
        self.pane.show_new()
        self.models.use_default()
        self._show_title(None)
        self._drawer.close_drawer()

    def _on_shown(self, conversation: Conversation) -> None:
        self._mark(conversation.id)
        self._show(conversation)

    def _on_open_failed(self) -> None:
        shown = self.pane.conversation
        self._mark(shown.id if shown is not None else None)
        if shown is not None:
            self._show(shown)
        else:
            self.models.use_default()
            self._show_title(None)
        self.panel.reload()

    def _on_refreshed(self, conversation: Conversation) -> None:
        if conversation.deleted_at is None:
            self._show(conversation)
        else:
            self._show_new()
            self.toast.show_text(self.tr("This conversation was moved to the Trash elsewhere."))

    def _on_conversation_started(self, conversation: Conversation) -> None:
        self._mark(conversation.id)
        if self._overflow_of_new is not conversation.overflow:
            self.panel.set_overflow(conversation.id, self._overflow_of_new)
        self._show_title(conversation)
        model = self.pane.model
        if model is not None and model.path != conversation.model_path:
            # Chosen after the message was sent, before there was a conversation to keep it.
            self.panel.set_model(conversation.id, model.path)

    def _on_conversation_changed(self, conversation: Conversation) -> None:
        if self.pane.conversation_id == conversation.id:
            self.pane.update_conversation(conversation)
            self._show(conversation)

    def _on_conversation_left(self, conversation_id: int) -> None:
        if self.pane.conversation_id == conversation_id:
            self._show_new()

    def _pin_current(self, pinned: bool) -> None:  # noqa: FBT001 - a slot
        self.actions_of_window.pin.setChecked(not pinned)  # until it is stored
        if self.pane.conversation_id is not None:
            self.panel.pin(self.pane.conversation_id, pinned)

    def _show(self, conversation: Conversation) -> None:
        self.models.use_of(conversation)
        self._show_title(conversation)

    # Models

    @property
    def models_page(self) -> ModelsPage:
        """The models' page, made when it is first asked for or when there is nothing else to do.

        It is much, and no part of the window's first picture.
        """
        page = self._models_page
        if page is None:
            self._idle_import.stop()
            page = self._models_page = self._make_models_page()
            self._stack.addWidget(page)
            page.set_narrow(very_narrow=self.width() < _VERY_NARROW)
            self._connect_models_page(page)
        return page

    @property
    def _shows_chat(self) -> bool:
        return self._stack.currentWidget() is self._chat

    def _mark(self, conversation_id: int | None) -> None:
        """In the list, unless it is not seen beside it."""
        self.panel.set_current(conversation_id if self._shows_chat else None)

    def _show_models(self, tab: Tab | None) -> None:
        """Show the models' page, as it was left or on a tab."""
        if tab is not None:
            self.models_page.show_tab(tab)
        self._stack.setCurrentWidget(self.models_page)
        self.panel.sidebar.set_models_open(is_open=True)
        self.panel.set_current(None)
        self._enable_actions()
        self._drawer.close_drawer()

    def _show_chat(self) -> None:
        """Show the conversation, which may be another one in a moment."""
        if self._shows_chat:
            return
        self._stack.setCurrentWidget(self._chat)
        self.panel.sidebar.set_models_open(is_open=False)
        self.panel.set_current(self.pane.conversation_id)
        self._enable_actions()

    def _enable_actions(self) -> None:
        """Keys that mean the conversation mean nothing while it is not seen."""
        actions = self.actions_of_window
        is_seen = self._shows_chat
        for action in (actions.retry, actions.continue_answer, actions.find_next):
            action.setEnabled(is_seen)
        actions.find_previous.setEnabled(is_seen)
        for action in (actions.rename, actions.pin, actions.trash):
            action.setEnabled(is_seen and self._has_conversation)
        actions.find.setEnabled(self._has_conversation or not is_seen)

    def _write(self) -> None:
        self._show_chat()
        self.pane.composer.focus()

    def _show_loading(self) -> None:
        if self.pane.model is not None:
            self.loading.open(self.pane.model)

    def _on_loading_closed(self) -> None:
        focused = QApplication.focusWidget()
        had_keyboard = focused is not None and self.loading.panel.isAncestorOf(focused)
        self._place_loading()
        if had_keyboard and self._shows_chat:
            self.pane.composer.focus()

    def _place_loading(self) -> None:
        """The panel stands beside the page, or in its place where there is no room for both."""
        is_open = self.loading.is_open
        if is_open and self._beside.count() == 1:
            self._beside.addWidget(self.loading.panel)
        if self._beside.count() > 1:
            self.loading.panel.setVisible(is_open)
        self._stack.setVisible(not is_open or self.width() >= _VERY_NARROW)
        self._make_way()

    def _make_way(self) -> None:
        """Between narrow and very narrow the sidebar goes while the panel is there."""
        has_to = self.loading.is_open and _VERY_NARROW <= self.width() < _NARROW
        sidebar = self.panel.sidebar
        if self._drawer.is_active or has_to == self._has_made_way:
            return
        if not has_to:
            sidebar.show()
            self._has_made_way = False
        elif not sidebar.isHidden():
            sidebar.hide()
            self._has_made_way = True

    def _set_overflow(self, policy: str) -> None:
        if self.pane.conversation_id is not None:
            self.panel.set_overflow(self.pane.conversation_id, OverflowPolicy(policy))
        else:
            self._overflow_of_new = OverflowPolicy(policy)

    def _use_longer_context(self, message_id: int, tokens: int) -> None:
        if self.pane.model is not None:
            go_on = partial(self.pane.go_on, message_id)
            self.loading.use_context(self.pane.model, tokens, go_on)

    def _choose_model(self) -> None:
        self._show_chat()
        self.chip.open_picker()

    def _chat_with(self, model: ModelFile) -> None:
        self._new()
        self.models.choose(model)

    def _on_model_ready(self, model: ModelFile) -> None:
        if self._shows_chat:
            words = self.tr("{model} is here and verified.").format(model=model.name)
            on_chat = (lambda: self._chat_with(model)) if model.can_chat else None
            self.toast.show_text(words, self.tr("Chat"), on_chat)

    # What the services tell

    def _on_session_event(self, event: SessionEvent) -> None:
        self.panel.on_session_event(event)
        self.pane.on_session_event(event)
        if isinstance(event, ConversationChanged):
            self._on_conversation_changed(event.conversation)
        elif isinstance(event, ConversationBranched):
            self._open(event.conversation.id)

    def _on_engine_state(self, state: EngineState) -> None:
        self.chip.set_state(state)
        self.status_line.set_engine_state(state)
        self.pane.on_engine_state(state)
        self.status_line.set_context(self.pane.context.used)

    def _on_progressed(self, progress: AnswerProgress | None) -> None:
        self.status_line.set_progress(progress)
        self.status_line.set_last_answer(self.pane.context.last_origin)
        self.status_line.set_context(self.pane.context.used)

    def _look_at_memory(self) -> None:
        self._jobs.general.run(self._engine.worker_memory, on_done=self.status_line.set_memory)

    def _show_connections(self, network: Network) -> None:
        connections = network.connections
        if connections:
            last = connections[-1]
            reasons = {
                Purpose.SEARCH: self.tr("looking for models"),
                Purpose.DOWNLOAD: self.tr("downloading a model"),
            }
            text = self.tr("Connected to {host}: {reason}").format(
                host=last.host, reason=reasons[last.reason]
            )
        else:
            text = self.tr("No connections since start")
        self.status_line.set_network(text)

    # The window itself

    def _show_title(self, conversation: Conversation | None) -> None:
        title = " ".join(conversation.title.split()) if conversation is not None else ""
        self.top_bar.set_conversation(conversation.id if conversation is not None else None, title)
        self.setWindowTitle(f"{title} – Chatapp" if title else "Chatapp")
        self._has_conversation = conversation is not None
        self._enable_actions()
        actions = self.actions_of_window
        actions.pin.setChecked(conversation is not None and conversation.pinned)
        if conversation is not None:
            policy = conversation.overflow
        else:
            policy = self._overflow_of_new = OverflowPolicy.STOP
        for action in actions.overflow.actions():
            action.setChecked(action.data() == str(policy))

    def _focus_search(self) -> None:
        if not self.panel.sidebar.isVisible():
            self._toggle_sidebar()
        self.panel.sidebar.focus_search()

    def _find(self) -> None:
        if not self._shows_chat:
            self.models_page.focus_search()
        elif self.pane.conversation is not None:
            self.pane.find_bar.open()

    def _toggle_sidebar(self) -> None:
        if not self._drawer.is_active:
            self.panel.sidebar.setVisible(not self.panel.sidebar.isVisible())
            return
        self._drawer.toggle()
        if self._drawer.isVisible():
            self.panel.sidebar.focus_search()

    def _on_escape(self) -> None:
        if self._drawer.isVisible():
            self._drawer.close_drawer()
        elif self.loading.has_keyboard:
            self.loading.close()
        elif not self._shows_chat:
            if not self.models_page.go_back():
                self._write()
        elif not self.pane.stop():
            self.panel.sidebar.clear_search()

    def _set_theme(self, choice: str) -> None:
        self._appearance.set_choice(ThemeChoice(choice))
        try:
            self._settings.change(theme=choice)
        except ChatappError as error:
            self.panel.tell(error)

    def _open_logs(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._paths.logs)))

    def _restore_geometry(self) -> None:
        self.resize(_FIRST)
        try:
            geometry = base64.b64decode(self._settings.current.window_geometry, validate=True)
        except (binascii.Error, ValueError):
            geometry = b""
        if geometry:
            self.restoreGeometry(QByteArray(geometry))
        self._drawer.place_sidebar()

    def _save_geometry(self) -> None:
        geometry = base64.b64encode(self.saveGeometry().data()).decode("ascii")
        try:
            self._settings.change(
                window_geometry=geometry, sidebar_width=self._drawer.sidebar_width
            )
        except ChatappError:
            # The size of the window is not worth a message on the way out.
            return

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        # Files may have been put into the models folder meanwhile.
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.models.find()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._consider(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._consider(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._end_drag()

    def dropEvent(self, event: QDropEvent) -> None:
        self._consider(event)
        self._end_drag()
        paths = local_files(event.mimeData())
        if not event.isAccepted():
            return
        if self._are_for_models(paths):
            self._show_models(None)
            self.models_page.add_files(paths)
        else:
            self.pane.composer.add_files(paths)

    def _consider(self, event: QDropEvent) -> None:
        """Models go to the library, other files that are dropped anywhere are attached.

        As copies, so that nothing deletes them.
        """
        paths = local_files(event.mimeData())
        if not paths:
            event.ignore()
            return
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        is_for_models = self._are_for_models(paths)
        self.panel.sidebar.set_models_target(is_target=is_for_models)
        self.pane.composer.set_drop_target(is_target=not is_for_models)

    def _are_for_models(self, paths: Sequence[Path]) -> bool:
        """On the models' page everything is, folders too: the library says what it can't use."""
        return not self._shows_chat or are_models(paths)

    def _end_drag(self) -> None:
        self.panel.sidebar.set_models_target(is_target=False)
        self.pane.composer.set_drop_target(is_target=False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width = event.size().width()
        self.top_bar.set_narrow(narrow=width < _NARROW, very_narrow=width < _VERY_NARROW)
        self.status_line.set_narrow(narrow=width < _NARROW, very_narrow=width < _VERY_NARROW)
        self.chip.set_details_visible(visible=width >= _NARROW)
        self.pane.composer.set_compact(compact=width < _VERY_NARROW)
        if self._models_page is not None:
            self._models_page.set_narrow(very_narrow=width < _VERY_NARROW)
        self._make_way()
        self._drawer.set_active(self.panel.sidebar, active=width < _VERY_NARROW)
        self._place_loading()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._session.running_conversations() and not QuitDialog(self._appearance, self).ask():
            event.ignore()
            return
        event.accept()
        self.closed.emit()


def _column(parent: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(parent)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    return column
