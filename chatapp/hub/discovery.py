"""Looks for models in the background: the catalogue, searches, and all that can be known of each.

What was found is kept until the program ends. Where the Hub can't be reached, the catalogue that
comes along is what there is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from enum import StrEnum

from chatapp.domain.download import DownloadItem
from chatapp.domain.hub import RepoInfo, SearchFilters, SearchKind, SearchPage, SearchSort
from chatapp.domain.model import ModelFile
from chatapp.errors import ChatappError
from chatapp.hub.catalog import Ability, CatalogEntry
from chatapp.hub.client import HubClient
from chatapp.hub.fit import FitOptions, Verdict
from chatapp.hub.hardware import Machine
from chatapp.hub.lookups import Lookups
from chatapp.hub.offers import (
    Facts,
    Offer,
    Stage,
    joined_with,
    may_fit,
    most_parameters,
    offer_of,
)
from chatapp.jobs import Jobs
from chatapp.network import Stop

_MOST_LISTED = 1000
_PAGE = 30
_ABILITIES = {
    SearchKind.CHAT: Ability.CHAT,
    SearchKind.VISION: Ability.VISION,
    SearchKind.EMBEDDING: Ability.EMBEDDING,
    SearchKind.CODE: Ability.CODE,
}


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for. Without `text` and `sort` it is the catalogue.

    `fits` keeps what fits this computer. `license` and the parameters narrow as in `SearchFilters`.
    """

    text: str = ""
    sort: SearchSort | None = None
    kind: SearchKind = SearchKind.ANY
    fits: bool = False
    min_parameters: int = 0
    max_parameters: int = 0
    license: str = ""

    @property
    def is_search(self) -> bool:
        """Whether the Hub has to be asked."""
        return bool(self.text) or self.sort is not None


class Source(StrEnum):
    """Where a list comes from."""

    CATALOG = "catalog"
    HUB = "hub"


@dataclass(frozen=True, slots=True)
class Listing:
    """What there is to be shown. While `is_searching`, it is what was there before.

    `error` is why the Hub could not be asked; after a search the list is then the catalogue.
    """

    query: Query = field(default_factory=Query)
    source: Source = Source.CATALOG
    offers: tuple[Offer, ...] = ()
    is_searching: bool = False
    has_more: bool = False
    error: ChatappError | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found out about a repository, and what follows on this computer."""

    facts: Facts
    offer: Offer
    machine: tuple[Machine, int]


class Discovery:
    """Owns the query and what was found. Main thread only; it asks in the background.

    `machine` and `freed` (bytes that unloading would give back) are asked in the background,
    `options` on the main thread.
    """

    def __init__(
        self,
        client: HubClient,
        entries: Sequence[CatalogEntry],
        jobs: Jobs,
        *,
        machine: Callable[[], Machine],
        freed: Callable[[], int],
        options: Callable[[], FitOptions],
    ) -> None:
        self._client = client
        self._entries = {entry.repo: entry for entry in entries}
        self._jobs = jobs
        self._ask_machine = machine
        self._ask_freed = freed
        self._ask_options = options
        self._listeners: list[Callable[[], None]] = []
        self._query = Query()
        self._cursor = ""
        self._search: Stop | None = None
        self._reading: Stop | None = None
        self._error: ChatappError | None = None
        self._source = Source.CATALOG
        self._listed: list[str] = list(self._entries)
        self._infos: dict[str, RepoInfo] = {}
        self._facts: dict[str, Facts] = {}
        self._offers: dict[str, Offer] = {}
        self._machine: tuple[Machine, int] | None = None
        self._models: dict[str, list[ModelFile]] = {}
        self._downloads: dict[str, list[DownloadItem]] = {}
        self._is_closed = False
        self._lookups = Lookups(
            client,
            jobs,
            prepare=self._prepare,
            on_found=self._on_found,
            on_failed=self._on_not_found,
        )

    # What there is

    @property
    def jobs(self) -> Jobs:
        """Where it asks, for whoever works on with what it found."""
        return self._jobs

    @property
    def machine(self) -> Machine | None:
        """This computer as it was last looked at; None until then."""
        return self._machine[0] if self._machine is not None else None

    @property
    def freed(self) -> int:
        """What unloading would give back, in bytes."""
        return self._machine[1] if self._machine is not None else 0

    @property
    def options(self) -> FitOptions:
        """With what context a model would be loaded."""
        return self._ask_options()

    @property
    def listing(self) -> Listing:
        """The list as it is now."""
        found = (self.offer(repo) for repo in self._listed)
        return Listing(
            query=self._query,
            source=self._source,
            offers=tuple(offer for offer in found if self._is_wanted(offer)),
            is_searching=self._search is not None,
            has_more=bool(self._cursor),
            error=self._error,
        )

    def offer(self, repo: str) -> Offer:
        """What is known of a repository, which may be nothing but its name."""
        offer = self._offers.get(repo)
        if offer is None:
            offer = Offer(self._info(repo), self._entries.get(repo))
            self._offers[repo] = offer
        return self._joined(offer)

    def judge(self, repo: str, options: FitOptions, on_done: Callable[[Offer], None]) -> None:
        """Hand out the same with other options, worked out in the background."""
        facts, machine, entry = self._facts.get(repo), self._machine, self._entries.get(repo)
        if facts is None or machine is None:
            on_done(self.offer(repo))
        elif not self._is_closed:
            self._jobs.general.run(
                lambda: offer_of(facts, entry, options, *machine),
                on_done=lambda offer: on_done(self._joined(offer)),
            )

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call `listener` after every change, on the main thread."""
        self._listeners.append(listener)

    # What is wanted

    def set_query(self, query: Query) -> None:
        """Look for something else; what was being looked for is given up."""
        if query == self._query or self._is_closed:
            return
        self._query = query
        self._restart()
        self._tell()

    def more(self) -> None:
        """Look for the next results, if there are any."""
        is_idle = self._search is None and not self._is_closed
        if self._cursor and is_idle and len(self._listed) < _MOST_LISTED:
            self._begin_search(self._cursor)
            self._tell()

    def try_again(self) -> None:
        """Ask again after an error, or with another connection."""
        if self._is_closed:
            return
        for repo in [repo for repo, facts in self._facts.items() if facts.error is not None]:
            self._forget(repo)
        self._lookups.give_up()  # the old way of asking may fail yet
        self._restart()
        self._tell()

    def want(self, repos: Iterable[str]) -> None:
        """These are looked at: find out about them, the first one first."""
        if self._error is None:
            self._lookups.want(self._info(repo) for repo in repos if repo not in self._facts)

    def look_up(self, repo: str) -> None:
        """Find out about this one before all others, even if that failed before."""
        facts = self._facts.get(repo)
        if facts is not None and facts.error is not None:
            self._forget(repo)
        if repo not in self._facts:
            self._lookups.begin(self._info(repo))
            self._tell()

    def read_card(
        self,
        repo: str,
        on_done: Callable[[str], None],
        on_error: Callable[[ChatappError], None],
    ) -> None:
        """Fetch what the maker wrote about it. A second call gives the first one up."""
        if self._is_closed:
            return
        if self._reading is not None:
            self._reading.set()
        self._reading = stop = Stop()

        def done(text: str) -> None:
            if self._reading is stop:
                on_done(text)

        def failed(error: Exception) -> None:
            if self._reading is stop and not isinstance(error, CancelledError):
                if not isinstance(error, ChatappError):
                    raise error
                on_error(error)

        self._jobs.general.run(
            lambda: self._client.readme(repo, stop=stop), on_done=done, on_error=failed
        )

    # What others tell

    def set_models(self, models: Sequence[ModelFile]) -> None:
        """What is in the library."""
        by_repo: dict[str, list[ModelFile]] = {}
        for model in models:
            if model.repo:
                by_repo.setdefault(model.repo, []).append(model)
        if by_repo != self._models:
            self._models = by_repo
            self._tell()

    def set_downloads(self, items: Sequence[DownloadItem]) -> None:
        """What is in the queue."""
        by_repo: dict[str, list[DownloadItem]] = {}
        for item in items:
            by_repo.setdefault(item.order.repo, []).append(item)
        if by_repo != self._downloads:
            self._downloads = by_repo
            self._tell()

    def look_at_machine(self) -> None:
        """See how much memory is free now; everything is judged anew if that changed."""
        if self._is_closed:
            return
        self._jobs.general.run(
            lambda: (self._ask_machine(), self._ask_freed()), on_done=self._on_machine
        )

    def close(self) -> None:
        """Give up everything that is asked."""
        self._is_closed = True
        self._end_search()
        self._lookups.close()
        if self._reading is not None:
            self._reading.set()

    # Searching

    def _restart(self) -> None:
        self._end_search()
        self._cursor = ""
        self._error = None
        if self._query.is_search:
            self._begin_search()
        else:
            self._show_catalog()

    def _begin_search(self, cursor: str = "") -> None:
        self._search = stop = Stop()
        text, filters = self._query.text, self._filters()

        def search() -> SearchPage:
            return self._client.search(text, filters=filters, cursor=cursor, stop=stop)

        self._jobs.general.run(
            search,
            on_done=lambda page: self._on_page(stop, page, is_first=not cursor),
            on_error=lambda error: self._on_search_error(stop, error),
        )

    def _end_search(self) -> None:
        if self._search is not None:
            self._search.set()
            self._search = None

    def _filters(self) -> SearchFilters:
        query = self._query
        most = query.max_parameters
        if query.fits and self._machine is not None:
            room = most_parameters(*self._machine)
            most = min(most, room) if most else room
        return SearchFilters(
            sort=query.sort or SearchSort.DOWNLOADS,
            kind=query.kind,
            min_parameters=query.min_parameters,
            max_parameters=most,
            license=query.license,
            limit=_PAGE,
        )

    def _on_page(self, stop: Stop, page: SearchPage, *, is_first: bool) -> None:
        if stop is not self._search:
            return
        self._search = None
        self._source = Source.HUB
        self._cursor = page.cursor
        for info in page.repos:
            self._infos[info.id] = info
            if info.id not in self._facts:
                self._offers.pop(info.id, None)
        before = [] if is_first else self._listed
        self._listed = list(dict.fromkeys((*before, *(info.id for info in page.repos))))
        self._tell()

    def _on_search_error(self, stop: Stop, error: Exception) -> None:
        if stop is not self._search or isinstance(error, CancelledError):
            return
        if not isinstance(error, ChatappError):
            raise error
        self._search = None
        self._cursor = ""
        self._error = error
        self._show_catalog()
        self._tell()

    def _show_catalog(self) -> None:
        self._source = Source.CATALOG
        self._listed = list(self._entries)

    def _is_wanted(self, offer: Offer) -> bool:
        query = self._query
        if self._source is Source.CATALOG and not _is_asked_for(query, offer):
            return False
        if not query.fits or self._machine is None:
            return True
        if offer.verdict is not None:
            return offer.verdict is Verdict.FITS
        return may_fit(offer.parameters, *self._machine)

    # Finding out

    def _info(self, repo: str) -> RepoInfo:
        facts = self._facts.get(repo)
        return facts.info if facts is not None else self._infos.get(repo) or RepoInfo(repo)

    def _joined(self, offer: Offer) -> Offer:
        repo = offer.repo
        return joined_with(offer, self._models.get(repo, ()), self._downloads.get(repo, ()))

    def _forget(self, repo: str) -> None:
        self._facts.pop(repo, None)
        self._offers.pop(repo, None)

    def _prepare(self, repo: str) -> Callable[[Facts], _Found]:
        entry, options, machine = self._entries.get(repo), self._ask_options(), self._machine

        def conclude(facts: Facts) -> _Found:
            now = machine or (self._ask_machine(), self._ask_freed())
            return _Found(facts, offer_of(facts, entry, options, *now), now)

        return conclude

    def _on_found(self, repo: str, found: _Found) -> None:
        self._machine = self._machine or found.machine
        self._facts[repo] = found.facts
        self._offers[repo] = found.offer
        self._tell()

    def _on_not_found(self, repo: str, error: ChatappError) -> None:
        info = self._info(repo)
        self._facts[repo] = Facts(info, error=error)
        self._offers[repo] = Offer(info, self._entries.get(repo), stage=Stage.FAILED, error=error)
        self._error = self._error or error
        self._tell()

    # The computer

    def _on_machine(self, found: tuple[Machine, int]) -> None:
        before, self._machine = self._machine, found
        if before == found or self._is_closed:
            return
        facts, options, entries = dict(self._facts), self._ask_options(), self._entries

        def judge_all() -> dict[str, Offer]:
            return {
                repo: offer_of(one, entries.get(repo), options, *found)
                for repo, one in facts.items()
            }

        def judged(offers: dict[str, Offer]) -> None:
            if self._machine != found:
                return  # it was looked at again meanwhile
            # What was found out meanwhile is newer than this.
            now = {
                repo: one for repo, one in offers.items() if self._facts.get(repo) is facts[repo]
            }
            self._offers.update(now)
            self._tell()

        self._jobs.general.run(judge_all, on_done=judged)

    def _tell(self) -> None:
        if not self._is_closed:
            for listener in list(self._listeners):
                listener()


def _is_asked_for(query: Query, offer: Offer) -> bool:
    """Whether an entry of the catalogue is what a query means."""
    entry = offer.entry
    name = f"{offer.title} {offer.repo}".casefold()
    if entry is None or not all(word in name for word in query.text.casefold().split()):
        return False
    ability = _ABILITIES.get(query.kind)
    if ability is not None and ability not in entry.abilities:
        return False
    if query.license and offer.info.license not in {"", query.license}:
        return False
    count = offer.parameters
    is_small_enough = not query.max_parameters or count <= query.max_parameters
    return not count or (query.min_parameters <= count and is_small_enough)
