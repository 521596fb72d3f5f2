"""What stands around the window: tray, small window, global key, notifications, links, branches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from chatapp.domain.assistant import GENERAL
from chatapp.domain.conversation import Role
from chatapp.errors import ChatappError
from chatapp.ui.branches import Branches
from chatapp.ui.links import Wish, read_targets
from chatapp.ui.notifications import Notifications
from chatapp.ui.quick_ask_key import QuickAskKey
from chatapp.ui.read_aloud import ReadAloud
from chatapp.ui.tray import Tray
from chatapp.ui.whats_new import WhatsNew, is_updated

if TYPE_CHECKING:
    from chatapp.chat.assistants import Assistants
    from chatapp.chat.events import SessionEvent
    from chatapp.domain.conversation import Message
    from chatapp.domain.model import ModelFile
    from chatapp.jobs import Post
    from chatapp.storage.temporary import AllConversations
    from chatapp.ui.main_window import MainWindow
    from chatapp.ui.quick_ask import QuickAsk
    from chatapp.ui.transcript.drawings import Drawings


class Around(QObject):
    """Connects all of it with the window."""

    def __init__(
        self,
        window: MainWindow,
        conversations: AllConversations,
        assistants: Assistants,
        drawings: Drawings,
        post: Post,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._parts = parts = window.parts
        self._assistants = assistants
        self._drawings = drawings
        self._quick_ask: QuickAsk | None = None
        self._whats_new: WhatsNew | None = None
        self.key = QuickAskKey(parts.settings, self)
        self.key.pressed.connect(self.ask_quickly)
        self.tray = Tray(parts.appearance.icons.application_icon(), parts.settings, self)
        self.tray.show_requested.connect(window.bring_to_front)
        self.tray.new_requested.connect(self._new_conversation)
        self.tray.quick_ask_requested.connect(self.ask_quickly)
        self.tray.quit_requested.connect(parts.actions.quit.trigger)
        window.hides_when_closed = lambda: self.tray.hides_window
        self.notifications = Notifications(parts.settings, self.tray, _is_in_front, self)
        self.notifications.opened.connect(self._open_conversation)
        self.read_aloud = ReadAloud(parts.jobs, self)
        self._can_read_aloud = self.read_aloud.is_available
        self.branches = Branches(
            parts.appearance, conversations, parts.session, parts.jobs, parts.pane, self
        )
        window.add_side_panel(self.branches, self.branches.opened, self.branches.closed)
        window.shown.titled.connect(lambda _: self.branches.follow())
        self._connect_actions()
        parts.session.subscribe(lambda event: post(lambda: self._on_session_event(event)))

    def _connect_actions(self) -> None:
        actions, branches, read_aloud = self._parts.actions, self.branches, self.read_aloud
        actions.branches.triggered.connect(branches.toggle)
        branches.opened.connect(lambda: actions.branches.setChecked(True))
        branches.closed.connect(lambda: actions.branches.setChecked(False))
        actions.quick_ask.triggered.connect(self.ask_quickly)
        actions.whats_new.triggered.connect(self.show_whats_new)
        actions.read_aloud.triggered.connect(self._read_last_answer)
        if self._can_read_aloud:
            self._parts.pane.message_actions.read_aloud = read_aloud
        read_aloud.failed.connect(self._on_not_read)
        read_aloud.changed.connect(self._enable_reading)
        self._window.shown.enabled.connect(self._enable_reading)
        self._enable_reading()

    @property
    def quick_ask(self) -> QuickAsk:
        """The small window, made when it is first asked for."""
        if self._quick_ask is None:
            from chatapp.ui.quick_ask import QuickAsk

            parts = self._parts
            self._quick_ask = QuickAsk(
                parts.appearance,
                parts.session,
                parts.jobs,
                parts.settings,
                self._drawings,
                model_in_use=lambda: parts.pane.model,
                ask=self._ask,
            )
            self._quick_ask.conversation_requested.connect(self._open_conversation)
            self._quick_ask.model_wanted.connect(self._on_model_wanted)
            self._quick_ask.answer.save_requested.connect(parts.pane.message_actions.save_code)
        return self._quick_ask

    def start(self) -> None:
        """Once the window is shown."""
        self.key.start()
        try:
            if is_updated(self._parts.settings):
                self.show_whats_new()
        except ChatappError:
            return  # the next start tells it again

    def stop(self) -> None:
        """The services are about to close."""
        self.read_aloud.stop()
        self.notifications.stop()
        self.tray.stop()
        self.key.stop()
        if self._quick_ask is not None:
            self._quick_ask.close()
            self._quick_ask.deleteLater()
            self._quick_ask = None

    def open(self, wish: Wish) -> None:
        """Show what somebody outside wants to see; nothing else comes of it."""
        opening = read_targets(wish.targets)
        if wish.targets or not wish.quick_ask:
            self._window.bring_to_front()
        if opening.files:
            self._window.open_models(opening.files)
        if opening.model is not None:
            self._window.open_model(opening.model)
        if opening.is_refused:
            self._parts.toast.show_text(
                self.tr("What was to be opened is no model file and no link to a model.")
            )
        if wish.quick_ask:
            self.ask_quickly()

    def ask_quickly(self) -> None:
        """Open the small window."""
        self.quick_ask.open()

    def show_whats_new(self) -> None:
        """Open the page of changes."""
        if self._whats_new is None:
            parts = self._parts
            self._whats_new = WhatsNew(
                parts.appearance, parts.jobs, parts.paths.resources, self._window
            )
        self._whats_new.open()

    # Reading aloud

    def _read_last_answer(self) -> None:
        answer = self._last_answer()
        if self.read_aloud.message_id is not None:
            self.read_aloud.stop()
        elif answer is not None:
            self.read_aloud.read(answer)

    def _last_answer(self) -> Message | None:
        model = self._parts.pane.transcript_model
        for row in reversed(range(model.rowCount())):
            message = model.bare_message_at(row)
            if message.role is Role.ASSISTANT and message.text.strip():
                return model.message(message.id)
        return None

    def _enable_reading(self) -> None:
        is_reading = self.read_aloud.message_id is not None
        self._parts.actions.read_aloud.setEnabled(
            self._can_read_aloud and (is_reading or self._last_answer() is not None)
        )

    def _on_not_read(self) -> None:
        self._parts.toast.show_text(self.tr("The answer could not be read aloud."))

    # Quick questions

    def _ask(self, text: str, model: ModelFile) -> int:
        """As in a new conversation of the window, where nothing was chosen."""
        parts = self._parts
        general = self._assistants.find(GENERAL)
        parameters = parts.pane.parameters(model)
        if general is None:
            return parts.session.send(text, model=model, parameters=parameters)
        return parts.session.send(
            text,
            model=model,
            parameters=general.choice.over(parameters),
            system_prompt=general.system_prompt,
            assistant=general.id,
        )

    def _on_model_wanted(self, question: str) -> None:
        self._new_conversation()
        self._parts.pane.composer.put_back(question)
        self._parts.actions.choose_model.trigger()

    # The window

    def _new_conversation(self) -> None:
        self._window.bring_to_front()
        self._parts.actions.new_conversation.trigger()

    def _open_conversation(self, conversation_id: int) -> None:
        self._window.bring_to_front()
        self._window.open_conversation(conversation_id)

    def _on_session_event(self, event: SessionEvent) -> None:
        self.notifications.on_session_event(event)
        # The window hears of it in the same round, before or after.
        QTimer.singleShot(0, self, lambda: self.branches.on_session_event(event))
        if self._quick_ask is not None:
            self._quick_ask.on_session_event(event)


def _is_in_front() -> bool:
    # The state of the application stays "active" on X11 when its last window has closed.
    return QApplication.activeWindow() is not None
