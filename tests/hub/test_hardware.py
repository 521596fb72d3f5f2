from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from chatapp.domain.model import Device
from chatapp.hub.hardware import cgroup_memory, this_machine

MIB = 2**20


def group(folder: Path, limit: str, used: int, cache: int = 0) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "memory.max").write_text(f"{limit}\n")
    (folder / "memory.current").write_text(f"{used}\n")
    (folder / "memory.stat").write_text(f"anon 1\nactive_file 7\ninactive_file {cache}\n")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "own"
    path.write_text("0::/user.slice/app.scope\n")
    return path


def test_this_machine() -> None:
    devices = (Device("GPU0", "", "gpu", 1, 2),)
    machine = this_machine(devices)
    assert 0 < machine.memory_free <= machine.memory_total <= psutil.virtual_memory().total
    assert 1 <= machine.threads <= (psutil.cpu_count() or 1)
    assert machine.devices == devices


def test_no_limit(tmp_path: Path, own: Path) -> None:
    root = tmp_path / "cgroup"
    assert cgroup_memory(root, own) is None
    group(root / "user.slice" / "app.scope", "max", 5 * MIB)
    assert cgroup_memory(root, own) is None
    assert cgroup_memory(root, tmp_path / "missing") is None


def test_the_tightest_limit_counts_and_read_files_do_not(tmp_path: Path, own: Path) -> None:
    root = tmp_path / "cgroup"
    group(root / "user.slice" / "app.scope", "max", 5 * MIB)
    group(root / "user.slice", str(100 * MIB), 60 * MIB, cache=20 * MIB)
    assert cgroup_memory(root, own) == (100 * MIB, 60 * MIB)
    group(root / "user.slice" / "app.scope", str(80 * MIB), 75 * MIB)
    assert cgroup_memory(root, own) == (80 * MIB, 5 * MIB)
    group(root / "user.slice" / "app.scope", str(80 * MIB), 90 * MIB)
    assert cgroup_memory(root, own) == (80 * MIB, 0)


def test_the_older_version(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.write_text("12:cpu,cpuacct:/a\n5:memory:/docker/b\n1:name=systemd:/c\n")
    folder = tmp_path / "cgroup" / "memory" / "docker"
    folder.mkdir(parents=True)
    (folder / "memory.limit_in_bytes").write_text(str(64 * MIB))
    (folder / "memory.usage_in_bytes").write_text(str(60 * MIB))
    (folder / "memory.stat").write_text(f"inactive_file {MIB}\ntotal_inactive_file {2 * MIB}\n")
    assert cgroup_memory(tmp_path / "cgroup", own) == (64 * MIB, 6 * MIB)


def test_a_group_outside_and_lines_that_make_no_sense(tmp_path: Path) -> None:
    root, own = tmp_path / "cgroup", tmp_path / "own"
    group(root, str(50 * MIB), 10 * MIB)
    group(tmp_path, str(MIB), MIB)
    own.write_text("nonsense\n0::/../..\n\n0:\n")
    assert cgroup_memory(root, own) == (50 * MIB, 40 * MIB)
    (root / "memory.stat").write_text("inactive_file many\ninactive_file\n")
    assert cgroup_memory(root, own) == (50 * MIB, 40 * MIB)
    own.write_bytes(b"\xff\xfe")
    assert cgroup_memory(root, own) is None
