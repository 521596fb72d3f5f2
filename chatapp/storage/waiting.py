"""Questions that wait until an answer ends: they outlive the process that would ask them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from chatapp.domain.conversation import Draft
from chatapp.storage.database import Database
from chatapp.storage.records import from_attachments, to_attachments
from chatapp.storage.writer import Writer


class WaitingQuestions:
    """Each belongs to the process in which it waits. Every method is a part of a transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @cached_property
    def _me(self) -> Writer:
        """Once: where the clock is set, the start of a process seems to be another one."""
        return Writer.this_process()

    def replace(self, conversation_id: int, questions: Sequence[Draft]) -> None:
        """What waits in this process, instead of what waited before."""
        me = self._me
        self._database.execute(
            """
            DELETE FROM waiting
            WHERE conversation_id = ? AND writer_pid = ? AND writer_started = ?
            """,
            (conversation_id, me.pid, me.started),
        )
        for question in questions:
            attachments = from_attachments(question.attachments)
            self._database.execute(
                """
                INSERT INTO waiting (conversation_id, writer_pid, writer_started, text, attachments)
                VALUES (?, ?, ?, ?, ?)
                """,
                (conversation_id, me.pid, me.started, question.text, attachments),
            )

    def take(self, *, own: bool) -> dict[int, list[Draft]]:
        """Take out what waits in this process, or else in those that have ended."""
        rows = self._database.execute(
            """
            SELECT id, conversation_id, writer_pid, writer_started, text, attachments
            FROM waiting ORDER BY id
            """
        )
        writers = {Writer(pid, started) for _, _, pid, started, _, _ in rows}
        taken_from = {w for w in writers if (w == self._me if own else not w.is_alive())}
        taken: dict[int, list[Draft]] = {}
        for id_, conversation_id, pid, started, text, attachments in rows:
            if Writer(pid, started) in taken_from:
                self._database.execute("DELETE FROM waiting WHERE id = ?", (id_,))
                question = Draft(text, to_attachments(attachments))
                taken.setdefault(conversation_id, []).append(question)
        return taken
