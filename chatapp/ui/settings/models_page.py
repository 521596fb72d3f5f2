"""The page “Models and folders”: which model comes first, and where models are looked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import QFileDialog, QVBoxLayout

from chatapp.errors import ChatappError
from chatapp.ui.i18n import error_sentence
from chatapp.ui.settings.page import SettingsPage, run_for
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.combo import Combo
from chatapp.ui.widgets.settings_row import SettingsRow

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from chatapp.hub.library import Library
    from chatapp.jobs import Jobs
    from chatapp.settings import SettingsFile
    from chatapp.ui.theme import Appearance

T = TypeVar("T")


class ModelsFoldersPage(SettingsPage):
    """Folders are read and changed in the background, because some of them answer slowly.

    Signals: `models_requested()` to see the models themselves; `move_requested()` to move our
    folder; `changed()` when other folders are searched.
    """

    models_requested = Signal()
    move_requested = Signal()
    changed = Signal()

    def __init__(
        self,
        appearance: Appearance,
        settings: SettingsFile,
        library: Library,
        jobs: Jobs,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(appearance, settings, "", parent)
        self.title = self.tr("Models and folders")
        self._library = library
        self._jobs = jobs
        self._add_group(self.tr("New conversations"))
        self._add_model()
        self._add_group(self.tr("Folders"))
        show = Button(appearance, self.tr("Open"))
        show.clicked.connect(self._open)
        move = Button(appearance, self.tr("Move…"))
        move.clicked.connect(self.move_requested)
        self.folder_row = self._add_row(
            self.tr("Models folder"), "", show, move, key="models_folder"
        )
        add = Button(appearance, self.tr("Add folder…"))
        add.clicked.connect(self._ask_for_folder)
        self.add_row = self._add_row(
            self.tr("Other folders"),
            self.tr("Models there are used where they lie"),
            add,
            key="added_folders",
        )
        self._added = QVBoxLayout()
        self._added.setSpacing(0)
        self._column.addLayout(self._added)
        models = Button(appearance, self.tr("Show models"))
        models.clicked.connect(self.models_requested)
        self._add_row(
            self.tr("Models on this computer"),
            self.tr("To see what they take, make them smaller or delete them"),
            models,
            key="models",
        )

    def add_folder(self, path: Path) -> None:
        """Search a folder too."""
        self._change(lambda: self._library.add_folder(path))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._offer_models(self._settings.current.model_path)
        self._look()

    def _add_model(self) -> None:
        name = self.tr("Model")
        self.model: Combo[str] = Combo(self._appearance, name, [("", "")])
        row = self._add_row(name, self.tr("Of new conversations"), self.model, key="model_path")
        self._bind("model_path", row, self.model, self._offer_models)
        self.model.chosen.connect(lambda path: self._keep(row, model_path=path))

    def _offer_models(self, preferred: str) -> None:
        """Those of now, and the one that is chosen."""
        choices = [("", self.tr("The first there is"))]
        choices += [(one.path, one.name) for one in self._library.snapshot if one.can_chat]
        if preferred not in {path for path, _ in choices}:
            choices.append((preferred, Path(preferred).stem))
        self.model.set_choices(choices)
        self.model.set_value(preferred)

    def _look(self) -> None:
        self._run(lambda: (self._library.folder, self._library.added_folders), self._show_folders)

    def _show_folders(self, folders: tuple[Path, tuple[str, ...]]) -> None:
        ours, added = folders
        self.folder_row.set_explanation(str(ours))
        while (item := self._added.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for folder in added:
            remove = Button(self._appearance, self.tr("Leave"))
            remove.setAccessibleName(self.tr("Leave {folder}").format(folder=folder))
            remove.clicked.connect(lambda _=False, folder=folder: self._forget(folder))
            name = Path(folder).name or folder
            self._added.addWidget(SettingsRow(self._appearance, name, folder, (remove,)))
        self.rows_added.emit()

    def _forget(self, folder: str) -> None:
        self._change(lambda: self._library.forget_folder(folder))

    def _change(self, function: Callable[[], None]) -> None:
        self.add_row.set_note("")

        def done(_: None) -> None:
            self.changed.emit()
            self._look()

        self._run(function, done)

    def _run(self, function: Callable[[], T], on_done: Callable[[T], object]) -> None:
        run_for(self, self._jobs.general, function, on_done, self._on_error)

    def _on_error(self, error: Exception) -> None:
        if not isinstance(error, ChatappError):
            raise error
        self.add_row.set_note(error_sentence(error))

    def _open(self) -> None:
        self._run(
            lambda: self._library.folder,
            lambda folder: QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))),
        )

    def _ask_for_folder(self) -> None:
        dialog = QFileDialog(self.window(), self.tr("Add folder"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(lambda path: self.add_folder(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
