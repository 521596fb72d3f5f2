"""The models on this computer: the starter model and every GGUF file in the models folder.

The folders are the only registry. A file that lies elsewhere is used in place.
"""

from __future__ import annotations

import hashlib
import logging
import re
import threading
from concurrent.futures import Future
from pathlib import Path

from chatapp.domain.model import ModelFile
from chatapp.errors import ModelUnknown, NoModel
from chatapp.hub.starter import find_starter_model
from chatapp.jobs import Jobs
from chatapp.paths import Paths

logger = logging.getLogger(__name__)

# Quantisation types as they stand at the end of GGUF file names: Q4_K_M, IQ2_XXS, F16, BF16, MXFP4.
_QUANTIZATION = re.compile(
    r"[-._](?P<type>(?:I?Q\d+_[A-Z0-9]+(?:_[A-Z]+)*|BF16|F16|F32|FP16|MXFP4|TQ\d_0))$",
    re.IGNORECASE,
)
_SHARD = re.compile(r"-(?P<number>\d{5})-of-\d{5}$")
_CHUNK = 1 << 20


class Library:
    """Finds models and knows their content hashes."""

    def __init__(self, paths: Paths, jobs: Jobs) -> None:
        self._paths = paths
        self._jobs = jobs
        self._hashes: dict[tuple[str, int, int], Future[str]] = {}
        self._closed = threading.Event()

    def models(self) -> list[ModelFile]:
        """The starter model last, the others by name. Files that vanish meanwhile are left out."""
        found = []
        for path in sorted(self._paths.models.rglob("*"), key=lambda p: p.name.casefold()):
            if path.suffix.casefold() != ".gguf" or not path.is_file():
                continue
            shard = _SHARD.search(path.stem)
            if shard is not None and int(shard["number"]) != 1:
                continue
            found.append(describe_file(path))
        starter = find_starter_model(self._paths.resources)
        if starter is not None:
            found.append(describe_file(starter, is_starter=True))
        return found

    def find(self, name: str) -> ModelFile:
        """The model with this path or name, case aside. Raises `ModelUnknown`.

        A path is taken as it is; whether it can be used shows when it is loaded.
        """
        models = self.models()
        wanted = name.casefold()
        for model in models:
            if wanted in _names(model):
                return model
        path = Path(name).expanduser()
        if path.exists() or path.suffix.casefold() == ".gguf" or len(path.parts) > 1:
            return describe_file(path.absolute())
        raise ModelUnknown(name)

    def default(self, preferred_path: str = "") -> ModelFile:
        """The preferred model if it is there, else the first. Raises `NoModel`."""
        if preferred_path and Path(preferred_path).is_file():
            return self.by_path(preferred_path)
        models = self.models()
        if not models:
            raise NoModel
        return models[0]

    def by_path(self, path: str) -> ModelFile:
        """The model at this path, whether the file is there or not."""
        starter = find_starter_model(self._paths.resources)
        return describe_file(Path(path), is_starter=starter is not None and str(starter) == path)

    def content_hash(self, model: ModelFile) -> Future[str]:
        """The file's SHA-256, computed in the background once for each path, size and time."""
        try:
            status = Path(model.path).stat()
        except OSError as error:
            failed: Future[str] = Future()
            failed.set_exception(error)
            return failed
        key = (model.path, status.st_size, status.st_mtime_ns)
        if key not in self._hashes:
            self._hashes[key] = self._jobs.general.submit(self._hash, Path(model.path))
        return self._hashes[key]

    def close(self) -> None:
        """Stop hashing."""
        self._closed.set()

    def _hash(self, path: Path) -> str:
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                if self._closed.is_set():
                    raise InterruptedError
                digest.update(chunk)
        return digest.hexdigest()


def describe_file(path: Path, *, is_starter: bool = False) -> ModelFile:
    """What the file's name and size tell."""
    stem = _SHARD.sub("", path.stem)
    quantization = _QUANTIZATION.search(stem)
    if quantization is not None:
        stem = stem[: quantization.start()]
    try:
        size = path.stat().st_size
    except OSError:
        size = 0
    return ModelFile(
        path=str(path),
        name=re.sub(r"[-_]+", " ", stem).strip() or path.name,
        quantization=quantization["type"].upper() if quantization is not None else "",
        size=size,
        is_starter=is_starter,
    )


def _names(model: ModelFile) -> set[str]:
    path = Path(model.path)
    return {
        text.casefold()
        for text in (
            model.path,
            model.name,
            path.name,
            path.stem,
            f"{model.name} {model.quantization}",
        )
    } | ({"starter"} if model.is_starter else set())
