"""What is written already and sent when the answer ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from chatapp.ui.i18n import Translated
from chatapp.ui.widgets.bounded_area import BoundedArea
from chatapp.ui.widgets.elided_label import ElidedLabel
from chatapp.ui.widgets.icon_button import IconButton
from chatapp.ui.widgets.icon_label import IconLabel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.chat.events import Queued
    from chatapp.ui.theme import Appearance

_MOST_HEIGHT: Final = 126  # four rows and a half
_ROW: Final = 28
_SHOWN: Final = 300  # characters: more than fits


class QueueList(Translated, QWidget):
    """One quiet row for each message that waits, the next one first.

    Signals: `edit_requested(int)` and `remove_requested(int)` with the message's ticket;
    `send_requested()` where the queue is held.
    """

    send_requested = Signal()
    edit_requested = Signal(int)
    remove_requested = Signal(int)

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self._rows: list[QWidget] = []
        self._buttons: list[IconButton] = []
        self._queue: tuple[Queued, ...] = ()
        self._is_held = False
        self._content = content = QWidget()
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._area = BoundedArea(appearance, content, _MOST_HEIGHT)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._area)
        self.hide()
        self._translate()
        appearance.resized.connect(self._fit)

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """Where the keyboard stops, in order."""
        return tuple(self._buttons)

    def set_queue(self, queue: Sequence[Queued], *, is_held: bool) -> None:
        """Show these messages; `is_held`: they are not sent by themselves."""
        self._queue, self._is_held = tuple(queue), is_held
        for row in self._rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._buttons = []
        self._rows = [self._row(*item, is_held=is_held) for item in enumerate(queue)]
        for row in self._rows:
            self._column.addWidget(row)
        self._fit()
        self.setVisible(bool(self._rows))

    def _fit(self) -> None:
        self._area.fit(len(self._rows) * self._appearance.height(_ROW))

    def _translate(self) -> None:
        self._content.setAccessibleName(self.tr("Messages that wait"))
        self.set_queue(self._queue, is_held=self._is_held)

    def _row(self, number: int, queued: Queued, *, is_held: bool) -> QWidget:
        text = " ".join(queued.text[:_SHOWN].split())
        if queued.attachments:
            names = ", ".join(attachment.name for attachment in queued.attachments)
            text = f"{text} · {names}" if text else names
        if number:
            pattern = self.tr("Then: {text}")
        elif is_held:
            pattern = self.tr("Not sent yet: {text}")
        else:
            pattern = self.tr("Next: {text}")
        words = ElidedLabel(self._appearance, "small", "text_muted", text=pattern.format(text=text))
        words.setAccessibleName(words.text())
        ticket = queued.ticket
        edit = IconButton(self._appearance, "pencil", self.tr("Edit"), designed_size=24)
        edit.clicked.connect(lambda: self.edit_requested.emit(ticket))
        remove = IconButton(self._appearance, "close", self.tr("Remove"), designed_size=24)
        remove.clicked.connect(lambda: self.remove_requested.emit(ticket))
        buttons = [edit, remove]
        if is_held and not number:
            send = IconButton(self._appearance, "arrow-up", self.tr("Send now"), designed_size=24)
            send.clicked.connect(self.send_requested)
            buttons.insert(0, send)
        self._buttons += buttons
        row = QWidget()
        appearance = self._appearance
        appearance.fit(row, lambda row: row.setFixedHeight(appearance.height(_ROW)))
        layout = QHBoxLayout(row)
        layout.setContentsMargins(4, 0, 4, 0)
        layout.setSpacing(4)
        layout.addWidget(IconLabel(self._appearance, "clock", "text_faint", size=14))
        layout.addSpacing(4)
        layout.addWidget(words, 1)
        for button in buttons:
            # By name alone a screen reader could not tell one row from the other.
            button.setAccessibleDescription(text)
            layout.addWidget(button)
        return row
