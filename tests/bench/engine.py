"""Speed through the whole application against a bare loop on llama.cpp's low-level interface.

Both hold the starter model with the same settings and take turns in one run, so that what else the
machine does hits both.
"""

from __future__ import annotations

import multiprocessing
import tempfile
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path

from chatapp.domain.conversation import Role
from chatapp.domain.generation import GenerationParameters, Usage
from chatapp.engine.engine import Engine
from chatapp.engine.messages import Failed, Finished, GenerationEvent, LoadOptions, Turn
from chatapp.hub.library import describe_file
from chatapp.hub.starter import find_starter_model
from tests.bench.measure import Measure, median

_PAIRS = 9
_TOKENS = 128
_CONTEXT = 2048
_THREADS = 1
_SYSTEM = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"


def run() -> list[Measure]:
    """Pairs of a 128-token greedy answer to a prompt of some 500 tokens, never seen before."""
    path = find_starter_model(Path("resources"))
    assert path is not None, "the starter model is missing"
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    bare = context.Process(target=_bare_loop, args=(theirs, str(path)))
    bare.start()
    theirs.close()
    application: list[Usage] = []
    loop: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(logs=Path(folder))
        model = describe_file(path, is_starter=True)
        engine.load(model, LoadOptions(context_length=_CONTEXT, threads=_THREADS))
        try:
            for number in range(_PAIRS + 1):
                question = _question(number)
                application.append(_ask(engine, question))
                ours.send(_prompt(question))
                loop.append(ours.recv())
        finally:
            engine.close()
            ours.send(None)
            bare.join()
    application, loop = application[1:], loop[1:]
    speeds = [usage.tokens_per_second for usage in application]
    first = [usage.first_token_ms for usage in application]
    ratios = [a / b[1] for a, b in zip(speeds, loop, strict=True)]
    first_ratios = [a / b[0] for a, b in zip(first, loop, strict=True)]
    return [
        median("writing, whole application", speeds, "tokens/s"),
        median("writing, bare loop", [b[1] for b in loop], "tokens/s"),
        median("writing, ratio", ratios, "x"),
        median("time to first token, whole application", first, "ms"),
        median("time to first token, bare loop", [b[0] for b in loop], "ms"),
        median("time to first token, ratio", first_ratios, "x"),
    ]


def _question(number: int) -> str:
    words = " ".join(f"item {number * 1000 + i}" for i in range(100))
    return f"{number}. Tell me a long story about these things: {words}"


def _prompt(question: str) -> str:
    parts = (
        f"<|im_start|>system\n{_SYSTEM}<|im_end|>\n",
        f"<|im_start|>user\n{question}<|im_end|>\n",
    )
    return "".join(parts) + "<|im_start|>assistant\n"


def _ask(engine: Engine, question: str) -> Usage:
    ended = threading.Event()
    results: list[Usage] = []

    def on_event(event: GenerationEvent) -> None:
        if isinstance(event, Finished):
            results.append(event.usage)
        if isinstance(event, Finished | Failed):
            ended.set()

    state = engine.state
    path = find_starter_model(Path("resources"))
    assert path is not None
    engine.generate(
        state.model or describe_file(path, is_starter=True),
        (Turn(Role.SYSTEM, _SYSTEM), Turn(Role.USER, question)),
        GenerationParameters(temperature=0.0, max_tokens=_TOKENS, seed=1),
        on_event=on_event,
    )
    ended.wait()
    return results[0]


def _bare_loop(connection: Connection, path: str) -> None:
    """In its own process: the shortest correct loop there is."""
    import ctypes

    from llama_cpp import llama_cpp as lib

    @lib.llama_log_callback
    def silent(_level: int, _text: bytes, _data: ctypes.c_void_p) -> None:
        return

    lib.llama_log_set(silent, ctypes.c_void_p(0))
    lib.llama_backend_init()
    model = lib.llama_model_load_from_file(path.encode(), lib.llama_model_default_params())
    parameters = lib.llama_context_default_params()
    parameters.n_ctx = _CONTEXT
    parameters.n_batch = 512
    parameters.n_threads = parameters.n_threads_batch = _THREADS
    context = lib.llama_init_from_model(model, parameters)
    vocabulary = lib.llama_model_get_vocab(model)
    chain = lib.llama_sampler_chain_init(lib.llama_sampler_chain_default_params())
    lib.llama_sampler_chain_add(chain, lib.llama_sampler_init_greedy())
    batch = lib.llama_batch_init(512, 0, 1)
    tokens = (lib.llama_token * _CONTEXT)()
    while (prompt := connection.recv()) is not None:
        begin = time.perf_counter()
        lib.llama_memory_clear(lib.llama_get_memory(context), True)
        text = prompt.encode()
        count = lib.llama_tokenize(vocabulary, text, len(text), tokens, _CONTEXT, False, True)
        for start in range(0, count, 512):
            part = min(512, count - start)
            batch.n_tokens = part
            for i in range(part):
                batch.token[i], batch.pos[i] = tokens[start + i], start + i
                batch.n_seq_id[i], batch.seq_id[i][0] = 1, 0
                batch.logits[i] = start + i == count - 1
            assert lib.llama_decode(context, batch) == 0
        token = lib.llama_sampler_sample(chain, context, -1)
        first = time.perf_counter()
        written = 1
        batch.n_tokens = 1
        batch.logits[0] = True
        while written < _TOKENS and not lib.llama_vocab_is_eog(vocabulary, token):
            batch.token[0], batch.pos[0] = token, count + written - 1
            assert lib.llama_decode(context, batch) == 0
            token = lib.llama_sampler_sample(chain, context, -1)
            written += 1
        end = time.perf_counter()
        connection.send(((first - begin) * 1000, (written - 1) / (end - first)))
