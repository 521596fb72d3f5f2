"""What is new in versions that could be had: their makers' words, and the way to their page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QDateTime

from chatapp.ui.notes_dialog import NotesDialog
from chatapp.ui.transcript.walking import open_address
from chatapp.ui.widgets.button import Button
from chatapp.ui.words import date, joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from chatapp.jobs import Jobs
    from chatapp.ui.theme import Appearance
    from chatapp.updates import Release


class UpdateNotes(NotesDialog):
    """The notes of `releases`, the newest first. `page` is where they are downloaded, by hand."""

    def __init__(
        self,
        appearance: Appearance,
        jobs: Jobs,
        releases: Sequence[Release],
        page: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(appearance, jobs, parent)
        self._releases = tuple(releases)
        self.page_button = Button(appearance, "", icon="external")
        self.page_button.setToolTip(page)
        self.page_button.clicked.connect(lambda: open_address(page))
        self._foot.insertWidget(1, self.page_button)
        self._translate()

    def _translate(self) -> None:
        super()._translate()
        newest = self._releases[0].version
        self._set_title(self.tr("Chatapp {version} is available").format(version=newest))
        self.page_button.setText(self.tr("Open the download page"))
        self.page.show_text("\n\n".join(map(self._text, self._releases)))

    def _text(self, release: Release) -> str:
        day = ""
        if release.published_at:
            day = date(QDateTime.fromSecsSinceEpoch(int(release.published_at)).date())
        notes = release.notes or self.tr("No notes for this version.")
        return f"## {joined(release.version, day)}\n\n{notes}"
