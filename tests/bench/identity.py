"""The same prompt gives the same greedy text, however it was come by; and the peer's text too.

Where two texts part, the two likeliest tokens must have been nearly equal: rounding decides then.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from chatapp.domain.generation import FinishReason
from chatapp.engine.messages import LoadOptions
from tests.bench.application import GREEDY, Application, Asked
from tests.bench.bare import BareLoop
from tests.bench.measure import Measure, note
from tests.bench.peer import Peer
from tests.bench.prompts import QUESTIONS, Prompt, starter_model

_TOKENS = 200
_STOP_AT = 100
_OTHERS = 3
# The two likeliest tokens' log-probabilities differ as their logits do.
_PARAMETERS = replace(GREEDY, max_tokens=_TOKENS, logprobs=2)
_PROMPTS = tuple(Prompt(question) for question in QUESTIONS)

_END = 2  # the starter model's token at the end of an answer

Texts = list[list[int]]  # tokens of each prompt's answer


def run() -> list[Measure]:
    """Twenty prompts of 200 tokens, at one thread and at two."""
    measures = []
    for threads in (1, 2):
        measures += _compare(threads)
        for flash_attention in (False, True):
            measures += _compare_with_peer(threads, flash_attention=flash_attention)
    return measures


def _compare(threads: int) -> list[Measure]:
    options = LoadOptions(context_length=4096, threads=threads, flash_attention=True)
    kinds: dict[str, Texts] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Application(options, folder) as application:
            reference = [_ask(application, number) for number in range(len(_PROMPTS))]
            kinds["warm"] = [_ask(application, n).tokens for n in range(len(_PROMPTS))]
            gaps = [_gaps(application, *pair) for pair in zip(_PROMPTS, reference, strict=True)]
        with Application(options, folder) as application:
            kinds["restored from disk"] = [
                _ask(application, number).tokens for number in range(len(_PROMPTS))
            ]
        with Application(options) as application:
            kinds["stopped and continued"] = [_in_two(application, p) for p in _PROMPTS]
        with Application(options) as application:
            kinds["in a batch with three others"] = [
                answer for part in _parts() for answer in _together(application, part)
            ]
    bar = f"{len(_PROMPTS)}" if threads == 1 else "≥ 18"
    return _judge(f"{threads} thread(s)", reference, gaps, kinds, bar)


def _compare_with_peer(threads: int, *, flash_attention: bool) -> list[Measure]:
    """Flash attention rounds differently in every version of llama.cpp, so that it has no bar."""
    options = LoadOptions(context_length=4096, threads=threads, flash_attention=flash_attention)
    with Application(options) as application:
        reference = [_ask(application, number) for number in range(len(_PROMPTS))]
        gaps = [_gaps(application, *pair) for pair in zip(_PROMPTS, reference, strict=True)]
    kind = f"peer, flash attention {'on' if flash_attention else 'off'}"
    bar = "" if flash_attention else "≥ 18"
    return _judge(f"{threads} thread(s)", reference, gaps, {kind: _peer(options)}, bar)


def _judge(
    where: str, reference: list[Asked], gaps: list[list[float]], kinds: dict[str, Texts], bar: str
) -> list[Measure]:
    measures = []
    for kind, texts in kinds.items():
        name = f"{where}, {kind}"
        parted = list(_differences(name, reference, gaps, texts))
        same = len(reference) - len(parted)
        measures.append(Measure(f"{name}: same text", same, "texts", len(reference), bar))
        if parted:
            name = f"{name}: widest gap where they part"
            measures.append(Measure(name, max(parted), "logits", len(parted), "< 1.0"))
    return measures


def _differences(
    name: str, reference: list[Asked], gaps: list[list[float]], texts: Texts
) -> Iterator[float]:
    """The difference of the two best logits at every place where a text leaves the reference."""
    for number, (expected, text) in enumerate(zip(reference, texts, strict=True)):
        tokens = expected.tokens
        if tokens == text:
            continue
        pairs = enumerate(zip(tokens, text, strict=False))
        place = next((at for at, (a, b) in pairs if a != b), min(len(tokens), len(text)))
        gap = gaps[number][place]
        note(f"{name}: prompt {number} parts at token {place}, difference {gap:.3f}")
        yield gap


def _gaps(application: Application, prompt: Prompt, asked: Asked) -> list[float]:
    """The differences of the two best logits at each token, the one that ended it included.

    That one is not reported with the answer; it is when it must not be taken.
    """
    parameters = replace(_PARAMETERS, max_tokens=1, logit_bias=((_END, -1e9),))
    end = application.ask(prompt.turns, parameters, prefill=asked.text)
    each = (*asked.probabilities, *end.probabilities)
    return [one.top[0].logprob - one.top[1].logprob for one in each]


def _ask(application: Application, number: int) -> Asked:
    return application.ask(_PROMPTS[number].turns, _PARAMETERS, conversation=f"prompt-{number}")


def _in_two(application: Application, prompt: Prompt) -> list[int]:
    """Stopped somewhere in the middle, then continued."""
    asked, generation = application.begin(prompt.turns, _PARAMETERS)
    while not asked.done.wait(0.005):
        if len(asked.probabilities) >= _STOP_AT:
            generation.stop()
            break
    asked.wait()
    written = asked.tokens
    left = _TOKENS - len(written)
    if left <= 0 or asked.reason is not FinishReason.STOPPED:
        return written
    rest = replace(_PARAMETERS, max_tokens=left)
    return written + application.ask(prompt.turns, rest, prefill=asked.text).tokens


def _parts() -> Iterator[tuple[Prompt, ...]]:
    size = _OTHERS + 1
    for start in range(0, len(_PROMPTS), size):
        yield _PROMPTS[start : start + size]


def _together(application: Application, prompts: tuple[Prompt, ...]) -> Texts:
    begun = [application.begin(prompt.turns, _PARAMETERS)[0] for prompt in prompts]
    return [asked.wait().tokens for asked in begun]


def _peer(options: LoadOptions) -> Texts:
    path = starter_model().path
    with BareLoop(path, options) as bare, Peer(path, options) as peer:
        prompts = [bare.tokenize(prompt.text) for prompt in _PROMPTS]
        texts = [peer.ask_http(prompt, _TOKENS).tokens for prompt in prompts]
    return [[token for token in text if token != _END] for text in texts]
