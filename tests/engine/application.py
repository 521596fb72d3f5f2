"""An application to be killed: python -m tests.engine.application MODEL FOLDER (load | read).

Says "ready" on standard output when it loads, or when the worker is in the middle of a prompt.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from chatapp.domain.conversation import Role
from chatapp.domain.generation import GenerationParameters
from chatapp.domain.model import ModelFile
from chatapp.engine.engine import Engine
from chatapp.engine.messages import GenerationEvent, PromptProgress, Turn


def main() -> None:
    path, folder, what = sys.argv[1:]
    engine = Engine(logs=Path(folder))
    model = ModelFile(path, "model")
    if what == "load":
        engine.load(model)
        _say_ready()
    else:
        question = Turn(Role.USER, "All work and no play makes Jack a dull boy. " * 600)
        engine.generate(model, (question,), GenerationParameters(), on_event=_on_event)
    threading.Event().wait()


def _on_event(event: GenerationEvent) -> None:
    if isinstance(event, PromptProgress) and event.done > 0:
        _say_ready()


def _say_ready() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
