"""Changes the text of a message in its place."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_LARGE
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance

_MOST_LINES: Final = 20
_SIDE: Final = 16
_PADDING: Final = 10
_ENDLESS_WORD: Final = re.compile(r"\S{2500}")


class MessageEditor(QWidget):
    """A growing field with the text and two buttons. `sizeHint` is how high it wants to be.

    Return sends a question and begins a new line in an answer; with Control it always ends the
    editing, with Shift it is a new line. Escape cancels. Nothing of this is taken from an input
    method.

    Signals: `submitted(str)` with the new text; `cancelled()`; `text_changed(str)`;
    `height_changed()`.
    """

    submitted = Signal(str)
    cancelled = Signal()
    text_changed = Signal(str)
    height_changed = Signal()

    def __init__(
        self,
        appearance: Appearance,
        text: str,
        is_question: bool,  # noqa: FBT001 - what kind of message it is
        parent: QWidget | None = None,
        *,
        may_be_empty: bool = False,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._may_be_empty = may_be_empty
        self._reason = ""
        self._field = _Field(appearance, text, sends_on_return=is_question)
        self._field.setAccessibleName(
            self.tr("Edit message") if is_question else self.tr("Edit answer")
        )
        words = self.tr("Send") if is_question else self.tr("Save")
        note = (
            self.tr("The message before stays as another version.")
            if is_question
            else self.tr("The answer before stays as another version.")
        )
        self._note = TextLabel(appearance, note, "small", "text_faint")
        self._note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._cancel = Button(appearance, self.tr("Cancel"), "quiet", designed_height=28)
        self._done = Button(appearance, words, "primary", designed_height=28)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._note, 1)
        row.addWidget(self._cancel)
        row.addWidget(self._done)
        column = QVBoxLayout(self)
        column.setContentsMargins(_SIDE, _PADDING, _SIDE, _PADDING)
        column.setSpacing(8)
        column.addWidget(self._field)
        column.addLayout(row)
        self.setFocusProxy(self._field)

        self._field.textChanged.connect(self._on_text_changed)
        self._field.submitted.connect(self._submit)
        self._field.escaped.connect(self.cancelled)
        self._field.focus_changed.connect(self.update)
        self._field.height_changed.connect(self._on_height_changed)
        self._cancel.clicked.connect(self.cancelled)
        self._done.clicked.connect(self._submit)
        appearance.changed.connect(self.update)
        self._update_button()

    @property
    def text(self) -> str:
        """What is written."""
        return self._field.toPlainText()

    @property
    def field(self) -> QPlainTextEdit:
        """Where it is written."""
        return self._field

    def set_reason(self, reason: str) -> None:
        """Say why it can't be ended now; an empty reason: it can."""
        self._reason = reason
        self._update_button()

    def sizeHint(self) -> QSize:
        height = 2 * _PADDING + self._field.height() + 8 + self._appearance.height(28)
        return QSize(super().sizeHint().width(), height)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        border = theme.accent if self._field.hasFocus() else theme.border_strong
        paint_box(
            QPainter(self), self.rect(), RADIUS_LARGE, fill=theme.surface_raised, border=border
        )

    def _on_text_changed(self) -> None:
        self._update_button()
        self.text_changed.emit(self.text)

    def _on_height_changed(self) -> None:
        self.updateGeometry()
        self.height_changed.emit()

    def _submit(self) -> None:
        if self._done.isEnabled():
            self.submitted.emit(self.text)

    def _update_button(self) -> None:
        is_blank = not self.text.strip() and not self._may_be_empty
        self._done.setEnabled(not self._reason and not is_blank)
        self._done.setToolTip(self._reason)


class _Field(QPlainTextEdit):
    submitted = Signal()
    escaped = Signal()
    focus_changed = Signal()
    height_changed = Signal()

    def __init__(self, appearance: Appearance, text: str, *, sends_on_return: bool) -> None:
        super().__init__()
        self._appearance = appearance
        self._sends_on_return = sends_on_return
        self._is_fitting = False
        self.setFont(appearance.font("reading"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setCursorWidth(2)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(0)
        # To break an endless word at words first takes time that grows with its length squared.
        if any(_ENDLESS_WORD.match(text, at) for at in range(0, len(text), 2500)):
            self.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        self.setPlainText(text)
        self.moveCursor(QTextCursor.MoveOperation.End)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self.textChanged.connect(self._fit)
        self._fit()

    def event(self, event: QEvent) -> bool:
        # Or the window's Escape, which stops an answer, would get the key.
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, modifiers = event.key(), event.modifiers()
        # While an input method composes, Return and Escape are its own.
        is_composing = bool(self.textCursor().block().layout().preeditAreaText())
        is_return = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        if is_composing:
            super().keyPressEvent(event)
        elif is_return and (control or (self._sends_on_return and not shift)):
            self.submitted.emit()
        elif key == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_changed.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focus_changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def _fit(self) -> None:
        if self._is_fitting:
            return
        self._is_fitting = True
        # Only as many lines are laid out as can be seen.
        lines = 0
        block = self.document().firstBlock()
        while block.isValid() and lines <= _MOST_LINES:
            self.blockBoundingRect(block)
            lines += block.lineCount()
            block = block.next()
        spacing = math.ceil(QFontMetricsF(self.font()).lineSpacing())
        height = min(max(lines, 1), _MOST_LINES) * spacing
        has_more = lines > _MOST_LINES
        self.setVerticalScrollBarPolicy(
            Qt.ScrollBarPolicy.ScrollBarAsNeeded
            if has_more
            else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        )
        if height != self.height() or self.minimumHeight() != height:
            self.setFixedHeight(height)
            self.height_changed.emit()
        self._is_fitting = False
