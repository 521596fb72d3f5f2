"""The system's dialogs for files of assistants and prompts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

_UNFIT: Final = re.compile(r'[\x00-\x1f<>:"/\\|?*]')  # for names of files somewhere


def ask_for_import(window: QWidget, title: str, then: Callable[[Path], None]) -> None:
    """Let the person choose a file."""
    dialog = _dialog(window, title, then)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    every = QCoreApplication.translate("entry_files", "All files (*)")
    dialog.setNameFilters([_exported(), every])
    dialog.open()


def ask_for_export(window: QWidget, title: str, name: str, then: Callable[[Path], None]) -> None:
    """Let the person choose where to write a file, beginning with this name."""
    dialog = _dialog(window, title, then)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters([_exported()])
    dialog.setDefaultSuffix("json")
    dialog.selectFile(f"{_UNFIT.sub('_', name)}.json")
    dialog.open()


def _dialog(window: QWidget, title: str, then: Callable[[Path], None]) -> QFileDialog:
    dialog = QFileDialog(window, title)
    dialog.fileSelected.connect(lambda name: then(Path(name)))
    dialog.finished.connect(dialog.deleteLater)
    return dialog


def _exported() -> str:
    return QCoreApplication.translate("entry_files", "Exported files (*.json)")
