"""LoRA adapters with random weights, well-formed or not, and what they add to a model's weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gguf
import numpy as np

_RANK = 4
# Rows and columns of the tensors that the adapters change, of the tiny llama.
_SHAPES = {
    f"blk.{block}.{name}.weight": shape
    for block in range(2)
    for name, shape in {
        "attn_q": (64, 64),
        "attn_output": (64, 64),
        "ffn_up": (128, 64),
        "ffn_down": (64, 128),
    }.items()
}


@dataclass(frozen=True, slots=True)
class Weights:
    """Pairs of matrices by the name of the tensor that they change."""

    pairs: Mapping[str, tuple[Any, Any]]
    alpha: float = 8.0

    def added(self, scale: float) -> dict[str, Any]:
        """What is added to each tensor."""
        return {
            name: scale * self.alpha / a.shape[0] * (b @ a) for name, (a, b) in self.pairs.items()
        }


def random_weights(
    seed: int, shapes: Mapping[str, tuple[int, int]] = _SHAPES, *, rank: int = _RANK
) -> Weights:
    """An adapter that outweighs what it is added to."""
    random = np.random.default_rng(seed)
    pairs = {}
    for name, (rows, columns) in shapes.items():
        a = random.normal(0, columns**-0.5, (rank, columns)).astype(np.float32)
        pairs[name] = a, random.normal(0, rank**-0.5, (rows, rank)).astype(np.float32)
    return Weights(pairs)


def write_adapter(
    path: Path,
    weights: Weights,
    *,
    architecture: str = "llama",
    kind: str = "adapter",
    alpha: Any = None,
    types: Any = np.float32,
) -> Path:
    """A file with these weights; `alpha` and `types` take the place of what belongs there."""
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_type(kind)
    writer.add_string("adapter.type", "lora")
    if isinstance(alpha, str):
        writer.add_string("adapter.lora.alpha", alpha)
    else:
        writer.add_float32("adapter.lora.alpha", weights.alpha)
    for name, (a, b) in weights.pairs.items():
        writer.add_tensor(f"{name}.lora_a", a.astype(types))
        writer.add_tensor(f"{name}.lora_b", b.astype(types))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
