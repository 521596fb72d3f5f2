"""What a technical person wants to know about a failure, in a frame with Copy."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFontMetricsF, QGuiApplication, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CARD
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance

_COPIED_MS = 1500
_MOST_LINES = 12
_SCROLL_BAR = 12


class DetailsBlock(QWidget):
    """Monospaced text under a header with Open log folder and Copy.

    Signals: `open_logs_requested()`.
    """

    open_logs_requested = Signal()

    def __init__(self, appearance: Appearance, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._header_height = appearance.height(32)
        title = TextLabel(appearance, self.tr("Details"), "small", "text_muted")
        self._folder = Button(appearance, self.tr("Open log folder"), "quiet", designed_height=24)
        self._folder.clicked.connect(self.open_logs_requested)
        self._copy = Button(appearance, self.tr("Copy"), "quiet", icon="copy", designed_height=24)
        self._copy.clicked.connect(self._on_copy)
        self._copied = QTimer(self, interval=_COPIED_MS, singleShot=True)
        self._copied.timeout.connect(self._on_copied_over)

        self._text = QPlainTextEdit(text)
        self._text.setObjectName("details")
        self._text.setReadOnly(True)
        self._text.setFrameShape(QFrame.Shape.NoFrame)
        self._text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._text.setTabChangesFocus(True)
        self._text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._text.setFont(appearance.font("code"))
        self._text.document().setDocumentMargin(0)
        self._text.setAccessibleName(self.tr("Details"))
        lines = min(max(text.count("\n") + 1, 2), _MOST_LINES)
        spacing = QFontMetricsF(appearance.font("code")).lineSpacing()
        self._text.setFixedHeight(lines * math.ceil(spacing) + _SCROLL_BAR)

        header = QHBoxLayout()
        header.setContentsMargins(0, 0, 0, 0)
        header.setSpacing(0)
        header.addSpacing(12)
        header.addWidget(title)
        header.addStretch()
        header.addWidget(self._folder)
        header.addWidget(self._copy)
        body = QHBoxLayout()
        body.setContentsMargins(14, 10, 2, 2)
        body.addWidget(self._text)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 0, 1, 1)
        layout.setSpacing(0)
        holder = QWidget()
        holder.setFixedHeight(self._header_height)
        holder.setLayout(header)
        layout.addWidget(holder)
        layout.addLayout(body)
        appearance.changed.connect(self.update)

    def text(self) -> str:
        """What it shows and copies."""
        return self._text.toPlainText()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        painter = QPainter(self)
        paint_box(
            painter, self.rect(), RADIUS_CARD, fill=theme.code_background, border=theme.code_border
        )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.setPen(QPen(theme.code_border, 1))
        painter.drawLine(0, self._header_height, self.width() - 1, self._header_height)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text())
        self._copy.setText(self.tr("Copied"))
        self._copy.set_icons("check")
        self._copied.start()

    def _on_copied_over(self) -> None:
        self._copy.setText(self.tr("Copy"))
        self._copy.set_icons("copy")
