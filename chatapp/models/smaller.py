"""Which of the types that a model could be made smaller to suits this computer."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from chatapp.domain.hub import RepoFile, Variant
from chatapp.domain.quantization import QuantizePlan
from chatapp.hub.fit import Verdict
from chatapp.hub.recommendation import recommend


def recommended(
    plans: Iterable[QuantizePlan], fit: Callable[[int], Verdict], parameters: int
) -> QuantizePlan | None:
    """The plan to begin with, by the rules that choose a file to download; None if there is none.

    `fit` says how a model of so many bytes would do here.
    """
    by_kind = {plan.kind.value: plan for plan in plans if plan.is_smaller}
    variants = [
        Variant(kind, (RepoFile(kind, plan.size),), plan.size) for kind, plan in by_kind.items()
    ]
    best = recommend(variants, lambda variant: fit(variant.size), parameters)
    return None if best is None else by_kind[best.variant.quantization]
