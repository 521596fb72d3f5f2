"""One request to the model, as its caller holds it."""

from __future__ import annotations

import logging
from collections.abc import Callable

from chatapp.domain.generation import FinishReason, Usage
from chatapp.domain.model import ModelFile
from chatapp.engine.messages import (
    Delta,
    Failed,
    Finished,
    Generate,
    GenerationEvent,
)
from chatapp.engine.state import RequestState
from chatapp.errors import ChatappError, to_record

logger = logging.getLogger(__name__)


class Generation:
    """A request and its state. Its listener gets every event, the last being the only final one.

    Made by `Engine.generate`; only the engine calls what says so.
    """

    def __init__(
        self,
        model: ModelFile,
        request: Generate,
        on_event: Callable[[GenerationEvent], None],
        stop: Callable[[Generation], None],
    ) -> None:
        self.model = model
        self.request = request
        self._on_event = on_event
        self._stop = stop
        self._state = RequestState.WAITING
        self._tokens = 0

    @property
    def request_id(self) -> int:
        """The id that its events carry."""
        return self.request.request_id

    @property
    def state(self) -> RequestState:
        """Where it stands; may be read in any thread."""
        return self._state

    def stop(self) -> None:
        """End it wherever it stands. Returns at once; `Finished` tells when it is done."""
        self._stop(self)

    def begin(self) -> None:
        """For the engine: the worker has the request now."""
        self._state = RequestState.READING

    def deliver(self, event: GenerationEvent) -> None:
        """For the engine: hand an event on and keep the state in step with it."""
        match event:
            case Delta():
                self._state = RequestState.WRITING
                self._tokens = event.completion_tokens
            case Finished():
                self._state = RequestState.FINISHED
            case Failed():
                self._state = RequestState.FAILED
        try:
            self._on_event(event)
        except Exception:
            logger.exception("a listener failed")

    def fail(self, error: ChatappError) -> None:
        """For the engine: end it without the worker."""
        self.deliver(Failed(self.request_id, to_record(error)))

    def end_stopped(self) -> None:
        """For the engine: end it without the worker, because it was stopped."""
        usage = Usage(completion_tokens=self._tokens)
        seed = self.request.parameters.seed or 0
        self.deliver(Finished(self.request_id, FinishReason.STOPPED, usage, seed))
