"""An answer while it is made, and what is known of how it is made."""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass, field, replace

from chatapp.chat.events import AnswerProgress
from chatapp.chat.thinking import ThinkingClock
from chatapp.domain.conversation import Conversation, Message
from chatapp.domain.generation import GenerationParameters, Origin, Usage
from chatapp.domain.model import ModelFile
from chatapp.engine.request import Generation

_SEEDS = 2**32 - 1  # the largest number means "random" to llama.cpp


@dataclass(slots=True)
class RunningAnswer:
    """An answer that is being made. Guarded by the lock of `Answers`."""

    conversation: Conversation
    message: Message
    model: ModelFile
    pieces: list[str]
    length: int  # of the text, in characters
    saved_length: int
    progress: AnswerProgress
    thinking: ThinkingClock
    generation: Generation | None = None
    first_delta_at: float = 0.0
    stop_requested: bool = False
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def text(self) -> str:
        """All there is by now."""
        return "".join(self.pieces)

    def usage(self, of_engine: Usage, before: Usage) -> Usage:
        """What it took, with what it took `before` when it was continued."""
        thought = self.thinking.seconds(time.monotonic()) * 1000
        return _joined(before, replace(of_engine, reasoning_ms=thought))


def new_origin(model: ModelFile, parameters: GenerationParameters | None) -> Origin:
    """What is going to make an answer, with a seed of its own when the parameters have none."""
    parameters = parameters or GenerationParameters()
    seed = parameters.seed
    return Origin(
        model_name=model.name,
        model_path=model.path,
        quantization=model.quantization,
        parameters=parameters,
        # Chosen here, so that it is known of an answer that never came to its end as well.
        seed=secrets.randbelow(_SEEDS) if seed is None else seed,
    )


def _joined(before: Usage, after: Usage) -> Usage:
    """What an answer took that was continued: the prompt of its beginning, the writing of both."""
    if not before.completion_tokens:
        return after
    return replace(
        before,
        completion_tokens=before.completion_tokens + after.completion_tokens,
        generation_ms=before.generation_ms + after.generation_ms,
        reasoning_ms=before.reasoning_ms + after.reasoning_ms,
    )
