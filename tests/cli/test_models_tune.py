"""`chatapp models tune` with real workers and a tiny model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chatapp.cli.tune_command import print_table
from chatapp.domain.model import ModelFile
from chatapp.domain.tuning import Tuning, TuningRow
from chatapp.models.tunings import Tunings
from chatapp.paths import Paths
from tests.cli.conftest import RunHere
from tests.engine.gguf_files import write_tiny_architecture


def test_it_tells_what_it_found_and_keeps_it(run_here: RunHere, tmp_path: Path) -> None:
    path = write_tiny_architecture(tmp_path / "tiny.gguf", "llama", trained_context=8192)
    home = tmp_path / "home"
    done = run_here("models", "tune", str(path), "--json", home=home)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["model"] == str(path)
    assert told["measured"]
    model = ModelFile(str(path), "tiny", size=path.stat().st_size)
    kept = Tunings(Paths.under(home).data / "tuning").find(model)
    assert kept is not None
    assert (kept.threads, kept.flash_attention) == (told["threads"], told["flash_attention"])


def test_the_table_marks_what_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    rows = (
        TuningRow(1, True, None, 50.0),
        TuningRow(2, True, None, 1080.0, 20.04),
        TuningRow(2, False, None, 70.0, 40.0, 300.0),
        TuningRow(2, False, 256, 0.0, 0.0, 400.0),
    )
    print_table(Tuning(2, False, 256, rows, 0.0))
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[0][-1] == "tokens/s"
    assert lines[1:] == [
        ["1", "on", "auto", "50.0", "–", "–"],
        ["2", "on", "auto", "1,080.0", "20.0", "–"],
        ["2", "off", "auto", "70.0", "40.0", "300.0"],
        ["2", "off", "256", "–", "–", "400.0", "used", "now"],
    ]


def test_what_is_no_model_is_one_sentence(run_here: RunHere, tmp_path: Path) -> None:
    path = tmp_path / "bad.gguf"
    path.write_bytes(b"GGUF" + b"\xff" * 100)
    done = run_here("models", "tune", str(path), home=tmp_path / "home")
    assert done.returncode == 1
    assert done.stderr.startswith("chatapp: ")
    assert len(done.stderr.splitlines()) == 1
