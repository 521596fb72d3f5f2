"""The window: puts the panels together and connects them to the services."""

from __future__ import annotations

import base64
import binascii
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
from PySide6.QtWidgets import QMainWindow, QSplitter, QVBoxLayout, QWidget

from chatapp.chat.events import (
    AnswerProgress,
    ConversationBranched,
    ConversationChanged,
    SessionEvent,
)
from chatapp.errors import ChatappError
from chatapp.ui.actions import Actions
from chatapp.ui.chat_pane import ChatPane
from chatapp.ui.conversation_panel import ConversationPanel
from chatapp.ui.drawer import Drawer
from chatapp.ui.error_dialog import QuitDialog
from chatapp.ui.local_files import local_files
from chatapp.ui.model_chip import ModelChip
from chatapp.ui.model_choice import ModelChoice
from chatapp.ui.status_line import StatusLine
from chatapp.ui.theme import Appearance, ThemeChoice
from chatapp.ui.top_bar import TopBar
from chatapp.ui.widgets.toast import Toast

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatapp.chat.session import Session
    from chatapp.domain.conversation import Conversation
    from chatapp.engine.engine import Engine
    from chatapp.engine.state import EngineState
    from chatapp.hub.library import Library
    from chatapp.jobs import Jobs, Post
    from chatapp.network import Network
    from chatapp.paths import Paths
    from chatapp.settings import SettingsFile
    from chatapp.storage.conversations import Conversations
    from chatapp.storage.search import Search
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
            paths,
            self,
        )
        self.status_line = StatusLine(appearance)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top_bar)
        column.addWidget(self.pane, 1)
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
        self.toast = self.panel.toast = Toast(appearance, self.pane, self.pane.composer)
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

    def _connect_actions(self) -> None:
        actions = self.actions_of_window
        actions.new_conversation.triggered.connect(self._new)
        actions.search.triggered.connect(self._focus_search)
        actions.toggle_sidebar.triggered.connect(self._toggle_sidebar)
        actions.choose_model.triggered.connect(self.chip.open_picker)
        actions.focus_composer.triggered.connect(self.pane.composer.focus)
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
        actions.quit.triggered.connect(self.close)
        for action in actions.themes.actions():
            action.setChecked(action.data() == str(self._appearance.choice))
        actions.themes.triggered.connect(lambda action: self._set_theme(action.data()))

    # Conversations

    def _open(self, conversation_id: int, message_id: int | None = None) -> None:
        self.panel.set_current(conversation_id)
        self.pane.open(conversation_id, message_id)
        conversation = self.panel.model.conversation(conversation_id)
        if conversation is not None:
            self._show(conversation)
        self._drawer.close_drawer()

    def _new(self) -> None:
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
        self.panel.set_current(conversation.id)
        self._show(conversation)

    def _on_open_failed(self) -> None:
        shown = self.pane.conversation
        self.panel.set_current(shown.id if shown is not None else None)
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
        self.panel.set_current(conversation.id)
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
            text = self.tr("Connected to {host}: {reason}").format(
                host=last.host, reason=last.reason
            )
        else:
            text = self.tr("No connections since start")
        self.status_line.set_network(text)

    # The window itself

    def _show_title(self, conversation: Conversation | None) -> None:
        title = " ".join(conversation.title.split()) if conversation is not None else ""
        self.top_bar.set_conversation(conversation.id if conversation is not None else None, title)
        self.setWindowTitle(f"{title} – Chatapp" if title else "Chatapp")
        actions = self.actions_of_window
        for action in (actions.rename, actions.pin, actions.trash, actions.find):
            action.setEnabled(conversation is not None)
        actions.pin.setChecked(conversation is not None and conversation.pinned)

    def _focus_search(self) -> None:
        if not self.panel.sidebar.isVisible():
            self._toggle_sidebar()
        self.panel.sidebar.focus_search()

    def _find(self) -> None:
        if self.pane.conversation is not None:
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
        self.pane.composer.set_drop_target(is_target=False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._consider(event)
        self.pane.composer.set_drop_target(is_target=False)
        if event.isAccepted():
            self.pane.composer.add_files(local_files(event.mimeData()))

    def _consider(self, event: QDropEvent) -> None:
        """Files that are dropped anywhere are attached; as copies, so that nothing deletes them."""
        if local_files(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.pane.composer.set_drop_target(is_target=True)
        else:
            event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width = event.size().width()
        self.top_bar.set_narrow(narrow=width < _NARROW, very_narrow=width < _VERY_NARROW)
        self.status_line.set_narrow(narrow=width < _NARROW, very_narrow=width < _VERY_NARROW)
        self.chip.set_details_visible(visible=width >= _NARROW)
        self.pane.composer.set_compact(compact=width < _VERY_NARROW)
        self._drawer.set_active(self.panel.sidebar, active=width < _VERY_NARROW)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._session.running_conversations() and not QuitDialog(self._appearance, self).ask():
            event.ignore()
            return
        event.accept()
        self.closed.emit()
