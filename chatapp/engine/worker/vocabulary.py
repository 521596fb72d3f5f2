"""A model's vocabulary: text to tokens and back.

llama.cpp's tokeniser is exact but not hardened: it takes quadratic time for texts with many names
of special tokens, and for some vocabularies it goes down the stack once per character of a word.
Texts that would hurt are handed to it in parts, cut where the result is the same.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterable, Iterator
from typing import Any

import llama_cpp.llama_cpp as llama

TOKEN_NONE = -1
SHORT = 20_000  # characters; a text up to this length hurts nowhere
NAMES_TOGETHER = 1000  # names of special tokens in one part of a long text
# Regular expressions of llama.cpp take up to 2.2 KB of stack per character of what they match,
# which is never more than a run of blanks or of anything else: 44 MB for `SHORT` characters.
STACK = 64 * 2**20

_RUN = re.compile(r"[^\S\x1c-\x1f\x85]+|[\S\x1c-\x1f\x85]+")
# Nearly every known expression splits here, so the cut changes nothing.
_WORD_END = re.compile(r"[^\W_](?=[!-&(-/:-@\[-`{-~，。、！？])")
_BLANKS = re.compile(r"[ \t-\r]*")  # what C's isspace() knows


class Vocabulary:
    """The tokens of a loaded model. `pointer` is llama.cpp's; `size` is their number.

    Any thread may use it. `special_names` are the texts that become a token, `special_tokens`,
    only when asked for; `bos` is the token to put in front of a prompt, or `TOKEN_NONE`.
    """

    def __init__(self, model: Any) -> None:
        self.pointer = llama.llama_model_get_vocab(model)
        self.size = int(llama.llama_vocab_n_tokens(self.pointer))
        wants_bos = llama.llama_vocab_get_add_bos(self.pointer)
        self.bos = int(llama.llama_vocab_bos(self.pointer)) if wants_bos else TOKEN_NONE
        kind = llama.llama_vocab_type(self.pointer)
        self._matches_words = kind == llama.LLAMA_VOCAB_TYPE_BPE
        self._pieces: dict[int, bytes] = {}
        self._ends: dict[int, bool] = {}
        self.special_names: dict[str, int] = {}
        self._strip_right: set[str] = set()
        always: list[str] = []
        hidden = llama.LLAMA_TOKEN_ATTR_CONTROL | llama.LLAMA_TOKEN_ATTR_UNKNOWN
        # llama.cpp aborts when it is asked about tokens that are only a number.
        for token in range(self.size if kind != llama.LLAMA_VOCAB_TYPE_NONE else 0):
            attributes = llama.llama_vocab_get_attr(self.pointer, token)
            if attributes & hidden:
                name = self.text(token)
                self.special_names[name] = token
                if attributes & llama.LLAMA_TOKEN_ATTR_RSTRIP:
                    self._strip_right.add(name)
            elif attributes & llama.LLAMA_TOKEN_ATTR_USER_DEFINED:
                always.append(self.text(token))
        self.special_tokens = frozenset(self.special_names.values())
        self._special_names = _Names(self.special_names)
        self._always_names = _Names(always)

    def tokenize(self, text: str, *, special: bool = True) -> list[int]:
        """Tokens of `text`; the names of control tokens in it become those if `special`."""
        if len(text) <= SHORT:
            return self._tokenize(text, special=special)
        tokens = []
        borders = sorted({*self._borders(text, special=special), len(text)})
        for start, end in zip([0, *borders], borders, strict=False):
            tokens += self._tokenize(text[start:end], special=special)
        return tokens

    def tokenize_around(self, names: Iterable[tuple[int, int]], text: str) -> list[int]:
        """Tokens of `text` where only these places, each a special name, are control tokens."""
        tokens: list[int] = []
        at = 0
        for start, end in names:
            name = text[start:end]
            tokens += self.tokenize(text[at:start], special=False)
            tokens.append(self.special_names[name])
            at = end
            if name in self._strip_right:
                at = _BLANKS.match(text, end).end()  # type: ignore[union-attr]
        return tokens + self.tokenize(text[at:], special=False)

    def find_special(self, text: str) -> list[tuple[int, int]]:
        """Where `special_names` are in `text`, start and end, as llama.cpp chooses among them.

        It takes the longest names first, wherever they are.
        """
        return _chosen(text, self._special_names.find(text))

    def find_all_special(self, text: str) -> Iterator[tuple[int, int]]:
        """Every place of every special name, those that overlap too."""
        return self._special_names.find(text)

    def piece(self, token: int) -> bytes:
        """The bytes of a token; none for a control token."""
        piece = self._pieces.get(token)
        if piece is None:
            piece = self._pieces[token] = self._read_piece(token)
        return piece

    def is_end(self, token: int) -> bool:
        """Whether the token ends an answer."""
        is_end = self._ends.get(token)
        if is_end is None:
            is_end = bool(llama.llama_vocab_is_eog(self.pointer, token))
            self._ends[token] = is_end
        return is_end

    def text(self, token: int) -> str:
        """How the vocabulary spells the token; empty for `TOKEN_NONE`."""
        if token == TOKEN_NONE:
            return ""
        return str(llama.llama_vocab_get_text(self.pointer, token).decode(errors="replace"))

    def _tokenize(self, text: str, *, special: bool) -> list[int]:
        # Half a surrogate pair can come from the clipboard and has no bytes.
        data = text.encode(errors="replace")
        size = len(data) + 2
        while True:
            tokens = (llama.llama_token * size)()
            count = llama.llama_tokenize(
                self.pointer,
                data,
                len(data),
                tokens,
                size,
                False,  # noqa: FBT003 - ctypes functions take no keywords
                special,
            )
            if count >= 0:
                return tokens[:count]  # type: ignore[no-any-return]
            size = -count

    def _read_piece(self, token: int) -> bytes:
        size = 256
        while True:
            buffer = ctypes.create_string_buffer(size)
            count = llama.llama_token_to_piece(
                self.pointer,
                token,
                buffer,
                size,
                0,
                False,  # noqa: FBT003
            )
            if count >= 0:
                return buffer.raw[:count]
            size = -count

    def _borders(self, text: str, *, special: bool) -> Iterator[int]:
        """Where a long text can be cut."""
        places = list(self._always_names.find(text))
        if special:
            places += self._special_names.find(text)
        at = 0
        for index, (start, end) in enumerate([*_chosen(text, places), (len(text), len(text))]):
            if index % NAMES_TOGETHER == 0:
                yield start
            if self._matches_words and start - at > SHORT:
                yield from _cuts(text, at, start)
            at = end


class _Names:
    """Finds any of many names in a text."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(filter(None, names))
        self._key_length = min((3, *map(len, self._names)))
        lengths: dict[str, set[int]] = {}
        for name in self._names:
            lengths.setdefault(name[: self._key_length], set()).add(len(name))
        self._lengths = {key: sorted(found) for key, found in lengths.items()}
        firsts = "".join(map(re.escape, sorted({name[0] for name in self._names})))
        self._first = re.compile(f"[{firsts}]" if firsts else r"(?!)")

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Every place where one is, in order of the beginnings."""
        for match in self._first.finditer(text):
            start = match.start()
            for length in self._lengths.get(text[start : start + self._key_length], ()):
                if text[start : start + length] in self._names:
                    yield start, start + length


def _chosen(text: str, places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Of places that overlap the longer ones, in bytes, then the earlier ones."""
    taken = bytearray(len(text))
    chosen = []
    sizes: dict[str, int] = {}

    def order(place: tuple[int, int]) -> tuple[int, int]:
        name = text[slice(*place)]
        if name not in sizes:
            sizes[name] = len(name.encode(errors="replace"))
        return -sizes[name], place[0]

    for start, end in sorted(places, key=order):
        if taken.find(1, start, end) < 0:
            taken[start:end] = b"\1" * (end - start)
            chosen.append((start, end))
    return sorted(chosen)


def _cuts(text: str, start: int, end: int) -> Iterator[int]:
    """Where to cut what has no name in it, so that nothing a regular expression matches is long."""
    for run in _RUN.finditer(text, start, end):
        start, end = run.span()
        while end - start > SHORT:
            latest = start + SHORT
            words = _WORD_END.finditer(text, latest - SHORT // 2, latest)
            start = max((word.end() for word in words), default=latest)
            yield start
