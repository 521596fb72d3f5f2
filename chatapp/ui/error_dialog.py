"""The dialogs for what nobody expected, and for quitting in the middle of an answer."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, qVersion
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QWidget

from chatapp import __version__
from chatapp.ui.i18n import Translated
from chatapp.ui.widgets.details_block import DetailsBlock
from chatapp.ui.widgets.dialog import Dialog

if TYPE_CHECKING:
    from pathlib import Path

    from chatapp.ui.theme import Appearance


class ErrorDialog(Translated, Dialog):
    """Says that Chatapp has a bug, or had one in the last run, with all that helps to find it."""

    def __init__(
        self,
        appearance: Appearance,
        text: str,
        logs_folder: Path,
        *,
        is_last_run: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """`text` is a traceback or the record of a crash."""
        super().__init__(appearance, "", "", parent)
        self._logs_folder = logs_folder
        self._is_last_run = is_last_run
        self.details = DetailsBlock(appearance, f"{versions()}\n\n{text.strip()}")
        self.details.open_logs_requested.connect(self._open_logs)
        self.add_widget(self.details)
        self._close = self.add_button("", safe=True)
        self._translate()

    def _translate(self) -> None:
        if self._is_last_run:
            self.set_words(
                self.tr("Chatapp ended unexpectedly last time"),
                self.tr(
                    "Your conversations are saved. The details below stay on this computer; "
                    "nothing is sent anywhere."
                ),
            )
        else:
            self.set_words(
                self.tr("Something unexpected happened"),
                self.tr(
                    "Your conversations are saved and you can go on. The details below stay on "
                    "this computer; nothing is sent anywhere."
                ),
            )
        self._close.setText(self.tr("Close"))

    def _open_logs(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._logs_folder)))


class QuitDialog(Translated, Dialog):
    """Asks before quitting ends an answer."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(appearance, "", "", parent)
        self.cancel_button = self.add_button("", safe=True)
        self.quit_button = self.add_button("", "primary")
        self._translate()

    def _translate(self) -> None:
        self.set_words(
            self.tr("Quit Chatapp?"),
            self.tr("An answer is still being written. Quit and keep what there is?"),
        )
        self.cancel_button.setText(self.tr("Cancel"))
        self.quit_button.setText(self.tr("Quit"))

    def ask(self) -> bool:
        """Show it and wait: whether to quit."""
        return self.exec() == QDialog.DialogCode.Accepted


def versions() -> str:
    """What runs here, for a bug report."""
    return (
        f"Chatapp {__version__}, Python {platform.python_version()}, Qt {qVersion()}\n"
        f"{platform.platform()}"
    )
