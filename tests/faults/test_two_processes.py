"""Two applications at work on the same data: both keep all that they say they keep."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chatapp.domain.conversation import MessageStatus
from chatapp.domain.model import ModelFile
from chatapp.paths import Paths
from tests.chat.sessions import Chat
from tests.faults.harm import Harm
from tests.faults.home import look_over

pytestmark = pytest.mark.timeout(300)

LINES = 24


@pytest.fixture
def home(paths: Paths) -> Path:
    settings = {"tune_automatically": False, "context_length": 4096}
    paths.settings.write_text(json.dumps(settings))
    return paths.data.parent


@pytest.mark.parametrize("works", [("asking", "asking"), ("keeping", "keeping"), ("editing",) * 2])
def test_at_once(home: Path, paths: Paths, tiny: ModelFile, works: tuple[str, str]) -> None:
    with (
        Harm(home, Path(tiny.path), works[0], 1) as one,
        Harm(home, Path(tiny.path), works[1], 2) as other,
    ):
        for harm in (one, other):
            harm.wait_for(LINES)
        for harm in (one, other):
            assert harm.end() == 0, harm.errors
    assert look_over(paths, one.said + other.said) == []


def test_one_is_killed_and_the_other_goes_on(
    home: Path, paths: Paths, tiny: ModelFile, tmp_path: Path
) -> None:
    """What it was writing is left alone as long as it lives, and then ended by the next start."""
    with (
        Harm(home, Path(tiny.path), "writing", 1) as one,
        Harm(home, Path(tiny.path), "asking", 2) as other,
    ):
        one.wait_until_ready()
        other.wait_for(LINES // 2)
        one.kill()
        other.wait_for(len(other.said) + LINES)
        assert other.end() == 0, other.errors
    assert look_over(paths, one.said + other.said) == []
    chat = Chat(paths, tmp_path)
    try:
        conversations = chat.read(chat.services.conversations.all)
        messages = [message for one in conversations for message in chat.branch(one.id)]
        statuses = {message.status for message in messages}
        assert MessageStatus.GENERATING not in statuses
        assert MessageStatus.INTERRUPTED in statuses
    finally:
        chat.services.close()
