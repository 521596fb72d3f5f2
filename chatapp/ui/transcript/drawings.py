"""Coloured code and drawn formulas, as the window sees them: known, or known soon.

Nothing here takes long: another process does the work, and what it found is kept as flat arrays and
paths that are made in one call.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from PySide6.QtCore import QByteArray, QDataStream, QObject, QPointF, Signal
from PySide6.QtGui import QFont, QGuiApplication, QPainter, QPainterPath

from chatapp.ui.transcript.drawing_process import ColorCode, ColorGrowing, DrawFormula
from chatapp.ui.transcript.drawing_queue import Answered, DrawingQueue, Urgency
from chatapp.ui.transcript.formulas import EM, LONGEST_TEX, Outline
from chatapp.ui.transcript.highlighting import Coloring, Colors
from chatapp.ui.transcript.languages import (
    is_plain,
    language_word,
    name_as_written,
    well_known_name,
)

if TYPE_CHECKING:
    from chatapp.jobs import Post

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
Code = tuple[str, str]  # language and code
Tex = tuple[str, bool]  # the source, and whether it stands alone

_CODE_BYTES: Final = 16_000_000
_FORMULA_BYTES: Final = 8_000_000
_GROWING_CODES: Final = 8
_NAMES: Final = 500
_LONGEST_CODE: Final = 500_000  # characters; what comes after stays plain
_LONGEST_STEP: Final = 100_000  # characters that are lexed at once while a code grows
# A growing code rests for so many times the time that its last colours took.
_REST: Final = 2.0


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula of one size, in logical pixels. The source of a broken one is shown instead."""

    width: float = 0.0
    ascent: float = 0.0
    descent: float = 0.0
    is_broken: bool = False
    path: QPainterPath | None = None  # around the origin on the baseline
    scale: float = 1.0

    @property
    def height(self) -> float:
        return self.ascent + self.descent

    def paint(self, painter: QPainter, x: float, baseline: float) -> None:
        """Draw in the colour of the painter's pen, its left edge at `x`."""
        if self.path is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(x, baseline)
        painter.scale(self.scale, self.scale)
        painter.fillPath(self.path, painter.pen().brush())
        painter.restore()


class Drawings(QObject):
    """Colours code and draws formulas; keeps what was used last.

    Whoever got nothing, or a part, asks again when a signal names what it asked for.

    Signals: `highlighted(frozenset[Code])`, `grown(frozenset[Hashable])`,
    `drawn(frozenset[Tex])`: about these more is known.
    """

    highlighted = Signal(object)
    grown = Signal(object)
    drawn = Signal(object)

    def __init__(
        self, post: Post, *, make_queue: Callable[..., DrawingQueue] = DrawingQueue
    ) -> None:
        super().__init__()
        self._post = post
        self._queue = make_queue(self._on_answer)
        self._lock = threading.Lock()
        self._arrived: list[Answered] = []
        self._news = _News()
        self._is_closed = False
        self._codes: _Cache[Code, Coloring] = _Cache(_CODE_BYTES)
        self._formulas: _Cache[Tex, _Picture | None] = _Cache(_FORMULA_BYTES)
        self._growths: OrderedDict[Hashable, _Growth] = OrderedDict()
        self._names: OrderedDict[str, str] = OrderedDict()
        self._plain = Coloring()
        self._plain.is_complete = True

    def highlight(self, language: str, code: str) -> Coloring | None:
        """The colours of the lines of `code`; none when none is known yet.

        Only a line feed ends a line. Of a long code the first lines come first: the same object is
        filled until it `is_complete`.
        """
        if is_plain(language):
            return self._plain
        key = (language, code)
        coloring = self._codes.get(key)
        if coloring is None or not coloring.is_complete:
            self._take_in()
            coloring = self._codes.get(key)
        if coloring is None or not coloring.is_complete:
            request = ColorCode(language, code[:_LONGEST_CODE])
            self._queue.ask(ColorCode(language, code), request, Urgency.CODE)
        return coloring

    def highlight_growing(self, key: Hashable, language: str, code: str) -> Coloring:
        """The colours of a code that is being written, as they were when it was asked last.

        The last of its lines may have grown since. `key` stands for this code while it grows.
        """
        if is_plain(language):
            return self._plain
        growth = self._growths.get(key)
        if growth is None or growth.language != language or not code.startswith(growth.asked):
            growth = self._growths[key] = _Growth(key, language)
            if len(self._growths) > _GROWING_CODES:
                self._growths.popitem(last=False)
        if growth.wants(code):
            growth.begin(code)
            request = ColorGrowing(language, code[growth.safe_place :])
            self._queue.ask(growth, request, Urgency.GROWING)
        return growth.coloring

    def forget(self, key: Hashable) -> None:
        """A code that grew is complete."""
        self._growths.pop(key, None)

    def language_name(self, language: str) -> str:
        """The language's own name, as far as it is known; empty for plain text."""
        known = well_known_name(language) or self._names.get(language_word(language))
        return known or name_as_written(language)

    def formula(self, tex: str, *, display: bool, size: float) -> Formula | None:
        """A formula at `size` logical pixels; none while it is being drawn."""
        if not tex.strip() or len(tex) > LONGEST_TEX:
            return Formula(is_broken=True)
        key = (tex, display)
        if key not in self._formulas:
            self._take_in()
        if key not in self._formulas:
            request = DrawFormula(tex, display)
            self._queue.ask(request, request, Urgency.FORMULA)
            return None
        picture = self._formulas.get(key)
        if picture is None:
            return Formula(is_broken=True)
        scale = size / EM
        return Formula(
            picture.width * scale,
            picture.ascent * scale,
            picture.descent * scale,
            path=picture.path(),
            scale=scale,
        )

    @property
    def pid(self) -> int | None:
        """The process's id while there is one."""
        return self._queue.pid

    def close(self) -> None:
        """End the process at once. No signal comes after that."""
        self._is_closed = True
        self._queue.close()

    def _on_answer(self, answered: Answered) -> None:
        """In the queue's thread."""
        with self._lock:
            self._arrived.append(answered)
            if len(self._arrived) > 1:
                return
        self._post(self._tell)

    def _tell(self) -> None:
        if self._is_closed:
            return
        self._take_in()
        news, self._news = self._news, _News()
        for names, signal in (
            (news.codes, self.highlighted),
            (news.growths, self.grown),
            (news.formulas, self.drawn),
        ):
            if names:
                signal.emit(frozenset(names))

    def _take_in(self) -> None:
        """Put what arrived where it is looked for."""
        with self._lock:
            arrived, self._arrived = self._arrived, []
        for answered in arrived:
            key, answer = answered.key, answered.answer
            colors = answer if isinstance(answer, Colors) else None
            if isinstance(key, _Growth):
                self._learn_name(key.language, colors)
                if self._growths.get(key.key) is key:
                    key.end(colors, is_told=key.key not in self._news.growths)
                    self._news.growths.add(key.key)
            elif isinstance(key, ColorCode):
                self._learn_name(key.language, colors)
                code = (key.language, key.code)
                self._color_code(code, colors or _NOTHING_MORE, is_first=answered.is_first)
            elif isinstance(key, DrawFormula):
                picture = _Picture(answer) if isinstance(answer, Outline) else None
                size = len(answer.path) if isinstance(answer, Outline) else 0
                self._formulas.put((key.tex, key.display), picture, len(key.tex) + size)
                self._news.formulas.add((key.tex, key.display))

    def _color_code(self, code: Code, colors: Colors, *, is_first: bool) -> None:
        coloring = self._codes.get(code)
        if coloring is None:
            if not is_first:
                return  # it was dropped; whoever wants it asks again
            coloring = Coloring()
        coloring.replace_from(
            0 if is_first else len(coloring), colors, is_told=code not in self._news.codes
        )
        self._codes.put(code, coloring, coloring.size + len(code[1]))
        self._news.codes.add(code)

    def _learn_name(self, language: str, colors: Colors | None) -> None:
        if colors is not None and colors.name:
            self._names[language_word(language)] = colors.name
            if len(self._names) > _NAMES:
                self._names.popitem(last=False)


# The rest of a code is plain when it killed the process.
_NOTHING_MORE: Final = Colors("", b"", b"", is_last=True)


@dataclass(slots=True)
class _News:
    """What is to be told."""

    codes: set[Code] = field(default_factory=set)
    growths: set[Hashable] = field(default_factory=set)
    formulas: set[Tex] = field(default_factory=set)


class _Picture:
    """A formula of size `EM`."""

    def __init__(self, outline: Outline) -> None:
        self.width = outline.width
        self.ascent = outline.ascent
        self.descent = outline.descent
        self._outline: Outline | None = outline
        self._path = QPainterPath()

    def path(self) -> QPainterPath:
        if self._outline is not None:
            stream = QDataStream(QByteArray(self._outline.path))
            stream >> self._path
            font = QFont(QGuiApplication.font())
            font.setPixelSize(EM)
            for text in self._outline.texts:
                font.setPixelSize(round(text.size))
                self._path.addText(QPointF(text.x, text.y), font, text.text)
            self._outline = None
        return self._path


class _Growth:
    """A code that is being written."""

    def __init__(self, key: Hashable, language: str) -> None:
        self.key = key
        self.language = language
        self.coloring = Coloring()
        self.asked = ""
        self.safe_place = 0
        self._safe_line = 0
        self._is_waiting = False
        self._asked_at = 0.0
        self._rests_until = 0.0

    def wants(self, code: str) -> bool:
        """Whether it is time to have `code` coloured."""
        return (
            not self._is_waiting
            and len(self.asked) < len(code) < self.safe_place + _LONGEST_STEP
            and time.monotonic() >= self._rests_until
        )

    def begin(self, code: str) -> None:
        self.asked = code
        self._is_waiting = True
        self._asked_at = time.monotonic()

    def end(self, colors: Colors | None, *, is_told: bool) -> None:
        """`colors` of what was asked, or nothing if that could not be had."""
        now = time.monotonic()
        self._is_waiting = False
        self._rests_until = now + _REST * (now - self._asked_at)
        if colors is None:
            self._rests_until = math.inf
            return
        self.coloring.replace_from(self._safe_line, colors, is_told=is_told)
        self._safe_line += colors.safe_line
        for _ in range(colors.safe_line):
            self.safe_place = self.asked.index("\n", self.safe_place) + 1


class _Cache(Generic[K, V]):
    """Keeps what was used last, up to a number of bytes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = 0
        self._entries: OrderedDict[K, tuple[V, int]] = OrderedDict()

    def __contains__(self, key: K) -> bool:
        return key in self._entries

    def get(self, key: K) -> V | None:
        entry = self._entries.get(key)
        if entry is None:
            return None
        self._entries.move_to_end(key)
        return entry[0]

    def put(self, key: K, value: V, size: int) -> None:
        """Keep `value`, of so many bytes, and drop what was not used for longest."""
        _, former = self._entries.pop(key, (None, 0))
        self._entries[key] = value, size
        self._size += size - former
        while self._size > self._most and len(self._entries) > 1:
            _, (_, dropped) = self._entries.popitem(last=False)
            self._size -= dropped
