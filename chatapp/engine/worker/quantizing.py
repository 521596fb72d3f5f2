"""The process that makes a model smaller and tries it, and what it reads in llama.cpp's log.

llama.cpp tells nothing of quantising but through its log: the sizes before and after, the types
that don't fit, how far it is, and why it failed.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import math
import os
import queue
import re
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import psutil

from chatapp.domain.quantization import QuantizePlan, QuantType
from chatapp.engine.channel import Channel
from chatapp.engine.files import check_model_file
from chatapp.engine.messages import LoadOptions, LogLines
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
    total_size,
)
from chatapp.engine.worker.failures import classify
from chatapp.engine.worker.interrupt import Interrupt
from chatapp.engine.worker.library import Library
from chatapp.engine.worker.quantize_speed import compute_speeds, reading_speed
from chatapp.errors import (
    ChatappError,
    DiskFull,
    FileTooLargeForDisk,
    GenerationFailed,
    ModelCannotChat,
    ModelFileDamaged,
    ModelLoadFailed,
    QuantizeFailed,
    to_record,
)

PLACES = 16  # tokens that a model which is tried has to write
_BUFFER = 512 * 2**20  # bytes of a tensor that are in memory at once
_MEBIBYTE = 2**20
_TEXT = "Once upon a time there was a small village by the sea, and in this village"
_CONTEXT = 256  # tokens: the text in letters and all places
_NICENESS = 10
_FULL_PRECISION = frozenset({"f32", "f16", "bf16"})

_TENSOR = re.compile(
    r"\[ *\d+/ *\d+\] .* - \[(?P<shape>[\d, ]+)\], type = +(?P<type>\w+), .*?"
    r"size = +(?P<size>[\d.]+) MiB(?: -> +[\d.]+ MiB(?: \((?P<target>\w+)\))?)?"
)
_TOTAL = re.compile(r"\w+: (?P<which>model|quant) size += +(?P<size>[\d.]+) MiB")
_FALLBACKS = re.compile(r"\w+: WARNING: (?P<count>\d+) of \d+ tensor\(s\) required fallback")
_INVALID = re.compile(r"tensor '.*' has invalid data")


def run(channel: Channel, error_path: str, part: str) -> NoReturn:
    """The process's whole life."""
    _Worker(channel, error_path, part).work()


class _Tally:
    """What the log lines of one run of the quantiser tell. Sizes in bytes, rounded to 10 KB.

    `weights` counts those that get each type, by its name in ggml, in a run that writes nothing.
    """

    def __init__(self) -> None:
        self.done = 0.0  # of the source
        self.sizes = {"model": 0.0, "quant": 0.0}
        self.weights: Counter[str] = Counter()
        self.fallbacks = 0
        self.is_requantized = False

    def add(self, line: str) -> bool:
        """Read a line; whether a tensor is done."""
        if found := _TENSOR.match(line):
            self.done += float(found["size"]) * _MEBIBYTE
            if found["target"]:
                self.weights[found["target"]] += math.prod(map(int, found["shape"].split(",")))
                self.is_requantized |= found["type"] not in _FULL_PRECISION
            return True
        if found := _TOTAL.match(line):
            self.sizes[found["which"]] = float(found["size"]) * _MEBIBYTE
        elif found := _FALLBACKS.match(line):
            self.fallbacks = int(found["count"])
        return False


class _Worker:
    def __init__(self, channel: Channel, error_path: str, part: str) -> None:
        self._channel = channel
        self._error_path = error_path
        self._part = part
        self._tasks: queue.SimpleQueue[Task] = queue.SimpleQueue()
        self._interrupt = Interrupt()  # never set, but llama.cpp looks at it while it computes
        self._tally = _Tally()
        self._weights = 0.0  # bytes, of what was planned last
        self._total = 0.0  # the same, while progress is told

    def work(self) -> NoReturn:
        """Do what is asked for, until the application ends this process or itself."""
        threading.Thread(target=self._listen, name="listener", daemon=True).start()
        give_way()
        while True:
            task = self._tasks.get()
            try:
                self._do(task)
            except ChatappError as error:
                self._send(TaskFailed(to_record(error)))

    def _do(self, task: Task) -> None:
        match task:
            case Survey():
                self._survey(task)
            case Quantize():
                self._quantize(task)
            case TryModel():
                self._send(self._try(task))

    @functools.cached_property
    def _library(self) -> Library:
        return Library(self._on_line, self._interrupt)

    # Quantising

    def _survey(self, task: Survey) -> None:
        plans, weights = [], []
        for kind in task.kinds:
            plans.append(self._plan(task.source, kind))
            weights.append(self._tally.weights)
        if task.timed:
            plans = self._timed(task.source, plans, weights)
        for plan in plans:
            self._send(Planned(plan))
        self._send(Surveyed())

    def _timed(
        self, source: str, plans: list[QuantizePlan], weights: list[Counter[str]]
    ) -> list[QuantizePlan]:
        speeds = compute_speeds(self._library, {name for counts in weights for name in counts})
        reading = reading_speed(source)
        timed = []
        for plan, counts in zip(plans, weights, strict=True):
            seconds = sum(count / speeds[name] for name, count in counts.items())
            seconds += (plan.source_size + plan.size) / reading
            timed.append(replace(plan, seconds=seconds))
        return timed

    def _quantize(self, task: Quantize) -> None:
        self._total = self._weights
        is_done = self._call(task.source, task.part, task.kind, requantize=task.requantize)
        self._total = 0.0
        if not is_done:
            raise _disk_problem(task) or self._reason(task.source)
        self._send(Quantized(self._library.build))

    def _plan(self, source: str, kind: QuantType) -> QuantizePlan:
        check_model_file(source)
        if not self._call(source, "", kind, requantize=True, dry_run=True):
            raise self._reason(source)
        sizes, source_size = self._tally.sizes, total_size(Path(source))
        self._weights = sizes["model"]
        if not self._weights:
            raise ModelFileDamaged(source, "there are no weights")
        keys = source_size - sizes["model"]  # what there is besides weights stays as it is
        return QuantizePlan(
            kind,
            round(keys + sizes["quant"]),
            source_size,
            self._tally.fallbacks,
            self._tally.is_requantized,
        )

    def _call(
        self, source: str, target: str, kind: str, *, requantize: bool, dry_run: bool = False
    ) -> bool:
        from llama_cpp import llama_cpp as llama

        from chatapp.engine.worker.model import default_threads

        self._tally = _Tally()
        self._library.recent_errors.clear()
        parameters = llama.llama_model_quantize_default_params()
        parameters.nthread = default_threads()
        parameters.ftype = getattr(llama, f"LLAMA_FTYPE_MOSTLY_{kind}")
        parameters.allow_requantize = requantize
        parameters.dry_run = dry_run
        parameters.max_buf_size = _BUFFER
        names = (os.fsencode(source), os.fsencode(target))
        return bool(llama.llama_model_quantize(*names, parameters) == 0)

    def _reason(self, source: str) -> ChatappError:
        """Why llama.cpp failed."""
        check_model_file(source)
        errors = list(self._library.recent_errors)
        invalid = next(filter(_INVALID.search, errors), None)
        if invalid is not None:
            return ModelFileDamaged(source, invalid)
        error = classify(source, errors)
        if isinstance(error, ModelLoadFailed):
            return QuantizeFailed(source, errors[-1] if errors else "")
        return error

    # Trying

    def _try(self, task: TryModel) -> Tried:
        from llama_cpp import llama_cpp as llama

        check_model_file(task.path)
        if self._library.lacks_vocabulary(task.path):
            raise ModelCannotChat(task.path)
        self._library.recent_errors.clear()
        parameters = llama.llama_model_default_params()
        parameters.n_gpu_layers = 0  # the memory there belongs to the model that answers
        model = llama.llama_model_load_from_file(os.fsencode(task.path), parameters)
        if not model:
            raise classify(task.path, self._library.recent_errors)
        try:
            return self._try_loaded(model, task)
        finally:
            llama.llama_model_free(model)

    def _try_loaded(self, model: Any, task: TryModel) -> Tried:
        from llama_cpp import llama_cpp as llama

        from chatapp.engine.worker.context import Context, ContextRefused
        from chatapp.engine.worker.model import default_threads
        from chatapp.engine.worker.vocabulary import TOKEN_NONE, Vocabulary

        if llama.llama_model_has_encoder(model):
            return Tried()  # it writes only from what its encoder has read: loading must do
        vocabulary = Vocabulary(model)
        start = [] if vocabulary.bos == TOKEN_NONE else [vocabulary.bos]
        start += vocabulary.tokenize(_TEXT)
        threads = default_threads()
        try:
            context = Context(
                model,
                LoadOptions(context_length=_CONTEXT, parallel=1),
                self._interrupt,
                threads=threads,
                on_cpu=True,
            )
        except ContextRefused:
            if self._library.recent_errors:
                raise classify(task.path, self._library.recent_errors) from None
            return Tried(is_finite=_embeds(model, start, threads))
        try:
            return _write(context, vocabulary, start, task.forced)
        finally:
            llama.llama_free(context.pointer)

    # All

    def _on_line(self, level: int, line: str) -> None:
        if not self._tally.add(line):
            self._send(LogLines(level, line))
        elif self._total:
            self._send(QuantizeProgress(min(1.0, self._tally.done / self._total)))

    def _send(self, reply: TaskReply | LogLines) -> None:
        with contextlib.suppress(OSError):  # the listener sees that too
            self._channel.send(reply)

    def _listen(self) -> NoReturn:
        """End with the application."""
        with contextlib.suppress(EOFError, OSError):
            while True:
                self._tasks.put(self._channel.recv())
        for name in (self._part, self._error_path):
            if name:
                with contextlib.suppress(OSError):
                    Path(name).unlink()
        os._exit(0)


def _write(context: Any, vocabulary: Any, start: Sequence[int], forced: Sequence[int]) -> Tried:
    """The likeliest token at each of the places after `start`."""
    from llama_cpp import llama_cpp as llama

    context.clear()
    chosen: list[int] = []
    given, position = start, 0
    while len(chosen) < (len(forced) or PLACES):
        context.clear_batch()
        row = context.add(0, given, position, output=True)
        if outcome := context.decode():
            raise GenerationFailed(f"llama_decode: {outcome}")
        position += len(given)
        logits = llama.llama_get_logits_ith(context.pointer, row)[: vocabulary.size]
        highest = max(logits)
        # What is not a number makes the sum one of those too; -inf forbids a token.
        if math.isnan(sum(logits)) or math.isinf(highest):
            return Tried(tuple(chosen), is_finite=False)
        chosen.append(logits.index(highest))
        token = forced[len(chosen) - 1] if forced else chosen[-1]
        if vocabulary.is_end(token):
            break
        given = [token]
    return Tried(tuple(chosen), only_ends=all(map(vocabulary.is_end, chosen)))


def _embeds(model: Any, tokens: Sequence[int], threads: int) -> bool:
    """Whether a model without memory, such as an embedding model, gives numbers."""
    from llama_cpp import llama_cpp as llama

    parameters = llama.llama_context_default_params()
    parameters.n_ctx = parameters.n_batch = parameters.n_ubatch = _CONTEXT
    parameters.n_threads = parameters.n_threads_batch = threads
    parameters.embeddings = True
    parameters.pooling_type = llama.LLAMA_POOLING_TYPE_NONE
    context = llama.llama_init_from_model(model, parameters)
    if not context:
        raise GenerationFailed("llama_init_from_model")
    array = (llama.llama_token * len(tokens))(*tokens)
    if outcome := llama.llama_encode(context, llama.llama_batch_get_one(array, len(tokens))):
        raise GenerationFailed(f"llama_encode: {outcome}")
    values = llama.llama_get_embeddings_ith(context, len(tokens) - 1)
    return all(map(math.isfinite, values[: llama.llama_model_n_embd(model)]))


def _disk_problem(task: Quantize) -> ChatappError | None:
    """What keeps the file from growing: llama.cpp's log has no reason."""
    try:
        with Path(task.part).open("ab") as file:
            file.write(bytes(_MEBIBYTE))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            return DiskFull(str(Path(task.part).parent))
        if error.errno == errno.EFBIG:
            return FileTooLargeForDisk(task.part)
        return QuantizeFailed(task.source, error.strerror or str(error))
    return None


def give_way() -> None:
    """Leave the processors to whatever a person waits for."""
    with contextlib.suppress(psutil.Error, OSError):
        if sys.platform == "win32":
            psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
        else:
            psutil.Process().nice(_NICENESS)
