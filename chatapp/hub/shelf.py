"""From the files that a search found to the models that they are.

A model may be split into shards and have its projector beside it; both belong to it. The same file
may be reached in several ways.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from chatapp.domain.header import ModelKind
from chatapp.domain.model import ModelFile, ModelSource
from chatapp.hub.names import is_model, is_projector, quantization, shard
from chatapp.hub.sidecar import Facts
from chatapp.hub.sources import FoundFile, Source

# Quantisation types as they stand at the end of GGUF file names: Q4_K_M, IQ2_XXS, F16, BF16, MXFP4.
_QUANTIZATION = re.compile(
    r"[-._:](?P<type>(?:UD-)?(?:I?Q\d+_[A-Z0-9]+(?:_[A-Z]+)*|BF16|F16|F32|FP16|MXFP4|NVFP4|TQ\d_0))$",
    re.IGNORECASE,
)
_NO_NAME = re.compile(r"[^\w]+|_", re.UNICODE)
_PROJECTOR_WORDS = re.compile(r"mmproj|model|vision|text", re.IGNORECASE)
_BEST_PROJECTORS = ("F16", "BF16", "Q8_0", "F32")

Identity = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Shelved:
    """A model, and what its first file is known by however it is reached."""

    model: ModelFile
    identity: Identity | None


@dataclass(frozen=True, slots=True)
class _Set:
    """The files of one model, by number; the others of `count` are missing."""

    files: dict[int, FoundFile]
    count: int

    @property
    def first(self) -> FoundFile:
        return self.files[min(self.files)]


def shelve(
    source: Source,
    files: Iterable[FoundFile],
    facts: Mapping[str, Facts],
    damaged: Collection[str],
) -> list[Shelved]:
    """The models of one source, each file once; the projectors that belong to none come last.

    `facts` are by path; so are the files that are no models after all, in `damaged`.
    """
    models: list[tuple[_Set, ModelFile]] = []
    projectors: defaultdict[Path, list[_Set]] = defaultdict(list)
    bases: defaultdict[Path, set[str]] = defaultdict(set)
    for found in _sets(files):
        first = found.first
        kind = _kind(first, facts.get(first.path))
        if kind is ModelKind.PROJECTOR:
            projectors[Path(first.path).parent].append(found)
            continue
        models.append((found, _model(source, found, facts, damaged, kind)))
    for found, _ in models if projectors else ():
        for folder in _folders(source, found):
            bases[folder].add(_base(found.first))
    taken: set[str] = set()
    shelved = []
    for found, plain in models:
        matching = _matching(source, found, projectors, bases) if projectors else []
        taken.update(projector.first.path for projector in matching)
        model = plain
        if matching and not plain.projector:
            model = replace(plain, projector=_best(matching).first.path)
        shelved.append(Shelved(model, found.first.identity))
    for projector in (projector for some in projectors.values() for projector in some):
        path = projector.first.path
        # Beside a file that was named lie others that nobody asked for.
        if path not in taken and (not source.files or path in source.files):
            model = _model(source, projector, facts, damaged, ModelKind.PROJECTOR)
            shelved.append(Shelved(model, projector.first.identity))
    return shelved


def describe_file(path: Path, *, is_starter: bool = False) -> ModelFile:
    """What the file's name and size tell."""
    name, type_ = _name_and_type(path.name)
    try:
        size = path.stat().st_size
    except (OSError, ValueError):
        size = 0
    source = ModelSource.STARTER if is_starter else ModelSource.ADDED
    return ModelFile(
        str(path), name, type_, size, is_starter, kind=_kind_by_name(path.name), source=source
    )


def _sets(files: Iterable[FoundFile]) -> list[_Set]:
    sets: dict[tuple[str, int], _Set] = {}
    for file in files:
        part = shard(file.path)
        stem, number, count = (part.stem, part.number, part.count) if part else (file.path, 1, 1)
        sets.setdefault((stem, count), _Set({}, count)).files.setdefault(number, file)
    found: dict[Identity | str, _Set] = {}
    for files_of_one in sets.values():
        first = files_of_one.first
        found.setdefault(first.identity or first.path, files_of_one)
    return list(found.values())


def _model(
    source: Source,
    files: _Set,
    known: Mapping[str, Facts],
    damaged: Collection[str],
    kind: ModelKind,
) -> ModelFile:
    first = files.first
    facts = known.get(first.path) or Facts()
    header = facts.header
    name, type_ = _name_and_type(first.name or Path(first.path).name)
    paths = tuple(files.files[number].path for number in sorted(files.files))
    return ModelFile(
        path=first.path,
        name=name,
        quantization=type_ or (header.file_type if header is not None else ""),
        size=sum(file.size for file in files.files.values()),
        is_starter=source.kind is ModelSource.STARTER,
        kind=kind,
        source=source.kind,
        folder=str(Path(first.path).parent if source.files else source.folder),
        header=header,
        is_damaged=first.path in damaged,
        shards=paths if files.count > 1 else (),
        missing_shards=files.count - len(paths),
        projector=first.projector,
        sha256=facts.sha256 or first.sha256,
        verified_at=facts.verified_at,
        licence=facts.licence or (header.license if header is not None else ""),
        repo=facts.repo or first.repo,
        revision=facts.revision or first.revision,
        repo_file=facts.repo_file or first.repo_file,
        made_from=facts.made_from,
        read_speed=facts.read_speed,
        write_speed=facts.write_speed,
        memory_estimated=facts.memory_estimated,
        memory_used=facts.memory_used,
    )


def _name_and_type(file_name: str) -> tuple[str, str]:
    stem = file_name[:-5] if file_name.casefold().endswith(".gguf") else file_name
    part = shard(f"{stem}.gguf")
    if part is not None:
        stem = part.stem
    type_ = _QUANTIZATION.search(stem)
    if type_ is not None:
        stem = stem[: type_.start()]
    name = re.sub(r"[-_]+", " ", stem).strip() or file_name
    return name, type_["type"].upper() if type_ is not None else ""


def _kind(file: FoundFile, facts: Facts | None) -> ModelKind:
    by_name = _kind_by_name(Path(file.path).name)
    if by_name is not ModelKind.CHAT or facts is None or facts.header is None:
        return by_name
    return facts.header.kind


def _kind_by_name(name: str) -> ModelKind:
    if is_projector(name):
        return ModelKind.PROJECTOR
    # A file that was named by a person need not end as models do.
    return ModelKind.CHAT if is_model(f"{name}.gguf") else ModelKind.OTHER


# Projectors


def _folders(source: Source, files: _Set) -> list[Path]:
    """The folder of the files and those above it, up to below the one that was searched."""
    folder = Path(files.first.path).parent
    if not folder.is_relative_to(source.folder):
        return [folder]
    depth = len(folder.parts) - len(source.folder.parts)
    return [folder, *folder.parents[: max(0, depth - 1)]]


def _matching(
    source: Source,
    model: _Set,
    projectors: Mapping[Path, list[_Set]],
    bases: Mapping[Path, set[str]],
) -> list[_Set]:
    """The projectors that go with a model.

    They lie in its folder, or above it within the repository, and are called after the model. One
    that is called after nothing belongs to the only model that lies there.
    """
    found = []
    mine = _base(model.first)
    for folder in _folders(source, model):
        for projector in projectors.get(folder, ()):
            its = _base(projector.first)
            if mine and its:
                if mine.startswith(its) or its.startswith(mine):
                    found.append(projector)
            elif len(bases[folder]) == 1:
                found.append(projector)
    return found


def _base(file: FoundFile) -> str:
    """What different precisions of a model, and its projectors, are called after."""
    name, _ = _name_and_type(Path(file.path).name)
    return _NO_NAME.sub("", _PROJECTOR_WORDS.sub("", name)).casefold()


def _best(projectors: list[_Set]) -> _Set:
    def order(projector: _Set) -> tuple[int, int, str]:
        path = projector.first.path
        type_ = quantization(Path(path).name)
        known = type_ in _BEST_PROJECTORS
        rank = _BEST_PROJECTORS.index(type_) if known else len(_BEST_PROJECTORS)
        return (-len(_base(projector.first)), rank, path)

    return min(projectors, key=order)
