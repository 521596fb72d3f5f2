"""Guessing ahead against not doing it: where a text is copied, and where nothing can be."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

from chatapp.domain.generation import GenerationParameters
from chatapp.domain.model import ModelFile
from chatapp.engine.messages import LoadOptions
from chatapp.hub.shelf import describe_file
from tests.bench.application import GREEDY, Application
from tests.bench.measure import Measure, in_turn, median, ratio, runs
from tests.bench.prompts import QUESTIONS, Prompt, starter_model

# What a model has before it is tuned, and what tuning finds where two processors are.
_SETTINGS = {
    "untuned": LoadOptions(context_length=4096),
    "tuned": LoadOptions(context_length=4096, threads=2, flash_attention=False),
}
_TYPES = {"Q4_0": "≥ 1.50", "Q4_1": "≥ 1.20"}
_PROSE = GenerationParameters(temperature=1.0, top_k=0, top_p=1.0, min_p=0.05, max_tokens=256)
_COPIES = runs(7)  # answers
_QUANTIZE = """
import os, sys
from llama_cpp import llama_cpp as llama
parameters = llama.llama_model_quantize_default_params()
parameters.ftype = getattr(llama, "LLAMA_FTYPE_MOSTLY_" + sys.argv[3])
parameters.allow_requantize = True
sys.exit(llama.llama_model_quantize(*map(os.fsencode, sys.argv[1:3]), parameters))
"""
Task = Callable[[int], tuple[Prompt, GenerationParameters]]
_TEXT = (
    "The ferry leaves the small harbour at six in the morning, when the fog still hangs over "
    "the water. The captain is a quiet woman who has crossed the strait more than ten "
    "thousand times. She knows every rock and every current, and she greets each of the "
    "fishermen by name. On Mondays the deck is full of schoolchildren with heavy bags, on "
    "Fridays it carries farmers with crates of apples, cheese and live chickens. In winter "
    "the wind blows from the north and the crossing takes an hour; in summer it takes half of "
    "that, and people sit on the roof and eat ice cream.\n\n"
    "Last year the council wanted to build a bridge. Engineers came with long poles and "
    "yellow machines, measured the depth of the channel, and drew a grey line across the map. "
    "The islanders held a meeting in the church that lasted until midnight. Some said that a "
    "bridge would bring doctors, jobs and cheaper bread. Others said that it would bring "
    "noise, strangers and the end of the ferry. An old man stood up and told how his father "
    "had rowed across in a storm to fetch a midwife, and after that nobody spoke for a while.\n\n"
    "In the end the vote was close, and the bridge lost by eleven voices. The engineers "
    "packed their poles and went home on the evening boat. The captain took them over without "
    "a word, but when the lights of the town came into view she rang the brass bell twice, "
    "which she does only at weddings. The next morning the fog was as thick as ever, the "
    "children were late, and a goat had eaten the timetable. Everything was as it had always "
    "been, and the ferry left the small harbour at six."
)
_COPY = _TEXT.replace("captain", "skipper")
_QUESTION = f"Repeat this text, but write “skipper” instead of “captain”:\n\n{_TEXT}"


def run() -> list[Measure]:
    """Ratios of tokens per second, for the starter model in types that differ in batches."""
    measures = []
    with tempfile.TemporaryDirectory() as folder:
        for kind, bar in _TYPES.items():
            path = Path(folder, f"starter-{kind}.gguf")
            command = [sys.executable, "-c", _QUANTIZE, starter_model().path, str(path), kind]
            subprocess.run(command, check=True, capture_output=True)
            for setting, options in _SETTINGS.items():
                measures += _compare(f"{kind}, {setting}", bar, describe_file(path), options)
    return measures


def _compare(name: str, bar: str, model: ModelFile, options: LoadOptions) -> list[Measure]:
    """Both sides, each of them started first once: here the first process is some 6 % slower."""
    loads = {"with guesses": options, "without": replace(options, speculation=False)}
    copied, written = _Speeds(), _Speeds()
    for order in (tuple(loads), tuple(reversed(loads))):
        with ExitStack() as stack:
            sides = {
                side: stack.enter_context(Application(loads[side], model=model)) for side in order
            }
            copied.add(sides, _COPIES, _copy)
            written.add(sides, runs(len(QUESTIONS)), _prose)
    return [
        *copied.measures(f"{name}, a text with one word changed", bar),
        *written.measures(f"{name}, prose", "≥ 0.97"),
    ]


def _copy(_number: int) -> tuple[Prompt, GenerationParameters]:
    """A grammar keeps the small model to the text: by itself it soon leaves it."""
    text = _COPY.replace("\n", "\\n")
    return Prompt(_QUESTION), replace(GREEDY, grammar=f'root ::= "{text}"')


def _prose(number: int) -> tuple[Prompt, GenerationParameters]:
    return Prompt(QUESTIONS[number % len(QUESTIONS)]), replace(_PROSE, seed=number)


class _Speeds:
    """Tokens per second of both sides, and how many guesses were right."""

    def __init__(self) -> None:
        self._speeds: defaultdict[str, list[list[float]]] = defaultdict(list)
        self._guessed = self._right = 0

    def add(self, sides: dict[str, Application], rounds: int, task: Task) -> None:
        """Measure with these processes."""

        def ask(side: str, number: int) -> float:
            prompt, parameters = task(number)
            asked = sides[side].ask(prompt.turns, parameters)
            self._guessed += asked.usage.guessed_tokens
            self._right += asked.usage.guessed_right_tokens
            return asked.speed

        found = in_turn({side: partial(ask, side) for side in sides}, rounds)
        for side, values in found.items():
            self._speeds[side].append(values)

    def measures(self, name: str, bar: str) -> list[Measure]:
        """Medians, and the ratio in each round, the mean of both orders."""
        speeds = {
            side: [statistics.geometric_mean(one) for one in zip(*values, strict=True)]
            for side, values in self._speeds.items()
        }
        ratios = [a / b for a, b in zip(speeds["with guesses"], speeds["without"], strict=True)]
        return [
            *(median(f"{name}: {side}", values, "tokens/s") for side, values in speeds.items()),
            *ratio(name, ratios, bar, ""),
            Measure(
                f"{name}: guesses accepted",
                100 * self._right / max(1, self._guessed),
                "%",
                better="more",
            ),
        ]
