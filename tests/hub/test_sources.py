from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from chatapp.domain.header import ModelKind
from chatapp.domain.model import ModelFile, ModelSource
from chatapp.hub import sources
from chatapp.hub.gguf_header import read_header
from chatapp.hub.shelf import shelve
from chatapp.hub.sidecar import Facts
from chatapp.hub.sources import FoundFile, Places, Source, find_files, known_sources
from tests.hub.small_files import gguf_bytes, write_gguf

COMMIT, OLDER = "a" * 40, "0" * 40
_LAYER = '{"layers": [{"mediaType": "application/vnd.ollama.image.model", "digest": "%s"}]}'


def never() -> bool:
    return False


def found(source: Source, stop: Callable[[], bool] = never) -> list[FoundFile]:
    return list(find_files(source, stop))


def names(source: Source) -> list[str]:
    return [Path(file.path).name for file in found(source)]


def models(source: Source, *, with_headers: bool = False) -> list[ModelFile]:
    files = found(source)
    facts = {}
    if with_headers:
        facts = {f.path: Facts(f.size, f.mtime_ns, read_header(Path(f.path))) for f in files}
    return [shelved.model for shelved in shelve(source, files, facts, ())]


def folder(kind: ModelSource, path: Path) -> Source:
    return Source(kind, path)


def own(path: Path) -> Source:
    return Source(ModelSource.OWN, path)


# Where they are


def places(home: Path, platform: str = "linux", **environment: str) -> Places:
    return Places(home, environment, platform)


def folders_of(kind: ModelSource, at: Places) -> list[str]:
    home = f"{at.home}/"
    return [
        str(source.folder).removeprefix(home) for source in known_sources(at) if source.kind is kind
    ]


LINUX, MAC, WINDOWS = "linux", "darwin", "win32"
SUPPORT = "Library/Application Support"


@pytest.mark.parametrize(
    ("platform", "kind", "expected"),
    [
        (LINUX, ModelSource.LM_STUDIO, [".lmstudio/models", ".cache/lm-studio/models"]),
        (MAC, ModelSource.LM_STUDIO, [".lmstudio/models", ".cache/lm-studio/models"]),
        (WINDOWS, ModelSource.LM_STUDIO, [".lmstudio/models", ".cache/lm-studio/models"]),
        (LINUX, ModelSource.HUGGING_FACE, [".cache/huggingface/hub"]),
        (WINDOWS, ModelSource.HUGGING_FACE, [".cache/huggingface/hub"]),
        (LINUX, ModelSource.OLLAMA, [".ollama/models", "/usr/share/ollama/.ollama/models"]),
        (MAC, ModelSource.OLLAMA, [".ollama/models"]),
        (WINDOWS, ModelSource.OLLAMA, [".ollama/models"]),
        (LINUX, ModelSource.GPT4ALL, [".local/share/nomic.ai/GPT4All"]),
        (MAC, ModelSource.GPT4ALL, [f"{SUPPORT}/nomic.ai/GPT4All"]),
        (WINDOWS, ModelSource.GPT4ALL, ["AppData/Local/nomic.ai/GPT4All"]),
        (
            LINUX,
            ModelSource.JAN,
            [".local/share/Jan/data/llamacpp/models", ".local/share/Jan/data/models"],
        ),
        (
            MAC,
            ModelSource.JAN,
            [f"{SUPPORT}/Jan/data/llamacpp/models", f"{SUPPORT}/Jan/data/models"],
        ),
        (
            WINDOWS,
            ModelSource.JAN,
            ["AppData/Roaming/Jan/data/llamacpp/models", "AppData/Roaming/Jan/data/models"],
        ),
    ],
)
def test_usual_folders(
    tmp_path: Path, platform: str, kind: ModelSource, expected: list[str]
) -> None:
    assert folders_of(kind, places(tmp_path, platform)) == expected


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"HF_HUB_CACHE": "/d/hub", "HF_HOME": "/d/hf"}, "/d/hub"),
        ({"HUGGINGFACE_HUB_CACHE": "/d/old"}, "/d/old"),
        ({"HF_HOME": "/d/hf", "XDG_CACHE_HOME": "/d/x"}, "/d/hf/hub"),
        ({"HF_HOME": "~/hf"}, "hf/hub"),
        ({"XDG_CACHE_HOME": "/d/x"}, "/d/x/huggingface/hub"),
        ({"HF_HOME": "relative", "XDG_CACHE_HOME": ""}, ".cache/huggingface/hub"),
    ],
)
def test_variables_that_move_the_hugging_face_cache(
    tmp_path: Path, environment: dict[str, str], expected: str
) -> None:
    at = places(tmp_path, **environment)
    assert folders_of(ModelSource.HUGGING_FACE, at) == [expected]


def test_other_variables(tmp_path: Path) -> None:
    at = places(tmp_path, OLLAMA_MODELS="/d/ollama", XDG_DATA_HOME="/d/data")
    assert folders_of(ModelSource.OLLAMA, at) == ["/d/ollama"]
    assert folders_of(ModelSource.GPT4ALL, at) == ["/d/data/nomic.ai/GPT4All"]
    assert folders_of(ModelSource.JAN, at)[0] == "/d/data/Jan/data/llamacpp/models"
    at = places(tmp_path, JAN_DATA_FOLDER="/d/jan")
    assert folders_of(ModelSource.JAN, at) == ["/d/jan/llamacpp/models", "/d/jan/models"]
    at = places(tmp_path, WINDOWS, APPDATA="/d/roaming", LOCALAPPDATA="/d/local")
    assert folders_of(ModelSource.GPT4ALL, at) == ["/d/local/nomic.ai/GPT4All"]
    assert folders_of(ModelSource.JAN, at)[0] == "/d/roaming/Jan/data/llamacpp/models"


def test_lm_studio_moved_by_its_settings(tmp_path: Path) -> None:
    home = tmp_path / "elsewhere"
    home.mkdir()
    (tmp_path / ".lmstudio-home-pointer").write_text(f"{home}\n")
    (home / "settings.json").write_text(json.dumps({"downloadsFolder": "/d/lm"}))
    assert folders_of(ModelSource.LM_STUDIO, places(tmp_path)) == [
        "/d/lm",
        "elsewhere/models",
        ".lmstudio/models",
        ".cache/lm-studio/models",
    ]


def test_gpt4all_moved_by_its_settings(tmp_path: Path) -> None:
    settings = tmp_path / ".config" / "nomic.ai" / "GPT4All.ini"
    settings.parent.mkdir(parents=True)
    settings.write_text("[General]\nmodelPath=/d/gpt4all/模型/\nserverChat=true\n", "utf-8")
    assert folders_of(ModelSource.GPT4ALL, places(tmp_path)) == [
        "/d/gpt4all/模型",
        ".local/share/nomic.ai/GPT4All",
    ]


def test_jan_moved_by_its_settings(tmp_path: Path) -> None:
    settings = tmp_path / ".local" / "share" / "Jan" / "settings.json"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps({"data_folder": "/d/jan"}))
    assert folders_of(ModelSource.JAN, places(tmp_path)) == [
        "/d/jan/llamacpp/models",
        "/d/jan/models",
    ]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"downloadsFolder": 5}', b"\xff\0"])
def test_settings_that_can_not_be_read(tmp_path: Path, content: bytes) -> None:
    for file in (
        ".lmstudio-home-pointer",
        ".lmstudio/settings.json",
        ".config/nomic.ai/GPT4All.ini",
        ".local/share/Jan/settings.json",
    ):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_bytes(content)
    assert folders_of(ModelSource.LM_STUDIO, places(tmp_path))[0] == ".lmstudio/models"
    assert len(known_sources(places(tmp_path))) == 8


def test_settings_that_would_never_end(tmp_path: Path) -> None:
    """Opening a named pipe waits until somebody writes."""
    (tmp_path / ".lmstudio").mkdir()
    os.mkfifo(tmp_path / ".lmstudio" / "settings.json")
    assert folders_of(ModelSource.LM_STUDIO, places(tmp_path))[0] == ".lmstudio/models"


# Any folder


def test_files_of_a_folder(tmp_path: Path) -> None:
    write_gguf(tmp_path / "a" / "b" / "deep.gguf")
    write_gguf(tmp_path / "模型.GGUF")
    write_gguf(tmp_path / "x.gguf" / "inside-a-folder.gguf")
    write_gguf(tmp_path / ".hidden.gguf")
    write_gguf(tmp_path / ".cache" / "hidden.gguf")
    (tmp_path / "x.gguf.part").write_bytes(b"")
    (tmp_path / "notes.txt").write_bytes(b"")
    assert sorted(names(own(tmp_path))) == ["deep.gguf", "inside-a-folder.gguf", "模型.GGUF"]


def test_what_is_known_of_a_file(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "m.gguf")
    status = path.stat()
    [file] = found(own(tmp_path))
    assert (file.path, file.size, file.mtime_ns) == (str(path), status.st_size, status.st_mtime_ns)
    assert file.identity == (status.st_dev, status.st_ino)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    for kind in ModelSource:
        assert found(folder(kind, tmp_path / "gone")) == []


def test_links(tmp_path: Path) -> None:
    real = write_gguf(tmp_path / "real" / "m.gguf")
    searched = tmp_path / "searched"
    searched.mkdir()
    (searched / "file.gguf").symlink_to(real)
    (searched / "folder").symlink_to(real.parent)
    (searched / "broken.gguf").symlink_to(tmp_path / "gone")
    (searched / "loop.gguf").symlink_to("loop.gguf")
    (searched / "up").symlink_to(searched)
    (searched / "round").symlink_to(searched / "round2")
    (searched / "round2").symlink_to(searched / "round")
    (searched / "hard.gguf").hardlink_to(real)
    assert sorted(names(own(searched))) == ["file.gguf", "hard.gguf", "m.gguf"]
    assert [m.name for m in models(own(searched))] == ["file"], "all are the same file"


def test_real_folders_come_before_links_to_them(tmp_path: Path) -> None:
    write_gguf(tmp_path / "z" / "m.gguf")
    (tmp_path / "a").symlink_to(tmp_path / "z")
    [model] = models(own(tmp_path))
    assert model.path == str(tmp_path / "z" / "m.gguf")


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.gguf")
    write_gguf(tmp_path / "m.gguf")
    assert names(own(tmp_path)) == ["m.gguf"]


def test_a_file_that_vanishes(tmp_path: Path) -> None:
    for number in range(4):
        write_gguf(tmp_path / f"{number}.gguf")
    seen = []
    for file in find_files(own(tmp_path), never):
        seen.append(Path(file.path).name)
        (tmp_path / f"{len(seen)}.gguf").unlink(missing_ok=True)
    assert seen == ["0.gguf", "2.gguf", "3.gguf"]


def test_an_unreadable_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For root no folder is unreadable."""
    write_gguf(tmp_path / "locked" / "m.gguf")
    write_gguf(tmp_path / "open" / "m.gguf")
    scandir = os.scandir

    def guarded(path: str | os.PathLike[str]) -> object:
        if Path(path).name == "locked":
            raise PermissionError(13, "no")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    assert [file.path for file in found(own(tmp_path))] == [str(tmp_path / "open" / "m.gguf")]


def test_very_long_paths(tmp_path: Path) -> None:
    """Deeper than a search goes."""
    at = tmp_path
    for number in range(15):
        at = at / f"{number}-{'x' * 200}"
        write_gguf(at / "m.gguf")
    assert len(found(own(tmp_path))) == 12


def test_a_name_that_is_no_unicode(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / os.fsdecode(b"\xff-Q8_0.gguf"))
    [model] = models(own(tmp_path))
    assert (model.path, model.quantization) == (str(path), "Q8_0")


def test_a_folder_with_more_than_anybody_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(50):
        (tmp_path / f"{number}.txt").write_bytes(b"")
    write_gguf(tmp_path / "later" / "m.gguf")
    write_gguf(tmp_path / "0.gguf")
    monkeypatch.setattr(sources, "_MOST_ENTRIES", 60)
    assert sorted(names(own(tmp_path))) == ["0.gguf", "m.gguf"]
    for kind in ModelSource:
        monkeypatch.setattr(sources, "_MOST_ENTRIES", 20)
        assert found(folder(kind, tmp_path)) == [], "it ends, without an error"


def test_stopped_in_the_middle(tmp_path: Path) -> None:
    for number in range(20):
        write_gguf(tmp_path / str(number) / "m.gguf")
    seen: list[FoundFile] = []
    seen.extend(find_files(own(tmp_path), lambda: len(seen) >= 3))
    assert 3 <= len(seen) < 20


# Layouts


def test_our_layout_and_lm_studios(tmp_path: Path) -> None:
    write_gguf(tmp_path / "org" / "repo" / "Q4" / "m-Q4_K_M.gguf")
    write_gguf(tmp_path / "flat.gguf")
    for kind in (ModelSource.OWN, ModelSource.LM_STUDIO):
        flat, deep = sorted(found(folder(kind, tmp_path)), key=lambda f: len(f.path))
        assert (deep.repo, deep.repo_file) == ("org/repo", "Q4/m-Q4_K_M.gguf")
        assert (flat.repo, flat.repo_file) == ("", "")


def test_hugging_face_cache(tmp_path: Path) -> None:
    repo = tmp_path / "models--Qwen--Qwen3-0.6B-GGUF"
    data = gguf_bytes(mark="new")
    digest = hashlib.sha256(data).hexdigest()
    blob = repo / "blobs" / digest
    blob.parent.mkdir(parents=True)
    blob.write_bytes(data)
    old = repo / "blobs" / hashlib.sha256(b"old").hexdigest()
    old.write_bytes(gguf_bytes(mark="old"))
    for commit, target in ((OLDER, old), (COMMIT, blob)):
        for name in ("Qwen3-0.6B-Q8_0.gguf", "sub/other.gguf"):
            link = repo / "snapshots" / commit / name
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(os.path.relpath(target, link.parent))
    (repo / "refs").mkdir()
    (repo / "refs" / "main").write_text(COMMIT)
    (tmp_path / "datasets--x--y" / "snapshots" / "c").mkdir(parents=True)
    write_gguf(tmp_path / "datasets--x--y" / "snapshots" / "c" / "no.gguf")
    (tmp_path / ".locks").mkdir()
    (tmp_path / "version.txt").write_text("1")

    files = found(folder(ModelSource.HUGGING_FACE, tmp_path))
    assert [file.revision for file in files] == [COMMIT, COMMIT, OLDER, OLDER]
    first = files[0]
    assert first.repo == "Qwen/Qwen3-0.6B-GGUF"
    assert first.repo_file == "Qwen3-0.6B-Q8_0.gguf"
    assert first.sha256 == digest
    assert files[1].repo_file == "sub/other.gguf"
    listed = models(folder(ModelSource.HUGGING_FACE, tmp_path))
    assert [(m.revision, m.repo_file) for m in listed] == [
        (COMMIT, "Qwen3-0.6B-Q8_0.gguf"),
        (OLDER, "Qwen3-0.6B-Q8_0.gguf"),
    ], "each blob once"


def test_hugging_face_cache_without_links(tmp_path: Path) -> None:
    """As on Windows, where making one may be forbidden."""
    write_gguf(tmp_path / "models--a--b" / "snapshots" / COMMIT / "m.gguf")
    [file] = found(folder(ModelSource.HUGGING_FACE, tmp_path))
    assert (file.repo, file.revision, file.sha256) == ("a/b", COMMIT, "")


class Ollama:
    """A models folder as Ollama keeps it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "blobs").mkdir(parents=True)

    def blob(self, data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        (self.folder / "blobs" / f"sha256-{digest}").write_bytes(data)
        return f"sha256:{digest}"

    def manifest(self, name: str, *layers: tuple[str, str]) -> Path:
        path = self.folder / "manifests" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        media = "application/vnd.ollama.image."
        entries = [{"mediaType": media + kind, "digest": d, "size": 1} for kind, d in layers]
        path.write_text(json.dumps({"schemaVersion": 2, "layers": entries}))
        return path

    def models(self) -> list[ModelFile]:
        return models(folder(ModelSource.OLLAMA, self.folder), with_headers=True)


@pytest.fixture
def ollama(tmp_path: Path) -> Ollama:
    return Ollama(tmp_path / "models")


def test_ollama(ollama: Ollama) -> None:
    llama = ollama.blob(gguf_bytes(mark="llama", file_type=15, license_="llama3"))
    eyes = ollama.blob(gguf_bytes("clip"))
    library = "registry.ollama.ai/library/"
    template = ("template", ollama.blob(b"{{ .Prompt }}"))
    ollama.manifest(f"{library}llama3.2/latest", ("model", llama), template)
    ollama.manifest(f"{library}llama3.2/3b", ("model", llama))
    seeing = ollama.blob(gguf_bytes(mark="seeing"))
    ollama.manifest(f"{library}seeing/7b-instruct-q4_K_M", ("model", seeing), ("projector", eyes))
    other = ollama.blob(gguf_bytes(mark="other"))
    ollama.manifest("registry.ollama.ai/somebody/tuned/latest", ("model", other))
    hub = ollama.blob(gguf_bytes(mark="hub"))
    ollama.manifest("hf.co/bartowski/Qwen3-4B-GGUF/Q4_K_M", ("model", hub))

    found = {model.name: model for model in ollama.models()}
    assert list(found) == ["Qwen3 4B", "llama3.2:3b", "seeing:7b instruct", "somebody/tuned"]
    llama32 = found["llama3.2:3b"]
    assert llama32.path.endswith(f"sha256-{llama.removeprefix('sha256:')}")
    assert (llama32.sha256, llama32.verified_at) == (llama.removeprefix("sha256:"), 0.0)
    assert (llama32.quantization, llama32.licence) == ("Q4_K_M", "llama3")
    assert found["seeing:7b instruct"].quantization == "Q4_K_M"
    assert found["seeing:7b instruct"].projector.endswith(eyes.removeprefix("sha256:"))
    assert found["Qwen3 4B"].repo == "bartowski/Qwen3-4B-GGUF"
    assert all(model.source is ModelSource.OLLAMA for model in found.values())


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        '{"layers": 5}',
        '{"layers": [5, {"mediaType": 7}, {}]}',
        _LAYER % "sha256:../../x",
        _LAYER % f"sha256:{'0' * 64}",
        _LAYER % f"sha256:{'0' * 63}/../../../x",
        '{"manifests": [{"digest": "sha256:00"}]}',
        "[" * 50_000,
    ],
)
def test_ollama_manifests_that_can_not_be(ollama: Ollama, content: str) -> None:
    path = ollama.manifest("registry.ollama.ai/library/m/latest")
    path.write_text(content)
    assert ollama.models() == []


def test_gpt4all(tmp_path: Path) -> None:
    write_gguf(tmp_path / "Llama-3.2-1B-Instruct-Q4_0.gguf")
    (tmp_path / "incomplete-other.gguf").write_bytes(b"GGUF")
    (tmp_path / "localdocs_v3.db").write_bytes(b"")
    [model] = models(folder(ModelSource.GPT4ALL, tmp_path))
    assert (model.name, model.quantization) == ("Llama 3.2 1B Instruct", "Q4_0")


def test_jan(tmp_path: Path) -> None:
    at = tmp_path / "unsloth" / "Qwen3-VL-4B-Q4_K_M"
    write_gguf(at / "model.gguf")
    write_gguf(at / "mmproj.gguf", "clip")
    (at / "model.yml").write_text("name: x\n")
    [model] = models(folder(ModelSource.JAN, tmp_path))
    assert (model.name, model.quantization) == ("Qwen3 VL 4B", "Q4_K_M")
    assert model.projector == str(at / "mmproj.gguf")


def test_a_named_file(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        write_gguf(tmp_path / f"big-Q8_0-0000{number}-of-00003.gguf", mark=str(number))
    eyes = write_gguf(tmp_path / "mmproj-big-F16.gguf", "clip")
    write_gguf(tmp_path / "mmproj-stranger-F16.gguf", "clip")
    write_gguf(tmp_path / "neighbour.gguf")
    blob = write_gguf(tmp_path / "sub" / "sha256-1234")
    second = tmp_path / "big-Q8_0-00002-of-00003.gguf"
    listed = models(Source(ModelSource.ADDED, Path(), (str(second), str(blob))))
    assert [(m.name, len(m.shards), m.projector) for m in listed] == [
        ("big", 3, str(eyes)),
        ("sha256 1234", 0, ""),
    ]
    assert listed[0].folder == str(tmp_path)


def test_a_named_projector(tmp_path: Path) -> None:
    eyes = write_gguf(tmp_path / "mmproj-big-F16.gguf", "clip")
    write_gguf(tmp_path / "mmproj-other-F16.gguf", "clip")
    [model] = models(Source(ModelSource.ADDED, Path(), (str(eyes),)))
    assert (model.path, model.kind) == (str(eyes), ModelKind.PROJECTOR)


# From files to models


def test_a_split_model(tmp_path: Path) -> None:
    paths = [
        write_gguf(tmp_path / "o" / "r" / f"big-Q4_K_M-0000{n}-of-00003.gguf", mark=f"{n:>10}")
        for n in (1, 2, 3)
    ]
    [model] = models(own(tmp_path))
    assert (model.path, model.name, model.quantization) == (str(paths[0]), "big", "Q4_K_M")
    assert model.shards == tuple(map(str, paths))
    assert model.missing_shards == 0
    assert model.size == sum(path.stat().st_size for path in paths)
    paths[0].unlink()
    [model] = models(own(tmp_path))
    assert (model.path, model.missing_shards) == (str(paths[1]), 1)


def test_names_that_only_look_like_shards(tmp_path: Path) -> None:
    for name in ("a-00004-of-00003.gguf", "b-00000-of-00002.gguf", "c-1-of-2.gguf"):
        write_gguf(tmp_path / name, mark=name)
    assert [len(m.shards) for m in models(own(tmp_path))] == [0, 0, 0]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["Gemma-4B-Q4_K_M.gguf", "mmproj-Gemma-4B-F16.gguf"], "mmproj-Gemma-4B-F16.gguf"),
        (["Gemma-4B-Q4_K_M.gguf", "Gemma-4B-mmproj-f16.gguf"], "Gemma-4B-mmproj-f16.gguf"),
        (["Gemma-4B-Q4_K_M.gguf", "mmproj-F16.gguf"], "mmproj-F16.gguf"),
        (["Gemma-4B-Q4_K_M.gguf", "mmproj-model-f16.gguf"], "mmproj-model-f16.gguf"),
        (["moon-text-model-f16.gguf", "moon-mmproj-f16.gguf"], "moon-mmproj-f16.gguf"),
        (
            ["G-Q4_0.gguf", "mmproj-BF16.gguf", "mmproj-F16.gguf", "mmproj-F32.gguf"],
            "mmproj-F16.gguf",
        ),
        (["Gemma-4B-Q4_K_M.gguf", "mmproj-Llama-8B-F16.gguf"], ""),
        (["Gemma-4B-Q4_K_M.gguf", "z-Other-Q4_K_M.gguf", "mmproj-F16.gguf"], ""),
        (
            ["Gemma-4B-Q4_K_M.gguf", "Gemma-4B-Q8_0.gguf", "mmproj-F16.gguf"],
            "mmproj-F16.gguf",
        ),
    ],
)
def test_projectors(tmp_path: Path, files: list[str], expected: str) -> None:
    at = tmp_path / "org" / "repo"
    for name in files:
        write_gguf(at / name, "clip" if "mmproj" in name else "llama", mark=name)
    listed = models(own(tmp_path))
    assert Path(listed[0].projector).name == expected
    chats = [m for m in listed if m.kind is ModelKind.CHAT]
    orphans = [m for m in listed if m.kind is ModelKind.PROJECTOR]
    assert len(chats) == sum("mmproj" not in name for name in files)
    assert (orphans == []) is bool(expected)


def test_a_projector_above_folders_of_precisions(tmp_path: Path) -> None:
    repo = tmp_path / "org" / "repo"
    write_gguf(repo / "Q4_K_M" / "Big-Q4_K_M-00001-of-00001.gguf", mark="4")
    write_gguf(repo / "Q8_0" / "Big-Q8_0.gguf", mark="8")
    eyes = write_gguf(repo / "mmproj-F16.gguf", "clip")
    assert [m.projector for m in models(own(tmp_path))] == [str(eyes), str(eyes)]


def test_a_projector_of_another_repository(tmp_path: Path) -> None:
    write_gguf(tmp_path / "org" / "one" / "m.gguf")
    write_gguf(tmp_path / "org" / "two" / "mmproj-m.gguf", "clip")
    write_gguf(tmp_path / "mmproj-m.gguf", "clip", mark="at the top")
    assert [m.projector for m in models(own(tmp_path))] == ["", "", ""]


def test_kinds(tmp_path: Path) -> None:
    for name, architecture in {
        "chat": "llama",
        "embedding": "bert",
        "eyes": "clip",
        "speech": "wavtokenizer-dec",
        "imatrix": "llama",
    }.items():
        write_gguf(tmp_path / f"{name}.gguf", architecture)
    listed = {m.name: m for m in models(own(tmp_path), with_headers=True)}
    assert {name: m.kind for name, m in listed.items()} == {
        "chat": ModelKind.CHAT,
        "embedding": ModelKind.EMBEDDING,
        "eyes": ModelKind.PROJECTOR,
        "speech": ModelKind.OTHER,
        "imatrix": ModelKind.OTHER,
    }
    assert [name for name, m in listed.items() if m.can_chat] == ["chat"]


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("Qwen3-4B-UD-Q4_K_XL.gguf", ("Qwen3 4B", "UD-Q4_K_XL")),
        ("Model.i1-IQ3_XXS.gguf", ("Model.i1", "IQ3_XXS")),
        ("gpt-oss-20b-mxfp4.gguf", ("gpt oss 20b", "MXFP4")),
        ("模型-Q4_K_M.gguf", ("模型", "Q4_K_M")),
        ("plain.gguf", ("plain", "")),
    ],
)
def test_names(tmp_path: Path, file: str, expected: tuple[str, str]) -> None:
    write_gguf(tmp_path / file)
    [model] = models(own(tmp_path))
    assert (model.name, model.quantization) == expected


def test_the_header_fills_in_what_the_name_leaves_out(tmp_path: Path) -> None:
    write_gguf(tmp_path / "plain.gguf", file_type=7, license_="mit")
    [model] = models(own(tmp_path), with_headers=True)
    assert (model.quantization, model.licence) == ("Q8_0", "mit")
    assert model.header is not None
    assert model.header.context_length == 2048
