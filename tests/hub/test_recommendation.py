from __future__ import annotations

import pytest

from chatapp.domain.hub import RepoFile, Variant
from chatapp.hub.fit import Verdict
from chatapp.hub.names import variants
from chatapp.hub.recommendation import Reason, recommend

# About what an 8B model has, in GB.
SIZES = {
    "IQ2_M": 2.9,
    "Q2_K": 3.2,
    "Q3_K_M": 4.0,
    "IQ4_XS": 4.5,
    "Q4_0": 4.7,
    "Q4_K_M": 4.9,
    "UD-Q4_K_XL": 5.0,
    "Q5_K_M": 5.7,
    "Q6_K": 6.6,
    "Q8_0": 8.5,
    "BF16": 16.1,
}


def repo(*kinds: str) -> list[Variant]:
    return variants([RepoFile(f"m-{kind}.gguf", int(SIZES[kind] * 1e9)) for kind in kinds])


def chosen(
    memory: float, *kinds: str, parameters: float = 8e9, preferred: str = ""
) -> tuple[str, Verdict, Reason, str | None]:
    """For so many GB, of which nine tenths are comfortable."""

    def fit(variant: Variant) -> Verdict:
        if variant.size <= memory * 0.9e9:
            return Verdict.FITS
        return Verdict.TIGHT if variant.size <= memory * 1e9 else Verdict.TOO_LARGE

    found = recommend(repo(*(kinds or SIZES)), fit, int(parameters), preferred)
    assert found is not None
    instead = found.instead_of.quantization if found.instead_of is not None else None
    return found.variant.quantization, found.verdict, found.reason, instead


def test_four_bits_even_if_there_is_room_for_more() -> None:
    assert chosen(100) == ("Q4_K_M", Verdict.FITS, Reason.BALANCED, None)
    assert chosen(100, "Q5_K_M", "Q8_0", "BF16")[0] == "Q5_K_M"
    assert chosen(100, "UD-Q4_K_XL", "Q4_0", "Q8_0")[0] == "UD-Q4_K_XL"


@pytest.mark.parametrize(
    ("memory", "expected"),
    [
        (5.1, ("IQ4_XS", Verdict.FITS, Reason.SMALLER_FITS, "Q4_K_M")),
        (4.9, ("Q4_K_M", Verdict.TIGHT, Reason.TIGHT, None)),
        (4.7, ("IQ4_XS", Verdict.TIGHT, Reason.TIGHT, "Q4_K_M")),
        (4.45, ("Q3_K_M", Verdict.FITS, Reason.LOW_PRECISION, "Q4_K_M")),
        (3.3, ("IQ2_M", Verdict.FITS, Reason.LOW_PRECISION, "Q4_K_M")),
        (1.0, ("IQ2_M", Verdict.TOO_LARGE, Reason.TOO_LARGE, None)),
    ],
)
def test_less_only_where_it_must_be(
    memory: float, expected: tuple[str, Verdict, Reason, str | None]
) -> None:
    assert chosen(memory) == expected


def test_small_models_get_eight_bits() -> None:
    assert chosen(100, parameters=6e8) == ("Q8_0", Verdict.FITS, Reason.SMALL_MODEL, None)
    assert chosen(100, "Q4_K_M", "BF16", parameters=6e8)[0] == "BF16"
    assert chosen(100, parameters=0)[0] == "Q4_K_M", "nobody knows how large it is"
    assert chosen(7.5, parameters=6e8)[:3] == ("Q6_K", Verdict.FITS, Reason.SMALLER_FITS)


def test_the_catalogue_has_its_say() -> None:
    assert chosen(100, preferred="q8_0") == ("Q8_0", Verdict.FITS, Reason.PREFERRED, None)
    assert chosen(5.5, preferred="Q8_0") == ("Q4_K_M", Verdict.FITS, Reason.SMALLER_FITS, "Q8_0")
    assert chosen(100, "Q4_K_M", preferred="MXFP4")[0] == "Q4_K_M"


def test_a_repository_with_one_file() -> None:
    assert chosen(100, "BF16") == ("BF16", Verdict.FITS, Reason.ONLY, None)
    assert chosen(100, "Q2_K") == ("Q2_K", Verdict.FITS, Reason.ONLY, None)
    assert chosen(1, "Q2_K") == ("Q2_K", Verdict.TOO_LARGE, Reason.TOO_LARGE, None)
    assert recommend([], lambda _: Verdict.FITS, 0) is None


def test_files_whose_precision_nobody_knows() -> None:
    plain = variants([RepoFile("model.gguf", 5), RepoFile("model-small.gguf", 3)])
    found = recommend(plain, lambda _: Verdict.FITS, 8_000_000_000)
    assert found is not None
    assert found.reason is Reason.BALANCED
