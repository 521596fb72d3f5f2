"""The page “Engine”: what runs models, and what holds for all that have no choice of their own."""

from __future__ import annotations

from concurrent.futures import CancelledError
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QVBoxLayout
from shiboken6 import isValid

from chatapp.domain.engine_pack import InstallStage
from chatapp.errors import ChatappError
from chatapp.hub.wheel_index import builds
from chatapp.network import Stop
from chatapp.ui.i18n import error_sentence
from chatapp.ui.settings.engines import build_name
from chatapp.ui.settings.page import SettingsPage, run_for
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.combo import Combo
from chatapp.ui.widgets.dialog import Dialog
from chatapp.ui.widgets.settings_row import SettingsRow
from chatapp.ui.words import file_size, joined, part_of_size

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from chatapp.domain.engine_pack import EnginePack, InstallProgress
    from chatapp.settings import SettingsFile
    from chatapp.ui.settings.engines import Engines
    from chatapp.ui.theme import Appearance

    OnProgress = Callable[[InstallProgress], None]

_MINUTES = (5, 15, 30, 60, 240, 0)
_HOUR = 60
_CONTEXTS = (0, 2048, 4096, 8192, 16_384, 32_768, 65_536, 131_072)
_GB = 10**9
_BUDGETS = (0, _GB, 2 * _GB, 4 * _GB, 8 * _GB, 16 * _GB, 32 * _GB)


class EnginePage(SettingsPage):
    """Where a change does not hold at once, its row says when it does.

    Engines are looked for when the page is shown. They are added, removed and started in the
    background.
    """

    def __init__(
        self,
        appearance: Appearance,
        settings: SettingsFile,
        engines: Engines,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(appearance, settings, "", parent)
        self.title = self.tr("Engine")
        self._engines = engines
        self._packs: tuple[EnginePack, ...] = ()
        self._stop: Stop | None = None  # of what is being added
        self._add_group(self.tr("All models"))
        self.unload = self._add_combo(
            "unload_after",
            self.tr("Unload when idle"),
            self.tr("Gives all memory back; the next message loads it again"),
            _MINUTES,
            self._minutes,
        )
        self.tune = self._add_switch(
            "tune_automatically",
            self.tr("Tune new models"),
            self.tr("Measures each one once, when nothing is asked"),
        )
        self._add_combo(
            "context_length",
            self.tr("Context"),
            self.tr("Of models without a choice of their own, from the next time they are loaded"),
            _CONTEXTS,
            self._tokens,
        )
        self._add_group(self.tr("Memory of conversations"))
        self._add_combo(
            "kv_cache_budget",
            self.tr("Space on disk"),
            self.tr(
                "What models have read is kept, so that long conversations go on at once. Holds "
                "from the next start of Chatapp"
            ),
            _BUDGETS,
            self._budget,
        )
        self._add_engines()

    # Engines other than the built-in one

    def _add_engines(self) -> None:
        look = self._appearance
        self._add_group(self.tr("Engines"))
        name = self.tr("Run models with")
        self.engine: Combo[str] = Combo(look, name, [("", "")])
        self.engine_row = self._add_row(name, "", self.engine, key="engine_pack")
        self._bind("engine_pack", self.engine_row, self.engine, self._offer)
        self.engine.chosen.connect(self._choose)
        self.file = Button(look, self.tr("Add file…"))
        self.file.clicked.connect(self._on_file)
        self.file_row = self._add_row(
            self.tr("From a file"),
            self.tr("A wheel of llama-cpp-python. It is a program: add only what you trust"),
            self.file,
            key="engine_file",
        )
        self.build: Combo[str] = Combo(
            look, self.tr("Build"), [(build, build_name(build)) for build in builds()]
        )
        self.download = Button(look, self.tr("Download"))
        self.download.clicked.connect(self._on_download)
        self.download_row = self._add_row(
            self.tr("From the internet"),
            self.tr(
                "For graphics cards, from the makers of llama-cpp-python: abetlen.github.io, "
                "github.com"
            ),
            self.build,
            self.download,
            key="engine_download",
        )
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self._column.addLayout(self._list)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look()

    def add_file(self, path: Path) -> None:
        """Make an engine of a wheel."""
        packs = self._engines.packs
        self._add(
            self.file_row, lambda stop, tell: packs.install(path, stop=stop, on_progress=tell)
        )

    def _look(self) -> None:
        run_for(
            self, self._engines.jobs.general, self._engines.packs.packs, self._show_packs, _raise
        )

    def _show_packs(self, packs: tuple[EnginePack, ...]) -> None:
        self._packs = tuple(pack for pack in packs if not pack.is_builtin)
        self._offer(self._settings.current.engine_pack)
        while (item := self._list.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for pack in self._packs:
            remove = Button(self._appearance, self.tr("Remove"))
            remove.setAccessibleName(self.tr("Remove {name}").format(name=pack.name))
            remove.clicked.connect(lambda _=False, pack=pack: self._ask_to_remove(pack))
            package = f"llama-cpp-python {pack.version}" if pack.version else ""
            backend = build_name(pack.backend) if pack.backend else ""
            facts = joined(package, backend, file_size(pack.size))
            row = SettingsRow(self._appearance, pack.name, facts, (remove,))
            if pack.problem is not None:
                row.set_note(error_sentence(pack.problem), "warning")
            self._list.addWidget(row)
        self.rows_added.emit()

    def _offer(self, chosen: str) -> None:
        """Those that are there, and what is chosen."""
        choices = [("", self.tr("Built-in"))]
        choices += [(pack.name, pack.name) for pack in self._packs]
        if chosen not in {name for name, _ in choices}:
            choices.append((chosen, chosen))
        self.engine.set_choices(choices)
        self.engine.set_value(chosen)
        self._show_state()

    def _choose(self, name: str) -> None:
        self._keep(self.engine_row, engine_pack=name)
        if not self.engine_row.note:
            self.engine_row.set_explanation(self.tr("Starting…"))
        jobs = self._engines.jobs
        run_for(self, jobs.general, self._engines.start, lambda _: self._show_state(), _raise)

    def _show_state(self) -> None:
        """Say which one runs, and why not the one that was chosen."""
        info, problem = self._engines.choice.info, self._engines.choice.problem
        if info is None:
            words = self.tr("From the next time a model is loaded")
        elif problem is None:
            words = self.tr("Runs now: llama.cpp {version}, {backend}")
        else:
            words = self.tr("The built-in one runs instead: llama.cpp {version}, {backend}")
        if info is not None:
            words = words.format(version=info.version, backend=build_name(info.backend))
        self.engine_row.set_explanation(words)
        self.engine_row.set_note(error_sentence(problem) if problem is not None else "", "warning")

    def _ask_to_remove(self, pack: EnginePack) -> None:
        dialog = Dialog(
            self._appearance,
            self.tr("Remove {name}?").format(name=pack.name),
            self.tr("Its files are deleted. To have it again it must be added again."),
            self.window(),
        )
        dialog.add_button(self.tr("Cancel"), safe=True)
        dialog.add_button(self.tr("Remove"), "danger")
        dialog.accepted.connect(lambda: self._remove(pack.name))
        dialog.open()

    def _remove(self, name: str) -> None:
        if self._settings.current.engine_pack == name:
            self._keep(self.engine_row, engine_pack="")

        def failed(error: Exception) -> None:
            self._tell(self.engine_row, error)
            self._look()

        run_for(
            self,
            self._engines.jobs.general,
            lambda: self._engines.packs.remove(name),
            lambda _: self._look(),
            failed,
        )

    def _on_file(self) -> None:
        if self._stop is not None:
            self._stop.set()
            return
        dialog = QFileDialog(self.window(), self.tr("Add an engine"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("Wheels (*.whl)"), self.tr("All files (*)")])
        dialog.fileSelected.connect(lambda path: self.add_file(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_download(self) -> None:
        if self._stop is not None:
            self._stop.set()
            return
        build, download = self.build.value, self._engines.download
        self._add(
            self.download_row, lambda stop, tell: download(build, stop=stop, on_progress=tell)
        )

    def _add(self, row: SettingsRow, work: Callable[[Stop, OnProgress], EnginePack]) -> None:
        """Do it in the background, with what is said of it in this row."""
        stop = Stop()
        post = self._engines.post

        def tell(progress: InstallProgress) -> None:
            post(lambda: self._show_progress(row, stop, progress))

        def done(pack: EnginePack) -> None:
            self._show_adding(row, None)
            words = self.tr("{name} was added. Choose it above to run models with it")
            row.set_note(words.format(name=pack.name), "success")
            self._look()

        def failed(error: Exception) -> None:
            self._show_adding(row, None)
            self._tell(row, error)

        row.set_note(self.tr("Starting…"), "text_muted")
        self._show_adding(row, stop)
        run_for(self, self._engines.jobs.general, lambda: work(stop, tell), done, failed)

    def _show_adding(self, row: SettingsRow, stop: Stop | None) -> None:
        """The button in the row ends what it began; one engine is added at a time."""
        self._stop = stop
        for button, its_row, words in (
            (self.file, self.file_row, self.tr("Add file…")),
            (self.download, self.download_row, self.tr("Download")),
        ):
            is_this = stop is not None and its_row is row
            button.setText(self.tr("Cancel") if is_this else words)
            button.setEnabled(stop is None or is_this)
            button.updateGeometry()
        self.build.setEnabled(stop is None)

    def _show_progress(self, row: SettingsRow, stop: Stop, progress: InstallProgress) -> None:
        if not isValid(self) or self._stop is not stop:
            return
        size = part_of_size(progress.done, progress.size)
        match progress.stage:
            case InstallStage.RECONNECTING:
                words = self.tr("Reconnecting. Nothing is lost: {size}")
            case InstallStage.UNPACKING:
                words = self.tr("Unpacking: {size}")
            case _:
                words = self.tr("Downloading: {size}")
        row.set_note(words.format(size=size), "text_muted")

    def _tell(self, row: SettingsRow, error: Exception) -> None:
        if isinstance(error, ChatappError):
            row.set_note(error_sentence(error))
        elif isinstance(error, CancelledError):
            row.set_note("")
        else:
            raise error

    def _minutes(self, minutes: int) -> str:
        if not minutes:
            return self.tr("Never")
        if minutes % _HOUR:
            return self.tr("%Ln minute(s)", "", minutes)
        return self.tr("%Ln hour(s)", "", minutes // _HOUR)

    def _tokens(self, tokens: int) -> str:
        if not tokens:
            return self.tr("As much as fits")
        return self.tr("%Ln token(s)", "", tokens)

    def _budget(self, size: int) -> str:
        return file_size(size) if size else self.tr("Keep nothing")


def _raise(error: Exception) -> None:
    raise error
