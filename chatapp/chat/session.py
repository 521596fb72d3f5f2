"""What a person does in a conversation: the service between the window and storage and engine.

A question is committed before anything is generated, and nothing that was said is overwritten: what
is edited or asked again becomes another version.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from chatapp.chat.answers import Answers
from chatapp.chat.events import (
    ActionFailed,
    AnswerProgress,
    BranchChanged,
    ConversationBranched,
    ConversationChanged,
    MessageChanged,
    QueueChanged,
    Queued,
    SendFailed,
    SessionEvent,
)
from chatapp.chat.queue import Queue, keep_as_drafts
from chatapp.chat.running_answer import new_origin
from chatapp.domain.conversation import (
    Attachment,
    Conversation,
    Message,
    MessageStatus,
    OverflowPolicy,
    Rating,
    Role,
)
from chatapp.domain.generation import FinishReason, GenerationParameters, Origin
from chatapp.domain.model import ModelFile
from chatapp.engine.engine import Engine
from chatapp.errors import ChatappError, ConversationMissing, MessageEmpty, OriginUnknown
from chatapp.hub.library import Library
from chatapp.jobs import Jobs
from chatapp.storage.conversations import Conversations

Listener = Callable[[SessionEvent], None]


class Session:
    """All conversations and their answers. Thread-safe; listeners are called in background threads.

    Methods return at once: what they start is told to the listeners as events. What fails that a
    person wanted to be answered is told as `SendFailed`, anything else as `ActionFailed`.
    """

    def __init__(
        self, conversations: Conversations, engine: Engine, library: Library, jobs: Jobs
    ) -> None:
        self._conversations = conversations
        self._engine = engine
        self._jobs = jobs
        self._listeners: list[Listener] = []
        self._queue = Queue()
        self._answers = Answers(
            conversations, engine, library, jobs, self._emit, self._on_answer_ended
        )

    def subscribe(self, listener: Listener) -> None:
        """Call `listener` with every event, in the thread where it happens."""
        self._listeners.append(listener)

    def recover(self) -> list[Message]:
        """On the database thread, at the start: give what the last run left behind its end."""
        return self._answers.recover()

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
    ) -> None:
        """Store the question and have it answered; without an id in a new conversation.

        `AnswerStarted` follows, or `SendFailed` when nothing was stored.
        """
        self._submit(
            lambda: self._send(
                text, tuple(attachments), model, conversation_id, parameters, system_prompt
            )
        )

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
            _require_content(text, attachments)
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

    def set_overflow(self, conversation_id: int, policy: OverflowPolicy) -> None:
        """What happens from now on when the conversation is longer than the model can read."""

        def change() -> None:
            conversation = self._conversations.set_overflow(conversation_id, policy)
            self._emit(ConversationChanged(conversation))

        self._act_on(conversation_id, change)

    def restore_window(self, conversation_id: int) -> None:
        """Have the next answer made with all that was said, and without summaries, if it fits."""

        def restore() -> None:
            self._conversations.restore_window(conversation_id)
            self._tell_branch(self._conversations.get(conversation_id))

        self._act_on(conversation_id, restore)

    def pin_message(self, message_id: int, *, pinned: bool) -> None:
        """Keep a message in the model's window, whatever leaves it, or not."""
        self._change(message_id, lambda: self._conversations.pin_message(message_id, pinned=pinned))

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
        asked again in this conversation.
        """
        ticket = self._queue.add(conversation_id, text, attachments, model, parameters)
        self._tell_queue(conversation_id)
        self._submit(lambda: self._send_next(conversation_id))
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
        return waiting.queued

    def send_queued(self, conversation_id: int) -> None:
        """Go on with a queue that was held."""
        if self._queue.release(conversation_id):
            self._tell_queue(conversation_id)
        self._submit(lambda: self._send_next(conversation_id))

    # Changing what was said

    def edit_answer(self, message_id: int, text: str) -> None:
        """Put a person's words beside an answer, as the version that is shown from now on.

        A summary is changed in the same way: what the model reads of it is what it says.
        """

        def edit() -> None:
            _require_content(text)
            edited = self._conversations.edit_answer(message_id, text)
            self._tell_branch(self._conversations.get(edited.conversation_id))

        self._act(message_id, edit)

    def show_version(self, message_id: int) -> None:
        """Show the branch in which this message stands, in its newest continuation."""
        self._show(message_id, self._conversations.bring_up)

    def delete_message(self, message_id: int) -> None:
        """Delete one message, but so that it can be restored; an answer is stopped first."""
        self.stop(message_id)
        self._show(message_id, self._conversations.delete_message)

    def restore_message(self, message_id: int) -> None:
        """Take back that a message was deleted, and show it."""
        self._show(message_id, self._conversations.restore_message)

    def rate(self, message_id: int, rating: Rating | None) -> None:
        """Keep what the person thinks of a message; None takes it back."""
        self._change(message_id, lambda: self._conversations.rate(message_id, rating))

    def branch_off(self, message_id: int) -> None:
        """Make a new conversation that begins with copies of the messages up to this one."""

        def copy() -> None:
            self._answers.save_partial(message_id)
            conversation = self._conversations.branch_off(message_id)
            self._emit(ConversationChanged(conversation))
            self._emit(ConversationBranched(conversation))

        self._act(message_id, copy)

    def delete(self, conversation_id: int) -> None:
        """On the database thread: delete a conversation for good, and what was read of it."""
        if self._queue.take_all(conversation_id):
            self._tell_queue(conversation_id)
        self._engine.forget(str(conversation_id))
        self._conversations.delete(conversation_id)

    def empty_trash(self) -> None:
        """On the database thread: delete for good what was deleted long ago."""
        for conversation_id in self._conversations.empty_trash():
            self._engine.forget(str(conversation_id))

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
        waiting = self._queue.take_all()
        # What was sent in the last moment begins first.
        self._jobs.database.submit(lambda: None).result()
        self._answers.close(timeout)
        self._jobs.database.submit(keep_as_drafts, waiting, self._conversations).result()

    # On the database thread

    def _send(
        self,
        text: str,
        attachments: tuple[Attachment, ...],
        model: ModelFile,
        conversation_id: int | None,
        parameters: GenerationParameters | None,
        system_prompt: str = "",
    ) -> bool:
        """Returns whether the question was stored."""
        self._answers.save_what_failed()
        try:
            _require_content(text, attachments)
            conversation, question, answer = self._conversations.begin_exchange(
                conversation_id,
                text,
                origin=new_origin(model, parameters),
                model_path=model.path,
                system_prompt=system_prompt,
                attachments=attachments,
            )
        except ChatappError as error:
            self._emit(SendFailed(conversation_id, text, error, attachments))
            return False
        self._emit(ConversationChanged(conversation))
        self._start(conversation, question, answer, model)
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
    ) -> None:
        if self._queue.release(conversation.id):
            self._tell_queue(conversation.id)
        self._answers.start(conversation, question, answer, model, policy)

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

    # Parts

    def _act(self, message_id: int, function: Callable[[], None]) -> None:
        def failed(error: ChatappError) -> ActionFailed:
            try:
                return ActionFailed(self._conversations.message(message_id).conversation_id, error)
            except ChatappError:
                return ActionFailed(None, error)

        self._try(function, failed)

    def _act_on(self, conversation_id: int, function: Callable[[], None]) -> None:
        self._try(function, lambda e: ActionFailed(conversation_id, e))

    def _change(self, message_id: int, change: Callable[[], Message]) -> None:
        self._act(message_id, lambda: self._emit(MessageChanged(change())))

    def _show(self, message_id: int, change: Callable[[int], Conversation]) -> None:
        self._act(message_id, lambda: self._tell_branch(change(message_id)))

    def _begin(self, function: Callable[[], None]) -> None:
        self._try(function, lambda e: SendFailed(None, "", e))

    def _try(
        self, function: Callable[[], None], failed: Callable[[ChatappError], SessionEvent]
    ) -> None:
        def attempt() -> None:
            try:
                function()
            except ChatappError as error:
                self._emit(failed(error))

        self._submit(attempt)

    def _tell_branch(self, conversation: Conversation) -> None:
        branch = self._conversations.branch(conversation.id)
        self._emit(ConversationChanged(conversation))
        self._emit(BranchChanged(conversation.id, tuple(branch)))

    def _tell_queue(self, conversation_id: int) -> None:
        queued, is_held = self.queued(conversation_id), self.is_queue_held(conversation_id)
        self._emit(QueueChanged(conversation_id, queued, is_held))

    def _submit(self, function: Callable[[], object]) -> None:
        self._jobs.database.run(function)

    def _emit(self, event: SessionEvent) -> None:
        for listener in tuple(self._listeners):
            listener(event)


def _require_content(text: str, attachments: Sequence[Attachment] = ()) -> None:
    if not text.strip() and not attachments:
        raise MessageEmpty
