"""Every action of the window, once: its words, its keys, what it does."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from chatapp.ui.theme import ThemeChoice


class Actions:
    """The window's actions. The window connects them; menus and tooltips show them."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        tr = self._tr
        self.new_conversation = self._make(tr("New conversation"), "Ctrl+N", "Ctrl+Shift+O")
        self.search = self._make(tr("Search"), "Ctrl+K")
        self.toggle_sidebar = self._make(tr("Show or hide conversations"), "Ctrl+B")
        self.choose_model = self._make(tr("Choose a model"), "Ctrl+L")
        self.focus_composer = self._make(tr("Write a message"), "Shift+Esc")
        self.stop = self._make(tr("Stop"), "Esc")
        self.retry = self._make(tr("Try again"), "Ctrl+R")
        self.continue_answer = self._make(tr("Continue"), "Alt+Return")
        self.rename = self._make(tr("Rename…"), "F2")
        self.pin = self._make(tr("Pin"))
        self.pin.setCheckable(True)
        self.trash = self._make(tr("Move to Trash"), "Ctrl+Shift+Backspace")
        self.open_logs = self._make(tr("Open log folder"))
        self.quit = self._make(tr("Quit"), "Ctrl+Q")
        self.themes = QActionGroup(window)
        for choice, name in (
            (ThemeChoice.SYSTEM, tr("Like the system")),
            (ThemeChoice.LIGHT, tr("Light")),
            (ThemeChoice.DARK, tr("Dark")),
            (ThemeChoice.HIGH_CONTRAST, tr("High contrast")),
        ):
            action = self.themes.addAction(name)
            action.setCheckable(True)
            action.setData(str(choice))

    def menu(self) -> QMenu:
        """The menu behind the three dots."""
        menu = QMenu(self._window)
        menu.addActions([self.rename, self.pin, self.retry, self.continue_answer])
        menu.addSeparator()
        menu.addAction(self.trash)
        menu.addSeparator()
        appearance = menu.addMenu(self._tr("Appearance"))
        appearance.addActions(self.themes.actions())
        menu.addAction(self.open_logs)
        menu.addSeparator()
        menu.addAction(self.quit)
        return menu

    def _make(self, text: str, *keys: str) -> QAction:
        action = QAction(text, self._window)
        action.setShortcuts([QKeySequence(key) for key in keys])
        self._window.addAction(action)
        return action

    @staticmethod
    def _tr(text: str) -> str:
        return QCoreApplication.translate("Actions", text)
