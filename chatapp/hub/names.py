"""What the names of a repository's files tell: precision, shards, and what belongs together.

The conventions are those of huggingface.co and of llama.cpp, which nobody enforces: a repository
may hold one file, a dozen precisions, folders for each of them, shards, and files for other tools.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from chatapp.domain.hub import Reference, RepoFile, Variant

__all__ = [
    "Reference",
    "RepoFile",
    "Shard",
    "Variant",
    "bits",
    "choose",
    "is_model",
    "is_projector",
    "is_repo_id",
    "parse_reference",
    "quantization",
    "shard",
    "variants",
]

# As on huggingface.co: of several the last one counts. A bare Q4 is how some makers write Q4_0.
_QUANTIZATION = re.compile(
    r"""(?<![A-Z0-9])
    (?P<type>(?:UD-)?
        (?: I?Q[1-8]_(?:XXS|XS|NL|S|M)
          | Q[1-8]_K(?:_(?:XXL|XL|L|M|S))?
          | Q[1-8]_[01](?:_[48]_[48])?
          | TQ[12]_0
          | MXFP[468](?:_MOE)? | NVFP4
          | BF16 | FP?16 | FP?32
          | Q[2-8](?!_)
        )
    )
    (?:_[A-Z]+)?(?![A-Z0-9])""",
    re.VERBOSE,
)
_BITS = re.compile(r"(?:FP?|BF|Q)(\d+)")
_USUAL = {"FP16": "F16", "FP32": "F32"}
_SHARD = re.compile(r"(?P<stem>.*)-(?P<number>\d{5})-of-(?P<count>\d{5})\.gguf", re.IGNORECASE)
_NO_MODEL = ("mmproj", "imatrix", "mtp-", "eagle3-", "dflash-", "dspark-")
_REPO_PART = r"[A-Za-z0-9_](?:[\w.-]{0,94}[A-Za-z0-9_])?"
_REPO = re.compile(rf"(?P<id>{_REPO_PART}/{_REPO_PART})", re.ASCII)
_HOSTS = frozenset({"huggingface.co", "www.huggingface.co", "hf.co", "hf-mirror.com"})
_NO_AUTHOR = frozenset(
    {"api", "blog", "collections", "datasets", "docs", "models", "papers", "settings", "spaces"}
)
_LONGEST_REFERENCE = 1000


@dataclass(frozen=True, slots=True)
class Shard:
    """A file that is the `number`-th, from 1, of `count`; `stem` is what all of them share."""

    stem: str
    number: int
    count: int


def quantization(path: str) -> str:
    """The type as it is usually written, from the file's name or else from its folder's."""
    for part in reversed(PurePosixPath(path).parts):
        name = part.upper().removesuffix(".GGUF")
        found = list(_QUANTIZATION.finditer(name))
        if found:
            kind = found[-1]["type"]
            return _USUAL.get(kind, kind)
    return ""


def bits(kind: str) -> int:
    """About how many bits a weight has in this type; 0 if that can't be told."""
    found = _BITS.search(kind.upper())
    return int(found[1]) if found is not None else 0


def shard(path: str) -> Shard | None:
    """What the name says of the file's place in a split model."""
    found = _SHARD.fullmatch(path)
    if found is None or not 1 <= int(found["number"]) <= int(found["count"]):
        return None
    return Shard(found["stem"], int(found["number"]), int(found["count"]))


def is_projector(path: str) -> bool:
    """Whether the file turns images into what a model reads."""
    name = PurePosixPath(path).name.casefold()
    return name.endswith(".gguf") and "mmproj" in name


def is_model(path: str) -> bool:
    """Whether the file is a model, or a shard of one, that can be used by itself."""
    name = PurePosixPath(path).name.casefold()
    return name.endswith(".gguf") and not any(word in name for word in _NO_MODEL)


def variants(files: Iterable[RepoFile]) -> list[Variant]:
    """The models of a repository, the smallest first. Split ones that lack a shard are left out."""
    files = tuple(files)
    whole: dict[tuple[str, int], dict[int, RepoFile]] = defaultdict(dict)
    for file in files:
        if is_model(file.path):
            place = shard(file.path) or Shard(file.path, 1, 1)
            whole[place.stem, place.count][place.number] = file
    projectors = [file for file in files if is_projector(file.path)]
    found = []
    for (_, count), shards in whole.items():
        if len(shards) == count:
            ordered = tuple(shards[number] for number in sorted(shards))
            size = sum(f.size for f in ordered) if all(f.size for f in ordered) else 0
            variant = Variant(quantization(ordered[0].path), ordered, size)
            found.append(replace(variant, projector=_projector(variant, projectors)))
    return sorted(found, key=lambda v: (v.size, bits(v.quantization), v.files[0].path))


def choose(among: Iterable[Variant], reference: Reference) -> Variant | None:
    """The one that a reference names, by its file or its quantisation, case aside."""
    wanted = reference.quantization.casefold()
    loose = None
    for variant in among:
        kind = variant.quantization.casefold()
        if reference.file:
            if any(file.path == reference.file for file in variant.files):
                return variant
        elif wanted == kind:
            return variant
        elif wanted == kind.removeprefix("ud-") and loose is None:
            loose = variant
    return loose


def is_repo_id(text: str) -> bool:
    """Whether this can be the name of a repository: an author, a slash, a name."""
    return _REPO.fullmatch(text) is not None and ".." not in text and "--" not in text


def parse_reference(text: str, endpoint: str = "") -> Reference | None:
    """What somebody pasted: a link to a repository or file, or `org/repo[:QUANT]`.

    Links lead to huggingface.co, to a mirror of it that is known, or to `endpoint`. None for
    anything else, which may then be searched for.
    """
    text = text.strip()
    if len(text) > _LONGEST_REFERENCE or not text.isprintable():
        return None
    scheme, mark, rest = text.partition("://")
    if mark and scheme.casefold() not in {"http", "https", "hf"}:
        return None
    if mark and scheme.casefold() != "hf":
        return _from_link(text, endpoint)
    if mark:
        return _from_path(rest)
    host, _, path = text.partition("/")
    if host.casefold() in _HOSTS:
        return _from_path(path)
    return _from_path(text) if text.count("/") == 1 else None


def _from_link(text: str, endpoint: str) -> Reference | None:
    try:
        parts, own = urlsplit(text), urlsplit(endpoint)
    except ValueError:
        return None
    host = parts.netloc.casefold()
    if host in _HOSTS:
        return _from_path(parts.path)
    base = own.path.rstrip("/")
    if not host or host != own.netloc.casefold() or not parts.path.startswith(f"{base}/"):
        return None
    return _from_path(parts.path[len(base) :])


def _from_path(path: str) -> Reference | None:
    """From `org/repo[:QUANT]` and what may follow it in a link."""
    parts = [unquote(part) for part in path.split("/") if part]
    if len(parts) < 2 or parts[0].casefold() in _NO_AUTHOR:
        return None
    name, _, tag = parts[1].partition(":")
    repo = f"{parts[0]}/{name}"
    if not is_repo_id(repo):
        return None
    if tag.casefold().endswith(".gguf"):
        return Reference(repo, file=tag)
    match parts[2:]:
        case ["blob" | "resolve" | "raw", revision, *file] if file:
            return Reference(repo, file="/".join(file), revision=revision)
        case ["tree", revision, *folder]:
            # A folder often holds the shards of one precision and is called after it.
            return Reference(repo, quantization("/".join(folder)) if folder else "", "", revision)
        case _:
            return Reference(repo, "" if tag.casefold() == "latest" else tag.upper())


def _projector(variant: Variant, projectors: list[RepoFile]) -> RepoFile | None:
    """As llama.cpp chooses: the deepest shared folder, the same type, the nearest precision."""

    def order(projector: RepoFile) -> tuple[int, bool, int, str]:
        kind = quantization(projector.path)
        return (
            -_shared_folders(variant.files[0].path, projector.path),
            kind != variant.quantization,
            abs(bits(kind) - bits(variant.quantization)),
            projector.path,
        )

    return min(projectors, key=order, default=None)


def _shared_folders(path: str, other: str) -> int:
    shared = 0
    for mine, its in zip(
        PurePosixPath(path).parent.parts, PurePosixPath(other).parent.parts, strict=False
    ):
        if mine != its:
            break
        shared += 1
    return shared
