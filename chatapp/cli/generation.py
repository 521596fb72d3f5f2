"""What `ask` and `chat` share: model, parameters, and text that appears as it is made."""

from __future__ import annotations

import argparse
import sys
import threading
from dataclasses import replace

from chatapp.chat.parameters import parameters_for
from chatapp.domain.generation import GenerationParameters
from chatapp.domain.model import ModelFile, TemplateOrigin
from chatapp.services import ModelServices


def choose_parameters(
    options: argparse.Namespace, services: ModelServices, model: ModelFile
) -> GenerationParameters:
    """From the options, else from the settings."""
    usual = parameters_for(model, services.settings.current)
    return replace(
        usual,
        temperature=usual.temperature if options.temperature is None else options.temperature,
        max_tokens=options.max_tokens or usual.max_tokens,
        seed=options.seed,
    )


def choose_model(options: argparse.Namespace, services: ModelServices) -> ModelFile:
    """The one of the options, else the default. Raises `ModelUnknown` or `NoModel`."""
    if options.model:
        return services.library.find(options.model)
    return services.library.default(services.settings.current.model_path)


def tell_template(services: ModelServices) -> None:
    """Say on standard error when the model's own chat template was not used."""
    loaded = services.engine.state.loaded
    if loaded is None or loaded.template_origin is TemplateOrigin.MODEL:
        return
    missing = loaded.template_origin is TemplateOrigin.MISSING
    what = "brings no chat template" if missing else "brings a chat template that can't be used"
    print(
        f"chatapp: The model {what}; a common format was used, so answers may be poor.",
        file=sys.stderr,
    )


class Printer:
    """Collects text from the engine's thread; the main thread prints it."""

    def __init__(self, *, to_terminal: bool) -> None:
        self._to_terminal = to_terminal
        self._lock = threading.Lock()
        self._pieces: list[str] = []
        self._printed = 0

    @property
    def text(self) -> str:
        """All so far."""
        with self._lock:
            return "".join(self._pieces)

    def add(self, text: str) -> None:
        """From any thread."""
        with self._lock:
            self._pieces.append(text)

    def flush(self) -> None:
        """Print what is new; on the main thread."""
        with self._lock:
            new = "".join(self._pieces[self._printed :])
            self._printed = len(self._pieces)
        if new and self._to_terminal:
            print(new, end="", flush=True)

    def end_line(self) -> None:
        """Leave the cursor at the beginning of a line."""
        if self._to_terminal and not self.text.endswith("\n"):
            print()
