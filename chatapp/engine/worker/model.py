"""A model in memory: its weights, its context, its vocabulary and its prompt format."""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Callable, Sequence
from typing import Any

import llama_cpp.llama_cpp as llama
import psutil

from chatapp.domain.model import LoadedModel
from chatapp.engine.files import check_model_file
from chatapp.engine.messages import LoadOptions, Turn
from chatapp.engine.worker.failures import classify
from chatapp.engine.worker.library import Library
from chatapp.engine.worker.prompt import PromptFormat
from chatapp.engine.worker.template import CHATML, PLAIN, SpecialTokens
from chatapp.engine.worker.trial import TemplateTrial, TrialResult
from chatapp.errors import ContextFull, ModelCannotChat

BATCH = 512  # tokens per call of llama_decode: the step of progress and, on a GPU, of stopping
RESERVE = 16  # tokens of the context that a prompt leaves to the answer
LONG_TOKEN = 32  # characters; few tokens are longer
PROGRESS_SECONDS = 0.05
_ALL_LAYERS = 10_000
_TOKEN_NONE = -1


class Model:
    """Loaded weights with a context of one sequence. It is never freed: the process ends instead.

    `on_progress` gets fractions from 0 to 1. Raises the `ChatappError` that says why the model
    can't be used.
    """

    def __init__(
        self,
        library: Library,
        path: str,
        options: LoadOptions,
        on_progress: Callable[[float], None],
    ) -> None:
        check_model_file(path)
        self._library = library
        self._path = path
        self._piece = ctypes.create_string_buffer(256)
        library.recent_errors.clear()
        trial = TemplateTrial()  # starts while the weights are read
        try:
            gpu_layers = _gpu_layers(library, options)
            self._model = self._load_weights(gpu_layers, on_progress)
            self.vocab = llama.llama_model_get_vocab(self._model)
            if not self._can_chat():
                raise ModelCannotChat(path)
            source = self._template_source()
            tokens = SpecialTokens(
                self._token_text(llama.llama_vocab_bos(self.vocab)),
                self._token_text(llama.llama_vocab_eos(self.vocab)),
            )
            if source is not None:
                trial.begin(source, tokens)
            threads = options.threads or default_threads()
            self.context = self._make_context(options.context_length, threads)
            self.memory = llama.llama_get_memory(self.context)
            if not self.memory:  # an embedding model
                raise ModelCannotChat(path)
            result = TrialResult("") if source is None else trial.result()
        finally:
            trial.close()
        fallback = CHATML if len(self.tokenize("<|im_start|>")) == 1 else PLAIN
        self._format = PromptFormat(source, tokens, result, fallback, library.note)
        self.context_length = int(llama.llama_n_ctx(self.context))
        self.facts = LoadedModel(
            context_length=self.context_length,
            trained_context_length=llama.llama_model_n_ctx_train(self._model),
            architecture=self._architecture(),
            description=self._description(),
            parameters=llama.llama_model_n_params(self._model),
            template_origin=self._format.origin,
            template_problem=self._format.problem,
            threads=threads,
            gpu_layers=min(gpu_layers, llama.llama_model_n_layer(self._model) + 1),
            llama_build=library.build,
        )

    def prompt(self, turns: Sequence[Turn], prefill: str) -> tuple[list[int], tuple[str, ...]]:
        """The tokens to read before the answer goes on, and the strings that end it.

        Raises `ContextFull`.
        """
        text, stop = self._format.render(turns)
        text += prefill
        available = self.context_length - RESERVE
        # Nothing stops llama.cpp in the middle of a text, and some texts take it minutes. A
        # beginning that is too long already is enough to know; the rest is estimated from it.
        beginning = text[: LONG_TOKEN * available]
        if len(beginning) < len(text) and (count := len(self.tokenize(beginning))) > available:
            needed = count * len(text) // len(beginning)
            raise ContextFull(needed, self.context_length)
        tokens = self.tokenize(text)
        bos = llama.llama_vocab_bos(self.vocab)
        if bos != _TOKEN_NONE and tokens[:1] != [bos] and llama.llama_vocab_get_add_bos(self.vocab):
            tokens.insert(0, bos)
        if len(tokens) > available:
            raise ContextFull(len(tokens) + RESERVE, self.context_length)
        return tokens, stop

    def tokenize(self, text: str) -> list[int]:
        """Tokens of `text`; the names of control tokens in it become those tokens."""
        # Half a surrogate pair can come from the clipboard and has no bytes.
        data = text.encode(errors="replace")
        size = len(data) + 2
        while True:
            tokens = (llama.llama_token * size)()
            count = llama.llama_tokenize(
                self.vocab,
                data,
                len(data),
                tokens,
                size,
                False,  # noqa: FBT003 - ctypes functions take no keywords
                True,  # noqa: FBT003
            )
            if count >= 0:
                return list(tokens[:count])
            size = -count

    def piece(self, token: int) -> bytes:
        """The bytes of a token; none for a control token."""
        while True:
            size = len(self._piece)
            count = llama.llama_token_to_piece(self.vocab, token, self._piece, size, 0, False)  # noqa: FBT003
            if count >= 0:
                return self._piece.raw[:count]
            self._piece = ctypes.create_string_buffer(-count)

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

    def _make_context(self, length: int, threads: int) -> Any:
        trained = llama.llama_model_n_ctx_train(self._model)
        parameters = llama.llama_context_default_params()
        parameters.n_ctx = min(length, trained) if trained > 0 else length
        parameters.n_batch = parameters.n_ubatch = min(BATCH, parameters.n_ctx)
        parameters.n_outputs_max = 1  # only the last token is asked about
        parameters.n_threads = parameters.n_threads_batch = threads
        context = llama.llama_init_from_model(self._model, parameters)
        if not context:
            raise classify(self._path, self._library.recent_errors)
        return context

    def _can_chat(self) -> bool:
        return (
            llama.llama_vocab_type(self.vocab) != llama.LLAMA_VOCAB_TYPE_NONE
            and llama.llama_model_has_decoder(self._model)
            and not llama.llama_model_has_encoder(self._model)
            and not llama.llama_model_is_diffusion(self._model)
        )

    def _template_source(self) -> str | None:
        source = llama.llama_model_chat_template(self._model, None)
        return source.decode(errors="replace") if source else None

    def _token_text(self, token: int) -> str:
        if token == _TOKEN_NONE:
            return ""
        return str(llama.llama_vocab_get_text(self.vocab, token).decode(errors="replace"))

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
