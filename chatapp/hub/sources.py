"""Where models lie on this computer: our folder, those that the person named, other programs'.

Every folder but ours is only read, and its files are used where they are. What lies in them was
written by others: sizes, depths and names are limited, and nothing is opened but plain files.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import stat
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from chatapp.domain.model import ModelSource
from chatapp.hub.names import is_projector, shard

logger = logging.getLogger(__name__)

_SUFFIX = ".gguf"
_DEEPEST = 12
_MOST_ENTRIES = 200_000
_LARGEST_TEXT = 1 << 20  # bytes of a setting file or a manifest
_DIGEST = re.compile(r"[0-9a-f]{64}")
_OLLAMA_BLOB = re.compile(r"sha256[:-]([0-9a-f]{64})")
_OLLAMA_SERVICE = Path("/usr/share/ollama/.ollama/models")  # of its Linux installer
_OLLAMA_MODEL = "application/vnd.ollama.image.model"
_OLLAMA_PROJECTOR = "application/vnd.ollama.image.projector"
_HUBS = {"hf.co", "huggingface.co"}

IsStopped = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Places:
    """What the folders of other programs are found by."""

    home: Path
    environment: Mapping[str, str]
    platform: str  # as `sys.platform`

    @classmethod
    def here(cls) -> Places:
        """Those of this user."""
        home = os.path.expanduser("~")  # noqa: PTH111 - Path.home() may fail
        return cls(Path(home), dict(os.environ), sys.platform)

    def given(self, name: str) -> Path | None:
        """The absolute path in an environment variable."""
        return self.absolute(self.environment.get(name, ""))

    def absolute(self, text: str) -> Path | None:
        """The path that a person or a program wrote down, unless it is relative."""
        text = text.strip()
        if not text or "\0" in text:
            return None
        path = self.home / text[2:] if text.startswith(("~/", "~\\")) else Path(text)
        return path if path.is_absolute() else None

    @property
    def data(self) -> Path:
        """Where programs keep a user's data."""
        if self.platform == "win32":
            return self.given("APPDATA") or self.home / "AppData" / "Roaming"
        if self.platform == "darwin":
            return self.home / "Library" / "Application Support"
        return self.given("XDG_DATA_HOME") or self.home / ".local" / "share"

    @property
    def config(self) -> Path:
        """Where Qt programs keep a user's settings in INI files."""
        if self.platform == "win32":
            return self.given("APPDATA") or self.home / "AppData" / "Roaming"
        return self.given("XDG_CONFIG_HOME") or self.home / ".config"


@dataclass(frozen=True, slots=True)
class Source:
    """A folder that is searched; or just the `files` in it, and what belongs to them."""

    kind: ModelSource
    folder: Path
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A GGUF file, by its name. `identity` is the same for all ways to the same bytes.

    `name` is what the file should be called where its own name says nothing. The origin, `sha256`
    and `projector` are what the folder tells of them.
    """

    path: str
    size: int
    mtime_ns: int
    identity: tuple[int, int] | None
    name: str = ""
    repo: str = ""
    revision: str = ""
    repo_file: str = ""
    sha256: str = ""
    projector: str = ""


def known_sources(places: Places) -> list[Source]:
    """The folders of other programs, whether they exist or not."""
    found = [
        *((ModelSource.LM_STUDIO, folder) for folder in _lm_studio_folders(places)),
        (ModelSource.HUGGING_FACE, _hugging_face_folder(places)),
        *((ModelSource.OLLAMA, folder) for folder in _ollama_folders(places)),
        *((ModelSource.GPT4ALL, folder) for folder in _gpt4all_folders(places)),
        *((ModelSource.JAN, folder) for folder in _jan_folders(places)),
    ]
    return [Source(kind, folder) for kind, folder in dict.fromkeys(found)]


def find_files(source: Source, is_stopped: IsStopped) -> Iterator[FoundFile]:
    """All GGUF files of a source; what can't be read is left out. Ends early when stopped."""
    match source.kind:
        case _ if source.files:
            yield from _named_files(source)
        case ModelSource.HUGGING_FACE:
            yield from _hugging_face(source.folder, is_stopped)
        case ModelSource.OLLAMA:
            yield from _ollama(source.folder, is_stopped)
        case ModelSource.JAN:
            yield from _jan(source.folder, is_stopped)
        case ModelSource.GPT4ALL:
            yield from _gpt4all(source.folder, is_stopped)
        case ModelSource.OWN | ModelSource.LM_STUDIO:
            yield from _by_repo(source.folder, is_stopped)
        case _:
            yield from _below(source.folder, is_stopped)


# Where they are


def _lm_studio_folders(places: Places) -> list[Path]:
    pointer = _read_text(places.home / ".lmstudio-home-pointer").partition("\n")[0]
    homes = [places.absolute(pointer), places.home / ".lmstudio", places.home / ".cache/lm-studio"]
    folders = []
    for home in homes:
        if home is not None:
            settings = _read_json(home / "settings.json")
            folder = settings.get("downloadsFolder")
            chosen = places.absolute(folder) if isinstance(folder, str) else None
            folders += [chosen, home / "models"] if chosen else [home / "models"]
    return folders


def _hugging_face_folder(places: Places) -> Path:
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"):
        if given := places.given(name):
            return given
    cache = places.given("XDG_CACHE_HOME") or places.home / ".cache"
    return (places.given("HF_HOME") or cache / "huggingface") / "hub"


def _ollama_folders(places: Places) -> list[Path]:
    if given := places.given("OLLAMA_MODELS"):
        return [given]
    own = places.home / ".ollama" / "models"
    return [own, _OLLAMA_SERVICE] if places.platform == "linux" else [own]


def _gpt4all_folders(places: Places) -> list[Path]:
    data = places.data
    if places.platform == "win32":
        data = places.given("LOCALAPPDATA") or places.home / "AppData" / "Local"
    folders = [data / "nomic.ai" / "GPT4All"]
    for line in _read_text(places.config / "nomic.ai" / "GPT4All.ini").splitlines():
        key, _, value = line.partition("=")
        if key.strip() == "modelPath" and (chosen := places.absolute(value.strip().strip('"'))):
            folders.insert(0, chosen)
    return folders


def _jan_folders(places: Places) -> list[Path]:
    data = places.given("JAN_DATA_FOLDER")
    if data is None:
        root = (places.given("JAN_DATA_ROOT") or places.data) / "Jan"
        folder = _read_json(root / "settings.json").get("data_folder")
        chosen = places.absolute(folder) if isinstance(folder, str) else None
        data = chosen or root / "data"
    return [data / "llamacpp" / "models", data / "models"]


# What lies there


def _below(folder: Path, is_stopped: IsStopped) -> Iterator[FoundFile]:
    """All GGUF files below a folder; folders behind links come last, and each folder once."""
    seen: set[tuple[int, int]] = set()
    pending, linked = deque([(folder, 0)]), deque[tuple[Path, int]]()
    left = _MOST_ENTRIES
    while pending or linked:
        current, depth = pending.popleft() if pending else linked.popleft()
        names: list[tuple[str, bool]] = []
        try:
            identity = _identity(current.stat())
            if identity in seen:
                continue
            if identity is not None:
                seen.add(identity)
            with os.scandir(current) as entries:
                for entry in entries:
                    left -= 1
                    if left < 0 or is_stopped():
                        return
                    if entry.name.startswith("."):
                        continue
                    if entry.name[-len(_SUFFIX) :].casefold() == _SUFFIX or _is_folder(entry):
                        names.append((entry.name, entry.is_symlink()))
        except OSError as error:
            logger.debug("%s can't be searched: %s", current, error)
        for name, is_link in sorted(names):
            path = current / name
            found = _found(path)
            if found is not None:
                yield found
            elif depth < _DEEPEST and _is_existing_folder(path):
                (linked if is_link else pending).append((path, depth + 1))


def _named_files(source: Source) -> Iterator[FoundFile]:
    """The files that were named, the other shards of them, and projectors that lie beside them."""
    for path in map(Path, source.files):
        part = shard(path.name)
        names = []
        with contextlib.suppress(OSError), os.scandir(path.parent) as entries:
            for entry in entries:
                other = shard(entry.name)
                if (
                    entry.name == path.name
                    or is_projector(entry.name)
                    or (part and other and (part.stem, part.count) == (other.stem, other.count))
                ):
                    names.append(entry.name)
        for name in sorted(names):
            found = _found(path.parent / name)
            if found is not None:
                yield found


def _by_repo(folder: Path, is_stopped: IsStopped) -> Iterator[FoundFile]:
    """Files in `<org>/<repo>/…`, which is what LM Studio and we call the place on the Hub."""
    for found in _below(folder, is_stopped):
        parts = Path(found.path).relative_to(folder).parts
        if len(parts) > 2:
            yield replace(found, repo="/".join(parts[:2]), repo_file="/".join(parts[2:]))
        else:
            yield found


def _gpt4all(folder: Path, is_stopped: IsStopped) -> Iterator[FoundFile]:
    """Downloads have names of their own until they are complete."""
    for found in _below(folder, is_stopped):
        if not Path(found.path).name.startswith("incomplete-"):
            yield found


def _jan(folder: Path, is_stopped: IsStopped) -> Iterator[FoundFile]:
    """Files called model.gguf in folders that have the model's name."""
    for found in _below(folder, is_stopped):
        path = Path(found.path)
        yield replace(found, name=path.parent.name) if path.stem == "model" else found


def _hugging_face(folder: Path, is_stopped: IsStopped) -> Iterator[FoundFile]:
    """The snapshots of all repositories, of each repository the one first that is in use."""
    for repo in _folders(folder):
        kind, _, name = repo.name.partition("--")
        if kind != "models" or is_stopped():
            continue
        main = _read_text(repo / "refs" / "main").strip()
        snapshots = _folders(repo / "snapshots")
        for snapshot in sorted(snapshots, key=lambda path: (path.name != main, path.name)):
            for found in _below(snapshot, is_stopped):
                path = Path(found.path)
                yield replace(
                    found,
                    repo=name.replace("--", "/"),
                    revision=snapshot.name,
                    repo_file=path.relative_to(snapshot).as_posix(),
                    sha256=_blob_digest(path),
                )


def _blob_digest(path: Path) -> str:
    """A large file is a link to a blob that is called by its SHA-256."""
    try:
        name = path.readlink().name
    except OSError:  # no link: Windows without the right to make one
        return ""
    return name if _DIGEST.fullmatch(name) else ""


def _ollama(folder: Path, is_stopped: IsStopped) -> Iterator[FoundFile]:
    """The blobs that manifests/<host>/<namespace>/<model>/<tag> call models."""
    root = folder / "manifests"
    for host in _folders(root):
        for namespace in _folders(host):
            for model in _folders(namespace):
                for tag in sorted(_entries(model)):
                    if is_stopped():
                        return
                    found = _ollama_model(folder / "blobs", tag)
                    if found is not None:
                        yield _named_by_ollama(
                            found, host.name, namespace.name, model.name, tag.name
                        )


def _ollama_model(blobs: Path, manifest: Path) -> FoundFile | None:
    paths: dict[str, tuple[Path, str]] = {}
    layers = _read_json(manifest).get("layers")
    for layer in layers if isinstance(layers, list) else ():
        if isinstance(layer, dict):
            digest = _OLLAMA_BLOB.fullmatch(str(layer.get("digest")))
            if digest is not None:
                blob = blobs / f"sha256-{digest[1]}"
                paths.setdefault(str(layer.get("mediaType")), (blob, digest[1]))
    if _OLLAMA_MODEL not in paths:
        return None
    path, sha256 = paths[_OLLAMA_MODEL]
    found = _found(path)
    projector = _found(paths[_OLLAMA_PROJECTOR][0]) if _OLLAMA_PROJECTOR in paths else None
    if found is None:
        return None
    return replace(found, sha256=sha256, projector=projector.path if projector else "")


def _named_by_ollama(
    found: FoundFile, host: str, namespace: str, model: str, tag: str
) -> FoundFile:
    if host in _HUBS:
        name = re.sub(r"-gguf$", "", model, flags=re.IGNORECASE)
        name = name if tag == "latest" else f"{name}-{tag}"
        return replace(found, name=name, repo=f"{namespace}/{model}")
    name = model if namespace == "library" else f"{namespace}/{model}"
    return replace(found, name=name if tag == "latest" else f"{name}:{tag}")


# Reading what others wrote


def _found(path: Path) -> FoundFile | None:
    """The file, if it is a plain one or a link to one."""
    try:
        status = path.stat()
    except (OSError, ValueError):  # gone meanwhile, a broken link, one that leads to itself
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    return FoundFile(str(path), status.st_size, status.st_mtime_ns, _identity(status))


def _identity(status: os.stat_result) -> tuple[int, int] | None:
    # Some network drives number no files.
    return (status.st_dev, status.st_ino) if status.st_ino else None


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_existing_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _entries(folder: Path) -> list[Path]:
    entries: list[Path] = []
    try:
        for path in folder.iterdir():
            entries.append(path)
            if len(entries) >= _MOST_ENTRIES:
                break
    except OSError:
        pass
    return entries


def _folders(folder: Path) -> list[Path]:
    return sorted(path for path in _entries(folder) if _is_existing_folder(path))


def _read_text(path: Path) -> str:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return ""
        with path.open("rb") as file:
            return file.read(_LARGEST_TEXT).decode("utf-8-sig", "replace")
    except (OSError, ValueError):
        return ""


def _read_json(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(_read_text(path) or "{}")
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
