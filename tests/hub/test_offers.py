"""Which file of a repository is offered, how it fits, and what would change that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chatapp.domain.download import DownloadItem, DownloadState, Order
from chatapp.domain.header import ModelHeader
from chatapp.domain.hub import Gate, RepoFile, RepoInfo
from chatapp.domain.model import ModelFile
from chatapp.errors import RepoGated, RepoMissing
from chatapp.hub.catalog import Ability, CatalogEntry
from chatapp.hub.fit import FitOptions, Verdict, judge
from chatapp.hub.gguf_header import parse_header
from chatapp.hub.names import variants
from chatapp.hub.offers import (
    Facts,
    Stage,
    fit_all,
    joined_with,
    may_fit,
    most_parameters,
    offer_of,
    order_for,
    outlook,
    readable_name,
    spare_of,
)
from chatapp.hub.recommendation import Reason
from tests.hub.discovering import GB, MACHINE, MACHINE_WITH_GPU, PRECISIONS, head

OPTIONS = FitOptions(context_length=8192)
ENTRY = CatalogEntry(
    "org/Small-GGUF", "Small", "Q5_K_M", 4 * GB, (Ability.CHAT,), ("en",), (("en", "Small."),)
)


def header(parameters: int = 4 * GB) -> ModelHeader:
    found = parse_header(head(parameters), full=False)
    assert isinstance(found, ModelHeader)
    return found


def facts(parameters: int = 4 * GB, *, with_header: bool = True, **info: object) -> Facts:
    listed = tuple(
        RepoFile(f"Small-{kind}.gguf", round(parameters * each), f"{number:064x}")
        for number, (kind, each) in enumerate(PRECISIONS.items())
    )
    repo = RepoInfo("org/Small-GGUF", commit="c" * 40, files=listed, **info)  # type: ignore[arg-type]
    return Facts(repo, tuple(variants(listed)), header(parameters) if with_header else None)


def test_the_recommended_file_comes_with_its_verdict_and_reason() -> None:
    offer = offer_of(facts(), None, OPTIONS, MACHINE, 0)
    assert offer.stage is Stage.KNOWN
    assert offer.choice is not None
    assert offer.choice.variant.quantization == "Q4_K_M"
    assert offer.verdict is Verdict.FITS
    assert offer.recommendation is not None
    assert offer.recommendation.reason is Reason.BALANCED
    assert offer.title == "Small"
    assert [one.variant.quantization for one in offer.variants] == list(PRECISIONS)


def test_the_catalogue_names_and_prefers() -> None:
    offer = offer_of(facts(), replace(ENTRY, name="Small 4B"), OPTIONS, MACHINE, 0)
    assert offer.title == "Small 4B"
    assert offer.choice is not None
    assert offer.choice.variant.quantization == "Q5_K_M"


def test_a_model_that_is_too_large_is_offered_with_its_smallest_file() -> None:
    offer = offer_of(facts(70 * GB), None, OPTIONS, MACHINE, 0)
    assert offer.verdict is Verdict.TOO_LARGE
    assert offer.choice is not None
    assert offer.choice.variant.quantization == "Q2_K"
    assert offer.choice.fit is not None
    assert spare_of(offer.choice.fit) < 0


def test_what_unloading_gives_back_counts() -> None:
    known = facts(14 * GB)
    before = {one.variant.quantization: one.verdict for one in fit_all(known, OPTIONS, MACHINE, 0)}
    after = {
        one.variant.quantization: one.verdict for one in fit_all(known, OPTIONS, MACHINE, 5 * GB)
    }
    assert before["Q4_K_M"] is Verdict.TOO_LARGE
    assert after["Q4_K_M"] is Verdict.FITS


def test_without_a_header_the_size_alone_is_judged() -> None:
    known = replace(facts(with_header=False, gate=Gate.MANUAL), error=RepoGated("org/Small-GGUF"))
    offer = offer_of(known, None, OPTIONS, MACHINE, 0)
    assert offer.needs_permission
    assert offer.stage is Stage.KNOWN
    assert offer.verdict is Verdict.FITS
    assert offer.choice is not None
    assert offer.choice.fit is None


def test_a_gate_that_is_open_for_us_is_none() -> None:
    assert not offer_of(facts(gate=Gate.AUTOMATIC), None, OPTIONS, MACHINE, 0).needs_permission


def test_a_repository_without_files_has_no_choice() -> None:
    empty = Facts(RepoInfo("org/empty"))
    offer = offer_of(empty, None, OPTIONS, MACHINE, 0)
    assert (offer.stage, offer.choice, offer.verdict) == (Stage.KNOWN, None, None)
    lost = Facts(RepoInfo("org/gone"), error=RepoMissing("org/gone"))
    assert offer_of(lost, None, OPTIONS, MACHINE, 0).stage is Stage.FAILED


def test_what_is_here_or_on_its_way_is_marked() -> None:
    offer = offer_of(facts(), None, OPTIONS, MACHINE, 0)
    here = ModelFile(
        "/m/a.gguf", "Small", "Q8_0", repo="org/Small-GGUF", repo_file="Small-Q8_0.gguf"
    )
    by_hash = ModelFile("/m/b.gguf", "Small", sha256=f"{list(PRECISIONS).index('Q6_K'):064x}")
    order = Order("org/Small-GGUF", (RepoFile("Small-Q4_K_M.gguf", 10),))
    item = DownloadItem("1", order, DownloadState.RUNNING, (), (), "", 4, 10)
    done = replace(
        item,
        order=Order("org/Small-GGUF", (RepoFile("Small-Q2_K.gguf"),)),
        state=DownloadState.DONE,
    )
    joined = joined_with(offer, [here, by_hash], [item, done])
    models = {one.variant.quantization: one.model for one in joined.variants if one.model}
    assert models == {"Q8_0": here, "Q6_K": by_hash}
    assert joined.download is item
    assert [one.variant.quantization for one in joined.variants if one.download] == ["Q4_K_M"]
    incomplete = replace(here, missing_shards=1)
    assert joined_with(offer, [incomplete], []).model is None
    assert joined_with(offer, [], []) is offer


def test_an_order_has_every_shard_and_the_projector() -> None:
    listed = (
        RepoFile("m-Q4_K_M-00001-of-00002.gguf", 3 * GB, "1" * 64),
        RepoFile("m-Q4_K_M-00002-of-00002.gguf", 2 * GB, "2" * 64),
        RepoFile("mmproj-m-f16.gguf", GB, "3" * 64),
    )
    known = Facts(
        RepoInfo("org/m", commit="d" * 40, files=listed), tuple(variants(listed)), header()
    )
    offer = offer_of(known, None, OPTIONS, MACHINE, 0)
    assert offer.choice is not None
    order = order_for(offer, offer.choice)
    assert order.files == listed
    assert order.revision == "d" * 40
    assert offer.choice.size == 6 * GB
    # What is not loaded takes no memory.
    assert offer.choice.fit is not None
    assert offer.choice.fit.need.weights == 5 * GB


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Qwen3-4B-Instruct-2507-GGUF", "Qwen3 4B Instruct 2507"),
        ("Mistral-7B-v0.3-i1-GGUF", "Mistral 7B v0.3"),
        ("phi_4_mini.gguf", "phi 4 mini"),
        ("GGUF", "GGUF"),
        ("-gguf", "-gguf"),
    ],
)
def test_names_are_made_readable(name: str, expected: str) -> None:
    assert readable_name(name) == expected


def test_abilities_come_from_tags_where_there_is_no_catalogue() -> None:
    known = facts(tags=("conversational", "code", "gguf"), task="image-text-to-text")
    offer = offer_of(known, None, OPTIONS, MACHINE, 0)
    assert offer.abilities == (Ability.CHAT, Ability.CODE, Ability.VISION)
    embedding = facts(tags=("feature-extraction",), has_chat_template=True)
    assert offer_of(embedding, None, OPTIONS, MACHINE, 0).abilities == (Ability.EMBEDDING,)


def test_a_longer_context_makes_it_tight_and_then_too_large() -> None:
    known, size = header(), 5_300_000_000
    view = outlook(known, size, OPTIONS, MACHINE, 0)
    assert OPTIONS.context_length < view.tight_from < view.too_large_from
    for context, verdict in (
        (view.tight_from, Verdict.TIGHT),
        (view.too_large_from, Verdict.TOO_LARGE),
    ):
        assert fit_verdict(known, size, replace(OPTIONS, context_length=context)) is verdict
    assert not view.fits_at
    assert not view.cache_type


def test_a_shorter_context_or_smaller_keys_make_room() -> None:
    known, size = header(), 7 * GB
    long = replace(OPTIONS, context_length=40_960)
    assert fit_verdict(known, size, long) is Verdict.TOO_LARGE
    view = outlook(known, size, long, MACHINE, 0)
    assert 0 < view.fits_at < 40_960
    assert (
        fit_verdict(known, size, replace(long, context_length=view.fits_at))
        is not Verdict.TOO_LARGE
    )
    assert view.cache_type
    assert (
        fit_verdict(known, size, replace(long, cache_type=view.cache_type)) is not Verdict.TOO_LARGE
    )


def test_layers_that_leave_the_gpu_are_foreseen() -> None:
    known, size = header(), 4 * GB
    view = outlook(known, size, OPTIONS, MACHINE_WITH_GPU, 0)
    assert view.moves_from > OPTIONS.context_length
    assert 0 < view.moved <= known.layers


def test_a_model_is_never_given_more_context_than_it_was_trained_for() -> None:
    view = outlook(header(), GB, replace(OPTIONS, context_length=10**6), MACHINE, 0)
    assert view == outlook(header(), GB, replace(OPTIONS, context_length=40_960), MACHINE, 0)


def test_a_rough_guess_agrees_with_the_verdict() -> None:
    assert may_fit(0, MACHINE, 0)
    most = most_parameters(MACHINE, 0)
    assert may_fit(most - 10, MACHINE, 0)
    assert not may_fit(2 * most, MACHINE, 0)
    offer = offer_of(
        facts(round(most * 0.9)), None, replace(OPTIONS, context_length=2048), MACHINE, 0
    )
    assert offer.verdict is Verdict.FITS


def fit_verdict(known: ModelHeader, size: int, options: FitOptions) -> Verdict:
    return judge(known, size, options, MACHINE, 0).verdict
