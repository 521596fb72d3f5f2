"""Wheels of llama-cpp-python, of what is installed here or of a few bytes; an index of them."""

from __future__ import annotations

import base64
import contextlib
import csv
import hashlib
import importlib.util
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from chatapp.domain.engine_pack import EnginePack, InstallProgress
from chatapp.domain.hub import Access
from chatapp.hub.wheel_index import WheelIndex
from chatapp.models.engine_packs import EnginePacks
from chatapp.network import Network, Stop
from tests.hub.strange_server import Heard, Said, StrangeServer
from tests.hub.transfers import FAST

VERSION = "0.3.36"
ANYWHERE = "py3-none-any"
BINDING = "llama_cpp/llama_cpp.py"
TINY = {
    "llama_cpp/__init__.py": b"",
    BINDING: b"raise ImportError('there is nothing here')\n",
    "llama_cpp/lib/libllama.so": b"not a library" * 9,
    "llama_cpp/lib/libllama.so.0": b"not a library" * 9,
    "llama_cpp/lib/libggml-vulkan.so": b"neither",
}
_LEFT_OUT = ("mtmd", "llava", "server", "__pycache__")  # what Chatapp does not use
_RANGE = re.compile(r"bytes=(\d+)-")

Entry = tuple[zipfile.ZipInfo, bytes]


def installed_files() -> dict[str, bytes]:
    """The package as it is installed here."""
    spec = importlib.util.find_spec("llama_cpp")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    folder = Path(spec.submodule_search_locations[0])
    return {
        path.relative_to(folder.parent).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(word in path.as_posix() for word in _LEFT_OUT)
    }


def write_wheel(
    path: Path,
    files: Mapping[str, bytes] = TINY,
    *,
    project: str = "llama_cpp_python",
    version: str = VERSION,
    stated_version: str | None = None,
    tags: Sequence[str] = (ANYWHERE,),
    listed: Mapping[str, bytes] | None = None,
    entries: Iterable[Entry] = (),
) -> Path:
    """A wheel with these files. `listed` is what its RECORD describes instead of them.

    `entries` are put in as they are, and listed too. `stated_version` is what METADATA says.
    """
    facts = f"llama_cpp_python-{version}.dist-info"
    entries = tuple(entries)
    content = dict(files)
    stated = version if stated_version is None else stated_version
    content[f"{facts}/METADATA"] = (
        f"Metadata-Version: 2.1\nName: {project}\nVersion: {stated}\n\nName: no header\n".encode()
    )
    content[f"{facts}/WHEEL"] = "".join(
        ["Wheel-Version: 1.0\n", *(f"Tag: {tag}\n" for tag in tags)]
    ).encode()
    described = {**content, **{info.filename: data for info, data in entries}, **(listed or {})}
    record = io.StringIO()
    rows = csv.writer(record, lineterminator="\n")
    for name, data in described.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
        rows.writerow((name, f"sha256={digest}", len(data)))
    rows.writerow((f"{facts}/RECORD", "", ""))
    content[f"{facts}/RECORD"] = record.getvalue().encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
        for info, data in entries:
            archive.writestr(info, data)
    return path


class LocalIndex:
    """llama-cpp-python's index on this computer: its links lead elsewhere, and on from there.

    `cut_at`: the next answer with data ends after so many bytes.
    """

    def __init__(self) -> None:
        self.cut_at = 0
        self._pages: dict[str, str] = {}
        self._files: dict[str, bytes] = {}
        self._server = StrangeServer(self._answer)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.close()

    @property
    def address(self) -> str:
        return f"{self._server.url}/whl"

    @property
    def heard(self) -> list[Heard]:
        return self._server.heard

    def add(self, build: str, file: str, content: bytes = b"", mark: str = "", **more: str) -> None:
        """Link to a wheel from the page of a build."""
        attributes = "".join(f' {name.replace("_", "-")}="{text}"' for name, text in more.items())
        link = f'<a href="/go/{file}{mark}"{attributes}>{file}</a><br>\n'
        self.add_text(build, link)
        self._files[f"/data/{file}"] = content

    def add_text(self, build: str, text: str) -> None:
        """Have this on the page of a build."""
        page = f"/whl/{build}/llama-cpp-python/"
        self._pages[page] = self._pages.get(page, "<!DOCTYPE html>\n") + text

    def _answer(self, heard: Heard) -> Said:
        if heard.target in self._pages:
            return Said(body=self._pages[heard.target].encode(), headers={"ETag": '"1"'})
        if heard.target.startswith("/go/"):
            where = heard.target.replace("/go/", "/data/", 1)
            return Said(302, headers={"Location": where})
        if heard.target not in self._files:
            return Said(404)
        content = self._files[heard.target]
        start = 0
        headers = {"ETag": '"1"'}
        found = _RANGE.fullmatch(heard.headers.get("range", ""))
        if found is not None:
            start = int(found[1])
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        headers["Content-Length"] = str(len(content) - start)
        end = len(content)
        if self.cut_at and heard.method == "GET":
            end, self.cut_at = self.cut_at, 0
        return Said(206 if found is not None else 200, content[start:end], headers)


class IndexDownload:
    """As the services do it, from the index at `address`, with less patience."""

    def __init__(self, packs: EnginePacks, network: Network | None = None) -> None:
        self.address = "http://127.0.0.1:9"
        self._packs = packs
        self._network = network or Network()

    def __call__(
        self,
        build: str,
        *,
        stop: Stop | None = None,
        on_progress: Callable[[InstallProgress], None] = lambda _: None,
    ) -> EnginePack:
        access = Access(self.address)
        with contextlib.closing(WheelIndex(lambda: access, self._network)) as index:
            first = index.offers(build, stop=stop)[0]
            return self._packs.download(
                index, first, stop=stop, on_progress=on_progress, patience=FAST
            )
