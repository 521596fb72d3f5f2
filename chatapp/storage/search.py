"""Full-text search over titles and messages, made for searching while a person types."""

from __future__ import annotations

from contextlib import suppress

from chatapp.domain.conversation import SearchHit
from chatapp.errors import ConversationMissing
from chatapp.storage.conversations import Conversations
from chatapp.storage.database import Database
from chatapp.storage.snippet import Phrase, snippet

# As in the definition of the indexes.
_TOKENISER = ("simplify", "casefold", "1", "strip", "1", "unicodewords")

# Somebody who pastes a book is looking for how it begins. FTS5 refuses more than 256 words.
_CHARACTERS_USED = 1_000
_WORDS_USED = 32


class Search:
    """Finds conversations on all their branches, but not in the trash.

    Used on the database thread.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._conversations = Conversations(database)

    def find(self, query: str, *, limit: int = 50) -> list[SearchHit]:
        """Conversations with a title or a message that contains every word, one hit for each.

        The last word may be the beginning of one. Titles come first, then messages; each by how
        well they match, the newer first among equals. Any text is a query: nothing in it is syntax.
        """
        tokenise = self._database.tokeniser(*_TOKENISER)
        typed = query[:_CHARACTERS_USED].replace("\0", " ").split()[:_WORDS_USED]
        parts = [
            (part, tuple(t[2] for t in tokenise(part.encode(errors="replace")))) for part in typed
        ]
        parts = [(part, words) for part, words in parts if words]
        if not parts:
            return []
        phrases = [Phrase(words, is_prefix=False) for _, words in parts]
        phrases[-1] = Phrase(phrases[-1].words, is_prefix=True)
        # The closing star makes the last word the beginning of one.
        match = " ".join(_quoted(part) for part, _ in parts) + "*"

        hits: dict[int, SearchHit] = {}
        for conversation_id, message_id in self._titles(match, limit) + self._messages(
            match, limit
        ):
            if conversation_id not in hits and len(hits) < limit:
                # Another process may have deleted it in this moment.
                with suppress(ConversationMissing):
                    conversation = self._conversations.get(conversation_id)
                    text = conversation.title if message_id is None else self._text(message_id)
                    hits[conversation_id] = SearchHit(
                        conversation, message_id, snippet(text, phrases, tokenise)
                    )
        return list(hits.values())

    def _text(self, message_id: int) -> str:
        """Without all that belongs to a message: there is one to read for every hit."""
        rows = self._database.execute("SELECT text FROM messages WHERE id = ?", (message_id,))
        if not rows:
            raise ConversationMissing(None)
        return str(rows[0][0])

    def _titles(self, match: str, limit: int) -> list[tuple[int, int | None]]:
        rows = self._database.execute(
            """
            SELECT conversations.id
            FROM title_index JOIN conversations ON conversations.id = title_index.rowid
            WHERE title_index MATCH ? AND conversations.deleted_at IS NULL
            ORDER BY title_index.rank, updated_at DESC, conversations.id DESC LIMIT ?
            """,
            (match, limit),
        )
        return [(conversation_id, None) for (conversation_id,) in rows]

    def _messages(self, match: str, limit: int) -> list[tuple[int, int | None]]:
        """The best message of each conversation."""
        rows = self._database.execute(
            """
            SELECT conversation_id, message_id FROM (
                SELECT conversation_id, messages.id AS message_id, message_index.rank AS score,
                    row_number() OVER (
                        PARTITION BY conversation_id ORDER BY message_index.rank, messages.id DESC
                    ) AS place
                FROM message_index
                JOIN messages ON messages.id = message_index.rowid
                JOIN conversations ON conversations.id = conversation_id
                WHERE message_index MATCH ? AND conversations.deleted_at IS NULL
            )
            WHERE place = 1 ORDER BY score, message_id DESC LIMIT ?
            """,
            (match, limit),
        )
        return [(conversation_id, message_id) for conversation_id, message_id in rows]


def _quoted(text: str) -> str:
    """As a string of FTS5's query language, in which only the quotation mark means something."""
    return '"' + text.replace('"', '""') + '"'
