"""Tiny models with random weights, well-formed or not, for what no real model does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import Any

import gguf
import numpy as np

_WIDTH = 32
_FEED_FORWARD = 64
_LAYERS = 1
FIRST_CONTROL = 259


def write_tiny_model(
    path: Path,
    *,
    architecture: str = "llama",
    template: str | None = None,
    trained_context: int = 512,
    vocabulary: bool = True,
    weights: bool = True,
    control: tuple[str, ...] = (),
    scale: float = 0.02,
) -> Path:
    """A model of the given architecture's name with llama's tensors and a byte vocabulary.

    The first of the `control` tokens has the number `FIRST_CONTROL`. `scale` is the spread of the
    weights.
    """
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_context_length(trained_context)
    writer.add_embedding_length(_WIDTH)
    writer.add_block_count(_LAYERS)
    writer.add_feed_forward_length(_FEED_FORWARD)
    writer.add_head_count(2)
    writer.add_head_count_kv(2)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(_WIDTH // 2)
    tokens = [*_vocabulary(), *((name, gguf.TokenType.CONTROL) for name in control)]
    if control:
        writer.add_add_space_prefix(False)
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
        values = np.ones(shape) if "norm" in name else random.normal(0, 1, shape) * scale
        writer.add_tensor(name, values.astype(np.float32))
    _write(writer)
    return path


def _write(writer: gguf.GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


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


class Kind(Enum):
    """How an architecture remembers what it has read."""

    DENSE = "dense"
    SLIDING = "sliding window"
    EXPERTS = "experts"
    RECURRENT = "recurrent"
    HYBRID = "hybrid"
    EMBEDDING = "embedding"


Shapes = dict[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Architecture:
    """How a tiny model of one architecture is written.

    `layer` gives the tensors of the layer of that number, `ends` those before and after all
    layers. `byte_pairs`: the vocabulary is byte-level BPE with chat tokens, otherwise bytes.
    """

    name: str
    kind: Kind
    add_keys: Callable[[gguf.GGUFWriter], None]
    layer: Callable[[int], Shapes]
    ends: tuple[str, ...] = ("output_norm.weight",)
    byte_pairs: bool = False


def write_tiny_architecture(
    path: Path,
    name: str,
    *,
    seed: int = 4,
    template: str | None = None,
    trained_context: int = 2048,
    blocks: int = 2,
    changes: Mapping[str, Any] = MappingProxyType({}),
) -> Path:
    """A model of one of `ARCHITECTURES` whose answers depend on what it has read.

    It writes capital letters and blanks and never ends. Such a text is tokenised as it was
    written, in both vocabularies. `changes` are added to the weights of these names.
    """
    architecture = next(entry for entry in ARCHITECTURES if entry.name == name)
    writer = gguf.GGUFWriter(path, name)
    writer.add_context_length(trained_context)
    writer.add_embedding_length(_SIZE)
    writer.add_block_count(blocks)
    writer.add_layer_norm_eps(1e-5)
    writer.add_layer_norm_rms_eps(1e-5)
    architecture.add_keys(writer)
    tokens = _add_byte_pairs(writer) if architecture.byte_pairs else _add_bytes(writer)
    if template is not None:
        writer.add_chat_template(template)
    shapes: Shapes = {
        "token_embd.weight": (len(tokens), _SIZE),
        "output.weight": (len(tokens), _SIZE),
        **dict.fromkeys(architecture.ends, (_SIZE,)),
    }
    if architecture.kind is Kind.EMBEDDING:
        del shapes["output.weight"]
        shapes |= {"position_embd.weight": (trained_context, _SIZE)}
    for block in range(blocks):
        shapes |= {f"blk.{block}.{key}": shape for key, shape in architecture.layer(block).items()}
    random = np.random.default_rng(seed)
    for key, shape in shapes.items():
        values = _values(key, shape, random)
        if key == "output.weight":
            values[[text not in _WRITTEN for text in tokens]] = 0
        values = values + changes.get(key, 0)
        writer.add_tensor(key, values.astype(np.float32))
    _write(writer)
    return path


_SIZE = 64
_HEADS = 4
_KEY_HEADS = 2
_HEAD = _SIZE // _HEADS
_HIDDEN = 128
_EXPERTS = 4
_WINDOW = 16  # tokens
_STATE = 16
_GROUPS = 2
_KERNEL = 4
_RANK = 8
_BLANK = "\u2581"
_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PAIRS = ("t h", "th e", "i n", "e r", "a n", "o n", "\u0120 t", "\u0120 a", "o u", "in g")
_WRITTEN = {_BLANK, "\u0120", *_CAPITALS, *(f"<0x{ord(letter):02X}>" for letter in _CAPITALS)}


def _add_bytes(writer: gguf.GGUFWriter) -> list[str]:
    tokens = [*_vocabulary(), (_BLANK, gguf.TokenType.NORMAL)]
    writer.add_tokenizer_model("llama")
    writer.add_token_list([text for text, _ in tokens])
    writer.add_token_scores([0.0] * len(tokens))
    writer.add_token_types([kind for _, kind in tokens])
    writer.add_add_space_prefix(False)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    return [text for text, _ in tokens]


def _add_byte_pairs(writer: gguf.GGUFWriter) -> list[str]:
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = [*map(chr, printable), *(chr(256 + index) for index in range(256 - len(printable)))]
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    tokens = [*special, *letters, *(pair.replace(" ", "") for pair in _PAIRS)]
    normal, control = gguf.TokenType.NORMAL, gguf.TokenType.CONTROL
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([control if text in special else normal for text in tokens])
    writer.add_token_merges(_PAIRS)
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(2)
    writer.add_add_bos_token(False)
    return tokens


def _values(key: str, shape: tuple[int, ...], random: np.random.Generator) -> Any:
    if key.endswith("ssm_a"):  # how fast each state fades
        return -np.exp(random.uniform(-7, 0, shape))
    if key.endswith("ssm_dt.bias"):
        return np.log(np.expm1(random.uniform(0.02, 0.5, shape)))
    if key.endswith(".bias"):
        return random.normal(0, 0.1, shape)
    if "attn_q_norm" in key or "attn_k_norm" in key:
        return np.full(shape, 2.5)
    if key.endswith("ssm_d") or "norm" in key:
        return np.ones(shape)
    if key.startswith("token_embd"):
        return random.normal(0, 0.3, shape)
    # What was read must outweigh the last token, and rounding must not choose the next one.
    is_sharp = key.startswith("output") or any(
        part in key for part in ("attn_q.", "attn_k.", "attn_output.")
    )
    gain = 3 if is_sharp else 1
    return random.normal(0, gain / np.sqrt(shape[-1]), shape)


def _attention_keys(writer: gguf.GGUFWriter) -> None:
    writer.add_feed_forward_length(_HIDDEN)
    writer.add_head_count(_HEADS)
    writer.add_head_count_kv(_KEY_HEADS)
    writer.add_rope_dimension_count(_HEAD)


def _sliding_keys(writer: gguf.GGUFWriter) -> None:
    _attention_keys(writer)
    writer.add_key_length(_HEAD)
    writer.add_value_length(_HEAD)
    writer.add_sliding_window(_WINDOW)
    writer.add_sliding_window_pattern(2)


def _expert_keys(writer: gguf.GGUFWriter) -> None:
    _attention_keys(writer)
    writer.add_expert_count(_EXPERTS)
    writer.add_expert_used_count(2)
    writer.add_expert_feed_forward_length(_HIDDEN // 2)


def _state_keys(writer: gguf.GGUFWriter, inner: int, rank: int, groups: int) -> None:
    writer.add_ssm_conv_kernel(_KERNEL)
    writer.add_ssm_inner_size(inner)
    writer.add_ssm_state_size(_STATE)
    writer.add_ssm_time_step_rank(rank)
    writer.add_ssm_group_count(groups)


def _mamba_keys(writer: gguf.GGUFWriter) -> None:
    _recurrent_keys(writer)
    _state_keys(writer, 2 * _SIZE, _RANK, 0)


def _mamba2_keys(writer: gguf.GGUFWriter) -> None:
    _recurrent_keys(writer)
    _state_keys(writer, 2 * _SIZE, _RANK, _GROUPS)


def _recurrent_keys(writer: gguf.GGUFWriter) -> None:
    writer.add_feed_forward_length(0)
    writer.add_head_count(0)


def _lfm2_keys(writer: gguf.GGUFWriter) -> None:
    writer.add_feed_forward_length(_HIDDEN)
    writer.add_head_count(_HEADS)
    writer.add_head_count_kv([0, _KEY_HEADS])  # no heads: a convolution
    writer.add_rope_dimension_count(_HEAD)
    writer.add_shortconv_l_cache(3)


def _falcon_h1_keys(writer: gguf.GGUFWriter) -> None:
    _attention_keys(writer)
    writer.add_key_length(_HEAD)
    writer.add_value_length(_HEAD)
    _state_keys(writer, _SIZE, _HEADS, _GROUPS)


def _qwen35_keys(writer: gguf.GGUFWriter) -> None:
    _attention_keys(writer)
    writer.add_key_length(_HEAD)
    writer.add_value_length(_HEAD)
    writer.add_rope_dimension_sections([3, 3, 2, 0])
    writer.add_full_attention_interval(2)
    _state_keys(writer, _SIZE, _HEADS, _GROUPS)


def _bert_keys(writer: gguf.GGUFWriter) -> None:
    writer.add_feed_forward_length(_HIDDEN)
    writer.add_head_count(_HEADS)
    writer.add_causal_attention(False)
    writer.add_token_type_count(2)
    writer.add_pooling_type(gguf.PoolingType.MEAN)


def _dense_layer(_block: int) -> Shapes:
    return _attention() | _feed_forward()


def _sliding_layer(_block: int) -> Shapes:
    norms = {"post_attention_norm.weight": (_SIZE,), "post_ffw_norm.weight": (_SIZE,)}
    return _attention() | _head_norms() | _feed_forward() | norms


def _expert_layer(_block: int) -> Shapes:
    return {
        **_attention(),
        **_head_norms(),
        "ffn_norm.weight": (_SIZE,),
        "ffn_gate_inp.weight": (_EXPERTS, _SIZE),
        "ffn_gate_exps.weight": (_EXPERTS, _HIDDEN // 2, _SIZE),
        "ffn_up_exps.weight": (_EXPERTS, _HIDDEN // 2, _SIZE),
        "ffn_down_exps.weight": (_EXPERTS, _SIZE, _HIDDEN // 2),
    }


def _mamba_layer(_block: int) -> Shapes:
    inner = 2 * _SIZE
    return {
        "attn_norm.weight": (_SIZE,),
        "ssm_in.weight": (2 * inner, _SIZE),
        "ssm_conv1d.weight": (inner, _KERNEL),
        "ssm_conv1d.bias": (inner,),
        "ssm_x.weight": (_RANK + 2 * _STATE, inner),
        "ssm_dt.weight": (inner, _RANK),
        "ssm_dt.bias": (inner,),
        "ssm_a": (inner, _STATE),
        "ssm_d": (inner,),
        "ssm_out.weight": (_SIZE, inner),
    }


def _mamba2_layer(_block: int) -> Shapes:
    return {"attn_norm.weight": (_SIZE,), **_mamba2(2 * _SIZE, _RANK)}


def _mamba2(inner: int, heads: int) -> Shapes:
    mixed = inner + 2 * _GROUPS * _STATE
    return {
        "ssm_in.weight": (inner + mixed + heads, _SIZE),
        "ssm_conv1d.weight": (mixed, _KERNEL),
        "ssm_conv1d.bias": (mixed,),
        "ssm_dt.bias": (heads,),
        "ssm_a": (heads, 1),
        "ssm_d": (heads, 1),
        "ssm_norm.weight": (_GROUPS, inner // _GROUPS),
        "ssm_out.weight": (_SIZE, inner),
    }


def _lfm2_layer(block: int) -> Shapes:
    if block == 1:
        return _attention() | _head_norms() | _feed_forward()
    return {
        "attn_norm.weight": (_SIZE,),
        "shortconv.conv.weight": (_SIZE, 3),
        "shortconv.in_proj.weight": (3 * _SIZE, _SIZE),
        "shortconv.out_proj.weight": (_SIZE, _SIZE),
        **_feed_forward(),
    }


def _falcon_h1_layer(_block: int) -> Shapes:
    feed_forward = _feed_forward()
    feed_forward["ffn_norm"] = feed_forward.pop("ffn_norm.weight")
    return _attention() | _mamba2(_SIZE, _HEADS) | feed_forward


def _qwen35_layer(block: int) -> Shapes:
    feed_forward = _feed_forward()
    feed_forward["post_attention_norm.weight"] = feed_forward.pop("ffn_norm.weight")
    if block == 1:
        gated = {"attn_q.weight": (2 * _SIZE, _SIZE)}
        return _attention() | gated | _head_norms() | feed_forward
    mixed = _SIZE + 2 * _GROUPS * _STATE
    return {
        "attn_norm.weight": (_SIZE,),
        "attn_qkv.weight": (mixed, _SIZE),
        "attn_gate.weight": (_SIZE, _SIZE),
        "ssm_conv1d.weight": (mixed, _KERNEL),
        "ssm_dt.bias": (_HEADS,),
        "ssm_a": (_HEADS,),
        "ssm_beta.weight": (_HEADS, _SIZE),
        "ssm_alpha.weight": (_HEADS, _SIZE),
        "ssm_norm.weight": (_STATE,),
        "ssm_out.weight": (_SIZE, _SIZE),
        **feed_forward,
    }


def _bert_layer(_block: int) -> Shapes:
    square, vector = (_SIZE, _SIZE), (_SIZE,)
    return {
        **{f"attn_{part}.weight": square for part in ("q", "k", "v", "output")},
        **{f"attn_{part}.bias": vector for part in ("q", "k", "v", "output")},
        "attn_output_norm.weight": vector,
        "attn_output_norm.bias": vector,
        "ffn_up.weight": (_HIDDEN, _SIZE),
        "ffn_up.bias": (_HIDDEN,),
        "ffn_down.weight": (_SIZE, _HIDDEN),
        "ffn_down.bias": vector,
        "layer_output_norm.weight": vector,
        "layer_output_norm.bias": vector,
    }


def _attention() -> Shapes:
    keys = _KEY_HEADS * _HEAD
    return {
        "attn_norm.weight": (_SIZE,),
        "attn_q.weight": (_SIZE, _SIZE),
        "attn_k.weight": (keys, _SIZE),
        "attn_v.weight": (keys, _SIZE),
        "attn_output.weight": (_SIZE, _SIZE),
    }


def _head_norms() -> Shapes:
    return {"attn_q_norm.weight": (_HEAD,), "attn_k_norm.weight": (_HEAD,)}


def _feed_forward() -> Shapes:
    return {
        "ffn_norm.weight": (_SIZE,),
        "ffn_gate.weight": (_HIDDEN, _SIZE),
        "ffn_up.weight": (_HIDDEN, _SIZE),
        "ffn_down.weight": (_SIZE, _HIDDEN),
    }


_BERT_ENDS = ("token_embd_norm.weight", "token_embd_norm.bias")

ARCHITECTURES = (
    Architecture("llama", Kind.DENSE, _attention_keys, _dense_layer),
    Architecture("gemma3", Kind.SLIDING, _sliding_keys, _sliding_layer),
    Architecture("qwen3moe", Kind.EXPERTS, _expert_keys, _expert_layer, byte_pairs=True),
    Architecture("mamba", Kind.RECURRENT, _mamba_keys, _mamba_layer),
    Architecture("mamba2", Kind.RECURRENT, _mamba2_keys, _mamba2_layer),
    Architecture(
        "lfm2", Kind.HYBRID, _lfm2_keys, _lfm2_layer, ("token_embd_norm.weight",), byte_pairs=True
    ),
    Architecture("falcon-h1", Kind.HYBRID, _falcon_h1_keys, _falcon_h1_layer),
    Architecture("qwen35", Kind.HYBRID, _qwen35_keys, _qwen35_layer, byte_pairs=True),
    Architecture("bert", Kind.EMBEDDING, _bert_keys, _bert_layer, ends=_BERT_ENDS),
)
