"""The real window with the real starter model, off screen."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from chatapp.app import Desktop, SingleInstance
from chatapp.domain.conversation import Message, MessageStatus
from chatapp.engine.state import EngineStatus
from chatapp.errors import DatabaseTooNew
from chatapp.paths import Paths
from chatapp.ui.error_dialog import QuitDialog

pytestmark = pytest.mark.model

TIMEOUT = 60_000  # ms; only ever waited for by a test that fails
LONG = "Write a very long story about a ship, a storm and an island, with many details."


class Window:
    """The application as a person uses it: keys in, texts out."""

    def __init__(self, qtbot: QtBot, application: QApplication, paths: Paths) -> None:
        self._qtbot = qtbot
        self.desktop = Desktop(application, paths)
        self.desktop.show()
        self.pane = self.desktop.window.pane
        self.engine = self.desktop.services.engine

    def wait(self, condition: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(condition, timeout=TIMEOUT)

    def wait_until_ready(self) -> None:
        self.wait(lambda: self.engine.state.status is EngineStatus.READY)

    def say(self, text: str) -> None:
        field = self.pane.composer.focusProxy() or QApplication.focusWidget()
        self.pane.composer.set_text(text)
        self._qtbot.keyClick(field, Qt.Key.Key_Return)

    @property
    def messages(self) -> list[Message]:
        return self.pane.transcript_model.messages

    @property
    def last(self) -> Message:
        return self.messages[-1]

    def wait_for_text(self, length: int) -> None:
        self.wait(lambda: len(self.messages) > 1 and len(self.last.text) > length)

    def wait_for_status(self, status: MessageStatus) -> None:
        self.wait(lambda: bool(self.messages) and self.last.status is status)


@pytest.fixture
def open_window(qtbot: QtBot, qapp: QApplication, paths: Paths) -> Iterator[Callable[[], Window]]:
    windows: list[Window] = []

    def open_one() -> Window:
        windows.append(Window(qtbot, qapp, paths))
        return windows[-1]

    yield open_one
    for window in windows:
        window.desktop.close()


def test_type_send_watch_stop_send_again_restart(
    open_window: Callable[[], Window], qtbot: QtBot
) -> None:
    window = open_window()
    window.wait_until_ready()

    window.say(LONG)
    window.wait_for_text(40)
    assert window.pane.composer.text() == ""
    assert window.last.status is MessageStatus.GENERATING
    window.pane.stop()
    window.wait_for_status(MessageStatus.STOPPED)
    partial = window.last.text
    assert len(partial) > 40

    window.desktop.services.settings.change(max_tokens=12)
    window.say("Name three colours.")
    window.wait(lambda: len(window.messages) == 4)
    window.wait_for_status(MessageStatus.COMPLETE)
    shown = [(message.role, message.text) for message in window.messages]
    title = window.desktop.window.windowTitle()
    assert title.startswith("Write a very long story")
    window.desktop.close()

    again = open_window()
    model = again.desktop.window.panel.model
    qtbot.waitUntil(lambda: model.rowCount() > 1, timeout=TIMEOUT)
    conversation = again.desktop.services.conversations
    stored = again.desktop.services.jobs.database.submit(conversation.all).result()
    assert [c.title for c in stored] == [title.removesuffix(" – Chatapp")]
    again.desktop.window.panel.sidebar.conversation_selected.emit(stored[0].id)
    again.wait(lambda: len(again.messages) == 4)
    assert [(m.role, m.text) for m in again.messages] == shown
    assert again.messages[1].status is MessageStatus.STOPPED
    assert "llama_cpp" not in sys.modules


def test_killed_worker_leaves_window_and_text_and_try_again_works(
    open_window: Callable[[], Window],
) -> None:
    window = open_window()
    window.wait_until_ready()
    window.say(LONG)
    window.wait_for_text(40)
    worker = window.engine.worker_pid
    assert worker is not None
    os.kill(worker, signal.SIGKILL)
    window.wait_for_status(MessageStatus.FAILED)
    assert window.desktop.window.isVisible()
    assert len(window.last.text) > 40
    assert window.last.error is not None
    failed = window.last

    window.desktop.services.settings.change(max_tokens=12)
    window.pane.transcript.retry_requested.emit(failed.id)
    window.wait(lambda: window.last.id != failed.id)
    window.wait_for_status(MessageStatus.COMPLETE)
    assert window.last.parent_id == failed.parent_id
    assert window.engine.worker_pid != worker


def test_answer_goes_on_while_another_conversation_is_shown(
    open_window: Callable[[], Window],
) -> None:
    window = open_window()
    window.wait_until_ready()
    window.say(LONG)
    window.wait_for_text(20)
    first = window.pane.conversation
    assert first is not None
    length = len(window.last.text)
    window.desktop.window.actions_of_window.new_conversation.trigger()
    assert window.pane.conversation is None
    running = window.desktop.services.session.running(first.id)
    assert running is not None

    def grown() -> bool:
        snapshot = window.desktop.services.session.unfinished(running)
        return snapshot is not None and len(snapshot[0].text) > length + 80

    window.wait(grown)
    window.desktop.window.panel.sidebar.conversation_selected.emit(first.id)
    window.wait(lambda: bool(window.messages) and len(window.last.text) > length + 80)
    window.pane.stop()
    window.wait_for_status(MessageStatus.STOPPED)
    stored = window.desktop.services.jobs.database.submit(
        window.desktop.services.conversations.message, running
    ).result()
    assert stored.text == window.last.text


def test_quitting_while_an_answer_runs_asks_and_keeps_it(
    open_window: Callable[[], Window], monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window()
    window.wait_until_ready()
    window.say(LONG)
    window.wait_for_text(20)
    answers = [False, True]
    monkeypatch.setattr(QuitDialog, "ask", lambda _: answers.pop(0))
    assert not window.desktop.window.close()
    assert window.desktop.window.isVisible()
    assert window.desktop.window.close()
    message_id = window.last.id
    window.desktop.close()
    again = open_window()
    stored = again.desktop.services.jobs.database.submit(
        again.desktop.services.conversations.message, message_id
    ).result()
    assert stored.status is MessageStatus.STOPPED
    assert len(stored.text) > 20


def test_delete_and_undo(open_window: Callable[[], Window]) -> None:
    window = open_window()
    window.wait_until_ready()
    window.desktop.services.settings.change(max_tokens=4)
    window.say("Hello there, remember this.")
    window.wait_for_status(MessageStatus.COMPLETE)
    main = window.desktop.window
    window.wait(lambda: main.panel.model.rowCount() == 2)
    main.actions_of_window.trash.trigger()
    window.wait(lambda: main.panel.model.rowCount() == 0)
    assert window.pane.conversation is None
    assert main.toast.isVisible()
    main.toast.button.click()
    window.wait(lambda: main.panel.model.rowCount() == 2)
    window.wait(lambda: window.pane.conversation is not None)


def test_what_another_process_writes_appears(
    open_window: Callable[[], Window], paths: Paths
) -> None:
    window = open_window()
    window.wait_until_ready()
    home = paths.data.parent
    done = subprocess.run(
        [sys.executable, "-m", "chatapp", "chat", "--data-dir", str(home), "--max-tokens", "4"],
        input="A question from the terminal\n",
        text=True,
        capture_output=True,
        check=True,
    )
    assert done.stdout.strip()
    main = window.desktop.window
    window.wait(lambda: main.panel.model.rowCount() == 2)
    assert "A question from the terminal" in str(main.panel.model.index(1, 0).data())


def test_application_killed_in_the_middle_of_an_answer(paths: Paths, open_window: Callable) -> None:
    script = (
        "import sys\n"
        "from PySide6.QtCore import QTimer\n"
        "from pathlib import Path\n"
        "from chatapp.app import Desktop, create_application\n"
        "from chatapp.paths import Paths\n"
        "def main():\n"
        "    application = create_application()\n"
        "    desktop = Desktop(application, Paths.under(Path(sys.argv[1])))\n"
        "    desktop.services.settings.change(temperature=0.0)\n"
        "    desktop.show()\n"
        "    pane = desktop.window.pane\n"
        "    def begin():\n"
        "        if pane.model is None:\n"
        "            return\n"
        "        starter.stop()\n"
        f"        pane.composer.send_requested.emit({LONG!r}, ())\n"
        "    lengths = []\n"
        "    def look():\n"
        "        messages = pane.transcript_model.messages\n"
        "        if messages and messages[-1].text:\n"
        "            lengths.append(len(messages[-1].text))\n"
        "        if len(lengths) == 30:\n"
        "            print(messages[-1].id, lengths[9], flush=True)\n"
        "    starter, looker = QTimer(), QTimer()\n"
        "    starter.timeout.connect(begin)\n"
        "    looker.timeout.connect(look)\n"
        "    starter.start(20)\n"
        "    looker.start(100)\n"
        "    application.exec()\n"
        "if __name__ == '__main__':\n"
        "    main()\n"
    )
    file = paths.cache / "program.py"
    file.write_text(script)
    program = subprocess.Popen(
        [sys.executable, str(file), str(paths.data.parent)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
    )
    assert program.stdout is not None
    message_id, length_two_seconds_ago = map(int, program.stdout.readline().split())
    family = psutil.Process(program.pid).children(recursive=True)
    program.kill()
    program.wait()
    program.stdout.close()
    _, alive = psutil.wait_procs(family, timeout=2)
    # Where nobody reaps orphans, as in some containers, the dead ones stay listed.
    alive = [p for p in alive if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
    assert alive == [], "worker and helpers are gone within two seconds"

    window = open_window()
    services = window.desktop.services
    stored = services.jobs.database.submit(services.conversations.message, message_id).result()
    assert stored.status is MessageStatus.INTERRUPTED
    assert len(stored.text) >= length_two_seconds_ago > 0
    branch = services.jobs.database.submit(
        services.conversations.branch, stored.conversation_id
    ).result()
    assert branch[0].text == LONG


def test_second_instance_brings_the_first_to_the_front(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    first = SingleInstance(tmp_path)
    second = SingleInstance(tmp_path)
    assert first.is_first
    assert not second.is_first
    with qtbot.waitSignal(first.other_started, timeout=5000):
        assert not second.take_over()
    second.close()
    first.close()
    third = SingleInstance(tmp_path)
    assert third.is_first
    third.close()


def test_a_database_that_cant_be_opened_leaves_nothing_running(
    qapp: QApplication, paths: Paths
) -> None:
    import apsw

    connection = apsw.Connection(str(paths.database))
    connection.pragma("user_version", 999)
    connection.close()
    with pytest.raises(DatabaseTooNew):
        Desktop(qapp, paths)
