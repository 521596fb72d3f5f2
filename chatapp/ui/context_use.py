"""How full the model's context is, and how the last answer was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatapp.chat.events import AnswerPhase, AnswerProgress
from chatapp.errors import ContextFull, from_record

if TYPE_CHECKING:
    from chatapp.domain.generation import Origin
    from chatapp.engine.state import EngineState
    from chatapp.ui.composer import Composer
    from chatapp.ui.models.transcript_model import TranscriptModel


class ContextUse:
    """The figures of the conversation that is shown; the composer shows them too.

    `used` is in tokens after the last answer, as far as known.
    """

    def __init__(self, composer: Composer, model: TranscriptModel) -> None:
        self._composer = composer
        self._model = model
        self._total = 0
        self.used = 0
        self.last_origin: Origin | None = None

    def set_engine_state(self, state: EngineState) -> None:
        """Another model may have room for more."""
        self._total = state.loaded.context_length if state.loaded is not None else 0
        self._show()

    def count(self) -> None:
        """Find the figures of the last answer."""
        self.last_origin = None
        self.used = 0
        for row in reversed(range(self._model.rowCount())):
            message = self._model.bare_message_at(row)
            origin = message.origin
            if origin is not None and self.last_origin is None:
                self.last_origin = origin
            error = None if message.error is None else from_record(message.error)
            if isinstance(error, ContextFull):
                self.used = error.needed
                break
            if origin is not None and origin.finish_reason is not None:
                self.used = origin.usage.prompt_tokens + origin.usage.completion_tokens
                break
        self._show()

    def follow(self, progress: AnswerProgress) -> None:
        """An answer is being written."""
        if progress.phase in (AnswerPhase.THINKING, AnswerPhase.WRITING):
            self.used = progress.total + progress.tokens
            self._show()

    def _show(self) -> None:
        self._composer.set_context(self.used, self._total)
