"""The name of a conversation, taken from its first question.

Deterministic on purpose: small models write poor titles, and asking one would make the next prompt
wait.
"""

from __future__ import annotations

from chatapp.domain.plain_line import plain_line

_LIMIT = 60
_TRAILING = " .,;:\u3002\uff0c\uff1b\uff1a"  # the last four are the Chinese ones


def title_from(text: str) -> str:
    """The first line with words in it, without Markdown marks, cut between words; may be empty."""
    for line in map(plain_line, text[:4000].splitlines()):
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
