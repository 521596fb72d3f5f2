"""Answers with known parts, in the form of every family.

Most are what the family's own template makes of the parts; the rest is written by hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from chatapp.domain.conversation import Role
from chatapp.engine.messages import TemplateArgument, TemplateOptions, Tool, Turn
from chatapp.engine.parts import AnswerPart, PartKind, ToolCall
from chatapp.engine.worker.answer_format import AnswerFormat, Start
from chatapp.engine.worker.formats.families import (
    TEXT,
    detect_format,
    family_names,
)
from chatapp.engine.worker.template import ChatTemplate, SpecialTokens

FOLDER = Path(__file__).parent / "templates"

TOOLS = (
    Tool("look_up", "Looks up.", '{"properties": {"word": {"type": "string"}}}'),
    Tool("ping"),
    Tool(
        "order",
        "Orders.",
        json.dumps(
            {
                "type": "object",
                "properties": {
                    "note": {"type": "string"},
                    "count": {"type": "integer"},
                    "ratio": {"type": "number"},
                    "exact": {"type": "boolean"},
                    "list": {"type": "array"},
                    "object": {"anyOf": [{"type": "object"}, {"type": "null"}]},
                    "size": {"enum": ["1", "2"]},
                },
            }
        ),
    ),
)
FOX = ToolCall("look_up", '{"word": "fox"}')
ODD = ToolCall(
    "look_up", json.dumps({"word": 'a "quoted" <b>word</b>\nline {x} [y] 漢字 🦊 \\n, don\'t'})
)
PING = ToolCall("ping", "{}")
ORDER = ToolCall(
    "order",
    json.dumps(
        {
            "note": "5",
            "count": 3,
            "ratio": -0.5,
            "exact": True,
            "list": [1, "two", {"three": None}, []],
            "object": {"a": {"b": "c"}},
            "size": "2",
        }
    ),
)
TRICKY = 'Use {"name": "x"} or [1, 2]; if a < b: >>> print("<tool") <| done |> [TOOL </thin'


@dataclass(frozen=True, slots=True)
class Answer:
    thought: str = ""
    text: str = ""
    calls: tuple[ToolCall, ...] = ()


ANSWERS = (
    Answer(text="Hello."),
    Answer("hm", "Hello 🦊.\n\nA second 漢字 line."),
    Answer(calls=(FOX,)),
    Answer("let me see", calls=(ODD, ORDER)),
    Answer("see\n\n1. look", "I look it up.", (ODD,)),
    Answer("see", "All of it:", (FOX, PING, ORDER)),
    Answer(text=TRICKY),
    Answer(TRICKY, "Yes."),
    Answer("hm", calls=(PING,)),
    Answer(text="One.", calls=(ORDER,)),
)


@dataclass(frozen=True, slots=True)
class Family:
    """Where an answer begins and ends in what a template makes, and what it can show."""

    template: str
    header: str
    ends: tuple[str, ...]
    thoughts: bool = False
    text_with_calls: bool = True
    many: bool = True

    def fit(self, answer: Answer) -> Answer:
        calls = answer.calls if self.many else answer.calls[-1:]
        text = answer.text if self.text_with_calls or not calls else ""
        return Answer(answer.thought if self.thoughts else "", text, calls)


TURN = "assistant<|end_header_id|>\n\n"
CHATML = ("<|im_start|>assistant", ("<|im_end|>",))
FAMILIES = (
    Family("apertus", "<|assistant_start|>", ("<|assistant_start|>",), thoughts=True),
    Family("deepseek-r1", "<｜Assistant｜>", ("<｜end▁of▁sentence｜>",), thoughts=True),
    Family("deepseek-v3.1", "<｜Assistant｜>", ("<｜end▁of▁sentence｜>",)),
    Family("deepseek-v3.2", "<｜Assistant｜>", ("<｜end▁of▁sentence｜>",), thoughts=True),
    Family("firefunction", TURN, ("<|eot_id|>",)),
    Family("functionary", TURN + ">>>", ("<|eot_id|>",)),
    Family("gemma4", "<|turn>model\n", ("<turn|>", "<|turn>model"), thoughts=True),
    Family("glm", "<|assistant|>", ("<|assistant|>",), thoughts=True),
    Family("granite4", "assistant<|end_of_role|>", ("<|end_of_text|>",)),
    Family("kimi-k2", "assistant<|im_middle|>", ("<|im_end|>",), thoughts=True),
    Family("llama3", TURN, ("<|eot_id|>",), text_with_calls=False, many=False),
    Family("minimax-m2", "]~b]ai\n", ("[e~[",), thoughts=True),
    Family("ministral3", "[/INST]", ("</s>",), thoughts=True),
    Family("mistral-nemo", "[/INST]", ("</s>",), text_with_calls=False),
    Family("mistral-small", "[/INST]", ("</s>",)),
    Family("nemotron-nano", "<SPECIAL_11>Assistant\n", ("\n<SPECIAL_12>",), thoughts=True),
    Family("phi4-mini", "<|assistant|>", ("<|end|>",)),
    Family("qwen2", *CHATML),
    Family("qwen3", *CHATML, thoughts=True),
    Family("qwen3-coder", *CHATML),
    Family("qwen3.5", *CHATML, thoughts=True),
    Family("seed-oss", "<seed:bos>assistant", ("<seed:eos>",), thoughts=True),
    Family("xlam", TURN, ("<|eot_id|>",), text_with_calls=False),
)

_OPTIONS = TemplateOptions(TOOLS, (TemplateArgument("enable_thinking", value=True),))
_QUESTION = Turn(Role.USER, "Well?")


@dataclass(frozen=True, slots=True)
class Output:
    """What a model writes, and the parts that are in it."""

    name: str
    form: AnswerFormat
    text: str
    parts: tuple[AnswerPart, ...]
    start: Start = Start.ANSWER


def written(family: Family, answer: Answer) -> tuple[AnswerFormat, str, Start]:
    """What the template makes of an answer; the end of the prompt belongs to no answer."""
    source = (FOLDER / f"{family.template}.jinja").read_text(encoding="utf-8")
    template = ChatTemplate(source, SpecialTokens("<s>", "</s>"))
    form = detect_format(source)
    turn = Turn(Role.ASSISTANT, answer.text, answer.thought, answer.calls)
    prompt = template.render((_QUESTION,), _OPTIONS)
    text = template.render((_QUESTION, turn), _OPTIONS)
    start = form.start_of(prompt)
    if text.startswith(prompt):
        text = text[len(prompt) :]
    else:
        text = text.partition(family.header)[2]
        start = Start.ANSWER
    return form, text[: min(text.find(end) for end in family.ends if end in text)], start


def parts_of(answer: Answer) -> tuple[AnswerPart, ...]:
    found = []
    if answer.thought:
        found.append(AnswerPart(PartKind.REASONING, answer.thought, is_complete=True))
    if answer.text:
        found.append(AnswerPart(PartKind.TEXT, answer.text))
    found += [call_part(call) for call in answer.calls]
    return tuple(found)


def call_part(call: ToolCall) -> AnswerPart:
    return AnswerPart(PartKind.TOOL_CALL, call.arguments, call.name, call.id, is_complete=True)


def from_templates() -> Iterator[Output]:
    for family in FAMILIES:
        for number, answer in enumerate(ANSWERS):
            fitting = family.fit(answer)
            form, text, start = written(family, fitting)
            yield Output(f"{family.template}-{number}", form, text, parts_of(fitting), start)


def unfinished() -> Iterator[Output]:
    """The last call is cut; what was written before it is known."""
    for family in FAMILIES:
        for share in (0.5, 0.75):
            answer = family.fit(Answer("see", "Both.", (FOX, ORDER)))
            before = replace(answer, calls=answer.calls[:-1])
            form, text, start = written(family, answer)
            known = _common(text, written(family, before)[1])
            text = text[: known + int((len(text) - known) * share)]
            name = f"{family.template}-{share}"
            yield Output(name, form, text, parts_of(before), start)


def _common(first: str, second: str) -> int:
    pairs = enumerate(zip(first, second, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(first), len(second)))


H_CHANNEL, H_MESSAGE, H_END = "<|channel|>", "<|message|>", "<|end|>"
H_START = "<|start|>assistant"


def by_hand() -> Iterator[Output]:
    thought = AnswerPart(PartKind.REASONING, "hm", is_complete=True)
    text = AnswerPart(PartKind.TEXT, "Hello.")
    fox, ping = call_part(FOX), call_part(PING)

    def output(
        name: str,
        form: str | AnswerFormat,
        written: str,
        *parts: AnswerPart,
        start: Start = Start.ANSWER,
    ) -> Output:
        if isinstance(form, str):
            form = detect_format("".join(evidence(form)) + "<think></think>")
        return Output(f"hand-{name}", form, written, parts, start)

    analysis = f"{H_CHANNEL}analysis{H_MESSAGE}hm{H_END}"
    final = f"{H_CHANNEL}final{H_MESSAGE}Hello."
    call = f"{H_CHANNEL}commentary to=functions.look_up <|constrain|>json{H_MESSAGE}"
    yield output("gpt-1", "gpt-oss", analysis + H_START + final, thought, text)
    yield output("gpt-2", "gpt-oss", final, text)
    yield output("gpt-3", "gpt-oss", analysis + H_START + call + FOX.arguments, thought, fox)
    yield output(
        "gpt-4",
        "gpt-oss",
        f"{H_CHANNEL}commentary{H_MESSAGE}Hello.{H_END}{H_START} to=functions.look_up"
        f"{H_CHANNEL}commentary json{H_MESSAGE}{FOX.arguments}<|call|>",
        text,
        fox,
    )
    yield output(
        "gpt-5", "gpt-oss", f" to=functions.ping{H_CHANNEL}commentary json{H_MESSAGE}{{}}", ping
    )
    yield output("gpt-6", "gpt-oss", "Hello.", text)
    for number, words in enumerate(("to be", "to=you", "assistant to=x.", "Send to=me")):
        yield output(f"gpt-text-{number}", "gpt-oss", words, AnswerPart(PartKind.TEXT, words))
    yield output(
        "gpt-8",
        "gpt-oss",
        f"hm{H_END}{H_START}{final}",
        thought,
        text,
        start=Start.MIDDLE_OF_THOUGHT,
    )
    yield output("gpt-9", "gpt-oss", "Hello.", text, start=Start.MIDDLE_OF_TEXT)
    yield output(
        "gpt-10",
        "gpt-oss",
        f"{H_CHANNEL}final <|constrain|>json{H_MESSAGE}Hello.<|return|>",
        text,
    )
    lfm = '<|tool_call_start|>[look_up(word="fox"), ping()]<|tool_call_end|>'
    yield output("lfm2-1", "lfm2", f"<think>hm</think>Hello.{lfm}", thought, text, fox, ping)
    yield output("lfm2-2", "lfm2", f"{lfm}Hello.", fox, ping, text)
    order = (
        "<|tool_call_start|>[order(note='5', count=3, ratio=-0.5, exact=True, "
        "list=[1, 'two', {'three': None}, []], object={'a': {'b': \"c\"}}, size=\"2\")]"
    )
    yield output("lfm2-3", "lfm2", order + "<|tool_call_end|>", call_part(ORDER))
    odd = "<|tool_call_start|>[a.look_up(word='it\\'s \\x41\\u00e9\\n\\q')]<|tool_call_end|>"
    word = json.dumps({"word": "it's Aé\nq"}, ensure_ascii=False)
    yield output("lfm2-4", "lfm2", odd, call_part(ToolCall("a.look_up", word)))
    action = (
        '<|START_ACTION|>[\n    {"tool_call_id": "0", "tool_name": "look_up", '
        '"parameters": {"word": "fox"}},\n    {"tool_call_id": "1", "tool_name": "ping", '
        '"parameters": {}}\n]<|END_ACTION|>'
    )
    cohere = detect_format("<|START_ACTION|><|START_THINKING|>")
    plan = "<|START_THINKING|>hm<|END_THINKING|>"
    numbered = (replace(fox, call_id="0"), replace(ping, call_id="1"))
    yield output("cohere-1", cohere, plan + action, thought, *numbered)
    hello = "<|START_RESPONSE|>Hello.<|END_RESPONSE|>"
    yield output("cohere-2", cohere, hello, text)
    yield output("cohere-3", cohere, plan + hello, thought, text)
    yield output("cohere-4", cohere, plan + "<|START_TEXT|>Hello.<|END_TEXT|>", thought, text)
    granite = '<|tool_call|>[{"name": "look_up", "arguments": {"word": "fox"}}]'
    yield output("granite3", "phi", granite, fox)
    hermes = '<tool_call>\n{"name": "look_up", "arguments": {"word": "fox"}}\n</tool_call>'
    yield output("smollm3", "hermes", f"<think>\nhm\n</think>\n\n{hermes}", thought, fox)
    swapped = '<tool_call>{"arguments": {"word": "fox"}, "id": 7, "name": "look_up"}</tool_call>'
    yield output("swapped", "hermes", swapped, replace(fox, call_id="7"))
    nested = '<tool_call>{"function": {"name": "look_up", "arguments": "{\\"word\\": \\"fox\\"}"}}'
    yield output("nested", "hermes", nested + "</tool_call>Hello.", fox, text)
    forgot = '<tool_call>{"name": "look_up", "arguments": {"word": "fox"}</tool_call>Hello.'
    yield output("forgotten bracket", "hermes", forgot, fox, text)
    lines = '<tool_call>{"name": "look_up", "arguments": {"word": "a\nb"}}</tool_call>'
    yield output("raw line", "hermes", lines, call_part(ToolCall("look_up", '{"word": "a\\nb"}')))
    tag = AnswerPart(PartKind.TEXT, "The <tool_call> tag.")
    yield output("a tag in text", "hermes", "The <tool_call> tag.", tag)
    tag = AnswerPart(PartKind.TEXT, "Hello <think>hm</think>.")
    yield output("a thought in text", "hermes", "Hello <think>hm</think>.", tag)
    yield output("opened", "hermes", "\nhm\n</think>\n\nHello.", thought, text, start=Start.THOUGHT)
    rest = AnswerPart(PartKind.REASONING, " hm", is_complete=True)
    yield output(
        "goes on", "hermes", " hm</think>Hello.", rest, text, start=Start.MIDDLE_OF_THOUGHT
    )
    rest = AnswerPart(PartKind.TEXT, " <think>hm")
    yield output("text goes on", "hermes", " <think>hm", rest, start=Start.MIDDLE_OF_TEXT)
    code = '<|python_tag|>look_up.call(word="fox")'
    yield output("llama-1", "llama", code, fox)
    code = '<|python_tag|>{"name": "look_up", "parameters": {"word": "fox"}}'
    yield output("llama-2", "llama", code, fox)
    python = call_part(ToolCall("python", '{"code": "print(1)"}'))
    yield output("llama-3", "llama", "<|python_tag|>print(1)", python)
    two = '{"name": "look_up", "parameters": {"word": "fox"}}; {"name": "ping", "parameters": {}}'
    yield output("llama-4", "llama", two, fox, ping)
    typed = '{"type": "function", "function": "look_up", "parameters": {"word": "fox"}}'
    yield output("llama-5", "llama", typed, fox)
    for number, like in enumerate(
        ('{"name": "nobody", "parameters": {}}', '{"a": [1]}', "{", '{"name": 5}', "{}", "[1]")
    ):
        yield output(f"json-{number}", "llama", like, AnswerPart(PartKind.TEXT, like))
        yield output(
            f"list-{number}", "json-list", f"[{like}]", AnswerPart(PartKind.TEXT, f"[{like}]")
        )
    tags = '<function=look_up>{"word": "fox"}</function>'
    yield output(
        "tags", "function-tags", f"Hello.{tags}<function=ping>{{}}</function>", text, fox, ping
    )
    internlm = (
        'Hello.<|action_start|><|plugin|>\n{"name": "look_up", "parameters": {"word": "fox"}}'
    )
    yield output("internlm", "internlm", internlm + "<|action_end|>", text, fox)
    command = '```json\n[{"tool_name": "look_up", "parameters": {"word": "fox"}}]```'
    yield output("command-r", "command-r", f"Action: {command}", fox)
    m1 = '<tool_calls>\n{"name": "look_up", "arguments": {"word": "fox"}}\n{"name": "ping", '
    yield output("minimax-m1", "tool-list", m1 + '"arguments": {}}\n</tool_calls>', fox, ping)
    giga = '<|function_call|>{"name": "look_up", "arguments": {"word": "fox"}}'
    yield output("gigachat", "gigachat", giga, fox)
    minicpm = 'Hello.<function name="look_up"><param name="word">fox</param></function>'
    yield output("minicpm", "minicpm", minicpm, text, fox)
    stray = "<|channel>thought\nhm\n<channel|>Hello.<channel|>"
    yield output("gemma4", detect_format("<|tool_call><tool_call|>"), stray, thought, text)
    yield output("text", TEXT, f"<think>{TRICKY}", AnswerPart(PartKind.TEXT, f"<think>{TRICKY}"))


def evidence(name: str) -> tuple[str, ...]:
    return family_names()[name]


def by_format(outputs: Iterable[Output]) -> pytest.MarkDecorator:
    """A test for each format, which gets its `outputs`."""
    found: dict[str, list[Output]] = {}
    for output in outputs:
        found.setdefault(output.form.name, []).append(output)
    return pytest.mark.parametrize("outputs", found.values(), ids=found)


OUTPUTS = (*from_templates(), *by_hand())
UNFINISHED = tuple(unfinished())

# Control tokens of the families that have some.
MARKERS = {
    "gpt-oss": ("<|start|>", "<|channel|>", "<|message|>", "<|constrain|>", "<|end|>"),
    "gemma4": ("<|channel>", "<channel|>", "<|tool_call>", "<tool_call|>", '<|"|>'),
    "cohere": ("<|START_THINKING|>", "<|END_THINKING|>", "<|START_ACTION|>", "<|END_ACTION|>"),
    "mistral": ("[TOOL_CALLS]", "[ARGS]", "[CALL_ID]", "[THINK]", "[/THINK]"),
    "kimi": (
        *("<|tool_calls_section_begin|>", "<|tool_calls_section_end|>", "<|tool_call_begin|>"),
        *("<|tool_call_argument_begin|>", "<|tool_call_end|>"),
    ),
    "deepseek": ("<｜tool▁calls▁begin｜>", "<｜tool▁call▁begin｜>", "<｜tool▁sep｜>"),
    "deepseek-tags": ("｜DSML｜",),
    "lfm2": ("<|tool_call_start|>", "<|tool_call_end|>"),
    "phi": ("<|tool_call|>", "<|/tool_call|>"),
    "apertus": ("<|inner_prefix|>", "<|inner_suffix|>", "<|tools_prefix|>", "<|tools_suffix|>"),
}
