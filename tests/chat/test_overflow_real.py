"""Each policy on a conversation three times as long as the window, with a model that can talk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from chatapp.chat.events import (
    AnswerPhase,
    AnswerProgressed,
    MessageChanged,
    WindowChanged,
    WindowFull,
)
from chatapp.domain.conversation import MessageStatus, Role
from chatapp.domain.model import ModelFile
from chatapp.paths import Paths
from tests.chat.talks import (
    DROP,
    STOP,
    SUMMARISE,
    SYSTEM_PROMPT,
    Talk,
    on_stage,
    used,
)

pytestmark = [pytest.mark.model, pytest.mark.timeout(300)]

CONTEXT = 512
TURNS = 3 * CONTEXT // 75 + 1


@pytest.fixture
def talk(paths: Paths, starter_model: Path) -> Iterator[Talk]:
    model = ModelFile(str(starter_model), "smol", is_starter=True)
    with on_stage(paths, model, CONTEXT) as stage:
        talk = Talk(stage)
        yield talk
        talk.close()


def test_stop_says_so_and_goes_on_when_the_person_wants(talk: Talk) -> None:
    talk.fill(STOP, TURNS)
    answer = talk.ask()
    assert answer.status is MessageStatus.FAILED
    assert answer.error is not None
    assert answer.error.kind == "ContextFull"
    full = talk.wait_for(WindowFull)
    assert full.can_make_room
    assert full.available == CONTEXT
    assert full.needed > 2.5 * CONTEXT
    assert talk.left() == []

    talk.session.make_room(answer.id, policy=DROP, model=talk.model)
    again = talk.ended()
    assert (again.id, again.status, again.error) == (answer.id, MessageStatus.COMPLETE, None)
    assert again.text
    assert talk.left()
    # Once, not from now on: but what left the window stays out of it.
    follow = talk.ask("Thank you.")
    assert follow.status is MessageStatus.COMPLETE
    assert follow.window_start == again.window_start
    assert follow.origin is not None
    assert follow.origin.usage.cached_tokens > CONTEXT // 3


def test_oldest_turns_leave_and_what_is_pinned_stays(talk: Talk) -> None:
    pinned = talk.fill(DROP, TURNS)[2]
    talk.session.pin_message(pinned.id, pinned=True)
    assert talk.wait_for(MessageChanged).message.pinned
    answer = talk.ask()
    assert answer.status is MessageStatus.COMPLETE
    assert answer.text
    assert CONTEXT // 2 < used(answer) <= CONTEXT
    assert talk.wait_for(WindowChanged).start_id == answer.window_start

    branch = talk.branch()
    start = [message.id for message in branch].index(answer.window_start or 0)
    assert talk.left() == [m for m in branch[:start] if m.id != pinned.id]
    assert branch[start].role is Role.USER  # whole turns
    system, first, *_ = talk.prompts[-1]
    assert system.text == SYSTEM_PROMPT
    assert first.text == f"{pinned.text}\n\n{branch[start].text}"

    restored = talk.shown_after(lambda: talk.session.restore_window(talk.id))
    assert not any(message.left_window for message in restored)
    assert talk.ask("Go on.").status is MessageStatus.COMPLETE
    assert talk.left()


def test_summary_takes_the_place_of_what_left(talk: Talk) -> None:
    talk.fill(SUMMARISE, TURNS)
    answer = talk.ask()
    assert answer.status is MessageStatus.COMPLETE
    assert answer.text
    assert used(answer) <= CONTEXT
    phases = [event.progress.phase for event in talk.events.of(AnswerProgressed)]
    assert AnswerPhase.SUMMARISING in phases

    branch = talk.branch()
    (summary,) = talk.summaries()
    place = branch.index(summary)
    assert "river" in summary.text.lower()
    assert summary.origin is not None
    assert summary.parent_id == branch[place - 1].id
    assert [m.left_window for m in branch] == [i < place for i in range(len(branch))]
    assert talk.prompts[-1][0].text.startswith(SYSTEM_PROMPT)
    assert summary.text in talk.prompts[-1][0].text

    words = "They talked about 36 rivers."
    shown = talk.shown_after(lambda: talk.session.edit_answer(summary.id, words))
    (edited,) = [message for message in shown if message.role is Role.SUMMARY]
    assert (edited.text, edited.is_edited) == (words, True)
    assert edited.parent_id == summary.parent_id
    talk.ask("Thank you.")
    assert words in talk.prompts[-1][0].text
    assert summary.text not in talk.prompts[-1][0].text

    gone = talk.shown_after(lambda: talk.session.delete_message(edited.id))
    assert not any(m.left_window or m.role is Role.SUMMARY for m in gone)
    back = talk.shown_after(lambda: talk.session.restore_message(edited.id))
    assert sum(message.left_window for message in back) == place
