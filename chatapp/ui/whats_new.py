"""What is new in this version, from the changelog: shown once after an update, and on request."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chatapp import __version__
from chatapp.ui.notes_dialog import NotesDialog

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from chatapp.jobs import Jobs
    from chatapp.settings import SettingsFile
    from chatapp.ui.theme import Appearance

_ENGLISH = "CHANGELOG.md"
_BRACKETS = re.compile(r"^(## )\[([^\]]*)\]", re.MULTILINE)  # which are for links to releases


class WhatsNew(NotesDialog):
    """The versions, the newest first."""

    def __init__(
        self, appearance: Appearance, jobs: Jobs, resources: Path, parent: QWidget | None = None
    ) -> None:
        super().__init__(appearance, jobs, parent)
        self._jobs = jobs
        self._resources = resources
        self._translate()

    def _translate(self) -> None:
        super()._translate()
        self._set_title(self.tr("What's new in Chatapp {version}").format(version=__version__))
        name = self.tr("CHANGELOG.md", "the file in this language, where there is one")
        self._jobs.general.run(lambda: changes(self._resources, name), on_done=self._show_changes)

    def _show_changes(self, text: str) -> None:
        self.page.show_text(text)


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
