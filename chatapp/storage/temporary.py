"""Conversations that are never written to disk, beside those that are.

They live in a database in memory, so that all that can be done to a conversation can be done to
them too. Their ids, and those of their messages, begin where those on disk will never come.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

from chatapp.domain.conversation import FIRST_TEMPORARY_ID, Conversation
from chatapp.domain.generation import NO_CHOICE, ParameterChoice
from chatapp.storage.conversations import Conversations
from chatapp.storage.database import Database
from chatapp.storage.folders import Folders

# The methods whose first argument, or second after None, is the id of a conversation or a message.
_ABOUT_ONE = (
    "add_message",
    "add_summary",
    "begin_answer",
    "begin_exchange",
    "branch",
    "branch_off",
    "bring_up",
    "children",
    "delete",
    "delete_message",
    "draft",
    "duplicate",
    "edit_answer",
    "edit_question",
    "end_answer",
    "get",
    "message",
    "move_to_trash",
    "outline",
    "path",
    "pin_message",
    "pinned_before",
    "rate",
    "rename",
    "restore",
    "restore_message",
    "restore_window",
    "resume_answer",
    "save_draft",
    "save_partial",
    "save_waiting",
    "set_assistant",
    "set_model",
    "set_model_sha256",
    "set_overflow",
    "set_parameters",
    "set_system_prompt",
    "set_tags",
    "set_window",
    "suggest_title",
    "summary_before",
)


class AllConversations(Conversations):
    """The conversations of a database, and temporary ones.

    Temporary ones have no place in the `folders` and in the archive. `close` ends them.
    """

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.folders = Folders(database)
        self._memory: Database | None = None
        self._temporary: Conversations | None = None

    def create_temporary(
        self,
        *,
        model_path: str | None = None,
        system_prompt: str = "",
        assistant: str = "",
        choice: ParameterChoice = NO_CHOICE,
    ) -> Conversation:
        """Make an empty conversation that is in memory only."""
        return self._in_memory().create(
            model_path=model_path, system_prompt=system_prompt, assistant=assistant, choice=choice
        )

    def temporary(self) -> list[Conversation]:
        """The temporary ones that are not deleted, the latest first."""
        return [] if self._temporary is None else self._temporary.all()

    def pin(self, ids: Collection[int], *, pinned: bool) -> None:
        """Keep them at the top of the list, or not."""
        super().pin(ids, pinned=pinned)
        if self._temporary is not None:
            self._temporary.pin(ids, pinned=pinned)

    def move_all_to_trash(self, ids: Collection[int]) -> None:
        """Delete them, but so that they can be restored; temporary ones until Chatapp ends."""
        super().move_all_to_trash(ids)
        if self._temporary is not None:
            self._temporary.move_all_to_trash(ids)

    def restore_all(self, ids: Collection[int]) -> None:
        """Take them out of the trash."""
        super().restore_all(ids)
        if self._temporary is not None:
            self._temporary.restore_all(ids)

    def close(self) -> None:
        """Forget the temporary conversations. The database stays open."""
        if self._memory is not None:
            self._memory.close()
            self._memory = self._temporary = None

    def owner(self, *ids: object) -> Conversations | None:
        """Where the conversation or message with the first of these ids is, if in memory."""
        first = next((id_ for id_ in ids[:2] if isinstance(id_, int)), 0)
        return self._in_memory() if first >= FIRST_TEMPORARY_ID else None

    def _in_memory(self) -> Conversations:
        if self._temporary is None:
            self._memory = Database(None)
            for table in ("conversations", "messages"):
                self._memory.execute(
                    "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)",
                    (table, FIRST_TEMPORARY_ID - 1),
                )
            self._temporary = Conversations(self._memory)
        return self._temporary


def _sent_on(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def send_on(self: AllConversations, *values: object, **named: object) -> Any:
        return method(self.owner(*values) or self, *values, **named)

    return send_on


for _name in _ABOUT_ONE:
    setattr(AllConversations, _name, _sent_on(getattr(Conversations, _name)))
