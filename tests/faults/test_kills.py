"""The whole application is killed, whatever it does: what it had said is there, and it goes on."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

import pytest

from chatapp.chat.events import AnswerEnded
from chatapp.domain.conversation import MessageStatus
from chatapp.domain.download import DownloadState
from chatapp.domain.model import ModelFile
from chatapp.paths import Paths
from tests.chat.sessions import Chat
from tests.engine.conftest import eventually
from tests.faults.chance import LIMIT, Chance
from tests.faults.harm import Harm
from tests.faults.home import Said, look_over
from tests.faults.victim import FILE, REPO
from tests.local_hub import LocalHub
from tests.storage.test_migrations import make_old

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="a process that is killed keeps its files"),
    pytest.mark.timeout(LIMIT),
]

SETTINGS = {"tune_automatically": False, "context_length": 4096}
SIZE = 3_000_000  # bytes
WORKS = ("asking", "asking", "editing", "keeping", "waiting", "writing", "opening")


@pytest.fixture
def home(paths: Paths) -> Path:
    paths.settings.write_text(json.dumps(SETTINGS))
    return paths.data.parent


def goes_on(paths: Paths, folder: Path) -> None:
    """The next start finds no answer that is still being written, and answers."""
    chat = Chat(paths, folder)
    try:
        everything = chat.read(chat.services.conversations.all)
        for conversation in everything:
            for message in chat.branch(conversation.id):
                assert message.status is not MessageStatus.GENERATING
        ended = chat.ask("Are you there?")
        assert isinstance(ended, AnswerEnded)
        assert ended.message.status is MessageStatus.COMPLETE
    finally:
        chat.services.close()


@pytest.mark.parametrize("what", ["loading", "reading", "writing", "closing"])
def test_killed_in_a_moment(
    home: Path, paths: Paths, tiny: ModelFile, tmp_path: Path, what: str
) -> None:
    with Harm(home, Path(tiny.path), what) as harm:
        harm.wait_until_ready()
        harm.kill()
    assert look_over(paths, harm.said) == []
    goes_on(paths, tmp_path)


@pytest.mark.parametrize(
    ("what", "lines"),
    [
        ("opening", 1),
        ("opening", 2),
        ("asking", 25),
        ("editing", 30),
        ("keeping", 20),
        ("waiting", 5),
    ],
)
def test_killed_at_work(
    home: Path, paths: Paths, tiny: ModelFile, tmp_path: Path, what: str, lines: int
) -> None:
    with Harm(home, Path(tiny.path), what) as harm:
        harm.wait_for(lines)
        harm.kill()
    assert look_over(paths, harm.said) == []
    goes_on(paths, tmp_path)


def test_killed_while_an_old_database_is_brought_up_to_date(
    home: Path, paths: Paths, tiny: ModelFile, tmp_path: Path
) -> None:
    make_old(paths.database, 1)
    with Harm(home, Path(tiny.path), "opening") as harm:
        harm.wait_until_ready()
        harm.kill()
    assert look_over(paths, harm.said) == []
    goes_on(paths, tmp_path)


def test_killed_while_a_model_arrives(
    home: Path, paths: Paths, tiny: ModelFile, tmp_path: Path
) -> None:
    model = random.Random(3).randbytes(SIZE)
    with LocalHub() as hub:
        hub.add_repo(REPO, {FILE: model})
        paths.settings.write_text(json.dumps({**SETTINGS, "hub_endpoint": hub.endpoint}))
        hub.limit(SIZE / 4)
        with Harm(home, Path(tiny.path), "downloading") as harm:
            harm.wait_until_ready()
            harm.kill()
        assert look_over(paths, harm.said) == []
        (part,) = paths.models.rglob("*.part")
        assert 0 < part.stat().st_size < SIZE
        hub.limit(None)
        chat = Chat(paths, tmp_path)
        downloads = chat.services.downloads
        eventually(lambda: [item.state for item in downloads.items] == [DownloadState.DONE])
        chat.services.close()
    assert (paths.models / REPO / FILE).read_bytes() == model
    assert list(paths.models.rglob("*.part*")) == []


def test_killed_at_random(
    home: Path, paths: Paths, tiny: ModelFile, tmp_path: Path, chance: Chance
) -> None:
    """One life after the other on the same data: nothing of any of them is lost."""
    said: Said = []
    kills = 0
    for number, dice in chance.rounds(3):
        what = dice.choice(WORKS)
        with Harm(home, Path(tiny.path), what, seed=chance.seed * 1000 + number) as harm:
            if chance.is_long and dice.random() < 0.5:
                harm.go_on(dice.random() * 3)  # wherever it is then, in its start perhaps
            else:
                harm.wait_for(dice.randrange(1, 30 if what not in ("writing", "opening") else 3))
            harm.kill()
        kills += 1
        said += harm.said
        assert look_over(paths, said) == [], f"round {number}"
    goes_on(paths, tmp_path)
    asked = sum(line[0] == "asked" for line in said)
    chance.report("kills", kills=kills, questions=asked, lost=0)
