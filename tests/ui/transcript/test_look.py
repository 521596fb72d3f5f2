"""What the settings change about how a conversation is set."""

from __future__ import annotations

import pytest

from chatapp.domain.conversation import MessageStatus, Role
from chatapp.ui.models.transcript_model import TranscriptModel
from chatapp.ui.transcript.code_layout import CodeLayout
from chatapp.ui.transcript.message_item import AnswerItem
from chatapp.ui.transcript.scrolling import COLUMNS
from chatapp.ui.transcript.view import TranscriptView
from tests.ui.transcript.samples import message

CODE = f"```python\n{'x = 1; ' * 60}\n```"


def look(view: TranscriptView, **changes: object) -> None:
    usual = {"widest": COLUMNS["medium"], "shows_details": True, "wraps_code": False}
    view.set_look(**{**usual, **changes})  # type: ignore[arg-type]


def answer(view: TranscriptView, row: int = 1) -> AnswerItem:
    item = view.item(row)
    assert isinstance(item, AnswerItem)
    return item


def test_the_column_is_as_wide_as_is_chosen(view: TranscriptView, model: TranscriptModel) -> None:
    model.set_messages([message(1, "One", role=Role.USER), message(2, "Two")])
    widths = []
    for name in ("narrow", "medium", "full"):
        look(view, widest=COLUMNS[name])
        widths.append(view._items.width)
    assert widths == [640, 736, 800 - 48]


@pytest.mark.parametrize("status", [MessageStatus.COMPLETE, MessageStatus.STOPPED])
def test_details_are_hidden_but_where_an_answer_broke_off(
    view: TranscriptView, model: TranscriptModel, status: MessageStatus
) -> None:
    model.set_messages([message(1, "One", role=Role.USER), message(2, "Two", status=status)])
    before = answer(view).height
    look(view, shows_details=False)
    is_hidden = answer(view).height < before
    assert is_hidden is (status is MessageStatus.COMPLETE)
    look(view)
    assert answer(view).height == before


def test_code_is_wrapped_unless_somebody_chose_otherwise(
    view: TranscriptView, model: TranscriptModel
) -> None:
    model.set_messages([message(1, "One", role=Role.USER), message(2, CODE)])

    def code() -> CodeLayout:
        layout = answer(view).column.layout(0)
        assert isinstance(layout, CodeLayout)
        return layout

    low = code().height
    look(view, wraps_code=True)
    assert code().is_wrapped
    assert code().height > low
    code()._wrap.act()
    assert not code().is_wrapped
    look(view)
    assert not code().is_wrapped
    assert code().height == low
