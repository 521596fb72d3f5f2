"""What stands below an answer's text: its state while it is made, then what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QGuiApplication, QPainter

from chatapp.chat.events import AnswerPhase, AnswerProgress
from chatapp.domain.conversation import Message, MessageStatus, Opinion
from chatapp.ui.painting import paint_box
from chatapp.ui.transcript.answer_banner import AnswerBanner
from chatapp.ui.transcript.answer_state import (
    DescribeError,
    can_continue,
    details,
    is_full,
    notice,
    waiting_words,
    writing_words,
)
from chatapp.ui.transcript.blocks import Span
from chatapp.ui.transcript.paragraph import NO_MARKS, Paragraph
from chatapp.ui.transcript.stage import TEXT_INSET, Spot
from chatapp.ui.widgets.spinner import paint_spinner

if TYPE_CHECKING:
    from chatapp.ui.icons import IconName
    from chatapp.ui.transcript.message_item import MessageAction
    from chatapp.ui.transcript.stage import Stage

_ROW: Final = 28
_ARROW: Final = 24
_GAP: Final = 4
_ABOVE_BOX: Final = 12
_ICON: Final = 14
_WAITING_ROW: Final = 24
_BAR_WIDTH: Final = 200
_BAR: Final = 4
# So that the icon, not its invisible button, is in line with the text.
_GLYPH_INSET: Final = 8

_WRITING: Final = (AnswerPhase.WRITING, AnswerPhase.THINKING)
_WHOLE: Final = (MessageStatus.COMPLETE, MessageStatus.GENERATING)  # or going to be


class AnswerFooter:
    """A row of a fixed height for state or actions, a line of details; a banner for a failure.

    Places are in logical pixels from its top left corner.
    """

    def __init__(self, stage: Stage, describe_error: DescribeError) -> None:
        self._stage = stage
        self._describe_error = describe_error
        self._message: Message | None = None
        self._progress: AnswerProgress | None = None
        self._is_last = False
        self._is_busy = False
        self._width = 0.0
        self._rows: list[Spot] = []
        self._arrows: list[Spot] = []
        self._notice: Paragraph | None = None
        self._notice_width = 0.0
        self.banner: AnswerBanner | None = None  # above the row, where something went wrong
        self._row_top = 0.0
        self.height = 0.0
        self.spots: list[Spot] = []

    def bind(
        self,
        versions: Callable[[], list[Spot]],
        action: Callable[[MessageAction, IconName, str], Spot],
        version_text: Callable[[], str],
    ) -> None:
        """Take what the message's item makes."""
        self._versions = versions
        self._action = action
        self._version_text = version_text

    def show(self, message: Message, progress: AnswerProgress | None, width: float) -> None:
        """Show the state of an answer."""
        self._message, self._progress = message, progress
        self.lay_out(width)

    def set_place(self, *, is_last: bool, is_busy: bool) -> None:
        """The last answer always shows its actions; while one is written none can be begun."""
        if (is_last, is_busy) != (self._is_last, self._is_busy):
            self._is_last, self._is_busy = is_last, is_busy
            self.lay_out(self._width)

    def gap_above(self, *, ends_with_text: bool) -> int:
        """The space to the text above."""
        return _GAP if ends_with_text and self.banner is None else _ABOVE_BOX

    @property
    def is_waiting(self) -> bool:
        """Whether a spinner turns in it."""
        return self._waits

    def tip_at(self, y: float) -> str:
        """The line of details under a point, when it is not shown whole."""
        message, appearance = self._message, self._stage.appearance
        if message is None or not self._shows_details(message):
            return ""
        if not 0 <= self.height - y <= appearance.line_height("small"):
            return ""
        text = details(message)
        metrics = QFontMetricsF(appearance.font("small", tabular=True))
        return text if metrics.horizontalAdvance(text) > self._width else ""

    # Layout

    @property
    def _waits(self) -> bool:
        if self._message is None or self._message.status is not MessageStatus.GENERATING:
            return False
        return self._progress is not None and self._progress.phase not in _WRITING

    def lay_out(self, width: float) -> None:
        """Place everything in a width."""
        self._width = width
        message = self._message
        self._rows, self._arrows, self.spots = [], [], []
        self._notice = self.banner = None
        if message is None:
            return
        appearance = self._stage.appearance
        row = float(appearance.height(_ROW))
        self._row_top = 0.0
        if self._waits:
            row = float(appearance.height(_WAITING_ROW) + _BAR + 4)
        elif message.status is not MessageStatus.GENERATING:
            if message.status is MessageStatus.FAILED or self._offers_room(message):
                self._place_banner(message)
            row = self._place_row(message, row)
        self.height = self._row_top + row
        if self._shows_details(message):
            self.height += _GAP + appearance.line_height("small")

    def _shows_details(self, message: Message) -> bool:
        """Those of an answer that broke off are always there."""
        return self._stage.shows_details or message.status not in _WHOLE

    def _offers_room(self, message: Message) -> bool:
        """Whether it can go on when room is made for it."""
        if not self._is_last or not is_full(message):
            return False
        choices = self._stage.window_choices(message.id)
        return choices.can_leave_out or choices.longer > 0

    def _place_banner(self, message: Message) -> None:
        banner = AnswerBanner(self._stage, self._describe_error, self._action)
        banner.lay_out(message, self._width, is_last=self._is_last, is_busy=self._is_busy)
        self.spots += banner.spots
        self._row_top = banner.height
        self.banner = banner

    def _place_row(self, message: Message, row: float) -> float:
        """The notice and the actions. Returns their height."""
        appearance = self._stage.appearance
        translate = QCoreApplication.translate
        words: list[Spot] = []
        text = "" if self.banner is not None else notice(message)
        may_go_on = self._is_last and can_continue(message)
        unfinished = message.status in (MessageStatus.STOPPED, MessageStatus.INTERRUPTED)
        if text and may_go_on:
            words.append(self._word("continue", translate("AnswerFooter", "Continue")))
        if unfinished and self._is_last:
            words.append(self._word("regenerate", translate("AnswerFooter", "Try again")))
        is_said = bool(text) or self.banner is not None  # in words, above
        icons = self._make_icons(message, has_continue=may_go_on and not is_said)
        x, top = 0.0, self._row_top
        if text:
            self._notice = Paragraph(
                appearance, (Span(text),), style="small", muted=True, drawings=None
            )
            needed = sum(spot.size(appearance, _ROW)[0] for spot in words)
            self._notice.lay_out(10_000)
            self._notice_width = self._notice.natural_width + 2
            if self._notice_width + needed > self._width:
                self._notice_width = self._width
                top += self._notice.lay_out(self._width)
                x = -TEXT_INSET
            else:
                self._notice.lay_out(self._notice_width)
                x = self._notice_width + _GAP
        x -= 0 if text else _GLYPH_INSET
        for spot in words:
            width, height = spot.size(appearance, _ROW)
            self._place(spot, x, top + (row - height) / 2, width, height)
            x += width
        for spot in self._arrows:
            arrow = float(appearance.height(_ARROW))
            self._place(spot, x, top + (row - arrow) / 2, arrow, arrow)
            x += arrow
            if spot is self._arrows[0]:
                x += self._version_width()
        if self._arrows:
            x += 4
        for spot in icons:
            width, height = spot.size(appearance, _ROW)
            if x + width > self._width and spot is not icons[-1]:
                continue  # it is in the menu of the last one, too
            self._place(spot, x, top + (row - height) / 2, width, height)
            x += width
        placed = [spot for spot in icons if spot.rect.width()]
        self.spots = [*self.spots, *words, *self._arrows, *placed]
        return top - self._row_top + row

    def _make_icons(self, message: Message, *, has_continue: bool) -> list[Spot]:
        from chatapp.ui.transcript.message_item import MessageAction

        translate = QCoreApplication.translate
        self._arrows = self._versions()
        icons: list[Spot] = []
        if message.text:
            copy = self._action(
                MessageAction.COPY, "copy", translate("AnswerFooter", "Copy answer")
            )
            if self._stage.copied == copy.key:
                copy.icon, copy.name = "check", translate("AnswerFooter", "Copied")
            edit = self._action(
                MessageAction.EDIT, "pencil", translate("AnswerFooter", "Edit answer")
            )
            edit.is_enabled = not self._is_busy
            icons += [copy, edit]
        again = self._action(
            MessageAction.REGENERATE, "refresh", translate("AnswerFooter", "Try again")
        )
        again.is_enabled = not self._is_busy
        if message.status is MessageStatus.COMPLETE or not self._is_last:
            icons.append(again)
        if has_continue:
            go_on = self._action(
                MessageAction.CONTINUE, "continue", translate("AnswerFooter", "Continue")
            )
            go_on.is_enabled = not self._is_busy
            icons.append(go_on)
        if message.text:
            branch = self._action(
                MessageAction.BRANCH,
                "branch",
                translate("AnswerFooter", "Branch into a new conversation"),
            )
            opinion = message.rating.opinion if message.rating is not None else None
            like = self._action(
                MessageAction.LIKE, "like", translate("AnswerFooter", "Good answer")
            )
            like.is_on, like.kind = opinion is Opinion.LIKED, "toggle"
            dislike = self._action(
                MessageAction.DISLIKE, "dislike", translate("AnswerFooter", "Bad answer")
            )
            dislike.is_on, dislike.kind = opinion is Opinion.DISLIKED, "toggle"
            icons += [branch, like, dislike]
        icons.append(self._action(MessageAction.MORE, "more", translate("AnswerFooter", "More")))
        for spot in (*self._arrows, *icons):
            spot.is_shy = not self._is_last
        for spot in self._arrows:
            spot.is_enabled = spot.is_enabled and not self._is_busy
            spot.is_shy = False
        return icons

    def _word(self, action: str, text: str) -> Spot:
        from chatapp.ui.transcript.message_item import MessageAction

        spot = self._action(MessageAction(action), "refresh", text)
        spot.key = (spot.key, "word")
        spot.icon = None
        spot.text, spot.look = text, "text"
        spot.is_enabled = not self._is_busy
        return spot

    def _place(self, spot: Spot, x: float, y: float, width: float, height: float) -> None:
        if QGuiApplication.isRightToLeft():
            x = self._width - x - width
        spot.rect = QRectF(round(x), round(y), width, height)

    def _version_width(self) -> float:
        font = self._stage.appearance.font("small", tabular=True)
        return QFontMetricsF(font).horizontalAdvance(self._version_text()) + 8

    # Painting

    def paint(self, painter: QPainter) -> None:
        """Draw it, but for its spots; the painter's origin is its top left corner."""
        message = self._message
        if message is None:
            return
        appearance = self._stage.appearance
        theme = appearance.theme
        if message.status is MessageStatus.GENERATING:
            if self._waits and self._progress is not None:
                self._paint_waiting(painter, self._progress)
            elif self._progress is not None:
                row = QRectF(0, 0, self._width, appearance.height(_ROW))
                self._paint_line(painter, row, writing_words(self._progress))
            return
        if self.banner is not None:
            self.banner.paint(painter)
        if self._notice is not None:
            everything = QRectF(0, 0, self._width, self.height)
            room = float(appearance.height(_ROW))
            alone = self._notice_width >= self._width
            down = 0.0 if alone else (room - self._notice.height) / 2
            left = 0.0
            if QGuiApplication.isRightToLeft() and not alone:
                left = self._width - self._notice_width
            self._notice.paint(painter, left, self._row_top + down, NO_MARKS, everything)
        if self._arrows:
            first, last = self._arrows[0].rect, self._arrows[-1].rect
            area = first.united(last)
            painter.setFont(appearance.font("small", tabular=True))
            painter.setPen(theme.text_muted)
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self._version_text())
        line = QRectF(
            0,
            self.height - appearance.line_height("small"),
            self._width,
            appearance.line_height("small"),
        )
        if self._shows_details(message):
            self._paint_line(painter, line, details(message))

    def _paint_line(self, painter: QPainter, area: QRectF, text: str) -> None:
        appearance = self._stage.appearance
        font = appearance.font("small", tabular=True)
        painter.setFont(font)
        painter.setPen(appearance.theme.text_faint)
        shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
        if QGuiApplication.isRightToLeft():
            align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(area, align, shown)

    def _paint_waiting(self, painter: QPainter, progress: AnswerProgress) -> None:
        appearance = self._stage.appearance
        theme = appearance.theme
        row = float(appearance.height(_WAITING_ROW))
        edge = float(appearance.icon_size(_ICON))
        mirrored = QGuiApplication.isRightToLeft()
        left = self._width - edge if mirrored else 0.0
        place = QRectF(left, (row - edge) / 2, edge, edge)
        waits = progress.phase is AnswerPhase.WAITING
        if waits:
            at = place.topLeft().toPoint()
            appearance.icons.paint(painter, "clock", at, int(edge), theme.text)
        else:
            paint_spinner(painter, appearance, place)
        painter.setFont(appearance.font("body", tabular=True))
        words, figures = waiting_words(progress)
        offset = edge + 8
        for text, color in ((words, theme.text), (figures, theme.text_muted)):
            painter.setPen(color)
            area = QRectF(offset, 0, self._width - offset, row)
            align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
            if mirrored:
                area = QRectF(0, 0, self._width - offset, row)
                align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(area, align, text)
            offset += QFontMetricsF(painter.font()).horizontalAdvance(text) + 8
        if not waits:
            width = min(float(_BAR_WIDTH), self._width - edge - 8)
            bar = QRectF(edge + 8, row, width, _BAR)
            if mirrored:
                bar.moveRight(self._width - edge - 8)
            paint_box(painter, bar, _BAR / 2, fill=theme.pressed)
            if progress.fraction > 0:
                done = QRectF(bar)
                done.setWidth(max(float(_BAR), bar.width() * min(1.0, progress.fraction)))
                if mirrored:
                    done.moveRight(bar.right())
                paint_box(painter, done, _BAR / 2, fill=theme.accent)
