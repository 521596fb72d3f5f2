"""What the tests of vocabularies and prompts have done where llama.cpp may be loaded."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from chatapp.engine.messages import TemplateOptions, Turn
from chatapp.engine.worker.template import ChatTemplate, SpecialTokens
from chatapp.engine.worker.text import AnswerText
from chatapp.engine.worker.trial import TrialResult
from chatapp.errors import ChatappError

_NOTHING_ELSE = TemplateOptions()


@dataclass(frozen=True, slots=True)
class Made:
    """A prompt. `text` spells its tokens, control tokens too; `control` are their names."""

    tokens: list[int]
    stop: tuple[str, ...]
    text: str
    control: list[str]


class Child:
    """A process with the vocabulary of a model; its methods are those of `Bench`."""

    def __init__(self, path: Path) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, str(path)), daemon=True)
        self.process.start()
        theirs.close()

    def ask(self, method: str, *arguments: Any) -> Any:
        """What the method returns. Raises what it raises, and `EOFError` when it dies of it."""
        self._connection.send((method, arguments))
        answer = self._connection.recv()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.join()
        self._connection.close()


def _serve(connection: Connection, path: str) -> None:
    from chatapp.engine.worker import library as library_module
    from chatapp.engine.worker.interrupt import Interrupt

    library = library_module.Library(lambda _level, _text: None, Interrupt())

    from chatapp.engine.worker.vocabulary import STACK

    bench = Bench(path)
    assert library

    def answer() -> None:
        while True:
            method, arguments = connection.recv()
            try:
                connection.send(getattr(bench, method)(*arguments))
            except (ChatappError, AssertionError) as error:
                connection.send(error)

    threading.stack_size(STACK)
    threading.Thread(target=answer).start()


class Bench:
    """What can be asked."""

    def __init__(self, path: str) -> None:
        import llama_cpp.llama_cpp as llama

        from chatapp.engine.worker.vocabulary import Vocabulary

        parameters = llama.llama_model_default_params()
        parameters.vocab_only = True
        model = llama.llama_model_load_from_file(path.encode(), parameters)
        assert model
        template = llama.llama_model_chat_template(model, None)
        self._own_template = template.decode() if template else None
        self.vocabulary = Vocabulary(model)

    def special_names(self) -> dict[str, int]:
        return self.vocabulary.special_names

    def tokenize(self, text: str, special: bool) -> list[int]:
        return self.vocabulary.tokenize(text, special=special)

    def at_once(self, text: str, special: bool) -> list[int]:
        """As `tokenize`, but in one call of llama.cpp."""
        return self.vocabulary._tokenize(text, special=special)

    def around(self, text: str) -> list[int]:
        """The tokens, of which we find the control tokens instead of llama.cpp."""
        return self.vocabulary.tokenize_around(self.vocabulary.find_special(text), text)

    def find_special(self, text: str) -> list[str]:
        return [text[start:end] for start, end in self.vocabulary.find_special(text)]

    def spell(self, tokens: Sequence[int]) -> list[tuple[str, bytes]]:
        """For each token the name that it has, or the bytes that it stands for."""
        names = {token: name for name, token in self.vocabulary.special_names.items()}
        return [(names.get(token, ""), self.vocabulary.piece(token)) for token in tokens]

    def round_trip(self, text: str) -> str:
        """The text as an answer with its tokens would show it."""
        answer = AnswerText(())
        tokens = self.vocabulary.tokenize(text, special=False)
        parts = [answer.add(self.vocabulary.piece(token)) for token in tokens]
        return "".join((*parts, answer.finish()))

    def known_bytes(self) -> set[int]:
        """The bytes that the vocabulary can spell. Some real ones lack a few."""
        pieces = map(self.vocabulary.piece, range(self.vocabulary.size))
        return {piece[0] for piece in pieces if len(piece) == 1}

    def answer(self, tokens: Sequence[int]) -> tuple[str, str]:
        """The tokens as an answer shows them, and their bytes as Python decodes them."""
        answer = AnswerText(())
        pieces = [self.vocabulary.piece(token) for token in tokens]
        shown = "".join((*map(answer.add, pieces), answer.finish()))
        return shown, b"".join(pieces).decode(errors="replace")

    def pieces_from_threads(self, text: str) -> bool:
        """Whether tokenising in one thread and reading pieces in others don't disturb."""
        tokens = self.vocabulary.tokenize(text)
        wanted = [self.vocabulary._read_piece(token) for token in tokens]
        same: list[bool] = []

        def read() -> None:
            pieces = [self.vocabulary._read_piece(token) for token in tokens]
            same.append(pieces == wanted == [self.vocabulary.piece(token) for token in tokens])

        def tokenize() -> None:
            same.append(all(self.vocabulary.tokenize(text) == tokens for _ in range(5)))

        threads = [threading.Thread(target=job) for job in (read, tokenize, read, tokenize)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return same == [True] * 4

    def render(self, template: str, turns: Sequence[Turn]) -> str:
        """What the template makes of the turns as they are."""
        return ChatTemplate(template or self._own_template or "", SpecialTokens()).render(turns)

    def prompt(
        self,
        template: str | None,
        turns: Sequence[Turn],
        prefill: str,
        context: int,
        options: TemplateOptions = _NOTHING_ELSE,
        thought: str = "",
    ) -> Made:
        """A prompt; with the model's own template for an empty one, with none for None."""
        prompt = self._maker(template, context).prompt(turns, prefill, options, thought)
        spelt = self.spell(prompt.tokens)
        text = b"".join(name.encode() or piece for name, piece in spelt)
        return Made(prompt.tokens, prompt.stop, text.decode(), [name for name, _ in spelt if name])

    def count(self, text: str | Sequence[Turn], context: int) -> int:
        return self._maker("", context).count(text)

    def hurry(self, seconds: int) -> None:
        """Give templates less time."""
        from chatapp.engine.worker import prompt_format

        prompt_format.RENDER_SECONDS = seconds

    def _maker(self, template: str | None, context: int) -> Any:
        from chatapp.engine.worker.formats.families import detect_format
        from chatapp.engine.worker.prompt import PromptMaker, fallback_format
        from chatapp.engine.worker.prompt_format import PromptFormat

        self.notes: list[str] = []
        form = PromptFormat(
            self._own_template if template == "" else template,
            SpecialTokens("<s>", "<|im_end|>"),
            TrialResult("", takes_system=True),
            fallback_format(self.vocabulary),
            self.notes.append,
        )
        answers = detect_format(template or "", self.vocabulary.special_names)
        return PromptMaker(form, self.vocabulary, context, answers)
