from __future__ import annotations

import json
from pathlib import Path

import pytest

from chatapp.domain.tuning import Tuning
from chatapp.engine.messages import StateFolder
from chatapp.engine.state_files import SavedState, StateFiles
from chatapp.errors import EnginePackFailed, EnginePackMissing, FolderNotWritable
from chatapp.models.engine_packs import EnginePacks
from chatapp.paths import Paths
from chatapp.services import ModelServices, Services
from tests.fakes import FakeWorkers, fake_model
from tests.models.wheels import write_wheel


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


def test_the_engine_of_the_settings_is_used_and_another_one_at_once(
    paths: Paths, tmp_path: Path
) -> None:
    pack = EnginePacks(paths.engines).install(write_wheel(tmp_path / "a.whl"))
    paths.settings.write_text(json.dumps({"engine_pack": pack.name}))
    services = ModelServices(paths, start_worker=FakeWorkers())
    choice = services.engine.choice
    assert choice.pack == Path(pack.path)
    services.settings.change(engine_pack="cuda-1")
    assert choice.pack is None
    assert isinstance(choice.problem, EnginePackMissing)
    services.settings.change(engine_pack="")
    assert (choice.pack, choice.problem) == (None, None)
    Path(pack.path, "llama_cpp", "llama_cpp.py").write_text("import this")
    services.settings.change(engine_pack=pack.name)
    assert choice.pack is None
    assert isinstance(choice.problem, EnginePackFailed)
    services.close()


@pytest.mark.parametrize("name", ["..", "../x", "/etc", "a/b", ".lock", "A", 5])
def test_an_engine_is_a_name_and_no_path(paths: Paths, name: object) -> None:
    paths.settings.write_text(json.dumps({"engine_pack": name}))
    services = ModelServices(paths, start_worker=FakeWorkers())
    assert services.settings.current.engine_pack == ""
    assert (services.engine.choice.pack, services.engine.choice.problem) == (None, None)
    services.close()


def test_what_was_measured_holds_for_one_engine(paths: Paths, tmp_path: Path) -> None:
    model = fake_model(tmp_path)
    Path(model.path).write_bytes(b"GGUF")
    pack = EnginePacks(paths.engines).install(write_wheel(tmp_path / "a.whl"))
    tuning = Tuning(4, flash_attention=True, batch=256, measured=(), at=1.0)
    services = ModelServices(paths, start_worker=FakeWorkers())
    services.tunings.keep(model, tuning)
    services.settings.change(engine_pack=pack.name)
    assert services.tunings.find(model) is None
    services.settings.change(engine_pack="")
    assert services.tunings.find(model) == tuning
    services.close()
