"""What the library does with large files: comparing one, moving all. One thing at a time."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from chatapp.errors import ChatappError
from chatapp.ui.i18n import error_sentence
from chatapp.ui.words import part_of_size

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from chatapp.domain.model import ModelFile
    from chatapp.hub.library import Library
    from chatapp.hub.moving import Move, MoveProgress
    from chatapp.jobs import Jobs, Post
    from chatapp.ui.models_page.library_tab import LibraryTab

_TELL_EVERY = 0.1  # seconds


class LibraryWork(QObject):
    """Does it in the background, tells how far it is in the strip, and can be stopped.

    Signals: `changed()` when models may be elsewhere.
    """

    changed = Signal()

    def __init__(
        self,
        tab: LibraryTab,
        library: Library,
        jobs: Jobs,
        post: Post,
        is_downloading: Callable[[], bool],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._tab = tab
        self._strip = tab.work
        self._library = library
        self._jobs = jobs
        self._post = post
        self._is_downloading = is_downloading
        self._has_looked = False
        self._stop: threading.Event | None = None  # of what is being done
        self._strip.cancelled.connect(self.cancel)

    def look_for_rest(self) -> None:
        """Offer to end a move that ended with the program, or in the middle of it; once."""
        if not self._has_looked:
            self._has_looked = True
            self._jobs.general.run(lambda: self._library.unfinished_move, on_done=self._on_rest)

    def may_move(self) -> bool:
        """Whether nothing is being downloaded; else the person is told."""
        if not self._is_downloading():
            return True
        self._tab.show_failure(
            self.tr("The models folder can't be moved now"),
            self.tr("Pause the downloads first. They go on in the new folder."),
        )
        return False

    def verify(self, model: ModelFile) -> None:
        """Read all of its files again, and say so if they are not what they should be."""
        words = self.tr("Comparing {model} with the original, {amount}")

        def work(stop: threading.Event, tell: Callable[[str, float], None]) -> bool:
            def on_progress(done: int, total: int) -> None:
                amount = part_of_size(done, total)
                tell(words.format(model=model.name, amount=amount), done / max(1, total))

            return self._library.verify(model, stop, on_progress)

        def on_done(is_right: bool) -> None:  # noqa: FBT001 - a slot
            if not is_right:
                self._tab.show_failure(
                    self.tr("{model} is damaged").format(model=model.name),
                    self.tr("The file differs from the original. Download it again."),
                )

        title = self.tr("{model} could not be compared").format(model=model.name)
        amount = part_of_size(0, model.size)
        self._work(title, words.format(model=model.name, amount=amount), work, on_done)

    def move_folder(self, folder: Path) -> None:
        """Bring all of our models to another folder, which is the models folder from then on."""
        if not self.may_move():
            return
        words = self.tr("Moving the models, {amount}")

        def work(stop: threading.Event, tell: Callable[[str, float], None]) -> bool:
            def on_progress(progress: MoveProgress) -> None:
                amount = part_of_size(progress.done, progress.total)
                tell(words.format(amount=amount), progress.done / max(1, progress.total))

            return self._library.change_folder(folder, stop, on_progress)

        def on_done(is_finished: bool) -> None:  # noqa: FBT001 - a slot
            if not is_finished:
                self._offer_rest(folder)
            self.changed.emit()

        title = self.tr("The models folder could not be moved")
        self._work(title, self.tr("Moving the models"), work, on_done)

    def cancel(self) -> None:
        """Stop what is being done."""
        if self._stop is not None:
            self._stop.set()

    # Inside

    def _undo_move(self) -> None:
        if not self.may_move():
            return
        words = self.tr("Bringing the models back, {amount}")

        def work(stop: threading.Event, tell: Callable[[str, float], None]) -> bool:
            def on_progress(progress: MoveProgress) -> None:
                amount = part_of_size(progress.done, progress.total)
                tell(words.format(amount=amount), progress.done / max(1, progress.total))

            return self._library.undo_move(stop, on_progress)

        def on_done(_is_finished: bool) -> None:  # noqa: FBT001 - a slot
            self._has_looked = False
            self.look_for_rest()
            self.changed.emit()

        title = self.tr("The models could not be brought back")
        self._work(title, self.tr("Bringing the models back"), work, on_done)

    def _on_rest(self, move: Move | None) -> None:
        if move is not None and self._stop is None:
            self._offer_rest(move.new)

    def _offer_rest(self, folder: Path) -> None:
        """A move was stopped: some models are in one folder, some in the other."""
        self._tab.show_failure(
            self.tr("The models folder was moved only in part"),
            self.tr("All models can be used from where they are now."),
            (
                (self.tr("Go on"), lambda: self.move_folder(folder)),
                (self.tr("Bring them back"), self._undo_move),
            ),
        )

    def _work(
        self,
        title: str,
        words: str,
        function: Callable[[threading.Event, Callable[[str, float], None]], bool],
        on_done: Callable[[bool], None],
    ) -> None:
        if self._stop is not None:
            self._tab.show_failure(
                self.tr("Something else is being done"), self.tr("Try again when it has ended.")
            )
            return
        self._tab.hide_failure()
        stop = self._stop = threading.Event()
        self._strip.show_work(words, 0.0)
        told = time.monotonic()

        def tell(now: str, fraction: float) -> None:
            nonlocal told
            if time.monotonic() - told >= _TELL_EVERY:
                told = time.monotonic()
                self._post(lambda: self._show_work(stop, now, fraction))

        def end() -> None:
            self._stop = None
            self._strip.end()

        def finished(result: bool) -> None:  # noqa: FBT001 - a slot
            end()
            on_done(result)

        def failed(error: Exception) -> None:
            end()
            if isinstance(error, InterruptedError):
                return
            if not isinstance(error, ChatappError):
                raise error
            self._tab.show_failure(title, error_sentence(error))

        self._jobs.general.run(lambda: function(stop, tell), on_done=finished, on_error=failed)

    def _show_work(self, stop: threading.Event, words: str, fraction: float) -> None:
        if self._stop is stop and not stop.is_set():
            self._strip.show_work(words, fraction)
