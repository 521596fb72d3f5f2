"""One benchmark in this process, its figures in a file: python -m tests.bench.apart NAME FILE."""

from __future__ import annotations

import importlib
import json
import sys
from dataclasses import asdict
from pathlib import Path

from tests.bench import yardstick


def main(name: str, target: Path) -> None:
    """Write how fast the computer was before and after, and what was measured."""
    speeds = [yardstick.milliseconds()]
    measures = importlib.import_module(f"tests.bench.{name}").run()
    speeds.append(yardstick.milliseconds())
    found = {"yardstick": sum(speeds) / 2, "measures": [asdict(measure) for measure in measures]}
    target.write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
