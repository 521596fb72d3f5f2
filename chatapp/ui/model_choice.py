"""Which model answers in the conversation that is shown, and which ones could."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from chatapp.engine.messages import SAFE_OPTIONS
from chatapp.errors import ChatappError

if TYPE_CHECKING:
    from chatapp.chat.session import Session
    from chatapp.domain.conversation import Conversation
    from chatapp.domain.model import ModelFile
    from chatapp.engine.engine import Engine
    from chatapp.hub.library import Library
    from chatapp.jobs import Jobs
    from chatapp.settings import Settings, SettingsFile
    from chatapp.ui.chat_pane import ChatPane
    from chatapp.ui.conversation_panel import ConversationPanel
    from chatapp.ui.model_chip import ModelChip


class ModelChoice(QObject):
    """Finds the models of this computer and keeps chip, pane, settings and engine in step.

    Signals: `used(object)` with the `ModelFile` that answers from now on, or None.
    """

    used = Signal(object)

    def __init__(
        self,
        chip: ModelChip,
        pane: ChatPane,
        panel: ConversationPanel,
        session: Session,
        engine: Engine,
        library: Library,
        jobs: Jobs,
        settings: SettingsFile,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._chip = chip
        self._pane = pane
        self._panel = panel
        self._session = session
        self._engine = engine
        self._library = library
        self._jobs = jobs
        self._settings = settings
        self._window = parent
        self._models: list[ModelFile] = []
        self._added: list[ModelFile] = []  # chosen from elsewhere
        self._default: ModelFile | None = None
        self._preferred = settings.current.model_path
        self._is_finding = False
        self._find_again = False  # what is being found is too old
        chip.model_chosen.connect(self.choose)
        chip.file_requested.connect(self.ask_for_file)
        chip.folder_requested.connect(self.open_folder)
        pane.model_picker_requested.connect(chip.open_picker)
        pane.model_retry_requested.connect(self._try_again)
        pane.safe_settings_requested.connect(self._load_safely)
        settings.subscribe(self._on_settings)

    @property
    def offered(self) -> list[ModelFile]:
        """The models that can be chosen, those from elsewhere first."""
        return [*self._added, *self._models]

    def find(self) -> None:
        """Look which models there are; the first time one of them is loaded."""
        if self._is_finding:
            return
        self._is_finding = True
        preferred = self._settings.current.model_path

        def find() -> tuple[list[ModelFile], ModelFile]:
            return self._library.models(), self._library.default(preferred)

        self._jobs.general.run(find, on_done=self._on_found, on_error=self._on_not_found)

    def use_default(self) -> None:
        """A new conversation is shown."""
        self._use(self._default)

    def use_of(self, conversation: Conversation) -> None:
        """This conversation is shown, or another model was chosen for it."""
        if conversation.model_path is None:
            self.use_default()
        elif self._pane.model is None or self._pane.model.path != conversation.model_path:
            self._use(self._library.by_path(conversation.model_path))

    def choose(self, model: ModelFile) -> None:
        """The person wants this one, here and in new conversations.

        An answer that is being written keeps its model; the next question loads this one.
        """
        if all(known.path != model.path for known in (*self._models, *self._added)):
            self._added.append(model)
        self._default = model
        self._use(model)
        try:
            self._settings.change(model_path=model.path)
        except ChatappError as error:
            self._panel.tell(error)
        if self._pane.conversation_id is not None:
            self._panel.set_model(self._pane.conversation_id, model.path)
        self._load()

    def ask_for_file(self) -> None:
        """Let the person choose a file that lies anywhere."""
        dialog = QFileDialog(self._window, self.tr("Add model from file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setDirectory(str(self._library.folder))
        dialog.setNameFilters([self.tr("Models (*.gguf)"), self.tr("All files (*)")])
        dialog.fileSelected.connect(lambda path: self.choose(self._library.by_path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def open_folder(self) -> None:
        """Show the models folder in the system's file manager."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._library.folder)))

    def _on_settings(self, settings: Settings) -> None:
        """Perhaps another one for new conversations, chosen elsewhere than here."""
        preferred, before = settings.model_path, self._preferred
        self._preferred = preferred
        if preferred == before or self._default is None or self._default.path == preferred:
            return
        self._jobs.general.run(
            lambda: self._library.default(preferred),
            on_done=self._on_preferred,
            on_error=self._on_not_found,
        )

    def _on_preferred(self, model: ModelFile) -> None:
        self._default = model
        if self._pane.conversation_id is None:
            self._use(model)
            self._load()

    def _on_found(self, result: tuple[list[ModelFile], ModelFile]) -> None:
        if self._ends_finding():
            return
        self._models, default = result
        paths = {model.path for model in self._models}
        self._added = [model for model in self._added if model.path not in paths]
        if self._default is None:
            self._default = default
            self._use(self._pane.model or default)
            self._load()
        else:
            self._use(self._pane.model)

    def _on_not_found(self, error: Exception) -> None:
        if self._ends_finding():
            return
        if not isinstance(error, ChatappError):
            raise error
        self._models = []
        if self._default is None:
            self._pane.tell_no_model(error)
        self._use(self._pane.model)

    def _ends_finding(self) -> bool:
        """Whether that was in vain, and another try has begun."""
        self._is_finding = False
        again, self._find_again = self._find_again, False
        if again:
            self.find()
        return again

    def _use(self, model: ModelFile | None) -> None:
        models = [*self._added, *self._models]
        if model is not None and all(known.path != model.path for known in models):
            models.insert(0, model)
        self._pane.set_model(model)
        self._chip.set_models(models, model)
        self.used.emit(model)

    def _load(self) -> None:
        if self._pane.model is not None and not self._session.running_conversations():
            self._engine.load(self._pane.model)

    def _load_safely(self) -> None:
        if self._pane.model is not None:
            self._engine.load(self._pane.model, SAFE_OPTIONS)

    def _try_again(self) -> None:
        if self._pane.model is None:
            self._find_again = self._is_finding
            self.find()
        else:
            self._engine.load(self._pane.model)
