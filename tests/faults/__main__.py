"""All that can go wrong, at random: `python -m tests.faults [PART …] --minutes N --seed N`."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.runner import machine
from tests.faults import chance, tables
from tests.fuzz.harness import TARGETS
from tests.fuzz.harness import run as fuzz

_ROOT = Path(__file__).parents[2]
# What pytest runs for each part: a test that goes on for as long as it is told to.
_TESTS = {
    "soak": "tests/faults/test_soak.py::test_at_random",
    "kills": "tests/faults/test_kills.py::test_killed_at_random",
    "disk": "tests/faults/test_full_disk.py::test_full_at_random",
    "monkey": "tests/ui/test_monkey.py::test_clicking_and_typing_anywhere",
}
_PARTS = ("suite", *_TESTS, "fuzz")
_SUITE = ("tests/faults", "tests/fuzz", "tests/ui/test_monkey.py")
_OPTIONS = ("-q", "-p", "no:randomly", "--timeout=0", "-o", "faulthandler_timeout=0")


def main() -> int:
    """Run the parts, or all; returns 1 if anything was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument(
        "part",
        nargs="*",
        choices=[[], *_PARTS],
        help="default: all; `suite` is what runs with every test",
    )
    parser.add_argument("--minutes", type=float, default=10.0, help="of all that is at random")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--readme", action="store_true", help="write the READMEs' table")
    options = parser.parse_args()
    parts = options.part or _PARTS
    timed = [part for part in parts if part != "suite"]
    seconds = 60 * options.minutes / max(1, len(timed))
    rows: list[tables.Row] = []
    wrong = []
    for part in parts:
        print(f"== {part}, seed {options.seed}", flush=True)  # noqa: T201
        if part == "fuzz":
            is_right, found = _fuzz(options.seed, seconds / len(TARGETS))
        else:
            is_right, found = _run_tests(part, options.seed, seconds)
        rows += found
        if not is_right:
            wrong.append(part)
    lines = [json.dumps(row) for row in rows]
    lines.append(f"found something: {', '.join(wrong)}" if wrong else "nothing was found")
    print("\n".join(lines))  # noqa: T201
    if options.readme and not wrong:
        today = datetime.now(UTC).date().isoformat()
        tables.write(rows, today, machine(), options.minutes, options.seed)
    return 1 if wrong else 0


def _run_tests(part: str, seed: int, seconds: float) -> tuple[bool, list[tables.Row]]:
    """In a process of its own. The suite runs as it always does."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report")
        environment = {**os.environ, chance.REPORT: str(report)}
        if part != "suite":
            environment |= {chance.SEED: str(seed), chance.SECONDS: str(seconds)}
        tests = _SUITE if part == "suite" else (_TESTS[part], *_OPTIONS)
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *tests], cwd=_ROOT, env=environment, check=False
        )
        if part == "suite" or not report.exists():
            return not done.returncode, []
        lines = report.read_text(encoding="utf-8").splitlines()
    return not done.returncode, [json.loads(line) for line in lines]


def _fuzz(seed: int, seconds: float) -> tuple[bool, list[tables.Row]]:
    rows: list[tables.Row] = []
    is_right = True
    for name in TARGETS:
        found = fuzz(name, seed, seconds=seconds)
        sys.stdout.write(found.report())
        is_right = is_right and not found.wrong
        rows.append({"part": f"fuzz {name}", "seed": seed, "cases": found.cases, "wrong": 0})
    return is_right, rows


if __name__ == "__main__":
    sys.exit(main())
