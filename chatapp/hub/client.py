"""Asks the Hub, or a mirror of it, about models. What it answers comes back as values and errors.

The requests are our own, because those of huggingface_hub know neither our proxy and certificates
nor a limit of time, and can't be taken back. Its knowledge of errors is used (`failures.py`). Its
transfer protocol Xet never is: a mirror could not follow.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote, urlencode, urljoin, urlsplit

from chatapp.domain.download import Resolved
from chatapp.domain.header import ModelHeader
from chatapp.domain.hub import (
    Access,
    ConnectionReport,
    HostCheck,
    RepoFile,
    RepoInfo,
    SearchFilters,
    SearchPage,
)
from chatapp.errors import (
    AddressInvalid,
    HubAnswerInvalid,
    HubError,
    HubRefused,
    ModelFileDamaged,
    RepoFileMissing,
    RepoGated,
    RepoMissing,
)
from chatapp.hub.answers import (
    card_text,
    is_commit,
    next_cursor,
    read_json,
    repo_info,
    repo_list,
    sha256_of,
    tree_files,
)
from chatapp.hub.failures import refused
from chatapp.hub.gguf_header import parse_header
from chatapp.hub.lines import Line, Lines, Reply
from chatapp.hub.names import is_repo_id
from chatapp.network import Network, Purpose, Stop, origin_of

_SECONDS = 20.0  # for an answer without data
_MOST_JSON = 16 * 2**20
_MOST_CARD = 2 * 2**20
_LONGEST_QUERY = 200
_LONGEST_ETAG = 200
_FIRST_RANGE = 64 * 2**10
_GROWTH = 4
_MOST_HOPS = 5
_MOST_PAGES = 20
_SEARCH = "/api/models"
_EXPAND = (
    *("downloads", "gated", "gguf", "lastModified", "likes"),
    *("pipeline_tag", "private", "siblings", "tags"),
)
_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-\d{1,18}/(?:\d{1,18}|\*)")
# Small, free for everyone, and made by those who make the model: every mirror should have it.
_PROBE = ("Qwen/Qwen3-0.6B-GGUF", "Qwen3-0.6B-Q8_0.gguf")


class HubClient:
    """Search, repositories, links and headers. Thread-safe; `access` is asked anew at each call.

    Every method waits for the network, so it belongs into the background. All of them raise
    `HubError`, `AddressInvalid`, `CaFileInvalid`, and `CancelledError` once `stop` was set.
    """

    def __init__(self, access: Callable[[], Access], network: Network) -> None:
        self._lines = Lines(access, network, Purpose.SEARCH)

    def close(self) -> None:
        """End the connections; those in use when their call ends."""
        self._lines.close()

    def search(
        self,
        query: str,
        *,
        filters: SearchFilters | None = None,
        cursor: str = "",
        stop: Stop | None = None,
    ) -> SearchPage:
        """Repositories with GGUF files; `cursor` is that of the page before, for the same query."""
        asked = cursor or _search_query(query, filters or SearchFilters())
        with self._lines.line() as line:
            reply = _ask(line, "GET", f"{_SEARCH}?{asked}", stop=stop)
        repos = repo_list(read_json(reply.content, reply.headers, reply.host), reply.host)
        return SearchPage(repos, next_cursor(reply.headers.get("link", ""), _SEARCH))

    def repo(self, repo: str, revision: str = "main", *, stop: Stop | None = None) -> RepoInfo:
        """All about one repository, with the sizes and hashes of its GGUF files."""
        path = f"{_SEARCH}/{_known(repo)}"
        with self._lines.line() as line:
            try:
                at = f"{path}/revision/{quote(revision, safe='')}?blobs=true"
                reply = _ask(line, "GET", at, repo=repo, stop=stop)
            except RepoMissing:
                if revision != "main":
                    raise
                # A simple mirror may know no revisions.
                reply = _ask(line, "GET", f"{path}?blobs=true", repo=repo, stop=stop)
            info = repo_info(read_json(reply.content, reply.headers, reply.host), reply.host)
            # Some mirrors leave the files out here, or their sizes.
            if not info.files or not all(file.size for file in info.files):
                info = replace(info, files=_tree(line, repo, revision, stop))
        return info

    def readme(self, repo: str, *, stop: Stop | None = None) -> str:
        """The model card in Markdown, or empty."""
        path = f"/{_known(repo)}/resolve/main/README.md"
        with self._lines.line() as line:
            try:
                reply = _ask(line, "GET", path, repo=repo, file="README.md", stop=stop)
                if "location" in reply.headers:
                    reply = _data(line, _link(reply), most=_MOST_CARD, stop=stop)
            except (RepoFileMissing, RepoGated):
                return ""
        return card_text(reply.content[:_MOST_CARD])

    def resolve(self, repo: str, revision: str, file: str, *, stop: Stop | None = None) -> Resolved:
        """Where the bytes of a file are now. On a mirror that may be another host than its own."""
        with self._lines.line() as line:
            return _resolve(line, repo, revision, file, stop)

    def read_range(
        self, resolved: Resolved, start: int, end: int, *, stop: Stop | None = None
    ) -> bytes:
        """The bytes from `start` up to and without `end`."""
        with self._lines.line() as line:
            return _read(line, resolved, start, end, stop)

    def header(
        self,
        repo: str,
        file: str,
        revision: str = "main",
        *,
        full: bool = False,
        stop: Stop | None = None,
    ) -> ModelHeader:
        """A model's header, read from afar: mostly one request of 64 KiB, more if it is `full`.

        Raises `NotGguf`, `ModelFileDamaged` or `ModelLoadFailed` as well.
        """
        name = f"{repo}/{file}"
        with self._lines.line() as line:
            resolved = _resolve(line, repo, revision, file, stop)
            data = b""
            wanted = _FIRST_RANGE
            while True:
                wanted = min(wanted, resolved.size)
                data += _read(line, resolved, len(data), wanted, stop)
                header = parse_header(data, full=full, path=name)
                if isinstance(header, ModelHeader):
                    return header
                if header <= len(data) or wanted == resolved.size:
                    raise ModelFileDamaged(name, "the header is cut off")
                wanted = max(header, _GROWTH * len(data))

    def test_connection(self, *, stop: Stop | None = None) -> ConnectionReport:
        """Ask for metadata and for one byte of data, and say who failed."""
        with self._lines.line() as line:
            host = origin_of(line.access.endpoint)[1]
            try:
                resolved = _some_file(line, stop)
            except HubError as error:
                return ConnectionReport(HostCheck(getattr(error, "host", host), error))
            if resolved is None:
                return ConnectionReport(HostCheck(host))
            data_host = urlsplit(resolved.url).hostname or host
            try:
                _read(line, resolved, 0, 1, stop)
            except HubError as error:
                failed = HostCheck(getattr(error, "host", data_host), error)
                return ConnectionReport(HostCheck(host), failed)
        return ConnectionReport(HostCheck(host), HostCheck(data_host))


def _ask(
    line: Line,
    method: str,
    path: str,
    *,
    repo: str = "",
    file: str = "",
    revision: str = "",
    stop: Stop | None,
) -> Reply:
    """Ask the endpoint. A redirect that stays there (a repository was renamed) is followed.

    Any other one comes back if it tells where the bytes of `file` are.
    """
    url = line.access.endpoint + path
    for _ in range(_MOST_HOPS):
        reply = line.ask(
            method,
            url,
            headers={"Accept-Encoding": "identity" if method == "HEAD" else "gzip"},
            most=_MOST_JSON,
            seconds=_SECONDS,
            stop=stop,
        )
        if reply.status >= 400:
            raise refused(reply.status, reply.headers, url, repo=repo, file=file, revision=revision)
        if 200 <= reply.status < 300:
            return reply
        url = _link(reply)
        is_home = _is_at(url, line.access.endpoint)
        is_told = "x-linked-etag" in reply.headers
        if file and (is_told or ("x-repo-commit" in reply.headers and not is_home)):
            return reply
        if not is_home:
            raise HubAnswerInvalid(reply.host, f"sends on to {origin_of(url)[1]}")
    raise HubAnswerInvalid(reply.host, "sends on in a circle")


def _is_at(url: str, endpoint: str) -> bool:
    """Whether it is the same server, or the same one over https."""
    there, home = origin_of(url), origin_of(endpoint)
    return there == home or there == ("https", home[1], 443)


def _link(reply: Reply) -> str:
    """Where a redirect leads."""
    location = reply.headers.get("location", "")
    if not 300 <= reply.status < 400 or not location:
        raise HubAnswerInvalid(reply.host, f"status {reply.status}")
    try:
        url = urljoin(reply.url, location)
        origin_of(url)
    except (ValueError, AddressInvalid):
        raise HubAnswerInvalid(reply.host, "sends on to nowhere") from None
    return url


def _resolve(line: Line, repo: str, revision: str, file: str, stop: Stop | None) -> Resolved:
    path = f"/{_known(repo)}/resolve/{quote(revision, safe='')}/{quote(file)}"
    reply = _ask(line, "HEAD", path, repo=repo, file=file, revision=revision, stop=stop)
    headers = reply.headers
    is_elsewhere = reply.status >= 300
    commit = headers.get("x-repo-commit", "")
    etag = headers.get("x-linked-etag") or headers.get("etag", "")
    etag = etag.removeprefix("W/").strip('"')
    size = headers.get("x-linked-size") or ("" if is_elsewhere else headers.get("content-length"))
    if not is_commit(commit):  # the login page of a network looks like a file too
        raise HubAnswerInvalid(reply.host, "no commit")
    if not 0 < len(etag) <= _LONGEST_ETAG or not size or not size.isdecimal() or len(size) > 18:
        raise HubAnswerInvalid(reply.host, "no size")
    url = _link(reply) if is_elsewhere else reply.url
    return Resolved(url=url, size=int(size), sha256=sha256_of(etag), etag=etag, commit=commit)


def _read(line: Line, resolved: Resolved, start: int, end: int, stop: Stop | None) -> bytes:
    if end <= start:
        return b""
    part = f"bytes={start}-{end - 1}"
    reply = _data(line, resolved.url, most=end, part=part, stop=stop)
    content = reply.content
    if reply.status == 200:  # it gives the whole file, whatever part is asked for
        content = content[start:]
    else:
        found = _CONTENT_RANGE.fullmatch(reply.headers.get("content-range", ""))
        if found is None or int(found[1]) != start:
            raise HubAnswerInvalid(reply.host, "another part of the file")
    if len(content) < end - start:
        raise HubAnswerInvalid(reply.host, "too few bytes")
    return content[: end - start]


def _data(line: Line, url: str, *, most: int, stop: Stop | None, part: str = "") -> Reply:
    """Bytes from wherever they are. The token stays at home: the client sees to that."""
    for _ in range(_MOST_HOPS):
        headers = {"Range": part} if part else {}
        reply = line.ask("GET", url, headers=headers, most=most, seconds=None, stop=stop)
        if reply.status in {200, 206}:
            return reply
        if reply.status == 429:
            raise refused(reply.status, reply.headers, url)
        if reply.status >= 400:
            raise HubRefused(reply.host, reply.status, "no data")
        url = _link(reply)
    raise HubAnswerInvalid(reply.host, "sends on in a circle")


def _tree(line: Line, repo: str, revision: str, stop: Stop | None) -> tuple[RepoFile, ...]:
    path = f"{_SEARCH}/{repo}/tree/{quote(revision, safe='')}"
    files: list[RepoFile] = []
    query = "recursive=true"
    for _ in range(_MOST_PAGES):
        reply = _ask(line, "GET", f"{path}?{query}", repo=repo, stop=stop)
        data = read_json(reply.content, reply.headers, reply.host)
        files += tree_files(data, repo, reply.host)
        query = next_cursor(reply.headers.get("link", ""), path)
        if not query:
            break
    return tuple(files)


def _some_file(line: Line, stop: Stop | None) -> Resolved | None:
    """A file that this Hub has, or None if it has no models at all."""
    repo, file = _PROBE
    try:
        return _resolve(line, repo, "main", file, stop)
    except (RepoMissing, RepoFileMissing, RepoGated):
        query = _search_query("", SearchFilters(only_open=True, limit=5))
        reply = _ask(line, "GET", f"{_SEARCH}?{query}", stop=stop)
        found = repo_list(read_json(reply.content, reply.headers, reply.host), reply.host)
        for info in found:
            for known in info.files:
                return _resolve(line, info.id, "main", known.path, stop)
    return None


def _search_query(query: str, filters: SearchFilters) -> str:
    asked = [("filter", "gguf"), ("sort", str(filters.sort)), ("limit", str(filters.limit))]
    if query.strip():
        asked.append(("search", query.strip()[:_LONGEST_QUERY]))
    if filters.author:
        asked.append(("author", filters.author))
    if filters.kind:
        asked.append(("filter", str(filters.kind)))
    if filters.license:
        asked.append(("filter", f"license:{filters.license}"))
    if filters.only_open:
        asked.append(("gated", "false"))
    limits = (("min", filters.min_parameters), ("max", filters.max_parameters))
    if any(count for _, count in limits):
        spans = ",".join(f"{name}:{count / 1e9:g}B" for name, count in limits if count)
        asked.append(("num_parameters", spans))
    asked += [("expand", name) for name in _EXPAND]
    return urlencode(asked)


def _known(repo: str) -> str:
    """The name as it can stand in a path; for another one, which nobody has, `RepoMissing`."""
    if not is_repo_id(repo):
        raise RepoMissing(repo[:_LONGEST_QUERY])
    return repo
