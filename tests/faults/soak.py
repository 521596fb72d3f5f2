"""Many requests in a row, of every kind, while the worker is killed: is any text wrong?

Six conversations are continued, changed and answered again, in any order and several at once, in a
context, a memory and a disk that are too small for them. Greedy answers at one thread must be what
a model writes that starts with an empty context, whatever was kept in between; a process that does
nothing else writes these (`targets.write_cold`). At the end nothing may be left, and not more
memory be used than after the first requests.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import queue
import random
import signal
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import psutil

from chatapp.domain.conversation import Role
from chatapp.domain.generation import FinishReason, GenerationParameters, Priority
from chatapp.domain.model import ModelFile
from chatapp.engine.engine import Engine
from chatapp.engine.messages import (
    Delta,
    Failed,
    Finished,
    Generate,
    GenerationEvent,
    Load,
    LoadOptions,
    Reply,
    StateFolder,
    Turn,
)
from chatapp.engine.process import OnEnd, OnReply, WorkerEnd, WorkerProcess
from chatapp.engine.request import Generation
from chatapp.engine.state import EngineStatus
from chatapp.errors import (
    ContextFull,
    WorkerDied,
    WorkerKeepsDying,
    WorkerUnresponsive,
    from_record,
)
from chatapp.hub.starter import find_starter_model
from tests.engine.gguf_files import write_tiny_architecture
from tests.faults import targets

MEGABYTE = 1 << 20
OPTIONS = LoadOptions(context_length=640, threads=1, parallel=2)
KEPT = 12 * MEGABYTE  # of states in memory; three times of that on disk
KEPT_TINY = 300_000
IDLE_SECONDS = 0.3
CONVERSATIONS = 6
MOST_TURNS = 9
TIMEOUT = 300.0
MOST_GROWTH = 20 * MEGABYTE
SETTLED = 60  # requests after which memory is compared
SIGNALS = (*2 * (signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT), signal.SIGSTOP)
GREEDY = GenerationParameters(temperature=0.0, repeat_penalty=1.0)
SYSTEM = "You are a careful gardener. You answer in plain words, and you never make anything up."
WORDS = ("rain", "soil", "seed", "root", "leaf", "apple", "pear", "plum", "rose", "weed", "worm")
FORMS = (
    "What do you know about {} and {}?",
    "Tell me why {} needs {}.",
    "Write a line of verse with {} and {}.",
    "Which comes first, {} or {}?",
    "And what about {} with {}?",
)


@dataclass
class Found:
    """What a soak found. `wrong` tells what is not as it should be; sizes are in bytes.

    `lost` answers ended with the worker, `full` did not fit into the context; of those that were
    `checked`, the `respelled` ones are only right if the answers before them keep their tokens,
    and in `ties` rounding may have chosen another token.
    """

    requests: int = 0
    finished: dict[FinishReason, int] = field(default_factory=dict)
    lost: int = 0
    full: int = 0
    reused: int = 0
    prompt_tokens: int = 0
    kills: int = 0
    unloads: int = 0
    checked: int = 0
    respelled: int = 0
    ties: int = 0
    wrong: list[str] = field(default_factory=list)
    worker_growth: int | None = None
    application_growth: int | None = None
    largest_folder: int = 0
    workers: int = 0
    seconds: float = 0.0

    def report(self) -> str:
        """A line for each figure, then what is wrong."""
        figures = {name: value for name, value in vars(self).items() if name != "wrong"}
        figures["finished"] = {reason.value: count for reason, count in self.finished.items()}
        figures["wrong"] = len(self.wrong)
        lines = [f"{name}: {value}" for name, value in figures.items()]
        return "\n".join((*lines, *self.wrong, ""))


@dataclass
class _Asked:
    """A request, and what its answer is compared with."""

    turns: tuple[Turn, ...]
    length: int
    events: list[GenerationEvent] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)
    began: threading.Event = field(default_factory=threading.Event)
    conversation: int | None = None

    def on_event(self, event: GenerationEvent) -> None:
        self.events.append(event)
        if isinstance(event, Delta | Finished | Failed):
            self.began.set()
        if isinstance(event, Finished | Failed):
            self.ended.set()

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, Delta))


class _Reference:
    """The process that writes every answer with an empty context, beside everything else."""

    def __init__(self, logs: Path, model: str) -> None:
        self._replies: queue.SimpleQueue[Reply | WorkerEnd] = queue.SimpleQueue()
        self._worker = WorkerProcess(
            logs, self._replies.put, self._replies.put, run=targets.write_cold
        )
        self._worker.send(Load(model, OPTIONS))
        self._asked = 0

    def ask(self, turns: tuple[Turn, ...], length: int, conversation: str = "") -> None:
        """Have it written."""
        self._asked += 1
        parameters = replace(GREEDY, max_tokens=length)
        self._worker.send(Generate(self._asked, turns, parameters, conversation=conversation))

    def answer(self) -> tuple[str | None, int]:
        """The next answer in order and its ties, None if the prompt is too long."""
        reply = self._replies.get(timeout=TIMEOUT)
        if isinstance(reply, Failed):
            assert isinstance(from_record(reply.error), ContextFull), reply
            return None, 0
        assert isinstance(reply, Delta), reply
        return reply.text, reply.completion_tokens

    def close(self) -> None:
        self._worker.close()


class Soak:
    """One run in `folder`, whose course is that of `seed` (but for what depends on time)."""

    def __init__(
        self, folder: Path, model: Path, *, seed: int, checked: float, kept: int = KEPT
    ) -> None:
        self.found = Found()
        self._random = random.Random(seed)
        self._share = checked
        self._kept = kept
        self._budget = 3 * kept
        self._logs, self._states = folder / "logs", folder / "states"
        self._logs.mkdir()
        self._model = ModelFile(str(model), "model")
        self._conversations: list[list[Turn]] = [[] for _ in range(CONVERSATIONS)]
        self._names = map(str, itertools.count())
        self._ids = [next(self._names) for _ in range(CONVERSATIONS)]
        self._to_check: list[tuple[_Asked, str, int]] = []
        self._after_kill = False
        self._engine = Engine(
            logs=self._logs,
            default_options=OPTIONS,
            states=StateFolder(str(self._states), self._budget, IDLE_SECONDS),
            start_worker=self._start_worker,
        )
        self._reference = _Reference(self._logs, str(model))

    def _start_worker(self, on_reply: OnReply, on_end: OnEnd) -> WorkerProcess:
        self.found.workers += 1
        run = partial(targets.serve_with_little_memory, kept=self._kept)
        return WorkerProcess(self._logs, on_reply, on_end, run=run)

    def run(self, requests: int) -> Found:
        """Make about so many requests, the second half of them without deaths."""
        begin = time.monotonic()
        worker_memory = application_memory = 0
        settled_at: int | None = None
        half_at = 0
        settled = min(SETTLED, requests // 4)
        while self.found.requests < requests:
            is_rough = self.found.requests < requests // 2
            if is_rough:
                half_at = self.found.requests
            elif settled_at is None and self.found.requests - half_at >= settled:
                settled_at = self.found.requests
                worker_memory, application_memory = self._worker_memory(), own_memory(os.getpid())
            self._step(rough=is_rough)
        if settled_at is not None:
            self.found.worker_growth = self._worker_memory() - worker_memory
            self.found.application_growth = own_memory(os.getpid()) - application_memory
        self._check()
        self._engine.close()
        self._reference.close()
        self._look_around()
        self.found.seconds = time.monotonic() - begin
        return self.found

    # What is asked

    def _step(self, *, rough: bool) -> None:
        chance = self._random.random
        running: list[tuple[_Asked, Generation]] = []
        for _ in range(1 if chance() < 0.75 else self._random.randint(2, 4)):
            busy = {asked.conversation for asked, _ in running}
            free = [number for number in range(CONVERSATIONS) if number not in busy]
            running.append(self._ask_conversation(self._random.choice(free)))
        if chance() < 0.25:
            running += [self._ask_background() for _ in range(self._random.randint(1, 3))]
        if rough and chance() < 0.08:
            self._kill_soon(self._random.choice(running)[0])
        for asked, generation in running:
            if chance() < 0.2:
                self._stop_soon(asked, generation)
        if rough and chance() < 0.02:
            self.found.unloads += 1
            self._engine.unload()
        if chance() < 0.02:
            self._engine.forget(self._ids[self._random.randrange(CONVERSATIONS)])
        for asked, _ in running:
            if not asked.ended.wait(TIMEOUT):
                self._complain(asked, f"no end: {asked.events} {self._engine.state}")
                raise RuntimeError(self.found.wrong[-1])
            self._take(asked)
        self._measure_folder()

    def _ask_conversation(self, number: int) -> tuple[_Asked, Generation]:
        turns = self._conversations[number]
        kind = self._random.random()
        if len(turns) >= MOST_TURNS or kind < 0.03:
            turns = []
            if self._random.random() < 0.5:
                self._engine.forget(self._ids[number])
            self._ids[number] = next(self._names)
        elif turns and kind < 0.18:  # the last answer again
            turns = turns[:-1]
        elif turns and kind < 0.33:  # another question in place of an earlier one
            questions = [n for n, turn in enumerate(turns) if turn.role is Role.USER]
            turns = turns[: self._random.choice(questions)]
        if not turns and self._random.random() < 0.5:
            turns = [Turn(Role.SYSTEM, SYSTEM)]
        if not turns or turns[-1].role is not Role.USER:
            turns = [*turns, self._question()]
        self._conversations[number] = turns
        conversation = self._ids[number] if self._random.random() < 0.9 else ""
        return self._ask(tuple(turns), conversation, Priority.INTERACTIVE, number)

    def _ask_background(self) -> tuple[_Asked, Generation]:
        start = (Turn(Role.SYSTEM, SYSTEM),) if self._random.random() < 0.5 else ()
        return self._ask((*start, self._question()), "", Priority.BACKGROUND, None)

    def _question(self) -> Turn:
        form = self._random.choice(FORMS).format(*self._random.sample(WORDS, 2))
        if self._random.random() < 0.07:
            form += " " + " ".join(self._random.choices(WORDS, k=self._random.randint(20, 100)))
        return Turn(Role.USER, form)

    def _ask(
        self, turns: tuple[Turn, ...], conversation: str, priority: Priority, number: int | None
    ) -> tuple[_Asked, Generation]:
        asked = _Asked(turns, self._random.randint(8, 24), conversation=number)
        self.found.requests += 1
        generation = self._engine.generate(
            self._model,
            turns,
            replace(GREEDY, max_tokens=asked.length),
            conversation=conversation,
            priority=priority,
            on_event=asked.on_event,
        )
        return asked, generation

    def _stop_soon(self, asked: _Asked, generation: Generation) -> None:
        if self._random.random() < 0.5:
            asked.began.wait(self._random.random() * 0.5)
        asked.ended.wait(self._random.random() * 0.1)
        generation.stop()

    def _kill_soon(self, asked: _Asked) -> None:
        if self._random.random() < 0.5:
            asked.began.wait(1.0)
        asked.ended.wait(self._random.random() * 0.2)
        pid = self._engine.worker_pid
        if pid is None:
            return
        number = self._random.choice(SIGNALS)
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        self.found.kills += 1
        self._after_kill = True

    # What came of it

    def _take(self, asked: _Asked) -> None:
        ends = [event for event in asked.events if isinstance(event, Finished | Failed)]
        if len(ends) != 1 or ends != asked.events[-1:]:
            self._complain(asked, f"not one end: {asked.events}")
        end = ends[0]
        if isinstance(end, Finished):
            self.found.finished[end.reason] = self.found.finished.get(end.reason, 0) + 1
            self.found.reused += end.usage.cached_tokens
            self.found.prompt_tokens += end.usage.prompt_tokens
            if asked.conversation is not None and asked.text:
                self._conversations[asked.conversation].append(Turn(Role.ASSISTANT, asked.text))
            self._compare_later(asked, end.usage.completion_tokens)
        else:
            error = from_record(end.error)
            if isinstance(error, ContextFull):
                self.found.full += 1
                if asked.conversation is not None:
                    self._conversations[asked.conversation] = []
            elif isinstance(error, WorkerDied | WorkerUnresponsive | WorkerKeepsDying):
                self.found.lost += 1
                if not self._after_kill:
                    self._complain(asked, f"a death that nobody caused: {error}")
            else:
                self._complain(asked, str(error))

    def _compare_later(self, asked: _Asked, length: int) -> None:
        if length and self._random.random() < self._share:
            self._reference.ask(asked.turns, length)
            self._to_check.append((asked, asked.text, length))

    def _check(self) -> None:
        again = []
        for asked, text, length in self._to_check:
            expected, ties = self._reference.answer()
            self.found.checked += 1
            if text != expected and ties:
                self.found.ties += 1
            elif text != expected:
                again.append((asked, text, length, expected))
        for asked, text, length, first in again:
            self._reference.ask(asked.turns, length, "respelled")
            expected, _ = self._reference.answer()
            if text == expected:
                self.found.respelled += 1
            else:
                self._complain(asked, f"{text!r} is neither {first!r} nor {expected!r}")

    def _complain(self, asked: _Asked, what: str) -> None:
        self.found.wrong.append(
            f"{what}\n  {asked.turns}\n  {asked.events[:1]}…{asked.events[-1:]}"
        )

    def _worker_memory(self) -> int:
        if self._engine.state.status is not EngineStatus.READY:
            return 0
        pid = self._engine.worker_pid
        return own_memory(pid) if pid is not None else 0

    def _measure_folder(self) -> None:
        sizes = []
        for path in self._states.glob("*"):
            with contextlib.suppress(FileNotFoundError):
                sizes.append(path.stat().st_size)
        self.found.largest_folder = max(self.found.largest_folder, sum(sizes))

    def _look_around(self) -> None:
        left = list(self._logs.iterdir()) + list(self._states.glob("*.part"))
        if left:
            self.found.wrong.append(f"left behind: {left}")
        if self.found.largest_folder > self._budget:
            self.found.wrong.append(f"{self.found.largest_folder} bytes of states")
        processes = psutil.Process().children(recursive=True)
        orphans = [p for p in processes if "resource_tracker" not in " ".join(p.cmdline())]
        if orphans:
            self.found.wrong.append(f"processes: {orphans}")


def own_memory(pid: int) -> int:
    """Bytes that no file stands for: the model and the states that are read don't count."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.split("RssAnon:")[1].split()[0]) * 1024


def main() -> int:
    """Run a soak by hand and print what it found."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.soak")
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--model", type=Path, help="default: the starter model")
    parser.add_argument("--architecture", help="a tiny model of this architecture instead")
    parser.add_argument("--checked", type=float, default=1.0, help="share of the answers")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        model = options.model or find_starter_model(Path("resources"))
        kept = KEPT
        if options.architecture:
            model = Path(folder, "tiny.gguf")
            write_tiny_architecture(model, options.architecture)
            kept = KEPT_TINY
        assert model is not None, "no model"
        soak = Soak(Path(folder), model, seed=options.seed, checked=options.checked, kept=kept)
        found = soak.run(options.requests)
    sys.stdout.write(found.report())
    grown = max(found.worker_growth or 0, found.application_growth or 0)
    return 1 if found.wrong or grown > MOST_GROWTH else 0


if __name__ == "__main__":
    sys.exit(main())
