"""Neither the access token nor a signed link gets anywhere but into the request that needs it."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from chatapp import sentences
from chatapp.domain.download import DownloadState, Order
from chatapp.domain.hub import Access, RepoFile
from chatapp.errors import ChatappError, HubError
from chatapp.hub.client import HubClient
from chatapp.hub.queue_file import QueueFile
from chatapp.paths import Paths
from chatapp.services import ModelServices
from tests.hub.transfers import FILE, MODEL, REPO, data_requests
from tests.local_hub import Fault, LocalHub

TELLTALES = ("Signature=", "Expires=", "Authorization", "Bearer", "hf_")


@pytest.fixture
def hub() -> Iterator[LocalHub]:
    with LocalHub() as hub:
        hub.add_repo(REPO, {FILE: MODEL}, private=True)
        hub.add_repo("org/Closed-GGUF", {FILE: MODEL}, gated="manual")
        yield hub


def test_no_token_and_no_link_in_log_files_and_errors(
    hub: LocalHub, paths: Paths, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    access = Access(hub.endpoint, token=hub.token)
    errors: list[ChatappError] = []
    with caplog.at_level(logging.DEBUG), ExitStack() as stack:
        services = stack.enter_context(contextlib.closing(ModelServices(paths)))
        client = stack.enter_context(
            contextlib.closing(HubClient(lambda: access, services.network))
        )
        client.search("tiny")
        client.repo(REPO)
        resolved = client.resolve(REPO, "main", FILE)
        for fault in (
            Fault(kind="expire"),
            Fault(kind="status", value=429),
            Fault(kind="reset", after=10),
            Fault(kind="content_range", value=1),
        ):
            hub.fault(fault)
            with pytest.raises(HubError) as raised:
                client.read_range(resolved, 1, 100)
            errors.append(raised.value)
        hub.fault(Fault(kind="expire"))
        hub.fault(Fault(kind="reset", after=500_000))
        hub.fault(Fault(kind="stall", after=1_000_000, skip=1))
        downloads = stack.enter_context(
            contextlib.closing(
                services.open_downloads(lambda: access, client, QueueFile(paths.data))
            )
        )
        arrived = threading.Event()
        downloads.subscribe(
            lambda items: arrived.set() if items[0].state is DownloadState.DONE else None
        )
        downloads.add(Order(REPO, (RepoFile(FILE),)))
        hub.wait_for(lambda: any(r.bytes_sent == 1_000_000 for r in data_requests(hub)))
        assert list(paths.models.rglob("*.part.json")), "it is looked at in the middle"
        on_disk = everything_in(tmp_path)
        errors += [i.error for i in downloads.items if i.error is not None]
        hub.clear_faults()
        assert arrived.wait(30)
    told = [caplog.text, on_disk, everything_in(tmp_path), repr(resolved), repr(access)]
    told += [f"{error!r} {sentences.sentence(error)}" for error in errors]
    assert "chatapp.log" in on_disk
    assert "connection to 127.0.0.1" in told[0]
    for text in told:
        assert hub.token not in text
        assert not [telltale for telltale in TELLTALES if telltale in text]


def everything_in(folder: Path) -> str:
    """The names and the texts of all files but the models themselves."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    texts = [p.read_text("utf-8", "replace") for p in files if p.suffix not in {".gguf", ".part"}]
    return "\n".join([*map(str, files), *texts])
