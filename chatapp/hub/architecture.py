"""What llama.cpp makes of a header's keys: what a model is for, and what each of its layers keeps.

Files tell only a part of that. The rest is in llama.cpp's code for each architecture
(src/models/*.cpp, `create_memory` in src/llama-model.cpp), which this follows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from chatapp.domain.header import ModelHeader, ModelKind, Recurrence
from chatapp.hub.tensor_types import FILE_TYPES, TENSOR_TYPES

Value = int | str | tuple[int, ...]
_MOST_LAYERS = 512  # llama.cpp's own limit
_MOST = 2**31 - 1
_MOST_VOCABULARY = 16 * 2**20
_MOST_NAME = 200  # characters
_MOST_SPLITS = 99_999  # file names have five digits
_GUESSED = 1024  # LLAMA_FTYPE_GUESSED, a flag

_ENCODERS = frozenset(
    {
        *("bert", "jina-bert-v2", "jina-bert-v3", "nomic-bert", "nomic-bert-moe", "neo-bert"),
        *("eurobert", "modern-bert", "gemma-embedding", "llama-embed", "t5encoder"),
    }
)
# Speech, drafts of other models, diffusion, encoders with decoders.
_NOT_FOR_CHAT = frozenset(
    {
        *("t5", "wavtokenizer-dec", "pockettts", "qwen3tts", "eagle3", "dflash"),
        *("gemma4-assistant", "dream", "llada", "llada-moe", "rnd1"),
    }
)
_NO_MODELS = frozenset({"adapter", "imatrix", "vocab", "dataset"})
_POOLINGS = frozenset({1, 2, 3})  # mean, first token, last token
_RANKING = 4

_RECURRENT = frozenset({"mamba", "mamba2", "rwkv6", "rwkv6qwen2", "rwkv7", "arwkv7"})
# Hybrids whose recurrent layers are those without heads for keys.
_HEADLESS = frozenset(
    {
        *("jamba", "plamo2", "granitehybrid", "lfm2", "lfm2moe", "nemotron_h", "nemotron_h_moe"),
        *("kimi-linear", "kimi-k3", "bailingmoe3", "glm5-next"),
    }
)
_FEED_FORWARD_APART = frozenset({"nemotron_h", "nemotron_h_moe"})  # in layers of its own
_BOTH_AT_ONCE = "falcon-h1"
# Hybrids of which each so manieth layer has attention.
_INTERVALS = {"qwen3next": 4, "qwen35": 4, "qwen35moe": 4, "qwen4exp": 4, "minimax-01": 8}

# Of so many layers one sees everything: the last one, or with a minus the first one.
_PERIODS = {
    "afmoe": 4,
    "cohere2": 4,
    "cohere2moe": -4,
    "exaone-moe": 4,
    "exaone4": 4,
    "gemma2": 2,
    "gemma3": 6,
    "gemma3n": 5,
    "gpt-oss": 2,
    "laguna": -4,
    "llama4": 4,
    "mellum": 4,
    "muse-glimmer": 4,
    "olmo2": 4,
    "plamo3": 8,
    "smallthinker": -4,
}
# Here the file has to name the layers.
_LISTED = frozenset({"gemma4", "granite_swa", "maple", "mimo2", "spark2_5", "step35", "dots3note"})
_DEFAULT_WINDOWS = {"gemma2": 4096, "llama4": 8192, "exaone4": 4096}
_FIXED_WINDOWS = {"llama4": 8192, "smallthinker": 4096}
_EXAONE_WITH_WINDOW = 64  # layers
_GEMMA3N_KEEPING = 20  # layers
_INDEXED = frozenset({"deepseek32", "glm-dsa", "glm5-next", "hy_v4", "dots3note", "minimax-m3"})
_SIZE_LABEL = re.compile(r"(?:(\d{1,4})x)?(\d{1,5}(?:\.\d{1,3})?)([KMBT])")
_UNITS = {"K": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}


class Malformed(Exception):
    """This is no header of a model; the text is for a log."""


@dataclass(frozen=True, slots=True)
class Tensors:
    """All tensors together: `most` of the elements have this type; the file ends at `end`."""

    elements: int
    most: int | None
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Contents:
    """What was read of a header. Without `tensors` it is not all of it."""

    values: Mapping[str, Value]
    vocabulary: int
    tensors: Tensors | None = None

    def number(self, name: str, default: int = 0, most: int = _MOST) -> int:
        """`default` too when it is negative, more than `most` or no whole number."""
        value = self.values.get(name)
        return value if isinstance(value, int) and 0 <= value <= most else default

    def text(self, name: str) -> str:
        """One line that can be shown."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return ""
        line = "".join(letter if letter.isprintable() else " " for letter in value[:_MOST_NAME])
        return line.strip()


def describe(contents: Contents) -> ModelHeader:
    """What the file is. Raises `Malformed`."""
    architecture = contents.text("general.architecture")
    layers = _Layers(contents, architecture)
    split_count = contents.number("split.count", most=_MOST_SPLITS)
    if split_count < 2:
        split_count = 0
    template = contents.values.get("tokenizer.chat_template")
    tensors = contents.tensors
    number = layers.number
    shared = number("expert_shared_feed_forward_length")
    expert_feed_forward = max(layers.each("expert_feed_forward_length"), default=0)
    sliding_window, sliding = layers.sliding()
    return ModelHeader(
        architecture=architecture,
        name=contents.text("general.name"),
        kind=_kind(contents, architecture, layers.count),
        parameters=_parameters(contents, split_count),
        file_type=_file_type(contents),
        license=contents.text("general.license"),
        context_length=number("context_length"),
        layers=layers.count,
        embedding_length=number("embedding_length"),
        vocabulary=_vocabulary(contents, architecture),
        heads=layers.asking_heads(),
        kv_heads=layers.kept_heads(),
        key_length=layers.key_length,
        value_length=layers.value_length,
        sliding_window=sliding_window,
        sliding=sliding,
        sliding_key_length=number("attention.key_length_swa", layers.key_length),
        sliding_value_length=number("attention.value_length_swa", layers.value_length),
        latent_key_length=number("attention.key_length_mla"),
        latent_value_length=number("attention.value_length_mla"),
        indexer_length=(number("attention.indexer.key_length") if architecture in _INDEXED else 0),
        recurrent=layers.recurrent,
        recurrence=_recurrence(layers),
        feed_forward=layers.each("feed_forward_length"),
        experts=number("expert_count"),
        has_experts=layers.with_experts(),
        experts_used=max(layers.each("expert_used_count"), default=0),
        expert_feed_forward=expert_feed_forward,
        shared_feed_forward=shared or number("expert_shared_count") * expert_feed_forward,
        layer_embedding=number("embedding_length_per_layer_input"),
        has_chat_template=isinstance(template, str),
        chat_template=template if isinstance(template, str) else "",
        split_number=contents.number("split.no", most=split_count) + 1 if split_count else 0,
        split_count=split_count,
        header_bytes=tensors.begin if tensors is not None else 0,
        file_bytes=tensors.end if tensors is not None else 0,
        is_complete=tensors is not None,
    )


def _kind(contents: Contents, architecture: str, layers: int) -> ModelKind:
    general = contents.text("general.type")
    if general == "mmproj" or architecture == "clip":
        return ModelKind.PROJECTOR
    if general in _NO_MODELS or not layers or architecture in _NOT_FOR_CHAT:
        return ModelKind.OTHER
    pooling = contents.number(f"{architecture}.pooling_type")
    if pooling == _RANKING:
        return ModelKind.OTHER
    if pooling in _POOLINGS or architecture in _ENCODERS:
        return ModelKind.EMBEDDING
    if contents.text("tokenizer.ggml.model") in {"none", "no_vocab"}:
        return ModelKind.OTHER
    return ModelKind.CHAT


def _parameters(contents: Contents, split_count: int) -> int:
    if contents.tensors is not None and not split_count:
        return contents.tensors.elements
    told = contents.number("general.parameter_count", most=2**50)
    if told:
        return told
    label = _SIZE_LABEL.match(contents.text("general.size_label").upper().replace("X", "x"))
    if label is None:
        return 0
    copies, size, unit = label.groups(default="1")
    return round(int(copies) * float(size) * _UNITS[unit])


def _file_type(contents: Contents) -> str:
    told = contents.number("general.file_type", default=-1)
    if told >= 0 and (name := FILE_TYPES.get(told & ~_GUESSED)):
        return name
    most = contents.tensors.most if contents.tensors is not None else None
    kept = TENSOR_TYPES.get(most) if most is not None else None
    return kept.file_type if kept is not None else ""


def _vocabulary(contents: Contents, architecture: str) -> int:
    if 0 < contents.vocabulary <= _MOST_VOCABULARY:
        return contents.vocabulary
    return contents.number(f"{architecture}.vocab_size", most=_MOST_VOCABULARY)


def _recurrence(layers: _Layers) -> Recurrence:
    number = layers.number
    return Recurrence(
        conv_kernel=number("ssm.conv_kernel"),
        inner_size=number("ssm.inner_size"),
        state_size=number("ssm.state_size"),
        time_step_rank=number("ssm.time_step_rank"),
        group_count=number("ssm.group_count"),
        delta_head_size=number("kda.head_dim"),
        wkv_head_size=number("wkv.head_size"),
        token_shift_count=number("token_shift_count", 2) if number("wkv.head_size") else 0,
        short_kernel=number("shortconv.l_cache"),
    )


class _Layers:
    """The layers of one model."""

    def __init__(self, contents: Contents, architecture: str) -> None:
        self._contents = contents
        self._architecture = architecture
        self.count = self.number("block_count")
        if self.count > _MOST_LAYERS:
            raise Malformed(f"{self.count} layers")
        # Those that only guess ahead, at the end, are not used here.
        self._trunk = max(0, self.count - self.number("nextn_predict_layers"))
        self.heads = self.each("attention.head_count")
        self._kv_heads = self.each("attention.head_count_kv", self.heads)
        head = self.number("embedding_length") // self.heads[0] if any(self.heads[:1]) else 0
        self.key_length = self.number("attention.key_length", head)
        self.value_length = self.number("attention.value_length", head)
        self.recurrent = self._recurrent()

    def number(self, key: str, default: int = 0) -> int:
        """Of this architecture."""
        return self._contents.number(f"{self._architecture}.{key}", default)

    def each(self, key: str, default: tuple[int, ...] = ()) -> tuple[int, ...]:
        """One number for each layer: the file has one for all, or a list."""
        value = self._contents.values.get(f"{self._architecture}.{key}")
        if isinstance(value, int):
            value = (value,) * self.count
        if not isinstance(value, tuple) or len(value) < self.count:
            return default or (0,) * self.count
        return tuple(number if 0 <= number <= _MOST else 0 for number in value[: self.count])

    def _recurrent(self) -> tuple[bool, ...]:
        architecture, trunk, count = self._architecture, self._trunk, self.count
        if architecture in _RECURRENT or architecture == _BOTH_AT_ONCE:
            return tuple(layer < trunk for layer in range(count))
        if architecture in _INTERVALS:
            listed = self.each("attention.recurrent_layers")
            if any(listed):
                return tuple(map(bool, listed))
            interval = self.number("full_attention_interval") or _INTERVALS[architecture]
            return tuple(layer < trunk and (layer + 1) % interval != 0 for layer in range(count))
        if architecture in _HEADLESS:
            apart = architecture in _FEED_FORWARD_APART
            lengths = self.each("feed_forward_length") if apart else (0,) * count
            return tuple(
                layer < trunk and not self._kv_heads[layer] and not lengths[layer]
                for layer in range(count)
            )
        return (False,) * count

    def with_experts(self) -> tuple[bool, ...]:
        """Which layers have experts instead of one feed-forward part."""
        first = self.number("leading_dense_block_count")
        step = max(1, self.number("interleave_moe_layer_step"))
        any_experts = self.number("expert_count") > 0
        return tuple(
            any_experts and layer >= first and (layer + 1) % step == 0
            for layer in range(self.count)
        )

    def asking_heads(self) -> tuple[int, ...]:
        """Heads for queries; none where a layer has no attention."""
        if self._architecture not in _FEED_FORWARD_APART:
            return self.heads
        return tuple(
            heads if kept else 0 for heads, kept in zip(self.heads, self._kv_heads, strict=True)
        )

    def kept_heads(self) -> tuple[int, ...]:
        """Heads for keys; none where a layer is recurrent, unused or borrows another one's keys."""
        keeping = self._trunk if self._architecture not in _ENCODERS else 0
        if self._architecture == "gemma3n":
            keeping = min(keeping, _GEMMA3N_KEEPING)
        elif self._architecture == "gemma4":
            keeping = min(keeping, self.count - self.number("attention.shared_kv_layers"))
        both = self._architecture == _BOTH_AT_ONCE
        return tuple(
            heads if layer < keeping and (both or not self.recurrent[layer]) else 0
            for layer, heads in enumerate(self._kv_heads)
        )

    def sliding(self) -> tuple[int, tuple[bool, ...]]:
        """The window in tokens, and which layers see no more than it."""
        architecture, count = self._architecture, self.count
        nowhere = (0, (False,) * count)
        window = self.number("attention.sliding_window", _DEFAULT_WINDOWS.get(architecture, 0))
        if not window or (architecture == "exaone4" and count != _EXAONE_WITH_WINDOW):
            return nowhere
        window = _FIXED_WINDOWS.get(architecture, window)
        if architecture == "lfm2":
            return window, tuple(not recurrent for recurrent in self.recurrent)
        key = f"{architecture}.attention.sliding_window_pattern"
        pattern = self._contents.values.get(key)
        if architecture not in _PERIODS and architecture not in _LISTED:
            return nowhere
        if isinstance(pattern, tuple):
            listed = tuple(map(bool, pattern[:count]))
            return window, listed + (False,) * (count - len(listed))
        if architecture in _LISTED:
            return nowhere
        period = _PERIODS[architecture]
        full = 0 if period < 0 else -1  # which one of the period sees everything
        period = pattern if isinstance(pattern, int) and 0 <= pattern <= _MOST else abs(period)
        if period == 0:
            return window, tuple(layer < self._trunk for layer in range(count))
        return window, tuple(
            layer < self._trunk and layer % period != full % period for layer in range(count)
        )
