"""The one runner: `python -m tests.bench [NAME … | --all] [--long] [--quick] [--history]`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from tests.bench import history, tables
from tests.bench.names import LONG, NAMES


def main() -> int:
    """Run the named benchmarks, or all. Ends with 1 if one of them failed to run."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("name", nargs="*", help=f"{', '.join([*NAMES, *LONG])}; default: --all")
    parser.add_argument("--all", action="store_true", help="all but the long ones")
    parser.add_argument("--long", action="store_true", help=f"also {', '.join(LONG)}")
    parser.add_argument("--quick", action="store_true", help="a first look: few runs of each")
    parser.add_argument("--json", action="store_true", help="one object for programs")
    parser.add_argument(
        "--history",
        nargs="?",
        type=Path,
        const=history.PATH,
        help=f"compare with this file and add to it (default: {history.PATH.name})",
    )
    parser.add_argument(
        "--readme", action="store_true", help="only write the READMEs' tables from the history"
    )
    options = parser.parse_args()
    unknown = [name for name in options.name if name not in NAMES | LONG]
    if unknown:
        parser.error(f"there is no {', '.join(unknown)}")
    names = list(NAMES) if options.all or not options.name else options.name
    names += [name for name in LONG if options.long and name not in names]
    if options.readme:
        return tables.write(history.read(options.history or history.PATH))
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if options.quick:
        os.environ["CHATAPP_BENCH_QUICK"] = "1"  # before the benchmarks are imported

    from tests.bench.runner import run

    return run(names, as_json=options.json, is_quick=options.quick, earlier=options.history)


if __name__ == "__main__":
    sys.exit(main())
