"""Asking a grammar about all tokens, without asking about most of them.

A token can't fit where a token that it begins with doesn't fit. Between the parts of a JSON value
that leaves a few hundred of the vocabulary to be compared by llama.cpp, a fiftieth of the work.
"""

from __future__ import annotations

import ctypes
import functools
from typing import TYPE_CHECKING, Any

import llama_cpp.llama_cpp as llama

from chatapp.engine.worker.vocabulary import Vocabulary

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LEVELS = 3  # more of them cost more calls than they save


@functools.lru_cache(maxsize=1)  # a process has one vocabulary, and this takes a while
def token_tree(vocabulary: Vocabulary) -> TokenTree:
    """The vocabulary's tree."""
    return TokenTree(vocabulary)


class TokenTree:
    """The tokens by what they begin with. Tokens without text are in it only if they end answers.

    It knows nothing of grammars that name tokens.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        import numpy as np

        self._size = vocabulary.size
        levels: list[list[tuple[int, int]]] = [[] for _ in range(_LEVELS)]
        pieces: dict[int, bytes] = {}
        for token in range(vocabulary.size):
            if vocabulary.is_end(token):  # it fits by another rule than that of its text
                levels[0].append((token, token))
            elif piece := vocabulary.piece(token):
                pieces[token] = piece
        path: list[tuple[bytes, int]] = []  # what the present text begins with, shortest first
        for token in sorted(pieces, key=pieces.__getitem__):
            piece = pieces[token]
            while path and not piece.startswith(path[-1][0]):
                path.pop()
            level = min(len(path), _LEVELS - 1)
            levels[level].append((token, path[level - 1][1] if level else token))
            # A grammar that excludes a character may refuse its first bytes alone.
            if piece.isascii() or _is_whole(piece):
                path.append((piece, token))
        self._levels = [np.array(level, np.int32).reshape(-1, 2).T for level in levels]

    def fitting(self, grammar: Any) -> NDArray[np.bool_]:
        """For every token whether llama.cpp's grammar sampler lets it come next."""
        import numpy as np

        fits = np.zeros(self._size, np.bool_)
        for number, (tokens, beginnings) in enumerate(self._levels):
            asked = tokens[fits[beginnings]] if number else tokens
            candidates = np.zeros(len(asked), np.dtype(llama.llama_token_data))
            candidates["id"] = asked
            data = candidates.ctypes.data_as(llama.llama_token_data_p)
            array = llama.llama_token_data_array(data, len(asked), -1, False)  # noqa: FBT003
            llama.llama_sampler_apply(grammar, ctypes.byref(array))
            fits[asked] = candidates["logit"] == 0
        return fits


def _is_whole(piece: bytes) -> bool:
    try:
        piece.decode()
    except UnicodeDecodeError:
        return False
    return True
