"""Many answers at once, in each other's way: every text is right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from chatapp.domain.generation import FinishReason, Priority
from tests.engine.conftest import GREEDY
from tests.faults.conftest import OPTIONS, OpenScene, wait_for_text

QUESTION = "Tell me about the fields, the crops and the people that work there. " * 3
BOTH = (Priority.INTERACTIVE, Priority.BACKGROUND)


@pytest.mark.parametrize("priorities", [BOTH, BOTH[:1], BOTH[1:]])
def test_the_same_beginning_at_once(
    open_scene: OpenScene, reference: Callable[[str], str], priorities: tuple[Priority, ...]
) -> None:
    """One goes on from another that is still being read."""
    scene = open_scene()
    questions = [QUESTION, QUESTION, QUESTION + " Why?", QUESTION, QUESTION * 2] * 2
    asked = [
        scene.ask(
            question,
            priority=priorities[number % len(priorities)],
            conversation=str(number) if number % 2 else "",
        )[1]
        for number, question in enumerate(questions)
    ]
    for recorder, question in zip(asked, questions, strict=True):
        recorder.finished()
        assert recorder.text == reference(question)


def test_the_background_is_interrupted_again_and_again(
    open_scene: OpenScene, reference: Callable[[str], str]
) -> None:
    """One is read, others are written, and each batch is broken off for a person."""
    scene = open_scene()
    scene.engine.load(scene.model)
    scene.ready()
    parameters = replace(GREEDY, max_tokens=200)
    background = [
        scene.ask(f"{number}: {QUESTION}", parameters, priority=Priority.BACKGROUND)[1]
        for number in range(3)
    ]
    wait_for_text(background[0])
    background.append(scene.ask(QUESTION * 8, priority=Priority.BACKGROUND)[1])
    for number in range(12):
        _, recorder = scene.ask(f"{number % 3}?")
        recorder.finished()
        assert recorder.text == reference(f"{number % 3}?")
    for number, recorder in enumerate(background[:3]):
        recorder.finished()
        assert recorder.text.startswith(reference(f"{number}: {QUESTION}"))
    background[3].finished()
    assert background[3].text == reference(QUESTION * 8)


def test_more_than_the_context_holds(
    open_scene: OpenScene, reference: Callable[[str], str]
) -> None:
    """Eight that fill most of it each, while some are stopped."""
    scene = open_scene(options=replace(OPTIONS, context_length=1024))
    questions = [f"{number}: {QUESTION * 3}" for number in range(8)]
    asked = [
        scene.ask(question, conversation=str(number), priority=BOTH[number % 2])
        for number, question in enumerate(questions)
    ]
    for generation, _ in asked[5:]:
        generation.stop()
    for (_, recorder), question in zip(asked[:5], questions, strict=False):
        recorder.finished()
        assert recorder.text == reference(question)
    for _, recorder in asked[5:]:
        assert recorder.finished().reason in (FinishReason.STOPPED, FinishReason.LENGTH)


def test_hundreds_at_once(open_scene: OpenScene, reference: Callable[[str], str]) -> None:
    scene = open_scene()
    few = replace(GREEDY, max_tokens=4)
    asked = [scene.ask(f"{number % 5}?", few, priority=BOTH[number % 2]) for number in range(300)]
    for generation, _ in asked[::7]:
        generation.stop()
    for number, (_, recorder) in enumerate(asked):
        end = recorder.finished()
        assert number % 7 == 0 or end.reason is FinishReason.LENGTH
        assert reference(f"{number % 5}?").startswith(recorder.text)
