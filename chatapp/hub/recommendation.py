"""Which of a repository's files suits this computer, and why.

Four bits are where quality and size balance; below, models noticeably lose, and above they only get
slower. Very small models are the exception: they lose more, and eight bits cost them little.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from chatapp.domain.hub import Variant
from chatapp.hub.fit import Verdict
from chatapp.hub.names import bits

_SMALL = 1_100_000_000  # parameters; what is sold as 1B has some more
_BALANCED = (
    *("Q4_K_M", "UD-Q4_K_XL", "Q4_K_L", "Q4_K_S", "IQ4_NL", "IQ4_XS", "Q4_1", "Q4_0"),
    *("MXFP4", "MXFP4_MOE", "NVFP4", "Q5_K_M", "UD-Q5_K_XL", "Q5_K_S", "Q6_K", "UD-Q6_K_XL"),
    *("Q8_0", "UD-Q8_K_XL"),
)
_PRECISE = ("Q8_0", "UD-Q8_K_XL", "Q6_K", "UD-Q6_K_XL", "Q5_K_M", "UD-Q5_K_XL", "F16", "BF16")
_LEAST_BITS = 4


class Reason(StrEnum):
    """Why a file is the recommended one."""

    ONLY = "only"  # there is no other one
    PREFERRED = "preferred"  # whoever put it into the catalogue says so
    BALANCED = "balanced"  # four bits, or the nearest to it
    SMALL_MODEL = "small_model"  # a small model deserves eight bits
    SMALLER_FITS = "smaller_fits"  # `instead_of` would be better, but only this one fits
    TIGHT = "tight"  # no other one fits better, and this one just does
    LOW_PRECISION = "low_precision"  # nothing of four bits or more fits
    TOO_LARGE = "too_large"  # nothing fits; this one is the smallest


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The file, how it fits, and why it. `instead_of` is what was better but does not fit."""

    variant: Variant
    verdict: Verdict
    reason: Reason
    instead_of: Variant | None = None


def recommend(
    variants: Sequence[Variant],
    fit: Callable[[Variant], Verdict],
    parameters: int,
    preferred: str = "",
) -> Recommendation | None:
    """One of the variants, None if there are none.

    `parameters` is 0 when unknown; `preferred` is a quantisation that comes before all others.
    """
    if not variants:
        return None
    verdicts = {variant: fit(variant) for variant in variants}
    ordered = _by_preference(variants, parameters, preferred)
    best = ordered[0]
    for verdict in (Verdict.FITS, Verdict.TIGHT):
        for variant in ordered:
            if verdicts[variant] is verdict and not _is_low(variant):
                reason = _reason(variant, best, verdict, parameters, preferred, len(variants))
                beaten = best if variant is not best else None
                return Recommendation(variant, verdict, reason, beaten)
    for verdict in (Verdict.FITS, Verdict.TIGHT):
        fitting = [v for v in variants if verdicts[v] is verdict]
        if fitting:
            largest = max(fitting, key=lambda v: v.size)
            only = len(variants) == 1
            reason = Reason.ONLY if only else Reason.LOW_PRECISION
            return Recommendation(largest, verdict, reason, best if largest is not best else None)
    smallest = min(variants, key=lambda v: (v.size or float("inf"), bits(v.quantization)))
    return Recommendation(smallest, Verdict.TOO_LARGE, Reason.TOO_LARGE)


def _is_low(variant: Variant) -> bool:
    """Whether it is known to have less than four bits."""
    return 0 < bits(variant.quantization) < _LEAST_BITS


def _by_preference(variants: Sequence[Variant], parameters: int, preferred: str) -> list[Variant]:
    order = _PRECISE if 0 < parameters <= _SMALL else _BALANCED
    first = (preferred.upper(),) if preferred else ()
    ranks = {kind: rank for rank, kind in enumerate((*first, *order, *_BALANCED)[::-1])}

    def rank(variant: Variant) -> tuple[int, bool, int]:
        known = ranks.get(variant.quantization, -1)
        # Of those that nobody knows: at least four bits, as few as possible of these.
        return (-known, _is_low(variant), bits(variant.quantization))

    return sorted(variants, key=rank)


def _reason(
    variant: Variant,
    best: Variant,
    verdict: Verdict,
    parameters: int,
    preferred: str,
    count: int,
) -> Reason:
    if verdict is Verdict.TIGHT:
        return Reason.TIGHT
    if count == 1:
        return Reason.ONLY
    if variant is not best:
        return Reason.SMALLER_FITS if variant.size < best.size else Reason.BALANCED
    if preferred and variant.quantization == preferred.upper():
        return Reason.PREFERRED
    return Reason.SMALL_MODEL if 0 < parameters <= _SMALL else Reason.BALANCED
