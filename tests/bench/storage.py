"""Storage: opening, the list, a long conversation, search, and saving while an answer grows."""

from __future__ import annotations

import random
import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from chatapp.domain.conversation import Role
from chatapp.domain.generation import GenerationParameters, Origin
from chatapp.storage.conversations import Conversations
from chatapp.storage.database import Database
from chatapp.storage.search import Search
from tests.bench.measure import Measure, median, runs

_CONVERSATIONS = 5_000
_MESSAGES = 10_000
_RUNS = runs(7)
_WORDS = [
    "bread",
    "water",
    "stone",
    "river",
    "music",
    "light",
    "paper",
    "window",
    "answer",
    "question",
    "model",
    "token",
]
_ORIGIN = Origin("model", "/models/model.gguf", GenerationParameters(), seed=1)


def run() -> list[Measure]:
    """A list of 5,000 conversations and one conversation of 10,000 messages."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chatapp.db"
        database = Database(path)
        conversations = Conversations(database)
        long = _fill(database, conversations)
        tip = conversations.get(long).tip_id or 0
        answer = conversations.begin_answer(long, parent_id=tip, origin=_ORIGIN)
        search = Search(database)
        measures = [
            _measure("list of 5,000 conversations", conversations.all),
            *_long(path, long, conversations),
            _measure(
                "the newest 64 of 10,000 messages, for the model",
                lambda: conversations.path(tip, most=64),
            ),
            _measure("search in 10,000 messages, rare word", lambda: search.find("needle")),
            _measure("search in 10,000 messages, common word", lambda: search.find("bread")),
            _measure(
                "save a growing answer of 8 kB",
                lambda: conversations.save_partial(answer.id, "x" * 8000),
            ),
        ]
        database.close()

        def open_again() -> None:
            Database(path).close()

        return [*measures, _measure("open the database", open_again)]


def _long(path: Path, number: int, conversations: Conversations) -> list[Measure]:
    """Against what SQLite alone takes for the same rows."""
    plain = sqlite3.connect(path)
    sql = "SELECT * FROM messages WHERE conversation_id = ? ORDER BY id"
    ours = _measure("conversation of 10,000 messages", lambda: conversations.branch(number))
    theirs = _measure("… its rows alone", lambda: plain.execute(sql, (number,)).fetchall())
    plain.close()
    times = ours.value / theirs.value
    return [ours, theirs, Measure("… ratio", times, "x", ours.runs, better="less")]


def _fill(database: Database, conversations: Conversations) -> int:
    generator = random.Random(1)
    database.execute("PRAGMA synchronous = OFF")  # only while it is filled
    for number in range(_CONVERSATIONS):
        conversations.create(title=f"Conversation {number}")
    conversation = conversations.create(title="Long")
    parent: int | None = None
    for number in range(_MESSAGES):
        text = " ".join(generator.choices(_WORDS, k=100)) + (" needle" if number == 5000 else "")
        role = Role.ASSISTANT if number % 2 else Role.USER
        message = conversations.add_message(conversation.id, role=role, text=text, parent_id=parent)
        parent = message.id
    database.execute("PRAGMA synchronous = FULL")
    return conversation.id


def _measure(name: str, function: Callable[[], object]) -> Measure:
    times = []
    for _ in range(_RUNS + 1):
        begin = time.perf_counter()
        function()
        times.append((time.perf_counter() - begin) * 1000)
    return median(name, times[1:], "ms")
