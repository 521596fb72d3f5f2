"""One wish to have a model made smaller, and what becomes of it."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from chatapp.domain.model import ModelFile
from chatapp.domain.quantization import QuantizeResult, QuantType
from chatapp.engine.messages import Reply
from chatapp.engine.process import WorkerEnd
from chatapp.engine.quantizing import TaskReply

logger = logging.getLogger(__name__)


class Stage(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"  # for those before it
    CHECKING = "checking"  # what the original writes
    WRITING = "writing"
    VERIFYING = "verifying"  # what the result writes
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class QuantizeOrder:
    """What to make of which model.

    `output` is the path of the new file or its folder; None puts it beside a model of Chatapp's own
    folder, and into that folder for any other model. A file that is there is never replaced: the
    new one gets a number. `requantize` allows a source that is quantised already.
    """

    source: ModelFile
    kind: QuantType
    output: Path | None = None
    requantize: bool = False


@dataclass(frozen=True, slots=True)
class QuantizeStatus:
    """A snapshot. `fraction` (0 to 1) is of the writing."""

    stage: Stage = Stage.WAITING
    fraction: float = 0.0


OnStatus = Callable[[QuantizeStatus], None]
Inbox = queue.SimpleQueue[Reply | TaskReply | WorkerEnd | Future[str] | None]  # None: cancelled


class QuantizeJob:
    """An order that was accepted. Made by `Quantizer.start`; callers read it and cancel it.

    `result` raises the `ChatappError` that ended it, or `CancelledError`. `inbox` is for the
    quantizer: what its process and others say.
    """

    def __init__(self, order: QuantizeOrder, on_status: OnStatus) -> None:
        self.order = order
        self.status = QuantizeStatus()
        self.result: Future[QuantizeResult] = Future()
        self.result.set_running_or_notify_cancel()
        self._on_status = on_status
        self._lock = threading.Lock()  # of what follows
        self._has_begun = False
        self._is_cancelled = False
        self.inbox: Inbox = queue.SimpleQueue()

    def cancel(self) -> None:
        """End it and delete what was written. Returns at once; `result` tells when that is done."""
        with self._lock:
            if self._is_cancelled:
                return
            self._is_cancelled = True
            has_begun = self._has_begun
        self.inbox.put(None)
        if not has_begun:
            self.fail(CancelledError())

    def begin(self) -> bool:
        """For the quantizer: whether it is to be done."""
        with self._lock:
            self._has_begun = not self._is_cancelled
            return self._has_begun

    def tell(self, stage: Stage, fraction: float = 0.0) -> None:
        """For the quantizer: hand a new status on."""
        self.status = QuantizeStatus(stage, fraction)
        try:
            self._on_status(self.status)
        except Exception:
            logger.exception("a listener failed")

    def succeed(self, result: QuantizeResult) -> None:
        """For the quantizer: it is done."""
        self.result.set_result(result)
        self.tell(Stage.DONE, 1.0)

    def fail(self, error: Exception) -> None:
        """For the quantizer: it is not."""
        self.result.set_exception(error)
        self.tell(Stage.CANCELLED if isinstance(error, CancelledError) else Stage.FAILED)
