"""Tiny models with random weights that give vectors or scores."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gguf
import numpy as np

from tests.engine import gguf_files
from tests.engine.gguf_files import Shapes

_SIZE = 64
_BLOCKS = 2
_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789.,?-"


def write_tiny_bert(
    path: Path,
    *,
    word_pieces: bool = False,
    pooling: gguf.PoolingType = gguf.PoolingType.MEAN,
    labels: int = 1,
    head: bool = True,
    trained_context: int = 512,
    seed: int = 4,
) -> Path:
    """A model that reads bytes, or word pieces, both ways.

    With the pooling RANK it has `labels` scores and, unless without `head`, what makes them.
    """
    writer = gguf.GGUFWriter(path, "bert")
    writer.add_context_length(trained_context)
    writer.add_embedding_length(_SIZE)
    writer.add_block_count(_BLOCKS)
    writer.add_layer_norm_eps(1e-5)
    writer.add_feed_forward_length(2 * _SIZE)
    writer.add_head_count(4)
    writer.add_causal_attention(False)
    writer.add_token_type_count(2)
    writer.add_pooling_type(pooling)
    is_rank = pooling is gguf.PoolingType.RANK
    if is_rank and labels > 1:
        writer.add_classifier_output_labels([f"label {number}" for number in range(labels)])
    if word_pieces:
        count = _add_word_pieces(writer)
    else:
        count = len(gguf_files._add_bytes(writer))
        writer.add_add_eos_token(True)
    shapes: Shapes = {
        "token_embd.weight": (count, _SIZE),
        "position_embd.weight": (trained_context, _SIZE),
        "token_types.weight": (2, _SIZE),
        "token_embd_norm.weight": (_SIZE,),
        "token_embd_norm.bias": (_SIZE,),
    }
    for block in range(_BLOCKS):
        layer = gguf_files._bert_layer(block)
        shapes |= {f"blk.{block}.{name}": shape for name, shape in layer.items()}
    if is_rank and head:
        shapes |= {
            "cls.weight": (_SIZE, _SIZE),
            "cls.bias": (_SIZE,),
            "cls.output.weight": (labels, _SIZE),
            "cls.output.bias": (labels,),
        }
    _finish(writer, shapes, seed)
    return path


def write_tiny_qwen3(path: Path, template: str = "") -> Path:
    """A model that reads one way; its vocabulary puts no mark around a text.

    With a template for pairs its last token says how likely "yes" is.
    """
    writer = gguf.GGUFWriter(path, "qwen3")
    writer.add_context_length(2048)
    writer.add_embedding_length(_SIZE)
    writer.add_block_count(_BLOCKS)
    writer.add_layer_norm_rms_eps(1e-5)
    gguf_files._sliding_keys(writer)
    count = len(gguf_files._add_byte_pairs(writer))
    shapes: Shapes = {
        "token_embd.weight": (count, _SIZE),
        "output_norm.weight": (_SIZE,),
        "output.weight": (count, _SIZE),
    }
    if template:
        writer.add_pooling_type(gguf.PoolingType.RANK)
        writer.add_classifier_output_labels(["yes", "no"])
        writer.add_chat_template([{"name": "rerank", "template": template}])
        shapes["cls.output.weight"] = (2, _SIZE)
    for block in range(_BLOCKS):
        layer = gguf_files._attention() | gguf_files._head_norms() | gguf_files._feed_forward()
        shapes |= {f"blk.{block}.{name}": shape for name, shape in layer.items()}
    _finish(writer, shapes, seed=4)
    return path


def _add_word_pieces(writer: gguf.GGUFWriter) -> int:
    kinds = gguf.TokenType
    words = ("the", "keep", "sea", "light", "house")
    pieces = [*(f"\u2581{text}" for text in (*_LETTERS, *words)), *_LETTERS, "er", "house"]
    writer.add_tokenizer_model("bert")
    writer.add_token_list([*_SPECIAL, *pieces])
    writer.add_token_types([*[kinds.CONTROL] * len(_SPECIAL), *[kinds.NORMAL] * len(pieces)])
    writer.add_pad_token_id(0)
    writer.add_unk_token_id(1)
    writer.add_bos_token_id(2)
    writer.add_sep_token_id(3)
    writer.add_mask_token_id(4)
    return len(_SPECIAL) + len(pieces)


def _finish(writer: gguf.GGUFWriter, shapes: Shapes, seed: int) -> None:
    random = np.random.default_rng(seed)
    for name, shape in shapes.items():
        values: Any = gguf_files._values(name, shape, random)
        writer.add_tensor(name, values.astype(np.float32))
    gguf_files._write(writer)
