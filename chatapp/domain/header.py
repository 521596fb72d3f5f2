"""What the beginning of a GGUF file tells about a model, before anything of it is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ModelKind(StrEnum):
    """What a GGUF file is good for here."""

    CHAT = "chat"
    EMBEDDING = "embedding"
    PROJECTOR = "projector"  # eyes or ears of a chat model, which lies in a file of its own
    OTHER = "other"  # adapters, speech, rerankers, drafts, importance matrices, vocabularies


@dataclass(frozen=True, slots=True)
class Recurrence:
    """The sizes of what a recurrent layer remembers, under the names of the file's keys.

    All are 0 in a model without such layers.
    """

    conv_kernel: int = 0
    inner_size: int = 0
    state_size: int = 0
    time_step_rank: int = 0
    group_count: int = 0
    delta_head_size: int = 0  # Kimi's delta attention
    wkv_head_size: int = 0  # RWKV
    token_shift_count: int = 0  # RWKV
    short_kernel: int = 0  # the short convolutions of LFM2


@dataclass(frozen=True, slots=True)
class ModelHeader:
    """One GGUF file's header. What it doesn't tell, or tells wrong, is 0, empty or False.

    Tuples have one entry for each layer: `heads`, `kv_heads` (0: the layer keeps no keys and
    values of its own), `sliding` (it sees only the last `sliding_window` tokens), `recurrent`,
    `has_experts` and `feed_forward`. Lengths are in elements of a vector, `context_length` and
    `sliding_window` in tokens. The latent lengths are those of a head whose keys and values are
    kept as one compressed vector (MLA); the length of that is `key_length`. `indexer_length` is
    that of another key kept beside (sparse attention).

    `file_type` is a name as file names have it ("Q4_K_M"). `split_number` counts from 1; it and
    `split_count` are 0 for a model in one file. `header_bytes` is where the weights begin and
    `file_bytes` the least size that the file must have; both are 0 as long as the header is not
    `is_complete`: then only what comes before the vocabulary was read, and neither the chat
    template nor tensors.
    """

    architecture: str = ""
    name: str = ""
    kind: ModelKind = ModelKind.OTHER
    parameters: int = 0
    file_type: str = ""
    license: str = ""
    context_length: int = 0
    layers: int = 0
    embedding_length: int = 0
    vocabulary: int = 0
    heads: tuple[int, ...] = ()
    kv_heads: tuple[int, ...] = ()
    key_length: int = 0
    value_length: int = 0
    sliding_window: int = 0
    sliding: tuple[bool, ...] = ()
    sliding_key_length: int = 0
    sliding_value_length: int = 0
    latent_key_length: int = 0
    latent_value_length: int = 0
    indexer_length: int = 0
    recurrent: tuple[bool, ...] = ()
    recurrence: Recurrence = Recurrence()
    feed_forward: tuple[int, ...] = ()
    experts: int = 0
    experts_used: int = 0
    has_experts: tuple[bool, ...] = ()
    expert_feed_forward: int = 0
    shared_feed_forward: int = 0
    layer_embedding: int = 0
    has_chat_template: bool = False
    chat_template: str = ""
    split_number: int = 0
    split_count: int = 0
    header_bytes: int = 0
    file_bytes: int = 0
    is_complete: bool = False

    @property
    def is_sound(self) -> bool:
        """Whether the tuples are as long as there are layers.

        They are in what was read of a file; what was kept somewhere may have been changed.
        """
        each = (self.heads, self.kv_heads, self.sliding, self.recurrent, self.has_experts)
        return all(len(values) == self.layers for values in (*each, self.feed_forward))

    @property
    def is_latent(self) -> bool:
        """Whether keys and values are kept as one compressed vector."""
        return bool(self.latent_key_length and self.latent_value_length)
