"""An application to be killed: python -m tests.faults.application MODEL FOLDER STATE.

Says "ready" on standard output when its worker is in that state.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from chatapp.domain.conversation import Role
from chatapp.domain.generation import GenerationParameters
from chatapp.domain.model import ModelFile
from chatapp.engine.engine import Engine
from chatapp.engine.messages import (
    Delta,
    Finished,
    GenerationEvent,
    LoadOptions,
    StateFolder,
    Turn,
)
from chatapp.engine.process import WorkerProcess
from tests.faults import targets

QUESTION = "Tell me about the sky, the clouds and the stars above them. " * 3
GREEDY = GenerationParameters(temperature=0.0, repeat_penalty=1.0, max_tokens=24)


def main() -> None:
    path, folder, state = sys.argv[1:]
    logs = Path(folder, "logs")
    engine = Engine(
        logs=logs,
        default_options=LoadOptions(context_length=8192, threads=1),
        states=StateFolder(str(Path(folder, "states")), 1 << 26),
        start_worker=partial(WorkerProcess, logs, run=targets.serve),
    )
    model = ModelFile(path, "model")

    def ask(kind: type[GenerationEvent], parameters: GenerationParameters) -> None:
        reached = threading.Event()

        def on_event(event: GenerationEvent) -> None:
            if isinstance(event, kind):
                reached.set()

        engine.generate(
            model,
            (Turn(Role.USER, QUESTION),),
            parameters,
            conversation="1",
            on_event=on_event,
        )
        reached.wait()

    states: dict[str, Callable[[], None]] = {
        "starting": lambda: engine.load(model),
        "idle": lambda: ask(Finished, GREEDY),
        "writing": lambda: ask(Delta, replace(GREEDY, max_tokens=None)),
        "benchmarking": lambda: benchmark(engine, model),
    }
    states[state]()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    threading.Event().wait()


def benchmark(engine: Engine, model: ModelFile) -> None:
    begun = threading.Event()
    engine.benchmark(
        model, prompt_tokens=500, repetitions=100_000, on_run=lambda _speed: begun.set()
    )
    begun.wait()


if __name__ == "__main__":
    main()
