"""The parameters in the window: chosen in the panel, used by the next answer, kept."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication

from chatapp.domain.conversation import OverflowPolicy
from chatapp.domain.generation import GenerationParameters, ParameterChoice
from chatapp.engine.messages import LoadOptions, TemplateArgument
from chatapp.ui.parameters.conversation_parameters import ConversationParameters
from tests.ui.conftest import OpenWindow
from tests.window import Window


def parameters_of(window: Window) -> ConversationParameters:
    return window.desktop.parameters


def asked(window: Window) -> GenerationParameters:
    return window.workers.requests[-1].parameters


def test_the_key_opens_and_closes_it(window: Window) -> None:
    parameters = parameters_of(window)
    window.trigger(window.actions.parameters)
    assert parameters.panel.isVisible()
    assert parameters.has_keyboard
    window.key(Qt.Key.Key_Escape)
    assert not parameters.panel.isVisible()
    assert window.actions.parameters.shortcut() == QKeySequence("Ctrl+I")
    focused = QApplication.focusWidget()
    assert focused is not None
    assert window.composer.isAncestorOf(focused)


def test_only_one_panel_is_open(window: Window) -> None:
    parameters, loading = parameters_of(window), window.main.loading
    parameters.open()
    window.trigger(window.actions.load_settings)
    assert loading.is_open
    assert not parameters.is_open
    window.trigger(window.actions.parameters)
    assert not loading.is_open
    assert parameters.panel.isVisible()


def test_the_next_answer_is_made_as_it_is_chosen(window: Window) -> None:
    parameters = parameters_of(window)
    window.ask("Hello?")
    usual = replace(asked(window), seed=None)
    parameters.open()
    parameters.panel.form.creativity.chosen.emit(1.3)
    window.ask("And now?")
    assert replace(asked(window), seed=None) == replace(usual, temperature=1.3)
    window.new()
    window.ask("Elsewhere?")
    assert replace(asked(window), seed=None) == usual


def test_a_conversation_remembers_it(open_window: OpenWindow) -> None:
    window = open_window()
    window.start()
    conversation = window.ask("Hello?")
    parameters_of(window).choose(ParameterChoice(top_k=3, stop=("END",)))
    window.close()
    window = open_window()
    window.start()
    window.open(conversation.id)
    window.ask("And now?")
    assert (asked(window).top_k, asked(window).stop) == (3, ("END",))


def test_a_new_conversation_begins_with_its_choice(window: Window) -> None:
    window.new()
    parameters = parameters_of(window)
    parameters.open()
    parameters.panel.form.length.chosen.emit(128)
    parameters.panel.field.setPlainText("Answer like a pirate.")
    conversation = window.ask("Hello?")
    assert conversation.parameters == ParameterChoice(max_tokens=128)
    assert conversation.system_prompt == "Answer like a pirate."
    assert asked(window).max_tokens == 128
    assert window.workers.requests[-1].turns[0].text == "Answer like a pirate."
    assert parameters.choice == ParameterChoice(max_tokens=128)
    window.new()
    assert parameters.choice == ParameterChoice()
    general = window.services.assistants.find("general")
    assert general is not None
    assert parameters.panel.field.toPlainText() == general.system_prompt


def test_the_seed_of_an_answer_is_kept(window: Window) -> None:
    window.ask("Hello?")
    parameters = parameters_of(window)
    parameters.open()
    origin = window.last.origin
    assert origin is not None
    parameters.panel.form.advanced.controls["keep_seed"].click()
    assert parameters.choice == ParameterChoice(seed=origin.seed, keep_seed=True)
    window.ask("And now?")
    assert asked(window).seed == origin.seed


def test_the_policy_is_chosen_in_two_places(window: Window) -> None:
    conversation = window.ask("Hello?")
    parameters = parameters_of(window)
    parameters.open()
    combo = parameters.panel.overflow.combo
    combo.chosen.emit("summarise")
    window.settle()
    stored = window.services.jobs.database.submit(
        window.services.conversations.get, conversation.id
    ).result()
    assert stored.overflow is OverflowPolicy.SUMMARISE
    stop = window.actions.overflow.actions()[0]
    stop.trigger()
    window.settle()
    assert combo.value == stop.data()


def test_thinking_is_the_same_on_the_chip_and_in_the_panel(window: Window) -> None:
    thinking = window.main.loading.thinking
    parameters = parameters_of(window)
    parameters.open()
    form = parameters.panel.form
    form.fold.click()
    assert not form.advanced.rows["thinking"].isVisible()
    names = ("enable_thinking", "messages")
    window.workers.loaded = replace(window.workers.loaded, template_variables=names)
    assert window.pane.model is not None
    window.services.engine.load(window.pane.model, LoadOptions(context_length=512))
    window.wait(thinking.chip.isVisible)
    assert form.advanced.rows["thinking"].isVisible()
    assert not form.advanced.rows["reasoning_effort"].isVisible()
    form.advanced.controls["thinking"].chosen.emit(False)
    assert not thinking.chip.isChecked()
    window.ask("Quickly!")
    arguments = window.workers.requests[-1].options.arguments
    assert TemplateArgument("enable_thinking", value=False) in arguments
    window.click(thinking.chip)
    assert parameters.choice == ParameterChoice(thinking=True)
    assert form.advanced.controls["thinking"].value is True
    assert window.services.load_settings.choice_of(window.pane.model).thinking is None
