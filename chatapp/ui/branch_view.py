"""Shows another branch of the conversation so that the reader stays where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.domain.conversation import Message
    from chatapp.ui.models.transcript_model import TranscriptModel
    from chatapp.ui.transcript.view import TranscriptView


def show_branch(view: TranscriptView, model: TranscriptModel, messages: Sequence[Message]) -> None:
    """Merge `messages` into the model.

    When a message on the screen becomes another version, its foot, where the arrows between the
    versions are, keeps its place; its head when the foot is not to be seen.
    """
    row, after = model.difference(messages)
    placed = {one.row: one for one in view.placed}
    is_cut = after > 0 or row >= len(messages) or row >= model.rowCount()
    is_seen = row in placed or (bool(placed) and min(placed) < row)
    anchor = placed.get(row) or (placed[min(placed)] if placed else None)
    if is_cut or not is_seen or anchor is None:
        model.merge(messages)
        return
    by_foot = anchor.row == row and anchor.bottom <= view.viewport().height()
    before = anchor.bottom if by_foot else anchor.top
    model.merge(messages)
    view.show_message(messages[anchor.row].id)
    for one in view.placed:
        if one.row == anchor.row:
            view.scroll_by((one.bottom if by_foot else one.top) - before)
            return
