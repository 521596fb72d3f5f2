"""A block that is laid out: how high it is, what is where in it, and how it is painted."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING

from chatapp.ui.transcript.paragraph import Marks

if TYPE_CHECKING:
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QPainter

    from chatapp.ui.transcript.blocks import Block
    from chatapp.ui.transcript.stage import Spot, Stage


class BlockLayout(ABC):
    """One block at one width. All places are in logical pixels from its left and top edge.

    Positions count characters of the block's visible text. `key` names it in its conversation.
    `is_growing` says that more of it may come.
    """

    def __init__(self, stage: Stage, key: Hashable, width: float) -> None:
        self.stage = stage
        self.key = key
        self.width = width
        self.height = 0.0
        self.is_quiet = False  # smaller and paler, as a thought is
        self.spots: list[Spot] = []

    @abstractmethod
    def show(self, block: Block, *, is_growing: bool) -> bool:
        """Lay the block out, perhaps on from what was shown. False when it can't show this kind."""

    @abstractmethod
    def paint(self, painter: QPainter, marks: Marks, clip: QRectF) -> None:
        """Draw it with its top left corner at the painter's origin."""

    @abstractmethod
    def position_at(self, x: float, y: float) -> int:
        """The position nearest to a point."""

    @abstractmethod
    def rects(self, begin: int, end: int) -> list[QRectF]:
        """Where a range of positions lies."""

    def placed_spots(self) -> Iterator[tuple[Spot, float, float]]:
        """What can be pressed, and how far right and down its owner lies."""
        for spot in self.spots:
            yield spot, 0.0, 0.0

    def line_range(self, position: int) -> tuple[int, int]:
        """The positions at both ends of the line that `position` is in."""
        return 0, 0

    def link_at(self, x: float, y: float) -> str:
        """The address under a point, or an empty string."""
        return ""

    @property
    def first_baseline(self) -> float:
        """Where the marker of a list item stands, from the top."""
        return float(self.stage.appearance.line_height("reading")) * 0.7

    @property
    def is_right_to_left(self) -> bool:
        """Whether its first line begins at the right."""
        return False

    def waits_for(self, names: frozenset[object]) -> bool:
        """Whether one of these formulas, codes or images is shown here, and not drawn yet."""
        return False

    def scroll_sideways(self, by: float) -> bool:
        """Move wide content; False when there is nothing to move."""
        return False

    def show_position(self, position: int) -> None:
        """Move wide content so that a position is seen."""
        return
