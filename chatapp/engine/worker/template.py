"""The chat template: from turns to the text that the model was trained on.

A template comes with the model and is untrusted. Jinja's sandbox bounds neither time nor memory,
so `trial` runs a new one in a process of its own first. Nothing here imports llama_cpp.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import repeat
from typing import Any, TypeVar

from jinja2 import TemplateError, meta, nodes
from jinja2.ext import Extension, LoopControlExtension
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from chatapp.domain.conversation import Role
from chatapp.engine.messages import NOTHING_ELSE, TemplateOptions, Tool, Turn
from chatapp.engine.parts import ToolCall
from chatapp.engine.worker.template_values import (
    Arguments,
    NoText,
    from_json,
    is_none,
    to_json,
)

T = TypeVar("T")

MAX_SOURCE = 1_000_000  # characters; the longest known are about 30,000
MAX_GROWTH = 1_000_000  # characters that a template may add to what the turns say

THINKING, _ALSO_THINKING = "enable_thinking", "thinking"  # as most templates call it, and some
_THINKING_BLOCKS = ("== 'thinking'", '== "thinking"')
_RESERVED = frozenset(
    {
        *("messages", "tools", "add_generation_prompt", "bos_token", "eos_token"),
        *("raise_exception", "strftime_now"),
    }
)


class TemplateFailed(Exception):
    """The template can't be used for these turns; the text says why."""


@dataclass(frozen=True, slots=True)
class SpecialTokens:
    """The texts that a template may ask for."""

    bos: str = ""
    eos: str = ""


class ChatTemplate:
    """A model's own Jinja template. Raises `TemplateFailed` when it can't be compiled.

    `variables` are the names of what it asks for, `enable_thinking` or `tools` for instance.
    `takes_calls` and `takes_results` tell whether it knows calls of tools and what these return.
    """

    def __init__(self, source: str, tokens: SpecialTokens) -> None:
        if len(source) > MAX_SOURCE:
            raise TemplateFailed("too long")
        environment = _Sandbox(
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=[_GenerationTag, LoopControlExtension],
        )
        environment.filters["tojson"] = to_json
        environment.filters["from_json"] = from_json
        environment.tests["none"] = is_none
        self._tokens = tokens
        self._template = _guarded(lambda: environment.from_string(source))
        self.variables: frozenset[str] = _guarded(
            lambda: frozenset(meta.find_undeclared_variables(environment.parse(source)))
        )
        self._wants_blocks = any(text in source for text in _THINKING_BLOCKS)
        self._has_tools_in_system = "['tools']" in source and "tools" not in self.variables
        self.takes_calls = "tool_calls" in source
        self.takes_results = self.takes_calls or "'tool'" in source or '"tool"' in source

    def render(
        self,
        turns: Sequence[Turn],
        options: TemplateOptions = NOTHING_ELSE,
        mask: Callable[[str], str] = str,
    ) -> str:
        """The prompt, up to where the answer begins. Raises `TemplateFailed`.

        What the turns and the options say goes through `mask`.
        """
        limit = _length(turns, options) + MAX_GROWTH
        values = _arguments(options, mask)
        if "date_string" in self.variables:
            # Without it, Llama 3's templates claim a day in 2024.
            values.setdefault("date_string", _strftime_now("%d %b %Y"))
        if THINKING in values and _ALSO_THINKING in self.variables:
            values.setdefault(_ALSO_THINKING, values[THINKING])

        def generate() -> str:
            parts = []
            length = 0
            for part in self._template.generate(
                **values,
                messages=self._messages(turns, options, mask),
                add_generation_prompt=True,
                bos_token=self._tokens.bos,
                eos_token=self._tokens.eos,
                tools=_Given(_tool(tool, mask) for tool in options.tools) or None,
                raise_exception=_raise_exception,
                strftime_now=_strftime_now,
            ):
                length += len(part)
                if length > limit:
                    raise TemplateFailed("the text grew too long")
                parts.append(part)
            return "".join(parts)

        return _guarded(generate)

    def _messages(
        self, turns: Sequence[Turn], options: TemplateOptions, mask: Callable[[str], str]
    ) -> list[dict[str, Any]]:
        messages = _Given(map(self._message, turns, _call_ids(turns), repeat(mask)))
        if options.tools and self._has_tools_in_system:
            if not turns or turns[0].role is not Role.SYSTEM:
                messages.insert(0, {"role": "system", "content": ""})
            tools = [_tool(tool, mask)["function"] for tool in options.tools]
            messages[0]["tools"] = to_json(tools)
        return messages

    def _message(
        self, turn: Turn, ids: tuple[str, ...], mask: Callable[[str], str]
    ) -> dict[str, Any]:
        text = mask(turn.text)
        message: dict[str, Any] = {"role": turn.role.value, "content": text}
        if turn.reasoning:
            reasoning = mask(turn.reasoning)
            # One value by the names that templates look for.
            message |= dict.fromkeys(("reasoning_content", "reasoning", "thinking"), reasoning)
            if self._wants_blocks:
                message["content"] = [
                    {"type": "thinking", "thinking": reasoning},
                    *([{"type": "text", "text": text}] if turn.text else []),
                ]
        if turn.calls:
            if not turn.text and not (turn.reasoning and self._wants_blocks):
                message["content"] = NoText()
            message["tool_calls"] = [
                {
                    "id": mask(call_id),
                    "type": "function",
                    "function": {
                        "name": mask(call.name),
                        "arguments": Arguments.read(call.arguments, mask),
                    },
                }
                for call, call_id in zip(turn.calls, ids, strict=True)
            ]
        if turn.role is Role.TOOL:
            message["tool_call_id"] = mask(ids[0])
            if turn.tool_name:
                message["name"] = mask(turn.tool_name)
        return message


@dataclass(frozen=True, slots=True)
class CommonFormat:
    """What is used when a model has no usable template."""

    before_turn: dict[Role, str]
    after_turn: str
    stop: tuple[str, ...] = ()

    def render(self, turns: Sequence[Turn], mask: Callable[[str], str] = str) -> str:
        """The prompt, up to where the answer begins. What the turns say goes through `mask`."""
        written = "".join(
            self.before_turn[turn.role] + mask(turn.text) + self.after_turn
            for turn in with_calls_as_text(turns)
        )
        return written + self.before_turn[Role.ASSISTANT]


CHATML = CommonFormat(
    before_turn={role: f"<|im_start|>{role.value}\n" for role in Role},
    after_turn="<|im_end|>\n",
    stop=("<|im_end|>", "<|im_start|>"),
)
# The blank after "Assistant:" is left to the model: most tokens begin with one.
PLAIN = CommonFormat(
    before_turn={
        Role.SYSTEM: "",
        Role.USER: "User: ",
        Role.ASSISTANT: "Assistant:",
        Role.TOOL: "User: ",
    },
    after_turn="\n\n",
    stop=("\nUser:", "\nAssistant:"),
)


def simplified(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """The same conversation for strict templates: no system role, and the speakers alternate.

    Calls of tools and what they returned become text.
    """
    result: list[Turn] = []
    for turn in with_calls_as_text(turns):
        role = turn.role if turn.role is Role.ASSISTANT else Role.USER
        if result and result[-1].role is role:
            result[-1] = Turn(role, f"{result[-1].text}\n\n{turn.text}", result[-1].reasoning)
        else:
            result.append(Turn(role, turn.text, turn.reasoning))
    return tuple(result)


def with_calls_as_text(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """The same conversation for templates that know no calls of tools."""
    return tuple(
        replace(
            turn, text="\n".join(filter(None, (turn.text, *map(_call_text, turn.calls)))), calls=()
        )
        for turn in turns
    )


def without_reasoning(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """The same conversation for templates that don't take a thought beside a text and a call."""
    return tuple(replace(turn, reasoning="") for turn in turns)


def _call_text(call: ToolCall) -> str:
    return f'{{"name": {json.dumps(call.name, ensure_ascii=False)}, "arguments": {call.arguments}}}'


def _call_ids(turns: Sequence[Turn]) -> list[tuple[str, ...]]:
    """The ids of each turn's calls, or of the call that it answers.

    Those that have none get one that Mistral's templates accept too: nine letters and digits.
    """
    count = 0
    waiting: list[str] = []
    result: list[tuple[str, ...]] = []
    for turn in turns:
        if turn.role is Role.TOOL:
            call_id = turn.call_id or (waiting[0] if waiting else _numbered(count))
            if call_id in waiting:
                waiting.remove(call_id)
            result.append((call_id,))
        else:
            ids = tuple(
                call.id or _numbered(number) for number, call in enumerate(turn.calls, count)
            )
            count += len(ids)
            waiting = list(ids) or waiting
            result.append(ids)
    return result


def _numbered(count: int) -> str:
    return f"call{count:05d}"


def _tool(tool: Tool, mask: Callable[[str], str]) -> dict[str, Any]:
    function = {
        "name": mask(tool.name),
        "description": mask(tool.description),
        "parameters": dict(Arguments.read(tool.parameters, mask)),
    }
    return {"type": "function", "function": function}


def _arguments(options: TemplateOptions, mask: Callable[[str], str]) -> dict[str, Any]:
    return {
        argument.name: mask(argument.value) if isinstance(argument.value, str) else argument.value
        for argument in options.arguments
        if argument.name.isidentifier() and argument.name not in _RESERVED
    }


def _length(turns: Sequence[Turn], options: TemplateOptions) -> int:
    """How long everything is that a template may show, in characters."""
    texts = [text for turn in turns for text in (turn.text, turn.reasoning, turn.tool_name)]
    texts += [text for turn in turns for call in turn.calls for text in (call.name, call.arguments)]
    texts += [
        text for tool in options.tools for text in (tool.name, tool.description, tool.parameters)
    ]
    return sum(map(len, texts))


def _guarded(work: Callable[[], T]) -> T:
    """Do what runs the template's own code; whatever that raises becomes `TemplateFailed`."""
    try:
        return work()
    except TemplateFailed:
        raise
    except MemoryError as error:
        raise TemplateFailed("out of memory") from error
    except Exception as error:
        raise TemplateFailed(f"{type(error).__name__}: {error}"[:300]) from error


def _raise_exception(message: object) -> None:
    raise TemplateError(str(message))


def _strftime_now(form: str) -> str:
    return datetime.now().astimezone().strftime(form)


class _Given(list[Any]):
    """A list that templates get and can't change."""


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's, but the lists that a template makes can grow and shrink."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Whether a template may use this attribute."""
        if type(obj) is list and attr in {"append", "extend", "insert", "pop"}:
            return True
        return super().is_safe_attribute(obj, attr, value)


class _GenerationTag(Extension):
    """`{% generation %}` marks the answer for training; here its content is simply shown."""

    tags = {"generation"}  # noqa: RUF012 - declared like this by Jinja

    def parse(self, parser: Parser) -> list[nodes.Node]:
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)
