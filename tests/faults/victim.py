"""An application in use, without a window, to be harmed from outside.

    python -m tests.faults.victim HOME MODEL WHAT SEED

WHAT is a method of `Victim`. Every line on standard output is a JSON list and certain from then on:
`["asked", text]`, `["waits", text]`, `["answered", id, text]`, `["kept", id]`, `["dropped", id]`;
`["ready"]` comes once, when it does what it was asked to. The end of standard input ends it in good
order.
"""

from __future__ import annotations

import itertools
import json
import os
import queue
import random
import sys
import threading
from pathlib import Path

from chatapp.chat.events import (
    AnswerEnded,
    AnswerGrew,
    AnswerPhase,
    AnswerProgressed,
    AnswerStarted,
    SessionEvent,
)
from chatapp.domain.assistant import Assistant
from chatapp.domain.conversation import Message, MessageStatus, Opinion, Rating
from chatapp.domain.download import DownloadItem, Order
from chatapp.domain.generation import GenerationParameters
from chatapp.domain.hub import RepoFile
from chatapp.domain.model import ModelFile
from chatapp.paths import Paths
from chatapp.services import Services

REPO, FILE = "org/Tiny-GGUF", "Tiny-Q4_K_M.gguf"  # what it downloads
SHORT = GenerationParameters(temperature=0.0, max_tokens=6)
ENDLESS = GenerationParameters(temperature=0.0)
# Nearly all of the context.
LONG = "Tell me about the sky, the clouds and the stars above them. " * 60
_TALKS = 3
_saying = threading.Lock()


def say(*words: object) -> None:
    with _saying:
        sys.stdout.write(json.dumps(words) + "\n")
        sys.stdout.flush()


class Victim:
    """Each public method is something that a person does, for ever unless it says otherwise."""

    def __init__(self, paths: Paths, model: ModelFile, seed: int) -> None:
        self._paths = paths
        self._model = model
        self._random = random.Random(seed)
        self._numbers = itertools.count(1)
        self._over = threading.Event()
        self._is_ready = threading.Event()
        self._ready_at: type[SessionEvent] | AnswerPhase | None = None
        self._ends: queue.SimpleQueue[Message] = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()

    def opening(self) -> None:
        """Start and end, again and again."""
        self._ready()
        while not self._over.is_set():
            Services(self._paths).close()
            say("opened")

    def loading(self) -> None:
        self._wait_in(AnswerPhase.LOADING, "Hello")

    def reading(self) -> None:
        self._wait_in(AnswerPhase.READING, LONG)

    def writing(self) -> None:
        self._wait_in(AnswerGrew, "Write")

    def closing(self) -> None:
        """End while an answer is written."""
        services = self._open()
        self._ask(services, None, ENDLESS, "Write")
        self._is_ready.wait()
        services.close()

    def waiting(self) -> None:
        """Type ahead while an answer is written."""
        services = self._open()
        self._ask(services, None, ENDLESS, "Write")
        self._is_ready.wait()
        (talk,) = services.session.running_conversations()
        while not self._over.is_set():
            text = self._text("waiting")
            services.session.enqueue(talk, text, (), self._model)
            services.jobs.database.submit(lambda: None).result()
            say("waits", text)
        services.close()

    def asking(self) -> None:
        """Several conversations at once, and new ones now and then."""
        services = self._open()
        self._ready()
        talks: list[int | None] = [None] * _TALKS
        while not self._over.is_set():
            for talk in talks:
                self._ask(services, talk, SHORT, "message")
            ended = [self._ends.get() for _ in talks]
            talks = [None if self._random.random() < 0.1 else end.conversation_id for end in ended]
        services.close()

    def editing(self) -> None:
        """All that can be done to what was said."""
        services = self._open()
        session, read = services.session, services.jobs.database.submit
        self._ask(services, None, SHORT, "message")
        answer = self._ends.get()
        self._ready()
        for number in itertools.count():
            if self._over.is_set():
                break
            talk, question = answer.conversation_id, answer.parent_id
            assert question is not None
            match self._random.randrange(9):
                case 0:
                    session.edit_question(question, self._text("edited"), (), self._model, SHORT)
                    answer = self._ends.get()
                case 1:
                    session.retry(answer.id, model=self._model, parameters=SHORT)
                    answer = self._ends.get()
                case 2:
                    session.rate(answer.id, Rating(Opinion.LIKED, f"{number}", "better"))
                case 3:
                    session.edit_answer(answer.id, f"answer {number}")
                case 4:
                    session.branch_off(answer.id)
                case 5:
                    session.duplicate(talk, f"copy {number}")
                case 6:
                    read(services.conversations.rename, talk, f"title {number}").result()
                case 7:
                    read(services.conversations.move_to_trash, talk).result()
                    read(services.conversations.restore, talk).result()
                case _:
                    read(services.conversations.save_draft, talk, f"draft {number}").result()
            self._ask(services, talk, SHORT, "message")
            answer = self._ends.get()
        services.close()

    def keeping(self) -> None:
        """Settings, assistants, and files of them for others."""
        services = self._open()
        file = self._paths.cache / f"assistants-{os.getpid()}.json"
        kept: list[str] = []
        self._ready()
        while not self._over.is_set():
            services.settings.change(text_zoom=self._random.randrange(50, 300))
            made = Assistant("", self._text("assistant"), system_prompt="word " * 1000)
            kept.append(services.assistants.save(made).id)
            say("kept", kept[-1])
            services.assistants.export_json(file, kept[-3:])
            for entry in services.assistants.import_json(file):
                say("kept", entry.id)
                kept.append(entry.id)
            while len(kept) > 20:
                gone = kept.pop(self._random.randrange(len(kept)))
                say("dropped", gone)
                services.assistants.delete(gone)
        services.close()

    def downloading(self) -> None:
        """From the Hub in the settings; on its way once some of it is here."""
        services = self._open()

        def on_change(items: tuple[DownloadItem, ...]) -> None:
            if items and items[0].done:
                self._ready()

        services.downloads.subscribe(on_change)
        services.downloads.add(Order(REPO, (RepoFile(FILE),)))
        self._over.wait()
        services.close()

    # Parts

    def _open(self) -> Services:
        services = Services(self._paths)
        services.session.subscribe(self._on_event)
        return services

    def _ready(self) -> None:
        if not self._is_ready.is_set():
            say("ready")
            self._is_ready.set()

    def _wait_in(self, moment: type[SessionEvent] | AnswerPhase, text: str) -> None:
        self._ready_at = moment
        services = self._open()
        self._ask(services, None, ENDLESS, text)
        self._over.wait()
        services.close()

    def _ask(
        self, services: Services, talk: int | None, parameters: GenerationParameters, text: str
    ) -> None:
        if text == "Write":
            self._ready_at = AnswerGrew
        services.session.send(
            self._text(text), model=self._model, conversation_id=talk, parameters=parameters
        )

    def _text(self, words: str) -> str:
        return f"{words} {os.getpid()}-{next(self._numbers)}"

    def _on_event(self, event: SessionEvent) -> None:
        match event:
            case AnswerStarted(question=question) if question is not None:
                say("asked", question.text)
            case AnswerEnded(message=message):
                if message.status is MessageStatus.COMPLETE:
                    say("answered", message.id, message.text)
                self._ends.put(message)
        phase = event.progress.phase if isinstance(event, AnswerProgressed) else None
        if self._ready_at is not None and self._ready_at in (type(event), phase):
            self._ready()

    def _listen(self) -> None:
        while os.read(0, 1):
            pass
        self._over.set()


def main(home: Path, model: Path, what: str, seed: int) -> None:
    victim = Victim(Paths.under(home), ModelFile(str(model), "tiny"), seed)
    getattr(victim, what)()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
