"""Presses keys on an X server, as a person does at the keyboard."""

from __future__ import annotations

import ctypes

# Key codes of the layout that every X server begins with.
SHIFT, CONTROL, ALT, CAPS_LOCK = 50, 37, 64, 66
SPACE, LETTER_H, LETTER_I, LETTER_K, LETTER_P = 65, 43, 31, 45, 33
RETURN, ESCAPE = 36, 9


class Keyboard:
    """The keyboard of the server that DISPLAY names."""

    def __init__(self) -> None:
        self._x = ctypes.CDLL("libX11.so.6")
        self._test = ctypes.CDLL("libXtst.so.6")
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        self._display = ctypes.c_void_p(self._x.XOpenDisplay(None))
        assert self._display.value

    def press(self, *codes: int) -> None:
        """All of them together."""
        for is_down, order in ((1, codes), (0, codes[::-1])):
            for code in order:
                self._test.XTestFakeKeyEvent(self._display, code, is_down, ctypes.c_ulong(0))
        self._x.XSync(self._display, 0)

    def take(self) -> None:
        """Lead the keys to the window below the pointer, as a window manager does."""
        root, window = ctypes.c_ulong(), ctypes.c_ulong()
        numbers = [ctypes.byref(ctypes.c_int()) for _ in range(5)]
        top = ctypes.c_ulong(self._x.XDefaultRootWindow(self._display))
        self._x.XQueryPointer(
            self._display, top, ctypes.byref(root), ctypes.byref(window), *numbers
        )
        self._x.XSetInputFocus(self._display, window, 0, ctypes.c_ulong(0))
        self._x.XSync(self._display, 0)

    def close(self) -> None:
        self._x.XCloseDisplay(self._display)
