"""The page “About”: versions, folders, and whose work Chatapp stands on."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication, QShowEvent
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from chatapp import __version__
from chatapp.ui.error_dialog import versions
from chatapp.ui.i18n import error_sentence
from chatapp.ui.settings.page import SettingsPage, run_for
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.dialog import Dialog

if TYPE_CHECKING:
    from chatapp.jobs import Jobs
    from chatapp.paths import Paths
    from chatapp.settings import SettingsFile
    from chatapp.ui.theme import Appearance
    from chatapp.ui.update_check import UpdateCheck

_LINES = 16
_ROWS_AT_ONCE = 4  # so that the window is never held up


@dataclass(frozen=True, slots=True)
class Licence:
    """Of one part of Chatapp that others made."""

    name: str
    version: str
    licence: str
    text: str


def read_licences(resources: Path) -> tuple[Licence, ...]:
    """What `packaging/licences.py` collected."""
    data = json.loads((resources / "licences.json").read_text(encoding="utf-8"))
    texts = data["texts"]
    return tuple(
        Licence(
            part["name"],
            part["version"],
            part["licence"],
            "\n\n".join(texts[number] for number in part["texts"]),
        )
        for part in data["parts"]
    )


class AboutPage(SettingsPage):
    """The licences are read when the page is first shown, and get their rows bit by bit.

    Signals: `news_requested()` for what is new in this version; `update_requested()` in a newer.
    """

    news_requested = Signal()
    update_requested = Signal()

    def __init__(
        self,
        appearance: Appearance,
        settings: SettingsFile,
        paths: Paths,
        jobs: Jobs,
        updates: UpdateCheck | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(appearance, settings, "", parent)
        self.title = self.tr("About")
        self._paths = paths
        self._jobs = jobs
        self._has_licences = False
        self._left: deque[Licence] = deque()  # those without a row yet
        self._adding = QTimer(self, interval=0)
        self._adding.timeout.connect(self._add_licences)
        self._add_group(self.tr("Chatapp"))
        news = Button(appearance, self.tr("What's new"))
        news.clicked.connect(self.news_requested)
        self._copy = Button(appearance, self.tr("Copy"))
        self._copy.setAccessibleName(self.tr("Copy the versions"))
        self._copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(versions()))
        name = self.tr("Chatapp {version}").format(version=__version__)
        around = versions().partition(", ")[2].replace("\n", ", ")
        self._add_row(name, around, self._copy, news, key="version")
        if updates is not None:
            self._add_updates(updates)
        self._add_group(self.tr("Folders"))
        for key, name, folder in (
            ("data_folder", self.tr("Conversations and lists"), paths.data),
            ("config_folder", self.tr("Settings"), paths.config),
            ("cache_folder", self.tr("Cache"), paths.cache),
            ("logs_folder", self.tr("Logs"), paths.logs),
        ):
            show = Button(appearance, self.tr("Open"))
            show.setAccessibleName(self.tr("Open: {what}").format(what=name))
            show.clicked.connect(lambda _=False, folder=folder: _open(folder))
            self._add_row(name, str(folder), show, key=key)
        self._add_group(self.tr("Licences"))
        self._add_row(
            self.tr("Third-party software"),
            self.tr("Chatapp stands on the work of others, each part under its own licence"),
            key="licence",
        )
        self._licences = QWidget()
        self._list = QVBoxLayout(self._licences)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        self._column.addWidget(self._licences)
        self._licences.hide()  # until all are there: nothing is to jump

    def _add_updates(self, updates: UpdateCheck) -> None:
        self._add_group(self.tr("Updates"))
        if updates.host:
            words = self.tr("Asks {host} once a day for the list of releases. Nothing is installed")
            words = words.format(host=updates.host)
        else:
            words = self.tr("This build does not know where releases are")
        name = self.tr("Look for new versions")
        allowed = self._add_switch("check_for_updates", name, words)
        if not updates.host:
            allowed.setEnabled(False)
            return
        self._show_notes = Button(self._appearance, self.tr("Show"))
        self._show_notes.setAccessibleName(self.tr("Show what is new"))
        self._show_notes.clicked.connect(self.update_requested)
        self._look = Button(self._appearance, self.tr("Look now"))
        self._look.clicked.connect(updates.look)
        name = self.tr("Newest version")
        self._newest = self._add_row(name, "", self._show_notes, self._look, key="newest_version")
        self._updates = updates
        updates.changed.connect(self._show_updates)
        self._show_updates()

    def _show_updates(self) -> None:
        updates = self._updates
        releases, error = updates.releases, updates.error
        self._show_notes.setVisible(bool(releases))
        self._look.setEnabled(not updates.is_looking)
        self._newest.set_note(error_sentence(error) if error is not None else "")
        if updates.is_looking:
            self._newest.set_explanation(self.tr("Looking…"))
        elif releases:
            words = self.tr("Chatapp {version} is available")
            self._newest.set_explanation(words.format(version=releases[0].version))
        elif releases is not None:
            self._newest.set_explanation(self.tr("This one"))
        else:
            self._newest.set_explanation(self.tr("Not looked for since the start"))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._has_licences:
            self._has_licences = True
            resources = self._paths.resources
            run_for(
                self,
                self._jobs.general,
                lambda: read_licences(resources),
                self._on_read,
                self._on_error,
            )

    def _on_read(self, licences: tuple[Licence, ...]) -> None:
        self._left.extend(licences)
        self._adding.start()

    def _add_licences(self) -> None:
        for _ in range(min(_ROWS_AT_ONCE, len(self._left))):
            licence = self._left.popleft()
            show = Button(self._appearance, self.tr("Show"), designed_height=28)
            show.setAccessibleName(self.tr("Show the licence of {name}").format(name=licence.name))
            show.clicked.connect(lambda _=False, licence=licence: self._show_text(licence))
            name = f"{licence.name} {licence.version}".strip()
            row = self._make_row(name, licence.licence, show)
            self._list.addWidget(row)
        if not self._left:
            self._adding.stop()
            self._licences.show()
            self.rows_added.emit()

    def _show_text(self, licence: Licence) -> None:
        dialog = Dialog(self._appearance, licence.name, licence.licence, self.window())
        text = QPlainTextEdit(licence.text)
        text.setObjectName("field")
        text.setReadOnly(True)
        text.setTabChangesFocus(True)
        text.setFont(self._appearance.font("small"))
        text.setAccessibleName(licence.name)
        text.setFixedHeight(_LINES * self._appearance.line_height("small"))
        dialog.add_widget(text)
        dialog.add_button(self.tr("Close"), safe=True)
        dialog.open()

    def _on_error(self, error: Exception) -> None:
        raise error


def _open(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
