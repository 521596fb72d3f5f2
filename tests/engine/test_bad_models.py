from __future__ import annotations

import math
from pathlib import Path

import pytest

from chatapp.domain.generation import FinishReason, GenerationParameters
from chatapp.domain.model import ModelFile, TemplateOrigin
from chatapp.engine.state import EngineStatus
from chatapp.errors import (
    ArchitectureUnknown,
    ChatappError,
    GenerationFailed,
    ModelCannotChat,
    ModelFileDamaged,
    ModelFileEmpty,
    ModelFileIsFolder,
    ModelFileMissing,
    NotGguf,
    WorkerDied,
)
from tests.engine.conftest import Asker, user
from tests.engine.gguf_files import write_tiny_model

pytestmark = pytest.mark.model

FEW = GenerationParameters(max_tokens=4, seed=1)


def failure(real: Asker, path: Path) -> ChatappError:
    error = real.ask(parameters=FEW, model=ModelFile(str(path), path.stem))[1].error()
    state = real.wait_for_status(EngineStatus.FAILED)
    assert type(state.error) is type(error)
    return error


def test_no_models_at_all(real: Asker, tmp_path: Path) -> None:
    text, empty = tmp_path / "text.gguf", tmp_path / "empty.gguf"
    text.write_text("This is no model.", encoding="utf-8")
    empty.touch()
    assert isinstance(failure(real, text), NotGguf)
    assert isinstance(failure(real, empty), ModelFileEmpty)
    assert isinstance(failure(real, tmp_path), ModelFileIsFolder)
    assert isinstance(failure(real, tmp_path / "missing.gguf"), ModelFileMissing)


@pytest.mark.parametrize("length", [4, 8, 24, 1000, 1_700_000, 2_000_000, 50_000_000, -1])
def test_truncated_files(real: Asker, starter_model: Path, tmp_path: Path, length: int) -> None:
    path = tmp_path / "cut.gguf"
    with starter_model.open("rb") as source:
        size = length if length > 0 else starter_model.stat().st_size + length
        path.write_bytes(source.read(size))
    error = failure(real, path)
    assert isinstance(error, ModelFileDamaged)
    assert error.detail


def test_weights_that_are_no_numbers(real: Asker, tmp_path: Path) -> None:
    path = write_tiny_model(tmp_path / "nan.gguf", scale=math.nan)
    error = real.ask(parameters=FEW, model=ModelFile(str(path), "Nan"))[1].error()
    assert isinstance(error, GenerationFailed)
    assert "not a number" in error.detail


@pytest.mark.parametrize("rest", [b"\xff" * 1000, bytes(1000), b"\3\0\0\0" + bytes(range(256))])
def test_garbage_after_the_magic(real: Asker, tmp_path: Path, rest: bytes) -> None:
    path = tmp_path / "garbage.gguf"
    path.write_bytes(b"GGUF" + rest)
    assert isinstance(failure(real, path), ModelFileDamaged)


def test_models_that_are_not_for_chatting(real: Asker, tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    error = failure(real, write_tiny_model(path, architecture="nonesuch"))
    assert isinstance(error, ArchitectureUnknown)
    assert error.architecture == "nonesuch"
    assert isinstance(failure(real, write_tiny_model(path, weights=False)), ModelFileDamaged)
    assert isinstance(failure(real, write_tiny_model(path, architecture="clip")), ModelCannotChat)
    assert isinstance(failure(real, write_tiny_model(path, vocabulary=False)), ModelCannotChat)


@pytest.mark.parametrize(
    ("template", "origin"),
    [
        (None, TemplateOrigin.MISSING),
        ("{% for m in messages %}{{ m.content }}{% endfor %}", TemplateOrigin.MODEL),
        ("{{ raise_exception('no') }}", TemplateOrigin.FAILED),
        ("{% for i in range(10**12) %}{% endfor %}", TemplateOrigin.FAILED),
        ("{% for i in range(99999) %}" * 3 + "{% endfor %}" * 3, TemplateOrigin.FAILED),
        ("{{ 'a' * 10**9 }}", TemplateOrigin.FAILED),
    ],
)
def test_templates(
    real: Asker, tmp_path: Path, template: str | None, origin: TemplateOrigin
) -> None:
    path = write_tiny_model(tmp_path / "tiny.gguf", template=template)
    end = real.ask(parameters=FEW, model=ModelFile(str(path), "tiny"))[1].finished()
    assert end.reason is FinishReason.LENGTH
    loaded = real.engine.state.loaded
    assert loaded is not None
    assert loaded.template_origin is origin
    assert bool(loaded.template_problem) == (origin is TemplateOrigin.FAILED)


def test_a_template_that_hangs_later_ends_the_worker_and_only_that(
    real: Asker, tmp_path: Path
) -> None:
    nested = "{% for i in range(99999) %}" * 3 + "{% endfor %}" * 3
    template = (
        "{% for m in messages %}{% if 'hang' in m.content %}" + nested + "{% endif %}"
        "{{ m.content }}{% endfor %}"
    )
    path = write_tiny_model(tmp_path / "tiny.gguf", template=template)
    model = ModelFile(str(path), "tiny")
    error = real.ask(user("hang"), FEW, model=model)[1].error()
    assert isinstance(error, WorkerDied)
    assert error.detail.startswith("Timeout")
    assert real.ask(user("go"), FEW, model=model)[1].finished()


@pytest.mark.parametrize(("trained", "used"), [(0, 8192), (300, 512), (2**31 - 1, 8192)])
def test_context_lengths(real: Asker, tmp_path: Path, trained: int, used: int) -> None:
    path = write_tiny_model(tmp_path / "tiny.gguf", trained_context=trained)
    real.ask(parameters=FEW, model=ModelFile(str(path), "tiny"))[1].finished()
    loaded = real.engine.state.loaded
    assert loaded is not None
    assert loaded.context_length == used
