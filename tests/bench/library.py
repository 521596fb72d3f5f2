"""The library: 500 files in six folders, at the first start and later."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from chatapp.hub.library import Library
from chatapp.hub.moving import FolderMove, Progress, transfer
from chatapp.hub.sources import Places
from chatapp.jobs import Jobs
from chatapp.paths import Paths
from tests.bench.measure import Measure, median, runs
from tests.hub.small_files import gguf_bytes

_RUNS = runs(9)
_FILES = 500
_TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
)
_COPIED = 256 << 20  # bytes


def run() -> list[Measure]:
    """Names, remembered headers, headers that are read; and how fast files are moved."""
    with tempfile.TemporaryDirectory() as folder:
        bench = _Bench(Path(folder))
        measures = [
            median("names of 500 files in six folders, first time", bench.first(), "ms", "≤ 100"),
            median("… again", bench.again(), "ms", "≤ 50"),
            median("… the snapshot, without waiting", bench.snapshot(), "ms", "≤ 1"),
            median("headers of 500 files, read and remembered", bench.headers(), "ms"),
            median("… remembered from the last run", bench.remembered(), "ms"),
        ]
        bench.close()
        return [*measures, *_moving(Path(folder))]


class _Bench:
    """A person with models of six programs."""

    def __init__(self, folder: Path) -> None:
        self._paths = Paths.under(folder / "home")
        self._paths.create()
        self._places = Places(folder / "person", {}, "linux")
        self._jobs = Jobs()
        self._opened: list[Library] = []
        person = folder / "person"
        folders = [
            self._paths.models,
            person / ".lmstudio" / "models",
            person / ".cache/huggingface/hub",
            person / ".local/share/nomic.ai/GPT4All",
            person / ".local/share/Jan/data/llamacpp/models",
            folder / "added",
        ]
        for number in range(_FILES):
            at = folders[number % len(folders)]
            if "hub" in at.name:
                at = at / f"models--org--repo{number // 30}" / "snapshots" / ("a" * 40)
            elif at.name == "models":
                at = at / f"org{number // 60}" / f"repo{number // 12}"
            at.mkdir(parents=True, exist_ok=True)
            data = gguf_bytes(template=_TEMPLATE, mark=str(number), file_type=15)
            (at / f"Model-{number}B-Instruct-Q4_K_M.gguf").write_bytes(data)
        library = self._open()
        library.add_folder(folder / "added")
        library.close()

    def first(self) -> list[float]:
        times = []
        for _ in range(_RUNS):
            library = self._open()
            times.append(_ms(library.models))
            assert len(library.snapshot) == _FILES + 1, len(library.snapshot)
            library.close()
        return times

    def again(self) -> list[float]:
        library = self._open()
        assert library.wait(60)
        return [_ms(library.models) for _ in range(_RUNS)]

    def snapshot(self) -> list[float]:
        library = self._open()
        library.models()
        return [_ms(lambda: library.snapshot) for _ in range(_RUNS)]

    def headers(self) -> list[float]:
        times = []
        for _ in range(3):
            self._forget()
            library = self._open()
            times.append(_ms(lambda: library.wait(60)))  # noqa: B023 - called at once
            library.close()
        return times

    def remembered(self) -> list[float]:
        times = []
        for _ in range(_RUNS):
            library = self._open()
            times.append(_ms(lambda: library.wait(60)))  # noqa: B023 - called at once
            assert all(model.header is not None for model in library.snapshot)
            library.close()
        return times

    def close(self) -> None:
        for library in self._opened:
            library.close()
        self._jobs.close()

    def _open(self) -> Library:
        library = Library(self._paths, self._jobs, places=self._places)
        self._opened.append(library)
        return library

    def _forget(self) -> None:
        for path in (*self._paths.models.rglob("*.json"), *self._paths.data.rglob("sidecars/*")):
            path.unlink()


def _moving(folder: Path) -> list[Measure]:
    """On one disk a folder is renamed file by file; a copy is read again and compared."""
    stop = threading.Event()
    old, new = folder / "old", folder / "new"
    for number in range(_FILES):
        path = old / f"org{number // 60}" / f"{number}.gguf"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gguf_bytes(mark=str(number)))
    move = FolderMove(folder / "moving.json")

    def rename() -> object:
        return move.run(
            old,
            new,
            on_file=lambda _old, _new: None,
            switch=lambda: None,
            stop=stop,
            on_progress=lambda _: None,
        )

    source, target = folder / "large.gguf", folder / "copy.gguf"
    source.write_bytes(bytes(_COPIED))
    speeds = []
    for _ in range(3):
        target.unlink(missing_ok=True)
        progress = Progress(2 * _COPIED, lambda _: None)
        took = _ms(lambda: transfer(source, target, progress, stop, keep=True))  # noqa: B023
        speeds.append(_COPIED / 1e6 / (took / 1000))
    return [
        Measure("500 files to another folder on the same disk", _ms(rename), "ms"),
        median("copy, sync, read again, compare", speeds, "MB/s"),
    ]


def _ms(function: Callable[[], object]) -> float:
    begin = time.perf_counter()
    function()
    return 1000 * (time.perf_counter() - begin)
