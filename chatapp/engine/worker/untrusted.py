"""Text that a template may arrange but that can't become a control token.

A model's template is a program: it trims, cuts and searches what people typed, and puts it beside
text of its own. To know in the end which characters are whose, those of the turns wear a mask
while the template works: each character that special names are made of is replaced by a lone
surrogate, which no real text contains. A special name in the result that wears no mask anywhere
was written by the template alone, whatever the template did.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

_FIRST, _LAST = 0xD800, 0xDFFF
_BLANKS = "".join(filter(str.isspace, map(chr, range(0x3001))))  # there are none beyond


class Mask:
    """Masks the characters of `names`. Those that would need too many masks are left out."""

    def __init__(self, names: Iterable[str]) -> None:
        characters = dict.fromkeys('"\\')  # what JSON puts a backslash before
        covered = set()
        for name in sorted(names):
            more = characters | dict.fromkeys(name)
            if len(more) <= _LAST - _FIRST + 1:
                characters = more
                covered.add(name)
        self.names = frozenset(covered)
        self._masks = {ord(c): _FIRST + index for index, c in enumerate(characters)}
        self._bare = {mask: character for character, mask in self._masks.items()}
        # Half a surrogate pair can come from the clipboard. It has no bytes.
        no_text = self._masks.get(ord("?"), ord("?"))
        self._all_masks = dict.fromkeys(range(_FIRST, _LAST + 1), no_text) | self._masks
        self.blanks = _BLANKS + self.put_on(_BLANKS)

    def put_on(self, text: str) -> Untrusted:
        """The masked text, for a template."""
        return Untrusted(text.translate(self._all_masks), self)

    def take_off(self, text: str) -> str:
        """The text as it was; what the template added stays."""
        return text.translate(self._bare)

    def like(self, text: str) -> str:
        """What to look for in a masked text to find this one."""
        return text if isinstance(text, Untrusted) else text.translate(self._masks)


class Untrusted(str):
    """A masked text that is searched, compared and cut as if it had no mask.

    Methods that are not replaced here work on masked characters: their results can be wrong for
    the template's purpose, but nothing is trusted by mistake.
    """

    __slots__ = ("mask",)
    mask: Mask

    def __new__(cls, masked: str, mask: Mask) -> Untrusted:  # noqa: D102, PYI034
        text = str.__new__(cls, masked)
        text.mask = mask
        return text

    def __str__(self) -> str:
        return self

    def __repr__(self) -> str:
        # What a list of texts shows of them.
        return self.mask.put_on(repr(self.mask.take_off(self)))

    def __hash__(self) -> int:
        return hash(self.mask.take_off(self))

    def __iter__(self) -> Iterator[str]:
        return (Untrusted(character, self.mask) for character in str.__iter__(self))

    def replace(self, old: str, new: str, count: Any = -1) -> str:  # noqa: D102
        result = str.replace(self, self.mask.like(old), new, count)
        # With the template's own characters in it, it is no longer all untrusted.
        return result if new else Untrusted(result, self.mask)

    def as_json(self) -> str:
        """The text for `json.dumps`, which leaves it as it is."""
        inside = json.dumps(self.mask.take_off(self), ensure_ascii=False)[1:-1]
        return self.mask.put_on(inside)


def _on_masked(name: str) -> Callable[..., Any]:
    method = getattr(str, name)

    def like(mask: Mask, value: Any) -> Any:
        if isinstance(value, str):
            return mask.like(value)
        if isinstance(value, tuple):
            return tuple(like(mask, item) for item in value)
        return value

    def call(text: Untrusted, *arguments: Any) -> Any:
        result = method(text, *(like(text.mask, argument) for argument in arguments))
        if isinstance(result, str):
            return Untrusted(result, text.mask)
        if isinstance(result, tuple):
            return tuple(Untrusted(part, text.mask) for part in result)
        return result

    return call


def _on_bare(name: str) -> Callable[..., Any]:
    method = getattr(str, name)

    def call(text: Untrusted, *arguments: Any) -> Any:
        mask = text.mask
        bare = (mask.take_off(item) if isinstance(item, str) else item for item in arguments)
        result = method(mask.take_off(text), *bare)
        if isinstance(result, str):
            return mask.put_on(result)
        if isinstance(result, list):
            return list(map(mask.put_on, result))
        return result

    return call


def _strip(name: str) -> Callable[..., str]:
    method = getattr(str, name)

    def call(text: Untrusted, chars: str | None = None) -> str:
        mask = text.mask
        return Untrusted(method(text, mask.blanks if chars is None else mask.like(chars)), mask)

    return call


def _split(name: str) -> Callable[..., list[str]]:
    method = getattr(str, name)

    def call(text: Untrusted, sep: str | None = None, maxsplit: Any = -1) -> list[str]:
        mask = text.mask
        if sep is None:
            return [mask.put_on(part) for part in method(mask.take_off(text), None, maxsplit)]
        return [Untrusted(part, mask) for part in method(text, mask.like(sep), maxsplit)]

    return call


for _name in ("lstrip", "rstrip", "strip"):
    setattr(Untrusted, _name, _strip(_name))
for _name in ("rsplit", "split"):
    setattr(Untrusted, _name, _split(_name))
for _name in (
    *("__contains__", "__eq__", "__getitem__", "__ne__", "count", "endswith", "find", "index"),
    *("partition", "removeprefix", "removesuffix", "rfind", "rindex", "rpartition", "startswith"),
):
    setattr(Untrusted, _name, _on_masked(_name))
for _name in (
    *("__ge__", "__gt__", "__le__", "__lt__", "capitalize", "casefold", "expandtabs", "isalnum"),
    *("isalpha", "isascii", "isdecimal", "isdigit", "isidentifier", "islower", "isnumeric"),
    *("isprintable", "isspace", "istitle", "isupper", "lower", "splitlines", "swapcase", "title"),
    "upper",
):
    setattr(Untrusted, _name, _on_bare(_name))
