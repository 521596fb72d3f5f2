"""A Hub on this computer with one repository and one file, as far as a download asks for it."""

from __future__ import annotations

import hashlib
import json
import re
import socket
import socketserver
import threading
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from typing import ClassVar, Self

_RANGE = re.compile(r"bytes=(\d+)-(\d*)")
_COMMIT = "0" * 39 + "1"
_SECONDS = 10.0  # for a connection to be made


class SmallHub:
    """Serves on loopback, in threads of its own, from its construction until `close`."""

    def __init__(self, repo: str, file: str, content: bytes) -> None:
        digest = hashlib.sha256(content).hexdigest()
        sibling = {"rfilename": file, "size": len(content), "lfs": {"sha256": digest}}
        info = {"id": repo, "sha": _COMMIT, "tags": ["gguf"], "siblings": [sibling]}

        class Answers(_Answers):
            info_path = f"/api/models/{repo}/revision/main?blobs=true"
            info_json = json.dumps(info).encode()
            file_path = re.compile(
                rf"/{re.escape(repo)}/resolve/(main|{_COMMIT})/{re.escape(file)}"
            )
            file_content = content
            file_digest = digest

        # Not http.server's own, which looks for the name of this computer.
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Answers)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), name="small hub"
        )
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def endpoint(self) -> str:
        """Where it is asked."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def is_reachable(self) -> bool:
        """False where even a computer's way to itself is cut off."""
        try:
            port = self._server.server_address[1]
            socket.create_connection(("127.0.0.1", port), _SECONDS).close()
        except OSError:
            return False
        return True

    def close(self) -> None:
        """End it, and its threads."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Answers(BaseHTTPRequestHandler):
    """Answers one request and ends the connection."""

    info_path: ClassVar[str]
    info_json: ClassVar[bytes]
    file_path: ClassVar[re.Pattern[str]]
    file_content: ClassVar[bytes]
    file_digest: ClassVar[str]

    def do_GET(self) -> None:
        """Tell about the repository, or give the file or a part of it."""
        if self.path == self.info_path:
            self._answer(200, self.info_json, {"Content-Type": "application/json"})
        elif self.file_path.fullmatch(self.path):
            self._give_file()
        else:
            self._answer(404, b"", {})

    do_HEAD = do_GET  # noqa: N815 - the name that http.server calls

    def log_message(self, *_: object) -> None:
        """Nothing: what is on the standard error output is a failure."""

    def _give_file(self) -> None:
        content = self.file_content
        headers = {
            "ETag": f'"{self.file_digest}"',
            "X-Repo-Commit": _COMMIT,
            "Accept-Ranges": "bytes",
        }
        found = _RANGE.fullmatch(self.headers.get("Range", ""))
        if found is None or int(found[1]) >= len(content):
            self._answer(200, content, headers)
            return
        first, last = int(found[1]), min(int(found[2] or len(content)), len(content) - 1)
        headers["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
        self._answer(206, content[first : last + 1], headers)

    def _answer(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)
