"""Reading nothing twice: follow-up turns, other conversations, and after a restart."""

from __future__ import annotations

import random
import statistics
import tempfile
from dataclasses import replace
from pathlib import Path

from chatapp.domain.conversation import Role
from chatapp.domain.generation import GenerationParameters
from chatapp.engine.messages import LoadOptions, Turn
from tests.bench.application import GREEDY, Application, Asked
from tests.bench.measure import Measure, median, note, runs, wait_until_quiet
from tests.bench.prompts import QUESTIONS, SYSTEM, filler

_OPTIONS = LoadOptions(context_length=8192, threads=2, flash_attention=True)
_CONVERSATIONS = runs(9, 2)
_TEXT = 1700  # words of the first message, of about one token each
_TURNS = runs(5, 3)  # answers of 200 tokens; five make it 3,000
_WARM = GenerationParameters(temperature=1.0, top_p=1.0, min_p=0.0, top_k=0, max_tokens=200)
_SHORT = replace(GREEDY, max_tokens=8)
_RESTARTS = runs(5)
_ROUNDS = runs(3, 1)


class _Talk:
    """A conversation that grows."""

    def __init__(self, number: int) -> None:
        self.key = f"conversation-{number}"
        self.turns: list[Turn] = [Turn(Role.SYSTEM, f"{number} {SYSTEM}")]
        self._number = number

    def say(self, application: Application, text: str, parameters: GenerationParameters) -> Asked:
        self.turns.append(Turn(Role.USER, text))
        asked = application.ask(self.turns, parameters, conversation=self.key)
        self.turns.append(Turn(Role.ASSISTANT, asked.text))
        return asked

    def fill(self, application: Application, turns: int) -> list[tuple[int, int]]:
        """Tokens that were evaluated for each follow-up, and those of its rendered turn."""
        words = filler(_TEXT, self._number)
        self.say(application, f"{words}\n{QUESTIONS[self._number]}", replace(_WARM, seed=1))
        figures = []
        for number in range(1, turns):
            text = QUESTIONS[(self._number + number) % len(QUESTIONS)]
            asked = self.say(application, text, replace(_WARM, seed=number))
            figures.append((asked.evaluated, _rendered(application, text)))
        return figures


def run() -> list[Measure]:
    """Nine conversations at temperature 1; then four that take turns and restarts between."""
    with tempfile.TemporaryDirectory() as folder:
        measures = _follow_ups(Path(folder, "follow-ups"))
        return measures + _switches(Path(folder, "switches"))


def _follow_ups(folder: Path) -> list[Measure]:
    folder.mkdir()
    excess: list[int] = []
    with Application(_OPTIONS, folder) as application:
        for number in range(_CONVERSATIONS):
            figures = _Talk(number).fill(application, _TURNS)
            excess += [evaluated - rendered for evaluated, rendered in figures]
    name = "follow-up turn: tokens evaluated beyond the rendered turn"
    return [
        Measure(f"{name}, most", max(excess), "tokens", len(excess), "≤ 4"),
        median(f"{name}, median", excess, "tokens"),
    ]


def _switches(folder: Path) -> list[Measure]:
    """Each conversation is asked twice in a row: on coming back to it, and on staying in it."""
    folder.mkdir()
    generator = random.Random(1)
    talks = [_Talk(number) for number in range(4)]
    in_memory: list[float] = []
    from_disk: list[float] = []
    restarted: list[float] = []
    stays: list[float] = []
    with Application(_OPTIONS, folder) as application:
        for talk in talks:
            talk.fill(application, _TURNS)
        for group, times in ((talks[-2:], in_memory), (talks, from_disk)):
            for talk in group:  # so that the first of the next round is one to come back to
                talk.say(application, "Go on.", _SHORT)
            for _ in range(_ROUNDS):
                for talk in group:
                    times.append(_added(application, talk, generator, stays))
    for number in range(_RESTARTS):
        with Application(_OPTIONS, folder) as application:
            restarted.append(_added(application, talks[number % 4], generator, stays))
    note(f"staying in a conversation: {statistics.median(stays):.0f} ms to the first token")
    return [
        median("back to a conversation in memory, added", in_memory, "ms", "≤ 150"),
        median("back to a conversation on disk, added", from_disk, "ms", "≤ 150"),
        median("after a restart, added", restarted, "ms", "≤ 300"),
    ]


def _added(
    application: Application, talk: _Talk, generator: random.Random, stays: list[float]
) -> float:
    """Time to the first token on coming back, less that on staying, in milliseconds."""
    wait_until_quiet()
    text = f"Tell me about {generator.choice(['the sea', 'a forest', 'the moon'])}."
    back = talk.say(application, text, _SHORT)
    stay = talk.say(application, text, _SHORT)
    stays.append(stay.first_ms)
    return back.first_ms - stay.first_ms


def _rendered(application: Application, text: str) -> int:
    """Tokens of one user's turn with all that the template puts around it."""
    begin = (Turn(Role.SYSTEM, SYSTEM), Turn(Role.USER, "a"))
    answered = (*begin, Turn(Role.ASSISTANT, "a"), Turn(Role.USER, text))
    return application.count(answered) - application.count(begin) - 1
