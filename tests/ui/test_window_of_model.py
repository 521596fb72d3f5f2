"""What a person decides about the model's window and about its loading, in the whole window."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from chatapp.domain.conversation import MessageStatus, OverflowPolicy, Role
from chatapp.domain.model import Adapter
from chatapp.engine.messages import LoadOptions, TemplateArgument
from chatapp.engine.state import EngineStatus
from chatapp.errors import ContextFull, TemplateUnusable
from chatapp.ui.message_menu import Command
from chatapp.ui.widgets.button import Button
from tests.engine.adapter_files import random_weights, write_adapter
from tests.fakes import WAIT, Fails
from tests.window import Window


def test_a_message_is_kept_in_the_window(window: Window) -> None:
    conversation = window.ask("My name is Ana.")
    question = window.messages[0].id
    window.pane.message_actions.act(Command.PIN, question)
    window.wait(lambda: window.messages[0].pinned)
    window.settle()
    assert window.branch(conversation.id)[0].pinned
    window.pane.message_actions.act(Command.PIN, question)
    window.wait(lambda: not window.messages[0].pinned)


def test_what_happens_when_the_context_is_full_is_chosen_per_conversation(window: Window) -> None:
    conversation = window.ask("Hello?")
    actions = window.actions.overflow.actions()
    assert [action.isChecked() for action in actions] == [True, False, False]
    actions[2].trigger()
    window.wait(lambda: window.stored()[0].overflow is OverflowPolicy.SUMMARISE)
    window.settle()
    assert [action.isChecked() for action in actions] == [False, False, True]
    window.new()
    assert actions[0].isChecked()
    window.open(conversation.id)
    window.settle()
    assert actions[2].isChecked()


def test_it_can_be_chosen_before_the_first_message(window: Window) -> None:
    window.new()
    actions = window.actions.overflow.actions()
    actions[1].trigger()
    window.ask("Hello?")
    window.wait(lambda: window.stored()[0].overflow is OverflowPolicy.DROP_OLDEST)
    window.settle()
    assert actions[1].isChecked()


def test_the_meter_opens_the_choice(window: Window) -> None:
    window.ask("Hello?")
    meter = window.composer._meter
    window.click(meter)
    menu = window.actions.context_menu
    assert menu.isVisible()
    words = [action.text() for action in menu.actions()]
    assert words[0] == "When the context is full"
    assert "Summarise the oldest messages" in words
    menu.close()


def test_a_full_context_is_told_at_the_answer_with_ways_out(window: Window) -> None:
    conversation = window.ask("One")
    window.workers.script_answer(Fails(ContextFull(9000, 4096)))
    window.say("Two")
    window.wait_for_status(MessageStatus.FAILED)
    (failure,) = window.failures
    assert "longer than the model can read" in failure
    assert "9,000 tokens, and the model can read 4,096" in failure
    assert window.notices == []
    assert window.composer._meter._words.text() == "9,000 of 4,096"
    window.workers.script_answer(Fails(ContextFull(9000, 4096)))
    window.workers.script_answer("Hello ", "again.")
    window.press("Leave out the oldest messages")
    window.wait_for_status(MessageStatus.COMPLETE)
    window.settle()
    assert window.texts == ["One", "Hello there.", "Two", "Hello again."]
    assert window.failures == []
    assert [message.left_window for message in window.messages] == [True, True, False, False]
    window.press("Restore")
    window.wait(lambda: not any(message.left_window for message in window.messages))
    stored = window.stored()
    assert [one.overflow for one in stored if one.id == conversation.id] == [OverflowPolicy.STOP]


def test_a_full_context_is_told_after_a_restart_too(window: Window) -> None:
    conversation = window.ask("One")
    window.workers.script_answer(Fails(ContextFull(9000, 4096)))
    window.say("Two")
    window.wait_for_status(MessageStatus.FAILED)
    window.new()
    window.open(conversation.id)
    window.settle()
    assert "longer than the model can read" in window.failures[0]
    window.workers.script_answer(Fails(ContextFull(9000, 4096)))
    window.workers.script_answer("They said hello.")
    window.workers.script_answer("Hello again.")
    window.press("Summarise them")
    window.wait_for_status(MessageStatus.COMPLETE)
    window.settle()
    roles = [message.role for message in window.messages]
    assert roles[2] is Role.SUMMARY
    assert window.texts == [
        "One",
        "Hello there.",
        "They said hello.",
        "Two",
        "Hello again.",
    ]


def test_a_longer_context_is_loaded_and_the_answer_goes_on(window: Window) -> None:
    window.workers.script_answer(Fails(ContextFull(5000, 4096)))
    window.say("A long one")
    window.wait_for_status(MessageStatus.FAILED)
    loads = len(window.workers.loads)
    window.press("Use 8,192 tokens")
    window.wait_for_status(MessageStatus.COMPLETE)
    assert len(window.workers.loads) == loads + 1
    assert window.workers.loads[-1].options.context_length == 8192


def test_a_choice_holds_for_the_next_load_and_the_next_start(window: Window) -> None:
    loading = window.main.loading
    window.trigger(window.actions.load_settings)
    panel = loading.panel
    assert panel.isVisible()
    panel.rows.threads.changed.emit(1)
    window.wait(lambda: panel.load.isEnabled() and panel.load.text() == "Load again")
    count = len(window.workers.loads)
    window.click(panel.load)
    window.wait(lambda: len(window.workers.loads) > count)
    assert window.workers.loads[-1].options.threads == 1
    window.wait(lambda: not panel.load.isEnabled() and panel.load.isVisible())
    window.click(panel.close_button)
    assert not panel.isVisible()
    model = window.pane.model
    assert model is not None
    assert window.services.load_settings.choice_of(model).threads == 1


def test_the_panel_follows_the_model_and_closes_with_escape(window: Window) -> None:
    window.trigger(window.actions.load_settings)
    panel = window.main.loading.panel
    assert panel.model is not None
    other = next(m for m in window.main.models._models if m.path != panel.model.path)
    window.main.chip.model_chosen.emit(other)
    assert panel.model.path == other.path
    panel.close_button.setFocus(Qt.FocusReason.TabFocusReason)
    window.key(Qt.Key.Key_Escape)
    window.wait(lambda: not panel.isVisible())
    assert QApplication.focusWidget() is window.composer.focusProxy()


def test_where_there_is_no_room_for_both_the_panel_stands_alone(window: Window) -> None:
    window.main.resize(700, 600)
    window.trigger(window.actions.load_settings)
    assert not window.pane.isVisible()
    window.click(window.main.loading.panel.close_button)
    assert window.pane.isVisible()


def test_adapters_change_without_another_load(window: Window, tmp_path: Path) -> None:
    adapter = tmp_path / "poet.gguf"
    adapter.write_bytes(b"GGUF")
    window.trigger(window.actions.load_settings)
    panel = window.main.loading.panel
    window.wait(lambda: panel.result.text() == "On the processor" and not panel.load.isEnabled())
    count = len(window.workers.loads)
    panel.rows.adapters.add_file(str(adapter))
    window.ask("Hello?")
    assert len(window.workers.loads) == count
    assert window.workers.requests[-1].adapters == (Adapter(str(adapter)),)
    assert not panel.load.isEnabled()


def test_what_is_no_adapter_is_told_at_once(window: Window, tmp_path: Path) -> None:
    starter = next(m for m in window.services.library.snapshot if m.is_starter)
    window.trigger(window.actions.load_settings)
    panel = window.main.loading.panel
    panel.rows.adapters.add_file(starter.path)
    window.wait(lambda: panel.problem.startswith("This file is not a LoRA adapter"))
    panel.rows.adapters.set_adapters(())
    panel.rows.adapters.add_file(str(write_adapter(tmp_path / "poet.gguf", random_weights(1))))
    window.wait(lambda: panel.problem == "")


def test_a_load_is_cancelled_in_the_panel(window: Window) -> None:
    window.trigger(window.actions.load_settings)
    panel = window.main.loading.panel
    window.workers.script_load(WAIT)
    panel.rows.threads.changed.emit(1)
    window.wait(lambda: panel.load.isEnabled() and panel.load.text() == "Load again")
    window.click(panel.load)
    window.wait(panel.cancel.isVisible)
    window.click(panel.cancel)
    window.wait(lambda: panel.result.text() == "It is not loaded.")
    assert not panel.cancel.isVisible()
    assert window.services.engine.state.status is EngineStatus.UNLOADED


def test_a_template_of_ones_own_is_used_and_taken_back(window: Window) -> None:
    window.trigger(window.actions.load_settings)
    loading = window.main.loading
    dialog = loading.open_template()
    assert dialog is not None
    dialog.field.setPlainText("{{ messages }} in my own way")
    window.click(dialog.save)
    window.wait(loading.panel.load.isEnabled)
    window.click(loading.panel.load)
    window.wait(lambda: window.workers.loads[-1].options.template != "")
    assert window.workers.loads[-1].options.template == "{{ messages }} in my own way"
    dialog = loading.open_template()
    assert dialog is not None
    window.click(dialog.restore)
    assert dialog.text() == ""
    dialog.reject()


def test_a_template_that_cannot_be_used_leads_back_to_where_it_was_chosen(window: Window) -> None:
    loading = window.main.loading
    assert window.pane.model is not None
    window.workers.script_load(Fails(TemplateUnusable(window.pane.model.path, "line 1: no end")))
    window.services.engine.load(window.pane.model, LoadOptions(template="{% for"))
    window.wait(lambda: window.services.engine.state.status is EngineStatus.FAILED)
    window.settle()
    buttons = window.pane.notices.findChildren(Button)
    window.click(next(button for button in buttons if button.text() == "How it is loaded"))
    assert loading.panel.isVisible()
    assert loading.panel.load.isEnabled()
    assert loading.panel.rows.template_note == "line 1: no end"


def test_why_a_model_cannot_be_measured_is_told(window: Window) -> None:
    window.trigger(window.actions.load_settings)
    tuning, panel = window.main.loading.tuning, window.main.loading.panel
    window.click(panel.rows.tune)
    dialog = tuning.dialog
    assert dialog is not None
    window.click(dialog.measure)
    dialog.reject()  # it goes on
    window.wait(lambda: tuning.dialog is None)
    window.click(panel.rows.tune)
    again = tuning.dialog
    assert again is not None
    window.click(again.measure)  # Stop, or once more
    window.wait(lambda: again.measure.text() != "Stop")
    window.click(again.measure)
    window.wait(lambda: again.measure.text() == "Try again")
    assert "alpha" in again.state.text()  # which is no real model
    again.reject()


def test_thinking_is_switched_where_one_writes(window: Window) -> None:
    thinking = window.main.loading.thinking
    assert not thinking.isVisible()  # the model knows nothing of it
    names = ("enable_thinking", "messages", "reasoning_effort")
    window.workers.loaded = replace(window.workers.loaded, template_variables=names)
    assert window.pane.model is not None
    window.services.engine.load(window.pane.model, LoadOptions(context_length=512))
    window.wait(thinking.chip.isVisible)
    assert thinking.chip.isChecked()
    window.ask("Think about it.")
    assert window.workers.requests[-1].options.arguments == ()
    window.click(thinking.chip)
    thinking.effort.chosen.emit("high")
    window.ask("Quickly!")
    assert window.workers.requests[-1].options.arguments == (
        TemplateArgument("enable_thinking", value=False),
        TemplateArgument("thinking", value=False),
        TemplateArgument("reasoning_effort", "high"),
    )
    origin = window.messages[-1].origin
    assert origin is not None
    assert origin.parameters.thinking is False
    assert window.services.load_settings.choice_of(window.pane.model).thinking is False


def test_llama_cpp_counts_what_a_choice_takes_without_loading_it(window: Window) -> None:
    starter = next(m for m in window.services.library.snapshot if m.is_starter)
    window.main.loading.open(starter)
    panel, loads = window.main.loading.panel, len(window.workers.loads)
    window.wait(lambda: panel.total.toolTip() != "")
    counted = panel.total.text()
    panel.rows.cache.chosen.emit("q8_0")
    assert panel.total.text().startswith("about ")
    window.wait(lambda: panel.total.toolTip() != "")
    assert panel.total.text() != counted
    assert panel.rows.context.field.placeholderText() == "Auto 8,192"
    assert len(window.workers.loads) == loads


def test_the_sidebar_makes_way_where_there_is_no_room_for_three(window: Window) -> None:
    panel, sidebar = window.main.loading.panel, window.sidebar
    window.main.resize(1000, 700)
    window.trigger(window.actions.load_settings)
    assert panel.isVisible()
    assert window.pane.isVisible()
    assert not sidebar.isVisible()
    for width, is_seen in ((1300, True), (1000, False), (700, False), (1000, False)):
        window.main.resize(width, 700)
        assert sidebar.isVisible() == is_seen
    window.click(panel.close_button)
    assert sidebar.isVisible()
    window.trigger(window.actions.toggle_sidebar)
    window.trigger(window.actions.load_settings)
    window.click(panel.close_button)
    assert not sidebar.isVisible()
