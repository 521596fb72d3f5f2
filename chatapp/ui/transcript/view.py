"""The conversation, with all that pointer and keyboard do in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QMenu, QToolTip

from chatapp.domain.conversation import Role
from chatapp.ui.transcript.blocks import TextBlock, visible_text
from chatapp.ui.transcript.canvas import OVERHANG
from chatapp.ui.transcript.code_layout import CodeLayout
from chatapp.ui.transcript.copying import Copied, copy_blocks, whole_markdown
from chatapp.ui.transcript.message_item import AnswerItem
from chatapp.ui.transcript.narration import Narration
from chatapp.ui.transcript.picture_layouts import FormulaLayout
from chatapp.ui.transcript.selection import (
    Position,
    Selection,
    next_letter,
    next_word,
    previous_letter,
    previous_word,
    word_around,
)
from chatapp.ui.transcript.sideways import Sideways
from chatapp.ui.transcript.table_layout import TableLayout
from chatapp.ui.transcript.walking import WalkableTranscript, open_address

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from chatapp.ui.models.transcript_model import TranscriptModel
    from chatapp.ui.theme import Appearance
    from chatapp.ui.transcript.answer_state import DescribeError
    from chatapp.ui.transcript.block_layout import BlockLayout
    from chatapp.ui.transcript.drawings import Drawings
    from chatapp.ui.transcript.images import Images
    from chatapp.ui.transcript.item_list import Placed

_AUTOSCROLL_MS: Final = 30
_SIDE_STEP: Final = 40
_MOST_RICH: Final = 200  # messages that are copied as more than their Markdown
_WIDE: Final = (CodeLayout, TableLayout, FormulaLayout)


class TranscriptView(WalkableTranscript):
    """Selection, links, buttons, menus and keys.

    Signals, besides those of `WalkableTranscript`: `selection_changed()`; `typed(QKeyEvent)` with
    what is meant for the composer.
    """

    selection_changed = Signal()
    typed = Signal(object)

    _pressed_link = ""
    _dragged: tuple[Sideways, QRectF, float] | None = None
    _is_selecting = False
    _granularity = "letter"
    _pivot: tuple[Position, Position] | None = None
    _pointer = QPoint()
    _last_double_click: tuple[int, QPointF] = (0, QPointF())
    _caret_x: float | None = None

    def __init__(
        self,
        model: TranscriptModel,
        appearance: Appearance,
        describe_error: DescribeError,
        drawings: Drawings | None = None,
        images: Images | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(model, appearance, describe_error, drawings, images, parent)
        self.narration = Narration(self, model, describe_error)
        self._translate()  # here: screen readers ask `narration` as soon as the view has a name

    # Selection

    @property
    def has_selection(self) -> bool:
        """Whether something is selected."""
        return self._selection is not None and not self._selection.is_empty

    @property
    def selection_start(self) -> Position | None:
        """Where the selected text begins; None when nothing is selected."""
        if self._selection is None or self._selection.is_empty:
            return None
        return self._selection.range[0]

    def select_all(self) -> None:
        """Select the whole conversation."""
        count = self._model.rowCount()
        if not count:
            return
        self._set_selection(Position(0, 0, 0), Position(count - 1, 10**9, 10**9))

    def select(self, start: Position, end: Position) -> None:
        """Select from one position to another."""
        self._set_selection(start, end)

    def drop_selection(self) -> None:
        """Select nothing."""
        if self._selection is not None:
            self._selection = None
            self.viewport().update()
            self.selection_changed.emit()

    def selected(self) -> Copied:
        """What is selected, in three forms. Many messages come as their Markdown in all of them."""
        if self._selection is None or self._selection.is_empty:
            return Copied("", "", "")
        first, last = self._selection.range
        rows = range(first.row, min(last.row, self._model.rowCount() - 1) + 1)
        if len(rows) > _MOST_RICH:
            texts = [self._text_of(self._model.message_at(row)) for row in rows]
            whole = "\n\n".join(texts)
            return Copied(whole, whole, "")
        parts = [self._copied(row, first, last) for row in rows]
        return Copied(
            "\n\n".join(part.markdown for part in parts if part.markdown),
            "\n\n".join(part.text for part in parts if part.text),
            "\n".join(part.html for part in parts if part.html),
        )

    def _copied(self, row: int, first: Position, last: Position) -> Copied:
        blocks = self.blocks_of(row)
        if not blocks:
            return Copied("", "", "")
        end_block = len(blocks) - 1
        whole = (end_block, len(visible_text(blocks[end_block])))
        begin = (first.block, first.offset) if row == first.row else (0, 0)
        end = (last.block, last.offset) if row == last.row else whole
        end = min(end, whole)
        copied = copy_blocks(blocks, begin, end)
        if self._model.message_at(row).role is not Role.ASSISTANT:
            # What a person typed is no Markdown: it is copied as it is.
            return Copied(copied.text, copied.text, copied.html)
        if begin == (0, 0) and end == whole:
            message = self._model.message_at(row)
            source = whole_markdown(message.reasoning, message.text, blocks)
            return Copied(source, copied.text, copied.html)
        return copied

    def copy_selection(self) -> None:
        """Put what is selected on the clipboard: plain, rich and as Markdown."""
        if not self.has_selection:
            return
        copied = self.selected()
        data = QMimeData()
        data.setText(copied.text)
        if copied.html:
            data.setHtml(copied.html)
        data.setData("text/markdown", copied.markdown.encode(errors="replace"))
        QGuiApplication.clipboard().setMimeData(data)

    def copy_markdown(self) -> None:
        """Put the Markdown of what is selected on the clipboard, as text."""
        if self.has_selection:
            QGuiApplication.clipboard().setText(self.selected().markdown)

    def _set_selection(self, start: Position, end: Position) -> None:
        self._selection = Selection(start, end)
        self.viewport().update()
        self.selection_changed.emit()

    def _around(self, position: Position) -> tuple[Position, Position]:
        """The word or the paragraph at a position."""
        row, block, offset = position
        blocks = self._items.item(row).column.blocks
        if block >= len(blocks) or self._granularity == "letter":
            return position, position
        text = visible_text(blocks[block])
        if self._granularity == "word":
            begin, end = word_around(text, offset)
        elif isinstance(blocks[block], TextBlock):
            begin, end = 0, len(text)
        else:
            begin, end = self._items.item(row).column.layout(block).line_range(offset)
        return Position(row, block, begin), Position(row, block, end)

    def _begin_selection(self, at: QPoint, granularity: str) -> None:
        self._granularity = granularity
        self._pivot = self._around(self.position_at(at))
        self._is_selecting = True
        self._set_selection(*self._pivot)

    def _extend_selection(self, at: QPoint) -> None:
        if self._pivot is None or not self._placed:
            return
        begin, end = self._around(self.position_at(at))
        if begin < self._pivot[0]:
            self._set_selection(self._pivot[1], begin)
        else:
            self._set_selection(self._pivot[0], max(end, self._pivot[1]))

    # Pointer

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if event.button() != Qt.MouseButton.LeftButton or not self._placed:
            return
        found = self.spot_at(at)
        if found is not None:
            self._pressed_spot = found[1].key if found[1].is_enabled else None
            self._hovered_spot = found[1].key
            self.viewport().update()
            return
        bar = self._bar_at(at)
        if bar is not None:
            self._dragged = (*bar, event.position().x())
            return
        self._focused_spot = None
        if self._is_third_click(event):
            self._begin_selection(at, "paragraph")
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier and self._selection is not None:
            self._granularity = "letter"
            self._is_selecting = True
            self._pivot = (self._selection.start, self._selection.start)
            self._extend_selection(at)
        else:
            self._pressed_link = self._link_at(at)
            self._begin_selection(at, "letter")

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if event.button() != Qt.MouseButton.LeftButton or not self._placed:
            return
        if self.spot_at(at) is not None:
            self.mousePressEvent(event)
            return
        self._last_double_click = (event.timestamp(), event.position())
        self._begin_selection(at, "word")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if self._dragged is not None:
            sideways, bar, x = self._dragged
            sideways.drag(bar, event.position().x() - x)
            self._dragged = (sideways, bar, event.position().x())
            self.viewport().update()
        elif self._is_selecting and event.buttons() & Qt.MouseButton.LeftButton:
            self._pointer = at
            self._extend_selection(at)
            outside = not 0 <= at.y() < self.viewport().height()
            if outside and not self._autoscroll.isActive():
                self._autoscroll.start()
            elif not outside:
                self._autoscroll.stop()
        else:
            self._hover(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        self._dragged = None
        self._autoscroll.stop()
        self._is_selecting = False
        pressed, self._pressed_spot = self._pressed_spot, None
        link, self._pressed_link = self._pressed_link, ""
        if pressed is not None:
            found = self.spot_at(at)
            self.viewport().update()
            if found is not None and found[1].key == pressed:
                found[1].act()
                self._hover(at)
        elif link and not self.has_selection and self._link_at(at) == link:
            open_address(link)
        clipboard = QGuiApplication.clipboard()
        if clipboard.supportsSelection() and self.has_selection and pressed is None:
            clipboard.setText(self.selected().text, clipboard.Mode.Selection)

    @property
    def _autoscroll(self) -> QTimer:
        timer = self.__dict__.get("_autoscroll_timer")
        if not isinstance(timer, QTimer):
            timer = QTimer(self, interval=_AUTOSCROLL_MS)
            timer.timeout.connect(self._on_autoscroll)
            self.__dict__["_autoscroll_timer"] = timer
        return timer

    def _on_autoscroll(self) -> None:
        y, height = self._pointer.y(), self.viewport().height()
        by = y if y < 0 else y - height
        self.scroll_by(max(-60, min(60, by // 2)))
        self._extend_selection(QPoint(self._pointer.x(), min(max(y, 0), height - 1)))

    def wheelEvent(self, event: QWheelEvent) -> None:
        delta = event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta() / 2
        sideways = delta.x()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and not sideways:
            sideways = delta.y()
        is_sideways = bool(sideways) and (
            abs(delta.x()) > abs(delta.y()) or bool(event.modifiers())
        )
        if is_sideways:
            found = self._block_at(event.position().toPoint())
            if found is not None and found[0].scroll_sideways(-sideways):
                self.viewport().update()
            event.accept()
            return
        super().wheelEvent(event)
        self._hover(event.position().toPoint())

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(QPoint(-1, -1))

    def _hover(self, at: QPoint) -> None:
        one = self.placed_at(at.y()) if self.viewport().rect().contains(at) else None
        found = self.spot_at(at) if one is not None else None
        row = one.row if one is not None else -1
        spot = found[1].key if found is not None else None
        block = self._block_at(at) if one is not None else None
        key = block[0].key if block is not None else None
        hovered = (row, spot, key)
        if hovered != (self._hovered_row, self._hovered_spot, self._stage.hovered):
            self._hovered_row, self._hovered_spot, self._stage.hovered = hovered
            self.viewport().update()
        shape = Qt.CursorShape.ArrowCursor
        if found is None and one is not None:
            if self._link_at(at):
                shape = Qt.CursorShape.PointingHandCursor
            elif self._is_over_text(one, at):
                shape = Qt.CursorShape.IBeamCursor
        if self.viewport().cursor().shape() != shape:
            self.viewport().setCursor(shape)

    def _is_over_text(self, one: Placed, at: QPoint) -> bool:
        inside = -OVERHANG <= at.x() - self.column_left <= self._items.width + OVERHANG
        return inside and one.item.block_at(at.x() - self.column_left, at.y() - one.top) is not None

    def _block_at(self, at: QPoint) -> tuple[BlockLayout, float, float] | None:
        one = self.placed_at(at.y())
        if one is None:
            return None
        return one.item.block_at(at.x() - self.column_left, at.y() - one.top)

    def _link_at(self, at: QPoint) -> str:
        found = self._block_at(at)
        return found[0].link_at(found[1], found[2]) if found is not None else ""

    def _bar_at(self, at: QPoint) -> tuple[Sideways, QRectF] | None:
        found = self._block_at(at)
        if found is None or not isinstance(found[0], _WIDE) or not found[0].sideways.hidden:
            return None
        bar = found[0].bar_rect()
        is_on = bar.adjusted(0, -3, 0, 3).contains(found[1], found[2])
        return (found[0].sideways, bar) if is_on else None

    def _is_third_click(self, event: QMouseEvent) -> bool:
        when, where = self._last_double_click
        close = (event.position() - where).manhattanLength() < QApplication.startDragDistance()
        return close and event.timestamp() - when < QApplication.doubleClickInterval()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            found = self.spot_at(event.pos())
            text = found[1].name if found is not None else self._link_at(event.pos())
            if found is None and not text:
                text = self._details_at(event.pos())
            if found is not None and not found[1].is_enabled and self._is_busy:
                text = self.tr("Another answer is being written")
            QToolTip.showText(event.globalPos(), text, self.viewport())
            return True
        return super().viewportEvent(event)

    def _details_at(self, at: QPoint) -> str:
        one = self.placed_at(at.y())
        if one is None or not isinstance(one.item, AnswerItem):
            return ""
        return one.item.footer.tip_at(at.y() - one.top - one.item.footer_top)

    # Keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        key = event.key()
        keys = Qt.Key
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_selection()
        elif control and shift and key == keys.Key_C:
            self.copy_markdown()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.select_all()
        elif alt and key in (keys.Key_Up, keys.Key_Down):
            self.focus_message(1 if key == keys.Key_Down else -1)
        elif (shift and self._move_end(key, by_word=control)) or (
            key in (keys.Key_Return, keys.Key_Enter, keys.Key_Space) and self._press_focused()
        ):
            pass
        elif key == keys.Key_Escape and (self.has_selection or self._focused_spot is not None):
            self._focused_spot = None
            self.drop_selection()
            self.viewport().update()
            self.keyboard_moved.emit()
        elif self._scroll_with(key, control=control, shift=shift):
            pass
        elif event.text() and event.text().isprintable() and control == alt:  # both are AltGr
            self.typed.emit(event)
        else:
            super().keyPressEvent(event)

    def _scroll_with(self, key: int, *, control: bool, shift: bool) -> bool:
        keys = Qt.Key
        page = self.viewport().height() - 48
        steps = {
            keys.Key_Up: -40,
            keys.Key_Down: 40,
            keys.Key_PageUp: -page,
            keys.Key_PageDown: page,
            keys.Key_Space: -page if shift else page,
        }
        if key == keys.Key_Home:
            self.verticalScrollBar().setValue(0)
        elif key == keys.Key_End:
            self.jump_to_latest()
        elif key in (keys.Key_Left, keys.Key_Right) and not control:
            return self._scroll_focused(_SIDE_STEP if key == keys.Key_Right else -_SIDE_STEP)
        elif key in steps:
            self.scroll_by(steps[Qt.Key(key)])
        else:
            return False
        return True

    def _scroll_focused(self, by: float) -> bool:
        """Move the wide blocks on the screen of the message that the keyboard is at."""
        for one in self._placed:
            if one.row == self._focused_row:
                moved = [layout.scroll_sideways(by) for _, layout in one.item.column.layouts()]
                self.viewport().update()
                return any(moved)
        return False

    def _move_end(self, key: int, *, by_word: bool) -> bool:
        """Move the end of the selection by a key. False when it is none of those."""
        keys = Qt.Key
        selection = self._selection
        if selection is None:
            if self._focused_row < 0:
                return False
            start = Position(self._focused_row, 0, 0)
            selection = Selection(start, start)
        end = self._real(selection.end)
        if end.block >= len(self._items.item(end.row).column):
            return False
        if key in (keys.Key_Left, keys.Key_Right):
            end = self._step(end, forward=key == keys.Key_Right, by_word=by_word)
        elif key in (keys.Key_Up, keys.Key_Down):
            end = self._line_step(end, down=key == keys.Key_Down)
        elif key in (keys.Key_Home, keys.Key_End):
            begin, last = self._items.item(end.row).column.layout(end.block).line_range(end.offset)
            end = Position(end.row, end.block, begin if key == keys.Key_Home else last)
        else:
            return False
        self._set_selection(selection.start, end)
        self.show_range(end.row, end.block, end.offset, end.offset)
        return True

    def _step(self, at: Position, *, forward: bool, by_word: bool) -> Position:
        blocks = self._items.item(at.row).column.blocks
        text = visible_text(blocks[at.block]) if blocks else ""
        if forward and at.offset < len(text):
            offset = (next_word if by_word else next_letter)(text, at.offset)
            return Position(at.row, at.block, offset)
        if not forward and at.offset > 0:
            offset = (previous_word if by_word else previous_letter)(text, at.offset)
            return Position(at.row, at.block, offset)
        return self._neighbour(at, forward=forward)

    def _neighbour(self, at: Position, *, forward: bool) -> Position:
        """The beginning of the next block, or the end of the one before."""
        row, block = at.row, at.block + (1 if forward else -1)
        while 0 <= row < self._model.rowCount():
            blocks = self._items.item(row).column.blocks
            if 0 <= block < len(blocks):
                return Position(row, block, 0 if forward else len(visible_text(blocks[block])))
            row += 1 if forward else -1
            if not 0 <= row < self._model.rowCount():
                break
            block = 0 if forward else len(self._items.item(row).column.blocks) - 1
        return at

    def _line_step(self, at: Position, *, down: bool) -> Position:
        item = self._items.item(at.row)
        rects = item.rects(at.block, at.offset, at.offset + 1) or item.rects(
            at.block, max(0, at.offset - 1), at.offset
        )
        if not rects:
            return self._neighbour(at, forward=down)
        rect = rects[0]
        y = rect.bottom() + 2 if down else rect.top() - 2
        left, top = item.content
        column = item.column
        if not top <= y < top + column.height:
            return self._neighbour(at, forward=down)
        block, offset = column.position_at(rect.left() - left, y - top)
        found = Position(at.row, block, offset)
        return found if found != at else self._neighbour(at, forward=down)

    # Menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        at = event.pos()
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        if by_key and self._focused_row >= 0:
            self.open_menu(self._focused_row)
            return
        one = self.placed_at(at.y())
        link = self._link_at(at)
        if one is not None and not link and not self.has_selection:
            self.menu_requested.emit(one.item.message.id, event.globalPos())
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction(self.tr("Copy"), self.copy_selection)
        copy.setEnabled(self.has_selection)
        as_markdown = menu.addAction(self.tr("Copy as Markdown"), self.copy_markdown)
        as_markdown.setEnabled(self.has_selection)
        menu.addAction(self.tr("Select all"), self.select_all)
        if link:
            menu.addSeparator()
            menu.addAction(self.tr("Open link"), lambda: open_address(link))
            clipboard = QGuiApplication.clipboard()
            menu.addAction(self.tr("Copy link address"), lambda: clipboard.setText(link))
        menu.popup(event.globalPos())
