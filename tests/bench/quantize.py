"""Making models smaller: how long each type takes of the starter model in F16, as said before."""

from __future__ import annotations

import tempfile
import threading
import time
from concurrent.futures import Future
from pathlib import Path

from chatapp.domain.model import ModelFile
from chatapp.domain.quantization import QuantizePlan, QuantType
from chatapp.hub.library import describe_file
from chatapp.hub.starter import find_starter_model
from chatapp.models.quantize import Quantizer
from chatapp.models.quantize_job import QuantizeOrder, QuantizeStatus, Stage
from tests.bench.measure import Measure, median, runs, wait_until_quiet
from tests.models.sources import write_f16

_RUNS = runs(3, 1)


def run() -> list[Measure]:
    """Megabytes of the source per second and the estimate for every type; plans; cancelling."""
    starter = find_starter_model(Path("resources"))
    assert starter is not None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = describe_file(write_f16(starter, folder / "starter-F16.gguf"))
        quantizer = Quantizer(
            lambda: folder, folder, content_hash=_no_hash, store=lambda _result: None
        )
        measures = []
        for kind in QuantType:
            measures += _one_type(quantizer, model, kind)
        measures += _plan_and_cancel(quantizer, model)
        quantizer.close()
    return measures


def _no_hash(_model: ModelFile) -> Future[str]:
    future: Future[str] = Future()
    future.set_result("")
    return future


def _one_type(quantizer: Quantizer, model: ModelFile, kind: QuantType) -> list[Measure]:
    seconds, shares, errors = [], [], []
    for _ in range(_RUNS):
        wait_until_quiet()
        (plan,) = quantizer.plan(model, [kind])
        spent, size = _make(quantizer, QuantizeOrder(model, kind))
        seconds.append(model.size / 1e6 / spent)
        shares.append(plan.seconds / spent)
        errors.append(abs(plan.size / size - 1) * 100)
    return [
        median(f"{kind} of F16", seconds, "MB/s"),
        median(f"{kind}, time said before by time it took", shares, "x", better="neither"),
        median(f"{kind}, size said before, wrong by", errors, "%"),
    ]


def _make(quantizer: Quantizer, order: QuantizeOrder) -> tuple[float, int]:
    """Seconds of the writing, and the size of what was written and deleted again."""
    times: dict[Stage, float] = {}

    def on_status(status: QuantizeStatus) -> None:
        times.setdefault(status.stage, time.perf_counter())

    result = quantizer.start(order, on_status).result.result()
    Path(result.path).unlink()
    return times[Stage.VERIFYING] - times[Stage.WRITING], result.size


def _plan_and_cancel(quantizer: Quantizer, model: ModelFile) -> list[Measure]:
    plans: list[float] = []
    cancels = []
    for _ in range(_RUNS):
        wait_until_quiet()
        begin = time.perf_counter()
        made: tuple[QuantizePlan, ...] = quantizer.plan(model)
        plans.append(time.perf_counter() - begin)
        assert len(made) == len(QuantType)
        cancels.append(_cancel_seconds(quantizer, QuantizeOrder(model, QuantType.Q4_K_M)))
    return [
        median("plan of all types", plans, "s"),
        median("cancel in the middle, until nothing is left", cancels, "s"),
    ]


def _cancel_seconds(quantizer: Quantizer, order: QuantizeOrder) -> float:
    writes = threading.Event()
    job = quantizer.start(order, lambda status: writes.set() if status.fraction else None)
    writes.wait()
    begin = time.perf_counter()
    job.cancel()
    job.result.exception()
    return time.perf_counter() - begin
