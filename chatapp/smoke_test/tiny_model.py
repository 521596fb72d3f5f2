"""A model that is made in a moment, for where no other one is installed.

It is llama with one layer and random weights, in GGUF, whose vocabulary are the bytes. It writes
capital letters and never ends by itself.
"""

from __future__ import annotations

import random
import struct
from array import array
from collections.abc import Iterator

_CONTEXT = 2048  # tokens
_WIDTH = 32
_HIDDEN = 64
_HEADS = 2
_BLANK = "\u2581"  # as this kind of vocabulary writes it
_TEMPLATE = (
    "{% for message in messages %}{{ message.role }}: {{ message.content }}\n{% endfor %}"
    "{% if add_generation_prompt %}assistant:{% endif %}"
)
_TOKENS = ("<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256)), _BLANK)
_NORMAL, _UNKNOWN, _CONTROL, _BYTE = 1, 2, 3, 6
_KINDS = (_UNKNOWN, _CONTROL, _CONTROL, *(256 * [_BYTE]), _NORMAL)
_WRITTEN = range(3 + ord("A"), 3 + ord("Z") + 1)
# GGUF's own numbers
_UINT32, _INT32, _FLOAT32, _BOOL, _STRING, _ARRAY = 4, 5, 6, 7, 8, 9
_F32 = 0
_ALIGNMENT = 32  # bytes

_SHAPES = {
    "token_embd.weight": (_WIDTH, len(_TOKENS)),
    "output_norm.weight": (_WIDTH,),
    "output.weight": (_WIDTH, len(_TOKENS)),
    "blk.0.attn_norm.weight": (_WIDTH,),
    "blk.0.attn_q.weight": (_WIDTH, _WIDTH),
    "blk.0.attn_k.weight": (_WIDTH, _WIDTH),
    "blk.0.attn_v.weight": (_WIDTH, _WIDTH),
    "blk.0.attn_output.weight": (_WIDTH, _WIDTH),
    "blk.0.ffn_norm.weight": (_WIDTH,),
    "blk.0.ffn_gate.weight": (_WIDTH, _HIDDEN),
    "blk.0.ffn_up.weight": (_WIDTH, _HIDDEN),
    "blk.0.ffn_down.weight": (_HIDDEN, _WIDTH),
}


def tiny_model() -> bytes:
    """The whole file, of about 110 kB; always the same."""
    values = list(_metadata())
    infos, data = [], bytearray()
    source = random.Random(4)  # noqa: S311 - it hides nothing
    for name, shape in _SHAPES.items():
        infos.append(
            _string(name)
            + struct.pack(f"<I{len(shape)}Q", len(shape), *shape)
            + struct.pack("<IQ", _F32, len(data))
        )
        data += _weights(name, shape, source)
        data += bytes(-len(data) % _ALIGNMENT)
    head = struct.pack("<4sIQQ", b"GGUF", 3, len(infos), len(values)) + b"".join(values + infos)
    return head + bytes(-len(head) % _ALIGNMENT) + bytes(data)


def _metadata() -> Iterator[bytes]:
    for key, text in (
        ("general.architecture", "llama"),
        ("general.name", "Tiny"),
        ("tokenizer.ggml.model", "llama"),
        ("tokenizer.chat_template", _TEMPLATE),
    ):
        yield _value(key, _STRING, _string(text))
    for key, number in (
        ("general.file_type", _F32),
        ("llama.context_length", _CONTEXT),
        ("llama.embedding_length", _WIDTH),
        ("llama.block_count", 1),
        ("llama.feed_forward_length", _HIDDEN),
        ("llama.attention.head_count", _HEADS),
        ("llama.attention.head_count_kv", _HEADS),
        ("llama.rope.dimension_count", _WIDTH // _HEADS),
        ("tokenizer.ggml.bos_token_id", 1),
        ("tokenizer.ggml.eos_token_id", 2),
        ("tokenizer.ggml.unknown_token_id", 0),
    ):
        yield _value(key, _UINT32, struct.pack("<I", number))
    yield _value("llama.attention.layer_norm_rms_epsilon", _FLOAT32, struct.pack("<f", 1e-5))
    yield _value("tokenizer.ggml.add_space_prefix", _BOOL, b"\0")
    count = len(_TOKENS)
    for key, kind, items in (
        ("tokenizer.ggml.tokens", _STRING, b"".join(map(_string, _TOKENS))),
        ("tokenizer.ggml.scores", _FLOAT32, bytes(4 * count)),
        ("tokenizer.ggml.token_type", _INT32, struct.pack(f"<{count}i", *_KINDS)),
    ):
        yield _value(key, _ARRAY, struct.pack("<IQ", kind, count) + items)


def _weights(name: str, shape: tuple[int, ...], source: random.Random) -> bytes:
    if len(shape) == 1:
        return array("f", [1.0] * shape[0]).tobytes()
    width, rows = shape
    spread = 0.3 if name.startswith("token_embd") else width**-0.5
    values = array("f", (source.gauss(0, spread) for _ in range(width * rows)))
    if name.startswith("output"):
        for row in set(range(rows)).difference(_WRITTEN):
            values[row * width : (row + 1) * width] = array("f", [0.0] * width)
    return values.tobytes()


def _value(key: str, kind: int, value: bytes) -> bytes:
    return _string(key) + struct.pack("<I", kind) + value


def _string(text: str) -> bytes:
    content = text.encode()
    return struct.pack("<Q", len(content)) + content
