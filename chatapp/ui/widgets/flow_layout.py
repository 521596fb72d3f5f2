"""Widgets in a row that goes on in the next line where there is no room."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QApplication, QLayout, QLayoutItem, QWidget


class FlowLayout(QLayout):
    """As high as its width asks for. `gap` is between widgets and between lines, in pixels.

    With `spread`, the last one stands at the end of the line if all of them fit into one. Where
    they do not, a line ends at a widget from `add_divider`, which is not shown then.
    """

    def __init__(
        self, gap: int = 8, parent: QWidget | None = None, *, spread: bool = False
    ) -> None:
        super().__init__(parent)
        self._gap = gap
        self._spread = spread
        self._items: list[QLayoutItem] = []
        self._divider: QWidget | None = None
        self.setContentsMargins(0, 0, 0, 0)

    def add_divider(self, widget: QWidget) -> None:
        """Stands between two groups; there is one at most."""
        self._divider = widget
        self.addWidget(widget)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._arrange(QRect(0, 0, width, 0), move=False)

    def sizeHint(self) -> QSize:
        shown = [item.sizeHint() for item in self._items if not item.isEmpty()]
        width = sum(size.width() for size in shown) + self._gap * max(0, len(shown) - 1)
        return QSize(width, max((size.height() for size in shown), default=0))

    def minimumSize(self) -> QSize:
        sizes = [item.minimumSize() for item in self._items if not item.isEmpty()]
        width = max((size.width() for size in sizes), default=0)
        return QSize(width, max((size.height() for size in sizes), default=0))

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    def _arrange(self, rect: QRect, *, move: bool) -> int:
        """Put everything in its place, or only find out how high that would be."""
        parent = self.parentWidget()
        mirrored = parent.isRightToLeft() if parent is not None else QApplication.isRightToLeft()
        lines: list[list[tuple[QLayoutItem, QSize]]] = [[]]
        used = 0
        fits = self.sizeHint().width() <= rect.width()
        for item in self._items:
            if item.isEmpty():
                continue
            if item.widget() is self._divider and not fits:
                lines.append([])
                used = 0
                if move:
                    item.setGeometry(QRect(rect.topLeft(), QSize(0, 0)))
                continue
            size = item.sizeHint().boundedTo(QSize(max(rect.width(), 1), 1 << 20))
            if lines[-1] and used + self._gap + size.width() > rect.width():
                lines.append([])
                used = 0
            used += size.width() + (self._gap if lines[-1] else 0)
            lines[-1].append((item, size))
        top = rect.top()
        for number, line in enumerate(lines):
            height = max((size.height() for _, size in line), default=0)
            top += self._gap if number else 0
            left = rect.left()
            for item, size in line:
                is_last = item is line[-1][0] and len(line) > 1
                if self._spread and is_last and len(lines) == 1:
                    left = rect.right() + 1 - size.width()
                if move:
                    start = rect.right() + 1 - (left - rect.left()) - size.width()
                    at = QPoint(start if mirrored else left, top + (height - size.height()) // 2)
                    item.setGeometry(QRect(at, size))
                left += size.width() + self._gap
            top += height
        return top - rect.top()
