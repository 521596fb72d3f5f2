"""Chat templates of models: nothing of theirs reaches out, and what they cost is bounded.

What no limit in one's own process can stop, as a loop in C, ends that process. That is what the
trial of every new template is for, so it has to say no to what ended a process here.
"""

from __future__ import annotations

import faulthandler
import os
import random
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chatapp.domain.conversation import Role
from chatapp.engine.messages import TemplateArgument, TemplateOptions, Tool, Turn
from chatapp.engine.parts import ToolCall
from chatapp.engine.worker import trial
from chatapp.engine.worker.answer_format import AnswerParser
from chatapp.engine.worker.formats.families import detect_format
from chatapp.engine.worker.formats.source import Piece
from chatapp.engine.worker.prompt_format import RENDER_SECONDS, PromptFormat
from chatapp.engine.worker.template import CHATML, MAX_GROWTH, SpecialTokens
from tests.faults.test_templates import ESCAPES
from tests.fuzz.harness import Target
from tests.fuzz.mutations import strange_text

_TOKENS = SpecialTokens("<s>", "</s>")
_SECONDS = 1.0
_PIECE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|[^{]+|\{", re.DOTALL)
_SNIPPETS = (
    *(
        "{% for m in messages %}",
        "{% endfor %}",
        "{% if loop.first %}",
        "{% else %}",
        "{% endif %}",
    ),
    *(
        "{% set ns = namespace(a=1) %}",
        "{% set ns.a = ns.a + 1 %}",
        "{{ ns.a }}",
        "{{ m.content }}",
    ),
    *(
        "{{ messages[0] }}",
        "{{ messages | tojson }}",
        "{{ messages[-1].content | trim }}",
        "{#",
        "#}",
    ),
    *("{% macro f(x) %}{{ x }}{% endmacro %}", "{{ f(1) }}", "{% call f(2) %}a{% endcall %}"),
    *("{% generation %}", "{% endgeneration %}", "{% break %}", "{% continue %}", "{% raw %}"),
    *("{{ 'a' * 10 ** 6 }}", "{% for i in range(9999) %}", "{{ range(10) | list }}", "{{ '{' }}"),
    *(
        "{{ strftime_now('%d %b %Y') }}",
        "{{ strftime_now('%' * 9) }}",
        "{{ strftime_now('\ud800') }}",
    ),
    *("{{ raise_exception('no') }}", "{{ none.x }}", "{{ 1 / 0 }}", "{{ messages.pop() }}", "{{"),
    *("{{ tools[0].function.parameters | tojson(indent=4) }}", "{{ x | from_json }}", "%}", "{%-"),
    *(
        "<think>",
        "</think>",
        "<tool_call>",
        "<|channel|>",
        "enable_thinking",
        "'tool'",
        "<|im_end|>",
    ),
)
_TOOL = Tool("weather", "Tells the weather.", '{"type": "object", "properties": {"at": {}}}')
_CALL = ToolCall("weather", '{"at": "Zürich"}')
_HELLO = Turn(Role.USER, "Hello {{ x }} <|im_start|>")
_CONVERSATIONS = (
    ((_HELLO,), TemplateOptions()),
    ((Turn(Role.SYSTEM, "Be brief."), _HELLO, Turn(Role.ASSISTANT, ""), _HELLO), TemplateOptions()),
    (
        (
            _HELLO,
            Turn(Role.ASSISTANT, "", "Hm.", calls=(_CALL,)),
            Turn(Role.TOOL, "Rain", tool_name="weather"),
            Turn(Role.TOOL, "Snow"),
        ),
        TemplateOptions((_TOOL,), (TemplateArgument("enable_thinking", value=False),)),
    ),
    ((Turn(Role.ASSISTANT, "x" * 10_000), Turn(Role.USER, "")), TemplateOptions((_TOOL,))),
    ((), TemplateOptions()),
)
# What Python says when something reaches out; opening files for reading is what imports do.
_OUTWARD = ("os.", "subprocess.", "socket.", "shutil.", "ctypes.", "pty.", "tempfile.", "urllib.")
_HARMLESS = {"os.listdir", "os.scandir", "os.putenv"}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND


class Templates(Target[str]):
    """Known ones with pieces of others, and of what templates can do, in any place."""

    memory = 256 << 20  # as in the trial
    seconds = 2 * RENDER_SECONDS

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        known = Path(__file__).parent.parent / "engine" / "templates"
        self._sources = [path.read_text("utf-8") for path in sorted(known.glob("*.jinja"))]
        self._pieces = [_PIECE.findall(source) for source in self._sources]
        self._mark = folder / "mark"
        self._outward: list[str] | None = None  # while somebody looks
        sys.addaudithook(self._on_event)

    def case(self, source: random.Random) -> str:
        pieces = list(source.choice(self._pieces))
        for _ in range(source.choice((0, 1, 1, 2, 3, 6))):
            at = source.randrange(len(pieces) + 1)
            end = at + source.choice((0, 0, 1, 1, 3, 10))
            pieces[at:end] = self._new(source)
        text = "".join(pieces)
        if source.random() < 0.2:
            at = source.randrange(len(text) + 1)
            text = text[:at] + text[at + source.choice((1, 3, 50)) :]
        return text.replace("MARK", str(self._mark))

    def check(self, case: str) -> str:
        with self._watched(), _limited_time(_SECONDS):
            result = trial._try(case, _TOKENS)
        if result.problem:
            return "refused"
        notes: list[str] = []
        form = PromptFormat(case, _TOKENS, result, CHATML, notes.append)
        for turns, options in _CONVERSATIONS:
            with self._watched():
                text, stop = form.render(turns, options=options)
            said = sum(len(turn.text) + len(turn.reasoning) for turn in turns)
            assert len(text) <= 4 * said + MAX_GROWTH + 10_000, "it grew"
            assert all(isinstance(one, str) for one in stop)
        parser = AnswerParser(detect_format(case, ("<think>", "</think>", "<|im_end|>")))
        parser.feed(Piece(text[at : at + 7]) for at in range(0, min(len(text), 20_000), 7))
        parser.finish()
        return "in its place" if notes else "rendered"

    def prove(self, case: str) -> str:
        """Whether its trial says no, or it goes on only to end the worker, which is started again.

        A template that is slow with other turns than those of the trial does that.
        """
        tried = trial.TemplateTrial()
        tried.begin(case, _TOKENS)
        result = tried.result()
        assert not self._mark.exists(), "it wrote a file"
        return "too much" if result.problem else "slow later"

    @contextmanager
    def _watched(self) -> Iterator[None]:
        self._outward = []
        try:
            yield
        finally:
            outward, self._outward = self._outward, None
        assert not outward, outward
        assert not self._mark.exists(), "it wrote a file"

    def _on_event(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self._outward is None or event in _HARMLESS:
            return
        if event.startswith(_OUTWARD):
            self._outward.append(event)
        elif event == "open" and len(arguments) == 3:
            name, mode, flags = arguments
            is_written = isinstance(flags, int) and flags & _WRITING
            if is_written or str(name) == str(self._mark):
                self._outward.append(f"open {name!r} {mode}")

    def _new(self, source: random.Random) -> list[str]:
        """What comes into a place."""
        kind = source.random()
        if kind < 0.45:
            return [source.choice(_SNIPPETS)]
        if kind < 0.8:
            other = source.choice(self._pieces)
            at = source.randrange(len(other))
            return other[at : at + source.choice((1, 1, 3, 10))]
        if kind < 0.9:
            return [source.choice(ESCAPES[:30])]
        return [strange_text(source)]


@contextmanager
def _limited_time(seconds: float) -> Iterator[None]:
    """End this process when it takes longer, as the trial does."""
    faulthandler.dump_traceback_later(seconds, exit=True, file=2)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


TARGET = Templates
