"""A small model that guesses what a large one with the same vocabulary will write."""

from __future__ import annotations

import os
from typing import Any

import llama_cpp.llama_cpp as llama

from chatapp.engine.files import check_model_file
from chatapp.engine.messages import LoadOptions
from chatapp.engine.worker.context import FLASH_ATTENTION, Outcome
from chatapp.engine.worker.failures import classify
from chatapp.engine.worker.interrupt import Interrupt
from chatapp.engine.worker.library import Library
from chatapp.engine.worker.model import Model
from chatapp.engine.worker.respelling import common_length, unseen
from chatapp.engine.worker.speculation import LEAST_PROBABILITY
from chatapp.errors import DraftModelUnfit

_BATCH = 128  # tokens of a prompt that are read in one step, so that the large model goes on
_ALL_LAYERS = 10_000
_COMPARED = 1000  # tokens of both vocabularies
_PADDING = 128  # tokens: models of one family may differ by so many that are never written
_CONFIDENCE = 0.8  # as long as nothing is known
_RECENT = 0.1  # what one guess counts among those before it


class Draft:
    """The draft model with its own context, which keeps what it has read of the last answer.

    Raises the `ChatappError` that says why it can't be used.
    """

    def __init__(
        self, model: Model, options: LoadOptions, library: Library, interrupt: Interrupt
    ) -> None:
        import numpy as np

        self._np = np
        path = options.draft_model
        check_model_file(path)
        library.recent_errors.clear()
        if library.lacks_vocabulary(path):
            raise DraftModelUnfit(path)
        parameters = llama.llama_model_default_params()
        parameters.n_gpu_layers = _ALL_LAYERS if model.facts.gpu_layers else 0
        weights = llama.llama_model_load_from_file(os.fsencode(path), parameters)
        if not weights:
            raise classify(path, library.recent_errors)
        if not _fits(weights, model):
            llama.llama_model_free(weights)
            raise DraftModelUnfit(path)
        self._context = _make_context(weights, model, options)
        if not self._context:
            raise classify(path, library.recent_errors)
        llama.llama_set_abort_callback(self._context, interrupt.callback, interrupt.callback_data)
        self._memory = llama.llama_get_memory(self._context)
        if not self._memory:  # an embedding model
            llama.llama_free(self._context)
            llama.llama_model_free(weights)
            raise DraftModelUnfit(path)
        self._length = int(llama.llama_n_ctx(self._context))
        self._vocabulary = model.vocabulary
        own = llama.llama_vocab_n_tokens(llama.llama_model_get_vocab(weights))
        self._size = min(own, model.vocabulary.size)
        self._read: list[int] = []
        self._confidence = _CONFIDENCE

    def confidence(self, tokens: list[int]) -> float:
        """How often it was right lately; 0 while it still reads what came before."""
        if len(tokens) >= self._length:
            return 0.0
        last = len(tokens) - 1
        self._go_back(min(common_length(self._read, tokens), last))
        part = tokens[len(self._read) : last][:_BATCH]
        if part and not self._decode(part):
            return 0.0
        return self._confidence if len(self._read) == last else 0.0

    def guess(self, tokens: list[int], count: int) -> list[int]:
        """See `Guesser`."""
        guessed: list[int] = []
        latest = tokens[-1]
        while len(guessed) < count and len(self._read) < self._length and self._decode([latest]):
            latest, probability = self._likeliest()
            if probability < LEAST_PROBABILITY or self._vocabulary.is_end(latest):
                break
            guessed.append(latest)
        return guessed

    def learn(self, guessed: int, right: int) -> None:
        """Those after the first wrong one tell nothing."""
        for index in range(min(right + 1, guessed)):
            self._confidence += _RECENT * ((index < right) - self._confidence)

    def _go_back(self, length: int) -> None:
        if length < len(self._read):
            llama.llama_memory_seq_rm(self._memory, 0, length, -1)
            del self._read[length:]

    def _decode(self, tokens: list[int]) -> bool:
        """Read tokens; False when it was interrupted, or can't go on."""
        count = len(tokens)
        array = (llama.llama_token * count)(*(t if t >= 0 else unseen(t) for t in tokens))
        outcome = llama.llama_decode(self._context, llama.llama_batch_get_one(array, count))
        self._read += tokens
        if outcome != Outcome.DONE:
            self._go_back(int(llama.llama_memory_seq_pos_max(self._memory, 0)) + 1)
        return bool(outcome == Outcome.DONE)

    def _likeliest(self) -> tuple[int, float]:
        """The token that it thinks comes next, and with what probability."""
        np = self._np
        logits = np.ctypeslib.as_array(
            llama.llama_get_logits_ith(self._context, -1), shape=(self._size,)
        )
        token = int(logits.argmax())
        return token, 1.0 / float(np.exp(logits - logits[token]).sum())


def _make_context(weights: Any, model: Model, options: LoadOptions) -> Any:
    parameters = llama.llama_context_default_params()
    trained = llama.llama_model_n_ctx_train(weights)
    length = model.context.length
    parameters.n_ctx = min(length, trained) if trained > 0 else length
    parameters.n_batch = parameters.n_ubatch = min(_BATCH, parameters.n_ctx)
    parameters.n_seq_max = parameters.n_outputs_max = 1
    parameters.n_threads = parameters.n_threads_batch = model.facts.threads
    parameters.flash_attn_type = FLASH_ATTENTION[options.flash_attention]
    return llama.llama_init_from_model(weights, parameters)


def _fits(weights: Any, model: Model) -> bool:
    """Whether it writes the same tokens, and can forget those that were wrong."""
    own, other = llama.llama_model_get_vocab(weights), model.vocabulary.pointer
    sizes = llama.llama_vocab_n_tokens(own), model.vocabulary.size
    size = min(sizes)
    return (
        llama.llama_vocab_type(own) == llama.llama_vocab_type(other)
        and max(sizes) - size <= _PADDING
        and all(
            llama.llama_vocab_get_text(own, token) == llama.llama_vocab_get_text(other, token)
            for token in range(0, size, 1 + size // _COMPARED)
        )
        and llama.llama_model_has_decoder(weights)
        and not llama.llama_model_has_encoder(weights)
        and not llama.llama_model_is_diffusion(weights)
        and not llama.llama_model_is_recurrent(weights)
        and not llama.llama_model_is_hybrid(weights)
    )
