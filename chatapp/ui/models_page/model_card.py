"""What the maker of a model wrote about it, in the blocks that answers are shown in.

It is read in the background and laid out as far as it is looked at. Nothing in it is fetched.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAccessibleWidget, QMenu, QSizePolicy, QWidget

from chatapp.domain.conversation import Message, MessageStatus, Role
from chatapp.ui.i18n import Translated
from chatapp.ui.models_page.card_markdown import LONGEST, without_html
from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CONTROL
from chatapp.ui.transcript.blocks import Block, visible_text
from chatapp.ui.transcript.copying import copy_blocks
from chatapp.ui.transcript.images import Images
from chatapp.ui.transcript.message_item import MessageItem
from chatapp.ui.transcript.pressables import lay_out_pressables, link_spots
from chatapp.ui.transcript.selection import Position, Selection, marks_of, word_around
from chatapp.ui.transcript.stage import Spot, Stage
from chatapp.ui.transcript.walking import open_address

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from chatapp.chat.events import AnswerProgress
    from chatapp.jobs import Jobs
    from chatapp.ui.theme import Appearance
    from chatapp.ui.transcript.drawings import Drawings
    from chatapp.ui.transcript.paragraph import Marks

_OVERHANG = 6  # what the focus ring of a link takes around it
_COPIED_MS = 1500
_MOST_BLOCKS = 1000
_MOST_SPOKEN = 4000  # characters that a screen reader is told


class ModelCard(Translated, QWidget):
    """Selectable text with links and code; as high as its text, and as wide as it is made.

    Signals: `place_wanted(QRect)`: that part of it should be seen; `save_requested(str, str)` with
    a language and code; `shown(bool)` with whether it is only the beginning of a very long card.
    """

    place_wanted = Signal(QRect)
    save_requested = Signal(str, str)
    shown = Signal(bool)

    def __init__(
        self,
        appearance: Appearance,
        jobs: Jobs,
        drawings: Drawings | None = None,
        parent: QWidget | None = None,
        *,
        has_html: bool = True,
    ) -> None:
        """With `has_html` the tags in it are read; else they are words like others."""
        super().__init__(parent)
        self._appearance = appearance
        self._jobs = jobs
        self._has_html = has_html
        self._text = ""
        self._selection: Selection | None = None
        self._is_selecting = False
        self._pressed_link = ""
        self._pressed_spot: Hashable = None
        self._hovered_spot: Hashable = None
        self._focused_spot: Hashable = None
        self._has_ring = False
        self._stage = Stage(
            appearance,
            drawings,
            Images(jobs, self),
            toggle=self._toggle,
            copy=self._copy,
            save=self.save_requested.emit,
            thinking_seconds=lambda _key: 0.0,
        )
        self._item = _CardItem(self._stage)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._translate()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._copied_timer = QTimer(self, singleShot=True, interval=_COPIED_MS)
        self._copied_timer.timeout.connect(lambda: self._set_copied(None))
        self._settle_timer = QTimer(self, singleShot=True, interval=0)
        self._settle_timer.timeout.connect(self._settle)
        if drawings is not None:
            for signal in (drawings.highlighted, drawings.grown, drawings.drawn):
                signal.connect(self._on_drawn)
        self._stage.images.loaded.connect(lambda source: self._on_drawn(frozenset({source})))
        appearance.changed.connect(self._on_appearance_changed)

    @cached_property
    def accessible(self) -> QAccessibleWidget:
        """What screen readers ask: without it they would not know that this is text."""
        return QAccessibleWidget(self, QAccessible.Role.Document)

    @property
    def blocks(self) -> Sequence[Block]:
        """What it shows."""
        return self._item.column.blocks

    @property
    def selected_text(self) -> str:
        """What is selected, as plain text."""
        if self._selection is None or self._selection.is_empty or not self.blocks:
            return ""
        first, last = self._selection.range
        return copy_blocks(self.blocks, first[1:], last[1:]).text

    def show_text(self, text: str) -> None:
        """Show a card; it appears once it is read."""
        self._text = text
        if not text.strip():
            self._show_read(text, _Read())
            return
        self._jobs.general.run(
            lambda: _read(text, has_html=self._has_html),
            on_done=lambda read: self._show_read(text, read),
        )

    def clear(self) -> None:
        """Show nothing."""
        self.show_text("")

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(400, math.ceil(self._item.height))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._item.set_width(float(self.width()))
            self._settle_timer.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        clip = QRectF(event.rect())
        before = self._item.height
        self._item.measure(clip.top(), clip.bottom())
        if self._item.height != before:
            self._settle_timer.start()
        painter = QPainter(self)
        painter.fillRect(clip, self._appearance.theme.surface)
        marks = marks_of(0, self._item.column.blocks, self._selection, (), None)
        self._item.paint(painter, marks, clip)
        for spot, rect in self._item.spots(clip.top(), clip.bottom()):
            spot.paint(
                painter,
                self._appearance,
                rect,
                is_hovered=spot.key == self._hovered_spot and spot.is_enabled,
                is_pressed=spot.key == self._pressed_spot == self._hovered_spot,
                is_focused=self._has_ring and spot.key == self._focused_spot,
            )
        if self._has_ring and self._focused_spot is None:
            accent = self._appearance.theme.accent
            paint_box(painter, self.rect(), RADIUS_CONTROL, border=accent, width=2)
        for spot, rect in self._links() if self._has_ring else ():
            if spot.key == self._focused_spot:
                spot.paint(
                    painter,
                    self._appearance,
                    rect,
                    is_hovered=False,
                    is_pressed=False,
                    is_focused=True,
                )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        at = event.position()
        spot = self._spot_at(at)
        if spot is not None:
            self._pressed_spot = spot.key
            self.update()
            return
        self._pressed_link = self._link_at(at)
        self._is_selecting = True
        place = self._position_at(at)
        self._selection = Selection(place, place)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not self.blocks:
            return
        _, block, offset = self._position_at(event.position())
        begin, end = word_around(visible_text(self.blocks[block]), offset)
        self._selection = Selection(Position(0, block, begin), Position(0, block, end))
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._is_selecting and self._selection is not None:
            self._selection.end = self._position_at(at)
            self.update()
            return
        spot = self._spot_at(at)
        key = spot.key if spot is not None else None
        found = self._item.block_at(at.x(), at.y())
        block = found[0].key if found is not None else None
        if (key, block) != (self._hovered_spot, self._stage.hovered):
            self._hovered_spot, self._stage.hovered = key, block
            self.update()
        shape = Qt.CursorShape.IBeamCursor
        if spot is not None:
            shape = Qt.CursorShape.ArrowCursor
        elif self._link_at(at):
            shape = Qt.CursorShape.PointingHandCursor
        self.setCursor(shape)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._is_selecting = False
        pressed, self._pressed_spot = self._pressed_spot, None
        link, self._pressed_link = self._pressed_link, ""
        at = event.position()
        spot = self._spot_at(at)
        if pressed is not None:
            if spot is not None and spot.key == pressed:
                spot.act()
            self.update()
        elif link and not self.selected_text and self._link_at(at) == link:
            open_address(link)

    def leaveEvent(self, event: object) -> None:
        self._hovered_spot = self._stage.hovered = None
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        delta = event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta() / 2
        sideways = delta.x()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and not sideways:
            sideways = delta.y()
        if sideways and abs(delta.x()) >= abs(delta.y()):
            found = self._item.block_at(event.position().x(), event.position().y())
            if found is not None and found[0].scroll_sideways(-sideways):
                self.update()
                event.accept()
                return
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy) and self.selected_text:
            QGuiApplication.clipboard().setText(self.selected_text)
        elif event.matches(QKeySequence.StandardKey.SelectAll) and self.blocks:
            self._selection = Selection(Position(0, 0, 0), self._end())
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            for spot, _ in self._pressables():
                if spot.key == self._focused_spot:
                    spot.act()
                    self.update()
                    return
            super().keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction(self.tr("Copy"))
        copy.setEnabled(bool(self.selected_text))
        copy.triggered.connect(lambda: QGuiApplication.clipboard().setText(self.selected_text))
        link = self._link_at(QPointF(event.pos()))
        if link:
            address = menu.addAction(self.tr("Copy link"))
            address.triggered.connect(lambda: QGuiApplication.clipboard().setText(link))
        menu.popup(event.globalPos())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self._has_ring = True
            if lay_out_pressables(self._item, shows_reasoning=False):
                self._settle_timer.start()
            is_forward = event.reason() == Qt.FocusReason.TabFocusReason
            self._step(None, 1 if is_forward else -1)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._has_ring = False
        self._focused_spot = None
        self.update()

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002, FBT001 - Qt's name
        if self._has_ring and self._step(self._focused_spot, 1 if next else -1):
            return True
        return super().focusNextPrevChild(next)

    # Inside

    def _show_read(self, text: str, read: _Read) -> None:
        if text != self._text:
            return  # another model's card was asked for meanwhile
        self._selection = None
        self._stage.toggled.clear()
        self._item.show_blocks(read.blocks)
        self.setAccessibleDescription(read.spoken)
        self._settle()
        self.update()
        self.shown.emit(read.is_cut)

    def _settle(self) -> None:
        """Be as high as the text is, as far as that is known."""
        self.setFixedHeight(max(1, math.ceil(self._item.height)))

    def _end(self) -> Position:
        last = len(self.blocks) - 1
        return Position(0, last, len(visible_text(self.blocks[last])))

    def _position_at(self, at: QPointF) -> Position:
        return Position(0, *self._item.position_at(at.x(), at.y()))

    def _link_at(self, at: QPointF) -> str:
        found = self._item.block_at(at.x(), at.y())
        return found[0].link_at(found[1], found[2]) if found is not None else ""

    def _spot_at(self, at: QPointF) -> Spot | None:
        for spot, rect in self._item.spots(at.y() - 200, at.y() + 1):
            if rect.contains(at) and spot.is_enabled:
                return spot
        return None

    def _links(self) -> list[tuple[Spot, QRectF]]:
        return link_spots(self._item, open_address, shows_reasoning=False)

    def _pressables(self) -> list[tuple[Spot, QRectF]]:
        """All that the keyboard goes to, from the beginning of the text."""
        found = [*self._item.spots(), *self._links()]
        return sorted(found, key=lambda one: (one[1].top(), one[1].left()))

    def _step(self, key: Hashable, by: int) -> bool:
        """Go to the next thing to press. False when there is none in that direction."""
        found = self._pressables()
        keys = [spot.key for spot, _ in found]
        first = 0 if by > 0 else len(keys) - 1
        place = keys.index(key) + by if key in keys else first
        if not 0 <= place < len(keys):
            return False
        self._focused_spot = keys[place]
        around = found[place][1].adjusted(-_OVERHANG, -_OVERHANG, _OVERHANG, _OVERHANG)
        self.place_wanted.emit(around.toAlignedRect())
        self.update()
        return True

    def _toggle(self, key: Hashable) -> None:
        self._stage.toggled ^= {key}
        block = key
        while isinstance(block, tuple) and block and isinstance(block[0], tuple):
            block = block[0]
        if isinstance(block, tuple) and len(block) > 1 and isinstance(block[1], int):
            self._item.column.relay(block[1])
        self._settle()
        self.update()

    def _copy(self, text: str, key: Hashable) -> None:
        QGuiApplication.clipboard().setText(text)
        self._set_copied(key)
        self._copied_timer.start()

    def _set_copied(self, key: Hashable) -> None:
        self._stage.copied = key
        self._item.column.refresh()
        self.update()

    def _on_drawn(self, names: frozenset[object]) -> None:
        if self._item.column.refresh(names):
            self._settle_timer.start()
            self.update()

    def _on_appearance_changed(self) -> None:
        self._item.column.forget_layouts()
        self.update()

    def _translate(self) -> None:
        self._on_appearance_changed()  # the owner names it


class _CardItem(MessageItem):
    """The blocks alone, without anything around them."""

    def __init__(self, stage: Stage) -> None:
        message = Message(0, 0, None, Role.ASSISTANT, "", MessageStatus.COMPLETE, 0.0)
        super().__init__(stage, lambda _action, _item: None, message, 400.0, 0)

    def show_blocks(self, blocks: Sequence[Block]) -> None:
        self.column.set_blocks(0, tuple(blocks))

    def show(self, message: Message, progress: AnswerProgress | None) -> None:
        self.message = message

    def _column_width(self, width: float) -> float:
        return width

    @property
    def content(self) -> tuple[float, float]:
        return 0.0, 0.0

    @property
    def _height(self) -> float:
        return self.column.height

    def paint(self, painter: QPainter, marks: Sequence[Marks] | None, clip: QRectF) -> None:
        self._paint_column(painter, marks, clip)


@dataclass(frozen=True, slots=True)
class _Read:
    """A card that was read. `is_cut`: it was too long, and this is its beginning."""

    blocks: tuple[Block, ...] = ()
    spoken: str = ""
    is_cut: bool = False


def _read(text: str, *, has_html: bool) -> _Read:
    # Its import takes long, too.
    from chatapp.ui.transcript.markdown import MarkdownParser

    text_alone = without_html(text) if has_html else text[:LONGEST]
    found = tuple(MarkdownParser().parse(text_alone))
    blocks = found[:_MOST_BLOCKS]
    spoken = "\n".join(visible_text(block) for block in blocks)[:_MOST_SPOKEN]
    return _Read(blocks, spoken, len(found) > len(blocks) or len(text) > LONGEST)
