"""Which keys mean what: the person's own, conflicts between them, and how they are written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtGui import QKeySequence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.settings import Settings, SettingsFile
    from chatapp.ui.actions import Action, Actions

_PORTABLE = QKeySequence.SequenceFormat.PortableText
_MAC_MODIFIERS = "⌃⌥⇧⌘"
_ARROWS = {"Left": "←", "Right": "→", "Up": "↑", "Down": "↓"}
_USABLE = re.compile(r".*(Ctrl|Alt|Meta)\+.+|(Shift\+)?(F\d{1,2}|Esc)")
# What Shift, or another layout, makes of the same keys: no other keys to be told.
_SAME_KEYS = {"Ctrl+=": "Ctrl++", "Ctrl+Shift+:": "Ctrl+Shift+;", 'Ctrl+Shift+"': "Ctrl+Shift+'"}


@dataclass(frozen=True, slots=True)
class FixedKeys:
    """Keys that belong to a field or a list, so that no action may have them."""

    words: str
    keys: tuple[str, ...]

    @property
    def sequences(self) -> list[QKeySequence]:
        """The same, as Qt knows them."""
        return [QKeySequence(key) for key in self.keys]


def fixed_keys(*, enter_sends: bool = True) -> list[FixedKeys]:
    """What always means the same, in the order in which it is told."""
    send, line = "Return", "Shift+Return"
    if not enter_sends:
        send, line = "Ctrl+Return", "Return"
    translate = QCoreApplication.translate
    return [
        FixedKeys(translate("keys", "Send"), (send,)),
        FixedKeys(translate("keys", "New line"), (line,)),
        FixedKeys(translate("keys", "Earlier question, in an empty field"), ("Up",)),
        FixedKeys(translate("keys", "Paste as text"), ("Ctrl+Shift+V",)),
        FixedKeys(translate("keys", "Copy"), ("Ctrl+C",)),
        FixedKeys(translate("keys", "Cut"), ("Ctrl+X",)),
        FixedKeys(translate("keys", "Paste"), ("Ctrl+V",)),
        FixedKeys(translate("keys", "Undo"), ("Ctrl+Z",)),
        FixedKeys(translate("keys", "Redo"), ("Ctrl+Shift+Z", "Ctrl+Y")),
        FixedKeys(translate("keys", "Select all"), ("Ctrl+A",)),
        FixedKeys(translate("keys", "Previous message"), ("Alt+Up",)),
        FixedKeys(translate("keys", "Next message"), ("Alt+Down",)),
        FixedKeys(translate("keys", "Previous, next tab"), ("Ctrl+PgUp", "Ctrl+PgDown")),
    ]


class Keys(QObject):
    """Gives the actions their keys, from the settings where there are some, and keeps changes.

    Signals: `changed()` after any action got other keys.
    """

    changed = Signal()

    def __init__(self, actions: Actions, settings: SettingsFile) -> None:
        super().__init__(actions)
        self._actions = actions
        self._settings = settings
        self._applied: dict[str, str] = {}
        settings.subscribe(self._apply)
        self._apply(settings.current)

    def is_changed(self, action: Action) -> bool:
        """Whether it has other keys than it would have by itself."""
        return action.shortcuts() != action.default_keys

    def owner(self, sequence: QKeySequence, besides: Action) -> Action | FixedKeys | None:
        """Who has these keys already."""
        for fixed in fixed_keys(enter_sends=self._settings.current.enter_sends):
            if sequence in fixed.sequences:
                return fixed
        for action in self._actions.all():
            if action is not besides and sequence in action.shortcuts():
                return action
        return None

    def assign(self, action: Action, sequences: Sequence[QKeySequence]) -> None:
        """Give an action these keys, or none, and take them away from others.

        Raises what `SettingsFile.change` does; the keys hold until the program ends even then.
        """
        wanted = {action.id: list(sequences)}
        for other in self._actions.all():
            left = [keys for keys in other.shortcuts() if keys not in sequences]
            if other is not action and len(left) < len(other.shortcuts()):
                wanted[other.id] = left
        self._change(wanted)

    def reset(self, action: Action) -> None:
        """Give an action the keys that it has by itself, and take them away from others."""
        self.assign(action, action.default_keys)

    def reset_all(self) -> None:
        """Give all actions the keys that they have by themselves."""
        self._settings.change(shortcuts={})

    def _change(self, wanted: dict[str, list[QKeySequence]]) -> None:
        defaults = {action.id: action.default_keys for action in self._actions.all()}
        stored = dict(self._settings.current.shortcuts)
        for name, sequences in wanted.items():
            if sequences == defaults[name]:
                stored.pop(name, None)
            else:
                stored[name] = QKeySequence.listToString(sequences, _PORTABLE)
        self._settings.change(shortcuts=stored)

    def _apply(self, settings: Settings) -> None:
        stored = settings.shortcuts
        if stored == self._applied:
            return
        self._applied = dict(stored)
        for action in self._actions.all():
            action.setShortcuts(_sequences(stored.get(action.id), action.default_keys))
        self.changed.emit()


def _sequences(text: object, default: list[QKeySequence]) -> list[QKeySequence]:
    """What the settings say, which may be anything."""
    if not isinstance(text, str):
        return default
    if not text:
        return []
    found = [keys for keys in QKeySequence.listFromString(text, _PORTABLE) if is_usable(keys)]
    return found or default


def is_usable(sequence: QKeySequence) -> bool:
    """Whether keys can mean an action: what one types and what moves the keyboard can't."""
    chords = sequence.toString(_PORTABLE).split(", ")
    return all(_USABLE.fullmatch(chord) for chord in chords)


def told_keys(sequences: Sequence[QKeySequence]) -> list[QKeySequence]:
    """Those among them that are worth telling: each key once."""
    names = [keys.toString(_PORTABLE) for keys in sequences]
    told = zip(sequences, names, strict=True)
    return [keys for keys, name in told if _SAME_KEYS.get(name) not in names]


def key_caps(sequence: QKeySequence) -> list[str]:
    """The keys one by one as they are written on this platform's keyboards; for one chord."""
    text = sequence.toString(QKeySequence.SequenceFormat.NativeText)
    caps = []
    while len(text) > 1 and text[0] in _MAC_MODIFIERS:
        caps.append(text[0])
        text = text[1:]
    # The plus itself may be one of the keys.
    last = "+" if text.endswith("+") else text.rpartition("+")[2]
    modifiers = [cap for cap in text[: len(text) - len(last)].split("+") if cap]
    if last == QKeySequence("Return").toString(QKeySequence.SequenceFormat.NativeText):
        last = QCoreApplication.translate("keys", "Enter")  # as it is written on most keyboards
    for name, cap in _ARROWS.items():
        if last == QKeySequence(name).toString(QKeySequence.SequenceFormat.NativeText):
            last = cap
    return [*caps, *modifiers, last]
