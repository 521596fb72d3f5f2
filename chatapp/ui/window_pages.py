"""Which page stands in the middle of the window: the conversation, or the models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatapp.ui.models_page.page import ModelsPage
    from chatapp.ui.models_page.tab import Tab


class Pages(QObject):
    """Signals: `shown()` after a page was asked for; `models_made(ModelsPage)` once."""

    shown = Signal()
    models_made = Signal(object)

    def __init__(
        self, chat: QWidget, make_models_page: Callable[[], ModelsPage], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._chat = chat
        self._make_models_page = make_models_page
        self._models_page: ModelsPage | None = None
        self.stack = QStackedWidget()
        self.stack.addWidget(chat)

    @property
    def shows_chat(self) -> bool:
        """Whether a conversation is seen."""
        return self.stack.currentWidget() is self._chat

    @property
    def made_models_page(self) -> ModelsPage | None:
        """The models' page, if it was made already."""
        return self._models_page

    @property
    def models_page(self) -> ModelsPage:
        """The models' page, made when it is first asked for or when there is nothing else to do.

        It is much, and no part of the window's first picture.
        """
        page = self._models_page
        if page is None:
            page = self._models_page = self._make_models_page()
            self.stack.addWidget(page)
            self.models_made.emit(page)
        return page

    def show_models(self) -> None:
        """Show the models' page as it was left."""
        self.stack.setCurrentWidget(self.models_page)
        self.shown.emit()

    def show_tab(self, tab: Tab) -> None:
        """Show a tab of the models' page."""
        self.models_page.show_tab(tab)
        self.show_models()

    @property
    def shows_models(self) -> bool:
        """Whether the models' page is seen."""
        return self._models_page is not None and self.stack.currentWidget() is self._models_page

    def add_page(self, page: QWidget) -> None:
        """One more page, which `show_page` shows."""
        self.stack.addWidget(page)

    def show_page(self, page: QWidget) -> None:
        """Show one that was added."""
        self.stack.setCurrentWidget(page)
        self.shown.emit()

    def show_chat(self) -> None:
        """Show the conversation, which may be another one in a moment."""
        if not self.shows_chat:
            self.stack.setCurrentWidget(self._chat)
            self.shown.emit()
