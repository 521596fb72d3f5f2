"""`chatapp ask`: one question, one answer."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import threading

from chatapp.chat.parameters import template_options
from chatapp.cli.generation import Printer, choose_model, choose_parameters, tell_load
from chatapp.domain.conversation import Role
from chatapp.engine.messages import Delta, Failed, Finished, GenerationEvent, Turn
from chatapp.engine.parts import PartKind
from chatapp.errors import MessageEmpty, from_record
from chatapp.paths import Paths
from chatapp.services import ModelServices


def ask(options: argparse.Namespace, paths: Paths) -> int:
    """Stream the answer to one question; store nothing."""
    text = options.text
    if text == "-":
        text = sys.stdin.read() if sys.stdin is not None else ""
    if not text.strip():
        raise MessageEmpty
    with contextlib.closing(ModelServices(paths)) as services:
        model = choose_model(options, services)
        turns = [Turn(Role.SYSTEM, options.system)] if options.system.strip() else []
        turns.append(Turn(Role.USER, text))
        printer = Printer(to_terminal=not options.json)
        ended = threading.Event()
        last: list[Finished | Failed] = []
        thoughts: list[str] = []

        def on_event(event: GenerationEvent) -> None:
            if isinstance(event, Delta):
                printer.add(event.text)
                thoughts.extend(p.text for p in event.parts if p.kind is PartKind.REASONING)
            elif isinstance(event, Finished | Failed):
                last.append(event)
                ended.set()

        parameters = choose_parameters(options, services, model)
        generation = services.engine.generate(
            model,
            tuple(turns),
            parameters,
            on_event=on_event,
            options=template_options(parameters),
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
        tell_load(services)
        if options.json:
            usage = result.usage
            print(
                json.dumps(
                    {
                        "text": printer.text,
                        "reasoning": "".join(thoughts),
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
