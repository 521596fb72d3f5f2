"""Runs the worker in this process, with the libraries of one folder: a model answers briefly.

    python packaging/linux/probe_engine.py FOLDER MODEL.gguf

One process, because an emulator of another processor emulates the process that it starts and none
of those that this one starts. `try_processor.sh` uses it.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from chatapp.domain.conversation import Role
from chatapp.domain.generation import GenerationParameters
from chatapp.engine.channel import Channel, open_channel
from chatapp.engine.messages import (
    Delta,
    Finished,
    Generate,
    Load,
    Loaded,
    LoadOptions,
    LoadProgress,
    LogLines,
    Started,
    Turn,
)

_TOKENS = 8


def _talk(channel: Channel, model: str, output: int) -> None:
    """Ask for an answer, and end the process with what comes of it."""

    def say(text: str) -> None:
        os.write(output, f"{text}\n".encode())

    answer = ""
    while True:
        match channel.recv():
            case Started(llama_build=build):
                say(f"llama.cpp {build}")
                options = LoadOptions(context_length=256, threads=2, parallel=1, speculation=False)
                channel.send(Load(model, options))
            case LogLines(text=text):
                if text.startswith("load_backend:"):
                    say(text)
            case LoadProgress():
                pass
            case Loaded():
                say("the model is loaded")
                question = Turn(Role.USER, "Name three colours.")
                parameters = GenerationParameters(temperature=0.0, max_tokens=_TOKENS)
                channel.send(Generate(1, (question,), parameters))
            case Delta(text=text):
                answer += text
            case Finished(usage=usage):
                say(f"{usage.completion_tokens} tokens: {answer!r}")
                os._exit(0 if usage.completion_tokens == _TOKENS else 1)
            case other if type(other).__name__.endswith("Failed"):
                say(f"failed: {other}")
                os._exit(1)


def main(folder: str, model: str) -> None:
    """End the process: code 0 when the model has answered."""
    os.environ["LLAMA_CPP_LIB_PATH"] = str(Path(folder).absolute())
    from chatapp.engine.worker.main import run

    ours, theirs = open_channel(multiprocessing.get_context("spawn"))
    output = os.dup(1)  # the worker sends its own elsewhere
    threading.Thread(target=_talk, args=(ours, model, output), daemon=True).start()
    with tempfile.NamedTemporaryFile(prefix="chatapp-probe-") as errors:
        run(theirs, errors.name)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("Usage: python packaging/linux/probe_engine.py FOLDER MODEL.gguf")
    main(sys.argv[1], sys.argv[2])
