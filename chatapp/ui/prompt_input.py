"""The text field of the composer: keys, growth, and the prompts that were sent before."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QResizeEvent,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSizePolicy, QWidget

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtCore import QMimeData

    from chatapp.ui.theme import Appearance

_MOST_LINES = 10
_ENDLESS_WORD = re.compile(r"\S{5000}")


class PromptInput(QPlainTextEdit):
    """Plain text that grows from 1 to 10 lines, then scrolls.

    Signals: `submitted()` on Return; `escaped()`; `focus_changed()`.
    """

    submitted = Signal()
    escaped = Signal()
    focus_changed = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._history: list[str] = []
        self._recalled: int | None = None
        self.takes_escape = False
        self.setFont(appearance.font("reading"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setCursorWidth(2)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(0)
        self.setAccessibleName(self.tr("Message"))
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self.textChanged.connect(self._on_text_changed)
        self._fit()

    def set_history(self, prompts: Iterable[str]) -> None:
        """What Up recalls, oldest first."""
        self._history = list(prompts)
        self._recalled = None

    def remember(self, prompt: str) -> None:
        """This was sent: Up recalls it first."""
        self._recalled = None
        if prompt not in self._history[-1:]:
            self._history.append(prompt)

    def put(self, text: str) -> None:
        """Replace what is written, the cursor at its end."""
        self._choose_wrapping(text)
        self.setPlainText(text)
        self.moveCursor(QTextCursor.MoveOperation.End)

    # Qt

    def insertFromMimeData(self, source: QMimeData) -> None:
        self._choose_wrapping(source.text())
        super().insertFromMimeData(source)

    def event(self, event: QEvent) -> bool:
        if (
            self.takes_escape
            and event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not shift:
            # While an input method composes, Return chooses a candidate.
            if not self.textCursor().block().layout().preeditAreaText():
                self.submitted.emit()
        elif key == Qt.Key.Key_Escape and self.takes_escape:
            self.escaped.emit()
        elif not (
            key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self._recall(earlier=key == Qt.Key.Key_Up)
        ):
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_changed.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focus_changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # What was scrolled away while the field was smaller comes back.
        self.verticalScrollBar().setValue(0)
        self.ensureCursorVisible()

    # Inside

    def _recall(self, *, earlier: bool) -> bool:
        """Replace an empty or recalled text by its neighbour in the history, if there is one."""
        current = self.toPlainText()
        if self._recalled is not None and (
            self._recalled >= len(self._history) or current != self._history[self._recalled]
        ):
            self._recalled = None
        if current and self._recalled is None:
            return False
        if not self._is_at_edge(first=earlier):
            return False
        position = len(self._history) if self._recalled is None else self._recalled
        position += -1 if earlier else 1
        if not 0 <= position <= len(self._history) or (not current and not earlier):
            return False
        is_back = position == len(self._history)
        self.put("" if is_back else self._history[position])
        self._recalled = None if is_back else position
        return True

    def _is_at_edge(self, *, first: bool) -> bool:
        """Whether the cursor is in the first (or last) line as it is seen."""
        cursor = self.textCursor()
        cursor.movePosition(
            QTextCursor.MoveOperation.Up if first else QTextCursor.MoveOperation.Down
        )
        return cursor.blockNumber() == self.textCursor().blockNumber() and (
            cursor.position() == self.textCursor().position()
        )

    def _on_text_changed(self) -> None:
        if self.document().isEmpty():
            self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
            self._fit()  # a change of the mode goes untold

    def _choose_wrapping(self, added: str) -> None:
        # Breaking at words and then anywhere takes time that grows with the square of a word's
        # length: a minute for a pasted megabyte without a space.
        if _ENDLESS_WORD.search(added):
            self.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)

    def _fit(self) -> None:
        # QPlainTextEdit's document measures its height in lines.
        lines = round(self.document().size().height())
        shown = min(max(lines, 1), _MOST_LINES)
        # The layout gives each line a whole number of pixels.
        spacing = math.ceil(QFontMetricsF(self.font()).lineSpacing())
        room = max(0, self._appearance.line_height("reading") - spacing)
        self.setViewportMargins(0, room // 2, 0, 0)
        self.setFixedHeight(shown * spacing + room)
        self.setVerticalScrollBarPolicy(
            Qt.ScrollBarPolicy.ScrollBarAsNeeded
            if lines > _MOST_LINES
            else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        )
