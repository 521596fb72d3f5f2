"""Picking the next token: the chain of llama.cpp's samplers, and the grammar beside it."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Sequence
from typing import Any

import llama_cpp.llama_cpp as llama

from chatapp.domain.generation import GenerationParameters, SamplerStep
from chatapp.engine.worker.grammar import Grammar, grammar_source
from chatapp.engine.worker.vocabulary import Vocabulary

ALL = -1  # a window over everything
# Beyond these, 32-bit floats overflow on the way, and what is not a number sorts in no order.
_LARGE = 1e6
_SMALL = 1e-6
_MIROSTAT_CANDIDATES = 100  # llama.cpp's own choice for version 1
_MAX_BREAKERS = 16  # each costs a walk through the vocabulary: 10 ms for 49,000 tokens
_BREAKER_BYTES = 40  # llama.cpp cuts longer ones, with a warning
_TINY_P = 1e-30


class Sampler:
    """Picks the tokens of one answer. `close()` frees it.

    The steps come in the order of `parameters.samplers`, logit bias before all of them, the choice
    after. A value outside its meaning counts as off; so does an infinite one and one that is not a
    number. A temperature of 0 takes the likeliest token after penalties, DRY and logit bias.

    `seed` must be below 2**32 - 1, which means "random" to llama.cpp. `previous` are the tokens
    before the answer: penalties and DRY look at the last of them too, `context_length` at most.
    Raises `GrammarInvalid`.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        parameters: GenerationParameters,
        seed: int,
        previous: Sequence[int],
        *,
        context_length: int,
    ) -> None:
        source = grammar_source(parameters)
        self._grammar = Grammar(vocabulary, source) if source else None
        self._vocabulary = vocabulary
        self._parameters = parameters
        self._seed = seed
        self._previous = previous
        self._context_length = context_length
        self._chain = llama.llama_sampler_chain_init(llama.llama_sampler_chain_default_params())
        self._add_logit_bias()
        # Otherwise steps that drop the likeliest (XTC, typical) would change what is likeliest.
        is_greedy = parameters.temperature < _SMALL
        wanted = {SamplerStep.PENALTIES, SamplerStep.DRY} if is_greedy else set(SamplerStep)
        for step in dict.fromkeys(parameters.samplers):
            if step in wanted:
                self._add_step(step)
        if is_greedy:
            self._add(llama.llama_sampler_init_greedy())
        else:
            self._add_choice()

    def sample(self, context: Any, row: int) -> int:
        """The token after the one in batch row `row`, which must have logits.

        Raises `GenerationFailed` when the grammar can't go on.
        """
        if self._grammar is None:
            return int(llama.llama_sampler_sample(self._chain, context, row))
        token = self._grammar.pick(self._chain, context, row)
        llama.llama_sampler_accept(self._chain, token)
        return token

    def close(self) -> None:
        """Free the chain and the grammar."""
        llama.llama_sampler_free(self._chain)
        self._chain = None
        if self._grammar is not None:
            self._grammar.close()

    def _add(self, sampler: Any) -> None:
        llama.llama_sampler_chain_add(self._chain, sampler)

    def _add_with_history(self, sampler: Any, window: int) -> None:
        for token in self._previous[-window:]:
            llama.llama_sampler_accept(sampler, token)
        self._add(sampler)

    def _add_step(self, step: SamplerStep) -> None:
        match step:
            case SamplerStep.PENALTIES:
                self._add_penalties()
            case SamplerStep.DRY:
                self._add_dry()
            case SamplerStep.TEMPERATURE:
                self._add_temperature()
            case SamplerStep.XTC:
                self._add_xtc()
            case _:
                self._add_cut(step)

    def _add_logit_bias(self) -> None:
        biases: dict[int, float] = {}
        for token, bias in self._parameters.logit_bias:
            if 0 <= token < self._vocabulary.size and bias < math.inf:
                added = bias if bias == -math.inf else max(bias, -_LARGE)
                biases[token] = min(biases.get(token, 0.0) + added, _LARGE)
        count = ctypes.c_int32()
        suppressed = llama.llama_vocab_get_suppress_tokens(
            self._vocabulary.pointer, ctypes.byref(count)
        )
        biases |= dict.fromkeys(suppressed[: count.value], -math.inf)
        if biases:
            array = (llama.llama_logit_bias * len(biases))(*biases.items())
            self._add(
                llama.llama_sampler_init_logit_bias(self._vocabulary.size, len(biases), array)
            )

    def _add_penalties(self) -> None:
        parameters = self._parameters
        window = self._window(parameters.repeat_last_n)
        repeat = _within(parameters.repeat_penalty, _SMALL, _LARGE, 1.0)
        frequency = _within(parameters.frequency_penalty, -_LARGE, _LARGE, 0.0)
        presence = _within(parameters.presence_penalty, -_LARGE, _LARGE, 0.0)
        if window and (repeat, frequency, presence) != (1.0, 0.0, 0.0):
            size = self._vocabulary.size
            self._add_with_history(
                llama.llama_sampler_init_penalties(size, window, repeat, frequency, presence),
                window,
            )

    def _add_dry(self) -> None:
        parameters = self._parameters
        window = self._window(parameters.dry_last_n)
        multiplier = _within(parameters.dry_multiplier, 0.0, _LARGE, 0.0)
        base = _within(parameters.dry_base, 1.0, _LARGE, 0.0)
        length = parameters.dry_allowed_length
        if not (window and multiplier and base and 0 <= length < window):
            return
        encoded = (_cut(text, _BREAKER_BYTES) for text in parameters.dry_sequence_breakers)
        breakers = [text for text in dict.fromkeys(encoded) if text][:_MAX_BREAKERS]
        array = (ctypes.c_char_p * len(breakers))(*breakers)
        self._add_with_history(
            llama.llama_sampler_init_dry(
                self._vocabulary.pointer, multiplier, base, length, window, array, len(breakers)
            ),
            window,
        )

    def _add_temperature(self) -> None:
        parameters = self._parameters
        temperature = _within(parameters.temperature, _SMALL, _LARGE, 1.0)
        spread = _within(parameters.dynamic_temperature_range, 0.0, _LARGE, 0.0)
        exponent = _within(parameters.dynamic_temperature_exponent, 0.0, _LARGE, 1.0)
        if temperature != 1.0 or spread:
            self._add(llama.llama_sampler_init_temp_ext(temperature, spread, exponent))

    def _add_xtc(self) -> None:
        probability = _within(self._parameters.xtc_probability, 0.0, 1.0, 0.0)
        threshold = _within(self._parameters.xtc_threshold, 0.0, 0.5, 1.0)
        if probability and threshold < 1:
            self._add(llama.llama_sampler_init_xtc(probability, threshold, 1, self._seed))

    def _add_cut(self, step: SamplerStep) -> None:
        parameters = self._parameters
        match step:
            case SamplerStep.TOP_K if 0 < parameters.top_k < self._vocabulary.size:
                self._add(llama.llama_sampler_init_top_k(parameters.top_k))
            case SamplerStep.TOP_P if 0 <= parameters.top_p < 1:
                self._add(llama.llama_sampler_init_top_p(parameters.top_p, 1))
            case SamplerStep.MIN_P if 0 < parameters.min_p <= 1:
                self._add(llama.llama_sampler_init_min_p(parameters.min_p, 1))
            case SamplerStep.TOP_N_SIGMA if 0 < parameters.top_n_sigma <= _LARGE:
                self._add(llama.llama_sampler_init_top_n_sigma(parameters.top_n_sigma))
            case SamplerStep.TYPICAL_P if 0 <= parameters.typical_p < 1:
                # It multiplies 0 by log 0 for what is impossible, and then works as top-p does.
                self._add(llama.llama_sampler_init_min_p(_TINY_P, 1))
                self._add(llama.llama_sampler_init_typical(parameters.typical_p, 1))
            case _:
                pass  # it is off

    def _add_choice(self) -> None:
        parameters, seed = self._parameters, self._seed
        tau = _within(parameters.mirostat_tau, 0.0, _LARGE, -1.0)
        eta = _within(parameters.mirostat_eta, 0.0, _LARGE, -1.0)
        mirostat = parameters.mirostat if tau >= 0 and eta >= 0 else 0
        target = _within(parameters.adaptive_target, 0.0, 1.0, -1.0)
        decay = _within(parameters.adaptive_decay, 0.0, 1.0, -1.0)
        if mirostat == 1:
            size = self._vocabulary.size
            choice = llama.llama_sampler_init_mirostat(size, seed, tau, eta, _MIROSTAT_CANDIDATES)
        elif mirostat == 2:
            choice = llama.llama_sampler_init_mirostat_v2(seed, tau, eta)
        elif target >= 0 and decay >= 0:
            choice = llama.llama_sampler_init_adaptive_p(target, decay, seed)
        else:
            choice = llama.llama_sampler_init_dist(seed)
        self._add(choice)

    def _window(self, tokens: int) -> int:
        """How many of the last tokens a step looks at."""
        if tokens == ALL:
            return self._context_length
        return min(max(tokens, 0), self._context_length)


def _within(value: float, low: float, high: float, off: float) -> float:
    return value if low <= value <= high else off


def _cut(text: str, size: int) -> bytes:
    """The text in UTF-8, up to a zero, whole characters only."""
    data = text.partition("\0")[0].encode(errors="replace")
    return data[:size].decode(errors="ignore").encode()
