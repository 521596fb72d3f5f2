"""Somebody does anything at any time: nothing is lost, nothing breaks, nothing stays behind."""

from __future__ import annotations

import ctypes
import gc
import json
import os
import random
import re
import sys
import time

import psutil
import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from chatapp.domain.conversation import MessageStatus, Role
from chatapp.paths import Paths
from chatapp.settings import DEFAULTS, NAMES
from tests.faults.chance import LIMIT, Chance
from tests.faults.home import look_over
from tests.faults.monkey import Monkey, WildMonkey
from tests.faults.soak import own_memory
from tests.ui.conftest import OpenWindow
from tests.window import Window

PER_MINUTE = 200  # deeds, where there is time
FEWEST = 250
WARM = 150  # deeds after which memory is compared
MOST_GROWTH = 50e6  # bytes
NOWHERE = "http://127.0.0.1:9"


@pytest.mark.parametrize("run", range(3))
def test_fast_clicking(open_window: OpenWindow, run: int) -> None:
    seed = int(os.environ.get("CHATAPP_TEST_SEED") or random.SystemRandom().randrange(1 << 32))
    print(f"CHATAPP_TEST_SEED={seed} repeats this")  # noqa: T201 - pytest shows it on failure
    window = open_window()
    window.start()
    monkey = Monkey(window, seed)
    for _ in range(300):
        monkey.act()
    monkey.come_to_rest()
    window.actions.show_chat.trigger()
    window.composer.flush_draft()
    window.settle()
    everything = [*window.stored(), *window.stored(deleted=True)]
    asked = window.read(
        lambda: window.services.database.execute(
            "SELECT text FROM messages WHERE role = ?", (Role.USER,)
        )
    )
    texts = [text for (text,) in asked]
    for conversation_id in (None, *(c.id for c in everything)):
        texts.append(window.draft(conversation_id).text)
        if conversation_id is not None:
            texts += [queued.text for queued in window.session.queued(conversation_id)]
    numbers = [int(number) for text in texts for number in re.findall(r"message (\d+)", text)]
    assert sorted(numbers) == list(range(1, monkey.number + 1)), "nothing lost, nothing doubled"
    assert {c.id for c in everything} >= set(window.list._unread)
    shown = window.shown_id
    assert window.sidebar.view.current_id == shown == window.pane.conversation_id
    assert not window.composer.is_running
    if shown is not None:
        assert window.texts == window.stored_texts(shown)
        assert all(message.status is not MessageStatus.GENERATING for message in window.messages)
    window.close()


@pytest.mark.timeout(LIMIT)
def test_clicking_and_typing_anywhere(
    open_window: OpenWindow, paths: Paths, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In every window, dialog and menu, with the keys that happen to do something."""
    chance = Chance()
    print(f"CHATAPP_TEST_SEED={chance.seed} repeats this")  # noqa: T201 - pytest shows it on failure
    for name in ("HTTP_PROXY", "HTTPS_PROXY"):  # whatever is asked for, it comes to nothing
        monkeypatch.setenv(name, NOWHERE)
    paths.settings.write_text(json.dumps({"offline": True, "hub_endpoint": NOWHERE}))
    window = open_window()
    window.start()
    start_drawing(window)
    monkey = WildMonkey(window, chance.seed, paths.cache)
    before = 0
    deeds = 0
    try:
        for number, _ in chance.rounds(FEWEST):
            began = time.monotonic()
            monkey.act()
            if chance.is_long:
                qtbot.wait(max(1, round((60 / PER_MINUTE - (time.monotonic() - began)) * 1000)))
            if number == WARM:
                before = memory_at_rest(window, monkey)
            deeds = number + 1
        grown = memory_at_rest(window, monkey) - before
        assert zombies() == []
        asked = dict(monkey.asked)
    finally:
        print("\n".join(monkey.last))  # noqa: T201 - pytest shows it on failure
        monkey.stop()
        # Other tests are in the same process.
        usual = {name: getattr(DEFAULTS, name) for name in NAMES}
        window.services.settings.change(**{**usual, "language": "en"})
    rows = window.read(lambda: window.services.database.execute("SELECT id, text FROM messages"))
    stored = dict(rows)
    assert [text for id_, text in asked.items() if stored.get(id_) != text] == [], "lost"
    assert grown < MOST_GROWTH
    window.close()
    assert look_over(paths, []) == []
    chance.report("monkey", deeds=deeds, questions=len(asked), lost=0, grown=grown / 1e6)


def start_drawing(window: Window) -> None:
    """So that the process is there which draws formulas: its start is no growth."""
    window.workers.script_answer("$\\frac{1}{2}$")
    window.ask("What is a half?")
    window.wait(lambda: len(family()) > 1)


def memory_at_rest(window: Window, monkey: WildMonkey) -> int:
    """Bytes of this process and of those that draw for it, with nothing shown and nothing to do."""
    monkey.come_to_rest()
    window.actions.show_chat.trigger()
    window.actions.new_conversation.trigger()
    window.settle()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    if sys.platform != "linux":
        return int(psutil.Process().memory_info().rss)
    ctypes.CDLL(None).malloc_trim(0)
    return sum(own_memory(process.pid) for process in family())


def zombies() -> list[psutil.Process]:
    return [process for process in family() if process.status() == psutil.STATUS_ZOMBIE]


def family() -> list[psutil.Process]:
    me = psutil.Process()
    return [me, *me.children(recursive=True)]
