"""What the tests of the transcript do with it: look, point, press, turn the wheel, and check."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from chatapp.errors import ChatappError
from chatapp.ui.transcript.blocks import visible_text
from chatapp.ui.transcript.item_list import BOTTOM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.ui.transcript.block_layout import BlockLayout
    from chatapp.ui.transcript.item_list import Placed
    from chatapp.ui.transcript.stage import Spot
    from chatapp.ui.transcript.view import TranscriptView

LEFT = Qt.MouseButton.LeftButton
NO_BUTTON = Qt.MouseButton.NoButton
NO_KEYS = Qt.KeyboardModifier.NoModifier


def describe(error: ChatappError) -> str:
    """Stands for the sentence of an error."""
    return f"It went wrong: {error}"


# Looking


def text_of(view: TranscriptView, row: int) -> str:
    """What a message shows, a line for each block."""
    return "\n".join(visible_text(block) for block in view.item(row).column.blocks)


def placed_at(view: TranscriptView, row: int) -> Placed:
    """A message that is on the screen."""
    return next(one for one in view.placed if one.row == row)


def spots(view: TranscriptView, row: int = -1) -> list[Spot]:
    """What can be pressed in a message on the screen; in the last one by default."""
    row = view.placed[-1].row if row < 0 else row
    return [spot for spot, _ in placed_at(view, row).item.spots()]


def names(view: TranscriptView, row: int = -1) -> list[str]:
    """The names of those."""
    return [spot.name for spot in spots(view, row)]


def spot(view: TranscriptView, name: str, row: int = -1) -> Spot:
    """The one of this name; it must be the only one."""
    (found,) = [one for one in spots(view, row) if one.name == name]
    return found


def spot_rect(view: TranscriptView, name: str, row: int = -1) -> QRectF:
    """Where it is in the viewport."""
    row = view.placed[-1].row if row < 0 else row
    one = placed_at(view, row)
    (found,) = [rect for spot, rect in one.item.spots() if spot.name == name]
    return found.translated(view.column_left, one.top)


def rects_of(view: TranscriptView, row: int, block: int, begin: int, end: int) -> list[QRectF]:
    """Where a part of a message's text is in the viewport."""
    one = placed_at(view, row)
    return [
        rect.translated(view.column_left, one.top) for rect in one.item.rects(block, begin, end)
    ]


def place_of(view: TranscriptView, row: int, block: int, offset: int) -> QPoint:
    """A point on the first half of a character."""
    rect = rects_of(view, row, block, offset, offset + 1)[0]
    return QPointF(rect.left() + rect.width() / 4, rect.center().y()).toPoint()


def layouts(view: TranscriptView, row: int) -> list[BlockLayout]:
    """The blocks of a message that are laid out."""
    return [layout for _, layout in view.item(row).column.layouts()]


def image(view: TranscriptView) -> QImage:
    """What is seen now."""
    return view.viewport().grab().toImage()


def pixels_of(image: QImage, rect: QRectF) -> set[str]:
    """The colours in a part of a picture."""
    area = rect.toAlignedRect().intersected(image.rect())
    return {
        image.pixelColor(x, y).name()
        for x in range(area.left(), area.right() + 1)
        for y in range(area.top(), area.bottom() + 1)
    }


# Doing


class Mouse:
    """A pointer over a view, with a clock of its own, so that clicks are as fast as wanted."""

    def __init__(self, view: TranscriptView) -> None:
        self._viewport = view.viewport()
        self._now = 1000
        self._buttons = NO_BUTTON
        self.keys = NO_KEYS

    def press(self, at: QPoint) -> None:
        self._buttons = LEFT
        self._send(QEvent.Type.MouseButtonPress, at, LEFT)

    def release(self, at: QPoint) -> None:
        self._buttons = NO_BUTTON
        self._send(QEvent.Type.MouseButtonRelease, at, LEFT)

    def move(self, at: QPoint) -> None:
        self._send(QEvent.Type.MouseMove, at, NO_BUTTON)

    def click(self, at: QPoint, times: int = 1) -> None:
        """One click, or two or three quick ones."""
        self._now += 5000
        for number in range(times):
            if number == 1:
                self._buttons = LEFT
                self._send(QEvent.Type.MouseButtonDblClick, at, LEFT)
            else:
                self.press(at)
            self.release(at)

    def drag(self, begin: QPoint, end: QPoint) -> None:
        self._now += 5000
        self.press(begin)
        self.move((begin + end) / 2)
        self.move(end)
        self.release(end)

    def press_spot(self, view: TranscriptView, name: str, row: int = -1) -> None:
        """Click what can be pressed."""
        at = spot_rect(view, name, row).center().toPoint()
        self.move(at)
        self.click(at)

    def wheel(self, at: QPoint, *, right: int = 0, down: int = 0) -> None:
        """Turn the wheel by so many pixels of content."""
        event = QWheelEvent(
            QPointF(at),
            QPointF(self._viewport.mapToGlobal(at)),
            QPoint(-right, -down),
            QPoint(-right * 2, -down * 2),
            NO_BUTTON,
            self.keys,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(self._viewport, event)

    def _send(self, kind: QEvent.Type, at: QPoint, button: Qt.MouseButton) -> None:
        self._now += 10
        event = QMouseEvent(
            kind,
            QPointF(at),
            QPointF(self._viewport.mapToGlobal(at)),
            button,
            self._buttons,
            self.keys,
        )
        event.setTimestamp(self._now)
        QApplication.sendEvent(self._viewport, event)


# Checking


def check_places(view: TranscriptView, rows: int) -> None:
    """No gap, no overlap, no empty screen, and a scroll bar that tells the truth."""
    placed: Sequence[Placed] = view.placed
    bar = view.verticalScrollBar()
    height = view.viewport().height()
    if not rows:
        assert not placed
        assert bar.maximum() == 0
        return
    assert [one.row for one in placed] == list(range(placed[0].row, placed[-1].row + 1))
    for above, below in pairwise(placed):
        assert abs(above.bottom - below.top) < 0.01
    items = view._items
    total = items.total + items.spare(height)
    first, last = placed[0], placed[-1]
    if items.total <= height and items.pinned is None:
        assert first.row == 0
        assert last.row == rows - 1
        assert first.top == 0
    else:
        assert first.top <= 0 < first.bottom
        assert last.row == rows - 1 or last.bottom >= height
        if items.pinned is None:
            assert last.bottom >= height - BOTTOM - 0.01
    for one in placed:
        assert abs(items.heights[one.row] - one.item.height) < 0.01
    above_window = items.heights.before(first.row) - first.top
    assert bar.maximum() == max(0, round(total - height))
    assert abs(bar.value() - above_window) <= 1, f"{bar.value()} is not {above_window}"
    for one in placed:
        _check_message(one, height)


def _check_message(one: Placed, height: int) -> None:
    """What is on the screen of a message is laid out, and the blocks lie below each other."""
    column = one.item.column
    if one.item.replaced is not None:
        return
    start = one.top + one.item.content[1]
    for index in range(len(column)):
        top = start + column.top_of(index)
        if top >= height:
            break
        if column.is_measured(index):
            bottom = top + column.layout(index).height
            if index + 1 < len(column):
                assert bottom <= start + column.top_of(index + 1) + 0.01
        else:
            following = start + column.heights.before(index + 1)
            assert following <= 0, f"block {index} of message {one.row} is seen, but not measured"
