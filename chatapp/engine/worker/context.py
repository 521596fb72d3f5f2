"""llama.cpp's context: what it has read, and the batches that it computes."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Sequence
from enum import IntEnum
from typing import Any

import llama_cpp.llama_cpp as llama

from chatapp.engine.messages import LoadOptions
from chatapp.engine.worker.interrupt import Interrupt
from chatapp.engine.worker.respelling import unseen
from chatapp.engine.worker.speculation import CANDIDATES
from chatapp.engine.worker.transposing import turned

BATCH = 512  # tokens per call of llama_decode
# Tokens that are computed at once on a processor: with fewer than BATCH Stop waits for less, and
# less is lost with it. 128 read a prompt 4 % slower than 512 do.
CPU_STEP = 128
# From 64 on ggml's flash attention takes another way with other rounding. One thread never rounds
# differently then: the text is the same however a prompt was cut into pieces.
ONE_THREAD_STEP = 63
_PARTIAL = 1  # LLAMA_STATE_SEQ_FLAGS_PARTIAL_ONLY: only what can't be cut off at any place
_CACHE_TYPES = {"f16": 1, "q8_0": 8, "q4_0": 2}  # ggml_type
FLASH_ATTENTION = {None: -1, False: 0, True: 1}  # llama_flash_attn_type
INTERACTIVE_ROWS = 4  # answers that persons wait for, beside those in the background


class Outcome(IntEnum):
    """What llama_decode returns."""

    DONE = 0
    NO_ROOM = 1
    INTERRUPTED = 2


class ContextRefused(Exception):
    """llama.cpp did not make the context; its log says why."""


class Context:
    """A context of several sequences that share `length` places for tokens, and its one batch.

    `rows` answers can be asked about in one batch. `can_roll_back` is False for recurrent and
    hybrid models: their sequences can't be cut off at any place, only go back to a checkpoint.

    On a processor one thread gives the same text however it is batched, more do not. For that,
    without flash attention, where ggml rounds in another way when a batch has one row, and when the
    tokens of others lie between, there is only one answer at a time, and where `one_row_differs`,
    what was not written as one row must not be read as one.
    `can_guess` says that guesses can be checked in one batch and those that were wrong forgotten.

    On a processor flash attention can be left off where a conversation has become long: then
    `flash_attention_until` says how long, and what was read in one way is used in the other. It is
    None where that can't be done without a loss, or would be against the above.
    Raises `ContextRefused`.
    """

    def __init__(
        self,
        model: Any,
        options: LoadOptions,
        interrupt: Interrupt,
        *,
        threads: int,
        on_cpu: bool,
    ) -> None:
        trained = llama.llama_model_n_ctx_train(model)
        self.can_roll_back = not (
            llama.llama_model_is_recurrent(model) or llama.llama_model_is_hybrid(model)
        )
        self.decodes = 0  # since the start: a sign of life
        self._model, self._interrupt = model, interrupt
        self._window = int(llama.llama_model_n_swa(model))
        self.one_row_differs = on_cpu and threads == 1 and options.flash_attention is False
        self.can_guess = options.speculation and self.can_roll_back and not self.one_row_differs
        self.rows = 1 if self.one_row_differs else max(1, options.parallel) + INTERACTIVE_ROWS
        self.sequences = self.rows + 1
        self._aside = self.sequences  # a sequence for places that stay unused
        parameters = llama.llama_context_default_params()
        parameters.n_ctx = (
            min(options.context_length, trained) if trained > 0 else options.context_length
        )
        step = options.batch or (CPU_STEP if on_cpu else BATCH)
        step = max(step, self.sequences + 1)  # a row for each at least
        if on_cpu and threads == 1 and not self.one_row_differs:
            step = min(step, ONE_THREAD_STEP)
        # No batch may leave a rest of one row where that differs.
        parameters.n_batch = min(
            step if self.one_row_differs else max(step, BATCH), parameters.n_ctx
        )
        parameters.n_ubatch = min(step, parameters.n_batch)
        parameters.n_seq_max = self.sequences + 1
        parameters.kv_unified = True
        # llama.cpp wants no less than one for each sequence.
        parameters.n_outputs_max = max(
            parameters.n_seq_max, 1 + CANDIDATES if self.can_guess else 0
        )
        parameters.n_threads = parameters.n_threads_batch = threads
        parameters.type_k = parameters.type_v = _CACHE_TYPES.get(options.cache_type, 1)
        parameters.rope_freq_base = options.rope_base
        parameters.rope_freq_scale = options.rope_scale
        self._parameters = parameters
        self._usual = options.flash_attention, threads
        self.flash_attention = options.flash_attention  # in use; None is llama.cpp's choice
        can_switch = (
            on_cpu
            and threads > 1
            and options.flash_attention is True
            and parameters.type_v == _CACHE_TYPES["f16"]
            and self.can_roll_back
            and not self._window
        )
        self.flash_attention_until = options.flash_attention_until if can_switch else None
        if not self._open():
            raise ContextRefused
        self.length = int(llama.llama_n_ctx(self.pointer))
        self.batch_size = int(llama.llama_n_batch(self.pointer))
        self._make_batch(self.batch_size)

    def _open(self) -> bool:
        self._parameters.flash_attn_type = FLASH_ATTENTION[self.flash_attention]
        self.pointer = llama.llama_init_from_model(self._model, self._parameters)
        if not self.pointer:
            return False
        interrupt = self._interrupt
        llama.llama_set_abort_callback(self.pointer, interrupt.callback, interrupt.callback_data)
        self._memory = llama.llama_get_memory(self.pointer)
        return bool(self._memory)  # an embedding model has none

    def best_for(self, length: int) -> bool | None:
        """Whether flash attention is best for an answer after so many tokens."""
        until = self.flash_attention_until
        return self._usual[0] if until is None else length <= until

    def close(self) -> None:
        """Give llama.cpp's context up. All that `open` does not need is invalid until then."""
        llama.llama_free(self.pointer)
        self.pointer = self._memory = None

    def open(self, *, flash_attention: bool | None) -> None:
        """Make it anew, empty; as it was before where there is no room for anything else.

        Raises `ContextRefused` when there is none for that either.
        """
        before, self.flash_attention = self.flash_attention, flash_attention
        if not self._open():
            self.flash_attention = before
            if not self._open():
                raise ContextRefused

    def set_threads(self, count: int | None) -> None:
        """Compute with so many threads; None for as many as usual."""
        count = count or self._usual[1]
        if count != self._parameters.n_threads:
            self._parameters.n_threads = self._parameters.n_threads_batch = count
            llama.llama_set_n_threads(self.pointer, count, count)

    def _make_batch(self, size: int) -> None:
        self._tokens = (llama.llama_token * size)()
        self._positions = (llama.llama_pos * size)()
        self._sequence_counts = (ctypes.c_int32 * size)(*[1] * size)
        self._sequence_ids = (llama.llama_seq_id * size)()
        pointer = ctypes.POINTER(llama.llama_seq_id)
        step = ctypes.sizeof(llama.llama_seq_id)
        first = ctypes.addressof(self._sequence_ids)
        self._sequence_pointers = (pointer * size)(
            *(ctypes.cast(first + row * step, pointer) for row in range(size))
        )
        self._outputs: Any = (ctypes.c_int8 * size)()
        self._batch = llama.llama_batch(
            0,
            self._tokens,
            None,
            self._positions,
            self._sequence_counts,
            self._sequence_pointers,
            self._outputs,
        )

    @property
    def batch_length(self) -> int:
        """The tokens in the batch."""
        return int(self._batch.n_tokens)

    def clear_batch(self) -> None:
        """Begin a new batch."""
        self._batch.n_tokens = 0

    def add(self, sequence: int, tokens: Sequence[int], position: int, *, output: bool) -> int:
        """Add tokens of one sequence to the batch; the row of the last one.

        With `output` the token after the last one can be sampled at that row. Those that a model
        wrote unseen are read as what they are.
        """
        start: int = self._batch.n_tokens
        count = len(tokens)
        end = start + count
        if count == 1:  # for every token that is written
            token = tokens[0]
            self._tokens[start] = token if token >= 0 else unseen(token)
            self._positions[start] = position
            self._sequence_ids[start] = sequence
            self._outputs[start] = output
            self._batch.n_tokens = end
            return start
        self._tokens[start:end] = [token if token >= 0 else unseen(token) for token in tokens]
        self._positions[start:end] = range(position, position + count)
        self._sequence_ids[start:end] = [sequence] * count
        self._outputs[start:end] = [0] * (count - 1) + [1 if output else 0]
        self._batch.n_tokens = end
        return end - 1

    def decode(self) -> int:
        """Compute the batch: an `Outcome`, or llama.cpp's number of an error."""
        outcome = int(llama.llama_decode(self.pointer, self._batch))
        self.decodes += 1
        return outcome

    # Sequences. Positions count tokens from 0.

    def is_number(self, row: int, token: int) -> bool:
        """Whether the model could say how likely the token after batch row `row` is."""
        return not math.isnan(llama.llama_get_logits_ith(self.pointer, row)[token])

    def end_of(self, sequence: int) -> int:
        """The number of tokens that are read of it."""
        return int(llama.llama_memory_seq_pos_max(self._memory, sequence)) + 1

    def cut(self, sequence: int, position: int) -> bool:
        """Forget what lies at `position` and after it; False when this memory can't do that."""
        return bool(llama.llama_memory_seq_rm(self._memory, sequence, position, -1))

    def floor_of(self, sequence: int) -> int:
        """The length below which a sequence that was put back can't be cut right.

        A state of a model with a sliding window leaves out what has slid out of it.
        """
        first = llama.llama_memory_seq_pos_min(self._memory, sequence)
        return int(first + self._window) if first > 0 and self.can_roll_back else 0

    def put_aside(self, sequence: int, position: int) -> None:
        """Forget what lies at `position` and after it, and leave its places unused for now."""
        if self.can_roll_back:
            llama.llama_memory_seq_cp(self._memory, sequence, self._aside, position, -1)
        llama.llama_memory_seq_rm(self._memory, sequence, position, -1)

    def copy(self, source: int, target: int, length: int) -> None:
        """Let `target`, which is empty, begin with the first `length` tokens of `source`."""
        llama.llama_memory_seq_cp(self._memory, source, target, 0, length)

    def clear(self) -> None:
        """Forget everything."""
        llama.llama_memory_clear(self._memory, True)  # noqa: FBT003

    def state(self, sequence: int, *, partial: bool = False) -> bytearray:
        """What was read of the sequence as bytes; `partial` leaves out what `cut` can handle."""
        flags = _PARTIAL if partial else 0
        size = llama.llama_state_seq_get_size_ext(self.pointer, sequence, flags)
        data = bytearray(size)
        buffer = (ctypes.c_uint8 * size).from_buffer(data)
        written = llama.llama_state_seq_get_data_ext(self.pointer, buffer, size, sequence, flags)
        del buffer
        return data[:written] if written != size else data

    def set_state(
        self, sequence: int, data: bytes | bytearray | memoryview, *, partial: bool = False
    ) -> bool:
        """Put back what `state` gave; False when there is no room or it doesn't fit."""
        if self.flash_attention_until is not None and not partial:
            fitting = turned(data, across=not self.flash_attention)
            if fitting is None:
                return False
            data = fitting
        size = len(data)
        kind = ctypes.c_uint8 * size
        buffer = kind.from_buffer_copy(data) if isinstance(data, bytes) else kind.from_buffer(data)
        flags = _PARTIAL if partial else 0
        read = llama.llama_state_seq_set_data_ext(self.pointer, buffer, size, sequence, flags)
        return int(read) == size
