"""What all messages of a conversation say, folded so that ten thousand are searched at once.

What a reader sees of an answer is known when its Markdown is read, which takes longer than anybody
waits for. So each answer is searched in its source at first, which gives about the right count, and
read in the pauses; what is said to be exact counts only what was read.
"""

from __future__ import annotations

import time
from array import array
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QModelIndex, QObject, Qt, QTimer, Signal

from chatapp.domain.conversation import MessageStatus, Role
from chatapp.ui.transcript.blocks import visible_text
from chatapp.ui.transcript.finding import count_folded, find_folded, fold, fold_query, has_accents
from chatapp.ui.transcript.message_reader import FOLDED_AT_ONCE, MessageReader
from chatapp.ui.transcript.question_item import plain_blocks
from chatapp.ui.transcript.selection import Match, Position

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.ui.models.transcript_model import TranscriptModel
    from chatapp.ui.transcript.markdown import MarkdownParser

_SLICE: Final = 0.006  # seconds of reading in a pause
_PATIENCE: Final = 0.010  # seconds that a search may read on
_TOLD: Final = 0.1  # seconds between what is told while it is read
_GROWING_MS: Final = 60  # between looks at a text that is being written
_BETWEEN: Final = "\n"  # between blocks; nothing folded contains it
_KEPT: Final = 64  # messages whose matches are remembered


class ConversationText(QObject):
    """The text of all messages of a model while it is open, and where a query stands in it.

    Signals: `changed()` when more was read or a message came, changed or went: ask again.
    """

    changed = Signal()

    def __init__(self, model: TranscriptModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._rows: list[_Text] = []
        self._next = 0  # where reading goes on
        self._folded = 0  # messages whose source or text is known
        self._unread = 0  # messages of which not more is known
        self._changed_rows: set[int] = set()  # were read, and grew since
        self._readers: dict[int, MessageReader] = {}  # by the message's id
        self._parser: MarkdownParser | None = None
        self._wanted = ""
        self._total = 0
        self._spans: dict[int, list[tuple[int, int]]] = {}
        self._told = 0.0
        self._told_known = (False, False)
        self._is_open = False
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._read_on)
        model.modelReset.connect(self._on_reset)
        model.rowsInserted.connect(self._on_rows_inserted)
        model.rowsRemoved.connect(self._on_rows_removed)
        model.dataChanged.connect(self._on_data_changed)

    # What is known

    @property
    def is_exact(self) -> bool:
        """Whether every message is read, so that `total` is what the reader will find.

        An answer that is being written is read some times a second.
        """
        return self._unread == 0

    @property
    def is_counted(self) -> bool:
        """Whether `total` says at least about how often the query stands anywhere."""
        return self._folded >= len(self._rows)

    @property
    def total(self) -> int:
        """How often the query stands in all that is known so far."""
        return self._total

    # What is asked

    def open(self, row: int) -> None:
        """Begin to read, first what follows `row`."""
        if not self._is_open:
            self._is_open = True
            self._begin(row)

    def close(self) -> None:
        """Forget all."""
        self._is_open = False
        self._timer.stop()
        self._rows, self._readers, self._spans = [], {}, {}
        self._changed_rows.clear()
        self._wanted = ""
        self._total = self._folded = self._unread = 0

    def look_for(self, query: str) -> None:
        """Count where `query` stands."""
        wanted, before = fold_query(query), self._wanted
        if wanted == before:
            return
        self._wanted = wanted
        self._spans.clear()
        is_narrower = bool(before) and before in wanted
        total = 0
        for text in self._rows:
            if is_narrower and not text.count:
                continue
            if text.accents:
                text.count = text.occurrences(wanted)
            else:
                text.count = text.folded.count(wanted) if wanted else 0
            total += text.count
        self._total = total

    def seek(self, start: Position, *, forward: bool = True) -> tuple[Match | None, bool]:
        """The first match from `start` on, or the last before it; beyond the end it begins anew.

        The second value is False when more must be read first: ask again after `changed`.
        """
        count = len(self._rows)
        if not count or not self._wanted:
            return None, True
        end = time.perf_counter() + _PATIENCE
        first = min(start.row, count - 1)
        for step in range(count + 1):
            row = (first + step if forward else first - step) % count
            text = self._rows[row]
            if not text.count:
                continue
            if text.starts is None and not self._read(row, end):
                self._next = row
                return None, False
            found = self._first_in(row, start if step == 0 else None, forward=forward)
            if found is not None:
                return found, True
        # Markdown may hide a match from who looks at the source.
        return None, self.is_exact

    def number_of(self, match: Match) -> int:
        """Which one of `total` it is, from 1; 0 when it is none any more."""
        spans = self._spans_of(match.row)
        begin = self._place(match)
        index = bisect_left(spans, (begin, begin))
        if index == len(spans) or spans[index][0] != begin:
            return 0
        return sum(text.count for text in self._rows[: match.row]) + index + 1

    def matches_in(self, row: int, first: int = 0, last: int | None = None) -> list[Match]:
        """The matches in some blocks of a message; none before it is read."""
        if not 0 <= row < len(self._rows):
            return []
        text = self._rows[row]
        if text.starts is None and (
            not text.count or not self._read(row, time.perf_counter() + _PATIENCE)
        ):
            return []
        starts = text.starts
        if not starts:
            return []
        spans = self._spans_of(row)
        begin = bisect_left(spans, (starts[min(first, len(starts) - 1)], 0))
        end = len(spans)
        if last is not None and last + 1 < len(starts):
            end = bisect_left(spans, (starts[last + 1], 0))
        return [_match(row, starts, *span) for span in spans[begin:end]]

    # Searching

    def _first_in(self, row: int, start: Position | None, *, forward: bool) -> Match | None:
        spans = self._spans_of(row)
        starts = self._rows[row].starts
        if not spans or not starts:
            return None
        index = 0 if forward else len(spans) - 1
        if start is not None:
            begin = self._place(start)
            index = bisect_left(spans, (begin, begin))
            index = index if forward else index - 1
        return _match(row, starts, *spans[index]) if 0 <= index < len(spans) else None

    def _spans_of(self, row: int) -> list[tuple[int, int]]:
        found = self._spans.get(row)
        if found is None:
            if len(self._spans) >= _KEPT:
                self._spans.clear()
            known = 0 <= row < len(self._rows)
            found = self._rows[row].spans(self._wanted) if known else []
            self._spans[row] = found
        return found

    def _place(self, at: Position | Match) -> int:
        """Where a position lies in the text of its message."""
        offset = at.begin if isinstance(at, Match) else at.offset
        if not 0 <= at.row < len(self._rows):
            return 0
        starts = self._rows[at.row].starts
        if not starts:
            return offset
        if at.block >= len(starts):
            return len(self._rows[at.row].folded)
        return starts[at.block] + offset

    # Reading

    def _begin(self, row: int) -> None:
        self._rows = [_Text() for _ in range(self._model.rowCount())]
        self._readers, self._spans = {}, {}
        self._changed_rows.clear()
        self._folded, self._total = 0, 0
        self._unread = len(self._rows)
        self._told_known = (False, False)
        self._next = row
        self._read_on()

    def _read_on(self) -> None:
        """Use a pause: first a quick look at all, then what readers see of each."""
        end = time.perf_counter() + _SLICE
        before = (self.is_counted, self.is_exact)
        has_changed = bool(self._changed_rows)
        for row in sorted(self._changed_rows):
            if self._read(row, end):
                self._changed_rows.discard(row)
        while not self.is_counted and time.perf_counter() < end:
            for row in range(self._folded, min(self._folded + 50, len(self._rows))):
                self._look_at(row)
        while self.is_counted and not self.is_exact and time.perf_counter() < end:
            self._next = 0 if self._next >= len(self._rows) else self._next
            if self._rows[self._next].starts is None and not self._read(self._next, end):
                break
            self._next += 1
        if not self.is_exact or self._changed_rows:
            self._timer.start(0)
        known = (self.is_counted, self.is_exact)
        # Who asks for matches may have read the last message in between.
        has_changed = has_changed or not before == known == self._told_known
        if has_changed or time.perf_counter() - self._told > _TOLD:
            self._told, self._told_known = time.perf_counter(), known
            self.changed.emit()

    def _look_at(self, row: int) -> None:
        message = self._model.message_at(row)
        self._folded += 1
        if message.role is not Role.ASSISTANT:
            self._read(row, 0.0)
        elif self._rows[row].starts is None:
            source = "\n".join(
                part
                for part in (
                    message.reasoning,
                    message.text,
                    *(call.arguments if call.is_complete else call.raw for call in message.calls),
                )
                if part
            )
            is_long = len(source) > FOLDED_AT_ONCE
            folded = source.lower() if is_long else fold(source)
            self._put(row, folded, None, accents=not is_long and has_accents(folded))

    def _read(self, row: int, end: float) -> bool:
        """Read a message until the clock shows `end`. Returns whether all of it is read."""
        message = self._model.message_at(row)
        if message.role is not Role.ASSISTANT:
            parts = [fold(visible_text(block)) for block in plain_blocks(message.text)]
            self._put(row, *_joined(parts), accents=any(map(has_accents, parts)))
            return True
        reader = self._readers.get(message.id)
        if reader is None or not reader.is_of(message):
            reader = self._readers[message.id] = MessageReader(self._make_parser())
        if not reader.read(message, end):
            return False
        self._put(row, *_joined(reader.parts), accents=reader.accents)
        if message.status is not MessageStatus.GENERATING:
            del self._readers[message.id]
        return True

    def _put(self, row: int, folded: str, starts: Sequence[int] | None, *, accents: bool) -> None:
        text = self._rows[row]
        self._unread -= text.starts is None and starts is not None
        text.folded, text.starts, text.accents = folded, starts, accents
        count = text.occurrences(self._wanted)
        self._total += count - text.count
        text.count = count
        self._spans.pop(row, None)

    def _make_parser(self) -> MarkdownParser:
        if self._parser is None:
            from chatapp.ui.transcript.markdown import MarkdownParser

            self._parser = MarkdownParser()
        return self._parser

    # What the model tells

    def _on_reset(self) -> None:
        if self._is_open:
            self._begin(0)
            self.changed.emit()

    def _on_rows_inserted(self, parent: QModelIndex, first: int, last: int) -> None:
        if not self._is_open:
            return
        self._rows[first:first] = [_Text() for _ in range(first, last + 1)]
        self._unread += last + 1 - first
        self._folded = min(self._folded, first)
        self._spans.clear()
        count = last + 1 - first
        self._changed_rows = {row + count * (row >= first) for row in self._changed_rows}
        self._timer.start(0)

    def _on_rows_removed(self, parent: QModelIndex, first: int, last: int) -> None:
        if not self._is_open:
            return
        gone = self._rows[first : last + 1]
        del self._rows[first : last + 1]
        self._unread -= sum(text.starts is None for text in gone)
        self._total -= sum(text.count for text in gone)
        self._folded = min(self._folded, len(self._rows))
        self._spans.clear()
        self._changed_rows = {
            row - len(gone) * (row > last) for row in self._changed_rows if not first <= row <= last
        }
        self.changed.emit()

    def _on_data_changed(self, first: QModelIndex, last: QModelIndex, roles: list[int]) -> None:
        if not self._is_open or (roles and Qt.ItemDataRole.DisplayRole not in roles):
            return
        rows = range(first.row(), last.row() + 1)
        self._changed_rows.update(row for row in rows if self._rows[row].starts is not None)
        if not roles:
            # At once: marks must never be those of another text.
            self._read_on()
        elif self._changed_rows and not self._timer.isActive():
            self._timer.start(_GROWING_MS)


class _Text:
    """One message: its text or, without `starts`, its source."""

    __slots__ = ("accents", "count", "folded", "starts")

    def __init__(self) -> None:
        self.folded = ""
        self.starts: Sequence[int] | None = None  # where its blocks begin
        self.accents = False
        self.count = 0

    def occurrences(self, wanted: str) -> int:
        return count_folded(self.folded, wanted, accents=self.accents)

    def spans(self, wanted: str) -> list[tuple[int, int]]:
        if self.starts is None:
            return []
        return find_folded(self.folded, wanted, accents=self.accents)


def _joined(parts: Sequence[str]) -> tuple[str, Sequence[int]]:
    starts = array("L")
    position = 0
    for part in parts:
        starts.append(position)
        position += len(part) + len(_BETWEEN)
    return _BETWEEN.join(parts), starts


def _match(row: int, starts: Sequence[int], begin: int, end: int) -> Match:
    block = bisect_right(starts, begin) - 1
    start = starts[block]
    return Match(row, block, begin - start, end - start)
