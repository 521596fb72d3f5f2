"""The same text can be spelled with different tokens: a model rarely writes the usual ones.

What was read stays usable only if the next prompt spells it in the same way.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Sequence


def unseen(token: int) -> int:
    """How a control token is noted that a model wrote: a negative number. And back again.

    The text of an answer has nothing of it, nor has a prompt that goes on from that text, unless it
    is one that the template writes too. A control token of a prompt is noted as it is and stands
    for itself alone.
    """
    return ~token


def common_length(first: Sequence[int], second: Sequence[int]) -> int:
    """The number of tokens that both begin with."""
    shorter = min(len(first), len(second))
    if first[:shorter] == second[:shorter]:
        return shorter
    low, high = 0, shorter  # the first `low` are equal, the first `high` are not
    while high - low > 1:
        middle = (low + high) // 2
        if first[low:middle] == second[low:middle]:
            low = middle
        else:
            high = middle
    return low


def respell(
    kept: list[int], wanted: list[int], spelling: Callable[[int], bytes | None]
) -> tuple[list[int], int]:
    """`wanted` with the tokens of `kept` as far as they spell the same text, and how many it took.

    The border lies where a token ends in both, so the rest stays as llama.cpp makes it. `spelling`
    is None for a control token, which stands for itself, and empty for what a model wrote unseen:
    that is left out, or is one of `wanted` and then noted as such.
    """
    kept = list(kept)
    start = common_length(kept, wanted)
    kept_end, wanted_end = start, start
    kept_at, wanted_at = start, start
    # What is no character in the bytes that a model wrote came back as U+FFFD with the prompt.
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    decoder.decode(b"".join(spelling(token) or b"" for token in kept[max(0, start - 3) : start]))
    left, right = b"", decoder.getstate()[0]  # the first half of a character, in both
    while True:
        if not left:
            if kept_at == len(kept):
                break
            token = kept[kept_at]
            piece = spelling(token)
            kept_at += 1
            if piece:
                left = decoder.decode(piece).encode()
            elif (
                not right
                and not decoder.getstate()[0]
                and wanted[wanted_at : wanted_at + 1] == [max(token, unseen(token))]
            ):
                kept[kept_at - 1] = wanted[wanted_at]
                wanted_at += 1
            elif piece is None:
                break
        if left and not right:
            piece = spelling(wanted[wanted_at]) if wanted_at < len(wanted) else None
            if piece is None:
                break
            right = piece
            wanted_at += 1
        shared = min(len(left), len(right))
        if left[:shared] != right[:shared]:
            break
        left, right = left[shared:], right[shared:]
        # What was written unseen at the end is not wanted: another answer may begin there.
        if not left and not right and not decoder.getstate()[0] and wanted_at > wanted_end:
            kept_end, wanted_end = kept_at, wanted_at
    return kept[:kept_end] + wanted[wanted_end:], kept_end
