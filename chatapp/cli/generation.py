"""What `ask` and `chat` share: model, parameters, and text that appears as it is made."""

from __future__ import annotations

import argparse
import sys
import threading
from dataclasses import replace

from chatapp.chat.parameters import parameters_for
from chatapp.domain.generation import GenerationParameters
from chatapp.domain.model import LoadNote, LoadNoteKind, ModelFile, TemplateOrigin
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
        thinking=usual.thinking if options.thinking is None else options.thinking,
    )


def choose_model(options: argparse.Namespace, services: ModelServices) -> ModelFile:
    """The one of the options, else the default. Raises `ModelUnknown` or `NoModel`."""
    if options.model:
        return services.library.find(options.model)
    return services.library.default(services.settings.current.model_path)


def tell_load(services: ModelServices) -> None:
    """Say on standard error what is otherwise than the model, or the person, wanted it."""
    loaded = services.engine.state.loaded
    if loaded is None:
        return
    if loaded.uses_common_format:
        missing = loaded.template_origin is TemplateOrigin.MISSING
        what = "brings no chat template" if missing else "brings a chat template that can't be used"
        print(
            f"chatapp: The model {what}; a common format was used, so answers may be poor.",
            file=sys.stderr,
        )
    for note in loaded.notes:
        print(f"chatapp: {note_sentence(note)}", file=sys.stderr)


def note_sentence(note: LoadNote) -> str:
    """What went otherwise than was wanted."""
    return _NOTES[note.kind].format(count=note.count, of=note.of)


_NOTES = {
    LoadNoteKind.LAYERS_ON_GPU: "{count} of {of} layers on the GPU: the rest did not fit.",
    LoadNoteKind.CONTEXT_SHORTENED: "The context is {count:,} tokens: {of:,} did not fit.",
    LoadNoteKind.NO_GPU_MEMORY: "It runs on the processor: nothing of it fits on the GPU.",
    LoadNoteKind.NO_GPU_FOUND: "It runs on the processor: no GPU was found.",
    LoadNoteKind.NO_GPU_BUILD: "It runs on the processor: this build can't use the GPU.",
    LoadNoteKind.DRAFT_NOT_LOADED: (
        "The draft model can't be loaded: answers are written without it."
    ),
    LoadNoteKind.DRAFT_NOT_USED: (
        "The draft model is not used: it can't help this model as it is loaded."
    ),
    LoadNoteKind.FLASH_ATTENTION_OFF: "Flash attention is off: this model can't use it here.",
}


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
