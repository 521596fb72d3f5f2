"""A short list of texts, each of them added and taken away by itself."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from chatapp.ui.i18n import Translated
from chatapp.ui.widgets.elided_label import ElidedLabel
from chatapp.ui.widgets.icon_button import IconButton

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chatapp.ui.theme import Appearance

_HEIGHT: Final = 28
_ESCAPES: Final = (("\\", "\\\\"), ("\n", "\\n"), ("\t", "\\t"), ("\r", "\\r"))


def spell(text: object) -> str:
    r"""A text in one line, as one can type it: “\n” is a new line."""
    words = str(text)
    for character, escape in _ESCAPES:
        words = words.replace(character, escape)
    return words


def unspell(words: str) -> str | None:
    """What was typed: the other way round. None for nothing."""
    meant = {escape: character for character, escape in _ESCAPES}
    text, place = "", 0
    while place < len(words):
        pair = words[place : place + 2]
        text += meant.get(pair, words[place])
        place += 2 if pair in meant else 1
    return text or None


class TextList(Translated, QWidget):
    """A line for each entry, and a field for one more.

    `read` makes an entry of what was typed, or None of what is none; `show` is its other way.

    Signals: `chosen(object)` with all entries as a tuple.
    """

    chosen = Signal(object)

    def __init__(
        self,
        appearance: Appearance,
        *,
        most: int,
        longest: int,
        read: Callable[[str], object] = unspell,
        show: Callable[[object], str] = spell,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._most = most
        self._read, self._say = read, show
        self._name = ""
        self._value: tuple[object, ...] | None = None
        self._automatic: tuple[object, ...] = ()
        self.removers: list[IconButton] = []
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self.field = QLineEdit()
        appearance.fit(self.field, lambda field: field.setFixedHeight(appearance.height(_HEIGHT)))
        self.field.setMaxLength(longest)
        self.field.returnPressed.connect(self._add)
        self.add = IconButton(appearance, "plus", "", designed_size=28, bordered=True)
        self.add.clicked.connect(self._add)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.field, 1)
        line.addWidget(self.add)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(self._rows)
        column.addLayout(line)
        self._translate()

    def set_value(self, value: Sequence[object] | None) -> None:
        """Show these without a signal; None for the automatic ones."""
        before, self._value = self._value, None if value is None else tuple(value)
        if self._value != before:
            self._fill()

    def set_automatic(self, value: Sequence[object]) -> None:
        """What it would be by itself."""
        if self._automatic != tuple(value):
            self._automatic = tuple(value)
            self._fill()

    def set_name(self, name: str, example: str = "") -> None:
        """What is listed."""
        self._name = name
        self.setAccessibleName(name)
        self.field.setPlaceholderText(example)
        self._translate()

    @property
    def entries(self) -> tuple[object, ...]:
        """What is shown."""
        return self._automatic if self._value is None else self._value

    def focusInEvent(self, event: QFocusEvent) -> None:
        # A proxy would be a stop of its own, at another place than its target.
        self.field.setFocus(event.reason())

    def _translate(self) -> None:
        name = self._name
        self.field.setAccessibleName(self.tr("Add to {name}").format(name=name))
        self.add.set_name(self.tr("Add"))
        self._fill()

    def _fill(self) -> None:
        had_keyboard = next((i for i, b in enumerate(self.removers) if b.hasFocus()), None)
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.removers = []
        for place, entry in enumerate(self.entries):
            self._rows.addWidget(self._row(place, self._say(entry)))
        # What is made late would have the keyboard last of all in the window.
        if self.removers:
            stops = (self._stop_before(), *self.removers, self.field, self.add)
            for first, second in pairwise(stop for stop in stops if stop is not None):
                QWidget.setTabOrder(first, second)
        is_full = len(self.entries) >= self._most
        self.field.setEnabled(not is_full)
        self.add.setEnabled(not is_full)
        if had_keyboard is not None:
            place = min(had_keyboard, len(self.removers) - 1)
            target = self.removers[place] if self.removers else self.field
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _stop_before(self) -> QWidget | None:
        """What has the keyboard before the first line, if there is anything else."""
        stop = self.field.previousInFocusChain()
        while stop is not None and stop is not self.field:
            if stop.focusPolicy() & Qt.FocusPolicy.TabFocus and not self.isAncestorOf(stop):
                return stop
            stop = stop.previousInFocusChain()
        return None

    def _row(self, place: int, words: str) -> QWidget:
        row = QWidget()
        appearance = self._appearance
        appearance.fit(row, lambda row: row.setFixedHeight(appearance.height(_HEIGHT)))
        # As it is typed, in a window from right to left too
        name = ElidedLabel(self._appearance, "body", text=f"\u200e{words}")
        remove = IconButton(
            self._appearance,
            "close",
            self.tr("Remove {entry}").format(entry=words),
            designed_size=24,
        )
        remove.clicked.connect(lambda: self._remove(place))
        self.removers.append(remove)
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(name, 1)
        line.addWidget(remove)
        return row

    def _add(self) -> None:
        entry = self._read(self.field.text())
        if entry is None or len(self.entries) >= self._most:
            return
        self.field.clear()
        if entry not in self.entries:
            self._change((*self.entries, entry))

    def _remove(self, place: int) -> None:
        self._change(self.entries[:place] + self.entries[place + 1 :])

    def _change(self, entries: tuple[object, ...]) -> None:
        self.set_value(entries)
        self.chosen.emit(entries)
