"""What a person does with messages: menu, versions, editing, rating, details, saving."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QObject, Qt
from PySide6.QtGui import QAction, QGuiApplication, QInputMethodEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMenu, QWidget
from pytestqt.qtbot import QtBot

from chatapp.chat.events import (
    ActionFailed,
    AnswerEnded,
    AnswerStarted,
    BranchChanged,
    ConversationBranched,
    MessageChanged,
    SessionEvent,
)
from chatapp.domain.conversation import Attachment, Message, MessageStatus, Opinion, Rating, Role
from chatapp.domain.generation import FinishReason, GenerationParameters
from chatapp.domain.model import ModelFile
from chatapp.paths import Paths
from chatapp.services import Services
from chatapp.ui.bridge import MainThread
from chatapp.ui.i18n import error_sentence
from chatapp.ui.message_actions import MessageActions, file_name
from chatapp.ui.message_details import MessageDetails, facts
from chatapp.ui.message_editor import MessageEditor
from chatapp.ui.models.transcript_model import TranscriptModel
from chatapp.ui.rating_popup import RatingPopup
from chatapp.ui.theme import Appearance
from chatapp.ui.transcript.message_item import MessageAction
from chatapp.ui.transcript.view import TranscriptView
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.toast import Toast
from tests.fakes import WAIT, FakeWorkers, fake_model
from tests.ui.transcript.samples import ORIGIN, RICH, message

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
COLD = GenerationParameters(temperature=0.1)
KEYS = Qt.Key


class Chat(QObject):
    """A transcript on a real session and database, and on fake workers."""

    def __init__(self, qtbot: QtBot, appearance: Appearance, paths: Paths) -> None:
        super().__init__()
        self.qtbot = qtbot
        self.workers = FakeWorkers()
        self.main = MainThread()
        self.services = Services(paths, post=self.main.post, start_worker=self.workers)
        self.session = self.services.session
        self.file: ModelFile | None = fake_model(paths.logs)
        self.events: list[SessionEvent] = []
        self.session.subscribe(lambda event: self.main.post(lambda: self._on_event(event)))
        self.begun = 0
        self.may_begin = True
        self.frame = QWidget()
        qtbot.addWidget(self.frame)
        self.model = TranscriptModel(self)
        self.view = TranscriptView(self.model, appearance, error_sentence, parent=self.frame)
        self.view.resize(900, 700)
        self.toast = Toast(appearance, self.frame)
        self.actions = MessageActions(
            appearance,
            self.view,
            self.model,
            self.session,
            self.services.conversations,
            self.services.jobs,
            self.toast,
            model_in_use=lambda: self.file,
            parameters=lambda _: COLD,
            begin=self._begin,
            parent=self,
        )
        self.view.retry_requested.connect(self._retry)
        self.frame.resize(900, 700)
        self.frame.show()
        self.frame.activateWindow()
        qtbot.waitUntil(self.frame.isActiveWindow)

    def close(self) -> None:
        self.main.close()
        self.services.close()

    def _begin(self) -> bool:
        self.begun += self.may_begin
        return self.may_begin

    def _retry(self, message_id: int) -> None:
        assert self.file is not None
        self.session.retry(message_id, model=self.file)

    def _on_event(self, event: SessionEvent) -> None:
        self.events.append(event)
        match event:
            case AnswerStarted() | AnswerEnded():
                self.model.merge(self.branch(self.conversation_id))
            case BranchChanged(messages=messages):
                self.model.merge(messages)
            case MessageChanged(message=changed):
                self.model.replace(changed)

    @property
    def conversation_id(self) -> int:
        (first,) = {e.conversation.id for e in self.events if isinstance(e, AnswerStarted)}
        return first

    def branch(self, conversation_id: int) -> list[Message]:
        read = self.services.conversations.branch
        return self.services.jobs.database.submit(read, conversation_id).result(10)

    def ask(self, text: str, *steps: object, attachments: tuple[Attachment, ...] = ()) -> None:
        if steps:
            self.workers.script_answer(*steps)  # type: ignore[arg-type]
        ended = self.count(AnswerEnded)
        assert self.file is not None
        known = any(isinstance(event, AnswerStarted) for event in self.events)
        self.session.send(
            text,
            model=self.file,
            conversation_id=self.conversation_id if known else None,
            attachments=attachments,
        )
        self.qtbot.waitUntil(lambda: self.count(AnswerEnded) > ended)

    def count(self, kind: type) -> int:
        return sum(isinstance(event, kind) for event in self.events)

    def wait(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=10_000)

    @property
    def texts(self) -> list[str]:
        return [shown.text for shown in self.model.messages]

    def id_of(self, row: int) -> int:
        return self.model.message_at(row).id

    def click(self, row: int, action: MessageAction) -> None:
        """Press a button at a message with the pointer."""
        self.view.show_message(self.id_of(row))
        (one,) = [one for one in self.view.placed if one.row == row]
        for spot, rect in one.item.spots():
            if spot.key == (self.id_of(row), action):
                at = rect.translated(self.view.column_left, one.top).center().toPoint()
                self.qtbot.mouseMove(self.view.viewport(), at)
                self.qtbot.mouseClick(self.view.viewport(), LEFT, pos=at)
                return
        pytest.fail(f"no {action} at {row}")

    def menu(self, row: int) -> QMenu:
        """Open the menu of a message by its button."""
        self.click(row, MessageAction.MORE)
        (menu,) = [m for m in self.view.findChildren(QMenu) if m.isVisible()]
        return menu

    def choose(self, row: int, words: str) -> None:
        menu = self.menu(row)
        self.qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(entry(menu, words)).center())
        menu.close()

    @property
    def editor(self) -> MessageEditor:
        assert self.actions.editor is not None
        return self.actions.editor

    def type(self, text: str) -> None:
        self.editor.field.selectAll()
        self.qtbot.keyClicks(self.editor.field, text)

    def popup(self, kind: type[QWidget]) -> QWidget:
        (found,) = [one for one in self.view.findChildren(kind) if one.isVisible()]
        return found


def entry(menu: QMenu, words: str) -> QAction:
    (found,) = [action for action in menu.actions() if action.text() == words]
    return found


def words_of(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if not action.isSeparator()]


def button(shown: QWidget, words: str) -> Button:
    (found,) = [one for one in shown.findChildren(Button) if one.text() == words]
    return found


@pytest.fixture
def chat(qtbot: QtBot, appearance: Appearance, paths: Paths) -> Iterator[Chat]:
    QLocale.setDefault(QLocale("en_US"))
    appearance.set_reduced_motion(reduced=True)
    chat = Chat(qtbot, appearance, paths)
    yield chat
    chat.close()
    QApplication.clipboard().clear()


# The menu


def test_menu_of_the_last_answer_has_everything(chat: Chat) -> None:
    chat.ask("Hi")
    menu = chat.menu(1)
    assert words_of(menu) == [
        "Copy",
        "Copy as plain text",
        "Edit…",
        "Try again",
        "Continue",
        "Branch into a new conversation",
        "Good answer",
        "Bad answer",
        "Note…",
        "Details…",
        "Run again exactly",
        "Keep in the window",
        "Delete",
    ]
    assert all(action.isEnabled() for action in menu.actions())
    menu.close()


def test_menu_of_a_question_has_what_makes_sense(chat: Chat) -> None:
    chat.ask("Hi")
    menu = chat.menu(0)
    assert words_of(menu) == [
        "Copy",
        "Edit…",
        "Try again",
        "Branch into a new conversation",
        "Keep in the window",
        "Delete",
    ]
    menu.close()


def test_earlier_answer_can_not_be_continued(chat: Chat) -> None:
    chat.ask("One")
    chat.ask("Two")
    menu = chat.menu(1)
    assert "Continue" not in words_of(menu)
    menu.close()


def test_while_an_answer_is_written_the_menu_says_why_not(chat: Chat) -> None:
    chat.ask("One")
    chat.workers.script_answer("Red", WAIT, ", green")
    assert chat.file is not None
    chat.session.send("Two", model=chat.file, conversation_id=chat.conversation_id)
    chat.wait(lambda: chat.model.rowCount() == 4)
    chat.workers.wait_for_pause()
    menu = chat.menu(1)
    reasons = {a.text(): a.toolTip() for a in menu.actions() if not a.isEnabled() and a.text()}
    assert reasons == dict.fromkeys(
        ("Edit…", "Try again", "Run again exactly"), "Another answer is being written"
    )
    menu.close()
    chat.workers.release()
    chat.wait(lambda: chat.count(AnswerEnded) == 2)


def test_without_a_model_nothing_can_be_answered(chat: Chat) -> None:
    chat.ask("One")
    chat.file = None
    menu = chat.menu(0)
    assert entry(menu, "Try again").toolTip() == "Choose a model first"
    assert not entry(menu, "Try again").isEnabled()
    assert entry(menu, "Copy").isEnabled()
    menu.close()


def test_copy_leaves_the_thought_out(chat: Chat) -> None:
    chat.ask("One", "<think>Well.</think>\n\nIt is **red**.")
    chat.choose(1, "Copy")
    assert QGuiApplication.clipboard().text() == "It is **red**."
    chat.choose(1, "Copy as plain text")
    chat.wait(lambda: QGuiApplication.clipboard().text().strip() == "It is red.")


def test_branch_makes_a_conversation(chat: Chat) -> None:
    chat.ask("One")
    chat.choose(1, "Branch into a new conversation")
    chat.wait(lambda: chat.count(ConversationBranched) == 1)
    (event,) = [event for event in chat.events if isinstance(event, ConversationBranched)]
    assert [m.text for m in chat.branch(event.conversation.id)] == ["One", "Hello there."]


def test_try_again_keeps_the_answer_and_arrows_go_between_them(chat: Chat) -> None:
    chat.ask("One", "Red")
    chat.workers.script_answer("Blue")
    chat.choose(1, "Try again")
    chat.wait(lambda: chat.texts == ["One", "Blue"])
    chat.wait(lambda: chat.count(AnswerEnded) == 2)
    chat.click(1, MessageAction.PREVIOUS)
    chat.wait(lambda: chat.texts == ["One", "Red"])
    assert chat.model.message_at(1).version == 1
    chat.click(1, MessageAction.NEXT)
    chat.wait(lambda: chat.texts == ["One", "Blue"])


def test_arrows_pass_over_what_was_deleted(chat: Chat) -> None:
    chat.ask("One", "Red")
    for number, text in ((2, "Blue"), (3, "Green")):
        chat.workers.script_answer(text)
        chat.click(1, MessageAction.REGENERATE)
        chat.wait(lambda number=number: chat.count(AnswerEnded) == number)  # type: ignore[misc]
    chat.click(1, MessageAction.PREVIOUS)
    chat.wait(lambda: chat.texts == ["One", "Blue"])
    chat.choose(1, "Delete")
    chat.wait(lambda: chat.model.message_at(chat.model.rowCount() - 1).text != "Blue")
    left = chat.branch(chat.conversation_id)
    assert left[-1].versions == 2
    chat.actions.show_version(left[-1].id, 1 if left[-1].text == "Red" else -1)
    wanted = "Green" if left[-1].text == "Red" else "Red"
    chat.wait(lambda: chat.texts == ["One", wanted])


# Deleting


def test_delete_offers_to_undo(chat: Chat) -> None:
    chat.ask("One", "Red")
    chat.ask("Two", "Blue")
    chat.choose(1, "Delete")
    chat.wait(lambda: chat.texts == ["One", "Two", "Blue"])
    chat.wait(chat.toast.isVisible)
    assert chat.toast.text == "Message deleted"
    chat.qtbot.mouseClick(chat.toast.button, LEFT)
    chat.wait(lambda: chat.texts == ["One", "Red", "Two", "Blue"])


# Editing


def test_edited_question_is_asked_as_another_version(chat: Chat) -> None:
    notes = Attachment("notes.txt", "text/plain", 3, "abc")
    chat.ask("Oen", "Red", attachments=(notes,))
    chat.workers.script_answer("Blue")
    chat.click(0, MessageAction.EDIT)
    assert chat.editor.text == "Oen"
    assert chat.editor.field.hasFocus()
    chat.type("One")
    chat.qtbot.keyClick(chat.editor.field, KEYS.Key_Return)
    chat.wait(lambda: chat.texts == ["One", "Blue"])
    assert chat.actions.editor is None
    assert chat.model.message_at(0).attachments == (notes,)
    assert chat.model.message_at(0).versions == 2
    assert chat.workers.requests[-1].parameters.temperature == COLD.temperature
    assert chat.begun == 1
    chat.wait(lambda: chat.count(AnswerEnded) == 2)


def test_shift_return_is_a_new_line_and_control_return_sends(chat: Chat) -> None:
    chat.ask("One")
    chat.click(0, MessageAction.EDIT)
    height = chat.editor.height()
    chat.qtbot.keyClick(chat.editor.field, KEYS.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    chat.qtbot.keyClicks(chat.editor.field, "Two")
    assert chat.editor.text == "One\nTwo"
    assert chat.editor.height() > height
    field = chat.editor.field.geometry()
    assert field.bottom() < button(chat.editor, "Send").geometry().top()
    chat.qtbot.keyClick(chat.editor.field, KEYS.Key_Return, CONTROL)
    chat.wait(lambda: chat.texts[0] == "One\nTwo")
    chat.wait(lambda: chat.count(AnswerEnded) == 2)


def test_edited_answer_keeps_its_thought(chat: Chat) -> None:
    chat.ask("One", "<think>Well.</think>\n\nRed")
    chat.click(1, MessageAction.EDIT)
    chat.type("Blue")
    chat.qtbot.keyClick(chat.editor.field, KEYS.Key_Return)
    assert chat.editor.text == "Blue\n"
    chat.qtbot.keyClick(chat.editor.field, KEYS.Key_Backspace)
    chat.qtbot.mouseClick(button(chat.editor, "Save"), LEFT)
    chat.wait(lambda: chat.texts[1].endswith("Blue"))
    assert chat.model.message_at(1).reasoning == "Well."
    assert chat.model.message_at(1).is_edited
    assert chat.model.message_at(1).versions == 2
    assert chat.begun == 0


def test_return_is_the_input_methods_while_it_composes(chat: Chat) -> None:
    chat.ask("One")
    chat.click(0, MessageAction.EDIT)
    field = chat.editor.field
    QApplication.sendEvent(field, QInputMethodEvent("ni", []))
    chat.qtbot.keyClick(field, KEYS.Key_Escape)
    assert chat.actions.editor is not None
    done = QInputMethodEvent("", [])
    done.setCommitString("你")
    QApplication.sendEvent(field, done)
    assert chat.editor.text == "One你"
    chat.qtbot.keyClick(field, KEYS.Key_Escape)
    assert chat.actions.editor is None


def test_escape_gives_up_and_can_be_undone(chat: Chat) -> None:
    chat.ask("One")
    chat.click(0, MessageAction.EDIT)
    chat.qtbot.keyClick(chat.editor.field, KEYS.Key_Escape)
    assert not chat.toast.isVisible()
    chat.click(0, MessageAction.EDIT)
    chat.type("Something long")
    chat.qtbot.keyClick(chat.editor.field, KEYS.Key_Escape)
    assert chat.actions.editor is None
    assert chat.toast.text == "Changes discarded"
    chat.qtbot.mouseClick(chat.toast.button, LEFT)
    assert chat.editor.text == "Something long"
    assert chat.texts[0] == "One"


def test_what_was_typed_is_kept_when_another_conversation_is_opened(chat: Chat) -> None:
    chat.ask("One")
    shown = chat.model.messages
    chat.click(0, MessageAction.EDIT)
    chat.type("Something long")
    chat.model.set_messages([message(1, "Elsewhere")])
    assert chat.actions.editor is None
    chat.model.set_messages(shown)
    chat.click(0, MessageAction.EDIT)
    assert chat.editor.text == "Something long"


def test_long_question_has_room_from_the_beginning(chat: Chat) -> None:
    chat.ask(RICH)
    chat.click(0, MessageAction.EDIT)
    field = chat.editor.field
    assert field.geometry().bottom() < button(chat.editor, "Send").geometry().top()
    assert field.verticalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAsNeeded
    chat.type("Short")
    assert field.verticalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOff
    assert chat.editor.height() == chat.editor.sizeHint().height()


def test_who_writes_sees_the_editor(chat: Chat) -> None:
    chat.ask("One")
    shown = chat.model.messages
    last = shown[-1].id
    chat.model.set_messages(
        [*shown, *(message(last + n, RICH, role=Role.ASSISTANT) for n in range(1, 100))]
    )
    chat.click(0, MessageAction.EDIT)
    chat.view.jump_to_latest()
    chat.qtbot.keyClicks(chat.editor.field, " and two")
    assert chat.editor.geometry().intersects(chat.view.viewport().rect())
    assert chat.editor.height() == chat.editor.sizeHint().height()
    assert chat.view.placed[0].item.height == chat.editor.height() + chat.view.placed[0].item.gap


def test_the_editor_waits_while_an_answer_is_written(chat: Chat) -> None:
    chat.ask("One")
    chat.click(0, MessageAction.EDIT)
    chat.type("Two")
    last = chat.model.message_at(1)
    chat.model.replace(replace(last, status=MessageStatus.GENERATING))
    send = button(chat.editor, "Send")
    assert not send.isEnabled()
    assert send.toolTip() == "Another answer is being written"
    chat.qtbot.keyClick(chat.editor.field, KEYS.Key_Return)
    assert chat.editor.text == "Two"
    chat.model.replace(last)
    assert send.isEnabled()


def test_nothing_is_sent_when_none_may_begin(chat: Chat) -> None:
    chat.ask("One")
    chat.may_begin = False
    chat.click(0, MessageAction.EDIT)
    chat.type("Two")
    chat.qtbot.keyClick(chat.editor.field, KEYS.Key_Return)
    assert chat.editor.text == "Two"
    assert chat.texts[0] == "One"


def test_blank_question_can_not_be_sent(chat: Chat) -> None:
    chat.ask("One")
    chat.click(0, MessageAction.EDIT)
    chat.type("  ")
    assert not button(chat.editor, "Send").isEnabled()


def test_what_could_not_be_stored_is_still_there(chat: Chat) -> None:
    chat.ask("One", "Red")
    question = chat.id_of(0)
    chat.click(0, MessageAction.EDIT)
    chat.type("Two")
    conversations = chat.services.conversations
    chat.services.jobs.database.submit(conversations.delete, chat.conversation_id).result(10)
    chat.qtbot.keyClick(chat.editor.field, KEYS.Key_Return)
    chat.wait(lambda: chat.count(ActionFailed) == 1)
    chat.actions.edit(question)
    assert chat.editor.text == "Two"


def test_the_editor_goes_with_its_message(chat: Chat) -> None:
    chat.ask("One")
    chat.ask("Two")
    chat.click(2, MessageAction.EDIT)
    chat.model.remove_from(chat.id_of(2))
    assert chat.actions.editor is None
    assert [one for one in chat.view.findChildren(MessageEditor) if one.isVisible()] == []


# Judging


def test_good_and_bad_are_put_and_taken_back_at_once(chat: Chat) -> None:
    chat.ask("One")

    def opinion() -> Opinion | None:
        rating = chat.model.message_at(1).rating
        return rating.opinion if rating is not None else None

    chat.click(1, MessageAction.LIKE)
    chat.wait(lambda: opinion() is Opinion.LIKED)
    chat.click(1, MessageAction.LIKE)
    chat.wait(lambda: opinion() is None)
    chat.click(1, MessageAction.DISLIKE)
    chat.wait(lambda: opinion() is Opinion.DISLIKED)
    popup = chat.popup(RatingPopup)
    assert isinstance(popup, RatingPopup)
    assert popup.note_field.hasFocus()
    chat.qtbot.keyClicks(popup.note_field, "Wrong sum")
    chat.qtbot.keyClick(popup.note_field, KEYS.Key_Tab)
    chat.qtbot.keyClicks(popup.correction_field, "Four")
    chat.qtbot.mouseClick(button(popup, "Save"), LEFT)

    def rating() -> tuple[str, str]:
        found = chat.branch(chat.conversation_id)[1].rating
        return (found.note, found.correction) if found is not None else ("", "")

    chat.wait(lambda: rating() == ("Wrong sum", "Four"))


def test_note_that_is_taken_back_can_come_again(chat: Chat) -> None:
    chat.ask("One")
    given = Rating(Opinion.DISLIKED, "Wrong", "Four")
    chat.session.rate(chat.id_of(1), given)
    chat.wait(lambda: chat.model.message_at(1).rating is not None)
    chat.click(1, MessageAction.DISLIKE)
    chat.wait(lambda: chat.model.message_at(1).rating is None)
    assert chat.toast.text == "Your note was deleted"
    chat.qtbot.mouseClick(chat.toast.button, LEFT)
    chat.wait(lambda: chat.model.message_at(1).rating is not None)
    found = chat.model.message_at(1).rating
    assert found is not None
    assert (found.note, found.correction) == ("Wrong", "Four")


def test_escape_leaves_the_note_as_it_was(chat: Chat) -> None:
    chat.ask("One")
    chat.session.rate(chat.id_of(1), Rating(Opinion.LIKED, "Fine"))
    chat.wait(lambda: chat.model.message_at(1).rating is not None)
    chat.choose(1, "Note…")
    popup = chat.popup(RatingPopup)
    assert isinstance(popup, RatingPopup)
    assert popup.note_field.toPlainText() == "Fine"
    assert popup.note_field.accessibleName() == "What was good?"
    saved: list[str] = []
    popup.saved.connect(lambda note, _: saved.append(note))
    chat.qtbot.keyClicks(popup.note_field, "Not ")
    chat.qtbot.keyClick(popup.note_field, KEYS.Key_Escape)
    assert not popup.isVisible()
    assert saved == []


# Details


def test_details_tell_what_is_known_and_can_be_copied(chat: Chat) -> None:
    chat.ask("One")
    chat.choose(1, "Details…")
    details = chat.popup(MessageDetails)
    assert isinstance(details, MessageDetails)
    shown = {label.text() for label in details.values}
    origin = chat.model.message_at(1).origin
    assert origin is not None
    seed = str(origin.seed)
    assert {"fake", seed, "10 tokens", "3 tokens", "0.01 s"} <= shown
    selectable = Qt.TextInteractionFlag.TextSelectableByMouse
    assert all(value.textInteractionFlags() & selectable for value in details.values)
    chat.qtbot.mouseClick(button(details, "Copy"), LEFT)
    assert f"Seed: {seed}\n" in QGuiApplication.clipboard().text()
    chat.qtbot.mouseClick(button(details, "Run again exactly"), LEFT)
    chat.wait(lambda: chat.count(AnswerEnded) == 2)
    assert str(chat.workers.requests[-1].parameters.seed) == seed
    assert chat.begun == 1


def test_another_model_can_not_run_it_exactly(chat: Chat, tmp_path: Path) -> None:
    chat.ask("One")
    chat.file = fake_model(tmp_path, "other")
    menu = chat.menu(1)
    action = entry(menu, "Run again exactly")
    assert not action.isEnabled()
    assert action.toolTip() == "It was made by fake: choose that model first"
    menu.close()


def test_only_changed_parameters_are_told() -> None:
    origin = replace(ORIGIN, parameters=GenerationParameters(temperature=0.25, stop=("\n",)))
    told = dict(facts(message(2, "x", origin=origin)))
    assert told["Changed parameters"] == "temperature = 0.25\nstop = '\\n'"
    told = dict(facts(message(2, "x")))
    assert told["Changed parameters"] == "none"
    assert told["Ended"] == "The model came to its end."
    assert "SHA-256" not in told
    for reason in FinishReason:
        assert dict(facts(message(2, "x", origin=replace(ORIGIN, finish_reason=reason))))["Ended"]


# Saving code


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("python", "snippet.py"),
        ("C++", "snippet.cpp"),
        ("", "snippet.txt"),
        ("../../etc/passwd", "snippet.txt"),
    ],
)
def test_file_name(language: str, name: str) -> None:
    assert file_name(language) == name


def test_code_is_saved_where_the_person_says(chat: Chat, tmp_path: Path) -> None:
    chat.view.save_requested.emit("python", "print('é')")
    (dialog,) = chat.view.findChildren(QFileDialog)
    chat.wait(dialog.isVisible)
    (field,) = [one for one in dialog.findChildren(QLineEdit) if one.isVisible()]
    assert field.text() == "snippet.py"
    field.setText(str(tmp_path / "sum.py"))
    chat.qtbot.keyClick(field, KEYS.Key_Return)
    chat.wait(lambda: chat.toast.text == "Saved as sum.py")
    assert (tmp_path / "sum.py").read_bytes() == "print('é')\n".encode()


def test_code_that_can_not_be_saved_is_told(chat: Chat, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    chat.actions._write(tmp_path / "file" / "sum.py", "x")
    chat.wait(chat.toast.isVisible)
    assert str(tmp_path / "file") in chat.toast.text
