from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatapp.domain.conversation import Role, SnippetPart
from chatapp.storage.conversations import Conversations
from chatapp.storage.database import Database
from chatapp.storage.search import Search


def add(conversations: Conversations, *texts: str, title: str = "") -> int:
    conversation = conversations.create(title=title)
    parent_id = None
    for text in texts:
        parent_id = conversations.add_message(
            conversation.id, role=Role.USER, text=text, parent_id=parent_id
        ).id
    return conversation.id


def found(search: Search, query: str) -> list[int]:
    return [hit.conversation.id for hit in search.find(query)]


@pytest.mark.parametrize(
    ("text", "queries"),
    [
        ("我在学习中文", ["学习", "学", "中文", "我在学习中文", "学习中"]),
        (
            "A naïve question",
            ["naive", "naïve", "NAIVE", "nai\u0308ve", "nai", "question naive ques"],
        ),
        ("Die Straße", ["strasse", "straße", "STRASSE", "stra", "straß"]),
        ("Version 0.3.36 is out", ["0.3.36", "0.3", "0.3.", "version 0.3.36", "is 0.3.36 out"]),
        ("call foo_bar(x)", ["foo_bar", "foo_", "foo_bar(", "foo_bar(x)"]),
        ("Send an e-mail today", ["e-mail", "e-m", "mail", "E-MAIL today"]),
        ("Such fun 😀 indeed", ["😀", "fun 😀", "😀 ind"]),
        ("I like C++ and C#", ["C++", "c", "C# like"]),
        (
            "A script for it",
            ["scr", "scri", "SCRIPT", "script ", " a   script ", "script -", "-scr"],
        ),
        ("don't panic", ["don't", "don", "don'", '"panic"', "panic!"]),
        ("ﬁne ① Ⅲ", ["fine", "1", "iii"]),
        ("It costs 5€ AND NOT more", ["AND", "not", "5€", "AND NOT"]),
        ("a\0hidden", ["hidden", "hid\0", "a\0hid"]),
        ("Привет, мир", ["привет", "МИР"]),
        ("ブランドの話", ["ブランド", "話"]),
        ("안녕하세요", ["안녕", "안녕하세요"]),
        ("สวัสดี", ["สวัส"]),
    ],
)
def test_finds(search: Search, conversations: Conversations, text: str, queries: list[str]) -> None:
    add(conversations, "something else altogether", "irrelevant")
    wanted = add(conversations, text)
    assert {query: found(search, query) for query in queries} == {q: [wanted] for q in queries}


def test_all_words_are_needed_and_only_the_last_is_a_beginning(
    search: Search, conversations: Conversations
) -> None:
    id_ = add(conversations, "alpha beta", "gamma")
    assert found(search, "beta alpha") == [id_]
    assert found(search, "alpha gamma") == []
    assert found(search, "alph beta") == []
    assert found(search, "beta alph") == [id_]
    assert found(search, "alpha-beta") == [id_]
    assert found(search, "beta-alpha") == []


@pytest.mark.parametrize("query", ["", " ", "\n", "\0", '"', "*", "...", "-", "()", "\ud800", "^"])
def test_nothing_to_search_for(search: Search, conversations: Conversations, query: str) -> None:
    add(conversations, 'text " * ... - () ^', title="title")
    assert search.find(query) == []


@pytest.mark.parametrize(
    "query",
    [
        '"unbalanced',
        "NEAR(a b)",
        "a NEAR b",
        "text:x",
        "title:x",
        "{text title}: x",
        "a AND",
        "OR",
        "NOT a",
        "a*b",
        "^a",
        "x + y",
        "it's",
        "'; DROP TABLE messages; --",
        "\ud83d x",
        "a" * 100_000,
        "学" * 100_000,
        "word " * 20_000,
        '"' * 100_000,
        "😀" * 1000,
    ],
)
def test_nothing_is_syntax(search: Search, conversations: Conversations, query: str) -> None:
    id_ = add(conversations, query)
    assert found(search, query) in ([id_], [])
    assert conversations.get(id_)


def test_long_query_finds_the_text_it_was_copied_from(
    search: Search, conversations: Conversations
) -> None:
    text = " ".join(f"word{number}" for number in range(20_000))
    id_ = add(conversations, text)
    assert found(search, text) == [id_]


def test_one_hit_for_each_conversation_the_best(
    search: Search, conversations: Conversations
) -> None:
    id_ = add(conversations, "needle " + "hay " * 50, "needle needle", "hay")
    (hit,) = search.find("needle")
    assert hit.conversation == conversations.get(id_)
    assert hit.message_id == conversations.branch(id_)[1].id
    assert hit.snippet == (
        SnippetPart("needle", is_match=True),
        SnippetPart(" ", is_match=False),
        SnippetPart("needle", is_match=True),
    )


def test_titles_come_first(search: Search, conversations: Conversations) -> None:
    title = add(conversations, "needle", title="A needle in a haystack")
    message = add(conversations, "needle needle needle", title="Other")
    hits = search.find("need")
    assert [hit.conversation.id for hit in hits] == [title, message]
    assert hits[0].message_id is None
    assert hits[0].snippet == (
        SnippetPart("A ", is_match=False),
        SnippetPart("needle", is_match=True),
        SnippetPart(" in a haystack", is_match=False),
    )
    assert hits[1].message_id is not None


def test_newer_one_comes_first_among_equals(search: Search, conversations: Conversations) -> None:
    ids = [add(conversations, "needle", "needle") for _ in range(3)]
    titles = [add(conversations, title="a needle") for _ in range(3)]
    hits = search.find("needle")
    assert [hit.conversation.id for hit in hits] == titles[::-1] + ids[::-1]
    assert [hit.message_id for hit in hits[3:]] == [
        conversations.get(id_).tip_id for id_ in ids[::-1]
    ]


def test_limit(search: Search, conversations: Conversations) -> None:
    messages = [add(conversations, "needle") for _ in range(3)]
    titles = [add(conversations, "needle", title="needle") for _ in range(3)]
    assert [h.conversation.id for h in search.find("needle", limit=2)] == titles[:0:-1]
    assert [h.conversation.id for h in search.find("needle", limit=5)] == [
        *titles[::-1],
        *messages[:0:-1],
    ]
    assert len(search.find("needle")) == 6


def test_trash_is_not_searched(search: Search, conversations: Conversations) -> None:
    id_ = add(conversations, "needle", title="needle")
    conversations.move_to_trash(id_)
    assert search.find("needle") == []
    conversations.restore(id_)
    assert found(search, "needle") == [id_]
    conversations.delete(id_)
    assert search.find("needle") == []


def test_new_title_replaces_the_old(search: Search, conversations: Conversations) -> None:
    id_ = add(conversations, title="first")
    conversations.rename(id_, "second")
    assert found(search, "first") == []
    assert found(search, "second") == [id_]


def test_every_branch_is_searched(search: Search, conversations: Conversations) -> None:
    id_ = add(conversations, "hidden")
    conversations.add_message(id_, role=Role.USER, text="shown", parent_id=None)
    assert found(search, "hidden") == [id_]


def test_text_that_looks_like_markup_is_text(search: Search, conversations: Conversations) -> None:
    add(conversations, "\ue000needle\ue001 <b>x</b>")
    (hit,) = search.find("needle")
    assert "".join(part.text for part in hit.snippet) == "\ue000needle\ue001 <b>x</b>"
    assert [part.text for part in hit.snippet if part.is_match] == ["needle"]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Search]:
    """A search over a few conversations, for tests that only read."""
    database = Database(tmp_path_factory.mktemp("library") / "chatapp.db")
    conversations = Conversations(database)
    add(conversations, "a b c 学习 0 1 é 'quoted' AND", title="a NEAR b")
    yield Search(database)
    database.close()


@settings(deadline=None)
@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_no_input_fails(library: Search, query: str) -> None:
    library.find(query)


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(['"', "*", "a", "b", "AND", "NEAR(", ")", ":", "-", "^", " ", "\0"]))
)
def test_no_syntax_fails(library: Search, pieces: list[str]) -> None:
    library.find("".join(pieces))
