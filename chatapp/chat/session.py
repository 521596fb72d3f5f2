"""What a person does in a conversation: the service between the window and storage and engine.

A question is committed before anything is generated, and nothing that was said is overwritten: what
is edited or asked again becomes another version.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import count

from chatapp.chat.answers import Answers
from chatapp.chat.changing import Changing, require_content
from chatapp.chat.events import (
    ActionFailed,
    AnswerProgress,
    ConversationChanged,
    QueueChanged,
    Queued,
    SendFailed,
    TemporaryStarted,
)
from chatapp.chat.queue import Queue
from chatapp.chat.running_answer import new_origin
from chatapp.domain.conversation import (
    Attachment,
    Conversation,
    Message,
    MessageStatus,
    OverflowPolicy,
    Role,
)
from chatapp.domain.generation import (
    NO_CHOICE,
    FinishReason,
    GenerationParameters,
    Origin,
    ParameterChoice,
)
from chatapp.domain.model import ModelFile
from chatapp.engine.engine import Engine
from chatapp.errors import ChatappError, ConversationMissing, OriginUnknown
from chatapp.hub.library import Library
from chatapp.jobs import Jobs
from chatapp.storage.temporary import AllConversations


class Session(Changing):
    """All conversations and their answers. Thread-safe; listeners are called in background threads.

    Methods return at once: what they start is told to the listeners as events. What fails that a
    person wanted to be answered is told as `SendFailed`, anything else as `ActionFailed`.
    """

    def __init__(
        self, conversations: AllConversations, engine: Engine, library: Library, jobs: Jobs
    ) -> None:
        super().__init__(conversations, jobs)
        self._engine = engine
        self._interrupted: list[Message] = []
        self._queue = Queue(conversations)
        self._tickets = count(1)
        self._answers = Answers(
            conversations, engine, library, jobs, self._emit, self._on_answer_ended
        )

    def recover(self) -> list[Message]:
        """On the database thread, at the start: give what the last run left behind its end."""
        self._interrupted = self._answers.recover()
        self._conversations.waiting_to_drafts(own=False)
        return self._interrupted

    def interrupted(self) -> list[Message]:
        """On the database thread: the answers that `recover` found."""
        return self._interrupted

    # Asking

    def send(
        self,
        text: str,
        *,
        model: ModelFile,
        conversation_id: int | None = None,
        parameters: GenerationParameters | None = None,
        system_prompt: str = "",
        attachments: Sequence[Attachment] = (),
        assistant: str = "",
        choice: ParameterChoice = NO_CHOICE,
    ) -> int:
        """Store the question and have it answered; without an id in a new conversation.

        To that one belong the system prompt, the assistant and the choice of parameters. Returns a
        ticket; with it `AnswerStarted` follows, or `SendFailed` when nothing was stored.
        """
        ticket = next(self._tickets)
        self._submit(
            lambda: self._send(
                text,
                tuple(attachments),
                model,
                conversation_id,
                parameters,
                system_prompt,
                assistant,
                choice,
                ticket,
            )
        )
        return ticket

    def start_temporary(
        self,
        model: ModelFile | None = None,
        *,
        system_prompt: str = "",
        assistant: str = "",
        choice: ParameterChoice = NO_CHOICE,
    ) -> None:
        """Begin a conversation that is never written to disk. `TemporaryStarted` follows."""

        def start() -> None:
            conversation = self._conversations.create_temporary(
                model_path=None if model is None else model.path,
                system_prompt=system_prompt,
                assistant=assistant,
                choice=choice,
            )
            self._emit(ConversationChanged(conversation))
            self._emit(TemporaryStarted(conversation))

        self._try(start, lambda e: ActionFailed(None, e))

    def edit_question(
        self,
        message_id: int,
        text: str,
        attachments: Sequence[Attachment],
        model: ModelFile,
        parameters: GenerationParameters | None = None,
    ) -> None:
        """Ask a question in other words. The earlier one stays as another version.

        `AnswerStarted` follows, with the new question.
        """
        origin = new_origin(model, parameters)

        def begin() -> None:
            require_content(text, attachments)
            conversation, question, answer = self._conversations.edit_question(
                message_id, text, attachments, origin=origin
            )
            self._emit(ConversationChanged(conversation))
            self._start(conversation, question, answer, model)

        self._act(message_id, begin)

    def retry(
        self, message_id: int, *, model: ModelFile, parameters: GenerationParameters | None = None
    ) -> None:
        """Answer the same question again. The earlier answer stays as another version.

        A question is answered, whether it has an answer or not.
        """
        origin = new_origin(model, parameters)
        self._begin(
            lambda: self._answer_again(self._conversations.message(message_id), model, origin)
        )

    def run_again(self, message_id: int, model: ModelFile) -> None:
        """Make an answer again exactly as it was made: same parameters, same seed.

        It comes out the same when `model` is the same and so is what was said before it. Fails with
        `OriginUnknown` when it isn't known how it was made.
        """

        def begin() -> None:
            old = self._conversations.message(message_id)
            if old.origin is None or old.origin.seed is None:
                raise OriginUnknown
            origin = replace(new_origin(model, old.origin.parameters), seed=old.origin.seed)
            self._answer_again(old, model, origin)

        self._act(message_id, begin)

    def continue_answer(
        self, message_id: int, *, model: ModelFile, policy: OverflowPolicy | None = None
    ) -> None:
        """Go on with an answer where it ended; what is there stays as it is.

        Only the last answer that is shown can be continued (`AnswerNotLast`): what follows another
        one was said to it as it is. This once `policy` holds in place of the conversation's.
        """

        def begin() -> None:
            if self.unfinished(message_id) is not None:
                return  # it goes on already: two clicks
            answer = self._conversations.resume_answer(message_id)
            conversation = self._conversations.get(answer.conversation_id)
            self._start(conversation, None, answer, model, policy)

        self._begin(begin)

    def stop(self, message_id: int) -> None:
        """End this answer; what is written stays. Unknown ids are ignored."""
        self._answers.stop(message_id)

    # When the model can't read all of it

    def make_room(self, message_id: int, *, policy: OverflowPolicy, model: ModelFile) -> None:
        """Go on with the last answer, for which there was no room; see `WindowFull`."""
        self.continue_answer(message_id, model=model, policy=policy)

    # Asking ahead

    def enqueue(
        self,
        conversation_id: int,
        text: str,
        attachments: Sequence[Attachment],
        model: ModelFile,
        parameters: GenerationParameters | None = None,
    ) -> int:
        """Send a question when the running answer and what waits already are done.

        Returns its ticket. An answer that does not end well holds the queue until something is
        asked again in this conversation. `SendFailed` follows when it can't be kept.
        """
        ticket = self._queue.add(conversation_id, text, attachments, model, parameters)
        self._tell_queue(conversation_id)
        self._submit(lambda: self._send_or_keep(conversation_id, ticket))
        return ticket

    def queued(self, conversation_id: int) -> tuple[Queued, ...]:
        """What waits to be sent, the next one first."""
        return self._queue.waiting(conversation_id)

    def is_queue_held(self, conversation_id: int) -> bool:
        """Whether it stays until the person goes on."""
        return self._queue.is_held(conversation_id)

    def take_back(self, ticket: int) -> Queued | None:
        """Take a question out of the queue; None when it has been sent already."""
        waiting = self._queue.take(ticket)
        if waiting is None:
            return None
        self._tell_queue(waiting.conversation_id)
        self._submit(lambda: self._queue.keep_others(waiting.conversation_id))
        return waiting.queued

    def send_queued(self, conversation_id: int) -> None:
        """Go on with a queue that was held."""
        if self._queue.release(conversation_id):
            self._tell_queue(conversation_id)
        self._submit(lambda: self._send_next(conversation_id))

    # Deleting for good

    def delete(self, conversation_id: int) -> None:
        """On the database thread: delete a conversation for good, and what was read of it."""
        if self._queue.take_all(conversation_id):
            self._tell_queue(conversation_id)
        self._engine.forget(str(conversation_id))
        self._conversations.delete(conversation_id)

    def empty_trash(self) -> None:
        """On the database thread: delete for good all that was deleted."""
        self._forget(self._conversations.empty_trash())

    def tidy_trash(self) -> None:
        """On the database thread, at the start: delete for good what was deleted long ago."""
        self._forget(self._conversations.tidy_trash())

    # Running answers

    def running(self, conversation_id: int) -> int | None:
        """The id of the answer that is being made in this conversation."""
        return self._answers.running(conversation_id)

    def running_conversations(self) -> set[int]:
        """The conversations in which an answer is being made."""
        return self._answers.running_conversations()

    def unfinished(self, message_id: int) -> tuple[Message, AnswerProgress] | None:
        """A running answer with all there is of it by now, and its progress."""
        return self._answers.unfinished(message_id)

    def close(self, timeout: float = 8.0) -> None:
        """Stop every answer and store what there is. Call before the engine and the jobs close.

        What waits to be sent is put before the draft of its conversation, so save that first.
        """
        self._queue.close()
        # What was sent in the last moment begins first.
        self._jobs.database.submit(lambda: None).result()
        self._answers.close(timeout)
        self._jobs.database.submit(self._queue.to_drafts).result()

    # On the database thread

    def _send(
        self,
        text: str,
        attachments: tuple[Attachment, ...],
        model: ModelFile,
        conversation_id: int | None,
        parameters: GenerationParameters | None,
        system_prompt: str = "",
        assistant: str = "",
        choice: ParameterChoice = NO_CHOICE,
        ticket: int = 0,
    ) -> bool:
        """Returns whether the question was stored."""
        self._answers.save_what_failed()
        try:
            require_content(text, attachments)
            conversation, question, answer = self._conversations.begin_exchange(
                conversation_id,
                text,
                origin=new_origin(model, parameters),
                model_path=model.path,
                system_prompt=system_prompt,
                attachments=attachments,
                assistant=assistant,
                choice=choice,
            )
        except ChatappError as error:
            self._emit(SendFailed(conversation_id, text, error, attachments, ticket))
            return False
        named = self._answers.name(conversation.id)
        if named is None:
            self._emit(ConversationChanged(conversation))
        self._start(named or conversation, question, answer, model, ticket=ticket)
        return True

    def _answer_again(self, old: Message, model: ModelFile, origin: Origin) -> None:
        question_id = old.id if old.role is Role.USER else old.parent_id
        if question_id is None:
            raise ConversationMissing(old.conversation_id)
        answer = self._conversations.begin_answer(
            old.conversation_id, parent_id=question_id, origin=origin
        )
        self._start(self._conversations.get(old.conversation_id), None, answer, model)

    def _start(
        self,
        conversation: Conversation,
        question: Message | None,
        answer: Message,
        model: ModelFile,
        policy: OverflowPolicy | None = None,
        ticket: int = 0,
    ) -> None:
        if self._queue.release(conversation.id):
            self._tell_queue(conversation.id)
        self._answers.start(conversation, question, answer, model, policy, ticket)

    def _on_answer_ended(self, message: Message) -> None:
        conversation_id = message.conversation_id
        reason = None if message.origin is None else message.origin.finish_reason
        if message.status is MessageStatus.COMPLETE and reason is not FinishReason.CONTEXT:
            self._send_next(conversation_id)
        else:
            self._hold(conversation_id)

    def _hold(self, conversation_id: int) -> None:
        if self._queue.hold(conversation_id):
            self._tell_queue(conversation_id)

    def _send_next(self, conversation_id: int) -> None:
        if self.running(conversation_id) is not None:
            return
        waiting = self._queue.take_next(conversation_id)
        if waiting is None:
            return
        queued = waiting.queued
        self._tell_queue(conversation_id)
        is_sent = self._send(
            queued.text, queued.attachments, waiting.model, conversation_id, waiting.parameters
        )
        if not is_sent:
            self._hold(conversation_id)
        self._queue.keep_others(conversation_id)

    def _send_or_keep(self, conversation_id: int, ticket: int) -> None:
        self._send_next(conversation_id)
        try:
            self._queue.keep(conversation_id)
        except ChatappError as error:
            waiting = self._queue.take(ticket)
            if waiting is not None:
                self._tell_queue(conversation_id)
                queued = waiting.queued
                self._emit(SendFailed(conversation_id, queued.text, error, queued.attachments))

    def _forget(self, conversation_ids: Iterable[int]) -> None:
        for conversation_id in conversation_ids:
            self._engine.forget(str(conversation_id))

    def _tell_queue(self, conversation_id: int) -> None:
        queued, is_held = self.queued(conversation_id), self.is_queue_held(conversation_id)
        self._emit(QueueChanged(conversation_id, queued, is_held))
