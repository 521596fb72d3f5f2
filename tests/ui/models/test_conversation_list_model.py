"""Groups, order, small changes and searches of the sidebar's list."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import QLocale, QModelIndex, Qt

from chatapp.domain.conversation import (
    FIRST_TEMPORARY_ID,
    Conversation,
    SearchHit,
    SnippetPart,
    TitleSource,
)
from chatapp.domain.folder import Folder
from chatapp.ui.models.conversation_list_model import ConversationListModel, ConversationRole


class Clock:
    """A time that a test can move."""

    def __init__(self) -> None:
        self.now = datetime.fromisoformat("2025-03-14 10:30")

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(autouse=True)
def _english_locale() -> None:
    QLocale.setDefault(QLocale("en_US"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def model(qapp, clock: Clock) -> ConversationListModel:
    return ConversationListModel(clock)


def made(number: int, when: datetime, **fields) -> Conversation:
    moment = when.timestamp()
    return Conversation(number, f"Title {number}", TitleSource.NONE, moment, moment, **fields)


def rows(model: ConversationListModel) -> list[str]:
    return [str(model.index(row).data()) for row in range(model.rowCount())]


def test_headings_follow_the_calendar(model: ConversationListModel, clock: Clock) -> None:
    days = {1: 0, 2: 1, 3: 2, 4: 7, 5: 8, 6: 30, 7: 31, 8: 400}
    model.set_conversations(made(n, clock.now - timedelta(days=d)) for n, d in days.items())
    assert rows(model) == [
        *("Today", "Title 1"),
        *("Yesterday", "Title 2"),
        *("Previous 7 days", "Title 3", "Title 4"),
        *("Previous 30 days", "Title 5", "Title 6"),
        *("February", "Title 7"),
        *("February 2024", "Title 8"),
    ]


def test_a_late_evening_is_yesterday_after_midnight(
    model: ConversationListModel, clock: Clock
) -> None:
    clock.now = datetime.fromisoformat("2025-03-14 00:05")
    model.set_conversations([made(1, datetime.fromisoformat("2025-03-13 23:59"))])
    assert rows(model) == ["Yesterday", "Title 1"]


def test_pinned_come_first_and_a_clock_ahead_is_today(
    model: ConversationListModel, clock: Clock
) -> None:
    old = made(1, clock.now - timedelta(days=90), pinned=True)
    model.set_conversations([made(2, clock.now + timedelta(days=2)), old])
    assert rows(model) == ["Pinned", "Title 1", "Today", "Title 2"]


def test_deleted_ones_are_listed_by_their_deletion(
    model: ConversationListModel, clock: Clock
) -> None:
    long_ago = clock.now - timedelta(days=90)
    gone = made(1, long_ago, pinned=True, deleted_at=clock.now.timestamp())
    model.set_conversations([gone])
    assert rows(model) == ["Today", "Title 1"]
    assert not model.index(1).flags() & Qt.ItemFlag.ItemIsEditable


def test_midnight_moves_everybody(model: ConversationListModel, clock: Clock) -> None:
    model.set_conversations([made(1, clock.now)])
    clock.now += timedelta(hours=14)
    model.regroup()
    assert rows(model) == ["Yesterday", "Title 1"]


def test_the_timer_rings_after_midnight(model: ConversationListModel, clock: Clock) -> None:
    remaining = model._midnight.remainingTime()
    assert timedelta(0) < timedelta(milliseconds=remaining) <= timedelta(hours=13.5, seconds=1)
    model.set_conversations([made(1, clock.now)])
    clock.now += timedelta(milliseconds=remaining)
    model._midnight.timeout.emit()
    assert rows(model) == ["Yesterday", "Title 1"]
    assert model._midnight.isActive()


def test_small_changes_leave_the_same_as_a_fresh_list(
    model: ConversationListModel, clock: Clock, qtmodeltester
) -> None:
    """Random additions, changes and removals, against building the list anew."""
    qtmodeltester.check(model, force_py=True)
    dice = random.Random(7)
    kept: dict[int, Conversation] = {}
    resets: list[None] = []
    model.modelReset.connect(lambda: resets.append(None))
    for _ in range(400):
        number = dice.randint(1, 25)
        if dice.random() < 0.25:
            model.remove(number)
            kept.pop(number, None)
        else:
            when = clock.now - timedelta(days=dice.choice([0, 0, 1, 3, 12, 50]), minutes=number)
            conversation = made(number, when, pinned=dice.random() < 0.2)
            model.upsert(conversation)
            kept[number] = conversation
        fresh = ConversationListModel(clock)
        fresh.set_conversations(kept.values())
        assert rows(model) == rows(fresh)
    assert not resets


def test_a_new_title_changes_one_row_only(model: ConversationListModel, clock: Clock) -> None:
    model.set_conversations([made(1, clock.now), made(2, clock.now - timedelta(hours=1))])
    changed: list[int] = []
    model.dataChanged.connect(lambda first, _: changed.append(first.row()))
    moved: list[int] = []
    model.rowsRemoved.connect(lambda *_: moved.append(1))
    model.upsert(replace(model.conversation(1), title="New\nname"))
    assert (changed, moved) == ([1], [])
    assert model.index(1).data() == "New name"


def test_busy_and_unread(model: ConversationListModel, clock: Clock) -> None:
    model.set_conversations([made(1, clock.now), made(2, clock.now)])
    model.set_busy({2})
    model.set_unread({1})
    row = model.row_of(2)
    assert model.busy_rows == [row]
    assert model.index(row).data(ConversationRole.BUSY) is True
    assert "being written" in model.index(row).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "new answer" in model.index(model.row_of(1)).data(Qt.ItemDataRole.AccessibleTextRole)
    model.set_busy(set())
    assert model.busy_rows == []


def test_a_search_shows_hits_until_it_ends(
    model: ConversationListModel, clock: Clock, qtmodeltester
) -> None:
    conversation = made(1, clock.now)
    model.set_conversations([conversation])
    hit = SearchHit(conversation, 7, (SnippetPart("a ", False), SnippetPart("lease", True)))
    model.set_hits([hit, hit])
    qtmodeltester.check(model, force_py=True)
    assert model.is_searching
    assert rows(model) == ["Title 1", "Title 1"]
    assert "a lease" in model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    model.upsert(replace(conversation, title="Other"))
    assert model.rowCount() == 2
    model.remove(1)
    assert model.rowCount() == 0
    model.set_conversations([conversation])
    assert rows(model) == ["Today", "Title 1"]


def test_headings_cannot_be_chosen(model: ConversationListModel, clock: Clock) -> None:
    model.set_conversations([made(1, clock.now)])
    assert model.index(0).flags() == Qt.ItemFlag.NoItemFlags
    assert model.index(1).flags() & Qt.ItemFlag.ItemIsSelectable
    assert model.row_at(QModelIndex()) is None


def test_a_conversation_without_title_is_new(model: ConversationListModel, clock: Clock) -> None:
    model.set_conversations([replace(made(1, clock.now), title=" \n")])
    assert rows(model) == ["Today", "New conversation"]


# Folders and tags


TREE = (Folder(1, "Work"), Folder(2, "Home", None, 1), Folder(3, "Clients", 1))


def test_folders_stand_between_pinned_and_days(model: ConversationListModel, clock: Clock) -> None:
    long_ago = clock.now - timedelta(days=90)
    model.set_conversations(
        [
            made(1, clock.now),
            made(2, long_ago, pinned=True),
            made(3, clock.now, folder_id=3),
            made(4, clock.now, folder_id=1),
            made(5, long_ago, folder_id=1, pinned=True),
            made(6, clock.now, folder_id=99),
            made(FIRST_TEMPORARY_ID, long_ago),
        ],
        TREE,
    )
    closed = [
        *("Temporary", f"Title {FIRST_TEMPORARY_ID}", "Pinned", "Title 2"),
        *("Folders", "Work", "Home", "Today", "Title 6", "Title 1"),
    ]
    assert rows(model) == closed
    work = model.rows[model.row_of_folder(1)]
    assert (work.count, work.depth, work.is_open) == (3, 0, False)
    model.set_open(1, is_open=True)
    model.set_open(3, is_open=True)
    assert rows(model)[4:12] == [
        *("Folders", "Work", "Clients", "Title 3", "Title 5", "Title 4", "Home", "Today")
    ]
    assert [row.depth for row in model.rows[4:11]] == [0, 0, 1, 2, 1, 1, 0]
    model.set_open(1, is_open=False)
    assert rows(model) == closed


def test_a_folder_says_what_it_is(model: ConversationListModel, clock: Clock) -> None:
    model.set_conversations([made(1, clock.now, folder_id=2)], TREE)
    index = model.index(model.row_of_folder(2))
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "folder Home, 1, closed"
    assert index.flags() & Qt.ItemFlag.ItemIsDropEnabled
    model.set_open(2, is_open=True)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "folder Home, 1, open"
    assert model.row_of_folder(9) is None


def test_a_tag_lists_what_carries_it(model: ConversationListModel, clock: Clock) -> None:
    model.set_conversations(
        [made(1, clock.now, tags=("Lease",)), made(2, clock.now, tags=("law", "x"), folder_id=1)],
        TREE,
    )
    model.set_tag("l")
    assert rows(model) == ["Today", "Title 2", "Title 1"]
    model.set_tag("LEA")
    assert rows(model) == ["Today", "Title 1"]
    assert "tags: Lease" in model.index(1).data(Qt.ItemDataRole.AccessibleTextRole)
    model.set_tag("nothing")
    assert rows(model) == []
    model.set_tag("")
    assert rows(model) == ["Folders", "Work", "Home", "Today", "Title 1"]


def test_random_moves_leave_the_same_as_a_fresh_list(
    model: ConversationListModel, clock: Clock, qtmodeltester
) -> None:
    """Through folders that open and close, and whole lists that change, without a reset."""
    qtmodeltester.check(model, force_py=True)
    dice = random.Random(11)
    resets: list[None] = []
    model.modelReset.connect(lambda: resets.append(None))
    kept = {n: made(n, clock.now - timedelta(hours=n)) for n in range(1, 30)}
    opened: set[int] = set()
    for _ in range(200):
        if dice.random() < 0.3:
            opened ^= {dice.randint(1, 3)}
            model.set_opened(opened)
        for number in dice.sample(sorted(kept), dice.randint(0, 6)):
            folder_id = dice.choice([None, None, 1, 2, 3])
            pinned = dice.random() < 0.2
            kept[number] = replace(kept[number], folder_id=folder_id, pinned=pinned)
        model.set_conversations(kept.values(), TREE)
        fresh = ConversationListModel(clock)
        fresh.set_opened(opened)
        fresh.set_conversations(kept.values(), TREE)
        assert model.rows == fresh.rows
    assert not resets


def test_one_that_moves_leaves_the_others_where_they_are(
    model: ConversationListModel, clock: Clock
) -> None:
    model.set_conversations(made(n, clock.now - timedelta(minutes=n)) for n in range(1, 50))
    removed: list[tuple[int, int]] = []
    inserted: list[tuple[int, int]] = []
    model.rowsRemoved.connect(lambda _, first, last: removed.append((first, last)))
    model.rowsInserted.connect(lambda _, first, last: inserted.append((first, last)))
    model.upsert(replace(model.conversation(40), updated_at=clock.now.timestamp() + 1))
    assert (removed, inserted) == ([(40, 40)], [(1, 1)])
