"""Which family writes how, and which one a model belongs to.

The markers are facts about the models, read in their chat templates and in llama.cpp's tests.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from chatapp.engine.worker.answer_format import (
    AnswerFormat,
    CallReader,
    Layout,
    Thought,
    control_markers,
)
from chatapp.engine.worker.formats.calls import BareJson, JsonCalls, NamedCalls
from chatapp.engine.worker.formats.layouts import MESSAGE
from chatapp.engine.worker.formats.literals import GemmaCalls, PythonCalls, PythonCode
from chatapp.engine.worker.formats.tagged import TaggedCalls

MAX_TEMPLATE = 1_000_000  # characters that are looked at

TEXT = AnswerFormat()

_THINK = Thought("<think>", "</think>", "\n", "\n\n")
_THOUGHTS = (
    _THINK,
    Thought("[THINK]", "[/THINK]"),
    Thought("<seed:think>", "</seed:think>"),
    Thought("<mm:think>", "</mm:think>"),
    Thought("<thinking>", "</thinking>", "\n", "\n\n"),
    Thought("<reasoning>", "</reasoning>", "\n", "\n\n"),
    Thought("<|inner_prefix|>", "<|inner_suffix|>"),
    Thought("<|START_THINKING|>", "<|END_THINKING|>"),
    Thought("<|channel>thought", "<channel|>", "\n"),
)

_HERMES = JsonCalls(("<tool_call>",), ("</tool_call>",))
_PYTHON_TAG = PythonCode(("<|python_tag|>",), JsonCalls(("<|python_tag|>",)).read)
_FUNCTION_TAG = NamedCalls(("<function=",), (">",), ("</function>",))
_DSML = "｜DSML｜"
_COHERE = AnswerFormat(
    "cohere",
    calls=(JsonCalls(("<|START_ACTION|>",), ("<|END_ACTION|>",)),),
    ignored=("<|START_RESPONSE|>", "<|END_RESPONSE|>", "<|START_TEXT|>", "<|END_TEXT|>"),
    text_heading="<|START_RESPONSE|>",
)


def _function_tags(section: str, *, has_lines: bool) -> TaggedCalls:
    return TaggedCalls(
        openings=("<function=",),
        name_end=">",
        parameter=("<parameter=", ">"),
        value=("", "</parameter>"),
        closings=("</function>",),
        sections=(f"<{section}>",),
        section_closings=(f"</{section}>",),
        has_lines=has_lines,
    )


@dataclass(frozen=True, slots=True)
class _Family:
    """A format and the texts that are all in the templates of those who write like this."""

    form: AnswerFormat
    evidence: tuple[str, ...]


def _family(name: str, evidence: tuple[str, ...], *calls: CallReader) -> _Family:
    return _Family(AnswerFormat(name, calls=calls), evidence)


# The first one counts whose evidence is complete.
_FAMILIES = (
    _Family(
        AnswerFormat(
            "gpt-oss",
            (
                Thought(
                    "<|channel|>analysis<|message|>",
                    "<|end|>",
                    before_text="<|start|>assistant<|channel|>final<|message|>",
                ),
            ),
            layout=Layout.CHANNELS,
            text_heading="<|channel|>final<|message|>",
        ),
        ("<|channel|>", MESSAGE),
    ),
    _Family(
        AnswerFormat(
            "gemma4",
            (_THOUGHTS[-1],),
            (GemmaCalls(("<|tool_call>",), ("<tool_call|>",), '<|"|>'),),
            ignored=("<channel|>",),
        ),
        ("<|tool_call>", "<tool_call|>"),
    ),
    _Family(
        replace(_COHERE, text_heading="<|START_TEXT|>"), ("<|START_ACTION|>", "<|START_TEXT|>")
    ),
    _Family(_COHERE, ("<|START_ACTION|>",)),
    _Family(
        AnswerFormat("functionary", layout=Layout.RECIPIENTS, text_heading="all\n"), (">>>all",)
    ),
    _family(
        "kimi",
        ("<|tool_call_argument_begin|>",),
        NamedCalls(
            openings=("<|tool_call_begin|>",),
            separators=("<|tool_call_argument_begin|>",),
            closings=("<|tool_call_end|>", "<|tool_calls_section_end|>"),
            header=r"\s*(?P<id>(?:functions\.)?(?P<name>[^\s:]+)(?::\d+)?)",
            sections=("<|tool_calls_section_begin|>",),
        ),
    ),
    _family(
        "deepseek-tags",
        ("DSML", "invoke"),
        TaggedCalls(
            openings=(f'<{_DSML}invoke name="',),
            name_end='">',
            parameter=(f'<{_DSML}parameter name="', ">"),
            value=("", f"</{_DSML}parameter>"),
            closings=(f"</{_DSML}invoke>",),
            sections=(f"<{_DSML}function_calls>", f"<{_DSML}tool_calls>"),
            section_closings=(f"</{_DSML}function_calls>", f"</{_DSML}tool_calls>"),
            needs_section=True,
            text_flag='string="true"',
        ),
    ),
    _family(
        "deepseek",
        ("<｜tool▁call▁begin｜>",),
        NamedCalls(
            openings=("<｜tool▁call▁begin｜>",),
            separators=("<｜tool▁sep｜>",),
            closings=("<｜tool▁call▁end｜>", "<｜tool▁calls▁end｜>"),
            sections=("<｜tool▁calls▁begin｜>",),
        ),
    ),
    _family(
        "mistral",
        ("[TOOL_CALLS]",),
        NamedCalls(
            openings=("[TOOL_CALLS]",),
            separators=("[ARGS]",),
            header=r"\s*(?P<name>[^\s\[]+)(?:\[CALL_ID\](?P<id>\w+))?",
            in_header=("[CALL_ID]",),
            is_list_too=True,
        ),
    ),
    _family(
        "lfm2",
        ("<|tool_call_start|>",),
        PythonCalls(("<|tool_call_start|>",), ("<|tool_call_end|>",)),
    ),
    _family(
        "lfm2",
        ("<|tool_list_start|>",),
        PythonCalls(("<|tool_call_start|>",), ("<|tool_call_end|>",)),
    ),
    _family("seed", ("<seed:tool_call>",), _function_tags("seed:tool_call", has_lines=False)),
    _family(
        "minimax",
        ("<minimax:tool_call>",),
        TaggedCalls(
            openings=('<invoke name="',),
            name_end='">',
            parameter=('<parameter name="', '">'),
            value=("", "</parameter>"),
            closings=("</invoke>",),
            sections=("<minimax:tool_call>",),
            section_closings=("</minimax:tool_call>",),
            needs_section=True,
        ),
    ),
    _family(
        "minicpm",
        ('<function name="', "<param"),
        TaggedCalls(
            openings=('<function name="',),
            name_end='">',
            parameter=('<param name="', '">'),
            value=("", "</param>"),
            closings=("</function>",),
        ),
    ),
    _family(
        "glm",
        ("<tool_call>", "<arg_key>"),
        TaggedCalls(
            openings=("<tool_call>",),
            parameter=("<arg_key>", "</arg_key>"),
            value=("<arg_value>", "</arg_value>"),
            closings=("</tool_call>",),
        ),
    ),
    _family(
        "qwen-coder",
        ("<tool_call>", "<function=", "<parameter="),
        _function_tags("tool_call", has_lines=True),
    ),
    _family("tool-list", ("<tool_calls>",), JsonCalls(("<tool_calls>",), ("</tool_calls>",))),
    _family("minimax-3", ("]<]minimax[>[",)),  # its calls are text so far
    _family("hermes", ("<tool_call>",), _HERMES),
    _family("nemotron", ("<TOOLCALL>",), JsonCalls(("<TOOLCALL>",), ("</TOOLCALL>",))),
    _family(
        "apertus",
        ("<|tools_prefix|>",),
        JsonCalls(("<|tools_prefix|>",), ("<|tools_suffix|>",), name_is_key=True),
    ),
    # Granite 3 writes no closing marker.
    _family("phi", ("<|tool_call|>",), JsonCalls(("<|tool_call|>",), ("<|/tool_call|>",))),
    _family("phi", ("<|tool|>", "<|/tool|>"), JsonCalls(("<|tool_call|>",), ("<|/tool_call|>",))),
    _family("gigachat", ("<|function_call|>",), JsonCalls(("<|function_call|>",))),
    _family(
        "internlm",
        ("<|action_start|>", "<|plugin|>"),
        JsonCalls(("<|action_start|><|plugin|>",), ("<|action_end|>",)),
    ),
    _family("functools", ("functools[",), JsonCalls(("functools[",), opens_list=True)),
    _family("command-r", ("Action:", "```json"), JsonCalls(("Action: ```json",), ("```",))),
    _family("function-tags", ("<function=",), _FUNCTION_TAG, _PYTHON_TAG),
    _Family(
        AnswerFormat("llama", calls=(_PYTHON_TAG,), bare=BareJson()),
        ('{"name": "', '"parameters": ', "tool_calls"),
    ),
    _Family(AnswerFormat("json-list", bare=BareJson(in_list=True)), ('[{"name"', "tool_calls")),
)
# What some templates leave to the tokens: LFM 2.5's don't name its markers.
_BY_TOKEN = {"<|tool_call_start|>": "lfm2"}


def detect_format(template: str, special_tokens: Collection[str] = ()) -> AnswerFormat:
    """How the model writes that has this chat template.

    `special_tokens` are the names of the control tokens in its vocabulary. Only looks for texts in
    the template, so it takes linear time for any.
    """
    source = template[:MAX_TEMPLATE].replace('\\"', '"')
    form = next(
        (family.form for family in _FAMILIES if all(text in source for text in family.evidence)),
        None,
    )
    if form is None:
        name = next((_BY_TOKEN[name] for name in _BY_TOKEN if name in special_tokens), None)
        form = replace(TEXT if name is None else named_format(name))
    if not form.thoughts:
        thoughts = tuple(
            thought
            for thought in _THOUGHTS
            if thought.closing in source or thought.opening in source
        ) or tuple(thought for thought in _THOUGHTS if thought.opening in special_tokens)
        if thoughts or form.calls or form.bare:
            name = "thought" if form.name == TEXT.name and thoughts else form.name
            form = replace(form, name=name, thoughts=thoughts)
    return replace(form, control=control_markers(form, special_tokens))


def named_format(name: str) -> AnswerFormat:
    """The format of this family, without its thoughts' markers where those differ."""
    return next(family.form for family in reversed(_FAMILIES) if family.form.name == name)


def family_names() -> dict[str, tuple[str, ...]]:
    """Every family with the texts that its templates have."""
    return {family.form.name: family.evidence for family in reversed(_FAMILIES)}
