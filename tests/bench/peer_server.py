"""Runs inside the peer's own virtual environment, so it knows nothing of Chatapp.

One JSON object a line. The only argument holds the settings; the first line out says what runs.
Each line in is a body for the server's completion, answered in-process; the line out has the number
of tokens and the times in milliseconds.
"""

from __future__ import annotations

import json
import os
import sys
import time

import xllamacpp  # type: ignore[import-not-found,unused-ignore]


def main() -> None:
    settings = json.loads(sys.argv[1])
    answers = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
    os.dup2(2, 1)  # what llama.cpp prints
    parameters = xllamacpp.CommonParams()
    parameters.model.path = settings["path"]
    parameters.n_ctx = settings["context_length"]
    parameters.n_batch = parameters.n_ubatch = settings["batch"]
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = settings["threads"]
    parameters.flash_attn_type = xllamacpp.llama_flash_attn_type(settings["flash_attention"])
    parameters.n_parallel = 1
    parameters.no_perf = True
    parameters.fit_params = False  # takes the settings as they are
    parameters.cache_ram_mib = 0  # one conversation needs no second copy
    parameters.n_ctx_checkpoints = 0
    parameters.verbosity = 0
    server = xllamacpp.Server(parameters)
    hello = {
        "address": server.listening_address,
        "build": f"{xllamacpp.__version__} {xllamacpp.BUILD_INFO} {xllamacpp.get_system_info()}",
    }
    print(json.dumps(hello), file=answers)
    for line in sys.stdin:
        print(json.dumps(answer(server, json.loads(line))), file=answers)


def answer(server: xllamacpp.Server, body: dict[str, object]) -> dict[str, object]:
    times: list[float] = []
    last: dict[str, dict[str, object]] = {}

    def on_chunk(chunk: dict[str, dict[str, object]]) -> None:
        times.append(time.perf_counter())
        last.update(chunk)

    begin = time.perf_counter()
    server.handle_completions(body, on_chunk)
    return {
        "count": last["timings"]["predicted_n"],
        "first_ms": (times[0] - begin) * 1000,
        "generation_ms": (times[-1] - times[0]) * 1000,
    }


if __name__ == "__main__":
    main()
