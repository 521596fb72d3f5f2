"""What the person asks, from the key press until the session tells that it began or failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from chatapp.chat.parameters import parameters_for
from chatapp.domain.conversation import Attachment, Draft, OverflowPolicy
from chatapp.domain.generation import NO_CHOICE, ParameterChoice

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatapp.chat.events import AnswerStarted, SendFailed
    from chatapp.chat.session import Session
    from chatapp.domain.generation import GenerationParameters
    from chatapp.domain.model import ModelFile
    from chatapp.models.load_settings import LoadChoice
    from chatapp.settings import SettingsFile
    from chatapp.ui.composer import Composer


class Asking(QObject):
    """Carries questions to the session, where the next message goes: see `conversation_id`.

    A wish is pending until the session tells about it. Nothing else is begun in between, and a Stop
    in between is done as soon as there is what to stop.

    Signals: `wished()` when something is about to be asked of the session; `changed()` when it may
    be another matter whether something can be asked now; `model_wanted()` when there is none.
    """

    wished = Signal()
    changed = Signal()
    model_wanted = Signal()

    def __init__(
        self,
        composer: Composer,
        session: Session,
        settings: SettingsFile,
        choice_of: Callable[[ModelFile], LoadChoice],
        *,
        conversation_id: Callable[[], int | None],
        is_opening: Callable[[], bool],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._composer = composer
        self._session = session
        self._settings = settings
        self._choice_of = choice_of
        self._conversation_id = conversation_id
        self._is_opening = is_opening
        self._is_pending = False
        self._stop_wanted = False
        self._tickets: set[int] = set()  # of conversations that the session is about to begin
        self._early: Draft | None = None  # sent before it was known which models there are
        self._model: ModelFile | None = None
        self._has_no_model = False  # not even one that could be chosen
        # What the conversation chooses of how it is answered; new ones begin with it.
        self.choice: Callable[[], ParameterChoice] = lambda: NO_CHOICE
        self.instructions: Callable[[], str] = str
        # What its assistant chooses.
        self.assistant_choice: Callable[[], ParameterChoice] = lambda: NO_CHOICE
        self.assistant_id: Callable[[], str] = str  # of new conversations
        composer.send_requested.connect(self._send)
        composer.queue_requested.connect(self._enqueue)
        composer.stop_requested.connect(self.stop)

    @property
    def model(self) -> ModelFile | None:
        """The model that answers."""
        return self._model

    @property
    def is_pending(self) -> bool:
        """Whether something was asked and is not told about yet."""
        return self._is_pending

    @property
    def is_idle(self) -> bool:
        """Whether nothing is asked or answered here."""
        return not self._is_pending and self.running is None

    @property
    def running(self) -> int | None:
        """The id of the answer that is being written here."""
        conversation_id = self._conversation_id()
        return None if conversation_id is None else self._session.running(conversation_id)

    def usual(self, model: ModelFile) -> GenerationParameters:
        """How an answer is made where neither a conversation nor its assistant chooses."""
        of_model = self._choice_of(model)
        thinking = ParameterChoice(
            thinking=of_model.thinking, reasoning_effort=of_model.reasoning_effort
        )
        return parameters_for(model, self._settings.current, thinking)

    def automatic(self, model: ModelFile) -> GenerationParameters:
        """How the next answer is made where the conversation chooses nothing."""
        return self.assistant_choice().over(self.usual(model))

    def parameters(self, model: ModelFile) -> GenerationParameters:
        """How the next answer is made."""
        return self.choice().over(self.automatic(model))

    # The model

    def set_model(self, model: ModelFile | None) -> None:
        """Who answers from now on; what was sent before there was one is sent now."""
        self._model = model
        if model is not None and self._early is not None:
            early, self._early = self._early, None
            self._is_pending = False
            self._send(early.text, early.attachments)

    def tell_no_model(self) -> None:
        """There is none on this computer."""
        self._has_no_model = True
        if self._early is not None:
            self.put_back_early()
            self.model_wanted.emit()

    def tell_model_may_come(self) -> None:
        """It is being looked for again."""
        self._has_no_model = False

    # Wishes

    def begin(self) -> bool:
        """An answer is wanted here. Returns whether it can be asked of the session now."""
        if self._model is None or self._is_opening() or not self.is_idle:
            return False
        self._wish()
        return True

    def retry(self, message_id: int) -> None:
        """Answer the same question again, if nothing else is going on."""
        if self.begin() and self._model is not None:
            self._session.retry(
                message_id, model=self._model, parameters=self.parameters(self._model)
            )

    def continue_answer(self, message_id: int) -> None:
        """Go on with an answer, if nothing else is going on."""
        if self.begin() and self._model is not None:
            self._session.continue_answer(message_id, model=self._model)

    def make_room(self, message_id: int, policy: str) -> None:
        """Go on with an answer for which there was no room, if nothing else is going on."""
        if self.begin() and self._model is not None:
            self._session.make_room(message_id, policy=OverflowPolicy(policy), model=self._model)

    def start_temporary(self) -> None:
        """Begin a conversation that is never written to disk, as a new one would begin."""
        self._session.start_temporary(
            self._model,
            system_prompt=self.instructions(),
            assistant=self.assistant_id(),
            choice=self.choice(),
        )

    def stop(self) -> bool:
        """End the answer that is being written here. Returns whether there is one."""
        running = self.running
        if running is not None:
            self._session.stop(running)
        elif self._early is not None:
            self.put_back_early()
        elif self._is_pending:
            self._stop_wanted = True
        else:
            return False
        return True

    def put_back_early(self) -> None:
        """What was sent before there was a model goes back to the composer."""
        if self._early is not None:
            early, self._early = self._early, None
            self._composer.put_back(early.text, early.attachments)
            self.end_wish()

    # What comes of them

    def leave(self) -> None:
        """Something else is about to be shown: what was asked goes on in the background."""
        self._stop_wanted = False
        self.put_back_early()
        self._is_pending = False

    def was_asked_here(self, event: AnswerStarted | SendFailed) -> bool:
        """Whether this is what came of a new conversation that was begun here. Ask only once."""
        was_here = event.ticket in self._tickets
        self._tickets.discard(event.ticket)
        return was_here

    def is_wanted_here(self, event: AnswerStarted) -> bool:
        """Whether a new conversation begins with this that is to be shown. Ask only once."""
        # Of several that are begun in a moment the last one is shown.
        is_last = self.was_asked_here(event) and not self._tickets
        return is_last and self._is_pending and self._conversation_id() is None

    def end_wish(self, answer_id: int | None = None) -> None:
        """What was asked has begun, with this answer, or failed."""
        self._is_pending = False
        if self._stop_wanted and answer_id is not None:
            self._session.stop(answer_id)
        self._stop_wanted = False
        self.changed.emit()

    def _wish(self) -> None:
        self._is_pending = True
        self._stop_wanted = False
        self.wished.emit()
        self.changed.emit()

    def _send(self, text: str, attachments: tuple[Attachment, ...]) -> None:
        if self._model is None:
            self._send_without_model(text, attachments)
            return
        self._wish()
        conversation_id = self._conversation_id()
        ticket = self._session.send(
            text,
            model=self._model,
            conversation_id=conversation_id,
            parameters=self.parameters(self._model),
            system_prompt="" if conversation_id is not None else self.instructions(),
            attachments=attachments,
            assistant="" if conversation_id is not None else self.assistant_id(),
            choice=NO_CHOICE if conversation_id is not None else self.choice(),
        )
        if conversation_id is None:
            self._tickets.add(ticket)

    def _send_without_model(self, text: str, attachments: tuple[Attachment, ...]) -> None:
        if not self._has_no_model:
            self._early = Draft(text, attachments)
            self._is_pending = True
            self.changed.emit()
        else:
            self._composer.put_back(text, attachments)
            self.model_wanted.emit()

    def _enqueue(self, text: str, attachments: tuple[Attachment, ...]) -> None:
        conversation_id = self._conversation_id()
        if self._model is None or conversation_id is None:
            # There is no conversation yet in which it could wait.
            self._composer.put_back(text, attachments)
        else:
            self._session.enqueue(
                conversation_id, text, attachments, self._model, self.parameters(self._model)
            )
