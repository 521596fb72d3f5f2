"""What tests have a process of their own compute: what a model says, without our engine."""

from __future__ import annotations

import ctypes
import importlib
import os
from collections.abc import Sequence
from typing import Any

_CHUNK = 32  # rows; up to 63 flash attention computes each as it does a single one


def greedy_texts(path: str, prompts: Sequence[str], tokens: int) -> list[str]:
    """The likeliest continuation of each prompt, `tokens` long, read anew at one thread."""
    llama: Any = importlib.import_module("llama_cpp.llama_cpp")
    silent = llama.llama_log_callback(lambda _level, _text, _data: None)
    llama.llama_log_set(silent, None)
    model = llama.llama_model_load_from_file(os.fsencode(path), llama.llama_model_default_params())
    parameters = llama.llama_context_default_params()
    parameters.n_ctx = 2048
    parameters.n_batch = parameters.n_ubatch = _CHUNK
    parameters.n_threads = parameters.n_threads_batch = 1
    parameters.flash_attn_type = llama.LLAMA_FLASH_ATTN_TYPE_ENABLED
    context = llama.llama_init_from_model(model, parameters)
    texts = [_continue(llama, model, context, prompt, tokens) for prompt in prompts]
    llama.llama_free(context)
    llama.llama_model_free(model)
    return texts


def _continue(llama: Any, model: Any, context: Any, prompt: str, count: int) -> str:
    vocabulary = llama.llama_model_get_vocab(model)
    data = prompt.encode()
    tokens = (llama.llama_token * (len(data) + 8))()
    length = llama.llama_tokenize(vocabulary, data, len(data), tokens, len(tokens), True, True)
    llama.llama_memory_clear(llama.llama_get_memory(context), True)
    for start in range(0, length, _CHUNK):
        chunk = (llama.llama_token * _CHUNK)(*tokens[start : min(start + _CHUNK, length)])
        size = min(_CHUNK, length - start)
        assert llama.llama_decode(context, llama.llama_batch_get_one(chunk, size)) == 0
    written, piece = b"", ctypes.create_string_buffer(64)
    sampler = llama.llama_sampler_init_greedy()
    for _ in range(count):
        token = (llama.llama_token * 1)(llama.llama_sampler_sample(sampler, context, -1))
        size = llama.llama_token_to_piece(vocabulary, token[0], piece, len(piece), 0, False)
        written += piece.raw[:size]
        assert llama.llama_decode(context, llama.llama_batch_get_one(token, 1)) == 0
    llama.llama_sampler_free(sampler)
    return written.decode()
