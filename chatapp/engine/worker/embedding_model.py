"""A model that gives vectors or scores: its weights, its context and how it wants texts."""

from __future__ import annotations

import ctypes
import math
import os
import re
import time
from collections.abc import Callable, Sequence
from typing import Any

import llama_cpp.llama_cpp as llama

from chatapp.domain.model import LoadedModel, Pooling, TemplateOrigin
from chatapp.engine.files import check_model_file
from chatapp.engine.messages import LoadOptions
from chatapp.engine.worker.failures import classify
from chatapp.engine.worker.interrupt import Interrupt
from chatapp.engine.worker.library import Library
from chatapp.engine.worker.loading import PROGRESS_SECONDS
from chatapp.engine.worker.model import default_threads
from chatapp.engine.worker.offload import Placement
from chatapp.engine.worker.probe import model_parameters
from chatapp.engine.worker.vocabulary import TOKEN_NONE, Vocabulary
from chatapp.errors import GenerationFailed, ModelCannotEmbed, ModelCannotRank

CHUNK = 512  # tokens of a long text that are read at once, where that is possible
_DONE, _INTERRUPTED = 0, 2
_POOLINGS = {
    Pooling.MODEL: llama.LLAMA_POOLING_TYPE_UNSPECIFIED,
    Pooling.MEAN: llama.LLAMA_POOLING_TYPE_MEAN,
    Pooling.CLS: llama.LLAMA_POOLING_TYPE_CLS,
    Pooling.LAST: llama.LLAMA_POOLING_TYPE_LAST,
}
_PLACEHOLDER = re.compile(r"(\{query\}|\{document\})")


class EmbeddingModel:
    """Loaded weights, and a context for one kind of pooling at a time.

    `sequences` texts can be computed together if they have no more than `batch_size` tokens, and
    none of them may have more than `longest`. Raises the `ChatappError` that says why the model
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
        self._options = options
        self._interrupt = interrupt
        self._context: Any = None
        self._batch: Any = None
        self._pooling: int | None = None  # that was asked for
        self._width = 0  # numbers that are read for each text
        library.recent_errors.clear()
        if library.lacks_vocabulary(path):
            raise ModelCannotEmbed(path)
        self._model = self._load_weights(on_progress)
        if llama.llama_model_has_encoder(self._model) or llama.llama_model_is_diffusion(
            self._model
        ):
            raise ModelCannotEmbed(path)
        self._vocabulary = Vocabulary(self._model)
        self._frame()
        is_stateful = llama.llama_model_is_recurrent(self._model) or llama.llama_model_is_hybrid(
            self._model
        )
        self.sequences = 1 if is_stateful else max(1, options.parallel)
        trained = int(llama.llama_model_n_ctx_train(self._model))
        wanted = options.context_length or trained
        self.longest = min(wanted, trained) if trained > 0 else wanted
        self._threads = options.threads or default_threads()
        self._prepare(_POOLINGS[Pooling.MODEL])
        self.facts = LoadedModel(
            context_length=self.longest,
            trained_context_length=trained,
            architecture=self._text("general.architecture"),
            description=self._text("general.name"),
            parameters=llama.llama_model_n_params(self._model),
            template_origin=TemplateOrigin.MISSING,
            threads=self._threads,
            llama_build=library.build,
        )

    # Texts

    def tokens(self, text: str) -> list[int]:
        """The tokens of a text as this model wants them, its own marks around it."""
        return [*self._front, *self._vocabulary.tokenize(text, special=False), *self._back]

    def pair(self, query: str, text: str) -> list[int]:
        """The tokens of a question and what may answer it, as llama.cpp puts them together."""
        template = llama.llama_model_chat_template(self._model, b"rerank")
        if template:
            return self._filled(template.decode(errors="replace"), query, text)
        words = [self._vocabulary.tokenize(each, special=False) for each in (query, text)]
        between = [*self._end, *self._separator]
        return [*self._begin, *words[0], *between, *words[1], *self._end]

    def _filled(self, template: str, query: str, text: str) -> list[int]:
        """Only what the template itself spells out becomes a control token."""
        prompt, ours = "", []
        for part in _PLACEHOLDER.split(template):
            given = {"{query}": query, "{document}": text}.get(part)
            if given is None:
                ours.append((len(prompt), len(prompt) + len(part)))
            prompt += part if given is None else given
        names = [
            (start, end)
            for start, end in self._vocabulary.find_special(prompt)
            if any(first <= start and end <= last for first, last in ours)
        ]
        return self._vocabulary.tokenize_around(names, prompt)

    def _frame(self) -> None:
        """Find the marks that stand around a text, and those around and between two."""
        pointer = self._vocabulary.pointer
        bos, separator = llama.llama_vocab_bos(pointer), llama.llama_vocab_sep(pointer)
        end = llama.llama_vocab_eos(pointer)
        if end == TOKEN_NONE:
            end = separator
        self._begin = _marks(self._vocabulary.bos)
        self._end = _marks(end) if llama.llama_vocab_get_add_eos(pointer) else []
        self._separator = _marks(separator) if llama.llama_vocab_get_add_sep(pointer) else []
        self._front, self._back = self._begin, self._end
        if llama.llama_vocab_type(pointer) == llama.LLAMA_VOCAB_TYPE_WPM:  # it asks for nothing
            self._front, self._back = _marks(bos), _marks(separator)

    # Computing

    def prepare_vectors(self, pooling: Pooling) -> None:
        """Have the next texts become vectors. Raises `ModelCannotEmbed`."""
        self._prepare(_POOLINGS[pooling])
        if llama.llama_pooling_type(self._context) == llama.LLAMA_POOLING_TYPE_RANK:
            raise ModelCannotEmbed(self._path)

    def prepare_scores(self) -> None:
        """Have the next pairs become scores. Raises `ModelCannotRank`."""
        self._prepare(_POOLINGS[Pooling.MODEL])
        pooling = llama.llama_pooling_type(self._context)
        if pooling != llama.LLAMA_POOLING_TYPE_RANK or not self._has_head():
            raise ModelCannotRank(self._path)

    def compute(self, texts: Sequence[list[int]]) -> tuple[tuple[float, ...], ...] | None:
        """The numbers for each text, in their order; None when it was interrupted.

        A text without tokens has nothing but zeros. Raises `GenerationFailed`.
        """
        if self._memory:
            llama.llama_memory_clear(self._memory, False)  # noqa: FBT003
        if len(texts) == 1 and len(texts[0]) > self.batch_size:
            outcome = self._read_long(texts[0])
        else:
            outcome = self._read(list(enumerate(texts)), 0)
        if outcome == _INTERRUPTED:
            return None
        if outcome != _DONE:
            raise GenerationFailed(f"llama_decode: {outcome}")
        return tuple(
            self._row(number) if tokens else (0.0,) * self._width
            for number, tokens in enumerate(texts)
        )

    def _read_long(self, tokens: list[int]) -> int:
        outcome = _DONE
        for start in range(0, len(tokens), self.batch_size):
            outcome = self._read([(0, tokens[start : start + self.batch_size])], start)
            if outcome != _DONE:
                break
        return outcome

    def _read(self, texts: Sequence[tuple[int, list[int]]], position: int) -> int:
        batch, row = self._batch, 0
        for sequence, tokens in texts:
            for place, token in enumerate(tokens, position):
                batch.token[row] = token
                batch.pos[row] = place
                batch.n_seq_id[row] = 1
                batch.seq_id[row][0] = sequence
                batch.logits[row] = 1
                row += 1
        batch.n_tokens = row
        return int(llama.llama_decode(self._context, batch)) if row else _DONE

    def _row(self, sequence: int) -> tuple[float, ...]:
        # No more than there are: what lies behind belongs to something else.
        values = llama.llama_get_embeddings_seq(self._context, sequence)
        if not values:
            raise GenerationFailed("llama_get_embeddings_seq")
        row = tuple(values[: self._width])
        if not all(map(math.isfinite, row)):
            raise GenerationFailed("it computes what is not a number")
        return row

    def _prepare(self, pooling: int) -> None:
        if pooling == self._pooling:
            return
        self._free()
        least = min(CHUNK, self.longest)
        context = self._new_context(pooling, least)  # a small one tells what it takes
        kind = llama.llama_pooling_type(context)
        has_memory = bool(llama.llama_get_memory(context))
        if kind == llama.LLAMA_POOLING_TYPE_NONE:  # a model that writes says nothing of vectors
            kind = llama.LLAMA_POOLING_TYPE_LAST if has_memory else llama.LLAMA_POOLING_TYPE_MEAN
        is_rank = kind == llama.LLAMA_POOLING_TYPE_RANK
        # What comes last needs nothing but the memory of the rest.
        is_last = kind == llama.LLAMA_POOLING_TYPE_LAST or is_rank
        in_parts = has_memory and is_last and llama.llama_get_causal_attn(context)
        batch = least if in_parts else self.longest
        if kind != llama.llama_pooling_type(context) or batch != least:
            llama.llama_free(context)
            context = self._new_context(kind, batch)
        self._context = context
        llama.llama_set_abort_callback(
            context, self._interrupt.callback, self._interrupt.callback_data
        )
        self._memory = llama.llama_get_memory(context)
        self.batch_size = int(llama.llama_n_ubatch(context))
        self._batch = llama.llama_batch_init(self.batch_size, 0, 1)
        # A model that ranks has a number for each label; the first is the score.
        self._width = 1 if is_rank else int(llama.llama_model_n_embd_out(self._model))
        self._pooling = pooling

    def _new_context(self, pooling: int, batch: int) -> Any:
        parameters = llama.llama_context_default_params()
        parameters.n_ctx = self.longest
        parameters.n_batch = parameters.n_ubatch = batch
        parameters.n_seq_max = self.sequences
        parameters.kv_unified = True
        parameters.n_threads = parameters.n_threads_batch = self._threads
        parameters.embeddings = True
        parameters.pooling_type = pooling
        context = llama.llama_init_from_model(self._model, parameters)
        if not context:
            raise classify(self._path, self._library.recent_errors)
        return context

    def _free(self) -> None:
        self._pooling = None
        if self._context is not None:
            llama.llama_batch_free(self._batch)
            llama.llama_free(self._context)
            self._context = None

    # The file

    def _load_weights(self, on_progress: Callable[[float], None]) -> Any:
        shown_at = 0.0

        def report(fraction: float, _data: object) -> bool:
            nonlocal shown_at
            now = time.monotonic()
            if now - shown_at >= PROGRESS_SECONDS or fraction >= 1:
                shown_at = now
                on_progress(fraction)
            return True

        # The memory on a GPU belongs to the model that answers.
        placement = Placement(self._options.gpu_layers or 0, self._options.context_length)
        parameters, _shares = model_parameters(self._options, placement)
        parameters.progress_callback = llama.llama_progress_callback(report)
        model = llama.llama_model_load_from_file(os.fsencode(self._path), parameters)
        if not model:
            raise classify(self._path, self._library.recent_errors)
        return model

    def _text(self, key: str) -> str:
        buffer = ctypes.create_string_buffer(256)
        llama.llama_model_meta_val_str(self._model, key.encode(), buffer, len(buffer))
        return buffer.value.decode(errors="replace")

    def _has_head(self) -> bool:
        """Whether there is what turns a vector into scores; llama.cpp doesn't ask.

        Without that it would give a part of the vector, or of another text's.
        """
        is_jina = self._text("general.architecture") == "jina-bert-v2"
        name = "cls.weight" if is_jina else "cls.output.weight"
        return name in self._library.outline(self._path).tensors


def _marks(token: int) -> list[int]:
    return [] if token == TOKEN_NONE else [token]
