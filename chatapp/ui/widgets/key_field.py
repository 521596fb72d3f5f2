"""A button that takes the next keys that are pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QKeyCombination, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QStyle

from chatapp.ui.i18n import Translated
from chatapp.ui.keys import key_caps
from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CONTROL
from chatapp.ui.widgets.focus_ring import FocusRing
from chatapp.ui.widgets.key_caps import caps_size, paint_caps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.ui.theme import Appearance

_PADDING = 8
_WIDTH = 184
_BETWEEN = 12

_MODIFIERS = frozenset(
    (
        Qt.Key.Key_Control,
        Qt.Key.Key_Shift,
        Qt.Key.Key_Alt,
        Qt.Key.Key_AltGr,
        Qt.Key.Key_Meta,
        Qt.Key.Key_Super_L,
        Qt.Key.Key_Super_R,
        Qt.Key.Key_CapsLock,
        Qt.Key.Key_NumLock,
        Qt.Key.Key_unknown,
    )
)


class KeyField(Translated, QAbstractButton):
    """Shows the keys of an action. Pressed, it listens: Escape and leaving it change nothing.

    Backspace, alone, takes the keys away.

    Signals: `recorded(QKeySequence)`, an empty one when there are to be none.
    """

    recorded = Signal(object)

    def __init__(self, appearance: Appearance, name: str) -> None:
        super().__init__()
        self._appearance = appearance
        self._name = name
        self._sequences: tuple[QKeySequence, ...] = ()
        self._is_listening = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._ring = FocusRing(appearance, self, RADIUS_CONTROL)
        self.clicked.connect(lambda: self._listen(is_on=True))
        appearance.changed.connect(self.update)
        self._translate()

    @property
    def is_listening(self) -> bool:
        """Whether the next keys are taken."""
        return self._is_listening

    def set_sequences(self, sequences: Sequence[QKeySequence]) -> None:
        """Show these keys."""
        self._sequences = tuple(sequences)
        self._translate()
        self.updateGeometry()

    def _translate(self) -> None:
        keys = [s.toString(QKeySequence.SequenceFormat.NativeText) for s in self._sequences]
        if self._is_listening:
            self.setText(self.tr("Press keys"))
        else:
            self.setText(", ".join(keys) or self.tr("None"))
        self.setAccessibleName(
            self.tr("{action}: {keys}").format(action=self._name, keys=self.text())
        )
        self.setToolTip(self.tr("Press, then the new keys. Backspace takes them away."))
        self.update()

    def _listen(self, *, is_on: bool) -> None:
        self._is_listening = is_on
        self._translate()

    # Qt

    def event(self, event: QEvent) -> bool:
        if self._is_listening and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()  # no action may have them now
                return True
            if event.type() == QEvent.Type.KeyPress:
                self._take(event)
                return True
        return super().event(event)

    def _take(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _MODIFIERS:
            return
        pressed = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if pressed == Qt.KeyboardModifier.NoModifier and key == Qt.Key.Key_Escape:
            self._listen(is_on=False)
            return
        self._listen(is_on=False)
        if pressed == Qt.KeyboardModifier.NoModifier and key in (
            Qt.Key.Key_Backspace,
            Qt.Key.Key_Delete,
        ):
            self.recorded.emit(QKeySequence())
        else:
            self.recorded.emit(QKeySequence(QKeyCombination(pressed, key)))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self._is_listening:
            self._listen(is_on=False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        caps = sum(
            caps_size(self._appearance, key_caps(keys)).width() + _BETWEEN
            for keys in self._sequences
        )
        words = metrics.horizontalAdvance(self.text())
        width = max(_WIDTH, max(caps, words) + 2 * _PADDING)
        return QSize(width, self._appearance.height(32))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        painter = QPainter(self)
        fill = theme.hover if self.underMouse() else theme.surface_raised
        border = theme.accent if self._is_listening else theme.border_strong
        paint_box(painter, self.rect(), RADIUS_CONTROL, fill=fill, border=border)
        inside = self.rect().adjusted(_PADDING, 0, -_PADDING, 0)
        direction = self.layoutDirection()
        if self._is_listening or not self._sequences:
            painter.setFont(self._appearance.font("body"))
            painter.setPen(theme.text if self._is_listening else theme.text_faint)
            flags = QStyle.visualAlignment(direction, Qt.AlignmentFlag.AlignLeft)
            painter.drawText(inside, flags | Qt.AlignmentFlag.AlignVCenter, self.text())
            return
        room = inside
        for sequence in self._sequences:
            caps = key_caps(sequence)
            size = caps_size(self._appearance, caps)
            flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            box = QStyle.alignedRect(direction, flags, size, room)
            paint_caps(painter, box, self._appearance, caps)
            taken = size.width() + _BETWEEN
            if self.isRightToLeft():
                room = room.adjusted(0, 0, -taken, 0)
            else:
                room = room.adjusted(taken, 0, 0, 0)
