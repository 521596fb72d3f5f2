"""The same prompts for everything that is compared, as turns and as the text that a model reads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from chatapp.domain.conversation import Role
from chatapp.domain.model import ModelFile
from chatapp.engine.messages import Turn
from chatapp.hub.shelf import describe_file
from chatapp.hub.starter import find_starter_model

SYSTEM = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"
_WORDS = [
    "river",
    "stone",
    "music",
    "light",
    "paper",
    "window",
    "answer",
    "model",
    "bread",
    "water",
    "garden",
    "letter",
]


@dataclass(frozen=True)
class Prompt:
    """One question; `prefill` is the beginning of its answer."""

    question: str
    prefill: str = ""
    system: str = SYSTEM

    @property
    def turns(self) -> tuple[Turn, ...]:
        return Turn(Role.SYSTEM, self.system), Turn(Role.USER, self.question)

    @property
    def text(self) -> str:
        """What the starter model's template makes of it."""
        parts = (
            f"<|im_start|>system\n{self.system}<|im_end|>\n",
            f"<|im_start|>user\n{self.question}<|im_end|>\n",
        )
        return "".join(parts) + "<|im_start|>assistant\n" + self.prefill


def starter_model() -> ModelFile:
    path = find_starter_model(Path("resources"))
    assert path is not None, "the starter model is missing"
    return describe_file(path, is_starter=True)


def endless(words: int = 0) -> Prompt:
    """The answer, one line again and again, has no end; `words` of other text come before it."""
    text = f"{filler(words)}\n\n" if words else ""
    lines = "The sea is blue and the sky is blue.\n" * 8
    return Prompt(f"{text}Repeat this line.", lines, "Be exact.")


def filler(words: int, number: int = 0) -> str:
    """That many words, of about one token each; another `number` gives another text."""
    return " ".join(
        _WORDS[(i * 7 + i // 11 + number * (i % 13 + 1)) % len(_WORDS)] for i in range(words)
    )


def fresh(number: int, words: int) -> Prompt:
    """A prompt that shares no beginning with one of another number."""
    return Prompt(f"{filler(words, number)}\nWhat is this about?", system=f"{number} {SYSTEM}")


QUESTIONS = (
    "What is gravity?",
    "Write a short story about a dragon who is afraid of fire.",
    "Explain photosynthesis to a child.",
    "List ten uses of a brick.",
    "Why is the sky blue?",
    "Give me a recipe for pancakes.",
    "Who was Marie Curie and what did she discover?",
    "Write a Python function that returns the prime numbers below n.",
    "What are the differences between a frog and a toad?",
    "Describe a walk through a forest in autumn.",
    "How does a bicycle stay upright?",
    "Write a polite letter to a landlord about a broken heater.",
    "What happened in the French Revolution?",
    "Tell me about the planets of the solar system.",
    "How do I learn to play the guitar?",
    "Summarise the story of Romeo and Juliet.",
    "What is the difference between weather and climate?",
    "Write a poem about the sea.",
    "How is glass made?",
    "Plan three days in a city that you like.",
)
