"""Model files that were made to do harm: a reason, at once, and no memory."""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatapp.domain.model import ModelFile
from chatapp.engine.messages import Load, Loaded, LoadFailed, LoadOptions
from chatapp.engine.state import EngineStatus
from chatapp.errors import (
    ChatappError,
    ModelCannotChat,
    ModelFileDamaged,
    ModelLoadFailed,
    WorkerKeepsDying,
    from_record,
)
from tests.engine.conftest import GREEDY
from tests.engine.gguf_files import write_tiny_model
from tests.engine.test_process import Process
from tests.faults import gguf_bytes
from tests.faults.conftest import MEGABYTE, OpenScene
from tests.faults.gguf_bytes import ARRAY, STRING, UINT32, UINT64, array, key_value, string, tensor

MOST_MEMORY = 200 * MEGABYTE
ARCHITECTURE = key_value("general.architecture", STRING, string(b"llama"))


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_model(tmp_path_factory.mktemp("sound") / "tiny.gguf")


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    """One worker is asked to load one file after the other."""
    process = Process(tmp_path)
    yield process
    process.worker.close()
    assert not list(tmp_path.glob("worker-*"))


def load(process: Process, path: Path) -> ChatappError | None:
    process.send(Load(str(path), LoadOptions(context_length=512, threads=1)))
    reply = process.get((LoadFailed, Loaded))  # type: ignore[arg-type]
    return from_record(reply.error) if isinstance(reply, LoadFailed) else None


def memory(process: Process) -> int:
    """The most that the worker ever used, in bytes."""
    status = Path(f"/proc/{process.worker.pid}/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_absurd_numbers(process: Process, sound: Path, tmp_path: Path) -> None:
    path = tmp_path / "absurd.gguf"

    def files() -> Iterator[tuple[object, Path]]:
        for count in (2**30, 2**60, 2**63, 2**64 - 1):
            yield ("tensors", count), gguf_bytes.with_counts(path, sound, tensors=count, keys=None)
            yield ("keys", count), gguf_bytes.with_counts(path, sound, tensors=None, keys=count)
        for length in (2**31, 2**40, 2**63, 2**64 - 1):
            value = key_value("general.name", STRING, string(b"abc", length=length))
            yield ("length of a string", length), gguf_bytes.write(path, value)
            yield ("length of a key", length), gguf_bytes.write(path, gguf_bytes.number(length))
        for count in (2**32, 2**60, 2**62, 2**64 - 1):
            for kind in (UINT32, STRING, UINT64):
                value = key_value("a", ARRAY, array(kind, count, bytes(64)))
                yield ("array", kind, count), gguf_bytes.write(path, value)
        value = key_value("a", ARRAY, array(ARRAY, 2, array(UINT32, 1, bytes(4)) * 2))
        yield "array of arrays", gguf_bytes.write(path, value)
        yield "kind", gguf_bytes.write(path, key_value("a", 99, bytes(8)))
        for alignment in (0, 3, 2**31):
            value = key_value("general.alignment", UINT32, struct.pack("<I", alignment))
            yield ("alignment", alignment), gguf_bytes.write(path, value)
        for shape in ((2**33, 2**33), (2**62,), (2**63,), (2**64 - 1,), (1,) * 20, (2**32,) * 4):
            yield shape, gguf_bytes.write(path, ARCHITECTURE, tensor("t", shape), count=1)
        for kind in (43, 2**31, 2**32 - 1):
            part = tensor("t", (32,), kind=kind)
            yield ("kind of tensor", kind), gguf_bytes.write(path, ARCHITECTURE, part, count=1)
        part = tensor("t", (32,), offset=2**63)
        yield "offset", gguf_bytes.write(path, ARCHITECTURE, part, count=1)
        yield "version", gguf_bytes.write(path, ARCHITECTURE, version=2**31)
        yield "the same key twice", gguf_bytes.write(path, ARCHITECTURE * 2, keys=2)

    for what, file in files():
        error = load(process, file)
        assert isinstance(error, ModelFileDamaged), (what, error)
        assert error.detail, what
    assert memory(process) < MOST_MEMORY


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("value", [0, 2**31 - 1, 2**31, 2**32 - 1])
def test_absurd_architectures(process: Process, sound: Path, tmp_path: Path, value: int) -> None:
    for name, old in (
        ("embedding_length", 32),
        ("attention.head_count", 2),
        ("attention.head_count_kv", 2),
        ("rope.dimension_count", 16),
        ("feed_forward_length", 64),
    ):
        error = load(process, with_number(tmp_path, sound, f"llama.{name}", old, value))
        assert isinstance(error, ModelFileDamaged | ModelLoadFailed), (name, error)
    assert memory(process) < MOST_MEMORY


def with_number(folder: Path, source: Path, key: str, old: int, new: int) -> Path:
    front = key.encode() + struct.pack("<I", UINT32)
    return gguf_bytes.changed(
        folder / "changed.gguf",
        source,
        front + struct.pack("<I", old),
        front + struct.pack("<I", new),
    )


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_vocabulary_that_is_not_there(process: Process, tmp_path: Path) -> None:
    source = write_tiny_model(tmp_path / "none.gguf", vocabulary=False)
    for size in (1, 2**24):
        error = load(process, with_number(tmp_path, source, "llama.vocab_size", 259, size))
        assert isinstance(error, ModelFileDamaged | ModelCannotChat), (size, error)
    assert memory(process) < MOST_MEMORY


@pytest.mark.parametrize("value", [2**31 - 1, 2**31, 2**32 - 1])
def test_numbers_that_are_put_right(
    open_scene: OpenScene, sound: Path, tmp_path: Path, value: int
) -> None:
    """Context lengths and special tokens that can't be: the model answers nevertheless."""
    path = with_number(tmp_path, sound, "llama.context_length", 512, value)
    for name, old in (("bos", 1), ("eos", 2), ("unknown", 0)):
        path = with_number(tmp_path, path, f"tokenizer.ggml.{name}_token_id", old, value)
    scene = open_scene(ModelFile(str(path), "absurd"))
    usage = scene.ask("Hello.")[1].finished().usage
    assert usage.completion_tokens == GREEDY.max_tokens
    loaded = scene.ready().loaded
    assert loaded is not None
    assert loaded.context_length == 8192


def test_a_number_that_ends_the_worker(open_scene: OpenScene, sound: Path, tmp_path: Path) -> None:
    path = with_number(tmp_path, sound, "llama.block_count", 1, 2**31)
    scene = open_scene(ModelFile(str(path), "absurd"))
    scene.engine.load(scene.model)
    error = scene.wait_for_status(EngineStatus.FAILED).error
    assert isinstance(error, WorkerKeepsDying)
    assert "GGML_ASSERT" in error.detail


def test_lists_that_do_not_belong_together(process: Process, sound: Path, tmp_path: Path) -> None:
    """Fewer scores or types than tokens, and what is a list where a number belongs."""
    content = sound.read_bytes()
    path = tmp_path / "lists.gguf"
    for key in (b"tokenizer.ggml.scores", b"tokenizer.ggml.token_type", b"tokenizer.ggml.tokens"):
        place = content.index(key) + len(key) + 4 + 4  # behind the kind, and the kind of the items
        for count in (0, 1, 258, 260, 2**40):
            changed = content[:place] + struct.pack("<Q", count) + content[place + 8 :]
            path.write_bytes(changed)
            error = load(process, path)
            assert isinstance(error, ModelFileDamaged | ModelLoadFailed), (key, count, error)
    for key in (b"llama.context_length", b"llama.block_count"):
        place = content.index(key) + len(key)
        path.write_bytes(content[:place] + struct.pack("<I", 6) + content[place + 4 :])  # a float
        error = load(process, path)
        assert isinstance(error, ModelFileDamaged | ModelLoadFailed), (key, error)
