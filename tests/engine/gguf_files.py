"""Tiny models with random weights, well-formed or not, for what no real model does."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np

_WIDTH = 32
_FEED_FORWARD = 64
_LAYERS = 1


def write_tiny_model(
    path: Path,
    *,
    architecture: str = "llama",
    template: str | None = None,
    trained_context: int = 512,
    vocabulary: bool = True,
    weights: bool = True,
) -> Path:
    """A model of the given architecture's name with llama's tensors and a byte vocabulary."""
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_context_length(trained_context)
    writer.add_embedding_length(_WIDTH)
    writer.add_block_count(_LAYERS)
    writer.add_feed_forward_length(_FEED_FORWARD)
    writer.add_head_count(2)
    writer.add_head_count_kv(2)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(_WIDTH // 2)
    tokens = _vocabulary()
    if vocabulary:
        writer.add_tokenizer_model("llama")
        writer.add_token_list([text for text, _ in tokens])
        writer.add_token_scores([0.0] * len(tokens))
        writer.add_token_types([kind for _, kind in tokens])
        writer.add_bos_token_id(1)
        writer.add_eos_token_id(2)
        writer.add_unk_token_id(0)
    else:
        writer.add_tokenizer_model("none")
        writer.add_vocab_size(len(tokens))
    if template is not None:
        writer.add_chat_template(template)
    random = np.random.default_rng(1)
    for name, shape in _shapes(len(tokens)).items() if weights else ():
        values = np.ones(shape) if "norm" in name else random.normal(0, 0.02, shape)
        writer.add_tensor(name, values.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _vocabulary() -> list[tuple[str, int]]:
    kinds = gguf.TokenType
    special = [("<unk>", kinds.UNKNOWN), ("<s>", kinds.CONTROL), ("</s>", kinds.CONTROL)]
    return [*special, *((f"<0x{byte:02X}>", kinds.BYTE) for byte in range(256))]


def _shapes(tokens: int) -> dict[str, tuple[int, ...]]:
    square = (_WIDTH, _WIDTH)
    block = {
        "attn_norm": (_WIDTH,),
        "attn_q": square,
        "attn_k": square,
        "attn_v": square,
        "attn_output": square,
        "ffn_norm": (_WIDTH,),
        "ffn_gate": (_FEED_FORWARD, _WIDTH),
        "ffn_up": (_FEED_FORWARD, _WIDTH),
        "ffn_down": (_WIDTH, _FEED_FORWARD),
    }
    shapes: dict[str, tuple[int, ...]] = {
        "token_embd.weight": (tokens, _WIDTH),
        "output_norm.weight": (_WIDTH,),
        "output.weight": (tokens, _WIDTH),
    }
    for layer in range(_LAYERS):
        shapes |= {f"blk.{layer}.{name}.weight": shape for name, shape in block.items()}
    return shapes
