"""The conversation as screen readers see it: a list of messages with their text and buttons.

Qt asks for all of this only while a screen reader runs. What Qt knows is deleted by its own cache
only, and never while it asks: its pointers would point nowhere.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QPoint, QRect, QRectF, QTimer
from PySide6.QtGui import (
    QAccessible,
    QAccessibleActionInterface,
    QAccessibleInterface,
)
from PySide6.QtWidgets import QAccessibleWidget, QWidget
from shiboken6 import Shiboken

from chatapp.ui.transcript.accessible_parts import AccessiblePart, AccessibleSpot
from chatapp.ui.transcript.accessible_text import MessageText
from chatapp.ui.transcript.narration import description_of, name_of
from chatapp.ui.transcript.spoken_text import SpokenText

if TYPE_CHECKING:
    from chatapp.ui.transcript.stage import Spot
    from chatapp.ui.transcript.view import TranscriptView

_KEPT: Final = 256  # messages that a reader asked for
_KEPT_TEXTS: Final = 8
_CLEANING_MS: Final = 5000

_Role = QAccessible.Role
_Text = QAccessible.Text
_Type = QAccessible.InterfaceType


def install_accessibility() -> None:
    """Let screen readers into the conversation. Once, before the first window is shown."""
    QAccessible.installFactory(_make_interface)


def _make_interface(class_name: str, owner: QObject) -> QAccessibleInterface | None:
    if class_name == "TranscriptView":
        from chatapp.ui.transcript.view import TranscriptView

        return owner.narration.conversation if isinstance(owner, TranscriptView) else None
    if class_name == "ModelCard":
        from chatapp.ui.models_page.model_card import ModelCard

        return owner.accessible if isinstance(owner, ModelCard) else None
    return None


class AccessibleConversation(QAccessibleWidget):
    """The list. Messages become interfaces when they are asked for; the last ones are kept."""

    def __init__(self, view: TranscriptView) -> None:
        super().__init__(view, _Role.List)
        self.view = view
        self._messages: OrderedDict[int, AccessibleMessage] = OrderedDict()
        self._texts: OrderedDict[int, SpokenText] = OrderedDict()
        self._is_open = True
        self._cleaning = QTimer(view, singleShot=True, interval=_CLEANING_MS)
        self._cleaning.timeout.connect(self.forget_old_ones)
        view.destroyed.connect(self._close)

    # What Qt asks

    def isValid(self) -> bool:
        return self._is_open

    def childCount(self) -> int:
        return self.view.message_count + len(self._widgets()) if self._is_open else 0

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        count = self.view.message_count if self._is_open else 0
        if 0 <= index < count:
            return self.message(index)
        widgets = self._widgets() if self._is_open else []
        if 0 <= index - count < len(widgets):
            return QAccessible.queryAccessibleInterface(widgets[index - count])
        return None

    def indexOfChild(self, child: QAccessibleInterface | None) -> int:
        if not self._is_open or child is None:
            return -1
        if isinstance(child, AccessibleMessage):
            row = child.row
            return -1 if row is None else row
        widgets = self._widgets()
        owner = child.object()
        return self.view.message_count + widgets.index(owner) if owner in widgets else -1

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        if not self._is_open:
            return None
        at = self.view.viewport().mapFromGlobal(QPoint(x, y))
        over = self.view.viewport().childAt(at)
        if over is not None:
            return QAccessible.queryAccessibleInterface(over)
        one = self.view.placed_at(at.y())
        inside = self.rect().contains(x, y)
        return self.message(one.row) if one is not None and inside else None

    def focusChild(self) -> QAccessibleInterface | None:  # type: ignore[override]
        if self._is_open and self.view.hasFocus():
            return self.focused()
        return super().focusChild()

    # What the messages ask

    @property
    def is_open(self) -> bool:
        """Whether the view is there."""
        return self._is_open

    def message(self, row: int) -> AccessibleMessage:
        """A message's interface."""
        number = self.view.message_id(row)
        found = self._messages.get(number)
        if found is None or not Shiboken.isValid(found):
            found = self._messages[number] = AccessibleMessage(self, number)
            if len(self._messages) > _KEPT and not self._cleaning.isActive():
                self._cleaning.start()
        self._messages.move_to_end(number)
        return found

    def known(self, number: int) -> AccessibleMessage | None:
        """A message's interface, by its id, if anybody asked for it."""
        return self._messages.get(number)

    def text_of(self, row: int) -> SpokenText:
        """What a message says, as it is shown now."""
        message, item = self.view.shown_message(row)
        is_open = self.view.shows_reasoning(message.id)
        found = self._texts.get(message.id)
        is_same = (
            found is not None
            and found.message is message
            and found.shows_reasoning == is_open
            and (item is None or found.is_of(item.column.blocks))
        )
        if found is None or not is_same:
            blocks = item.column.blocks if item is not None else self.view.blocks_of(row)
            found = self._texts[message.id] = SpokenText(message, blocks, shows_reasoning=is_open)
            if len(self._texts) > _KEPT_TEXTS:
                self._texts.popitem(last=False)
        self._texts.move_to_end(message.id)
        return found

    def focused(self) -> QAccessibleInterface:
        """Where the keyboard is: the list, a message or something in one."""
        row = self.view.focused_row
        if not 0 <= row < self.view.message_count:
            return self
        message = self.message(row)
        key = self.view.focused_spot
        return (message.spot(key) if key is not None else None) or message

    # Cleaning

    def forget_old_ones(self) -> None:
        """Delete the interfaces of messages that are gone, and of those not asked for lately."""
        if not self._is_open:
            return
        kept = self.view.focused_row
        for number, message in list(self._messages.items()):
            row = message.row
            if row is None or (len(self._messages) > _KEPT and row != kept):
                del self._messages[number]
                self._texts.pop(number, None)
                message.delete()

    def forget_gone_ones_soon(self) -> None:
        """The same, but never in the middle of a question."""
        if self._is_open:
            QTimer.singleShot(0, self.view, self.forget_old_ones)

    def _close(self) -> None:
        self._is_open = False
        for message in self._messages.values():
            message.delete()
        self._messages.clear()
        self._texts.clear()

    def _widgets(self) -> list[QWidget]:
        """What else lies in the list: the way to the end, and a message that is being edited."""
        return self.view.widgets_inside()


class AccessibleMessage(AccessiblePart):
    """A message: its name begins with who speaks; its text is all that a reader sees of it."""

    def __init__(self, conversation: AccessibleConversation, number: int) -> None:
        super().__init__(conversation)
        self.number = number
        self._text = MessageText(conversation, number)
        self._spots: dict[Hashable, AccessibleSpot] = {}
        self.told: str | None = None  # the text that readers were told of, if they were

    @property
    def row(self) -> int | None:
        """Where the message is; None when it is gone."""
        return self._view.row_of(self.number) if self._conversation.is_open else None

    def isValid(self) -> bool:
        return self.row is not None

    def parent(self) -> QAccessibleInterface | None:  # type: ignore[override]
        return self._conversation if self._conversation.is_open else None

    def role(self) -> QAccessible.Role:
        return _Role.ListItem

    def rect(self) -> QRect:
        row = self.row
        return QRect() if row is None else self._on_screen(self._view.message_rect(row))

    def state(self) -> QAccessible.State:
        state = QAccessible.State()
        row = self.row
        if row is None:
            state.invalid = 1
            return state
        view = self._view
        state.focusable = state.readOnly = state.multiLine = state.selectableText = 1
        state.focused = int(
            view.hasFocus() and (view.focused_row, view.focused_spot) == (row, None)
        )
        state.offscreen = int(not view.is_on_screen(row))
        state.invisible = int(not view.isVisible())
        state.busy = int(view.is_being_written(row))
        return state

    def text(self, kind: QAccessible.Text) -> str:
        row = self.row
        if row is None:
            return ""
        if kind is _Text.Name:
            return name_of(self._view, row)
        return description_of(self._view, row) if kind is _Text.Description else ""

    def interface_cast(self, kind: QAccessible.InterfaceType) -> Any:
        return self._text if kind is _Type.TextInterface else super().interface_cast(kind)

    def action_names(self) -> list[str]:
        names = QAccessibleActionInterface
        return [names.setFocusAction(), names.showMenuAction()]

    def _do(self, action: str) -> None:
        row = self.row
        if row is None:
            return
        self._view.focus_on(row)
        if action == QAccessibleActionInterface.showMenuAction():
            self._view.open_menu(row)

    # Its buttons

    def spots(self) -> list[tuple[Spot, QRectF]]:
        """What can be pressed, and where in the viewport."""
        row = self.row
        return [] if row is None else self._view.spots_of(row)

    def spot(self, key: Hashable) -> AccessibleSpot | None:
        """The interface of something to press; None when it isn't there."""
        if not any(spot.key == key for spot, _ in self.spots()):
            return None
        found = self._spots.get(key)
        if found is None or not Shiboken.isValid(found):
            found = self._spots[key] = AccessibleSpot(self._conversation, self, key)
        return found

    def childCount(self) -> int:
        return len(self.spots())

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        spots = self.spots()
        return self.spot(spots[index][0].key) if 0 <= index < len(spots) else None

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        if self.row is None:
            return None
        at = self._view.viewport().mapFromGlobal(QPoint(x, y))
        for spot, rect in self.spots():
            if rect.contains(at):
                return self.spot(spot.key)
        return None

    def indexOfChild(self, child: QAccessibleInterface | None) -> int:
        keys = [spot.key for spot, _ in self.spots()]
        is_here = isinstance(child, AccessibleSpot) and child.key in keys
        return keys.index(child.key) if is_here else -1  # type: ignore[union-attr]

    def focusChild(self) -> QAccessibleInterface | None:  # type: ignore[override]
        key = self._view.focused_spot if self._view.focused_row == self.row else None
        return self.spot(key) if key is not None else None

    def delete(self) -> None:
        for spot in self._spots.values():
            spot.delete()
        self._spots.clear()
        super().delete()
