"""Assistants and prompts in the assembled window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from chatapp.domain.assistant import Assistant
from chatapp.domain.conversation import Role
from chatapp.domain.generation import ParameterChoice
from chatapp.domain.prompt import PromptTemplate
from chatapp.ui.assistants.in_window import WindowAssistants
from tests.window import Window


def parts_of(window: Window) -> WindowAssistants:
    return window.desktop.assistants


def choose(window: Window, name: str, qtbot: QtBot) -> None:
    """With @ in the composer."""
    field = window.composer.field
    window.composer.focus()
    qtbot.keyClicks(field, f"@{name}")
    qtbot.waitUntil(lambda: parts_of(window).completion.suggestions is not None)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_a_new_conversation_has_the_assistant_that_was_chosen(window: Window, qtbot: QtBot) -> None:
    choose(window, "tutor", qtbot)
    tutor = window.services.assistants.find("tutor")
    assert tutor is not None
    assert window.pane.welcome._title.text() == "Tutor"
    assert window.desktop.window.top_bar.assistant_label.text() == "Tutor"
    conversation_id = window.ask("What is a fraction?").id
    (stored,) = [one for one in window.stored() if one.id == conversation_id]
    assert stored.assistant == "tutor"
    assert stored.system_prompt == tutor.system_prompt
    origin = window.messages[-1].origin
    assert origin is not None
    assert origin.parameters.temperature == 0.5
    assert parts_of(window).in_use.current == tutor
    window.new()
    assert parts_of(window).in_use.current != tutor
    assert window.desktop.window.top_bar.assistant_label.isHidden()
    window.open(conversation_id)
    window.wait(lambda: parts_of(window).in_use.current == tutor)


def test_a_conversation_gets_another_assistant(window: Window, qtbot: QtBot) -> None:
    conversation_id = window.ask("Hello").id
    choose(window, "transl", qtbot)
    window.wait(lambda: window.stored()[0].assistant == "translator")
    assert window.stored()[0].id == conversation_id
    window.say("Guten Tag")
    window.wait(lambda: len(window.messages) == 4 and not window.composer.is_running)
    origin = window.messages[-1].origin
    assert origin is not None
    assert origin.parameters.temperature == 0.2


def test_an_assistant_brings_its_model(window: Window) -> None:
    mine = window.services.assistants.save(Assistant("", "Mine", model="beta"))
    parts_of(window).begin_with(mine)
    assert window.pane.model is not None
    assert window.pane.model.name == "beta"  # already: the first message may follow at once


def test_a_model_is_never_brought_by_its_path(window: Window, tmp_path: Path) -> None:
    before = window.pane.model
    elsewhere = tmp_path / "elsewhere.gguf"
    elsewhere.write_bytes(b"")
    mine = window.services.assistants.save(Assistant("", "Mine", model=str(elsewhere)))
    parts_of(window).begin_with(mine)
    window.wait(lambda: str(elsewhere) in window.toast)
    assert window.pane.model == before


def test_the_assistant_takes_the_place_of_ones_own_instructions(
    window: Window, qtbot: QtBot
) -> None:
    parameters = window.desktop.parameters
    window.ask("Hello")
    parameters.open()
    parameters.panel.field.setPlainText("Answer like a pirate.")  # the hand does not rest
    choose(window, "tutor", qtbot)
    tutor = window.services.assistants.find("tutor")
    assert tutor is not None
    assert parameters.panel.field.toPlainText() == tutor.system_prompt
    assert parameters.panel.reset_instructions.isHidden()
    window.ask("And now?")
    assert window.workers.requests[-1].turns[0].text == tutor.system_prompt
    assert window.stored()[0].system_prompt == tutor.system_prompt


def test_instructions_typed_a_moment_ago_are_told(window: Window) -> None:
    window.ask("Hello")
    parameters = window.desktop.parameters
    parameters.open()
    parameters.panel.field.setPlainText("Answer like a pirate.")
    window.ask("And now?")
    assert window.workers.requests[-1].turns[0].text == "Answer like a pirate."
    parameters.panel.field.clear()
    window.ask("And now?")
    assert window.workers.requests[-1].turns[0].role is Role.USER


def test_who_is_chosen_while_a_question_is_on_its_way_is_kept(window: Window) -> None:
    tutor = window.services.assistants.find("tutor")
    assert tutor is not None
    window.say("Hello")
    assert window.pane.conversation is None
    parts_of(window).choose(tutor)
    window.wait(lambda: window.stored() and window.stored()[0].assistant == "tutor")
    window.wait(lambda: not window.composer.is_running)
    assert parts_of(window).in_use.current == tutor
    assert window.stored()[0].system_prompt == tutor.system_prompt


def test_the_actions_lead_to_the_pages_and_lists(window: Window) -> None:
    parts = parts_of(window)
    for action, tab in (
        (window.actions.show_assistants, "assistants"),
        (window.actions.show_prompts, "prompts"),
    ):
        window.trigger(action)
        assert getattr(parts.page, tab).isVisible()
    for action, name in (
        (window.actions.choose_assistant, "Translator"),
        (window.actions.insert_prompt, "Translate"),
    ):
        window.trigger(action)
        window.wait(lambda: parts.completion.suggestions is not None)
        assert parts.completion.suggestions is not None
        assert name in parts.completion.suggestions.names
        assert not parts.page.isVisible()
        window.key(Qt.Key.Key_Escape)
        assert parts.completion.suggestions is None


def test_both_are_found_in_the_palette(window: Window) -> None:
    parts = parts_of(window)
    parts.show_page()
    palette = window.main.palettes.commands
    palette.open()
    window.type("@tut")
    assert [row.title for row in palette.rows.rows if not isinstance(row, str)] == ["Tutor"]
    window.key(Qt.Key.Key_Return)
    window.wait(lambda: parts.in_use.current is not None and parts.in_use.current.id == "tutor")
    assert not parts.page.isVisible()
    window.services.prompts.save(PromptTemplate("", "Greeting", "Good morning"))
    palette.open()
    window.type("/greet")
    window.key(Qt.Key.Key_Return)
    window.wait(lambda: window.composer.field.toPlainText() == "Good morning")


def test_a_quick_question_is_asked_as_usual(window: Window) -> None:
    assert window.pane.model is not None
    usual = window.pane.parameters(window.pane.model)
    tutor = window.services.assistants.find("tutor")
    assert tutor is not None
    parts_of(window).choose(tutor)
    window.desktop.parameters.choose(ParameterChoice(grammar='root ::= "x"'))
    assert window.pane.parameters(window.pane.model) == usual


def test_the_page_opens_from_the_sidebar_and_the_way_back(window: Window, qtbot: QtBot) -> None:
    parts = parts_of(window)
    qtbot.mouseClick(parts.row, Qt.MouseButton.LeftButton)
    assert parts.page.isVisible()
    assert parts.row.is_current
    window.wait(lambda: parts.page.assistants.list.count() == 8)
    parts.page.assistants.show_entry("writer")
    qtbot.mouseClick(parts.page.assistants.use, Qt.MouseButton.LeftButton)
    assert not parts.page.isVisible()
    assert not parts.row.is_current
    assert parts.in_use.current is not None
    assert parts.in_use.current.id == "writer"


def test_in_a_narrow_window_the_page_leads_to_the_sidebar(window: Window) -> None:
    parts = parts_of(window)
    parts.show_page()
    assert parts.page._head.sidebar.isHidden()
    window.composer.set_compact(compact=True)
    assert not parts.page._head.sidebar.isHidden()
    assert parts.bar.assistant.text() == ""


def test_the_list_stays_above_the_composer(window: Window) -> None:
    completion, box = parts_of(window).completion, window.composer.box
    window.trigger(window.actions.choose_assistant)
    window.wait(lambda: completion.suggestions is not None)
    shown = completion.suggestions
    assert shown is not None
    for width, height in ((1300, 760), (1300, 700), (900, 800)):
        window.main.resize(width, height)
        window.wait(
            lambda: box.mapTo(window.main, QPoint(0, 0)).y() - shown.geometry().bottom() == 5
        )
        assert shown.x() == box.mapTo(window.main, QPoint(0, 0)).x()
    assert completion.suggestions is shown
