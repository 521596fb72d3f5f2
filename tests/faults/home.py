"""What must hold of a data folder, whatever happened to who worked on it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from chatapp.chat.assistants import Assistants
from chatapp.domain.conversation import MessageStatus, Role
from chatapp.engine.state_files import StateFiles
from chatapp.errors import ChatappError
from chatapp.paths import Paths
from chatapp.settings import SettingsFile
from chatapp.storage.conversations import Conversations
from chatapp.storage.database import Database

Said = list[list[Any]]  # lines of a victim
BUDGET = 1 << 26  # bytes of states
_TRACE = "Traceback (most recent call last)"


def look_over(paths: Paths, said: Said) -> list[str]:
    """What is wrong in the folder, and what is missing of all that was certain."""
    wrong = _look_at_database(paths.database, said)
    if SettingsFile(paths.settings).damaged is not None:
        wrong.append("the settings are damaged")
    assistants = Assistants(paths.data / "assistants", paths.resources / "assistants", _english)
    dropped = set(_words(said, "dropped"))
    for entry in _words(said, "kept"):
        if entry not in dropped and assistants.find(entry) is None:
            wrong.append(f"assistant {entry} is lost")
    if paths.kv_cache.exists():
        StateFiles(paths.kv_cache, BUDGET)  # as the next worker does
        wrong += [f"left behind: {part}" for part in paths.kv_cache.glob("*.part")]
    return wrong + _look_at_logs(paths.logs)


def _look_at_database(path: Path, said: Said) -> list[str]:
    database = Database(path)
    try:
        wrong = [
            f"{check}: {rows}"
            for check, sound in (("integrity_check", [("ok",)]), ("foreign_key_check", []))
            if (rows := database.execute(f"PRAGMA {check}")) != sound
        ]
        for index in ("message_index", "title_index"):
            try:
                database.execute(f"INSERT INTO {index} ({index}) VALUES ('integrity-check')")  # noqa: S608
            except ChatappError as error:
                wrong.append(f"{index}: {error}")
        return wrong + _look_for_words(database, said)
    finally:
        database.close()


def _look_for_words(database: Database, said: Said) -> list[str]:
    rows = database.execute("SELECT text FROM messages WHERE role = ?", (Role.USER,))
    questions = {text for (text,) in rows}
    wrong = [f"lost: {text!r}" for text in _words(said, "asked") if text not in questions]
    conversations = Conversations(database)
    conversations.waiting_to_drafts(own=False)  # as the next start does
    drafts = [text for (text,) in database.execute("SELECT text FROM drafts")]
    waiting = [text for draft in drafts for text in draft.split("\n\n")]
    wrong += [f"waits not once: {t!r}" for t in _words(said, "waits") if waiting.count(t) != 1]
    for _, number, text in (line for line in said if line[0] == "answered"):
        try:
            message = conversations.message(number)
        except ChatappError as error:
            wrong.append(f"answer {number} is lost: {error}")
            continue
        if (message.status, message.text) != (MessageStatus.COMPLETE, text):
            wrong.append(f"answer {number} was {text!r} and is {message}")
    return wrong


def _look_at_logs(folder: Path) -> list[str]:
    """What nobody foresaw."""
    texts = (path.read_text(encoding="utf-8") for path in folder.glob("chatapp.log*"))
    return [text[text.index(_TRACE) :][:4000] for text in texts if _TRACE in text]


def _words(said: Said, kind: str) -> Iterable[str]:
    return (line[1] for line in said if line[0] == kind)


def _english() -> str:
    return "en"
