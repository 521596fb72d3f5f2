"""The memory and processors that a model can have on this computer, now."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil

from chatapp.domain.model import Device

_CGROUPS = Path("/sys/fs/cgroup")
_OWN_CGROUP = Path("/proc/self/cgroup")


@dataclass(frozen=True, slots=True)
class Machine:
    """Memory in bytes. `threads` are those that a model computes with unless told otherwise.

    `is_unified`: what its devices use is taken from the same memory.
    """

    memory_total: int
    memory_free: int
    devices: tuple[Device, ...] = ()
    threads: int = 1
    is_unified: bool = False


def this_machine(devices: tuple[Device, ...] = ()) -> Machine:
    """This computer as it is now, with the devices that the engine found."""
    memory = psutil.virtual_memory()
    total, free = memory.total, memory.available
    limit = cgroup_memory() if sys.platform == "linux" else None
    if limit is not None:
        total, free = min(total, limit[0]), min(free, limit[1])
    return Machine(total, free, devices, _threads(), is_unified=sys.platform == "darwin")


def _threads() -> int:
    """One core less than there are, as the worker takes: a busy core would slow all of them."""
    cores = psutil.cpu_count(logical=False) or 1
    if hasattr(os, "sched_getaffinity"):
        cores = min(cores, len(os.sched_getaffinity(0)))
    return max(1, cores - 1)


def cgroup_memory(root: Path = _CGROUPS, own: Path = _OWN_CGROUP) -> tuple[int, int] | None:
    """Total and free bytes of the tightest limit around this process; None without any.

    `root` is where control groups are mounted, `own` the file that names those of the process.
    """
    found = []
    for folder, most, used in _groups(root, own):
        limit, usage = _number(folder / most), _number(folder / used)
        if limit is None or usage is None:
            continue
        found.append((limit, max(0, limit - usage + _file_cache(folder))))
    if not found:
        return None
    return min(limit for limit, _ in found), min(free for _, free in found)


def _groups(root: Path, own: Path) -> list[tuple[Path, str, str]]:
    """Each group that the process is in: its folder, and the names of its limit and its use."""
    try:
        lines = own.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return []
    groups = []
    for line in lines:
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        names = [name for name in path.split("/") if name not in {"", "."}]
        if ".." in names:  # a group outside of what can be seen here
            names = []
        if not controllers:  # version 2
            base, files = root, ("memory.max", "memory.current")
        elif "memory" in controllers.split(","):
            base, files = root / "memory", ("memory.limit_in_bytes", "memory.usage_in_bytes")
        else:
            continue
        groups += [(base.joinpath(*names[:depth]), *files) for depth in range(len(names) + 1)]
    return groups


def _number(path: Path) -> int | None:
    """None when there is none: "max" means that there is no limit."""
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def _file_cache(folder: Path) -> int:
    """What counts as used but is given back when it is needed: files that were read."""
    try:
        lines = (folder / "memory.stat").read_text(encoding="ascii").splitlines()
    except (OSError, ValueError):
        return 0
    figures = dict(line.split(" ", 1) for line in lines if " " in line)
    for key in ("total_inactive_file", "inactive_file"):
        if figures.get(key, "").isdecimal():
            return int(figures[key])
    return 0
