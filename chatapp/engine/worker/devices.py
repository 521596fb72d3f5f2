"""The GPUs that a model can be spread over, and how much of each it may take."""

from __future__ import annotations

import ctypes
import platform
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from chatapp.domain.model import Device

MARGIN = 2**30  # bytes of each GPU that stay free: its driver, the screen, other programs
# How the files of llama.cpp's back ends for GPUs are named.
_GPU_BACK_END = re.compile(
    r"(lib)?ggml-(cuda|metal|vulkan|hip|sycl|musa|cann|opencl|webgpu|openvino)\b"
)
_PCI = Path("/sys/bus/pci/devices")
_DISPLAY_CLASS = "0x03"
_GPU_MAKERS = ("10de", "1002")  # Nvidia and AMD: others' are rarely faster than the processor
_PCI_MAKER = re.compile(r"VEN_(?P<maker>[0-9A-F]{4})")


def has_gpu(devices: Sequence[Device]) -> bool:
    """Whether layers of a model can be computed elsewhere than on the processor."""
    return any(device.kind in {"gpu", "igpu"} for device in devices)


def is_shared(device: Device) -> bool:
    """Whether what is on it takes main memory."""
    return device.kind == "igpu" or (device.kind == "gpu" and sys.platform == "darwin")


def rooms(names: Sequence[str], devices: Sequence[Device], memory: int) -> tuple[int, ...]:
    """Bytes that a model may take of each named device; 0 where its free memory is not known.

    `memory` is what is free of the main memory. One that shares it needs no margin of its own: what
    does not lie there lies in the same memory anyway.
    """

    def room(device: Device | None) -> int:
        if device is None:
            return 0
        if is_shared(device):
            return min(device.memory_free, memory)
        return max(0, device.memory_free - MARGIN)

    known = {device.name: device for device in devices}
    return tuple(room(known.get(name)) for name in names)


def holds(device: str, buffer: str) -> bool:
    """Whether a buffer of this name lies on the device: "CUDA0_Split" on "CUDA0".

    Those for talking to a device are named after its kind, "CUDA_Host", and lie in main memory.
    """
    return buffer == device or buffer.startswith(f"{device}_")


def knows_gpus(folder: Path) -> bool:
    """Whether the llama.cpp in this folder was built for any GPU."""
    return any(_GPU_BACK_END.match(file.name) for file in folder.iterdir())


def has_graphics_card(pci: Path = _PCI) -> bool:
    """Whether this computer has a GPU that another build of llama.cpp could use."""
    if sys.platform == "darwin":
        return platform.machine() == "arm64"
    makers = _makers_on_windows() if sys.platform == "win32" else _makers_on_pci(pci)
    return any(maker in _GPU_MAKERS for maker in makers)


def _makers_on_pci(pci: Path) -> Iterator[str]:
    for kind in pci.glob("*/class"):
        try:
            if kind.read_text(encoding="ascii").startswith(_DISPLAY_CLASS):
                yield kind.with_name("vendor").read_text(encoding="ascii").strip()[2:]
        except (OSError, ValueError):
            continue


class _DisplayDevice(ctypes.Structure):
    """`DISPLAY_DEVICEW`."""

    _fields_ = (
        ("size", ctypes.c_uint32),
        ("name", ctypes.c_wchar * 32),
        ("text", ctypes.c_wchar * 128),
        ("flags", ctypes.c_uint32),
        ("id", ctypes.c_wchar * 128),
        ("key", ctypes.c_wchar * 128),
    )


def _makers_on_windows() -> Iterator[str]:
    windows: Any = ctypes
    device = _DisplayDevice(ctypes.sizeof(_DisplayDevice))
    number = 0
    while windows.windll.user32.EnumDisplayDevicesW(None, number, ctypes.byref(device), 0):
        if found := _PCI_MAKER.search(device.id):
            yield found["maker"].lower()
        number += 1
