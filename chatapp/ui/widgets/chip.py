"""Round chips: on or off, or with a short list behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QEnterEvent,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from chatapp.ui.painting import paint_box
from chatapp.ui.widgets.checkable import Checkable
from chatapp.ui.widgets.focus_ring import FocusRing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.ui.icons import IconName
    from chatapp.ui.theme import Appearance

T = TypeVar("T")

HEIGHT = 28
_PADDING = 12
_CHEVRON = 14
_ICON = 14
_GAP = 6


class Chip(Checkable):
    """28 high, round. On, it is filled, framed in the accent and says so to screen readers."""

    def __init__(
        self,
        appearance: Appearance,
        text: str,
        *,
        icon: IconName | None = None,
        opens: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """`opens`: it has a chevron and opens a list."""
        super().__init__(parent)
        self._appearance = appearance
        self._icon = icon
        self._opens = opens
        self.setText(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._ring = FocusRing(appearance, self)
        appearance.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._appearance.font("small"))
        width = 2 * _PADDING + metrics.horizontalAdvance(self.text()) + 1
        if self._icon is not None:
            width += _GAP + self._appearance.icon_size(_ICON) - 4
        if self._opens:
            width += _GAP + self._appearance.icon_size(_CHEVRON) - 4
        return QSize(width, self._appearance.height(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        opens = self._opens and event.key() == Qt.Key.Key_Down
        if opens or event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        painter = QPainter(self)
        fill, border, color = theme.surface_raised, theme.border_strong, theme.text
        if self.isChecked():
            fill, border, color = theme.selected, theme.accent, theme.accent_text
        elif self.isDown():
            fill = theme.pressed
        elif self.underMouse():
            fill = theme.hover
        paint_box(painter, self.rect(), self.height() / 2, fill=fill, border=border)
        words = self.rect().adjusted(_PADDING, 0, -_PADDING, 0)
        if self._icon is not None:
            edge = self._appearance.icon_size(_ICON)
            mirrored = self.isRightToLeft()
            left = self.width() - _PADDING + 4 - edge if mirrored else _PADDING - 4
            at = QPoint(left, (self.height() - edge) // 2)
            self._appearance.icons.paint(painter, self._icon, at, edge, color)
            room = edge + _GAP - 4
            words = words.adjusted(0, 0, -room, 0) if mirrored else words.adjusted(room, 0, 0, 0)
        if self._opens:
            edge = self._appearance.icon_size(_CHEVRON)
            mirrored = self.isRightToLeft()
            left = _PADDING - 4 if mirrored else self.width() - _PADDING + 4 - edge
            at = QPoint(left, (self.height() - edge) // 2)
            self._appearance.icons.paint(painter, "chevron-down", at, edge, color)
            room = edge + _GAP - 4
            words = words.adjusted(room, 0, 0, 0) if mirrored else words.adjusted(0, 0, -room, 0)
        painter.setFont(self._appearance.font("small"))
        painter.setPen(color)
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, self.text())


class MenuChip(Chip, Generic[T]):
    """A chip that opens a list of values; it is on while another one than the first is chosen.

    Signals: `chosen(object)` with a value that the person chose.
    """

    chosen = Signal(object)

    def __init__(self, appearance: Appearance, name: str, choices: Sequence[tuple[T, str]]) -> None:
        super().__init__(appearance, name, opens=True)
        self._name = name
        self._choices = tuple(choices)
        self._index = 0
        self.clicked.connect(self._open)

    @property
    def value(self) -> T:
        """What is chosen."""
        return self._choices[self._index][0]

    def set_value(self, value: T) -> None:
        """Choose without a signal. What isn't among the choices changes nothing."""
        for index, (known, _) in enumerate(self._choices):
            if known == value:
                self._show(index)

    def set_words(self, name: str, choices: Sequence[tuple[T, str]]) -> None:
        """The same values in other words."""
        self._name, self._choices = name, tuple(choices)
        self._show(self._index)

    def reset(self) -> None:
        """Choose the first again, without a signal."""
        self._show(0)

    def _open(self) -> None:
        self.setChecked(self._index != 0)  # a press alone changes nothing
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        group = QActionGroup(menu)
        for index, (_, words) in enumerate(self._choices):
            action = QAction(words, menu, checkable=True)
            action.setChecked(index == self._index)
            action.triggered.connect(lambda _=False, at=index: self._on_picked(at))
            group.addAction(action)
            menu.addAction(action)
        menu.popup(self.mapToGlobal(QPoint(0, self.height() + 2)))

    def _on_picked(self, index: int) -> None:
        if index != self._index:
            self._show(index)
            self.chosen.emit(self.value)

    def _show(self, index: int) -> None:
        self._index = index
        self.setText(self._choices[index][1] if index else self._name)
        self.setAccessibleName(f"{self._name}: {self._choices[index][1]}")
        self.setChecked(index != 0)
        self.updateGeometry()
        self.update()
