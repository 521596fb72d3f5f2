"""Fuzz by hand: `python -m tests.fuzz [NAME...] [--minutes N] [--seed N] [--case N]`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.fuzz.harness import TARGETS, cases_of, make_target, run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(TARGETS)}")
    parser.add_argument("--minutes", type=float, default=1.0, help="for each")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--case", type=int, help="try only this one, in this process")
    options = parser.parse_args()
    names = options.names or TARGETS
    unknown = set(names).difference(TARGETS)
    if unknown:
        parser.error(f"nothing is called {', '.join(sorted(unknown))}")
    if options.case is not None:
        for name in names:
            _try_here(name, options.case, options.seed)
        return 0
    is_wrong = False
    for name in names:
        found = run(name, options.seed, seconds=60 * options.minutes)
        is_wrong = is_wrong or bool(found.wrong)
        sys.stdout.write(found.report())
        sys.stdout.flush()
    return 1 if is_wrong else 0


def _try_here(name: str, number: int, seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        target = make_target(name, Path(folder))
        for _, case in cases_of(target, [number], seed):
            sys.stdout.write(f"{name} {number}: {case!r:.2000}\n")
            sys.stdout.write(f"{target.check(case)}\n")


if __name__ == "__main__":
    sys.exit(main())
