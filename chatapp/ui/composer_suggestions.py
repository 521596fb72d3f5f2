"""The list that opens above the composer while an assistant or a prompt is looked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFontMetrics,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CARD, RADIUS_CONTROL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.ui.icons import IconName
    from chatapp.ui.theme import Appearance

_ROW: Final = 36
_MOST_ROWS: Final = 9
_PADDING: Final = 8
_GAP: Final = 8
_WIDTH: Final = 480
SUGGESTION = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A row: what is chosen with it, and how it looks."""

    value: object
    name: str
    icon: IconName
    line: str = ""


class Suggestions(QFrame):
    """Floats over the window, above what it belongs to; the keyboard stays in the field.

    Signals: `chosen(object)` with the value of a row that was clicked; `closed()`.
    """

    chosen = Signal(object)
    closed = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list = QListWidget()
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.viewport().setAutoFillBackground(False)
        self._list.setMouseTracking(True)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self._list.setItemDelegate(RowDelegate(appearance, self._list))
        self._list.itemClicked.connect(lambda item: self.chosen.emit(_of(item).value))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_PADDING, _PADDING, _PADDING, _PADDING)
        layout.addWidget(self._list)
        self.hide()
        appearance.changed.connect(self.update)

    @property
    def names(self) -> list[str]:
        """The rows, from the top."""
        return [self._list.item(row).text() for row in range(self._list.count())]

    @property
    def current(self) -> object:
        """What Return chooses."""
        return _of(self._list.currentItem()).value

    def show_rows(self, name: str, rows: Sequence[Suggestion], anchor: QRect) -> None:
        """Show these above `anchor` (in the parent's pixels), the first one chosen."""
        self.setAccessibleName(name)
        self._list.setAccessibleName(name)
        self._list.clear()
        for row in rows:
            self._list.addItem(item_of(row))
        self._list.setCurrentRow(0)
        self.place(anchor)
        self.raise_()
        if self.isHidden():
            self.show()
        self._announce(f"{name}: {rows[0].name}")

    def place(self, anchor: QRect) -> None:
        """Stand above `anchor`, which may have moved."""
        row = self._appearance.height(_ROW)
        height = min(self._list.count(), _MOST_ROWS) * row + 2 * _PADDING
        height = min(height, max(anchor.top() - 4, row + 2 * _PADDING))
        width = min(anchor.width(), self._appearance.width(_WIDTH))
        left = anchor.right() + 1 - width if self.isRightToLeft() else anchor.left()
        self.setGeometry(left, max(0, anchor.top() - 4 - height), width, height)
        self._list.doItemsLayout()  # rows grow with the text

    def move_by(self, step: int) -> None:
        """Go up or down; from one end to the other."""
        count = self._list.count()
        self._list.setCurrentRow((self._list.currentRow() + step) % count)
        self._list.scrollToItem(self._list.currentItem())
        self._announce(self._list.currentItem().text())

    def close_list(self) -> None:
        """Take it away."""
        if not self.isHidden():
            self.hide()
            self.closed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        paint_box(
            QPainter(self),
            self.rect(),
            RADIUS_CARD,
            fill=theme.surface_raised,
            border=theme.border_strong,
        )

    def _announce(self, words: str) -> None:
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))


class RowDelegate(QStyledItemDelegate):
    """An icon, a name, and muted words behind it: cut, or unless it `elides` only if they fit."""

    def __init__(self, appearance: Appearance, parent: QListWidget, *, elides: bool = True) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._elides = elides

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(0, self._appearance.height(_ROW))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        theme = self._appearance.theme
        row: Suggestion = index.data(SUGGESTION)
        painter.save()
        rect = QRect(option.rect)
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_chosen:
            border = theme.accent if theme.is_high_contrast else None
            paint_box(painter, rect, RADIUS_CONTROL, fill=theme.selected, border=border)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            paint_box(painter, rect, RADIUS_CONTROL, fill=theme.hover)
        if option.state & QStyle.StateFlag.State_HasFocus:
            ring = QRectF(rect).adjusted(2, 2, -2, -2)
            paint_box(painter, ring, RADIUS_CONTROL - 2, border=theme.accent, width=2)
        mirrored = painter.layoutDirection() == Qt.LayoutDirection.RightToLeft
        edge = self._appearance.icon_size(16)
        inside = rect.adjusted(_PADDING, 0, -_PADDING, 0)
        left = inside.right() + 1 - edge if mirrored else inside.left()
        color = theme.accent_text if is_chosen else theme.text_muted
        at = QPoint(left, rect.center().y() - edge // 2 + 1)
        self._appearance.icons.paint(painter, row.icon, at, edge, color)
        step = edge + _GAP
        inside = inside.adjusted(0, 0, -step, 0) if mirrored else inside.adjusted(step, 0, 0, 0)
        font = self._appearance.font("body")
        metrics = QFontMetrics(font)
        elide, flags = Qt.TextElideMode.ElideRight, Qt.AlignmentFlag.AlignVCenter
        painter.setFont(font)
        painter.setPen(theme.text)
        painter.drawText(inside, flags, metrics.elidedText(row.name, elide, inside.width()))
        step = metrics.horizontalAdvance(row.name) + 2 * _GAP
        inside = inside.adjusted(0, 0, -step, 0) if mirrored else inside.adjusted(step, 0, 0, 0)
        font = self._appearance.font("small")
        needed = row.line if not self._elides else "…"
        if inside.width() > QFontMetrics(font).horizontalAdvance(needed):
            painter.setFont(font)
            painter.setPen(theme.text_muted)
            shown = QFontMetrics(font).elidedText(row.line, elide, inside.width())
            painter.drawText(inside, flags, shown)
        painter.restore()


def item_of(row: Suggestion) -> QListWidgetItem:
    """A row of a list that `RowDelegate` paints."""
    item = QListWidgetItem(row.name)
    item.setData(SUGGESTION, row)
    words = f"{row.name}, {row.line}" if row.line else row.name
    item.setData(Qt.ItemDataRole.AccessibleTextRole, words)
    item.setToolTip(row.line)
    return item


def _of(item: QListWidgetItem) -> Suggestion:
    row: Suggestion = item.data(SUGGESTION)
    return row
