"""What a person can want to have done with conversations and folders in the sidebar."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PutInto:
    """Conversations into a folder, or into none."""

    ids: tuple[int, ...]
    folder_id: int | None


@dataclass(frozen=True, slots=True)
class SetTag:
    """A tag on conversations, or off them."""

    ids: tuple[int, ...]
    tag: str
    tagged: bool = True


@dataclass(frozen=True, slots=True)
class SetArchived:
    """Conversations into the archive, or out of it."""

    ids: tuple[int, ...]
    archived: bool = True


@dataclass(frozen=True, slots=True)
class SetPinned:
    """Conversations kept at the top, or no longer."""

    ids: tuple[int, ...]
    pinned: bool = True


@dataclass(frozen=True, slots=True)
class Trash:
    """Conversations into the Trash."""

    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Restore:
    """Conversations out of the Trash."""

    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A copy of a conversation, under a title."""

    conversation_id: int
    title: str


@dataclass(frozen=True, slots=True)
class NewFolder:
    """A folder in another one or at the top, with these conversations in it."""

    parent_id: int | None = None
    ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RenameFolder:
    """Another name for a folder."""

    folder_id: int
    name: str


@dataclass(frozen=True, slots=True)
class MoveFolders:
    """Folders into another one or to the top, from a position on."""

    ids: tuple[int, ...]
    parent_id: int | None
    position: int | None = None


@dataclass(frozen=True, slots=True)
class DeleteFolder:
    """A folder away; what is in it goes up one level."""

    folder_id: int


Wish = (
    PutInto
    | SetTag
    | SetArchived
    | SetPinned
    | Trash
    | Restore
    | Duplicate
    | NewFolder
    | RenameFolder
    | MoveFolders
    | DeleteFolder
)
