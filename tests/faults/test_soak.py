from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.engine.gguf_files import write_tiny_architecture
from tests.faults.soak import KEPT_TINY, MOST_GROWTH, Soak

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.mark.model
def test_a_few_requests(tmp_path: Path, starter_model: Path) -> None:
    found = Soak(tmp_path, starter_model, seed=3, checked=1.0).run(10)
    assert not found.wrong
    assert found.checked > 4


@pytest.mark.parametrize("architecture", ["llama", "gemma3", "mamba2", "qwen35"])
def test_a_tiny_model(tmp_path: Path, architecture: str) -> None:
    """Many more in the same time, and other kinds of memory."""
    model = write_tiny_architecture(tmp_path / "tiny.gguf", architecture)
    found = Soak(tmp_path, model, seed=3, checked=1.0, kept=KEPT_TINY).run(40)
    assert not found.wrong
    assert found.checked > 20
    assert (found.application_growth or 0) < MOST_GROWTH
