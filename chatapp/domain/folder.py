"""Folders that conversations are kept in, and the tags that they carry."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder among the conversations; `position` orders those with the same parent."""

    id: int
    name: str
    parent_id: int | None = None
    position: int = 0


@dataclass(frozen=True, slots=True)
class TagCount:
    """A tag, and how many conversations outside the Trash carry it."""

    tag: str
    count: int
