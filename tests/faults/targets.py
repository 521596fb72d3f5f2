"""What worker processes of this suite do: serve, and fail when they are told to. In the child."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

SLOW_DISK = "slow-disk"  # while this file is there, states are neither written nor read
WRITING, READING = "writing-state", "reading-state"  # files that tell of waiting for that
ASSERTION = "tiny.cpp:7: GGML_ASSERT(n < 3) failed"


def serve(connection: Connection, error_path: str) -> None:
    """Serve. SIGUSR1 fails an assertion of ggml; the disk can be made slow, see `SLOW_DISK`."""
    from chatapp.engine import state_files
    from chatapp.engine.worker import main

    folder = Path(error_path).parent

    def wait_for_disk(sign: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def slow(*arguments: Any) -> Any:
            while (folder / SLOW_DISK).exists():
                (folder / sign).touch()
                time.sleep(0.01)
            return work(*arguments)

        return slow

    state_files._write_all = wait_for_disk(WRITING, state_files._write_all)
    state_files._read_body = wait_for_disk(READING, state_files._read_body)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    threading.Thread(target=_fail_assertion, daemon=True).start()
    main.run(connection, error_path)


def _fail_assertion() -> None:
    signal.sigwait({signal.SIGUSR1})

    from chatapp.engine.worker.library import _open_beside, _prepare_package

    base = _open_beside(_prepare_package(), "ggml-base")
    base.ggml_abort(b"tiny.cpp", 7, b"GGML_ASSERT(%s) failed", b"n < 3")
