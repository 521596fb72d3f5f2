"""The local Hub: what it holds, what goes wrong with it, and its two origins."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from tests.local_hub.api import Api
from tests.local_hub.content import Content, Hollow
from tests.local_hub.exchange import Answer, Asked, refusal
from tests.local_hub.fault import Fault, Faults
from tests.local_hub.log import Request, RequestLog
from tests.local_hub.pace import Pace
from tests.local_hub.repo import Facts, Repo
from tests.local_hub.server import Desk, Origin

Source = bytes | str | Path | Hollow

_REPO_ID = re.compile(r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+")


class LocalHub:
    """A Hub with two origins that serves from its construction until `close`.

    `token` is the access token that it accepts, with all rights; `other_token` is one that is valid
    but was granted nothing: gated and private repositories stay closed to it. `link_seconds` is how
    long a signed link to the data origin stays good from the moment when it is made, `page_size`
    the most that one answer lists.
    """

    def __init__(
        self,
        *,
        metadata_port: int = 0,
        data_port: int = 0,
        link_seconds: float = 3600.0,
        page_size: int = 1000,
    ) -> None:
        self.token = f"hf_{secrets.token_hex(17)}"
        self.other_token = f"hf_{secrets.token_hex(17)}"
        self.link_seconds = link_seconds
        self.page_size = page_size
        self.renamed: dict[str, str] = {}
        self._repos: dict[str, Repo] = {}
        self._lock = threading.RLock()
        self._key = secrets.token_bytes(32)
        self._faults = Faults()
        self._log = RequestLog()
        self._api = Api(self)
        # Only the data origin is throttled.
        self._pace = Pace()
        self._failures: list[BaseException] = []
        self._data = Origin(
            data_port,
            Desk("data", self._answer_data, self._swap, self._faults, self._log, self._pace),
            self._failures,
        )
        self._metadata = Origin(
            metadata_port,
            Desk("metadata", self._api.answer, self._swap, self._faults, self._log, Pace()),
            self._failures,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all connections and threads; raises what went wrong in the hub itself."""
        self._faults.clear()
        self._metadata.close()
        self._data.close()
        if self._failures:
            raise RuntimeError("the local hub itself failed") from self._failures[0]

    @property
    def endpoint(self) -> str:
        return self._metadata.address

    @property
    def data_origin(self) -> str:
        return self._data.address

    def add_repo(
        self,
        repo_id: str,
        files: Mapping[str, Source],
        *,
        branch: str = "main",
        card: str = "",
        card_data: Mapping[str, object] | None = None,
        gguf: Mapping[str, object] | None = None,
        gated: str | bool = False,
        private: bool = False,
        xet: bool = False,
        downloads: int = 0,
        likes: int = 0,
        trending: int = 0,
        tags: Sequence[str] = (),
        pipeline_tag: str = "text-generation",
        library: str = "",
        created: str = "2026-01-02T03:04:05.000Z",
        modified: str = "2026-02-03T04:05:06.000Z",
    ) -> str:
        """Add a repository, or a new commit to one that is there, and return the commit's id.

        `files` are all the files of that commit by their path; `card` becomes README.md;
        `card_data` (licence, base model, languages) is what the Hub read in the card's head;
        `gguf` is `{"total": parameters, "architecture": …, "context_length": …}`. The tag "gguf",
        that of the licence and those of the base models come by themselves. Times are ISO 8601.
        """
        if not _REPO_ID.fullmatch(repo_id):
            raise ValueError(repo_id)
        contents = {path: Content(source) for path, source in files.items()}
        if card:
            contents["README.md"] = Content(card)
        facts = Facts(
            gated=gated,
            private=private,
            xet=xet,
            downloads=downloads,
            likes=likes,
            trending=trending,
            tags=tuple(tags),
            pipeline_tag=pipeline_tag,
            library=library,
            created=created,
            modified=modified,
            card_data=card_data or {},
            gguf=gguf,
        )
        with self._lock:
            repo = self._repos.setdefault(repo_id, Repo(repo_id, facts))
            repo.facts = facts
            return repo.commit(contents, branch)

    def remove_repo(self, repo_id: str) -> None:
        with self._lock:
            del self._repos[repo_id]

    def rename_repo(self, old: str, new: str) -> None:
        """The old id redirects to the new one from now on."""
        with self._lock:
            repo = self._repos.pop(old)
            repo.id = new
            self._repos[new] = repo
            self.renamed[old] = new

    def swap(self, repo_id: str, path: str, source: Source) -> None:
        """Replace a file in all commits, as if its history had been written anew.

        Links that were handed out already lead to the new bytes too.
        """
        with self._lock:
            self._repos[repo_id].replace_file(path, Content(source))

    def sha256(self, repo_id: str, path: str) -> str:
        """Of the file on the main branch."""
        repo = self._repos[repo_id]
        return repo.commits[repo.main][path].sha256

    def fault(self, fault: Fault) -> None:
        self._faults.add(fault)

    def clear_faults(self) -> None:
        """Forget all faults; those at work (a stall, a delay, a rate) end at once."""
        self._faults.clear()

    def limit(self, bytes_per_second: float | None) -> None:
        """Throttle all connections to the data origin together; None: no more."""
        self._pace.set(bytes_per_second)

    @property
    def requests(self) -> list[Request]:
        """All requests in the order in which they came, as they are now."""
        return self._log.requests

    def clear_requests(self) -> None:
        self._log.clear()

    def wait_for(self, condition: Callable[[], bool], timeout: float = 30.0) -> None:
        """Wait until the condition on `requests` is true; raises TimeoutError."""
        self._log.wait_for(condition, timeout)

    def repos(self) -> list[Repo]:
        with self._lock:
            return list(self._repos.values())

    def repo(self, repo_id: str) -> Repo | None:
        with self._lock:
            return self._repos.get(repo_id)

    def link(self, repo: Repo, commit: str, path: str) -> str:
        """A signed link to a file on the data origin."""
        name = f"/{repo.id}/{commit}/{quote(path)}"
        expires = f"{time.time() + self.link_seconds:.3f}"
        return f"{self.data_origin}{name}?Expires={expires}&Signature={self._sign(name, expires)}"

    def _sign(self, name: str, expires: str) -> str:
        return hmac.new(self._key, f"{name} {expires}".encode(), hashlib.sha256).hexdigest()

    def _answer_data(self, asked: Asked) -> Answer:
        expires, signature = asked.value("Expires"), asked.value("Signature")
        expected = self._sign(asked.raw_path, expires)
        if not hmac.compare_digest(expected.encode(), signature.encode()):
            return refusal(403, "The signature is wrong")
        if float(expires) < time.time():
            return refusal(403, "The link has expired")
        owner, name, commit, *rest = asked.segments
        repo = self.repo(f"{owner}/{name}")
        content = repo.commits.get(commit, {}).get("/".join(rest)) if repo else None
        if content is None:
            return refusal(404, "The file is gone")
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Disposition": "inline; filename*=UTF-8''" + quote(rest[-1]),
            # Not the sha256: nothing promises that the real data origin's is.
            "ETag": f'"{content.sha256[:32]}"',
            "Cache-Control": "public, max-age=31536000",
        }
        return Answer(200, headers, content, takes_ranges=True)

    def _swap(self, asked: Asked, source: Source | None) -> bool:
        """Swap the file that a request names; without a source only tell whether it names one."""
        owner, name, *rest = [*asked.segments, "", ""]
        if rest[0] in {"resolve", "raw"}:
            rest = rest[1:]
        repo, path = self.repo(f"{owner}/{name}"), "/".join(rest[1:]).rstrip("/")
        if repo is None or not any(path in files for files in repo.commits.values()):
            return False
        if source is not None:
            self.swap(repo.id, path, source)
        return True
