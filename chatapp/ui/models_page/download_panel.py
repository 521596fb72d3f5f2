"""Keeps the page of the downloads in step with their queue."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from chatapp.domain.download import DownloadItem, DownloadState
from chatapp.errors import Offline
from chatapp.hub.names import is_projector
from chatapp.ui.download_words import moves_by_itself
from chatapp.ui.models_page.downloads_tab import DownloadsTab

if TYPE_CHECKING:
    from chatapp.domain.model import ModelFile
    from chatapp.hub.downloads import Downloads
    from chatapp.hub.library import Library
    from chatapp.jobs import Jobs, Post
    from chatapp.ui.theme import Appearance

_LOOK_AT_DISK = 2.0  # seconds between two looks
_HEADERS = 5.0  # seconds in which it should be known what kind of model came


class DownloadPanel(QObject):
    """The tab, and the service behind it.

    Signals: `changed(tuple)` with all items; `arrived()` when one is done and the library has more,
    `ready(ModelFile)` when it is known what that is;
    `chat_requested(ModelFile)`.
    """

    changed = Signal(object)
    arrived = Signal()
    ready = Signal(object)
    chat_requested = Signal(object)

    def __init__(
        self,
        appearance: Appearance,
        downloads: Downloads,
        library: Library,
        jobs: Jobs,
        post: Post,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._downloads = downloads
        self._library = library
        self._jobs = jobs
        self._post = post
        self._items: tuple[DownloadItem, ...] = ()
        self._free: int | None = None
        self._looked_at = 0.0
        self._models: dict[str, ModelFile] = {}  # what finished items brought, by their ids
        self._asked: set[str] = set()
        self.tab = DownloadsTab(appearance, self._can_chat)
        tab = self.tab
        tab.pause_requested.connect(downloads.pause)
        tab.resume_requested.connect(downloads.resume)
        tab.retry_requested.connect(self._retry)
        tab.cancel_requested.connect(downloads.cancel)
        tab.move_requested.connect(downloads.move)
        tab.pause_all_requested.connect(self._pause_all)
        tab.resume_all_requested.connect(self._resume_all)
        tab.clear_requested.connect(self._clear)
        tab.chat_requested.connect(self._on_chat_requested)
        self._unsubscribe = downloads.subscribe(lambda items: post(lambda: self._show(items)))
        self._show(downloads.items)

    @property
    def items(self) -> tuple[DownloadItem, ...]:
        """The queue as it was told last."""
        return self._items

    def go_on(self) -> None:
        """Connections may be allowed again: what only waits for that goes on."""
        for item in self._items:
            if isinstance(item.error, Offline):
                self._downloads.resume(item.id)

    def stop(self) -> None:
        """The service is about to close."""
        self._unsubscribe()

    def _show(self, items: tuple[DownloadItem, ...]) -> None:
        done = {item.id for item in self._items if item.state is not DownloadState.DONE}
        has_more = any(item.id in done and item.state is DownloadState.DONE for item in items)
        self._items = items
        self.tab.set_items(items, self._free)
        for item in items:
            if item.state is DownloadState.DONE and item.id not in self._asked:
                self._asked.add(item.id)
                self._look_at_model(item)
        self._look_at_disk()
        self.changed.emit(items)
        if has_more:
            self.arrived.emit()

    # What is not in the queue

    def _look_at_disk(self) -> None:
        now = time.monotonic()
        if not self._items or now - self._looked_at < _LOOK_AT_DISK:
            return
        self._looked_at = now
        self._jobs.general.run(self._free_space, on_done=self._on_free)

    def _free_space(self) -> int | None:
        folder = self._library.folder
        try:
            return shutil.disk_usage(folder).free
        except OSError:  # the drive is away: that is told where it matters
            return None

    def _on_free(self, free: int | None) -> None:
        if free != self._free:
            self._free = free
            self.tab.set_items(self._items, free)

    def _look_at_model(self, item: DownloadItem) -> None:
        target = next((t for t in item.targets if not is_projector(t)), item.targets[0])

        def look() -> ModelFile:
            self._library.wait(_HEADERS)
            return self._library.by_path(str(self._library.folder / target))

        def on_done(model: ModelFile) -> None:
            self._models[item.id] = model
            self.tab.set_items(self._items, self._free)
            self.ready.emit(model)

        self._jobs.general.run(look, on_done=on_done)

    def _can_chat(self, item: DownloadItem) -> bool:
        model = self._models.get(item.id)
        return model is not None and model.can_chat

    # Wishes

    def _retry(self, number: str) -> None:
        # While it reconnects it waits by itself, which only a pause ends at once.
        self._downloads.pause(number)
        self._downloads.retry(number)

    def _pause_all(self) -> None:
        for item in self._items:
            if moves_by_itself(item):
                self._downloads.pause(item.id)

    def _resume_all(self) -> None:
        for item in self._items:
            if item.state is DownloadState.PAUSED and item.error is None:
                self._downloads.resume(item.id)

    def _clear(self) -> None:
        for item in self._items:
            if item.state is DownloadState.DONE:
                self._downloads.cancel(item.id)

    def _on_chat_requested(self, number: str) -> None:
        model = self._models.get(number)
        if model is not None:
            self.chat_requested.emit(model)
