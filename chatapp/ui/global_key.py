"""A key that opens the small window while another program is in front.

X11 and Windows let a program ask for one, and nothing but their own libraries is needed. Wayland
leaves it to the desktop and macOS to the person: there `chatapp --quick-ask` is bound in their own
settings.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import sys
from typing import Final

from PySide6.QtCore import (
    QCoreApplication,
    QKeyCombination,
    QObject,
    QSocketNotifier,
    Qt,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QKeySequence

if sys.platform == "win32":
    from ctypes import wintypes

    from PySide6.QtCore import QAbstractNativeEventFilter, QByteArray

_SHIFT, _LOCK, _CONTROL, _ALT, _NUM_LOCK, _SUPER = 1, 2, 4, 8, 16, 64  # the bits of X11
_KEY_PRESS: Final = 2


class GlobalKey(QObject):
    """At most one combination at a time. Signals: `pressed()`."""

    pressed = Signal()

    def grab(self, keys: QKeySequence) -> bool:
        """Ask for this combination in place of the one before. Returns whether it was given.

        It takes a letter, a digit, Space or a function key, with Ctrl, Alt or Meta.
        """
        self.release()
        return can_be_global(keys) and self._grab(keys)

    def release(self) -> None:
        """Leave the combination to others."""

    def _grab(self, keys: QKeySequence) -> bool:
        raise NotImplementedError


def global_key(parent: QObject) -> GlobalKey | None:
    """The one of this platform; None where only the person can bind a key."""
    if sys.platform == "win32":
        return WindowsKey(parent)
    if QGuiApplication.platformName() == "xcb":
        return XKey.open(parent)
    return None


def _first(keys: QKeySequence) -> QKeyCombination:
    first: QKeyCombination = keys[0]  # type: ignore[index]  # which the stubs leave out
    return first


def can_be_global(keys: QKeySequence) -> bool:
    """Whether it is a letter, a digit, Space or a function key, with Ctrl, Alt or Meta."""
    if keys.count() != 1:
        return False
    key, modifiers = _first(keys).key(), _first(keys).keyboardModifiers()
    wanted = (
        Qt.KeyboardModifier.ControlModifier
        | Qt.KeyboardModifier.AltModifier
        | Qt.KeyboardModifier.MetaModifier
    )
    return bool(modifiers & wanted) and (
        Qt.Key.Key_A <= key <= Qt.Key.Key_Z
        or Qt.Key.Key_0 <= key <= Qt.Key.Key_9
        or Qt.Key.Key_F1 <= key <= Qt.Key.Key_F12
        or key == Qt.Key.Key_Space
    )


class _Cookie(ctypes.Structure):
    _fields_ = (("sequence", ctypes.c_uint),)


class _Screens(ctypes.Structure):
    _fields_ = (
        ("root", ctypes.POINTER(ctypes.c_uint32)),
        ("rem", ctypes.c_int),
        ("index", ctypes.c_int),
    )


class XKey(GlobalKey):
    """A grab on the root window, over a connection of its own."""

    def __init__(
        self, library: ctypes.CDLL, free: ctypes.CDLL, connection: int, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._library = library
        self._free = free
        self._connection = ctypes.c_void_p(connection)
        setup = library.xcb_get_setup(self._connection)
        self._root = int(library.xcb_setup_roots_iterator(setup).root[0])
        # Where `xcb_setup_t` has min_keycode and max_keycode.
        self._first_code, self._last_code = ctypes.string_at(setup + 34, 2)
        self._grabbed: list[tuple[int, int]] = []
        number = library.xcb_get_file_descriptor(self._connection)
        self._notifier = QSocketNotifier(number, QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._read)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.close)

    @classmethod
    def open(cls, parent: QObject) -> XKey | None:
        """None where libxcb or the display can't be reached."""
        try:
            library = ctypes.CDLL(ctypes.util.find_library("xcb") or "libxcb.so.1")
        except OSError:
            return None
        pointer, byte, cookie = ctypes.c_void_p, ctypes.c_uint8, _Cookie
        for name, result, arguments in (
            ("connect", pointer, [ctypes.c_char_p, pointer]),
            ("connection_has_error", ctypes.c_int, [pointer]),
            ("disconnect", None, [pointer]),
            ("flush", ctypes.c_int, [pointer]),
            ("get_file_descriptor", ctypes.c_int, [pointer]),
            ("get_setup", pointer, [pointer]),
            ("setup_roots_iterator", _Screens, [pointer]),
            ("get_keyboard_mapping", cookie, [pointer, byte, byte]),
            ("get_keyboard_mapping_reply", pointer, [pointer, cookie, pointer]),
            (
                "grab_key_checked",
                cookie,
                [pointer, byte, ctypes.c_uint32, ctypes.c_uint16, byte, byte, byte],
            ),
            (
                "ungrab_key",
                cookie,
                [pointer, byte, ctypes.c_uint32, ctypes.c_uint16],
            ),
            ("request_check", pointer, [pointer, cookie]),
            ("poll_for_event", pointer, [pointer]),
        ):
            function = getattr(library, f"xcb_{name}")
            function.restype, function.argtypes = result, arguments
        free = ctypes.CDLL(None)
        free.free.argtypes = [pointer]
        connection = library.xcb_connect(None, None)
        if library.xcb_connection_has_error(connection):
            library.xcb_disconnect(connection)
            return None
        return cls(library, free, connection, parent)

    def release(self) -> None:
        for code, modifiers in self._grabbed:
            self._library.xcb_ungrab_key(self._connection, code, self._root, modifiers)
        self._grabbed.clear()
        if self._connection.value:
            self._library.xcb_flush(self._connection)

    def close(self) -> None:
        """Leave the display. Nothing else is to be called then."""
        if self._connection.value:
            self._notifier.setEnabled(False)
            self._library.xcb_disconnect(self._connection)
            self._grabbed.clear()
            self._connection = ctypes.c_void_p()

    def _grab(self, keys: QKeySequence) -> bool:
        if not self._connection.value:
            return False
        code = self._code_of(_keysym(keys))
        if code is None:
            return False
        modifiers = _x_modifiers(keys)
        for locks in (0, _LOCK, _NUM_LOCK, _LOCK | _NUM_LOCK):  # which X11 counts as modifiers
            cookie = self._library.xcb_grab_key_checked(
                self._connection, 0, self._root, modifiers | locks, code, 1, 1
            )
            error = self._library.xcb_request_check(self._connection, cookie)
            if error:  # another program has it
                self._free.free(error)
                self.release()
                return False
            self._grabbed.append((code, modifiers | locks))
        return True

    def _code_of(self, keysym: int) -> int | None:
        """The key that writes a letter on this keyboard, without or with a modifier."""
        count = self._last_code - self._first_code + 1
        cookie = self._library.xcb_get_keyboard_mapping(self._connection, self._first_code, count)
        reply = self._library.xcb_get_keyboard_mapping_reply(self._connection, cookie, None)
        if not reply:
            return None
        per_code = ctypes.string_at(reply + 1, 1)[0]
        keysyms = (ctypes.c_uint32 * (count * per_code)).from_buffer_copy(
            ctypes.string_at(reply + 32, 4 * count * per_code)
        )
        self._free.free(reply)
        for column in range(min(per_code, 4)):
            for row in range(count):
                if keysyms[row * per_code + column] == keysym:
                    return int(self._first_code + row)
        return None

    def _read(self) -> None:
        is_pressed = False
        while event := self._library.xcb_poll_for_event(self._connection):
            is_pressed |= ctypes.string_at(event, 1)[0] & 0x7F == _KEY_PRESS
            self._free.free(event)
        if self._library.xcb_connection_has_error(self._connection):
            self.close()
        elif is_pressed:
            self.pressed.emit()


def _keysym(keys: QKeySequence) -> int:
    key = int(_first(keys).key())
    if key >= Qt.Key.Key_F1:
        return 0xFFBE + key - int(Qt.Key.Key_F1)
    return ord(chr(key).lower())


def _x_modifiers(keys: QKeySequence) -> int:
    modifiers = _first(keys).keyboardModifiers()
    bits = (
        (Qt.KeyboardModifier.ShiftModifier, _SHIFT),
        (Qt.KeyboardModifier.ControlModifier, _CONTROL),
        (Qt.KeyboardModifier.AltModifier, _ALT),
        (Qt.KeyboardModifier.MetaModifier, _SUPER),
    )
    return sum(bit for modifier, bit in bits if modifiers & modifier)


if sys.platform == "win32":

    class WindowsKey(GlobalKey):
        """RegisterHotKey, which tells the thread that asked."""

        _HOTKEY = 0x0312
        _NUMBER = 0x4348
        _NO_REPEAT = 0x4000

        def __init__(self, parent: QObject) -> None:
            super().__init__(parent)
            self._filter = _Messages(self)
            self._has_key = False

        def release(self) -> None:
            if self._has_key:
                ctypes.windll.user32.UnregisterHotKey(None, self._NUMBER)
                application = QCoreApplication.instance()
                if application is not None:
                    application.removeNativeEventFilter(self._filter)
                self._has_key = False

        def on_message(self, message: int) -> None:
            """A message of this thread."""
            content = wintypes.MSG.from_address(message)
            if content.message == self._HOTKEY and content.wParam == self._NUMBER:
                self.pressed.emit()

        def _grab(self, keys: QKeySequence) -> bool:
            key, modifiers = int(_first(keys).key()), _first(keys).keyboardModifiers()
            code = 0x70 + key - int(Qt.Key.Key_F1) if key >= Qt.Key.Key_F1 else key
            bits = (
                (Qt.KeyboardModifier.AltModifier, 1),
                (Qt.KeyboardModifier.ControlModifier, 2),
                (Qt.KeyboardModifier.ShiftModifier, 4),
                (Qt.KeyboardModifier.MetaModifier, 8),
            )
            wanted = self._NO_REPEAT | sum(bit for modifier, bit in bits if modifiers & modifier)
            if not ctypes.windll.user32.RegisterHotKey(None, self._NUMBER, wanted, code):
                return False
            application = QCoreApplication.instance()
            if application is not None:
                application.installNativeEventFilter(self._filter)
            self._has_key = True
            return True

    class _Messages(QAbstractNativeEventFilter):
        def __init__(self, key: WindowsKey) -> None:
            super().__init__()
            self._key = key

        def nativeEventFilter(
            self, kind: QByteArray | bytes | bytearray | memoryview, message: int
        ) -> tuple[bool, int]:
            self._key.on_message(int(message))
            return False, 0
