"""Runs a parsed command and turns foreseeable errors into one sentence and an exit code."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Callable
from pathlib import Path

from chatapp.errors import ChatappError
from chatapp.paths import Paths
from chatapp.sentences import sentence


def run(options: argparse.Namespace) -> int:
    """Carry out a parsed command; returns the exit code."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        # What can't be read or shown in the terminal's encoding becomes a substitute.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    paths = choose_paths(options.data_dir)
    match options.command:
        case "ask":
            from chatapp.cli.ask import ask as command
        case "chat":
            from chatapp.cli.chat import chat as command
        case "models":
            from chatapp.cli.models import models as command
        case "bench":
            from chatapp.cli.bench import bench as command
        case "engines":
            from chatapp.cli.engines import engines as command
        case _:
            from chatapp.cli.doctor import doctor as command
    return command(options, paths)


def guarded(command: Callable[[], int]) -> int:
    """Run a command; a foreseeable error becomes one sentence on standard error and code 1."""
    try:
        return command()
    except ChatappError as error:
        print(f"chatapp: {sentence(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader has gone, as `head` does. Python would complain once more while closing.
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def choose_paths(data_dir: str | None) -> Paths:
    """The folders for `--data-dir`, or the user's usual ones."""
    return Paths.default() if data_dir is None else Paths.under(Path(data_dir).expanduser())
