"""What the model itself thought of the tokens at one place, before any sampling step."""

from __future__ import annotations

from typing import Any

import llama_cpp.llama_cpp as llama

from chatapp.domain.generation import TokenChoice, TokenProbabilities
from chatapp.engine.worker.vocabulary import Vocabulary


def probabilities(
    vocabulary: Vocabulary, context: Any, row: int, token: int, count: int
) -> TokenProbabilities:
    """The `count` likeliest tokens after the one in batch row `row`, and `token`, which was taken.

    Must be called before the next batch is decoded. Equally likely tokens come in order of number.
    """
    import numpy as np  # not needed by most answers, and a tenth of a second to import

    logits = np.ctypeslib.as_array(
        llama.llama_get_logits_ith(context, row), shape=(vocabulary.size,)
    )
    largest = float(logits.max())
    log_total = largest + float(np.log(np.exp(logits - largest).sum(dtype=np.float64)))
    count = min(max(count, 0), vocabulary.size)
    top = np.empty(0, np.intp)
    if count:
        least = np.partition(logits, -count)[-count]
        top = np.flatnonzero(logits >= least)
        top = top[np.argsort(-logits[top], kind="stable")][:count]

    def choice(token: int) -> TokenChoice:
        return TokenChoice(token, vocabulary.piece(token), float(logits[token]) - log_total)

    return TokenProbabilities(choice(token), tuple(map(choice, top.tolist())))
