"""A local Hub with models of real sizes that take no room, and what looks for them."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import replace
from typing import Self

from chatapp.domain.hub import Access
from chatapp.domain.model import Device
from chatapp.hub.catalog import CatalogEntry
from chatapp.hub.client import HubClient
from chatapp.hub.discovery import Discovery
from chatapp.hub.fit import FitOptions
from chatapp.hub.hardware import Machine
from chatapp.jobs import Jobs
from chatapp.network import Network
from tests.local_hub import Hollow, LocalHub

GB = 10**9
GPU = Device("CUDA0", "RTX 4060", "gpu", memory_free=7_100_000_000, memory_total=8_580_000_000)
MACHINE = Machine(16_600_000_000, 9_800_000_000, (), threads=4)
MACHINE_WITH_GPU = replace(MACHINE, devices=(GPU,))

_STRING, _UINT32, _UINT64, _ARRAY = 8, 4, 10, 9
# Bytes for each weight, about.
PRECISIONS = {
    "Q2_K": 0.42,
    "Q3_K_M": 0.52,
    "Q4_K_M": 0.62,
    "Q5_K_M": 0.72,
    "Q6_K": 0.82,
    "Q8_0": 1.07,
    "F16": 2.0,
}


def head(
    parameters: int,
    *,
    layers: int = 36,
    width: int = 2560,
    heads: int = 32,
    kv_heads: int = 8,
    context: int = 40_960,
    vocabulary: int = 151_936,
    architecture: str = "qwen3",
) -> bytes:
    """How the file of a model begins, up to its vocabulary."""
    numbers = {
        "block_count": layers,
        "context_length": context,
        "embedding_length": width,
        "feed_forward_length": 4 * width,
        "attention.head_count": heads,
        "attention.head_count_kv": kv_heads,
        "attention.key_length": 128,
        "attention.value_length": 128,
        "vocab_size": vocabulary,
    }
    entries = [
        _text("general.architecture") + struct.pack("<I", _STRING) + _text(architecture),
        _text("general.parameter_count") + struct.pack("<IQ", _UINT64, parameters),
    ]
    entries += [
        _text(f"{architecture}.{name}") + struct.pack("<II", _UINT32, number)
        for name, number in numbers.items()
    ]
    tokens = b"".join(_text(f"t{number}") for number in range(8))
    entries.append(
        _text("tokenizer.ggml.tokens") + struct.pack("<IIQ", _ARRAY, _STRING, 8) + tokens
    )
    return b"GGUF" + struct.pack("<IQQ", 3, 0, len(entries)) + b"".join(entries)


def files(
    name: str, parameters: int, precisions: tuple[str, ...] = tuple(PRECISIONS), **shape: int
) -> dict[str, Hollow]:
    """A file for each precision, as large as it would be."""
    begin = head(parameters, **shape)
    return {
        f"{name}-{kind}.gguf": Hollow(begin, round(parameters * PRECISIONS[kind]))
        for kind in precisions
    }


class Finding:
    """A Hub, a client for it, and a `Discovery`. What is asked for is done in `jobs`."""

    def __init__(
        self,
        jobs: Jobs,
        entries: tuple[CatalogEntry, ...] = (),
        *,
        machine: Machine = MACHINE,
        context: int = 8192,
    ) -> None:
        self.hub = LocalHub()
        self.network = Network()
        self.access = Access(self.hub.endpoint)
        self.machine = machine
        self.freed = 0
        self.context = context
        self.client = HubClient(lambda: self.access, self.network)
        self.discovery = Discovery(
            self.client,
            entries,
            jobs,
            machine=lambda: self.machine,
            freed=lambda: self.freed,
            options=lambda: FitOptions(context_length=self.context),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.discovery.close()
        self.client.close()
        self.hub.close()

    def add(self, repo: str, billions: float = 4.0, **facts: object) -> str:
        """A repository with all precisions; `shape` is about its layers."""
        shape = facts.pop("shape", {})
        kinds = facts.pop("precisions", tuple(PRECISIONS))
        count = round(billions * GB)
        content = files(repo.partition("/")[2].removesuffix("-GGUF"), count, kinds, **shape)  # type: ignore[arg-type]
        content |= facts.pop("more", {})  # type: ignore[arg-type]
        gguf = {"total": count, "architecture": "qwen3", "context_length": 40_960}
        return self.hub.add_repo(repo, content, gguf=gguf, **facts)  # type: ignore[arg-type]

    def asked(self, part: str) -> list[str]:
        """The requests whose path or query has this in it, decoded."""
        asked = (f"{request.path}?{request.query}" for request in self.hub.requests)
        return [text for text in asked if part in text]

    def go_offline(self) -> None:
        self.access = replace(self.access, offline=True)

    def come_back(self) -> None:
        self.access = Access(self.hub.endpoint)

    def lose_connection(self) -> Callable[[], None]:
        """Nobody listens at the endpoint any more. Returns what brings the Hub back."""
        self.access = Access("http://127.0.0.1:9")
        return self.come_back


def _text(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data
