"""Stopping an answer from another thread, in the middle of a computation too."""

from __future__ import annotations

import ctypes
import sys
import threading


class StopFlag:
    """True while the request that is being answered is to be stopped.

    llama.cpp asks it in C while it computes: `strlen` of two bytes is 0 or 1, needs no interpreter
    lock and serves as the abort callback. Back ends without that callback are asked between calls.
    `callback` and `callback_data` are what llama.cpp gets; they live as long as this object.
    """

    def __init__(self) -> None:
        self._buffer = ctypes.create_string_buffer(2)
        self._lock = threading.Lock()
        self._known: set[int] = set()
        self._stopped: set[int] = set()
        self._current: int | None = None
        c = ctypes.cdll.msvcrt if sys.platform == "win32" else ctypes.CDLL(None)
        self.callback = ctypes.CFUNCTYPE(ctypes.c_bool, ctypes.c_void_p)(
            ctypes.cast(c.strlen, ctypes.c_void_p).value or 0
        )
        self.callback_data = ctypes.addressof(self._buffer)

    def expect(self, request_id: int) -> None:
        """A request came in."""
        with self._lock:
            self._known.add(request_id)

    def stop(self, request_id: int) -> None:
        """Stop it, now or as soon as it begins. Unknown ids are ignored."""
        with self._lock:
            if request_id in self._known:
                self._stopped.add(request_id)
                self._update()

    def begin(self, request_id: int) -> None:
        """What is computed from now on belongs to this request."""
        with self._lock:
            self._current = request_id
            self._update()

    def end(self, request_id: int) -> None:
        """The request is done."""
        with self._lock:
            self._current = None
            self._known.discard(request_id)
            self._stopped.discard(request_id)
            self._update()

    def __bool__(self) -> bool:
        return bool(self._buffer.value)

    def _update(self) -> None:
        self._buffer.value = b"\1" if self._current in self._stopped else b""
