"""What the tests of sampling have done in a process of its own, where llama.cpp may be loaded."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from chatapp.domain.generation import GenerationParameters, TokenProbabilities
from chatapp.errors import ChatappError

CONTEXT = 512
OFF = GenerationParameters(
    temperature=1.0, top_k=0, top_p=1.0, min_p=0.0, repeat_penalty=1.0
)  # everything off


@dataclass(frozen=True, slots=True)
class Call:
    """A method of `Bench` and what it gets."""

    method: str
    arguments: tuple[Any, ...]


def serve(connection: Connection, model: str) -> None:
    """Answer every `Call` with its result or the `ChatappError` that it raised."""
    bench = Bench(model)
    while (call := connection.recv()) is not None:
        method: Callable[..., Any] = getattr(bench, call.method)
        try:
            connection.send(method(*call.arguments))
        except ChatappError as error:
            connection.send(error)


class Bench:
    """A loaded model whose samplers can be tried."""

    def __init__(self, path: str) -> None:
        from chatapp.engine.worker.interrupt import Interrupt
        from chatapp.engine.worker.library import Library

        # Its callbacks must stay.
        self._library = Library(lambda _level, _text: None, Interrupt())

        import llama_cpp.llama_cpp as llama

        from chatapp.engine.worker.vocabulary import Vocabulary

        self._llama = llama
        model = llama.llama_model_load_from_file(path.encode(), llama.llama_model_default_params())
        parameters = llama.llama_context_default_params()
        parameters.n_ctx = parameters.n_batch = CONTEXT
        parameters.n_threads = parameters.n_threads_batch = 1
        self.context = llama.llama_init_from_model(model, parameters)
        self.vocabulary = Vocabulary(model)
        self._tokens: list[int] = []

    def read(self, tokens: Sequence[int]) -> None:
        """Make the context hold these tokens; what it held of them is kept."""
        llama = self._llama
        pairs = zip(self._tokens, tokens, strict=False)
        different = (at for at, (old, new) in enumerate(pairs) if old != new)
        common = next(different, min(len(self._tokens), len(tokens)))
        if common == len(tokens) == len(self._tokens):
            return
        common = min(common, len(tokens) - 1)
        llama.llama_memory_seq_rm(llama.llama_get_memory(self.context), 0, common, -1)
        new = list(tokens[common:])
        array = (llama.llama_token * len(new))(*new)
        assert llama.llama_decode(self.context, llama.llama_batch_get_one(array, len(new))) == 0
        self._tokens = list(tokens)

    def tokenize(self, text: str) -> list[int]:
        """The text's tokens."""
        return self.vocabulary.tokenize(text)

    def pieces(self, tokens: Sequence[int]) -> list[bytes]:
        """The bytes of each token."""
        return [self.vocabulary.piece(token) for token in tokens]

    def end_tokens(self) -> list[int]:
        """The tokens that end an answer."""
        return [token for token in range(self.vocabulary.size) if self.vocabulary.is_end(token)]

    def logits(self, text: str) -> list[float]:
        """The model's own for the token after the text."""
        self.read(self.tokenize(text))
        return list(self._llama.llama_get_logits_ith(self.context, -1)[: self.vocabulary.size])

    def sampler(self, parameters: GenerationParameters, seed: int, previous: Sequence[int]) -> Any:
        """One to sample with."""
        from chatapp.engine.worker.sampler import Sampler

        return Sampler(
            self.vocabulary,
            parameters,
            seed,
            previous,
            context_length=CONTEXT,
        )

    def draw(
        self, text: str, parameters: GenerationParameters, count: int, seed: int = 1
    ) -> list[int]:
        """Tokens that could follow the text, each by a sampler with the next seed."""
        tokens = self.tokenize(text)
        self.read(tokens)
        drawn = []
        for number in range(count):
            sampler = self.sampler(parameters, seed + number, tokens)
            drawn.append(sampler.sample(self.context, -1))
            sampler.close()
        return drawn

    def write(
        self, text: str, parameters: GenerationParameters, count: int, seed: int = 1
    ) -> list[int]:
        """The tokens of an answer that goes on after the text, without its end."""
        tokens = self.tokenize(text)
        sampler = self.sampler(parameters, seed, tokens)
        written: list[int] = []
        while len(written) < count:
            self.read(tokens + written)
            token = sampler.sample(self.context, -1)
            if self.vocabulary.is_end(token):
                break
            written.append(token)
        sampler.close()
        return written

    def babble(
        self, text: str, parameters: GenerationParameters, count: int, seed: int = 1
    ) -> tuple[bytes, bool]:
        """An answer of a model that thinks the same after every token, and whether it ended."""
        tokens = self.tokenize(text)
        self.read(tokens)
        sampler = self.sampler(parameters, seed, tokens)
        answer = b""
        ended = False
        try:
            for _ in range(count):
                token = sampler.sample(self.context, -1)
                if ended := self.vocabulary.is_end(token):
                    break
                answer += self.vocabulary.piece(token)
        finally:
            sampler.close()
        return answer, ended

    def matches(self, parameters: GenerationParameters, text: str) -> bool:
        """Whether the grammar takes the whole text, and it may end there."""
        from chatapp.engine.worker.grammar import Grammar, grammar_source

        grammar = Grammar(self.vocabulary, grammar_source(parameters))
        try:
            for token in [*self.tokenize(text), self.end_tokens()[0]]:
                if not grammar._allows(token):
                    return False
                if not self.vocabulary.is_end(token):
                    self._llama.llama_sampler_accept(grammar._sampler, token)
        finally:
            grammar.close()
        return True

    def fitting(self, parameters: GenerationParameters, text: str) -> tuple[list[int], list[int]]:
        """The tokens that fit after the text: as we find them, as llama.cpp does."""
        from chatapp.engine.worker.grammar import Grammar, grammar_source
        from chatapp.engine.worker.token_tree import token_tree

        llama = self._llama
        size = self.vocabulary.size
        grammar = Grammar(self.vocabulary, grammar_source(parameters))
        for token in self.bytes_of(text):
            llama.llama_sampler_accept(grammar._sampler, token)
        ours = token_tree(self.vocabulary).fitting(grammar._sampler).nonzero()[0].tolist()
        array = (llama.llama_token_data * size)(*((token, 0.0, 0.0) for token in range(size)))
        candidates = llama.llama_token_data_array(array, size, -1, False)
        llama.llama_sampler_apply(grammar._sampler, candidates)
        fits = (item.id for item in array if item.logit == 0)
        theirs = [token for token in fits if not grammar._is_hidden(token)]
        grammar.close()
        return ours, theirs

    def bytes_of(self, text: str) -> list[int]:
        """Tokens of one byte each."""
        pieces = {self.vocabulary.piece(token): token for token in range(self.vocabulary.size)}
        return [pieces[bytes([byte])] for byte in text.encode()]

    def prepare(self, parameters: GenerationParameters) -> float:
        """The seconds that making a sampler takes."""
        begin = time.perf_counter()
        self.sampler(parameters, 1, range(CONTEXT)).close()
        return time.perf_counter() - begin

    def probabilities(self, text: str, token: int, count: int) -> TokenProbabilities:
        """Those after the text."""
        from chatapp.engine.worker.probabilities import probabilities

        self.read(self.tokenize(text))
        return probabilities(self.vocabulary, self.context, -1, token, count)
