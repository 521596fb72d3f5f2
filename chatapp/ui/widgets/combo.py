"""A choice of one of several words, for more of them than are worth showing at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QEnterEvent,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QComboBox, QMenu, QSizePolicy, QWidget

from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CONTROL
from chatapp.ui.widgets.focus_ring import FocusRing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.ui.icons import IconName
    from chatapp.ui.theme import Appearance

T = TypeVar("T")

_PADDING = 10
_GAP = 8
_ICON = 16
_CHEVRON = 14


class Combo(QComboBox, Generic[T]):
    """The chosen word and a chevron; a menu has the others.

    Each word stands for a value. The wheel is left to what the combo stands in.

    Signals: `chosen(object)` with a value that the person chose.
    """

    chosen = Signal(object)

    def __init__(
        self,
        appearance: Appearance,
        name: str,
        choices: Sequence[tuple[T, str]],
        *,
        icon: IconName | None = None,
        designed_height: int = 32,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._icon = icon
        self._designed_height = designed_height
        self._values: list[T] = []
        self._menu: QMenu | None = None
        self.setAccessibleName(name)
        self.setToolTip(name)
        appearance.fit(self, lambda combo: combo.setFont(appearance.font("body")))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_choices(choices)
        self._ring = FocusRing(appearance, self, RADIUS_CONTROL)
        self.activated.connect(lambda index: self.chosen.emit(self._values[index]))
        appearance.changed.connect(self.update)

    @property
    def value(self) -> T:
        """What is chosen. There must be a choice."""
        return self._values[self.currentIndex()]

    def set_words(self, name: str, choices: Sequence[tuple[T, str]]) -> None:
        """Call it and its choices otherwise, as in another language."""
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.set_choices(choices)

    def set_choices(self, choices: Sequence[tuple[T, str]]) -> None:
        """Offer others; the first is chosen unless the value chosen before is among them."""
        before = self._values[self.currentIndex()] if self._values else None
        self._values = [value for value, _ in choices]
        self.clear()
        self.addItems([words for _, words in choices])
        if before is not None:
            self.set_value(before)
        self.updateGeometry()

    def set_value(self, value: T) -> None:
        """Choose without a signal. What isn't among the choices changes nothing."""
        if value in self._values:
            self.setCurrentIndex(self._values.index(value))

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        words = max(
            (metrics.horizontalAdvance(self.itemText(i)) for i in range(self.count())), default=0
        )
        width = 2 * _PADDING + words + 2 * _GAP + self._appearance.icon_size(_CHEVRON)
        if self._icon is not None:
            width += self._appearance.icon_size(_ICON) + _GAP
        return QSize(width, self._appearance.height(self._designed_height))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), 96), self.sizeHint().height())

    def showPopup(self) -> None:
        # Qt's own list would need a look of its own; a menu has one already.
        menu = QMenu(self)
        menu.setMinimumWidth(self.width())
        group = QActionGroup(menu)
        for index in range(self.count()):
            action = QAction(self.itemText(index).replace("&", "&&"), menu, checkable=True)
            action.setChecked(index == self.currentIndex())
            action.triggered.connect(lambda _=False, at=index: self._on_picked(at))
            group.addAction(action)
            menu.addAction(action)
            if index == self.currentIndex():
                menu.setActiveAction(action)
        menu.aboutToHide.connect(self._on_hidden)
        self._menu = menu
        menu.popup(self.mapToGlobal(QPoint(0, self.height() + 2)))

    def hidePopup(self) -> None:
        if self._menu is not None:
            self._menu.close()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        painter = QPainter(self)
        fill, color = theme.surface_raised, theme.text
        if not self.isEnabled():
            color = theme.text_disabled
        elif self._menu is not None:
            fill = theme.pressed
        elif self.underMouse():
            fill = theme.hover
        paint_box(painter, self.rect(), RADIUS_CONTROL, fill=fill, border=theme.border_strong)
        icons, mirrored = self._appearance.icons, self.isRightToLeft()
        edge = self._appearance.icon_size(_CHEVRON)
        inside = self.rect().adjusted(_PADDING, 0, -_PADDING, 0)
        left = inside.left() if mirrored else inside.right() + 1 - edge
        at = QPoint(left, (self.height() - edge) // 2)
        icons.paint(painter, "chevron-down", at, edge, color)
        words = QRect(inside)
        if mirrored:
            words.setLeft(left + edge + _GAP)
        else:
            words.setRight(left - _GAP)
        if self._icon is not None:
            edge = self._appearance.icon_size(_ICON)
            left = words.right() + 1 - edge if mirrored else words.left()
            icons.paint(painter, self._icon, QPoint(left, (self.height() - edge) // 2), edge, color)
            if mirrored:
                words.setRight(left - _GAP)
            else:
                words.setLeft(left + edge + _GAP)
        painter.setFont(self.font())
        painter.setPen(color)
        shown = QFontMetrics(self.font()).elidedText(
            self.currentText(), Qt.TextElideMode.ElideRight, words.width()
        )
        start = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(words, start, shown)

    def _on_picked(self, index: int) -> None:
        if index != self.currentIndex():
            self.setCurrentIndex(index)
            self.activated.emit(index)

    def _on_hidden(self) -> None:
        if self._menu is not None:
            self._menu.deleteLater()
            self._menu = None
        self.update()
