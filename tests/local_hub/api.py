"""What the metadata origin answers: the parts of huggingface.co's interface that a client needs."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, parse_qsl, urlencode

from tests.local_hub.content import Content
from tests.local_hub.exchange import Answer, Asked, json_answer, refusal
from tests.local_hub.repo import EXPANDABLE, Repo, is_large, parameter_bounds

if TYPE_CHECKING:
    from tests.local_hub.hub import LocalHub

_SORTS = {
    "downloads": "downloads",
    "likes": "likes",
    "createdAt": "createdAt",
    "created_at": "createdAt",
    "lastModified": "lastModified",
    "last_modified": "lastModified",
    "trendingScore": "trendingScore",
    "trending_score": "trendingScore",
}
_UNKNOWN_CREDENTIALS = "Invalid credentials in Authorization header"
_QUOTA = {
    "ratelimit": '"api";r=499;t=300',
    "ratelimit-policy": '"fixed window";"api";q=500;w=300',
}


class Api:
    """Answers requests to the metadata origin."""

    def __init__(self, hub: LocalHub) -> None:
        self._hub = hub

    def answer(self, asked: Asked) -> Answer:
        answer = self._route(asked)
        answer.headers.update(_QUOTA)
        return answer

    def _route(self, asked: Asked) -> Answer:
        authorization = asked.headers.get("authorization", "")
        known = ("", f"Bearer {self._hub.token}", f"Bearer {self._hub.other_token}")
        if authorization not in known:
            return refusal(401, _UNKNOWN_CREDENTIALS)
        match asked.segments:
            case ["api", "models"]:
                return self._search(asked)
            case ["api", "models", owner, name, *rest]:
                return self._within(asked, f"{owner}/{name}", rest, self._about)
            case ["api", "whoami-v2"]:
                return self._whoami(authorization)
            case ["api", "agent-harnesses"]:
                return json_answer([])
            case [owner, name, ("resolve" | "raw"), _, _, *_] if asked.method != "POST":
                rest = asked.segments[2:]
                return self._within(asked, f"{owner}/{name}", rest, self._file)
        return _no_repo(authorization)

    def _within(
        self,
        asked: Asked,
        repo_id: str,
        rest: list[str],
        handle: Callable[[Asked, Repo, list[str]], Answer],
    ) -> Answer:
        if repo_id in self._hub.renamed:
            old, new = f"/{repo_id}", f"/{self._hub.renamed[repo_id]}"
            query = f"?{asked.query}" if asked.query else ""
            answer = refusal(307, "Temporary Redirect")
            answer.headers["Location"] = asked.raw_path.replace(old, new, 1) + query
            return answer
        repo = self._hub.repo(repo_id)
        authorization = asked.headers.get("authorization", "")
        if repo is None or (repo.facts.private and not self._may_everything(asked)):
            return _no_repo(authorization)
        return handle(asked, repo, rest)

    def _about(self, asked: Asked, repo: Repo, rest: list[str]) -> Answer:
        match rest:
            case ["refs"]:
                return json_answer(_refs(repo))
            case ["auth-check"]:
                return self._closed(asked, repo) or json_answer({})
        revision = rest[1] if len(rest) > 1 else "main"
        commit = repo.find_commit(revision)
        if commit is None:
            return _no_revision(revision)
        match rest:
            case [] | ["revision", _]:
                expand = asked.values("expand") + asked.values("expand[]")
                if unknown := set(expand) - EXPANDABLE:
                    return refusal(400, f"can't expand {sorted(unknown)}")
                blobs = asked.value("blobs").lower() in {"1", "true"}
                return json_answer(repo.describe(commit, blobs=blobs, expand=expand))
            case ["tree", _, *folders]:
                return self._tree(asked, repo, commit, "/".join(folders).strip("/"))
            case ["paths-info", _] if asked.method == "POST":
                return json_answer(repo.paths_info(commit, _posted_paths(asked)))
            case ["xet-read-token", _]:
                return self._closed(asked, repo) or self._xet_token()
        return refusal(404, "Not Found")

    def _file(self, asked: Asked, repo: Repo, rest: list[str]) -> Answer:
        kind, revision, *parts = rest
        path = "/".join(parts)
        if closed := self._closed(asked, repo):
            return closed
        commit = repo.find_commit(revision)
        if commit is None:
            return _no_revision(revision)
        content = repo.commits[commit].get(path)
        if content is None:
            answer = refusal(404, "Entry not found", "EntryNotFound")
            answer.headers["X-Repo-Commit"] = commit
            return answer
        if not is_large(path, content):
            headers = {
                "Content-Type": "text/plain; charset=utf-8",
                "ETag": f'"{content.git_id}"',
                "X-Repo-Commit": commit,
            }
            return Answer(200, headers, content, takes_ranges=True)
        if kind == "raw":
            headers = {"Content-Type": "text/plain; charset=utf-8", "X-Repo-Commit": commit}
            return Answer(200, headers, Content(content.pointer))
        return self._redirect(repo, commit, path, content)

    def _redirect(self, repo: Repo, commit: str, path: str, content: Content) -> Answer:
        link = self._hub.link(repo, commit, path)
        headers = {
            "Content-Type": "text/plain; charset=utf-8",
            "Location": link,
            "X-Repo-Commit": commit,
            "X-Linked-Size": str(content.size),
            "X-Linked-Etag": f'"{content.sha256}"',
            "ETag": f'"{content.sha256}"',
            "Accept-Ranges": "bytes",
        }
        if repo.facts.xet:
            token = f"{self._hub.endpoint}/api/models/{repo.id}/xet-read-token/{commit}"
            headers["X-Xet-Hash"] = content.sha256
            headers["Link"] = f'<{token}>; rel="xet-auth"'
        return Answer(302, headers, Content(f"Found. Redirecting to {link}"))

    def _search(self, asked: Asked) -> Answer:
        expand = asked.values("expand") + asked.values("expand[]")
        if unknown := set(expand) - EXPANDABLE:
            return refusal(400, f"can't expand {sorted(unknown)}")
        if (sort := asked.value("sort", "trendingScore")) not in _SORTS:
            return refusal(400, f"can't sort by {sort}")
        repos = [repo for repo in self._hub.repos() if "main" in repo.branches]
        found = [repo for repo in repos if self._is_wanted(asked, repo)]
        found.sort(key=lambda repo: repo.rank(_SORTS[sort]), reverse=True)
        is_full = bool(expand) or asked.value("full").lower() in {"1", "true"}
        rows = [
            repo.describe(repo.main, expand=expand) if is_full else _row(repo) for repo in found
        ]
        return self._page(asked, rows)

    def _is_wanted(self, asked: Asked, repo: Repo) -> bool:
        tags = {tag.lower() for tag in repo.tags(repo.main)}
        wanted = {tag.lower() for text in asked.values("filter") for tag in text.split(",") if tag}
        if any(app == "llama.cpp" for app in asked.values("apps")):
            wanted.add("gguf")
        if pipeline_tag := asked.value("pipeline_tag"):
            wanted.add(pipeline_tag)
        gated = asked.value("gated").lower()
        least, most = parameter_bounds(asked.value("num_parameters"))
        return (
            (not repo.facts.private or self._may_everything(asked))
            and wanted <= tags
            and all(word in repo.id.lower() for word in asked.value("search").lower().split())
            and asked.value("author", repo.author).lower() == repo.author.lower()
            and (not gated or (gated == "true") == bool(repo.facts.gated))
            and least <= repo.parameters <= most
        )

    def _tree(self, asked: Asked, repo: Repo, commit: str, folder: str) -> Answer:
        recursive = asked.value("recursive").lower() in {"1", "true"}
        entries = repo.tree(commit, folder, recursive=recursive)
        if folder and not entries:
            return refusal(404, f"{folder} does not exist on {commit}", "EntryNotFound")
        return self._page(asked, entries)

    def _page(self, asked: Asked, rows: list[dict[str, object]]) -> Answer:
        """One page of the rows, and where the next one is."""
        most = self._hub.page_size
        limit = max(1, min(most, int(asked.value("limit", str(most)))))
        begin = int(base64.urlsafe_b64decode(asked.value("cursor", "MA==")))
        answer = json_answer(rows[begin : begin + limit])
        if begin + limit < len(rows):
            rest = [pair for pair in parse_qsl(asked.query) if pair[0] != "cursor"]
            cursor = base64.urlsafe_b64encode(str(begin + limit).encode()).decode()
            query = urlencode([*rest, ("cursor", cursor)])
            answer.headers["Link"] = f'<{self._hub.endpoint}{asked.raw_path}?{query}>; rel="next"'
        return answer

    def _whoami(self, authorization: str) -> Answer:
        if not authorization:
            return refusal(401, "Invalid username or password.")
        token = {"displayName": "tests", "role": "read"}
        return json_answer(
            {
                "type": "user",
                "id": "0123456789abcdef01234567",
                "name": "tester" if authorization.endswith(self._hub.token) else "stranger",
                "fullname": "Tester",
                "orgs": [],
                "auth": {"type": "access_token", "accessToken": token},
            }
        )

    def _xet_token(self) -> Answer:
        expires = int(time.time() + self._hub.link_seconds)
        cas = self._hub.data_origin
        headers = {
            "X-Xet-Cas-Url": cas,
            "X-Xet-Access-Token": "local",
            "X-Xet-Token-Expiration": str(expires),
        }
        return json_answer({"casUrl": cas, "accessToken": "local", "exp": expires}, headers)

    def _may_everything(self, asked: Asked) -> bool:
        return asked.headers.get("authorization") == f"Bearer {self._hub.token}"

    def _closed(self, asked: Asked, repo: Repo) -> Answer | None:
        """Why the files of a gated repository can't be had."""
        if not repo.facts.gated or self._may_everything(asked):
            return None
        if "authorization" not in asked.headers:
            return refusal(
                401,
                f"Access to model {repo.id} is restricted. You must have access to it and be "
                "authenticated to access it. Please log in.",
                "GatedRepo",
            )
        return refusal(
            403,
            f"Access to model {repo.id} is restricted and you are not in the authorized list. "
            f"Visit {self._hub.endpoint}/{repo.id} to ask for access.",
            "GatedRepo",
        )


def _no_repo(authorization: str) -> Answer:
    # The real Hub's bare 401 is only understood on https, so the code is always sent.
    return refusal(404 if authorization else 401, "Repository not found", "RepoNotFound")


def _no_revision(revision: str) -> Answer:
    return refusal(404, f"Invalid rev id: {revision}", "RevisionNotFound")


def _row(repo: Repo) -> dict[str, object]:
    """What a search tells of a repository unless more is asked for."""
    names = [
        "likes",
        "private",
        "downloads",
        "tags",
        "pipeline_tag",
        "library_name",
        "createdAt",
        "trendingScore",
    ]
    return repo.describe(repo.main, expand=names) | {"modelId": repo.id}


def _refs(repo: Repo) -> dict[str, object]:
    branches = [
        {"name": name, "ref": f"refs/heads/{name}", "targetCommit": commit}
        for name, commit in repo.branches.items()
    ]
    return {"branches": branches, "converts": [], "tags": []}


def _posted_paths(asked: Asked) -> list[str]:
    if "json" in asked.headers.get("content-type", ""):
        paths = json.loads(asked.body)["paths"]
        return [paths] if isinstance(paths, str) else [str(path) for path in paths]
    return parse_qs(asked.body.decode()).get("paths", [])
