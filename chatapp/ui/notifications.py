"""Tells through the desktop that a long answer has ended while something else was in front.

On Linux `notify-send` does it where it is installed, for desktops without a place for icons, too;
elsewhere the icon in the tray. Neither is given a word of the answer: other programs keep what is
told this way. Nor is the title of a conversation that leaves no trace.
"""

from __future__ import annotations

import logging
import shutil
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QObject, QProcess, Signal

from chatapp.chat.events import AnswerEnded, AnswerStarted, ConversationChanged, SessionEvent
from chatapp.domain.conversation import Conversation, MessageStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatapp.settings import SettingsFile
    from chatapp.ui.tray import Tray

logger = logging.getLogger(__name__)

LONG: Final = 10.0  # seconds that an answer took
_LONGEST_TITLE: Final = 80  # characters
_CLICKED: Final = "default"


@dataclass(slots=True)
class _Running:
    conversation: Conversation
    since: float


class Notifications(QObject):
    """Follows the answers.

    Signals: `opened(int)` with a conversation when somebody clicked on what was told of it.
    """

    opened = Signal(int)

    def __init__(
        self,
        settings: SettingsFile,
        tray: Tray,
        is_in_front: Callable[[], bool],
        parent: QObject,
        *,
        at_least: float = LONG,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._tray = tray
        self._is_in_front = is_in_front
        self._at_least = at_least
        self._running: dict[int, _Running] = {}
        self._senders: set[_Sender] = set()

    def on_session_event(self, event: SessionEvent) -> None:
        """On the main thread."""
        match event:
            case AnswerStarted(conversation=conversation, answer=answer):
                self._running[answer.id] = _Running(conversation, time.monotonic())
            case ConversationChanged(conversation=conversation):
                for running in self._running.values():
                    if running.conversation.id == conversation.id:
                        running.conversation = conversation
            case AnswerEnded(message=message):
                running_one = self._running.pop(message.id, None)
                if running_one is not None:
                    self._on_ended(running_one, message.status)

    def stop(self) -> None:
        """End what still waits for a click."""
        for sender in tuple(self._senders):
            sender.stop()

    def _on_ended(self, running: _Running, status: MessageStatus) -> None:
        is_long = time.monotonic() - running.since >= self._at_least
        is_news = status in {MessageStatus.COMPLETE, MessageStatus.FAILED}
        if not is_long or not is_news or not self._settings.current.notify or self._is_in_front():
            return
        if status is MessageStatus.COMPLETE:
            text = self.tr("The answer is complete.")
        else:
            text = self.tr("The answer could not be completed.")
        conversation = running.conversation
        self._tell(_title(conversation), text, lambda: self.opened.emit(conversation.id))

    def _tell(self, title: str, text: str, on_click: Callable[[], None]) -> None:
        program = shutil.which("notify-send") if sys.platform.startswith("linux") else None
        if program is None:
            self._tray.show_message(title, text, on_click)
            return
        sender = _Sender(program, title, text, on_click, self)
        self._senders.add(sender)
        sender.ended.connect(lambda: self._senders.discard(sender))
        sender.start()


class _Sender(QObject):
    """One run of notify-send, which waits for the click; old ones can't, and are asked again."""

    ended = Signal()

    def __init__(
        self, program: str, title: str, text: str, on_click: Callable[[], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._program = program
        self._words = ["--", title, text]
        self._on_click = on_click
        self._can_wait = True
        self._is_stopped = False
        self._process = QProcess(self)
        self._process.finished.connect(self._on_finished)
        self._process.errorOccurred.connect(self._on_error)

    def start(self) -> None:
        options = ["--app-name=Chatapp", "--icon=chatapp"]
        if self._can_wait:
            action = QCoreApplication.translate("Notifications", "Open")
            options.append(f"--action={_CLICKED}={action}")
        self._process.start(self._program, [*options, *self._words])

    def stop(self) -> None:
        self._is_stopped = True
        self._process.kill()
        self._process.waitForFinished(1000)

    def _on_finished(self, code: int) -> None:
        said = bytes(self._process.readAllStandardOutput().data()).split()
        if self._is_stopped:
            self._end()
        elif code and self._can_wait:
            self._can_wait = False
            self.start()
        else:
            if code:
                logger.info("notify-send ended with code %d", code)
            self._end()
            if _CLICKED.encode() in said:
                self._on_click()

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            logger.info("notify-send can't be started: %s", self._process.errorString())
            self._end()

    def _end(self) -> None:
        self.ended.emit()
        self.deleteLater()


def _title(conversation: Conversation) -> str:
    if conversation.is_temporary:
        return "Chatapp"
    title = " ".join(conversation.title.split())
    return title[:_LONGEST_TITLE] or "Chatapp"
