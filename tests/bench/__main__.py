"""The one runner of all benchmarks."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.measure import Measure

_NAMES = (
    "start",
    "storage",
    "library",
    "header",
    "download",
    "download_while_answering",
    "speed",
    "speculation",
    "adapters",
    "embedding",
    "reuse",
    "stopping",
    "extras",
    "identity",
    "composer",
    "conversations",
    "palettes",
    "finding",
    "transcript",
    "quantize",
    "probe",
    "tuning",
)


def main() -> int:
    """Run the named benchmarks, or all; print a table or one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("name", nargs="*", choices=[[], *_NAMES], help="default: all")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    results: dict[str, list[Measure]] = {}
    for name in options.name or _NAMES:
        results[name] = importlib.import_module(f"tests.bench.{name}").run()
        if not options.json:
            _print_table(name, results[name])
    if options.json:
        figures = {name: [asdict(m) for m in measures] for name, measures in results.items()}
        when = datetime.now(UTC).date().isoformat()
        print(json.dumps({"date": when, "machine": _machine(), "results": figures}, indent=2))
    return 0


def _print_table(name: str, measures: list[Measure]) -> None:
    print(f"## {name} ({datetime.now(UTC).date().isoformat()}, {_machine()})")
    for m in measures:
        bar = f"  bar: {m.bar}" if m.bar else ""
        print(f"{m.name:<66} {m.value:>10.3f} {m.unit:<10} {m.runs} run(s){bar}")
    sys.stdout.flush()


def _machine() -> str:
    model = platform.processor() or platform.machine()
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    except OSError:
        pass
    return f"{os.cpu_count()} cores, {model}, Python {platform.python_version()}"


if __name__ == "__main__":
    sys.exit(main())
