"""The rows of a palette: its list, how they look, and what is said of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from chatapp.ui.marked_line import paint_marked
from chatapp.ui.painting import paint_box
from chatapp.ui.palette.entry import Entry, Section
from chatapp.ui.theme import RADIUS_CONTROL
from chatapp.ui.widgets.key_caps import caps_size, paint_caps

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chatapp.ui.theme import Appearance

Index = QModelIndex | QPersistentModelIndex

ROW = Qt.ItemDataRole.UserRole
_MARGIN = 8
_PADDING = 12
_GAP = 12
_ICON = 16
_ABOVE_HEADING = 12
_BELOW_HEADING = 4


class Rows(QAbstractListModel):
    """Headings, which are text, and entries."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.rows: list[str | Entry] = []

    def set_sections(self, sections: Iterable[Section]) -> None:
        """Show these, from the top."""
        self.beginResetModel()
        self.rows = []
        for section in sections:
            if section.entries and section.heading:
                self.rows.append(section.heading)
            self.rows.extend(section.entries)
        self.endResetModel()

    def entry(self, row: int) -> Entry | None:
        """What is there, unless it is a heading or nothing."""
        found = self.rows[row] if 0 <= row < len(self.rows) else None
        return found if isinstance(found, Entry) else None

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if self.entry(index.row()) is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not 0 <= index.row() < len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == ROW:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row if isinstance(row, str) else row.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return row if isinstance(row, str) else row.spoken
        return None


class RowDelegate(QStyledItemDelegate):
    """Icon, title, context and keys in one line; a snippet in a second one."""

    def __init__(self, appearance: Appearance, parent: QObject) -> None:
        super().__init__(parent)
        self._appearance = appearance

    def height(self, row: str | Entry) -> int:
        """In logical pixels."""
        if isinstance(row, str):
            return _ABOVE_HEADING + self._appearance.line_height("caption") + _BELOW_HEADING
        if row.snippet:
            return self._appearance.height(52, lines=2)
        return self._appearance.height(36)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, self.height(index.data(ROW)))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: str | Entry = index.data(ROW)
        rect: QRect = option.rect
        painter.save()
        if isinstance(row, str):
            self._paint_heading(painter, rect, row)
        else:
            is_current = bool(option.state & QStyle.StateFlag.State_Selected)
            is_hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
            self._paint_entry(painter, rect, row, is_current=is_current, is_hovered=is_hovered)
        painter.restore()

    def _paint_heading(self, painter: QPainter, rect: QRect, words: str) -> None:
        inset = _MARGIN + _PADDING
        line = rect.adjusted(inset, _ABOVE_HEADING, -inset, -_BELOW_HEADING)
        self._paint_line(painter, line, words, "caption")

    def _paint_line(self, painter: QPainter, rect: QRect, words: str, style: str) -> int:
        """In one muted line; returns its width."""
        font = self._appearance.font("caption" if style == "caption" else "small")
        metrics = QFontMetrics(font)
        shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, rect.width())
        painter.setFont(font)
        painter.setPen(self._appearance.theme.text_muted)
        is_mirrored = painter.layoutDirection() == Qt.LayoutDirection.RightToLeft
        side = Qt.AlignmentFlag.AlignRight if is_mirrored else Qt.AlignmentFlag.AlignLeft
        flags = side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(rect, flags, shown)
        return metrics.horizontalAdvance(shown)

    def _paint_entry(
        self, painter: QPainter, rect: QRect, entry: Entry, *, is_current: bool, is_hovered: bool
    ) -> None:
        theme = self._appearance.theme
        direction = painter.layoutDirection()
        box = rect.adjusted(_MARGIN, 0, -_MARGIN, 0)
        if is_current:
            border = theme.accent if theme.is_high_contrast else None
            paint_box(painter, box, RADIUS_CONTROL, fill=theme.selected, border=border)
        elif is_hovered:
            paint_box(painter, box, RADIUS_CONTROL, fill=theme.hover)
        inside = box.adjusted(_PADDING, 0, -_PADDING, 0)
        left, right = inside.left(), inside.right() + 1

        def place(start: int, width: int, top: int, height: int) -> QRect:
            return QStyle.visualRect(direction, rect, QRect(start, top, width, height))

        first = self._appearance.line_height("body")
        second = self._appearance.line_height("small") if entry.snippet else 0
        top = rect.top() + (rect.height() - first - second) // 2
        edge = self._appearance.icon_size(_ICON)
        at = place(left, edge, top + (first - edge) // 2, edge)
        color = theme.accent_text if is_current else theme.text_muted
        self._appearance.icons.paint(painter, entry.icon, QPoint(at.topLeft()), edge, color)
        left += edge + _GAP
        if entry.caps:
            size = caps_size(self._appearance, entry.caps)
            caps = place(
                right - size.width(),
                size.width(),
                top + (first - size.height()) // 2,
                size.height(),
            )
            paint_caps(painter, caps, self._appearance, entry.caps)
            right -= size.width() + _GAP
        font = self._appearance.font("body")
        title = place(left, max(0, right - left), top, first)
        width = paint_marked(
            painter, title, entry.parts, font, theme.text, theme.accent_text, keeps_beginning=True
        )
        rest = left + round(width) + _GAP
        if entry.context and right - rest > edge:
            line = place(rest, right - rest, top, first)
            self._paint_line(painter, line, entry.context, "small")
        if entry.snippet:
            line = place(left, inside.right() + 1 - left, top + first, second)
            small = self._appearance.font("small")
            paint_marked(painter, line, entry.snippet, small, theme.text_muted, theme.text)
