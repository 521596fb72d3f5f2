"""The field that filters what is below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from chatapp.ui.i18n import Translated
from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_SMALL
from chatapp.ui.widgets.icon_button import IconButton
from chatapp.ui.widgets.keys import claims_escape

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance

_DEBOUNCE_MS = 120
_ICON = 16


class SearchField(Translated, QLineEdit):
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
        self._keys = ""
        self._told = ""
        self.set_words(placeholder)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._clear = IconButton(appearance, "close", "", designed_size=24, parent=self)
        self._clear.setCursor(Qt.CursorShape.ArrowCursor)
        self._clear.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._clear.clicked.connect(self.clear)
        self._clear.hide()
        self._timer = QTimer(self, interval=_DEBOUNCE_MS, singleShot=True)
        self._timer.timeout.connect(self._tell)
        self.textChanged.connect(self._on_text_changed)
        self.set_keys(shortcut)
        self._set_sizes()
        self._align()
        self._translate()
        appearance.resized.connect(self._set_sizes)
        appearance.changed.connect(self.update)

    @property
    def query(self) -> str:
        """What is searched for; empty when nothing is."""
        return self.text().strip()

    def set_words(self, words: str) -> None:
        """What the field filters; its owner says it again in another language."""
        self.setPlaceholderText(words)
        self.setAccessibleName(words)
        self.setToolTip(words)

    def set_keys(self, shortcut: QKeySequence) -> None:
        """The keys that lead here."""
        keys = shortcut.toString(QKeySequence.SequenceFormat.NativeText)
        self._keys = keys.replace("+", " ")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._appearance.height(32))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self._appearance.height(32))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._align()

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

    def _set_sizes(self) -> None:
        self.setFont(self._appearance.font("body"))
        icon = self._appearance.icon_size(_ICON)
        self.setTextMargins(icon + 4, 0, icon + 4, 0)

    def _align(self) -> None:
        """By the direction of the interface: the keyboard's may put the words under the keys."""
        is_mirrored = self.isRightToLeft()
        side = Qt.AlignmentFlag.AlignRight if is_mirrored else Qt.AlignmentFlag.AlignLeft
        middle = Qt.AlignmentFlag.AlignVCenter
        self.setAlignment(side | Qt.AlignmentFlag.AlignAbsolute | middle)

    def _translate(self) -> None:
        self._clear.set_name(self.tr("Clear"))
