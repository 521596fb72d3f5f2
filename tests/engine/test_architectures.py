"""Every kind of architecture answers, goes back, stops and returns from disk without a mistake.

What is right comes from a plain loop over llama.cpp that reads each prompt anew.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from chatapp.domain.conversation import Role
from chatapp.domain.generation import FinishReason, GenerationParameters
from chatapp.domain.model import ModelFile, TemplateOrigin
from chatapp.engine.engine import Engine
from chatapp.engine.messages import (
    Delta,
    GenerationEvent,
    LoadOptions,
    PromptProgress,
    StateFolder,
    Turn,
)
from chatapp.engine.request import Generation
from chatapp.engine.state import EngineStatus
from chatapp.errors import ModelCannotChat
from tests.engine.architecture_targets import greedy_texts
from tests.engine.conftest import Asker, Recorder
from tests.engine.gguf_files import ARCHITECTURES, Kind, write_tiny_architecture

pytestmark = pytest.mark.model

TEMPLATE = "{% for m in messages %}[{{ m.role[0] }}]{{ m.content }}{% endfor %}[a]"
ANSWER = 12  # tokens, each of them one character
SHORT = GenerationParameters(temperature=0.0, repeat_penalty=1.0, max_tokens=ANSWER)
OPTIONS = LoadOptions(context_length=2048, threads=1, flash_attention=True)
LONG = "The keeper climbed the stairs of the lighthouse every evening, lamp in hand. " * 8
QUESTION = "What did the keeper of the lighthouse write down every evening, and what for?"


@dataclass(frozen=True, slots=True)
class Tiny:
    """A tiny model in an engine, and a process that knows what it has to say."""

    asker: Asker
    pool: ProcessPoolExecutor

    def expected(self, *texts: str, prefill: str = "") -> str:
        """What comes after a conversation of these texts, the person's first."""
        said = "".join(f"[{'ua'[index % 2]}]{text}" for index, text in enumerate(texts))
        prompts = (f"{said}[a]{prefill}",)
        return self.pool.submit(greedy_texts, self.asker.model.path, prompts, ANSWER).result()[0]

    def ask(
        self,
        *texts: str,
        conversation: str = "",
        prefill: str = "",
        parameters: GenerationParameters = SHORT,
    ) -> tuple[Generation, Recorder]:
        roles = (Role.USER, Role.ASSISTANT)
        turns = tuple(Turn(roles[index % 2], text) for index, text in enumerate(texts))
        return self.asker.ask(turns, parameters, conversation=conversation, prefill=prefill)

    def answer(self, *texts: str, conversation: str = "", prefill: str = "") -> str:
        _, recorder = self.ask(*texts, conversation=conversation, prefill=prefill)
        assert recorder.finished().reason is FinishReason.LENGTH
        return recorder.text

    def stop_at(self, kind: type[GenerationEvent], *texts: str, conversation: str) -> Recorder:
        """Ask for an endless answer and stop it at the first event of this kind."""
        endless = replace(SHORT, max_tokens=None)
        generation, recorder = self.ask(*texts, conversation=conversation, parameters=endless)
        recorder.wait_for(kind)
        generation.stop()
        return recorder


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as executor:
        executor.submit(os.getpid).result()  # the process is there before a test counts them
        yield executor


@pytest.fixture(
    scope="module",
    params=[entry.name for entry in ARCHITECTURES if entry.kind is not Kind.EMBEDDING],
)
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> ModelFile:
    path = tmp_path_factory.mktemp("models") / f"{request.param}.gguf"
    write_tiny_architecture(path, request.param, template=TEMPLATE)
    return ModelFile(str(path), request.param)


@pytest.fixture(scope="module")
def shared(
    model: ModelFile, pool: ProcessPoolExecutor, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Tiny]:
    """One worker for all tests of an architecture that leave it alive."""
    engine = Engine(logs=tmp_path_factory.mktemp("logs"), default_options=OPTIONS)
    asker = Asker(engine, model)
    engine.load(model)
    asker.wait_for_status(EngineStatus.READY)
    yield Tiny(asker, pool)
    engine.close()


def test_a_conversation(shared: Tiny) -> None:
    first = shared.answer("Why?", conversation="one")
    assert first == shared.answer("Why?") == shared.expected("Why?")
    assert len(set(first)) > 3
    second = shared.answer("Why?", first, "When?", conversation="one")
    assert second == shared.expected("Why?", first, "When?")
    loaded = shared.asker.engine.state.loaded
    assert loaded is not None
    assert loaded.architecture == shared.asker.model.name
    assert loaded.template_origin is TemplateOrigin.MODEL


def test_an_earlier_turn_is_edited(shared: Tiny) -> None:
    first = shared.answer("Why?", conversation="two")
    second = shared.answer("Why?", first, "When?", conversation="two")
    edited = shared.answer("Why?", first, "Where to, and with whom?", conversation="two")
    assert edited == shared.expected("Why?", first, "Where to, and with whom?") != second
    other = shared.answer("How so?", first, "When?", conversation="two")
    assert other == shared.expected("How so?", first, "When?") != second
    assert shared.answer("Why?", first, "When?", conversation="two") == second
    assert second == shared.expected("Why?", first, "When?")


def test_answers_at_the_same_time(shared: Tiny) -> None:
    questions = ("Why?", "When and where was it?", LONG[:200], "Who?")
    recorders = [shared.ask(question)[1] for question in questions]
    for question, recorder in zip(questions, recorders, strict=True):
        recorder.finished()
        assert recorder.text == shared.expected(question)


def test_stop_while_writing_and_go_on(shared: Tiny) -> None:
    recorder = shared.stop_at(Delta, "Why?", conversation="three")
    assert recorder.finished().reason is FinishReason.STOPPED
    written = recorder.text
    more = shared.answer("Why?", conversation="three", prefill=written)
    assert more == shared.expected("Why?", prefill=written)
    assert shared.answer("Why?", conversation="three").startswith(written[:ANSWER])


def test_stop_while_reading(shared: Tiny) -> None:
    first = shared.answer("Why?", conversation="four")
    expected = shared.expected("Why?", first, LONG)
    for _ in range(3):  # it is cut off at another place each time
        assert shared.answer("Why?", conversation="four") == first
        recorder = shared.stop_at(PromptProgress, "Why?", first, LONG, conversation="four")
        assert recorder.finished().reason is FinishReason.STOPPED
        assert shared.answer("Why?", first, LONG, conversation="four") == expected


@pytest.fixture
def keeping(model: ModelFile, pool: ProcessPoolExecutor, tmp_path: Path) -> Iterator[Tiny]:
    """An engine that keeps conversations on disk."""
    states = StateFolder(str(tmp_path / "states"), budget=2**30)
    engine = Engine(logs=tmp_path, default_options=OPTIONS, states=states)
    yield Tiny(Asker(engine, model), pool)
    engine.close()


def test_restored_from_disk(keeping: Tiny) -> None:
    first = keeping.answer(QUESTION, conversation="one")
    keeping.asker.engine.unload()
    _, follow_up = keeping.ask(QUESTION, first, "When?", conversation="one")
    usage = follow_up.finished().usage
    assert usage.prompt_tokens > usage.cached_tokens > len(QUESTION) // 2
    assert follow_up.text == keeping.expected(QUESTION, first, "When?")
    # Some kinds of memory lose on disk what going back needs.
    edited = keeping.answer(f"{QUESTION} Why?", conversation="one")
    assert edited == keeping.expected(f"{QUESTION} Why?")


@pytest.mark.parametrize(
    "name", [entry.name for entry in ARCHITECTURES if entry.kind is Kind.EMBEDDING]
)
def test_a_model_for_embeddings_cannot_chat(real: Asker, tmp_path: Path, name: str) -> None:
    path = write_tiny_architecture(tmp_path / "tiny.gguf", name)
    error = real.ask(model=ModelFile(str(path), name))[1].error()
    assert isinstance(error, ModelCannotChat)
