from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from chatapp.domain.header import ModelHeader, ModelKind
from chatapp.domain.model import ModelFile, ModelSource
from chatapp.errors import (
    ChatappError,
    ModelFileDamaged,
    ModelFileEmpty,
    ModelFileMissing,
    ModelNotOurs,
    ModelUnknown,
    NoModel,
    NotGguf,
    ShardsMissing,
)
from chatapp.hub import library as library_module
from chatapp.hub import local_search as local_search_module
from chatapp.hub import moving as moving_module
from chatapp.hub import scan as scan_module
from chatapp.hub.gguf_header import read_header
from chatapp.hub.library import Library, describe_file
from chatapp.hub.moving import MoveProgress
from chatapp.hub.sources import FoundFile, Places, Source, find_files
from chatapp.jobs import Jobs
from chatapp.paths import Paths
from tests.hub.small_files import gguf_bytes, write_gguf

STARTER = "SmolLM2-135M-Instruct.Q4_1.gguf"


class OpenLibrary:
    """Opens libraries as one program after the other would."""

    def __init__(self, paths: Paths) -> None:
        self.jobs = Jobs()
        self._paths = paths
        self._opened: list[Library] = []

    def __call__(self, places: Places | None = None) -> Library:
        library = Library(self._paths, self.jobs, places=places)
        self._opened.append(library)
        return library

    def close(self) -> None:
        for library in self._opened:
            library.close()
        self.jobs.close()


@pytest.fixture
def open_library(paths: Paths) -> Iterator[OpenLibrary]:
    opener = OpenLibrary(paths)
    yield opener
    opener.close()


@pytest.fixture
def library(open_library: OpenLibrary) -> Library:
    return open_library()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Of a person who uses other programs too."""
    folder = tmp_path / "person"
    folder.mkdir()
    return folder


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


# Searching


def names_of(library: Library) -> list[str]:
    return [model.name for model in library.models() if not model.is_starter]


def named(library: Library, name: str) -> ModelFile:
    return next(model for model in library.snapshot if model.name == name)


class Told:
    """A listener that can be waited for."""

    def __init__(self, library: Library) -> None:
        self._changed = threading.Condition()
        self._library = library
        library.subscribe(self)

    def __call__(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(is_so, 10)


def test_headers_come_after_the_names(library: Library, paths: Paths) -> None:
    write_gguf(paths.models / "m.gguf", file_type=15, template="{{ x }}", license_="mit")
    told = Told(library)
    assert names_of(library) == ["m"]
    told.wait_until(lambda: library.snapshot[0].header is not None)
    model = library.snapshot[0]
    assert model.header is not None
    assert model.header.chat_template == "{{ x }}"
    assert (model.quantization, model.licence, model.kind) == ("Q4_K_M", "mit", ModelKind.CHAT)


def test_headers_are_read_once(
    paths: Paths, open_library: OpenLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def note(path: Path) -> ModelHeader:
        read.append(path.name)
        return read_header(path)

    monkeypatch.setattr(scan_module, "read_header", note)
    one, two = write_gguf(paths.models / "1.gguf"), write_gguf(paths.models / "2.gguf")
    (paths.models / "bad.gguf").write_bytes(b"PK\3\4")
    library = open_library()
    assert library.wait(10)
    assert library.wait(10)
    assert sorted(name for name in read if name != STARTER) == ["1.gguf", "2.gguf", "bad.gguf"]
    read.clear()
    write_gguf(two, mark="changed")
    assert library.wait(10)
    assert read == ["2.gguf"]
    read.clear()
    library = open_library()
    assert library.wait(10)
    assert read == ["bad.gguf"], "the others are remembered, for the next program too"
    assert named(library, "1").header == read_header(one)
    assert named(library, "bad").is_damaged


def test_no_news_no_notification(library: Library, paths: Paths) -> None:
    write_gguf(paths.models / "m.gguf")
    assert library.wait(10)
    calls: list[int] = []
    library.subscribe(lambda: calls.append(1))
    assert library.wait(10)
    assert calls == []
    (paths.models / "m.gguf").unlink()
    library.models()
    assert calls == [1]


def test_damaged_files_of_ours_are_listed(library: Library, paths: Paths) -> None:
    (paths.models / "text.gguf").write_bytes(b"version https://git-lfs")
    (paths.models / "cut.gguf").write_bytes(gguf_bytes()[:40])
    (paths.models / "empty.gguf").write_bytes(b"")
    assert library.wait(10)
    assert {m.name: m.is_damaged for m in library.snapshot} == {
        "cut": True,
        "empty": True,
        "text": True,
        "SmolLM2 135M Instruct": False,
    }


def test_kinds_that_can_not_chat(library: Library, paths: Paths) -> None:
    write_gguf(paths.models / "a-embedding.gguf", "bert")
    write_gguf(paths.models / "big-00002-of-00002.gguf")
    write_gguf(paths.models / "chat.gguf")
    assert library.wait(10)
    assert named(library, "a embedding").kind is ModelKind.EMBEDDING
    assert named(library, "big").missing_shards == 1
    assert library.default().name == "chat"
    assert library.find("a embedding").can_chat is False


def test_other_programs_come_after_the_starter_model(
    open_library: OpenLibrary, paths: Paths, home: Path
) -> None:
    write_gguf(home / ".lmstudio" / "models" / "org" / "repo" / "a-huge-one.gguf")
    library = open_library(places=Places(home, {}, "linux"))
    assert names_of(library) == ["a huge one"]
    assert library.default().is_starter
    write_gguf(paths.models / "ours.gguf")
    assert library.default().name == "ours"
    assert library.default(str(home / ".lmstudio/models/org/repo/a-huge-one.gguf")).name == (
        "a huge one"
    )


def test_all_sources_together(open_library: OpenLibrary, paths: Paths, home: Path) -> None:
    same = write_gguf(paths.models / "org" / "repo" / "same.gguf", mark="same")
    lm_studio = home / ".lmstudio" / "models" / "org" / "repo"
    lm_studio.mkdir(parents=True)
    (lm_studio / "hard.gguf").hardlink_to(same)
    write_gguf(lm_studio / "lm.gguf", mark="lm")
    hub = home / ".cache/huggingface/hub/models--org--hf"
    blob = write_gguf(hub / "blobs" / ("ab" * 32), mark="hf")
    snapshot = hub / "snapshots" / ("c" * 40)
    snapshot.mkdir(parents=True)
    (snapshot / "hf.gguf").symlink_to(blob)
    (lm_studio / "link-to-hf.gguf").symlink_to(snapshot / "hf.gguf")
    write_gguf(home / ".local/share/nomic.ai/GPT4All/gpt4all.gguf", mark="g")
    write_gguf(home / ".local/share/Jan/data/llamacpp/models/jan-model/model.gguf", mark="j")
    (home / ".local/share/nomic.ai/GPT4All/lfs.gguf").write_bytes(b"version https://git-lfs")
    added = home / "added"
    write_gguf(added / "added.gguf", mark="a")

    library = open_library(places=Places(home, {}, "linux"))
    library.add_folder(added)
    assert library.wait(10)
    found = {model.name: model.source for model in library.snapshot if not model.is_starter}
    assert found == {
        "added": ModelSource.ADDED,
        "gpt4all": ModelSource.GPT4ALL,
        "jan model": ModelSource.JAN,
        "link to hf": ModelSource.LM_STUDIO,
        "lm": ModelSource.LM_STUDIO,
        "same": ModelSource.OWN,
    }
    assert named(library, "same").repo == "org/repo"
    library.forget_folder(str(added))
    assert "added" not in names_of(library)


def test_folders_of_others_are_not_written(open_library: OpenLibrary, home: Path) -> None:
    path = write_gguf(home / ".lmstudio" / "models" / "org" / "repo" / "lm.gguf")
    library = open_library(places=Places(home, {}, "linux"))
    assert library.wait(10)
    library.content_hash(named(library, "lm")).result(10)
    assert [p for p in home.rglob("*") if p.is_file()] == [path]
    with pytest.raises(ModelNotOurs):
        library.remove(named(library, "lm"))
    assert path.exists()


class Hanging:
    """A source that hangs, as a network drive does."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = ""
        self._go_on = threading.Event()
        self.reached = threading.Event()

        def find(source: Source, is_stopped: Callable[[], bool]) -> Iterator[FoundFile]:
            if str(source.folder) == self.folder:
                self.reached.set()
                self._go_on.wait(60)
            yield from find_files(source, is_stopped)

        monkeypatch.setattr(scan_module, "find_files", find)
        monkeypatch.setattr(scan_module, "PATIENCE", 0.2)

    def go_on(self) -> None:
        self._go_on.set()


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hanging]:
    source = Hanging(monkeypatch)
    yield source
    source.go_on()


def test_a_source_that_hangs_holds_up_nothing(
    library: Library, paths: Paths, tmp_path: Path, hanging: Hanging
) -> None:
    write_gguf(paths.models / "ours.gguf")
    drive = tmp_path / "drive"
    write_gguf(drive / "far.gguf")
    told = Told(library)
    library.add_folder(drive)
    assert library.wait(10)
    assert names_of(library) == ["far", "ours"]
    hanging.folder = str(drive)
    write_gguf(paths.models / "new.gguf")
    assert names_of(library) == ["far", "new", "ours"], "what was known of the drive stays"
    assert hanging.reached.wait(10)
    assert not library.wait(10), "nobody waits for it"
    for _ in range(5):
        library.models()
    hung = [thread for thread in threading.enumerate() if thread.name == "models-added"]
    assert len(hung) == 1, "not one more each time"
    write_gguf(drive / "later.gguf", mark="later")
    hanging.go_on()
    told.wait_until(lambda: any(model.name == "later" for model in library.snapshot))
    assert names_of(library) == ["far", "later", "new", "ours"]


def test_closed_while_a_source_hangs(
    library: Library, tmp_path: Path, hanging: Hanging, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_search_module, "_CLOSING", 0.1)
    library.add_folder(tmp_path / "drive")
    hanging.folder = str(tmp_path / "drive")
    library.models()
    assert hanging.reached.wait(10)
    library.close()
    assert library.models() == list(library.snapshot)
    library.refresh()


def test_a_source_that_takes_too_long(
    library: Library, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        write_gguf(paths.models / str(number) / "m.gguf", mark=str(number))
    monkeypatch.setattr(scan_module, "_TIME_LIMIT", -1.0)
    assert len(names_of(library)) < 5, "it ends with what it has"


def test_closed_in_the_middle_of_headers(paths: Paths, open_library: OpenLibrary) -> None:
    for number in range(200):
        write_gguf(paths.models / f"{number}.gguf", mark=str(number))
    library = open_library()
    library.models()
    library.close()
    assert len(library.snapshot) == 201


def test_many_callers(library: Library, paths: Paths) -> None:
    for number in range(30):
        write_gguf(paths.models / f"{number:02}.gguf", mark=str(number))
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: names_of(library), range(40)))
    assert all(names == [f"{n:02}" for n in range(30)] for names in results)


# What is known of the bytes


def test_a_hash_outlives_the_program(
    paths: Paths, open_library: OpenLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_gguf(paths.models / "m.gguf")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    first = open_library()
    assert first.content_hash(describe_file(path)).result(10) == digest
    assert first.wait(10)
    assert (first.snapshot[0].sha256, first.snapshot[0].verified_at > 0) == (digest, True)
    second = open_library()
    monkeypatch.setattr(second, "_hash", None)  # it can't be computed
    assert second.content_hash(describe_file(path)).result(10) == digest
    assert json.loads((paths.models / "m.gguf.json").read_text())["sha256"] == digest


def test_a_file_that_is_not_what_the_hub_says(library: Library, paths: Paths) -> None:
    path = write_gguf(paths.models / "m.gguf")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    library.record(str(path), sha256="0" * 64, repo="org/repo")
    assert library.content_hash(describe_file(path)).result(10) == digest
    assert library.wait(10)
    model = library.snapshot[0]
    assert (model.sha256, model.verified_at, model.repo) == ("0" * 64, 0.0, "org/repo")
    assert not library.verify(model, threading.Event(), lambda _done, _all: None)
    library.record(str(path), sha256=digest)
    told: list[tuple[int, int]] = []
    assert library.verify(model, threading.Event(), lambda done, size: told.append((done, size)))
    assert told[-1] == (model.size, model.size)
    assert library.wait(10)
    assert library.snapshot[0].verified_at > 0


def test_every_shard_is_verified(library: Library, paths: Paths) -> None:
    shards = [write_gguf(paths.models / f"b-0000{n}-of-00002.gguf", mark=f"{n}") for n in (1, 2)]
    for path in shards:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        library.record(str(path), sha256=digest, repo="org/repo")
    [model] = [m for m in library.models() if m.name == "b"]
    assert library.verify(model, threading.Event(), lambda _done, _all: None)
    content = bytearray(shards[1].read_bytes())
    content[-1] ^= 1
    times = shards[1].stat()
    shards[1].write_bytes(content)
    os.utime(shards[1], ns=(times.st_atime_ns, times.st_mtime_ns))
    assert not library.verify(model, threading.Event(), lambda _done, _all: None)


def test_verifying_can_be_stopped(library: Library, paths: Paths) -> None:
    write_gguf(paths.models / "m.gguf")
    stop = threading.Event()
    stop.set()
    with pytest.raises(InterruptedError):
        library.verify(library.models()[0], stop, lambda _done, _all: None)


def test_what_is_recorded_is_in_the_list(library: Library, paths: Paths) -> None:
    path = write_gguf(paths.models / "m.gguf")
    library.record(
        str(path), read_speed=500.0, write_speed=25.5, memory_estimated=10, memory_used=12
    )
    assert library.wait(10)
    model = library.snapshot[0]
    assert (model.read_speed, model.write_speed) == (500.0, 25.5)
    assert (model.memory_estimated, model.memory_used) == (10, 12)
    with pytest.raises(ModelFileMissing):
        library.record(str(paths.models / "gone.gguf"), read_speed=1.0)


# Files from elsewhere


def test_a_file_is_used_in_place(library: Library, paths: Paths, tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "Downloads" / "模型-Q8_0.gguf")
    model = library.add(path)
    assert (model.path, model.name, model.source) == (str(path), "模型", ModelSource.ADDED)
    assert library.add(path).path == str(path)
    assert names_of(library) == ["模型"]
    assert list(path.parent.iterdir()) == [path]
    assert json.loads((paths.data / "library.json").read_text())["files"] == [str(path)]
    library.remove(model)
    assert names_of(library) == []
    assert path.exists()


def test_a_file_that_is_listed_already(library: Library, paths: Paths, tmp_path: Path) -> None:
    path = write_gguf(paths.models / "m.gguf")
    link = tmp_path / "link.gguf"
    link.symlink_to(path)
    assert library.add(link).path == str(path)
    assert library.add(path).path == str(path)
    assert not (paths.data / "library.json").exists()


@pytest.mark.parametrize(
    ("content", "error"),
    [(b"", ModelFileEmpty), (b"PK\3\4", NotGguf), (b"GGUF", ModelFileDamaged)],
)
def test_a_file_that_is_no_model(
    library: Library, tmp_path: Path, content: bytes, error: type[ChatappError]
) -> None:
    path = tmp_path / "x.gguf"
    path.write_bytes(content)
    with pytest.raises(error):
        library.add(path)
    with pytest.raises(ModelFileMissing):
        library.add(tmp_path / "gone.gguf")
    assert names_of(library) == []


@pytest.mark.parametrize("move", [False, True])
def test_a_model_is_brought_here(
    library: Library, paths: Paths, tmp_path: Path, *, move: bool
) -> None:
    shards = [write_gguf(tmp_path / f"big-Q8_0-0000{n}-of-00002.gguf", mark=f"{n}") for n in (1, 2)]
    eyes = write_gguf(tmp_path / "mmproj-big-F16.gguf", "clip")
    contents = [path.read_bytes() for path in shards]
    added = library.add(shards[0])
    library.record(added.path, licence="mit", repo="org/repo")
    told: list[MoveProgress] = []
    model = library.import_file(shards[1], threading.Event(), told.append, move=move)
    assert told[-1].done == told[-1].total
    folder = paths.models / "imported" / "big-Q8_0"
    assert model.path == str(folder / shards[0].name)
    assert [Path(path).read_bytes() for path in model.shards] == contents
    assert model.projector == str(folder / eyes.name)
    assert library.wait(10)
    model = library.by_path(model.path)
    assert (model.source, model.licence, model.repo) == (ModelSource.OWN, "mit", "org/repo")
    assert [path.exists() for path in shards] == [not move, not move]
    assert eyes.exists(), "others may need it"
    if move:
        assert names_of(library) == ["big"]
    assert library.import_file(
        Path(model.path), threading.Event(), told.append, move=move
    ).path == (model.path)


def test_an_incomplete_model_is_not_brought_here(library: Library, tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "big-00002-of-00003.gguf")
    with pytest.raises(ShardsMissing) as caught:
        library.import_file(path, threading.Event(), lambda _: None, move=True)
    assert caught.value.missing == 2
    assert path.exists()


def test_a_blob_gets_a_name_that_is_found(library: Library, tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "sha256-0123")
    model = library.import_file(path, threading.Event(), lambda _: None, move=False)
    assert model.path.endswith("imported/sha256-0123/sha256-0123.gguf")
    assert names_of(library) == ["sha256 0123"]


# Deleting


def test_deleted_permanently(library: Library, paths: Paths) -> None:
    repo = paths.models / "org" / "repo"
    for name in ("V-Q4_0-00001-of-00002.gguf", "V-Q4_0-00002-of-00002.gguf", "V-Q8_0.gguf"):
        write_gguf(repo / name, mark=name)
    eyes = write_gguf(repo / "mmproj-V-F16.gguf", "clip")
    assert library.wait(10)
    small, large = [m for m in library.snapshot if not m.is_starter]
    assert small.projector == large.projector == str(eyes)
    library.remove(small, permanently=True)
    assert sorted(path.name for path in repo.glob("*.gguf")) == ["V-Q8_0.gguf", eyes.name]
    library.remove(large, permanently=True)
    assert list(paths.models.iterdir()) == [], "with projector, notes and empty folders"
    with pytest.raises(ModelFileMissing):
        library.remove(large, permanently=True)


def test_the_starter_model_stays(library: Library) -> None:
    with pytest.raises(ModelNotOurs):
        library.remove(library.find("starter"))


# Our folder


def test_the_folder_is_moved(paths: Paths, open_library: OpenLibrary, tmp_path: Path) -> None:
    path = write_gguf(paths.models / "org" / "repo" / "m-Q8_0.gguf")
    library = open_library()
    library.record(str(path), licence="mit", made_from="F16")
    assert library.wait(10)
    before = library.find("m")
    new = tmp_path / "中文" / "models"
    assert library.change_folder(new, threading.Event(), lambda _: None)
    assert library.folder == new
    for current in (library, open_library()):
        assert current.wait(10)
        model = current.find("m")
        assert model.path == str(new / "org" / "repo" / "m-Q8_0.gguf")
        assert (model.licence, model.made_from, model.header) == ("mit", "F16", before.header)
        assert current.by_path(before.path) == model, "conversations know the old path"
        assert current.default(before.path) == model
    assert list(paths.models.iterdir()) == []
    assert library.change_folder(paths.models, threading.Event(), lambda _: None)
    assert library.find("m").path == str(path)
    assert list(new.rglob("*.gguf*")) == []


def test_another_folder_without_moving(library: Library, paths: Paths, tmp_path: Path) -> None:
    write_gguf(paths.models / "old.gguf")
    write_gguf(tmp_path / "other" / "new.gguf")
    assert library.change_folder(tmp_path / "other", threading.Event(), lambda _: None, move=False)
    assert names_of(library) == ["new"]
    assert (paths.models / "old.gguf").exists()


def test_while_it_is_moved_each_model_is_listed_once(
    library: Library, paths: Paths, tmp_path: Path
) -> None:
    for number in range(4):
        write_gguf(paths.models / f"{number}.gguf", mark=str(number))
    seen: list[list[str]] = []
    stop = threading.Event()

    def on_progress(progress: MoveProgress) -> None:
        seen.append(names_of(library))
        if len(seen) == 2:
            stop.set()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(moving_module, "_TOLD_EVERY", 0.0)
        assert not library.change_folder(tmp_path / "new", stop, on_progress)
    assert seen == [["0", "1", "2", "3"]] * 2
    assert names_of(library) == ["0", "1", "2", "3"]
    move = library.unfinished_move
    assert move is not None
    assert move.new == tmp_path / "new"
    stop.clear()
    assert library.undo_move(stop, lambda _: None)
    assert library.unfinished_move is None
    assert sorted(path.name for path in paths.models.glob("*.gguf")) == [
        "0.gguf",
        "1.gguf",
        "2.gguf",
        "3.gguf",
    ]


def test_what_was_left_to_delete_is_deleted_later(
    paths: Paths, open_library: OpenLibrary, tmp_path: Path
) -> None:
    path = write_gguf(tmp_path / "old" / "m.gguf")
    write_gguf(paths.models / "m.gguf")
    journal = {
        "old": str(tmp_path / "old"),
        "new": str(paths.models),
        "files": ["m.gguf"],
        "done": ["m.gguf"],
        "switched": True,
    }
    (paths.data / "moving.json").write_text(json.dumps(journal))
    library = open_library()
    assert names_of(library) == ["m"]
    assert library.unfinished_move is None
    open_library.jobs.general.close(cancel_pending=False)
    assert not path.exists()
    assert not (paths.data / "moving.json").exists()


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"models": 5, "folders": 7, "files": [1, "relative", "/a\\u0000b"]}'],
)
def test_a_damaged_list(
    paths: Paths, open_library: OpenLibrary, tmp_path: Path, content: str
) -> None:
    (paths.data / "library.json").write_text(content)
    write_gguf(paths.models / "m.gguf")
    library = open_library()
    assert names_of(library) == ["m"]
    library.add(write_gguf(tmp_path / "x.gguf", mark="x"))
    assert names_of(open_library()) == ["m", "x"]


def test_what_another_program_added_is_seen(
    paths: Paths, open_library: OpenLibrary, tmp_path: Path
) -> None:
    first, second = open_library(), open_library()
    assert names_of(first) == []
    second.add(write_gguf(tmp_path / "x.gguf"))
    assert names_of(first) == ["x"]
    first.add(write_gguf(tmp_path / "y.gguf", mark="y"))
    assert names_of(second) == ["x", "y"]
