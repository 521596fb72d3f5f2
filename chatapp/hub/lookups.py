"""Finds out about repositories in the background: what is looked at first, and a few at once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import CancelledError
from dataclasses import replace
from typing import Generic, TypeVar

from chatapp.domain.header import ModelHeader
from chatapp.domain.hub import RepoInfo, Variant
from chatapp.errors import (
    AddressInvalid,
    CaFileInvalid,
    CertificateRejected,
    ChatappError,
    HubAnswerInvalid,
    HubError,
    HubRefused,
    HubTimeout,
    HubUnreachable,
    Offline,
    RateLimited,
    TokenInvalid,
)
from chatapp.hub.client import HubClient
from chatapp.hub.names import variants
from chatapp.hub.offers import Facts
from chatapp.jobs import Jobs
from chatapp.network import Stop

logger = logging.getLogger(__name__)

T = TypeVar("T")

# The other threads of the lane are left to what else has to be done.
_AT_ONCE = 2
# With these nothing else can be asked either.
_NO_CONNECTION = (
    AddressInvalid,
    CaFileInvalid,
    CertificateRejected,
    HubAnswerInvalid,
    HubRefused,
    HubTimeout,
    HubUnreachable,
    Offline,
    RateLimited,
    TokenInvalid,
)


class Lookups(Generic[T]):
    """Asks for facts and hands out what is concluded from them. Main thread only.

    `prepare` gives the conclusion that is drawn in the background. `on_found(repo, conclusion)`
    and `on_failed(repo, error)`, when nothing could be asked, are called on the main thread.
    """

    def __init__(
        self,
        client: HubClient,
        jobs: Jobs,
        *,
        prepare: Callable[[str], Callable[[Facts], T]],
        on_found: Callable[[str, T], None],
        on_failed: Callable[[str, ChatappError], None],
    ) -> None:
        self._client = client
        self._jobs = jobs
        self._prepare = prepare
        self._on_found = on_found
        self._on_failed = on_failed
        self._waiting: list[RepoInfo] = []
        self._running: dict[str, Stop] = {}
        self._is_closed = False

    def want(self, repos: Iterable[RepoInfo]) -> None:
        """Find out about these instead of what waited before."""
        self._waiting = [info for info in repos if info.id not in self._running]
        self._start()

    def begin(self, info: RepoInfo) -> None:
        """Find out about this one at once."""
        self._waiting = [other for other in self._waiting if other.id != info.id]
        if info.id not in self._running and not self._is_closed:
            self._run(info)

    def is_running(self, repo: str) -> bool:
        """Whether an answer about this one is on its way."""
        return repo in self._running

    def give_up(self) -> None:
        """Whatever was asked until now is not told any more."""
        self._waiting = []
        for stop in self._running.values():
            stop.set()
        self._running = {}

    def close(self) -> None:
        """Give everything up, for good."""
        self._is_closed = True
        self.give_up()

    def _start(self) -> None:
        while self._waiting and len(self._running) < _AT_ONCE and not self._is_closed:
            self._run(self._waiting.pop(0))

    def _run(self, info: RepoInfo) -> None:
        self._running[info.id] = stop = Stop()
        conclude = self._prepare(info.id)
        self._jobs.general.run(
            lambda: conclude(find_out(self._client, info, stop)),
            on_done=lambda conclusion: self._end(info.id, stop, conclusion),
            on_error=lambda error: self._fail(info.id, stop, error),
        )

    def _end(self, repo: str, stop: Stop, conclusion: T) -> None:
        if self._running.get(repo) is stop:
            del self._running[repo]
            self._on_found(repo, conclusion)
            self._start()

    def _fail(self, repo: str, stop: Stop, error: Exception) -> None:
        if not isinstance(error, ChatappError | CancelledError):
            raise error
        if self._running.get(repo) is not stop or isinstance(error, CancelledError):
            return
        del self._running[repo]
        self._waiting = []
        self._on_failed(repo, error)


def find_out(client: HubClient, known: RepoInfo, stop: Stop) -> Facts:
    """Files, sizes and one header of a repository, of which `known` is what a list told.

    Raises what says that nothing can be asked at all; anything else is in the facts.
    """
    try:
        info = client.repo(known.id, stop=stop)
    except _NO_CONNECTION:
        raise
    except HubError as error:
        return Facts(known, error=error)
    if not info.parameters:  # a mirror may tell this in lists only
        info = replace(
            info,
            parameters=known.parameters,
            architecture=info.architecture or known.architecture,
            context_length=info.context_length or known.context_length,
            has_chat_template=info.has_chat_template or known.has_chat_template,
        )
    found = tuple(variants(info.files))
    return Facts(info, found, *_header(client, info, found, stop))


def _header(
    client: HubClient, info: RepoInfo, found: Sequence[Variant], stop: Stop
) -> tuple[ModelHeader | None, ChatappError | None]:
    """As far as memory is concerned, one header holds for all precisions of a model."""
    problem: ChatappError | None = None
    for variant in found[:2]:  # the smallest; another one in case that it is damaged
        file = variant.files[0].path
        try:
            return client.header(info.id, file, info.commit or "main", stop=stop), None
        except _NO_CONNECTION:
            raise
        except ChatappError as error:
            logger.info("no header of %s: %s", info.id, error)
            problem = error
    return None, problem
