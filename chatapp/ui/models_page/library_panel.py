"""Keeps the page of the library in step with the library, the engine and the free memory."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from chatapp.domain.header import ModelHeader
from chatapp.domain.model import ModelFile, ModelSource
from chatapp.engine.state import EngineStatus
from chatapp.errors import ChatappError, TrashUnavailable
from chatapp.hub.fit import AUTOMATIC_CONTEXT, Fit, FitOptions, judge
from chatapp.hub.hardware import this_machine
from chatapp.paths import is_folder
from chatapp.ui.i18n import error_sentence
from chatapp.ui.models_page.library_tab import LibraryTab
from chatapp.ui.models_page.library_words import LibraryEntry, Removal
from chatapp.ui.models_page.library_work import LibraryWork

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.domain.model import Device
    from chatapp.engine.engine import Engine
    from chatapp.engine.state import EngineState
    from chatapp.hub.library import Library
    from chatapp.jobs import Jobs, Post
    from chatapp.settings import SettingsFile
    from chatapp.ui.theme import Appearance

Judge = Callable[[ModelHeader, int], Fit]

_JUDGE_EVERY = 10_000  # ms while the page is seen: memory is taken and given back
_BREATH = 0.0005  # seconds after each model, in which the interface gets its turn
_SEARCH = 30.0  # seconds that a search of all folders may take


class LibraryPanel(QObject):
    """The tab, and the services behind it.

    Signals: `changed()` when anything else is known of the models, `listed()` when there are others
    than before; `chat_requested(ModelFile)`, `quantize_requested(ModelFile)`,
    `loading_requested(ModelFile)`,
    `model_requested(str)` with a repository, `discover_requested()`.
    """

    changed = Signal()
    listed = Signal()
    chat_requested = Signal(object)
    quantize_requested = Signal(object)
    loading_requested = Signal(object)
    model_requested = Signal(str)
    discover_requested = Signal()

    def __init__(
        self,
        appearance: Appearance,
        library: Library,
        engine: Engine,
        jobs: Jobs,
        settings: SettingsFile,
        post: Post,
        is_downloading: Callable[[], bool],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._library = library
        self._engine = engine
        self._jobs = jobs
        self._settings = settings
        self._post = post
        self._models: tuple[ModelFile, ...] = ()
        self._fits: dict[str, Fit] = {}
        self._devices: tuple[Device, ...] | None = None  # None until somebody wants to know
        self._loaded = ""
        self._is_judging = False
        self._judge_again = False
        self._is_searching = False
        self._search_again = False
        self._is_complete = True  # what the last search found
        self.tab = LibraryTab(appearance)
        tab = self.tab
        tab.chat_requested.connect(self.chat_requested)
        tab.quantize_requested.connect(self.quantize_requested)
        tab.loading_requested.connect(self.loading_requested)
        tab.model_requested.connect(self.model_requested)
        tab.discover_requested.connect(self.discover_requested)
        tab.show_requested.connect(self._show_in_folder)
        tab.open_folder_requested.connect(self.open_folder)
        tab.remove_requested.connect(self._remove)
        tab.delete_requested.connect(self._delete)
        self.work = LibraryWork(self.tab, library, jobs, post, is_downloading, self)
        self.work.changed.connect(self._on_changed)
        tab.verify_requested.connect(self.work.verify)
        tab.file_requested.connect(self.ask_for_file)
        tab.folder_requested.connect(self._ask_for_folder)
        tab.forget_requested.connect(self._forget)
        tab.move_folder_requested.connect(self.ask_for_new_folder)
        self._timer = QTimer(self, interval=_JUDGE_EVERY)
        self._timer.timeout.connect(self._judge)
        library.subscribe(lambda: post(self._on_changed))
        self._unsubscribe = engine.subscribe(lambda state: post(lambda: self._on_engine(state)))
        self._on_engine(engine.state)
        if library.snapshot:
            self._on_changed()

    # What the page tells

    def search(self) -> None:
        """Look anew which models there are."""
        if self._is_searching:
            self._search_again = True
            return
        self._is_searching = True
        self._search_again = False
        self.tab.set_scanning(scanning=True)
        self._jobs.general.run(lambda: self._library.wait(_SEARCH), on_done=self._on_searched)

    def set_shown(self, *, shown: bool) -> None:
        """Whether the page is seen: only then it is worth looking at the memory."""
        if not shown:
            self._timer.stop()
            return
        self._timer.start()
        self.work.look_for_rest()
        self.search()
        self._look_at_devices()
        self._judge()

    def stop(self) -> None:
        """The services are about to close."""
        self._timer.stop()
        self._unsubscribe()
        self.work.cancel()

    def judging(self) -> Callable[[], Judge]:
        """What looks at the memory, in the background, and returns what judges by that."""
        devices = self._devices or ()
        options = FitOptions(self._settings.current.context_length or AUTOMATIC_CONTEXT)

        def look() -> Judge:
            machine = this_machine(devices)
            freed = self._engine.memory_given_back()
            return lambda header, size: judge(header, size, options, machine, freed)

        return look

    @property
    def models(self) -> tuple[ModelFile, ...]:
        """What is in the library."""
        return self._models

    # Adding

    def add(self, paths: Sequence[Path]) -> None:
        """Use these files, and what is in these folders, where they lie."""
        self.tab.hide_failure()

        def add() -> tuple[list[ModelFile], ChatappError | None]:
            found, failure = [], None
            for path in paths:
                try:
                    if is_folder(path):
                        self._library.add_folder(path)
                    else:
                        found.append(self._library.add(path))
                except ChatappError as error:  # the others are added all the same
                    failure = failure or error
            return found, failure

        self._jobs.general.run(add, on_done=self._on_added)

    def ask_for_file(self) -> None:
        """Let the person choose files that lie anywhere."""
        dialog = QFileDialog(self.tab.window(), self.tr("Add model from file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters([self.tr("Models (*.gguf)"), self.tr("All files (*)")])
        dialog.filesSelected.connect(lambda paths: self.add([Path(path) for path in paths]))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def open_folder(self) -> None:
        """Show the models folder in the system's file manager."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._library.folder)))

    def ask_for_new_folder(self) -> None:
        """Let the person choose where the models folder is moved to."""
        if self.work.may_move():
            self._ask_for_directory(self.tr("Move models folder to"), self.work.move_folder)

    # Inside: what is shown

    def _on_changed(self) -> None:
        models = self._library.snapshot
        is_other = {m.path for m in models} != {m.path for m in self._models}
        self._models = models
        self._show()
        self._judge()
        self.changed.emit()
        if is_other:
            self.listed.emit()

    def _show(self) -> None:
        folders = self._library.added_folders
        entries = [
            LibraryEntry(
                model,
                self._fits.get(model.path),
                is_loaded=model.path == self._loaded,
                removal=_removal(model, folders),
            )
            for model in self._models
        ]
        self.tab.set_entries(entries, folders)

    def _on_searched(self, is_complete: bool) -> None:  # noqa: FBT001 - a slot
        self._is_searching = False
        if self._search_again:  # what was there a moment ago was found, not what is there now
            self.search()
            return
        self.tab.set_scanning(scanning=False)
        self._is_complete = is_complete
        self._show_problem()
        self._on_changed()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LanguageChange:
            self._show_problem()
        return super().event(event)

    def _show_problem(self) -> None:
        if self._is_complete:
            self.tab.set_problem("", "")
        else:
            self.tab.set_problem(
                self.tr("Not all folders were searched"),
                self.tr("One of them does not answer. What is in the others is shown."),
                self.tr("Try again"),
                self.search,
            )

    def _on_engine(self, state: EngineState) -> None:
        is_ready = state.status is EngineStatus.READY and state.model is not None
        loaded = state.model.path if is_ready and state.model is not None else ""
        if loaded != self._loaded:
            self._loaded = loaded
            self._show()
            self._judge()

    def _look_at_devices(self) -> None:
        if self._devices is not None:
            return
        self._devices = ()
        future = self._engine.devices()

        def on_done() -> None:
            if future.exception() is None:  # else the model's chip tells why there is no engine
                self._devices = future.result()
                self._judge()

        future.add_done_callback(lambda _: self._post(on_done))

    def _judge(self) -> None:
        if not self._timer.isActive():  # nobody sees it
            return
        if self._is_judging:
            self._judge_again = True
            return
        models = [model for model in self._models if model.header is not None]
        if not models:
            return
        self._is_judging = True
        fit_now = self.judging()

        def judge_all() -> dict[str, Fit]:
            judge_one = fit_now()
            fits = {}
            for model in models:
                if model.header is not None:
                    fits[model.path] = judge_one(model.header, model.size)
                    time.sleep(_BREATH)
            return fits

        def on_error(error: Exception) -> None:
            self._is_judging = False
            raise error

        self._jobs.general.run(judge_all, on_done=self._on_judged, on_error=on_error)

    def _on_judged(self, fits: dict[str, Fit]) -> None:
        self._is_judging = False
        if fits != self._fits:
            self._fits = fits
            self._show()
        if self._judge_again:
            self._judge_again = False
            self._judge()

    # Inside: what is done

    def _on_added(self, result: tuple[list[ModelFile], ChatappError | None]) -> None:
        models, failure = result
        self._on_changed()
        if failure is not None:
            self._tell(self.tr("The model can't be added"), failure)
        elif models:
            self.tab.show_model(models[-1].path)

    def _show_in_folder(self, model: ModelFile) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(model.path).parent)))

    def _remove(self, model: ModelFile) -> None:
        def on_error(error: Exception) -> None:
            ways = []
            if isinstance(error, TrashUnavailable):
                words = self.tr("Delete for good…")
                ways = [(words, lambda: self.tab.confirm_deletion(model))]
            self._tell(self._not_removed(model), error, ways)

        self._unload(model)
        self._jobs.general.run(
            lambda: self._library.remove(model),
            on_done=lambda _: self._on_changed(),
            on_error=on_error,
        )

    def _delete(self, model: ModelFile) -> None:
        self.tab.hide_failure()
        self._unload(model)
        self._run(
            self._not_removed(model),
            lambda: self._library.remove(model, permanently=True),
            lambda _: self._on_changed(),
        )

    def _not_removed(self, model: ModelFile) -> str:
        return self.tr("{model} could not be removed").format(model=model.name)

    def _unload(self, model: ModelFile) -> None:
        if model.path == self._loaded:
            self._engine.unload()

    def _ask_for_folder(self) -> None:
        self._ask_for_directory(self.tr("Search another folder"), lambda folder: self.add([folder]))

    def _forget(self, folder: str) -> None:
        self._run(
            self.tr("The list of folders can't be changed"),
            lambda: self._library.forget_folder(folder),
            lambda _: self._on_changed(),
        )

    def _ask_for_directory(self, title: str, on_chosen: Callable[[Path], None]) -> None:
        dialog = QFileDialog(self.tab.window(), title)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda path: on_chosen(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    # Inside: how it is done

    def _run(
        self, title: str, function: Callable[[], object], on_done: Callable[..., None]
    ) -> None:
        """In the background, and if it fails say so under `title`."""
        self._jobs.general.run(
            function, on_done=on_done, on_error=lambda error: self._tell(title, error)
        )

    def _tell(
        self, title: str, error: Exception, ways: Sequence[tuple[str, Callable[[], object]]] = ()
    ) -> None:
        if not isinstance(error, ChatappError):
            raise error
        self.tab.show_failure(title, error_sentence(error), ways)


def _removal(model: ModelFile, added_folders: Sequence[str]) -> Removal:
    if model.is_ours:
        return Removal.TRASH
    if model.source is ModelSource.ADDED and model.folder not in added_folders:
        return Removal.LIST
    return Removal.NONE
