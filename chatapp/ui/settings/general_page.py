"""The page “General”: the language, and how conversations behave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QSystemTrayIcon

from chatapp.ui.settings.page import SettingsPage

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from chatapp.settings import Settings, SettingsFile
    from chatapp.ui.theme import Appearance

LANGUAGES = {"": "", "en": "English", "zh_CN": "简体中文"}  # in the languages themselves
_LONG = (1000, 2500, 5000, 10_000, 20_000)  # characters


class GeneralPage(SettingsPage):
    """Everything here holds at once."""

    def __init__(
        self, appearance: Appearance, settings: SettingsFile, parent: QWidget | None = None
    ) -> None:
        super().__init__(appearance, settings, "", parent)
        self.title = self.tr("General")
        self._add_group(self.tr("Language"))
        self.language = self._add_combo(
            "language",
            self.tr("Language"),
            self.tr("Of the window; models answer in the language that you write in"),
            tuple(LANGUAGES),
            self._language,
        )
        self._add_group(self.tr("Conversation"))
        self._add_switch(
            "enter_sends",
            self.tr("Enter sends"),
            self.tr("Otherwise Ctrl+Enter does, and Enter begins a new line"),
        )
        self._add_switch(
            "pin_question",
            self.tr("Keep the question at the top"),
            self.tr("While its answer is written; otherwise the end of the answer is followed"),
        )
        self._add_switch(
            "long_paste_as_attachment",
            self.tr("Attach long pasted texts"),
            self.tr("Otherwise they stay in the field"),
        )
        self.long = self._add_combo(
            "long_paste_characters", self.tr("Long is more than"), "", _LONG, self._characters
        )
        self._add_group(self.tr("Around the window"))
        self._add_switch(
            "notify",
            self.tr("Notify"),
            self.tr("When a long answer ends while something else is in front"),
        )
        self.tray = self._add_switch(
            "tray", self.tr("Tray icon"), self.tr("An icon among those of the system")
        )
        self.close_to_tray = self._add_switch(
            "close_to_tray",
            self.tr("Stay in the tray"),
            self.tr("Closing the window leaves Chatapp behind its tray icon"),
        )
        if not QSystemTrayIcon.isSystemTrayAvailable():
            row = self.row_of("tray")
            if row is not None:
                row.set_note(self.tr("This system has no place for icons now."), "text_muted")
        self._shows.append(self._enable)
        self._enable(settings.current)

    def _enable(self, settings: Settings) -> None:
        """What needs something else waits for it, and says so."""
        attaches = settings.long_paste_as_attachment
        self.long.setEnabled(attaches)
        self.long.setToolTip(
            self.long.accessibleName() if attaches else self.tr("No pasted text is attached now")
        )
        self.close_to_tray.setEnabled(settings.tray)
        self.close_to_tray.setToolTip("" if settings.tray else self.tr("There is no tray icon now"))

    def _language(self, tag: str) -> str:
        if not tag:
            return self.tr("As the system")
        return LANGUAGES.get(tag) or QLocale(tag).nativeLanguageName() or tag

    def _characters(self, count: int) -> str:
        return self.tr("{count} characters").format(count=QLocale().toString(count))
