"""The page “Storage”: what takes how much, and how to get rid of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent

from chatapp.errors import ChatappError
from chatapp.ui.i18n import error_sentence
from chatapp.ui.settings.page import SettingsPage, run_for
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.dialog import Dialog
from chatapp.ui.widgets.text_label import TextLabel
from chatapp.ui.words import file_size

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from chatapp.jobs import Jobs, Lane
    from chatapp.models.disk_space import DiskSpace, SpaceTaken
    from chatapp.settings import SettingsFile
    from chatapp.ui.theme import Appearance
    from chatapp.ui.widgets.settings_row import SettingsRow

_KEYS = {"models": "models_space"}  # those of rows, where they are others than the parts


class StoragePage(SettingsPage):
    """Measured each time it is shown. `empty_trash` is called on the database's thread.

    Signals: `models_requested()` to see the models; `trash_emptied()`.
    """

    models_requested = Signal()
    trash_emptied = Signal()

    def __init__(
        self,
        appearance: Appearance,
        settings: SettingsFile,
        space: DiskSpace,
        empty_trash: Callable[[], None],
        jobs: Jobs,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(appearance, settings, "", parent)
        self.title = self.tr("Storage")
        self._space = space
        self._empty_trash = empty_trash
        self._jobs = jobs
        self._sizes: dict[str, TextLabel] = {}
        self._add_group(self.tr("On this computer"))
        self.trash = Button(appearance, self.tr("Empty Trash…"))
        self.conversations_row = self._add_size(
            "conversations",
            self.tr("Conversations"),
            self.tr("With their attachments, and what lies in the Trash"),
            self.trash,
        )
        self.trash.clicked.connect(self._on_empty_trash)
        self.kept = self._clear_button(self.tr("What models have read"))
        row = self._add_size(
            "kept",
            self.tr("What models have read"),
            self.tr("Lets long conversations go on at once; without it they are read again"),
            self.kept,
        )
        self.kept.clicked.connect(lambda _=False, row=row: self._clear(row, space.clear_kept))
        self.models = Button(appearance, self.tr("Show models"))
        self.models.clicked.connect(self.models_requested)
        self._add_size("models", self.tr("Models"), self.tr("In the models folder"), self.models)
        self.cache = self._clear_button(self.tr("Cache"))
        row = self._add_size(
            "cache", self.tr("Cache"), self.tr("Made again when it is needed"), self.cache
        )
        self.cache.clicked.connect(lambda _=False, row=row: self._clear(row, space.clear_cache))
        self.logs = self._clear_button(self.tr("Logs"))
        row = self._add_size(
            "logs",
            self.tr("Logs"),
            self.tr("What happened, for finding mistakes; nothing of what you write"),
            self.logs,
        )
        self.logs.clicked.connect(lambda _=False, row=row: self._clear(row, space.clear_logs))
        self._add_size(
            "other", self.tr("Everything else"), self.tr("Engines, lists, measurements, drafts")
        )
        self._add_size("total", self.tr("All together"), "")

    def size_text(self, part: str) -> str:
        """What is shown for a field of `SpaceTaken`."""
        return self._sizes[part].text()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look()

    def _add_size(self, part: str, name: str, explanation: str, *controls: QWidget) -> SettingsRow:
        size = TextLabel(self._appearance, "", color="text_muted", tabular=True)
        self._sizes[part] = size
        return self._add_row(name, explanation, size, *controls, key=_KEYS.get(part, part))

    def _clear_button(self, what: str) -> Button:
        button = Button(self._appearance, self.tr("Clear"))
        button.setAccessibleName(self.tr("Clear: {what}").format(what=what))
        return button

    def _look(self) -> None:
        run_for(self, self._jobs.general, self._space.measure, self._show_sizes, self._on_error)

    def _show_sizes(self, taken: SpaceTaken) -> None:
        for part, label in self._sizes.items():
            label.setText(file_size(getattr(taken, part)))
        self.kept.setEnabled(taken.kept > 0)
        self.cache.setEnabled(taken.cache > 0)

    def _clear(
        self, row: SettingsRow, function: Callable[[], None], lane: Lane | None = None
    ) -> None:
        row.set_note("")

        def failed(error: Exception) -> None:
            if isinstance(error, ChatappError):
                row.set_note(error_sentence(error))
            elif isinstance(error, OSError):
                words = self.tr("A part could not be deleted: {reason}")
                row.set_note(words.format(reason=error.strerror or str(error)))
            else:
                raise error
            self._look()

        def done(_: None) -> None:
            if lane is not None:
                self.trash_emptied.emit()
            self._look()

        run_for(self, lane or self._jobs.general, function, done, failed)

    def _on_empty_trash(self) -> None:
        dialog = Dialog(
            self._appearance,
            self.tr("Empty the Trash?"),
            self.tr("The conversations in it are lost for good. This can't be undone."),
            self.window(),
        )
        dialog.add_button(self.tr("Cancel"), safe=True)
        dialog.add_button(self.tr("Empty Trash"), "danger")
        dialog.accepted.connect(
            lambda: self._clear(self.conversations_row, self._empty_trash, self._jobs.database)
        )
        dialog.open()

    def _on_error(self, error: Exception) -> None:
        raise error
