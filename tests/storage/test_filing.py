"""Folders, tags, the archive, and what is done to many conversations at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chatapp.domain.conversation import Attachment, Opinion, OverflowPolicy, Rating, Role
from chatapp.domain.folder import Folder, TagCount
from chatapp.domain.generation import GenerationParameters, Origin, ParameterChoice, SamplerStep
from chatapp.errors import ConversationMissing, FolderMissing
from chatapp.storage.conversations import Conversations
from chatapp.storage.database import Database
from chatapp.storage.folders import Folders

ORIGIN = Origin("small", "/models/small.gguf", GenerationParameters())


@pytest.fixture
def folders(database: Database) -> Folders:
    return Folders(database)


def names(folders: Folders, parent_id: int | None = None) -> list[str]:
    return [folder.name for folder in folders.all() if folder.parent_id == parent_id]


# Folders


def test_folders_in_folders(folders: Folders) -> None:
    work = folders.create("Work")
    home = folders.create("Home")
    clients = folders.create("Clients", work.id)
    assert folders.all() == [work, clients, home]
    assert (work.position, home.position, clients.position) == (0, 1, 0)
    assert folders.rename(home.id, "House") == replace(home, name="House")


def test_folders_keep_the_order_that_they_are_put_in(folders: Folders) -> None:
    one, two, three = (folders.create(name) for name in ("1", "2", "3"))
    folders.move(three.id, None, 0)
    assert names(folders) == ["3", "1", "2"]
    folders.move(three.id, None)
    assert names(folders) == ["1", "2", "3"]
    folders.move(one.id, two.id)
    assert names(folders) == ["2", "3"]
    assert names(folders, two.id) == ["1"]
    folders.move(one.id, None, 1)
    assert names(folders) == ["2", "1", "3"]


def test_a_folder_can_not_be_put_into_itself(folders: Folders) -> None:
    outer = folders.create("outer")
    inner = folders.create("inner", outer.id)
    innermost = folders.create("innermost", inner.id)
    before = folders.all()
    for target in (outer, inner, innermost):
        assert folders.move(outer.id, target.id) == outer
    assert folders.all() == before


def test_what_is_in_a_deleted_folder_goes_up(
    folders: Folders, conversations: Conversations
) -> None:
    outer = folders.create("outer")
    inner = folders.create("inner", outer.id)
    innermost = folders.create("innermost", inner.id)
    ids = [conversations.create().id for _ in range(3)]
    conversations.move(ids, inner.id)
    conversations.move_to_trash(ids[1])
    conversations.archive(ids[2:], archived=True)
    folders.delete(inner.id)
    folders.delete(inner.id)
    assert [conversations.get(id_).folder_id for id_ in ids] == [outer.id] * 3
    assert folders.all() == [outer, replace(innermost, parent_id=outer.id)]
    folders.delete(outer.id)
    assert [conversations.get(id_).folder_id for id_ in ids] == [None] * 3
    assert folders.all() == [Folder(innermost.id, "innermost")]


def test_folders_that_are_gone(folders: Folders, conversations: Conversations) -> None:
    conversation = conversations.create()
    for use in (
        lambda: folders.create("x", 9),
        lambda: folders.rename(9, "x"),
        lambda: folders.move(9, None),
        lambda: conversations.move([conversation.id], 9),
    ):
        with pytest.raises(FolderMissing):
            use()


# Tags


def test_tags_are_counted_outside_the_trash(conversations: Conversations) -> None:
    one, two, three = (conversations.create().id for _ in range(3))
    assert conversations.set_tags(one, ["beta", "Alpha"]).tags == ("Alpha", "beta")
    conversations.tag([one, two, three], "beta", tagged=True)
    conversations.tag([one, two, 99], "gamma", tagged=True)
    conversations.move_to_trash(three)
    assert conversations.tags() == [
        TagCount("Alpha", 1),
        TagCount("beta", 2),
        TagCount("gamma", 2),
    ]
    conversations.tag([one, two], "beta", tagged=False)
    assert conversations.get(one).tags == ("Alpha", "gamma")
    assert conversations.get(three).tags == ("beta",)
    assert conversations.set_tags(one, []).tags == ()
    with pytest.raises(ConversationMissing):
        conversations.set_tags(99, ["x"])


def test_tags_go_with_their_conversation(conversations: Conversations, database: Database) -> None:
    one = conversations.create().id
    conversations.set_tags(one, ["x"])
    conversations.delete(one)
    assert database.execute("SELECT count(*) FROM tags") == [(0,)]


# Many at once


def test_the_archive_is_a_list_of_its_own(conversations: Conversations) -> None:
    ids = [conversations.create().id for _ in range(4)]
    conversations.archive(ids[:2], archived=True)
    first = conversations.get(ids[0]).archived_at
    conversations.archive(ids[:1], archived=True)
    assert conversations.get(ids[0]).archived_at == first
    assert {c.id for c in conversations.all()} == set(ids[2:])
    assert {c.id for c in conversations.all(archived=True)} == set(ids[:2])
    conversations.move_to_trash(ids[0])
    assert {c.id for c in conversations.all(archived=True)} == {ids[1]}
    assert {c.id for c in conversations.all(deleted=True)} == {ids[0]}
    conversations.archive(ids, archived=False)
    conversations.restore_all(ids)
    assert {c.id for c in conversations.all()} == set(ids)


def test_many_at_once(conversations: Conversations, folders: Folders) -> None:
    ids = [conversations.create().id for _ in range(20)]
    folder = folders.create("f")
    some = [*ids[:10], 99]
    assert conversations.move(some, folder.id) == {None: ids[:10]}
    conversations.pin(some, pinned=True)
    conversations.move_all_to_trash(some)
    assert {c.id for c in conversations.all(deleted=True)} == set(ids[:10])
    conversations.restore_all(some)
    assert {c.id for c in conversations.all() if c.pinned and c.folder_id} == set(ids[:10])
    assert conversations.move([ids[0], ids[11]], None) == {folder.id: ids[:1], None: [ids[11]]}
    conversations.move(some, None)
    conversations.pin(some, pinned=False)
    assert not any(c.pinned or c.folder_id for c in conversations.all())


# What a conversation knows of how it is answered


def test_assistant_and_parameters(conversations: Conversations) -> None:
    choice = ParameterChoice(
        temperature=0.1, stop=("a", "b"), samplers=(SamplerStep.TOP_K,), keep_seed=True, seed=3
    )
    begun, _, _ = conversations.begin_exchange(
        None, "x", origin=ORIGIN, model_path=None, assistant="writer", choice=choice
    )
    assert (begun.assistant, begun.parameters) == ("writer", choice)
    assert conversations.get(begun.id) == begun
    assert conversations.set_assistant(begun.id, "").assistant == ""
    changed = replace(choice, temperature=None, logit_bias=((5, -1.0),))
    assert conversations.set_parameters(begun.id, changed).parameters == changed
    assert conversations.set_parameters(begun.id, ParameterChoice()).parameters == ParameterChoice()


# Duplicates


def test_a_duplicate_has_every_branch_and_all_that_belongs(
    conversations: Conversations, folders: Folders
) -> None:
    conversation, question, answer = conversations.begin_exchange(
        None,
        "What?",
        origin=ORIGIN,
        model_path="/m",
        system_prompt="S",
        attachments=[Attachment("a.txt", "text/plain", 1, "a")],
        assistant="writer",
    )
    conversations.save_partial(answer.id, "So far")
    other = conversations.begin_answer(conversation.id, parent_id=question.id, origin=ORIGIN)
    conversations.rate(other.id, Rating(Opinion.LIKED, "n", "c", 5.0))
    after = conversations.add_message(
        conversation.id, role=Role.USER, text="And?", parent_id=other.id
    )
    conversations.delete_message(other.id)
    conversations.restore_message(other.id)
    gone = conversations.add_message(
        conversation.id, role=Role.ASSISTANT, text="Gone", parent_id=after.id
    )
    last = conversations.add_message(
        conversation.id, role=Role.USER, text="Last", parent_id=gone.id
    )
    conversations.delete_message(gone.id)
    conversations.set_window(other.id, question.id)
    conversations.set_overflow(conversation.id, OverflowPolicy.DROP_OLDEST)
    conversations.move([conversation.id], folders.create("f").id)
    before = conversations.set_tags(conversation.id, ["x"])
    copy = conversations.duplicate(conversation.id, "Again")
    assert copy == replace(
        before,
        id=copy.id,
        title="Again",
        title_source=copy.title_source,
        created_at=copy.created_at,
        updated_at=copy.updated_at,
        tip_id=copy.tip_id,
    )
    branch = conversations.branch(copy.id)
    assert [m.text for m in branch] == ["What?", "", "And?", "Last"]
    assert branch[0].attachments == question.attachments
    assert branch[1].rating == Rating(Opinion.LIKED, "n", "c", 5.0)
    assert branch[1].window_start == branch[0].id
    assert (branch[1].version, branch[1].versions) == (2, 2)
    versions = conversations.children(branch[0].id, copy.id)
    assert [m.text for m in versions] == ["So far", ""]
    assert [m.text for m in conversations.branch(conversation.id)][-1] == last.text
    conversations.delete(conversation.id)
    assert [m.text for m in conversations.branch(copy.id)] == ["What?", "", "And?", "Last"]
