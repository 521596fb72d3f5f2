"""The chain of llama.cpp samplers that picks the next token."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import llama_cpp.llama_cpp as llama

from chatapp.domain.generation import GenerationParameters

PENALTY_WINDOW = 64  # tokens


class Sampler:
    """Picks tokens in C. `close()` frees it.

    `seed` must be below 2**32 - 1, which means "random" to llama.cpp. `previous` are the tokens
    before the answer: the repeat penalty looks at the last of them too.
    """

    def __init__(
        self, vocab: Any, parameters: GenerationParameters, seed: int, previous: Sequence[int]
    ) -> None:
        self._chain = llama.llama_sampler_chain_init(llama.llama_sampler_chain_default_params())
        if parameters.repeat_penalty != 1.0:
            size = llama.llama_vocab_n_tokens(vocab)
            self._add(
                llama.llama_sampler_init_penalties(
                    size, PENALTY_WINDOW, parameters.repeat_penalty, 0.0, 0.0
                )
            )
        if parameters.temperature <= 0:
            self._add(llama.llama_sampler_init_greedy())
        else:
            if parameters.top_k > 0:
                self._add(llama.llama_sampler_init_top_k(parameters.top_k))
            if parameters.top_p < 1:
                self._add(llama.llama_sampler_init_top_p(parameters.top_p, 1))
            if parameters.min_p > 0:
                self._add(llama.llama_sampler_init_min_p(parameters.min_p, 1))
            self._add(llama.llama_sampler_init_temp(parameters.temperature))
            self._add(llama.llama_sampler_init_dist(seed))
        for token in previous[-PENALTY_WINDOW:]:
            llama.llama_sampler_accept(self._chain, token)

    def _add(self, sampler: Any) -> None:
        llama.llama_sampler_chain_add(self._chain, sampler)

    def sample(self, context: Any) -> int:
        """The next token after the last decoded one."""
        return int(llama.llama_sampler_sample(self._chain, context, -1))

    def close(self) -> None:
        """Free the chain and its samplers."""
        llama.llama_sampler_free(self._chain)
