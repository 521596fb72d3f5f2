"""Loads translations, and turns typed errors and figures into words of the chosen language.

The language can be changed at any time. Qt tells every widget so with `QEvent.LanguageChange`;
a widget that sets words when it is made, or when its state changes, is `Translated` and sets them
all in `_translate`. What is asked for while painting follows without.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QLibraryInfo, QLocale, QTranslator

from chatapp.sentences import sentence

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from chatapp.errors import ChatappError

    _Widget = QWidget
else:
    _Widget = object


class Translated(_Widget):
    """The first base of a widget whose words follow the language: `class X(Translated, QWidget)`.

    Its constructor calls `_translate` once everything is there, and nothing else sets words.
    """

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._translate()

    def _translate(self) -> None:
        """Set all words in the language of now, from what the widget knows."""
        raise NotImplementedError


def install_translations(application: QCoreApplication, folder: Path, language: str) -> None:
    """Speak a language like "zh_CN"; empty: the first of the system's that Chatapp speaks.

    Takes the place of the language before; widgets are told when the event loop runs next.
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
        # English behind the words themselves has only the plural forms. It ends the search:
        # who has Chinese behind English wants no Chinese.
        if spoken.language() is QLocale.Language.English:
            break
        if _install(application, f"chatapp_{spoken.name()}", str(folder)):
            _install(application, f"qtbase_{spoken.name()}", qt_folder)
            return
    _install(application, "chatapp_en", str(folder))


def tr(text: str, comment: str, count: int) -> str:
    """Words with a number, `tr("%Ln file(s)", "", count)`, for functions: widgets have their own.

    `QCoreApplication.translate` does the same, but lupdate does not see that there is a number.
    """
    return QCoreApplication.translate("", text, comment, count)


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
