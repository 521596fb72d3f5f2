"""The repositories of the local Hub, and how the Hub's interface describes them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from tests.local_hub.content import Content, git_id

_LARGE = 10 << 20
_LARGE_SUFFIXES = (".gguf", ".safetensors", ".bin", ".pt", ".onnx", ".png", ".jpg", ".webp")
_UNITS = {"": 1.0, "K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}

# What `expand` may name.
EXPANDABLE = frozenset(
    [
        "author",
        "baseModels",
        "cardData",
        "childrenModelCount",
        "config",
        "createdAt",
        "disabled",
        "downloads",
        "downloadsAllTime",
        "evalResults",
        "gated",
        "gguf",
        "inference",
        "inferenceProviderMapping",
        "lastModified",
        "library_name",
        "likes",
        "mask_token",
        "model-index",
        "pipeline_tag",
        "private",
        "resourceGroup",
        "safetensors",
        "sha",
        "siblings",
        "spaces",
        "tags",
        "transformersInfo",
        "trendingScore",
        "usedStorage",
        "widgetData",
        "xetEnabled",
    ]
)


def is_large(path: str, content: Content) -> bool:
    """Whether git keeps a pointer for it, and the Hub the bytes elsewhere."""
    return path.endswith(_LARGE_SUFFIXES) or content.size > _LARGE


@dataclass(frozen=True, slots=True)
class Facts:
    """What a repository's page says of it."""

    gated: str | bool = False  # False, "auto" or "manual"
    private: bool = False
    xet: bool = False
    downloads: int = 0
    likes: int = 0
    trending: int = 0
    tags: tuple[str, ...] = ()
    pipeline_tag: str = "text-generation"
    library: str = ""
    created: str = "2026-01-02T03:04:05.000Z"
    modified: str = "2026-02-03T04:05:06.000Z"
    card_data: Mapping[str, object] = field(default_factory=dict)
    gguf: Mapping[str, object] | None = None


@dataclass(slots=True)
class Repo:
    """A repository: its commits with all their files, and the branches that point to them."""

    id: str
    facts: Facts
    commits: dict[str, dict[str, Content]] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)

    def commit(self, files: Mapping[str, Content], branch: str) -> str:
        """Make `files` the branch's new state."""
        listing = "".join(f"{path} {content.size}\n" for path, content in sorted(files.items()))
        text = f"{self.id} {len(self.commits)}\n{listing}"
        commit = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
        self.commits[commit] = dict(files)
        self.branches[branch] = commit
        return commit

    def find_commit(self, revision: str) -> str | None:
        """The commit that a branch, a ref or a commit's own id names."""
        name = revision.removeprefix("refs/heads/")
        return self.branches.get(name) or (revision if revision in self.commits else None)

    def replace_file(self, path: str, content: Content) -> None:
        """Swap a file in every commit, and give the branches new commits."""
        for files in self.commits.values():
            if path in files:
                files[path] = content
        for branch, commit in list(self.branches.items()):
            if path in self.commits[commit]:
                self.commit(self.commits[commit], branch)

    @property
    def main(self) -> str:
        return self.branches["main"]

    def rank(self, sort: str) -> int | str:
        """What a search sorts by, with the Hub's names."""
        ranks: dict[str, int | str] = {
            "downloads": self.facts.downloads,
            "likes": self.facts.likes,
            "trendingScore": self.facts.trending,
            "createdAt": self.facts.created,
            "lastModified": self.facts.modified,
        }
        return ranks[sort]

    @property
    def author(self) -> str:
        return self.id.partition("/")[0]

    @property
    def parameters(self) -> float:
        total = (self.facts.gguf or {}).get("total", 0)
        return float(total) if isinstance(total, int | float) else 0.0

    def tags(self, commit: str) -> list[str]:
        tags = list(self.facts.tags)
        if any(path.endswith(".gguf") for path in self.commits[commit]):
            tags.append("gguf")
        if "license" in self.facts.card_data:
            tags.append(f"license:{self.facts.card_data['license']}")
        for base in self._base_models():
            tags += [f"base_model:{base}", f"base_model:quantized:{base}"]
        return [*dict.fromkeys([*tags, self.facts.pipeline_tag, "region:us"])]

    def describe(
        self, commit: str, *, blobs: bool = False, expand: list[str] | None = None
    ) -> dict[str, object]:
        """What `/api/models/{id}` says; with `expand` only the id and what that names."""
        facts = self.facts
        files = self.commits[commit]
        everything: dict[str, object] = {
            "_id": git_id(self.id.encode())[:24],
            "id": self.id,
            "modelId": self.id,
            "author": self.author,
            "sha": commit,
            "createdAt": facts.created,
            "lastModified": facts.modified,
            "private": facts.private,
            "gated": ("auto" if facts.gated is True else facts.gated),
            "disabled": False,
            "pipeline_tag": facts.pipeline_tag,
            "tags": self.tags(commit),
            "downloads": facts.downloads,
            "downloadsAllTime": facts.downloads * 3,
            "likes": facts.likes,
            "trendingScore": facts.trending,
            "cardData": dict(facts.card_data),
            "siblings": [_sibling(path, files[path], blobs=blobs) for path in sorted(files)],
            "spaces": [],
            "usedStorage": sum(content.size for content in files.values()),
            "xetEnabled": facts.xet,
        }
        if facts.library:
            everything["library_name"] = facts.library
        if facts.gguf is not None:
            everything["gguf"] = dict(facts.gguf)
        if bases := self._base_models():
            models = [{"_id": git_id(base.encode())[:24], "id": base} for base in bases]
            everything["baseModels"] = {"relation": "quantized", "models": models}
        if expand:
            return {k: v for k, v in everything.items() if k in {"_id", "id", *expand}}
        return {
            k: v
            for k, v in everything.items()
            if k not in {"baseModels", "downloadsAllTime", "trendingScore", "xetEnabled"}
        }

    def tree(self, commit: str, folder: str, *, recursive: bool) -> list[dict[str, object]]:
        """Files and folders below a folder; nothing if there is no such folder."""
        folder = folder.strip("/")
        return [
            entry
            for entry in _entries(self.commits[commit])
            if (recursive and (not folder or str(entry["path"]).startswith(folder + "/")))
            or str(PurePosixPath(str(entry["path"])).parent) == (folder or ".")
        ]

    def paths_info(self, commit: str, paths: list[str]) -> list[dict[str, object]]:
        """Of the paths that are there."""
        wanted = {path.strip("/") for path in paths}
        return [entry for entry in _entries(self.commits[commit]) if entry["path"] in wanted]

    def _base_models(self) -> list[str]:
        bases = self.facts.card_data.get("base_model", [])
        if isinstance(bases, str):
            return [bases]
        return [str(base) for base in bases] if isinstance(bases, list | tuple) else []


def _sibling(path: str, content: Content, *, blobs: bool) -> dict[str, object]:
    if not blobs:
        return {"rfilename": path}
    if not is_large(path, content):
        return {"rfilename": path, "size": content.size, "blobId": content.git_id}
    lfs = {
        "sha256": content.sha256,
        "size": content.size,
        "pointerSize": len(content.pointer),
    }
    blob = git_id(content.pointer)
    return {"rfilename": path, "size": content.size, "blobId": blob, "lfs": lfs}


def _entries(files: Mapping[str, Content]) -> Iterator[dict[str, object]]:
    folders = {str(f) for path in files for f in PurePosixPath(path).parents if str(f) != "."}
    for folder in sorted(folders):
        yield {"type": "directory", "oid": git_id(folder.encode()), "size": 0, "path": folder}
    for path, content in sorted(files.items()):
        if is_large(path, content):
            lfs = {
                "oid": content.sha256,
                "size": content.size,
                "pointerSize": len(content.pointer),
            }
            oid = git_id(content.pointer)
            yield {"type": "file", "oid": oid, "size": content.size, "lfs": lfs, "path": path}
        else:
            oid = content.git_id
            yield {"type": "file", "oid": oid, "size": content.size, "path": path}


def parameter_bounds(text: str) -> tuple[float, float]:
    """The two ends of `num_parameters`, such as "min:1B,max:9B"."""
    bounds = {"min": 0.0, "max": float("inf")}
    for name, number, unit in re.findall(r"(min|max):([\d.]+)([KMBT]?)", text):
        bounds[name] = float(number) * _UNITS[unit]
    return bounds["min"], bounds["max"]
