"""Models to be made smaller: tiny ones with rows that fit every type, and some that are wrong."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest

from tests.engine import gguf_files
from tests.engine.gguf_files import write_tiny_architecture

WIDTH = 256
_TO_F16 = """
import os, sys
from llama_cpp import llama_cpp as llama
parameters = llama.llama_model_quantize_default_params()
parameters.ftype, parameters.allow_requantize = llama.LLAMA_FTYPE_MOSTLY_F16, True
sys.exit(llama.llama_model_quantize(*map(os.fsencode, sys.argv[1:]), parameters))
"""


def write_wide(path: Path, name: str = "llama", *, blocks: int = 2, shards: int = 0) -> Path:
    """A tiny model in F32 whose rows are multiples of 256; the first file of about `shards`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gguf_files, "_SIZE", WIDTH)
        patch.setattr(gguf_files, "_HEAD", WIDTH // gguf_files._HEADS)
        patch.setattr(gguf_files, "_HIDDEN", 2 * WIDTH)
        if name == "qwen35":  # its heads are as wide as their states
            patch.setattr(gguf_files, "_STATE", WIDTH // gguf_files._HEADS)
        if shards:
            each = (blocks * 9 + 3) // shards + 1
            writer = partial(gguf.GGUFWriter, split_max_tensors=each)
            patch.setattr(gguf_files.gguf, "GGUFWriter", writer)
        write_tiny_architecture(path, name, blocks=blocks)
    return path if not shards else next(path.parent.glob(f"{path.stem}-00001-of-*"))


def write_without_numbers(path: Path) -> Path:
    """A model that computes what is not a number."""
    return _write_with_output(path, lambda shape: np.full(shape, np.nan))


def write_that_only_ends(path: Path) -> Path:
    """A model whose every text is ended by its first token, with one of two."""

    def values(shape: tuple[int, ...]) -> Any:
        rows = np.zeros(shape)
        rows[1] = np.random.default_rng(1).normal(0, 1, shape[1])
        rows[2] = -rows[1]  # one of both is always above the others
        return rows

    add_bytes = gguf_files._add_bytes

    def add_ends(writer: gguf.GGUFWriter) -> list[str]:
        writer.add_eot_token_id(1)
        return add_bytes(writer)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gguf_files, "_add_bytes", add_ends)
        patch.setattr(gguf_files, "_WRITTEN", {"<s>", "</s>"})
        return _write_with_output(path, values)


def _write_with_output(path: Path, output: Callable[[tuple[int, ...]], Any]) -> Path:
    usual = gguf_files._values

    def values(key: str, shape: tuple[int, ...], random: np.random.Generator) -> Any:
        return output(shape) if key == "output.weight" else usual(key, shape, random)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gguf_files, "_values", values)
        return write_tiny_architecture(path, "llama")


def write_huge(path: Path, size: int) -> Path:
    """A model that says that it has so many bytes of weights, and lies on the disk as a hole."""
    rows = size // (2 * WIDTH)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(64)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(WIDTH)
    writer.add_head_count(4)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_tensor_info(
        "token_embd.weight", (rows, WIDTH), np.dtype(np.float16), 2 * rows * WIDTH
    )
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    writer.close()
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size + 2 * rows * WIDTH + 64)
    return path


def write_f16(source: Path, target: Path) -> Path:
    """The same model in F16."""
    subprocess.run(
        [sys.executable, "-c", _TO_F16, str(source), str(target)], check=True, capture_output=True
    )
    return target


def types_of(path: Path) -> set[str]:
    """The types of the tensors that have rows, but for those that llama.cpp never changes."""
    reader = gguf.GGUFReader(path)
    return {
        tensor.tensor_type.name
        for tensor in reader.tensors
        if len(tensor.shape) > 1 and tensor.name.endswith(".weight")
    }
