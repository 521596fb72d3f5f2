from __future__ import annotations

import json
from pathlib import Path

import pytest

from chatapp.errors import FolderNotWritable
from chatapp.paths import Paths
from chatapp.services import ModelServices, Services
from tests.fakes import FakeWorkers, fake_model


def test_the_context_length_of_the_settings_reaches_the_worker(
    paths: Paths, tmp_path: Path
) -> None:
    paths.settings.write_text(json.dumps({"context_length": 1024}))
    workers = FakeWorkers()
    workers.script_load()
    services = ModelServices(paths, start_worker=workers)
    services.engine.load(fake_model(tmp_path))
    services.engine.devices().result(10)
    services.close()
    assert workers.loads[0].options.context_length == 1024


def test_closing_ends_everything_and_it_can_be_opened_again(paths: Paths) -> None:
    for _ in range(3):
        Services(paths, start_worker=FakeWorkers()).close()


def test_a_folder_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(FolderNotWritable):
        Services(Paths.under(tmp_path / "home"))
