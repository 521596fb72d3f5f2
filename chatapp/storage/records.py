"""Rows of the database into values of the domain and back.

Decoding is lenient: a status, a role or a JSON key that only a newer Chatapp knows must never hide
a conversation.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, astuple, fields
from functools import lru_cache
from typing import Any

from chatapp.domain.conversation import (
    Attachment,
    Conversation,
    Message,
    MessageStatus,
    Opinion,
    OverflowPolicy,
    Rating,
    Role,
    TitleSource,
    ToolCallRecord,
)
from chatapp.domain.generation import (
    NO_CHOICE,
    FinishReason,
    GenerationParameters,
    Origin,
    ParameterChoice,
    SamplerStep,
    Usage,
)
from chatapp.domain.reasoning import may_have_reasoning, split_reasoning
from chatapp.errors import ErrorRecord
from chatapp.storage.database import Row

# In the order that `to_message` and `to_conversation` take them.
MESSAGE_COLUMNS = (
    "messages.id, conversation_id, parent_id, role, text, status, created_at, origin, error_kind, "
    "error_values, is_edited, reasoning, calls, pinned, window_start"
)
CONVERSATION_COLUMNS = (
    "id, title, title_source, created_at, updated_at, tip_id, pinned, deleted_at, system_prompt, "
    "model_path, overflow, folder_id, archived_at, assistant, parameters, "
    "(SELECT json_group_array(tag) FROM tags WHERE conversation_id = conversations.id)"
)

# Looked up for 10,000 messages at once, which is much faster in a dictionary than in the enum.
_TITLE_SOURCES = {str(member): member for member in TitleSource}
_ROLES = {str(member): member for member in Role}
_STATUSES = {str(member): member for member in MessageStatus}
_OPINIONS = {str(member): member for member in Opinion}
_POLICIES = {str(member): member for member in OverflowPolicy}
_FINISH_REASONS = {str(member): member for member in FinishReason}

_ORIGIN = frozenset(field.name for field in fields(Origin))
_PARAMETERS = frozenset(field.name for field in fields(GenerationParameters))
_CHOICE = frozenset(field.name for field in fields(ParameterChoice))
_USAGE = frozenset(field.name for field in fields(Usage))
_CALL = frozenset(field.name for field in fields(ToolCallRecord))
# What is written even where it is the default, which may change. The default of every other
# parameter means "off" and stays, so it is left out.
_ALWAYS = frozenset(
    {
        "temperature",
        "top_k",
        "top_p",
        "min_p",
        "repeat_penalty",
        "max_tokens",
        "seed",
        "stop",
    }
)
_DEFAULTS = asdict(GenerationParameters())
_TUPLES = frozenset(name for name, value in _DEFAULTS.items() if isinstance(value, tuple))
_SAMPLERS = {str(member): member for member in SamplerStep}


def to_role(name: str) -> Role:
    """What is unknown is no person's, so that it is never sent as one's question."""
    return _ROLES.get(name, Role.ASSISTANT)


def to_conversation(row: Row) -> Conversation:
    """From `CONVERSATION_COLUMNS`."""
    (
        id_,
        title,
        source,
        created,
        updated,
        tip_id,
        pinned,
        deleted,
        prompt,
        model,
        overflow,
        folder_id,
        archived,
        assistant,
        parameters,
        tags,
    ) = row
    return Conversation(
        id_,
        title,
        # What is unknown may be a person's choice, which is never overwritten.
        _TITLE_SOURCES.get(source, TitleSource.USER),
        created,
        updated,
        tip_id,
        bool(pinned),
        deleted,
        prompt,
        model,
        _POLICIES.get(overflow, OverflowPolicy.STOP),
        folder_id,
        # Most have none.
        () if tags == "[]" else tuple(sorted(json.loads(tags), key=str.casefold)),
        archived,
        assistant,
        NO_CHOICE if parameters is None else _to_choice(parameters),
    )


def to_message(row: Row, *, left_window: bool = False) -> Message:
    """From `MESSAGE_COLUMNS`; what other tables know of the message is left out.

    An answer that was stored when thoughts were a part of the text comes without them there.
    """
    (
        id_,
        conversation_id,
        parent_id,
        role,
        text,
        status,
        created_at,
        origin,
        kind,
        values,
        edited,
        reasoning,
        calls,
        pinned,
        window_start,
    ) = row
    if role == "assistant" and not reasoning and may_have_reasoning(text):
        both = split_reasoning(text, is_complete=True)
        reasoning, text = both.text, both.answer
    return Message(
        id_,
        conversation_id,
        parent_id,
        to_role(role),
        text,
        _STATUSES.get(status, MessageStatus.COMPLETE),
        created_at,
        None if origin is None else _to_origin(_object(origin)),
        None if kind is None else ErrorRecord(kind, _object(values)),
        is_edited=bool(edited),
        reasoning=reasoning,
        calls=() if calls is None else _to_calls(calls),
        pinned=bool(pinned),
        window_start=window_start,
        left_window=left_window,
    )


def to_rating(row: Row) -> Rating:
    """Columns in the order of `Rating`'s fields."""
    opinion, note, correction, created_at = row
    # What is unknown can hardly be praise, and what a person wrote shall be seen.
    return Rating(_OPINIONS.get(opinion, Opinion.DISLIKED), note, correction, created_at)


def to_attachment(row: Row) -> Attachment:
    """Columns in the order of `Attachment`'s fields; the text may be its bytes."""
    name, media_type, size, text = row
    if isinstance(text, bytes):
        text = text.decode(errors="replace")
    return Attachment(name, media_type, size, text)


def from_attachments(attachments: Sequence[Attachment]) -> str:
    """As JSON text."""
    return json.dumps([astuple(one) for one in attachments])


def to_attachments(text: str) -> tuple[Attachment, ...]:
    """From JSON text; none when it is damaged."""
    try:
        return tuple(
            Attachment(str(name), str(media_type), int(size), str(content))
            for name, media_type, size, content in json.loads(text)
        )
    except (ValueError, TypeError):
        return ()


def from_origin(origin: Origin | None) -> str | None:
    """As JSON text."""
    if origin is None:
        return None
    data = asdict(origin)
    data["parameters"] = {
        name: value
        for name, value in data["parameters"].items()
        if name in _ALWAYS or value != _DEFAULTS[name]
    }
    return json.dumps(data)


def from_choice(choice: ParameterChoice) -> str | None:
    """As JSON text; None when nothing is chosen."""
    chosen = {
        name: value for name, value in asdict(choice).items() if value != getattr(NO_CHOICE, name)
    }
    return json.dumps(chosen) if chosen else None


def from_calls(calls: Sequence[ToolCallRecord]) -> str | None:
    """As JSON text."""
    return json.dumps([asdict(call) for call in calls]) if calls else None


def from_error(error: ErrorRecord | None) -> tuple[str | None, str | None]:
    """The kind, and the values as JSON text."""
    return (None, None) if error is None else (error.kind, json.dumps(error.values))


def _to_calls(text: object) -> tuple[ToolCallRecord, ...]:
    try:
        data = json.loads(text) if isinstance(text, str) else []
    except ValueError:
        return ()
    known = [_known(_CALL, call) for call in data] if isinstance(data, list) else []
    return tuple(ToolCallRecord(**call) for call in known if isinstance(call.get("name"), str))


def _to_origin(data: dict[str, Any]) -> Origin | None:
    if not data:
        return None
    known = {"model_name": "", "model_path": ""} | _known(_ORIGIN, data)
    known["parameters"] = _shared_parameters(json.dumps(data.get("parameters")))
    known["usage"] = Usage(**_known(_USAGE, data.get("usage")))
    known["finish_reason"] = _FINISH_REASONS.get(str(data.get("finish_reason")))
    return Origin(**known)


@lru_cache(maxsize=256)
def _shared_parameters(text: str) -> GenerationParameters:
    """Most answers of a conversation have the same: made once, and kept once."""
    return _to_parameters(json.loads(text))


@lru_cache(maxsize=256)
def _to_choice(text: str) -> ParameterChoice:
    return ParameterChoice(**_to_values(_CHOICE, _object(text)))


def _to_parameters(data: object) -> GenerationParameters:
    return GenerationParameters(**_to_values(_PARAMETERS, data))


def _to_values(names: frozenset[str], data: object) -> dict[str, Any]:
    """The entries of a JSON object with these names, with tuples for its lists."""
    values = dict(_known(names, data))
    for name in _TUPLES.intersection(values):
        value = values.pop(name)
        if isinstance(value, list):
            values[name] = _to_tuple(value)
    if "samplers" in values:
        steps = (_SAMPLERS.get(str(step)) for step in values["samplers"])
        values["samplers"] = tuple(step for step in steps if step is not None)
    return values


def _to_tuple(value: object) -> object:
    """JSON has lists where the domain has tuples, in tuples too."""
    return tuple(_to_tuple(part) for part in value) if isinstance(value, list) else value


def _known(names: frozenset[str], data: object) -> dict[str, Any]:
    """The entries of a JSON object that this version knows."""
    if not isinstance(data, dict):
        return {}
    if data.keys() <= names:
        return data
    return {name: value for name, value in data.items() if name in names}


def _object(text: object) -> dict[str, Any]:
    try:
        data = json.loads(text) if isinstance(text, str) else {}
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}
