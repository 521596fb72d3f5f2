"""Text that can be selected and copied, drawn from a text document.

Qt's own text widgets bring a viewport and scroll bars each, far too much for hundreds in one
conversation; a label can't be asked where its lines lie.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QUrl, Signal
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QContextMenuEvent,
    QDesktopServices,
    QFocusEvent,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextOption,
)
from PySide6.QtWidgets import QApplication, QMenu, QToolTip, QWidget

from chatapp.ui.transcript.blocks import is_safe_address

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance

# Room at both sides for what hangs out of the text: the frame of inline code, long list numbers.
OVERHANG = 8

ZERO_WIDTH_SPACE = "\u200b"
_LONG_WORD = 500
_UNBREAKABLE = re.compile(rf"\S{{{_LONG_WORD}}}(?=\S)")


class SealedDocument(QTextDocument):
    """A document that loads nothing, whatever is written in it."""

    def loadResource(self, type: int, name: QUrl | str) -> Any:  # noqa: A002 - Qt's name
        return None


class TextPane(QWidget):
    """Shows `document` with `OVERHANG` at both sides.

    Signals: `selection_started(TextPane)`, for the others to drop theirs.
    """

    selection_started = Signal(QWidget)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.appearance = appearance
        self.document = SealedDocument(self)
        self.document.setUndoRedoEnabled(False)
        self.document.setDocumentMargin(0)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.document.setDefaultTextOption(option)
        self._selection = QTextCursor(self.document)
        self._pressed_at: QPointF | None = None
        self._pressed_link = ""
        self._last_double_click: tuple[int, QPointF] = (0, QPointF())
        self._width = -1
        self._height = 0
        self._is_stale = False
        self._has_added_breaks = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setCursor(Qt.CursorShape.IBeamCursor)

    # Size

    def arrange(self, width: int) -> int:
        """Lay the text out for a width that includes the overhang. Returns the height."""
        if width != self._width:
            self._width = width
            self.lay_out(width - 2 * OVERHANG)
            self._height = -1
        if self._height < 0:
            self._height = math.ceil(self.document.size().height())
        return self._height

    def lay_out(self, width: int) -> None:
        """Give the document its width."""
        self.document.setTextWidth(width)

    def content_changed(self) -> None:
        """Call after every change of the document."""
        self._height = -1
        self.update()

    # Colours

    def recolor(self) -> None:
        """Other colours are in force. Those written in the document follow when it is next seen."""
        self._is_stale = True
        self.update()

    def write_colors(self) -> None:
        """Write the colours in force into the document; its layout stays as it is."""

    def breakable(self, text: str) -> str:
        """`text` with places to break in words so long that Qt takes seconds to wrap them."""
        if len(text) < _LONG_WORD or _UNBREAKABLE.search(text) is None:
            return text
        self._has_added_breaks = True
        return _UNBREAKABLE.sub(r"\g<0>" + ZERO_WIDTH_SPACE, text)

    # Selection

    def has_selection(self) -> bool:
        """Whether some of the text is selected."""
        return self._selection.hasSelection()

    def selected_text(self) -> str:
        """What is selected, as plain text."""
        text = self._selection.selection().toPlainText()
        return text.replace(ZERO_WIDTH_SPACE, "") if self._has_added_breaks else text

    def select_all(self) -> None:
        """Select the whole text."""
        self._selection.select(QTextCursor.SelectionType.Document)
        self.selection_started.emit(self)
        self.update()

    def drop_selection(self) -> None:
        """Select nothing."""
        if self._selection.hasSelection():
            self._selection.clearSelection()
            self.update()

    def copy(self) -> None:
        """Put the selected text on the clipboard."""
        if self.has_selection():
            QGuiApplication.clipboard().setText(self.selected_text())

    def link_at(self, position: QPointF) -> str:
        """The address under a point of the widget, or an empty string."""
        return self.document.documentLayout().anchorAt(position - QPointF(OVERHANG, 0))

    # Events

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._is_stale:
            self._is_stale = False
            self.write_colors()
        painter = QPainter(self)
        painter.translate(OVERHANG, 0)
        clip = QRectF(event.rect()).translated(-OVERHANG, 0)
        self.paint_below(painter, clip)
        context = QAbstractTextDocumentLayout.PaintContext()
        context.clip = clip
        theme = self.appearance.theme
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.Text, theme.text)
        context.palette = palette
        if self._selection.hasSelection():
            selection = QAbstractTextDocumentLayout.Selection()
            selection.cursor = self._selection
            colors = QTextCharFormat()
            colors.setBackground(theme.selection)
            colors.setForeground(theme.selection_text)
            selection.format = colors
            context.selections = [selection]
        self.document.documentLayout().draw(painter, context)

    def paint_below(self, painter: QPainter, clip: QRectF) -> None:
        """Paint what lies under the text, in the document's coordinates."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        at = event.position()
        if self._is_third_click(event):
            self._selection.movePosition(QTextCursor.MoveOperation.StartOfBlock)
            end = QTextCursor.MoveOperation.EndOfBlock
            self._selection.movePosition(end, QTextCursor.MoveMode.KeepAnchor)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._extend_to(at)
        else:
            self._selection.setPosition(self._position_at(at))
            self._pressed_link = self.link_at(at)
            self._pressed_at = at
        self.selection_started.emit(self)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._selection.setPosition(self._position_at(event.position()))
            self._selection.select(QTextCursor.SelectionType.WordUnderCursor)
            self._pressed_at = None
            self._last_double_click = (event.timestamp(), event.position())
            self.selection_started.emit(self)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if event.buttons() & Qt.MouseButton.LeftButton and self._pressed_at is not None:
            self._extend_to(at)
            return
        over_link = bool(self.link_at(at))
        shape = Qt.CursorShape.PointingHandCursor if over_link else Qt.CursorShape.IBeamCursor
        if self.cursor().shape() != shape:
            self.setCursor(shape)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        link, self._pressed_link, self._pressed_at = self._pressed_link, "", None
        if link and not self.has_selection() and self.link_at(event.position()) == link:
            open_address(link)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy) and self.has_selection():
            self.copy()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.select_all()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._pressed_at = None

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction(self.tr("Copy"), self.copy)
        copy.setEnabled(self.has_selection())
        menu.addAction(self.tr("Select all"), self.select_all)
        link = self.link_at(QPointF(event.pos()))
        if link:
            menu.addSeparator()
            menu.addAction(self.tr("Open link"), lambda: open_address(link))
            clipboard = QGuiApplication.clipboard()
            menu.addAction(self.tr("Copy link address"), lambda: clipboard.setText(link))
        menu.popup(event.globalPos())

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            link = self.link_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), link, self)
            return True
        return super().event(event)

    def _position_at(self, at: QPointF) -> int:
        layout = self.document.documentLayout()
        return layout.hitTest(at - QPointF(OVERHANG, 0), Qt.HitTestAccuracy.FuzzyHit)

    def _extend_to(self, at: QPointF) -> None:
        self._selection.setPosition(self._position_at(at), QTextCursor.MoveMode.KeepAnchor)
        self.update()

    def _is_third_click(self, event: QMouseEvent) -> bool:
        when, where = self._last_double_click
        close = (event.position() - where).manhattanLength() < QApplication.startDragDistance()
        return close and event.timestamp() - when < QApplication.doubleClickInterval()


def open_address(address: str) -> None:
    """Hand an address to the system's browser or mail program."""
    if is_safe_address(address):
        QDesktopServices.openUrl(QUrl(address))
