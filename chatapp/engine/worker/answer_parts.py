"""From the tokens of an answer to its text and its parts."""

from __future__ import annotations

from collections.abc import Iterable

from chatapp.engine.parts import PartDelta, PartKind
from chatapp.engine.worker.answer_format import AnswerParser
from chatapp.engine.worker.formats.source import Piece
from chatapp.engine.worker.text import AnswerText

Found = tuple[str, tuple[PartDelta, ...]]


class AnswerParts:
    """Hands to `parser` what a model writes. Only in the answer's text, `text` sees stop strings.

    Every method returns what is new of the text, and of the parts where there is more to say than
    that the last one, which is text, goes on. Most tokens are such text: they take the short way.
    """

    def __init__(self, text: AnswerText, parser: AnswerParser) -> None:
        self._text = text
        self._parser = parser
        self._text_index = -1  # of the part that the held text belongs to
        self._told = -1  # the last part that was given out

    def add(self, piece: bytes) -> Found:
        """Add a token's bytes."""
        text = self._text.decode(piece)
        if not text:
            return "", ()
        kind = self._parser.passes(text)
        if kind is PartKind.REASONING:
            return "", (PartDelta(self._parser.index, kind, text),)
        if kind is None or self._told != self._text_index:
            return self._sort(self._parser.feed((Piece(text),)))
        return self._text.release(text), ()

    def add_control(self, name: str) -> Found:
        """Add a control token."""
        return self._sort(self._parser.feed((Piece(name, is_control=True),)))

    def finish(self, *, is_cut: bool = False) -> Found:
        """The rest, once the last token is added. `is_cut`: the model would have written more."""
        return self._sort(self._parser.finish(is_cut=is_cut), is_over=True)

    def _sort(self, deltas: Iterable[PartDelta], *, is_over: bool = False) -> Found:
        told_before = self._told
        told: list[PartDelta] = []
        for delta in deltas:
            if self._text.stopped:
                break
            if delta.index != self._text_index:
                self._let_go(told)
            if delta.kind is PartKind.TEXT:
                self._text_index = delta.index
                self._tell(told, self._text.release(delta.text))
            else:
                told.append(delta)
                self._told = delta.index
        if is_over:
            self._let_go(told)
        text = "".join(delta.text for delta in told if delta.kind is PartKind.TEXT)
        is_more_text = all(d.kind is PartKind.TEXT and d.index == told_before for d in told)
        return text, () if is_more_text else tuple(told)

    def _let_go(self, told: list[PartDelta]) -> None:
        """No stop string goes on in another part."""
        self._tell(told, self._text.finish())

    def _tell(self, told: list[PartDelta], text: str) -> None:
        if text:
            told.append(PartDelta(self._text_index, PartKind.TEXT, text))
            self._told = self._text_index
