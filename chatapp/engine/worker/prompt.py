"""From turns to the tokens of a prompt.

What the turns say can't forge control tokens: see `chatapp.engine.worker.untrusted`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from chatapp.engine.messages import NOTHING_ELSE, TemplateOptions, Turn
from chatapp.engine.worker.answer_format import AnswerFormat, Start
from chatapp.engine.worker.prompt_format import PromptFormat
from chatapp.engine.worker.template import CHATML, PLAIN, CommonFormat
from chatapp.engine.worker.untrusted import Mask
from chatapp.engine.worker.vocabulary import TOKEN_NONE, Vocabulary
from chatapp.errors import ContextFull

RESERVE = 16  # tokens of the context that a prompt leaves to the answer
USUAL_TOKEN = 4  # characters
LONGEST_TOKEN = 256  # characters; runs of blanks are the longest, up to 128
ESTIMATE = 20_000  # characters that tell about the rest of a text
SLACK = 64  # tokens that cutting a text in the middle of a name can add
_TEXT = AnswerFormat()


@dataclass(frozen=True, slots=True)
class Prompt:
    """The tokens to read before the answer goes on, and the strings that end it.

    The answer comes in the format `form`, and `start` is what its first text belongs to.
    """

    tokens: list[int]
    stop: tuple[str, ...]
    start: Start = Start.ANSWER
    form: AnswerFormat = _TEXT


class PromptMaker:
    """Makes the tokens of prompts for a context of `context_length` tokens.

    `answers` is how the model writes. One thread uses it, which needs a stack of
    `vocabulary.STACK` bytes.
    """

    def __init__(
        self,
        form: PromptFormat,
        vocabulary: Vocabulary,
        context_length: int,
        answers: AnswerFormat = _TEXT,
    ) -> None:
        self._form = form
        self._answers = answers
        self._vocabulary = vocabulary
        self._context_length = context_length
        self._available = max(1, context_length - RESERVE)
        self._mask = Mask(vocabulary.special_names)

    def prompt(
        self,
        turns: Sequence[Turn],
        prefill: str = "",
        options: TemplateOptions = NOTHING_ELSE,
        thought: str = "",
        *,
        may_think: bool = True,
    ) -> Prompt:
        """The prompt for the answer to `turns` that begins with `thought` and `prefill`.

        Without a `prefill` the thought goes on if the model `may_think`. Only the template and the
        model's own format make control tokens. Raises `ContextFull`, whose `needed` includes the
        reserve and is an estimate for texts that are far too long.
        """
        self._refuse_absurd([*_texts(turns, options), thought, prefill])
        masked, stop = self._form.render(turns, self._mask.put_on, options)
        beginning, start = self._answers.beginning(
            masked, thought, prefill, self._mask.put_on, may_think=may_think
        )
        masked += beginning
        tokens = self._fitting(masked, self._tokens)
        bos = self._vocabulary.bos
        if bos != TOKEN_NONE and tokens[:1] != [bos]:
            tokens.insert(0, bos)
        if len(tokens) > self._available:
            raise self._full(len(tokens))
        return Prompt(tokens, stop, start, self._answers)

    def count(self, text: str | Sequence[Turn], options: TemplateOptions = NOTHING_ELSE) -> int:
        """How many tokens a text or the whole prompt for `text` has.

        More than the context can hold are estimated.
        """
        try:
            if not isinstance(text, str):
                return len(self.prompt(text, options=options).tokens)
            self._refuse_absurd([text])
            return len(self._fitting(text, self._plain_tokens))
        except ContextFull as error:
            return error.needed - RESERVE

    def _tokens(self, masked: str) -> list[int]:
        """The tokens of the text under the mask; only what wears none becomes control tokens."""
        vocabulary = self._vocabulary
        text = self._mask.take_off(masked)
        own = [
            (start, end)
            for start, end in vocabulary.find_special(masked)
            if masked[start:end] in self._mask.names
        ]
        if all(
            masked[start:end] == text[start:end] and text[start:end] in self._mask.names
            for start, end in vocabulary.find_all_special(text)
        ):
            tokens = vocabulary.tokenize(text)
            wanted = [vocabulary.special_names[masked[start:end]] for start, end in own]
            if [token for token in tokens if token in vocabulary.special_tokens] == wanted:
                return tokens
        return vocabulary.tokenize_around(own, text)

    def _plain_tokens(self, text: str) -> list[int]:
        return self._vocabulary.tokenize(text, special=False)

    def _refuse_absurd(self, texts: Sequence[str]) -> None:
        """Don't even render what can't fit. Raises `ContextFull`."""
        length = sum(map(len, texts))
        if length > LONGEST_TOKEN * self._available:
            beginning = max(texts, key=len)[:ESTIMATE]
            raise self._full(len(self._plain_tokens(beginning)) * length // len(beginning))

    def _fitting(self, text: str, tokenize: Callable[[str], list[int]]) -> list[int]:
        """The tokens of a text. Raises `ContextFull` when its beginning has too many already.

        Nothing stops llama.cpp in the middle of a text, and a long one can take it minutes.
        """
        length = USUAL_TOKEN * self._available
        while length < len(text):
            count = len(tokenize(text[:length]))
            if count > self._available + SLACK:
                raise self._full(count * len(text) // length)
            enough = length * (self._available + 2 * SLACK) // max(count, 1)
            length = max(enough, length * 3 // 2)
        return tokenize(text)

    def _full(self, tokens: int) -> ContextFull:
        return ContextFull(max(tokens, self._available + 1) + RESERVE, self._context_length)


def _texts(turns: Sequence[Turn], options: TemplateOptions) -> Iterator[str]:
    """Everything that a template may show."""
    for turn in turns:
        yield from (turn.text, turn.reasoning, turn.tool_name)
        for call in turn.calls:
            yield from (call.name, call.arguments)
    for tool in options.tools:
        yield from (tool.name, tool.description, tool.parameters)


def fallback_format(vocabulary: Vocabulary) -> CommonFormat:
    """The common format for a model without a usable template."""
    return CHATML if "<|im_start|>" in vocabulary.special_names else PLAIN
