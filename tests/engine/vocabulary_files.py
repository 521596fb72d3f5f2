"""Models that are only a vocabulary, of several kinds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import gguf

_KINDS = gguf.TokenType
CONTROL = ("<|im_start|>", "<|im_end|>", "<|im_end|>!", "[ab]", "b][", "<s>")
ALWAYS = ("<think>", "</think>", "\n\n\n")


def write_byte_pairs(path: Path, expression: str, control: Sequence[str] = CONTROL) -> Path:
    """Bytes and a few merges, split by what llama.cpp knows under the name `expression`."""
    texts = list(_byte_characters())
    merges = [("a", "a"), ("aa", "aa"), ("Ġ", "Ġ"), ("t", "h"), ("m", "_"), ("|", ">"), ("<", "|")]
    texts += [first + second for first, second in merges]
    kinds = [_KINDS.NORMAL] * len(texts)
    writer = _writer(path, "tiny")
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(expression)
    writer.add_token_merges([" ".join(pair) for pair in merges])
    return _finish(writer, path, texts, kinds, control)


def write_sentence_pieces(path: Path, *, space_prefix: bool, name: str = "tiny") -> Path:
    """Bytes and a few pieces. llama.cpp takes some models for others by `name`."""
    texts = [f"<0x{byte:02X}>" for byte in range(256)]
    kinds = [_KINDS.BYTE] * 256
    pieces = ["▁", "▁▁", "a", "▁a", "m_", "|>", "<|", "▁<", "end"]
    texts += pieces
    kinds += [_KINDS.NORMAL] * len(pieces)
    writer = _writer(path, name)
    writer.add_tokenizer_model("llama")
    writer.add_add_space_prefix(space_prefix)
    writer.add_token_scores([0.0] * (len(texts) + len(CONTROL) + len(ALWAYS) + 3))
    control = (*CONTROL, "<unk>", "</s>", "<|endoftext|>")
    return _finish(writer, path, texts, kinds, control)


def _writer(path: Path, name: str) -> gguf.GGUFWriter:
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name(name)
    writer.add_context_length(512)
    writer.add_embedding_length(32)
    writer.add_block_count(1)
    writer.add_feed_forward_length(64)
    writer.add_head_count(2)
    writer.add_layer_norm_rms_eps(1e-5)
    return writer


def _finish(
    writer: gguf.GGUFWriter,
    path: Path,
    texts: list[str],
    kinds: list[gguf.TokenType],
    control: Sequence[str],
) -> Path:
    writer.add_token_list([*texts, *control, *ALWAYS])
    writer.add_token_types(
        [*kinds, *[_KINDS.CONTROL] * len(control), *[_KINDS.USER_DEFINED] * len(ALWAYS)]
    )
    writer.add_bos_token_id(len(texts) + control.index("<s>"))
    writer.add_eos_token_id(len(texts) + control.index("<|im_end|>"))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    return path


def _byte_characters() -> list[str]:
    """How such vocabularies write each byte: those that can't be seen by other letters."""
    seen = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = iter(range(256, 512))
    return [chr(byte if byte in seen else next(others)) for byte in range(256)]
