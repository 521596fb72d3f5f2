"""Changes the text of a message in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from chatapp.ui.i18n import Translated
from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_LARGE
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.growing_field import GrowingField
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance

_MOST_LINES: Final = 20
_SIDE: Final = 16
_PADDING: Final = 10


class MessageEditor(Translated, QWidget):
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
        self._is_question = is_question
        self._reason = ""
        self._field = _Field(appearance, text, sends_on_return=is_question)
        self._note = TextLabel(appearance, "", "small", "text_faint")
        self._note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._cancel = Button(appearance, "", "quiet", designed_height=28)
        self._done = Button(appearance, "", "primary", designed_height=28)
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
        self._translate()
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

    def _translate(self) -> None:
        is_question = self._is_question
        self._field.setAccessibleName(
            self.tr("Edit message") if is_question else self.tr("Edit answer")
        )
        self._note.setText(
            self.tr("The message before stays as another version.")
            if is_question
            else self.tr("The answer before stays as another version.")
        )
        self._cancel.setText(self.tr("Cancel"))
        self._done.setText(self.tr("Send") if is_question else self.tr("Save"))

    def _submit(self) -> None:
        if self._done.isEnabled():
            self.submitted.emit(self.text)

    def _update_button(self) -> None:
        is_blank = not self.text.strip() and not self._may_be_empty
        self._done.setEnabled(not self._reason and not is_blank)
        self._done.setToolTip(self._reason)


class _Field(GrowingField):
    """Signals: `submitted()` on what ends the editing."""

    submitted = Signal()

    def __init__(self, appearance: Appearance, text: str, *, sends_on_return: bool) -> None:
        super().__init__(appearance, _MOST_LINES)
        self._sends_on_return = sends_on_return
        self.takes_escape = True
        self.choose_wrapping(text)
        self.setPlainText(text)
        self.moveCursor(QTextCursor.MoveOperation.End)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_return = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        ends = is_return and (control or (self._sends_on_return and not shift))
        if ends and not self.is_composing:
            self.submitted.emit()
        else:
            super().keyPressEvent(event)
