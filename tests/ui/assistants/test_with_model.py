"""What an assistant wants reaches the model: a real window, a real worker, the starter model."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from chatapp.domain.assistant import Assistant
from chatapp.domain.conversation import Message
from chatapp.domain.generation import FinishReason, ParameterChoice
from chatapp.paths import Paths
from tests.window import Window

pytestmark = [pytest.mark.model, pytest.mark.timeout(180)]

SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {"colour": {"enum": ["red", "blue"]}},
        "required": ["colour"],
        "additionalProperties": False,
    }
)
COLOURS = [{"colour": "red"}, {"colour": "blue"}]
PROMPT = "You know colours and nothing else."


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication, paths: Paths, starter_model: Path) -> Iterator[Window]:
    shutil.copyfile(starter_model, paths.models / "twin.gguf")
    window = Window(qtbot, qapp, paths, is_real=True)
    QLocale.setDefault(QLocale("en_US"))
    window.start()
    yield window
    window.close()


def begin_with(window: Window, assistant: Assistant) -> Assistant:
    kept = window.services.assistants.save(assistant)
    window.desktop.assistants.begin_with(kept)
    return kept


def ask(window: Window) -> Message:
    window.ask("Which colour is the sky?")
    return window.last


def prompt_tokens(answer: Message) -> int:
    assert answer.origin is not None
    return answer.origin.usage.prompt_tokens


def test_prompt_parameters_form_and_model_reach_the_engine(window: Window) -> None:
    begin_with(
        window,
        Assistant(
            "",
            "Colours",
            system_prompt=PROMPT,
            model="twin",
            parameters=ParameterChoice(temperature=1.5, seed=7, keep_seed=True),
            json_schema=SCHEMA,
        ),
    )
    answer = ask(window)
    assert json.loads(answer.text) in COLOURS
    assert answer.origin is not None
    assert Path(answer.origin.model_path).name == "twin.gguf"
    loaded = window.engine.state.model
    assert loaded is not None
    assert loaded.path == answer.origin.model_path
    assert (answer.origin.parameters.temperature, answer.origin.seed) == (1.5, 7)

    # The model read as many tokens more as the longer prompt has.
    longer = f"{PROMPT} You are also very polite, and you like the sea."
    begin_with(window, Assistant("", "Polite", system_prompt=longer))
    polite = ask(window)
    count = window.engine.count_tokens
    more = count(loaded, longer).result() - count(loaded, PROMPT).result()
    assert more > 5
    assert prompt_tokens(polite) - prompt_tokens(answer) == more


def test_what_is_chosen_in_the_panel_comes_first(window: Window) -> None:
    chosen = ParameterChoice(temperature=1.5, max_tokens=3)
    mine = begin_with(window, Assistant("", "Colours", parameters=chosen, json_schema=SCHEMA))
    parameters = window.desktop.parameters
    parameters.open()
    form = parameters.panel.form
    form.advanced.controls["grammar"].chosen.emit('root ::= "blue" [ab]{40}')
    form.creativity.chosen.emit(0.0)
    answer = ask(window)
    assert answer.text.startswith("blue")
    assert answer.origin is not None
    assert answer.origin.finish_reason is FinishReason.LENGTH  # which is the assistant's
    assert answer.origin.usage.completion_tokens == 3
    assert answer.origin.parameters.temperature == 0

    window.trigger(window.actions.retry)
    window.wait(lambda: window.last.id != answer.id and not window.composer.is_running)
    assert window.last.text.startswith("blue")

    first = window.shown_id
    window.session.branch_off(window.last.id)
    window.wait(lambda: window.shown_id not in (None, first))
    assert window.desktop.assistants.in_use.current == mine
    assert ask(window).text.startswith("blue")

    form.reset.click()
    form.length.chosen.emit(64)
    assert json.loads(ask(window).text) in COLOURS


def test_a_temporary_conversation_has_the_assistant_too(window: Window) -> None:
    mine = begin_with(window, Assistant("", "Colours", system_prompt=PROMPT, json_schema=SCHEMA))
    window.trigger(window.actions.new_temporary)
    window.wait(lambda: window.pane.conversation is not None)
    assert window.pane.conversation is not None
    assert window.pane.conversation.is_temporary
    assert window.pane.conversation.system_prompt == PROMPT
    assert window.desktop.assistants.in_use.current == mine
    assert json.loads(ask(window).text) in COLOURS
    assert window.stored() == []
    window.trigger(window.actions.new_temporary)
    window.wait(lambda: not window.messages)
    assert window.desktop.assistants.in_use.current != mine
