"""What an adapter changes is right where a model with the same change in its weights says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import pytest

from chatapp.domain.generation import GenerationParameters, Priority, Usage
from chatapp.domain.model import Adapter, ModelFile
from chatapp.engine.engine import Engine
from chatapp.engine.messages import (
    AdaptersSet,
    Delta,
    Failed,
    Finished,
    Generate,
    Load,
    Loaded,
    LoadOptions,
    SetAdapters,
    StateFolder,
)
from chatapp.engine.state import EngineStatus
from chatapp.errors import (
    AdapterDamaged,
    AdapterMissing,
    AdapterUnsuitable,
    ChatappError,
    NotAnAdapter,
    from_record,
)
from tests.engine.adapter_files import Weights, random_weights, write_adapter
from tests.engine.conftest import TIMEOUT, Asker, Recorder, user
from tests.engine.gguf_files import write_tiny_architecture
from tests.engine.test_process import Process

pytestmark = pytest.mark.model

TEMPLATE = "{% for m in messages %}[{{ m.role[0] }}]{{ m.content }}{% endfor %}[a]"
OPTIONS = LoadOptions(context_length=2048, threads=1, flash_attention=True)
PARAMETERS = GenerationParameters(temperature=0.0, repeat_penalty=1.0, max_tokens=12)
QUESTION = "What did the keeper of the lighthouse write down every evening, and what for? " * 4
FIRST, SECOND = random_weights(11), random_weights(12)


SETS = {  # how much of the first and of the second one
    "none": (0.0, 0.0),
    "first": (1.0, 0.0),
    "half": (0.5, 0.0),
    "both": (1.0, 0.75),
}
BEGUN = "ONCE A"

Sets = dict[str, tuple[Adapter, ...]]


@dataclass(frozen=True, slots=True)
class Said:
    """What a model answers, and how it goes on with `BEGUN`."""

    text: str
    rest: str


class Changed(Asker):
    """An engine with a tiny model, asked with adapters."""

    def __init__(self, folder: Path, options: LoadOptions = OPTIONS) -> None:
        path = folder / "tiny.gguf"
        if not path.exists():
            write_tiny_architecture(path, "llama", template=TEMPLATE)
        states = StateFolder(str(folder / "states"), 2**30)
        engine = Engine(logs=folder, default_options=options, states=states)
        super().__init__(engine, ModelFile(str(path), "tiny"))

    def __enter__(self) -> Self:
        self.engine.load(self.model)
        self.wait_for_status(EngineStatus.READY)
        return self

    def __exit__(self, *_: object) -> None:
        self.engine.close()

    def begin(
        self,
        *adapters: Adapter,
        conversation: str = "",
        prefill: str = "",
        priority: Priority = Priority.INTERACTIVE,
        usual: bool = False,
    ) -> Recorder:
        recorder = Recorder()
        self.engine.generate(
            self.model,
            user(QUESTION),
            PARAMETERS,
            adapters=None if usual else adapters,
            conversation=conversation,
            prefill=prefill,
            priority=priority,
            on_event=recorder,
        )
        return recorder

    def says(
        self, *adapters: Adapter, conversation: str = "", prefill: str = "", usual: bool = False
    ) -> str:
        recorder = self.begin(*adapters, conversation=conversation, prefill=prefill, usual=usual)
        recorder.finished()
        return recorder.text

    def usage(self, *adapters: Adapter, conversation: str = "") -> Usage:
        return self.begin(*adapters, conversation=conversation).finished().usage

    def knows_nothing(self, *adapters: Adapter, conversation: str = "") -> bool:
        """Whether all of the prompt had to be read."""
        return self.usage(*adapters, conversation=conversation).cached_tokens == 0

    def knows_all(self, *adapters: Adapter, conversation: str = "") -> bool:
        """Whether nothing had to be read but the last token, as always."""
        usage = self.usage(*adapters, conversation=conversation)
        return usage.prompt_tokens - usage.cached_tokens == 1

    def put_away(self) -> None:
        self.engine.unload()
        self.wait_for_status(EngineStatus.UNLOADED)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Changed]:
    """A loaded engine that the tests of this file share: none of them may harm it."""
    with Changed(tmp_path_factory.mktemp("tiny")) as changed:
        yield changed


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Changed]:
    """An engine of this test alone."""
    with Changed(tmp_path) as changed:
        yield changed


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_adapter(tmp_path_factory.mktemp("adapters") / "first.gguf", FIRST))


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_adapter(tmp_path_factory.mktemp("adapters") / "second.gguf", SECOND))


@pytest.fixture(scope="module")
def sets(first: str, second: str) -> Sets:
    return {
        name: tuple(Adapter(path, scale) for path, scale in ((first, one), (second, two)) if scale)
        for name, (one, two) in SETS.items()
    }


@pytest.fixture(scope="module")
def merged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Said]:
    """What models say that have the changes in their weights."""
    found = {}
    for name, scales in SETS.items():
        changes: Counter[str] = Counter()
        for weights, scale in zip((FIRST, SECOND), scales, strict=True):
            for tensor, added in weights.added(scale).items():
                changes[tensor] = changes[tensor] + added
        folder = tmp_path_factory.mktemp(name)
        write_tiny_architecture(folder / "tiny.gguf", "llama", template=TEMPLATE, changes=changes)
        with Changed(folder) as model:
            found[name] = Said(model.says(), model.says(prefill=BEGUN))
    return found


def test_it_changes_the_answer_as_far_as_its_scale(
    tiny: Changed, merged: dict[str, Said], first: str, second: str
) -> None:
    plain, one, two = tiny.says(), Adapter(first), Adapter(second, 0.75)
    assert plain == merged["none"].text
    assert tiny.says(one) == merged["first"].text
    assert tiny.says(Adapter(first, 0.5)) == merged["half"].text
    assert tiny.says(one, two) == tiny.says(two, one) == merged["both"].text
    others = tiny.says(Adapter(first, -1.0)), tiny.says(two)
    assert len({*others, *(said.text for said in merged.values())}) == 6
    assert tiny.says(Adapter(first, 0.25), Adapter(first, 0.25)) == merged["half"].text
    assert tiny.says(one, Adapter(first, -1.0)) == plain
    assert tiny.knows_all(Adapter(first, 0.0))
    assert tiny.says(Adapter(first, 0.0)) == plain
    assert tiny.says() == plain


def test_those_of_the_load_are_usual_and_change_without_another_load(
    own: Changed, tmp_path: Path, merged: dict[str, Said], sets: Sets
) -> None:
    pid, states = own.engine.worker_pid, len(own.states)
    for name in ("first", "both", "none", "first"):
        own.engine.load(own.model, replace(OPTIONS, adapters=sets[name]))
        assert own.says(usual=True) == merged[name].text
        assert own.says() == merged["none"].text
    assert own.engine.worker_pid == pid
    assert len(own.states) == states
    with Changed(tmp_path, replace(OPTIONS, adapters=sets["both"])) as other:
        assert other.says(usual=True) == merged["both"].text
        assert other.says() == merged["none"].text
        loaded = other.engine.state.loaded
        assert loaded is not None
        assert loaded.accepts_adapters


def test_what_was_read_does_not_leak(own: Changed, merged: dict[str, Said], sets: Sets) -> None:
    for talk in ("", "talk"):  # in memory alone, and on disk too
        for adapters in sets.values():
            assert own.knows_nothing(*adapters, conversation=talk)
        for name, adapters in sets.items():
            assert own.knows_all(*adapters, conversation=talk)
            assert own.says(*adapters, conversation=talk) == merged[name].text
        for name, adapters in sets.items():
            rest = own.says(*adapters, conversation=talk, prefill=BEGUN)
            assert rest == merged[name].rest
        own.put_away()
    for name, adapters in sets.items():
        assert own.knows_all(*adapters, conversation="talk")
        assert own.says(*adapters, conversation="talk") == merged[name].text
    assert own.knows_nothing(*sets["both"][:1], *sets["both"][:1], conversation="talk")
    own.engine.forget("talk")
    for adapters in sets.values():
        assert own.knows_nothing(*adapters, conversation="talk")


def test_another_file_in_its_place_is_another_adapter(tiny: Changed, tmp_path: Path) -> None:
    path = write_adapter(tmp_path / "same.gguf", random_weights(21))
    before = tiny.says(Adapter(str(path)), conversation="replaced")
    write_adapter(tmp_path / "new.gguf", SECOND).replace(path)
    assert tiny.knows_nothing(Adapter(str(path)), conversation="replaced")
    assert tiny.says(Adapter(str(path)), conversation="replaced") != before


def test_answers_with_different_ones_at_the_same_time(
    tiny: Changed, merged: dict[str, Said], sets: Sets
) -> None:
    recorders = [
        (tiny.begin(*adapters, priority=priority), merged[name].text)
        for _ in range(3)
        for priority in (Priority.BACKGROUND, Priority.INTERACTIVE)
        for name, adapters in sets.items()
    ]
    for recorder, text in recorders:
        recorder.finished()
        assert recorder.text == text


def test_more_of_them_than_are_kept(tiny: Changed, tmp_path: Path) -> None:
    shapes = {"blk.0.ffn_up.weight": (128, 64)}
    adapters = [
        Adapter(str(write_adapter(tmp_path / f"{seed}.gguf", random_weights(seed, shapes))), 4.0)
        for seed in range(12)
    ]
    texts = [tiny.says(adapter) for adapter in adapters]
    assert len(set(texts)) > 6
    recorders = [tiny.begin(adapter) for adapter in adapters]
    for recorder, text in zip(recorders, texts, strict=True):
        recorder.finished()
        assert recorder.text == text


def problem(tiny: Changed, path: Path | str, scale: float = 1.0) -> ChatappError:
    return tiny.begin(Adapter(str(path), scale)).error()


def test_what_is_no_adapter_or_does_not_fit(tiny: Changed, tmp_path: Path, first: str) -> None:
    plain = tiny.says()
    pid = tiny.engine.worker_pid
    text = tmp_path / "text.gguf"
    text.write_text("This is no adapter.", encoding="utf-8")
    assert isinstance(problem(tiny, tmp_path / "missing.gguf"), AdapterMissing)
    for path in (text, tmp_path, tiny.model.path):
        assert isinstance(problem(tiny, path), NotAnAdapter)
    other = tmp_path / "other.gguf"
    assert isinstance(problem(tiny, write_adapter(other, FIRST, kind="model")), NotAnAdapter)
    error = problem(tiny, write_adapter(other, FIRST, architecture="gemma3"))
    assert isinstance(error, AdapterUnsuitable)
    assert "gemma3" in error.detail
    wide = random_weights(1, {"blk.0.attn_q.weight": (96, 96)})
    assert isinstance(problem(tiny, write_adapter(other, wide)), AdapterUnsuitable)
    deep = random_weights(1, {"blk.7.attn_q.weight": (64, 64)})
    assert isinstance(problem(tiny, write_adapter(other, deep)), AdapterUnsuitable)
    for scale in (float("nan"), float("inf"), 1e9):
        assert isinstance(problem(tiny, first, scale), AdapterUnsuitable)
    assert tiny.says() == plain
    assert tiny.engine.worker_pid == pid


def _flat(weights: Weights) -> Weights:
    a, b = (part[None].repeat(3, axis=0) for part in weights.pairs["blk.0.attn_q.weight"])
    return Weights({"blk.0.attn_q.weight": (a, b)})


@pytest.mark.parametrize(
    "arguments",
    [
        {"alpha": "much"},
        {"types": np.int32},
        {"weights": _flat(FIRST)},
        {"weights": Weights({})},
        {"weights": random_weights(1, {"token_embd.weight": (64, 260)})},
    ],
)
def test_damaged_ones(tiny: Changed, tmp_path: Path, arguments: dict[str, Any]) -> None:
    plain = tiny.says()
    pid = tiny.engine.worker_pid
    weights = arguments.pop("weights", FIRST)
    path = write_adapter(tmp_path / "bad.gguf", weights, **arguments)
    assert isinstance(problem(tiny, path), AdapterDamaged | AdapterUnsuitable)
    assert tiny.says() == plain
    assert tiny.engine.worker_pid == pid


@pytest.mark.parametrize("length", [5, 40, 300, 2000, -1])
def test_truncated_ones(tiny: Changed, tmp_path: Path, first: str, length: int) -> None:
    plain = tiny.says()
    pid = tiny.engine.worker_pid
    path = tmp_path / "cut.gguf"
    path.write_bytes(Path(first).read_bytes()[:length])
    assert isinstance(problem(tiny, path), AdapterDamaged)
    assert tiny.says() == plain
    assert tiny.engine.worker_pid == pid


def test_a_load_with_one_that_is_missing_says_so(tmp_path: Path) -> None:
    missing = Adapter(str(tmp_path / "missing.gguf"))
    asker = Changed(tmp_path, LoadOptions(2048, 1, None, True, adapters=(missing,)))
    try:
        asker.engine.load(asker.model)
        state = asker.wait_for_status(EngineStatus.FAILED)
        assert isinstance(state.error, AdapterMissing)
    finally:
        asker.engine.close()


def test_the_worker_changes_them_when_told(tmp_path: Path, first: str) -> None:
    path = write_tiny_architecture(tmp_path / "tiny.gguf", "llama", template=TEMPLATE)
    process = Process(tmp_path)
    process.send(SetAdapters(1, ()), Load(str(path), OPTIONS))
    assert process.get(Failed).request_id == 1
    process.get(Loaded)

    def says(request_id: int) -> str:
        process.send(Generate(request_id, user(QUESTION), PARAMETERS))
        text = ""
        while True:
            match process.replies.get(timeout=TIMEOUT):
                case Delta(text=more):
                    text += more
                case Finished():
                    return text

    plain = says(2)
    process.send(SetAdapters(3, (Adapter(first),)))
    assert process.get(AdaptersSet).request_id == 3
    assert says(4) != plain
    process.send(SetAdapters(5, (Adapter("nowhere"),)))
    failed = process.get(Failed)
    assert isinstance(from_record(failed.error), AdapterMissing)
    process.send(SetAdapters(6, ()))
    assert says(7) == plain
    process.worker.close()
