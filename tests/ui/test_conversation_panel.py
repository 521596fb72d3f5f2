"""The sidebar of the assembled window: what is listed, marked, found and done there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from chatapp.domain.conversation import MessageStatus, Role, TitleSource
from chatapp.domain.generation import GenerationParameters, Origin
from chatapp.errors import DatabaseBusy, DiskFull
from chatapp.paths import Paths
from chatapp.storage.conversations import Conversations
from chatapp.storage.database import Database
from chatapp.ui.filing_wishes import Restore
from tests.fakes import WAIT
from tests.ui.conftest import OpenWindow
from tests.window import Window

ORIGIN = Origin("other", "/m/other.gguf", GenerationParameters())


@pytest.fixture
def elsewhere(window: Window, paths: Paths) -> Iterator[Conversations]:
    """The conversations as another process has them."""
    database = Database(paths.database)
    yield Conversations(database)
    database.close()


def list_has(window: Window, *titles: str) -> None:
    window.wait(lambda: window.listed == list(titles))


def look_elsewhere(window: Window) -> None:
    """As the window does each second."""
    window.panel._poll()
    window.settle()
    window.settle()


def row(window: Window, conversation_id: int) -> int:
    found = window.list.row_of(conversation_id)
    assert found is not None
    return found


def edit_title(window: Window, conversation_id: int, text: str) -> QLineEdit:
    """F2 in the list, and another title that is not confirmed yet."""
    window.sidebar.view.step_in()
    window.sidebar.view.setCurrentIndex(window.list.index(row(window, conversation_id)))
    window.key(Qt.Key.Key_F2)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    editor.selectAll()
    window.type(text)
    return editor


def begin_story(window: Window, question: str = "Tell me a story.") -> int:
    window.workers.script_answer("The ship ", WAIT, "sails on.")
    window.say(question)
    window.workers.wait_for_pause()
    window.wait(lambda: window.messages and window.last.text == "The ship ")
    assert window.shown_id is not None
    return window.shown_id


# The list


def test_a_new_conversation_is_listed_and_named_at_once(window: Window) -> None:
    story = begin_story(window)
    list_has(window, "Tell me a story")
    assert window.sidebar.view.current_id == story
    window.workers.release()


def test_the_latest_is_at_the_top_and_pinned_ones_above(window: Window) -> None:
    first = window.ask("one").id
    window.new()
    window.ask("two")
    list_has(window, "two", "one")
    window.open(first)
    window.trigger(window.actions.pin)
    window.wait(window.actions.pin.isChecked)
    window.new()
    window.ask("three")
    list_has(window, "one", "three", "two")


def test_pinning_that_can_not_be_stored_is_told(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.ask("one")

    def refuse(*_: object, **__: object) -> None:
        raise DiskFull("here")

    monkeypatch.setattr(window.services.conversations, "pin", refuse)
    window.trigger(window.actions.pin)
    window.wait(lambda: "disk is full" in window.toast)
    assert not window.actions.pin.isChecked()


# Two at a time


def test_an_answer_in_the_background(window: Window) -> None:
    story = begin_story(window)
    window.new()
    window.workers.script_answer(WAIT, "Hello there.")
    window.say("Other")
    window.wait(lambda: window.shown_id not in (None, story))
    assert window.list.busy_rows == sorted(
        row(window, number) for number in (story, window.shown_id) if number is not None
    )
    assert window.sidebar.view.is_turning
    window.workers.release()
    window.wait(lambda: window.list._unread == {story})
    window.workers.release()
    window.wait_for_status(MessageStatus.COMPLETE)
    assert window.texts == ["Other", "Hello there."]
    assert window.list._unread == {story}
    assert window.list.busy_rows == []
    window.open(story)
    assert window.list._unread == frozenset()
    assert window.last.text == "The ship sails on."


def test_deleting_the_conversation_that_is_being_answered(window: Window) -> None:
    story = begin_story(window)
    window.trigger(window.actions.trash)
    window.wait(lambda: window.is_welcoming and window.toast == "Moved to Trash")
    window.wait(lambda: not window.session.running_conversations())
    list_has(window)
    window.click(window.main.toast.button)
    window.wait(lambda: window.shown_id == story)
    assert window.texts == ["Tell me a story.", "The ship "]
    assert window.last.status is MessageStatus.STOPPED
    list_has(window, "Tell me a story")


def test_deleting_it_for_good_while_it_is_answered(window: Window) -> None:
    story = begin_story(window)
    window.panel.move_to_trash(story)
    window.sidebar.delete_requested.emit(story)
    window.wait(lambda: not window.session.running_conversations())
    window.settle()
    assert window.is_welcoming
    assert window.stored() == window.stored(deleted=True) == []
    window.ask("Next")


def test_renaming_it_while_it_is_answered(window: Window) -> None:
    begin_story(window)
    window.key(Qt.Key.Key_F2)
    window.type("My story")
    window.key(Qt.Key.Key_Return)
    list_has(window, "My story")
    assert window.title == "My story"
    window.workers.release()
    window.wait_for_status(MessageStatus.COMPLETE)
    window.settle()
    assert window.listed == ["My story"]
    assert window.main.windowTitle() == "My story – Chatapp"
    assert window.stored()[0].title_source is TitleSource.USER


# Renaming in the list


def test_a_title_is_edited_in_the_list(window: Window) -> None:
    first = window.ask("one").id
    window.new()
    edit_title(window, first, "Renamed")
    window.key(Qt.Key.Key_Return)
    list_has(window, "Renamed")
    assert window.is_welcoming, "renaming a conversation does not open it"
    window.open(first)
    assert window.title == "Renamed"


def test_escape_leaves_the_title_as_it_is_and_stops_nothing(window: Window) -> None:
    story = begin_story(window)
    edit_title(window, story, "Half a ti")
    window.key(Qt.Key.Key_Escape)
    assert not window.sidebar.view.is_renaming
    assert window.composer.is_running
    window.workers.release()
    list_has(window, "Tell me a story")


def test_nothing_destroys_a_title_that_is_being_edited(
    window: Window, elsewhere: Conversations
) -> None:
    first = window.ask("one").id
    window.new()
    story = begin_story(window)
    editor = edit_title(window, first, "Half a ti")
    # An answer ends, so that rows move and marks change; another process writes.
    window.workers.release()
    elsewhere.create(title="From elsewhere", title_source=TitleSource.USER)
    window.wait(lambda: not window.session.running_conversations())
    look_elsewhere(window)
    assert window.sidebar.view.is_renaming
    assert QApplication.focusWidget() is editor
    assert editor.text() == "Half a ti"
    window.type("tle")
    window.key(Qt.Key.Key_Return)
    titles = ["From elsewhere", "Half a title", "Tell me a story"]
    window.wait(lambda: sorted(window.listed) == titles)
    window.wait(lambda: window.list.busy_rows == [])
    assert window.shown_id == story


# Search


def test_search_finds_opens_and_ends(window: Window) -> None:
    first = window.ask("The lease begins in May").id
    window.new()
    window.ask("Something else")
    window.search("lease")
    list_has(window, "The lease begins in May")
    window.sidebar.search_field.setFocus()
    window.key(Qt.Key.Key_Down)
    window.key(Qt.Key.Key_Return)
    window.wait(lambda: window.shown_id == first)
    assert window.sidebar.search_field.query == "lease"
    assert window.title == "The lease begins in May"
    window.key(Qt.Key.Key_Escape)
    list_has(window, "Something else", "The lease begins in May")
    assert window.shown_id == first


def test_a_hit_opens_with_the_model_that_it_has_by_now(window: Window) -> None:
    first = window.ask("The lease begins in May").id
    window.search("lease")
    window.main.models.choose(window.services.library.find("beta"))
    window.settle()
    window.main.models.choose(window.services.library.find("alpha"))
    window.panel.set_model(first, window.services.library.find("beta").path)
    window.settle()
    window.pane.show_new()
    window.sidebar.hit_selected.emit(first, None)
    window.wait(lambda: window.shown_id == first)
    window.wait(lambda: window.pane.model and window.pane.model.name == "beta")


def test_what_is_done_to_a_hit_shows_in_the_hits(window: Window) -> None:
    first = window.ask("The lease begins in May").id
    window.new()
    second = window.ask("Another lease").id
    window.search("lease")
    window.panel.move_to_trash(first)
    list_has(window, "Another lease")
    window.panel.rename(second, "Renamed lease")
    window.wait(lambda: window.title == "Renamed lease")
    assert window.list.is_searching


def test_a_search_stays_while_another_process_writes(
    window: Window, elsewhere: Conversations
) -> None:
    window.ask("The lease begins in May")
    window.search("lease")
    elsewhere.create(title="From elsewhere", title_source=TitleSource.USER)
    look_elsewhere(window)
    assert window.list.is_searching
    assert window.listed == ["The lease begins in May"]
    window.sidebar.clear_search()
    window.wait(lambda: "From elsewhere" in window.listed)


@pytest.mark.parametrize("query", ['"', "a AND (", "*", "\0", "'; drop table", "x" * 5000, "学习"])
def test_any_text_is_a_query(window: Window, query: str) -> None:
    window.ask("one")
    window.search(query)
    window.settle()
    assert window.toast == ""
    window.sidebar.clear_search()
    list_has(window, "one")


def test_a_new_conversation_ends_the_search(window: Window) -> None:
    window.ask("one")
    window.search("nothing like it")
    list_has(window)
    window.new()
    list_has(window, "one")


# Trash


def test_the_trash(window: Window) -> None:
    first = window.ask("one").id
    window.new()
    second = window.ask("two").id
    window.panel.move_to_trash(first)
    list_has(window, "two")
    window.sidebar.open_trash()
    list_has(window, "one")
    window.sidebar.wished.emit(Restore((first,)))
    list_has(window)
    window.sidebar.close_trash()
    list_has(window, "two", "one")
    assert window.shown_id == second
    window.panel.move_to_trash(first)
    window.settle()
    window.sidebar.delete_requested.emit(first)
    window.wait(lambda: len(window.stored()) + len(window.stored(deleted=True)) == 1)


def test_the_trash_key_means_the_shown_one_when_the_trash_is_open(window: Window) -> None:
    first = window.ask("one").id
    window.new()
    window.ask("two")
    window.panel.move_to_trash(first)
    list_has(window, "two")
    window.sidebar.open_trash()
    list_has(window, "one")
    window.sidebar.view.step_in()
    window.trigger(window.actions.trash)
    window.wait(lambda: window.is_welcoming)
    list_has(window, "two", "one")


def test_a_new_answer_does_not_mix_into_the_trash(window: Window) -> None:
    first = window.ask("one").id
    window.panel.move_to_trash(first)
    window.wait(lambda: window.is_welcoming)
    window.sidebar.open_trash()
    list_has(window, "one")
    window.ask("two")
    assert window.listed == ["one"]
    window.sidebar.close_trash()
    list_has(window, "two")


# Other processes


def test_the_list_follows_other_processes(window: Window, elsewhere: Conversations) -> None:
    first = window.ask("one").id
    made = elsewhere.create(title="From elsewhere", title_source=TitleSource.USER)
    window.wait(lambda: sorted(window.listed) == ["From elsewhere", "one"])
    elsewhere.rename(first, "Renamed there")
    window.wait(lambda: window.title == "Renamed there")
    assert window.main.windowTitle().startswith("Renamed there")
    elsewhere.delete(made.id)
    list_has(window, "Renamed there")


def test_the_open_conversation_follows_and_the_keyboard_stays(
    window: Window, elsewhere: Conversations
) -> None:
    first = window.ask("one").id
    window.sidebar.focus_search()
    answer = window.last
    question = elsewhere.add_message(
        first, role=Role.USER, text="From the terminal", parent_id=answer.id
    )
    look_elsewhere(window)
    assert window.texts == ["one", "Hello there.", "From the terminal"]
    reply = elsewhere.begin_answer(first, parent_id=question.id, origin=ORIGIN)
    elsewhere.save_partial(reply.id, "Half")
    look_elsewhere(window)
    assert window.texts[-1] == "Half"
    elsewhere.end_answer(
        reply.id, text="Half and half", status=MessageStatus.COMPLETE, origin=ORIGIN
    )
    look_elsewhere(window)
    assert window.last.status is MessageStatus.COMPLETE
    assert window.texts[-1] == "Half and half"
    assert QApplication.focusWidget() is window.sidebar.search_field


def test_the_reader_is_left_in_peace_by_other_processes(
    window: Window, elsewhere: Conversations
) -> None:
    window.workers.script_answer("\n\n".join(f"Paragraph {n}" for n in range(80)))
    first = window.ask("A long one").id
    bar = window.pane.transcript.verticalScrollBar()
    window.wait(lambda: bar.maximum() > 500)
    bar.setValue(100)
    elsewhere.create(title="From elsewhere", title_source=TitleSource.USER)
    look_elsewhere(window)
    assert "From elsewhere" in window.listed
    elsewhere.add_message(first, role=Role.SYSTEM, text="Note", parent_id=window.last.id)
    look_elsewhere(window)
    assert window.texts[-1] == "Note"
    assert bar.value() == 100


def test_the_open_conversation_goes_to_the_trash_elsewhere(
    window: Window, elsewhere: Conversations
) -> None:
    first = window.ask("one").id
    window.composer.set_text("unsent")
    elsewhere.move_to_trash(first)
    look_elsewhere(window)
    assert window.is_welcoming
    list_has(window)
    assert "moved to the Trash" in window.toast
    assert window.composer.text() == ""
    elsewhere.restore(first)
    look_elsewhere(window)
    list_has(window, "one")
    window.open(first)
    assert window.composer.text() == "unsent"


def test_the_open_conversation_is_deleted_for_good_elsewhere(
    window: Window, elsewhere: Conversations
) -> None:
    first = window.ask("one").id
    elsewhere.delete(first)
    look_elsewhere(window)
    assert "deleted meanwhile" in window.notices[0]
    assert window.texts == ["one", "Hello there."], "it can still be read and copied"
    list_has(window)


def test_what_was_read_of_a_conversation_goes_with_it(window: Window) -> None:
    first = window.ask("one").id
    window.trigger(window.actions.trash)
    window.settle()
    window.sidebar.delete_requested.emit(first)
    window.wait(lambda: window.stored(deleted=True) == [])
    window.ask("two")
    assert window.workers.forgotten == [str(first)]


def test_a_busy_storage_is_told(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise DatabaseBusy("here")

    monkeypatch.setattr(window.services.conversations, "all", refuse)
    window.panel.reload()
    window.wait(lambda: "Another program" in window.toast)


def test_what_the_end_of_the_last_run_cut_off_is_shown(
    open_window: OpenWindow, paths: Paths
) -> None:
    database = Database(paths.database)
    cut, _, answer = Conversations(database).begin_exchange(
        None, "Name three colours.", origin=ORIGIN, model_path=None
    )
    database.execute(
        "UPDATE messages SET writer_pid = 1, writer_started = 0 WHERE id = ?", (answer.id,)
    )
    database.close()
    window = open_window()
    window.start()
    window.wait(lambda: window.toast == "1 answer interrupted when Chatapp ended")
    assert window.is_welcoming
    window.click(window.main.toast.button)
    window.wait(lambda: window.pane.conversation_id == cut.id)
