from __future__ import annotations

import os
import struct
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import gguf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.domain.header import ModelHeader, ModelKind
from chatapp.errors import (
    ChatappError,
    ModelFileDamaged,
    ModelFileEmpty,
    ModelFileIsFolder,
    ModelFileMissing,
    ModelFileUnreadable,
    ModelLoadFailed,
    NotGguf,
)
from chatapp.hub.gguf_header import MOST_BYTES, parse_header, read_header
from chatapp.hub.tensor_types import FILE_TYPES, TENSOR_TYPES
from tests.engine.gguf_files import ARCHITECTURES, Kind, write_tiny_architecture, write_tiny_model
from tests.faults.gguf_bytes import (
    ARRAY,
    STRING,
    UINT32,
    UINT64,
    array,
    key_value,
    number,
    string,
    tensor,
    with_counts,
)
from tests.fuzz.gguf_header import start
from tests.hub.model_files import HOLLOW_MODELS, write_hollow

INT32, FLOAT32, BOOL, UINT16 = 5, 6, 7, 2
MEGABYTE = 10**6
ONE_IN_FOUR = struct.pack("<4i", 0, 0, 0, 1)


def uint32(value: int) -> bytes:
    return struct.pack("<I", value)


def header_bytes(*values: bytes, tensors: tuple[bytes, ...] = ()) -> bytes:
    return start(len(values), len(tensors)) + b"".join(values) + b"".join(tensors)


def parsed(*values: bytes, full: bool = True, tensors: tuple[bytes, ...] = ()) -> ModelHeader:
    header = parse_header(header_bytes(*values, tensors=tensors), full=full)
    assert isinstance(header, ModelHeader)
    return header


def architecture(name: str) -> bytes:
    return key_value("general.architecture", STRING, string(name.encode()))


def sizes(name: str, **values: int) -> tuple[bytes, ...]:
    """A model of 4 layers, with these keys beside."""
    values = {"block_count": 4, "embedding_length": 64, "context_length": 512} | values
    return (
        architecture(name),
        *(
            key_value(f"{name}.{key.replace('__', '.')}", UINT32, uint32(value))
            for key, value in values.items()
        ),
    )


def tokens(count: int) -> bytes:
    texts = b"".join(string(b"t%d" % index) for index in range(count))
    return key_value("tokenizer.ggml.tokens", ARRAY, array(STRING, count, texts))


# What is told


@pytest.mark.model
def test_the_starter_model(starter_model: Path) -> None:
    header = read_header(starter_model)
    assert (header.architecture, header.kind) == ("llama", ModelKind.CHAT)
    assert header.name
    assert header.parameters == 134_515_008
    assert header.file_type == "Q4_1"
    assert (header.layers, header.embedding_length, header.context_length) == (30, 576, 8192)
    assert (header.heads, header.kv_heads) == ((9,) * 30, (3,) * 30)
    assert (header.key_length, header.value_length) == (64, 64)
    assert header.vocabulary == 49_152
    assert header.has_chat_template
    assert "<|im_start|>" in header.chat_template
    assert header.license == "apache-2.0"
    assert header.file_bytes == starter_model.stat().st_size
    assert 1_700_000 < header.header_bytes < 1_900_000
    assert header.is_complete


@pytest.mark.model
def test_a_part_tells_what_a_fit_needs(starter_model: Path) -> None:
    whole = read_header(starter_model)
    part = read_header(starter_model, full=False)
    assert not part.is_complete
    for name in (
        *("architecture", "kind", "layers", "heads", "kv_heads", "embedding_length", "vocabulary"),
        *("context_length", "key_length", "value_length", "feed_forward", "file_type"),
    ):
        assert getattr(part, name) == getattr(whole, name), name
    assert part.parameters == pytest.approx(whole.parameters, rel=0.05)
    with starter_model.open("rb") as file:
        assert parse_header(file.read(2048), full=False) == part


@pytest.mark.model
def test_little_memory(starter_model: Path) -> None:
    tracemalloc.start()
    try:
        read_header(starter_model)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 20 * MEGABYTE


@pytest.mark.parametrize("entry", ARCHITECTURES, ids=lambda entry: entry.name)
def test_tiny_models(tmp_path: Path, entry: object) -> None:
    kind, name = entry.kind, entry.name  # type: ignore[attr-defined]
    path = write_tiny_architecture(tmp_path / "tiny.gguf", name, template="{{ messages }}")
    header = read_header(path)
    assert header.architecture == name
    is_embedding = kind is Kind.EMBEDDING
    assert header.kind is (ModelKind.EMBEDDING if is_embedding else ModelKind.CHAT)
    assert (header.layers, header.file_type) == (2, "F32")
    assert header.chat_template == "{{ messages }}"
    assert any(header.recurrent) == (kind in {Kind.RECURRENT, Kind.HYBRID})
    assert all(header.recurrent) == (kind is Kind.RECURRENT or name == "falcon-h1")
    assert any(header.kv_heads) == (kind not in {Kind.RECURRENT, Kind.EMBEDDING})
    assert any(header.sliding) == (kind is Kind.SLIDING)
    assert bool(header.experts) == (kind is Kind.EXPERTS)
    assert header.file_bytes <= path.stat().st_size


@pytest.mark.parametrize("name", HOLLOW_MODELS)
def test_models_of_real_sizes(tmp_path: Path, name: str) -> None:
    path = write_hollow(tmp_path / "hollow.gguf", HOLLOW_MODELS[name])
    header = read_header(path)
    assert header.vocabulary == HOLLOW_MODELS[name].vocabulary
    assert header.file_bytes == path.stat().st_size
    assert header.file_type == "F16"


def test_layers_that_keep_nothing_of_their_own() -> None:
    shared = parsed(*sizes("gemma4", attention__head_count=4, attention__shared_kv_layers=3))
    assert shared.kv_heads == (4, 0, 0, 0)
    ahead = parsed(*sizes("glm4moe", attention__head_count=4, nextn_predict_layers=1))
    assert ahead.kv_heads == (4, 4, 4, 0)
    mixed = parsed(
        *sizes("lfm2", attention__head_count=4),
        key_value(
            "lfm2.attention.head_count_kv", ARRAY, array(INT32, 4, struct.pack("<4i", 0, 2, 0, 2))
        ),
    )
    assert mixed.kv_heads == (0, 2, 0, 2)
    assert mixed.recurrent == (True, False, True, False)
    apart = parsed(
        *sizes("nemotron_h", attention__head_count=4),
        key_value("nemotron_h.attention.head_count_kv", ARRAY, array(INT32, 4, ONE_IN_FOUR)),
        key_value("nemotron_h.feed_forward_length", ARRAY, array(INT32, 4, ONE_IN_FOUR[::-1])),
    )
    assert apart.heads == (0, 0, 0, 4)
    assert apart.kv_heads == (0, 0, 0, 1)
    assert apart.feed_forward == (2**24, 0, 0, 0)
    assert apart.recurrent == (False, True, True, False)
    each_second = parsed(
        *sizes("qwen35", attention__head_count=4, full_attention_interval=2, nextn_predict_layers=1)
    )
    assert each_second.recurrent == (True, False, True, False)
    assert each_second.kv_heads == (0, 4, 0, 0)


def test_layers_with_experts() -> None:
    def layers(**values: int) -> str:
        header = parsed(*sizes("llama4", **values))
        return "".join("-e"[has_experts] for has_experts in header.has_experts)

    assert layers() == "----"
    assert layers(expert_count=8) == "eeee"
    assert layers(expert_count=8, leading_dense_block_count=1) == "-eee"
    assert layers(expert_count=8, interleave_moe_layer_step=2) == "-e-e"


def test_a_header_that_was_kept_must_be_sound() -> None:
    header = parsed(*sizes("llama", attention__head_count=4, expert_count=8))
    assert header.is_sound
    assert not replace(header, layers=5).is_sound
    assert not replace(header, has_experts=()).is_sound
    assert not replace(header, feed_forward=(0,) * 5).is_sound


def test_sliding_windows() -> None:
    def layers(name: str, *more: bytes, **values: int) -> tuple[int, str]:
        header = parsed(*sizes(name, block_count=8, attention__head_count=4, **values), *more)
        return header.sliding_window, "".join("fs"[sliding] for sliding in header.sliding)

    window = {"attention__sliding_window": 128}
    assert layers("gemma3", **window) == (128, "sssssfss")
    assert layers("gemma3") == (0, "ffffffff")
    assert layers("gemma2") == (4096, "sfsfsfsf")
    assert layers("gpt-oss", **window) == (128, "sfsfsfsf")
    assert layers("cohere2moe", **window) == (128, "fsssfsss")
    assert layers("llama4") == (8192, "sssfsssf")
    assert layers("llama4", attention__sliding_window=0) == (0, "ffffffff")
    assert layers("exaone4", **window) == (0, "ffffffff")
    assert layers("phi3", **window) == (0, "ffffffff")
    assert layers("qwen2", **window) == (0, "ffffffff")
    period = {"attention__sliding_window_pattern": 3}
    assert layers("gemma3", **window, **period) == (128, "ssfssfss")
    listed = key_value(
        "gemma4.attention.sliding_window_pattern", ARRAY, array(BOOL, 8, bytes([1, 1, 1, 0] * 2))
    )
    assert layers("gemma4", listed, **window) == (128, "sssfsssf")


def test_what_a_file_is_for() -> None:
    def kind(name: str, *more: bytes, **values: int) -> ModelKind:
        return parsed(*sizes(name, **values), *more).kind

    def general(text: bytes) -> bytes:
        return key_value("general.type", STRING, string(text))

    assert kind("qwen3") is ModelKind.CHAT
    assert kind("qwen3", pooling_type=3) is ModelKind.EMBEDDING
    assert kind("qwen3", pooling_type=4) is ModelKind.OTHER
    assert kind("nomic-bert") is ModelKind.EMBEDDING
    assert kind("bert", pooling_type=4) is ModelKind.OTHER
    assert kind("clip") is ModelKind.PROJECTOR
    assert kind("llama", general(b"mmproj")) is ModelKind.PROJECTOR
    assert kind("llama", general(b"adapter")) is ModelKind.OTHER
    assert kind("llama", general(b"model")) is ModelKind.CHAT
    assert kind("t5") is ModelKind.OTHER
    no_words = key_value("tokenizer.ggml.model", STRING, string(b"none"))
    assert kind("llama", no_words) is ModelKind.OTHER
    assert kind("llama", block_count=0) is ModelKind.OTHER
    assert parsed(general(b"imatrix")).kind is ModelKind.OTHER
    assert parsed().kind is ModelKind.OTHER


def test_sets_of_files() -> None:
    def short(key: str, value: int) -> bytes:
        return key_value(key, UINT16, struct.pack("<H", value))

    whole = parsed(*sizes("llama"), short("split.no", 0), short("split.count", 1))
    assert (whole.split_number, whole.split_count) == (0, 0)
    label = key_value("general.size_label", STRING, string(b"30B-A3B"))
    second = parsed(
        *sizes("llama"), label, short("split.no", 1), short("split.count", 3), tensors=(LARGE,)
    )
    assert (second.split_number, second.split_count) == (2, 3)
    assert second.parameters == 30 * 10**9  # not those of this file alone


LARGE = tensor("a.weight", (1024, 1024), kind=12)


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        (b"135M", 135 * 10**6),
        (b"8x7B", 56 * 10**9),
        (b"0.6B", 6 * 10**8),
        (b"1.5T", 1_500 * 10**9),
        (b"26B-A4B", 26 * 10**9),
        (b"large", 0),
        (b"9999999999B", 0),
        (b"", 0),
    ],
)
def test_parameters_from_the_label(label: bytes, expected: int) -> None:
    value = key_value("general.size_label", STRING, string(label))
    assert parsed(*sizes("llama"), value, full=False).parameters == expected


def test_parameters_and_type_from_the_tensors() -> None:
    scale = tensor("norm.weight", (10**6,), kind=0, offset=1024 * 1024 * 144 // 256)
    header = parsed(*sizes("llama"), tensors=(LARGE, scale))
    assert header.parameters == 1024 * 1024 + 10**6
    assert header.file_type == "Q4_K_M"
    assert header.file_bytes == header.header_bytes + 1024 * 1024 * 144 // 256 + 4 * 10**6
    assert header.header_bytes % 32 == 0


def test_file_types_are_those_of_llama_cpp() -> None:
    theirs = {kind.value: kind.name.partition("_")[2] for kind in gguf.LlamaFileType if kind < 1024}
    assert {number: FILE_TYPES[number] for number in theirs} == theirs
    known = dict(gguf.GGML_QUANT_SIZES)
    del known[gguf.GGMLQuantizationType.Q8_1]  # wrong there, and in no file
    for kind, (block, size) in known.items():
        assert (TENSOR_TYPES[kind].block, TENSOR_TYPES[kind].size) == (block, size), kind.name
    for told, name in FILE_TYPES.items():
        header = parsed(key_value("general.file_type", UINT32, uint32(told)))
        assert header.file_type == name
    guessed = key_value("general.file_type", UINT32, uint32(1024 + 15))
    assert parsed(guessed).file_type == "Q4_K_M"
    assert parsed(key_value("general.file_type", UINT32, uint32(999))).file_type == ""


def test_older_files_are_read() -> None:
    data = bytearray(header_bytes(*sizes("llama")))
    data[4] = 2
    header = parse_header(bytes(data), full=True)
    assert isinstance(header, ModelHeader)
    assert header.layers == 4


# In parts


@pytest.mark.model
def test_every_part_says_how_much_more_is_needed(starter_model: Path) -> None:
    with starter_model.open("rb") as file:
        data = file.read(2**21)
    for full in (False, True):
        wanted, steps = 0, 0
        while isinstance(result := parse_header(data[:wanted], full=full), int):
            assert wanted < result <= MOST_BYTES
            wanted, steps = result, steps + 1
        assert steps < 25
        assert result == parse_header(data, full=full)


@given(st.integers(0, 10_000), st.booleans())
def test_any_part_of_a_header(length: int, full: bool) -> None:
    data = header_bytes(*sizes("llama"), tokens(100), tensors=(LARGE,) * 20)
    result = parse_header(data[:length], full=full)
    if isinstance(result, int):
        assert result > min(length, len(data))
    else:
        assert result == parse_header(data, full=full)


def test_keys_behind_the_vocabulary_are_found() -> None:
    values = sizes("llama", attention__head_count=4)
    header = parsed(tokens(100), *values, full=False)
    assert (header.layers, header.vocabulary) == (4, 100)
    partly = parsed(values[0], tokens(100), *values[1:], full=False)
    assert partly == header


def test_a_part_ends_where_the_vocabulary_begins() -> None:
    data = header_bytes(*sizes("llama"), tokens(100))
    end = data.index(b"tokenizer.ggml.tokens") + len("tokenizer.ggml.tokens") + 4 + 12
    header = parse_header(data[:end], full=False)
    assert isinstance(header, ModelHeader)
    assert header.vocabulary == 100
    assert isinstance(parse_header(data[: end - 1], full=False), int)


# What is no header


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"GGML" + bytes(100), NotGguf),
        (b"PK", NotGguf),
        (b"<html>" * 10, NotGguf),
        (struct.pack(">4sIQQ", b"GGUF", 3, 0, 0), ModelLoadFailed),
        (struct.pack("<4sIQQ", b"GGUF", 1, 0, 0), ModelLoadFailed),
        (struct.pack("<4sIQQ", b"GGUF", 4, 0, 0), ModelLoadFailed),
        (b"GGUF" + b"\xff" * 100, ModelFileDamaged),
    ],
)
def test_other_files(data: bytes, error: type[ChatappError]) -> None:
    for full in (False, True):
        with pytest.raises(error):
            parse_header(data, full=full, path="x")


LLAMA = sizes("llama")
HUGE = (2**63, 2**64 - 1, 2**40)


@pytest.mark.parametrize(
    "data",
    [
        *(start(count) for count in (100_001, *HUGE)),
        *(start(0, count) for count in (65_537, *HUGE)),
        *(start(1) + number(length) + bytes(100) for length in (0, 65_536, *HUGE)),
        *(
            header_bytes(key_value("a", STRING, string(b"", length=length)))
            for length in (10 * 2**20 + 1, *HUGE)
        ),
        *(
            header_bytes(key_value("a", ARRAY, array(kind, length)))
            for length in HUGE
            for kind in (0, 7, STRING, UINT64)
        ),
        *(header_bytes(key_value("a", ARRAY, array(kind, 1))) for kind in (ARRAY, 13, 2**32 - 1)),
        *(header_bytes(key_value("a", kind, bytes(100))) for kind in (13, 99, 2**32 - 1)),
        header_bytes(key_value("a", ARRAY, array(STRING, 1, number(2**62)))),
        header_bytes(*LLAMA, *LLAMA),
        header_bytes(*sizes("llama", block_count=513)),
        header_bytes(tensors=(tensor("t", (1,) * 9),)),
        header_bytes(tensors=(tensor("t", (2**32, 2**32)),)),
        header_bytes(tensors=(tensor("t", (1,), offset=2**63),)),
        header_bytes(tensors=(number(2**40) + bytes(100),)),
        header_bytes(key_value("general.alignment", UINT32, uint32(0)), tensors=(LARGE,)),
        header_bytes(key_value("general.alignment", UINT32, uint32(2**31)), tensors=(LARGE,)),
    ],
)
def test_numbers_that_can_not_be(data: bytes) -> None:
    with pytest.raises(ModelFileDamaged) as caught:
        parse_header(data, full=True, path="x.gguf")
    assert caught.value.path == "x.gguf"
    assert caught.value.detail


@pytest.mark.parametrize("value", [0, 2**31, 2**32 - 1])
def test_sizes_that_can_not_be_are_as_if_they_were_not_there(value: int) -> None:
    header = parsed(
        *sizes("llama", attention__head_count=value, vocab_size=value, expert_count=value)
    )
    assert header.heads == (0,) * 4
    assert (header.key_length, header.vocabulary, header.experts) == (0, 0, 0)


def test_values_of_the_wrong_type_are_as_if_they_were_not_there() -> None:
    header = parsed(
        architecture("llama"),
        key_value("llama.block_count", UINT32, uint32(4)),
        key_value("llama.context_length", STRING, string(b"long")),
        key_value("llama.embedding_length", FLOAT32, struct.pack("<f", 64.0)),
        key_value("llama.attention.head_count", ARRAY, array(FLOAT32, 4, bytes(16))),
        key_value("llama.attention.head_count_kv", ARRAY, array(UINT32, 2, bytes(8))),
        key_value("llama.attention.key_length", INT32, struct.pack("<i", -1)),
        key_value("general.name", UINT32, uint32(7)),
        key_value("general.file_type", STRING, string(b"Q4_K_M")),
        key_value("tokenizer.chat_template", UINT32, uint32(7)),
        key_value("tokenizer.ggml.tokens", STRING, string(b"t")),
        key_value("split.count", STRING, string(b"two")),
    )
    assert header.kind is ModelKind.CHAT
    assert (header.context_length, header.embedding_length, header.key_length) == (0, 0, 0)
    assert (header.heads, header.kv_heads) == ((0,) * 4, (0,) * 4)
    assert (header.name, header.file_type, header.vocabulary) == ("", "", 0)
    assert (header.has_chat_template, header.split_count) == (False, 0)


def test_names_are_one_short_line() -> None:
    name = key_value("general.name", STRING, string(b"a\nb\x00\xff" + b"x" * 400))
    header = parsed(architecture("llama\r\n"), name)
    assert header.architecture == "llama"
    assert len(header.name) == 200
    assert header.name.startswith("a b ")
    assert header.name.isprintable()


def test_a_template_that_is_too_long_is_not_kept() -> None:
    template = key_value("tokenizer.chat_template", STRING, string(b"x" * (2**20 + 1)))
    header = parsed(*sizes("llama"), template)
    assert header.has_chat_template
    assert header.chat_template == ""


@given(st.binary(max_size=300), st.booleans())
def test_anything_behind_the_magic(rest: bytes, full: bool) -> None:
    for data in (b"GGUF" + rest, start(3, 2) + rest):
        try:
            result = parse_header(data, full=full)
        except (ModelFileDamaged, ModelLoadFailed):
            continue
        assert isinstance(result, ModelHeader) or result > len(data)


# Files


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return write_tiny_model(tmp_path / "tiny.gguf")


def test_files_that_are_cut_off(tiny: Path) -> None:
    data = tiny.read_bytes()
    begin = read_header(tiny).header_bytes
    for length in (
        3,
        8,
        24,
        100,
        begin - 40,
        begin,
        len(data) // 2,
        read_header(tiny).file_bytes - 1,
    ):
        tiny.write_bytes(data[:length])
        with pytest.raises(ModelFileDamaged) as caught:
            read_header(tiny)
        assert caught.value.path == str(tiny)
    tiny.write_bytes(data[:begin])
    assert read_header(tiny, full=False).layers == 1  # that is all a part can tell


def test_counts_that_are_not_there(tiny: Path, tmp_path: Path) -> None:
    for tensors, keys in ((2**16, None), (None, 90_000), (1, 0)):
        path = with_counts(tmp_path / "other.gguf", tiny, tensors=tensors, keys=keys)
        with pytest.raises(ModelFileDamaged):
            read_header(path)


def test_a_long_header_is_read_in_steps(tmp_path: Path) -> None:
    path = tmp_path / "long.gguf"
    path.write_bytes(
        header_bytes(tokens(400_000), *sizes("llama"), tensors=(LARGE,)) + bytes(2**20)
    )
    header = read_header(path)
    assert (header.vocabulary, header.layers) == (400_000, 4)
    assert read_header(path, full=False).layers == 4


def test_a_header_that_never_ends(tmp_path: Path) -> None:
    path = tmp_path / "endless.gguf"
    text = key_value("a", STRING, string(b"", length=10 * 2**20))
    path.write_bytes(start(9) + text)
    with path.open("r+b") as file:
        file.truncate(10 * 2**30)
    with pytest.raises(ModelFileDamaged):
        read_header(path)
    keys = b"".join(
        key_value(f"a{index}", STRING, string(b"", length=9 * 2**20)) + bytes(9 * 2**20)
        for index in range(4)
    )
    path.write_bytes(start(99) + keys)
    with pytest.raises(ModelFileDamaged):
        read_header(path)


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda _: None, ModelFileMissing),
        (lambda path: path.mkdir(), ModelFileIsFolder),
        (lambda path: path.touch(), ModelFileEmpty),
        (lambda path: path.write_text("no model"), NotGguf),
    ],
)
def test_what_is_no_file(
    tmp_path: Path, make: Callable[[Path], object], error: type[ChatappError]
) -> None:
    path = tmp_path / "x.gguf"
    make(path)
    with pytest.raises(error):
        read_header(path)
    with pytest.raises(ModelFileUnreadable):
        read_header(Path("a\0b"))
    with pytest.raises(ModelFileMissing):
        read_header(tmp_path / "missing" / "x.gguf")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.gguf")
    with pytest.raises(ModelFileUnreadable):
        read_header(tmp_path / "pipe.gguf")
