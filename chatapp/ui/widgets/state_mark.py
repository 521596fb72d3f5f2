"""The dot, ring or spinner in front of a state's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent

from chatapp.ui.widgets.spinner import Spinner

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from chatapp.ui.theme import Appearance

MarkKind = Literal["ready", "partial", "failed", "idle", "busy"]

_COLORS = {"ready": "success", "partial": "warning", "failed": "danger", "idle": "text_faint"}


class StateMark(Spinner):
    """A spinner while busy, else a dot. The words beside it say the same."""

    def __init__(self, appearance: Appearance, *, parent: QWidget | None = None) -> None:
        super().__init__(appearance, size=14, parent=parent)
        self._kind: MarkKind = "idle"
        self.set_kind("idle")

    @property
    def kind(self) -> MarkKind:
        """What it shows."""
        return self._kind

    def set_kind(self, kind: MarkKind, fraction: float | None = None) -> None:
        """`fraction` (0 to 1) turns the spinner into a ring."""
        self._kind = kind
        self.set_fraction(fraction if kind == "busy" else 0.0)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        edge = self._appearance.icon_size(14 if self._kind == "busy" else 8)
        return QSize(edge, edge)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._kind == "busy":
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        color: QColor = getattr(self._appearance.theme, _COLORS[self._kind])
        painter.setBrush(color)
        radius = self._appearance.icon_size(8) / 2
        painter.drawEllipse(QPointF(self.width() / 2, self.height() / 2), radius, radius)
