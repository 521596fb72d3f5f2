"""Keeps the load panel, its dialogs and the engine in step with what a person chooses."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from chatapp.engine.state import EngineState, EngineStatus
from chatapp.errors import ChatappError
from chatapp.models.load_settings import problem_of
from chatapp.ui.i18n import error_sentence
from chatapp.ui.thinking import Thinking
from chatapp.ui.tuning_runs import TuningRuns

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from PySide6.QtWidgets import QWidget

    from chatapp.domain.model import Adapter, ModelFile
    from chatapp.domain.tuning import Tuning
    from chatapp.engine.engine import Engine
    from chatapp.engine.messages import LoadOptions, Probed
    from chatapp.hub.hardware import Machine
    from chatapp.hub.library import Library
    from chatapp.jobs import Jobs, Post
    from chatapp.models.load_settings import LoadChoice, LoadSettings
    from chatapp.models.tuning import Tuner
    from chatapp.models.tunings import Tunings
    from chatapp.settings import SettingsFile
    from chatapp.ui.load_panel import LoadPanel
    from chatapp.ui.template_dialog import TemplateDialog
    from chatapp.ui.theme import Appearance

_REST = 400  # ms after the last step of a drag: then it is written down, and llama.cpp asked
_LOOK_EVERY = 5000  # ms between two looks at the memory
_DRAFT_SHARE = 0.4  # of the model's size that a draft may have to be worth it

LATER = (  # modules that are not needed for the first picture, those with the fewest needs first
    "chatapp.ui.number_row",
    "chatapp.ui.adapter_list",
    "chatapp.ui.load_rows",
    "chatapp.ui.load_panel",
    "chatapp.ui.parameters.form",
    "chatapp.ui.parameters.panel",
    "chatapp.ui.composer_suggestions",
    "chatapp.ui.shortcut_sheet",
    "chatapp.ui.message_details",
    "chatapp.ui.message_editor",
    "chatapp.ui.rating_popup",
    "chatapp.ui.branch_tree",
    "chatapp.ui.quick_ask",
)


class ModelLoading(QObject):
    """Opens the panel for a model, keeps what is chosen, and has it loaded.

    `thinking` belongs beside the place where one writes; it follows the model of `use`, and what
    `template_thinking` is told of the conversation.

    Signals: `opened()` when the panel has to be shown, `closed()` when it has to go.
    """

    opened = Signal()
    closed = Signal()

    def __init__(
        self,
        appearance: Appearance,
        engine: Engine,
        library: Library,
        load_settings: LoadSettings,
        tuner: Tuner,
        tunings: Tunings,
        settings: SettingsFile,
        jobs: Jobs,
        post: Post,
        machine: Callable[[], Machine],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._engine = engine
        self._library = library
        self._load_settings = load_settings
        self._tunings = tunings
        self._settings = settings
        self._jobs = jobs
        self._post = post
        self._machine = machine
        self._window = parent
        self._panel: LoadPanel | None = None
        self._probe: Future[Probed] | None = None
        self._is_open = False
        self._is_unsaved = False
        self.tuning = TuningRuns(appearance, tuner, tunings, jobs, post, parent)
        self.tuning.tuned.connect(self._on_tuned)
        self.template_thinking = Thinking(appearance, engine, load_settings, self)
        self.template_thinking.chosen.connect(self._choose)
        self.thinking = self.template_thinking.chip
        self._resting = QTimer(self, interval=_REST, singleShot=True)
        self._resting.timeout.connect(self._on_rest)
        self._looking = QTimer(self, interval=_LOOK_EVERY)
        self._looking.timeout.connect(self._look)
        self._unsubscribe = engine.subscribe(lambda state: post(lambda: self.on_state(state)))

    @property
    def panel(self) -> LoadPanel:
        """The panel, made when it is first asked for: it is no part of the first picture."""
        return self._panel if self._panel is not None else self.prepare()

    def prepare(self) -> LoadPanel:
        """Make the panel, which is best done while there is nothing else to do."""
        if self._panel is not None:
            return self._panel
        from chatapp.ui.load_panel import LoadPanel

        panel = self._panel = LoadPanel(self._appearance, self._window)
        panel.hide()
        panel.changed.connect(self._on_changed)
        panel.load_requested.connect(self.load)
        panel.cancel_requested.connect(self._engine.cancel_load)
        panel.tune_requested.connect(self.open_tuning)
        panel.template_requested.connect(self.open_template)
        panel.closed.connect(self.close)
        return panel

    @property
    def model(self) -> ModelFile | None:
        """The one that the panel is about."""
        return self._panel.model if self._panel is not None else None

    # What the owner asks

    def open(self, model: ModelFile) -> None:
        """Show how a model is loaded."""
        known = next((m for m in self._library.snapshot if m.path == model.path), model)
        self.panel.show_model(
            known,
            self._load_settings.choice_of(known),
            self._drafts(known),
            context_length=self._settings.current.context_length,
        )
        self.panel.tell("")
        self.on_state(self._engine.state)
        self._look()
        self._resting.start()
        self._looking.start()
        was_closed, self._is_open = not self._is_open, True
        self.opened.emit()
        if was_closed:
            self.panel.close_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def use(self, model: ModelFile | None) -> None:
        """This model answers where one writes; the panel is about it, if it is open."""
        self.template_thinking.use(model)
        if model is not None and self._is_open and (self.model is None or self.model != model):
            self.open(model)

    def close(self) -> None:
        """Put the panel away."""
        self._looking.stop()
        self._is_open = False
        self.closed.emit()

    @property
    def is_open(self) -> bool:
        """Whether the panel is to be seen."""
        return self._is_open

    @property
    def has_keyboard(self) -> bool:
        """Whether the keyboard is in the panel."""
        focused = QApplication.focusWidget()
        return self._is_open and focused is not None and self.panel.isAncestorOf(focused)

    def load(self) -> None:
        """Load the model of the panel as it is chosen there."""
        model = self.model
        if model is not None:
            self._with_options(model, lambda options: self._engine.load(model, options))

    def use_context(self, model: ModelFile, tokens: int, then: Callable[[], None]) -> None:
        """Load a model with another context from now on; what is asked `then` waits for that."""

        def load(options: LoadOptions) -> None:
            self._engine.load(model, options)
            then()

        self._choose(model, replace(self._load_settings.choice_of(model), context_length=tokens))
        self._with_options(model, load)

    def stop(self) -> None:
        """The services are about to close."""
        self._resting.stop()
        self._looking.stop()
        self._unsubscribe()
        self._forget_probe()
        if self._is_unsaved:
            self._is_unsaved = False
            try:
                self._load_settings.save()
            except ChatappError as error:
                self.panel.tell(error_sentence(error))

    def on_state(self, state: EngineState) -> None:
        """The engine's state, which may be about another model than the panel's."""
        self.template_thinking.show()
        panel, model = self._panel, self.model
        if panel is None or model is None:
            return
        is_ready = state.status is EngineStatus.READY
        if not is_ready or state.model is None or state.model.path != model.path:
            panel.set_state(state, is_stale=False)
            return

        def show(wanted: LoadOptions) -> None:
            # Other adapters are put on without loading it again.
            options = state.options
            if options is not None:
                wanted = replace(wanted, adapters=options.adapters)
            if self.model == model and self._engine.state == state:
                panel.set_state(state, is_stale=options is not None and options != wanted)

        self._with_options(model, show)

    def _with_options(self, model: ModelFile, use: Callable[[LoadOptions], None]) -> None:
        """How the model is to be loaded, told to `use`; files are looked at for that."""
        self._jobs.general.run(lambda: self._load_settings.options_for(model), on_done=use)

    # The tuning table

    def open_tuning(self) -> None:
        """Show what was measured of the panel's model."""
        if self.model is not None:
            self.tuning.open(self.model)

    def _on_tuned(self, model: ModelFile, tuning: Tuning) -> None:
        if self.model is not None and self.model.path == model.path:
            self.panel.set_tuning(tuning)
            self.panel.set_probed(None)  # automatic is something else now
            self._resting.start()

    # The chat template

    def open_template(self) -> TemplateDialog | None:
        """Have the template of the panel's model edited."""
        from chatapp.ui.template_dialog import TemplateDialog

        model = self.model
        if model is None:
            return None
        of_file = model.header.chat_template if model.header is not None else ""
        own = self._load_settings.choice_of(model).template
        dialog = TemplateDialog(self._appearance, model.name, own, of_file, self._window)
        dialog.saved.connect(lambda text: self._on_template(model, text))
        dialog.open()
        return dialog

    def _on_template(self, model: ModelFile, text: str) -> None:
        choice = replace(self._load_settings.choice_of(model), template=text)
        self._choose(model, choice)
        if self.model is not None and self.model.path == model.path:
            self.panel.set_choice(choice)

    # What is chosen

    def _on_changed(self, choice: LoadChoice) -> None:
        if self.model is not None:
            before = self._load_settings.choice_of(self.model)
            if choice.adapters != before.adapters:
                self._check(choice.adapters)
            thinking, effort = before.thinking, before.reasoning_effort
            self._choose(self.model, replace(choice, thinking=thinking, reasoning_effort=effort))

    def _check(self, adapters: tuple[Adapter, ...]) -> None:
        """Tell at once what would fail at the next answer."""

        def show(problem: ChatappError | None) -> None:
            self.panel.tell("" if problem is None else error_sentence(problem))

        self._jobs.general.run(lambda: problem_of(adapters), on_done=show)

    def _choose(self, model: ModelFile, choice: LoadChoice) -> None:
        """It holds at once, and is written down once the hand rests."""
        self._load_settings.choose(model, choice)
        self._is_unsaved = True
        self._resting.start()
        self._forget_probe()
        self.template_thinking.show()

    def _on_rest(self) -> None:
        if self._is_unsaved:
            self._is_unsaved = False
            self._jobs.general.run(self._load_settings.save, on_error=self._on_not_saved)
        if self._is_open:
            self.on_state(self._engine.state)
            self._ask()

    def _on_not_saved(self, error: Exception) -> None:
        if not isinstance(error, ChatappError):
            raise error
        self.panel.tell(error_sentence(error))

    def _ask(self) -> None:
        """Have llama.cpp count what the choice would take, without loading anything."""
        model = self.model
        if model is None or model.header is None:
            return
        self._forget_probe()
        choice = self.panel.choice

        def ask(options: LoadOptions) -> None:
            if not self._is_open or self.model != model or self.panel.choice != choice:
                return
            probe = self._probe = self._engine.probe(model.path, options)
            probe.add_done_callback(lambda done: self._post(lambda: self._on_probed(done)))

        self._with_options(model, ask)

    def _on_probed(self, probe: Future[Probed]) -> None:
        if self._probe is not probe or probe.cancelled():
            return
        self._probe = None
        # What can't be counted is estimated; a load will say what is wrong.
        if probe.exception() is None:
            self.panel.set_probed(probe.result())

    def _forget_probe(self) -> None:
        if self._probe is not None:
            self._probe.cancel()
            self._probe = None

    def _look(self) -> None:
        """Look at the memory, and at what was measured, in the background."""
        model = self.model
        if model is None:
            return

        def look() -> tuple[Machine, int, Tuning | None]:
            return self._machine(), self._engine.memory_given_back(), self._tunings.find(model)

        def show(found: tuple[Machine, int, Tuning | None]) -> None:
            machine, freed, tuning = found
            if self.model is model:
                self.panel.set_machine(machine, freed)
                self.panel.set_tuning(tuning)

        self._jobs.general.run(look, on_done=show)

    def _drafts(self, model: ModelFile) -> list[ModelFile]:
        """Those that speak the same tokens and are much smaller."""
        header = model.header
        if header is None:
            return []
        return [
            other
            for other in self._library.snapshot
            if other.header is not None
            and other.can_chat
            and not other.missing_shards
            and other.header.vocabulary == header.vocabulary
            and 0 < other.size <= _DRAFT_SHARE * model.size
        ]
