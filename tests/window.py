"""The whole window on fake workers and real storage, used as a person does: keys in, texts out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from chatapp.app import Desktop
from chatapp.domain.conversation import Conversation, Draft, Message, MessageStatus
from chatapp.domain.model import ModelFile
from chatapp.engine.state import EngineStatus
from chatapp.paths import Paths
from chatapp.ui.queue_list import QueueList
from chatapp.ui.transcript.message_item import AnswerItem
from chatapp.ui.widgets.banner import Banner
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.elided_label import ElidedLabel
from chatapp.ui.widgets.text_label import TextLabel
from tests.fakes import WAIT, FakeWorkers, fake_model

T = TypeVar("T")

TIMEOUT = 10_000  # ms; only ever waited for by a test that fails


class Window:
    """One running application. `workers` says what the model does."""

    def __init__(
        self,
        qtbot: QtBot,
        application: QApplication,
        paths: Paths,
        workers: FakeWorkers | None = None,
        *,
        is_real: bool = False,
    ) -> None:
        """With `is_real` the workers are real ones, which take their time."""
        self._qtbot = qtbot
        self._timeout = 6 * TIMEOUT if is_real else TIMEOUT
        self.paths = paths
        self.workers = workers or FakeWorkers()
        start_worker = None if is_real else self.workers
        self.desktop = Desktop(application, paths, start_worker=start_worker)
        self.services = self.desktop.services
        self.session = self.services.session
        self.engine = self.services.engine
        self.main = self.desktop.window
        self.actions = self.main.actions_of_window
        self.panel = self.main.panel
        self.list = self.panel.model
        self.sidebar = self.panel.sidebar
        self.pane = self.main.pane
        self.composer = self.pane.composer

    # Time

    def show(self) -> None:
        """Show it and wait until keys reach it."""
        self.desktop.show()
        self.activate()

    def activate(self) -> None:
        """See to it that keys reach the window."""
        self.main.activateWindow()
        self.wait(self.main.isActiveWindow)

    def start(self) -> None:
        """Show it and wait until a model answers."""
        self.show()
        self.wait_until_ready()

    def close(self) -> None:
        self.desktop.close()

    def wait(self, condition: Callable[[], object]) -> None:
        self._qtbot.waitUntil(lambda: bool(condition()), timeout=self._timeout)

    def wait_until_ready(self) -> None:
        self.wait(lambda: self.engine.state.status is EngineStatus.READY)
        self.wait(lambda: self.pane.model is not None)
        self.settle()

    def wait_for_status(self, status: MessageStatus) -> None:
        self.wait(lambda: bool(self.messages) and self.messages[-1].status is status)

    def settle(self) -> None:
        """Let everything be done that storage was asked for, and what comes of it."""
        done: list[bool] = []
        self.services.jobs.database.run(lambda: None, on_done=lambda _: done.append(True))
        self.wait(lambda: done)

    # What a person does

    def key(
        self,
        key: Qt.Key,
        modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        """Press a key where the keyboard is."""
        self._qtbot.keyClick(QApplication.focusWidget() or self.main, key, modifier)

    def type(self, text: str) -> None:
        self._qtbot.keyClicks(QApplication.focusWidget() or self.main, text)

    def say(self, text: str) -> None:
        """Write a message and send it."""
        self.composer.focus()
        self.composer.set_text(text)
        self.key(Qt.Key.Key_Return)

    def ask(self, text: str) -> Conversation:
        """Send a message and wait for the end of the answer and what follows it."""
        count = len(self.messages)
        self.say(text)
        self.wait(lambda: len(self.messages) > count and not self.composer.is_running)
        self.settle()
        assert self.pane.conversation is not None
        return self.pane.conversation

    def begin_story(self, question: str = "Tell me a story.") -> int:
        """Ask, and stop in the middle of the answer "The ship sails on.". Returns where."""
        self.workers.script_answer("The ", "ship ", WAIT, "sails ", "on.")
        self.say(question)
        self.workers.wait_for_pause()
        self.wait(lambda: self.messages and self.last.text == "The ship ")
        assert self.shown_id is not None
        return self.shown_id

    def new(self) -> None:
        self.actions.new_conversation.trigger()

    def open(self, conversation_id: int) -> None:
        """Click on a conversation in the list and wait until it is shown."""
        self.sidebar.conversation_selected.emit(conversation_id)
        self.wait(lambda: self.shown_id == conversation_id)

    def trigger(self, action: QAction) -> None:
        assert action.isEnabled()
        action.trigger()

    def click(self, widget: QWidget) -> None:
        self._qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)

    def press(self, words: str) -> None:
        """Click on what has these words in the transcript, the last of them on the screen."""
        view = self.pane.transcript
        found = [
            rect.center().toPoint()
            for one in view.placed
            for spot, rect in view.spots_of(one.row)
            if words in (spot.text, spot.name)
        ]
        assert found, f"nothing to press says {words!r}"
        self._qtbot.mouseMove(view.viewport(), found[-1])
        self._qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=found[-1])

    def search(self, query: str) -> None:
        self.sidebar.focus_search()
        self.sidebar.search_field.setText(query)
        self.wait(lambda: self.list.is_searching)

    # What a person sees

    @property
    def messages(self) -> list[Message]:
        return self.pane.transcript_model.messages

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.messages]

    @property
    def last(self) -> Message:
        return self.messages[-1]

    @property
    def shown_id(self) -> int | None:
        """The conversation whose messages are shown."""
        return self.pane.conversation.id if self.pane.conversation is not None else None

    @property
    def title(self) -> str:
        return self.main.top_bar.findChildren(TextLabel)[0].text()

    @property
    def listed(self) -> list[str]:
        """The titles in the sidebar, from the top."""
        rows = [row.conversation for row in self.list.rows]
        return [self.list.title_of(conversation) for conversation in rows if conversation]

    @property
    def is_welcoming(self) -> bool:
        return self.pane.welcome.isVisible() and not self.pane.transcript.isVisible()

    @property
    def failures(self) -> list[str]:
        """The words of the banners of failed answers on the screen."""
        items = [one.item for one in self.pane.transcript.placed]
        banners = [item.footer.banner for item in items if isinstance(item, AnswerItem)]
        return [banner.words for banner in banners if banner is not None]

    @property
    def notices(self) -> list[str]:
        """The words of the banners above the composer."""
        return [words_of(b) for b in self.pane.notices.findChildren(Banner) if b.isVisible()]

    @property
    def queued(self) -> list[str]:
        """What is shown to be sent when the answer ends."""
        (rows,) = self.composer.findChildren(QueueList)
        shown = [row.findChildren(ElidedLabel) for row in rows._rows]
        return [labels[0].text() for labels in shown]

    @property
    def toast(self) -> str:
        """The words of the toast, empty when there is none."""
        return self.main.toast.text if self.main.toast.isVisible() else ""

    def button(self, text: str) -> Button:
        """The button outside the transcript with these words."""
        found = [b for b in self.pane.findChildren(Button) if b.text() == text and b.isVisible()]
        assert found, f"no button {text!r}"
        return found[-1]

    # What is stored

    def read(self, function: Callable[[], T]) -> T:
        return self.services.jobs.database.submit(function).result(TIMEOUT / 1000)

    def branch(self, conversation_id: int) -> list[Message]:
        return self.read(lambda: self.services.conversations.branch(conversation_id))

    def stored(self, *, deleted: bool = False) -> list[Conversation]:
        return self.read(lambda: self.services.conversations.all(deleted=deleted))

    def draft(self, conversation_id: int | None) -> Draft:
        return self.read(lambda: self.services.conversations.draft(conversation_id))

    def stored_texts(self, conversation_id: int) -> list[str]:
        return [message.text for message in self.branch(conversation_id)]


def words_of(widget: QWidget) -> str:
    """All the words on a widget."""
    return " ".join(label.text() for label in widget.findChildren(TextLabel))


def add_model(paths: Paths, name: str) -> ModelFile:
    """A file in the models folder that passes for a model."""
    return fake_model(paths.models, name)
