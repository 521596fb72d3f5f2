"""How the rows of the sidebar's list look, and how a title is edited in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QTextCharFormat,
    QTextLayout,
    QTextLine,
)
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from chatapp.domain.conversation import SnippetPart
from chatapp.ui.models.conversation_list_model import ConversationRole, Row
from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CONTROL
from chatapp.ui.widgets.spinner import paint_spinner

if TYPE_CHECKING:
    from chatapp.domain.conversation import Conversation
    from chatapp.ui.conversation_view import ConversationView
    from chatapp.ui.models.conversation_list_model import ConversationListModel
    from chatapp.ui.theme import Appearance

Index = QModelIndex | QPersistentModelIndex

_MARGIN = 8
_PADDING = 8
_SLOT = 16
_HEADING_ABOVE = 16
_HEADING_BELOW = 4
_ENDLESS = 1e6
_BEFORE_MATCH = 0.4  # the share of the line that may come before the first match


class ConversationDelegate(QStyledItemDelegate):
    """Paints headings, conversations and hits; edits titles."""

    renamed = Signal(int, str)

    def __init__(
        self, appearance: Appearance, model: ConversationListModel, view: ConversationView
    ) -> None:
        super().__init__(view)
        self._appearance = appearance
        self._model = model
        self._view = view
        self._heading_height = _HEADING_ABOVE + appearance.line_height("caption") + _HEADING_BELOW
        self._row_height = appearance.height(32)
        self._heading_size = QSize(0, self._heading_height)
        self._row_size = QSize(0, self._row_height)
        self._hit_size = QSize(0, appearance.height(52, lines=2))

    def more_rect(self, row: QRect) -> QRect:
        """Where ⋯ is pressed in a row's rectangle."""
        edge = self._row_height
        box = self._box(row)
        return self._mirrored(row, QRect(box.right() + 1 - edge, row.top(), edge, row.height()))

    def text_rect(self, row: QRect) -> QRect:
        """Where the title is in a row's rectangle."""
        slot = self._appearance.icon_size(_SLOT)
        inside = self._box(row).adjusted(_PADDING, 0, -_PADDING - slot - 4, 0)
        return self._mirrored(row, inside)

    # Qt

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        # Asked for every row whenever one comes or goes, so no detour through `data`.
        row = self._model.rows[index.row()]
        if row.conversation is None:
            return self._heading_size
        return self._row_size if row.hit is None else self._hit_size

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Row = index.data(ConversationRole.ROW)
        painter.save()
        rect: QRect = option.rect
        if row.conversation is None:
            self._paint_heading(painter, rect, str(index.data()))
        else:
            self._paint_conversation(painter, rect, index, row, row.conversation)
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setFont(self._appearance.font("body"))
        editor.setAccessibleName(self.tr("Title of this conversation"))
        return editor

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        rect: QRect = option.rect
        editor.setGeometry(self._mirrored(rect, self._box(rect)))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        row: Row = index.data(ConversationRole.ROW)
        if isinstance(editor, QLineEdit) and row.conversation is not None:
            title = " ".join(editor.text().split())
            if title and title != row.conversation.title:
                self.renamed.emit(row.conversation.id, title)

    # Inside

    def _box(self, row: QRect) -> QRect:
        """The filled part of a row, as it is where reading begins at the left."""
        bar = self._view.verticalScrollBar()
        return row.adjusted(_MARGIN, 0, -_MARGIN + (bar.width() if bar.isVisible() else 0), 0)

    def _mirrored(self, row: QRect, part: QRect) -> QRect:
        return QStyle.visualRect(self._view.layoutDirection(), row, part)

    def _paint_heading(self, painter: QPainter, rect: QRect, words: str) -> None:
        line = self._box(rect).adjusted(_PADDING, _HEADING_ABOVE, -_PADDING, -_HEADING_BELOW)
        font = self._appearance.font("caption")
        color = self._appearance.theme.text_muted
        self._paint_line(painter, self._mirrored(rect, line), words, font, color)

    def _paint_conversation(
        self, painter: QPainter, rect: QRect, index: Index, row: Row, conversation: Conversation
    ) -> None:
        theme = self._appearance.theme
        is_current = conversation.id == self._view.current_id and row.hit is None
        is_active = self._view.is_hovered(index)
        box = self._mirrored(rect, self._box(rect))
        if is_current:
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

        text = self.text_rect(rect)
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
            self._paint_snippet(painter, text, row.hit.snippet)
        edge = self._appearance.icon_size(_SLOT)
        # Aligned with the first line where there are two.
        middle = rect.top() + self._row_height // 2
        right = self._box(rect).right() + 1 - _PADDING
        slot = self._mirrored(rect, QRect(right - edge, middle - edge // 2, edge, edge))
        self._paint_slot(painter, slot, index, conversation, is_active=is_active)

    def _paint_line(
        self, painter: QPainter, rect: QRect, words: str, font: QFont, color: QColor
    ) -> None:
        painter.setFont(font)
        painter.setPen(color)
        shown = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, rect.width())
        # By the direction of the interface, not by that of the title's own script.
        side = Qt.AlignmentFlag.AlignLeft
        if self._view.isRightToLeft():
            side = Qt.AlignmentFlag.AlignRight
        painter.drawText(
            rect, side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter, shown
        )

    def _paint_snippet(
        self, painter: QPainter, rect: QRect, snippet: tuple[SnippetPart, ...]
    ) -> None:
        """One line; matches bold and in the full colour of text, the rest muted."""
        parts = [SnippetPart(part.text.replace("\n", " "), part.is_match) for part in snippet]
        plain = QFontMetrics(self._appearance.font("small"))
        if parts and not parts[0].is_match:
            # The match must be seen: what comes before it gives way.
            room = round(rect.width() * _BEFORE_MATCH)
            before = plain.elidedText(parts[0].text, Qt.TextElideMode.ElideLeft, room)
            parts[0] = SnippetPart(before, is_match=False)
        layout = self._lay_out(parts)
        if layout.lineAt(0).naturalTextWidth() > rect.width():
            room = rect.width() - plain.horizontalAdvance("…")
            end = layout.lineAt(0).xToCursor(room, QTextLine.CursorPosition.CursorOnCharacter)
            layout = self._lay_out([*_cut(parts, end), SnippetPart("…", is_match=False)])
        width = layout.lineAt(0).naturalTextWidth()
        left = rect.right() + 1 - width if self._view.isRightToLeft() else rect.left()
        above = (rect.height() - layout.lineAt(0).height()) / 2
        painter.setPen(self._appearance.theme.text_muted)
        layout.draw(painter, QPointF(left, rect.top() + above))

    def _lay_out(self, parts: list[SnippetPart]) -> QTextLayout:
        """One line of text, so that scripts of both directions come out right."""
        layout = QTextLayout("".join(p.text for p in parts), self._appearance.font("small"))
        formats = []
        start = 0
        for part in parts:
            length = _utf16_length(part.text)
            if part.is_match:
                piece = QTextLayout.FormatRange()
                piece.start, piece.length = start, length
                match = QTextCharFormat()
                match.setFontWeight(QFont.Weight.DemiBold)
                match.setForeground(self._appearance.theme.text)
                piece.format = match
                formats.append(piece)
            start += length
        layout.setFormats(formats)
        layout.beginLayout()
        layout.createLine().setLineWidth(_ENDLESS)
        layout.endLayout()
        return layout

    def _paint_slot(
        self,
        painter: QPainter,
        slot: QRect,
        index: Index,
        conversation: Conversation,
        *,
        is_active: bool,
    ) -> None:
        theme = self._appearance.theme
        icons = self._appearance.icons
        if is_active:
            icons.paint(painter, "more", slot.topLeft(), slot.width(), theme.text)
        elif index.data(ConversationRole.BUSY):
            paint_spinner(painter, self._appearance, QRectF(slot).adjusted(2, 2, -2, -2))
        elif index.data(ConversationRole.UNREAD):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.accent_text)
            painter.drawEllipse(QRectF(slot).center(), 4.0, 4.0)
        elif conversation.pinned and conversation.deleted_at is None:
            is_current = conversation.id == self._view.current_id
            color = theme.accent_text if is_current else theme.text_muted
            icons.paint(painter, "pin", slot.topLeft(), slot.width(), color)


def _cut(parts: list[SnippetPart], end: int) -> list[SnippetPart]:
    """The parts up to a position that Qt counts in UTF-16 units."""
    kept = []
    for part in parts:
        units = part.text.encode("utf-16-le", "surrogatepass")[: 2 * max(0, end)]
        kept.append(SnippetPart(units.decode("utf-16-le", "ignore"), part.is_match))
        end -= _utf16_length(part.text)
    return kept


def _utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
