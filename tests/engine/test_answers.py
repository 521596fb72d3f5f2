from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from chatapp.domain.conversation import Role
from chatapp.domain.generation import FinishReason, GenerationParameters
from chatapp.domain.model import ModelFile, TemplateOrigin
from chatapp.engine.engine import Engine
from chatapp.engine.messages import Delta, LoadOptions, PromptProgress, Turn
from chatapp.engine.state import EngineStatus, RequestState
from chatapp.errors import ContextFull, WorkerDied, WorkerKeepsDying
from tests.engine.conftest import GREEDY, Asker, user
from tests.engine.gguf_files import write_tiny_model

pytestmark = pytest.mark.model

CONTEXT = 1024
OPTIONS = LoadOptions(context_length=CONTEXT, threads=1)
LONG = "All work and no play makes Jack a dull boy. "
STORY = "Tell me a long story about a fox."


@pytest.fixture(scope="module")
def shared(
    tmp_path_factory: pytest.TempPathFactory, starter_model: Path
) -> Iterator[tuple[Engine, ModelFile]]:
    engine = Engine(logs=tmp_path_factory.mktemp("logs"))
    model = ModelFile(str(starter_model), "SmolLM2")
    engine.load(model, OPTIONS)
    Asker(engine, model).wait_for_status(EngineStatus.READY)
    yield engine, model
    engine.close()


@pytest.fixture
def smol(shared: tuple[Engine, ModelFile]) -> Asker:
    """A loaded engine that the tests of this file share: none of them may harm it."""
    return Asker(*shared)


def test_a_model_is_loaded(smol: Asker) -> None:
    loaded = smol.wait_for_status(EngineStatus.READY).loaded
    assert loaded is not None
    assert (loaded.context_length, loaded.trained_context_length) == (CONTEXT, 8192)
    assert (loaded.architecture, loaded.parameters) == ("llama", 134_515_008)
    assert loaded.template_origin is TemplateOrigin.MODEL
    assert loaded.threads == 1
    assert loaded.llama_build
    assert loaded.description
    assert smol.engine.worker_memory() > 100e6
    assert 0 < smol.engine.memory_given_back() <= smol.engine.worker_memory()
    assert loaded.memory is not None
    cells = 2 * 2 * 30 * 3 * 64  # bytes of keys and values for each place of the context
    assert loaded.memory.cache == pytest.approx(CONTEXT * cells, rel=1e-3)
    assert loaded.memory.weights == pytest.approx(96.6e6, rel=0.02)
    assert 1e6 < loaded.memory.compute < 50e6


def test_an_answer_is_streamed(smol: Asker) -> None:
    generation, recorder = smol.ask(STORY)
    end = recorder.finished()
    assert end.reason is FinishReason.LENGTH
    assert len(recorder.text) > 20
    assert len([event for event in recorder.events if isinstance(event, Delta)]) > 1
    usage = end.usage
    assert usage.completion_tokens == GREEDY.max_tokens
    assert usage.prompt_tokens > 10
    assert usage.first_token_ms > 0
    assert usage.tokens_per_second > 0
    assert generation.state is RequestState.FINISHED
    assert "llama_cpp" not in sys.modules


def test_the_model_ends_its_answer(smol: Asker) -> None:
    parameters = replace(GREEDY, max_tokens=200)
    turns = (Turn(Role.SYSTEM, "Be brief."), Turn(Role.USER, "Name three colours."))
    _, recorder = smol.ask(turns, parameters)
    assert recorder.finished().reason is FinishReason.END
    assert "<|im_end|>" not in recorder.text


def test_seeds(smol: Asker) -> None:
    parameters = GenerationParameters(temperature=1.5, max_tokens=16, seed=42)
    first, again, other, any1, any2 = (
        smol.ask(STORY, replace(parameters, seed=seed))[1] for seed in (42, 42, 43, None, None)
    )
    assert first.finished().seed == again.finished().seed == 42
    assert first.text == again.text != other.text
    assert any1.finished().seed != any2.finished().seed
    assert any1.text != any2.text
    _, repeated = smol.ask(STORY, replace(parameters, seed=any1.finished().seed))
    repeated.finished()
    assert repeated.text == any1.text


def test_every_sampling_parameter(smol: Asker) -> None:
    for parameters in (
        GenerationParameters(0.0, 0, 1.0, 0.0, 1.0, 2),
        GenerationParameters(5.0, 1, 0.1, 0.9, 2.0, 2, seed=2**32 - 1),
        GenerationParameters(-1.0, -1, 2.0, -1.0, 1.3, 2, seed=0),
    ):
        assert smol.ask(STORY, parameters)[1].finished().usage.completion_tokens == 2


def test_the_beginning_is_not_read_twice(smol: Asker) -> None:
    _, cold = smol.ask("Something else.")
    cold.finished()
    _, first = smol.ask(STORY)
    first.finished()
    turns = (*user(STORY), Turn(Role.ASSISTANT, first.text), *user("And then?"))
    _, warm = smol.ask(turns)
    usage = warm.finished().usage
    assert 0 < usage.cached_tokens < usage.prompt_tokens
    assert usage.cached_tokens > first.finished().usage.prompt_tokens
    smol.ask("Something else.")[1].finished()  # it does not take the place of the other one
    _, same = smol.ask(turns)
    usage = same.finished().usage
    assert usage.cached_tokens == usage.prompt_tokens - 1
    assert same.text == warm.text


def test_progress_of_the_prompt(smol: Asker) -> None:
    smol.ask("Something else.")[1].finished()
    _, recorder = smol.ask(LONG * 60)
    usage = recorder.finished().usage
    progress = [event for event in recorder.events if isinstance(event, PromptProgress)]
    assert len(progress) >= 3
    assert [event.done for event in progress] == sorted(event.done for event in progress)
    assert progress[0].done == progress[0].cached == usage.cached_tokens
    assert progress[-1].done == progress[-1].total == usage.prompt_tokens


def test_stop_while_writing(smol: Asker) -> None:
    generation, recorder = smol.ask(STORY, replace(GREEDY, max_tokens=None))
    recorder.wait_for(Delta)
    generation.stop()
    end = recorder.finished()
    assert end.reason is FinishReason.STOPPED
    assert 0 < end.usage.completion_tokens < 700
    assert recorder.text


def test_stop_while_reading(smol: Asker) -> None:
    smol.ask("Something else.")[1].finished()
    generation, recorder = smol.ask(LONG * 80)
    recorder.wait_for(PromptProgress)
    generation.stop()
    end = recorder.finished()
    assert end.reason is FinishReason.STOPPED
    assert end.usage.completion_tokens == 0
    assert not recorder.text
    # What was read by then is known, and nothing is mixed up.
    _, after = smol.ask(LONG * 20)
    after.finished()
    smol.ask("Something else.")[1].finished()
    _, cold = smol.ask(LONG * 20)
    cold.finished()
    assert after.text == cold.text


def test_text_that_is_spread_over_tokens(smol: Asker) -> None:
    parameters = replace(GREEDY, max_tokens=60)
    text = "🦊🐍👩‍🚀 汉字 Ünï"
    _, recorder = smol.ask(f"Repeat exactly: {text}\nAgain: {text}", parameters, prefill="🦊🐍👩")
    recorder.finished()
    assert "\ufffd" not in recorder.text
    assert any(ord(character) > 0xFFFF for character in recorder.text)


def test_the_deltas_go_on_from_the_prefill(smol: Asker) -> None:
    _, recorder = smol.ask("Count to ten.", prefill="1, 2, 3, 4,")
    recorder.finished()
    assert recorder.text.startswith(" 5")


def test_stop_strings(smol: Asker) -> None:
    parameters = replace(GREEDY, stop=("6, 7",), max_tokens=60)
    _, recorder = smol.ask("Count to ten.", parameters, prefill="1, 2, 3, 4,")
    assert recorder.finished().reason is FinishReason.END
    assert recorder.text == " 5, "


def test_a_prompt_that_is_too_long(smol: Asker) -> None:
    for text in (LONG * 200, "word " * 200_000, " " * 1_000_000, "<|im_end|>" * 100_000):
        error = smol.ask(text)[1].error()
        assert isinstance(error, ContextFull)
        assert error.needed > error.available
        assert error.available == CONTEXT
    assert smol.ask()[1].finished()


@pytest.mark.parametrize(
    "text", ["", "\0", "a\0b\0", "\ud83e", "a\udd8ab", "\ufeff", "\r\n", "\x1b["]
)
def test_strange_text(smol: Asker, text: str) -> None:
    turns = (
        Turn(Role.SYSTEM, text),
        Turn(Role.USER, text),
        Turn(Role.ASSISTANT, text),
        *user(text),
    )
    assert smol.ask(turns, prefill=text)[1].finished()


def test_no_turns(smol: Asker) -> None:
    assert smol.ask(())[1].finished()


def test_devices_while_a_model_is_loaded(smol: Asker) -> None:
    assert smol.engine.devices().result(60)


def test_an_answer_that_fills_the_context(real: Asker, tmp_path: Path) -> None:
    path = write_tiny_model(tmp_path / "tiny.gguf", trained_context=512)
    model = ModelFile(str(path), "tiny")
    _, recorder = real.ask("Go.", replace(GREEDY, max_tokens=None), model=model)
    end = recorder.finished()
    assert end.reason is FinishReason.CONTEXT
    # The last token is written but needs no place any more.
    assert end.usage.prompt_tokens + end.usage.completion_tokens == 512 + 1
    _, again = real.ask("Go.", GREEDY, model=model)
    assert again.finished().reason is FinishReason.LENGTH
    assert recorder.text.startswith(again.text)


# Deaths: each test has an engine of its own


def kill(real: Asker) -> None:
    pid = real.engine.worker_pid
    assert pid is not None
    psutil.Process(pid).kill()


def test_killed_while_loading(real: Asker) -> None:
    _, first = real.ask()
    _, second = real.ask()
    real.wait_for(lambda state: state.status is EngineStatus.LOADING and state.progress > 0)
    kill(real)
    assert isinstance(first.error(), WorkerDied)
    assert second.finished()


def test_killed_while_reading(real: Asker) -> None:
    _, recorder = real.ask(LONG * 200)
    recorder.wait_for(PromptProgress)
    kill(real)
    assert isinstance(recorder.error(), WorkerDied)
    assert not recorder.text
    assert real.ask()[1].finished()


def test_killed_while_writing(real: Asker) -> None:
    _, recorder = real.ask(STORY, replace(GREEDY, max_tokens=None))
    recorder.wait_for(Delta)
    kill(real)
    error = recorder.error()
    assert isinstance(error, WorkerDied)
    assert error.exit_code != 0
    assert recorder.text
    real.wait_for_status(EngineStatus.READY)
    assert real.ask()[1].finished()


def test_killed_too_often(real: Asker) -> None:
    for _ in range(3):
        _, recorder = real.ask(STORY, replace(GREEDY, max_tokens=None))
        recorder.wait_for(Delta)
        kill(real)
        assert isinstance(recorder.error(), WorkerDied)
    assert isinstance(real.wait_for_status(EngineStatus.FAILED).error, WorkerKeepsDying)
    assert real.engine.worker_memory() == real.engine.memory_given_back() == 0
    assert real.ask()[1].finished()


def test_closed_in_the_middle_of_a_prompt(real: Asker) -> None:
    _, recorder = real.ask(LONG * 200)
    recorder.wait_for(PromptProgress)
    real.engine.close()
    assert recorder.finished().reason is FinishReason.STOPPED


def test_loading_is_cancelled(real: Asker) -> None:
    _, recorder = real.ask()
    real.wait_for(lambda state: state.status is EngineStatus.LOADING and state.progress > 0)
    real.engine.unload()
    assert recorder.finished().reason is FinishReason.STOPPED
    real.wait_for_status(EngineStatus.UNLOADED)
