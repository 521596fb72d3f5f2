"""Tokens per second through the whole application, against a bare loop and against the peer.

All hold the starter model with the same settings and take turns in one run, so that what else the
machine does hits them all. They are started anew several times, because where a process happens to
lie in memory makes it faster or slower by two percent for all its life.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from chatapp.domain.generation import GenerationParameters
from chatapp.engine.messages import LoadOptions
from tests.bench.application import GREEDY, Application
from tests.bench.bare import BareLoop
from tests.bench.measure import PAIRS, Measure, in_turn, median, note, ratio, runs
from tests.bench.peer import Peer
from tests.bench.prompts import Prompt, endless, fresh

OPTIONS = LoadOptions(context_length=4096, threads=2, flash_attention=True, speculation=False)
_LONG = 1900  # words, of about one token each
_READ = 900
_READINGS = runs(9, 3)
_STARTS = runs(3, 1)
_CONTEXTS = {"short context": 0, "2,000 tokens of context": _LONG}  # words
_TOKENS = 128


@dataclass(frozen=True)
class _Sides:
    application: Application
    bare: BareLoop
    peer: Peer


def run() -> list[Measure]:
    """Pairs of greedy answers to prompts that are read before, and of fresh prompts."""
    measures = writing(_TOKENS)
    with _sides() as sides:
        return measures + _reading(sides)


def writing(count: int) -> list[Measure]:
    """Answers of `count` tokens, in a short context and in a long one."""
    return [m for context, words in _CONTEXTS.items() for m in _writing(context, words, count)]


@contextmanager
def _sides() -> Iterator[_Sides]:
    with (
        Application(OPTIONS) as application,
        BareLoop(application.model.path, OPTIONS) as bare,
        Peer(application.model.path, OPTIONS) as peer,
    ):
        yield _Sides(application, bare, peer)


def _writing(context: str, words: int, count: int) -> list[Measure]:
    name, prompt = f"{count} tokens, {context}", endless(words)
    parameters = replace(GREEDY, max_tokens=count)
    speeds: dict[str, list[float]] = {}
    for start in range(_STARTS):
        with _sides() as sides:
            if start == 0:
                note(f"bare loop: {sides.bare.build}\npeer: {sides.peer.build}")
            for side, values in _speeds(sides, prompt, parameters, count).items():
                speeds.setdefault(side, []).extend(values)
    peers = (speeds["peer in-process"], speeds["peer over HTTP"])
    better = max(peers, key=statistics.median)
    ours = speeds["application"]
    return [
        *(median(f"{name}: {side}", values, "tokens/s") for side, values in speeds.items()),
        *ratio(f"{name}: bare loop", _ratios(ours, speeds["bare loop"]), "≥ 0.98", "≥ 0.95"),
        *ratio(f"{name}: better peer", _ratios(ours, better), "≥ 1.00", "≥ 0.97"),
    ]


def _speeds(
    sides: _Sides, prompt: Prompt, parameters: GenerationParameters, count: int
) -> dict[str, list[float]]:
    tokens = sides.bare.tokenize(prompt.text)

    def application(_number: int) -> float:
        asked = sides.application.ask(prompt.turns, parameters, prefill=prompt.prefill)
        assert asked.usage.prompt_tokens == len(tokens), "another prompt"
        assert asked.usage.completion_tokens == count, "the answer ended early"
        return asked.speed

    return in_turn(
        {
            "application": application,
            "bare loop": lambda _number: sides.bare.ask(tokens, count).speed,
            "peer in-process": lambda _number: sides.peer.ask(tokens, count).speed,
            "peer over HTTP": lambda _number: sides.peer.ask_http(tokens, count).speed,
        },
        math.ceil(PAIRS / _STARTS),
    )


def _reading(sides: _Sides) -> list[Measure]:
    """Time to the first token of prompts that nobody has read, in tokens of the prompt a second."""
    parameters = replace(GREEDY, max_tokens=2)

    def tokens(number: int) -> list[int]:
        return sides.bare.tokenize(fresh(number, _READ).text)

    def application(number: int) -> float:
        asked = sides.application.ask(fresh(number, _READ).turns, parameters)
        return asked.evaluated * 1000 / asked.first_ms

    def bare(number: int) -> float:
        prompt = tokens(number)
        return len(prompt) * 1000 / sides.bare.ask(prompt, 2).first_ms

    def peer(number: int) -> float:
        prompt = tokens(number)
        return len(prompt) * 1000 / sides.peer.ask_http(prompt, 2).first_ms

    sided = {"application": application, "bare loop": bare, "peer over HTTP": peer}
    speeds = in_turn(sided, _READINGS)
    ours = speeds["application"]
    return [
        *(median(f"reading: {side}", values, "tokens/s") for side, values in speeds.items()),
        median("reading: bare loop, ratio", _ratios(ours, speeds["bare loop"]), "x"),
        median("reading: peer over HTTP, ratio", _ratios(ours, speeds["peer over HTTP"]), "x"),
    ]


def _ratios(ours: list[float], theirs: list[float]) -> list[float]:
    return [a / b for a, b in zip(ours, theirs, strict=True)]
