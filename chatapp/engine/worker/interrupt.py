"""Ending a computation from another thread, in the middle of it."""

from __future__ import annotations

import ctypes
import sys


class Interrupt:
    """Set while something came in that can't wait for the end of the present computation.

    llama.cpp asks it in C while it computes: `strlen` of two bytes is 0 or 1, needs no interpreter
    lock and serves as the abort callback. Back ends without that callback finish their call.
    `callback` and `callback_data` are what llama.cpp gets; they live as long as this object.
    """

    def __init__(self) -> None:
        self._buffer = ctypes.create_string_buffer(2)
        c = ctypes.cdll.msvcrt if sys.platform == "win32" else ctypes.CDLL(None)
        self.callback = ctypes.CFUNCTYPE(ctypes.c_bool, ctypes.c_void_p)(
            ctypes.cast(c.strlen, ctypes.c_void_p).value or 0
        )
        self.callback_data = ctypes.addressof(self._buffer)

    def set(self) -> None:
        """End what is being computed, now."""
        self._buffer[0] = b"\1"

    def clear(self) -> None:
        """What is computed from now on runs to its end."""
        self._buffer[0] = b"\0"

    def __bool__(self) -> bool:
        return self._buffer[0] != b"\0"
