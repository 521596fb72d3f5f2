from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from chatapp.domain.conversation import Role
from chatapp.domain.generation import GenerationParameters, Usage
from chatapp.domain.model import ModelFile
from chatapp.engine.engine import Engine
from chatapp.engine.messages import LoadOptions, StateFolder, Turn
from chatapp.engine.state import EngineStatus
from tests.engine.conftest import GREEDY, Asker, Recorder, eventually, user

pytestmark = pytest.mark.model

CONTEXT = 512
LONG = "All work and no play makes Jack a dull boy. " * 15  # about 180 tokens
SHORT = replace(GREEDY, max_tokens=8)
ANY = GenerationParameters(temperature=1.0, max_tokens=30, seed=7, min_p=0.0, top_k=0, top_p=1.0)


class Reader(Asker):
    """An asker that looks at what was read."""

    def __init__(self, engine: Engine, model: ModelFile, folder: Path) -> None:
        super().__init__(engine, model)
        self.folder = folder

    def answer(
        self,
        question: str | tuple[Turn, ...],
        conversation: str = "",
        parameters: GenerationParameters = SHORT,
        *,
        prefill: str = "",
    ) -> tuple[Recorder, Usage]:
        _, recorder = self.ask(question, parameters, prefill=prefill, conversation=conversation)
        return recorder, recorder.finished().usage

    def put_away(self) -> None:
        self.engine.unload()
        self.wait_for_status(EngineStatus.UNLOADED)

    @property
    def files(self) -> list[Path]:
        return sorted(self.folder.glob("*.state"))


@pytest.fixture(scope="module")
def engine(
    tmp_path_factory: pytest.TempPathFactory, starter_model: Path
) -> Iterator[tuple[Engine, Path]]:
    logs = tmp_path_factory.mktemp("logs")
    folder = tmp_path_factory.mktemp("states")
    engine = Engine(
        logs=logs,
        states=StateFolder(str(folder), 2**30),
        default_options=LoadOptions(context_length=CONTEXT, threads=1),
    )
    model = ModelFile(str(starter_model), "SmolLM2")
    engine.load(model)
    Asker(engine, model).wait_for_status(EngineStatus.READY)
    yield engine, folder
    engine.close()


@pytest.fixture
def reader(engine: tuple[Engine, Path], starter_model: Path) -> Reader:
    """An engine that is not restarted."""
    return Reader(engine[0], ModelFile(str(starter_model), "SmolLM2"), engine[1])


@pytest.fixture
def own(tmp_path: Path, starter_model: Path) -> Iterator[Reader]:
    """An engine of this test alone."""
    folder = tmp_path / "states"
    engine = Engine(
        logs=tmp_path,
        states=StateFolder(str(folder), 2**30),
        default_options=LoadOptions(context_length=CONTEXT, threads=1),
    )
    yield Reader(engine, ModelFile(str(starter_model), "SmolLM2"), folder)
    engine.close()


def evaluated(usage: Usage) -> int:
    return usage.prompt_tokens - usage.cached_tokens


def follow_up(question: str, answer: str, next_question: str) -> tuple[Turn, ...]:
    return (*user(question), Turn(Role.ASSISTANT, answer), *user(next_question))


def test_a_follow_up_reads_what_is_new(reader: Reader) -> None:
    turns = user("Tell me a story about a fox.")
    recorder, usage = reader.answer(turns, "story", ANY)
    for number in range(4):
        # What the model writes at temperature 1 is rarely spelled as llama.cpp would spell it.
        turns = (*turns, Turn(Role.ASSISTANT, recorder.text), *user("And then?"))
        recorder, usage = reader.answer(turns, "story", replace(ANY, seed=number))
        assert evaluated(usage) <= 16  # <|im_end|>, a line break and the new turn are 13


def test_what_was_written_unseen_is_not_read_again(reader: Reader) -> None:
    # A model may write control tokens in the middle of an answer; its text has none of them.
    begin = 1  # the starter model's token for the beginning of a turn
    often = replace(ANY, max_tokens=90, logit_bias=((begin, 12.0),), logprobs=1)
    first, _ = reader.answer("Hello", "unseen", often)
    assert begin in first.tokens[:-1]
    assert any(token != begin for token in first.tokens[first.tokens.index(begin) :])
    _, usage = reader.answer(follow_up("Hello", first.text, "And now?"), "unseen")
    assert evaluated(usage) < 16


def test_an_edit_reads_from_there_on(reader: Reader) -> None:
    question = "Name a colour. " + LONG
    recorder, first = reader.answer(question, "edited")
    _, usage = reader.answer(follow_up(question, recorder.text, "Why?"), "edited")
    assert evaluated(usage) <= 24
    edited, usage = reader.answer("Name a city. " + LONG, "edited")
    assert evaluated(usage) > first.prompt_tokens - 40
    regenerated, usage = reader.answer("Name a city. " + LONG, "edited")
    assert evaluated(usage) == 1
    assert regenerated.text == edited.text
    reader.engine.forget("edited")
    cold, usage = reader.answer("Name a city. " + LONG, "fresh")
    assert cold.text == edited.text


def test_an_answer_goes_on_where_it_stopped(reader: Reader) -> None:
    whole, _ = reader.answer("Tell me a story.", "whole", replace(GREEDY, max_tokens=30))
    begun, _ = reader.answer("Tell me a story.", "begun", replace(GREEDY, max_tokens=13))
    rest, usage = reader.answer(
        "Tell me a story.", "begun", replace(GREEDY, max_tokens=17), prefill=begun.text
    )
    assert begun.text + rest.text == whole.text
    assert evaluated(usage) == 1


def test_a_beginning_is_shared(reader: Reader) -> None:
    instruction = Turn(Role.SYSTEM, "Be brief. " + LONG)
    reader.answer((instruction, *user("Name a colour.")), "first")
    _, usage = reader.answer((instruction, *user("Name a city.")), "second")
    assert evaluated(usage) < 20
    _, usage = reader.answer((instruction, *user("Name a colour.")), "first")
    assert evaluated(usage) == 1  # the first one still has its own


def test_conversations_come_back_from_the_disk(reader: Reader) -> None:
    texts = {}
    for name in ("one", "two", "three"):  # the context has room for two
        recorder, _ = reader.answer(f"Say {name}. {LONG}", name)
        texts[name] = recorder.text
    for name in ("one", "two", "three"):
        recorder, usage = reader.answer(f"Say {name}. {LONG}", name)
        assert evaluated(usage) == 1
        assert recorder.text == texts[name]


def test_after_a_restart(own: Reader) -> None:
    recorder, _ = own.answer("Say hello. " + LONG, "kept")
    own.put_away()
    again, usage = own.answer("Say hello. " + LONG, "kept")
    assert evaluated(usage) == 1
    assert again.text == recorder.text
    turns = follow_up("Say hello. " + LONG, recorder.text, "Again.")
    _, usage = own.answer(turns, "kept")
    assert evaluated(usage) <= 20


def test_what_has_no_name_is_not_kept(own: Reader) -> None:
    own.answer("No secret. " + LONG, "name")
    own.put_away()
    before = own.files
    assert len(before) == 1
    own.answer("A secret. " + LONG)
    own.put_away()
    assert own.files == before
    _, usage = own.answer("A secret. " + LONG)
    assert usage.cached_tokens == 0


def test_what_is_forgotten_is_gone(own: Reader) -> None:
    own.answer("Forget me. " + LONG, "gone")
    own.put_away()
    assert own.files
    own.engine.forget("gone")
    eventually(lambda: not own.files)
    _, usage = own.answer("Forget me. " + LONG, "gone")
    assert evaluated(usage) > 150
    own.engine.forget("gone")
    _, usage = own.answer("Forget me. " + LONG, "gone")
    assert evaluated(usage) > 150
    own.engine.forget("gone")
    own.put_away()
    assert not own.files


def test_idle_conversations_are_written(tmp_path: Path, starter_model: Path) -> None:
    folder = tmp_path / "states"
    engine = Engine(logs=tmp_path, states=StateFolder(str(folder), 2**30, idle_seconds=0.1))
    try:
        reader = Reader(engine, ModelFile(str(starter_model), "SmolLM2"), folder)
        reader.answer("Say hello. " + LONG, "idle")
        eventually(lambda: len(reader.files) == 1)
    finally:
        engine.close()


def test_no_budget_keeps_nothing(tmp_path: Path, starter_model: Path) -> None:
    folder = tmp_path / "states"
    engine = Engine(logs=tmp_path, states=StateFolder(str(folder), 0))
    try:
        Reader(engine, ModelFile(str(starter_model), "SmolLM2"), folder).answer("Hello.", "name")
    finally:
        engine.close()
    assert not folder.exists() or not list(folder.iterdir())
