"""Who answers: in a conversation, in a new one, on the welcome page, in the composer's bar."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from chatapp.chat.assistants import Assistants
from chatapp.domain.assistant import Assistant
from chatapp.domain.conversation import Conversation
from chatapp.errors import ConversationMissing
from chatapp.jobs import Jobs
from chatapp.paths import Paths
from chatapp.storage.database import Database
from chatapp.storage.temporary import AllConversations
from chatapp.ui.assistants.composer_bar import ComposerBar
from chatapp.ui.assistants.in_use import AssistantInUse
from chatapp.ui.theme import Appearance
from chatapp.ui.welcome import Welcome


@pytest.fixture
def assistants(paths: Paths) -> Assistants:
    return Assistants(paths.data / "assistants", paths.resources / "assistants", lambda: "en")


@pytest.fixture
def conversations(paths: Paths, jobs: Jobs) -> Iterator[AllConversations]:
    database = jobs.database.submit(Database, paths.database).result()
    yield AllConversations(database)
    jobs.database.submit(database.close).result()


@pytest.fixture
def conversation(conversations: AllConversations, jobs: Jobs) -> Conversation:
    return jobs.database.submit(conversations.create).result()


@pytest.fixture
def in_use(assistants: Assistants, conversations: AllConversations, jobs: Jobs) -> AssistantInUse:
    return AssistantInUse(assistants, conversations, jobs)


def tutor(assistants: Assistants) -> Assistant:
    found = assistants.find("tutor")
    assert found is not None
    return found


def test_new_conversations_begin_with_the_usual_one(in_use: AssistantInUse) -> None:
    in_use.show(None)
    assert in_use.current is not None
    assert in_use.current.id == "general"


def test_a_choice_for_a_new_conversation_is_held(
    in_use: AssistantInUse, assistants: Assistants
) -> None:
    told = QSignalSpy(in_use.changed)
    in_use.show(None)
    in_use.choose(tutor(assistants))
    assert in_use.current == tutor(assistants)
    assert told.count() == 2
    in_use.show(None)
    assert in_use.current != tutor(assistants)


def test_a_choice_in_a_conversation_is_stored(
    in_use: AssistantInUse,
    assistants: Assistants,
    conversations: AllConversations,
    conversation: Conversation,
    jobs: Jobs,
    qtbot: QtBot,
) -> None:
    in_use.show(conversation)
    assert in_use.current is None  # it began before there were any
    with qtbot.waitSignal(in_use.stored) as signal:
        in_use.choose(tutor(assistants))
    stored = jobs.database.submit(conversations.get, conversation.id).result()
    assert signal.args == [stored]
    assert stored.assistant == "tutor"
    assert stored.system_prompt == tutor(assistants).system_prompt
    in_use.show(None)
    in_use.show(stored)
    assert in_use.current == tutor(assistants)


def test_one_that_was_deleted_answers_no_more(
    in_use: AssistantInUse, assistants: Assistants, conversation: Conversation
) -> None:
    mine = assistants.save(Assistant("", "Mine"))
    in_use.show(replace(conversation, assistant=mine.id))
    assert in_use.current == mine
    assistants.delete(mine.id)
    assert in_use.current is None


def test_a_conversation_that_is_gone_is_told(
    in_use: AssistantInUse, assistants: Assistants, conversation: Conversation, qtbot: QtBot
) -> None:
    in_use.show(replace(conversation, id=999))
    with qtbot.waitSignal(in_use.failed) as signal:
        in_use.choose(tutor(assistants))
    assert isinstance(signal.args[0], ConversationMissing)


def test_its_model_is_asked_for(in_use: AssistantInUse, qtbot: QtBot) -> None:
    in_use.show(None)
    with qtbot.assertNotEmitted(in_use.model_wanted):
        in_use.choose(Assistant("a", "A"))
    with qtbot.waitSignal(in_use.model_wanted) as signal:
        in_use.choose(Assistant("b", "B", model="beta"))
    assert signal.args == ["beta"]


# The welcome page


@pytest.fixture
def welcome(appearance: Appearance, qtbot: QtBot) -> Welcome:
    welcome = Welcome(appearance)
    qtbot.addWidget(welcome)
    welcome.resize(900, 700)
    welcome.show()
    return welcome


def cards(welcome: Welcome) -> list[QAbstractButton]:
    return list(welcome._cards)


def test_the_welcome_shows_the_starters_of_the_assistant(
    welcome: Welcome, assistants: Assistants, qtbot: QtBot
) -> None:
    usual = [card.text() for card in cards(welcome)]
    assert len(usual) == 4
    welcome.set_assistant(tutor(assistants))
    assert welcome._title.text() == "Tutor"
    assert [card.text() for card in cards(welcome)][1] == (
        "Help me with this exercise, but don't tell me the solution"
    )
    with qtbot.waitSignal(welcome.starter_chosen) as signal:
        qtbot.mouseClick(cards(welcome)[0], Qt.MouseButton.LeftButton)
    assert signal.args == ["Teach me how fractions are added. I am twelve."]
    with qtbot.waitSignal(welcome.starter_chosen) as signal:
        qtbot.keyClick(cards(welcome)[1], Qt.Key.Key_Return)
    assert signal.args == ["Help me with this exercise, but don't tell me the solution:\n\n"]
    for plain in (assistants.find("general"), None):
        welcome.set_assistant(tutor(assistants))
        welcome.set_assistant(plain)
        assert [card.text() for card in cards(welcome)] == usual
        assert welcome._title.text() == "What would you like to do?"


def test_an_assistant_without_starters_has_none(welcome: Welcome) -> None:
    welcome.set_assistant(Assistant("x", "Mine"))
    assert cards(welcome) == []
    assert welcome._promise.text() == "Everything you type stays on this computer."


def test_a_long_starter_has_two_lines_and_a_tooltip(welcome: Welcome, qtbot: QtBot) -> None:
    welcome.set_assistant(Assistant("x", "Mine", starters=("Short", "word " * 60)))
    qtbot.waitUntil(lambda: cards(welcome)[1].toolTip() != "")
    assert cards(welcome)[0].toolTip() == ""
    assert cards(welcome)[0].height() == cards(welcome)[1].height()


# The composer's bar


def test_the_bar_names_the_assistant(
    appearance: Appearance, assistants: Assistants, qtbot: QtBot
) -> None:
    bar = ComposerBar(appearance)
    qtbot.addWidget(bar)
    assert bar.assistant.accessibleName() == "Assistant: No assistant"
    bar.show_assistant(tutor(assistants))
    assert bar.assistant.text() == "Tutor"
    wide = bar.sizeHint().width()
    bar.set_compact(True)
    assert bar.sizeHint().width() < wide
    assert bar.assistant.text() == ""
    assert bar.assistant.accessibleName() == "Assistant: Tutor"
    assert bar.prompts.accessibleName() == "Prompts"
    bar.set_compact(False)
    bar.show_assistant(Assistant("x", "A very long name of an assistant, longer than most"))
    assert bar.assistant.text().endswith("…")
