"""The file of a model that is in use is cut, replaced, overwritten or deleted."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from chatapp.domain.model import ModelFile
from chatapp.engine.state import EngineStatus
from chatapp.errors import (
    EngineError,
    ModelFileDamaged,
    ModelFileEmpty,
    ModelFileMissing,
    ModelLoadFailed,
    NotGguf,
    WorkerDied,
    WorkerKeepsDying,
)
from tests.engine.gguf_files import write_tiny_architecture
from tests.faults.conftest import ENDLESS, OPTIONS, TEMPLATE, OpenScene, Scene, wait_for_text

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a mapped file can't be changed")

QUESTION = "Tell me about the coast, the dunes and the birds on them. " * 3
UNUSABLE = (ModelFileDamaged, ModelFileEmpty, ModelLoadFailed, NotGguf, WorkerKeepsDying)


@pytest.fixture
def path(tiny: ModelFile, tmp_path: Path) -> Path:
    """A copy of the tiny model that may be harmed."""
    copy = tmp_path / "model.gguf"
    copy.write_bytes(Path(tiny.path).read_bytes())
    return copy


def put_back(path: Path, content: bytes) -> None:
    """Another file under the old name, so that nobody sees half of it."""
    new = path.with_suffix(".new")
    new.write_bytes(content)
    new.replace(path)


def answer(scene: Scene) -> str:
    _, recorder = scene.ask(QUESTION)
    recorder.finished()
    return recorder.text


def cut(path: Path, share: float) -> None:
    with path.open("r+b") as file:
        file.truncate(round(path.stat().st_size * share))


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_cut_while_it_answers(
    open_scene: OpenScene, reference: Callable[[str], str], path: Path, share: float
) -> None:
    """What is not there any more ends the process, and only that."""
    content = path.read_bytes()
    scene = open_scene(ModelFile(str(path), "tiny"))
    _, recorder = scene.ask(QUESTION, ENDLESS)
    wait_for_text(recorder)
    cut(path, share)
    error = recorder.error()
    assert isinstance(error, WorkerDied)
    assert error.exit_code == -signal.SIGBUS
    assert "Bus error" in error.detail
    assert isinstance(scene.wait_for_status(EngineStatus.FAILED).error, UNUSABLE)
    put_back(path, content)
    scene.engine.load(scene.model)
    scene.ready()
    assert answer(scene) == reference(QUESTION)


@pytest.mark.model
def test_cut_while_it_is_loaded(open_scene: OpenScene, starter_model: Path, tmp_path: Path) -> None:
    path = tmp_path / "starter.gguf"
    content = starter_model.read_bytes()
    path.write_bytes(content)
    scene = open_scene(
        ModelFile(str(path), "starter"), options=replace(OPTIONS, context_length=512)
    )
    _, recorder = scene.ask(QUESTION)
    scene.wait_for(lambda state: state.status is EngineStatus.LOADING and state.progress > 0)
    cut(path, 0.5)
    assert isinstance(recorder.error(), EngineError)
    assert isinstance(scene.wait_for_status(EngineStatus.FAILED).error, UNUSABLE)
    put_back(path, content)
    scene.engine.load(scene.model)
    scene.ready()
    assert answer(scene)


def test_replaced_by_another_model(
    open_scene: OpenScene, reference: Callable[[str], str], path: Path, tmp_path: Path
) -> None:
    """What was loaded goes on as it is; the next load finds the other one."""
    other = tmp_path / "other.gguf"
    write_tiny_architecture(other, "llama", template=TEMPLATE, trained_context=8192, seed=5)
    expected = answer(open_scene(ModelFile(str(other), "other")))
    assert expected != reference(QUESTION)
    scene = open_scene(ModelFile(str(path), "tiny"))
    assert answer(scene) == reference(QUESTION)
    put_back(path, other.read_bytes())
    assert answer(scene) == reference(QUESTION)
    scene.unload()
    assert answer(scene) == expected


def test_overwritten_while_it_answers(
    open_scene: OpenScene, reference: Callable[[str], str], path: Path
) -> None:
    """Whatever it writes then, it ends, and the right file answers as before."""
    content = path.read_bytes()
    scene = open_scene(ModelFile(str(path), "tiny"))
    generation, recorder = scene.ask(QUESTION, ENDLESS)
    wait_for_text(recorder)
    with path.open("r+b") as file:
        file.seek(len(content) // 2)
        file.write(b"\xff" * (len(content) - len(content) // 2))  # no numbers at all
    scene.ask(f"{QUESTION} Why?")[1].end()
    generation.stop()
    recorder.end()
    put_back(path, content)
    scene.unload()
    scene.engine.load(scene.model)
    scene.ready()
    assert answer(scene) == reference(QUESTION)


def test_deleted_while_it_answers(
    open_scene: OpenScene, reference: Callable[[str], str], path: Path
) -> None:
    content = path.read_bytes()
    scene = open_scene(ModelFile(str(path), "tiny"))
    assert answer(scene) == reference(QUESTION)
    path.unlink()
    assert answer(scene) == reference(QUESTION)
    scene.unload()
    _, recorder = scene.ask(QUESTION)
    assert isinstance(recorder.error(), ModelFileMissing)
    put_back(path, content)
    assert answer(scene) == reference(QUESTION)
