"""What the context has read: the tokens of one sequence, and how more are added."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

import llama_cpp.llama_cpp as llama

from chatapp.domain.generation import FinishReason
from chatapp.engine.worker.model import BATCH, Model
from chatapp.errors import GenerationFailed

_SEQUENCE = 0
_OK, _NO_SLOT, _ABORTED = 0, 1, 2


class TokenSequence:
    """The tokens in the model's context, in step with what llama.cpp holds."""

    def __init__(self, model: Model) -> None:
        self._context = model.context
        self._memory = model.memory
        self._tokens: list[int] = []
        self._batch = llama.llama_batch_init(BATCH, 0, 1)
        self._batch_tokens = _array(self._batch.token, llama.llama_token)
        self._batch_positions = _array(self._batch.pos, llama.llama_pos)
        for row in range(BATCH):
            self._batch.n_seq_id[row] = 1
            self._batch.seq_id[row][0] = _SEQUENCE
            self._batch.logits[row] = 0

    def __len__(self) -> int:
        return len(self._tokens)

    def keep_common(self, prompt: Sequence[int]) -> int:
        """Forget what `prompt` does not begin with; the number of its tokens that are left.

        At least the last token of the prompt is not among them: it must be decoded to be answered.
        """
        common = 0
        for read, wanted in zip(self._tokens, prompt[:-1], strict=False):
            if read != wanted:
                break
            common += 1
        if common < len(self._tokens):
            # False: this kind of memory (recurrent, hybrid) can't go back.
            if not llama.llama_memory_seq_rm(self._memory, _SEQUENCE, common, -1):
                common = 0
                self.clear()
            del self._tokens[common:]
        return common

    def clear(self) -> None:
        """Forget everything."""
        llama.llama_memory_clear(self._memory, True)  # noqa: FBT003
        self._tokens.clear()

    def decode(self, tokens: Sequence[int]) -> FinishReason | None:
        """Read at most `BATCH` tokens; the next one can be sampled then.

        Returns why that did not work: the context is full, or it was stopped. What was read until
        then is kept. Raises `GenerationFailed`.
        """
        count = len(tokens)
        start = len(self._tokens)
        batch = self._batch
        batch.n_tokens = count
        self._batch_tokens[:count] = tokens
        self._batch_positions[:count] = range(start, start + count)
        batch.logits[count - 1] = 1
        code = llama.llama_decode(self._context, batch)
        batch.logits[count - 1] = 0
        if code == _OK:
            self._tokens.extend(tokens)
            return None
        if code == _NO_SLOT:
            return FinishReason.CONTEXT
        if code == _ABORTED:
            self._tokens.extend(tokens)
            last = llama.llama_memory_seq_pos_max(self._memory, _SEQUENCE)
            del self._tokens[last + 1 :]
            return FinishReason.STOPPED
        self.clear()
        raise GenerationFailed(f"llama_decode: {code}")


def _array(pointer: Any, kind: Any) -> Any:
    """The batch's memory as an array, which takes slices."""
    return (kind * BATCH).from_address(ctypes.addressof(pointer.contents))
