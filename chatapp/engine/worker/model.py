"""A model in memory: its weights, its context, its vocabulary and its prompt format."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import llama_cpp.llama_cpp as llama
import psutil

from chatapp.domain.model import LoadedModel, MemoryNeed, TemplateOrigin
from chatapp.engine.files import check_model_file, fingerprint
from chatapp.engine.messages import LoadOptions
from chatapp.engine.worker.adapters import Adapters
from chatapp.engine.worker.formats.families import detect_format
from chatapp.engine.worker.interrupt import Interrupt
from chatapp.engine.worker.library import Library
from chatapp.engine.worker.loading import Loading
from chatapp.engine.worker.prompt import PromptMaker, fallback_format
from chatapp.engine.worker.prompt_format import PromptFormat
from chatapp.engine.worker.template import SpecialTokens
from chatapp.engine.worker.trial import TemplateTrial, TrialResult
from chatapp.engine.worker.vocabulary import Vocabulary
from chatapp.errors import ModelCannotChat, TemplateUnusable


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
        if library.lacks_vocabulary(path):
            raise ModelCannotChat(path)
        trial = TemplateTrial()  # starts while the weights are read
        try:
            threads = options.threads or default_threads()
            loaded = Loading(library, path, options, interrupt, threads, _can_chat, on_progress)
            self._model, self.context = loaded.model, loaded.context
            gpu_layers = loaded.placement.layers
            self.adapters = Adapters(library, self._model, self._architecture())
            self.adapters.usual = self.adapters.load(options.adapters)
            self.adapters.use(self.context.pointer, self.adapters.usual)
            self.vocabulary = Vocabulary(self._model)
            source = options.template or self._template_source()
            tokens = SpecialTokens(
                self.vocabulary.text(llama.llama_vocab_bos(self.vocabulary.pointer)),
                self.vocabulary.text(llama.llama_vocab_eos(self.vocabulary.pointer)),
            )
            if source is not None:
                trial.begin(source, tokens)
            result = TrialResult("") if source is None else trial.result()
        finally:
            trial.close()
        form = PromptFormat(
            source,
            tokens,
            result,
            fallback_format(self.vocabulary),
            library.note,
            TemplateOrigin.PERSON if options.template else TemplateOrigin.MODEL,
        )
        if options.template and form.problem:
            raise TemplateUnusable(path, form.problem)
        answers = detect_format(source or "", self.vocabulary.special_names)
        self.prompts = PromptMaker(form, self.vocabulary, self.context.length, answers)
        self.facts = LoadedModel(
            context_length=self.context.length,
            trained_context_length=llama.llama_model_n_ctx_train(self._model),
            architecture=self._architecture(),
            description=self._description(),
            parameters=llama.llama_model_n_params(self._model),
            template_origin=form.origin,
            template_problem=form.problem,
            template_variables=tuple(sorted(form.variables)),
            answer_format=answers.name,
            threads=threads,
            gpu_layers=gpu_layers,
            layers=loaded.layers,
            notes=loaded.notes,
            accepts_adapters=True,
            llama_build=library.build,
            memory=self._memory(),
            flash_attention_until=self.context.flash_attention_until,
        )
        either = self.context.flash_attention_until is not None  # states can be turned
        flash_attention = "either" if either else str(options.flash_attention)
        self.state_key = "\n".join(
            (
                fingerprint(path),
                library.build,
                f"{options.cache_type} {flash_attention} {gpu_layers > 0}",
                f"{options.rope_base} {options.rope_scale}",
            )
        )

    def _memory(self) -> MemoryNeed | None:
        buffers = self._library.buffers
        if not buffers:
            return None
        return MemoryNeed(
            weights=llama.llama_model_size(self._model),
            cache=buffers["KV"] + buffers["RS"],
            compute=buffers["compute"] + buffers["output"],
        )

    @contextmanager
    def changing_context(self) -> Iterator[None]:
        """While llama.cpp's context is made anew: the log has what it says of that already."""
        with self._library.overheard(is_silent=True):
            yield
        self.adapters.forget_use()
        self._library.note(f"flash attention from now on: {self.context.flash_attention}")

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


def _can_chat(model: Any) -> bool:
    vocabulary = llama.llama_model_get_vocab(model)
    return (
        llama.llama_vocab_type(vocabulary) != llama.LLAMA_VOCAB_TYPE_NONE
        and llama.llama_model_has_decoder(model)
        and not llama.llama_model_has_encoder(model)
        and not llama.llama_model_is_diffusion(model)
    )
