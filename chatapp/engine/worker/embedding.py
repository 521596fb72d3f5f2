"""The process in which texts become vectors and scores: a second model beside the one that writes.

One thread listens, so that Stop and the application's end are noticed at any moment; the other one
computes, one request after the other.
"""

from __future__ import annotations

import contextlib
import os
import threading
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from chatapp.engine.channel import Channel
from chatapp.engine.messages import (
    Command,
    Embed,
    Embedded,
    Failed,
    Load,
    Loaded,
    LoadFailed,
    LoadProgress,
    LogLines,
    Ping,
    Pong,
    Ranked,
    Reply,
    Rerank,
    Shutdown,
    Started,
    StartFailed,
    Stop,
)
from chatapp.engine.worker.inbox import Inbox
from chatapp.engine.worker.interrupt import Interrupt
from chatapp.engine.worker.library import Library
from chatapp.engine.worker.quantizing import give_way
from chatapp.engine.worker.vocabulary import STACK
from chatapp.errors import ChatappError, EngineMissing, GenerationFailed, TextTooLong, to_record

if TYPE_CHECKING:
    from chatapp.engine.worker.embedding_model import EmbeddingModel

Vectors = tuple[tuple[float, ...], ...]


def run(channel: Channel, error_path: str) -> NoReturn:
    """The process's whole life."""
    _Worker(channel, error_path).serve()


class _StoppedError(Exception):
    """Nobody waits for it any longer."""


class _Worker:
    def __init__(self, channel: Channel, error_path: str) -> None:
        self._channel = channel
        self._error_path = error_path
        self._sending = threading.Lock()
        self._interrupt = Interrupt()
        self._inbox: Inbox[Command] = Inbox(self._interrupt.set, self._interrupt.clear)
        self._stopped: set[int] = set()
        self._steps = 0
        self._model: EmbeddingModel | None = None

    def serve(self) -> NoReturn:
        """Listen, while another thread, with the stack that tokenising takes, does the work."""
        give_way()
        usual = threading.stack_size(STACK)
        threading.Thread(target=self._work, name="computer", daemon=True).start()
        threading.stack_size(usual)
        while True:
            try:
                command: Command = self._channel.recv()
            except (EOFError, OSError):
                command = Shutdown()
            match command:
                case Ping():
                    self._send(Pong(self._steps))
                case Stop():
                    self._stopped.add(command.request_id)
                    self._inbox.put(command, interrupt=True)
                case Shutdown():
                    self._exit()
                case _:
                    self._inbox.put(command)

    # The computing thread

    def _work(self) -> NoReturn:
        try:
            try:
                self._library = Library(
                    lambda level, text: self._send(LogLines(level, text)), self._interrupt
                )
            except EngineMissing as error:
                self._send(StartFailed(to_record(error)))
                self._exit()
            self._send(Started(os.getpid(), self._library.build, self._library.engine))
            while True:
                for command, _ in self._inbox.take(None):
                    self._handle(command)
        finally:  # by a mistake of ours, or for want of memory
            traceback.print_exc()
            os._exit(1)

    def _handle(self, command: Command) -> None:
        match command:
            case Load():
                self._load(command)
            case Embed() | Rerank():
                try:
                    self._send(self._answer(command))
                except ChatappError as error:
                    self._send(Failed(command.request_id, to_record(error)))
                except _StoppedError:
                    pass
            case Stop():
                self._stopped.discard(command.request_id)  # what it was for is over

    def _load(self, command: Load) -> None:
        from chatapp.engine.worker.embedding_model import EmbeddingModel

        try:
            self._model = EmbeddingModel(
                self._library,
                command.path,
                command.options,
                self._interrupt,
                lambda fraction: self._send(LoadProgress(fraction)),
            )
        except ChatappError as error:
            self._send(LoadFailed(to_record(error)))
        else:
            self._send(Loaded(self._model.facts))

    def _answer(self, command: Embed | Rerank) -> Embedded | Ranked:
        model = self._model
        if model is None:
            raise GenerationFailed("no model")
        if isinstance(command, Embed):
            model.prepare_vectors(command.pooling)
            texts = (model.tokens(text) for text in command.texts)
            vectors = self._compute(model, command.request_id, texts)
            if command.normalise:
                vectors = map(normalised, vectors)
            return Embedded(command.request_id, tuple(vectors))
        model.prepare_scores()
        pairs = (model.pair(command.query, text) for text in command.texts)
        rows = self._compute(model, command.request_id, pairs)
        return Ranked(command.request_id, tuple(row[0] for row in rows))

    def _compute(
        self, model: EmbeddingModel, request_id: int, texts: Iterator[list[int]]
    ) -> Iterator[tuple[float, ...]]:
        """What the model says of each text, as many of them at a time as fit into a batch."""
        batch: list[list[int]] = []
        room = model.batch_size
        for number, tokens in enumerate(texts, 1):
            if len(tokens) > model.longest:
                raise TextTooLong(number, len(tokens), model.longest)
            if batch and (len(tokens) > room or len(batch) == model.sequences):
                yield from self._compute_batch(model, request_id, batch)
                batch, room = [], model.batch_size
            batch.append(tokens)
            room -= len(tokens)
            if request_id in self._stopped:
                raise _StoppedError
        if batch:
            yield from self._compute_batch(model, request_id, batch)

    def _compute_batch(
        self, model: EmbeddingModel, request_id: int, batch: Sequence[list[int]]
    ) -> Vectors:
        while (found := model.compute(batch)) is None:
            if request_id in self._stopped:
                raise _StoppedError
            self._interrupt.clear()  # it was for another one
        self._steps += 1
        return found

    # Any thread

    def _send(self, reply: Reply) -> None:
        with self._sending, contextlib.suppress(OSError):  # the listener sees that too
            self._channel.send(reply)

    def _exit(self) -> NoReturn:
        with contextlib.suppress(OSError):
            Path(self._error_path).unlink()
        os._exit(0)


def normalised(vector: tuple[float, ...]) -> tuple[float, ...]:
    """The vector with the length 1; one without a direction stays."""
    length = sum(value * value for value in vector) ** 0.5
    return tuple(value / length for value in vector) if length else vector
