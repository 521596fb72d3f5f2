"""What a conversation changes of how it is answered: chosen in the panel, stored, and used."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from chatapp.chat.parameters import parameters_for
from chatapp.chat.presets import Presets
from chatapp.domain.conversation import Conversation
from chatapp.domain.generation import NO_CHOICE, ParameterChoice
from chatapp.paths import Paths
from chatapp.services import Services
from chatapp.ui.bridge import MainThread
from chatapp.ui.parameters.conversation_parameters import ConversationParameters
from chatapp.ui.theme import Appearance
from tests.fakes import FakeWorkers, fake_model


class Place:
    """A panel beside nothing, on real storage."""

    def __init__(
        self, appearance: Appearance, qtbot: QtBot, paths: Paths, folder: Path, main: MainThread
    ) -> None:
        self._qtbot = qtbot
        self.services = Services(paths, post=main.post, start_worker=FakeWorkers())
        self.model = fake_model(folder)
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.policies = QActionGroup(self.window)
        for policy, words in (("stop", "Stop and ask"), ("drop-oldest", "Leave out the oldest")):
            action = self.policies.addAction(words)
            action.setCheckable(True)
            action.setData(policy)
        self.policies.actions()[0].setChecked(True)
        self.presets = Presets(paths.data / "presets", paths.resources / "presets", lambda: "en")
        self.stored: list[Conversation] = []
        settings = self.services.settings
        self.parameters = ConversationParameters(
            appearance,
            self.services.conversations,
            self.presets,
            self.services.engine,
            self.services.jobs,
            main.post,
            self.policies,
            lambda model: parameters_for(model, settings.current),
            self.window,
        )
        self.parameters.changed.connect(self._on_changed)
        self.parameters.use_model(self.model)

    def _on_changed(self, conversation: Conversation) -> None:
        self.stored.append(conversation)
        self.parameters.show_conversation(conversation)

    def create(self, choice: ParameterChoice = NO_CHOICE) -> Conversation:
        conversations = self.services.conversations

        def create() -> Conversation:
            return conversations.set_parameters(conversations.create().id, choice)

        return self.services.jobs.database.submit(create).result()

    def read(self, conversation: Conversation) -> Conversation:
        database = self.services.jobs.database
        return database.submit(self.services.conversations.get, conversation.id).result()

    def wait(self, count: int = 1) -> None:
        self._qtbot.waitUntil(lambda: len(self.stored) >= count)

    def close(self) -> None:
        self.parameters.stop()
        self.services.close()


@pytest.fixture
def place(appearance: Appearance, qtbot: QtBot, paths: Paths, tmp_path: Path) -> Iterator[Place]:
    QLocale.setDefault(QLocale("en_US"))
    main_thread = MainThread()
    place = Place(appearance, qtbot, paths, tmp_path, main_thread)
    yield place
    place.close()
    main_thread.close()


def test_the_panel_is_opened_and_closed(place: Place, qtbot: QtBot) -> None:
    parameters = place.parameters
    with qtbot.waitSignal(parameters.opened):
        parameters.toggle()
    assert parameters.is_open
    with qtbot.waitSignal(parameters.closed):
        parameters.panel.close_button.click()
    assert not parameters.is_open


def test_what_is_chosen_is_stored_with_the_conversation(place: Place) -> None:
    conversation = place.create()
    place.parameters.show_conversation(conversation)
    place.parameters.open()
    place.parameters.panel.form.creativity.chosen.emit(1.5)
    assert place.parameters.choice == ParameterChoice(temperature=1.5)  # at once
    place.wait()
    assert place.read(conversation).parameters == ParameterChoice(temperature=1.5)


def test_another_conversation_has_its_own(place: Place) -> None:
    first, second = place.create(), place.create(ParameterChoice(top_k=3))
    place.parameters.show_conversation(first)
    place.parameters.open()
    place.parameters.panel.form.creativity.chosen.emit(1.5)
    place.parameters.panel.field.setPlainText("Be brief.")
    place.parameters.show_conversation(second)
    assert place.parameters.choice == place.parameters.panel.choice == ParameterChoice(top_k=3)
    assert place.parameters.panel.field.toPlainText() == ""
    place.wait()
    stored = place.read(first)
    assert stored.parameters == ParameterChoice(temperature=1.5)
    assert stored.system_prompt == "Be brief."
    assert place.read(second) == second


def test_a_new_conversation_takes_its_choice_along(place: Place) -> None:
    place.parameters.show_conversation(None)
    place.parameters.open()
    place.parameters.panel.form.creativity.chosen.emit(0.1)
    place.parameters.panel.field.setPlainText("Be brief.")
    assert place.parameters.instructions == "Be brief."  # though the hand does not rest
    place.parameters.save()
    assert place.stored == []
    conversation = place.create()
    place.parameters.begin(conversation)
    place.wait()
    stored = place.read(conversation)
    assert (stored.parameters.temperature, stored.system_prompt) == (0.1, "Be brief.")


def test_a_new_conversation_that_knows_it_all_is_not_stored_again(place: Place) -> None:
    conversation = place.create(ParameterChoice(top_k=3))
    place.parameters.choose(ParameterChoice(top_k=3))
    place.parameters.begin(conversation)
    place.services.jobs.database.submit(lambda: None).result()
    assert place.stored == []


def test_an_older_state_does_not_undo_a_choice(place: Place) -> None:
    conversation = place.create()
    place.parameters.show_conversation(conversation)
    place.parameters.choose(ParameterChoice(top_k=9))
    place.parameters.show_conversation(conversation)  # its title changed, say
    assert place.parameters.choice.top_k == 9
    place.parameters.save()
    place.parameters.show_conversation(conversation)
    assert place.parameters.choice.top_k == 9
    place.wait()
    assert place.parameters.choice.top_k == 9


def test_the_model_says_what_is_automatic(place: Place) -> None:
    place.services.settings.change(temperature=0.3)
    place.parameters.open()
    field = place.parameters.panel.form.creativity.field
    assert field.placeholderText() == "0.3"


def test_the_instructions_are_counted(place: Place, qtbot: QtBot) -> None:
    conversation = place.create()
    place.parameters.show_conversation(conversation)
    place.parameters.open()
    place.parameters.panel.field.setPlainText("Be brief.")
    place.parameters.panel.finish()
    place.services.engine.load(place.model)
    qtbot.waitUntil(lambda: "token" in place.parameters.panel.counter)


def test_those_of_the_assistant_are_shown_and_can_be_changed(place: Place) -> None:
    parameters = place.parameters
    parameters.show_conversation(None)
    parameters.set_usual_instructions("You are a pirate.")
    parameters.open()
    panel = parameters.panel
    assert panel.field.toPlainText() == "You are a pirate."
    assert panel.reset_instructions.isHidden()
    panel.field.setPlainText("You are a polite pirate.")
    assert parameters.instructions == "You are a polite pirate."
    assert not panel.reset_instructions.isHidden()
    parameters.set_usual_instructions("You are a sailor.")  # somebody edited the assistant
    assert parameters.instructions == "You are a polite pirate."
    panel.reset_instructions.click()
    assert parameters.instructions == panel.field.toPlainText() == "You are a sailor."
    assert panel.field.hasFocus() or not panel.isVisible()
    parameters.set_usual_instructions("You are a cook.")
    assert parameters.instructions == "You are a cook."


def test_an_empty_field_tells_the_model_nothing(place: Place) -> None:
    parameters = place.parameters
    parameters.set_usual_instructions("You are a pirate.")
    parameters.open()
    parameters.panel.field.clear()
    assert parameters.instructions == ""
    conversation = place.create()
    parameters.begin(conversation)
    assert parameters.instructions == ""
    parameters.panel.reset_instructions.click()
    parameters.save()
    place.wait()
    assert place.read(conversation).system_prompt == "You are a pirate."


def test_another_assistant_brings_its_own(place: Place) -> None:
    parameters = place.parameters
    parameters.show_conversation(place.create())
    parameters.open()
    parameters.panel.field.setPlainText("Be brief.")
    parameters.follow("You are a pirate.")
    assert parameters.panel.field.toPlainText() == "You are a pirate."
    parameters.set_usual_instructions("You are a cook.")
    assert parameters.instructions == "You are a pirate."  # what a conversation began with stays


def test_a_choice_becomes_a_preset(place: Place, qtbot: QtBot) -> None:
    place.parameters.open()
    panel = place.parameters.panel
    qtbot.waitUntil(lambda: panel.presets.combo.count() > 1)
    panel.form.creativity.chosen.emit(0.4)
    panel.presets.save_requested.emit("Mine")
    qtbot.waitUntil(lambda: panel.presets.combo.currentText() == "Mine")
    assert place.parameters.choice.preset
    preset = panel.presets.preset
    panel.presets.rename_requested.emit(preset.id, "Ours")
    qtbot.waitUntil(lambda: panel.presets.combo.currentText() == "Ours")
    panel.presets.delete_requested.emit(preset.id)
    qtbot.waitUntil(lambda: panel.presets.combo.currentText() == "Your own")
    assert place.parameters.choice.temperature == 0.4


def test_a_preset_is_used(place: Place, qtbot: QtBot) -> None:
    place.parameters.open()
    panel = place.parameters.panel
    qtbot.waitUntil(lambda: panel.presets.combo.count() > 1)
    panel.presets.combo.chosen.emit("precise")
    assert place.parameters.choice.temperature == 0.2
    assert panel.form.advanced.controls["temperature"].text() == "0.20"


def test_a_preset_that_can_not_be_saved_is_told(place: Place, qtbot: QtBot) -> None:
    (place.services.paths.data / "presets").write_text("in the way")
    place.parameters.open()
    panel = place.parameters.panel
    panel.form.creativity.chosen.emit(0.4)
    panel.presets.save_requested.emit("Mine")
    qtbot.waitUntil(lambda: bool(panel.problem))


def test_the_policy_is_the_same_as_in_the_menu(place: Place) -> None:
    place.parameters.open()
    combo = place.parameters.panel.overflow.combo
    stop, drop = place.policies.actions()
    assert combo.currentText() == "Stop and ask"
    drop.setChecked(True)
    assert combo.currentText() == "Leave out the oldest"
    combo.chosen.emit("stop")
    assert stop.isChecked()
    place.parameters.set_kept(2)
    assert "2" in combo.accessibleDescription()


def test_the_panel_is_closed_by_its_button(place: Place, qtbot: QtBot) -> None:
    place.parameters.open()
    place.parameters.panel.show()
    qtbot.mouseClick(place.parameters.panel.close_button, Qt.MouseButton.LeftButton)
    assert not place.parameters.is_open
