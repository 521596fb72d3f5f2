"""Conversations that are longer than the window, with models that really read them."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import gguf

from chatapp.chat.events import (
    ActionFailed,
    AnswerEnded,
    BranchChanged,
    SendFailed,
    SessionEvent,
)
from chatapp.domain.conversation import Message, OverflowPolicy, Role
from chatapp.domain.generation import GenerationParameters
from chatapp.domain.model import ModelFile
from chatapp.engine.messages import Turn
from chatapp.paths import Paths
from chatapp.services import Services
from tests.chat.sessions import Events, T
from tests.engine.gguf_files import write_tiny_model

LONG = 120.0  # seconds
_FIRST_BYTE = 3  # its token
STOP, DROP, SUMMARISE = OverflowPolicy
SYSTEM_PROMPT = "You talk about rivers."
SHORT_ANSWER = GenerationParameters(temperature=0.0, max_tokens=12, seed=1)
TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def tiny_model(folder: Path, context: int) -> ModelFile:
    """A token is a byte. It writes letters that mean nothing, without an end."""
    path = write_tiny_model(
        folder / f"tiny-{context}.gguf",
        template=TEMPLATE,
        trained_context=context,
        control=("<|im_start|>", "<|im_end|>"),
    )
    output = next(t for t in gguf.GGUFReader(path, "r+").tensors if t.name == "output.weight")
    first = _FIRST_BYTE + ord("a")
    output.data[:first] = output.data[first + 26 :] = 0
    return ModelFile(str(path), f"tiny-{context}")


class Stage:
    """An application with a loaded model, for one talk after the other."""

    def __init__(self, services: Services, model: ModelFile) -> None:
        self.services = services
        self.model = model
        self.prompts: list[tuple[Turn, ...]] = []
        self.listener: Callable[[SessionEvent], None] = lambda event: None
        services.session.subscribe(self._hear)
        generate = services.engine.generate

        def spy(
            model: ModelFile, turns: tuple[Turn, ...], *args: object, **named: object
        ) -> object:
            self.prompts.append(turns)
            return generate(model, turns, *args, **named)  # type: ignore[arg-type]

        services.engine.generate = spy  # type: ignore[method-assign,assignment]

    def _hear(self, event: SessionEvent) -> None:
        self.listener(event)


def _start_threads(services: Services) -> None:
    """All of the lane's, so that none begins in the middle of a test and looks left behind."""
    threads = services.jobs.general._executor._max_workers
    barrier = threading.Barrier(threads + 1)
    for _ in range(threads):
        services.jobs.general.submit(barrier.wait, LONG)
    barrier.wait(LONG)


@contextmanager
def on_stage(paths: Paths, model: ModelFile, context: int) -> Iterator[Stage]:
    """With this much context. The model is loaded already."""
    settings = {"context_length": context, "tune_automatically": False}
    paths.settings.write_text(json.dumps(settings))
    services = Services(paths)
    try:
        _start_threads(services)
        services.engine.load(model)
        services.engine.count_tokens(model, "").result(LONG)
        yield Stage(services, model)
    finally:
        services.close()


class Talk:
    """A conversation on a stage, and every prompt that went to the model."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.services = stage.services
        self.session = stage.services.session
        self.model = stage.model
        self.prompts = stage.prompts
        self.prompts.clear()
        self.events = Events(timeout=LONG)
        stage.listener = self.events.add
        self._answers = 0

    def close(self) -> None:
        self.read(lambda: None)
        self.stage.listener = lambda event: None
        assert self.events.of(SendFailed) == []
        assert self.events.of(ActionFailed) == []

    def fill(
        self, policy: OverflowPolicy, turns: int, system_prompt: str = SYSTEM_PROMPT
    ) -> list[Message]:
        """About 75 tokens a turn, or 250 bytes."""

        def write() -> int:
            conversations = self.services.conversations
            id_ = conversations.create(title="Long", system_prompt=system_prompt).id
            conversations.set_overflow(id_, policy)
            parent: int | None = None
            for number in range(turns):
                question = f"River number {number}: how long is it, and where does it end?"
                answer = (
                    f"River number {number} is {number * 13 + 100} kilometres long. It begins in "
                    "the mountains, runs through a wide valley with many small villages, and ends "
                    "in the sea."
                )
                for role, text in ((Role.USER, question), (Role.ASSISTANT, answer)):
                    message = conversations.add_message(id_, role=role, text=text, parent_id=parent)
                    parent = message.id
            return id_

        self.id = self.read(write)
        return self.branch()

    def read(self, function: Callable[[], T]) -> T:
        return self.services.jobs.database.submit(function).result(LONG)

    def branch(self) -> list[Message]:
        return self.read(lambda: self.services.conversations.branch(self.id))

    def left(self) -> list[Message]:
        return [message for message in self.branch() if message.left_window]

    def summaries(self) -> list[Message]:
        return [message for message in self.branch() if message.role is Role.SUMMARY]

    def ask(
        self, text: str = "And the next one?", parameters: GenerationParameters = SHORT_ANSWER
    ) -> Message:
        self.session.send(text, model=self.model, conversation_id=self.id, parameters=parameters)
        return self.ended()

    def ended(self) -> Message:
        self._answers += 1
        return self.wait_for(AnswerEnded, self._answers).message

    def wait_for(self, kind: type[T], number: int = 1) -> T:
        return self.events.wait_for(kind, number)

    def shown_after(self, act: Callable[[], object]) -> tuple[Message, ...]:
        """The branch that an act of a person brings about."""
        number = len(self.events.of(BranchChanged)) + 1
        act()
        return self.wait_for(BranchChanged, number).messages


def used(message: Message) -> int:
    """Tokens of the window."""
    assert message.origin is not None
    return message.origin.usage.prompt_tokens + message.origin.usage.completion_tokens
