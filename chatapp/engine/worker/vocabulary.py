"""A model's vocabulary: text to tokens and back."""

from __future__ import annotations

import ctypes
from typing import Any

import llama_cpp.llama_cpp as llama

TOKEN_NONE = -1


class Vocabulary:
    """The tokens of a loaded model. `pointer` is llama.cpp's; `size` is their number."""

    def __init__(self, model: Any) -> None:
        self.pointer = llama.llama_model_get_vocab(model)
        self.size = int(llama.llama_vocab_n_tokens(self.pointer))
        self._buffer = ctypes.create_string_buffer(256)

    def tokenize(self, text: str, *, special: bool = True) -> list[int]:
        """Tokens of `text`; the names of control tokens in it become those if `special`."""
        # Half a surrogate pair can come from the clipboard and has no bytes.
        data = text.encode(errors="replace")
        size = len(data) + 2
        while True:
            tokens = (llama.llama_token * size)()
            count = llama.llama_tokenize(
                self.pointer,
                data,
                len(data),
                tokens,
                size,
                False,  # noqa: FBT003 - ctypes functions take no keywords
                special,
            )
            if count >= 0:
                return list(tokens[:count])
            size = -count

    def piece(self, token: int) -> bytes:
        """The bytes of a token; none for a control token."""
        while True:
            size = len(self._buffer)
            count = llama.llama_token_to_piece(
                self.pointer,
                token,
                self._buffer,
                size,
                0,
                False,  # noqa: FBT003
            )
            if count >= 0:
                return self._buffer.raw[:count]
            self._buffer = ctypes.create_string_buffer(-count)

    def is_end(self, token: int) -> bool:
        """Whether the token ends an answer."""
        return bool(llama.llama_vocab_is_eog(self.pointer, token))

    def text(self, token: int) -> str:
        """How the vocabulary spells the token; empty for `TOKEN_NONE`."""
        if token == TOKEN_NONE:
            return ""
        return str(llama.llama_vocab_get_text(self.pointer, token).decode(errors="replace"))
