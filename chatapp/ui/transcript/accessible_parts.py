"""What messages and buttons have in common for screen readers, and the buttons themselves.

`interface_cast` answers with a null pointer where there is nothing: None or the base class's answer
end the process.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QRect, QRectF, QTimer
from PySide6.QtGui import (
    QAccessible,
    QAccessibleActionInterface,
    QAccessibleInterface,
    QWindow,
)
from shiboken6 import Shiboken

if TYPE_CHECKING:
    from chatapp.ui.transcript.accessible import AccessibleConversation, AccessibleMessage
    from chatapp.ui.transcript.stage import Spot
    from chatapp.ui.transcript.view import TranscriptView

_Role = QAccessible.Role
_Text = QAccessible.Text
_Type = QAccessible.InterfaceType


class AccessiblePart(QAccessibleInterface):
    """What messages and buttons have in common."""

    def __init__(self, conversation: AccessibleConversation) -> None:
        super().__init__()
        self._conversation = conversation
        self._actions: _Actions | None = None

    @property
    def _view(self) -> TranscriptView:
        return self._conversation.view

    def object(self) -> QObject | None:  # type: ignore[override]
        return None

    def window(self) -> QWindow | None:  # type: ignore[override]
        if not self._conversation.is_open:
            return None
        return self._view.window().windowHandle()

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        return None

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        return None

    def childCount(self) -> int:
        return 0

    def indexOfChild(self, child: QAccessibleInterface | None) -> int:
        return -1

    def focusChild(self) -> QAccessibleInterface | None:  # type: ignore[override]
        return None

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        """Nothing can be written here."""

    def interface_cast(self, kind: QAccessible.InterfaceType) -> Any:
        if kind is _Type.ActionInterface:
            if self._actions is None:
                self._actions = _Actions(self)
            return self._actions
        return Shiboken.VoidPtr(0)

    def action_names(self) -> list[str]:
        """What can be done here, in Qt's names."""
        return [QAccessibleActionInterface.setFocusAction()]

    def do(self, action: str) -> None:
        """Do one of these, soon: whatever opens must not keep the asking program waiting."""
        if action in self.action_names() and self._conversation.is_open:
            QTimer.singleShot(0, self._view, lambda: self._do(action))

    def _do(self, action: str) -> None: ...

    def delete(self) -> None:
        """Let Qt forget it."""
        if Shiboken.isValid(self):
            QAccessible.deleteAccessibleInterface(QAccessible.uniqueId(self))

    def _on_screen(self, rect: QRectF) -> QRect:
        at = self._view.viewport().mapToGlobal(rect.topLeft().toPoint())
        return QRect(at, rect.size().toSize())


class AccessibleSpot(AccessiblePart):
    """A button, or a link in the text."""

    def __init__(
        self, conversation: AccessibleConversation, message: AccessibleMessage, key: Hashable
    ) -> None:
        super().__init__(conversation)
        self.key = key
        self._message = message

    def _found(self) -> tuple[Spot, QRectF] | None:
        for spot, rect in self._message.spots():
            if spot.key == self.key:
                return spot, rect
        return None

    def isValid(self) -> bool:
        return self._found() is not None

    def parent(self) -> QAccessibleInterface | None:  # type: ignore[override]
        return self._message if self._conversation.is_open else None

    def role(self) -> QAccessible.Role:
        found = self._found()
        return _Role.Link if found is not None and found[0].kind == "link" else _Role.Button

    def rect(self) -> QRect:
        found = self._found()
        return QRect() if found is None else self._on_screen(found[1])

    def state(self) -> QAccessible.State:
        state = QAccessible.State()
        found = self._found()
        if found is None:
            state.invalid = 1
            return state
        spot, view = found[0], self._view
        row = self._message.row
        state.disabled = int(not spot.is_enabled)
        state.focusable = int(spot.is_enabled)
        is_at = (view.focused_row, view.focused_spot) == (row, spot.key)
        state.focused = int(view.hasFocus() and is_at)
        state.offscreen = int(row is None or not view.is_on_screen(row))
        state.linked = int(spot.kind == "link")
        if spot.kind == "toggle":
            state.checkable, state.checked = 1, int(spot.is_on)
        if spot.kind == "opener":
            is_open = view.is_toggled(spot.key)
            state.expandable, state.expanded, state.collapsed = 1, int(is_open), int(not is_open)
        return state

    def text(self, kind: QAccessible.Text) -> str:
        found = self._found()
        return found[0].name if found is not None and kind is _Text.Name else ""

    def action_names(self) -> list[str]:
        found = self._found()
        if found is None or not found[0].is_enabled:
            return []
        names = QAccessibleActionInterface
        press = names.toggleAction() if found[0].kind == "toggle" else names.pressAction()
        return [press, names.setFocusAction()]

    def _do(self, action: str) -> None:
        row = self._message.row
        found = self._found()
        if row is None or found is None or not found[0].is_enabled:
            return
        if action == QAccessibleActionInterface.setFocusAction():
            self._view.focus_on(row, self.key)
            return
        # What comes of it must be seen, and a menu needs a place.
        self._view.show_row(row)
        found[0].act()


class _Actions(QAccessibleActionInterface):
    """What can be done with a message or a button."""

    def __init__(self, part: AccessiblePart) -> None:
        super().__init__()
        self._part = part

    def actionNames(self) -> list[str]:
        return self._part.action_names()

    def doAction(self, name: str) -> None:
        self._part.do(name)

    def keyBindingsForAction(self, name: str) -> list[str]:
        return []
