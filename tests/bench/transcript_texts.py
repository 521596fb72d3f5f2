"""Answers as models write them, for the benchmarks of the transcript: the same in every run."""

from __future__ import annotations

import random
from collections.abc import Iterator

from chatapp.domain.conversation import Message, MessageStatus, Role
from chatapp.domain.generation import GenerationParameters, Origin, Usage

_TEXT = (
    "interest month year value result answer table light river stone letter paper window model "
    "language context token reason question simple complex number between after because often "
    "never always water green early slowly without under about every little great small open"
)
_WORDS = _TEXT.split()
_CHINESE = "十年后共有两万七千九百四十八元，其中利息三千九百元。每月存入二百元，年利率百分之三。"
_ARABIC = "بعد عشر سنوات سيكون لديك مبلغ أكبر، منها فائدة كل شهر."
_CODE = (
    "def future_value(monthly: float, rate: float, years: int) -> float:",
    "    r, n = rate / 12, years * 12",
    "    # the value of every payment at the end",
    "    return monthly * ((1 + r) ** n - 1) / r",
    'print(f"{future_value(200, 0.03, 10):,.2f}")',
)


def conversation(count: int, seed: int = 1) -> list[Message]:
    """So many messages, questions and answers in turn; 770 characters each on average."""
    texts = _texts(seed)
    messages: list[Message] = []
    for number in range(1, count + 1):
        is_answer = number % 2 == 0
        text = next(texts) if is_answer else _words(random.Random(number), 35)
        messages.append(message(number, text, is_answer=is_answer))
    return messages


def message(
    number: int, text: str, *, is_answer: bool = True, status: MessageStatus | None = None
) -> Message:
    """One message; an answer has an origin, as real ones have."""
    return Message(
        id=number,
        conversation_id=1,
        parent_id=number - 1 or None,
        role=Role.ASSISTANT if is_answer else Role.USER,
        text=text,
        status=status or MessageStatus.COMPLETE,
        created_at=1_700_000_000.0 + number,
        origin=_ORIGIN if is_answer else None,
    )


_ORIGIN = Origin(
    model_name="SmolLM2 135M Instruct",
    model_path="model.gguf",
    quantization="Q4_1",
    parameters=GenerationParameters(),
    seed=42,
    usage=Usage(300, 200, 412, 400.0, 17_600.0),
)


def answer(tokens: int, seed: int = 3) -> str:
    """An answer of about so many tokens, of four characters each."""
    texts = _texts(seed)
    parts: list[str] = []
    length = 0
    while length < tokens * 4:
        parts.append(next(texts))
        length += len(parts[-1]) + 2
    return "\n\n".join(parts)


def _texts(seed: int) -> Iterator[str]:
    generator = random.Random(seed)
    while True:
        yield _answer_text(generator)


def _answer_text(generator: random.Random) -> str:
    parts = [_paragraph(generator) for _ in range(generator.randint(1, 3))]
    if generator.random() < 0.44:
        lines = "\n".join(generator.choices(_CODE, k=generator.randint(4, 24)))
        parts.insert(1, f"```python\n{lines}\n```")
    if generator.random() < 0.04:
        rows = "\n".join(f"| {i} years | €{i * 2400:,} | {i * 30} |" for i in range(1, 9))
        parts.insert(1, f"| After | Paid in | Interest |\n|---|---:|---:|\n{rows}")
    if generator.random() < 0.3:
        parts.append("\n".join(f"- {_words(generator, 9)}" for _ in range(5)))
    if generator.random() < 0.06:
        parts.append("$$FV = a \\cdot \\frac{(1+r)^n - 1}{r}$$")
    if generator.random() < 0.05:
        parts.append(_CHINESE * 3)
    if generator.random() < 0.03:
        parts.append(_ARABIC * 2)
    if generator.random() < 0.03:
        parts.append("Emoji: 😀 👩‍💻 🇳🇴 👍🏽 " + _words(generator, 8))
    if generator.random() < 0.2:
        parts.insert(0, f"## {_words(generator, 4)}")
    return "\n\n".join(parts)


def _paragraph(generator: random.Random) -> str:
    words = generator.choices(_WORDS, k=generator.randint(30, 90))
    words[3] = f"**{words[3]}**"
    words[9] = f"`{words[9]}`"
    if generator.random() < 0.1:
        words[12] = "$r = 0.03/12$"
    return " ".join(words).capitalize() + "."


def _words(generator: random.Random, count: int) -> str:
    return " ".join(generator.choices(_WORDS, k=count))
