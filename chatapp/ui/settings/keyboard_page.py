"""The keys of all actions, and other keys for them."""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from chatapp.errors import ChatappError
from chatapp.ui.actions import Action, Group
from chatapp.ui.global_key import can_be_global
from chatapp.ui.i18n import error_sentence
from chatapp.ui.keys import is_usable, told_keys
from chatapp.ui.settings.page import SettingsPage
from chatapp.ui.settings.search_words import search_words
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.icon_button import IconButton
from chatapp.ui.widgets.key_field import KeyField
from chatapp.ui.widgets.settings_row import SettingsRow

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatapp.settings import SettingsFile
    from chatapp.ui.actions import Actions
    from chatapp.ui.keys import Keys
    from chatapp.ui.quick_ask_key import QuickAskKey
    from chatapp.ui.theme import Appearance

_AT_ONCE = 6  # rows


class KeyboardPage(SettingsPage):
    """One row for each action. Keys that another action has are taken from it only on request."""

    def __init__(
        self,
        appearance: Appearance,
        settings: SettingsFile,
        actions: Actions,
        keys: Keys,
        quick_ask_key: QuickAskKey,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(appearance, settings, "", parent)
        self.title = self.tr("Keyboard")
        self._names |= {"shortcuts": self.title, "quick_ask_keys": self.tr("Quick ask")}
        self._keys = keys
        self._quick_ask_key = quick_ask_key
        self._rows: dict[str, _Row] = {}
        self._group: Group | None = None  # of the last row
        self._at_the_end: list[QWidget] = []
        # Choices are made in menus, in the palette and in the settings; few want keys.
        self._left = deque(a for a in actions.all() if a.actionGroup() is None or a.shortcuts())
        self._group_name = actions.group_name
        self._adding = QTimer(self, interval=0)
        self._adding.timeout.connect(self._add_some)
        self._adding.start()
        self._add_some()
        begun = self._column.count()
        self._add_group(self.tr("From anywhere"))
        self._add_quick_ask()
        last = (self._column.itemAt(n) for n in range(begun, self._column.count()))
        self._at_the_end += [widget for item in last if item and (widget := item.widget())]
        keys.changed.connect(self._refresh)

    def reset(self) -> None:
        super().reset()
        for row in self._rows.values():
            row.drop_warning()

    def row(self, action: Action) -> _Row:
        """The row of an action."""
        while action.id not in self._rows and self._left:
            self._add_some()
        return self._rows[action.id]

    def _add_some(self) -> None:
        """A few rows at a time: all at once would hold up whoever types meanwhile."""
        for _ in range(min(_AT_ONCE, len(self._left))):
            action = self._left.popleft()
            if action.group is not self._group:
                self._group = action.group
                self._add_group(self._group_name(action.group))
            self._rows[action.id] = row = _Row(self._appearance, action, self._keys, self._try)
            self._column.addWidget(row)
        for widget in self._at_the_end:
            self._column.removeWidget(widget)
            self._column.addWidget(widget)
        if not self._left:
            self._adding.stop()
            self.rows_added.emit()

    def _add_quick_ask(self) -> None:
        """The keys of the small window, which no other program may have."""
        name = self.tr("Quick ask")
        words = self.tr("Opens a small window for one question")
        if not self._quick_ask_key.is_possible:
            words = self.tr("Bind the command chatapp --quick-ask in the settings of the system")
        self.quick_ask = KeyField(self._appearance, name)
        self.quick_ask.setEnabled(self._quick_ask_key.is_possible)
        self.quick_ask_row = self._add_row(name, words, self.quick_ask, key="quick_ask_keys")
        self._bind("quick_ask_keys", self.quick_ask_row, self.quick_ask, self._show_quick_ask)
        self.quick_ask.recorded.connect(self._on_quick_ask)
        self._quick_ask_key.changed.connect(self._tell_if_taken)
        self._tell_if_taken()

    def _show_quick_ask(self, keys: str) -> None:
        self.quick_ask.set_sequences([QKeySequence(keys)] if keys else [])

    def _on_quick_ask(self, sequence: QKeySequence) -> None:
        row, portable = self.quick_ask_row, QKeySequence.SequenceFormat.PortableText
        if not sequence.isEmpty() and not can_be_global(sequence):
            words = self.tr("Use Ctrl or Alt with a letter, a digit, Space or a function key.")
            row.set_note(words, "warning")
            return
        self._keep(row, quick_ask_keys=sequence.toString(portable))

    def _tell_if_taken(self) -> None:
        is_taken = self._quick_ask_key.is_taken
        words = self.tr("Another program has these keys.") if is_taken else ""
        self.quick_ask_row.set_note(words, "warning")

    def _try(self, row: _Row, change: Callable[[], None]) -> None:
        for other in self._rows.values():
            other.drop_warning()
        try:
            change()
        except ChatappError as error:
            row.set_note(error_sentence(error))

    def _refresh(self) -> None:
        for row in self._rows.values():
            row.refresh()


class _Row(SettingsRow):
    """An action: its keys, the way back, and what to do about keys that are taken."""

    def __init__(
        self,
        appearance: Appearance,
        action: Action,
        keys: Keys,
        attempt: Callable[[_Row, Callable[[], None]], None],
    ) -> None:
        self._action = action
        self._keys = keys
        self._attempt = attempt
        self._wanted: QKeySequence | None = None
        self.take = Button(appearance, "", "text")
        self.field = KeyField(appearance, action.text())
        self.back = IconButton(appearance, "restore", "", designed_size=28)
        super().__init__(
            appearance,
            action.text(),
            "",
            [self.take, self.back, self.field],
            search_words=search_words("shortcuts"),
        )
        self.take.setText(self.tr("Use it here"))
        self.back.set_name(self.tr("Reset {action}").format(action=action.text()))
        self.take.hide()
        policy = self.back.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.back.setSizePolicy(policy)
        self.field.recorded.connect(self._on_recorded)
        self.take.clicked.connect(self._on_take)
        self.back.clicked.connect(self._on_back)
        self.refresh()

    def refresh(self) -> None:
        """Show the keys of now."""
        is_changed = self._keys.is_changed(self._action)
        self.field.set_sequences(told_keys(self._action.shortcuts()))
        self.set_changed(changed=is_changed)
        self.back.setVisible(is_changed)

    def drop_warning(self) -> None:
        """Say nothing more about keys that are taken."""
        self._wanted = None
        self.take.hide()
        self.set_note("")

    def _on_recorded(self, sequence: QKeySequence) -> None:
        if sequence.isEmpty():
            self._attempt(self, partial(self._keys.assign, self._action, ()))
            return
        words = sequence.toString(QKeySequence.SequenceFormat.NativeText)
        if not is_usable(sequence):
            self._attempt(self, lambda: None)
            self.set_note(self.tr("Use Ctrl, Alt or a function key."), "warning")
            return
        owner = self._keys.owner(sequence, self._action)
        if owner is None:
            self._attempt(self, partial(self._keys.assign, self._action, (sequence,)))
        elif isinstance(owner, Action):
            self._attempt(self, lambda: None)
            self._wanted = sequence
            text = self.tr("{keys} means “{action}”.")
            self.set_note(text.format(keys=words, action=owner.text()), "warning")
            self.take.show()
        else:
            self._attempt(self, lambda: None)
            text = self.tr("{keys} always means “{action}”.")
            self.set_note(text.format(keys=words, action=owner.words), "warning")

    def _on_take(self) -> None:
        wanted = self._wanted
        if wanted is not None:
            self.field.setFocus()
            self._attempt(self, partial(self._keys.assign, self._action, (wanted,)))

    def _on_back(self) -> None:
        self.field.setFocus()
        self._attempt(self, partial(self._keys.reset, self._action))
