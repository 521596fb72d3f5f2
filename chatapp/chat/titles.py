"""The name of a conversation, taken from its first question.

Deterministic on purpose: small models write poor titles, and asking one would make the next prompt
wait.
"""

from __future__ import annotations

import re
import unicodedata

_LIMIT = 60
_EMPHASIS = re.compile(r"(\*\*|~~|`|\*)(\S(?:.*?\S)?)\1")
_TRAILING = " .,;:\u3002\uff0c\uff1b\uff1a"  # the last four are the Chinese ones


def title_from(text: str) -> str:
    """The first line with words in it, without Markdown marks, cut between words; may be empty."""
    for raw in text[:4000].splitlines():
        line = "".join(" " if unicodedata.category(c)[0] == "C" else c for c in raw)
        line = re.sub(r"^\s*(?:#{1,6}\s+|[-*+>]\s+|`{3,}.*$|\d+[.)]\s+)+", "", line)
        line = _EMPHASIS.sub(r"\2", line)
        line = " ".join(line.split())
        if any(c.isalnum() for c in line):
            return _cut(line)
    return ""


def _cut(line: str) -> str:
    if len(line) <= _LIMIT:
        return line.rstrip(_TRAILING)
    shortened = line[: _LIMIT - 1]
    # Scripts without spaces are cut anywhere, others at the last word that leaves half of it.
    space = shortened.rfind(" ")
    if space > _LIMIT // 2:
        shortened = shortened[:space]
    return shortened.rstrip(_TRAILING) + "…"
