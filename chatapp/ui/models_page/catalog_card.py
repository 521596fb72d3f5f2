"""One model to be had, as a card: what it is, whether it fits here, and the one thing to press.

A card is painted by hand and has a single child, its button, so that a grid of hundreds costs what
a screenful does.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QFont,
    QFontMetrics,
    QHideEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QAbstractButton, QWidget

from chatapp.ui.i18n import Translated
from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CARD, RADIUS_SMALL
from chatapp.ui.widgets.badge import BadgeKind, badge_size, badge_words, paint_badge
from chatapp.ui.widgets.button import Button, ButtonKind
from chatapp.ui.widgets.focus_ring import FocusRing
from chatapp.ui.widgets.spinner import FRAME_MS, paint_spinner
from chatapp.ui.words import joined, percent

if TYPE_CHECKING:
    from PySide6.QtGui import QColor

    from chatapp.ui.icons import IconName
    from chatapp.ui.theme import Appearance, TextStyle

_PADDING = 16
_FOOT = 60
_FOOT_EDGE = 12  # right of what stands in the footer
_GAP = 8
_ABOVE_FOOT = 18
_LOCK = 14
_ABILITY_ICON = 14
_ABILITY_GAP = 14
_STATE_ICON = 14
_ABOUT_LINES = 2
_ARROWS = (
    Qt.Key.Key_Left,
    Qt.Key.Key_Right,
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
)


class CardAction(Enum):
    """What stands at the right of the footer."""

    NONE = auto()
    DOWNLOAD = auto()
    IN_LIBRARY = auto()
    RUNNING = auto()
    GATED = auto()
    DETAILS = auto()


@dataclass(frozen=True, slots=True)
class CardFace:
    """All the words of a card. While `is_waiting`, what stands in the footer isn't known yet.

    `fraction` is how much of a running download is there, None while nobody knows.
    """

    key: str
    title: str
    publisher: str
    about: str = ""
    abilities: tuple[tuple[IconName, str], ...] = ()
    badge: BadgeKind | None = None
    file: str = ""
    size: str = ""
    reason: str = ""
    action: CardAction = CardAction.NONE
    fraction: float | None = None
    is_locked: bool = False
    is_waiting: bool = False

    @property
    def spoken(self) -> str:
        """What a screen reader says after the title."""
        translate = QCoreApplication.translate
        state = {
            CardAction.IN_LIBRARY: translate("CatalogCard", "In library"),
            CardAction.RUNNING: translate("CatalogCard", "Downloading"),
            CardAction.GATED: translate("CatalogCard", "Needs permission"),
        }.get(self.action, "")
        parts = (
            badge_words(self.badge) if self.badge is not None else "",
            self.publisher,
            self.about,
            ", ".join(name for _, name in self.abilities),
            joined(self.file, self.size),
            self.reason,
            state,
        )
        return ". ".join(part.rstrip(".。") for part in parts if part)


def card_height(appearance: Appearance) -> int:
    """How high every card is."""
    return _foot_top(appearance) + 1 + appearance.height(_FOOT, lines=2)


def _foot_top(appearance: Appearance) -> int:
    line = appearance.line_height
    words = line("card_title") + 2 * line("small") + _ABOUT_LINES * line("body")
    return _PADDING + words + 2 * _GAP + _ABOVE_FOOT


class CatalogCard(Translated, QAbstractButton):
    """Pressed, it opens the model's page; its own button does the next step at once.

    Signals: `action_requested()` from the button; `arrow_pressed(int)` with the `Qt.Key` that wants
    to go to another card.
    """

    action_requested = Signal()
    arrow_pressed = Signal(int)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._face = CardFace("", "", "")
        self._about: tuple[str, ...] = ()
        self._is_primary = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.button = Button(appearance, "", designed_height=28, parent=self)
        self.button.clicked.connect(self.action_requested)
        self.button.hide()
        self._timer = QTimer(self, interval=FRAME_MS)
        self._timer.timeout.connect(self._on_frame)
        self._ring = FocusRing(appearance, self, RADIUS_CARD)
        appearance.changed.connect(self.update)

    @property
    def face(self) -> CardFace:
        """What it shows."""
        return self._face

    def show_face(self, face: CardFace, *, primary: bool) -> None:
        """Show a model; the first of the `primary` ones in a view has the filled button."""
        if face == self._face and primary == self._is_primary:
            return
        self._face = face
        self._is_primary = primary
        self._translate()

    def _translate(self) -> None:
        face = self._face
        self.setEnabled(bool(face.key))
        self.setText(face.title)
        self.setAccessibleName(face.title)
        self.setAccessibleDescription(face.spoken)
        words, icon = self._button_words()
        if self.button.hasFocus() and not words:
            self.setFocus()  # else the keyboard would go to another card
        self.button.setVisible(bool(words))
        if words:
            self.button.setText(words)
            self.button.set_kind("primary" if self._is_primary else self._button_kind())
            self.button.set_icons(icon)
            self.button.setAccessibleName(f"{words}: {face.title}")
        self._lay_out()
        self._animate()
        self.update()

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(360, card_height(self._appearance))

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._animate()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif key in _ARROWS:
            self.arrow_pressed.emit(int(key))
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        painter = QPainter(self)
        over_button = self.button.isVisible() and self.button.underMouse()
        fill = theme.surface_raised
        if self.isDown():
            fill = theme.pressed
        elif self.underMouse() and not over_button:
            fill = theme.hover
        paint_box(painter, self.rect(), RADIUS_CARD, fill=fill, border=theme.border)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.fillRect(1, _foot_top(self._appearance), self.width() - 2, 1, theme.border)
        self._paint_head(painter)
        self._paint_foot(painter)

    # Painting

    def _paint_head(self, painter: QPainter) -> None:
        theme, face = self._appearance.theme, self._face
        if not face.key:
            self._paint_skeleton(painter)
            return
        line = self._appearance.line_height
        inside = self.rect().adjusted(_PADDING, _PADDING, -_PADDING, 0)
        title = QRect(inside.left(), inside.top(), inside.width(), line("card_title"))
        if face.badge is not None:
            words = badge_words(face.badge)
            size = badge_size(self._appearance, face.badge, words)
            top = title.center().y() + 1 - size.height() // 2
            at = self._placed(title.right() + 1 - size.width(), size.width())
            paint_badge(painter, self._appearance, face.badge, words, QPoint(at, top))
            title.setWidth(title.width() - size.width() - _GAP)
        elif face.is_waiting:
            bar = QRect(title.right() - 52, title.top() + 3, 52, 16)
            self._paint_bar(painter, bar)
            title.setWidth(title.width() - 52 - _GAP)
        edge = self._appearance.icon_size(_LOCK)
        room = title.width() - (edge + _GAP if face.is_locked else 0)
        used = self._paint_words(painter, face.title, "card_title", theme.text, title, room)
        if face.is_locked:
            at = self._placed(title.left() + used + _GAP, edge)
            top = title.top() + (title.height() - edge) // 2
            self._appearance.icons.paint(painter, "lock", QPoint(at, top), edge, theme.text_muted)
        top = title.bottom() + 1
        row = QRect(inside.left(), top, inside.width(), line("small"))
        self._paint_words(painter, face.publisher, "small", theme.text_muted, row)
        top = row.bottom() + 1 + _GAP
        for text in self._about:
            row = QRect(inside.left(), top, inside.width(), line("body"))
            self._paint_words(painter, text, "body", theme.text, row)
            top += line("body")
        top = inside.top() + line("card_title") + line("small") + 2 * _GAP
        top += _ABOUT_LINES * line("body")
        self._paint_abilities(painter, QRect(inside.left(), top, inside.width(), line("small")))

    def _paint_skeleton(self, painter: QPainter) -> None:
        line = self._appearance.line_height
        width = self.width() - 2 * _PADDING
        top = _PADDING
        self._paint_bar(painter, QRect(_PADDING, top + 5, width // 2, 12))
        top += line("card_title")
        self._paint_bar(painter, QRect(_PADDING, top + 4, width // 3, 8))
        top += line("small") + _GAP
        for share in (0.9, 0.6):
            self._paint_bar(painter, QRect(_PADDING, top + 4, round(width * share), 10))
            top += line("body")

    def _paint_abilities(self, painter: QPainter, row: QRect) -> None:
        theme = self._appearance.theme
        font = self._appearance.font("small")
        metrics = QFontMetrics(font)
        edge = self._appearance.icon_size(_ABILITY_ICON)
        left = row.left()
        for icon, name in self._face.abilities:
            width = edge + 6 + metrics.horizontalAdvance(name)
            if left + width > row.right() + 1:
                break  # the model's page has all of them
            at = QPoint(self._placed(left, edge), row.top() + (row.height() - edge) // 2)
            self._appearance.icons.paint(painter, icon, at, edge, theme.text_muted)
            words = QRect(left + edge + 6, row.top(), width, row.height())
            self._paint_words(painter, name, "small", theme.text_muted, words)
            left += width + _ABILITY_GAP

    def _paint_foot(self, painter: QPainter) -> None:
        theme, face = self._appearance.theme, self._face
        line = self._appearance.line_height
        foot = QRect(0, _foot_top(self._appearance) + 1, self.width(), 0)
        foot.setBottom(self.height() - 1)
        right = self._paint_state(painter, foot)
        height = line("body") + line("small")
        top = foot.top() + (foot.height() - height) // 2
        row = QRect(_PADDING, top, max(0, right - _GAP - _PADDING), line("body"))
        if face.is_waiting:
            self._paint_bar(painter, QRect(row.left(), row.top() + 4, min(120, row.width()), 10))
            below = QRect(row.left(), row.bottom() + 4, min(190, row.width()), 8)
            self._paint_bar(painter, below)
            return
        used = self._paint_words(painter, face.file, "body", theme.text, row, row.width())
        if face.size:
            rest = row.adjusted(used, 0, 0, 0)
            text = f" · {face.size}" if face.file else face.size
            self._paint_words(painter, text, "body", theme.text_muted, rest)
        row = QRect(row.left(), row.bottom() + 1, row.width(), line("small"))
        self._paint_words(painter, face.reason, "small", theme.text_muted, row)

    def _paint_state(self, painter: QPainter, foot: QRect) -> int:
        """What is at the end of the footer without being a button. Returns where it begins."""
        theme, face = self._appearance.theme, self._face
        end = self.width() - _FOOT_EDGE
        if self.button.isVisibleTo(self):
            return end - self.button.width()
        metrics = QFontMetrics(self._appearance.font("body"))
        edge = self._appearance.icon_size(_STATE_ICON)
        if face.action is CardAction.IN_LIBRARY:
            text, color = self.tr("In library"), theme.success
        elif face.action is CardAction.RUNNING:
            known = face.fraction is not None
            text = percent(face.fraction or 0.0) if known else self.tr("Starting")
            color = theme.text
        else:
            return self.width() - _PADDING
        width = edge + _GAP + metrics.horizontalAdvance(text)
        left = end - _GAP - width
        top = foot.top() + (foot.height() - edge) // 2
        at = self._placed(left, edge)
        if face.action is CardAction.RUNNING:
            ring = QRectF(at, top, edge, edge)
            paint_spinner(painter, self._appearance, ring, face.fraction)
        else:
            self._appearance.icons.paint(painter, "verified", QPoint(at, top), edge, color)
        words = QRect(left + edge + _GAP, foot.top(), width, foot.height())
        self._paint_words(painter, text, "body", color, words)
        return left

    def _paint_words(
        self,
        painter: QPainter,
        text: str,
        style: TextStyle,
        color: QColor,
        row: QRect,
        room: int | None = None,
    ) -> int:
        """One line, elided to `room`. Returns how wide it is."""
        font = self._font(style)
        metrics = QFontMetrics(font)
        room = row.width() if room is None else room
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        width = metrics.horizontalAdvance(shown)
        painter.setFont(font)
        painter.setPen(color)
        left = self._placed(row.left(), row.width())
        side = Qt.AlignmentFlag.AlignRight if self.isRightToLeft() else Qt.AlignmentFlag.AlignLeft
        absolute = Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRect(left, row.top(), row.width(), row.height()), side | absolute, shown)
        return width

    def _paint_bar(self, painter: QPainter, bar: QRect) -> None:
        box = QRect(self._placed(bar.left(), bar.width()), bar.top(), bar.width(), bar.height())
        paint_box(painter, box, RADIUS_SMALL, fill=self._appearance.theme.pressed)

    def _placed(self, left: int, width: int) -> int:
        """Where something begins that has so much before it in the direction of reading."""
        return self.width() - left - width if self.isRightToLeft() else left

    def _font(self, style: TextStyle) -> QFont:
        return self._appearance.font(style)

    # Layout

    def _lay_out(self) -> None:
        size = self.button.sizeHint()
        foot = _foot_top(self._appearance) + 1
        top = foot + (self.height() - foot - size.height()) // 2
        left = self._placed(self.width() - _FOOT_EDGE - size.width(), size.width())
        self.button.setGeometry(left, top, size.width(), size.height())
        width = self.width() - 2 * _PADDING
        self._about = first_lines(self._face.about, self._font("body"), width, _ABOUT_LINES)
        is_cut = bool(self._about) and self._about[-1].endswith("…")
        metrics = QFontMetrics(self._font("card_title"))
        is_cut = is_cut or metrics.horizontalAdvance(self._face.title) > width - 60
        reason = QFontMetrics(self._font("small")).horizontalAdvance(self._face.reason)
        is_cut = is_cut or reason > width - size.width()
        lines = (self._face.title, self._face.about, self._face.reason)
        self.setToolTip("\n".join(text for text in lines if text) if is_cut else "")

    def _button_words(self) -> tuple[str, IconName | None]:
        match self._face.action:
            case CardAction.DOWNLOAD:
                return self.tr("Download"), "download"
            case CardAction.GATED:
                return self.tr("How to get it"), None
            case CardAction.DETAILS:
                return self.tr("Details"), None
        return "", None

    def _button_kind(self) -> ButtonKind:
        return "quiet" if self._face.action is CardAction.DETAILS else "outlined"

    def _animate(self) -> None:
        turns = self._face.action is CardAction.RUNNING and self._face.fraction is None
        if turns and self.isVisible() and not self._appearance.reduced_motion:
            self._timer.start()
        else:
            self._timer.stop()

    def _on_frame(self) -> None:
        self.update(0, _foot_top(self._appearance), self.width(), self.height())


def first_lines(text: str, font: QFont, width: int, count: int) -> tuple[str, ...]:
    """The lines that a text takes in `width` pixels; the last of them is cut if there are more."""
    if not text:
        return ()
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    starts: list[int] = []
    while len(starts) <= count:
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(max(width, 1))
        starts.append(line.textStart())
    layout.endLayout()
    # Qt counts UTF-16 units, Python characters: only beyond the first plane do they differ.
    units = text.encode("utf-16-le")
    cut = [units[2 * start :].decode("utf-16-le", "ignore") for start in starts]
    lines = []
    for number, rest in enumerate(cut[:count]):
        is_last = number == count - 1 and len(cut) > count
        after = len(cut[number + 1]) if number + 1 < len(cut) and not is_last else 0
        piece = rest[: len(rest) - after] if after else rest
        if is_last:
            piece = QFontMetrics(font).elidedText(rest, Qt.TextElideMode.ElideRight, width)
        lines.append(piece.strip())
    return tuple(lines)
