"""The field that filters what is below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_SMALL
from chatapp.ui.widgets.icon_button import IconButton
from chatapp.ui.widgets.keys import claims_escape

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance

_DEBOUNCE_MS = 120
_ICON = 16


class SearchField(QLineEdit):
    """A field with a magnifying glass and, while it is empty, the keys that lead to it.

    Escape clears it; in an empty field Escape is left to the window.

    Signals: `query_changed(str)` a moment after the last change, at once when it became empty;
    `down_pressed()` when the keyboard wants to go on to the results; `submitted(bool)` when the
    first of them is wanted, and whether those of this query were asked for before.
    """

    query_changed = Signal(str)
    down_pressed = Signal()
    submitted = Signal(bool)

    def __init__(
        self,
        appearance: Appearance,
        placeholder: str,
        shortcut: QKeySequence,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._keys = shortcut.toString(QKeySequence.SequenceFormat.NativeText).replace("+", " ")
        self._told = ""
        self.setFont(appearance.font("body"))
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder)
        self.setToolTip(placeholder)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        icon = appearance.icon_size(_ICON)
        self.setTextMargins(icon + 4, 0, icon + 4, 0)
        self._clear = IconButton(
            appearance, "close", self.tr("Clear"), designed_size=24, parent=self
        )
        self._clear.setCursor(Qt.CursorShape.ArrowCursor)
        self._clear.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._clear.clicked.connect(self.clear)
        self._clear.hide()
        self._timer = QTimer(self, interval=_DEBOUNCE_MS, singleShot=True)
        self._timer.timeout.connect(self._tell)
        self.textChanged.connect(self._on_text_changed)
        appearance.changed.connect(self.update)

    @property
    def query(self) -> str:
        """What is searched for; empty when nothing is."""
        return self.text().strip()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._appearance.height(32))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self._appearance.height(32))

    def event(self, event: QEvent) -> bool:
        return bool(self.text() and claims_escape(event)) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif key == Qt.Key.Key_Down:
            self._tell()
            self.down_pressed.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            was_told = self.query == self._told
            self._tell()
            self.submitted.emit(was_told)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        edge = self._clear.sizeHint().width()
        inset = (self.height() - edge) // 2
        left = inset if self.isRightToLeft() else self.width() - edge - inset
        self._clear.setGeometry(left, inset, edge, edge)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        theme = self._appearance.theme
        painter = QPainter(self)
        edge = self._appearance.icon_size(_ICON)
        top = (self.height() - edge) // 2
        left = self.width() - 8 - edge if self.isRightToLeft() else 8
        self._appearance.icons.paint(painter, "search", QPoint(left, top), edge, theme.text_muted)
        font = self._appearance.font("caption")
        words = QFontMetrics(font).horizontalAdvance(self._keys)
        placeholder = QFontMetrics(self.font()).horizontalAdvance(self.placeholderText())
        if not self._keys or self.text() or self.width() < edge + placeholder + words + 48:
            return
        height = self._appearance.line_height("caption") + 2
        width = words + 12
        left = 8 if self.isRightToLeft() else self.width() - 8 - width
        chip = QRect(left, (self.height() - height) // 2, width, height)
        paint_box(painter, chip, RADIUS_SMALL, border=theme.border_strong)
        painter.setFont(font)
        painter.setPen(theme.text_faint)
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, self._keys)

    def _on_text_changed(self) -> None:
        self._clear.setVisible(bool(self.text()))
        if self.query:
            self._timer.start()
        else:
            self._tell()

    def _tell(self) -> None:
        self._timer.stop()
        if self.query != self._told:
            self._told = self.query
            self.query_changed.emit(self.query)
