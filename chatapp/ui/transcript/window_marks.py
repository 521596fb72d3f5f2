"""What of a conversation the model still reads, shown beside the messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QPoint, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QGuiApplication, QPainter

from chatapp.domain.conversation import Role

if TYPE_CHECKING:
    from chatapp.domain.conversation import Message
    from chatapp.ui.transcript.message_item import MessageItem

BOUNDARY: Final = 36  # logical pixels that the line takes above the gap
_BAR: Final = 2
_BAR_LEFT: Final = -12
_PIN: Final = 12
_PIN_BESIDE: Final = 4  # there are never less than 16 pixels beside the column
_GAP: Final = 12
_LINE: Final = 24


def boundary_words() -> str:
    """What the line says."""
    return QCoreApplication.translate("WindowMarks", "The model no longer reads what is above")


def window_words(message: Message) -> str:
    """What a screen reader is told of a message."""
    if message.pinned:
        return QCoreApplication.translate("WindowMarks", "Kept in the window")
    if message.left_window:
        return QCoreApplication.translate("WindowMarks", "Left the window")
    return ""


def paint_marks(painter: QPainter, item: MessageItem) -> None:
    """A bar beside what left, a pin beside what is kept, a line where reading begins."""
    appearance = item.stage.appearance
    theme = appearance.theme
    message, mirrored = item.message, QGuiApplication.isRightToLeft()
    if message.pinned:
        # Beside what it belongs to: an answer begins at the start of the line, a question ends at
        # its end.
        edge = appearance.icon_size(_PIN)
        is_before = (message.role is Role.ASSISTANT) != mirrored
        left = -_PIN_BESIDE - edge if is_before else item.width + _PIN_BESIDE
        at = QPoint(round(left), round(item.content[1] + 6))
        appearance.icons.paint(painter, "pin", at, edge, theme.text_muted)
    elif message.left_window:
        left = item.width - _BAR_LEFT - _BAR if mirrored else _BAR_LEFT
        top = 0.0 if item.goes_on else item.gap
        painter.fillRect(QRectF(left, top, _BAR, item.height - top), theme.border_strong)
    if item.is_boundary:
        _paint_boundary(painter, item)


def boundary_middle(item: MessageItem) -> float:
    """The height at which the line stands: in the middle of the gap above a message."""
    return item.gap / 2


def _paint_boundary(painter: QPainter, item: MessageItem) -> None:
    appearance, width, beside = item.stage.appearance, item.width, item.restore_width
    theme = appearance.theme
    painter.setFont(appearance.font("small"))
    painter.setPen(theme.text_muted)
    middle = boundary_middle(item)
    words = boundary_words()
    metrics = QFontMetricsF(painter.font())
    advance = min(metrics.horizontalAdvance(words) + 1, width - beside)
    mirrored = QGuiApplication.isRightToLeft()
    area = QRectF(width - advance if mirrored else 0, middle - _LINE / 2, advance, _LINE)
    align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
    painter.drawText(area, align, metrics.elidedText(words, Qt.TextElideMode.ElideRight, advance))
    rest = width - beside - advance - _GAP
    if rest > 0:
        left = beside if mirrored else advance + _GAP
        painter.fillRect(QRectF(left, round(middle), rest, 1), theme.border_strong)
