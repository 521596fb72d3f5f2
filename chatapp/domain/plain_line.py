"""Markdown without its marks: what titles and excerpts are taken from.

It is no parser: what it takes for a mark and leaves out is what people write most.
"""

from __future__ import annotations

import re
import unicodedata

_BEGINNING = re.compile(r"^\s*(?:#{1,6}\s+|[-*+>]\s+|(?:`{3,}|~{3,}).*$|\d+[.)]\s+)+")
# Bounded: without an end, the pattern would look for one from every mark on.
_EMPHASIS = re.compile(r"(\*\*|~~|`|\*)(\S(?:.{0,200}?\S)?)\1")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)?\)")


def plain_line(line: str) -> str:
    """One line in words; empty when there was nothing but marks."""
    if not line.isprintable():
        line = "".join(" " if unicodedata.category(c)[0] == "C" else c for c in line)
    line = _BEGINNING.sub("", line)
    if line.lstrip().startswith("|"):  # of a table
        line = line.replace("|", " ")
    line = _LINK.sub(r"\1", line)
    line = " ".join(_EMPHASIS.sub(r"\2", line).split())
    return line if line.strip("-*_=: ") else ""


def excerpt(text: str, length: int) -> str:
    """The beginning of a text in one line of at most so many characters."""
    words = ""
    for line in text.splitlines():
        words = f"{words} {plain_line(line)}".strip()
        if len(words) >= length:
            break
    return words[:length].rstrip()
