"""The chat template: from turns to the text that the model was trained on.

A template comes with the model and is untrusted. Jinja's sandbox bounds neither time nor memory,
so `trial` runs a new one in a process of its own first. Nothing here imports llama_cpp.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from jinja2 import TemplateError, nodes
from jinja2.ext import Extension, LoopControlExtension
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from chatapp.domain.conversation import Role
from chatapp.engine.messages import Turn
from chatapp.engine.worker.untrusted import Untrusted

T = TypeVar("T")

MAX_SOURCE = 1_000_000  # characters; the longest known are about 30,000
MAX_GROWTH = 1_000_000  # characters that a template may add to what the turns say


class TemplateFailed(Exception):
    """The template can't be used for these turns; the text says why."""


@dataclass(frozen=True, slots=True)
class SpecialTokens:
    """The texts that a template may ask for."""

    bos: str = ""
    eos: str = ""


class ChatTemplate:
    """A model's own Jinja template. Raises `TemplateFailed` when it can't be compiled."""

    def __init__(self, source: str, tokens: SpecialTokens) -> None:
        if len(source) > MAX_SOURCE:
            raise TemplateFailed("too long")
        environment = ImmutableSandboxedEnvironment(
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=[_GenerationTag, LoopControlExtension],
        )
        environment.filters["tojson"] = _to_json
        self._tokens = tokens
        self._template = _guarded(lambda: environment.from_string(source))

    def render(self, turns: Sequence[Turn]) -> str:
        """The prompt, up to where the answer begins. Raises `TemplateFailed`."""
        limit = sum(len(turn.text) for turn in turns) + MAX_GROWTH

        def generate() -> str:
            parts = []
            length = 0
            for part in self._template.generate(
                messages=[{"role": turn.role.value, "content": turn.text} for turn in turns],
                add_generation_prompt=True,
                bos_token=self._tokens.bos,
                eos_token=self._tokens.eos,
                tools=None,
                raise_exception=_raise_exception,
                strftime_now=_strftime_now,
            ):
                length += len(part)
                if length > limit:
                    raise TemplateFailed("the text grew too long")
                parts.append(part)
            return "".join(parts)

        return _guarded(generate)


@dataclass(frozen=True, slots=True)
class CommonFormat:
    """What is used when a model has no usable template."""

    before_turn: dict[Role, str]
    after_turn: str
    stop: tuple[str, ...] = ()

    def render(self, turns: Sequence[Turn]) -> str:
        """The prompt, up to where the answer begins."""
        written = "".join(
            self.before_turn[turn.role] + turn.text + self.after_turn for turn in turns
        )
        return written + self.before_turn[Role.ASSISTANT]


CHATML = CommonFormat(
    before_turn={role: f"<|im_start|>{role.value}\n" for role in Role},
    after_turn="<|im_end|>\n",
    stop=("<|im_end|>", "<|im_start|>"),
)
# The blank after "Assistant:" is left to the model: most tokens begin with one.
PLAIN = CommonFormat(
    before_turn={Role.SYSTEM: "", Role.USER: "User: ", Role.ASSISTANT: "Assistant:"},
    after_turn="\n\n",
    stop=("\nUser:", "\nAssistant:"),
)


def simplified(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """The same conversation for strict templates: no system role, and the speakers alternate."""
    result: list[Turn] = []
    for turn in turns:
        role = Role.USER if turn.role is Role.SYSTEM else turn.role
        if result and result[-1].role is role:
            result[-1] = Turn(role, f"{result[-1].text}\n\n{turn.text}")
        else:
            result.append(Turn(role, turn.text))
    return tuple(result)


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


def _to_json(value: object, indent: int | None = None, **_options: Any) -> str:
    """As templates expect it: without Jinja's escaping for web pages."""
    return json.dumps(_for_json(value), ensure_ascii=False, indent=indent)


def _for_json(value: Any) -> Any:
    if isinstance(value, Untrusted):
        return value.as_json()
    if isinstance(value, dict):
        return {_for_json(key): _for_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_for_json(item) for item in value]
    return value


class _GenerationTag(Extension):
    """`{% generation %}` marks the answer for training; here its content is simply shown."""

    tags = {"generation"}  # noqa: RUF012 - declared like this by Jinja

    def parse(self, parser: Parser) -> list[nodes.Node]:
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)
