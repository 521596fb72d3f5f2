"""Keeps the panel, the conversation that is shown and the storage in step."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from chatapp.domain.generation import NO_CHOICE, ParameterChoice
from chatapp.engine.state import EngineStatus
from chatapp.errors import ChatappError
from chatapp.ui.i18n import error_sentence

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from PySide6.QtGui import QActionGroup
    from PySide6.QtWidgets import QWidget

    from chatapp.chat.presets import Presets
    from chatapp.domain.conversation import Conversation
    from chatapp.domain.generation import GenerationParameters
    from chatapp.domain.model import ModelFile
    from chatapp.engine.engine import Engine
    from chatapp.engine.state import EngineState
    from chatapp.jobs import Jobs, Post
    from chatapp.storage.conversations import Conversations
    from chatapp.ui.asking import Asking
    from chatapp.ui.parameters.panel import ParametersPanel
    from chatapp.ui.theme import Appearance
    from chatapp.ui.thinking import Thinking

_REST: Final = 400  # ms after the last step of a drag: then it is stored


class ConversationParameters(QObject):
    """What the conversation that is shown changes of how it is answered, and its panel.

    A new conversation has no id: what is chosen for it is kept here until it begins, see `choice`
    and `instructions`. `automatic` says what holds for a model where nothing is chosen.

    Signals: `opened()` when the panel has to be shown, `closed()` when it has to go;
    `chosen(ParameterChoice)` when another choice holds; `changed(Conversation)` after something was
    stored.
    """

    opened = Signal()
    closed = Signal()
    changed = Signal(object)
    chosen = Signal(object)

    def __init__(
        self,
        appearance: Appearance,
        conversations: Conversations,
        presets: Presets,
        engine: Engine,
        jobs: Jobs,
        post: Post,
        overflow: QActionGroup,
        automatic: Callable[[ModelFile], GenerationParameters],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._conversations = conversations
        self._presets = presets
        self._engine = engine
        self._jobs = jobs
        self._post = post
        self._overflow = overflow
        self._automatic = automatic
        self._window = parent
        self._panel: ParametersPanel | None = None
        self._model: ModelFile | None = None
        self._shown_id: int | None = None
        self._choice = NO_CHOICE
        self._instructions: str | None = None  # None: those of the assistant
        self._usual_instructions = ""  # of the assistant
        self._thinking = (False, False)  # what the model's template knows of it
        self._last_seed: int | None = None
        self._kept = 0
        self._is_open = False
        self._is_unsaved = False
        self._storing = 0
        self._counting: Future[int] | None = None
        self._resting = QTimer(self, interval=_REST, singleShot=True)
        self._resting.timeout.connect(self.save)
        self._unsubscribe = engine.subscribe(lambda state: post(lambda: self._on_state(state)))

    # What holds

    @property
    def choice(self) -> ParameterChoice:
        """What is chosen for the conversation that is shown, or for the new one."""
        return self._choice

    @property
    def instructions(self) -> str:
        """Its system prompt, or its assistant's; that of a new one goes with its first message."""
        if self._panel is not None:
            self._panel.finish()
        own = self._instructions
        return self._usual_instructions if own is None else own

    def serve(self, asking: Asking, thinking: Thinking) -> None:
        """Have questions asked as it is chosen here, and the chip about thinking show it."""
        asking.choice = lambda: self.choice
        asking.instructions = lambda: self.instructions
        asking.wished.connect(self.save)  # before the question, which is read with it
        thinking.chosen_here.connect(self.choose)
        thinking.known.connect(
            lambda is_known, has_efforts: self.set_thinking(
                is_known=is_known, has_efforts=has_efforts
            )
        )
        self.chosen.connect(lambda own: thinking.use_choice(own, asking.assistant_choice()))

    # The panel

    @property
    def panel(self) -> ParametersPanel:
        """The panel, made when it is first asked for: it is no part of the first picture."""
        return self._panel if self._panel is not None else self.prepare()

    def prepare(self) -> ParametersPanel:
        """Make the panel, which is best done while there is nothing else to do."""
        if self._panel is not None:
            return self._panel
        from chatapp.ui.parameters.panel import ParametersPanel

        panel = ParametersPanel(self._appearance, self._jobs, self._overflow, self._window)
        self._panel = panel
        panel.hide()
        panel.changed.connect(self._on_changed)
        panel.instructions_changed.connect(self._on_instructions)
        panel.closed.connect(self.close)
        presets = self._presets
        panel.presets.save_requested.connect(self._save_preset)
        panel.presets.rename_requested.connect(self._rename_preset)
        panel.presets.delete_requested.connect(
            lambda preset_id: self._write_presets(lambda: presets.delete(preset_id))
        )
        self._read_presets()
        return panel

    @property
    def is_open(self) -> bool:
        """Whether the panel is to be seen."""
        return self._is_open

    @property
    def has_keyboard(self) -> bool:
        """Whether the keyboard is in the panel."""
        focused = QApplication.focusWidget()
        return self._is_open and focused is not None and self.panel.isAncestorOf(focused)

    def open(self) -> None:
        """Show the panel."""
        panel = self.prepare()
        was_closed, self._is_open = not self._is_open, True
        self._show()
        self.opened.emit()
        if was_closed:
            panel.close_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def close(self) -> None:
        """Put the panel away."""
        self.save()
        self._is_open = False
        self.closed.emit()

    def toggle(self) -> None:
        """Show the panel, or put it away."""
        if self._is_open:
            self.close()
        else:
            self.open()

    # What the owner tells

    def use_model(self, model: ModelFile | None) -> None:
        """This one answers from now on."""
        self._model = model
        self._show()

    def show_conversation(self, conversation: Conversation | None) -> None:
        """This conversation is shown, or its new state; None is a new one."""
        number = conversation.id if conversation is not None else None
        if number == self._shown_id and self._is_pending:
            return  # it tells of an earlier choice
        if number != self._shown_id:
            self.save()
        self._shown_id = number
        self._choice = NO_CHOICE if conversation is None else conversation.parameters
        self._instructions = None if conversation is None else conversation.system_prompt
        self._show()
        self.chosen.emit(self._choice)

    def begin(self, conversation: Conversation) -> None:
        """The new conversation has its id; what was chosen since it was sent is stored."""
        choice, instructions = self._choice, self.instructions
        self._shown_id = conversation.id
        self._instructions = instructions
        self._is_unsaved = (choice, instructions) != (
            conversation.parameters,
            conversation.system_prompt,
        )
        self.save()

    def choose(self, choice: ParameterChoice) -> None:
        """Somebody chose elsewhere than in the panel."""
        self._on_changed(choice)
        self._show()

    def set_usual_instructions(self, text: str) -> None:
        """What the assistant tells the model; what else it chooses may be another, too."""
        self._usual_instructions = text
        self._show()
        self.chosen.emit(self._choice)

    def follow(self, text: str) -> None:
        """Another assistant was chosen, and tells the model this in the place of all before."""
        if self._panel is not None:
            self._panel.finish()
        self._instructions = None if self._shown_id is None else text
        self.set_usual_instructions(text)

    def set_thinking(self, *, is_known: bool, has_efforts: bool) -> None:
        """What the template of the model knows of thinking."""
        self._thinking = (is_known, has_efforts)
        self._show()

    def set_last_answer(self, seed: int | None) -> None:
        """With which seed the last answer that is shown was made."""
        self._last_seed = seed
        self._show()

    def set_kept(self, count: int) -> None:
        """How many messages stay in the window."""
        self._kept = count
        self._show()

    def refresh(self) -> None:
        """What holds by itself may be something else now."""
        self._show()

    def stop(self) -> None:
        """The services are about to close."""
        self._unsubscribe()
        self._is_open = False
        self.save()

    def save(self) -> None:
        """Store what was chosen; what is being typed, too."""
        if self._panel is not None:
            self._panel.finish()
        self._resting.stop()
        number = self._shown_id
        if not self._is_unsaved or number is None:
            return
        self._is_unsaved = False
        choice, instructions = self._choice, self._instructions

        def store() -> Conversation:
            if instructions is not None:
                self._conversations.set_system_prompt(number, instructions)
            return self._conversations.set_parameters(number, choice)

        def stored(conversation: Conversation) -> None:
            self._storing -= 1
            self.changed.emit(conversation)

        def failed(error: Exception) -> None:
            self._storing -= 1
            self._tell(error)

        self._storing += 1
        self._jobs.database.run(store, on_done=stored, on_error=failed)

    # Changes

    @property
    def _is_pending(self) -> bool:
        """Whether the storage is behind."""
        return self._is_unsaved or self._storing > 0

    def _on_changed(self, choice: ParameterChoice) -> None:
        if choice != self._choice:
            self._choice = choice
            self._note_change()
            self.chosen.emit(choice)

    def _on_instructions(self, text: str) -> None:
        is_usual = self._shown_id is None and text == self._usual_instructions
        own = None if is_usual else text
        if own != self._instructions:
            self._instructions = own
            self._note_change()
            self._count()

    def _note_change(self) -> None:
        self._is_unsaved = True
        self._resting.start()

    # Presets

    def _save_preset(self, name: str) -> None:
        choice = self._choice

        def saved(preset_id: str) -> None:
            self._read_presets()
            if self._choice == choice:
                self.choose(replace(choice, preset=preset_id))

        self._jobs.general.run(
            lambda: self._presets.keep(name, choice).id, on_done=saved, on_error=self._tell
        )

    def _rename_preset(self, preset_id: str, name: str) -> None:
        def rename() -> None:
            preset = self._presets.find(preset_id)
            if preset is not None:
                self._presets.save(replace(preset, name=name))

        self._write_presets(rename)

    def _write_presets(self, write: Callable[[], None]) -> None:
        self._jobs.general.run(write, on_done=lambda _: self._read_presets(), on_error=self._tell)

    def _read_presets(self) -> None:
        self._jobs.general.run(
            self._presets.list, on_done=self.panel.presets.set_presets, on_error=self._tell
        )

    def _tell(self, error: Exception) -> None:
        if not isinstance(error, ChatappError):
            raise error
        if self._panel is not None:
            self._panel.tell(error_sentence(error))

    # Showing

    def _show(self) -> None:
        panel = self._panel
        if panel is None or not self._is_open:
            return
        if self._model is not None:
            panel.form.set_automatic(self._automatic(self._model))
        panel.set_choice(self._choice)
        usual, own = self._usual_instructions, self._instructions
        panel.set_instructions(usual if own is None else own, usual)
        is_known, has_efforts = self._thinking
        panel.form.set_thinking(is_known=is_known, has_efforts=has_efforts)
        panel.form.set_last_seed(self._last_seed)
        panel.overflow.set_kept(self._kept)
        self._count()

    def _on_state(self, state: EngineState) -> None:
        """A model that could not count while it was not loaded may now."""
        if self._is_open and state.status is EngineStatus.READY:
            self._count()

    def _count(self) -> None:
        """How many tokens the instructions have, where there is a model that can count."""
        own, model = self._instructions, self._model
        text = self._usual_instructions if own is None else own
        self._counting = None  # what is being counted is not asked for any more
        if not text.strip() or model is None:
            self.panel.set_tokens(None)
            return
        counting = self._counting = self._engine.count_tokens(model, text)

        def show() -> None:
            if self._counting is counting:
                self._counting = None
                failed = counting.exception() is not None
                self.panel.set_tokens(None if failed else counting.result())

        counting.add_done_callback(lambda _: self._post(show))
