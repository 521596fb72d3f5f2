"""Start and end of the application: one instance, bad data, crashes, signals, the unexpected."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import apsw
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from chatapp import app
from chatapp.app import Desktop, SingleInstance, run_window
from chatapp.domain.conversation import MessageStatus
from chatapp.errors import DatabaseDamaged, DatabaseTooNew, FolderNotWritable
from chatapp.paths import Paths
from chatapp.ui.error_dialog import ErrorDialog
from chatapp.ui.main_window import MainWindow
from tests.fakes import FakeWorkers
from tests.window import Window, add_model

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.usefixtures("qapp")  # Qt's sockets need one

TIMEOUT = 20  # seconds

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def open_window(qtbot: QtBot, qapp: QApplication, paths: Paths) -> Iterator[Callable[[], Window]]:
    add_model(paths, "alpha")
    windows: list[Window] = []

    def open_one() -> Window:
        windows.append(Window(qtbot, qapp, paths))
        return windows[-1]

    yield open_one
    for window in windows:
        window.close()


@pytest.fixture
def window(open_window: Callable[[], Window]) -> Window:
    window = open_window()
    window.start()
    return window


@pytest.fixture
def start(paths: Paths) -> Iterator[Start]:
    """Starts the window in another process and waits for a word from it."""
    add_model(paths, "alpha")
    started: list[subprocess.Popen[str]] = []

    def start_one(*question: str, until: str = "shown", link: str = "") -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.window_process", str(paths.data.parent), *question],
            cwd=ROOT,
            env={**os.environ, "CHATAPP_TEST_OPEN": link},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        wait_for_word(process, until)
        return process

    yield start_one
    for process in started:
        process.kill()
        process.communicate()


def wait_for_word(process: subprocess.Popen[str], word: str) -> None:
    assert process.stdout is not None
    watch = threading.Timer(TIMEOUT, process.kill)
    watch.start()
    try:
        while (line := process.stdout.readline()) and line.strip() != word:
            pass
    finally:
        watch.cancel()
        watch.join()
    assert line, f"the window ended before it said {word!r}"


def dialogs() -> list[ErrorDialog]:
    widgets = QApplication.topLevelWidgets()
    return [w for w in widgets if isinstance(w, ErrorDialog) and w.isVisible()]


# The unexpected


def raise_in_slot(text: str) -> None:
    def slot() -> None:
        raise RuntimeError(text)

    QTimer.singleShot(0, slot)


def test_an_unexpected_exception_opens_one_dialog_and_the_window_goes_on(
    window: Window, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.CRITICAL, logger="chatapp.logs"):
        for number in range(3):
            raise_in_slot(f"bug number {number}")
        window.wait(dialogs)
        window.settle()
        (dialog,) = dialogs()
        assert "RuntimeError: bug number 0" in dialog.details.text()
        assert "test_app_start.py" in dialog.details.text()
        window.activate()
        window.ask("Hello")
        assert window.texts == ["Hello", "Hello there."]
        assert dialogs() == [dialog]
        dialog.reject()
        window.wait(lambda: not dialogs())

        # The next one is told again.
        raise_in_slot("another bug")
        window.wait(dialogs)
        assert "another bug" in dialogs()[0].details.text()
        dialogs()[0].reject()
        window.settle()
        assert dialogs() == []
    assert [r.levelname for r in caplog.records if r.name == "chatapp.logs"].count("CRITICAL") == 4


def test_an_unexpected_exception_in_the_background(
    window: Window, caplog: pytest.LogCaptureFixture
) -> None:
    def job() -> None:
        raise ZeroDivisionError("in a job")

    with (
        caplog.at_level(logging.CRITICAL, logger="chatapp.logs"),
        caplog.at_level(logging.ERROR, logger="chatapp.jobs"),
    ):
        window.services.jobs.general.run(job)
        window.wait(dialogs)
        assert "ZeroDivisionError: in a job" in dialogs()[0].details.text()
        dialogs()[0].reject()
        thread = threading.Thread(target=job)
        thread.start()
        thread.join()
        window.wait(dialogs)
        assert "in a job" in dialogs()[0].details.text()
        dialogs()[0].reject()
    window.activate()
    window.ask("Hello")


def test_closing_with_the_dialog_open(window: Window, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.CRITICAL, logger="chatapp.logs"):
        raise_in_slot("a bug")
        window.wait(dialogs)
    window.close()
    assert dialogs() == []


def test_a_crash_of_the_last_run_is_told_once(
    open_window: Callable[[], Window], start: Start
) -> None:
    process = start()
    process.send_signal(signal.SIGSEGV)
    process.communicate(timeout=TIMEOUT)
    window = open_window()
    window.desktop.show()
    window.wait(dialogs)
    (dialog,) = dialogs()
    assert "ended unexpectedly last time" in dialog.windowTitle()
    assert "Segmentation fault" in dialog.details.text()
    window.close()
    again = open_window()
    again.start()
    assert dialogs() == []


# Signals


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly_and_saves_the_running_answer(
    open_window: Callable[[], Window], paths: Paths, start: Start, number: signal.Signals
) -> None:
    process = start("Tell me a story.", until="writing")
    process.send_signal(number)
    _, errors = process.communicate(timeout=TIMEOUT)
    assert (process.returncode, errors) == (0, "")
    assert list(paths.logs.glob("crash-*")) == []
    window = open_window()
    (conversation,) = window.stored()
    question, answer = window.branch(conversation.id)
    assert question.text == "Tell me a story."
    assert (answer.text, answer.status) == ("The ship ", MessageStatus.STOPPED)
    assert window.services.settings.current.window_geometry


# One instance


def test_what_was_copied_does_not_outlive_python(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHATAPP_TEST_COPY", "1")
    process = start("Tell me a story.", until="writing")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=TIMEOUT)
    assert process.returncode == 0


def test_a_second_instance_brings_the_first_to_the_front(start: Start, paths: Paths) -> None:
    first = start()
    second = subprocess.run(
        [sys.executable, "-m", "tests.window_process", str(paths.data.parent)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    wait_for_word(first, "front")
    first.send_signal(signal.SIGTERM)
    first.communicate(timeout=TIMEOUT)
    assert first.returncode == 0
    assert not (paths.data / "window.lock").exists()


def test_the_lock_of_a_killed_process_is_stale(start: Start, paths: Paths) -> None:
    process = start()
    assert not SingleInstance(paths.data).is_first
    process.kill()
    process.communicate(timeout=TIMEOUT)
    assert (paths.data / "window.lock").exists()
    instance = SingleInstance(paths.data)
    assert instance.is_first
    instance.close()


def test_other_folders_are_other_instances(tmp_path: Path) -> None:
    instances = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        instances.append(SingleInstance(tmp_path / name))
    assert all(instance.is_first for instance in instances)
    for instance in instances:
        instance.close()


def test_waiting_for_a_first_instance_that_does_not_answer_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "_MOST_PATIENCE", 0.1)
    first = SingleInstance(tmp_path)
    first.stop_listening()
    second = SingleInstance(tmp_path)
    assert not second.take_over()
    assert not second.is_first
    second.close()
    first.close()


def test_who_comes_while_the_first_instance_ends_takes_its_place(tmp_path: Path) -> None:
    first = SingleInstance(tmp_path)
    first.stop_listening()
    second = SingleInstance(tmp_path)
    assert not second.is_first
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(first._lock.unlock)
        assert second.take_over()
        waiting.result()
    assert second.is_first
    third = SingleInstance(tmp_path)
    assert not third.take_over()
    third.close()
    second.close()


def test_a_link_after_the_first_instance_was_killed(start: Start) -> None:
    first = start()
    first.kill()
    first.communicate()
    start(link="chatapp://models/org/Tiny-GGUF", until="model org/Tiny-GGUF")


def test_several_instances_at_the_same_moment(paths: Paths) -> None:
    """One of them opens a window, and what all of them were asked for is shown in that one."""
    add_model(paths, "alpha")
    repos = [f"org/Model{number}" for number in range(3)]
    read, write = os.pipe()
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.window_process", str(paths.data.parent)],
            cwd=ROOT,
            env={**os.environ, "CHATAPP_TEST_OPEN": f"chatapp://models/{repo}"},
            stdout=write,
        )
        for repo in repos
    ]
    os.close(write)
    watch = threading.Timer(2 * TIMEOUT, lambda: [process.kill() for process in processes])
    watch.start()
    said: list[str] = []
    with os.fdopen(read) as pipe:
        while not {f"model {repo}" for repo in repos} <= set(said):
            line = pipe.readline()
            assert line, f"they ended and had said only {said}"
            said.append(line.strip())
        for process in processes:
            process.terminate()
        said += pipe.read().split("\n")
    watch.cancel()
    watch.join()
    for process in processes:
        process.wait(TIMEOUT)
    assert said.count("shown") == 1


def test_a_folder_that_can_not_be_locked(tmp_path: Path) -> None:
    with pytest.raises(FolderNotWritable):
        SingleInstance(tmp_path / "missing")


# What can't be opened


@pytest.fixture
def run(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Paths], int]]:
    """Runs the window in this process until it is shown, then closes it."""
    monkeypatch.setattr(app, "create_application", lambda: qapp)
    monkeypatch.setattr(app, "Desktop", partial(Desktop, start_worker=FakeWorkers()))
    handlers = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)}

    def close_window() -> None:
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, MainWindow) and widget.isVisible():
                widget.close()

    def run_one(paths: Paths) -> int:
        timer = QTimer(interval=20)
        timer.timeout.connect(close_window)
        timer.start()
        return run_window(paths)

    yield run_one
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sentences of message boxes, which are not shown."""
    sentences: list[str] = []
    monkeypatch.setattr(QMessageBox, "critical", lambda _, __, text: sentences.append(text))
    return sentences


def press_in_box(words: str) -> None:
    """Press a button of the box that opens next."""

    def press() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            timer.stop()
            next(b for b in box.buttons() if b.text().replace("&", "") == words).click()

    timer = QTimer(QApplication.instance(), interval=10)
    timer.timeout.connect(press)
    timer.start()


def test_the_window_opens_and_closes(run: Callable[[Paths], int], paths: Paths) -> None:
    add_model(paths, "alpha")
    assert run(paths) == 0
    assert run(paths) == 0


def test_a_newer_database_is_refused_and_not_touched(
    run: Callable[[Paths], int], paths: Paths, told: list[str]
) -> None:
    connection = apsw.Connection(str(paths.database))
    connection.pragma("user_version", 999)
    connection.close()
    before = paths.database.read_bytes()
    with pytest.raises(DatabaseTooNew):
        run(paths)
    (sentence,) = told
    assert "newer version" in sentence
    assert paths.database.read_bytes() == before


@pytest.mark.parametrize("home", ["file", "folder"])
def test_a_folder_that_can_not_be_written(
    run: Callable[[Paths], int],
    tmp_path: Path,
    told: list[str],
    monkeypatch: pytest.MonkeyPatch,
    home: str,
) -> None:
    place = tmp_path / "home"
    if home == "file":
        place.write_text("not a folder")
    else:
        monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(FolderNotWritable):
        run(Paths.under(place))
    assert "can't be written" in told[0]


GARBAGE = b"this was a database once " * 100


def test_a_damaged_database_is_left_as_it_is(
    run: Callable[[Paths], int], paths: Paths, told: list[str]
) -> None:
    paths.database.write_bytes(GARBAGE)
    press_in_box("Quit")
    assert run(paths) == 1
    assert told == []
    assert paths.database.read_bytes() == GARBAGE


def test_a_fresh_start_keeps_the_damaged_file(run: Callable[[Paths], int], paths: Paths) -> None:
    add_model(paths, "alpha")
    paths.database.write_bytes(GARBAGE)
    press_in_box("Keep the file and start afresh")
    assert run(paths) == 0
    (aside,) = paths.data.glob("chatapp.db.damaged-*")
    assert aside.read_bytes() == GARBAGE
    assert paths.database.read_bytes().startswith(b"SQLite format 3")
    assert run(paths) == 0


def test_a_fresh_start_that_fails_is_told(
    run: Callable[[Paths], int],
    paths: Paths,
    told: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    paths.database.write_bytes(GARBAGE)

    def refuse(path: Path) -> Path:
        raise FolderNotWritable(str(path.parent))

    monkeypatch.setattr(app, "put_aside", refuse)
    press_in_box("Keep the file and start afresh")
    with pytest.raises(FolderNotWritable):
        run(paths)
    assert "can't be written" in told[0]


def test_nothing_is_left_when_the_database_is_refused(qapp: QApplication, paths: Paths) -> None:
    paths.database.write_bytes(GARBAGE)
    with pytest.raises(DatabaseDamaged):
        Desktop(qapp, paths, start_worker=FakeWorkers())
    # The leftovers of threads and processes are counted after every test.
    assert [r for r in logging.getLogger().handlers if "RotatingFile" in type(r).__name__] == []
