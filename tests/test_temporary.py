"""A temporary conversation leaves nothing behind, not even when Chatapp is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from PySide6.QtGui import QImage

from chatapp.domain.conversation import FIRST_TEMPORARY_ID
from chatapp.paths import Paths

ROOT = Path(__file__).parent.parent
KEPT, TEMPORARY = "Zinnoberwal", "Xylophonquark"


def traces(folder: Path, word: str) -> list[str]:
    """The files with the word in them, or in their names."""
    spellings = [word.encode(), word.encode("utf-16-le"), word.encode("utf-16-be")]
    return sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if word.casefold() in path.name.casefold()
        or (path.is_file() and any(one in path.read_bytes() for one in spellings))
    )


@pytest.mark.usefixtures("starter_model")
def test_nothing_is_left_of_it(tmp_path: Path) -> None:
    everywhere = tmp_path / "everywhere"  # that Chatapp may write to
    home = everywhere / "home"
    folders = {name: everywhere / name for name in ("person", "cache", "config", "temp")}
    for folder in folders.values():
        folder.mkdir(parents=True)
    files = [tmp_path / f"{word}.txt" for word in (KEPT, TEMPORARY)]
    for file in files:
        file.write_text(f"All about {file.stem}.\n" * 10)
        assert QImage(8, 8, QImage.Format.Format_RGB32).save(str(file.with_suffix(".png")))
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.temporary_process", home, *files],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            "HOME": str(folders["person"]),
            "XDG_CACHE_HOME": str(folders["cache"]),
            "XDG_CONFIG_HOME": str(folders["config"]),
            "XDG_DATA_HOME": str(folders["config"]),
            "TMPDIR": str(folders["temp"]),
        },
    )
    assert process.stdout is not None
    with process, process.stdout:
        assert process.stdout.readline() == "done\n"
        family = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGKILL)
    psutil.wait_procs(family, timeout=5)
    assert traces(everywhere, TEMPORARY) == []
    # What was read of a conversation has no words in it, but numbers, and the conversation's id.
    states = list(Paths.under(home).kv_cache.rglob("*.state"))
    assert states
    temporary = str(FIRST_TEMPORARY_ID)[:-3].encode()
    assert not any(temporary in state.read_bytes()[:200] for state in states)
    # So much would have been found; but never in a log.
    assert any(name.startswith("home/data/chatapp.db") for name in traces(everywhere, KEPT))
    assert traces(home / "logs", KEPT) == []
