from __future__ import annotations

import hashlib
import queue
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from chatapp.domain.model import ModelFile
from chatapp.domain.quantization import QuantizeResult, QuantType
from chatapp.hub.library import describe_file
from chatapp.models.quantize import Quantizer
from chatapp.models.quantize_job import QuantizeJob, QuantizeOrder, QuantizeStatus, Stage
from tests.models.sources import write_f16, write_wide

TIMEOUT = 60.0


def content_hash(model: ModelFile) -> Future[str]:
    future: Future[str] = Future()
    try:
        future.set_result(hashlib.sha256(Path(model.path).read_bytes()).hexdigest())
    except OSError as error:
        future.set_exception(error)
    return future


class Shop:
    """A quantizer in a folder of its own, and short ways to order and to wait."""

    def __init__(self, folder: Path) -> None:
        self.models = folder / "models"
        self.logs = folder / "logs"
        self.models.mkdir()
        self.logs.mkdir()
        self.stored: list[QuantizeResult] = []
        self.statuses: list[QuantizeStatus] = []
        self.writing: queue.SimpleQueue[QuantizeStatus] = queue.SimpleQueue()
        self.on_status: Callable[[QuantizeStatus], None] = lambda _: None
        self.content_hash = content_hash
        self.quantizer = Quantizer(
            lambda: self.models, self.logs, content_hash=self._content_hash, store=self.store
        )

    def store(self, result: QuantizeResult) -> None:
        self.stored.append(result)

    def order(
        self,
        source: Path | ModelFile,
        kind: QuantType = QuantType.Q8_0,
        output: Path | None = None,
        *,
        requantize: bool = False,
    ) -> QuantizeJob:
        model = source if isinstance(source, ModelFile) else describe_file(source)
        order = QuantizeOrder(model, kind, output, requantize)
        return self.quantizer.start(order, self._on_status)

    def _content_hash(self, model: ModelFile) -> Future[str]:
        return self.content_hash(model)

    def _on_status(self, status: QuantizeStatus) -> None:
        self.statuses.append(status)
        self.on_status(status)
        if status.fraction or status.stage is Stage.FAILED:
            self.writing.put(status)

    def wait_for_writing(self) -> None:
        """Wait until a tensor is done, and others are not."""
        status = self.writing.get(timeout=TIMEOUT)
        assert status.stage is Stage.WRITING
        assert status.fraction < 1

    def make(
        self,
        source: Path | ModelFile,
        kind: QuantType = QuantType.Q8_0,
        output: Path | None = None,
        *,
        requantize: bool = False,
    ) -> QuantizeResult:
        return self.order(source, kind, output, requantize=requantize).result.result(TIMEOUT)

    def stages(self) -> list[Stage]:
        """Each once, in order."""
        return list(dict.fromkeys(status.stage for status in self.statuses))


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path)
    yield shop
    shop.quantizer.close()
    assert not list(shop.logs.iterdir())
    assert not list(tmp_path.rglob("*.part"))


@pytest.fixture(scope="session")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model in F16 whose rows fit every type. Not to be changed."""
    folder = tmp_path_factory.mktemp("wide")
    return write_f16(write_wide(folder / "wide-F32.gguf"), folder / "Wide-F16.gguf")
