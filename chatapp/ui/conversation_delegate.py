"""How the rows of the sidebar's list look, and how a title is edited in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractItemModel,
    QLocale,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from chatapp.ui.marked_line import paint_marked
from chatapp.ui.models.conversation_list_model import ConversationRole
from chatapp.ui.models.conversation_rows import Row
from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CONTROL
from chatapp.ui.widgets.spinner import paint_spinner

if TYPE_CHECKING:
    from chatapp.domain.conversation import Conversation
    from chatapp.ui.conversation_view import ConversationView
    from chatapp.ui.icons import IconName
    from chatapp.ui.models.conversation_list_model import ConversationListModel
    from chatapp.ui.theme import Appearance

Index = QModelIndex | QPersistentModelIndex

_MARGIN = 8
_PADDING = 8
_SLOT = 16
_GAP = 8
_CHEVRON = 12
_HEADING_BELOW = 4
_DEEPEST = 6  # in more folders than that nothing is indented further
_MOST_PAINTED = 500  # characters: what comes after them is never seen


class ConversationDelegate(QStyledItemDelegate):
    """Paints headings, folders, conversations and hits; edits titles and names."""

    renamed = Signal(int, str)
    folder_renamed = Signal(int, str)

    def __init__(
        self, appearance: Appearance, model: ConversationListModel, view: ConversationView
    ) -> None:
        super().__init__(view)
        self._appearance = appearance
        self._model = model
        self._view = view
        self._measure()
        appearance.resized.connect(self._measure)

    def more_rect(self, row: QRect) -> QRect:
        """Where ⋯ is pressed in a row's rectangle."""
        edge = self._row_height
        box = self._box(row)
        return self._mirrored(row, QRect(box.right() + 1 - edge, row.top(), edge, row.height()))

    def text_rect(self, rect: QRect, row: Row) -> QRect:
        """Where the title or name is in a row's rectangle."""
        slot = self._appearance.icon_size(_SLOT)
        left = _PADDING + min(row.depth, _DEEPEST) * slot
        if row.folder is not None:
            left += self._appearance.icon_size(_CHEVRON) + 4 + slot + _GAP
        inside = self._box(rect).adjusted(left, 0, -_PADDING - slot - 4, 0)
        return self._mirrored(rect, inside)

    # Qt

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        # The same for all rows, so that one is asked for when one of thousands comes or goes.
        row = self._model.row_at(index)
        is_hit = row is not None and row.hit is not None
        return QSize(0, self._hit_height if is_hit else self._row_height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Row = index.data(ConversationRole.ROW)
        painter.save()
        rect: QRect = option.rect
        if row.folder is not None:
            self._paint_folder(painter, rect, index, row)
        elif row.conversation is None:
            self._paint_heading(painter, rect, str(index.data()))
        else:
            self._paint_conversation(painter, rect, index, row, row.conversation)
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setFont(self._appearance.font("body"))
        row: Row = index.data(ConversationRole.ROW)
        is_folder = row.folder is not None
        editor.setAccessibleName(
            self.tr("Name of this folder") if is_folder else self.tr("Title of this conversation")
        )
        return editor

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        rect: QRect = option.rect
        editor.setGeometry(self._mirrored(rect, self._box(rect)))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        row: Row = index.data(ConversationRole.ROW)
        title = " ".join(editor.text().split()) if isinstance(editor, QLineEdit) else ""
        if not title:
            return
        if row.folder is not None and title != row.folder.name:
            self.folder_renamed.emit(row.folder.id, title)
        elif row.conversation is not None and title != row.conversation.title:
            self.renamed.emit(row.conversation.id, title)

    # Inside

    def _measure(self) -> None:
        self._row_height = self._appearance.height(32)
        self._hit_height = self._appearance.height(52, lines=2)
        self._view.scheduleDelayedItemsLayout()

    def _box(self, row: QRect) -> QRect:
        """The filled part of a row, as it is where reading begins at the left."""
        bar = self._view.verticalScrollBar()
        return row.adjusted(_MARGIN, 0, -_MARGIN + (bar.width() if bar.isVisible() else 0), 0)

    def _mirrored(self, row: QRect, part: QRect) -> QRect:
        return QStyle.visualRect(self._view.layoutDirection(), row, part)

    def _paint_heading(self, painter: QPainter, rect: QRect, words: str) -> None:
        line = self._box(rect).adjusted(_PADDING, 0, -_PADDING, -_HEADING_BELOW)
        line.setTop(line.bottom() + 1 - self._appearance.line_height("caption"))
        font = self._appearance.font("caption")
        color = self._appearance.theme.text_muted
        self._paint_line(painter, self._mirrored(rect, line), words, font, color)

    def _paint_box(self, painter: QPainter, rect: QRect, index: Index, *, is_current: bool) -> bool:
        """What is behind a row's words. Returns whether the row is the one that is meant now."""
        theme = self._appearance.theme
        is_active = self._view.is_hovered(index)
        box = self._mirrored(rect, self._box(rect))
        if is_current or self._view.is_selected(index):
            paint_box(painter, box, RADIUS_CONTROL, fill=theme.selected)
            if theme.is_high_contrast:
                stripe = QRect(box.left(), box.top(), 2, box.height())
                painter.fillRect(self._mirrored(box, stripe), theme.accent)
        elif is_active:
            paint_box(painter, box, RADIUS_CONTROL, fill=theme.hover)
        if self._view.shows_keyboard and index == self._view.currentIndex():
            is_active = True
            ring = QRectF(box).adjusted(2, 2, -2, -2)
            paint_box(painter, ring, RADIUS_CONTROL - 2, border=theme.accent, width=2)
        target = self._view.target
        if target is not None and target.row == index.row():
            if target.edge is None:
                paint_box(painter, box, RADIUS_CONTROL, border=theme.accent, width=2)
            else:
                top = box.top() if target.edge is Qt.Edge.TopEdge else box.bottom() - 1
                painter.fillRect(box.left(), top, box.width(), 2, theme.accent)
        return is_active

    def _paint_folder(self, painter: QPainter, rect: QRect, index: Index, row: Row) -> None:
        theme = self._appearance.theme
        icons = self._appearance.icons
        is_active = self._paint_box(painter, rect, index, is_current=False)
        slot = self._appearance.icon_size(_SLOT)
        chevron = self._appearance.icon_size(_CHEVRON)
        middle = rect.top() + rect.height() // 2
        left = self._box(rect).left() + _PADDING + min(row.depth, _DEEPEST) * slot
        mark = QRect(left, middle - chevron // 2, chevron, chevron)
        closed: IconName = "chevron-left" if self._view.isRightToLeft() else "chevron-right"
        icons.paint(
            painter,
            "chevron-down" if row.is_open else closed,
            self._mirrored(rect, mark).topLeft(),
            chevron,
            theme.text_muted,
        )
        picture = QRect(left + chevron + 4, middle - slot // 2, slot, slot)
        at = self._mirrored(rect, picture).topLeft()
        icons.paint(painter, "folder", at, slot, theme.text_muted)
        text = self.text_rect(rect, row)
        if is_active:
            self._paint_more(painter, self._slot(rect))
        else:
            small = self._appearance.font("caption", tabular=True)
            count = QLocale().toString(row.count)
            end = self._slot(rect).united(text)
            painter.setFont(small)
            painter.setPen(theme.text_muted)
            side = Qt.AlignmentFlag.AlignLeft
            if not self._view.isRightToLeft():
                side = Qt.AlignmentFlag.AlignRight
            painter.drawText(
                end, side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter, count
            )
            taken = max(0, QFontMetrics(small).horizontalAdvance(count) + _GAP - slot)
            is_mirrored = self._view.isRightToLeft()
            text.adjust(taken if is_mirrored else 0, 0, 0 if is_mirrored else -taken, 0)
        body = self._appearance.font("body")
        self._paint_line(painter, text, str(index.data()), body, theme.text)

    def _slot(self, rect: QRect) -> QRect:
        """Where a row's mark is, beside the first line of its words."""
        edge = self._appearance.icon_size(_SLOT)
        middle = rect.top() + self._row_height // 2
        right = self._box(rect).right() + 1 - _PADDING
        return self._mirrored(rect, QRect(right - edge, middle - edge // 2, edge, edge))

    def _paint_more(self, painter: QPainter, slot: QRect) -> None:
        color = self._appearance.theme.text
        self._appearance.icons.paint(painter, "more", slot.topLeft(), slot.width(), color)

    def _paint_conversation(
        self, painter: QPainter, rect: QRect, index: Index, row: Row, conversation: Conversation
    ) -> None:
        theme = self._appearance.theme
        is_current = conversation.id == self._view.current_id and row.hit is None
        is_active = self._paint_box(painter, rect, index, is_current=is_current)
        text = self.text_rect(rect, row)
        title = str(index.data())
        body = self._appearance.font("body")
        if row.hit is None:
            self._paint_line(painter, text, title, body, theme.text)
        else:
            first = self._appearance.line_height("body")
            second = self._appearance.line_height("small")
            text.setTop(rect.top() + (rect.height() - first - second) // 2)
            text.setHeight(first)
            self._paint_line(painter, text, title, body, theme.text)
            text.translate(0, first)
            text.setHeight(second)
            small = self._appearance.font("small")
            paint_marked(painter, text, row.hit.snippet, small, theme.text_muted, theme.text)
        self._paint_slot(painter, self._slot(rect), index, row, is_active=is_active)

    def _paint_line(
        self, painter: QPainter, rect: QRect, words: str, font: QFont, color: QColor
    ) -> None:
        painter.setFont(font)
        painter.setPen(color)
        words = words[:_MOST_PAINTED]
        shown = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, rect.width())
        # By the direction of the interface, not by that of the title's own script.
        side = Qt.AlignmentFlag.AlignLeft
        if self._view.isRightToLeft():
            side = Qt.AlignmentFlag.AlignRight
        painter.drawText(
            rect, side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter, shown
        )

    def _paint_slot(
        self,
        painter: QPainter,
        slot: QRect,
        index: Index,
        row: Row,
        *,
        is_active: bool,
    ) -> None:
        theme = self._appearance.theme
        icons = self._appearance.icons
        conversation = row.conversation
        if conversation is None:
            return
        if is_active:
            self._paint_more(painter, slot)
        elif self._view.is_selected(index):
            icons.paint(painter, "check", slot.topLeft(), slot.width(), theme.accent_text)
        elif index.data(ConversationRole.BUSY):
            paint_spinner(painter, self._appearance, QRectF(slot).adjusted(2, 2, -2, -2))
        elif index.data(ConversationRole.UNREAD):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.accent_text)
            painter.drawEllipse(QRectF(slot).center(), 4.0, 4.0)
        elif conversation.archived_at is not None and row.hit is not None:
            icons.paint(painter, "archive", slot.topLeft(), slot.width(), theme.text_muted)
        elif conversation.pinned and conversation.deleted_at is None:
            is_current = conversation.id == self._view.current_id
            color = theme.accent_text if is_current else theme.text_muted
            icons.paint(painter, "pin", slot.topLeft(), slot.width(), color)
