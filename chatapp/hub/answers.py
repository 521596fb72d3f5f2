"""What the Hub answers, read into values. It comes from strangers: nothing in it is trusted.

What is not of the form that it should have is left out; an answer that is none at all (the login
page of a hotel, say) is `HubAnswerInvalid`. Lengths and counts are limited.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from chatapp.domain.hub import Gate, RepoFile, RepoInfo
from chatapp.errors import HubAnswerInvalid, NameUnsafe
from chatapp.hub.names import is_repo_id
from chatapp.hub.safe_names import relative_path

_MOST_FILES = 20_000
_MOST_REPOS = 1000
_MOST_TAGS = 300
_LONGEST_TEXT = 300
_LONGEST_CURSOR = 4000
_LARGEST = 2**53  # what every JSON reader agrees on
_SHA256 = re.compile(r"[0-9a-f]{64}")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_GATES = {"auto": Gate.AUTOMATIC, "manual": Gate.MANUAL}
_NEXT = re.compile(r"<([^<>]*)>[^,<>]*;\s*rel=\"?next\"?", re.IGNORECASE)
_FRONT_MATTER = re.compile(
    r"\A\ufeff?---[ \t]*\r?\n.*?^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE
)


def read_json(content: bytes, headers: Mapping[str, str], host: str) -> Any:
    """The answer as plain data. Raises `HubAnswerInvalid`."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        is_page = "html" in headers.get("content-type", "") or content.lstrip()[:1] == b"<"
        detail = "a web page" if is_page else "no JSON"
        raise HubAnswerInvalid(host, detail) from None


def repo_list(data: Any, host: str) -> tuple[RepoInfo, ...]:
    """The results of a search. Raises `HubAnswerInvalid`."""
    if not isinstance(data, list):
        raise HubAnswerInvalid(host, "no list")
    found = (_repo(row) for row in data[:_MOST_REPOS] if isinstance(row, dict))
    return tuple(repo for repo in found if repo is not None)


def repo_info(data: Any, host: str) -> RepoInfo:
    """One repository. Raises `HubAnswerInvalid`."""
    repo = _repo(data) if isinstance(data, dict) else None
    if repo is None:
        raise HubAnswerInvalid(host, "no repository")
    return repo


def tree_files(data: Any, repo: str, host: str) -> tuple[RepoFile, ...]:
    """The GGUF files of a listing. Raises `HubAnswerInvalid`."""
    if not isinstance(data, list):
        raise HubAnswerInvalid(host, "no list")
    return _files((row for row in data if _text(row, "type") == "file"), repo, "path")


def next_cursor(link: str, path: str) -> str:
    """The query of the next page, from a header `Link`; empty at the end.

    Only the query is taken, so that a page can't lead elsewhere than to `path`.
    """
    found = _NEXT.search(link)
    if found is None or len(found[1]) > _LONGEST_CURSOR:
        return ""
    try:
        parts = urlsplit(found[1])
    except ValueError:
        return ""
    return parts.query if parts.path.endswith(path) else ""


def card_text(content: bytes) -> str:
    """A model card in Markdown, without the data at its beginning."""
    text = content.decode("utf-8", errors="replace").replace("\0", "")
    return _FRONT_MATTER.sub("", text, count=1).lstrip("\r\n")


def sha256_of(etag: str) -> str:
    """The sha256 that an ETag of a large file is; empty for another kind."""
    return etag if _SHA256.fullmatch(etag) is not None else ""


def is_commit(text: str) -> bool:
    """Whether this is the full name of a commit."""
    return _COMMIT.fullmatch(text) is not None


def _repo(row: dict[str, Any]) -> RepoInfo | None:
    repo = _text(row, "id") or _text(row, "modelId")
    if not is_repo_id(repo):
        return None
    tags = tuple(t for t in map(_clean, _list(row, "tags")[:_MOST_TAGS]) if t)
    gguf, card = _dict(row, "gguf"), _dict(row, "cardData")
    commit = _text(row, "sha")
    license_tags = [tag.removeprefix("license:") for tag in tags if tag.startswith("license:")]
    return RepoInfo(
        id=repo,
        commit=commit if is_commit(commit) else "",
        gate=_GATES.get(
            _text(row, "gated"), Gate.MANUAL if row.get("gated") is True else Gate.OPEN
        ),
        is_private=row.get("private") is True,
        downloads=_count(row, "downloads"),
        likes=_count(row, "likes"),
        updated_at=_time(_text(row, "lastModified")),
        license=license_tags[0] if license_tags else _text(card, "license"),
        task=_text(row, "pipeline_tag"),
        tags=tags,
        base_models=_base_models(tags),
        files=_files(_list(row, "siblings"), repo, "rfilename"),
        parameters=_count(gguf, "total"),
        architecture=_text(gguf, "architecture"),
        context_length=_count(gguf, "context_length"),
        has_chat_template=isinstance(gguf.get("chat_template"), str),
    )


def _files(rows: Iterable[Any], repo: str, name: str) -> tuple[RepoFile, ...]:
    found: dict[str, RepoFile] = {}
    for row in rows:
        path = _text(row, name)
        if len(found) >= _MOST_FILES or not path.casefold().endswith(".gguf"):
            continue
        try:
            relative_path(repo, path)
        except NameUnsafe:
            continue
        lfs = _dict(row, "lfs")
        sha256 = _text(lfs, "sha256") or _text(lfs, "oid")
        size = _count(row, "size") or _count(lfs, "size")
        found[path] = RepoFile(path, size, sha256_of(sha256))
    return tuple(found.values())


def _base_models(tags: Iterable[str]) -> tuple[str, ...]:
    """From tags like base_model:org/name and base_model:quantized:org/name."""
    names = (tag.rpartition(":")[2] for tag in tags if tag.startswith("base_model:"))
    return tuple(dict.fromkeys(name for name in names if is_repo_id(name)))


def _dict(row: Any, key: str) -> dict[str, Any]:
    value = row.get(key) if isinstance(row, dict) else None
    return value if isinstance(value, dict) else {}


def _list(row: dict[str, Any], key: str) -> list[Any]:
    value = row.get(key)
    return value if isinstance(value, list) else []


def _text(row: Any, key: str) -> str:
    return _clean(row.get(key)) if isinstance(row, dict) else ""


def _clean(value: Any) -> str:
    """A text that can be shown: short, on one line, and not written backwards. Else none."""
    is_fine = isinstance(value, str) and len(value) <= _LONGEST_TEXT and value.isprintable()
    return value if is_fine else ""


def _count(row: dict[str, Any], key: str) -> int:
    value = row.get(key)
    return value if type(value) is int and 0 < value <= _LARGEST else 0


def _time(text: str) -> float:
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError, OSError):
        return 0.0
