"""The window: puts the panels together and connects them to the services."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSize, QTimer, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDesktopServices, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QMainWindow, QSplitter, QVBoxLayout, QWidget

from chatapp.chat.events import AnswerProgress, ConversationChanged, SessionEvent
from chatapp.errors import ChatappError
from chatapp.ui.actions import Actions
from chatapp.ui.chat_pane import ChatPane
from chatapp.ui.conversation_panel import ConversationPanel
from chatapp.ui.drawer import Drawer
from chatapp.ui.error_dialog import QuitDialog
from chatapp.ui.model_chip import ModelChip
from chatapp.ui.status_line import StatusLine
from chatapp.ui.theme import Appearance, ThemeChoice
from chatapp.ui.top_bar import TopBar
from chatapp.ui.widgets.toast import Toast

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatapp.chat.session import Session
    from chatapp.domain.conversation import Conversation
    from chatapp.domain.model import ModelFile
    from chatapp.engine.engine import Engine
    from chatapp.engine.state import EngineState
    from chatapp.hub.library import Library
    from chatapp.jobs import Jobs, Post
    from chatapp.network import Network
    from chatapp.paths import Paths
    from chatapp.settings import SettingsFile
    from chatapp.storage.conversations import Conversations
    from chatapp.storage.search import Search

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
    ) -> None:
        super().__init__()
        self._appearance = appearance
        self._session = session
        self._engine = engine
        self._library = library
        self._jobs = jobs
        self._settings = settings
        self._paths = paths
        self._models: list[ModelFile] = []
        self._default_model: ModelFile | None = None
        self.setWindowTitle("Chatapp")
        self.setMinimumSize(_SMALLEST)

        self.panel = ConversationPanel(
            appearance, session, conversations, search, changed_elsewhere, jobs, self
        )
        self.actions_of_window = Actions(self)
        self.chip = ModelChip(appearance)
        self.top_bar = TopBar(appearance, self.chip, self.actions_of_window.menu())
        self.pane = ChatPane(appearance, session, conversations, engine, jobs, settings, paths.logs)
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
        self._drawer = Drawer(appearance, self._splitter)
        self.toast = self.panel.toast = Toast(appearance, self.pane, self.pane.composer)
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
        self._show_title()
        self.pane.show_new()

    def start(self) -> None:
        """Fill the panels; call once the window is shown."""
        self.panel.start()
        self._memory_timer.start()
        self._find_models()
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

    # Wiring

    def _connect_panels(self) -> None:
        self.panel.opened.connect(self._open)
        self.panel.new_requested.connect(self._new)
        self.panel.changed.connect(self._on_conversation_changed)
        self.panel.left.connect(self._on_conversation_left)
        self.panel.came_back.connect(self._open)
        self.panel.changed_elsewhere.connect(self.pane.refresh)
        self.top_bar.sidebar_requested.connect(self._drawer.toggle)
        self.top_bar.renamed.connect(self._rename_current)
        self.chip.model_chosen.connect(self._choose_model)
        self.chip.file_requested.connect(self._ask_for_file)
        self.chip.folder_requested.connect(self._open_models_folder)
        self.pane.file_requested.connect(self._ask_for_file)
        self.pane.folder_requested.connect(self._open_models_folder)
        self.pane.model_picker_requested.connect(self.chip.open_picker)
        self.pane.conversation_started.connect(self._on_conversation_started)
        self.pane.progressed.connect(self._on_progressed)

    def _connect_actions(self) -> None:
        actions = self.actions_of_window
        actions.new_conversation.triggered.connect(self._new)
        actions.search.triggered.connect(self._focus_search)
        actions.toggle_sidebar.triggered.connect(self._toggle_sidebar)
        actions.choose_model.triggered.connect(self.chip.open_picker)
        actions.focus_composer.triggered.connect(self.pane.composer.focus)
        actions.stop.triggered.connect(self.pane.stop)
        actions.retry.triggered.connect(self.pane.retry_last)
        actions.continue_answer.triggered.connect(self.pane.continue_last)
        actions.rename.triggered.connect(self.top_bar.start_renaming)
        actions.pin.triggered.connect(self._pin_current)
        actions.trash.triggered.connect(self.panel.trash_selected)
        actions.open_logs.triggered.connect(self._open_logs)
        actions.quit.triggered.connect(self.close)
        for action in actions.themes.actions():
            action.setChecked(action.data() == self._settings.current.theme)
        actions.themes.triggered.connect(lambda action: self._set_theme(action.data()))

    # Conversations

    def _open(self, conversation_id: int, message_id: int | None = None) -> None:
        self._drawer.close_drawer()
        self.panel.set_current(conversation_id)
        self.pane.open(conversation_id, message_id)
        conversation = self.panel.model.conversation(conversation_id)
        if conversation is not None:
            self._use_model_of(conversation)
            self._show_title(conversation)

    def _new(self) -> None:
        self._drawer.close_drawer()
        self.panel.sidebar.clear_search()
        self.panel.set_current(None)
        self.pane.show_new()
        self._use_model(self._default_model)
        self._show_title()

    def _on_conversation_started(self, conversation_id: int) -> None:
        self.panel.set_current(conversation_id)
        self._show_title(self.pane.conversation)

    def _on_conversation_changed(self, conversation: Conversation) -> None:
        if self._shows(conversation.id):
            self._show_title(conversation)

    def _on_conversation_left(self, conversation_id: int) -> None:
        if self._shows(conversation_id):
            self._new()

    def _rename_current(self, title: str) -> None:
        if self.pane.conversation is not None:
            self.panel.rename(self.pane.conversation.id, title)

    def _pin_current(self, pinned: bool) -> None:  # noqa: FBT001 - a slot
        if self.pane.conversation is not None:
            self.panel.pin(self.pane.conversation.id, pinned)

    def _shows(self, conversation_id: int) -> bool:
        shown = self.pane.conversation
        return shown is not None and shown.id == conversation_id

    # Models

    def _find_models(self) -> None:
        preferred = self._settings.current.model_path

        def find() -> tuple[list[ModelFile], ModelFile]:
            return self._library.models(), self._library.default(preferred)

        def found(result: tuple[list[ModelFile], ModelFile]) -> None:
            self._models, self._default_model = result
            self._use_model(self._default_model)
            if not self._session.running_conversations():
                self._engine.load(self._default_model)

        self._jobs.general.run(find, on_done=found, on_error=self._on_no_model)

    def _on_no_model(self, error: Exception) -> None:
        if not isinstance(error, ChatappError):
            raise error
        self.pane.show_error(error)
        self.chip.set_models([], None)

    def _use_model_of(self, conversation: Conversation) -> None:
        if conversation.model_path is None:
            self._use_model(self._default_model)
        elif self.pane.model is None or self.pane.model.path != conversation.model_path:
            self._use_model(self._library.by_path(conversation.model_path))

    def _use_model(self, model: ModelFile | None) -> None:
        models = self._models
        if model is not None and all(known.path != model.path for known in models):
            models = [model, *models]
        self.pane.set_model(model)
        self.chip.set_models(models, model)
        self.chip.set_state(self._engine.state)

    def _choose_model(self, model: ModelFile) -> None:
        self._default_model = model
        self._use_model(model)
        try:
            self._settings.change(model_path=model.path)
        except ChatappError as error:
            self.panel.tell(error)
        conversation = self.pane.conversation
        if conversation is not None:
            self.panel.set_model(conversation.id, model.path)
        # While an answer is being written it keeps its model; the next question loads this one.
        if not self._session.running_conversations():
            self._engine.load(model)

    def _ask_for_file(self) -> None:
        dialog = QFileDialog(self, self.tr("Add model from file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("Models (*.gguf)"), self.tr("All files (*)")])
        dialog.fileSelected.connect(lambda path: self._choose_model(self._library.by_path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _open_models_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._paths.models)))

    # What the services tell

    def _on_session_event(self, event: SessionEvent) -> None:
        self.panel.on_session_event(event)
        self.pane.on_session_event(event)
        if isinstance(event, ConversationChanged):
            self._on_conversation_changed(event.conversation)

    def _on_engine_state(self, state: EngineState) -> None:
        self.chip.set_state(state)
        self.status_line.set_engine_state(state)
        self.pane.on_engine_state(state)

    def _on_progressed(self, progress: AnswerProgress | None) -> None:
        self.status_line.set_progress(progress)
        last = next(
            (m.origin for m in reversed(self.pane.transcript_model.messages) if m.origin), None
        )
        self.status_line.set_last_answer(last)
        self.status_line.set_context(self.pane.context_used())

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

    def _show_title(self, conversation: Conversation | None = None) -> None:
        title = conversation.title if conversation is not None else ""
        self.top_bar.set_title(
            title or self.tr("New conversation"), can_rename=conversation is not None
        )
        self.setWindowTitle(f"{title} – Chatapp" if title else "Chatapp")
        actions = self.actions_of_window
        for action in (actions.rename, actions.pin, actions.trash):
            action.setEnabled(conversation is not None)
        actions.pin.setChecked(conversation is not None and conversation.pinned)

    def _focus_search(self) -> None:
        if not self.panel.sidebar.isVisible():
            self._toggle_sidebar()
        self.panel.sidebar.focus_search()

    def _toggle_sidebar(self) -> None:
        if self.width() < _VERY_NARROW:
            self._drawer.toggle()
        else:
            self.panel.sidebar.setVisible(not self.panel.sidebar.isVisible())

    def _set_theme(self, choice: str) -> None:
        self._appearance.set_choice(ThemeChoice(choice))
        try:
            self._settings.change(theme=choice)
        except ChatappError as error:
            self.panel.tell(error)

    def _open_logs(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._paths.logs)))

    def _restore_geometry(self) -> None:
        settings = self._settings.current
        self.resize(_FIRST)
        try:
            geometry = base64.b64decode(settings.window_geometry, validate=True)
        except (binascii.Error, ValueError):
            geometry = b""
        if geometry:
            self.restoreGeometry(QByteArray(geometry))
        width = min(400, max(200, settings.sidebar_width))
        self._splitter.setSizes([width, max(1, self.width() - width)])

    def _save_geometry(self) -> None:
        geometry = base64.b64encode(self.saveGeometry().data()).decode("ascii")
        width = self.panel.sidebar.width() if not self._drawer.is_active else None
        try:
            self._settings.change(
                window_geometry=geometry,
                sidebar_width=width or self._settings.current.sidebar_width,
            )
        except ChatappError:
            # The size of the window is not worth a message on the way out.
            return

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
        self._save_geometry()
        event.accept()
        self.closed.emit()
