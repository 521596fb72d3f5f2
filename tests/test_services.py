from __future__ import annotations

import json
from pathlib import Path

import pytest

from chatapp.engine.messages import StateFolder
from chatapp.engine.state_files import SavedState, StateFiles
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


def test_what_was_read_is_kept_within_the_budget_of_the_settings(
    paths: Paths, tmp_path: Path
) -> None:
    workers = FakeWorkers()
    for settings in ({}, {"kv_cache_budget": 1000}):
        paths.settings.write_text(json.dumps(settings))
        services = ModelServices(paths, start_worker=workers)
        services.engine.load(fake_model(tmp_path))
        services.engine.devices().result(10)
        services.close()
    folder = str(paths.kv_cache)
    assert [load.states for load in workers.loads] == [
        StateFolder(folder, 4 * 10**9),
        StateFolder(folder, 1000),
    ]


def test_nothing_is_kept_when_that_is_turned_off(paths: Paths, tmp_path: Path) -> None:
    files = StateFiles(paths.kv_cache, 1000)
    assert files.write("1", "key", SavedState((1,), 1, b"state"))
    paths.settings.write_text('{"kv_cache_budget": 0}')
    workers = FakeWorkers()
    services = ModelServices(paths, start_worker=workers)
    services.engine.load(fake_model(tmp_path))
    services.engine.devices().result(10)
    services.jobs.general.close(cancel_pending=False)
    services.close()
    assert workers.loads[0].states is None
    assert files.tokens("1", "key") is None


def test_closing_ends_everything_and_it_can_be_opened_again(paths: Paths) -> None:
    for _ in range(3):
        Services(paths, start_worker=FakeWorkers()).close()


def test_a_folder_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(FolderNotWritable):
        Services(Paths.under(tmp_path / "home"))
