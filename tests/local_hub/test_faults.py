"""The local Hub's faults happen exactly where, when and as often as they were asked for."""

from __future__ import annotations

import http.client
import json
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.local_hub import Fault, Hollow, LocalHub

DATA = random.Random(3).randbytes(3_000_000)
SIZE = len(DATA)
FILE = "model-Q4_K_M.gguf"
PAGE = "/org/name/resolve/main/" + FILE


@pytest.fixture
def hub() -> Iterator[LocalHub]:
    with LocalHub() as hub:
        hub.add_repo("org/name", {FILE: DATA, "config.json": b'{"a": 1}'})
        yield hub


def connect(address: str) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)


def link(hub: LocalHub) -> str:
    connection = connect(hub.endpoint)
    connection.request("HEAD", PAGE)
    response = connection.getresponse()
    connection.close()
    assert response.status == 302
    return response.headers["Location"]


def with_wrong_byte(place: int) -> bytes:
    return DATA[:place] + bytes([DATA[place] ^ 0xFF]) + DATA[place + 1 :]


class Got:
    """What came of a request: the head, the bytes until the end, and what ended them."""

    def __init__(self, url: str, method: str = "GET", **headers: str) -> None:
        parts = urlsplit(url)
        self.body = b""
        self.error: type[Exception] | None = None
        connection = connect(url)
        try:
            connection.request(method, f"{parts.path}?{parts.query}", headers=headers)
            response = connection.getresponse()
            self.status, self.headers = response.status, response.headers
            while chunk := response.read1(65536):
                self.body += chunk
            if method != "HEAD" and len(self.body) < int(response.headers.get("Content-Length", 0)):
                self.error = http.client.IncompleteRead
        except OSError as error:
            self.error = type(error)
        finally:
            connection.close()


def test_redirect_to_the_other_origin(hub: LocalHub) -> None:
    got = Got(hub.endpoint + PAGE)
    assert got.status == 302
    assert got.headers["Location"].startswith(hub.data_origin)
    assert got.headers["X-Linked-Size"] == str(SIZE)
    assert got.headers["X-Linked-Etag"] == f'"{hub.sha256("org/name", FILE)}"'
    assert len(got.headers["X-Repo-Commit"]) == 40
    assert got.headers["ratelimit"]
    whole = Got(got.headers["Location"])
    assert (whole.status, whole.body) == (200, DATA)
    assert whole.headers["Accept-Ranges"] == "bytes"
    small = Got(hub.endpoint + "/org/name/raw/main/config.json")
    assert (small.status, small.body) == (200, b'{"a": 1}')


@pytest.mark.parametrize(
    ("asked", "status", "content_range", "expected"),
    [
        ("bytes=0-0", 206, f"bytes 0-0/{SIZE}", DATA[:1]),
        ("bytes=1000-1999", 206, f"bytes 1000-1999/{SIZE}", DATA[1000:2000]),
        ("bytes=2999990-", 206, f"bytes 2999990-2999999/{SIZE}", DATA[-10:]),
        ("bytes=2999990-9999999", 206, f"bytes 2999990-2999999/{SIZE}", DATA[-10:]),
        ("bytes=-7", 206, f"bytes 2999993-2999999/{SIZE}", DATA[-7:]),
        ("bytes=3000000-", 416, f"bytes */{SIZE}", b""),
        ("bytes=5-4", 200, None, DATA),
        ("lines=1-2", 200, None, DATA),
    ],
)
def test_ranges(
    hub: LocalHub, asked: str, status: int, content_range: str | None, expected: bytes
) -> None:
    got = Got(link(hub), Range=asked)
    assert (got.status, got.headers["Content-Range"]) == (status, content_range)
    assert got.headers["Content-Length"] == str(len(expected))
    assert got.body == expected
    assert hub.requests[-1].bytes_sent == len(expected)


def test_a_range_only_if_it_is_still_the_same_file(hub: LocalHub) -> None:
    url = link(hub)
    etag = Got(url, "HEAD").headers["ETag"]
    assert Got(url, **{"Range": "bytes=5-", "If-Range": etag}).status == 206
    assert Got(url, **{"Range": "bytes=5-", "If-Range": '"other"'}).status == 200


def test_the_log(hub: LocalHub) -> None:
    url = link(hub)
    Got(url, Range="bytes=10-99", Authorization="Bearer x")
    head, get = hub.requests
    assert (head.origin, head.method, head.path, head.status) == ("metadata", "HEAD", PAGE, 302)
    assert (get.origin, get.range_start, get.range_end, get.status) == ("data", 10, 99, 206)
    assert get.path.endswith(FILE)
    assert "Signature=" in get.query
    assert (get.bytes_sent, get.is_done) == (90, True)
    assert get.headers["authorization"] == "Bearer x"
    assert head.at <= get.at <= time.time()


@pytest.mark.parametrize("after", [0, 1, 1_234_567, SIZE - 1])
@pytest.mark.parametrize("kind", ["cut", "reset"])
def test_the_connection_ends_at_a_byte(hub: LocalHub, kind: str, after: int) -> None:
    url = link(hub)
    hub.fault(Fault(kind=kind, match=FILE, after=after))
    got = Got(url)
    assert got.body == DATA[:after]
    assert got.error is (ConnectionResetError if kind == "reset" else http.client.IncompleteRead)
    hub.wait_for(lambda: hub.requests[-1].is_done)
    assert (hub.requests[-1].status, hub.requests[-1].bytes_sent) == (200, after)
    assert Got(url).body == DATA


def test_the_end_counts_from_the_ranges_begin(hub: LocalHub) -> None:
    url = link(hub)
    hub.fault(Fault(kind="cut", after=500))
    assert Got(url, Range="bytes=0-499").body == DATA[:500]  # too short to be cut there
    assert Got(url, Range="bytes=1000000-").body == DATA[1_000_000:1_000_500]


def test_no_answer_at_all(hub: LocalHub) -> None:
    url = link(hub)
    hub.fault(Fault(kind="cut", after=-1))
    assert Got(url).error is http.client.RemoteDisconnected
    hub.fault(Fault(kind="reset", after=-1, method="HEAD", where="metadata"))
    assert Got(hub.endpoint + PAGE).status == 302
    assert Got(hub.endpoint + PAGE, "HEAD").error is ConnectionResetError
    assert hub.requests[-1].status == 0


def test_a_stall_ends_when_it_is_cleared(hub: LocalHub) -> None:
    url = urlsplit(link(hub))
    hub.fault(Fault(kind="stall", after=70_000))
    connection = connect(hub.data_origin)
    connection.request("GET", f"{url.path}?{url.query}")
    response = connection.getresponse()
    assert response.read(70_000) == DATA[:70_000]
    stalled = hub.requests[-1]
    assert (stalled.bytes_sent, stalled.is_done) == (70_000, False)
    hub.clear_faults()
    assert response.read() == DATA[70_000:]
    connection.close()


def test_a_stall_ends_by_itself(hub: LocalHub) -> None:
    url = link(hub)
    hub.fault(Fault(kind="stall", after=10, value=0.2))
    begin = time.monotonic()
    assert Got(url).body == DATA
    assert time.monotonic() - begin >= 0.2


@pytest.mark.parametrize("after", [-1, 100])
def test_a_stall_ends_when_the_client_goes(hub: LocalHub, after: int) -> None:
    url = urlsplit(link(hub))
    hub.fault(Fault(kind="stall", after=after))
    connection = connect(hub.data_origin)
    connection.request("GET", f"{url.path}?{url.query}")
    hub.wait_for(lambda: hub.requests[-1].bytes_sent == max(0, after))
    connection.close()
    hub.wait_for(lambda: hub.requests[-1].is_done)


def test_rate_of_a_connection(hub: LocalHub) -> None:
    url = link(hub)
    hub.fault(Fault(kind="rate", value=1_000_000, after=SIZE - 300_000))
    begin = time.monotonic()
    assert Got(url).body == DATA
    assert time.monotonic() - begin >= 0.25


def test_the_limit_is_for_all_connections_together(hub: LocalHub) -> None:
    url = link(hub)
    hub.limit(10_000_000)
    begin = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(Got, [url, url]))
    assert time.monotonic() - begin >= 0.5
    assert [got.body for got in both] == [DATA, DATA]
    hub.limit(None)
    assert Got(url).body == DATA


def test_a_delay(hub: LocalHub) -> None:
    hub.fault(Fault(kind="delay", where="metadata", value=0.2))
    begin = time.monotonic()
    assert Got(hub.endpoint + PAGE, "HEAD").status == 302
    assert time.monotonic() - begin >= 0.2


def test_a_wrong_byte(hub: LocalHub) -> None:
    url = link(hub)
    hub.fault(Fault(kind="corrupt", after=1_000_000))
    assert Got(url, Range="bytes=0-999999").body == DATA[:1_000_000]
    assert Got(url, Range="bytes=999000-").body == with_wrong_byte(1_000_000)[999_000:]
    assert Got(url).body == DATA


def test_no_ranges(hub: LocalHub) -> None:
    url = link(hub)
    hub.fault(Fault(kind="norange", times=2))
    assert Got(url).status == 200  # asks for no range, so it doesn't count
    for _ in range(2):
        got = Got(url, Range="bytes=100-")
        assert (got.status, got.body, got.headers["Content-Range"]) == (200, DATA, None)
    assert Got(url, Range="bytes=100-").status == 206


def test_another_range_than_the_one_asked_for(hub: LocalHub) -> None:
    url = link(hub)
    hub.fault(Fault(kind="content_range", value=50))
    got = Got(url, Range="bytes=100-199")
    assert got.headers["Content-Range"] == f"bytes 150-199/{SIZE}"
    assert got.body == DATA[150:200]
    hub.fault(Fault(kind="content_range", value="bytes 0-99/100"))
    got = Got(url, Range="bytes=100-199")
    assert got.headers["Content-Range"] == "bytes 0-99/100"
    assert got.body == DATA[100:200]


def test_a_missing_header(hub: LocalHub) -> None:
    hub.fault(Fault(kind="drop_header", where="metadata", value="x-linked-etag"))
    assert Got(hub.endpoint + PAGE, "HEAD").headers["X-Linked-Etag"] is None
    assert Got(hub.endpoint + PAGE, "HEAD").headers["X-Linked-Etag"]
    url = link(hub)
    hub.fault(Fault(kind="drop_header", value="Content-Length"))
    got = Got(url)
    assert (got.headers["Content-Length"], got.body) == (None, DATA)


def test_links_expire(hub: LocalHub) -> None:
    url = link(hub)
    hub.fault(Fault(kind="expire"))
    assert Got(url).status == 403
    assert Got(url).status == 200
    hub.link_seconds = -1.0
    assert Got(link(hub)).status == 403
    assert Got(url.replace("Signature=", "Signature=0")).status == 403
    assert Got(hub.data_origin + urlsplit(url).path).status == 403


@pytest.mark.parametrize("where", ["metadata", "data"])
def test_a_file_becomes_another_one(hub: LocalHub, where: str) -> None:
    before = Got(hub.endpoint + PAGE, "HEAD")
    old = before.headers["Location"]
    hub.fault(Fault(kind="swap", where=where, match=FILE, value=b"another one"))
    if where == "metadata":
        assert Got(old).body == DATA
        assert Got(hub.endpoint + "/api/models/org/name").status == 200  # names no file
    else:
        assert Got(hub.endpoint + PAGE, "HEAD").headers["ETag"] == before.headers["ETag"]
        assert Got(old).body == b"another one"
    after = Got(hub.endpoint + PAGE, "HEAD")
    assert after.headers["X-Linked-Etag"] != before.headers["X-Linked-Etag"]
    assert after.headers["X-Linked-Size"] == "11"
    assert after.headers["X-Repo-Commit"] != before.headers["X-Repo-Commit"]
    assert Got(after.headers["Location"]).body == b"another one"


def test_a_new_commit_leaves_the_old_one_as_it_is(hub: LocalHub) -> None:
    before = Got(hub.endpoint + PAGE, "HEAD").headers
    commit = hub.add_repo("org/name", {FILE: b"new"})
    assert Got(hub.endpoint + PAGE, "HEAD").headers["X-Repo-Commit"] == commit
    pinned = hub.endpoint + PAGE.replace("main", before["X-Repo-Commit"])
    assert Got(pinned, "HEAD").headers["X-Linked-Etag"] == before["X-Linked-Etag"]
    assert Got(before["Location"]).body == DATA


def test_a_status(hub: LocalHub) -> None:
    url = link(hub)
    hub.fault(Fault(kind="status", value=503, headers={"Retry-After": "2"}))
    got = Got(url)
    assert (got.status, got.headers["Retry-After"]) == (503, "2")
    assert "error" in json.loads(got.body)
    hub.fault(Fault(kind="status", value=429))
    assert Got(url).headers["ratelimit"] == '"api";r=0;t=1'
    assert Got(url).body == DATA


def test_which_requests_are_hit(hub: LocalHub) -> None:
    url = link(hub)
    hub.fault(Fault(kind="status", value=500, match="config.json", where="metadata", times=0))
    hub.fault(Fault(kind="status", value=503, match="Q4_K_M", skip=2, times=3))
    assert [Got(url, "HEAD").status for _ in range(7)] == [200, 200, 503, 503, 503, 200, 200]
    config = hub.endpoint + "/org/name/resolve/main/config.json"
    assert [Got(config).status for _ in range(5)] == [500] * 5
    hub.clear_faults()
    assert Got(config).status == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "nonsense"},
        {"kind": "cut", "value": 100},
        {"kind": "status"},
        {"kind": "swap"},
        {"kind": "delay", "value": 1, "after": 5},
        {"kind": "corrupt", "after": -1},
        {"kind": "expire", "where": "metadata"},
        {"kind": "rate", "value": 1, "headers": {"a": "b"}},
    ],
)
def test_a_fault_that_makes_no_sense(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=str(wrong["kind"]) + "|signatures"):
        Fault(**wrong)


def test_a_connection_is_kept(hub: LocalHub) -> None:
    url = urlsplit(link(hub))
    connection = connect(hub.data_origin)
    used = set()
    for _ in range(3):
        connection.request("GET", f"{url.path}?{url.query}", headers={"Range": "bytes=0-9"})
        assert connection.getresponse().read() == DATA[:10]
        assert connection.sock is not None
        used.add(connection.sock.getsockname())
    assert len(used) == 1
    connection.close()


def test_close_ends_everything(hub: LocalHub) -> None:
    """The test's own checks see to it that no thread stays behind."""
    url = urlsplit(link(hub))
    hub.fault(Fault(kind="stall"))
    hub.fault(Fault(kind="rate", value=10, skip=1))
    connections = [connect(hub.data_origin) for _ in range(3)]
    for connection in connections[:2]:
        connection.request("GET", f"{url.path}?{url.query}")
        assert connection.getresponse().status == 200
    connections[2].connect()
    hub.close()
    for connection in connections:
        connection.close()
    address = (urlsplit(hub.endpoint).hostname, urlsplit(hub.endpoint).port)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address, timeout=10)


def test_a_file_on_disk(hub: LocalHub, tmp_path: Path) -> None:
    source = tmp_path / "source.gguf"
    source.write_bytes(DATA)
    hub.swap("org/name", FILE, source)
    hub.fault(Fault(kind="corrupt", after=2_000_000))
    assert Got(link(hub)).body == with_wrong_byte(2_000_000)
    assert Got(link(hub), Range="bytes=2000000-").body == DATA[2_000_000:]


def test_a_file_of_any_size() -> None:
    with LocalHub() as hub:
        hub.add_repo("org/name", {FILE: Hollow(b"GGUF" + b"x" * 96, 60_000_000_000)})
        url = link(hub)
        got = Got(url, Range="bytes=0-199")
        assert got.body == b"GGUF" + b"x" * 96 + bytes(100)
        assert got.headers["Content-Range"] == "bytes 0-199/60000000000"
        assert Got(url, Range="bytes=-5").body == bytes(5)


def test_for_other_processes(tmp_path: Path) -> None:
    (tmp_path / "org" / "name").mkdir(parents=True)
    (tmp_path / "org" / "name" / FILE).write_bytes(DATA)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.local_hub", str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        endpoint = json.loads(process.stdout.readline())["endpoint"]
        url = Got(endpoint + PAGE, "HEAD").headers["Location"]
        for command in ({"fault": {"kind": "cut", "after": 5}}, {"limit": None}, {"nonsense": 1}):
            process.stdin.write(json.dumps(command) + "\n")
        process.stdin.flush()
        answers = [json.loads(process.stdout.readline()) for _ in range(3)]
        assert answers == [{"done": True}, {"done": True}, {"error": "unknown command"}]
        assert Got(url).body == DATA[:5]
        process.stdin.write('{"requests": true}\n')
        process.stdin.flush()
        requests = json.loads(process.stdout.readline())
        assert [(r["origin"], r["status"], r["bytes_sent"]) for r in requests] == [
            ("metadata", 302, 0),
            ("data", 200, 5),
        ]
        process.stdin.close()
        assert process.wait(30) == 0
