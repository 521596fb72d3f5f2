"""A program that has the application do all that it can do with a network: FOLDER ENDPOINT.

With `offline` in its settings, or without. It runs a model, takes vectors from another, makes one
smaller and draws, each of which takes another process, asks the Hub in every way, and puts a
download into the queue.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from chatapp.domain.conversation import Role
from chatapp.domain.download import DownloadState, Order
from chatapp.domain.generation import GenerationParameters
from chatapp.domain.hub import RepoFile
from chatapp.domain.quantization import QuantType
from chatapp.engine.embedder import Embedder
from chatapp.engine.messages import Failed, Finished, GenerationEvent, Turn
from chatapp.errors import ChatappError
from chatapp.hub.library import describe_file
from chatapp.models.quantize_job import QuantizeOrder
from chatapp.paths import Paths
from chatapp.services import Services
from chatapp.ui.transcript.drawings import Drawings
from tests.engine.embedding_files import write_tiny_bert
from tests.engine.gguf_files import write_tiny_model
from tests.models.sources import write_wide

_TIMEOUT = 60  # seconds


def main(folder: Path) -> None:
    """Do everything, and end in good order."""
    services = Services(Paths.under(folder))
    try:
        _answer(services, write_tiny_model(folder / "tiny.gguf"))
        _embed(services, write_tiny_bert(folder / "bert.gguf"))
        _quantize(services, write_wide(folder / "large.gguf"))
        _draw()
        _ask_hub(services)
        _download(services)
    finally:
        services.close()
    sys.stdout.write(f"{len(services.network.connections)} connections\n")


def _answer(services: Services, model: Path) -> None:
    ended = threading.Event()

    def on_event(event: GenerationEvent) -> None:
        if isinstance(event, Finished | Failed):
            ended.set()

    services.engine.generate(
        describe_file(model),
        (Turn(Role.USER, "hi"),),
        GenerationParameters(max_tokens=2),
        on_event=on_event,
    )
    assert ended.wait(_TIMEOUT)
    services.engine.devices().result(_TIMEOUT)


def _embed(services: Services, model: Path) -> None:
    embedder = Embedder(services.paths.logs)
    try:
        embedder.embed(describe_file(model), ["rain"]).result.result(_TIMEOUT)
    finally:
        embedder.close()


def _quantize(services: Services, source: Path) -> None:
    order = QuantizeOrder(
        describe_file(source), QuantType.Q8_0, services.library.folder / "small.gguf"
    )
    services.quantizer.start(order, lambda _: None).result.result(_TIMEOUT)


def _draw() -> None:
    drawn = threading.Event()
    drawings = Drawings(lambda _: drawn.set())
    drawings.formula("x^2", display=True, size=16.0)
    assert drawn.wait(_TIMEOUT)
    drawings.close()


def _ask_hub(services: Services) -> None:
    with contextlib.suppress(ChatappError):
        services.hub.search("llama")
    with contextlib.suppress(ChatappError):
        services.hub.readme("org/a")
    with contextlib.suppress(ChatappError):
        services.hub.test_connection()


def _download(services: Services) -> None:
    tried = threading.Event()
    stuck = {DownloadState.PAUSED, DownloadState.FAILED, DownloadState.RECONNECTING}

    def look(items: object) -> None:
        if any(item.state in stuck for item in services.downloads.items):
            tried.set()

    services.downloads.subscribe(look)
    services.downloads.add(Order("org/a", (RepoFile("a-Q4_K_M.gguf", 400),)))
    assert tried.wait(_TIMEOUT)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
