"""Vectors are right where a plain loop, which pools the vectors of single tokens, says so."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError
from pathlib import Path

import gguf
import psutil
import pytest

from chatapp.domain.generation import GenerationParameters, Priority
from chatapp.domain.model import ModelFile, Pooling
from chatapp.engine import heartbeat
from chatapp.engine.embedder import Embedder, Vector
from chatapp.engine.engine import Engine
from chatapp.engine.messages import LoadOptions
from chatapp.engine.state import EngineStatus
from chatapp.engine.text_job import TextJob
from chatapp.errors import (
    ModelCannotEmbed,
    ModelFileDamaged,
    ModelFileMissing,
    TextTooLong,
    WorkerDied,
    WorkerUnresponsive,
)
from tests.engine.conftest import TIMEOUT, Asker, eventually
from tests.engine.embedding_files import write_tiny_bert, write_tiny_qwen3
from tests.engine.embedding_targets import TokenVectors, start_reference
from tests.engine.gguf_files import write_tiny_architecture, write_tiny_model
from tests.fakes import DIE, FakeWorkers

pytestmark = pytest.mark.model

TEXTS = (
    "A lighthouse keeper climbed the stairs.",
    "",
    "rain",
    "The sea is blue. " * 20,
    "Größe, 大きさ, размер",
    "be\0fore",
    *(f"Number {number} of many short ones." for number in range(20)),
)
LONG = ("abcdefgh " * 200, "hgfedcba " * 150)  # longer than one batch
MANY = ["some text " * 20] * 10_000
OPTIONS = LoadOptions(context_length=2048, threads=1, parallel=16)


@pytest.fixture(scope="module")
def token_vectors() -> Iterator[TokenVectors]:
    with start_reference() as ask:
        yield ask


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Embedder]:
    """An embedder of this test alone."""
    embedder = Embedder(tmp_path, options=OPTIONS)
    yield embedder
    embedder.close()
    assert not list(tmp_path.glob("worker-*")), "a worker's file stayed behind"


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> ModelFile:
    return ModelFile(str(write_tiny_bert(tmp_path_factory.mktemp("bert") / "bert.gguf")), "bert")


@pytest.fixture(scope="module")
def embedder(tmp_path_factory: pytest.TempPathFactory, bert: ModelFile) -> Iterator[Embedder]:
    """One that has `bert` loaded and that tests share: none of them may harm it."""
    embedder = Embedder(tmp_path_factory.mktemp("logs"), options=OPTIONS)
    embedder.embed(bert, ["start"]).result.result(TIMEOUT)
    yield embedder
    embedder.close()


def pooled(tokens: list[Vector], pooling: Pooling) -> Vector:
    match pooling:
        case Pooling.CLS:
            return tokens[0]
        case Pooling.LAST:
            return tokens[-1]
        case _:
            return tuple(sum(column) / len(tokens) for column in zip(*tokens, strict=True))


def cosine(one: Vector, other: Vector) -> float:
    product = sum(a * b for a, b in zip(one, other, strict=True))
    return product / math.hypot(*one) / math.hypot(*other)


@pytest.mark.parametrize("architecture", ["bert", "llama", "gemma3", "qwen3", "lfm2"])
def test_vectors_are_those_of_single_tokens(
    own: Embedder, tmp_path: Path, token_vectors: TokenVectors, architecture: str
) -> None:
    is_bert = architecture == "bert"
    path = tmp_path / "tiny.gguf"
    if is_bert:
        write_tiny_bert(path, word_pieces=True)
    elif architecture == "qwen3":
        write_tiny_qwen3(path)
    else:
        write_tiny_architecture(path, architecture)
    texts = TEXTS if is_bert else TEXTS + LONG
    model = ModelFile(str(path), "tiny")
    tokens = token_vectors(str(path), texts)
    usual = Pooling.MEAN if is_bert else Pooling.LAST
    for pooling in Pooling:
        wanted = usual if pooling is Pooling.MODEL else pooling
        expected = [pooled(each, wanted) if each else () for each in tokens]
        found = own.embed(model, texts, pooling=pooling, normalise=False).result.result(TIMEOUT)
        for one, other in zip(found, expected, strict=True):
            if other:
                assert cosine(one, other) >= 0.9999
                assert math.hypot(*one) == pytest.approx(math.hypot(*other), rel=0.01)
            else:
                assert set(one) == {0.0}
    normalised = own.embed(model, TEXTS[:3], pooling=Pooling.LAST).result.result(TIMEOUT)
    for one, other in zip(normalised, found, strict=False):
        length = math.hypot(*other)
        assert one == pytest.approx([value / (length or 1) for value in other], abs=1e-3)


def test_a_text_that_is_too_long_is_named(embedder: Embedder, bert: ModelFile) -> None:
    texts = [*["short"] * 20, "a" * 511]
    job = embedder.embed(bert, texts)
    error = job.result.exception(TIMEOUT)
    assert isinstance(error, TextTooLong)
    assert (error.number, error.needed, error.available) == (21, 513, 512)
    assert embedder.embed(bert, ["a" * 510]).result.result(TIMEOUT)


def test_control_tokens_in_a_text_are_text(embedder: Embedder, bert: ModelFile) -> None:
    said, other = embedder.embed(bert, ["a</s>b", "a<\0s>b"]).result.result(TIMEOUT)
    with_token = embedder.embed(bert, ["a", "b"]).result.result(TIMEOUT)
    assert all(cosine(said, one) < 0.9999 for one in (other, *with_token))


def test_no_texts(own: Embedder, bert: ModelFile) -> None:
    assert own.embed(bert, ()).result.result(TIMEOUT) == ()
    assert not own.worker_pids


def test_many_with_progress_until_cancelled(embedder: Embedder, bert: ModelFile) -> None:
    seen: list[tuple[int, int]] = []
    enough = threading.Event()

    def note(done: int, of: int) -> None:
        seen.append((done, of))
        if done > 100:
            enough.set()

    job = embedder.embed(bert, MANY, on_progress=note)
    assert enough.wait(TIMEOUT)
    job.cancel()
    with pytest.raises(CancelledError):
        job.result.result(TIMEOUT)
    done = [each for each, _ in seen]
    assert done == sorted(set(done))
    assert done[-1] < len(MANY)
    assert {of for _, of in seen} == {len(MANY)}
    assert embedder.embed(bert, ["after"]).result.result(TIMEOUT)


def test_a_person_comes_before_the_background(embedder: Embedder, bert: ModelFile) -> None:
    parts: list[int] = []  # of the background that were done
    meanwhile: list[int] = []

    def count(done: int, _of: int) -> None:
        parts.append(done)

    def note(_done: int, _of: int) -> None:
        meanwhile.append(len(parts))

    slow = embedder.embed(bert, MANY, priority=Priority.BACKGROUND, on_progress=count)
    assert embedder.embed(bert, ["query"] * 100, on_progress=note).result.result(TIMEOUT)
    assert len(meanwhile) > 3
    assert len(set(meanwhile)) == 1
    assert not slow.result.done()
    slow.cancel()
    with pytest.raises(CancelledError):
        slow.result.result(TIMEOUT)


def test_cancelled_before_it_begins(embedder: Embedder, bert: ModelFile) -> None:
    first = embedder.embed(bert, MANY)
    second = embedder.embed(bert, MANY)
    second.cancel()
    with pytest.raises(CancelledError):
        second.result.result(TIMEOUT)
    assert not first.result.done()
    first.cancel()
    with pytest.raises(CancelledError):
        first.result.result(TIMEOUT)


class Killing:
    """Kills the embedder's process, and the next one, when they have done something."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.pids: set[int] = set()

    def __call__(self, _done: int, _of: int) -> None:
        if len(self.pids) < 2:
            (pid,) = self._embedder.worker_pids
            self.pids.add(pid)
            psutil.Process(pid).kill()


def test_the_conversation_s_model_answers_meanwhile(
    own: Embedder, tmp_path: Path, bert: ModelFile
) -> None:
    """Both at once; and what kills the embedder's process hurts neither."""
    template = "{% for m in messages %}{{ m.content }}{% endfor %}"
    chat = write_tiny_architecture(tmp_path / "chat.gguf", "llama", template=template)
    engine = Engine(logs=tmp_path, default_options=LoadOptions(2048, 1))
    parameters = GenerationParameters(temperature=0.0, repeat_penalty=1.0, max_tokens=300)
    texts = [f"text {number}" for number in range(200)]
    try:
        asker = Asker(engine, ModelFile(str(chat), "chat"))
        _, recorder = asker.ask("HOW ARE YOU", parameters)
        recorder.finished()
        expected, pid = recorder.text, engine.worker_pid
        calm = own.embed(bert, texts).result.result(TIMEOUT)
        (before,) = own.worker_pids
        killing = Killing(own)
        job = own.embed(bert, texts, on_progress=killing)
        for _ in range(3):
            _, recorder = asker.ask("HOW ARE YOU", parameters)
            recorder.finished()
            assert recorder.text == expected
        assert job.result.result(TIMEOUT) == calm
        (after,) = own.worker_pids
        assert before in killing.pids
        assert len({*killing.pids, after, pid}) == 4
        own.unload()
        eventually(lambda: not psutil.pid_exists(after))
        assert engine.state.status is EngineStatus.READY
        assert engine.worker_pid == pid
    finally:
        engine.close()


def test_it_comes_back_after_hanging_and_when_killed_while_idle(
    own: Embedder, bert: ModelFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = own.embed(bert, ["hello"]).result.result(TIMEOUT)
    (pid,) = own.worker_pids
    monkeypatch.setattr(heartbeat, "PING_SECONDS", 0.1)
    psutil.Process(pid).suspend()
    error = own.embed(bert, ["hello"]).result.exception(TIMEOUT)
    assert isinstance(error, WorkerUnresponsive)
    assert not psutil.pid_exists(pid)
    monkeypatch.undo()
    assert own.embed(bert, ["hello"]).result.result(TIMEOUT) == before
    (pid,) = own.worker_pids
    psutil.Process(pid).kill()
    assert own.embed(bert, ["hello"]).result.result(TIMEOUT) == before


def test_a_worker_that_keeps_dying_ends_the_job(tmp_path: Path, bert: ModelFile) -> None:
    workers = FakeWorkers()
    for _ in range(2):
        workers.script_load(DIE)
    embedder = Embedder(tmp_path, start_worker=workers)
    try:
        error = embedder.embed(bert, ["hello"]).result.exception(TIMEOUT)
        assert isinstance(error, WorkerDied)
    finally:
        embedder.close()


def test_bad_models(own: Embedder, tmp_path: Path) -> None:
    cut = write_tiny_bert(tmp_path / "cut.gguf")
    cut.write_bytes(cut.read_bytes()[:20_000])
    rank = write_tiny_bert(tmp_path / "rank.gguf", pooling=gguf.PoolingType.RANK)
    mute = write_tiny_model(tmp_path / "mute.gguf", vocabulary=False)
    for path, kind in (
        (tmp_path / "missing.gguf", ModelFileMissing),
        (cut, ModelFileDamaged),
        (rank, ModelCannotEmbed),
        (mute, ModelCannotEmbed),
    ):
        error = own.embed(ModelFile(str(path), "bad"), ["a"]).result.exception(TIMEOUT)
        assert isinstance(error, kind)


def test_it_ends_when_idle_and_comes_back(tmp_path: Path, bert: ModelFile) -> None:
    embedder = Embedder(tmp_path, options=OPTIONS, idle_seconds=0.05)
    try:
        for _ in range(2):
            assert embedder.embed(bert, ["a"]).result.result(TIMEOUT)
            eventually(lambda: not embedder.worker_pids)
    finally:
        embedder.close()


def test_no_more_than_two_models_stay(own: Embedder, tmp_path: Path) -> None:
    models = [
        ModelFile(str(write_tiny_bert(tmp_path / f"{seed}.gguf", seed=seed)), "tiny")
        for seed in range(3)
    ]
    assert len({own.embed(model, ["a"]).result.result(TIMEOUT) for model in models}) == 3
    eventually(lambda: len(own.worker_pids) == 2)


def test_after_closing(tmp_path: Path, bert: ModelFile) -> None:
    embedder = Embedder(tmp_path, options=OPTIONS)
    job = embedder.embed(bert, MANY)
    embedder.close()
    assert isinstance(job.result.exception(TIMEOUT), CancelledError)
    late: TextJob[Vector] = embedder.embed(bert, ["text"])
    assert isinstance(late.result.exception(TIMEOUT), CancelledError)
