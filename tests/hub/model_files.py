"""Models of real sizes that are all header: where the weights would be there is a hole."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np

Number = int | float | bool
Keys = dict[str, Number | list[int] | list[bool]]
Shapes = dict[str, tuple[int, ...]]
_NEVER_QUANTIZED = ("norm", "conv", ".bias", "_inp.", "lerp")  # in names


@dataclass(frozen=True, slots=True)
class HollowModel:
    """How such a model is written. `layer` gives the tensors of the layer of that number."""

    architecture: str
    keys: Keys
    vocabulary: int
    ends: Shapes
    layer: Callable[[int], Shapes]


def write_hollow(path: Path, model: HollowModel) -> Path:
    """A file whose matrices are of type F16, all else of F32; it takes no room on the disk."""
    writer = gguf.GGUFWriter(path, model.architecture)
    keys: Keys = {
        "attention.layer_norm_rms_epsilon": 1e-5,
        "attention.layer_norm_epsilon": 1e-5,
        **model.keys,
    }
    for key, value in keys.items():
        name = f"{model.architecture}.{key}"
        if isinstance(value, list):
            writer.add_array(name, value)
        elif isinstance(value, float):
            writer.add_float32(name, value)
        else:
            writer.add_uint32(name, value)
    _add_vocabulary(writer, model.vocabulary)
    width = model.keys["embedding_length"]
    assert isinstance(width, int)
    shapes = {"token_embd.weight": (model.vocabulary, width), **model.ends}
    layers = model.keys["block_count"]
    assert isinstance(layers, int)
    for number in range(layers):
        shapes |= {f"blk.{number}.{key}": shape for key, shape in model.layer(number).items()}
    size = 0
    for name, shape in shapes.items():
        kind = np.dtype(np.float16 if _is_matrix(name, shape) else np.float32)
        length = int(np.prod(shape)) * kind.itemsize
        writer.add_tensor_info(name, shape, kind, length)
        size += -(-length // 32) * 32
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    writer.close()
    with path.open("r+b") as file:
        file.truncate(-(-path.stat().st_size // 32) * 32 + size)
    return path


def _is_matrix(name: str, shape: tuple[int, ...]) -> bool:
    if name.endswith(("ssm_a", "ssm_d")) or any(part in name for part in _NEVER_QUANTIZED):
        return False
    return len(shape) > 1


def _add_vocabulary(writer: gguf.GGUFWriter, size: int) -> None:
    kinds = gguf.TokenType
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    types = [kinds.UNKNOWN, kinds.CONTROL, kinds.CONTROL, *[kinds.BYTE] * 256]
    tokens += [f"<t{number}>" for number in range(size - len(tokens))]
    types += [kinds.NORMAL] * (size - len(types))
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores([0.0] * size)
    writer.add_token_types(types)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)


def _attention(
    width: int, heads: int, kv_heads: int, length: int, *, normed: bool = False, gated: bool = False
) -> Shapes:
    shapes: Shapes = {
        "attn_norm.weight": (width,),
        "attn_q.weight": (heads * length * (2 if gated else 1), width),
        "attn_k.weight": (kv_heads * length, width),
        "attn_v.weight": (kv_heads * length, width),
        "attn_output.weight": (width, heads * length),
    }
    if normed:
        shapes |= {"attn_q_norm.weight": (length,), "attn_k_norm.weight": (length,)}
    return shapes


def _feed_forward(width: int, hidden: int, norm: str = "ffn_norm.weight") -> Shapes:
    return {
        norm: (width,),
        "ffn_gate.weight": (hidden, width),
        "ffn_up.weight": (hidden, width),
        "ffn_down.weight": (width, hidden),
    }


def _experts(width: int, hidden: int, experts: int, norm: str = "ffn_norm.weight") -> Shapes:
    return {
        norm: (width,),
        "ffn_gate_inp.weight": (experts, width),
        "ffn_gate_exps.weight": (experts, hidden, width),
        "ffn_up_exps.weight": (experts, hidden, width),
        "ffn_down_exps.weight": (experts, width, hidden),
    }


def _mamba2(width: int, inner: int, state: int, heads: int, groups: int) -> Shapes:
    mixed = inner + 2 * groups * state
    return {
        "ssm_in.weight": (inner + mixed + heads, width),
        "ssm_conv1d.weight": (mixed, 4),
        "ssm_conv1d.bias": (mixed,),
        "ssm_dt.bias": (heads,),
        "ssm_a": (heads, 1),
        "ssm_d": (heads, 1),
        "ssm_norm.weight": (groups, inner // groups),
        "ssm_out.weight": (width, inner),
    }


def _mamba(width: int, inner: int, state: int, rank: int) -> Shapes:
    return {
        "attn_norm.weight": (width,),
        "ssm_in.weight": (2 * inner, width),
        "ssm_conv1d.weight": (inner, 4),
        "ssm_conv1d.bias": (inner,),
        "ssm_x.weight": (rank + 2 * state, inner),
        "ssm_dt.weight": (inner, rank),
        "ssm_dt.bias": (inner,),
        "ssm_a": (inner, state),
        "ssm_d": (inner,),
        "ssm_out.weight": (width, inner),
    }


def _delta_net(width: int, inner: int, state: int, heads: int, groups: int) -> Shapes:
    mixed = inner + 2 * groups * state
    return {
        "attn_norm.weight": (width,),
        "attn_qkv.weight": (mixed, width),
        "attn_gate.weight": (inner, width),
        "ssm_conv1d.weight": (mixed, 4),
        "ssm_dt.bias": (heads,),
        "ssm_a": (heads,),
        "ssm_beta.weight": (heads, width),
        "ssm_alpha.weight": (heads, width),
        "ssm_norm.weight": (state,),
        "ssm_out.weight": (width, inner),
    }


def _rwkv7(width: int, hidden: int, rank: int) -> Shapes:
    ranks = {
        f"time_mix_{name}{number}.weight": (rank, width) if number == 1 else (width, rank)
        for name in "wavg"
        for number in (1, 2)
    }
    vectors = ("w0", "a0", "v0", "k_k", "k_a", "r_k", "ln")
    squares = ("key", "value", "receptance", "output")
    return {
        **_layer_norm("attn_norm", width),
        **_layer_norm("attn_norm_2", width),
        **ranks,
        **{f"time_mix_{name}.weight": (width,) for name in vectors},
        "time_mix_ln.bias": (width,),
        "time_mix_lerp_fused.weight": (6, 1, 1, width),
        **{f"time_mix_{name}.weight": (width, width) for name in squares},
        "channel_mix_lerp_k.weight": (1, 1, width),
        "channel_mix_key.weight": (hidden, width),
        "channel_mix_value.weight": (width, hidden),
    }


def _layer_norm(name: str, width: int) -> Shapes:
    return {f"{name}.weight": (width,), f"{name}.bias": (width,)}


def _short_convolution(width: int) -> Shapes:
    return {
        "attn_norm.weight": (width,),
        "shortconv.conv.weight": (width, 3),
        "shortconv.in_proj.weight": (3 * width, width),
        "shortconv.out_proj.weight": (width, width),
    }


def _latent(width: int, heads: int) -> Shapes:
    return {
        "attn_norm.weight": (width,),
        "attn_kv_a_norm.weight": (512,),
        "attn_q.weight": (heads * 192, width),
        "attn_kv_a_mqa.weight": (576, width),
        "attn_k_b.weight": (heads, 512, 128),
        "attn_v_b.weight": (heads, 128, 512),
        "attn_output.weight": (width, heads * 128),
        "ffn_norm.weight": (width,),
    }


def _with_biases(shapes: Shapes, *names: str) -> Shapes:
    """A bias for each of the matrices: a number for each row."""
    return shapes | {f"{name}.bias": shapes[f"{name}.weight"][:-1] for name in names}


def _sizes(context: int, width: int, layers: int, heads: int, **more: Number | list[int]) -> Keys:
    return {
        "context_length": context,
        "embedding_length": width,
        "block_count": layers,
        "attention.head_count": heads,
        **more,
    }


def _state(inner: int, state: int, rank: int, groups: int) -> Keys:
    return {
        "ssm.conv_kernel": 4,
        "ssm.inner_size": inner,
        "ssm.state_size": state,
        "ssm.time_step_rank": rank,
        "ssm.group_count": groups,
    }


_GPT_OSS = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate_inp", "ffn_gate_exps")
_POST_NORM = "post_attention_norm.weight"
_LFM2_ATTENTION = frozenset({2, 5, 8, 10, 12, 14})  # layers


def _ends(width: int, vocabulary: int = 0, norm: str = "output_norm") -> Shapes:
    output = {"output.weight": (vocabulary, width)} if vocabulary else {}
    return {f"{norm}.weight": (width,), **output}


HOLLOW_MODELS = {
    "llama 3B": HollowModel(
        "llama",
        {
            **_sizes(131072, 3072, 28, 24, feed_forward_length=8192),
            "attention.head_count_kv": 8,
            "rope.dimension_count": 128,
        },
        128256,
        _ends(3072),
        lambda _: _attention(3072, 24, 8, 128) | _feed_forward(3072, 8192),
    ),
    "gemma3 1B": HollowModel(
        "gemma3",
        {
            **_sizes(32768, 1152, 26, 4, feed_forward_length=6912),
            "attention.head_count_kv": 1,
            "attention.key_length": 256,
            "attention.value_length": 256,
            "attention.sliding_window": 512,
        },
        65536,
        _ends(1152),
        lambda _: (
            _attention(1152, 4, 1, 256, normed=True)
            | {_POST_NORM: (1152,), "post_ffw_norm.weight": (1152,)}
            | _feed_forward(1152, 6912)
        ),
    ),
    "gemma4 E2B": HollowModel(
        "gemma4",
        {
            **_sizes(131072, 1536, 35, 8, feed_forward_length=6144),
            "attention.head_count_kv": 1,
            "attention.key_length": 512,
            "attention.value_length": 512,
            "attention.key_length_swa": 256,
            "attention.value_length_swa": 256,
            "attention.sliding_window": 512,
            "attention.sliding_window_pattern": [n % 5 != 4 for n in range(35)],
            "attention.shared_kv_layers": 20,
            "embedding_length_per_layer_input": 256,
            "rope.dimension_count": 512,
            "rope.dimension_count_swa": 256,
        },
        65536,
        {
            **_ends(1536),
            "per_layer_token_embd.weight": (65536, 256 * 35),
            "per_layer_model_proj.weight": (256 * 35, 1536),
            "per_layer_proj_norm.weight": (256,),
            "rope_freqs.weight": (256,),
        },
        lambda layer: (
            _attention(1536, 8, 1, 512 if layer % 5 == 4 else 256, normed=True)
            | {_POST_NORM: (1536,), "post_ffw_norm.weight": (1536,)}
            | {
                "inp_gate.weight": (256, 1536),
                "proj.weight": (1536, 256),
                "post_norm.weight": (1536,),
            }
            | _feed_forward(1536, 6144)
        ),
    ),
    "gpt-oss": HollowModel(
        "gpt-oss",
        {
            **_sizes(131072, 2880, 12, 64, expert_feed_forward_length=2880),
            "attention.head_count_kv": 8,
            "attention.key_length": 64,
            "attention.value_length": 64,
            "attention.sliding_window": 128,
            "expert_count": 8,
            "expert_used_count": 4,
            "rope.dimension_count": 64,
        },
        65536,
        _ends(2880, 65536),
        lambda _: _with_biases(
            _attention(2880, 64, 8, 64)
            | {"attn_sinks.weight": (64,)}
            | _experts(2880, 2880, 8, _POST_NORM),
            *(*_GPT_OSS, "ffn_up_exps", "ffn_down_exps"),
        ),
    ),
    "qwen3moe 30B": HollowModel(
        "qwen3moe",
        {
            **_sizes(40960, 2048, 24, 32, feed_forward_length=6144),
            "attention.head_count_kv": 4,
            "attention.key_length": 128,
            "attention.value_length": 128,
            "expert_count": 128,
            "expert_used_count": 8,
            "expert_feed_forward_length": 768,
            "rope.dimension_count": 128,
        },
        65536,
        _ends(2048, 65536),
        lambda _: _attention(2048, 32, 4, 128, normed=True) | _experts(2048, 768, 128),
    ),
    "deepseek2 lite": HollowModel(
        "deepseek2",
        {
            **_sizes(163840, 2048, 27, 16, feed_forward_length=10944),
            "attention.head_count_kv": 1,
            "attention.key_length": 576,
            "attention.value_length": 512,
            "attention.key_length_mla": 192,
            "attention.value_length_mla": 128,
            "attention.kv_lora_rank": 512,
            "rope.dimension_count": 64,
            "leading_dense_block_count": 1,
            "expert_count": 64,
            "expert_used_count": 6,
            "expert_shared_count": 2,
            "expert_feed_forward_length": 1408,
        },
        65536,
        _ends(2048, 65536),
        lambda layer: (
            _latent(2048, 16)
            | (
                _experts(2048, 1408, 64)
                | {
                    "ffn_gate_shexp.weight": (2816, 2048),
                    "ffn_up_shexp.weight": (2816, 2048),
                    "ffn_down_shexp.weight": (2048, 2816),
                }
                if layer
                else _feed_forward(2048, 10944)
            )
        ),
    ),
    "mamba 1B": HollowModel(
        "mamba",
        {**_sizes(8192, 2048, 8, 0, feed_forward_length=0), **_state(4096, 16, 128, 0)},
        50280,
        _ends(2048),
        lambda _: _mamba(2048, 4096, 16, 128),
    ),
    "mamba2 3B": HollowModel(
        "mamba2",
        {**_sizes(8192, 2560, 3, 0, feed_forward_length=0), **_state(5120, 128, 80, 1)},
        50288,
        _ends(2560),
        lambda _: {"attn_norm.weight": (2560,), **_mamba2(2560, 5120, 128, 80, 1)},
    ),
    "rwkv7 1B": HollowModel(
        "rwkv7",
        {
            **_sizes(32768, 2048, 6, 0, feed_forward_length=8192),
            "wkv.head_size": 64,
            "attention.decay_lora_rank": 96,
            "attention.iclr_lora_rank": 96,
            "attention.value_residual_mix_lora_rank": 96,
            "attention.gate_lora_rank": 96,
        },
        65536,
        {
            **_layer_norm("output_norm", 2048),
            **_layer_norm("token_embd_norm", 2048),
            "output.weight": (65536, 2048),
        },
        lambda _: _rwkv7(2048, 8192, 96),
    ),
    "falcon-h1 1B": HollowModel(
        "falcon-h1",
        {
            **_sizes(131072, 2048, 3, 8, feed_forward_length=4096),
            "attention.head_count_kv": 2,
            "attention.key_length": 128,
            "attention.value_length": 128,
            "rope.dimension_count": 128,
            **_state(3072, 256, 48, 1),
        },
        65537,
        _ends(2048),
        lambda _: (
            _attention(2048, 8, 2, 128)
            | _mamba2(2048, 3072, 256, 48, 1)
            | _feed_forward(2048, 4096, "ffn_norm")
        ),
    ),
    "qwen35 4B": HollowModel(
        "qwen35",
        {
            **_sizes(262144, 2560, 4, 16, feed_forward_length=9216),
            "attention.head_count_kv": 4,
            "attention.key_length": 256,
            "attention.value_length": 256,
            "rope.dimension_count": 64,
            "rope.dimension_sections": [11, 11, 10, 0],
            "full_attention_interval": 4,
            **_state(4096, 128, 32, 16),
        },
        248320,
        _ends(2560),
        lambda layer: (
            (
                _attention(2560, 16, 4, 256, normed=True, gated=True)
                if layer % 4 == 3
                else _delta_net(2560, 4096, 128, 32, 16)
            )
            | _feed_forward(2560, 9216, _POST_NORM)
        ),
    ),
    "lfm2 1B": HollowModel(
        "lfm2",
        {
            **_sizes(128000, 2048, 16, 32, feed_forward_length=8192),
            "attention.head_count_kv": [8 if n in _LFM2_ATTENTION else 0 for n in range(16)],
            "shortconv.l_cache": 3,
            "rope.dimension_count": 64,
        },
        65536,
        _ends(2048, norm="token_embd_norm"),
        lambda layer: (
            (
                _attention(2048, 32, 8, 64, normed=True)
                if layer in _LFM2_ATTENTION
                else _short_convolution(2048)
            )
            | _feed_forward(2048, 8192)
        ),
    ),
}


def drawn(seed: int) -> HollowModel:
    """A model of one of the usual kinds, with sizes that nobody chose."""
    source = random.Random(seed)
    length = source.choice((32, 64, 80, 96, 128, 256))
    heads = source.choice((4, 8, 12, 16, 24))
    kv_heads = source.choice([count for count in (1, 2, 3, 4, 8) if heads % count == 0])
    width = source.choice((length * heads, 64 * source.randint(2, 40)))
    hidden, vocabulary = 64 * source.randint(1, 160), source.choice((300, 5000, 32000))
    experts, used = source.choice((8, 16, 64)), source.choice((1, 2, 4, 8))
    keys = {
        **_sizes(32768, width, source.choice((1, 2, 5, 13)), heads, feed_forward_length=hidden),
        "attention.head_count_kv": kv_heads,
        "attention.key_length": length,
        "attention.value_length": length,
        "rope.dimension_count": length,
    }
    has_experts = {"expert_count": experts, "expert_used_count": used}
    expert = 32 * source.randint(1, 40)
    is_normed = {_POST_NORM: (width,), "post_ffw_norm.weight": (width,)}
    ends = _ends(width, vocabulary)
    plain = _attention(width, heads, kv_heads, length)
    normed = _attention(width, heads, kv_heads, length, normed=True)
    return source.choice(
        (
            HollowModel(
                "llama", keys, vocabulary, ends, lambda _: plain | _feed_forward(width, hidden)
            ),
            HollowModel(
                "llama",
                keys | has_experts,
                vocabulary,
                ends,
                lambda _: plain | _experts(width, hidden, experts),
            ),
            HollowModel(
                "qwen3moe",
                keys | has_experts | {"expert_feed_forward_length": expert},
                vocabulary,
                ends,
                lambda _: normed | _experts(width, expert, experts),
            ),
            HollowModel(
                "gemma3",
                keys | {"attention.sliding_window": 512},
                vocabulary,
                _ends(width),
                lambda _: normed | is_normed | _feed_forward(width, hidden),
            ),
        )
    )
