"""How the values lie in llama.cpp's state of a sequence: token by token with flash attention.

Without it they lie across: all tokens' first numbers, all tokens' second ones, and so on. What was
read in one way can be used in the other once it is turned.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_START = struct.Struct("=IiII")  # llama.cpp's mark, the sequence, streams, tokens
_TOKEN_BYTES = (12, 24)  # a place and a sequence; and two more places and the token itself
_ORDER = struct.Struct("=II")  # whether the values lie across, layers
_ALONG = struct.Struct("=iQ")  # ggml_type, bytes of a token
_ACROSS = struct.Struct("=iII")  # ggml_type, bytes of a number, numbers of a token
_NUMBER_BYTES = {0: 4, 1: 2, 30: 2}  # of ggml_type: F32, F16, BF16

State = bytes | bytearray | memoryview


@dataclass(frozen=True, slots=True)
class _Block:
    """The values of a layer: where their head is, how large a number is, and how many they are."""

    head: int
    kind: int
    number: int
    numbers: int  # of a token


@dataclass(frozen=True, slots=True)
class _Layout:
    tokens: int
    order: int  # where it says how the values lie
    layers: int
    is_across: bool
    blocks: tuple[_Block, ...]


def turned(state: State, *, across: bool, in_place: bool = False) -> State | None:
    """The state with its values lying so; None when they can't be turned.

    `in_place` is for a bytearray that nobody else reads.
    """
    if len(state) == _START.size:  # of nothing
        return state
    layout = _layout(state)
    if layout is None:
        return None
    if layout.is_across == across:
        return state
    import numpy as np

    data = state if in_place and isinstance(state, bytearray) else bytearray(state)
    _ORDER.pack_into(data, layout.order, across, layout.layers)
    for block in layout.blocks:
        place = block.head
        if across:
            _ACROSS.pack_into(data, place, block.kind, block.number, block.numbers)
        else:
            _ALONG.pack_into(data, place, block.kind, block.number * block.numbers)
        count = layout.tokens * block.numbers
        kind = np.uint16 if block.number == 2 else np.uint32
        values = np.frombuffer(data, kind, count, place + _ALONG.size)
        before = (layout.tokens, block.numbers) if across else (block.numbers, layout.tokens)
        values[:] = values.reshape(before).T.ravel()  # which is a copy
    return data


def can_be_turned(state: State) -> bool:
    """Whether `turned` knows its form."""
    return len(state) == _START.size or _layout(state) is not None


def _layout(state: State) -> _Layout | None:
    for size in _TOKEN_BYTES:
        try:
            return _read(state, size)
        except (ValueError, OverflowError, struct.error):  # it is something else
            continue
    return None


def _read(state: State, token_bytes: int) -> _Layout:
    """Raises `ValueError`, `OverflowError` or `struct.error` when the state has another form."""
    _mark, _sequence, streams, tokens = _START.unpack_from(state)
    order = _START.size + tokens * token_bytes
    across, layers = _ORDER.unpack_from(state, order)
    if streams != 1 or across not in (0, 1) or not 1 <= layers <= len(state):
        raise ValueError
    place = order + _ORDER.size
    for _ in range(layers):  # the keys
        _kind, row = _ALONG.unpack_from(state, place)
        place += _ALONG.size + row * tokens
    blocks = tuple(_blocks(state, place, layers, tokens, is_across=bool(across)))
    return _Layout(tokens, order, layers, bool(across), blocks)


def _blocks(
    state: State, place: int, layers: int, tokens: int, *, is_across: bool
) -> Iterator[_Block]:
    for _ in range(layers):
        if is_across:
            kind, number, numbers = _ACROSS.unpack_from(state, place)
        else:
            kind, row = _ALONG.unpack_from(state, place)
            number = _NUMBER_BYTES.get(kind, 0)
            numbers = row // number if number else 0
            if number * numbers != row:
                raise ValueError
        if not numbers or number != _NUMBER_BYTES.get(kind):
            raise ValueError
        yield _Block(place, kind, number, numbers)
        place += _ACROSS.size + number * numbers * tokens
    if place != len(state):
        raise ValueError
