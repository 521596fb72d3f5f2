"""The steps of a layer of RWKV 6 and 7, for the size of the compute buffer.

Follows llama.cpp's src/models/rwkv6-base.cpp and rwkv7-base.cpp.
"""

from __future__ import annotations

from chatapp.domain.header import ModelHeader
from chatapp.hub.shared_buffer import BatchBuffer

_SEVENTH = frozenset({"rwkv7", "arwkv7"})


class RwkvLayers:
    """Adds one layer after the other to the buffer. They share the values of the first one."""

    def __init__(self, header: ModelHeader, values: BatchBuffer, outputs: int) -> None:
        self._header = header
        self._values = values
        self._outputs = outputs
        self._width = header.embedding_length
        self._first: int | None = None

    def add(self, layer: int, state: int) -> int:
        """The layer of that number, which reads `state`; what comes out of it."""
        width, values = self._width, self._values
        last_read = values.kept(self._header.recurrence.token_shift_count * width)
        read = values.vector(width, state)
        changed = values.in_place(width, values.vector(width, last_read, read), read)
        if self._header.architecture in _SEVENTH:
            found = self._seventh(read, changed)
        else:
            found = self._sixth(read, changed)
        state = values.vector(width, values.vector(width, found), state)
        return self._channels(layer, state, read, last_read)

    def _scanned(self, *read: int) -> int:
        width, head = self._width, self._header.recurrence.wkv_head_size
        values = self._values
        state = values.kept(width * head)
        found = values.mixed(width, width * head, state, *read)
        values.stored(found)
        return values.vector(width, values.vector(width, found))

    def _sixth(self, read: int, changed: int) -> int:
        width, values = self._width, self._values
        mixed = values.in_place(width, values.vector(width, changed), read)
        ways = values.in_place(5 * width, values.vector(5 * width, mixed), changed, read)
        found = self._scanned(*(values.vector(width, ways) for _ in range(4)))
        return values.in_place(width, found, values.vector(width, ways))

    def _seventh(self, read: int, changed: int) -> int:
        width, values = self._width, self._values
        ways = values.in_place(6 * width, values.vector(6 * width, changed), read)
        received, decay, key, rate = (values.vector(width, ways) for _ in range(4))
        scaled = values.vector(width, key)
        new_key = values.in_place(width, values.vector(width, rate, scaled), scaled)
        new_key = values.in_place(width, key, new_key)
        value = values.vector(width, ways)
        if self._first is None:
            self._first = value
        else:
            other = values.vector(width, self._first, value)
            other = values.in_place(width, other, values.vector(width, ways))
            value = values.in_place(width, value, other)
        removed = values.vector(width, values.in_place(width, key))
        negative = values.vector(width, removed)
        removed = values.in_place(width, removed, rate)
        found = self._scanned(received, decay, new_key, value, negative, removed)
        bonus = values.vector(1, values.vector(width, new_key, received))
        found = values.in_place(width, found, values.vector(width, value, bonus))
        return values.in_place(width, found, values.vector(width, ways))

    def _channels(self, layer: int, state: int, before: int, last_read: int) -> int:
        header, width, values = self._header, self._width, self._values
        read = values.vector(width, state)
        hidden = header.feed_forward[layer]
        is_last = layer == header.layers - 1
        if header.recurrence.token_shift_count < 2:  # as in a transformer
            if is_last:
                values.tokens = self._outputs
                read, state = values.vector(width, read), values.vector(width, state)
            both = values.vector(hidden, read), values.vector(hidden, read)
            return values.in_place(width, values.vector(width, values.vector(hidden, *both)), state)
        values.stored(values.kept(2 * width, before, read))
        changed = values.vector(width, last_read, read)
        if is_last:
            values.tokens = self._outputs
            state = values.vector(width, state)
            read, changed = values.vector(width, read), values.vector(width, changed)
        changed = values.vector(width, changed, read)
        if header.architecture in _SEVENTH:
            mixed = values.in_place(width, changed, read)
            return values.in_place(width, values.vector(width, values.vector(hidden, mixed)), state)
        gate = values.vector(width, values.in_place(width, values.vector(width, changed), read))
        mixed = values.in_place(width, changed, read)
        found = values.vector(width, values.vector(hidden, mixed))
        return values.in_place(width, values.in_place(width, gate, found), state)
