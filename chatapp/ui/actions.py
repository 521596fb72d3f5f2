"""Every action of the window, once: its words, its keys, what it does."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from chatapp.domain.conversation import OverflowPolicy
from chatapp.ui.theme import ThemeChoice


class Actions(QObject):
    """The window's actions. The window connects them; menus and tooltips show them."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.new_conversation = self._make(self.tr("New conversation"), "Ctrl+N", "Ctrl+Shift+O")
        self.search = self._make(self.tr("Search"), "Ctrl+K")
        self.find = self._make(self.tr("Find in conversation"), "Ctrl+F")
        self.find_next = self._make(self.tr("Find next"), "F3")
        self.find_previous = self._make(self.tr("Find previous"), "Shift+F3")
        self.toggle_sidebar = self._make(self.tr("Show or hide conversations"), "Ctrl+B")
        self.choose_model = self._make(self.tr("Choose a model"), "Ctrl+L")
        self.focus_composer = self._make(self.tr("Write a message"), "Shift+Esc")
        self.stop = self._make(self.tr("Stop"), "Esc")
        self.retry = self._make(self.tr("Try again"), "Ctrl+R")
        self.continue_answer = self._make(self.tr("Continue"), "Alt+Return")
        self.rename = self._make(self.tr("Rename"), "F2")
        self.pin = self._make(self.tr("Pin"))
        self.pin.setCheckable(True)
        self.trash = self._make(self.tr("Move to Trash"), "Ctrl+Shift+Backspace")
        self.open_logs = self._make(self.tr("Open log folder"))
        self.quit = self._make(self.tr("Quit"), "Ctrl+Q")
        self.load_settings = self._make(self.tr("How the model is loaded"))
        self.overflow = QActionGroup(window)
        for policy, words in (
            (OverflowPolicy.STOP, self.tr("Stop and ask")),
            (OverflowPolicy.DROP_OLDEST, self.tr("Leave out the oldest messages")),
            (OverflowPolicy.SUMMARISE, self.tr("Summarise the oldest messages")),
        ):
            action = self.overflow.addAction(words)
            action.setCheckable(True)
            action.setData(str(policy))
        self.overflow_menu = QMenu(self.tr("When the context is full"), window)
        self.overflow_menu.addActions(self.overflow.actions())
        self.context_menu = QMenu(self.overflow_menu.title(), window)
        self.context_menu.addAction(self.overflow_menu.title()).setEnabled(False)
        self.context_menu.addActions(self.overflow.actions())
        self.themes = QActionGroup(window)
        for choice, name in (
            (ThemeChoice.SYSTEM, self.tr("Like the system")),
            (ThemeChoice.LIGHT, self.tr("Light")),
            (ThemeChoice.DARK, self.tr("Dark")),
            (ThemeChoice.HIGH_CONTRAST, self.tr("High contrast")),
        ):
            action = self.themes.addAction(name)
            action.setCheckable(True)
            action.setData(str(choice))

    def menu(self) -> QMenu:
        """The menu behind the three dots."""
        menu = QMenu(self._window)
        menu.addActions([self.find, self.rename, self.pin, self.retry, self.continue_answer])
        menu.addSeparator()
        menu.addAction(self.trash)
        menu.addSeparator()
        menu.addMenu(self.overflow_menu)
        menu.addAction(self.load_settings)
        menu.addSeparator()
        menu.addAction(self.toggle_sidebar)
        appearance = menu.addMenu(self.tr("Appearance"))
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
