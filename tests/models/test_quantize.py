from __future__ import annotations

import argparse
import hashlib
import json
import logging
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import FileIO
from pathlib import Path

import psutil
import pytest

from chatapp.cli import quantize_command
from chatapp.domain.quantization import QuantType, is_quantized
from chatapp.errors import (
    AlreadyQuantized,
    ArchitectureUnknown,
    ChatappError,
    DiskFull,
    FileTooLargeForDisk,
    FolderNotWritable,
    ModelCannotChat,
    ModelFileDamaged,
    ModelFileMissing,
    NotGguf,
    NotSmaller,
    QuantizedUnusable,
    ShardsMissing,
    WorkerDied,
)
from chatapp.hub.file_lock import try_lock
from chatapp.hub.library import describe_file
from chatapp.models.quantize_job import QuantizeStatus, Stage
from chatapp.paths import Paths
from tests.engine.gguf_files import write_tiny_architecture, write_tiny_model
from tests.models.conftest import TIMEOUT, Shop
from tests.models.sources import (
    types_of,
    write_f16,
    write_huge,
    write_that_only_ends,
    write_wide,
    write_without_numbers,
)

ROOT = Path(__file__).parents[2]
SMALL_FILE = 100_000  # bytes


def children() -> list[psutil.Process]:
    found = []
    for process in psutil.Process().children():
        with suppress(psutil.Error):
            if "resource_tracker" not in " ".join(process.cmdline()):
                found.append(process)
    return found


def test_what_is_quantised() -> None:
    assert not any(map(is_quantized, ("", "F32", "f16", "BF16")))
    assert all(map(is_quantized, ("Q8_0", "q4_k_m", "MXFP4")))


# What becomes of models


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("llama", QuantType.Q4_K_M),
        ("gemma3", QuantType.Q3_K_M),
        ("qwen3moe", QuantType.Q5_K_M),
        ("mamba2", QuantType.Q4_0),
        ("lfm2", QuantType.IQ4_XS),
        ("falcon-h1", QuantType.Q6_K),
        ("qwen35", QuantType.Q4_K_S),
        ("bert", QuantType.Q2_K),
    ],
)
def test_architectures(shop: Shop, tmp_path: Path, name: str, kind: QuantType) -> None:
    source = write_wide(tmp_path / f"{name}-F32.gguf", name)
    (plan,) = shop.quantizer.plan(describe_file(source), [kind])
    result = shop.make(source, kind)
    path = shop.models / f"{name}-{kind}.gguf"
    assert Path(result.path) == path
    assert result.size == path.stat().st_size
    assert plan.size == pytest.approx(result.size, rel=0.02)
    assert result.compared == (0 if name == "bert" else 16)
    assert result.agreed <= result.compared
    assert kind.value.removesuffix("_M").removesuffix("_S") in types_of(path) | {"IQ4"}
    assert [one.name for one in shop.models.iterdir()] == [path.name]


def test_every_type_is_planned(shop: Shop, wide: Path) -> None:
    plans = shop.quantizer.plan(describe_file(wide))
    assert [plan.kind for plan in plans] == list(QuantType)
    assert all(plan.is_smaller and not plan.is_requantized for plan in plans)
    assert all(plan.fallbacks == 0 and plan.seconds > 0 for plan in plans)
    sizes = [plan.size for plan in plans]
    assert sizes == sorted(sizes, reverse=True)
    assert min(sizes) < wide.stat().st_size / 3


def test_a_plan_takes_longer_for_a_larger_model(shop: Shop, wide: Path, tmp_path: Path) -> None:
    """A hundred times the weights: what else the computer does at the time can't outweigh that."""
    huge = write_huge(tmp_path / "huge.gguf", 100 * wide.stat().st_size)
    (small,) = shop.quantizer.plan(describe_file(wide), [QuantType.Q4_K_M])
    (large,) = shop.quantizer.plan(describe_file(huge), [QuantType.Q4_K_M])
    assert large.seconds > 3 * small.seconds


def test_what_is_told_of_the_result(shop: Shop, wide: Path) -> None:
    begin = datetime.now(UTC)
    result = shop.make(wide, QuantType.Q6_K)
    assert describe_file(Path(result.path)).quantization == "Q6_K"
    assert shop.stored == [result]
    assert result.source_path == str(wide)
    assert result.source_size == wide.stat().st_size
    assert result.source_sha256 == hashlib.sha256(wide.read_bytes()).hexdigest()
    assert result.kind is QuantType.Q6_K
    assert result.llama_build
    assert timedelta(0) <= result.made_at - begin
    assert result.seconds > 0
    assert not result.is_requantized
    assert result.agreed > result.compared / 2, "six bits change little"
    assert shop.stages() == [Stage.CHECKING, Stage.WRITING, Stage.VERIFYING, Stage.DONE]
    fractions = [s.fraction for s in shop.statuses if s.stage is Stage.WRITING]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0
    assert fractions[-1] == pytest.approx(1, abs=0.02)


def test_rows_that_do_not_fit_are_told(shop: Shop, tmp_path: Path) -> None:
    source = write_tiny_architecture(tmp_path / "narrow.gguf", "llama")
    (plan,) = shop.quantizer.plan(describe_file(source), [QuantType.Q4_K_M])
    result = shop.make(source, QuantType.Q4_K_M)
    assert result.fallbacks == plan.fallbacks > 0
    assert "Q4_K" not in types_of(Path(result.path))


@pytest.mark.model
def test_what_is_quantised_already(shop: Shop, starter_model: Path) -> None:
    plans = shop.quantizer.plan(describe_file(starter_model))
    assert all(plan.is_requantized for plan in plans)
    smaller = [plan for plan in plans if plan.is_smaller]
    assert QuantType.Q8_0 not in [plan.kind for plan in smaller]
    kind = smaller[-1].kind
    with pytest.raises(AlreadyQuantized):
        shop.make(starter_model, kind)
    with pytest.raises(NotSmaller):
        shop.make(starter_model, QuantType.Q8_0, requantize=True)
    assert not list(shop.models.iterdir())
    result = shop.make(starter_model, kind, requantize=True)
    assert result.is_requantized
    assert result.size == pytest.approx(smaller[-1].size, rel=0.01)
    assert result.compared == 16
    assert result.agreed > 0


def test_a_model_in_several_files(shop: Shop, tmp_path: Path) -> None:
    source = write_wide(tmp_path / "split.gguf", shards=3)
    shards = sorted(tmp_path.glob("split-*"))
    assert len(shards) == 3
    result = shop.make(source)
    assert Path(result.path) == shop.models / "split-Q8_0.gguf"
    assert result.source_size == sum(shard.stat().st_size for shard in shards)
    assert result.compared == 16
    shards[2].unlink()
    with pytest.raises(ShardsMissing) as raised:
        shop.make(source)
    assert raised.value.missing == 1


# Where it goes


def test_beside_an_own_model_and_nowhere_else(shop: Shop, wide: Path) -> None:
    own = shop.models / "org" / "repo" / "Own.F16.gguf"
    own.parent.mkdir(parents=True)
    own.write_bytes(wide.read_bytes())
    assert Path(shop.make(own).path) == own.with_name("Own-Q8_0.gguf")
    assert Path(shop.make(wide).path) == shop.models / "Wide-Q8_0.gguf"
    assert not wide.with_name("Wide-Q8_0.gguf").exists()
    blob = wide.with_name("sha256-0123")
    blob.write_bytes(wide.read_bytes())
    named = replace(describe_file(blob), name="llama3.2: 3/b", quantization="")
    assert Path(shop.make(named).path) == shop.models / "llama3.2- 3-b-Q8_0.gguf"


def test_where_it_was_asked_for(shop: Shop, wide: Path, tmp_path: Path) -> None:
    folder = tmp_path / "模型 and more"
    folder.mkdir()
    for asked, made in (
        (folder, folder / "Wide-Q8_0.gguf"),
        (folder / "v1.5", folder / "v1.5.gguf"),
    ):
        assert Path(shop.make(wide, output=asked).path) == made
        assert made.is_file()


def test_nothing_is_ever_replaced(shop: Shop, wide: Path) -> None:
    taken = shop.models / "Wide-Q8_0.gguf"
    taken.write_bytes(b"precious")
    numbered = shop.models / "Wide-{}-Q8_0.gguf"
    download = Path(str(numbered).format(2) + ".part")
    download.write_bytes(b"half")
    download.with_name(download.name + ".json").write_text("{}")
    leftover = Path(str(numbered).format(4) + ".part")
    leftover.write_bytes(bytes(1000))
    late = Path(str(numbered).format(4))

    def appear(status: QuantizeStatus) -> None:
        if status.stage is Stage.VERIFYING:
            late.write_bytes(b"late")

    shop.on_status = appear
    with FileIO(str(numbered).format(3) + ".part", "w") as busy:
        assert try_lock(busy)
        result = shop.make(wide)
    assert Path(result.path) == Path(str(numbered).format(5))
    assert result.compared == 16
    assert taken.read_bytes() == b"precious"
    assert download.read_bytes() == b"half"
    assert late.read_bytes() == b"late"
    assert not leftover.exists()
    download.unlink()
    Path(busy.name).unlink()


def test_a_folder_that_can_not_be_written(shop: Shop, wide: Path, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    for output in (tmp_path / "missing" / "x.gguf", file / "x.gguf"):
        with pytest.raises(FolderNotWritable):
            shop.make(wide, output=output)


# What goes wrong


@pytest.mark.model
def test_cancel_in_the_middle(shop: Shop, starter_model: Path) -> None:
    job = shop.order(starter_model, QuantType.Q3_K_M, requantize=True)
    shop.wait_for_writing()
    job.cancel()
    with pytest.raises(CancelledError):
        job.result.result(TIMEOUT)
    assert not list(shop.models.iterdir())
    assert shop.stages()[-1] is Stage.CANCELLED
    assert shop.quantizer.jobs == ()
    job.cancel()


def test_one_after_the_other(shop: Shop, wide: Path) -> None:
    first = shop.order(wide)
    second = shop.order(wide, QuantType.Q6_K)
    third = shop.order(wide, QuantType.Q2_K)
    assert shop.quantizer.jobs == (first, second, third)
    second.cancel()
    with pytest.raises(CancelledError):
        second.result.result(0)
    assert third.result.result(TIMEOUT).kind is QuantType.Q2_K
    assert first.result.done()
    assert [result.kind for result in shop.stored] == [QuantType.Q8_0, QuantType.Q2_K]


@pytest.mark.model
def test_closing_cancels_everything(shop: Shop, starter_model: Path) -> None:
    jobs = [shop.order(starter_model, QuantType.Q3_K_M, requantize=True) for _ in range(2)]
    shop.wait_for_writing()
    shop.quantizer.close()
    jobs.append(shop.order(starter_model))
    for job in jobs:
        with pytest.raises(CancelledError):
            job.result.result(0)
    assert not list(shop.models.iterdir())


@pytest.mark.model
def test_the_process_is_killed(shop: Shop, starter_model: Path) -> None:
    job = shop.order(starter_model, QuantType.Q3_K_M, requantize=True)
    shop.wait_for_writing()
    (child,) = children()
    child.kill()
    with pytest.raises(WorkerDied) as raised:
        job.result.result(TIMEOUT)
    assert raised.value.exit_code == -signal.SIGKILL
    assert not list(shop.models.iterdir())
    assert shop.stages()[-1] is Stage.FAILED


@contextmanager
def application_at(stage: Stage, source: Path, shop: Shop) -> Iterator[subprocess.Popen[bytes]]:
    """Another application that makes the model smaller and is at this stage."""
    command = [sys.executable, "-m", "tests.models.application"]
    arguments = [str(source), str(shop.models), str(shop.logs), stage.value]
    pipe = subprocess.PIPE
    with subprocess.Popen([*command, *arguments], cwd=ROOT, stdin=pipe, stdout=pipe) as application:
        try:
            assert application.stdout is not None
            assert application.stdout.readline().decode().strip() == stage.value
            yield application
        finally:
            application.kill()


def children_of(application: subprocess.Popen[bytes]) -> list[psutil.Process]:
    return psutil.Process(application.pid).children(recursive=True)


@pytest.mark.parametrize("stage", [Stage.CHECKING, Stage.WRITING, Stage.VERIFYING])
def test_the_application_is_killed(shop: Shop, wide: Path, stage: Stage) -> None:
    with application_at(stage, wide, shop) as application:
        parts = [path.suffix for path in shop.models.iterdir()]
        assert parts == ([] if stage is Stage.CHECKING else [".part"])
        left = children_of(application)
        application.kill()
        _, left = psutil.wait_procs(left, timeout=10)
        assert not [process for process in left if process.status() != psutil.STATUS_ZOMBIE]
    assert not list(shop.models.iterdir())
    assert not list(shop.logs.iterdir())


@pytest.mark.model
def test_both_are_killed(shop: Shop, starter_model: Path) -> None:
    """Then nobody can tidy up before the same thing is wanted again."""
    with application_at(Stage.WRITING, starter_model, shop) as application:
        left = children_of(application)
        application.send_signal(signal.SIGSTOP)
        for process in left:
            process.kill()
        application.kill()
        psutil.wait_procs(left, timeout=1)
    (part,) = shop.models.iterdir()
    assert part.stat().st_size
    for log in shop.logs.iterdir():
        log.unlink()
    job = shop.order(starter_model, QuantType.Q3_K_M, requantize=True)
    shop.wait_for_writing()
    assert list(shop.models.iterdir()) == [part]
    job.cancel()
    with pytest.raises(CancelledError):
        job.result.result(TIMEOUT)
    assert not list(shop.models.iterdir())


def test_a_disk_that_is_too_small(shop: Shop, tmp_path: Path) -> None:
    """It is found before anything is written or read."""
    free = shutil.disk_usage(tmp_path).free + psutil.virtual_memory().total
    source = write_huge(tmp_path / "huge.gguf", 5 * free)
    with pytest.raises(DiskFull) as raised:
        shop.make(source)
    assert raised.value.path == str(shop.models)
    assert not [status for status in shop.statuses if status.fraction], "nothing was written"


def test_a_disk_that_fills_up(shop: Shop, wide: Path) -> None:
    """Linux has a file that behaves as all files do then."""

    def fill(status: QuantizeStatus) -> None:
        if status.stage is Stage.WRITING and not status.fraction:
            part = shop.models / "Wide-Q8_0.gguf.part"
            part.unlink()
            part.symlink_to("/dev/full")

    shop.on_status = fill
    with pytest.raises(DiskFull) as raised:
        shop.make(wide)
    assert raised.value.path == str(shop.models)
    assert not list(shop.models.iterdir())


def test_a_disk_that_takes_no_large_files(shop: Shop, wide: Path) -> None:
    def limit(status: QuantizeStatus) -> None:
        if status.stage is Stage.WRITING and not status.fraction:
            (child,) = children()
            child.rlimit(psutil.RLIMIT_FSIZE, (SMALL_FILE, SMALL_FILE))

    shop.on_status = limit
    with pytest.raises(FileTooLargeForDisk):
        shop.make(wide)
    assert not list(shop.models.iterdir())


@pytest.mark.parametrize("stage", [Stage.CHECKING, Stage.WRITING])
def test_the_source_vanishes(shop: Shop, wide: Path, tmp_path: Path, stage: Stage) -> None:
    source = tmp_path / "here.gguf"
    source.write_bytes(wide.read_bytes())

    def vanish(status: QuantizeStatus) -> None:
        if status.stage is stage:
            source.unlink(missing_ok=True)

    shop.on_status = vanish
    with pytest.raises(ModelFileMissing):
        shop.make(source)
    assert not list(shop.models.iterdir())


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda path: path.write_bytes(b"text" * 99), NotGguf),
        (lambda path: path.write_bytes(b"GGUF" + bytes(99)), ModelFileDamaged),
        (write_without_numbers, ModelFileDamaged),
        (lambda path: write_tiny_model(path, architecture="new"), ArchitectureUnknown),
        (lambda path: write_tiny_model(path, vocabulary=False), ModelCannotChat),
        (lambda path: write_tiny_model(path, weights=False), ModelFileDamaged),
    ],
)
def test_sources_that_can_not_be_used(
    shop: Shop, tmp_path: Path, make: Callable[[Path], object], error: type[ChatappError]
) -> None:
    source = tmp_path / "source.gguf"
    make(source)
    with pytest.raises(error):
        shop.make(source)
    assert not list(shop.models.iterdir())


def test_a_plan_of_what_can_not_be_read(shop: Shop, tmp_path: Path) -> None:
    source = tmp_path / "source.gguf"
    with pytest.raises(ModelFileMissing):
        shop.quantizer.plan(describe_file(source))
    source.write_bytes(b"GGUF" + bytes(99))
    with pytest.raises(ModelFileDamaged):
        shop.quantizer.plan(describe_file(source))


@pytest.mark.parametrize(
    "write",
    [
        lambda path: path.write_bytes(b"GGUF" + bytes(99)),
        lambda path: path.write_bytes(path.read_bytes()[:-SMALL_FILE]),
        lambda path: path.unlink(),
        write_without_numbers,
        write_that_only_ends,
    ],
    ids=["damaged", "cut", "gone", "without numbers", "only ends"],
)
def test_what_does_not_work_is_deleted(
    shop: Shop, wide: Path, write: Callable[[Path], object]
) -> None:
    """The disk gives back something else than what was written to it."""

    def spoil(status: QuantizeStatus) -> None:
        if status.stage is Stage.VERIFYING:
            write(shop.models / "Wide-Q8_0.gguf.part")

    shop.on_status = spoil
    with pytest.raises(QuantizedUnusable) as raised:
        shop.make(wide)
    assert raised.value.path == str(wide)
    assert raised.value.kind == "Q8_0"
    assert not list(shop.models.iterdir())
    assert not shop.stored


def test_a_model_that_ends_every_text_may_stay_so(shop: Shop, tmp_path: Path) -> None:
    result = shop.make(write_that_only_ends(tmp_path / "ends.gguf"))
    assert (result.agreed, result.compared) == (1, 1)


def test_an_original_that_does_not_fit_into_memory(
    shop: Shop, wide: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = psutil.virtual_memory()._replace(available=1000)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: memory)
    result = shop.make(wide)
    assert (result.agreed, result.compared) == (0, 0)


def test_what_can_not_be_stored_is_logged(
    shop: Shop, wide: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def store(_result: object) -> None:
        raise DiskFull("somewhere")

    monkeypatch.setattr(shop.quantizer, "_store", store)
    with caplog.at_level(logging.WARNING, "chatapp.models.quantize"):
        result = shop.make(wide)
    assert Path(result.path).is_file()
    assert "was not kept" in caplog.text


# The command


def run_command(paths: Paths, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    quantize_command.add_quantize(parser.add_subparsers())
    return quantize_command.quantize(parser.parse_args(["quantize", *arguments]), paths)


def test_the_command(paths: Paths, wide: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(paths, str(wide), "q4_k_m") == 0
    printed = capsys.readouterr().out
    assert str(paths.models / "Wide-Q4_K_M.gguf") in printed
    assert "of 16 tokens" in printed
    output = paths.models / "other.gguf"
    assert run_command(paths, str(wide), "Q8_0", "--output", str(output), "--json") == 0
    data = json.loads(capsys.readouterr().out)
    assert data["path"] == str(output)
    assert data["kind"] == "Q8_0"
    assert data["size"] == output.stat().st_size
    datetime.fromisoformat(data["made_at"])
    known = json.loads(Path(f"{output}.json").read_text(encoding="utf-8"))
    assert (known["made_from"], known["made_type"]) == (str(wide), "Q8_0")
    assert known["made_from_sha256"] == data["source_sha256"]


def test_the_command_refuses(
    paths: Paths, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run_command(paths, "x.gguf", "Q99")
    assert ended.value.code == 2
    assert "Q4_K_M" in capsys.readouterr().err
    with pytest.raises(ModelFileMissing):
        run_command(paths, str(tmp_path / "x.gguf"), "Q8_0")


def test_f16_is_made_for_these_tests(wide: Path, tmp_path: Path) -> None:
    assert "F16" in types_of(wide)
    again = write_f16(wide, tmp_path / "again.gguf")
    assert again.stat().st_size == wide.stat().st_size
