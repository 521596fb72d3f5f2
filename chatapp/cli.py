"""The same services without a window: ask, chat, models, doctor. Never imports Qt."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from chatapp import __version__
from chatapp.errors import ChatappError
from chatapp.paths import Paths

if TYPE_CHECKING:
    from chatapp.chat.events import SessionEvent
    from chatapp.domain.conversation import Message
    from chatapp.domain.generation import GenerationParameters
    from chatapp.domain.model import ModelFile
    from chatapp.engine.messages import GenerationEvent
    from chatapp.services import ModelServices, Services

_MAX_SEED = 2**32 - 1


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line; ends the program with code 2 on wrong usage."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--data-dir",
        metavar="DIR",
        default=argparse.SUPPRESS,
        help="put everything (data, settings, cache, logs) under this folder",
    )
    parser = argparse.ArgumentParser(
        prog="chatapp",
        description="Talk to language models that run on your own computer.",
        epilog="Without a command the window opens.",
        parents=[common],
    )
    parser.add_argument("--version", action="version", version=f"chatapp {__version__}")
    parser.add_argument(
        "--smoke-test", action="store_true", help="try everything once in a temporary folder"
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    ask = commands.add_parser("ask", parents=[common], help="answer one question, store nothing")
    ask.add_argument("text", help="the question; “-” reads it from standard input")
    ask.add_argument("--json", action="store_true", help="print one JSON object at the end")
    _add_generation_options(ask)

    chat = commands.add_parser("chat", parents=[common], help="a conversation in the terminal")
    _add_generation_options(chat)
    chat.add_argument(
        "--continue", dest="resume", action="store_true", help="go on with the latest conversation"
    )

    models = commands.add_parser("models", parents=[common], help="the models on this computer")
    actions = models.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", parents=[common], help="list them")
    listing.add_argument("--json", action="store_true", help="print a JSON array")

    doctor = commands.add_parser("doctor", parents=[common], help="what is there, what is missing")
    doctor.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    if "data_dir" not in options:
        options.data_dir = None
    return options


def run(options: argparse.Namespace) -> int:
    """Carry out a parsed command; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that can't show a character gets a substitute, never a traceback.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    paths = choose_paths(options.data_dir)
    match options.command:
        case "ask":
            return _ask(options, paths)
        case "chat":
            return _chat(options, paths)
        case "models":
            return _list_models(options, paths)
        case _:
            return _doctor(options, paths)


def guarded(command: Callable[[], int]) -> int:
    """Run a command; a foreseeable error becomes one sentence on standard error and code 1."""
    try:
        return command()
    except ChatappError as error:
        from chatapp.sentences import sentence

        print(f"chatapp: {sentence(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader has gone, as `head` does. Python would complain once more while closing.
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def choose_paths(data_dir: str | None) -> Paths:
    """The folders for `--data-dir`, or the user's usual ones."""
    return Paths.default() if data_dir is None else Paths.under(Path(data_dir).expanduser())


def _add_generation_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", metavar="PATH|NAME", help="a GGUF file or a name from the list")
    parser.add_argument("--system", metavar="TEXT", default="", help="the system prompt")
    parser.add_argument("--max-tokens", metavar="N", type=_at_least_one, help="end after N tokens")
    parser.add_argument(
        "--temperature", metavar="T", type=_temperature, help="0 is deterministic, default 0.7"
    )
    parser.add_argument("--seed", metavar="N", type=_seed, help="the same seed, the same answer")


def _at_least_one(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


def _temperature(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 10:
        raise argparse.ArgumentTypeError("must lie between 0 and 10")
    return value


def _seed(text: str) -> int:
    value = int(text)
    if not 0 <= value <= _MAX_SEED:
        raise argparse.ArgumentTypeError(f"must lie between 0 and {_MAX_SEED}")
    return value


def _parameters(options: argparse.Namespace, services: ModelServices) -> GenerationParameters:
    from chatapp.domain.generation import GenerationParameters

    settings = services.settings.current
    temperature = options.temperature
    return GenerationParameters(
        temperature=settings.temperature if temperature is None else temperature,
        max_tokens=options.max_tokens or settings.max_tokens or None,
        seed=options.seed,
    )


def _model(options: argparse.Namespace, services: ModelServices) -> ModelFile:
    if options.model:
        return services.library.find(options.model)
    return services.library.default(services.settings.current.model_path)


# ask


def _ask(options: argparse.Namespace, paths: Paths) -> int:
    from chatapp.domain.conversation import Role
    from chatapp.engine.messages import Delta, Failed, Finished, Turn
    from chatapp.errors import MessageEmpty, from_record
    from chatapp.services import ModelServices

    text = sys.stdin.read() if options.text == "-" else options.text
    if not text.strip():
        raise MessageEmpty
    with contextlib.closing(ModelServices(paths)) as services:
        model = _model(options, services)
        turns = [Turn(Role.SYSTEM, options.system)] if options.system.strip() else []
        turns.append(Turn(Role.USER, text))
        printer = _Printer(to_terminal=not options.json)
        ended = threading.Event()
        last: list[Finished | Failed] = []

        def on_event(event: GenerationEvent) -> None:
            if isinstance(event, Delta):
                printer.add(event.text)
            elif isinstance(event, Finished | Failed):
                last.append(event)
                ended.set()

        generation = services.engine.generate(
            model, tuple(turns), _parameters(options, services), on_event=on_event
        )
        try:
            while not ended.wait(0.05):
                printer.flush()
        except (KeyboardInterrupt, BrokenPipeError):
            generation.stop()
            ended.wait(6)
            raise
        printer.flush()
        result = last[0]
        if isinstance(result, Failed):
            raise from_record(result.error)
        if options.json:
            usage = result.usage
            print(
                json.dumps(
                    {
                        "text": printer.text,
                        "model": model.name,
                        "finish_reason": str(result.reason),
                        "prompt_tokens": usage.prompt_tokens,
                        "completion_tokens": usage.completion_tokens,
                        "ttft_ms": round(usage.first_token_ms, 1),
                        "tokens_per_s": round(usage.tokens_per_second, 2),
                        "seed": result.seed,
                    },
                    ensure_ascii=False,
                )
            )
        else:
            printer.end_line()
    return 0


class _Printer:
    """Collects text from the engine's thread; the main thread prints it."""

    def __init__(self, *, to_terminal: bool) -> None:
        self._to_terminal = to_terminal
        self._lock = threading.Lock()
        self._pieces: list[str] = []
        self._printed = 0

    @property
    def text(self) -> str:
        with self._lock:
            return "".join(self._pieces)

    def add(self, text: str) -> None:
        with self._lock:
            self._pieces.append(text)

    def flush(self) -> None:
        with self._lock:
            new = "".join(self._pieces[self._printed :])
            self._printed = len(self._pieces)
        if new and self._to_terminal:
            print(new, end="", flush=True)

    def end_line(self) -> None:
        if self._to_terminal and not self.text.endswith("\n"):
            print()


# chat

_CHAT_HELP = "Enter sends, Ctrl+C stops an answer, Ctrl+D or /exit ends. /new starts afresh."


def _chat(options: argparse.Namespace, paths: Paths) -> int:
    from chatapp.services import Services

    with contextlib.closing(Services(paths)) as services:
        model = _model(options, services)
        conversation_id = None
        if options.resume:
            stored = services.jobs.database.submit(services.conversations.all).result()
            conversation_id = max(stored, key=lambda c: c.updated_at).id if stored else None
        interactive = sys.stdin.isatty()
        if interactive:
            with contextlib.suppress(ImportError):
                import readline  # noqa: F401 - gives input() its line editing and history
            print(f"{model.name}. {_CHAT_HELP}")
        parameters = _parameters(options, services)
        conversation = _TerminalConversation(services, model, parameters, options.system)
        conversation.id = conversation_id
        failed = False
        for line in _lines(interactive=interactive):
            match line.strip():
                case "":
                    continue
                case "/exit" | "/quit":
                    break
                case "/new":
                    conversation.id = None
                case "/help":
                    print(_CHAT_HELP)
                case _:
                    failed = not conversation.say(line)
        return 1 if failed and not interactive else 0


def _lines(*, interactive: bool) -> Iterator[str]:
    while True:
        try:
            yield input("> " if interactive else "")
        except EOFError:
            if interactive:
                print()
            return
        except KeyboardInterrupt:
            # At the prompt it empties the line, as in a shell.
            print()


class _TerminalConversation:
    """One stored conversation, spoken through a terminal."""

    def __init__(
        self,
        services: Services,
        model: ModelFile,
        parameters: GenerationParameters,
        system_prompt: str,
    ) -> None:
        self.id: int | None = None
        self._session = services.session
        self._model = model
        self._parameters = parameters
        self._system_prompt = system_prompt
        self._printer = _Printer(to_terminal=True)
        self._ended = threading.Event()
        self._answer_id: int | None = None
        self._errors: list[ChatappError] = []
        self._session.subscribe(self._on_event)

    def say(self, text: str) -> bool:
        """Send, print the answer as it comes, return whether it came to an end without an error."""
        from chatapp.sentences import sentence

        self._printer = _Printer(to_terminal=True)
        self._ended.clear()
        self._errors.clear()
        self._session.send(
            text,
            model=self._model,
            conversation_id=self.id,
            parameters=self._parameters,
            system_prompt=self._system_prompt,
        )
        while not self._ended.is_set():
            try:
                self._ended.wait(0.05)
                self._printer.flush()
            except KeyboardInterrupt:
                if self._answer_id is not None:
                    self._session.stop(self._answer_id)
        self._printer.flush()
        if self._printer.text:
            self._printer.end_line()
        for error in self._errors:
            print(f"chatapp: {sentence(error)}", file=sys.stderr)
        return not self._errors

    def _on_event(self, event: SessionEvent) -> None:
        from chatapp.chat.events import AnswerEnded, AnswerGrew, AnswerStarted, SendFailed

        match event:
            case AnswerStarted(conversation=conversation, answer=answer):
                self.id, self._answer_id = conversation.id, answer.id
            case AnswerGrew(text=text):
                self._printer.add(text)
            case AnswerEnded(message=message):
                self._end(message)
            case SendFailed(error=error):
                self._errors.append(error)
                self._ended.set()

    def _end(self, message: Message) -> None:
        from chatapp.errors import from_record

        if message.error is not None:
            self._errors.append(from_record(message.error))
        self._answer_id = None
        self._ended.set()


# models, doctor


def _list_models(options: argparse.Namespace, paths: Paths) -> int:
    from chatapp.hub.library import Library
    from chatapp.jobs import Jobs

    paths.create()
    jobs = Jobs()
    try:
        models = Library(paths, jobs).models()
    finally:
        jobs.close()
    if options.json:
        print(json.dumps([asdict(model) for model in models], ensure_ascii=False, indent=2))
        return 0
    for model in models:
        kind = "starter model" if model.is_starter else ""
        size = f"{model.size / 1e6:,.1f} MB"
        print(f"{model.name:<32} {model.quantization:<10} {size:>12}  {kind}".rstrip())
    if not models:
        print(f"No models yet. Put a GGUF file into {paths.models}.")
    return 0


def _doctor(options: argparse.Namespace, paths: Paths) -> int:
    from chatapp.doctor import examine
    from chatapp.sentences import sentence
    from chatapp.services import ModelServices

    with contextlib.closing(ModelServices(paths)) as services:
        report = examine(paths, services.engine)
    problems = [(sentence(problem.error), problem.fix) for problem in report.problems]
    if options.json:
        data = asdict(report) | {"problems": [{"text": t, "fix": f} for t, f in problems]}
        print(json.dumps(data, ensure_ascii=False, indent=2))
        return 0
    for name, version in report.versions.items():
        print(f"{name:<20} {version}")
    print()
    for device in report.devices:
        memory = f"{device.memory_total / 2**30:.1f} GiB" if device.memory_total else ""
        print(
            f"{'device':<20} {device.kind}: {device.description or device.name} {memory}".rstrip()
        )
    for folder in report.folders:
        state = "" if folder.writable else "  (can't be written)"
        print(
            f"{folder.name + ' folder':<20} {folder.path}  {folder.free / 1e9:.1f} GB free{state}"
        )
    print(f"{'starter model':<20} {report.starter_model or 'missing'}")
    print(f"{'display':<20} {'yes' if report.display else 'none'}")
    print()
    for text, fix in problems:
        print(text + (f"\n    {fix}" if fix else ""))
    if not problems:
        print("Nothing is missing.")
    return 0
