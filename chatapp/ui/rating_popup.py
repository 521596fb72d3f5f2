"""Asks what was wrong with an answer, and what would have been right."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from chatapp.domain.conversation import Opinion, Rating
from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CONTROL
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.popup import Popup
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance

_WIDTH: Final = 400
_PADDING: Final = 16
_INSET: Final = 8  # between a field's edge and its text


class RatingPopup(Popup):
    """Two fields. A click elsewhere keeps what was written, Escape does not.

    Signals: `saved(str, str)` with the note and the better answer, when one of them changed.
    """

    saved = Signal(str, str)

    def __init__(self, appearance: Appearance, rating: Rating | None, parent: QWidget) -> None:
        super().__init__(appearance, self.tr("What do you think of this answer?"), parent)
        self.setFixedWidth(min(appearance.width(_WIDTH), parent.window().width() - 2 * _PADDING))
        is_liked = rating is not None and rating.opinion is Opinion.LIKED
        question = self.tr("What was good?") if is_liked else self.tr("What was wrong?")
        self._before = (rating.note, rating.correction) if rating is not None else ("", "")
        self._keeps = True
        self._note = self._make_field(question, self._before[0], 2)
        self._correction = self._make_field(self.tr("A better answer"), self._before[1], 4)
        save = Button(appearance, self.tr("Save"), "primary", designed_height=28)
        save.clicked.connect(self.close)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(
            TextLabel(appearance, self.tr("It stays on this computer."), "small", "text_faint")
        )
        row.addStretch()
        row.addWidget(save)
        column = QVBoxLayout(self)
        column.setContentsMargins(_PADDING, _PADDING - 4, _PADDING, _PADDING)
        column.setSpacing(4)
        for name, field in ((question, self._note), (self.tr("A better answer"), self._correction)):
            column.addWidget(TextLabel(appearance, name, "small", "text_muted"))
            inset = QVBoxLayout()
            inset.setContentsMargins(_INSET, _INSET, _INSET, _INSET)
            inset.addWidget(field)
            column.addLayout(inset)
            column.addSpacing(6)
        column.addLayout(row)
        for field in (self._note, self._correction):
            field.focus_changed.connect(self.update)
            field.submitted.connect(self.close)

    @property
    def note_field(self) -> QPlainTextEdit:
        """What was wrong."""
        return self._note

    @property
    def correction_field(self) -> QPlainTextEdit:
        """What would have been right."""
        return self._correction

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._note.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._keeps = False
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        now = (self._note.toPlainText().strip(), self._correction.toPlainText().strip())
        if self._keeps and now != self._before:
            self._before = now
            self.saved.emit(*now)
        super().closeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        theme = self._appearance.theme
        painter = QPainter(self)
        for field in (self._note, self._correction):
            box = QRect(field.geometry()).adjusted(-_INSET, -_INSET, _INSET, _INSET)
            has_focus = field.hasFocus()
            border = theme.accent if has_focus else theme.control_border
            paint_box(painter, box, RADIUS_CONTROL, border=border, width=2 if has_focus else 1)

    def _make_field(self, name: str, text: str, lines: int) -> _NoteField:
        field = _NoteField(text)
        field.setFont(self._appearance.font("body"))
        field.setAccessibleName(name)
        spacing = math.ceil(QFontMetricsF(field.font()).lineSpacing())
        field.setFixedHeight(lines * spacing)
        return field


class _NoteField(QPlainTextEdit):
    """Signals: `submitted()` on Control+Return; `focus_changed()`."""

    submitted = Signal()
    focus_changed = Signal()

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and control:
            self.submitted.emit()
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_changed.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focus_changed.emit()
