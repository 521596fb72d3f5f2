"""How the versions of a conversation branch off from each other."""

from __future__ import annotations

from dataclasses import dataclass

from chatapp.domain.conversation import Role


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """One message in the outline of its conversation.

    What follows a message stands below it, at the same depth, until there are versions: what
    follows one of several versions stands inside that one. `inside` is its id, None at the top.
    `excerpt` is the beginning of the text in one line, without marks of Markdown. It is the
    `version`-th of `versions`.
    """

    id: int
    inside: int | None
    role: Role
    excerpt: str
    is_shown: bool
    version: int = 1
    versions: int = 1
