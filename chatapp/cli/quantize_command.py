"""`chatapp models quantize`: make a model smaller."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from collections.abc import Sequence
from concurrent.futures import CancelledError
from dataclasses import asdict
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from chatapp.domain.quantization import QuantizeResult, QuantType
from chatapp.paths import Paths

if TYPE_CHECKING:
    from chatapp.models.quantize_job import QuantizeStatus

_STAGES = {"checking": "trying the original", "verifying": "trying the result"}
_WIDTH = 20  # of the longest of these words


def add_quantize(
    subparsers: argparse._SubParsersAction[argparse.ArgumentParser],
    parents: Sequence[argparse.ArgumentParser] = (),
) -> None:
    """Add `quantize` to the actions of `models`."""
    parser = subparsers.add_parser("quantize", parents=list(parents), help="make one smaller")
    parser.add_argument("name", metavar="NAME", help="a GGUF file or a name from the list")
    parser.add_argument(
        "type", metavar="TYPE", type=_kind, help=f"one of {', '.join(QuantType)}, case aside"
    )
    parser.add_argument(
        "--output", metavar="PATH", type=Path, help="the new file or its folder; never replaced"
    )
    parser.add_argument(
        "--requantize",
        action="store_true",
        help="also if it is quantised already, which costs quality",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object at the end")


def quantize(options: argparse.Namespace, paths: Paths) -> int:
    """Make it and tell what became of it. Ctrl+C leaves nothing behind."""
    from chatapp.models.quantize_job import QuantizeOrder
    from chatapp.services import ModelServices

    with contextlib.closing(ModelServices(paths)) as services:
        source = services.library.find(options.name)
        with contextlib.closing(services.open_quantizer()) as quantizer:
            order = QuantizeOrder(source, options.type, options.output, options.requantize)
            shows_progress = sys.stderr.isatty()
            job = quantizer.start(order, _print_status if shows_progress else lambda _: None)
            done = Event()
            job.result.add_done_callback(lambda _: done.set())
            try:
                while not done.wait(0.1):  # so that Ctrl+C is noticed on every system
                    pass
                result = job.result.result()
            except (KeyboardInterrupt, CancelledError):
                raise KeyboardInterrupt from None
            finally:
                if shows_progress:
                    print(f"\r{'':{_WIDTH}}\r", end="", file=sys.stderr, flush=True)
    _print_result(result, as_json=options.json)
    return 0


def _kind(text: str) -> QuantType:
    try:
        return QuantType(text.upper())
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be one of {', '.join(QuantType)}") from None


def _print_status(status: QuantizeStatus) -> None:
    words = _STAGES.get(status.stage, f"writing: {status.fraction:.0%}")
    print(f"\r{words:<{_WIDTH}}", end="", file=sys.stderr, flush=True)


def _print_result(result: QuantizeResult, *, as_json: bool) -> None:
    if as_json:
        data = asdict(result) | {"made_at": result.made_at.isoformat(timespec="seconds")}
        print(json.dumps(data, ensure_ascii=False, indent=2))
        return
    print(result.path)
    share = result.size / result.source_size
    print(f"{result.size / 1e6:,.1f} MB, {share:.0%} of the original")
    if result.compared:
        print(f"{result.agreed} of {result.compared} tokens are what the original writes")
    if result.fallbacks:
        print(f"{result.fallbacks} tensors have another type because their rows don't fit this one")
