"""What all sources of models hold together, each model once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from chatapp.domain.model import ModelFile, ModelSource
from chatapp.hub.scan import PATIENCE, SourceScan
from chatapp.hub.sidecar import Sidecars
from chatapp.hub.sources import Source

_CLOSING = 2.0  # seconds


class LocalSearch:
    """Searches the sources, which `sources` tells anew each time, in threads of its own."""

    def __init__(self, sources: Callable[[], list[Source]], sidecars: Sidecars) -> None:
        self._sources = sources
        self._sidecars = sidecars
        self._lock = threading.Lock()
        self._merging = threading.Lock()
        self._scans: list[SourceScan] = []
        self._snapshot: tuple[ModelFile, ...] = ()
        self._listeners: list[Callable[[], None]] = []
        self._closed = False

    @property
    def snapshot(self) -> tuple[ModelFile, ...]:
        """The models as far as they are known at this moment."""
        return self._snapshot

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each change of `snapshot`, in whatever thread found it."""
        with self._lock:
            self._listeners.append(listener)

    def request(self) -> list[tuple[SourceScan, int]]:
        """Search anew, soon: what to wait for."""
        with self._lock:
            if self._closed:
                return []
            running = {scan.source: scan for scan in self._scans}
            sources = self._sources()
            self._scans = [
                running.get(source) or SourceScan(source, self._sidecars, self._publish)
                for source in sources
            ]
            gone = [scan for source, scan in running.items() if source not in sources]
            for scan in gone:
                scan.close()
            asked = [(scan, scan.request()) for scan in self._scans]
        if gone:
            self._publish()
        return asked

    def names(self) -> tuple[ModelFile, ...]:
        """The snapshot, of which the names are those of this moment; where nothing hangs."""
        deadline = time.monotonic() + PATIENCE
        for scan, number in self.request():
            scan.wait(number, deadline)
        return self._snapshot

    def wait(self, seconds: float) -> bool:
        """Search anew and wait until all headers are read; whether they are."""
        deadline = time.monotonic() + seconds
        waited = [scan.wait(n, deadline, for_headers=True) for scan, n in self.request()]
        return all(waited)

    def listed(self, path: str) -> ModelFile | None:
        """The model of the snapshot that this file belongs to, however it is reached."""
        for model in self._snapshot:
            if path in (model.path, *model.shards):
                return model
        for model in self._snapshot:
            try:
                if Path(model.path).samefile(path):
                    return model
            except OSError:
                continue
        return None

    def close(self) -> None:
        """Stop. A thread that hangs is left behind."""
        with self._lock:
            self._closed = True
            self._listeners.clear()
            threads = [scan.close() for scan in self._scans]
        deadline = time.monotonic() + _CLOSING
        for thread in threads:
            if thread is not None:
                thread.join(max(0.0, deadline - time.monotonic()))

    def _publish(self) -> None:
        with self._merging:  # whoever asks for a search need not wait for this
            with self._lock:
                scans = tuple(self._scans)
            models = self._merged(scans)
            with self._lock:
                if models == self._snapshot or self._closed:
                    return
                self._snapshot = models
                listeners = tuple(self._listeners)
        for listener in listeners:
            listener()

    def _merged(self, scans: Iterable[SourceScan]) -> tuple[ModelFile, ...]:
        """By name, the starter model last. Of several ways to a model the first counts."""
        seen: set[object] = set()
        models = []
        for scan in scans:
            for shelved in scan.shelved:
                model = shelved.model
                marks: set[object] = {shelved.identity or model.path}
                if model.source is ModelSource.OWN:  # while it is moved it may be in two folders
                    marks.add(Path(model.path).relative_to(model.folder))
                if seen.isdisjoint(marks):
                    models.append(model)
                seen |= marks
        models.sort(key=lambda m: (m.is_starter, m.name.casefold(), m.quantization, m.path))
        return tuple(models)
