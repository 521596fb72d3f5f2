"""What was typed and chosen but not sent yet, so that it is there again after a restart."""

from __future__ import annotations

import time

from chatapp.domain.conversation import Attachment, Draft
from chatapp.storage.database import Database
from chatapp.storage.records import to_attachment


class Drafts:
    """One draft for each conversation; conversation 0 stands for the one not begun yet.

    Saving is cheap enough for every pause in typing: attachments, which may have megabytes, are
    written only when they have changed. `save` is a part of a transaction.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        # What this process wrote last, and when. Another one may have written since.
        self._written: dict[int, tuple[float, tuple[Attachment, ...]]] = {}

    def get(self, conversation_id: int) -> Draft:
        """The draft, which may be empty."""
        texts = self._database.execute(
            "SELECT text FROM drafts WHERE conversation_id = ?", (conversation_id,)
        )
        if not texts:
            return Draft()
        rows = self._database.execute(
            """
            SELECT name, media_type, size, text FROM draft_attachments
            WHERE conversation_id = ? ORDER BY id
            """,
            (conversation_id,),
        )
        return Draft(texts[0][0], tuple(to_attachment(row) for row in rows))

    def save(self, conversation_id: int, draft: Draft) -> None:
        """Replace the draft; one with neither words nor attachments is removed."""
        if not draft.text.strip() and not draft.attachments:
            self._database.execute(
                "DELETE FROM drafts WHERE conversation_id = ?", (conversation_id,)
            )
            self._written.pop(conversation_id, None)
            return
        written = self._written.get(conversation_id)
        is_known = written is not None and written == (
            self._updated_at(conversation_id),
            draft.attachments,
        )
        now = time.time()
        self._database.execute(
            """
            INSERT INTO drafts (conversation_id, updated_at, text) VALUES (?, ?, ?)
            ON CONFLICT DO UPDATE SET updated_at = excluded.updated_at, text = excluded.text
            """,
            (conversation_id, now, draft.text),
        )
        if not is_known:
            self._replace_attachments(conversation_id, draft.attachments)
        self._written[conversation_id] = (now, draft.attachments)

    def _updated_at(self, conversation_id: int) -> float | None:
        rows = self._database.execute(
            "SELECT updated_at FROM drafts WHERE conversation_id = ?", (conversation_id,)
        )
        return rows[0][0] if rows else None

    def _replace_attachments(
        self, conversation_id: int, attachments: tuple[Attachment, ...]
    ) -> None:
        self._database.execute(
            "DELETE FROM draft_attachments WHERE conversation_id = ?", (conversation_id,)
        )
        for attachment in attachments:
            self._database.execute(
                """
                INSERT INTO draft_attachments (conversation_id, name, media_type, size, text)
                VALUES (?, ?, ?, ?, ?)
                """,
                (
                    conversation_id,
                    attachment.name,
                    attachment.media_type,
                    attachment.size,
                    attachment.text,
                ),
            )
