"""What holds for the loading of all models: when they go, and whether new ones are measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QVBoxLayout, QWidget

from chatapp.errors import ChatappError
from chatapp.ui.i18n import error_sentence
from chatapp.ui.widgets.combo import Combo
from chatapp.ui.widgets.field_row import FieldRow
from chatapp.ui.widgets.switch import Switch

if TYPE_CHECKING:
    from chatapp.settings import SettingsFile
    from chatapp.ui.theme import Appearance

_MINUTES = (5, 15, 30, 60, 240)
_HOUR = 60


class LoadingSettings(QWidget):
    """The rows; every change holds at once."""

    def __init__(
        self, appearance: Appearance, settings: SettingsFile, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        minutes = settings.current.unload_after
        choices = sorted({*_MINUTES, minutes} - {0})
        self.unload: Combo[int] = Combo(
            appearance,
            self.tr("Unload when idle"),
            [*((count, self._words(count)) for count in choices), (0, self.tr("Never"))],
            designed_height=28,
        )
        self.unload.set_value(minutes)
        self.unload.chosen.connect(lambda count: self._keep(unload_after=count))
        self.tune = Switch(appearance, self.tr("Tune new models"))
        self.tune.setChecked(settings.current.tune_automatically)
        self.tune.toggled.connect(lambda is_on: self._keep(tune_automatically=is_on))
        self._unload_row = FieldRow(
            appearance,
            self.unload.accessibleName(),
            self.tr("Gives all memory back; the next message loads it again."),
            self.unload,
        )
        tune_row = FieldRow(
            appearance,
            self.tune.accessibleName(),
            self.tr("Measures each one once, when nothing is asked."),
            self.tune,
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._unload_row)
        column.addWidget(tune_row)

    def _keep(self, **values: int | bool) -> None:
        self._unload_row.set_note("")
        try:
            self._settings.change(**values)
        except ChatappError as error:
            self._unload_row.set_note(error_sentence(error))

    def _words(self, minutes: int) -> str:
        if minutes % _HOUR:
            return self.tr("{count} minutes").format(count=QLocale().toString(minutes))
        if minutes == _HOUR:
            return self.tr("1 hour")
        return self.tr("{count} hours").format(count=QLocale().toString(minutes // _HOUR))
