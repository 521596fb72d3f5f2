"""Engines in folders of their own: from wheels that come from anywhere."""

from __future__ import annotations

import json
import stat
import struct
import sys
import threading
import zipfile
from concurrent.futures import CancelledError
from io import FileIO
from pathlib import Path

import pytest

from chatapp.domain.engine_pack import InstallProgress, InstallStage
from chatapp.errors import (
    ChecksumMismatch,
    DiskFull,
    DownloadBusy,
    EnginePackFailed,
    EnginePackInvalid,
    EnginePackMissing,
    FolderNotWritable,
    HubError,
)
from chatapp.hub.file_lock import try_lock
from chatapp.models.engine_packs import EnginePacks, builtin_engine
from chatapp.network import Stop
from tests.models.wheels import (
    ANYWHERE,
    BINDING,
    TINY,
    VERSION,
    Entry,
    IndexDownload,
    LocalIndex,
    write_wheel,
)

WHEEL = f"llama_cpp_python-{VERSION}-{ANYWHERE}.whl"


@pytest.fixture
def packs(tmp_path: Path) -> EnginePacks:
    return EnginePacks(tmp_path / "engines")


def left(tmp_path: Path) -> set[str]:
    """All files below the folder of the packs, but for the lock."""
    folder = tmp_path / "engines"
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return found - {".lock"}


def refused(packs: EnginePacks, wheel: Path) -> str:
    """Why it can't be an engine."""
    with pytest.raises(EnginePackInvalid) as found:
        packs.install(wheel)
    assert found.value.name == wheel.name
    return found.value.detail


# From a file


def test_a_wheel_becomes_an_engine(packs: EnginePacks, tmp_path: Path) -> None:
    seen: list[InstallProgress] = []
    more = {"include/llama.h": b"x", "lib/libllama.so": b"x"}
    wheel = write_wheel(tmp_path / "any name (1).whl", {**TINY, **more})
    pack = packs.install(wheel, on_progress=seen.append)
    assert (pack.name, pack.version, pack.backend) == (f"vulkan-{VERSION}", VERSION, "vulkan")
    assert pack.problem is None
    assert not pack.is_builtin
    assert packs.find(pack.name) == Path(pack.path)
    assert packs.packs()[1:] == (pack,)
    for name, content in TINY.items():
        assert (Path(pack.path) / name).read_bytes() == content
    assert {path.name for path in Path(pack.path).iterdir()} == {
        *("llama_cpp", f"llama_cpp_python-{VERSION}.dist-info", "pack.json")
    }
    assert seen[-1] == InstallProgress(InstallStage.UNPACKING, pack.size, pack.size)
    assert json.loads((Path(pack.path) / "pack.json").read_text())["source"] == wheel.name


@pytest.mark.skipif(sys.platform == "win32", reason="counts links")
def test_what_is_there_three_times_takes_the_disk_once(packs: EnginePacks, tmp_path: Path) -> None:
    pack = packs.install(write_wheel(tmp_path / WHEEL))
    library = Path(pack.path) / "llama_cpp/lib/libllama.so"
    assert library.stat().st_nlink == 2
    assert library.samefile(library.with_name("libllama.so.0"))


def test_the_same_again_changes_nothing_and_another_gets_another_name(
    packs: EnginePacks, tmp_path: Path
) -> None:
    wheel = write_wheel(tmp_path / WHEEL)
    first = packs.install(wheel)
    assert packs.install(wheel) == first
    other = packs.install(write_wheel(tmp_path / "other.whl", {**TINY, "llama_cpp/x.py": b"1"}))
    assert other.name == f"{first.name}-2"
    assert [pack.name for pack in packs.packs()] == ["", first.name, other.name]


def test_the_built_in_one_is_always_there(packs: EnginePacks) -> None:
    (built_in,) = packs.packs()
    assert built_in == builtin_engine()
    assert built_in.is_builtin
    assert built_in.problem is None
    assert built_in.version
    assert built_in.size > 1_000_000
    assert "llama_cpp" not in sys.modules


def test_removing(packs: EnginePacks, tmp_path: Path) -> None:
    pack = packs.install(write_wheel(tmp_path / WHEEL))
    packs.remove(pack.name)
    assert left(tmp_path) == set()
    for name in (pack.name, "", ".", "..", "../engines", ".lock", "/", "a/b", "vulkan\0"):
        with pytest.raises(EnginePackMissing):
            packs.remove(name)
    assert (tmp_path / WHEEL).exists()


# What a stranger may send


def entry(name: str, *, mode: int = 0o100644, packing: int = zipfile.ZIP_STORED) -> Entry:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    info.compress_type = packing
    return info, b"print('hello')"


@pytest.mark.parametrize(
    ("name", "detail"),
    [
        ("../evil.py", "leads out"),
        ("llama_cpp/../../evil.py", "leads out"),
        ("/etc/evil.py", "leads out"),
        ("llama_cpp//evil.py", "can keep"),
        ("llama_cpp/./evil.py", "can keep"),
        ("llama_cpp/..\\evil.py", "can keep"),
        ("llama_cpp/C:evil.py", "can keep"),
        ("llama_cpp/evil\n.py", "can keep"),
        ("llama_cpp/nul.py", "can keep"),
        ("llama_cpp/\N{RIGHT-TO-LEFT OVERRIDE}yp.py", "can keep"),
        (f"llama_cpp/{'a' * 300}.py", "can keep"),
        (f"llama_cpp/{'a/' * 20}a.py", "can keep"),
        ("llama_cpp/LLAMA_cpp.py", "same name"),
    ],
)
def test_names_lead_nowhere(packs: EnginePacks, tmp_path: Path, name: str, detail: str) -> None:
    wheel = write_wheel(tmp_path / "evil.whl", entries=[entry(name)])
    assert detail in refused(packs, wheel)
    assert left(tmp_path) == set()
    assert not list(tmp_path.rglob("evil.py"))


def test_no_links_and_no_strange_packing(packs: EnginePacks, tmp_path: Path) -> None:
    link = stat.S_IFLNK | 0o777
    for number, odd in enumerate(
        (
            entry("llama_cpp/link", mode=link),
            entry("llama_cpp/pipe", mode=stat.S_IFIFO),
            entry("llama_cpp/packed.py", packing=zipfile.ZIP_LZMA),
        )
    ):
        wheel = write_wheel(tmp_path / f"{number}.whl", entries=[odd])
        assert "kind that no wheel has" in refused(packs, wheel)


@pytest.mark.parametrize(
    "tags",
    [
        ["py3-none-sunos_5_11_sparc"],
        ["cp39-cp39-linux_x86_64", "cp39-cp39-win_amd64"],
        ["py2-none-any"],
        [],
        ["nonsense"],
        ["a.b.c-d-" + "e." * 500 + "f"],
    ],
)
def test_made_for_another_system(packs: EnginePacks, tmp_path: Path, tags: list[str]) -> None:
    wheel = write_wheel(tmp_path / WHEEL, tags=tags)
    assert refused(packs, wheel).startswith(("made for", "damaged"))
    assert left(tmp_path) == set()


def test_something_else_than_this_package(packs: EnginePacks, tmp_path: Path) -> None:
    other = write_wheel(tmp_path / "a.whl", project="requests")
    assert refused(packs, other) == "not llama-cpp-python"
    without_binding = {name: data for name, data in TINY.items() if name != BINDING}
    wheel = write_wheel(tmp_path / "b.whl", without_binding)
    assert refused(packs, wheel) == "not llama-cpp-python"
    without_library = {name: data for name, data in TINY.items() if "libllama" not in name}
    assert "library" in refused(packs, write_wheel(tmp_path / "c.whl", without_library))
    plain = tmp_path / "d.whl"
    with zipfile.ZipFile(plain, "w") as archive:
        archive.writestr("hello.txt", "hello")
    assert refused(packs, plain) == "not llama-cpp-python"
    for number, content in enumerate((b"", b"PK\5\6", b"GGUF" * 100, b"PK\5\6" + bytes(18))):
        path = tmp_path / f"{number}.whl"
        path.write_bytes(content)
        assert refused(packs, path) in {"no wheel", "not llama-cpp-python"}
    assert refused(packs, tmp_path / "not there.whl") == "it can't be read"


@pytest.mark.parametrize("version", ["", "../1", "1" * 300])
def test_a_version_that_is_none(packs: EnginePacks, tmp_path: Path, version: str) -> None:
    wheel = write_wheel(tmp_path / WHEEL, stated_version=version)
    with pytest.raises(EnginePackInvalid):
        packs.install(wheel)
    assert left(tmp_path) == set()


def test_what_its_list_does_not_describe(packs: EnginePacks, tmp_path: Path) -> None:
    same_size = b"print('evil!')\n"
    files = {**TINY, BINDING: same_size}
    assert packs.install(write_wheel(tmp_path / "a.whl", files)).problem is None
    wrong = write_wheel(tmp_path / "b.whl", files, listed={BINDING: b"x" * len(same_size)})
    assert refused(packs, wrong) == "damaged"
    longer = write_wheel(tmp_path / "c.whl", files, listed={BINDING: b"x"})
    assert "does not describe" in refused(packs, longer)
    more = write_wheel(tmp_path / "d.whl", listed={"llama_cpp/lib/libmore.so": b"x"})
    assert "missing" in refused(packs, more)
    assert len(packs.packs()) == 2


@pytest.mark.parametrize("first", range(4))
def test_any_byte_of_it_may_be_damaged(tmp_path: Path, first: int) -> None:
    """Nothing gets in as something else, and nothing ends in a mistake."""
    content = write_wheel(tmp_path / WHEEL).read_bytes()
    broken = tmp_path / "broken.whl"
    accepted = 0
    for place in range(first, len(content), 37):
        for data in (
            content[:place],
            content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :],
        ):
            broken.write_bytes(data)
            packs = EnginePacks(tmp_path / str(place) / str(len(data)))
            try:
                pack = packs.install(broken)
            except EnginePackInvalid:
                continue
            # What is no content was hit, such as the time of a file.
            accepted += 1
            assert (pack.version, pack.backend, pack.problem) == (VERSION, "vulkan", None)
            for name, right in TINY.items():
                assert (Path(pack.path) / name).read_bytes() == right
    assert accepted < len(content) / 37


def test_a_list_of_files_that_is_too_long(packs: EnginePacks, tmp_path: Path) -> None:
    content = write_wheel(tmp_path / WHEEL).read_bytes()
    at = content.rfind(b"PK\5\6")
    path = tmp_path / "long.whl"
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 9, 60_000, 100, 0, 0)
    path.write_bytes(content[:at] + end)
    assert "more files" in refused(packs, path)
    path.write_bytes(content[:at] + b"PK\6\7" + bytes(16) + content[at:])
    assert "more files" in refused(packs, path)


def test_what_unpacks_to_too_much(packs: EnginePacks, tmp_path: Path) -> None:
    wheel = write_wheel(tmp_path / WHEEL)
    content = bytearray(wheel.read_bytes())
    name = b"llama_cpp/lib/libggml-vulkan.so"
    central = content.rfind(name) - 46
    for place in (central + 20, central + 24):  # as packed, and as it is
        content[place : place + 4] = struct.pack("<L", 0xFFFFFF00)
    wheel.write_bytes(content)
    assert refused(packs, wheel) in {"a file that its list does not describe", "damaged"}


# The disk


def test_no_room(tmp_path: Path) -> None:
    packs = EnginePacks(tmp_path / "engines", space=lambda _: 64 << 20)
    with pytest.raises(DiskFull):
        packs.install(write_wheel(tmp_path / WHEEL))
    assert left(tmp_path) == set()


def test_a_folder_that_can_not_be(tmp_path: Path) -> None:
    (tmp_path / "engines").write_text("")
    packs = EnginePacks(tmp_path / "engines")
    with pytest.raises(FolderNotWritable):
        packs.install(write_wheel(tmp_path / WHEEL))
    assert len(packs.packs()) == 1


def test_one_at_a_time(packs: EnginePacks, tmp_path: Path) -> None:
    wheel = write_wheel(tmp_path / WHEEL)
    packs.install(wheel)
    with FileIO(tmp_path / "engines" / ".lock", "a+b") as file:
        assert try_lock(file)
        with pytest.raises(DownloadBusy):
            packs.install(wheel)


def test_stopping_leaves_nothing(packs: EnginePacks, tmp_path: Path) -> None:
    stop = Stop()
    with pytest.raises(CancelledError):
        packs.install(write_wheel(tmp_path / WHEEL), stop=stop, on_progress=lambda _: stop.set())
    assert left(tmp_path) == set()


def test_what_was_begun_before_a_crash_is_deleted(packs: EnginePacks, tmp_path: Path) -> None:
    folder = tmp_path / "engines"
    for name in (".new-abc", ".old-vulkan-1"):
        (folder / name).mkdir(parents=True)
        (folder / name / "half.so").write_bytes(b"x")
    assert len(packs.packs()) == 1
    packs.install(write_wheel(tmp_path / WHEEL))
    assert {path.name for path in folder.iterdir()} == {".lock", f"vulkan-{VERSION}"}


# What is found there


def test_a_damaged_pack_says_so(packs: EnginePacks, tmp_path: Path) -> None:
    wheel = write_wheel(tmp_path / WHEEL)
    pack = packs.install(wheel)
    path = Path(pack.path)
    (path / "__pycache__").mkdir()
    (path / "__pycache__" / "x.pyc").write_bytes(b"x")
    assert packs.packs()[1] == pack
    (path / "llama_cpp/lib/libllama.so").unlink()
    problem = packs.packs()[1].problem
    assert isinstance(problem, EnginePackFailed)
    assert "missing" in problem.detail
    assert packs.install(wheel).name == f"{pack.name}-2"


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"tags": "py3-none-any"},
        {"tags": [1]},
        {"tags": ["nonsense"]},
        {"count": "9"},
        {"size": True},
        {"backend": None},
        {"package": []},
    ],
)
def test_a_description_that_anybody_may_have_changed(
    packs: EnginePacks, tmp_path: Path, change: dict[str, object]
) -> None:
    path = Path(packs.install(write_wheel(tmp_path / WHEEL)).path) / "pack.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    assert isinstance(packs.packs()[1].problem, EnginePackFailed)
    for content in (b"", b"[" * 100_000, b"{}", b"[1]", b"\xff", b"x" * 100_000):
        path.write_bytes(content)
        assert isinstance(packs.packs()[1].problem, EnginePackFailed)


def test_a_pack_from_another_computer(packs: EnginePacks, tmp_path: Path) -> None:
    path = Path(packs.install(write_wheel(tmp_path / WHEEL)).path) / "pack.json"
    data = {**json.loads(path.read_text()), "tags": ["py3-none-sunos_5_11_sparc"]}
    path.write_text(json.dumps(data))
    problem = packs.packs()[1].problem
    assert isinstance(problem, EnginePackFailed)
    assert "sunos" in problem.detail


# From the index


@pytest.fixture
def download(packs: EnginePacks, tmp_path: Path) -> IndexDownload:
    return IndexDownload(packs)


def wheel_bytes(tmp_path: Path) -> bytes:
    return write_wheel(tmp_path / WHEEL).read_bytes()


def test_a_download_goes_on_where_it_was_cut(
    packs: EnginePacks, download: IndexDownload, tmp_path: Path
) -> None:
    content = wheel_bytes(tmp_path)
    seen: list[InstallStage] = []
    with LocalIndex() as index:
        index.add("cu130", WHEEL, content)
        index.cut_at = 100
        download.address = index.address
        pack = download("cu130", on_progress=lambda progress: seen.append(progress.stage))
        asked = [heard.headers["range"] for heard in index.heard if "range" in heard.headers]
        assert asked == ["bytes=100-"]
        count = len(index.heard)
        assert download("cu130") == pack
        assert len(index.heard) == count + 1, "the page alone: it is here"
    assert pack.name == f"cu130-{VERSION}"
    assert pack.problem is None
    assert list(dict.fromkeys(seen)) == [
        *(InstallStage.DOWNLOADING, InstallStage.RECONNECTING, InstallStage.UNPACKING)
    ]
    assert not list((tmp_path / "engines" / ".downloads").iterdir())


def test_the_hash_of_the_index_counts(
    packs: EnginePacks, download: IndexDownload, tmp_path: Path
) -> None:
    content = wheel_bytes(tmp_path)
    with LocalIndex() as index:
        index.add("vulkan", WHEEL, content, mark=f"#sha256={'0' * 64}")
        download.address = index.address
        with pytest.raises(ChecksumMismatch):
            download("vulkan")
    assert left(tmp_path) == set()


def test_a_damaged_download_is_not_kept(download: IndexDownload, tmp_path: Path) -> None:
    content = wheel_bytes(tmp_path)
    with LocalIndex() as index:
        index.add("vulkan", WHEEL, content[:200] + bytes(50) + content[250:])
        download.address = index.address
        with pytest.raises(EnginePackInvalid):
            download("vulkan")
    assert left(tmp_path) == set()


def test_a_download_that_ends_too_early_for_good(download: IndexDownload, tmp_path: Path) -> None:
    with LocalIndex() as index:
        index.add("vulkan", WHEEL, b"")
        download.address = index.address
        with pytest.raises(HubError):
            download("vulkan")


def test_cancelling_deletes_the_part_and_closing_keeps_it(
    packs: EnginePacks, download: IndexDownload, tmp_path: Path
) -> None:
    content = wheel_bytes(tmp_path)
    stop = Stop()
    with LocalIndex() as index:
        index.add("vulkan", WHEEL, content)
        download.address = index.address
        with pytest.raises(CancelledError):
            download("vulkan", stop=stop, on_progress=lambda _: stop.set())
        assert left(tmp_path) == set()
        with pytest.raises(CancelledError):
            download("vulkan", on_progress=lambda _: packs.close())
        assert any(name.endswith(".part") for name in left(tmp_path))
        with pytest.raises(CancelledError):
            packs.install(tmp_path / WHEEL)
        again = IndexDownload(EnginePacks(tmp_path / "engines"))
        again.address = index.address
        assert again("vulkan").problem is None


def test_closing_ends_it_from_another_thread(
    packs: EnginePacks, download: IndexDownload, tmp_path: Path
) -> None:
    content = wheel_bytes(tmp_path)
    began = threading.Event()
    closed = threading.Event()

    def wait(_: InstallProgress) -> None:
        began.set()
        assert closed.wait(30)

    failed: list[BaseException] = []

    def run() -> None:
        try:
            download("vulkan", on_progress=wait)
        except CancelledError as error:
            failed.append(error)

    with LocalIndex() as index:
        index.add("vulkan", WHEEL, content)
        download.address = index.address
        thread = threading.Thread(target=run)
        thread.start()
        assert began.wait(30)
        packs.close()
        closed.set()
        thread.join()
    assert failed
