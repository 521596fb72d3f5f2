"""Getting a model's weights and its context into memory, with less of both when they don't fit."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import llama_cpp.llama_cpp as llama

from chatapp.domain.model import LoadNote, LoadNoteKind
from chatapp.engine.messages import LoadOptions
from chatapp.engine.worker.context import Context, ContextRefused
from chatapp.engine.worker.devices import has_gpu, has_graphics_card, knows_gpus
from chatapp.engine.worker.failures import classify
from chatapp.engine.worker.interrupt import Interrupt
from chatapp.engine.worker.library import Library
from chatapp.engine.worker.offload import Placement, Refused, first_that_loads, notes
from chatapp.engine.worker.probe import Places, Prober, model_parameters
from chatapp.errors import ModelCannotChat

PROGRESS_SECONDS = 0.05
_NO_FLASH_ATTENTION = re.compile(
    r"Flash Attention not supported, set to disabled|flash_attn is not compatible"
)


class Loading:
    """Loads a model at once: `model` and `context` are llama.cpp's, `placement` where they are.

    `layers` counts the output as one; `notes` tell what is otherwise than was wanted. `can_use`
    says whether weights are of use at all. Raises the `ChatappError` that says why they are not.
    """

    def __init__(
        self,
        library: Library,
        path: str,
        options: LoadOptions,
        interrupt: Interrupt,
        threads: int,
        can_use: Callable[[Any], bool],
        on_progress: Callable[[float], None],
    ) -> None:
        self._library = library
        self._path = path
        self._options = options
        self._interrupt = interrupt
        self._threads = threads
        self._can_use = can_use
        self._on_progress = on_progress
        self._loaded: tuple[int, tuple[float, ...]] | None = None
        self._failed: dict[tuple[int, int], Refused] = {}
        self._has_flash_attention = True
        self._has_gpu = has_gpu(library.devices())
        self._places = Places(())
        self.model: Any = None
        placement, self.context = first_that_loads(self._first(), self._load)
        self.layers = len(self._places.layers)
        self.placement = replace(
            placement, layers=self._places.on_gpus, context_length=self.context.length
        )
        self.notes = self._notes()

    def _first(self) -> Placement:
        options = self._options
        if options.context_length and (options.gpu_layers == 0 or not self._has_gpu):
            return Placement(0, options.context_length)
        prober = Prober(self._library, self._path, options, self._threads)
        try:
            return prober.place()
        finally:
            prober.close()

    def _load(self, placement: Placement) -> Context:
        self._load_weights(placement)
        trained = int(llama.llama_model_n_ctx_train(self.model))
        length = placement.context_length
        attempt = placement.layers, min(length, trained) if trained > 0 else length
        if attempt in self._failed:  # the model knows no longer context than was tried
            raise self._failed[attempt]
        self._library.recent_errors.clear()
        self._library.buffers.clear()
        options = replace(self._options, context_length=length)
        with self._library.overheard() as lines:
            try:
                context = Context(
                    self.model,
                    options,
                    self._interrupt,
                    threads=self._threads,
                    on_cpu=not placement.layers,
                )
            except ContextRefused:
                if not self._library.recent_errors:
                    raise ModelCannotChat(self._path) from None
                error = classify(self._path, self._library.recent_errors)
                self._library.note(f"no room for {placement}: {error}")
                self._failed[attempt] = Refused(error, by_context=True)
                raise self._failed[attempt] from None
        self._has_flash_attention = not any(map(_NO_FLASH_ATTENTION.search, lines))
        return context

    def _load_weights(self, placement: Placement) -> None:
        if self._loaded == (placement.layers, placement.split):
            return
        if self.model is not None:
            llama.llama_model_free(self.model)
            self.model = self._loaded = None
        shown_at = 0.0

        def report(fraction: float, _data: object) -> bool:
            nonlocal shown_at
            now = time.monotonic()
            if now - shown_at >= PROGRESS_SECONDS or fraction >= 1:
                shown_at = now
                self._on_progress(fraction)
            return True

        self._library.recent_errors.clear()
        parameters, _shares = model_parameters(self._options, placement)
        parameters.progress_callback = llama.llama_progress_callback(report)
        with self._library.overheard() as lines:
            model = llama.llama_model_load_from_file(os.fsencode(self._path), parameters)
        self._places = Places(lines)
        if not model:
            error = classify(self._path, self._library.recent_errors)
            self._library.note(f"no room for the weights at {placement}: {error}")
            raise Refused(error, by_context=False)
        if not self._can_use(model):
            raise ModelCannotChat(self._path)
        self.model, self._loaded = model, (placement.layers, placement.split)

    def _notes(self) -> tuple[LoadNote, ...]:
        options = self._options
        found = notes(
            options,
            self.placement,
            layers=self.layers,
            trained=int(llama.llama_model_n_ctx_train(self.model)),
            without_gpu=None if self._has_gpu else self._without_gpu(),
            has_gpu=self._has_gpu,
        )
        if options.flash_attention is not False and not self._has_flash_attention:
            found += (LoadNote(LoadNoteKind.FLASH_ATTENTION_OFF),)
        return found

    def _without_gpu(self) -> LoadNoteKind | None:
        if knows_gpus(self._library.folder):
            return LoadNoteKind.NO_GPU_FOUND
        return (
            LoadNoteKind.NO_GPU_BUILD if self._options.gpu_layers or has_graphics_card() else None
        )
