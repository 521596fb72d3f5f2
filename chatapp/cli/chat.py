"""`chatapp chat`: a conversation in the terminal, stored like any other."""

from __future__ import annotations

import argparse
import contextlib
import sys
import threading
from collections.abc import Iterator

from chatapp.chat.events import AnswerEnded, AnswerGrew, AnswerStarted, SendFailed, SessionEvent
from chatapp.cli.generation import Printer, choose_model, choose_parameters, tell_load
from chatapp.domain.conversation import Message
from chatapp.domain.generation import GenerationParameters
from chatapp.domain.model import ModelFile
from chatapp.errors import ChatappError, from_record
from chatapp.paths import Paths
from chatapp.sentences import sentence
from chatapp.services import Services

_HELP = "Enter sends, Ctrl+C stops an answer, Ctrl+D or /exit ends. /new starts afresh."


def chat(options: argparse.Namespace, paths: Paths) -> int:
    """Talk until the end of the input; every conversation is stored."""
    with contextlib.closing(Services(paths)) as services:
        model = choose_model(options, services)
        conversation_id = None
        if options.resume:
            stored = services.jobs.database.submit(services.conversations.all).result()
            conversation_id = max(stored, key=lambda c: c.updated_at).id if stored else None
        interactive = sys.stdin is not None and sys.stdin.isatty()
        if interactive:
            with contextlib.suppress(ImportError):
                import readline  # noqa: F401 - gives input() its line editing and history
            print(f"{model.name}. {_HELP}")
        parameters = choose_parameters(options, services, model)
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
                    print(_HELP)
                case _:
                    failed = not conversation.say(line)
        return 1 if failed and not interactive else 0


def _lines(*, interactive: bool) -> Iterator[str]:
    while True:
        try:
            yield input("> " if interactive else "")
        except (EOFError, RuntimeError):  # RuntimeError: there is no standard input at all
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
        self._services = services
        self._session = services.session
        self._told_template = False
        self._model = model
        self._parameters = parameters
        self._system_prompt = system_prompt
        self._printer = Printer(to_terminal=True)
        self._ended = threading.Event()
        self._answer_id: int | None = None
        self._errors: list[ChatappError] = []
        self._session.subscribe(self._on_event)

    def say(self, text: str) -> bool:
        """Send, print the answer as it comes, return whether it came to an end without an error."""
        self._printer = Printer(to_terminal=True)
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
                    self._printer.add("\n(stopped)")
        self._printer.flush()
        if self._printer.text:
            self._printer.end_line()
        for error in self._errors:
            print(f"chatapp: {sentence(error)}", file=sys.stderr)
        if not self._told_template:
            self._told_template = True
            tell_load(self._services)
        return not self._errors

    def _on_event(self, event: SessionEvent) -> None:
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
        if message.error is not None:
            self._errors.append(from_record(message.error))
        self._answer_id = None
        self._ended.set()
