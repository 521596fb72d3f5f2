"""Buttons that show an icon only, and say in a tooltip what they do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QAction, QEnterEvent, QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CONTROL, Appearance
from chatapp.ui.widgets.checkable import Checkable
from chatapp.ui.widgets.focus_ring import FocusRing

if TYPE_CHECKING:
    from chatapp.ui.icons import IconName


class IconButton(Checkable):
    """A square button: 32 in toolbars, 28 under messages, 24 in code headers.

    `name` is what it does, for the tooltip and for screen readers. The shortcut is only told, not
    bound: actions own their keys.
    """

    def __init__(
        self,
        appearance: Appearance,
        icon: IconName,
        name: str,
        shortcut: QKeySequence | None = None,
        *,
        designed_size: int = 32,
        bordered: bool = False,
        checkable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._icon = icon
        self._designed_size = designed_size
        self._action: QAction | None = None  # that does the same
        self._bordered = bordered
        self.setCheckable(checkable)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._ring = FocusRing(appearance, self, RADIUS_CONTROL)
        self.set_name(name, shortcut)
        appearance.changed.connect(self.update)

    def set_name(self, name: str, shortcut: QKeySequence | None = None) -> None:
        """Say anew what the button does."""
        if self._action is not None:
            shortcut = self._action.shortcut()
        self.setAccessibleName(name)
        if shortcut is None or shortcut.isEmpty():
            self.setToolTip(name)
        else:
            keys = shortcut.toString(QKeySequence.SequenceFormat.NativeText)
            self.setToolTip(f"{name} ({keys})")

    def show_keys_of(self, action: QAction) -> None:
        """Tell the keys of the action that does the same, also when they change."""
        self._action = action
        action.changed.connect(self._on_action_changed)
        self._on_action_changed()

    def set_icon(self, icon: IconName) -> None:
        """Show another icon."""
        self._icon = icon
        self.update()

    def _on_action_changed(self) -> None:
        self.set_name(self.accessibleName())

    def sizeHint(self) -> QSize:
        edge = self._appearance.height(self._designed_size)
        return QSize(edge, edge)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Qt leaves Return to the default button of a dialog, which these are not.
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        painter = QPainter(self)
        active = self.underMouse() or self.isDown()
        fill = theme.surface_raised if self._bordered else None
        color = theme.text if active or self._bordered else theme.text_muted
        if not self.isEnabled():
            color = theme.text_disabled
        elif self.isDown():
            fill = theme.pressed
        elif self.isChecked():
            fill, color = theme.selected, theme.accent_text
        elif self.underMouse():
            fill = theme.hover
        border = theme.border_strong if self._bordered else None
        if fill is not None or border is not None:
            paint_box(painter, self.rect(), RADIUS_CONTROL, fill=fill, border=border)
        edge = self._appearance.icon_size(16)
        at = QPoint((self.width() - edge) // 2, (self.height() - edge) // 2)
        self._appearance.icons.paint(painter, self._icon, at, edge, color)


class ActionButton(IconButton):
    """Does what an action does, and is as it is: name, keys, enabled, checked."""

    def __init__(self, appearance: Appearance, icon: IconName, action: QAction) -> None:
        super().__init__(appearance, icon, action.text(), checkable=action.isCheckable())
        self.show_keys_of(action)
        self.clicked.connect(action.trigger)
        action.changed.connect(lambda: self._follow(action))
        self._follow(action)

    def _follow(self, action: QAction) -> None:
        self.set_name(action.text())
        self.setEnabled(action.isEnabled())
        self.setChecked(action.isChecked())
