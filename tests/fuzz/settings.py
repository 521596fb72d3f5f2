"""The settings file as anybody may have left it, and exported settings from anybody."""

from __future__ import annotations

import contextlib
import json
import random
from collections.abc import Iterator
from dataclasses import fields

from chatapp.errors import AddressInvalid, SettingsUnusable
from chatapp.hub.access import access_from
from chatapp.settings import DEFAULTS, LARGEST_EXPORT, NAMES, Settings, SettingsFile
from tests.fuzz.harness import Target
from tests.fuzz.mutations import as_bytes, damage, strange_json

_MARK = "chatapp_settings"
_FULL = {
    **{name: getattr(DEFAULTS, name) for name in NAMES},
    "theme": "dark",
    "language": "zh_CN",
    "accent": "#336699",
    "hub_endpoint": "https://hub.example",
    "proxy": "socks5://proxy.example:1080",
    "window_geometry": "normal 10 20 1200 800 eDP-1",
    "opened_folders": "1 2 3",
    "shortcuts": {"conversation.new": "Ctrl+J", "palette.open": ""},
    "recent_actions": "conversation.new application.settings",
    "from_the_future": {"a": [1, 2]},
}
# What no file of others may do: let connections out, or have others trusted.
_NEVER = frozenset({"ca_file", "check_for_updates", "model_path"})


class SettingsFiles(Target[bytes]):
    """As a file of one's own and as an imported one."""

    def case(self, source: random.Random) -> bytes:
        if source.random() < 0.2:
            data = bytearray(json.dumps(_FULL).encode())
            for _ in range(source.choice((1, 2, 5))):
                damage(data, source)
            return bytes(data)
        value = strange_json(_FULL, source, source.choice((1, 3, 10)))
        if source.random() < 0.5:
            value = strange_json({_MARK: 1, "settings": value}, source, source.choice((0, 1)))
        return as_bytes(value, source)

    def hard_cases(self) -> Iterator[bytes]:
        yield b"[" * 1_000_000
        yield b'{"a":' * 100_000 + b"1" + b"}" * 100_000
        yield b'{"a":' * 900 + b"1" + b"}" * 900
        yield b'{"a":' + b"[" * 900 + b"]" * 900 + b"}"
        yield b'{"text_zoom": ' + b"9" * 1_000_000 + b"}"
        yield json.dumps({"shortcuts": {str(key): "x" * 4_000 for key in range(500)}}).encode()
        yield json.dumps({str(key): key for key in range(100_000)}).encode()
        yield json.dumps({_MARK: 1, "settings": {"proxy": "\u202e" * 300_000}}).encode()

    def check(self, case: bytes) -> str:
        path = self.folder / "settings.json"
        path.write_bytes(case)
        file = SettingsFile(path)
        kind = "damaged" if file.damaged is not None else "read"
        _check_types(file.current)
        _use(file.current)
        other = "light" if file.current.theme == "dark" else "dark"
        file.change(theme=other)
        again = SettingsFile(path)
        assert again.damaged is None, "what was written can't be read"
        assert _told(again.current) == _told(file.current), "what was written is something else"
        exported = again.export().encode()
        if len(exported) <= LARGEST_EXPORT:
            own = again.read_export(exported, "own")
            assert not own.left_out, own.left_out
            assert not own.changes, own.changes
        return f"{kind} {self._import(case)}"

    def _import(self, case: bytes) -> str:
        path = self.folder / "others.json"
        path.unlink(missing_ok=True)
        file = SettingsFile(path)
        file.change(offline=True)
        try:
            imported = file.read_export(case, "theirs")
        except SettingsUnusable:
            return "not exported"
        values = {change.name: change.after for change in imported.changes}
        assert not _NEVER.intersection(values), values
        assert values.get("offline", True), "connections were turned on"
        proxy = str(values.get("proxy", ""))
        assert "@" not in proxy or "://" not in proxy, "a password came along"
        file.change(**values)
        _check_types(file.current)
        _use(file.current)
        assert _told(SettingsFile(path).current) == _told(file.current), values
        return "changes" if values else "no changes"


def _check_types(settings: Settings) -> None:
    for one in fields(Settings):
        value, default = getattr(settings, one.name), getattr(DEFAULTS, one.name)
        assert type(value) is type(default), f"{one.name}: {value!r}"


def _told(settings: Settings) -> str:
    """To compare: a number that is none is never equal to itself."""
    return repr(settings)


def _use(settings: Settings) -> None:
    with contextlib.suppress(AddressInvalid):
        access_from(settings)


TARGET = SettingsFiles
