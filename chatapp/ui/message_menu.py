"""The menu of one message: all that a person can do with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from chatapp.domain.conversation import Message, MessageStatus, Opinion, Role
from chatapp.ui.transcript.answer_state import can_continue

if TYPE_CHECKING:
    from chatapp.domain.model import ModelFile
    from chatapp.ui.icons import IconName
    from chatapp.ui.theme import Appearance

_ICON: Final = 16


class Command(StrEnum):
    """What can be done with a message."""

    COPY = "copy"
    COPY_PLAIN = "copy as plain text"
    READ_ALOUD = "read aloud"
    EDIT = "edit"
    TRY_AGAIN = "try again"
    CONTINUE = "continue"
    BRANCH = "branch"
    GOOD = "good"
    BAD = "bad"
    NOTE = "note"
    DETAILS = "details"
    RUN_EXACTLY = "run again exactly"
    PIN = "keep in the window"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What decides which commands can be given now."""

    is_last: bool
    is_busy: bool  # an answer is being written in this conversation
    model: ModelFile | None
    is_read: bool | None = None  # aloud, now; None where nothing can speak


class MessageMenu(QMenu):
    """Shows the commands for a message; what can't be done now says why in its tooltip."""

    def __init__(
        self,
        appearance: Appearance,
        message: Message,
        around: Surroundings,
        act: Callable[[Command], None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._message = message
        self._around = around
        self._act = act
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setToolTipsVisible(True)
        if message.role is Role.ASSISTANT:
            self._add_for_answer()
        elif message.role is Role.SUMMARY:
            self._add(Command.COPY, self.tr("Copy"), "copy")
            self._add(Command.EDIT, self.tr("Edit…"), "pencil", self._busy())
        else:
            self._add(Command.COPY, self.tr("Copy"), "copy")
            self._add(Command.EDIT, self.tr("Edit…"), "pencil", self._no_answer_now())
            self._add(Command.TRY_AGAIN, self.tr("Try again"), "refresh", self._no_answer_now())
            self._add(Command.BRANCH, self.tr("Branch into a new conversation"), "branch")
        if message.role is not Role.SUMMARY:
            self.addSeparator()
            icon: IconName = "check" if message.pinned else "pin"
            pin = self._add(Command.PIN, self.tr("Keep in the window"), icon)
            pin.setCheckable(True)
            pin.setChecked(message.pinned)
        self.addSeparator()
        self._add(Command.DELETE, self.tr("Delete"), "trash")

    def _add_for_answer(self) -> None:
        message = self._message
        has_text = bool(message.text)
        busy = self._no_answer_now()
        empty = "" if has_text else self.tr("There is no text yet")
        self._add(Command.COPY, self.tr("Copy"), "copy", empty)
        self._add(Command.COPY_PLAIN, self.tr("Copy as plain text"), None, empty)
        if self._around.is_read is not None:
            is_read = self._around.is_read
            words = self.tr("Stop reading") if is_read else self.tr("Read aloud")
            self._add(Command.READ_ALOUD, words, "stop" if is_read else "play", empty)
        self._add(Command.EDIT, self.tr("Edit…"), "pencil", empty or self._busy())
        self.addSeparator()
        self._add(Command.TRY_AGAIN, self.tr("Try again"), "refresh", busy)
        if self._around.is_last:
            done = "" if can_continue(message) else self.tr("There is nothing to continue")
            self._add(Command.CONTINUE, self.tr("Continue"), "continue", busy or done)
        self._add(Command.BRANCH, self.tr("Branch into a new conversation"), "branch")
        self.addSeparator()
        opinion = message.rating.opinion if message.rating is not None else None
        unfinished = message.status is MessageStatus.GENERATING
        wait = self.tr("This answer is still being written") if unfinished else ""
        icons: tuple[IconName, IconName] = ("like", "dislike")
        for command, words, icon, one in (
            (Command.GOOD, self.tr("Good answer"), icons[0], Opinion.LIKED),
            (Command.BAD, self.tr("Bad answer"), icons[1], Opinion.DISLIKED),
        ):
            is_chosen = opinion is one
            action = self._add(command, words, "check" if is_chosen else icon, wait)
            action.setCheckable(True)
            action.setChecked(is_chosen)
        self._add(Command.NOTE, self.tr("Note…"), None, wait)
        self.addSeparator()
        self._add(Command.DETAILS, self.tr("Details…"), "info")
        self._add(
            Command.RUN_EXACTLY,
            self.tr("Run again exactly"),
            None,
            why_not_exactly(message, self._around) or "",
        )

    def _busy(self) -> str:
        return self.tr("Another answer is being written") if self._around.is_busy else ""

    def _no_answer_now(self) -> str:
        """Why no answer can be asked for; empty when one can."""
        if self._around.model is None:
            return self.tr("Choose a model first")
        return self._busy()

    def _add(
        self, command: Command, text: str, icon: IconName | None = None, reason: str = ""
    ) -> QAction:
        """A command; with a `reason` it can't be given."""
        action = self.addAction(text, lambda: self._act(command))
        action.setData(str(command))
        if icon is not None:
            theme = self._appearance.theme
            action.setIcon(
                self._appearance.icons.icon(icon, _ICON, theme.text_muted, theme.text_disabled)
            )
        if reason:
            action.setEnabled(False)
            action.setToolTip(reason)
        return action


def why_not_exactly(message: Message, around: Surroundings) -> str | None:
    """Why an answer can't be made again exactly as it was, or None when it can."""
    translate = QCoreApplication.translate
    origin = message.origin
    if origin is None or origin.seed is None or message.is_edited:
        return translate("MessageMenu", "It is not known how this answer was made")
    if around.model is None or around.model.path != origin.model_path:
        name = f"{origin.model_name} {origin.quantization}".strip()
        words = translate("MessageMenu", "It was made by {model}: choose that model first")
        return words.format(model=name)
    if around.is_busy:
        return translate("MessageMenu", "Another answer is being written")
    return None
