"""Which rows the sidebar's list has, and how one list of rows becomes another. Knows no Qt."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from chatapp.domain.conversation import FIRST_TEMPORARY_ID, Conversation, SearchHit
from chatapp.domain.folder import Folder


class Period(StrEnum):
    """What a heading stands for."""

    TEMPORARY = "temporary"
    PINNED = "pinned"
    FOLDERS = "folders"
    TODAY = "today"
    YESTERDAY = "yesterday"
    WEEK = "week"
    THIRTY_DAYS = "thirty days"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Group:
    """A heading; year and month only where it is named after a month."""

    period: Period
    year: int = 0
    month: int = 0


# Not frozen, because there are thousands: that would take three times as long.
@dataclass(slots=True)
class Row:
    """A heading (without anything else), a folder, a conversation, or a hit in one.

    `depth` is in how many folders it is. A folder's `count` is that of the conversations in it and
    in the folders in it.
    """

    group: Group | None = None
    conversation: Conversation | None = None
    hit: SearchHit | None = None
    folder: Folder | None = None
    depth: int = 0
    count: int = 0
    is_open: bool = False

    @property
    def key(self) -> int | Group | None:
        """What stays the same when the rest of the row changes; not for hits."""
        if self.conversation is not None:
            return self.conversation.id
        return self.group if self.folder is None else -self.folder.id


_TEMPORARY = Group(Period.TEMPORARY)
_PINNED = Group(Period.PINNED)
_FOLDERS = Group(Period.FOLDERS)
# The last day of a period, counted back from today.
_DAYS = (
    (Period.TODAY, 0),
    (Period.YESTERDAY, 1),
    (Period.WEEK, 7),
    (Period.THIRTY_DAYS, 30),
)


def arrange(
    conversations: Iterable[Conversation],
    folders: Sequence[Folder],
    opened: Collection[int],
    today: date,
) -> list[Row]:
    """Temporary ones, pinned ones, the folders, and all others by the day of their last use.

    A conversation is in one place only: in its folder, where there is one. Folders stand above the
    days, because whoever drags a conversation from a long list has to see them.
    """
    known = {folder.id for folder in folders}
    filed: dict[int, list[Conversation]] = {}
    loose: list[Conversation] = []
    for conversation in sorted(conversations, key=place):
        if conversation.folder_id in known:
            filed.setdefault(conversation.folder_id or 0, []).append(conversation)
        else:
            loose.append(conversation)
    grouped = list(_grouped(loose, today))
    days = next(
        (
            number
            for number, row in enumerate(grouped)
            if row.group is None or row.group.period not in (Period.TEMPORARY, Period.PINNED)
        ),
        len(grouped),
    )
    rows = grouped[:days]
    if folders:
        rows.append(Row(_FOLDERS))
        rows += _in_folders(folders, filed, opened)
    return rows + grouped[days:]


def inside(folders: Sequence[Folder]) -> dict[int | None, list[Folder]]:
    """The folders in each folder, and at the top, in their order.

    One whose parent is not there, or that is in itself by some mishap, is at the top: what is in it
    must not get lost.
    """
    ordered = sorted(folders, key=lambda one: (one.position, one.id))
    known = {folder.id for folder in folders}
    found: dict[int | None, list[Folder]] = {None: []}
    for folder in ordered:
        found.setdefault(folder.parent_id if folder.parent_id in known else None, []).append(folder)
    reached = {folder.id for folder in _downwards(found)}
    lost = [folder for folder in ordered if folder.id not in reached]
    if not lost:
        return found
    kept = {key: [one for one in ones if one.id in reached] for key, ones in found.items()}
    kept[None] += lost
    return kept


def _downwards(inside: dict[int | None, list[Folder]]) -> list[Folder]:
    """All that can be come to from the top, a folder before those in it."""
    order = list(inside[None])
    for folder in order:
        order += inside.get(folder.id, ())
    return order


def place(conversation: Conversation) -> tuple[bool, bool, float, int]:
    """By what conversations of one kind are sorted."""
    deleted = conversation.deleted_at
    return (
        conversation.id < FIRST_TEMPORARY_ID,
        deleted is not None or not conversation.pinned,
        -(conversation.updated_at if deleted is None else deleted),
        -conversation.id,
    )


def _in_folders(
    folders: Sequence[Folder], filed: dict[int, list[Conversation]], opened: Collection[int]
) -> list[Row]:
    """The folders in one another; in those that are open their folders, then the conversations."""
    within = inside(folders)
    counts: dict[int, int] = {}
    for folder in reversed(_downwards(within)):
        deeper = sum(counts[one.id] for one in within.get(folder.id, ()))
        counts[folder.id] = len(filed.get(folder.id, ())) + deeper
    rows: list[Row] = []
    # Without recursion, however deep they are. The last is done first.
    todo: list[tuple[Folder, int, bool]] = [(one, 0, False) for one in reversed(within[None])]
    while todo:
        folder, depth, is_content = todo.pop()
        if is_content:
            rows += [Row(_FOLDERS, one, depth=depth) for one in filed.get(folder.id, ())]
            continue
        is_open = folder.id in opened
        count = counts[folder.id]
        rows.append(Row(_FOLDERS, folder=folder, depth=depth, count=count, is_open=is_open))
        if is_open:
            todo.append((folder, depth + 1, True))
            todo += [(one, depth + 1, False) for one in reversed(within.get(folder.id, []))]
    return rows


def _grouped(conversations: Iterable[Conversation], today: date) -> Iterator[Row]:
    """Each group with its heading. They come sorted, so most are in the group of the one before."""
    group = None
    begins = 0.0
    for conversation in conversations:
        deleted = conversation.deleted_at
        at = conversation.updated_at if deleted is None else deleted
        before = group
        if conversation.id >= FIRST_TEMPORARY_ID:
            group = _TEMPORARY
        elif conversation.pinned and deleted is None:
            group = _PINNED
        elif group is None or group is _TEMPORARY or group is _PINNED or at < begins:
            group, begins = _day_group(at, today)
        if group is not before:
            yield Row(group)
        yield Row(group, conversation)


def _day_group(at: float, today: date) -> tuple[Group, float]:
    """The group of a moment, and the moment at which that group begins."""
    day = datetime.fromtimestamp(at, UTC).astimezone().date()
    for period, most in _DAYS:
        if (today - day).days <= most:
            return Group(period), _midnight(today - timedelta(days=most))
    return Group(Period.MONTH, day.year, day.month), _midnight(day.replace(day=1))


def _midnight(day: date) -> float:
    return datetime(day.year, day.month, day.day).astimezone().timestamp()


# From one list to another


@dataclass(frozen=True, slots=True)
class Step:
    """Rows go (`new` is empty) or come, from `first` on, in the list as it is at that time."""

    first: int
    count: int
    new: tuple[Row, ...] = ()


def steps(old: Sequence[Row], new: Sequence[Row]) -> list[Step]:
    """What to take away and put in, in this order, so that `old` has the keys of `new`.

    As much as possible stays where it is.
    """
    old_keys, new_keys = [row.key for row in old], [row.key for row in new]
    same = 0
    for before, after in zip(old_keys, new_keys, strict=False):
        if before != after:
            break
        same += 1
    places = {key: number for number, key in enumerate(new_keys[same:], same)}
    going = [*range(same), *(places.get(key, -1) for key in old_keys[same:])]
    kept = set(range(same)) | {same + number for number in _rising(going[same:])}
    found: list[Step] = []
    for first, last in _ranges([number not in kept for number in range(len(old))]):
        found.insert(0, Step(first, last - first))
    staying = {going[number] for number in kept}
    for first, last in _ranges([number not in staying for number in range(len(new))]):
        found.append(Step(first, last - first, tuple(new[first:last])))
    return found


def _rising(numbers: Sequence[int]) -> set[int]:
    """Where the members of a longest rising subsequence are; negative numbers are never in it."""
    ends: list[int] = []  # the smallest number that such a sequence of each length can end with
    places: list[int] = []
    before: list[int] = [-1] * len(numbers)
    for place_, number in enumerate(numbers):
        if number < 0:
            continue
        length = bisect_left(ends, number)
        if length == len(ends):
            ends.append(number)
            places.append(place_)
        else:
            ends[length] = number
            places[length] = place_
        before[place_] = places[length - 1] if length else -1
    found = set()
    at = places[-1] if places else -1
    while at >= 0:
        found.add(at)
        at = before[at]
    return found


def _ranges(flags: Sequence[bool]) -> Iterator[tuple[int, int]]:
    first = None
    for number, flag in enumerate((*flags, False)):
        if flag and first is None:
            first = number
        elif not flag and first is not None:
            yield first, number
            first = None
