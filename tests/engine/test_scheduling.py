from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from chatapp.domain.generation import FinishReason, GenerationParameters, Priority
from chatapp.domain.model import ModelFile
from chatapp.engine.engine import Engine
from chatapp.engine.messages import Delta, Finished, LoadOptions, PromptProgress
from chatapp.engine.state import EngineStatus
from chatapp.errors import ContextFull, GrammarInvalid
from tests.engine.conftest import GREEDY, Asker, Recorder
from tests.engine.gguf_files import write_tiny_model

pytestmark = pytest.mark.model

STORY = "Tell me a long story about a fox."
LONG = "All work and no play makes Jack a dull boy. " * 40
ENDLESS = replace(GREEDY, max_tokens=None)


@pytest.fixture(scope="module")
def shared(
    tmp_path_factory: pytest.TempPathFactory, starter_model: Path
) -> Iterator[tuple[Engine, ModelFile]]:
    engine = Engine(logs=tmp_path_factory.mktemp("logs"))
    model = ModelFile(str(starter_model), "SmolLM2")
    engine.load(model, LoadOptions(context_length=2048, threads=1, parallel=3))
    Asker(engine, model).wait_for_status(EngineStatus.READY)
    yield engine, model
    engine.close()


@pytest.fixture
def smol(shared: tuple[Engine, ModelFile]) -> Asker:
    return Asker(*shared)


def background(
    smol: Asker, question: str, parameters: GenerationParameters = GREEDY
) -> tuple[object, Recorder]:
    return smol.ask(question, parameters, priority=Priority.BACKGROUND)


def test_answers_together_are_the_answers_alone(smol: Asker) -> None:
    questions = [f"Write about {topic}." for topic in ("rain", "bees", "glass", "maps", "silk")]
    alone = []
    for question in questions:
        _, recorder = smol.ask(question)
        recorder.finished()
        alone.append(recorder.text)
    together = [background(smol, question)[1] for question in questions]
    together += [smol.ask(question)[1] for question in questions]
    for recorder, text in zip(together, alone * 2, strict=True):
        recorder.finished()
        assert recorder.text == text


def test_a_person_comes_first(smol: Asker) -> None:
    jobs = [background(smol, f"{n}. {STORY}", ENDLESS) for n in range(5)]
    jobs[0][1].wait_for(Delta)
    _, recorder = smol.ask("Name three colours.")
    recorder.finished()
    for generation, job in jobs:
        assert not any(isinstance(event, Finished) for event in job.events)
        generation.stop()  # type: ignore[attr-defined]
        assert job.finished().reason is FinishReason.STOPPED


def test_background_work_waits_meanwhile(smol: Asker) -> None:
    job, recorder = background(smol, STORY, ENDLESS)
    recorder.wait_for(Delta)
    _, first = smol.ask(LONG + "Name three colours.", replace(GREEDY, max_tokens=2))
    first.wait_for(PromptProgress)
    before = len(recorder.events)
    first.finished()
    assert len(recorder.events) - before <= 1  # what was on its way
    job.stop()  # type: ignore[attr-defined]
    assert recorder.finished().reason is FinishReason.STOPPED


def test_one_of_several_is_stopped(smol: Asker) -> None:
    first, stopped = smol.ask(STORY, ENDLESS)
    _, other = smol.ask("Name three colours.", replace(GREEDY, max_tokens=60))
    stopped.wait_for(Delta)
    other.wait_for(Delta)
    first.stop()
    assert stopped.finished().reason is FinishReason.STOPPED
    assert other.finished().reason is not FinishReason.STOPPED
    _, alone = smol.ask("Name three colours.", replace(GREEDY, max_tokens=60))
    alone.finished()
    assert other.text == alone.text


def test_tokens_are_counted_meanwhile(smol: Asker) -> None:
    generation, recorder = smol.ask(STORY, ENDLESS)
    recorder.wait_for(Delta)
    assert smol.engine.count_tokens(smol.model, "Hello world").result(60) == 2
    assert smol.engine.count_tokens(smol.model, "<|im_end|>").result(60) > 1
    assert smol.engine.count_tokens(smol.model, "").result(60) == 0
    assert not any(event for event in recorder.events if hasattr(event, "reason"))
    generation.stop()
    recorder.finished()


def test_an_answer_as_json(smol: Asker) -> None:
    schema = {
        "type": "object",
        "properties": {"city": {"type": "string", "maxLength": 12}, "people": {"type": "integer"}},
        "required": ["city", "people"],
        "additionalProperties": False,
    }
    for temperature in (0.0, 1.5):
        parameters = GenerationParameters(
            temperature, max_tokens=200, seed=3, json_schema=json.dumps(schema)
        )
        _, recorder = smol.ask("Name a city.", parameters)
        assert recorder.finished().reason is FinishReason.END
        assert set(json.loads(recorder.text)) == {"city", "people"}


def test_a_grammar_that_is_none(smol: Asker) -> None:
    for parameters in (
        replace(GREEDY, grammar="root ::= ("),
        replace(GREEDY, json_schema="{"),
        replace(GREEDY, json_schema="{}", grammar='root ::= "a"'),
    ):
        assert isinstance(smol.ask(parameters=parameters)[1].error(), GrammarInvalid)
    assert smol.ask()[1].finished()


def test_probabilities(smol: Asker) -> None:
    _, plain = smol.ask()
    plain.finished()
    _, recorder = smol.ask(parameters=replace(GREEDY, logprobs=5))
    usage = recorder.finished().usage
    assert recorder.text == plain.text
    deltas = [event for event in recorder.events if isinstance(event, Delta)]
    places = [place for delta in deltas for place in delta.probabilities]
    assert len(places) == usage.completion_tokens
    assert b"".join(place.chosen.piece for place in places).decode() == recorder.text
    for place in places:
        logprobs = [choice.logprob for choice in place.top]
        assert len(logprobs) == 5
        assert logprobs == sorted(logprobs, reverse=True)
        assert sum(map(math.exp, logprobs)) <= 1.0001
        assert place.chosen == place.top[0]  # greedy
    assert not [e for e in plain.events if isinstance(e, Delta) and e.probabilities]


def test_a_benchmark(smol: Asker) -> None:
    runs: list[float] = []
    measurement = smol.engine.benchmark(
        smol.model,
        LoadOptions(context_length=2048, threads=1, parallel=3),
        prompt_tokens=32,
        generated_tokens=4,
        depth=16,
        repetitions=2,
        on_run=runs.append,
    )
    assert measurement.result.result(60) == tuple(runs)
    assert len(runs) == 2
    assert min(runs) > 0
    too_long = smol.engine.benchmark(
        smol.model, LoadOptions(context_length=2048, threads=1, parallel=3), prompt_tokens=5000
    )
    assert isinstance(too_long.result.exception(60), ContextFull)
    assert smol.ask()[1].finished()


def test_a_crowd(real: Asker, tmp_path: Path) -> None:
    """Together they need more than the context has: some wait, and none is lost."""
    path = write_tiny_model(tmp_path / "tiny.gguf", trained_context=256)
    real.model = ModelFile(str(path), "tiny")
    parameters = replace(GREEDY, max_tokens=120)
    alone = []
    for number in range(4):
        _, recorder = real.ask(f"{number} {number} {number}", parameters)
        recorder.finished()
        alone.append(recorder.text)
    crowd = [
        real.ask(f"{n} {n} {n}", parameters, priority=priority)[1]
        for priority in (Priority.BACKGROUND, Priority.INTERACTIVE)
        for n in range(4)
    ]
    for recorder, text in zip(crowd, alone * 2, strict=True):
        end = recorder.finished()
        assert end.reason is FinishReason.LENGTH
        assert recorder.text == text
