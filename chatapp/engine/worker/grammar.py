"""Answers of a prescribed form: a grammar says which tokens may come next.

llama.cpp compares a grammar with all tokens of the vocabulary in 10 ms, with one token in
microseconds. So the chain of samplers chooses freely, and only a choice that does not fit is made
again among all that do: the way of llama.cpp's own server (`common_sampler_sample`).
"""

from __future__ import annotations

import ctypes
import math
import time
from typing import TYPE_CHECKING, Any

import llama_cpp.llama_cpp as llama

from chatapp.domain.generation import GenerationParameters
from chatapp.engine import gbnf
from chatapp.engine.worker.token_tree import token_tree
from chatapp.engine.worker.vocabulary import Vocabulary
from chatapp.errors import GenerationFailed, GrammarInvalid

if TYPE_CHECKING:
    from numpy.typing import NDArray

# An ambiguous grammar can double llama.cpp's work with every character.
MAX_SECONDS = 0.5  # of this thread, whatever else the computer does


def grammar_source(parameters: GenerationParameters) -> str:
    """The GBNF that the answer must follow, empty for none. Raises `GrammarInvalid`."""
    if not parameters.json_schema:
        return parameters.grammar
    if parameters.grammar:
        raise GrammarInvalid("a grammar and a JSON Schema were given")

    from chatapp.engine.worker.json_schema import to_gbnf

    return to_gbnf(parameters.json_schema)


class Grammar:
    """A GBNF grammar and where the answer is in it. `close()` frees it. Raises `GrammarInvalid`."""

    def __init__(self, vocabulary: Vocabulary, source: str) -> None:
        self._names_tokens = gbnf.check(source)
        self._sampler = llama.llama_sampler_init_grammar(
            vocabulary.pointer, source.encode(), b"root"
        )
        if not self._sampler:
            raise GrammarInvalid("llama.cpp can't read the grammar")
        self._vocabulary = vocabulary
        self._candidates = _Candidates(vocabulary.size)
        self._one = llama.llama_token_data()
        self._only = llama.llama_token_data_array(ctypes.pointer(self._one), 1, -1, False)  # noqa: FBT003

    def pick(self, chain: Any, context: Any, row: int) -> int:
        """Choose a token with the chain of samplers and go on behind it.

        The chain does not learn of the choice. Raises `GenerationFailed`.
        """
        self._candidates.fill(context, row)
        token = self._candidates.choose(chain)
        begin = time.thread_time()
        if not self._allows(token):
            token = self._pick_allowed(chain, context, row)
            begin = time.thread_time()  # all tokens of a large vocabulary may take long
        llama.llama_sampler_accept(self._sampler, token)
        if time.thread_time() - begin > MAX_SECONDS:
            raise GenerationFailed("the grammar is too ambiguous")
        return token

    def _pick_allowed(self, chain: Any, context: Any, row: int) -> int:
        candidates = self._candidates
        candidates.fill(context, row)
        if self._names_tokens:
            llama.llama_sampler_apply(self._sampler, candidates.reference)
        else:
            candidates.keep(token_tree(self._vocabulary).fitting(self._sampler))
        best = candidates.likeliest()
        token = candidates.choose(chain)
        return token if self._allows(token) else best  # what is allowed, other steps exclude

    def close(self) -> None:
        """Free it."""
        llama.llama_sampler_free(self._sampler)
        self._sampler = None

    def _allows(self, token: int) -> bool:
        if self._is_hidden(token):
            return False
        self._one.id, self._one.logit = token, 1.0
        llama.llama_sampler_apply(self._sampler, ctypes.byref(self._only))
        return bool(self._one.logit > 0)

    def _is_hidden(self, token: int) -> bool:
        """Whether the answer's text would lack what llama.cpp takes the token for.

        A control token's name fits wherever its characters do, for example into a string of JSON.
        """
        return (
            not self._names_tokens
            and not self._vocabulary.piece(token)
            and not self._vocabulary.is_end(token)
        )


class _Candidates:
    """All tokens with their logits, in memory that llama.cpp's samplers work on."""

    def __init__(self, size: int) -> None:
        import numpy as np  # a tenth of a second that answers without a grammar don't need

        self._as_array = np.ctypeslib.as_array
        self._ids = np.arange(size, dtype=np.int32)
        self._tokens: NDArray[Any] = np.zeros(size, np.dtype(llama.llama_token_data))
        self._data = self._tokens.ctypes.data_as(llama.llama_token_data_p)
        self._array = llama.llama_token_data_array()
        self.reference = ctypes.byref(self._array)

    def fill(self, context: Any, row: int) -> None:
        """Take over the model's own logits."""
        logits = llama.llama_get_logits_ith(context, row)
        self._tokens["id"] = self._ids  # the samplers sort
        self._tokens["logit"] = self._as_array(logits, shape=self._ids.shape)
        self._array.data = self._data
        self._array.size = len(self._ids)
        self._array.selected = -1
        self._array.sorted = False

    def choose(self, chain: Any) -> int:
        """The choice of the chain. Afterwards only `fill` makes sense."""
        llama.llama_sampler_apply(chain, self.reference)
        return int(self._array.data[self._array.selected].id)

    def keep(self, fits: NDArray[Any]) -> None:
        """Make all other tokens impossible. They must be in the order of `fill`."""
        self._tokens["logit"][~fits] = -math.inf

    def likeliest(self) -> int:
        """The token with the highest logit. Raises `GenerationFailed` if all are impossible."""
        index = int(self._tokens["logit"].argmax())
        if self._tokens["logit"][index] == -math.inf:
            raise GenerationFailed("no token continues the grammar")
        return int(self._tokens["id"][index])
