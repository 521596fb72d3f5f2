"""The shortest correct loop on llama.cpp's low-level interface, in a process of its own.

Its context has the settings of the application's.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self

from chatapp.engine.messages import LoadOptions


@dataclass(frozen=True)
class Written:
    """An answer of a rival: its tokens, or how many they are where it doesn't tell them."""

    count: int
    first_ms: float
    generation_ms: float
    tokens: tuple[int, ...] = ()

    @property
    def speed(self) -> float:
        """Tokens per second after the first."""
        return (self.count - 1) * 1000 / self.generation_ms


class BareLoop:
    """Answers prompts greedily, one at a time. Loads the model on entering."""

    def __init__(self, path: str, options: LoadOptions) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, path, options))
        self._process.start()
        theirs.close()
        self.build: str = self._connection.recv()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._connection.close()
        self._process.join()

    def tokenize(self, text: str) -> list[int]:
        self._connection.send(text)
        tokens: list[int] = self._connection.recv()
        return tokens

    def ask(self, prompt: list[int], count: int) -> Written:
        """Write `count` tokens, less at the answer's end. The prompt before is not read again."""
        self._connection.send((prompt, count))
        written: Written = self._connection.recv()
        return written


def _serve(connection: Connection, path: str, options: LoadOptions) -> None:
    from llama_cpp import llama_cpp as lib

    # The application's own numbers: what is compared is the loop.
    from chatapp.engine.worker.context import BATCH, CPU_STEP, ONE_THREAD_STEP

    silent = lib.llama_log_callback(_silent)
    lib.llama_log_set(silent, ctypes.c_void_p(0))
    lib.llama_backend_init()
    model = lib.llama_model_load_from_file(path.encode(), lib.llama_model_default_params())
    parameters = lib.llama_context_default_params()
    parameters.n_ctx = options.context_length
    parameters.n_batch = BATCH
    parameters.n_ubatch = ONE_THREAD_STEP if options.threads == 1 else CPU_STEP
    parameters.n_threads = parameters.n_threads_batch = options.threads or 1
    parameters.flash_attn_type = {None: -1, False: 0, True: 1}[options.flash_attention]
    context = lib.llama_init_from_model(model, parameters)
    vocabulary = lib.llama_model_get_vocab(model)
    build = lib.llama_version().decode()
    connection.send(f"{build} {lib.llama_print_system_info().decode()}")
    loop = _Loop(lib, context, vocabulary, BATCH)
    while True:
        try:
            asked = connection.recv()
        except EOFError:
            return
        if isinstance(asked, str):
            connection.send(_tokenize(lib, vocabulary, asked))
        else:
            connection.send(loop.ask(*asked))


def _silent(_level: int, _text: bytes, _data: object) -> None:
    return


def _tokenize(lib: Any, vocabulary: Any, text: str) -> list[int]:
    data = text.encode()
    tokens = (lib.llama_token * (len(data) + 1))()
    count = lib.llama_tokenize(vocabulary, data, len(data), tokens, len(tokens), False, True)
    return list(tokens[:count])


class _Loop:
    def __init__(self, lib: Any, context: Any, vocabulary: Any, size: int) -> None:
        self._lib = lib
        self._context = context
        self._vocabulary = vocabulary
        self._memory = lib.llama_get_memory(context)
        self._size = size
        self._last: list[int] = []
        self._chain = lib.llama_sampler_chain_init(lib.llama_sampler_chain_default_params())
        lib.llama_sampler_chain_add(self._chain, lib.llama_sampler_init_greedy())
        self._batch = lib.llama_batch_init(size, 0, 1)
        self._one = lib.llama_batch_init(1, 0, 1)
        for batch, rows in ((self._batch, size), (self._one, 1)):
            for row in range(rows):
                batch.n_seq_id[row], batch.seq_id[row][0] = 1, 0
        self._one.n_tokens = 1
        self._one.logits[0] = True

    def ask(self, prompt: list[int], count: int) -> Written:
        decode, sample = self._lib.llama_decode, self._lib.llama_sampler_sample
        is_end, vocabulary = self._lib.llama_vocab_is_eog, self._vocabulary
        context, chain, batch = self._context, self._chain, self._one
        tokens, positions = batch.token, batch.pos
        begin = time.perf_counter()
        self._read(prompt)
        token = sample(chain, context, -1)
        first = time.perf_counter()
        written = [token]
        position = len(prompt)
        while len(written) < count and not is_end(vocabulary, token):
            tokens[0], positions[0] = token, position
            assert decode(context, batch) == 0
            token = sample(chain, context, 0)
            written.append(token)
            position += 1
        end = time.perf_counter()
        return Written(len(written), (first - begin) * 1000, (end - first) * 1000, tuple(written))

    def _read(self, prompt: list[int]) -> None:
        begin = len(prompt) - 1 if prompt == self._last else 0
        self._last = prompt
        self._lib.llama_memory_seq_rm(self._memory, 0, begin, -1)
        batch = self._batch
        for start in range(begin, len(prompt), self._size):
            part = prompt[start : start + self._size]
            for row, token in enumerate(part):
                batch.token[row], batch.pos[row] = token, start + row
                batch.logits[row] = start + row == len(prompt) - 1
            batch.n_tokens = len(part)
            assert self._lib.llama_decode(self._context, batch) == 0
