"""Gives the parameters their place in a window: panel, button, action, questions, thinking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from chatapp.ui.i18n import Translated
from chatapp.ui.parameters.conversation_parameters import ConversationParameters
from chatapp.ui.widgets.icon_button import IconButton

if TYPE_CHECKING:
    from chatapp.chat.presets import Presets
    from chatapp.domain.conversation import Conversation
    from chatapp.jobs import Post
    from chatapp.storage.conversations import Conversations
    from chatapp.ui.main_window import MainWindow
    from chatapp.ui.theme import Appearance


class WindowParameters(QObject):
    """Keeps the parameters in step with what the window shows."""

    def __init__(
        self, window: MainWindow, conversations: Conversations, presets: Presets, post: Post
    ) -> None:
        super().__init__(window)
        parts = window.parts
        self._parts = parts
        self._pane = pane = parts.pane
        actions = parts.actions
        self.parameters = parameters = ConversationParameters(
            parts.appearance,
            conversations,
            presets,
            parts.engine,
            parts.jobs,
            post,
            actions.overflow,
            pane.asking.automatic,
            window,
        )
        parameters.serve(pane.asking, parts.loading.template_thinking)
        window.add_side_panel(parameters, parameters.opened, parameters.closed)
        self.button = _Button(parts.appearance)
        self.button.show_keys_of(actions.parameters)
        self.button.clicked.connect(parameters.toggle)
        parts.top_bar.add_button(self.button)
        actions.parameters.triggered.connect(self._toggle)
        parameters.opened.connect(lambda: self.button.setChecked(True))
        parameters.closed.connect(lambda: self.button.setChecked(False))
        parameters.changed.connect(self._on_stored)
        parts.models.used.connect(parameters.use_model)
        # The panel is much, and best made when there is nothing else to do.
        parts.pages.models_made.connect(
            lambda _: QTimer.singleShot(0, parameters, parameters.prepare)
        )
        parts.settings.subscribe(lambda _: parameters.refresh())
        pane.shown.connect(self._on_shown)
        pane.refreshed.connect(self._on_shown)
        pane.conversation_started.connect(parameters.begin)
        pane.progressed.connect(lambda _: self._tell_last_answer())
        window.shown.titled.connect(lambda _: self._on_titled())
        self._on_shown(pane.conversation)
        parameters.use_model(pane.model)

    def _toggle(self) -> None:
        self._parts.pages.show_chat()
        self.parameters.toggle()

    def _on_titled(self) -> None:
        if self._pane.conversation is None:  # nothing else tells of a new one
            self._on_shown(None)

    def _on_shown(self, conversation: Conversation | None) -> None:
        self.parameters.show_conversation(conversation)
        self._tell_last_answer()

    def _on_stored(self, conversation: Conversation) -> None:
        self._parts.panel.update(conversation)
        self._parts.panel.changed.emit(conversation)
        if self._pane.conversation_id == conversation.id:
            self.parameters.show_conversation(conversation)

    def _tell_last_answer(self) -> None:
        origin = self._pane.context.last_origin
        self.parameters.set_last_answer(None if origin is None else origin.seed)
        model = self._pane.transcript_model
        rows = range(model.rowCount())
        self.parameters.set_kept(sum(model.bare_message_at(row).pinned for row in rows))


class _Button(Translated, IconButton):
    def __init__(self, appearance: Appearance) -> None:
        super().__init__(appearance, "sliders", "", checkable=True)
        self._translate()

    def _translate(self) -> None:
        self.set_name(self.tr("Parameters"))
