"""Making models smaller, one after the other; only what works as the original does is kept.

Everything heavy happens in a process of its own: it tries the original, writes the smaller model to
a `.part` file and tries that. A person who cancels does not wait for it.
"""

from __future__ import annotations

import errno
import logging
import queue
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Future
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Self

import psutil

from chatapp.domain.model import ModelFile
from chatapp.domain.quantization import QuantizePlan, QuantizeResult, QuantType
from chatapp.engine.files import check_model_file
from chatapp.engine.messages import LogLines
from chatapp.engine.process import WorkerEnd, WorkerProcess
from chatapp.engine.quantizing import (
    Planned,
    Quantize,
    Quantized,
    QuantizeProgress,
    Survey,
    Surveyed,
    Task,
    TaskFailed,
    TaskReply,
    Tried,
    TryModel,
    all_shards,
    name_without_shard,
    run_tasks,
    total_size,
)
from chatapp.errors import (
    AlreadyQuantized,
    ChatappError,
    DiskFull,
    EngineError,
    InputError,
    ModelFileDamaged,
    NotSmaller,
    OutOfMemory,
    QuantizedUnusable,
    WorkerDied,
    from_record,
)
from chatapp.hub.part_file import disk_error, free_space
from chatapp.models.new_file import NewFile
from chatapp.models.quantize_job import (
    Inbox,
    OnStatus,
    QuantizeJob,
    QuantizeOrder,
    Stage,
)

logger = logging.getLogger(__name__)
llama_logger = logging.getLogger("chatapp.llama")

_SUFFIX = ".gguf"
_SPARE = 0.05  # of the expected size that must be free besides
_LONGEST_NAME = 150  # bytes; the type, a number and `.part` follow
_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')


class Quantizer:
    """Makes models smaller in the order in which that was asked for.

    `models` tells the folder of Chatapp's own models. `logs` is a folder for what the processes
    print while they live. `content_hash` gives the SHA-256 of a model in one file. `store` is given
    every result, in the quantizer's thread, before anybody else hears of it: it keeps where the
    file comes from.
    """

    def __init__(
        self,
        models: Callable[[], Path],
        logs: Path,
        *,
        content_hash: Callable[[ModelFile], Future[str]],
        store: Callable[[QuantizeResult], None],
    ) -> None:
        self._models = models
        self._logs = logs
        self._content_hash = content_hash
        self._store = store
        self._orders: queue.SimpleQueue[QuantizeJob | None] = queue.SimpleQueue()
        self._lock = threading.Lock()  # of what follows
        self._jobs: list[QuantizeJob] = []
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def start(self, order: QuantizeOrder, on_status: OnStatus = lambda _: None) -> QuantizeJob:
        """Have it done after those before it. Returns at once, in any thread.

        `on_status` gets every new status, in the quantizer's thread, or in that of who cancels a
        job that waits.
        """
        job = QuantizeJob(order, on_status)
        with self._lock:
            is_closed = self._is_closed
            if not is_closed:
                self._jobs = [*(one for one in self._jobs if not one.result.done()), job]
                self._orders.put(job)
                if self._thread is None:
                    self._thread = threading.Thread(
                        target=self._work, name="quantizer", daemon=True
                    )
                    self._thread.start()
        if is_closed:
            job.cancel()
        return job

    @property
    def jobs(self) -> tuple[QuantizeJob, ...]:
        """Those that are not over, in their order."""
        with self._lock:
            return tuple(job for job in self._jobs if not job.result.done())

    def plan(
        self, source: ModelFile, kinds: Iterable[QuantType] = QuantType
    ) -> tuple[QuantizePlan, ...]:
        """What the model would become, exactly, in the order of `kinds`.

        Takes a second or two; any thread may wait for it. Raises the `ChatappError` that says why
        the model can't be read.
        """
        check_model_file(source.path)
        all_shards(Path(source.path))
        task = Survey(source.path, tuple(kinds), timed=True)
        with _Worker(self._logs, queue.SimpleQueue()) as worker:
            return tuple(reply.plan for reply in worker.do(task) if isinstance(reply, Planned))

    def close(self) -> None:
        """Cancel everything; wait until nothing of it is left."""
        with self._lock:
            self._is_closed = True
            jobs, thread = self._jobs, self._thread
            self._orders.put(None)
        for job in jobs:
            job.cancel()
        if thread is not None:
            thread.join()

    # The quantizer's thread

    def _work(self) -> None:
        while (job := self._orders.get()) is not None:
            if not job.begin():
                continue
            try:
                result = self._make(job)
            except CancelledError as error:
                job.fail(error)
            except ChatappError as error:
                logger.info("not made smaller: %s", error)
                job.fail(error)
            except Exception as error:
                logger.exception("unexpected error while making a model smaller")
                job.fail(error)
            else:
                logger.info("made smaller: %s", result)
                job.succeed(result)

    def _make(self, job: QuantizeJob) -> QuantizeResult:
        order, begin = job.order, time.monotonic()
        job.tell(Stage.CHECKING)
        path = Path(order.source.path)
        check_model_file(order.source.path)
        size = total_size(path)
        with NewFile(*self._place(order)) as part:
            with _Worker(self._logs, job.inbox, part.path) as worker:
                plan = _plan(worker, order, part.path.parent)
                original = _try_original(worker, order, size)
                job.tell(Stage.WRITING)
                is_one_file = all_shards(path) == (path,)
                digest = self._content_hash(order.source) if is_one_file else None
                build = _write(worker, job, part.path)
                job.tell(Stage.VERIFYING)
                made = _try_result(worker, order, part.path, original)
            sha256 = _wait_for(digest, job.inbox) if digest is not None else ""
            new_size = part.size
            output = part.keep()
        compared = original.tokens if original is not None else ()
        result = QuantizeResult(
            path=str(output),
            size=new_size,
            kind=order.kind,
            source_path=order.source.path,
            source_size=size,
            source_sha256=sha256,
            llama_build=build,
            made_at=datetime.now(UTC),
            seconds=time.monotonic() - begin,
            agreed=sum(a == b for a, b in zip(compared, made.tokens, strict=False)),
            compared=len(compared),
            fallbacks=plan.fallbacks,
            is_requantized=plan.is_requantized,
        )
        try:
            self._store(result)
        except (ChatappError, OSError) as error:
            logger.warning("where %s comes from was not kept: %s", output, error)
        return result

    def _place(self, order: QuantizeOrder) -> tuple[Path, str, str]:
        """The folder of the new file, and its name before and after a number."""
        output = order.output
        if output is not None and not output.is_dir():
            output = output.absolute()
            if output.suffix.casefold() != _SUFFIX:
                output = output.with_name(output.name + _SUFFIX)
            return output.parent, output.stem, output.suffix
        if output is None:
            models, source = self._models(), Path(order.source.path)
            output = source.parent if source.is_relative_to(models) else models
            try:
                output.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise disk_error(error, output / "model") from error
        return output, _name(order.source), f"-{order.kind}{_SUFFIX}"


class _Worker:
    """A process that does one task after the other; it is gone at the end of the context."""

    def __init__(self, logs: Path, inbox: Inbox, part: Path | None = None) -> None:
        run = partial(run_tasks, part=str(part or ""))
        self._inbox = inbox
        try:
            self._process = WorkerProcess(logs, inbox.put, inbox.put, run=run)
        except OSError as error:  # no more processes, memory or space for its log
            if error.errno == errno.ENOSPC:
                raise DiskFull(str(logs)) from error
            raise WorkerDied(error.errno or 1, str(error)) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.kill()

    def do(self, task: Task) -> Iterator[TaskReply]:
        """What it says to a task. Raises what went wrong, and `CancelledError`."""
        self._process.send(task)
        while True:
            item = self._inbox.get()
            match item:
                case None:
                    raise CancelledError
                case WorkerEnd():
                    raise WorkerDied(item.exit_code, item.detail)
                case TaskFailed():
                    raise from_record(item.error)
                case LogLines():
                    llama_logger.debug("%s", item.text)
                case Planned() | QuantizeProgress():
                    yield item
                case Surveyed() | Quantized() | Tried():
                    yield item
                    return

    def have_tried(self, task: TryModel) -> Tried:
        """How a model does. Raises as `do`."""
        return next(reply for reply in self.do(task) if isinstance(reply, Tried))


def _plan(worker: _Worker, order: QuantizeOrder, folder: Path) -> QuantizePlan:
    """What will become of it. Raises what makes that pointless before any work is done."""
    replies = worker.do(Survey(order.source.path, (order.kind,)))
    plan = next(reply.plan for reply in list(replies) if isinstance(reply, Planned))
    if plan.is_requantized and not order.requantize:
        raise AlreadyQuantized(order.source.path)
    if not plan.is_smaller:
        raise NotSmaller(order.source.path, order.kind)
    if free_space(folder) < plan.size * (1 + _SPARE):
        raise DiskFull(str(folder))
    return plan


def _try_original(worker: _Worker, order: QuantizeOrder, size: int) -> Tried | None:
    """What the original writes; None when it does not fit into memory."""
    if size > psutil.virtual_memory().available:
        return None
    try:
        tried = worker.have_tried(TryModel(order.source.path))
    except OutOfMemory:
        return None
    if not tried.is_finite:
        raise ModelFileDamaged(order.source.path, "it computes what is not a number")
    return tried


def _write(worker: _Worker, job: QuantizeJob, part: Path) -> str:
    """Tell how far it is until it is written; the build of llama.cpp that did it."""
    order = job.order
    task = Quantize(order.source.path, str(part), order.kind, order.requantize)
    for reply in worker.do(task):
        match reply:
            case QuantizeProgress():
                job.tell(Stage.WRITING, reply.fraction)
            case Quantized():
                return reply.llama_build
    raise WorkerDied(0, "")


def _try_result(worker: _Worker, order: QuantizeOrder, part: Path, original: Tried | None) -> Tried:
    """What the new file writes. Raises `QuantizedUnusable`."""
    unusable = partial(QuantizedUnusable, order.source.path, order.kind)
    try:
        forced = original.tokens if original is not None else ()
        made = worker.have_tried(TryModel(str(part), forced))
    except (OutOfMemory, WorkerDied):
        raise
    except (EngineError, InputError) as error:
        raise unusable(str(error)) from error
    if not made.is_finite:
        raise unusable("it computes what is not a number")
    if made.only_ends and not (original is not None and original.only_ends):
        raise unusable("it ends every text")
    return made


def _wait_for(digest: Future[str], inbox: Inbox) -> str:
    """The hash, or nothing when there is none. Raises `CancelledError`."""
    digest.add_done_callback(inbox.put)
    while (item := inbox.get()) is not digest:
        if item is None:
            raise CancelledError
    return "" if digest.cancelled() or digest.exception() is not None else digest.result()


def _name(model: ModelFile) -> str:
    """The model's name for a file, without the type."""
    path = Path(model.path)
    is_named = path.suffix.casefold() == _SUFFIX  # Ollama names its files after their content
    name = name_without_shard(path) if is_named else model.name
    kind = model.quantization
    if kind and name.casefold().endswith(kind.casefold()):
        name = name[: -len(kind)]
    name = _UNSAFE.sub("-", name).encode()[:_LONGEST_NAME].decode(errors="ignore")
    return name.strip(" .-_") or "model"
