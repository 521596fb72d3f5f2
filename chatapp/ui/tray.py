"""The icon among those of the system, for whoever wants one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from chatapp.ui.i18n import Translated

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QIcon

    from chatapp.settings import Settings, SettingsFile

_MESSAGE_MS = 10_000


class Tray(QObject):
    """Shows the icon while the settings say so and the system has a place for it.

    Signals: `show_requested()`, `new_requested()`, `quick_ask_requested()`, `quit_requested()`.
    """

    show_requested = Signal()
    new_requested = Signal()
    quick_ask_requested = Signal()
    quit_requested = Signal()

    def __init__(self, icon: QIcon, settings: SettingsFile, parent: QObject) -> None:
        super().__init__(parent)
        self._picture = icon
        self._settings = settings
        self._icon: QSystemTrayIcon | None = None
        self._on_click: Callable[[], None] | None = None
        self.menu = _Menu()
        self.menu.show_window.triggered.connect(self.show_requested)
        self.menu.new_conversation.triggered.connect(self.new_requested)
        self.menu.quick_ask.triggered.connect(self.quick_ask_requested)
        self.menu.quit.triggered.connect(self.quit_requested)
        settings.subscribe(self._adopt)
        self._adopt(settings.current)

    @property
    def is_shown(self) -> bool:
        """Whether there is an icon that brings a hidden window back."""
        return self._icon is not None and self._icon.isVisible()

    @property
    def hides_window(self) -> bool:
        """Whether closing the window leaves Chatapp running behind the icon."""
        return self.is_shown and self._settings.current.close_to_tray

    def show_message(self, title: str, text: str, on_click: Callable[[], None]) -> bool:
        """Tell something beside the icon. Returns False where that can't be done."""
        if self._icon is None or not self.is_shown or not QSystemTrayIcon.supportsMessages():
            return False
        self._on_click = on_click
        self._icon.showMessage(title, text, self._picture, _MESSAGE_MS)
        return True

    def stop(self) -> None:
        """Take the icon away."""
        if self._icon is not None:
            self._icon.hide()
            self._icon.deleteLater()
            self._icon = None
        self.menu.deleteLater()

    def _adopt(self, settings: Settings) -> None:
        is_wanted = settings.tray and QSystemTrayIcon.isSystemTrayAvailable()
        if is_wanted and self._icon is None:
            self._icon = QSystemTrayIcon(self._picture, self)
            self._icon.setToolTip("Chatapp")
            self._icon.setContextMenu(self.menu)
            self._icon.activated.connect(self._on_activated)
            self._icon.messageClicked.connect(self._on_message_clicked)
        if self._icon is not None:
            self._icon.setVisible(is_wanted)

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        # On macOS the menu opens then.
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self.show_requested.emit()

    def _on_message_clicked(self) -> None:
        on_click, self._on_click = self._on_click, None
        if on_click is not None:
            on_click()


class _Menu(Translated, QMenu):
    def __init__(self) -> None:
        super().__init__()
        # Made here: of what Qt made itself, PySide now and then believes that it is gone.
        self.show_window = QAction(self)
        self.new_conversation = QAction(self)
        self.quick_ask = QAction(self)
        self.quit = QAction(self)
        self.addActions([self.show_window, self.new_conversation, self.quick_ask])
        self.addSeparator()
        self.addAction(self.quit)
        self._translate()

    def _translate(self) -> None:
        self.show_window.setText(self.tr("Show Chatapp"))
        self.new_conversation.setText(self.tr("New conversation"))
        self.quick_ask.setText(self.tr("Quick ask"))
        self.quit.setText(self.tr("Quit"))
