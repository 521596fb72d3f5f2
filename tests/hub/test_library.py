from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatapp.errors import ModelUnknown, NoModel
from chatapp.hub import library as library_module
from chatapp.hub.library import Library, describe_file
from chatapp.jobs import Jobs
from chatapp.paths import Paths


@pytest.fixture
def library(paths: Paths) -> Iterator[Library]:
    jobs = Jobs()
    library = Library(paths, jobs)
    yield library
    library.close()
    jobs.close()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Qwen3-4B-Instruct-Q4_K_M.gguf", ("Qwen3 4B Instruct", "Q4_K_M")),
        ("SmolLM2-135M-Instruct.Q4_1.gguf", ("SmolLM2 135M Instruct", "Q4_1")),
        ("model.IQ2_XXS.gguf", ("model", "IQ2_XXS")),
        ("gemma-3-270m-it-BF16.gguf", ("gemma 3 270m it", "BF16")),
        ("gpt-oss-20b-mxfp4.gguf", ("gpt oss 20b", "MXFP4")),
        ("big-q8_0-00001-of-00003.gguf", ("big", "Q8_0")),
        ("plain.gguf", ("plain", "")),
        ("Q4_0.gguf", ("Q4 0", "")),
    ],
)
def test_name_and_quantisation_from_the_file_name(name: str, expected: tuple[str, str]) -> None:
    model = describe_file(Path(name))
    assert (model.name, model.quantization) == expected


def test_models_of_the_folder_then_the_starter(
    library: Library, paths: Paths, starter_model: Path
) -> None:
    (paths.models / "org" / "repo").mkdir(parents=True)
    (paths.models / "org" / "repo" / "B-Q8_0.gguf").write_bytes(b"x" * 10)
    (paths.models / "a.GGUF").write_bytes(b"x")
    (paths.models / "s-00001-of-00002.gguf").write_bytes(b"x")
    (paths.models / "s-00002-of-00002.gguf").write_bytes(b"x")
    (paths.models / "notes.txt").write_text("")
    (paths.models / "folder.gguf").mkdir()
    models = library.models()
    assert [m.name for m in models] == ["a", "B", "s", "SmolLM2 135M Instruct"]
    assert models[1].size == 10
    assert models[-1].is_starter
    assert models[-1].path == str(starter_model)


def test_find_by_name_and_by_path(library: Library, tmp_path: Path) -> None:
    assert library.find("starter").is_starter
    assert library.find("smollm2 135m instruct").is_starter
    assert library.find("SmolLM2-135M-Instruct.Q4_1").is_starter
    file = tmp_path / "x.gguf"
    assert library.find(str(file)).path == str(file)
    with pytest.raises(ModelUnknown):
        library.find("nothing like it")


def test_default_is_the_preferred_one_if_it_is_there(library: Library, paths: Paths) -> None:
    chosen = paths.models / "chosen.gguf"
    chosen.write_bytes(b"x")
    assert library.default(str(chosen)).path == str(chosen)
    chosen.unlink()
    assert library.default(str(chosen)).is_starter


def test_no_model_at_all(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library_module, "find_starter_model", lambda _: None)
    with pytest.raises(NoModel):
        library.default()


def test_content_hash_is_computed_once(library: Library, tmp_path: Path) -> None:
    file = tmp_path / "m.gguf"
    file.write_bytes(b"content" * 1000)
    model = describe_file(file)
    first = library.content_hash(model)
    assert first.result(5) == hashlib.sha256(b"content" * 1000).hexdigest()
    assert library.content_hash(model) is first
    file.write_bytes(b"changed")
    assert library.content_hash(model).result(5) == hashlib.sha256(b"changed").hexdigest()


def test_hash_of_a_missing_file_is_an_error_not_a_crash(library: Library, tmp_path: Path) -> None:
    future = library.content_hash(describe_file(tmp_path / "gone.gguf"))
    assert isinstance(future.exception(1), OSError)
