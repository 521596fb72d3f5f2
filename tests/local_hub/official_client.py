"""The official client in a process of its own: it proves that the local Hub is one.

It reads its settings when it is imported, shares one connection pool, and takes a second to import:
none of that belongs in the tests' process. Reads calls as JSON lines and answers with JSON lines.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_SETTINGS = {
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_UPDATE_CHECK": "1",
}


@dataclass(frozen=True, slots=True)
class Raised:
    """An exception of the client: the name of its class, those of all its bases, its status."""

    name: str
    bases: tuple[str, ...]
    status: int | None


class OfficialClient:
    """Calls the client; starts its process on construction. `home` is its folder."""

    def __init__(self, home: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.local_hub.official_client"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **_SETTINGS, "HF_HOME": str(home)},
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()

    def call(self, name: str, endpoint: str, token: str = "", **arguments: object) -> Any:
        """What the call returned, as JSON would have it, or what it `Raised`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order = {"call": name, "endpoint": endpoint, "token": token, "arguments": arguments}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        reply: dict[str, Any] = json.loads(self._process.stdout.readline())
        if "raised" in reply:
            return Raised(reply["raised"], tuple(reply["bases"]), reply["status"])
        return reply["returned"]


def _calls(endpoint: str, token: str | bool) -> Mapping[str, Callable[..., object]]:
    from huggingface_hub import HfApi, get_hf_file_metadata, hf_hub_download, hf_hub_url

    api = HfApi(endpoint=endpoint, token=token)

    def file_metadata(*, repo: str, file: str, revision: str = "main") -> object:
        url = hf_hub_url(repo, file, revision=revision, endpoint=endpoint)
        data = get_hf_file_metadata(url, token=token, timeout=10, endpoint=endpoint)
        fields = ("commit_hash", "etag", "size", "location")
        return {field: getattr(data, field) for field in fields} | {
            "has_xet": data.xet_file_data is not None
        }

    def download(**arguments: Any) -> object:
        return hf_hub_download(endpoint=endpoint, token=token, **arguments)

    return {
        "list_models": lambda **arguments: [_model(m) for m in api.list_models(**arguments)],
        "model_info": lambda **arguments: _model(api.model_info(timeout=10, **arguments)),
        "list_repo_tree": lambda **arguments: [_entry(e) for e in api.list_repo_tree(**arguments)],
        "get_paths_info": lambda **arguments: [_entry(e) for e in api.get_paths_info(**arguments)],
        "list_repo_refs": lambda **arguments: [
            (branch.name, branch.target_commit)
            for branch in api.list_repo_refs(**arguments).branches
        ],
        "auth_check": api.auth_check,
        "whoami": lambda **_: api.whoami()["name"],
        "file_metadata": file_metadata,
        "download": download,
    }


def _model(model: Any) -> dict[str, object]:
    names = ("id", "sha", "author", "gated", "private", "downloads", "tags", "gguf", "pipeline_tag")
    siblings = [
        {
            "name": s.rfilename,
            "size": s.size,
            "blob_id": s.blob_id,
            "sha256": s.lfs.sha256 if s.lfs else None,
        }
        for s in model.siblings or ()
    ]
    modified = model.last_modified.isoformat() if model.last_modified else None
    return {name: getattr(model, name) for name in names} | {
        "siblings": siblings,
        "last_modified": modified,
    }


def _entry(entry: Any) -> dict[str, object]:
    lfs = getattr(entry, "lfs", None)
    return {
        "kind": type(entry).__name__,
        "path": entry.path,
        "size": getattr(entry, "size", None),
        "sha256": lfs.sha256 if lfs else None,
    }


def main() -> None:
    """Carry out calls until the input ends."""
    import httpx2

    for line in sys.stdin:
        order = json.loads(line)
        reply: dict[str, object]
        try:
            call = _calls(order["endpoint"], order["token"] or False)[order["call"]]
            reply = {"returned": call(**order["arguments"])}
        except (OSError, ValueError, httpx2.HTTPError) as error:
            response = getattr(error, "response", None)
            reply = {
                "raised": type(error).__name__,
                "bases": [base.__name__ for base in type(error).__mro__],
                "status": response.status_code if response is not None else None,
            }
        sys.stdout.write(json.dumps(reply) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
