"""Finding models: the catalogue, searches, and looking things up, against a real local Hub."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from chatapp.domain.download import DownloadItem, DownloadState, Order
from chatapp.domain.hub import RepoFile, SearchKind, SearchSort
from chatapp.domain.model import ModelFile
from chatapp.errors import (
    HubTimeout,
    HubUnreachable,
    Offline,
    RepoMissing,
)
from chatapp.hub.catalog import Ability, CatalogEntry
from chatapp.hub.discovery import Discovery, Query, Source
from chatapp.hub.fit import FitOptions, Verdict
from chatapp.hub.offers import Offer, Stage
from chatapp.jobs import Jobs
from tests.hub.discovering import GB, Finding
from tests.local_hub import Fault

TIMEOUT = 20.0  # seconds; only ever waited for by a test that fails


def entry(repo: str, name: str, *abilities: Ability, billions: float = 4) -> CatalogEntry:
    chosen = abilities or (Ability.CHAT,)
    texts = (("en", "About it."),)
    return CatalogEntry(repo, name, "Q4_K_M", round(billions * GB), chosen, ("en",), texts)


ENTRIES = (
    entry("org/Alpha-GGUF", "Alpha"),
    entry("org/Beta-GGUF", "Beta", Ability.CHAT, Ability.CODE),
    entry("org/Giant-GGUF", "Giant", billions=70),
)


class Loop:
    """The main thread of a program without a window."""

    def __init__(self) -> None:
        self._posted: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()

    def post(self, function: Callable[[], None]) -> None:
        self._posted.put(function)

    def run_until(self, condition: Callable[[], object]) -> None:
        while not condition():
            self._posted.get(timeout=TIMEOUT)()


@pytest.fixture
def loop() -> Loop:
    return Loop()


@pytest.fixture
def finding(loop: Loop) -> Iterator[Finding]:
    jobs = Jobs(loop.post)
    with Finding(jobs, ENTRIES) as finding:
        finding.add("org/Alpha-GGUF", 4, downloads=50, card="# Alpha")
        finding.add("org/Beta-GGUF", 8, downloads=40)
        finding.add("org/Giant-GGUF", 70, downloads=30)
        finding.add("else/Alphabet-4B-GGUF", 4, downloads=90)
        yield finding
        finding.discovery.close()
        jobs.close()


def shown(discovery: Discovery) -> list[str]:
    return [offer.title for offer in discovery.listing.offers]


def search(loop: Loop, discovery: Discovery, query: Query) -> list[str]:
    discovery.set_query(query)
    loop.run_until(lambda: not discovery.listing.is_searching)
    return shown(discovery)


def test_the_catalogue_is_there_before_anything_is_asked(finding: Finding) -> None:
    listing = finding.discovery.listing
    assert listing.source is Source.CATALOG
    assert shown(finding.discovery) == ["Alpha", "Beta", "Giant"]
    assert {offer.stage for offer in listing.offers} == {Stage.LISTED}
    assert finding.hub.requests == []


def test_what_is_looked_at_is_looked_up(finding: Finding, loop: Loop) -> None:
    told: list[bool] = []
    finding.discovery.subscribe(lambda: told.append(True))
    finding.discovery.want(["org/Alpha-GGUF"])
    loop.run_until(lambda: finding.discovery.offer("org/Alpha-GGUF").stage is Stage.KNOWN)
    offer = finding.discovery.offer("org/Alpha-GGUF")
    assert told
    assert offer.verdict is Verdict.FITS
    assert offer.choice is not None
    assert offer.choice.variant.quantization == "Q4_K_M"
    assert offer.header is not None
    assert offer.header.layers == 36
    assert finding.discovery.offer("org/Beta-GGUF").stage is Stage.LISTED
    assert not finding.asked("Beta")


def test_nothing_is_asked_twice(finding: Finding, loop: Loop) -> None:
    finding.discovery.want(["org/Alpha-GGUF"])
    loop.run_until(lambda: finding.discovery.offer("org/Alpha-GGUF").stage is Stage.KNOWN)
    count = len(finding.hub.requests)
    finding.discovery.want(["org/Alpha-GGUF"])
    finding.discovery.look_up("org/Alpha-GGUF")
    finding.discovery.want(["org/Beta-GGUF"])
    loop.run_until(lambda: finding.discovery.offer("org/Beta-GGUF").stage is Stage.KNOWN)
    assert not [r for r in finding.hub.requests[count:] if "Alpha" in r.path]


def test_what_nobody_looks_at_any_more_is_not_asked_for(finding: Finding, loop: Loop) -> None:
    for number in range(8):
        finding.add(f"many/M{number}-GGUF", 1, downloads=500 - number, precisions=("Q4_K_M",))
    discovery = finding.discovery
    search(loop, discovery, Query(sort=SearchSort.DOWNLOADS))
    discovery.want([f"many/M{number}-GGUF" for number in range(7)])
    discovery.want(["many/M7-GGUF"])
    loop.run_until(lambda: discovery.offer("many/M7-GGUF").stage is Stage.KNOWN)
    assert discovery.offer("many/M5-GGUF").stage is Stage.LISTED
    assert not finding.asked("many/M5-GGUF/resolve")


def test_a_search_asks_the_hub(finding: Finding, loop: Loop) -> None:
    found = search(loop, finding.discovery, Query("alpha"))
    assert found == ["Alphabet 4B", "Alpha"]
    listing = finding.discovery.listing
    assert listing.source is Source.HUB
    assert not listing.has_more
    assert listing.offers[0].parameters == 4 * GB


def test_a_new_query_ends_the_one_before(finding: Finding, loop: Loop) -> None:
    # It would hold the test up for as long as it stalls.
    finding.hub.fault(Fault(kind="stall", where="metadata", match="search=alph&", after=-1))
    finding.discovery.set_query(Query("alph"))
    finding.hub.wait_for(lambda: bool(finding.hub.requests))
    assert search(loop, finding.discovery, Query("beta")) == ["Beta"]
    # It was hung up on, not only forgotten.
    finding.hub.wait_for(lambda: finding.hub.requests[0].is_done)
    assert finding.discovery.listing.query.text == "beta"


def test_going_back_to_the_catalogue_asks_nothing(finding: Finding, loop: Loop) -> None:
    search(loop, finding.discovery, Query("alpha"))
    count = len(finding.hub.requests)
    finding.discovery.set_query(Query())
    assert finding.discovery.listing.source is Source.CATALOG
    assert shown(finding.discovery) == ["Alpha", "Beta", "Giant"]
    assert len(finding.hub.requests) == count


def test_more_results_come_when_they_are_wanted(finding: Finding, loop: Loop) -> None:
    for number in range(45):
        finding.add(f"many/M{number:02}-GGUF", 1, downloads=100 - number, precisions=("Q4_K_M",))
    discovery = finding.discovery
    search(loop, discovery, Query("M"))
    first = shown(discovery)
    assert discovery.listing.has_more
    discovery.more()
    discovery.more()
    loop.run_until(lambda: not discovery.listing.is_searching)
    both = shown(discovery)
    assert both[: len(first)] == first
    assert len(both) == len(set(both)) > len(first)
    assert not discovery.listing.has_more


def test_filters_narrow_the_catalogue(finding: Finding, loop: Loop) -> None:
    discovery = finding.discovery
    discovery.set_query(Query(kind=SearchKind.CODE))
    assert shown(discovery) == ["Beta"]
    discovery.set_query(Query(max_parameters=9 * GB))
    assert shown(discovery) == ["Alpha", "Beta"]
    discovery.set_query(Query(fits=True))
    discovery.look_at_machine()
    loop.run_until(lambda: discovery.machine is not None)
    assert shown(discovery) == ["Alpha", "Beta"]
    assert finding.hub.requests == []


def test_filters_are_passed_on_to_the_hub(finding: Finding, loop: Loop) -> None:
    discovery = finding.discovery
    discovery.look_at_machine()
    loop.run_until(lambda: discovery.machine is not None)
    query = Query("a", kind=SearchKind.CHAT, fits=True, license="mit", min_parameters=2 * GB)
    search(loop, discovery, query)
    (asked,) = finding.asked("search=a&")
    for part in ("filter=conversational", "filter=license:mit", "num_parameters=min:2B,max:"):
        assert part in asked


def test_without_a_connection_the_catalogue_is_searched(finding: Finding, loop: Loop) -> None:
    come_back = finding.lose_connection()
    assert search(loop, finding.discovery, Query("giant")) == ["Giant"]
    assert isinstance(finding.discovery.listing.error, HubUnreachable)
    assert finding.discovery.listing.source is Source.CATALOG
    come_back()
    finding.discovery.try_again()
    loop.run_until(lambda: not finding.discovery.listing.is_searching)
    assert finding.discovery.listing.error is None
    assert finding.discovery.listing.source is Source.HUB


def test_offline_nothing_is_asked_more_than_once(finding: Finding, loop: Loop) -> None:
    finding.go_offline()
    discovery = finding.discovery
    discovery.want(entry.repo for entry in ENTRIES)
    loop.run_until(lambda: discovery.listing.error is not None)
    assert isinstance(discovery.listing.error, Offline)
    assert shown(discovery) == ["Alpha", "Beta", "Giant"]
    assert finding.network.connections == ()
    assert finding.hub.requests == []
    finding.come_back()
    discovery.try_again()
    discovery.want(["org/Alpha-GGUF"])
    loop.run_until(lambda: discovery.offer("org/Alpha-GGUF").stage is Stage.KNOWN)
    assert discovery.listing.error is None


def test_trying_again_does_not_wait_for_what_was_asked_before(finding: Finding, loop: Loop) -> None:
    discovery = finding.discovery
    finding.hub.fault(Fault(kind="stall", where="metadata", match="Beta-GGUF", after=-1))
    discovery.want(["org/Beta-GGUF"])
    loop.run_until(lambda: any("Beta-GGUF" in request.path for request in finding.hub.requests))
    discovery.try_again()
    discovery.want(["org/Beta-GGUF"])
    loop.run_until(lambda: discovery.offer("org/Beta-GGUF").stage is Stage.KNOWN)
    assert discovery.listing.error is None


def test_a_repository_that_is_gone_does_not_spoil_the_rest(finding: Finding, loop: Loop) -> None:
    discovery = finding.discovery
    finding.hub.remove_repo("org/Beta-GGUF")
    discovery.want(["org/Beta-GGUF", "org/Alpha-GGUF"])
    loop.run_until(lambda: discovery.offer("org/Alpha-GGUF").stage is Stage.KNOWN)
    loop.run_until(lambda: discovery.offer("org/Beta-GGUF").stage is Stage.FAILED)
    assert isinstance(discovery.offer("org/Beta-GGUF").error, RepoMissing)
    assert discovery.listing.error is None


def test_looking_up_again_asks_again(finding: Finding, loop: Loop) -> None:
    discovery = finding.discovery
    discovery.look_up("new/Model-GGUF")
    loop.run_until(lambda: discovery.offer("new/Model-GGUF").stage is Stage.FAILED)
    finding.add("new/Model-GGUF", 1)
    discovery.look_up("new/Model-GGUF")
    loop.run_until(lambda: discovery.offer("new/Model-GGUF").stage is Stage.KNOWN)


def test_a_gated_repository_is_described_but_closed(finding: Finding, loop: Loop) -> None:
    finding.add("shy/Gated-GGUF", 4, gated="manual")
    discovery = finding.discovery
    discovery.look_up("shy/Gated-GGUF")
    loop.run_until(lambda: discovery.offer("shy/Gated-GGUF").stage is Stage.KNOWN)
    offer = discovery.offer("shy/Gated-GGUF")
    assert offer.needs_permission
    assert offer.choice is not None
    assert offer.choice.size
    finding.access = replace(finding.access, token=finding.hub.token)
    discovery.look_up("shy/Gated-GGUF")
    loop.run_until(lambda: not discovery.offer("shy/Gated-GGUF").needs_permission)


def test_another_context_is_judged_without_asking(finding: Finding, loop: Loop) -> None:
    discovery = finding.discovery
    discovery.look_up("org/Beta-GGUF")
    loop.run_until(lambda: discovery.offer("org/Beta-GGUF").stage is Stage.KNOWN)
    count = len(finding.hub.requests)
    judged: dict[int, Offer] = {}
    for length in (2048, 40_960):
        options = FitOptions(context_length=length)
        discovery.judge("org/Beta-GGUF", options, lambda offer, n=length: judged.update({n: offer}))
    loop.run_until(lambda: len(judged) == 2)
    assert len(finding.hub.requests) == count
    short, long = judged[2048], judged[40_960]
    needs = [
        one.variants[2].fit.need.total for one in (short, long) if one.variants[2].fit is not None
    ]
    assert needs[0] < needs[1]
    assert discovery.offer("org/Beta-GGUF").variants[2].fit not in (None, short.variants[2].fit)


def test_memory_that_comes_free_changes_the_verdicts(finding: Finding, loop: Loop) -> None:
    discovery = finding.discovery
    finding.machine = replace(finding.machine, memory_free=3 * GB)
    discovery.look_up("org/Beta-GGUF")
    loop.run_until(lambda: discovery.offer("org/Beta-GGUF").stage is Stage.KNOWN)
    assert discovery.offer("org/Beta-GGUF").verdict is Verdict.TOO_LARGE
    finding.machine = replace(finding.machine, memory_free=12 * GB)
    discovery.look_at_machine()
    loop.run_until(lambda: discovery.offer("org/Beta-GGUF").verdict is Verdict.FITS)


def test_library_and_queue_show_at_once(finding: Finding, loop: Loop) -> None:
    discovery = finding.discovery
    discovery.look_up("org/Alpha-GGUF")
    loop.run_until(lambda: discovery.offer("org/Alpha-GGUF").stage is Stage.KNOWN)
    file = ModelFile(
        "/m/a.gguf", "Alpha", "Q8_0", repo="org/Alpha-GGUF", repo_file="Alpha-Q8_0.gguf"
    )
    discovery.set_models([file])
    assert discovery.offer("org/Alpha-GGUF").model == file
    order = Order("org/Alpha-GGUF", (RepoFile("Alpha-Q4_K_M.gguf", 10),))
    item = DownloadItem("1", order, DownloadState.RUNNING, (), (), "", 4, 10)
    discovery.set_downloads([item])
    assert discovery.offer("org/Alpha-GGUF").download == item
    discovery.set_models([])
    discovery.set_downloads([])
    assert discovery.offer("org/Alpha-GGUF").model is None
    assert discovery.offer("org/Alpha-GGUF").download is None


def test_the_card_of_the_last_model_asked_for_arrives(finding: Finding, loop: Loop) -> None:
    finding.hub.fault(
        Fault(kind="stall", where="metadata", match="Beta-GGUF/resolve/main/README.md", after=-1)
    )
    cards: list[str] = []
    errors: list[Exception] = []
    finding.discovery.read_card("org/Beta-GGUF", cards.append, errors.append)
    finding.hub.wait_for(lambda: bool(finding.asked("README")))
    finding.discovery.read_card("org/Alpha-GGUF", cards.append, errors.append)
    loop.run_until(lambda: cards)
    assert cards == ["# Alpha"]
    assert errors == []


def test_a_card_that_can_not_be_had_says_why(finding: Finding, loop: Loop) -> None:
    finding.lose_connection()
    errors: list[Exception] = []
    finding.discovery.read_card("org/Alpha-GGUF", lambda _: None, errors.append)
    loop.run_until(lambda: errors)
    assert isinstance(errors[0], HubUnreachable | HubTimeout)


def test_closing_ends_what_is_asked(loop: Loop) -> None:
    jobs = Jobs(loop.post)
    finding = Finding(jobs, ENTRIES)
    finding.add("org/Alpha-GGUF", 4)
    finding.hub.fault(Fault(kind="stall", where="metadata", match="", after=-1, times=0))
    finding.discovery.set_query(Query("alpha"))
    finding.discovery.look_up("org/Alpha-GGUF")
    finding.hub.wait_for(lambda: len(finding.hub.requests) == 2)
    finding.discovery.close()
    jobs.close()  # would wait for the stalled requests
    finding.close()
