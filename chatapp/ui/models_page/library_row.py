"""How the rows of the library look: painted, so that hundreds of models scroll as one does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from chatapp.ui.i18n import Translated
from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CONTROL
from chatapp.ui.widgets.badge import BadgeKind, badge_size, badge_words, paint_badge
from chatapp.ui.words import joined

if TYPE_CHECKING:
    from PySide6.QtGui import QColor, QFont

    from chatapp.ui.models_page.library_list import LibraryList
    from chatapp.ui.models_page.library_words import LibraryFace
    from chatapp.ui.theme import Appearance

Index = QModelIndex | QPersistentModelIndex
Part = Literal["", "row", "chat", "more"]

MARGIN = 24
_MOST_WIDTH = 1248
_PADDING = 8
_ABOVE = 12
_BETWEEN_LINES = 2
_GAP = 24
_BUTTON = 28
_BUTTON_PADDING = 12
_SPEED_FROM = 58  # width in heights of the system's font
_HEADER = 32
_SIGN = 14
_KINDS: tuple[BadgeKind, ...] = ("fits", "tight", "too_large")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where things are in a row, where reading begins at the left; `speed_right` 0 for none."""

    left: int
    right: int
    name_right: int
    size_right: int
    badge_left: int
    speed_right: int
    chat: tuple[int, int]  # left and width
    more: tuple[int, int]


class LibraryColumns(Translated, QWidget):
    """The words above the columns, and the places of these in a list of some width."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self._translate()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        appearance.changed.connect(self.update)

    def _translate(self) -> None:
        self._size = self.tr("Size")
        self._fit = self.tr("On this computer")
        self._speed = self.tr("Speed here")
        self.chat_words = self.tr("Chat")
        self._last: tuple[int, Columns] | None = None  # a width, and what comes of it

    def places(self, width: int) -> Columns:
        """In a list that is `width` pixels wide, its margins included."""
        if self._last is not None and self._last[0] == width:
            return self._last[1]
        appearance = self._appearance
        small = QFontMetrics(appearance.font("small"))
        body = QFontMetrics(appearance.font("body", tabular=True))
        most = round(_MOST_WIDTH * max(1.0, appearance.size / 13))
        inside = min(width - 2 * MARGIN, most)
        left = (width - inside) // 2
        right = left + inside
        edge = appearance.height(_BUTTON)
        more = right - _PADDING - edge
        words = QFontMetrics(appearance.font("body")).horizontalAdvance(self.chat_words)
        chat_width = words + 2 * _BUTTON_PADDING
        chat = more - 4 - chat_width
        at = chat - _GAP
        speed = 0
        if inside >= _SPEED_FROM * appearance.size:
            speed = at
            figures = body.horizontalAdvance("000.0 tokens/s")
            at -= max(figures, small.horizontalAdvance(self._speed)) + _GAP
        badges = [badge_size(appearance, kind, badge_words(kind)).width() for kind in _KINDS]
        badge = at - max(*badges, small.horizontalAdvance(self._fit))
        size = badge - _GAP
        name = size - max(body.horizontalAdvance("00.0 GB"), small.horizontalAdvance(self._size))
        found = Columns(
            left=left,
            right=right,
            name_right=name - _GAP,
            size_right=size,
            badge_left=badge,
            speed_right=speed,
            chat=(chat, chat_width),
            more=(more, edge),
        )
        self._last = (width, found)
        return found

    def sizeHint(self) -> QSize:
        return QSize(200, self._appearance.height(_HEADER))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        painter = QPainter(self)
        at = self.places(self.width())
        painter.setFont(self._appearance.font("small"))
        painter.setPen(theme.text_muted)
        start, end = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        words = [
            (QRect(at.left + _PADDING, 0, at.name_right, self.height()), self.tr("Model"), start),
            (QRect(0, 0, at.size_right, self.height()), self._size, end),
            (QRect(at.badge_left, 0, self.width(), self.height()), self._fit, start),
        ]
        if at.speed_right:
            words.append((QRect(0, 0, at.speed_right, self.height()), self._speed, end))
        for box, text, side in words:
            place = QStyle.visualRect(self.layoutDirection(), self.rect(), box)
            painter.drawText(place, side | Qt.AlignmentFlag.AlignVCenter, text)
        line = QRect(at.left, self.height() - 1, at.right - at.left, 1)
        painter.fillRect(QStyle.visualRect(self.layoutDirection(), self.rect(), line), theme.border)


class LibraryDelegate(QStyledItemDelegate):
    """Paints a `LibraryFace` in three lines, its figures in columns, its buttons at the end."""

    def __init__(self, appearance: Appearance, columns: LibraryColumns, view: LibraryList) -> None:
        super().__init__(view)
        self._appearance = appearance
        self._columns = columns
        self._view = view

    def part_at(self, row: QRect, face: LibraryFace, at: QPoint) -> Part:
        """What is at a position in the row that has this rectangle."""
        if self._button(row, "more").contains(at):
            return "more"
        if face.can_chat and self._button(row, "chat").contains(at):
            return "chat"
        return "row"

    def more_rect(self, row: QRect) -> QRect:
        """Where the menu of a row opens."""
        return self._button(row, "more")

    def is_cut(self, row: QRect, face: LibraryFace) -> bool:
        """Whether some words of a row don't fit."""
        at = self._places()
        room = at.name_right - at.left - _PADDING
        title = self._advance(face.title, "body", bold=True) + 8 + self._advance(face.type, "body")
        lines = (face.problem or face.about, joined(face.verified, face.origin))
        return title > room or any(self._advance(line, "small") > room for line in lines)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        line = self._appearance.line_height
        words = line("body") + 2 * line("small") + _BETWEEN_LINES
        return QSize(0, words + 2 * _ABOVE + 1)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        face = self._view.face_at(index)
        if face is None:
            return
        painter.save()
        row: QRect = option.rect
        theme = self._appearance.theme
        at = self._places()
        box = self._placed(row, at.left, row.top(), at.right - at.left, row.height())
        hovered = self._view.hovered_part(index)
        if hovered:
            paint_box(painter, box.adjusted(0, 0, 0, -1), RADIUS_CONTROL, fill=theme.hover)
        if self._view.shows_keyboard and index == self._view.currentIndex():
            ring = QRectF(box).adjusted(2, 2, -2, -3)
            paint_box(painter, ring, RADIUS_CONTROL - 2, border=theme.accent, width=2)
        painter.fillRect(box.left(), box.bottom(), box.width(), 1, theme.border)
        self._paint_words(painter, row, face)
        self._paint_figures(painter, row, face)
        pressed = self._view.pressed_part(index)
        if face.can_chat:
            self._paint_chat(painter, self._button(row, "chat"), hovered, pressed)
        self._paint_more(painter, self._button(row, "more"), hovered)
        painter.restore()

    # Inside

    def _paint_words(self, painter: QPainter, row: QRect, face: LibraryFace) -> None:
        theme = self._appearance.theme
        line = self._appearance.line_height
        at = self._places()
        left, top = at.left + _PADDING, row.top() + _ABOVE
        room = at.name_right - left
        type_width = self._advance(face.type, "body") + 8 if face.type else 0
        loaded = badge_size(self._appearance, "neutral", self._loaded()) if face.is_loaded else None
        taken = type_width + (loaded.width() + 8 if loaded is not None else 0)
        title = self._appearance.font("body", bold=True)
        title_room = max(0, room - taken)
        used = min(QFontMetrics(title).horizontalAdvance(face.title) + 1, title_room)
        place = self._placed(row, left, top, used, line("body"))
        self._draw(painter, place, face.title, title, theme.text)
        if face.type:
            place = self._placed(row, left + used + 8, top, type_width, line("body"))
            self._draw(painter, place, face.type, self._appearance.font("body"), theme.text_muted)
        if loaded is not None:
            above = top + (line("body") - loaded.height()) // 2
            place = self._placed(
                row, left + used + type_width + 8, above, loaded.width(), loaded.height()
            )
            corner = place.topLeft()
            paint_badge(painter, self._appearance, "neutral", self._loaded(), corner)
        top += line("body") + _BETWEEN_LINES
        small = self._appearance.font("small", tabular=True)
        place = self._placed(row, left, top, room, line("small"))
        color = theme.danger if face.problem else theme.text_muted
        self._draw(painter, place, face.problem or face.about, small, color)
        self._paint_origin(
            painter, row, face, QRect(left, top + line("small"), room, line("small"))
        )

    def _paint_origin(self, painter: QPainter, row: QRect, face: LibraryFace, box: QRect) -> None:
        theme = self._appearance.theme
        small = self._appearance.font("small", tabular=True)
        rest = face.origin
        if not self._places().speed_right:
            rest = joined(rest, face.speed)
        left, room = box.left(), box.width()
        if face.verified:
            edge = self._appearance.icon_size(_SIGN)
            above = box.top() + (box.height() - edge) // 2
            place = self._placed(row, left, above, edge, edge)
            icons = self._appearance.icons
            icons.paint(painter, "verified", place.topLeft(), edge, theme.success)
            left, room = left + edge + 5, room - edge - 5
            width = min(self._advance(face.verified, "small"), room)
            place = self._placed(row, left, box.top(), width, box.height())
            self._draw(painter, place, face.verified, small, theme.success)
            left, room = left + width, room - width
            rest = f" · {rest}" if rest else ""
        place = self._placed(row, left, box.top(), max(0, room), box.height())
        self._draw(painter, place, rest, small, theme.text_muted)

    def _paint_figures(self, painter: QPainter, row: QRect, face: LibraryFace) -> None:
        theme = self._appearance.theme
        body = self._appearance.font("body", tabular=True)
        at = self._places()
        height = row.height() - 1
        figures = [(at.size_right, face.size, theme.text)]
        if at.speed_right:
            figures.append((at.speed_right, face.speed, theme.text_muted))
        for right, words, color in figures:
            width = QFontMetrics(body).horizontalAdvance(words) + 1
            place = self._placed(row, right - width, row.top(), width, height)
            self._draw(painter, place, words, body, color)
        if face.badge is not None:
            words = badge_words(face.badge)
            size = badge_size(self._appearance, face.badge, words)
            above = row.top() + (height - size.height()) // 2
            place = self._placed(row, at.badge_left, above, size.width(), size.height())
            paint_badge(painter, self._appearance, face.badge, words, place.topLeft())

    def _paint_chat(self, painter: QPainter, box: QRect, hovered: Part, pressed: Part) -> None:
        theme = self._appearance.theme
        fill = theme.surface_raised
        if pressed == "chat":
            fill = theme.pressed
        elif hovered == "chat":
            fill = theme.hover
        paint_box(painter, box, RADIUS_CONTROL, fill=fill, border=theme.border_strong)
        painter.setFont(self._appearance.font("body"))
        painter.setPen(theme.text)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._columns.chat_words)

    def _paint_more(self, painter: QPainter, box: QRect, hovered: Part) -> None:
        theme = self._appearance.theme
        color = theme.text_muted
        if hovered == "more":
            color = theme.text
            fill = theme.pressed
            paint_box(painter, box, RADIUS_CONTROL, fill=fill)
        edge = self._appearance.icon_size(16)
        corner = QPoint(
            box.left() + (box.width() - edge) // 2, box.top() + (box.height() - edge) // 2
        )
        self._appearance.icons.paint(painter, "more", corner, edge, color)

    def _places(self) -> Columns:
        return self._columns.places(self._view.width())

    def _button(self, row: QRect, which: Literal["chat", "more"]) -> QRect:
        at = self._places()
        left, width = at.chat if which == "chat" else at.more
        edge = self._appearance.height(_BUTTON)
        return self._placed(row, left, row.top() + (row.height() - 1 - edge) // 2, width, edge)

    def _placed(self, row: QRect, left: int, top: int, width: int, height: int) -> QRect:
        """A part of a row, where reading may begin at the right."""
        whole = QRect(0, row.top(), self._view.width(), row.height())
        box = QRect(left, top, width, height)
        if self._view.isRightToLeft():
            # The scroll bar is at the left there, and the viewport begins behind it.
            box = QStyle.visualRect(Qt.LayoutDirection.RightToLeft, whole, box)
            box.translate(-self._view.viewport().x(), 0)
        return box

    def _draw(self, painter: QPainter, box: QRect, words: str, font: QFont, color: QColor) -> None:
        painter.setFont(font)
        painter.setPen(color)
        shown = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, box.width())
        # By the direction of the interface, not by that of the text's own script.
        side = Qt.AlignmentFlag.AlignLeft
        if self._view.isRightToLeft():
            side = Qt.AlignmentFlag.AlignRight
        absolute = Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box, side | absolute, shown)

    def _advance(self, words: str, style: Literal["body", "small"], *, bold: bool = False) -> int:
        font = self._appearance.font(style, bold=bold, tabular=style == "small")
        return QFontMetrics(font).horizontalAdvance(words) + 1

    def _loaded(self) -> str:
        return self.tr("Loaded")
