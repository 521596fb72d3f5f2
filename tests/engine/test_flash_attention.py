"""Flash attention in short conversations and none in long ones, without reading anything again."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from chatapp.domain.conversation import Role
from chatapp.domain.generation import GenerationParameters, Priority
from chatapp.domain.model import ModelFile
from chatapp.engine.engine import Engine
from chatapp.engine.messages import Delta, LoadOptions, StateFolder, Turn
from chatapp.engine.state import EngineStatus
from chatapp.engine.worker.transposing import can_be_turned, turned
from tests.engine.conftest import Asker, Recorder, eventually, user
from tests.engine.flash_targets import OPTIONS, compare
from tests.engine.gguf_files import write_tiny_architecture

pytestmark = pytest.mark.model

UNTIL = 60
ANSWER = GenerationParameters(
    temperature=0.0, repeat_penalty=1.0, max_tokens=64
)  # enough to be worth a change
LONG = "The keeper climbed the stairs of the lighthouse every evening. " * 8  # about 100 tokens
ON, OFF = "flash attention from now on: True", "flash attention from now on: False"


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        pool.submit(os.getpid).result()
        yield pool


@pytest.mark.parametrize("name", ["llama", "qwen3moe"])
def test_what_was_read_is_the_same_after_any_change(
    pool: ProcessPoolExecutor, tmp_path: Path, name: str
) -> None:
    path = write_tiny_architecture(tmp_path / "tiny.gguf", name)
    found = pool.submit(compare, str(path)).result()
    assert found.can_switch
    assert found.can_be_turned
    first, second, third, fourth = found.states
    assert first == third != second == fourth
    assert found.largest_difference < 0.05


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("gemma3", OPTIONS),  # with a sliding window
        ("mamba", OPTIONS),
        ("lfm2", OPTIONS),
        ("llama", replace(OPTIONS, threads=1)),  # which always writes the same text
        ("llama", replace(OPTIONS, flash_attention=None)),
        ("llama", replace(OPTIONS, flash_attention_until=None)),
    ],
    ids=["sliding", "recurrent", "hybrid", "one-thread", "automatic", "not-wanted"],
)
def test_where_something_would_be_lost_it_stays_as_it_is(
    pool: ProcessPoolExecutor, tmp_path: Path, name: str, options: LoadOptions
) -> None:
    path = write_tiny_architecture(tmp_path / "tiny.gguf", name)
    assert not pool.submit(compare, str(path), options).result().can_switch


@pytest.mark.parametrize(
    "state",
    [b"", b"abc", bytes(16), bytes(40), b"\xff" * 200, bytes(15) + b"\x01" + bytes(300)],
    ids=["nothing", "short", "empty", "zeros", "ones", "tokens"],
)
def test_what_is_no_state_is_not_turned(state: bytes) -> None:
    if can_be_turned(state):
        assert turned(state, across=True) == state
    else:
        assert turned(state, across=True) is None


class Place(Asker):
    """An engine with the starter model and what its log says."""

    def __init__(self, engine: Engine, model: ModelFile, log: pytest.LogCaptureFixture) -> None:
        super().__init__(engine, model)
        self._log = log

    def changes(self) -> list[str]:
        return [word for line in self._log.messages for word in (ON, OFF) if line.endswith(word)]

    def answer(self, turns: tuple[Turn, ...], conversation: str) -> Recorder:
        _, recorder = self.ask(turns, ANSWER, conversation=conversation)
        recorder.finished()
        return recorder

    def go_on(self, turns: tuple[Turn, ...], recorder: Recorder) -> tuple[Turn, ...]:
        return (*turns, Turn(Role.ASSISTANT, recorder.text), *user("And then?"))


@pytest.fixture
def idle_seconds() -> float:
    return 60.0


@pytest.fixture
def place(
    tmp_path: Path, starter_model: Path, caplog: pytest.LogCaptureFixture, idle_seconds: float
) -> Iterator[Place]:
    caplog.set_level("DEBUG")
    engine = Engine(
        logs=tmp_path,
        states=StateFolder(str(tmp_path / "states"), 2**30, idle_seconds),
        default_options=LoadOptions(
            1024, threads=2, flash_attention=True, flash_attention_until=UNTIL
        ),
    )
    yield Place(engine, ModelFile(str(starter_model), "SmolLM2"), caplog)
    engine.close()


def test_a_conversation_that_becomes_long_is_not_read_again(place: Place) -> None:
    turns = user("Tell me a story about a fox.")
    recorder = place.answer(turns, "one")
    assert place.changes() == []
    turns = place.go_on(turns, recorder)
    recorder = place.answer(turns, "one")
    usage = recorder.finished().usage
    assert usage.prompt_tokens > UNTIL
    assert usage.prompt_tokens - usage.cached_tokens < 20
    assert place.changes() == [OFF]
    place.engine.unload()
    place.wait_for_status(EngineStatus.UNLOADED)
    usage = place.answer(place.go_on(turns, recorder), "one").finished().usage  # from the disk
    assert usage.prompt_tokens - usage.cached_tokens < 20
    assert place.changes() == [OFF, OFF]
    recorder = place.answer(user("Hello!"), "two")
    assert place.changes() == [OFF, OFF], "a long one may go on at any moment"


def test_nothing_changes_beside_an_answer(place: Place) -> None:
    endless = replace(ANSWER, max_tokens=None)
    first, writing = place.ask(user("Tell me a very long story."), endless)
    writing.wait_for(Delta)
    second, beside = place.ask(user(LONG), ANSWER, conversation="long")
    beside.wait_for(Delta)
    assert place.changes() == []
    second.stop()
    assert beside.finished().usage.prompt_tokens > UNTIL
    first.stop()
    writing.finished()
    place.answer(user(LONG + "What then?"), "long")
    assert place.changes() == [OFF]


def test_what_nobody_waits_for_changes_nothing(place: Place) -> None:
    _, recorder = place.ask(user(LONG), ANSWER, priority=Priority.BACKGROUND)
    recorder.finished()
    _, recorder = place.ask(user(LONG), replace(ANSWER, max_tokens=8))
    recorder.finished()
    assert place.changes() == []


@pytest.mark.parametrize("idle_seconds", [0.0])
def test_it_comes_back_when_nothing_was_asked_for_a_while(place: Place) -> None:
    recorder = place.answer(user(LONG), "long")
    eventually(lambda: place.changes() == [OFF, ON])
    usage = place.answer(place.go_on(user(LONG), recorder), "long").finished().usage
    assert usage.prompt_tokens - usage.cached_tokens < 20


def test_a_benchmark_measures_what_an_answer_there_would_have(place: Place) -> None:
    def measure(depth: int, *, flash_attention: bool | None = None) -> tuple[float, ...]:
        return place.engine.benchmark(
            place.model,
            generated_tokens=4,
            depth=depth,
            repetitions=2,
            flash_attention=flash_attention,
        ).result.result()

    assert len(measure(300)) == 2
    assert place.changes() == [OFF]
    measure(0)
    assert place.changes() == [OFF, ON]
    measure(0, flash_attention=False)
    assert place.changes() == [OFF, ON, OFF]
