"""A conversation with all its branches at once, with the first words of each message."""

from __future__ import annotations

from collections import defaultdict

from chatapp.domain.outline import OutlineEntry
from chatapp.domain.plain_line import excerpt
from chatapp.errors import ConversationMissing
from chatapp.storage.database import Database
from chatapp.storage.records import to_role
from chatapp.storage.tree import Tree

_EXCERPT = 160  # characters
_READ = 4 * _EXCERPT  # of which some are marks and spaces


def read_outline(database: Database, conversation_id: int) -> tuple[OutlineEntry, ...]:
    """Every message that is not deleted, a parent before what follows it.

    Raises `ConversationMissing`.
    """
    if not database.execute("SELECT 1 FROM conversations WHERE id = ?", (conversation_id,)):
        raise ConversationMissing(conversation_id)
    rows = database.execute(
        """
        SELECT id, parent_id, role, substr(text, 1, ?), deleted_at IS NOT NULL
        FROM messages WHERE conversation_id = ? AND role <> 'summary' ORDER BY id
        """,
        (_READ, conversation_id),
    )
    shown = set(Tree(database).shown(conversation_id))
    # In place of what was deleted stands what it followed.
    above: dict[int, int | None] = {}
    deleted: set[int] = set()
    groups: dict[tuple[int | None, str], list[int]] = defaultdict(list)
    for id_, parent_id, role, _, is_deleted in rows:
        parent = above[parent_id] if parent_id in deleted else parent_id
        above[id_] = parent if parent in above else None
        if is_deleted:
            deleted.add(id_)
        else:
            groups[above[id_], role].append(id_)
    siblings: dict[int | None, int] = defaultdict(int)
    for (parent, _), ids in groups.items():
        siblings[parent] += len(ids)
    numbers = {id_: n for ids in groups.values() for n, id_ in enumerate(ids, 1)}
    entries: dict[int, OutlineEntry] = {}
    for id_, _, role, text, is_deleted in rows:
        if is_deleted:
            continue
        parent = above[id_]
        inside = None
        if parent is not None:
            is_fork = siblings[above[parent]] > 1
            inside = parent if is_fork else entries[parent].inside
        entries[id_] = OutlineEntry(
            id=id_,
            inside=inside,
            role=to_role(role),
            excerpt=excerpt(text, _EXCERPT),
            is_shown=id_ in shown,
            version=numbers[id_],
            versions=len(groups[parent, role]),
        )
    return tuple(entries.values())
