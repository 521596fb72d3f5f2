"""How the memory of one place would be shared, as a bar with a legend in figures."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QFontMetrics, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from chatapp.ui.i18n import Translated
from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_SMALL
from chatapp.ui.words import file_size, joined, part_of_size

if TYPE_CHECKING:
    from PySide6.QtGui import QColor

    from chatapp.ui.theme import Appearance

_BAR = 20
_SWATCH = 9
_SWATCH_GAP = 7
_FIGURE_GAP = 8
_ITEM_GAP = 20
_ABOVE_BAR = 6
_BELOW_BAR = 8
_LINE_GAP = 4


class Part(Enum):
    """Who has a share of the memory."""

    OTHERS = auto()
    WEIGHTS = auto()
    CONTEXT = auto()
    BUFFERS = auto()
    FREE = auto()
    MISSING = auto()


@dataclass(frozen=True, slots=True)
class Pool:
    """One place: the main memory or a device. All in bytes.

    `free` is what a model can have of the `total` now; the model would take `weights`, `context`
    and `buffers` of it.
    """

    name: str
    total: int
    free: int
    weights: int
    context: int
    buffers: int

    @property
    def need(self) -> int:
        """What the model would take."""
        return self.weights + self.context + self.buffers

    @property
    def parts(self) -> tuple[tuple[Part, int], ...]:
        """The shares in their order, without empty ones."""
        shares = (
            (Part.OTHERS, max(0, self.total - self.free)),
            (Part.WEIGHTS, self.weights),
            (Part.CONTEXT, self.context),
            (Part.BUFFERS, self.buffers),
            (Part.FREE, max(0, self.free - self.need)),
            (Part.MISSING, max(0, self.need - self.free)),
        )
        return tuple((part, size) for part, size in shares if size > 0)


_COLORS = {
    Part.OTHERS: "border_strong",
    Part.WEIGHTS: "chart_1",
    Part.CONTEXT: "chart_3",
    Part.BUFFERS: "chart_2",
    Part.FREE: "pressed",
    Part.MISSING: "danger",
}


class FitBar(Translated, QWidget):
    """Name and figures, the bar, the legend. A model that needs more than there is goes beyond."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._pool = Pool("", 0, 0, 0, 0, 0)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        appearance.changed.connect(self.update)

    @property
    def pool(self) -> Pool:
        """What it shows."""
        return self._pool

    def show_pool(self, pool: Pool) -> None:
        """Show another share-out."""
        if pool != self._pool:
            self._pool = pool
            self._translate()

    def _translate(self) -> None:
        pool = self._pool
        figures = ", ".join(f"{self._name(part)} {file_size(size)}" for part, size in pool.parts)
        self.setAccessibleName(pool.name)
        self.setAccessibleDescription(f"{self._summary()}. {figures}")
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        line = self._appearance.line_height("small")
        lines = len(self._legend(width))
        above = line + _ABOVE_BAR + self._appearance.icon_size(_BAR) + _BELOW_BAR
        return above + lines * line + (lines - 1) * _LINE_GAP

    def sizeHint(self) -> QSize:
        return QSize(400, self.heightForWidth(max(self.width(), 240)))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.heightForWidth(max(self.width(), 240)))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        painter = QPainter(self)
        small = self._appearance.font("small", tabular=True)
        line = self._appearance.line_height("small")
        row = QRect(0, 0, self.width(), line)
        painter.setFont(small)
        painter.setPen(theme.text_muted)
        start = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        end = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        summary = self._summary()
        room = self.width() - QFontMetrics(small).horizontalAdvance(summary) - _ITEM_GAP
        name = QFontMetrics(small).elidedText(
            self._pool.name, Qt.TextElideMode.ElideRight, max(0, room)
        )
        painter.drawText(row, start, name)
        painter.drawText(row, end, summary)
        height = self._appearance.icon_size(_BAR)
        bar = QRectF(0, line + _ABOVE_BAR, self.width(), height)
        self._paint_bar(painter, bar)
        self._paint_legend(painter, round(bar.bottom()) + _BELOW_BAR)

    def _paint_bar(self, painter: QPainter, bar: QRectF) -> None:
        theme = self._appearance.theme
        parts = [(part, size) for part, size in self._pool.parts if part is not Part.MISSING]
        whole = sum(size for _, size in parts)
        if whole <= 0:
            return
        painter.save()
        shape = QPainterPath()
        shape.addRoundedRect(bar, RADIUS_SMALL, RADIUS_SMALL)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipPath(shape)
        mirrored = self.isRightToLeft()
        begin = 0.0
        for part, size in parts:
            width = bar.width() * size / whole
            left = bar.right() - begin - width if mirrored else bar.left() + begin
            color: QColor = getattr(theme, _COLORS[part])
            painter.fillRect(QRectF(left, bar.top(), width, bar.height()), color)
            begin += width
        if self._pool.need > self._pool.free and self._pool.total:
            # Behind the edge of what there is, the bar is struck out.
            edge = bar.width() * min(1.0, self._pool.total / whole)
            beyond = QRectF(bar.left() + edge, bar.top(), bar.width() - edge, bar.height())
            if mirrored:
                beyond.moveLeft(bar.left())
            painter.fillRect(beyond, QBrush(theme.surface, Qt.BrushStyle.BDiagPattern))
            line = beyond.right() - 2 if mirrored else beyond.left()
            painter.fillRect(QRectF(line, bar.top(), 2, bar.height()), theme.danger)
        painter.restore()
        if theme.is_high_contrast:
            paint_box(painter, bar, RADIUS_SMALL, border=theme.border)

    def _paint_legend(self, painter: QPainter, top: int) -> None:
        theme = self._appearance.theme
        line = self._appearance.line_height("small")
        names = QFontMetrics(self._appearance.font("small"))
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        mirrored = self.isRightToLeft()

        def place(left: int, width: int) -> int:
            return self.width() - left - width if mirrored else left

        for items in self._legend(self.width()):
            left = 0
            for part, text, figure, width in items:
                color: QColor = getattr(theme, _COLORS[part])
                square = QRect(place(left, _SWATCH), top + (line - _SWATCH) // 2, _SWATCH, _SWATCH)
                border = theme.border if theme.is_high_contrast else None
                paint_box(painter, square, 2, fill=color, border=border)
                at = left + _SWATCH + _SWATCH_GAP
                used = names.horizontalAdvance(text)
                painter.setFont(self._appearance.font("small"))
                painter.setPen(theme.danger if part is Part.MISSING else theme.text)
                painter.drawText(QRect(place(at, used + 2), top, used + 2, line), middle, text)
                at += used + _FIGURE_GAP
                rest = left + width - at + 2
                painter.setFont(self._appearance.font("small", tabular=True))
                painter.setPen(theme.text_muted)
                painter.drawText(QRect(place(at, rest), top, rest, line), middle, figure)
                left += width + _ITEM_GAP
            top += line + _LINE_GAP

    def _legend(self, width: int) -> list[list[tuple[Part, str, str, int]]]:
        """The lines of the legend: part, words, figure, how wide they are together."""
        names = QFontMetrics(self._appearance.font("small"))
        figures = QFontMetrics(self._appearance.font("small", tabular=True))
        lines: list[list[tuple[Part, str, str, int]]] = [[]]
        used = 0
        for part, size in self._pool.parts:
            text, figure = self._name(part), file_size(size)
            wide = _SWATCH + _SWATCH_GAP + names.horizontalAdvance(text) + _FIGURE_GAP
            wide += figures.horizontalAdvance(figure)
            if lines[-1] and used + wide > width:
                lines.append([])
                used = 0
            lines[-1].append((part, text, figure, wide))
            used += wide + _ITEM_GAP
        return lines

    def _summary(self) -> str:
        """What of it would be taken: “4.60 of 7.10 GB free now · 8.00 GB in all”."""
        free = self.tr("{part} free now").format(
            part=part_of_size(self._pool.need, self._pool.free)
        )
        if self._pool.need > self._pool.free:
            free = self.tr("needs {need}, {free} free now").format(
                need=file_size(self._pool.need), free=file_size(self._pool.free)
            )
        total = self.tr("{size} in all").format(size=file_size(self._pool.total))
        return joined(free, total)

    def _name(self, part: Part) -> str:
        return {
            Part.OTHERS: self.tr("Used by others"),
            Part.WEIGHTS: self.tr("Weights"),
            Part.CONTEXT: self.tr("Context"),
            Part.BUFFERS: self.tr("Buffers"),
            Part.FREE: self.tr("Free"),
            Part.MISSING: self.tr("Missing"),
        }[part]
