"""What is typed and not sent yet: drafts, files, what waits for an answer to end, its tokens."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from chatapp.chat.events import SendFailed
from chatapp.chat.prompt import with_attachments
from chatapp.domain.conversation import Attachment, Draft, MessageStatus
from chatapp.domain.model import ModelFile
from chatapp.errors import DiskFull
from tests.fakes import WAIT
from tests.ui.conftest import OpenWindow
from tests.window import Window

FILE = Attachment("notes.txt", "text/plain", 11, "Some notes.")


def attach(window: Window, file: Path) -> None:
    """Drop a file on the middle of the transcript."""
    count = len(window.composer.attachments())
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    at = QPoint(400, 200)
    arguments = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton)
    enter = QDragEnterEvent(at, *arguments, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(window.main, enter)
    assert enter.isAccepted()
    drop = QDropEvent(QPointF(at), *arguments, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(window.main, drop)
    window.wait(lambda: len(window.composer.attachments()) > count)


# Where the keyboard is


def test_what_is_typed_over_the_conversation_goes_into_the_field(open_window: OpenWindow) -> None:
    window = open_window()
    window.start()
    window.ask("Name three colours.")
    window.activate()
    transcript = window.pane.transcript
    transcript.setFocus()
    QTest.keyClick(transcript, Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)
    assert window.composer.text() == ""
    QTest.keyClick(transcript, "a")
    assert window.composer.isAncestorOf(QApplication.focusWidget())
    QTest.keyClicks(QApplication.focusWidget(), "nd now")
    assert window.composer.text() == "and now"


# Drafts


def test_drafts_are_there_after_a_restart(open_window: OpenWindow, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("Some notes.")
    window = open_window()
    window.start()
    first = window.ask("one").id
    window.type("for the first")
    attach(window, file)
    window.new()
    window.type("for a new one")
    window.close()

    again = open_window()
    again.start()
    again.wait(lambda: again.composer.text() == "for a new one")
    assert again.composer.attachments() == ()
    again.open(first)
    again.wait(lambda: again.composer.text() == "for the first")
    (attached,) = again.composer.attachments()
    assert (attached.name, attached.text) == ("notes.txt", "Some notes.")
    assert again.draft(None) == Draft("for a new one")


def test_what_was_sent_is_no_draft(open_window: OpenWindow) -> None:
    window = open_window()
    window.start()
    window.type("Hello")
    window.composer.flush_draft()
    window.settle()
    assert window.draft(None) == Draft("Hello")
    window.key(Qt.Key.Key_Return)
    window.wait_for_status(MessageStatus.COMPLETE)
    window.close()
    again = open_window()
    again.start()
    assert again.composer.text() == ""
    assert again.draft(None) == again.draft(again.stored()[0].id) == Draft()


def test_what_is_typed_while_a_conversation_begins_belongs_to_it(window: Window) -> None:
    window.say("one")
    window.type("two")
    window.wait_for_status(MessageStatus.COMPLETE)
    assert window.shown_id is not None
    window.composer.flush_draft()
    window.settle()
    assert window.draft(window.shown_id) == Draft("two")
    assert window.draft(None) == Draft()


@pytest.mark.parametrize("stays", [False, True])
def test_a_draft_that_is_not_read_yet_is_not_lost(open_window: OpenWindow, stays: bool) -> None:
    window = open_window()
    window.start()
    first = window.ask("one").id
    window.new()
    second = window.ask("two").id
    window.read(lambda: window.services.conversations.save_draft(first, "stored"))
    window.close()
    again = open_window()
    again.start()
    again.open(second)
    # Typed and left before storage has answered.
    again.sidebar.conversation_selected.emit(first)
    again.type("typed")
    if stays:
        again.wait(lambda: again.composer.text() == "stored\n\ntyped")
    again.sidebar.conversation_selected.emit(second)
    assert again.composer.text() == ""
    again.wait(lambda: again.shown_id == second)
    again.settle()
    again.open(first)
    assert again.composer.text() == "stored\n\ntyped"
    again.settle()
    assert again.draft(first) == Draft("stored\n\ntyped")


def test_drafts_that_can_not_be_kept_are_told_once(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise DiskFull("here")

    with monkeypatch.context() as patch:
        patch.setattr(window.services.conversations, "save_draft", refuse)
        for text in ("one", "two"):
            window.type(text)
            window.composer.flush_draft()
            window.settle()
            if text == "one":
                assert "disk is full" in window.notices[0]
                window.pane.notices.hide_failure()
        assert window.notices == []
        window.new()
    assert window.composer.text() == "onetwo"
    window.type("!")
    window.composer.flush_draft()
    window.settle()
    assert window.draft(None) == Draft("onetwo!")


def test_an_early_message_is_kept_when_the_window_closes(open_window: OpenWindow) -> None:
    window = open_window()
    window.composer.send_requested.emit("Early", (FILE,))
    assert window.composer.text() == ""
    window.close()
    again = open_window()
    again.start()
    again.wait(lambda: again.composer.text() == "Early")
    assert again.composer.attachments() == (FILE,)


# Files


def test_a_dropped_file_is_sent_along(window: Window, tmp_path: Path) -> None:
    file = tmp_path / "code.py"
    file.write_text("x = 1\n")
    attach(window, file)
    window.ask("What is x?")
    question = window.messages[0]
    assert [attachment.name for attachment in question.attachments] == ["code.py"]
    sent = window.workers.requests[-1].turns[-1].text
    assert sent == with_attachments("What is x?", question.attachments)
    assert "x = 1" in sent
    assert window.composer.attachments() == ()


def test_other_things_than_files_are_not_taken(window: Window) -> None:
    data = QMimeData()
    data.setData("application/x-anything", b"words")
    enter = QDragEnterEvent(
        QPoint(400, 200),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(window.main, enter)
    assert not enter.isAccepted()


def test_a_message_that_failed_comes_back_with_its_files(window: Window) -> None:
    window.ask("one")
    event = SendFailed(window.shown_id, "two", DiskFull("here"), (FILE,))
    window.pane.on_session_event(event)
    assert (window.composer.text(), window.composer.attachments()) == ("two", (FILE,))


def test_files_alone_that_failed_come_back(window: Window) -> None:
    window.ask("one")
    window.pane.on_session_event(SendFailed(window.shown_id, "", DiskFull("here"), (FILE,)))
    assert window.composer.attachments() == (FILE,)
    assert "The message was not sent" in window.notices[0]


# Asking ahead


def test_what_waits_can_be_changed_and_taken_back(window: Window) -> None:
    window.begin_story()
    window.say("second")
    window.say("third")
    window.wait(lambda: window.queued == ["Next: second", "Then: third"])
    assert window.shown_id is not None
    second, third = window.session.queued(window.shown_id)
    window.type("typed")
    window.composer.edit_queued.emit(second.ticket)
    window.wait(lambda: window.queued == ["Next: third"])
    assert window.composer.text() == "second\n\ntyped"
    window.composer.remove_queued.emit(third.ticket)
    window.wait(lambda: window.queued == [])
    window.workers.release()
    window.wait_for_status(MessageStatus.COMPLETE)
    window.settle()
    assert len(window.messages) == 2


def test_a_held_queue_is_held_after_coming_back(window: Window) -> None:
    other = window.ask("other").id
    window.new()
    story = window.begin_story()
    window.say("And then?")
    window.pane.stop()
    window.wait(lambda: window.queued == ["Not sent yet: And then?"])
    window.open(other)
    assert window.queued == []
    window.open(story)
    assert window.queued == ["Not sent yet: And then?"]
    window.composer.queue_release_requested.emit()
    window.wait(lambda: len(window.messages) == 4)
    window.wait_for_status(MessageStatus.COMPLETE)
    assert window.texts[-2:] == ["And then?", "Hello there."]
    assert window.queued == []


def test_what_waits_elsewhere_is_not_shown_here(window: Window) -> None:
    story = window.begin_story()
    window.new()
    assert window.pane.model is not None
    window.session.enqueue(story, "later", (), window.pane.model)
    window.settle()
    assert window.queued == []
    window.open(story)
    assert window.queued == ["Next: later"]
    window.workers.release()
    window.wait(lambda: window.texts[-2:] == ["later", "Hello there."])


def test_what_waits_is_a_draft_after_a_restart(open_window: OpenWindow) -> None:
    window = open_window()
    window.start()
    story = window.begin_story()
    window.say("And then?")
    window.type("typed")
    window.close()
    again = open_window()
    again.start()
    again.open(story)
    again.wait(lambda: again.composer.text() == "And then?\n\ntyped")


# Tokens


def test_the_model_counts_what_is_typed_and_attached(window: Window, tmp_path: Path) -> None:
    composer = window.composer
    window.type("How long is this?")
    window.wait(lambda: composer._text_tokens == 4)
    file = tmp_path / "notes.txt"
    file.write_text("Some notes.")
    attach(window, file)
    # Its name, two fences and two words: what the model reads.
    expected = len(with_attachments("", composer.attachments()).split())
    window.wait(lambda: composer._files.tokens == expected)


def test_another_model_counts_again(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    window.type("How long is this?")
    window.wait(lambda: window.composer._text_tokens == 4)
    asked: list[str] = []
    count = window.engine.count_tokens

    def counted(model: ModelFile, text: str) -> Future[int]:
        asked.append(model.name)
        return count(model, text)

    monkeypatch.setattr(window.engine, "count_tokens", counted)
    window.workers.script_load(WAIT)
    window.main.models.choose(window.services.library.find("beta"))
    # It is asked before it is loaded, and answers then.
    window.wait(lambda: "beta" in asked)
    window.workers.wait_for_pause()
    window.workers.release()
    window.wait(lambda: window.composer._text_tokens == 4)
