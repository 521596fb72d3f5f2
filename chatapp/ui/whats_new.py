"""What is new in this version, from the changelog: shown once after an update, and on request."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from chatapp import __version__
from chatapp.ui.i18n import Translated
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from pathlib import Path

    from chatapp.jobs import Jobs
    from chatapp.settings import SettingsFile
    from chatapp.ui.theme import Appearance

_ENGLISH = "CHANGELOG.md"
_BRACKETS = re.compile(r"^(## )\[([^\]]*)\]", re.MULTILINE)  # which are for links to releases
_SIZE = QSize(640, 520)


class WhatsNew(Translated, QDialog):
    """The versions, the newest first. Show it with `open()`, again and again."""

    def __init__(
        self, appearance: Appearance, jobs: Jobs, resources: Path, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        from chatapp.ui.models_page.model_card import ModelCard

        self._appearance = appearance
        self._jobs = jobs
        self._resources = resources
        self._title = TextLabel(appearance, "", "card_title")
        self.page = ModelCard(appearance, jobs)
        self.page.place_wanted.connect(self._show_place)
        self._area = QScrollArea()
        self._area.setObjectName("page")
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(self.page)
        self.close_button = Button(appearance, "")
        self.close_button.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.addStretch()
        foot.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.addWidget(self._title)
        column.addWidget(self._area, 1)
        column.addLayout(foot)
        appearance.changed.connect(self.update)
        self._translate()
        self.close_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def sizeHint(self) -> QSize:
        height = self._appearance.height
        return QSize(height(_SIZE.width()), height(_SIZE.height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(event.rect(), self._appearance.theme.surface)

    def _translate(self) -> None:
        title = self.tr("What's new in Chatapp {version}").format(version=__version__)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self._title.setText(title)
        self.page.setAccessibleName(self.tr("Changes"))
        self.close_button.setText(self.tr("Close"))
        name = self.tr("CHANGELOG.md", "the file in this language, where there is one")
        self._jobs.general.run(lambda: changes(self._resources, name), on_done=self._show_changes)

    def _show_changes(self, text: str) -> None:
        self.page.show_text(text)

    def _show_place(self, place: QRect) -> None:
        self._area.ensureVisible(place.center().x(), place.center().y(), 0, place.height())


def changes(resources: Path, name: str = _ENGLISH) -> str:
    """The changelog from its first version on; empty when it is missing."""
    # It lies beside the resources in the sources, and among them in what is installed.
    for path in (folder / each for each in (name, _ENGLISH) for folder in _folders(resources)):
        try:
            text = path.read_text("utf-8")
        except OSError:
            continue
        _, mark, versions = text.partition("\n## ")
        return _BRACKETS.sub(r"\1\2", f"## {versions}") if mark else text
    return ""


def _folders(resources: Path) -> tuple[Path, Path]:
    return resources, resources.parent


def is_updated(settings: SettingsFile) -> bool:
    """Whether another version was used before. Asked once: this one counts as seen then.

    Raises `DiskFull` or `FolderNotWritable`.
    """
    seen = settings.current.seen_version
    settings.change(seen_version=__version__)
    return seen not in {"", __version__}
