"""`chatapp models tune`: find out which settings make a model fastest on this computer."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from collections.abc import Sequence
from concurrent.futures import CancelledError
from dataclasses import asdict
from threading import Event
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatapp.domain.tuning import Tuning, TuningRow
    from chatapp.models.tuning import TuningProgress
    from chatapp.paths import Paths

_WIDTH = 20  # of what is shown meanwhile


def add_tune(
    subparsers: argparse._SubParsersAction[argparse.ArgumentParser],
    parents: Sequence[argparse.ArgumentParser] = (),
) -> None:
    """Add `tune` to the actions of `models`."""
    parser = subparsers.add_parser(
        "tune",
        parents=list(parents),
        help="measure for about a minute what makes one fastest here, and use that",
    )
    parser.add_argument("name", metavar="NAME", help="a GGUF file or a name from the list")
    parser.add_argument("--json", action="store_true", help="print one JSON object at the end")


def tune(options: argparse.Namespace, paths: Paths) -> int:
    """Measure, keep the best and print the table. Ctrl+C leaves all as it was."""
    from chatapp.services import ModelServices

    with contextlib.closing(ModelServices(paths)) as services:
        model = services.library.find(options.name)
        with contextlib.closing(services.open_tuner()) as tuner:
            shows_progress = sys.stderr.isatty()
            job = tuner.start(model, _print_progress if shows_progress else lambda _: None)
            done = Event()
            job.result.add_done_callback(lambda _: done.set())
            try:
                while not done.wait(0.1):  # so that Ctrl+C is noticed on every system
                    pass
                tuning = job.result.result()
            except (KeyboardInterrupt, CancelledError):
                raise KeyboardInterrupt from None
            finally:
                if shows_progress:
                    print(f"\r{'':{_WIDTH}}\r", end="", file=sys.stderr, flush=True)
    if options.json:
        data = {"model": model.path, **asdict(tuning)}
        print(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        print_table(tuning)
    return 0


def _print_progress(progress: TuningProgress) -> None:
    words = f"measuring: {progress.fraction:.0%}"
    print(f"\r{words:<{_WIDTH}}", end="", file=sys.stderr, flush=True)


def print_table(tuning: Tuning) -> None:
    """All that was measured, in the order in which that was done."""
    from chatapp.domain.tuning import DEPTH

    print(
        f"{'threads':>7} {'flash attention':>15} {'batch':>6} "
        f"{'writes':>9} {f'after {DEPTH:,}':>12} {'reads':>9}   tokens/s"
    )
    for row in tuning.measured:
        chosen = (row.threads, row.flash_attention, row.batch)
        is_best = chosen == (tuning.threads, tuning.flash_attention, tuning.batch)
        words = "   used now" if is_best else ""
        if tuning.flash_attention_until is not None and row.batch is None:
            words = _words(row, tuning)
        print(_line(row) + words)


def _words(row: TuningRow, tuning: Tuning) -> str:
    if row.threads != tuning.threads:
        return ""
    until = f"{tuning.flash_attention_until:,} tokens"
    return f"   used until {until}" if row.flash_attention else f"   used after {until}"


def _line(row: TuningRow) -> str:
    flash_attention = "on" if row.flash_attention else "off"
    batch = "auto" if row.batch is None else str(row.batch)
    return (
        f"{row.threads:>7} {flash_attention:>15} {batch:>6} {_speed(row.write_speed):>9} "
        f"{_speed(row.deep_write_speed):>12} {_speed(row.read_speed):>9}"
    )


def _speed(speed: float) -> str:
    return f"{speed:,.1f}" if speed else "–"
