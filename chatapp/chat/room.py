"""Chooses what of a conversation goes to the model, and makes room when that is too much."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import Future

from chatapp.chat.overflow import (
    DROPPED_SHARE,
    SUMMARISED_SHARE,
    Window,
    bytes_of,
    newest,
    shrunk,
    size_of,
)
from chatapp.chat.parameters import template_options
from chatapp.chat.prompt import readable
from chatapp.chat.running_answer import RunningAnswer, new_origin
from chatapp.chat.summary import Summariser
from chatapp.domain.conversation import Message, OverflowPolicy, Role
from chatapp.domain.model import ModelFile
from chatapp.engine.engine import Engine
from chatapp.engine.messages import Turn
from chatapp.engine.request import Generation
from chatapp.errors import ErrorRecord
from chatapp.storage.conversations import Conversations

_PAGE = 64  # messages
_NEAR = 16  # messages before a question, among which the last answer is
# No token has more bytes than that on average, but in text that nobody writes.
_MOST_BYTES = 16  # of a token
_USUAL_BYTES = 3  # of a token
_UNKNOWN_CONTEXT = 2**17  # tokens, as long as the model isn't loaded


class Rooms:
    """The windows of running answers. Used on the database thread.

    A window begins where that of the answer before it began, as long as there is room: so the model
    need not read anything twice, and a turn costs as much as the window, however long the
    conversation is.
    """

    def __init__(self, conversations: Conversations, engine: Engine) -> None:
        self._conversations = conversations
        self._engine = engine

    def choose(self, running: RunningAnswer) -> bool:
        """Choose what to begin with. Returns whether it begins elsewhere than for the last answer.

        May raise what storage does.
        """
        question_id = running.message.parent_id
        if question_id is None:
            return False
        before = self._answer_before(running.message, question_id)
        usual = 0 if before is None else before.window_start or 0
        summary = self._conversations.summary_before(question_id)
        if summary is not None:
            usual = max(usual, (summary.parent_id or 0) + 1)
        first, limit = usual, None
        if running.policy is OverflowPolicy.DROP_OLDEST:
            limit = _MOST_BYTES * self._context_length(running.model)
        if usual and summary is None and before is not None and self._has_room(running, before):
            first = 0
            limit = int(_USUAL_BYTES * DROPPED_SHARE * self._context_length(running.model))
        messages, has_all = self._read(question_id, first, limit)
        is_all = has_all and not first
        pinned = (
            []
            if is_all or not messages
            else self._conversations.pinned_before(question_id, messages[0].id)
        )
        running.window = Window(tuple(messages), tuple(pinned), summary, is_all)
        self.note(running)
        return first != usual or not has_all

    def note(self, running: RunningAnswer) -> None:
        """Store where the window of this answer begins."""
        start_id = running.window.start_id
        if start_id != running.message.window_start:
            self._conversations.set_window(running.message.id, start_id)
            running.set_window_start(start_id)

    def make(
        self, running: RunningAnswer, needed: int, available: int
    ) -> tuple[Window, tuple[Message, ...]] | None:
        """The window without what leaves it, and that; None when it would not help."""
        is_summarised = running.policy is OverflowPolicy.SUMMARISE
        current, prompt = running.current, running.conversation.system_prompt
        return shrunk(
            running.window,
            fixed=size_of([current]) + bytes_of(current.reasoning) + bytes_of(prompt),
            needed=needed,
            available=available,
            share=SUMMARISED_SHARE if is_summarised else DROPPED_SHARE,
            keeps_summary=not is_summarised,
        )

    def count_last_turn(self, running: RunningAnswer) -> Future[int]:
        """How many tokens there are at least, whatever leaves the window."""
        turns = running.window.last_turn.turns(running.conversation.system_prompt)
        current = running.current
        if current.text or current.reasoning:
            turns = (*turns, Turn(current.role, current.text, current.reasoning))
        origin = current.origin or new_origin(running.model, None)
        return self._engine.count_tokens(running.model, turns, template_options(origin.parameters))

    def summarise(
        self,
        running: RunningAnswer,
        left: tuple[Message, ...],
        needed: int,
        available: int,
        *,
        on_begin: Callable[[Generation], None],
        on_progress: Callable[[float], None],
        on_done: Callable[[str], None],
        on_failed: Callable[[ErrorRecord | None], None],
    ) -> None:
        """Have what leaves the window summarised. The callbacks come in the engine's thread."""
        window = running.window
        earlier = "" if window.summary is None else window.summary.text
        Summariser(
            self._engine,
            running.model,
            [message for message in left if not message.pinned],
            earlier=earlier,
            tokens=needed * size_of(left) / max(1, window.size),
            available=available,
            on_begin=on_begin,
            on_progress=on_progress,
            on_done=on_done,
            on_failed=on_failed,
        ).begin()

    def add_summary(
        self, running: RunningAnswer, window: Window, left: tuple[Message, ...], text: str
    ) -> Window:
        """Store what stands for what left the window. Returns the window with it."""
        summary = self._conversations.add_summary(
            left[-1].id, text, new_origin(running.model, None)
        )
        return Window(window.messages, window.pinned, summary, is_all=False)

    def _answer_before(self, answer: Message, question_id: int) -> Message | None:
        """What goes on begins where it began; a new answer where the one before it did."""
        if answer.window_start is not None or answer.text or answer.reasoning:
            return answer
        messages, _ = self._conversations.path(question_id, most=_NEAR)
        answers = (m for m in reversed(messages) if m.role is Role.ASSISTANT)
        return next(answers, None)

    def _read(
        self, question_id: int, first_id: int, limit: int | None
    ) -> tuple[list[Message], bool]:
        """What leads to the question, from `first_id` on, but not more bytes than `limit`."""
        most = -1 if limit is None else _PAGE
        while True:
            path, is_all = self._conversations.path(question_id, first_id=first_id, most=most)
            messages = readable(path)
            most_bytes = math.inf if limit is None else limit + size_of(messages[-1:])
            if size_of(messages) > most_bytes:
                few = newest(messages, most_bytes)
                return list(few), is_all and len(few) == len(messages)
            if is_all:
                return messages, True
            most *= 4

    def _context_length(self, model: ModelFile) -> int:
        state = self._engine.state
        if state.loaded is None or state.model is None or state.model.path != model.path:
            return _UNKNOWN_CONTEXT
        return state.loaded.context_length

    def _has_room(self, running: RunningAnswer, before: Message) -> bool:
        """Whether the last answer left most of the window empty: the model may read more now."""
        if before.origin is None or self._context_length(running.model) == _UNKNOWN_CONTEXT:
            return False
        usage = before.origin.usage
        used = usage.prompt_tokens + usage.completion_tokens
        return 0 < used < self._context_length(running.model) // 2
