"""Guessing changes how long an answer takes and nothing else."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from chatapp.domain.conversation import Role
from chatapp.domain.generation import FinishReason, GenerationParameters, Usage
from chatapp.domain.model import LoadNote, LoadNoteKind, ModelFile
from chatapp.engine.engine import Engine
from chatapp.engine.messages import Delta, LoadOptions, StateFolder, Turn
from chatapp.engine.process import WorkerProcess
from chatapp.engine.state import EngineStatus
from chatapp.errors import DraftModelUnfit
from tests.engine.conftest import GREEDY, Asker, user
from tests.engine.gguf_files import ARCHITECTURES, Architecture, Kind, write_tiny_architecture
from tests.engine.speculation_targets import always_guess

TEMPLATE = "{% for m in messages %}[{{ m.role[0] }}]{{ m.content }}{% endfor %}[a]"
OPTIONS = LoadOptions(context_length=1024, threads=1)
COPY = (
    "Repeat this text word for word: The old mill stands by the river. The miller grinds wheat and "
    "rye. His daughter sells bread at the market. The old mill has three stones and one cat."
)
SAMPLES = 2000
SAMPLED = GenerationParameters(
    temperature=1.2,
    top_k=20,
    top_p=0.95,
    min_p=0.02,
    repeat_penalty=1.1,
    presence_penalty=0.2,
    grammar="root ::= [A-Z ]*",
    max_tokens=3,
    logprobs=1,
)


@contextmanager
def opened(
    model: ModelFile,
    options: LoadOptions,
    logs: Path,
    *,
    eager: bool,
    states: StateFolder | None = None,
) -> Iterator[Asker]:
    """An engine with the model; an eager one guesses whenever it can."""
    start = partial(WorkerProcess, logs, run=always_guess) if eager else None
    engine = Engine(logs=logs, default_options=options, states=states, start_worker=start)
    try:
        asker = Asker(engine, model)
        engine.load(model)
        asker.wait_for_status(EngineStatus.READY)
        yield asker
    finally:
        engine.close()


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Asker, Asker]]:
    """A tiny model without guessing, and with guesses that are often right and often wrong."""
    folder = tmp_path_factory.mktemp("models")
    noise = np.random.default_rng(1).normal(0, 0.3, 64)
    paths = [
        write_tiny_architecture(folder / name, "llama", template=TEMPLATE, changes=changes)
        for name, changes in (("tiny.gguf", {}), ("draft.gguf", {"output_norm.weight": noise}))
    ]
    model = ModelFile(str(paths[0]), "tiny")
    with ExitStack() as stack:
        plain = replace(OPTIONS, speculation=False)
        drafted = replace(OPTIONS, draft_model=str(paths[1]))
        yield (
            stack.enter_context(opened(model, plain, folder, eager=False)),
            stack.enter_context(opened(model, drafted, folder, eager=True)),
        )


def check_usage(plain: Usage, eager: Usage) -> None:
    assert plain.guessed_tokens == plain.guessed_right_tokens == 0
    assert 0 < eager.guessed_right_tokens <= eager.guessed_tokens
    assert eager.completion_tokens == plain.completion_tokens
    assert eager.guessed_right_tokens < eager.completion_tokens


@pytest.mark.model
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"max_tokens": 17},
        {"repeat_penalty": 1.3, "repeat_last_n": 64, "dry_multiplier": 0.5},
        {"temperature": 0.5, "seed": 5},
        {"temperature": 0.5, "seed": 6, "mirostat": 2, "mirostat_tau": 3.0},
        {"temperature": 0.5, "seed": 7, "xtc_probability": 0.5, "xtc_threshold": 0.1},
        {"grammar": 'root ::= ([A-Z]{5} " "){7} [A-Z]'},
        {"grammar": 'root ::= ([A-M]{5} " "){7} [N-Z]', "temperature": 0.7, "seed": 8},
    ],
    ids=["greedy", "length", "penalties", "seed", "mirostat", "xtc", "grammar", "grammar seed"],
)
def test_the_same_answer(both: tuple[Asker, Asker], changes: dict[str, object]) -> None:
    parameters = replace(GREEDY, **{"max_tokens": 80, **changes})  # type: ignore[arg-type]
    plain, eager = (asker.ask(COPY, parameters)[1] for asker in both)
    ends = plain.finished(), eager.finished()
    assert eager.text == plain.text
    assert ends[0].reason is ends[1].reason
    check_usage(ends[0].usage, ends[1].usage)


@pytest.mark.model
def test_a_stop_string_among_guesses(both: tuple[Asker, Asker]) -> None:
    whole = both[0].ask(COPY, GREEDY)[1]
    whole.finished()
    for start in range(2, 12):  # somewhere in the middle of a run
        stopped = replace(GREEDY, stop=(whole.text[start : start + 3],))
        texts = []
        for asker in both:
            recorder = asker.ask(COPY, stopped)[1]
            assert recorder.finished().reason is FinishReason.END
            texts.append(recorder.text)
        assert texts == [whole.text[: whole.text.index(stopped.stop[0])]] * 2


@pytest.mark.model
def test_probabilities(both: tuple[Asker, Asker]) -> None:
    parameters = replace(GREEDY, logprobs=3, max_tokens=40)
    recorders = [asker.ask(COPY, parameters)[1] for asker in both]
    check_usage(*(recorder.finished().usage for recorder in recorders))
    places = [
        [place for event in one.events if isinstance(event, Delta) for place in event.probabilities]
        for one in recorders
    ]
    for plain, eager in zip(*places, strict=True):
        assert eager.chosen.token == plain.chosen.token
        assert [choice.logprob for choice in eager.top] == pytest.approx(
            [choice.logprob for choice in plain.top], abs=0.05
        )


@pytest.mark.model
def test_what_was_guessed_leaves_nothing_behind(both: tuple[Asker, Asker], tmp_path: Path) -> None:
    """A follow-up and an answer that is continued, before and after a new start from disk."""
    texts = []
    for number, asker in enumerate(both):
        states = StateFolder(str(tmp_path / str(number)), budget=2**30)
        options = asker.engine.state.options
        assert options is not None
        told: list[str] = []
        for _ in range(2):
            with opened(asker.model, options, tmp_path, eager=number > 0, states=states) as one:
                for _ in range(2):
                    said = "".join(told)
                    turns = (*user(COPY), Turn(Role.ASSISTANT, said), Turn(Role.USER, "On!"))
                    _, answer = one.ask(
                        turns if told else COPY, GREEDY, prefill="THE", conversation="one"
                    )
                    usage = answer.finished().usage
                    told.append(answer.text)
                    _, more = one.ask(
                        turns if said else COPY,
                        GREEDY,
                        prefill="THE" + answer.text,
                        conversation="one",
                    )
                    more.finished()
                    told.append(more.text)
                assert usage.cached_tokens > 60
        texts.append(told)
    assert texts[0] == texts[1]
    assert len(set(texts[0])) == 8


@pytest.mark.model
def test_several_answers_and_one_that_is_stopped(both: tuple[Asker, Asker]) -> None:
    plain, eager = both
    _, alone = plain.ask(COPY, replace(GREEDY, max_tokens=60))
    alone.finished()
    endless, stopped = eager.ask(COPY, replace(GREEDY, max_tokens=None))
    stopped.wait_for(Delta)
    _, other = eager.ask(COPY, replace(GREEDY, max_tokens=60))
    other.wait_for(Delta)
    endless.stop()
    other.finished()
    assert stopped.finished().reason in {FinishReason.STOPPED, FinishReason.CONTEXT}
    assert stopped.text.startswith(alone.text) or alone.text.startswith(stopped.text)
    assert other.text == alone.text


@pytest.fixture
def tiny(tmp_path: Path) -> Callable[..., ModelFile]:
    def write(name: str, seed: int = 4, trained_context: int = 2048) -> ModelFile:
        path = tmp_path / f"{name}-{seed}.gguf"
        write_tiny_architecture(
            path, name, seed=seed, template=TEMPLATE, trained_context=trained_context
        )
        return ModelFile(str(path), name)

    return write


@pytest.mark.model
@pytest.mark.parametrize(
    "entry",
    [entry for entry in ARCHITECTURES if entry.kind is not Kind.EMBEDDING],
    ids=lambda entry: entry.name,
)
def test_every_architecture(
    tiny: Callable[..., ModelFile], tmp_path: Path, entry: Architecture
) -> None:
    model = tiny(entry.name)
    options = replace(OPTIONS, draft_model=tiny(entry.name, seed=5).path)
    texts = []
    guessed = 0
    for chosen in (replace(options, speculation=False, draft_model=""), options):
        with opened(model, chosen, tmp_path, eager=chosen.speculation) as asker:
            written = ""
            for _ in range(3):  # more than the window of those that have one
                turns = (*user("Why?"), Turn(Role.ASSISTANT, written), Turn(Role.USER, "Go on."))
                _, recorder = asker.ask(turns, replace(GREEDY, max_tokens=24), conversation="one")
                guessed += recorder.finished().usage.guessed_tokens
                written += recorder.text
            texts.append(written)
    assert texts[0] == texts[1]
    assert len(set(texts[0])) > 3
    can_take_back = entry.kind not in {Kind.RECURRENT, Kind.HYBRID}
    assert (guessed > 0) is can_take_back


@pytest.mark.model
def test_to_the_end_of_the_context(tiny: Callable[..., ModelFile], tmp_path: Path) -> None:
    model = tiny("llama", trained_context=256)
    options = replace(OPTIONS, context_length=256, draft_model=model.path)
    endless = replace(GREEDY, max_tokens=None)
    lengths, texts = [], []
    for chosen in (replace(options, speculation=False, draft_model=""), options):
        with opened(model, chosen, tmp_path, eager=chosen.speculation) as asker:
            _, recorder = asker.ask("Why?", endless)
            end = recorder.finished()
            assert end.reason is FinishReason.CONTEXT
            lengths.append(end.usage.prompt_tokens + end.usage.completion_tokens)
            texts.append(recorder.text)
    assert texts[0] == texts[1]
    assert lengths == [257, 257]


@pytest.mark.model
def test_the_same_distribution(both: tuple[Asker, Asker]) -> None:
    """Other seeds with a draft model and without one: chi-squared of each place and of pairs."""
    samples: list[list[list[int]]] = []
    right = guessed = 0
    for number, asker in enumerate(both):
        taken = []
        for seed in range(number * SAMPLES, (number + 1) * SAMPLES):
            _, recorder = asker.ask("Why?", replace(SAMPLED, seed=seed))
            usage = recorder.finished().usage
            guessed += usage.guessed_tokens
            right += usage.guessed_right_tokens
            taken.append(recorder.tokens)
        samples.append(taken)
    assert SAMPLES / 10 < right < guessed
    for places in ((0,), (1,), (2,), (0, 1), (1, 2)):
        plain, with_draft = (
            Counter(tuple(tokens[place] for place in places) for tokens in taken)
            for taken in samples
        )
        assert deviation(plain, with_draft) < 3.5, places


def deviation(one: Counter[tuple[int, ...]], other: Counter[tuple[int, ...]]) -> float:
    """How far two samples of equal size are apart, in standard deviations of a normal variable.

    The statistic of the two-sample chi-squared test in the Wilson–Hilferty approximation.
    """
    statistic, bins, rare = 0.0, 0, [0, 0]
    for key in one | other:
        counts = one[key], other[key]
        if sum(counts) < 10:
            rare = [rare[0] + counts[0], rare[1] + counts[1]]
        else:
            statistic += (counts[0] - counts[1]) ** 2 / sum(counts)
            bins += 1
    if sum(rare) >= 10:
        statistic += (rare[0] - rare[1]) ** 2 / sum(rare)
        bins += 1
    freedom = bins - 1
    assert freedom > 2
    spread = 2 / (9 * freedom)
    return float((statistic / freedom) ** (1 / 3) - (1 - spread)) / math.sqrt(spread)


@pytest.mark.model
@pytest.mark.parametrize("name", ["qwen3moe", "mamba", "bert"])
def test_a_draft_model_that_does_not_fit(
    tiny: Callable[..., ModelFile], tmp_path: Path, name: str
) -> None:
    engine = Engine(logs=tmp_path)
    try:
        model, draft = tiny("llama"), tiny(name)
        asker = Asker(engine, model)
        engine.load(model, replace(OPTIONS, draft_model=draft.path))
        error = asker.wait_for_status(EngineStatus.FAILED).error
        assert isinstance(error, DraftModelUnfit)
        assert error.path == draft.path
    finally:
        engine.close()


@pytest.mark.model
@pytest.mark.parametrize("content", [None, b"", b"GGUF", b"GGUF\3\0\0\0" + b"\xff" * 500])
def test_a_draft_model_that_can_not_be_loaded(
    tiny: Callable[..., ModelFile], tmp_path: Path, content: bytes | None
) -> None:
    draft = tmp_path / "draft.gguf"
    if content is not None:
        draft.write_bytes(content)
    options = replace(OPTIONS, draft_model=str(draft))
    with opened(tiny("llama"), options, tmp_path, eager=False) as asker:
        loaded = asker.engine.state.loaded
        assert loaded is not None
        assert loaded.notes == (LoadNote(LoadNoteKind.DRAFT_NOT_LOADED),)
        asker.ask(COPY)[1].finished()


@pytest.mark.model
@pytest.mark.parametrize(
    ("name", "threads", "flash_attention", "is_used"),
    [("llama", 1, False, False), ("llama", 2, False, True), ("mamba", 1, None, False)],
)
def test_where_guessing_would_change_the_text_nothing_is_guessed(
    tiny: Callable[..., ModelFile],
    tmp_path: Path,
    name: str,
    threads: int,
    flash_attention: bool | None,
    is_used: bool,
) -> None:
    model = tiny(name)
    options = replace(
        OPTIONS, threads=threads, flash_attention=flash_attention, draft_model=model.path
    )
    with opened(model, options, tmp_path, eager=True) as asker:
        loaded = asker.engine.state.loaded
        assert loaded is not None
        notes = () if is_used else (LoadNote(LoadNoteKind.DRAFT_NOT_USED),)
        assert loaded.notes == notes
        usage = asker.ask(COPY)[1].finished().usage
        assert (usage.guessed_tokens > 0) is is_used
