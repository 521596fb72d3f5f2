"""A wheel of llama-cpp-python: whether it can be an engine here, and taking that out of it.

A wheel is a ZIP file, and this one comes from anywhere. Only the package and its libraries are
taken, under names that lead nowhere else, and only what the wheel's own list of hashes describes.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import os
import re
import shutil
import stat
import struct
import threading
import zipfile
import zlib
from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path
from types import TracebackType
from typing import Self

from packaging.tags import parse_tag
from packaging.utils import canonicalize_name
from packaging.version import Version

from chatapp.domain.engine_pack import backend_of
from chatapp.errors import EnginePackInvalid
from chatapp.hub.wheel_index import usable_tags

_PROJECT = "llama-cpp-python"
_BINDING = "llama_cpp/llama_cpp.py"
_LIBRARY = re.compile(r"llama_cpp/lib/(?:lib)?llama\.(?:so|dylib|dll)")
# Wheels have more at the top, such as headers and a second copy of the libraries.
_TOP = re.compile(
    r"llama_cpp|llama_cpp_python\.libs|(?P<facts>llama_cpp_python-[\w.+!]+\.dist-info)", re.ASCII
)
# A name that every system can keep. It ends in no dot, so it is neither "." nor "..".
_PART = re.compile(
    r"(?!(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$))[\w.+-]{0,150}[\w+-]", re.ASCII | re.IGNORECASE
)
_DEEPEST = 8
_MOST_ENTRIES = 20_000
_MOST_TAGS = 100
_LARGEST_DIRECTORY = 16 << 20  # bytes
_LARGEST_TEXT = 4 << 20
_LARGEST = 8 << 30  # of all that is taken
_BLOCK = 1 << 20
_END = struct.Struct("<4s4H2LH")  # of a ZIP file; a comment may follow
_END_MARK, _LONG_END_MARK = b"PK\5\6", b"PK\6\7"
_LONG_END = 20  # bytes that stand before the end of a very large one
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, struct.error, csv.Error),
    *(EOFError, RuntimeError, ValueError),
)


@dataclass(frozen=True, slots=True)
class _Member:
    """A file that is taken, with its SHA-256; the list of hashes itself has none."""

    info: zipfile.ZipInfo
    digest: bytes


class PackWheel:
    """An open wheel that was looked through. Nothing of it is written before `extract`.

    `version` is that of llama-cpp-python, `tags` are what it was made for, `record` is a hash of
    all its content. It has `count` files of `total` bytes; some are the same, so they take `size`.

    Raises `EnginePackInvalid`, or `OSError` where the file can't be read.
    """

    def __init__(self, path: Path) -> None:
        self._name = path.name
        self._check_end(path)
        try:
            self._archive = zipfile.ZipFile(path)
        except _BROKEN as error:
            raise self._invalid("no wheel") from error
        try:
            self._look_through()
        except _BROKEN as error:
            self._archive.close()
            raise self._invalid("damaged") from error
        except BaseException:
            self._archive.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._archive.close()

    def extract(
        self, folder: Path, stop: threading.Event, on_progress: Callable[[int], None]
    ) -> None:
        """Write it into `folder`; progress in bytes, up to `size`.

        Raises `EnginePackInvalid`, `OSError`, or `CancelledError` once `stop` is set.
        """
        done = 0
        written: dict[bytes, Path] = {}
        for member in self._members:
            target = folder.joinpath(*member.info.filename.split("/"))
            target.parent.mkdir(parents=True, exist_ok=True)
            if member.digest in written:
                _link(written[member.digest], target)
                continue
            try:
                with self._archive.open(member.info) as source, target.open("xb") as file:
                    digest = hashlib.sha256()
                    while block := source.read(_BLOCK):
                        if stop.is_set():
                            raise CancelledError
                        file.write(block)
                        digest.update(block)
                        done += len(block)
                        on_progress(done)
            except _BROKEN as error:
                raise self._invalid("damaged") from error
            if target.stat().st_size != member.info.file_size:
                raise self._invalid("damaged")
            if member.digest:
                if member.digest != digest.digest():
                    raise self._invalid("damaged")
                written[member.digest] = target

    # Looking through it

    def _invalid(self, detail: str) -> EnginePackInvalid:
        return EnginePackInvalid(self._name, detail)

    def _check_end(self, path: Path) -> None:
        """Refuse what says that it has more files than a wheel, before they are listed."""
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - (1 << 16) - _END.size - _LONG_END))
            tail = file.read()
        at = tail.rfind(_END_MARK)
        if at < 0 or len(tail) - at < _END.size:
            raise self._invalid("no wheel")
        entries, directory = _END.unpack_from(tail, at)[4:6]
        is_long = tail[max(0, at - _LONG_END) : at].startswith(_LONG_END_MARK)
        if is_long or entries > _MOST_ENTRIES or directory > _LARGEST_DIRECTORY:
            raise self._invalid("more files than a wheel has")

    def _look_through(self) -> None:
        taken: dict[str, zipfile.ZipInfo] = {}
        names: set[str] = set()
        facts: set[str] = set()
        for info in self._archive.infolist():
            parts = info.filename.split("/")
            if ".." in parts or not parts[0]:
                raise self._invalid("a name that leads out of its folder")
            top = _TOP.fullmatch(parts[0])
            if top is None or info.is_dir():
                continue
            self._check_entry(info, parts)
            name = info.filename.casefold()
            if name in names:
                raise self._invalid("two files of the same name")
            names.add(name)
            taken[info.filename] = info
            if top["facts"]:
                facts.add(top["facts"])
        if len(facts) != 1:
            raise self._invalid(f"not {_PROJECT}")
        self._read_facts(taken, facts.pop())

    def _check_entry(self, info: zipfile.ZipInfo, parts: list[str]) -> None:
        if len(parts) > _DEEPEST or not all(map(_PART.fullmatch, parts)):
            raise self._invalid("a name that not every system can keep")
        kind = stat.S_IFMT(info.external_attr >> 16)
        is_packed = info.compress_type in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
        if kind not in {0, stat.S_IFREG} or not is_packed or info.flag_bits & 1:
            raise self._invalid("a file of a kind that no wheel has")

    def _read_facts(self, taken: dict[str, zipfile.ZipInfo], folder: str) -> None:
        parser = HeaderParser()
        facts = parser.parsestr(self._text(taken, f"{folder}/METADATA"))
        if canonicalize_name(str(facts["Name"])) != _PROJECT or _BINDING not in taken:
            raise self._invalid(f"not {_PROJECT}")
        if not any(map(_LIBRARY.fullmatch, taken)):
            raise self._invalid("made for another system, or without its library")
        self.version = str(Version(str(facts["Version"])))
        made_for = parser.parsestr(self._text(taken, f"{folder}/WHEEL"))
        self.tags = tuple(str(tag) for tag in made_for.get_all("Tag", [])[:_MOST_TAGS])
        if not is_usable(self.tags):
            raise self._invalid(f"made for {shown_tags(self.tags)}")
        self.backend = backend_of(
            name.rpartition("/")[2] for name in taken if name.startswith("llama_cpp/lib/")
        )
        record = f"{folder}/RECORD"
        text = self._text(taken, record)
        self.record = hashlib.sha256(text.encode()).hexdigest()
        listed = {row[0]: row[1:] for row in csv.reader(text.splitlines()) if len(row) == 3}
        if any(_TOP.fullmatch(name.partition("/")[0]) for name in listed.keys() - taken.keys()):
            raise self._invalid("some of its files are missing")
        self._members = [
            _Member(info, b"" if name == record else self._digest(info, listed.get(name)))
            for name, info in taken.items()
        ]
        self.count = len(self._members)
        self.total = sum(info.file_size for info in taken.values())
        if self.total > _LARGEST:
            raise self._invalid("larger than any engine")
        self.size = sum({m.digest: m.info.file_size for m in self._members}.values())

    def _digest(self, info: zipfile.ZipInfo, listed: list[str] | None) -> bytes:
        kind, _, text = listed[0].partition("=") if listed is not None else ("", "", "")
        digest = base64.urlsafe_b64decode(f"{text}=") if kind == "sha256" else b""
        if listed is None or listed[1] != str(info.file_size) or len(digest) != 32:
            raise self._invalid("a file that its list does not describe")
        return digest

    def _text(self, taken: dict[str, zipfile.ZipInfo], name: str) -> str:
        info = taken.get(name)
        if info is None or info.file_size > _LARGEST_TEXT:
            raise self._invalid(f"not {_PROJECT}")
        with self._archive.open(info) as file:
            return file.read(_LARGEST_TEXT).decode()


def is_usable(tags: tuple[str, ...]) -> bool:
    """Whether this computer can use what was made for these. Raises `ValueError` if one is none."""
    return any(tag in usable_tags() for text in tags if len(text) <= 200 for tag in parse_tag(text))


def shown_tags(tags: tuple[str, ...]) -> str:
    """For what something was made, as it can be printed."""
    return ascii(tags[0][:80])[1:-1] if tags else "nothing"


def _link(source: Path, target: Path) -> None:
    """Have the same content twice: wheels have each library under three names."""
    try:
        target.hardlink_to(source)
    except OSError:  # the file system has no links
        shutil.copyfile(source, target)
