"""Rows of the database into values of the domain and back.

Decoding is lenient: a status, a role or a JSON key that only a newer Chatapp knows must never hide
a conversation.
"""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from functools import lru_cache
from typing import Any

from chatapp.domain.conversation import (
    Attachment,
    Conversation,
    Message,
    MessageStatus,
    Opinion,
    Rating,
    Role,
    TitleSource,
)
from chatapp.domain.generation import (
    FinishReason,
    GenerationParameters,
    Origin,
    SamplerStep,
    Usage,
)
from chatapp.errors import ErrorRecord
from chatapp.storage.database import Row

# Looked up for 10,000 messages at once, which is much faster in a dictionary than in the enum.
_TITLE_SOURCES = {str(member): member for member in TitleSource}
_ROLES = {str(member): member for member in Role}
_STATUSES = {str(member): member for member in MessageStatus}
_OPINIONS = {str(member): member for member in Opinion}
_FINISH_REASONS = {str(member): member for member in FinishReason}

_ORIGIN = frozenset(field.name for field in fields(Origin))
_PARAMETERS = frozenset(field.name for field in fields(GenerationParameters))
_USAGE = frozenset(field.name for field in fields(Usage))
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


def to_conversation(row: Row) -> Conversation:
    """Columns in the order of `Conversation`'s fields."""
    (id_, title, source, created_at, updated_at, tip_id, pinned, deleted_at, prompt, model) = row
    return Conversation(
        id=id_,
        title=title,
        # What is unknown may be a person's choice, which is never overwritten.
        title_source=_TITLE_SOURCES.get(source, TitleSource.USER),
        created_at=created_at,
        updated_at=updated_at,
        tip_id=tip_id,
        pinned=bool(pinned),
        deleted_at=deleted_at,
        system_prompt=prompt,
        model_path=model,
    )


def to_message(row: Row) -> Message:
    """Columns in the order of `Message`'s fields, the error as two: its kind, its values.

    The last column is `is_edited`; what other tables know of the message is left out.
    """
    (id_, conversation_id, parent_id, role, text, status, created_at, origin, *error, edited) = row
    kind, values = error
    return Message(
        id_,
        conversation_id,
        parent_id,
        _ROLES.get(role, Role.ASSISTANT),
        text,
        _STATUSES.get(status, MessageStatus.COMPLETE),
        created_at,
        None if origin is None else _to_origin(_object(origin)),
        None if kind is None else ErrorRecord(kind, _object(values)),
        is_edited=bool(edited),
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


def from_error(error: ErrorRecord | None) -> tuple[str | None, str | None]:
    """The kind, and the values as JSON text."""
    return (None, None) if error is None else (error.kind, json.dumps(error.values))


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


def _to_parameters(data: object) -> GenerationParameters:
    values = dict(_known(_PARAMETERS, data))
    for name in _TUPLES.intersection(values):
        value = values.pop(name)
        if isinstance(value, list):
            values[name] = _to_tuple(value)
    if "samplers" in values:
        steps = (_SAMPLERS.get(str(step)) for step in values["samplers"])
        values["samplers"] = tuple(step for step in steps if step is not None)
    return GenerationParameters(**values)


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
