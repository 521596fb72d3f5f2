"""What rests in the context while a computation of others is ended in the middle of it."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from tests.engine.gguf_files import write_tiny_architecture
from tests.engine.interrupt_targets import differ


@pytest.mark.parametrize("name", ["llama", "mamba2", "qwen35"])
def test_who_rests_goes_on_from_what_was_read(tmp_path: Path, name: str) -> None:
    """A recurrent model's states are moved by batches of others, which may be half done."""
    path = write_tiny_architecture(tmp_path / "tiny.gguf", name)
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        assert pool.submit(differ, str(path)).result() < 0.05
