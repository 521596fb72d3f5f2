"""A mirror of the Hub that nobody here wrote: `olah`, in a virtual environment of its own.

`install` makes that environment, `proxy_of` puts the mirror as a caching proxy in front of a local
Hub, `offline_mirror` lets it serve a folder of git repositories, where it knows no Range.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import venv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.local_hub import LocalHub
from tests.local_hub.content import Content

PACKAGE = "olah==0.5.4"
_SECONDS_TO_START = 60.0
_STARTED = "Uvicorn running on"


@dataclass(frozen=True, slots=True)
class Mirror:
    """A running mirror: its address, and what it wrote (it ends with the mirror)."""

    endpoint: str
    output: list[str]


class NotInstalledError(Exception):
    """The package can't be had: there is no network, say."""


def install(folder: Path) -> Path:
    """The mirror's command, from an environment that is made in `folder` if it isn't there yet.

    Raises `NotInstalledError`.
    """
    place = folder / PACKAGE
    program = place / ("Scripts/olah-cli.exe" if sys.platform == "win32" else "bin/olah-cli")
    if not program.exists():
        venv.create(place)
        pip = [sys.executable, "-m", "pip", "--python", str(place), "install", "--quiet"]
        done = subprocess.run(
            [*pip, "--only-binary", ":all:", PACKAGE], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise NotInstalledError(done.stderr.strip().rpartition("\n")[2])
    return program


@contextlib.contextmanager
def proxy_of(hub: LocalHub, program: Path, folder: Path) -> Iterator[Mirror]:
    """A caching proxy in front of the hub. It forwards no search."""
    settings = {
        "hf-scheme": "http",
        "hf-netloc": urlsplit(hub.endpoint).netloc,
        "hf-lfs-netloc": urlsplit(hub.data_origin).netloc,
    }
    with _running(program, folder, settings, is_offline=False) as mirror:
        yield mirror


@contextlib.contextmanager
def offline_mirror(
    repos: Mapping[str, Mapping[str, bytes | Path]], program: Path, folder: Path
) -> Iterator[Mirror]:
    """Serves these repositories (id: path: content) from git, without a network and without Range.

    It knows no search, no sizes in model_info, and answers model_info for "main" only.
    """
    mirrored = folder / "mirrored"
    for repo_id, files in repos.items():
        _write_repository(mirrored / "models" / repo_id, files)
    settings = {"mirrors-path": [str(mirrored)]}
    with _running(program, folder, settings, is_offline=True) as mirror:
        yield mirror


@contextlib.contextmanager
def _running(
    program: Path, folder: Path, settings: Mapping[str, str | list[str]], *, is_offline: bool
) -> Iterator[Mirror]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    address = f"127.0.0.1:{port}"
    basic = {
        "host": "127.0.0.1",
        "port": port,
        "repos-path": str(folder / "cache"),
        "mirror-netloc": address,
        "mirror-lfs-netloc": address,
        **settings,
    }
    # A JSON string, number or list of strings is one of TOML too.
    lines = ["[basic]", *(f"{name} = {_toml(value)}" for name, value in basic.items())]
    lines += ["[accessibility]", f"offline = {str(is_offline).lower()}"]
    configuration = folder / "olah.toml"
    configuration.write_text("\n".join(lines) + "\n", encoding="utf-8")
    process = subprocess.Popen(
        [str(program), "-c", str(configuration), "--log-path", str(folder / "logs")],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=folder,
        env={**os.environ, "PYTHONUNBUFFERED": "1", "NO_PROXY": "127.0.0.1"},
        text=True,
    )
    output: list[str] = []
    started = threading.Event()
    reader = threading.Thread(target=_read, args=(process, output, started), name="olah's output")
    reader.start()
    try:
        is_running = started.wait(_SECONDS_TO_START) and process.poll() is None
        assert is_running, "olah did not start:\n" + "".join(output)
        yield Mirror(f"http://{address}", output)
    finally:
        process.kill()
        process.wait()
        reader.join()


def _read(process: subprocess.Popen[str], output: list[str], started: threading.Event) -> None:
    assert process.stdout is not None
    with process.stdout:
        for line in process.stdout:
            output.append(line)
            if _STARTED in line:
                started.set()
    started.set()


def _toml(value: str | int | list[str]) -> str:
    return json.dumps(value)


def _write_repository(place: Path, files: Mapping[str, bytes | Path]) -> None:
    """A git repository whose .gguf files are pointers, with the objects beside it."""
    place.mkdir(parents=True)
    for name, source in files.items():
        content = Content(source)
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".gguf":
            path.write_bytes(content.pointer)
            digest = content.sha256
            kept = place / ".git" / "lfs" / "objects" / digest[:2] / digest[2:4] / digest
            kept.parent.mkdir(parents=True, exist_ok=True)
            path = kept
        with content.open() as reader, path.open("wb") as writer:
            shutil.copyfileobj(reader, writer)
    _git(place, "init", "--quiet", "--initial-branch=main")
    _git(place, "add", "--all")
    identity = ("-c", "user.name=Tester", "-c", "user.email=tester@example.org")
    _git(place, *identity, "commit", "--quiet", "--message=Files")


def _git(place: Path, *arguments: str) -> None:
    # Filters of the user's own settings must not turn the pointers into something else.
    environment = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
    }
    subprocess.run(["git", *arguments], cwd=place, env=environment, check=True)
