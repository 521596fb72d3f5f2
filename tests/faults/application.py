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
from chatapp.domain.generation import GenerationParameters, Priority
from chatapp.domain.model import ModelFile
from chatapp.engine.engine import Engine
from chatapp.engine.messages import (
    Delta,
    Finished,
    GenerationEvent,
    LoadOptions,
    PromptProgress,
    StateFolder,
    Turn,
)
from chatapp.engine.process import WorkerProcess
from chatapp.engine.state import EngineState, EngineStatus
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

    def ask(
        text: str,
        kind: type[GenerationEvent],
        parameters: GenerationParameters = GREEDY,
        priority: Priority = Priority.INTERACTIVE,
    ) -> None:
        reached = threading.Event()

        def on_event(event: GenerationEvent) -> None:
            if isinstance(event, kind) and getattr(event, "done", 1):
                reached.set()

        engine.generate(
            model,
            (Turn(Role.USER, text),),
            parameters,
            conversation="1",
            priority=priority,
            on_event=on_event,
        )
        reached.wait()

    endless = replace(GREEDY, max_tokens=None)
    states: dict[str, Callable[[], None]] = {
        "starting": lambda: engine.load(model),
        "loading": lambda: load(engine, model),
        "idle": lambda: ask(QUESTION, Finished),
        "reading": lambda: ask(QUESTION * 30, PromptProgress),
        "writing": lambda: ask(QUESTION, Delta, endless),
        "background": lambda: ask(QUESTION, Delta, endless, Priority.BACKGROUND),
        "benchmarking": lambda: benchmark(engine, model),
    }
    states[state]()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    threading.Event().wait()


def load(engine: Engine, model: ModelFile) -> None:
    loading = threading.Event()

    def on_state(state: EngineState) -> None:
        if state.status is EngineStatus.LOADING and state.progress > 0:
            loading.set()

    engine.subscribe(on_state)
    engine.load(model)
    loading.wait()


def benchmark(engine: Engine, model: ModelFile) -> None:
    begun = threading.Event()
    engine.benchmark(
        model, prompt_tokens=500, repetitions=100_000, on_run=lambda _speed: begun.set()
    )
    begun.wait()


if __name__ == "__main__":
    main()
