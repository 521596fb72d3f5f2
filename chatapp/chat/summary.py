"""Has a model put in short what was said, piece by piece when that is longer than its window."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from chatapp.chat.prompt import with_attachments
from chatapp.domain.conversation import Message, Role
from chatapp.domain.generation import FinishReason, GenerationParameters
from chatapp.domain.model import ModelFile
from chatapp.domain.reasoning import split_reasoning
from chatapp.engine.engine import Engine
from chatapp.engine.messages import (
    Delta,
    Failed,
    Finished,
    GenerationEvent,
    TemplateArgument,
    TemplateOptions,
    Turn,
)
from chatapp.engine.request import Generation
from chatapp.errors import ErrorRecord

# Words for the model, which understands them in English best.
_ASK = (
    "Summarise this conversation in a few sentences, in the language that it is in. Keep names, "
    "numbers, decisions and what is still open. Write nothing but the summary."
)
_EARLIER = "What was said before, in short:"
_SPEAKERS = {Role.USER: "User", Role.ASSISTANT: "Assistant"}
_NO_THOUGHTS = TemplateOptions(arguments=(TemplateArgument("enable_thinking", value=False),))
_SHORTEST_PIECE = 64  # characters
_LONGEST = 512  # tokens


class Summariser:
    """Makes one summary. Events come in the engine's thread.

    `earlier` is the summary so far. The messages have about so many `tokens`, and the model can
    read what is `available`.
    `on_begin` gets every request, to stop it; `on_progress` the share that is done, from 0 to 1.
    At last either `on_done` gets the summary, which is empty if the model wrote none, or
    `on_failed` the error, which is None when it was stopped.
    """

    def __init__(
        self,
        engine: Engine,
        model: ModelFile,
        messages: Iterable[Message],
        *,
        earlier: str,
        tokens: float,
        available: int,
        on_begin: Callable[[Generation], None],
        on_progress: Callable[[float], None],
        on_done: Callable[[str], None],
        on_failed: Callable[[ErrorRecord | None], None],
    ) -> None:
        self._engine = engine
        self._model = model
        self._left = deque(filter(None, map(_line, messages)))
        characters_per_token = sum(map(len, self._left)) / max(1.0, tokens)
        self._piece = max(int(characters_per_token * available / 2), _SHORTEST_PIECE)
        self._summary = earlier
        if len(earlier) > self._piece // 2:  # a person may have made it as long as they like
            self._left.appendleft(earlier)
            self._summary = ""
        self._total = max(1, sum(map(len, self._left)))
        self._max_tokens = longest_summary(available)
        self._most_tokens = available // 2  # for a model that thinks before
        self._on_begin = on_begin
        self._on_progress = on_progress
        self._on_done = on_done
        self._on_failed = on_failed
        self._taken = ""
        self._written: list[str] = []

    def begin(self) -> None:
        """Returns at once."""
        self._on_progress(1 - sum(map(len, self._left)) / self._total)
        self._taken = self._take()
        if not self._taken:
            self._on_done(self._summary)
            return
        self._written = []
        earlier = f"{_EARLIER}\n{self._summary}\n\n" if self._summary else ""
        ask = Turn(Role.USER, f"{earlier}{self._taken}\n\n{_ASK}")
        self._on_begin(
            self._engine.generate(
                self._model,
                (ask,),
                GenerationParameters(temperature=0.0, max_tokens=self._max_tokens),
                options=_NO_THOUGHTS,
                on_event=self._on_event,
            )
        )

    def _take(self) -> str:
        """The next piece."""
        lines: list[str] = []
        room = self._piece
        while self._left and (room >= len(self._left[0]) or not lines):
            line = self._left.popleft()
            if len(line) > room:
                self._left.appendleft(line[room:])
                line = line[:room]
            lines.append(line)
            room -= len(line)
        return "\n\n".join(lines)

    def _on_event(self, event: GenerationEvent) -> None:
        match event:
            case Delta(text=text):
                self._written.append(text)
            case Finished(reason=FinishReason.STOPPED):
                self._on_failed(None)
            case Finished(reason=FinishReason.CONTEXT) if self._piece > _SHORTEST_PIECE:
                self._read_less()
            case Finished(reason=reason):
                written = "".join(self._written)
                summary = split_reasoning(written, is_complete=True).answer.strip()
                thinks_long = not summary and reason is FinishReason.LENGTH
                if thinks_long and self._max_tokens < self._most_tokens:
                    self._max_tokens = self._most_tokens
                    self._left.appendleft(self._taken)
                # A piece of which the model has nothing to say does not cost what came before it.
                self._summary = summary or self._summary
                self.begin()
            case Failed(error=error):
                if error.kind == "ContextFull" and self._piece > _SHORTEST_PIECE:
                    self._read_less()
                else:
                    self._on_failed(error)

    def _read_less(self) -> None:
        """Once more, because there was no room for the piece and its summary."""
        self._left.appendleft(self._taken)
        self._piece = max(self._piece // 2, _SHORTEST_PIECE)
        self.begin()


def longest_summary(available: int) -> int:
    """In tokens, when the model can read what is `available`."""
    return min(_LONGEST, max(16, available // 6))


def _line(message: Message) -> str:
    text = with_attachments(message.text, message.attachments).strip()
    return f"{_SPEAKERS.get(message.role, 'Assistant')}: {text}" if text else ""
