"""The rows follow what is said about messages, cheaply, and tell Qt so."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QModelIndex, Qt

from chatapp.chat.events import AnswerPhase, AnswerProgress
from chatapp.domain.conversation import Message, MessageStatus, Role
from chatapp.ui.models.transcript_model import TranscriptModel, TranscriptRole

if TYPE_CHECKING:
    from pytestqt.modeltest import ModelTester
    from pytestqt.qtbot import QtBot


def message(number: int, text: str = "text", **changes: object) -> Message:
    plain = Message(
        id=number,
        conversation_id=1,
        parent_id=number - 1 or None,
        role=Role.USER if number % 2 else Role.ASSISTANT,
        text=text,
        status=MessageStatus.COMPLETE,
        created_at=0.0,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


WRITING = AnswerProgress(AnswerPhase.WRITING, tokens=3, tokens_per_second=20.0)


@pytest.fixture
def model() -> TranscriptModel:
    model = TranscriptModel()
    model.set_messages([message(1), message(2, ""), message(3)])
    return model


def test_is_a_correct_model(qtmodeltester: ModelTester, model: TranscriptModel) -> None:
    qtmodeltester.check(model)
    model.append(message(4))
    model.grow(4, "more")
    model.set_progress(4, WRITING)
    model.remove_from(2)
    model.clear()
    model.set_messages([message(7)])


def test_roles(model: TranscriptModel) -> None:
    model.set_progress(2, WRITING)
    index = model.index(1)
    assert index.data(TranscriptRole.MESSAGE) == message(2, "")
    assert index.data(TranscriptRole.PROGRESS) == WRITING
    assert (
        model.index(0).data() == model.index(0).data(Qt.ItemDataRole.AccessibleTextRole) == "text"
    )
    assert model.index(0).data(Qt.ItemDataRole.DecorationRole) is None
    assert model.data(QModelIndex()) is None
    assert model.rowCount(index) == 0


def test_growth_is_told_and_kept(qtbot: QtBot, model: TranscriptModel) -> None:
    with qtbot.waitSignal(model.dataChanged) as changed:
        model.grow(2, "Hel")
    assert model.message(2) == message(2, "Hel")
    model.grow(2, "lo")
    model.grow(2, "")
    assert changed.args is not None
    assert changed.args[2] == [Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole]
    assert model.message_at(1).text == "Hello"
    model.grow(2, "!")
    assert model.message_at(1).text == "Hello!"


def test_an_ended_answer_has_no_progress(model: TranscriptModel) -> None:
    model.set_progress(2, WRITING)
    model.grow(2, "Hel")
    model.replace(message(2, "Hel", status=MessageStatus.GENERATING))
    assert model.progress_at(1) == WRITING
    model.replace(message(2, "Hello", status=MessageStatus.STOPPED))
    assert model.progress_at(1) is None
    assert model.message_at(1).text == "Hello"


def test_the_same_progress_is_not_told_twice(qtbot: QtBot, model: TranscriptModel) -> None:
    model.set_progress(2, WRITING)
    with qtbot.assertNotEmitted(model.dataChanged):
        model.set_progress(2, replace(WRITING))


def test_unknown_messages_are_ignored(qtbot: QtBot, model: TranscriptModel) -> None:
    with (
        qtbot.assertNotEmitted(model.dataChanged),
        qtbot.assertNotEmitted(model.rowsRemoved),
    ):
        model.grow(99, "text")
        model.set_progress(99, WRITING)
        model.replace(message(99))
        model.remove_from(99)
    assert model.row_of(99) is model.message(99) is None


def test_appending_what_is_there_replaces_it(model: TranscriptModel) -> None:
    model.append(message(2, "again"))
    assert [shown.text for shown in model.messages] == ["text", "again", "text"]


def test_removing_forgets_all_that_follow(model: TranscriptModel) -> None:
    model.remove_from(2)
    assert model.rowCount() == 1
    assert model.row_of(1) == 0
    assert model.row_of(2) is model.row_of(3) is None
    model.append(message(2, "new"))
    assert model.message_at(1).text == "new"


def test_clear(qtbot: QtBot, model: TranscriptModel) -> None:
    with qtbot.waitSignal(model.modelReset):
        model.clear()
    assert model.rowCount() == 0
    assert model.row_of(1) is None
