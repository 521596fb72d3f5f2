"""Pictures of the composer with files, a queue and what went wrong.

python -m tests.ui.render_composer OUT [--theme NAME] [--language zh_CN] [--right-to-left]
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from chatapp.chat.events import Queued
from chatapp.domain.conversation import Attachment
from chatapp.jobs import Jobs
from chatapp.paths import Paths
from chatapp.settings import SettingsFile
from chatapp.ui.attachment_preview import AttachmentPreview
from chatapp.ui.bridge import MainThread
from chatapp.ui.composer import Composer
from chatapp.ui.i18n import install_translations
from chatapp.ui.theme import Appearance, ThemeChoice

_FEES = "".join(f"fund {number},0.{number % 90:02}%\n" for number in range(214))
_CODE = "def future_value(monthly, rate, years):\n    return monthly * years\n" * 40
FILES = (
    Attachment("fund-fees.csv", "text/csv", 3400, _FEES),
    Attachment("基金费率.csv", "text/csv", 3400, _FEES),
    Attachment("future_value with a very long name, second draft.py", "text/plain", 9120, _CODE),
    Attachment("Pasted text", "text/plain", 1_204_000, "The ship sails on.\n" * 9000),
)
QUESTION = "And what would it be after thirty years, with and without the fee? " * 3


class _Page(QWidget):
    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._color = appearance.theme.surface
        self.column = QVBoxLayout(self)
        self.column.setSpacing(4)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt
        QPainter(self).fillRect(self.rect(), self._color)


class _Stage:
    def __init__(self, appearance: Appearance, folder: Path, settings: SettingsFile) -> None:
        self._appearance = appearance
        self._folder = folder
        self._settings = settings
        self._main_thread = MainThread()
        self._jobs = Jobs(self._main_thread.post)

    def composer(self, state: str, *, compact: bool) -> Composer:
        composer = Composer(self._appearance, self._jobs, self._settings)
        composer.set_model_name("Qwen3 4B Instruct")
        composer.set_compact(compact=compact)
        composer.set_context(2940, 8192)
        counted = QSignalSpy(composer.chip_count_requested)
        text = "Now the same with a yearly fee of 0.5%, using the table in the file."
        if state in ("file", "drop"):
            composer.set_draft(text, FILES[:1])
        elif state == "many":
            composer.set_draft("再看看这些文件。", FILES)
        elif state in ("queue", "held"):
            composer.set_running(running=state == "queue")
            queue = (Queued(1, QUESTION), Queued(2, "一个问题", FILES[:2]))
            composer.set_queue(queue, is_held=state == "held")
        elif state == "problem":
            composer.set_draft(text, FILES[:1])
            composer.add_files([self._folder / "missing.txt", self._folder])
        for at in range(counted.count()):
            number, attachment = counted.at(at)
            composer.set_chip_tokens(number, len(attachment.text) // 4)
        return composer

    def draw(self) -> None:
        for width in (860, 480):
            page = _Page(self._appearance)
            states = ("file", "many", "queue", "held", "problem", "drop")
            composers = [self.composer(state, compact=width < 640) for state in states]
            for composer in composers:
                page.column.addWidget(composer)
            page.column.addStretch()
            page.resize(width, 1160)
            page.show()
            page.activateWindow()
            QApplication.processEvents()
            self._settle()
            composers[-1].set_drop_target(is_target=True)
            composers[1].focus()
            chip = composers[0]._files.chips[0]
            if width > 640:
                chip.setFocus(Qt.FocusReason.TabFocusReason)
            self._save(page, f"composer-files-{width}")
        window = self.composer("file", compact=False)
        window.resize(700, 140)
        window.show()
        figures = window._files.chips[0].figures
        popup = AttachmentPreview(self._appearance, FILES[0], figures, window)
        popup.show()
        self._save(popup, "attachment-preview")
        self._settle()
        window.close()
        self._jobs.close()

    def _save(self, widget: QWidget, name: str) -> None:
        for _ in range(8):  # a change of height goes up one widget at a time
            QApplication.processEvents()
        widget.grab().save(str(self._folder / f"{name}.png"))
        widget.close()

    def _settle(self) -> None:
        """Wait until the background is done."""
        self._jobs.close()
        QApplication.processEvents()
        self._jobs = Jobs(self._main_thread.post)


def main(arguments: list[str]) -> int:
    """Render everything in one theme and language."""
    parser = argparse.ArgumentParser(prog="python -m tests.ui.render_composer")
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--theme", type=ThemeChoice, default=ThemeChoice.LIGHT, choices=list(ThemeChoice)
    )
    parser.add_argument("--language", default="en_US")
    parser.add_argument("--right-to-left", action="store_true")
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    application = QApplication([])
    resources = Paths.default().resources
    install_translations(application, resources / "i18n", options.language)
    if options.right_to_left:
        application.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    appearance = Appearance(application, resources, options.theme)
    with tempfile.TemporaryDirectory() as folder:
        settings = SettingsFile(Path(folder) / "settings.json")
        _Stage(appearance, options.folder, settings).draw()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
