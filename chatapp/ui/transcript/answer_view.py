"""An answer: its Markdown as a column of text, code and tables, and its state below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QRect, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent

from chatapp.domain.conversation import Message, MessageStatus
from chatapp.ui.transcript.answer_footer import AnswerFooter, DescribeError
from chatapp.ui.transcript.blocks import (
    Block,
    CodeBlock,
    RuleBlock,
    TableBlock,
    TextBlock,
    count_same,
)
from chatapp.ui.transcript.code_view import CodeView
from chatapp.ui.transcript.markdown_stream import MarkdownStream
from chatapp.ui.transcript.message_view import FIRST_PIECE, NEXT_PIECE, MessageView
from chatapp.ui.transcript.prose_pane import (
    QUOTE_BAR,
    ProseBlock,
    ProsePane,
    gap_between,
    indent_of,
    quote_bars,
)
from chatapp.ui.transcript.table_view import TableView
from chatapp.ui.transcript.text_pane import OVERHANG
from chatapp.ui.widgets.button import Button

if TYPE_CHECKING:
    from PySide6.QtGui import QEnterEvent
    from PySide6.QtWidgets import QWidget

    from chatapp.chat.events import AnswerProgress
    from chatapp.ui.theme import Appearance
    from chatapp.ui.transcript.markdown import MarkdownParser

_FOOTER_GAP: Final = 4
_FOOTER_GAP_BOX: Final = 12


@dataclass(slots=True)
class _Piece:
    """A widget and the number of the first block that it shows."""

    first: int
    view: ProsePane | CodeView | TableView


class AnswerView(MessageView):
    """Shows what it is given and redraws only what changed at the end.

    Signals: `retry_requested()`, `continue_requested()`, `open_logs_requested()`.
    """

    retry_requested = Signal()
    continue_requested = Signal()
    open_logs_requested = Signal()

    def __init__(
        self,
        appearance: Appearance,
        parser: MarkdownParser,
        describe_error: DescribeError,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._parser = parser
        self._stream = MarkdownStream(parser)
        self._is_finished = False
        self._text = ""
        self._shown = 0
        self._limit = FIRST_PIECE
        self._blocks: list[Block] = []
        self._pieces: list[_Piece] = []
        self._growing: CodeView | None = None
        self._bars: list[QRect] = []
        self._more = Button(
            appearance, self.tr("Show more"), "text", designed_height=28, parent=self
        )
        self._more.hide()
        self._more.clicked.connect(self._show_more)
        self._footer = AnswerFooter(appearance, describe_error, self)
        self._footer.copy_requested.connect(self._on_copy)
        self._footer.retry_requested.connect(self.retry_requested)
        self._footer.continue_requested.connect(self.continue_requested)
        self._footer.open_logs_requested.connect(self.open_logs_requested)
        self._footer.resized.connect(self.resized)
        self.setAccessibleName(self.tr("Answer"))

    # Content

    def set_message(self, message: Message, progress: AnswerProgress | None) -> None:
        is_growing = message.status is MessageStatus.GENERATING
        if is_growing:
            # What arrives is shown; what was long before follows piece by piece.
            self._limit = max(self._limit, min(len(message.text), self._shown + NEXT_PIECE))
        goes_on = message.text.startswith(self._text)
        if not goes_on or (self._is_finished and message.text != self._text):
            self._stream = MarkdownStream(self._parser)
            self._is_finished = False
            self._shown = 0
        self._text = message.text
        self._read(is_growing=is_growing)
        self._footer.set_message(message, progress)

    def set_last(self, *, is_last: bool) -> None:
        self._footer.set_last(is_last=is_last)

    def set_busy(self, *, is_busy: bool) -> None:
        self._footer.set_busy(is_busy=is_busy)

    def recolor(self) -> None:
        for piece in self._pieces:
            piece.view.recolor()
        self.update()

    def _read(self, *, is_growing: bool) -> None:
        """Read what is new, and show it."""
        starts_anew = self._shown == 0
        kept = self._stream.feed(self._text[self._shown : self._limit])
        self._shown = min(len(self._text), self._limit)
        if not is_growing and self._shown == len(self._text) and not self._is_finished:
            kept = min(kept, self._stream.finish())
            self._is_finished = True
        if starts_anew:
            kept = count_same(self._blocks, self._stream.blocks)
        self._blocks[kept:] = self._stream.blocks[kept:]
        self._show_blocks(kept)
        last = self._pieces[-1].view if self._pieces else None
        open_code = last if is_growing and isinstance(last, CodeView) else None
        if self._growing is not None and self._growing is not open_code:
            self._growing.complete()
        self._growing = open_code
        if not is_growing:
            for piece in self._pieces:
                if isinstance(piece.view, ProsePane):
                    piece.view.setAccessibleName(piece.view.document.toPlainText())

    def _show_blocks(self, kept: int) -> None:
        """Bring the widgets in line with the blocks, of which the first `kept` are as before."""
        number_kept = sum(piece.first < kept for piece in self._pieces)
        spare = self._pieces[number_kept:]
        del self._pieces[number_kept:]
        position = kept
        last = self._pieces[-1] if self._pieces else None
        if last is not None and isinstance(last.view, ProsePane):
            run = _prose_from(self._blocks, position)
            last.view.set_blocks(kept - last.first, run)
            position += len(run)
        while position < len(self._blocks):
            block = self._blocks[position]
            reused = spare.pop(0).view if spare else None
            view: ProsePane | CodeView | TableView
            count = 1
            if isinstance(block, CodeBlock):
                view = reused if isinstance(reused, CodeView) else self._make_code()
                view.set_code(block.language, block.text, is_growing=self._is_open(position))
            elif isinstance(block, TableBlock):
                view = reused if isinstance(reused, TableView) else self._make_table()
                view.set_table(block)
            else:
                view = reused if isinstance(reused, ProsePane) else self._make_prose()
                run = _prose_from(self._blocks, position)
                view.set_blocks(0, run)
                count = len(run)
            if reused is not None and reused is not view:
                _discard(reused)
            self._pieces.append(_Piece(position, view))
            position += count
        for piece in spare:
            _discard(piece.view)

    def _is_open(self, position: int) -> bool:
        return not self._is_finished and position == len(self._blocks) - 1

    def _make_prose(self) -> ProsePane:
        pane = ProsePane(self._appearance, self)
        pane.selection_started.connect(self.selection_started)
        pane.show()
        return pane

    def _make_code(self) -> CodeView:
        code = CodeView(self._appearance, self)
        code.pane.selection_started.connect(self.selection_started)
        code.show()
        return code

    def _make_table(self) -> TableView:
        table = TableView(self._appearance, self)
        table.pane.selection_started.connect(self.selection_started)
        table.show()
        return table

    # Layout

    def arrange(self, width: int) -> int:
        height = 0
        self._bars = []
        for piece in self._pieces:
            block = self._blocks[piece.first]
            if piece.first:
                height += gap_between(self._blocks[piece.first - 1], block)
            if isinstance(piece.view, ProsePane):
                extent = piece.view.arrange(width)
                piece.view.setGeometry(0, height, width, extent)
            else:
                indent = indent_of(block.path)
                extent = piece.view.arrange(max(80, width - 2 * OVERHANG - indent))
                left = OVERHANG if self.isRightToLeft() else OVERHANG + indent
                piece.view.move(left, height)
                for bar in quote_bars(block.path):
                    self._bars.append(QRect(OVERHANG + bar, height, QUOTE_BAR, extent))
            height += extent
        has_more = self._shown < len(self._text)
        self._more.setVisible(has_more)
        if has_more:
            more = self._more.sizeHint()
            self._more.setGeometry(OVERHANG - 12, height + 4, more.width(), more.height())
            height += more.height() + 4
        if self._pieces:
            ends_with_text = isinstance(self._pieces[-1].view, ProsePane)
            is_plain = ends_with_text and not self._footer.has_banner
            height += _FOOTER_GAP if is_plain else _FOOTER_GAP_BOX
        footer = self._footer.arrange(width)
        self._footer.move(0, height)
        height += footer
        self.resize(width, height)
        return height

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._bars:
            painter = QPainter(self)
            for bar in self._bars:
                painter.fillRect(bar, self._appearance.theme.border_strong)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._footer.set_hovered(is_hovered=True)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._footer.set_hovered(is_hovered=False)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text)

    def _show_more(self) -> None:
        self._limit = self._shown + NEXT_PIECE
        self._read(is_growing=False)
        self.resized.emit()


def _prose_from(blocks: list[Block], position: int) -> list[ProseBlock]:
    run: list[ProseBlock] = []
    for block in blocks[position:]:
        if not isinstance(block, TextBlock | RuleBlock):
            break
        run.append(block)
    return run


def _discard(view: QWidget) -> None:
    view.hide()
    view.deleteLater()
