"""What worker processes of tests do instead of serving. Imported in the child."""

from __future__ import annotations

import importlib.util
import os
import sys
import time
from pathlib import Path

from chatapp.engine.channel import Channel
from chatapp.engine.messages import Delta, LogLines


def fail_assertion(channel: Channel, _error_path: str) -> None:
    """Die as a failed GGML_ASSERT does."""
    from chatapp.engine.worker.interrupt import Interrupt
    from chatapp.engine.worker.library import Library

    library = Library(lambda level, text: channel.send(LogLines(level, text)), Interrupt())
    library._base.ggml_abort(b"tiny.cpp", 7, b"GGML_ASSERT(%s) failed", b"n < 3")


def raise_error(channel: Channel, error_path: str) -> None:
    """Die of a mistake in the worker's own code."""
    from chatapp.engine.worker import main

    main._Worker.serve = _fail  # type: ignore[method-assign]
    main.run(channel, error_path)


def _fail(_worker: object) -> None:
    raise LookupError("a mistake")


def have_little_memory(channel: Channel, error_path: str) -> None:
    """Serve with 250 MB of address space beyond what the start takes: too little for a context."""
    import resource

    from chatapp.engine.worker.main import run

    used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * 4096
    limit = used + 250 * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    run(channel, error_path)


def round_trip(channel: Channel, _error_path: str) -> None:
    """Load the model whose path comes first, then send back every text as its tokens spell it."""
    from chatapp.engine.worker.interrupt import Interrupt
    from chatapp.engine.worker.library import Library

    interrupt = Interrupt()
    library = Library(lambda _level, _text: None, interrupt)

    from chatapp.engine.worker.model import Model

    command = channel.recv()
    model = Model(library, command.path, command.options, interrupt, lambda _fraction: None)
    vocabulary = model.vocabulary
    for turn in channel.recv().turns:
        pieces = (vocabulary.piece(token) for token in vocabulary.tokenize(turn.text))
        channel.send(Delta(1, b"".join(pieces).decode(), 0))


def have_no_library(channel: Channel, error_path: str) -> None:
    """Serve where llama-cpp-python is not installed."""
    from chatapp.engine.worker.main import run

    del sys.modules["llama_cpp"]
    importlib.util.find_spec = lambda *_: None  # type: ignore[assignment]
    run(channel, error_path)


def ignore_everything(_channel: Channel, _error_path: str) -> None:
    """Hang where nothing is received any more."""
    _sleep()


def close_the_pipe(channel: Channel, _error_path: str) -> None:
    """Close the pipe and live on."""
    channel.close()
    ignore_everything(channel, "")


def leave_a_child(channel: Channel, _error_path: str) -> None:
    """Start a process in the way of native code, tell its id and hang."""
    child = os.fork()
    if not child:
        os.execvp("sleep", ("sleep", "60"))  # noqa: S606 - that is what is tested
    channel.send(Delta(1, str(child), 0))
    _sleep()


def _sleep() -> None:
    while True:
        time.sleep(60)
