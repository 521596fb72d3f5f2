"""Why an answer could not be made, or not to its end, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QLocale, QPoint, QRectF
from PySide6.QtGui import QGuiApplication, QPainter

from chatapp.errors import ContextFull
from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CARD
from chatapp.ui.transcript.answer_state import (
    DescribeError,
    can_continue,
    error_details,
    failure,
    full_words,
    is_full,
    is_kind,
)
from chatapp.ui.transcript.blocks import Span
from chatapp.ui.transcript.paragraph import NO_MARKS, Paragraph
from chatapp.ui.transcript.stage import TEXT_INSET, Spot, SpotLook

if TYPE_CHECKING:
    from chatapp.domain.conversation import Message
    from chatapp.ui.icons import IconName
    from chatapp.ui.transcript.message_item import MessageAction
    from chatapp.ui.transcript.stage import Stage

_ROW: Final = 28
_BUTTON: Final = 32
_BETWEEN: Final = 8  # buttons
_PADDING: Final = 14
_TOP: Final = 12
_INDENT: Final = 24
_ICON: Final = 16

MakeAction = Callable[["MessageAction", "IconName", str], Spot]


class AnswerBanner:
    """A tinted box with a sentence and buttons; the details of an error open below it.

    Places are in logical pixels from its top left corner. `height` includes what is below it.
    """

    def __init__(self, stage: Stage, describe_error: DescribeError, action: MakeAction) -> None:
        self._stage = stage
        self._describe_error = describe_error
        self._action = action
        self._is_busy = False
        self._width = 0.0
        self._is_warning = False
        self._title: Paragraph | None = None
        self._sentence: Paragraph | None = None
        self._frame = QRectF()
        self._report: tuple[Paragraph, QRectF] | None = None
        self.spots: list[Spot] = []
        self.height = 0.0

    @property
    def words(self) -> str:
        """What it says."""
        if self._title is None or self._sentence is None:
            return ""
        return f"{self._title.text} {self._sentence.text}"

    def lay_out(self, message: Message, width: float, *, is_last: bool, is_busy: bool) -> None:
        """Say what happened to an answer."""
        self._width, self._is_busy = width, is_busy
        choices = self._stage.window_choices(message.id)
        has_choices = choices.can_leave_out or choices.longer > 0
        self._is_warning = is_full(message) and is_last and has_choices
        if self._is_warning:
            title, text = full_words(message)
            buttons = self._room_buttons(choices.longer, can_leave_out=choices.can_leave_out)
        else:
            title, text = failure(message, self._describe_error)
            buttons = self._failure_buttons(message) if is_last else []
        self._title = Paragraph(self._stage.appearance, (Span(title),), style="body", bold=True)
        self._sentence = Paragraph(self._stage.appearance, (Span(text),), style="body", muted=True)
        inner = width - 2 * _PADDING - _INDENT
        y = _TOP + self._title.lay_out(inner) + 2 + self._sentence.lay_out(inner)
        report = "" if self._is_warning else error_details(message.error)
        if report:
            buttons.append(self._details_button(message))
        self.spots = buttons
        bottom = self._place_buttons(buttons, y + 10) if buttons else y
        self._frame = QRectF(0, 0, width, bottom + _TOP)
        self.height = self._frame.height() + 8
        self._report = None
        if report and (message.id, "error") in self._stage.toggled:
            self._place_report(report, message)

    def _room_buttons(self, longer: int, *, can_leave_out: bool) -> list[Spot]:
        translate = QCoreApplication.translate
        buttons = []
        if can_leave_out:
            oldest = translate("AnswerFooter", "Leave out the oldest messages")
            buttons.append(self._word("leave out", oldest, "primary"))
            summary = translate("AnswerFooter", "Summarise them")
            buttons.append(self._word("summarise", summary, "outlined"))
        if longer:
            pattern = translate("AnswerFooter", "Use {length} tokens")
            words = pattern.format(length=QLocale().toString(longer))
            buttons.append(self._word("longer", words, "outlined" if buttons else "primary"))
        return buttons

    def _failure_buttons(self, message: Message) -> list[Spot]:
        translate = QCoreApplication.translate
        buttons = []
        goes_on = can_continue(message)
        if goes_on:
            spot = self._word("continue", translate("AnswerFooter", "Continue"), "primary")
            spot.icon = "continue"
            buttons.append(spot)
        can_help = not goes_on and not is_kind(message.error, ContextFull)
        spot = self._word(
            "regenerate",
            translate("AnswerFooter", "Try again"),
            "primary" if can_help else "outlined",
        )
        spot.icon = "refresh"
        return [*buttons, spot]

    def _details_button(self, message: Message) -> Spot:
        key = (message.id, "error")
        name = QCoreApplication.translate("AnswerFooter", "Details")
        more = Spot(key, name, lambda: self._stage.toggle(key))
        more.look, more.text, more.kind = "quiet", name, "opener"
        more.icon = "chevron-up" if key in self._stage.toggled else "chevron-down"
        return more

    def _word(self, action: str, text: str, look: SpotLook) -> Spot:
        from chatapp.ui.transcript.message_item import MessageAction

        spot = self._action(MessageAction(action), "refresh", text)
        spot.key = (spot.key, "word")
        spot.icon = None
        spot.text, spot.look = text, look
        spot.is_enabled = not self._is_busy
        return spot

    def _place_buttons(self, buttons: list[Spot], y: float) -> float:
        """Side by side, in as many rows as they need. Returns where they end."""
        appearance = self._stage.appearance
        begin = float(_PADDING + _INDENT)
        if buttons[0].look == "quiet":
            begin -= TEXT_INSET  # its icon, not its invisible frame, is in line with the text
        edge = float(appearance.height(_BUTTON))
        x = begin
        for spot in buttons:
            width, _ = spot.size(appearance, _BUTTON)
            if x > begin and x + width > self._width - _PADDING:
                x, y = begin, y + edge + _BETWEEN
            self._place(spot, x, y, width, edge)
            x += width + _BETWEEN
        return y + edge

    def _place(self, spot: Spot, x: float, y: float, width: float, height: float) -> None:
        if QGuiApplication.isRightToLeft():
            x = self._width - x - width
        spot.rect = QRectF(round(x), round(y), width, height)

    def _place_report(self, report: str, message: Message) -> None:
        from chatapp.ui.transcript.message_item import MessageAction

        stage, appearance = self._stage, self._stage.appearance
        translate = QCoreApplication.translate
        text = Paragraph(appearance, (Span(report),), style="code")
        height = text.lay_out(self._width - 2 * _PADDING)
        copy_key = (message.id, "copy error")
        is_copied = stage.copied == copy_key
        copy = Spot(
            copy_key, translate("AnswerFooter", "Copy"), lambda: stage.copy(report, copy_key)
        )
        copy.text = (
            translate("AnswerFooter", "Copied") if is_copied else translate("AnswerFooter", "Copy")
        )
        copy.icon = "check" if is_copied else "copy"
        logs = self._action(
            MessageAction.OPEN_LOGS, "folder", translate("AnswerFooter", "Open log folder")
        )
        logs.text = logs.name
        y = self.height + 10 + height + 6
        x = 4.0
        for spot in (copy, logs):
            spot.look = "quiet"
            width, edge = spot.size(appearance, _ROW)
            self._place(spot, x, y, width, edge)
            x += width
        self.spots += [copy, logs]
        frame = QRectF(0, self.height, self._width, 0)
        frame.setBottom(y + appearance.height(_ROW) + 4)
        self._report = (text, frame)
        self.height = frame.bottom() + 8

    def paint(self, painter: QPainter) -> None:
        """Draw it, but for its spots; the painter's origin is its top left corner."""
        if self._title is None or self._sentence is None:
            return
        appearance = self._stage.appearance
        theme = appearance.theme
        frame = self._frame
        border = theme.border if theme.is_high_contrast else None
        tint = theme.warning_tint if self._is_warning else theme.danger_tint
        paint_box(painter, frame, RADIUS_CARD, fill=tint, border=border)
        mirrored = QGuiApplication.isRightToLeft()
        edge = appearance.icon_size(_ICON)
        icon_left = frame.right() - _PADDING - edge if mirrored else _PADDING
        drop = (self._title.height - edge) / 2 if self._title.height < 2 * edge else 1
        at = QPoint(round(icon_left), round(_TOP + drop))
        color = theme.warning if self._is_warning else theme.danger
        appearance.icons.paint(painter, "warning", at, edge, color)
        left = float(_PADDING if mirrored else _PADDING + _INDENT)
        self._title.paint(painter, left, _TOP, NO_MARKS, frame)
        self._sentence.paint(painter, left, _TOP + self._title.height + 2, NO_MARKS, frame)
        if self._report is not None:
            text, below = self._report
            paint_box(
                painter, below, RADIUS_CARD, fill=theme.code_background, border=theme.code_border
            )
            text.paint(painter, _PADDING, below.top() + 10, NO_MARKS, below)
