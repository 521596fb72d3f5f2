"""What the transcript asks of a message's widget, whoever wrote the message."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from chatapp.ui.transcript.text_pane import TextPane

if TYPE_CHECKING:
    from chatapp.chat.events import AnswerProgress
    from chatapp.domain.conversation import Message

# A long text is shown in pieces, so that no message holds up the window.
FIRST_PIECE = 16_000
NEXT_PIECE = 64_000


class MessageView(QWidget):
    """One message. Widths include `OVERHANG` at both sides of the column.

    Signals: `selection_started(TextPane)`; `resized()` when it needs another height.
    """

    selection_started = Signal(TextPane)
    resized = Signal()

    @abstractmethod
    def set_message(self, message: Message, progress: AnswerProgress | None) -> None:
        """Show a message, or another state of it. `arrange` must follow."""

    @abstractmethod
    def arrange(self, width: int) -> int:
        """Lay out for a width. Returns the height."""

    @abstractmethod
    def recolor(self) -> None:
        """Other colours are in force."""

    def set_last(self, *, is_last: bool) -> None:
        """Whether it is the last message."""

    def set_busy(self, *, is_busy: bool) -> None:
        """Whether an answer is being written, so that no other can be asked for."""
