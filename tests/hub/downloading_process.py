"""A program that downloads one file and is killed meanwhile.

`python -m tests.hub.downloading_process ENDPOINT REPO FILE TARGET` prints a line for each progress:
the state and how many bytes lie on the disk.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

from chatapp.domain.download import TransferProgress
from chatapp.domain.hub import Access
from chatapp.hub.client import HubClient
from chatapp.hub.transfer import Patience, fetch_file
from chatapp.network import Network, Purpose, Stop, make_client

_PATIENCE = Patience(read=1, first_wait=0.02, longest_wait=0.1, longest_ban=0.1)


def say(progress: TransferProgress) -> None:
    sys.stdout.write(f"{progress.state} {progress.done}\n")
    sys.stdout.flush()


def main(endpoint: str, repo: str, file: str, target: str) -> None:
    access, network, stop = Access(endpoint), Network(), Stop()
    hub = HubClient(lambda: access, network)
    with make_client(access, network, purpose=Purpose.SEARCH) as client:
        fetch_file(
            partial(hub.resolve, repo, "main", file, stop=stop),
            Path(target),
            client=client,
            stop=stop,
            on_progress=say,
            repo=repo,
            file=file,
            patience=_PATIENCE,
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
