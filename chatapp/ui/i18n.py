"""Loads translations, and turns typed errors and figures into words of the chosen language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from chatapp.sentences import sentence

if TYPE_CHECKING:
    from pathlib import Path

    from chatapp.errors import ChatappError


def install_translations(application: QCoreApplication, folder: Path, language: str) -> None:
    """Speak a language like "zh_CN"; empty: the first of the system's that Chatapp speaks.

    Takes the place of the language before, but what is on the screen keeps its words.
    """
    for translator in application.findChildren(QTranslator):
        application.removeTranslator(translator)
        translator.setParent(None)
    locale = QLocale(language) if language else QLocale.system()
    if locale.language() is QLocale.Language.C:
        locale = QLocale("en_US")  # "C" writes 8192 where people write 8,192
    QLocale.setDefault(locale)
    qt_folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    for tag in locale.uiLanguages():
        spoken = QLocale(tag)
        # Without translations: who has Chinese behind English wants no Chinese.
        if spoken.language() is QLocale.Language.English:
            return
        if _install(application, f"chatapp_{spoken.name()}", str(folder)):
            _install(application, f"qtbase_{spoken.name()}", qt_folder)
            return


def error_sentence(error: ChatappError) -> str:
    """What happened and what to do, in the language of the window."""
    return sentence(error, lambda text: QCoreApplication.translate("errors", text))


def paragraph(first: str, second: str) -> str:
    """Two sentences one after the other, with what the language puts between them."""
    pattern = QCoreApplication.translate("i18n", "{first} {second}", "two sentences")
    return pattern.format(first=first, second=second)


def size_text(size: int) -> str:
    """A size in bytes for a person: 98 MB, 2.5 GB."""
    return QLocale().formattedDataSize(size, 1, QLocale.DataSizeFormat.DataSizeSIFormat)


def _install(application: QCoreApplication, name: str, folder: str) -> bool:
    translator = QTranslator()
    if not translator.load(name, folder):
        return False
    translator.setParent(application)
    return application.installTranslator(translator)
