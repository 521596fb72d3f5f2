"""Loads translations, and turns typed errors and figures into words of the chosen language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from chatapp.sentences import sentence

if TYPE_CHECKING:
    from pathlib import Path

    from chatapp.errors import ChatappError


def install_translations(application: QCoreApplication, folder: Path, language: str) -> None:
    """Load Chatapp's and Qt's own translations for a language like "zh_CN"; empty: the system's."""
    locale = QLocale(language) if language else QLocale.system()
    if locale.language() is QLocale.Language.C:
        locale = QLocale("en_US")  # "C" writes 8192 where people write 8,192
    QLocale.setDefault(locale)
    qt_folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    for name, where in (("qtbase", qt_folder), ("chatapp", str(folder))):
        translator = QTranslator(application)
        if translator.load(locale, name, "_", where):
            application.installTranslator(translator)


def error_sentence(error: ChatappError) -> str:
    """What happened and what to do, in the language of the window."""
    return sentence(error, lambda text: QCoreApplication.translate("errors", text))


def size_text(size: int) -> str:
    """A size in bytes for a person: 98 MB, 2.5 GB."""
    return QLocale().formattedDataSize(size, 1, QLocale.DataSizeFormat.DataSizeSIFormat)
