"""Formulas on lines of their own, and images, laid out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QFontInfo, QPainter, QPainterPath

from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CARD
from chatapp.ui.transcript.block_layout import BlockLayout
from chatapp.ui.transcript.blocks import Block, FormulaBlock, ImageBlock, Span
from chatapp.ui.transcript.paragraph import Marks, Paragraph
from chatapp.ui.transcript.sideways import BAR, Sideways

if TYPE_CHECKING:
    from collections.abc import Hashable

    from chatapp.ui.transcript.drawings import Formula
    from chatapp.ui.transcript.stage import Stage

_DISPLAY_FORMULA: Final = 1.13  # of the text's size
_ABOVE: Final = 6
_BELOW: Final = 4  # the gap to what follows comes after
_HIGHEST_IMAGE: Final = 480


class FormulaLayout(BlockLayout):
    """A display formula in the middle; its source while it isn't drawn, or can't be."""

    def __init__(self, stage: Stage, key: Hashable, width: float) -> None:
        super().__init__(stage, key, width)
        self._formula: Formula | None = None
        self._paragraph: Paragraph | None = None
        self._waits = False
        self._length = 0
        self._sideways = Sideways()

    def show(self, block: Block, *, is_growing: bool) -> bool:
        if not isinstance(block, FormulaBlock):
            return False
        appearance, drawings = self.stage.appearance, self.stage.drawings
        self._length = len(block.source)
        self._tex = block.tex
        size = QFontInfo(appearance.font("reading")).pixelSize() * _DISPLAY_FORMULA
        found = None if drawings is None else drawings.formula(block.tex, display=True, size=size)
        self._waits = found is None
        self._formula = found if found is not None and not found.is_broken else None
        if self._formula is not None:
            self._paragraph = None
            self.height = math.ceil(self._formula.height) + _ABOVE + _BELOW
            self._sideways.fit(self._formula.width, self.width)
        else:
            self._paragraph = Paragraph(appearance, (Span(block.source, code=True),), muted=True)
            self.height = self._paragraph.lay_out(self.width)
            self._sideways.fit(0, self.width)
        return True

    def paint(self, painter: QPainter, marks: Marks, clip: QRectF) -> None:
        theme = self.stage.appearance.theme
        if self._paragraph is not None:
            self._paragraph.paint(painter, 0, 0, marks, clip)
        elif self._formula is not None:
            color = theme.text
            area = self._area()
            if marks.selection is not None:
                painter.fillRect(area, theme.selection)
                color = theme.selection_text
            elif marks.current is not None or marks.matches:
                is_current = marks.current is not None
                painter.fillRect(area, theme.find_current if is_current else theme.find_match)
                color = theme.find_current_text if is_current else theme.text
            painter.save()
            painter.setClipRect(QRectF(0, 0, self.width, self.height), _INTERSECT)
            painter.setPen(color)
            self._formula.paint(painter, area.left(), _ABOVE + self._formula.ascent)
            painter.restore()
            if self.stage.hovered == self.key:
                self._sideways.paint(painter, self.stage.appearance, self.bar_rect())

    def _area(self) -> QRectF:
        width = self._formula.width if self._formula is not None else 0.0
        left = max(0.0, round((self.width - width) / 2)) - self._sideways.offset
        return QRectF(left, 0, width, self.height)

    def bar_rect(self) -> QRectF:
        """Where the bar of a wide formula lies."""
        return QRectF(4, self.height - BAR, self.width - 8, BAR)

    @property
    def sideways(self) -> Sideways:
        """How far a wide formula is moved."""
        return self._sideways

    def position_at(self, x: float, y: float) -> int:
        if self._paragraph is not None:
            return self._paragraph.position_at(x, y)
        return 0 if x < self._area().center().x() else self._length

    def rects(self, begin: int, end: int) -> list[QRectF]:
        if self._paragraph is not None:
            return self._paragraph.rects(begin, end)
        return [self._area()]

    def line_range(self, position: int) -> tuple[int, int]:
        return 0, self._length

    def waits_for(self, names: frozenset[object]) -> bool:
        return self._waits and (self._tex, True) in names

    def scroll_sideways(self, by: float) -> bool:
        return self._sideways.move(by)


_INTERSECT: Final = Qt.ClipOperation.IntersectClip


class ImageLayout(BlockLayout):
    """An image as large as it is, but never wider than the column; its size never changes."""

    def show(self, block: Block, *, is_growing: bool) -> bool:
        if not isinstance(block, ImageBlock):
            return False
        self._block = block
        size = self.stage.images.size(block.source)
        self._paragraph: Paragraph | None = None
        if size.isEmpty():
            words = block.description or QCoreApplication.translate("ImageLayout", "Image")
            missing = QCoreApplication.translate("ImageLayout", "{name} can't be shown").format(
                name=words
            )
            self._paragraph = Paragraph(self.stage.appearance, (Span(missing),), muted=True)
            self.height = self._paragraph.lay_out(self.width)
            return True
        share = min(1.0, self.width / size.width(), _HIGHEST_IMAGE / size.height())
        self._width = max(1.0, round(size.width() * share))
        self.height = max(1.0, round(size.height() * share))
        return True

    def paint(self, painter: QPainter, marks: Marks, clip: QRectF) -> None:
        theme = self.stage.appearance.theme
        if self._paragraph is not None:
            self._paragraph.paint(painter, 0, 0, Marks(), clip)
            return
        frame = QRectF(0, 0, self._width, self.height)
        ratio = painter.device().devicePixelRatio()
        pixmap = self.stage.images.pixmap(self._block.source, round(self._width * ratio))
        painter.save()
        outline = QPainterPath()
        outline.addRoundedRect(frame, RADIUS_CARD, RADIUS_CARD)
        painter.setClipPath(outline, _INTERSECT)
        if pixmap is None:
            painter.fillRect(frame, theme.pressed)
        else:
            painter.drawPixmap(frame, pixmap, QRectF(pixmap.rect()))
        if marks.selection is not None:
            tint = theme.selection
            painter.setOpacity(0.5)
            painter.fillRect(frame, tint)
        painter.restore()
        paint_box(painter, frame, RADIUS_CARD, border=theme.border)

    def position_at(self, x: float, y: float) -> int:
        return 0 if x < self.width / 2 else len(self._block.description)

    def rects(self, begin: int, end: int) -> list[QRectF]:
        return [QRectF(0, 0, self.width, self.height)]

    def line_range(self, position: int) -> tuple[int, int]:
        return 0, len(self._block.description)

    def link_at(self, x: float, y: float) -> str:
        return self._block.link

    def waits_for(self, names: frozenset[object]) -> bool:
        return self._block.source in names
