"""Whether the system asks for less movement. Qt tells of its colours, but not of this."""

from __future__ import annotations

import ctypes
import subprocess
import sys
from typing import Any

_TIMEOUT = 1.0  # seconds
_ANIMATIONS = 0x1042  # SPI_GETCLIENTAREAANIMATION
_PORTAL, _PATH = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
# What desktops call it, and the value that means less movement.
_ASKED: tuple[tuple[str, str, object], ...] = (
    ("org.freedesktop.appearance", "reduced-motion", 1),
    ("org.gnome.desktop.interface", "enable-animations", False),
    ("org.kde.kdeglobals.KDE", "AnimationDurationFactor", "0"),
)


def system_reduces_motion() -> bool:
    """Ask the system, for a second at most; one without an answer wants movement."""
    if sys.platform == "win32":
        return _windows_reduces()
    if sys.platform == "darwin":
        return _macos_reduces()
    return _portal_reduces()


def _windows_reduces() -> bool:
    animates = ctypes.c_int(1)
    system: Any = getattr(ctypes, "windll").user32  # noqa: B009 - it is only on Windows
    system.SystemParametersInfoW(_ANIMATIONS, 0, ctypes.byref(animates), 0)
    return not animates.value


def _macos_reduces() -> bool:
    command = ["/usr/bin/defaults", "read", "com.apple.universalaccess", "reduceMotion"]
    try:
        told = subprocess.run(
            command, capture_output=True, text=True, timeout=_TIMEOUT, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return told.stdout.strip() == "1"


def _portal_reduces() -> bool:
    try:
        from jeepney.io.blocking import open_dbus_connection  # the keyring brings it along
    except ImportError:
        return False
    try:
        with open_dbus_connection("SESSION") as bus:
            return any(_read(bus, space, key) == less for space, key, less in _ASKED)
    except Exception:  # noqa: BLE001 - no bus, no portal, or one that says something else
        return False


def _read(bus: Any, space: str, key: str) -> object:
    """A setting of the desktop, None when it is not there."""
    from jeepney import DBusAddress, MessageType, new_method_call

    address = DBusAddress(_PATH, bus_name=_PORTAL, interface="org.freedesktop.portal.Settings")
    message = new_method_call(address, "Read", "ss", (space, key))
    reply = bus.send_and_get_reply(message, timeout=_TIMEOUT)
    if reply.header.message_type is not MessageType.method_return:
        return None
    value = reply.body[0]
    while isinstance(value, tuple):  # a variant in a variant: its signature and what is in it
        value = value[-1]
    return value
