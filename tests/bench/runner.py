"""Runs benchmarks one after the other, each in a process of its own, and tells what came of it."""

from __future__ import annotations

import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.bench import history
from tests.bench.history import Change, Figure, Record
from tests.bench.measure import Measure, note
from tests.bench.names import LONG, NAMES

_ROOT = Path(__file__).parents[2]
_LIMIT = 3600.0  # seconds, for each
_LOOK_EVERY = 0.2


@dataclass(frozen=True)
class Result:
    """Of one benchmark; `yardstick` in milliseconds. Without measures it failed."""

    name: str
    measures: tuple[Measure, ...]
    yardstick: float
    seconds: float


def run(names: Sequence[str], *, as_json: bool, is_quick: bool, earlier: Path | None) -> int:
    """Run these; compare with the history in `earlier` and add to it.

    Returns 1 if one of them failed to run, or if somebody stopped it: what was measured until then
    is told and kept all the same. A slow figure is no failure.
    """
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    results: list[Result] = []
    for number, name in enumerate(names):
        note(f"{name} …, all in about {_minutes_left(results, names[number:], is_quick):.0f} min")
        result = _run_apart(name, stop)
        if stop.is_set():
            note("stopped; what was measured until now is kept")
            break
        results.append(result)
        if not as_json:
            _print(_lines(result))
    record = _record(results, is_quick=is_quick)
    if as_json:
        _print([json.dumps(_for_programs(record, results), indent=2)])
    failed = [result.name for result in results if not result.measures]
    lines = [f"failed: {', '.join(failed)}"] if failed else []
    lines += _missed(results)
    if earlier is not None and record.figures:
        lines += _changes(history.compare(record, history.read(earlier)))
        history.add(earlier, record)
    print("\n".join(lines), file=sys.stderr if as_json else sys.stdout)
    return 1 if failed or len(results) < len(names) else 0


def _minutes_left(results: Sequence[Result], names: Sequence[str], is_quick: bool) -> float:
    """As long as they usually take, and as much longer as those that are done took."""

    def usual(names: Iterable[str]) -> float:
        every = NAMES | LONG
        return sum(every[name].quick if is_quick else every[name].full for name in names)

    done = [result for result in results if result.measures]
    slower = 1.0
    if done:
        slower = sum(one.seconds for one in done) / usual(one.name for one in done)
    return usual(names) * slower / 60


def _run_apart(name: str, stop: threading.Event) -> Result:
    """Its memory is its own then, and its end ends nothing else."""
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "figures.json")
        command = [sys.executable, "-m", "tests.bench.apart", name, str(file)]
        process = subprocess.Popen(command, cwd=_ROOT, stdout=sys.stderr, start_new_session=True)
        is_done = _is_done(process, stop)
        seconds = time.monotonic() - begin
        if not is_done or not file.exists():
            return Result(name, (), 0.0, seconds)
        found = json.loads(file.read_text(encoding="utf-8"))
    measures = tuple(Measure(**row) for row in found["measures"])
    return Result(name, measures, found["yardstick"], seconds)


def _is_done(process: subprocess.Popen[bytes], stop: threading.Event) -> bool:
    """Wait for it; where that takes too long, whatever it has started ends with it."""
    end = time.monotonic() + _LIMIT
    while not stop.is_set():
        with suppress(subprocess.TimeoutExpired):
            return process.wait(_LOOK_EVERY) == 0
        if time.monotonic() > end:
            note(f"it is not done in {_LIMIT / 60:.0f} minutes")
            break
    if sys.platform == "win32":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return False


def _record(results: Iterable[Result], *, is_quick: bool) -> Record:
    figures: dict[str, Figure] = {}
    for result in results:
        for key, measure in history.keyed(result.name, result.measures):
            figures[key] = Figure.of(measure, result.yardstick)
    today = datetime.now(UTC).date().isoformat()
    return Record(today, _commit(), machine(), is_quick, figures)


def machine() -> str:
    """Which computer this is, as far as it matters."""
    model = platform.processor() or platform.machine()
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    except OSError:
        pass
    return f"{os.cpu_count()} cores, {model}, Python {platform.python_version()}"


def _commit() -> str:
    """The commit, with a + where something is changed; empty without git."""
    try:
        done = subprocess.run(
            ["git", "describe", "--always", "--dirty=+", "--exclude=*"],
            cwd=_ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


# In words


def _print(lines: Iterable[str]) -> None:
    print("\n".join(lines), flush=True)


def _lines(result: Result) -> list[str]:
    lines = [f"## {result.name} ({result.seconds:.0f} s)"]
    for m in result.measures:
        bar = f"  bar: {m.bar}{'' if m.keeps_bar else ' MISSED'}" if m.bar else ""
        lines.append(f"{m.name:<66} {m.value:>10.3f} {m.unit:<10} {m.runs} run(s){bar}")
    return lines if result.measures else [*lines, "it failed to run"]


def _missed(results: Iterable[Result]) -> list[str]:
    missed = [
        f"  {key}: {measure.value:.3g} {measure.unit}, {measure.bar}"
        for result in results
        for key, measure in history.keyed(result.name, result.measures)
        if not measure.keeps_bar
    ]
    return ["not as good as it has to be:", *missed] if missed else []


def _changes(changes: Iterable[Change]) -> list[str]:
    lines = []
    for is_worse, title in ((True, "worse than before:"), (False, "better than before:")):
        rows = [
            f"  {change.key}: {change.before:.3g} → {change.now:.3g} {change.unit}"
            f" ({change.factor:.2f}×)"
            for change in changes
            if change.is_worse == is_worse
        ]
        lines += [title, *rows] if rows else []
    return lines or ["as before, or nothing to compare with"]


def _for_programs(record: Record, results: Sequence[Result]) -> dict[str, object]:
    return {
        "date": record.date,
        "commit": record.commit,
        "machine": record.machine,
        "quick": record.is_quick,
        "yardstick": {result.name: result.yardstick for result in results},
        "results": {
            result.name: [asdict(measure) for measure in result.measures] for result in results
        },
    }
