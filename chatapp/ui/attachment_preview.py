"""A look at the beginning of a file that goes with a message."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import (
    QFontMetricsF,
    QGuiApplication,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QVBoxLayout, QWidget

from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CARD
from chatapp.ui.widgets.elided_label import ElidedLabel
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from chatapp.domain.conversation import Attachment
    from chatapp.ui.theme import Appearance

_LINES: Final = 40
_LINE: Final = 500  # characters: more than anybody looks at
_SEEN: Final = 16  # lines without scrolling
_WIDTH: Final = 560
_PADDING: Final = 12
_SCROLL_BAR: Final = 12


class AttachmentPreview(QFrame):
    """A popup with name, figures and the first 40 lines."""

    def __init__(
        self, appearance: Appearance, attachment: Attachment, figures: str, parent: QWidget
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self._appearance = appearance
        # Without a compositor, which X11 may lack, transparent corners would be black.
        self._is_rounded = QGuiApplication.platformName() != "xcb"
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground, self._is_rounded)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(attachment.name)
        self.setFixedWidth(min(appearance.width(_WIDTH), parent.window().width() - 2 * _PADDING))

        lines = attachment.text.split("\n", _LINES)
        is_cut = len(lines) > _LINES and bool(lines[_LINES])
        lines = lines[:_LINES]
        self._text = QPlainTextEdit("\n".join(line[:_LINE] for line in lines))
        self._text.setReadOnly(True)
        self._text.setFrameShape(QFrame.Shape.NoFrame)
        self._text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._text.setTabChangesFocus(True)
        self._text.setFont(appearance.font("code"))
        self._text.document().setDocumentMargin(0)
        self._text.setAccessibleName(self.tr("Content"))
        metrics = QFontMetricsF(appearance.font("code"))
        room = self.width() - 2 * _PADDING - _SCROLL_BAR
        is_wide = any(metrics.horizontalAdvance(line[:_LINE]) > room for line in lines)
        height = min(len(lines), _SEEN) * math.ceil(metrics.lineSpacing())
        self._text.setFixedHeight(height + is_wide * _SCROLL_BAR)

        name = ElidedLabel(appearance, text=attachment.name, bold=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_PADDING, _PADDING, _PADDING, _PADDING - 4)
        layout.setSpacing(4)
        layout.addWidget(name)
        layout.addWidget(ElidedLabel(appearance, "small", "text_faint", text=figures))
        layout.addSpacing(4)
        layout.addWidget(self._text)
        if is_cut:
            words = self.tr("The first %Ln line(s)", "", _LINES)
            layout.addWidget(TextLabel(appearance, words, "small", "text_muted"))

    @property
    def shown_text(self) -> str:
        """The lines that can be read here."""
        return self._text.toPlainText()

    def open_at(self, anchor: QRect) -> None:
        """Show above `anchor` (global), or below it where there is no room."""
        self.adjustSize()
        screen = QGuiApplication.screenAt(anchor.center()) or QGuiApplication.primaryScreen()
        room = screen.availableGeometry()
        top = anchor.top() - 4 - self.height()
        if top < room.top():
            top = min(anchor.bottom() + 5, room.bottom() - self.height())
        left = max(room.left(), min(anchor.left(), room.right() - self.width()))
        self.move(QPoint(left, max(room.top(), top)))
        self.show()

    # Qt

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._text.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        radius = RADIUS_CARD if self._is_rounded else 0
        paint_box(
            QPainter(self),
            self.rect(),
            radius,
            fill=theme.surface_raised,
            border=theme.border_strong,
        )
