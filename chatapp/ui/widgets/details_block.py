"""What a technical person wants to know about a failure, in a frame with Copy."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetricsF, QGuiApplication, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from chatapp.ui.i18n import Translated
from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CARD
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance

_COPIED_MS = 1500
_MOST_LINES = 12
_SCROLL_BAR = 12


class DetailsBlock(Translated, QWidget):
    """Monospaced text under a header with Open log folder and Copy.

    Signals: `open_logs_requested()`.
    """

    open_logs_requested = Signal()

    def __init__(self, appearance: Appearance, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._title = TextLabel(appearance, "", "small", "text_muted")
        self._folder = Button(appearance, "", "quiet", designed_height=24)
        self._folder.clicked.connect(self.open_logs_requested)
        self._copy = Button(appearance, "", "quiet", icon="copy", designed_height=24)
        self._copy.clicked.connect(self._on_copy)
        self._copied = QTimer(self, interval=_COPIED_MS, singleShot=True)
        self._copied.timeout.connect(lambda: self._show_copied(is_copied=False))
        self._is_copied = False

        self._text = QPlainTextEdit(text)
        self._text.setObjectName("details")
        self._text.setReadOnly(True)
        self._text.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # as all code
        self._text.setFrameShape(QFrame.Shape.NoFrame)
        self._text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._text.setTabChangesFocus(True)
        self._text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._text.document().setDocumentMargin(0)
        self._lines = min(max(text.count("\n") + 1, 2), _MOST_LINES)

        header = QHBoxLayout()
        header.setContentsMargins(0, 0, 0, 0)
        header.setSpacing(0)
        header.addSpacing(12)
        header.addWidget(self._title)
        header.addStretch()
        header.addWidget(self._folder)
        header.addWidget(self._copy)
        body = QHBoxLayout()
        body.setContentsMargins(14, 10, 2, 2)
        body.addWidget(self._text)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 0, 1, 1)
        layout.setSpacing(0)
        self._header = QWidget()
        self._header.setLayout(header)
        layout.addWidget(self._header)
        layout.addLayout(body)
        self._translate()
        self._text.installEventFilter(self)
        self._set_sizes()
        appearance.resized.connect(self._set_sizes)
        appearance.changed.connect(self.update)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in {QEvent.Type.FocusIn, QEvent.Type.FocusOut}:
            self.update()
        return super().eventFilter(watched, event)

    def text(self) -> str:
        """What it shows and copies."""
        return self._text.toPlainText()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        painter = QPainter(self)
        paint_box(
            painter, self.rect(), RADIUS_CARD, fill=theme.code_background, border=theme.code_border
        )
        if self._text.hasFocus():
            paint_box(painter, self.rect(), RADIUS_CARD, border=theme.accent, width=2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.setPen(QPen(theme.code_border, 1))
        line = self._header.height()
        painter.drawLine(0, line, self.width() - 1, line)

    def _set_sizes(self) -> None:
        font = self._appearance.font("code")
        spacing = math.ceil(QFontMetricsF(font).lineSpacing())
        self._text.setFont(font)
        self._text.setFixedHeight(self._lines * spacing + _SCROLL_BAR)
        self._header.setFixedHeight(self._appearance.height(32))

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text())
        self._copied.start()
        self._show_copied(is_copied=True)

    def _show_copied(self, *, is_copied: bool) -> None:
        self._is_copied = is_copied
        self._copy.setText(self.tr("Copied") if is_copied else self.tr("Copy"))
        self._copy.set_icons("check" if is_copied else "copy")

    def _translate(self) -> None:
        self._title.setText(self.tr("Details"))
        self._text.setAccessibleName(self.tr("Details"))
        self._folder.setText(self.tr("Open log folder"))
        self._show_copied(is_copied=self._is_copied)
