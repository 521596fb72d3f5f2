"""The peer: llama.cpp's C++ server in xllamacpp, in a virtual environment of its own.

The environment is made on demand, in the folder that `CHATAPP_BENCH_PEER` names or else in the
system's folder for temporary files, and stays there.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from chatapp.engine.messages import LoadOptions
from tests.bench.bare import Written
from tests.bench.measure import note

PACKAGE = "xllamacpp==2026.10.11549"
_BATCH = 512  # its own default


class Peer:
    """A server with a model, asked in-process and over HTTP; starts on construction."""

    def __init__(self, path: str, options: LoadOptions) -> None:
        flash_attention = options.flash_attention
        settings = {
            "path": path,
            "context_length": options.context_length,
            "batch": _BATCH,
            "threads": options.threads or 1,
            "flash_attention": -1 if flash_attention is None else int(flash_attention),
        }
        script = str(Path(__file__).with_name("peer_server.py"))
        self._process = subprocess.Popen(
            [str(peer_python()), script, json.dumps(settings)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        hello = self._receive()
        self._address = str(hello["address"]).rpartition("//")[2].rstrip("/")
        self.build = str(hello["build"])

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

    def ask(self, prompt: list[int], count: int) -> Written:
        """In-process, as its own process sees it. The tokens are not told."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(_body(prompt, count)) + "\n")
        self._process.stdin.flush()
        return Written(**self._receive())

    def ask_http(self, prompt: list[int], count: int) -> Written:
        """Over HTTP, streamed, as this process sees it."""
        connection = http.client.HTTPConnection(self._address)
        body = json.dumps(_body(prompt, count))
        times: list[float] = []
        lines: list[bytes] = []
        begin = time.perf_counter()
        connection.request("POST", "/completion", body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        while line := response.readline():
            if line.startswith(b"data: {"):
                times.append(time.perf_counter())
                lines.append(line)
        connection.close()
        chunks: list[dict[str, Any]] = [json.loads(line[6:]) for line in lines]
        tokens = tuple(token for chunk in chunks for token in chunk.get("tokens", ()))
        return Written(
            chunks[-1]["timings"]["predicted_n"],
            (times[0] - begin) * 1000,
            (times[-1] - times[0]) * 1000,
            tokens,
        )

    def _receive(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the peer ended"
        reply: dict[str, Any] = json.loads(line)
        return reply


def _body(prompt: list[int], count: int) -> dict[str, object]:
    """Greedy with its cheapest sampler."""
    return {
        "prompt": prompt,
        "n_predict": count,
        "temperature": 0,
        "samplers": ["top_k"],
        "top_k": 1,
        "cache_prompt": True,
        "stream": True,
        "return_tokens": True,
    }


def peer_python() -> Path:
    """The interpreter of the peer's environment, which is made if need be."""
    wanted = os.environ.get("CHATAPP_BENCH_PEER")
    folder = Path(wanted or Path(tempfile.gettempdir(), "chatapp-bench-peer"))
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    is_there = python.exists() and not subprocess.call(
        [str(python), "-c", "import xllamacpp"], stderr=subprocess.DEVNULL
    )
    if not is_there:
        note(f"installing {PACKAGE} into {folder}")
        venv.create(folder, with_pip=True)
        subprocess.run(
            [str(python), "-m", "pip", "install", "-q", "--only-binary", ":all:", PACKAGE],
            check=True,
            stdout=sys.stderr,
        )
    return python
