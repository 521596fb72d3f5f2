"""How large llama.cpp's compute buffer gets: where its values are while one batch is computed.

The steps of each kind of layer are those of its code (src/llama-graph.cpp, src/models/), as far as
they make values of some size, in its order; tests/hub/test_fit.py compares the result with what it
says of many models. An architecture that is not known here is taken for the usual transformer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from chatapp.domain.header import ModelHeader
from chatapp.hub.rwkv_buffer import RwkvLayers
from chatapp.hub.shared_buffer import BatchBuffer

_FLOAT = 4  # bytes
_INDEX = 8  # bytes
_HALF = 2  # bytes
_ROTATION = 64  # heads of a multiple of it are rotated before they are quantised
_FIRST, _LAST = 9, 2  # layers: those between are like the first ones
_NORMALISED_VALUES = frozenset({"gemma3n", "gemma4"})
_GATED_ATTENTION = frozenset({"qwen3next", "qwen35", "qwen35moe"})
# They know positions in another way.
_UNTURNED = frozenset(
    {"gpt2", "starcoder", "bloom", "mpt", "jamba", "nemotron_h", "nemotron_h_moe"}
)
# One matrix makes queries, keys and values.
_FUSED = frozenset(
    {
        *("phi2", "phi3", "phimoe", "gpt2", "gptneox", "falcon", "starcoder", "codeshell", "bloom"),
        *("mpt", "chatglm", "qwen", "dbrx", "jais", "plamo2", "modern-bert"),
    }
)
# Their feed-forward part has two matrices, not three.
_UNGATED = frozenset(
    {
        *("falcon", "gpt2", "gptneox", "phi2", "starcoder", "starcoder2", "bloom", "mpt"),
        *("nemotron", "nemotron_h", "nemotron_h_moe", "codeshell", "arcee", "apertus"),
        *("jais2", "bert", "jina-bert-v3", "talkie"),
    }
)


@dataclass(frozen=True, slots=True)
class Batch:
    """What is computed at once.

    `tokens` and the `outputs` of them whose likely next tokens are asked for; `sequences` they
    belong to; the places for keys that a layer sees.
    """

    tokens: int
    outputs: int
    sequences: int
    cells: int
    flash_attention: bool
    is_quantized: bool  # the keys and values


def compute_bytes(header: ModelHeader, batch: Batch) -> int:
    """The size of the buffer in bytes."""
    return _compute_bytes(replace(header, chat_template=""), batch)


@lru_cache(maxsize=2048)  # a library is judged again and again
def _compute_bytes(header: ModelHeader, batch: Batch) -> int:
    return _Steps(header, batch).size()


class _Steps:
    """All steps for one batch. Lengths are those of a vector for each token."""

    def __init__(self, header: ModelHeader, batch: Batch) -> None:
        self._header = header
        self._batch = batch
        self._values = BatchBuffer(batch.tokens, batch.sequences)
        self._width = header.embedding_length
        self._masks: dict[bool, int] = {}  # who sees whom, with and without a sliding window
        self._places: dict[bool, int] = {}  # where values go to

    def size(self) -> int:
        header = self._header
        self._inputs()
        start = state = self._values.vector(self._width)
        chosen = self._values.vector(header.layer_embedding * header.layers)
        chosen = self._values.vector(header.layer_embedding * header.layers, chosen)
        each = None
        last = header.layers - 1
        rwkv = RwkvLayers(header, self._values, self._batch.outputs)
        for layer in range(header.layers):
            if _FIRST <= layer <= last - _LAST:
                continue
            if header.recurrence.wkv_head_size:
                state = rwkv.add(layer, state)
                continue
            state = self._mixed(layer, state, is_last=layer == last)
            state = self._fed_forward(layer, state)
            if header.layer_embedding:
                gate = self._values.vector(header.layer_embedding, state)
                if each is None:
                    each = self._each_layers_embedding(start, chosen)
                gate = self._values.in_place(header.layer_embedding, gate, each)
                state = self._values.in_place(
                    self._width, self._values.vector(self._width, gate), state
                )
        self._values.add(_FLOAT * self._batch.outputs * header.vocabulary, state)
        return self._values.size()

    # Inputs are there from the beginning to the last step that reads them.

    def _inputs(self) -> None:
        header, batch = self._header, self._batch
        self._values.vector(self._width)  # embeddings instead of tokens
        keeping = zip(header.kv_heads, header.sliding, strict=True)
        used = dict.fromkeys(is_sliding for heads, is_sliding in keeping if heads)
        mask = batch.cells * batch.tokens * (_HALF if batch.flash_attention else _FLOAT)
        places = _INDEX * batch.tokens
        if not batch.flash_attention and not header.is_latent:
            places *= _longest_values(header)
        for is_sliding in used:  # in the order in which they are
            self._places[is_sliding] = self._values.add(places)
            self._masks[is_sliding] = self._values.add(mask)

    def _mask(self, layer: int) -> tuple[int, ...]:
        """None where no layer keeps keys."""
        mask = self._masks.get(self._header.sliding[layer])
        return () if mask is None else (mask,)

    def _each_layers_embedding(self, start: int, chosen: int) -> int:
        """Gemma has an embedding for each layer; after this they stay."""
        length = self._header.layer_embedding * self._header.layers
        projected = self._values.vector(length, self._values.vector(length, start))
        projected = self._values.in_place(length, projected, chosen)
        return self._values.vector(length, projected)

    # The part of a layer in which tokens see others

    def _mixed(self, layer: int, state: int, *, is_last: bool) -> int:
        header = self._header
        read = self._values.in_place(self._width, state)
        if header.recurrent[layer] and header.kv_heads[layer]:  # both at once
            found = self._found(layer, read)
            mixed = self._mamba2(self._values.in_place(self._width, state), layer, found)
        elif header.recurrent[layer]:
            mixed = self._recurrent(read)
        elif header.heads[layer]:
            found = self._latent(layer, read) if header.is_latent else self._found(layer, read)
            if header.architecture not in _GATED_ATTENTION:
                found = self._turned_back(layer, found)
            mixed = self._values.vector(self._width, found)
        else:
            return state  # this layer has only the other part
        if is_last:  # only the outputs are computed to the end
            self._values.tokens = self._batch.outputs
            mixed, state = (
                self._values.vector(self._width, mixed),
                self._values.vector(self._width, state),
            )
        return self._values.in_place(self._width, mixed, state)

    def _found(self, layer: int, read: int) -> int:
        header, vector = self._header, self._values.vector
        heads, kv_heads = header.heads[layer], header.kv_heads[layer]
        key, value = self._lengths(layer)
        is_fused = header.architecture in _FUSED
        source = vector(heads * key + kv_heads * (key + value), read) if is_fused else read
        gate = None
        if header.architecture in _GATED_ATTENTION:
            gate = vector(2 * heads * key, read)
        queries = self._turned(
            heads * key, key, source if gate is None else gate, is_part=gate is not None or is_fused
        )
        if kv_heads:
            values = source if is_fused else vector(kv_heads * value, read)
            if self._is_rotated(value) or header.architecture in _NORMALISED_VALUES:
                values = vector(kv_heads * value, values)
            keys = self._turned(kv_heads * key, key, source, is_part=is_fused)
            self._values.stored(keys)
            self._values.stored(values, self._places[header.sliding[layer]])
        mask = self._mask(layer)
        if self._batch.flash_attention:
            found = vector(heads * value, queries, *mask)
        else:
            scores = vector(heads * self._batch.cells, queries)
            scores = self._values.in_place(heads * self._batch.cells, scores, *mask)
            found = vector(heads * value, vector(heads * value, scores))
        if gate is not None:
            found = self._turned_back(layer, found)
            found = self._values.in_place(heads * key, found, vector(heads * key, gate))
        return found

    def _lengths(self, layer: int) -> tuple[int, int]:
        """Of a head's keys and values."""
        header = self._header
        if header.sliding[layer]:
            return header.sliding_key_length, header.sliding_value_length
        return header.key_length, header.value_length

    def _is_rotated(self, head: int) -> bool:
        return self._batch.is_quantized and head % _ROTATION == 0

    def _turned(self, length: int, head: int, source: int, *, is_part: bool) -> int:
        """Queries or keys with their position, and rotated where they are quantised.

        `is_part`: they are a part of the source already.
        """
        made = source if is_part else self._values.vector(length, source)
        if self._header.architecture not in _UNTURNED:
            made = self._values.vector(length, made)
        return self._values.vector(length, made) if self._is_rotated(head) else made

    def _turned_back(self, layer: int, found: int) -> int:
        value = self._lengths(layer)[1]
        if not self._is_rotated(value) or self._header.is_latent:
            return found
        return self._values.vector(self._header.heads[layer] * value, found)

    def _latent(self, layer: int, read: int) -> int:
        """Keys and values are one compressed vector, which all heads share."""
        header, batch = self._header, self._batch
        heads, key, rank = header.heads[layer], header.key_length, header.value_length
        rotary = max(0, key - rank)
        value = header.latent_value_length
        queries = self._values.vector(heads * header.latent_key_length, read)
        absorbed = self._values.vector(heads * rank, queries)
        rotated = self._values.vector(heads * rotary, queries)
        queries = self._values.vector(heads * key, absorbed, rotated)
        both = self._values.vector(key, read)
        compressed, rotated = self._values.vector(rank, both), self._values.vector(rotary, both)
        self._values.stored(self._values.vector(key, compressed, rotated))
        mask = self._mask(layer)
        if batch.flash_attention:
            found = self._values.vector(heads * rank, queries, *mask)
        else:
            across = self._values.add(_HALF * rank * batch.cells)
            scores = self._values.vector(heads * batch.cells, queries)
            scores = self._values.in_place(heads * batch.cells, scores, *mask)
            found = self._values.vector(heads * rank, across, scores)
        return self._values.vector(heads * value, self._values.vector(heads * value, found))

    def _recurrent(self, read: int) -> int:
        sizes = self._header.recurrence
        if sizes.short_kernel:
            return self._short_convolution(read)
        if self._header.architecture in _GATED_ATTENTION:
            return self._delta_net(read)
        if sizes.group_count:
            return self._mamba2(read)
        return self._mamba(read)

    def _convolved(self, length: int, read: int) -> int:
        """Beside the last tokens of each sequence."""
        kernel = self._header.recurrence.conv_kernel or self._header.recurrence.short_kernel
        kept = length * max(0, kernel - 1)
        before = self._values.kept(kept)
        joined = self._values.mixed(length, kept, before, read)
        self._values.stored(joined)
        return self._values.vector(length, joined)

    def _scanned(self, *read: int) -> int:
        """What comes out for each token, and the state of each sequence."""
        sizes = self._header.recurrence
        state = sizes.state_size * sizes.inner_size
        scanned = self._values.mixed(sizes.inner_size, state, *read)
        self._values.stored(scanned)
        return scanned

    def _mamba(self, read: int) -> int:
        sizes = self._header.recurrence
        inner, rank = sizes.inner_size, sizes.time_step_rank
        both = self._values.vector(2 * inner, read)
        mixed = self._convolved(inner, both)
        steps = self._values.vector(rank + 2 * sizes.state_size, mixed)
        step = self._values.vector(inner, self._values.vector(rank, steps))
        scanned = self._scanned(mixed, step, steps)
        gate = self._values.vector(inner, both)
        mixed = self._values.in_place(inner, self._values.in_place(inner, mixed), scanned)
        return self._values.vector(self._width, self._values.vector(inner, gate, mixed))

    def _mamba2(self, read: int, layer: int = 0, beside: int | None = None) -> int:
        """`beside` is what attention found in the same layer."""
        sizes = self._header.recurrence
        inner = sizes.inner_size
        mixed_length = inner + 2 * sizes.group_count * sizes.state_size
        all_parts = self._values.vector(inner + mixed_length + sizes.time_step_rank, read)
        mixed = self._convolved(mixed_length, all_parts)
        scanned = self._scanned(mixed)
        if beside is not None:
            beside = self._values.vector(self._width, self._turned_back(layer, beside))
        gate = self._values.vector(inner, all_parts)
        mixed = self._values.in_place(inner, self._values.vector(inner, mixed), scanned)
        mixed = self._values.vector(inner, self._values.vector(inner, gate, mixed))
        mixed = self._values.vector(self._width, mixed)
        return mixed if beside is None else self._values.in_place(self._width, beside, mixed)

    def _delta_net(self, read: int) -> int:
        sizes = self._header.recurrence
        inner, keys = sizes.inner_size, sizes.group_count * sizes.state_size
        mixed = self._values.vector(inner + 2 * keys, read)
        mixed = self._convolved(inner + 2 * keys, mixed)
        state = self._values.kept(sizes.state_size * inner)
        queries, keys = self._values.vector(keys, mixed), self._values.vector(keys, mixed)
        scanned = self._scanned(queries, keys, mixed, state)
        found = self._values.vector(inner, scanned)
        gate = self._values.vector(inner, self._values.vector(inner, read))
        gated = self._values.in_place(inner, found, gate)
        return self._values.vector(self._width, gated)

    def _short_convolution(self, read: int) -> int:
        three = self._values.vector(3 * self._width, read)
        mixed = self._convolved(self._width, self._values.vector(self._width, three, three))
        return self._values.vector(self._width, self._values.in_place(self._width, mixed, three))

    # The part in which each token is on its own

    def _fed_forward(self, layer: int, state: int) -> int:
        header = self._header
        if header.has_experts[layer]:
            return self._chosen_experts(layer, state)
        hidden = header.feed_forward[layer]
        if not hidden:
            return state
        read = self._values.in_place(self._width, state)
        return self._values.in_place(self._width, self._through(hidden, read), state)

    def _through(self, hidden: int, read: int) -> int:
        first = self._values.vector(hidden, read)
        if self._header.architecture not in _UNGATED:
            first = self._values.vector(hidden, first, self._values.vector(hidden, read))
        return self._values.vector(self._width, first)

    def _chosen_experts(self, layer: int, state: int) -> int:
        header = self._header
        used = header.experts_used
        hidden = used * (header.expert_feed_forward or header.feed_forward[layer])
        read = self._values.in_place(self._width, state)
        likely = self._values.vector(header.experts, read)
        order = self._values.vector(header.experts, likely)
        weights = self._values.vector(used, likely, order)
        gate, up = (
            self._values.vector(hidden, read, order),
            self._values.vector(hidden, read, order),
        )
        each = self._values.vector(used * self._width, self._values.vector(hidden, gate, up), order)
        each = self._values.in_place(used * self._width, each, weights)
        found = self._values.vector(self._width, each)
        if header.shared_feed_forward:
            shared = self._through(header.shared_feed_forward, read)
            found = self._values.in_place(self._width, found, shared)
        return self._values.in_place(self._width, found, state)


def _longest_values(header: ModelHeader) -> int:
    """How long all values of a layer are together."""
    return max(
        (
            heads * (header.sliding_value_length if sliding else header.value_length)
            for heads, sliding in zip(header.kv_heads, header.sliding, strict=True)
        ),
        default=0,
    )
