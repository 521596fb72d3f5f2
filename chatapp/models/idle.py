"""Gives a model's memory back while nobody needs it: after a while, and when memory is short.

The worker's process ends, so all of it is given back for certain. The next question loads the model
again and reads what was kept of the conversation on disk.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from chatapp.engine.engine import Engine
from chatapp.engine.state import EngineState, EngineStatus
from chatapp.hub.hardware import Machine, this_machine

_CHECK_SECONDS = 15.0
# When memory is short: who reads an answer or types is not made to wait for the next one.
_PRESSURE_SECONDS = 60.0
_FLOOR_SHARE, _LOWEST_FLOOR, _HIGHEST_FLOOR = 0.04, 256 << 20, 1 << 30  # of all memory; bytes
_WORTH_IT = 64 << 20  # bytes


class IdleUnloading:
    """Unloads the engine's model when nothing was asked of it for `minutes`, 0 for never.

    Only while a model is loaded does its thread look at the time and at the memory.
    """

    def __init__(
        self,
        engine: Engine,
        minutes: Callable[[], float],
        *,
        machine: Callable[[], Machine] = this_machine,
        check_seconds: float = _CHECK_SECONDS,
        pressure_seconds: float = _PRESSURE_SECONDS,
    ) -> None:
        self._engine = engine
        self._minutes = minutes
        self._machine = machine
        self._check_seconds = check_seconds
        self._pressure_seconds = pressure_seconds
        self._changed = threading.Condition()  # of what follows
        self._is_loaded = engine.state.status is EngineStatus.READY
        self._is_closed = False
        self._unsubscribe = engine.subscribe(self._on_engine)
        self._thread = threading.Thread(target=self._watch, name="idle", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Unload nothing any longer."""
        self._unsubscribe()
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        self._thread.join()

    def _on_engine(self, state: EngineState) -> None:
        with self._changed:
            self._is_loaded = state.status is EngineStatus.READY
            self._changed.notify_all()

    def _watch(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._is_loaded or self._is_closed)
                self._changed.wait_for(lambda: self._is_closed, self._check_seconds)
                if self._is_closed:
                    return
            self._check()

    def _check(self) -> None:
        minutes = self._minutes()
        if minutes > 0:
            self._engine.unload_idle(minutes * 60)
        if is_short(self._machine()) and self._engine.memory_given_back() >= _WORTH_IT:
            self._engine.unload_idle(self._pressure_seconds)


def is_short(machine: Machine) -> bool:
    """Whether so little memory is left that the system may begin to write it to disk."""
    floor = min(_HIGHEST_FLOOR, max(_LOWEST_FLOOR, _FLOOR_SHARE * machine.memory_total))
    return machine.memory_free < floor
