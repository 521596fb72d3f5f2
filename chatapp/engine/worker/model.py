"""A model in memory: its weights, its context, its vocabulary and its prompt format."""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import Any

import llama_cpp.llama_cpp as llama
import psutil

from chatapp.domain.model import LoadedModel, MemoryNeed
from chatapp.engine.files import check_model_file
from chatapp.engine.messages import LoadOptions
from chatapp.engine.worker.context import Context, ContextRefused
from chatapp.engine.worker.failures import classify
from chatapp.engine.worker.interrupt import Interrupt
from chatapp.engine.worker.library import Library
from chatapp.engine.worker.prompt import PromptMaker, fallback_format
from chatapp.engine.worker.prompt_format import PromptFormat
from chatapp.engine.worker.template import SpecialTokens
from chatapp.engine.worker.trial import TemplateTrial, TrialResult
from chatapp.engine.worker.vocabulary import Vocabulary
from chatapp.errors import ModelCannotChat

PROGRESS_SECONDS = 0.05
_ALL_LAYERS = 10_000
_FINGERPRINT_BYTES = 2**20


class Model:
    """Loaded weights with their context. They are never freed: the process ends instead.

    `on_progress` gets fractions from 0 to 1. Raises the `ChatappError` that says why the model
    can't be used.
    """

    def __init__(
        self,
        library: Library,
        path: str,
        options: LoadOptions,
        interrupt: Interrupt,
        on_progress: Callable[[float], None],
    ) -> None:
        check_model_file(path)
        self._library = library
        self._path = path
        library.recent_errors.clear()
        library.buffers.clear()
        if library.lacks_vocabulary(path):
            raise ModelCannotChat(path)
        trial = TemplateTrial()  # starts while the weights are read
        try:
            gpu_layers = _gpu_layers(library, options)
            self._model = self._load_weights(gpu_layers, on_progress)
            if not self._can_chat():
                raise ModelCannotChat(path)
            self.vocabulary = Vocabulary(self._model)
            source = self._template_source()
            tokens = SpecialTokens(
                self.vocabulary.text(llama.llama_vocab_bos(self.vocabulary.pointer)),
                self.vocabulary.text(llama.llama_vocab_eos(self.vocabulary.pointer)),
            )
            if source is not None:
                trial.begin(source, tokens)
            threads = options.threads or default_threads()
            self.context = self._make_context(options, interrupt, threads, gpu_layers)
            result = TrialResult("") if source is None else trial.result()
        finally:
            trial.close()
        form = PromptFormat(source, tokens, result, fallback_format(self.vocabulary), library.note)
        self.prompts = PromptMaker(form, self.vocabulary, self.context.length)
        self.facts = LoadedModel(
            context_length=self.context.length,
            trained_context_length=llama.llama_model_n_ctx_train(self._model),
            architecture=self._architecture(),
            description=self._description(),
            parameters=llama.llama_model_n_params(self._model),
            template_origin=form.origin,
            template_problem=form.problem,
            threads=threads,
            gpu_layers=min(gpu_layers, llama.llama_model_n_layer(self._model) + 1),
            llama_build=library.build,
            memory=self._memory(),
        )
        self.state_key = "\n".join(
            (
                _fingerprint(path),
                library.build,
                f"{options.cache_type} {options.flash_attention} {gpu_layers > 0}",
            )
        )

    def _load_weights(self, gpu_layers: int, on_progress: Callable[[float], None]) -> Any:
        shown_at = 0.0

        def report(fraction: float, _data: object) -> bool:
            nonlocal shown_at
            now = time.monotonic()
            if now - shown_at >= PROGRESS_SECONDS or fraction >= 1:
                shown_at = now
                on_progress(fraction)
            return True

        parameters = llama.llama_model_default_params()
        parameters.n_gpu_layers = gpu_layers
        parameters.progress_callback = llama.llama_progress_callback(report)
        model = llama.llama_model_load_from_file(os.fsencode(self._path), parameters)
        if not model:
            raise classify(self._path, self._library.recent_errors)
        return model

    def _make_context(
        self, options: LoadOptions, interrupt: Interrupt, threads: int, gpu_layers: int
    ) -> Context:
        try:
            return Context(self._model, options, interrupt, threads=threads, on_cpu=gpu_layers == 0)
        except ContextRefused:
            if self._library.recent_errors:
                raise classify(self._path, self._library.recent_errors) from None
            raise ModelCannotChat(self._path) from None

    def _memory(self) -> MemoryNeed | None:
        buffers = self._library.buffers
        if not buffers:
            return None
        return MemoryNeed(
            weights=llama.llama_model_size(self._model),
            cache=buffers["KV"] + buffers["RS"],
            compute=buffers["compute"] + buffers["output"],
        )

    def _can_chat(self) -> bool:
        vocabulary = llama.llama_model_get_vocab(self._model)
        return (
            llama.llama_vocab_type(vocabulary) != llama.LLAMA_VOCAB_TYPE_NONE
            and llama.llama_model_has_decoder(self._model)
            and not llama.llama_model_has_encoder(self._model)
            and not llama.llama_model_is_diffusion(self._model)
        )

    def _template_source(self) -> str | None:
        source = llama.llama_model_chat_template(self._model, None)
        return source.decode(errors="replace") if source else None

    def _architecture(self) -> str:
        buffer = ctypes.create_string_buffer(128)
        llama.llama_model_meta_val_str(self._model, b"general.architecture", buffer, len(buffer))
        return buffer.value.decode(errors="replace")

    def _description(self) -> str:
        buffer = ctypes.create_string_buffer(256)
        llama.llama_model_desc(self._model, buffer, len(buffer))
        return buffer.value.decode(errors="replace")


def default_threads() -> int:
    """One core less than there are: a busy core among the threads slows all of them down."""
    cores = psutil.cpu_count(logical=False) or 1
    if hasattr(os, "sched_getaffinity"):
        cores = min(cores, len(os.sched_getaffinity(0)))
    return max(1, cores - 1)


def _gpu_layers(library: Library, options: LoadOptions) -> int:
    if options.gpu_layers is not None:
        return max(0, options.gpu_layers)
    kinds = {device.kind for device in library.devices()}
    return _ALL_LAYERS if kinds & {"gpu", "igpu"} else 0


def _fingerprint(path: str) -> str:
    """What tells this model file from another one, without reading all of it."""
    found = Path(path).stat()
    with Path(path).open("rb") as file:
        digest = blake2b(file.read(_FINGERPRINT_BYTES), digest_size=16)
        file.seek(max(0, found.st_size - _FINGERPRINT_BYTES))
        digest.update(file.read(_FINGERPRINT_BYTES))
    return f"{found.st_size} {found.st_mtime_ns} {digest.hexdigest()}"
