"""What tests have a process of their own compute: the vector of each token, one text at a time."""

from __future__ import annotations

import contextlib
import importlib
import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, Protocol

Vectors = list[tuple[float, ...]]


class TokenVectors(Protocol):
    """`token_vectors` in the other process."""

    def __call__(
        self, path: str, texts: Sequence[str], *, spelled_out: bool = False
    ) -> list[Vectors]: ...


@contextlib.contextmanager
def start_reference() -> Iterator[TokenVectors]:
    """A process that computes `token_vectors`."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:

        def ask(path: str, texts: Sequence[str], *, spelled_out: bool = False) -> list[Vectors]:
            return pool.submit(token_vectors, path, texts, spelled_out=spelled_out).result(60)

        pool.submit(int).result()  # it starts now
        yield ask


def token_vectors(path: str, texts: Sequence[str], *, spelled_out: bool = False) -> list[Vectors]:
    """The vectors of the tokens of each text, as llama.cpp itself tokenises it, without pooling.

    `spelled_out`: the text has the control tokens in it, and no others.
    """
    llama: Any = importlib.import_module("llama_cpp.llama_cpp")
    silent = llama.llama_log_callback(lambda _level, _text, _data: None)
    llama.llama_log_set(silent, None)
    model = llama.llama_model_load_from_file(os.fsencode(path), llama.llama_model_default_params())
    parameters = llama.llama_context_default_params()
    parameters.n_ctx = parameters.n_batch = parameters.n_ubatch = 2048
    parameters.n_threads = parameters.n_threads_batch = 1
    parameters.embeddings = True
    parameters.pooling_type = llama.LLAMA_POOLING_TYPE_NONE
    context = llama.llama_init_from_model(model, parameters)
    vocabulary = llama.llama_model_get_vocab(model)
    memory = llama.llama_get_memory(context)
    size = llama.llama_model_n_embd_out(model)
    found = []
    for text in texts:
        data = text.encode()
        room = len(data) + 8
        tokens = (llama.llama_token * room)()
        flags = (not spelled_out, spelled_out)
        count = llama.llama_tokenize(vocabulary, data, len(data), tokens, room, *flags)
        if memory:
            llama.llama_memory_clear(memory, True)
        if count:
            assert llama.llama_decode(context, llama.llama_batch_get_one(tokens, count)) == 0
        rows = (llama.llama_get_embeddings_ith(context, row) for row in range(count))
        found.append([tuple(row[:size]) for row in rows])
    llama.llama_free(context)
    llama.llama_model_free(model)
    return found
