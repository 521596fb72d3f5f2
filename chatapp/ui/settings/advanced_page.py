"""The page “Advanced”: settings as a file, and all of them as they were at first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QFileDialog

from chatapp.errors import ChatappError
from chatapp.settings import DEFAULTS, LARGEST_EXPORT, NAMES, write_atomically
from chatapp.ui.i18n import error_sentence, paragraph
from chatapp.ui.settings.page import SettingsPage, run_for
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.dialog import Dialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from chatapp.jobs import Jobs
    from chatapp.settings import Imported, SettingsFile
    from chatapp.ui.theme import Appearance
    from chatapp.ui.widgets.settings_row import SettingsRow

T = TypeVar("T")

_ENDING = "json"
_REACHING = ("hub_endpoint", "proxy")


class AdvancedPage(SettingsPage):
    """`name_of` tells what the row of a setting is called on whatever page it stands."""

    def __init__(
        self,
        appearance: Appearance,
        settings: SettingsFile,
        jobs: Jobs,
        name_of: Callable[[str], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(appearance, settings, "", parent)
        self.title = self.tr("Advanced")
        self._jobs = jobs
        self._name_of = name_of
        self._add_group(self.tr("Settings as a file"))
        export = Button(appearance, self.tr("Export…"))
        export.clicked.connect(self.ask_export)
        self.export_row = self._add_row(
            self.tr("Export settings"),
            self.tr("For another computer; without access tokens and passwords"),
            export,
            key="export",
        )
        bring = Button(appearance, self.tr("Import…"))
        bring.clicked.connect(self.ask_import)
        self.import_row = self._add_row(
            self.tr("Import settings"),
            self.tr("Tells what would change before it does"),
            bring,
            key="import",
        )
        self._add_group(self.tr("All pages"))
        reset = Button(appearance, self.tr("Reset…"))
        reset.clicked.connect(self._ask_reset)
        self.reset_row = self._add_row(
            self.tr("Reset all settings"),
            self.tr("Conversations, models, assistants and access tokens stay"),
            reset,
            key="reset_all",
        )

    # Export

    def ask_export(self) -> None:
        """Let the person choose where to."""
        dialog = QFileDialog(self.window(), self.tr("Export settings"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(_ENDING)
        dialog.setNameFilters([self.tr("Settings (*.json)")])
        dialog.selectFile(f"chatapp-settings.{_ENDING}")
        dialog.fileSelected.connect(lambda path: self.export_to(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def export_to(self, path: Path) -> None:
        """Write the settings into a file."""
        text = self._settings.export()

        def done(_: None) -> None:
            words = self.tr("Exported to {name}").format(name=path.name)
            self.export_row.set_note(words, "success")

        self.export_row.set_note("")
        self._in_background(self.export_row, lambda: write_atomically(path, text), done)

    # Import

    def ask_import(self) -> None:
        """Let the person choose where from."""
        dialog = QFileDialog(self.window(), self.tr("Import settings"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("Settings (*.json)"), self.tr("All files (*)")])
        dialog.fileSelected.connect(lambda path: self.import_from(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def import_from(self, path: Path) -> None:
        """Read a file and ask whether to take over what it says."""

        def read() -> bytes:
            with path.open("rb") as file:
                return file.read(LARGEST_EXPORT + 1)

        def done(content: bytes) -> None:
            try:
                self._ask_about(self._settings.read_export(content, path.name))
            except ChatappError as error:
                self.import_row.set_note(error_sentence(error))

        self.import_row.set_note("")
        self._in_background(self.import_row, read, done)

    def _ask_about(self, imported: Imported) -> None:
        values = {change.name: change.after for change in imported.changes}
        if not values:
            words = self.tr("The file says nothing else than what is set already.")
            self.import_row.set_note(words, "text_muted")
            return
        names = QLocale().createSeparatedList([self._name_of(name) or name for name in values])
        sentences = self.tr("It would change: {names}.").format(names=names)
        for name in _REACHING:  # whoever wrote the file could then see what is asked for
            if values.get(name):
                words = self.tr("{name} would be {address}.")
                words = words.format(name=self._name_of(name) or name, address=values[name])
                sentences = paragraph(sentences, words)
        if imported.left_out:
            words = self.tr("%Ln value(s) can't be used here.", "", len(imported.left_out))
            sentences = paragraph(sentences, words)
        dialog = Dialog(
            self._appearance, self.tr("Import these settings?"), sentences, self.window()
        )
        dialog.add_button(self.tr("Cancel"), safe=True)
        dialog.add_button(self.tr("Import"), "primary")
        dialog.accepted.connect(lambda: self._take(values))
        dialog.open()

    def _take(self, values: dict[str, object]) -> None:
        self._keep(self.import_row, **values)
        if not self.import_row.note:
            words = self.tr("%Ln setting(s) changed", "", len(values))
            self.import_row.set_note(words, "success")

    # Reset

    def _ask_reset(self) -> None:
        dialog = Dialog(
            self._appearance,
            self.tr("Reset all settings?"),
            self.tr("Every setting of every page is as it was when Chatapp was new."),
            self.window(),
        )
        dialog.add_button(self.tr("Cancel"), safe=True)
        dialog.add_button(self.tr("Reset all settings"), "danger")
        dialog.accepted.connect(self.reset_all)
        dialog.open()

    def reset_all(self) -> None:
        """Put back every setting, but for the size of the window."""
        names = [name for name in NAMES if not name.startswith(("window_", "sidebar_"))]
        self._keep(self.reset_row, **{name: getattr(DEFAULTS, name) for name in names})

    # Inside

    def _in_background(
        self, row: SettingsRow, function: Callable[[], T], on_done: Callable[[T], None]
    ) -> None:
        def failed(error: Exception) -> None:
            if isinstance(error, ChatappError):
                row.set_note(error_sentence(error))
            elif isinstance(error, OSError):
                words = self.tr("The file can't be read: {reason}")
                row.set_note(words.format(reason=error.strerror or str(error)))
            else:
                raise error

        run_for(self, self._jobs.general, function, on_done, failed)
