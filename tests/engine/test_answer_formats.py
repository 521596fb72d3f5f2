"""Answers of every family give their known parts back, wherever they are cut."""

from __future__ import annotations

import codecs
import json
import time
from collections.abc import Iterable
from dataclasses import replace

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.engine.messages import Tool
from chatapp.engine.parts import AnswerPart, PartDelta, PartKind, join_parts
from chatapp.engine.worker.answer_format import (
    AnswerFormat,
    AnswerParser,
    Start,
    control_markers,
)
from chatapp.engine.worker.formats.families import (
    TEXT,
    detect_format,
    family_names,
    named_format,
)
from chatapp.engine.worker.formats.output import OfferedTools
from chatapp.engine.worker.formats.source import Piece
from tests.engine.answer_outputs import (
    FOLDER,
    MARKERS,
    OUTPUTS,
    TOOLS,
    UNFINISHED,
    Output,
    by_format,
)


def pieces_of(form: AnswerFormat, text: str) -> list[Piece]:
    """The text with its control tokens, where the format has any."""
    found: list[Piece] = []
    at = 0
    while at < len(text):
        name = next((name for name in form.control if text.startswith(name, at)), None)
        found.append(Piece(name or text[at], is_control=name is not None))
        at += len(name or text[at])
    return found


def parse(output: Output, chunks: Iterable[Iterable[Piece]]) -> tuple[AnswerPart, ...]:
    parser = AnswerParser(output.form, start=output.start, tools=TOOLS)
    deltas: list[PartDelta] = []
    for chunk in chunks:
        new = parser.feed(chunk)
        assert [delta.index for delta in new] == sorted({delta.index for delta in new})
        deltas += new
    return join_parts(deltas + parser.finish())


def meant(parts: Iterable[AnswerPart]) -> list[object]:
    """Parts to compare: arguments by what they say."""
    return [
        replace(part, text=json.dumps(json.loads(part.text), sort_keys=True))
        if part.kind is PartKind.TOOL_CALL and part.is_complete
        else part
        for part in parts
    ]


def without_own_ids(parts: Iterable[AnswerPart]) -> list[AnswerPart]:
    """Without the ids that templates gave to calls that had none."""
    ours = ("call000", "functions.")
    return [replace(part, call_id="") if part.call_id.startswith(ours) else part for part in parts]


def test_there_are_many() -> None:
    assert len(OUTPUTS) + len(UNFINISHED) >= 300
    assert len({output.form.name for output in OUTPUTS}) >= 25


@by_format(OUTPUTS)
def test_known_parts_come_back_wherever_it_is_cut(outputs: list[Output]) -> None:
    for output in outputs:
        whole = parse(output, [[Piece(output.text)]])
        assert meant(without_own_ids(whole)) == meant(output.parts), output.name
        data = output.text.encode()
        for at in range(len(data) + 1):
            decoder = codecs.getincrementaldecoder("utf-8")()
            cut = [[Piece(decoder.decode(data[:at]))], [Piece(decoder.decode(data[at:]))]]
            assert parse(output, cut) == whole, output.name
        assert parse(output, [[Piece(char)] for char in output.text]) == whole, output.name


@by_format(UNFINISHED)
def test_what_is_unfinished_is_not_lost(outputs: list[Output]) -> None:
    for output in outputs:
        whole = parse(output, [[Piece(output.text)]])
        *before, last = without_own_ids(whole)
        assert meant(before) == meant(output.parts), output.name
        assert last.kind is PartKind.TOOL_CALL, output.name
        assert not last.is_complete, output.name
        assert last.raw, output.name
        assert output.text.endswith(last.raw), output.name
        for at in range(len(output.text) + 1):
            cut = [[Piece(output.text[:at])], [Piece(output.text[at:])]]
            assert parse(output, cut) == whole, output.name


def test_half_a_marker_is_left_out_of_what_is_cut() -> None:
    without_calls = [
        output
        for output in OUTPUTS
        if PartKind.TOOL_CALL not in {part.kind for part in output.parts}
    ]
    assert len({output.form.name for output in without_calls}) >= 20
    for output in without_calls:
        whole = parse(output, [[Piece(output.text)]])
        for at in range(len(output.text)):
            parser = AnswerParser(output.form, start=output.start, tools=())
            found = join_parts(
                [*parser.feed([Piece(output.text[:at])]), *parser.finish(is_cut=True)]
            )
            *before, last = (part.text.strip() for part in found or whole[:1])
            texts = [part.text.strip() for part in whole]
            assert texts[: len(before)] == before
            assert texts[len(before)].startswith(last)


WITH_TOKENS = [output for output in OUTPUTS if output.form.name in MARKERS]


@by_format(WITH_TOKENS)
def test_markers_that_are_control_tokens(outputs: list[Output]) -> None:
    for spelled in outputs:
        names = MARKERS[spelled.form.name]
        control = control_markers(spelled.form, (*names, "<|im_end|>", "a"))
        form = replace(spelled.form, control=control)
        meant_names = {name for name in names if form.thoughts or "THINK" not in name}
        assert form.control == tuple(sorted(meant_names))
        output = replace(spelled, form=form)
        pieces = pieces_of(form, output.text)
        whole = parse(output, [[piece] for piece in pieces])
        assert meant(without_own_ids(whole)) == meant(output.parts), output.name
        assert parse(output, [pieces]) == whole, output.name
        # Spelt with ordinary tokens they are text, and so are the markers that are made of them.
        forged = parse(output, [[Piece(output.text)]])
        assert PartKind.TOOL_CALL not in {part.kind for part in forged}, output.name
        is_marked = any(name in thought.opening for thought in form.thoughts for name in names)
        if is_marked and output.start is Start.ANSWER:
            assert {part.kind for part in forged} == {PartKind.TEXT}, output.name


def test_forged_quotes_stay_inside() -> None:
    form = replace(named_format("gemma4"), control=MARKERS["gemma4"])
    text = ("call:look_up{word:", '<|"|>,b:<|"|>', "}")
    quote = Piece('<|"|>', is_control=True)
    opening, closing = (Piece(name, is_control=True) for name in ("<|tool_call>", "<tool_call|>"))
    pieces = [opening, Piece(text[0]), quote, Piece(text[1]), quote, Piece(text[2]), closing]
    (part,) = parse(Output("", form, "", ()), [pieces])
    assert json.loads(part.text) == {"word": '<|"|>,b:<|"|>'}


def test_control_tokens_without_a_meaning_are_left_out() -> None:
    pieces = [Piece("Hel"), Piece("<|im_end|>", is_control=True), Piece("lo \ud800")]
    (part,) = parse(Output("", TEXT, "", ()), [pieces])
    assert part == AnswerPart(PartKind.TEXT, "Hello \ufffd")


def test_a_call_ends_a_thought_where_it_can_not_be_text() -> None:
    text = "<think>hm<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>ping<｜tool▁sep｜>{}"
    form = detect_format("<think><｜tool▁call▁begin｜>", MARKERS["deepseek"])
    assert form.control == tuple(sorted(MARKERS["deepseek"]))
    whole = parse(Output("", form, "", ()), [pieces_of(form, text)])
    assert [part.kind for part in whole] == [PartKind.REASONING, PartKind.TOOL_CALL]
    assert all(part.is_complete for part in whole)


def test_without_tools_there_are_no_calls_in_text() -> None:
    for text in (
        '<tool_call>{"name": "look_up", "arguments": {}}</tool_call>',
        "<function=look_up></function>",
    ):
        for name in ("hermes", "qwen-coder", "llama", "json-list"):
            parser = AnswerParser(named_format(name), tools=())
            (part,) = join_parts(parser.feed([Piece(text)]) + parser.finish())
            assert part == AnswerPart(PartKind.TEXT, text)


def test_halves_of_characters_do_not_come_out() -> None:
    for name, text in (
        ("lfm2", r'<|tool_call_start|>[f(a="\ud83e\udd8a \ud83e")]<|tool_call_end|>'),
        ("qwen-coder", r'<function=f><parameter=a>["\ud83e\udd8a \ud83e"]</parameter></function>'),
        ("hermes", r'<tool_call>{"name": "\ud83e\udd8a \ud83e", "arguments": {}}</tool_call>'),
    ):
        parser = AnswerParser(named_format(name))
        (part,) = join_parts(parser.feed([Piece(text)]) + parser.finish())
        assert part.is_complete
        assert "🦊 \ufffd" in part.text + part.name


@pytest.mark.parametrize(
    ("schema", "text", "wanted"),
    [
        ('{"type": "string"}', "5", "5"),
        ('{"type": "string"}', "null", "null"),
        ('{"enum": ["1", "2"]}', "1", "1"),
        ('{"enum": [1, "2"]}', "1", 1),
        ('{"type": "integer"}', "5", 5),
        ('{"type": "boolean"}', "True", True),
        ('{"type": ["boolean", "null"]}', "None", None),
        ('{"type": ["string", "null"]}', "null", None),
        ('{"anyOf": [{"type": "string"}, {"type": "integer"}]}', "5", 5),
        ('{"anyOf": [{"type": "string"}, {"type": "integer"}]}', "five", "five"),
        ('{"type": "object"}', '{"a": 1}', {"a": 1}),
        ('{"type": "object"}', "{'a': 1}", "{'a': 1}"),
        ("[]", "True", "True"),
        ("{}", "5", 5),
        ("{}", "NaN", "NaN"),
        ("{}", "9" * 5000, "9" * 5000),
        ("{}", "[" * 5000, "[" * 5000),
    ],
)
def test_what_a_value_without_quotes_means(schema: str, text: str, wanted: object) -> None:
    tools = OfferedTools(
        (Tool("f", "", f'{{"properties": {{"a": {schema}}}}}'), Tool("g", "", "["))
    )
    assert tools.value("f", "a", text) == wanted
    assert tools.value("g", "a", "5") == tools.value("h", "a", "5") == 5
    assert tools.has("f")
    assert not tools.has("h")
    assert OfferedTools(None).has("h")


def test_arguments_grow() -> None:
    parser = AnswerParser(named_format("hermes"), tools=TOOLS)
    seen = []
    for chunk in ('<tool_call>{"name": "look', '_up", "arguments": {"wo', 'rd": "fo', 'x"}}'):
        seen += parser.feed([Piece(chunk)])
    seen += parser.feed([Piece("</tool_call>")])
    assert [(delta.name, delta.text, delta.is_complete) for delta in seen] == [
        ("look_up", '{"wo', False),
        ("", 'rd": "fo', False),
        ("", 'x"}', True),
    ]


def test_a_thought_is_over_at_once() -> None:
    parser = AnswerParser(detect_format("<think>"), tools=())
    assert parser.feed([Piece("<think>\nhm")]) == [PartDelta(0, PartKind.REASONING, "hm")]
    (delta,) = parser.feed([Piece("\n</think>")])
    assert delta == PartDelta(0, PartKind.REASONING, is_complete=True)
    assert parser.feed([Piece("\n\nHi")]) == [PartDelta(1, PartKind.TEXT, "Hi")]
    assert parser.feed([Piece(" \n")]) == []
    assert parser.finish() == [PartDelta(1, PartKind.TEXT, " \n")]


@pytest.mark.parametrize(
    ("prompt", "thought", "text", "wanted", "start"),
    [
        ("Q:", "", "", "", Start.ANSWER),
        ("Q:", "", "Hi", "(Hi)", Start.MIDDLE_OF_TEXT),
        ("Q:", "hm", "", "<think>\n(hm)", Start.MIDDLE_OF_THOUGHT),
        ("Q:", "hm", "Hi", "<think>\n(hm)\n</think>\n\n(Hi)", Start.MIDDLE_OF_TEXT),
        ("Q:<think>\n", "", "", "", Start.THOUGHT),
        ("Q:<think>\n", "hm", "", "(hm)", Start.MIDDLE_OF_THOUGHT),
        ("Q:<think>\n", "", "Hi", "</think>\n\n(Hi)", Start.MIDDLE_OF_TEXT),
        ("Q:<think>\n", "hm", "Hi", "(hm)\n</think>\n\n(Hi)", Start.MIDDLE_OF_TEXT),
    ],
)
def test_an_answer_that_is_begun(
    prompt: str, thought: str, text: str, wanted: str, start: Start
) -> None:
    form = detect_format("<think>")
    mask = "({})".format
    found = form.beginning(prompt, thought, text, lambda part: mask(part) if part else "")
    assert found == (wanted, start)


@pytest.mark.parametrize(
    ("prompt", "thought", "wanted", "start"),
    [
        ("Q:", "", "", Start.ANSWER),
        ("Q:<think>\n", "", "</think>\n\n", Start.MIDDLE_OF_TEXT),
        ("Q:<think>\n", "hm", "hm\n</think>\n\n", Start.MIDDLE_OF_TEXT),
        ("Q:", "hm", "<think>\nhm\n</think>\n\n", Start.MIDDLE_OF_TEXT),
    ],
)
def test_an_answer_that_may_not_think(prompt: str, thought: str, wanted: str, start: Start) -> None:
    form = detect_format("<think>")
    assert form.beginning(prompt, thought, "", str, may_think=False) == (wanted, start)


def test_a_text_that_is_begun_gets_its_heading() -> None:
    form = named_format("gpt-oss")
    assert form.beginning("…<|start|>assistant", "", "Hi", str) == (
        "<|channel|>final<|message|>Hi",
        Start.MIDDLE_OF_TEXT,
    )
    assert form.beginning("", "hm", "Hi", str)[0] == (
        "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>Hi"
    )
    source = (FOLDER / "command-r7b.jinja").read_text(encoding="utf-8")
    assert detect_format(source).beginning("", "hm", "Hi", str)[0] == (
        "<|START_THINKING|>hm<|END_THINKING|><|START_RESPONSE|>Hi"
    )
    assert TEXT.beginning("", "hm", "Hi", str) == ("Hi", Start.MIDDLE_OF_TEXT)


@pytest.mark.parametrize(
    ("template", "wanted"),
    {
        "apertus": "apertus",
        "command-r7b": "cohere",
        "deepseek-r1": "deepseek",
        "deepseek-v3.1": "deepseek",
        "deepseek-v3.2": "deepseek-tags",
        "firefunction": "functools",
        "functionary": "functionary",
        "gemma2": "text",
        "gemma4": "gemma4",
        "glm": "glm",
        "gpt-oss": "gpt-oss",
        "granite3": "phi",
        "granite4": "hermes",
        "kimi-k2": "kimi",
        "lfm2": "lfm2",
        "llama3": "llama",
        "minimax-m2": "minimax",
        "ministral3": "mistral",
        "mistral-nemo": "mistral",
        "mistral-small": "mistral",
        "nemotron-nano": "nemotron",
        "phi3.5": "text",
        "phi4-mini": "phi",
        "qwen2": "hermes",
        "qwen3": "hermes",
        "qwen3-coder": "qwen-coder",
        "qwen3.5": "qwen-coder",
        "seed-oss": "seed",
        "smollm3": "hermes",
        "xlam": "json-list",
    }.items(),
)
def test_the_template_tells_the_format(template: str, wanted: str) -> None:
    source = (FOLDER / f"{template}.jinja").read_text(encoding="utf-8")
    assert detect_format(source).name == wanted


def test_the_tokens_tell_what_the_template_does_not() -> None:
    assert detect_format("", ("<|tool_call_start|>",)).name == "lfm2"
    assert detect_format("", ("<|im_start|>",)) == TEXT
    form = detect_format("", ("<think>", "</think>"))
    assert [thought.opening for thought in form.thoughts] == ["<think>"]
    assert form.control == ("</think>", "<think>")
    assert [thought.opening for thought in detect_format("[THINK]", ("<think>",)).thoughts] == [
        "[THINK]"
    ]


FORMS = [
    detect_format("".join(texts) + "<think>", names)
    for texts in family_names().values()
    for names in ((), sum(MARKERS.values(), ()))
]
SCRAPS = st.sampled_from(
    [
        *{name for names in MARKERS.values() for name in names},
        *("<think>", "</think>", "<tool_call>", "</tool_call>", "<function=", ">", "</function>"),
        *("<parameter=", "</parameter>", "<arg_key>", "</arg_key>", "<arg_value>", "functools["),
        *("look_up", '{"name": "look_up"', '"arguments": {', "{", "}", "[", "]", '"', "\\", ","),
        *(
            "call:",
            "(",
            ")",
            "=",
            "'",
            "\n",
            " ",
            ">>>",
            "all\n",
            "final",
            "analysis",
            "to=",
            "```",
        ),
        *("<|python_tag|>", "commentary", "1", "e", "-", "\ud800", "🦊", "\x00", "null"),
    ]
)
PIECES = st.lists(st.builds(Piece, SCRAPS, is_control=st.booleans()), max_size=25)


@hypothesis.settings(max_examples=400)
@given(
    form=st.sampled_from(FORMS),
    pieces=PIECES,
    start=st.sampled_from(Start),
    tools=st.sampled_from([None, (), TOOLS]),
    size=st.integers(1, 5),
)
def test_anything_can_be_read_and_cut(
    form: AnswerFormat, pieces: list[Piece], start: Start, tools: tuple[Tool, ...] | None, size: int
) -> None:
    def read(chunks: list[list[Piece]]) -> tuple[AnswerPart, ...]:
        parser = AnswerParser(form, start=start, tools=tools)
        return join_parts(
            [delta for chunk in chunks for delta in parser.feed(chunk)] + parser.finish()
        )

    whole = read([pieces])
    single = [
        Piece(char) if not piece.is_control else piece
        for piece in pieces
        for char in (piece.text if not piece.is_control else "x")
    ]
    assert read([[piece] for piece in single]) == whole
    assert read([single[at : at + size] for at in range(0, len(single), size)]) == whole
    for part in whole:
        assert part.kind is PartKind.TOOL_CALL or part.text
        if part.kind is PartKind.TOOL_CALL:
            assert part.is_complete == (not part.raw)
        if part.is_complete and part.kind is PartKind.TOOL_CALL:
            assert part.name
            assert isinstance(json.loads(part.text), dict)
        f"{part.text}{part.name}{part.call_id}".encode()


def test_an_unfinished_thought_is_not_complete() -> None:
    for form, start, text in (
        (named_format("gpt-oss"), Start.MIDDLE_OF_THOUGHT, "hm \n"),
        (detect_format("<think>"), Start.MIDDLE_OF_THOUGHT, "hm \n"),
        (detect_format("<think>"), Start.THOUGHT, "\n \nhm \n"),
    ):
        parser = AnswerParser(form, start=start)
        (part,) = join_parts(parser.feed([Piece(text)]) + parser.finish())
        assert part == AnswerPart(PartKind.REASONING, "hm \n")


@given(st.lists(st.text(max_size=20), max_size=8))
def test_without_a_format_all_is_text(texts: list[str]) -> None:
    parser = AnswerParser(TEXT)
    found = [delta for text in texts for delta in parser.feed([Piece(text)])] + parser.finish()
    assert "".join(delta.text for delta in found) == "".join(texts)
    assert {delta.kind for delta in found} <= {PartKind.TEXT}


LONG = ("a", " ", "\n", "<", "{", '"', "[", "\\", "<tool_call>", '{"a":', ">>>", "<|", "`", "x=")


def _seconds(form: AnswerFormat, text: str, size: int) -> float:
    begun = time.process_time()
    parser = AnswerParser(form, tools=TOOLS)
    for at in range(0, len(text), size):
        parser.feed([Piece(text[at : at + size])])
    parser.finish()
    return time.process_time() - begun


@pytest.mark.parametrize("unit", LONG)
def test_a_long_answer(unit: str) -> None:
    # With anything quadratic one of these takes hours: the test's own time limit is enough.
    for form in (named_format("hermes"), named_format("llama"), named_format("glm"), TEXT):
        for opening in ("", '<tool_call>{"name": "look_up", "arguments": {"word": "'):
            _seconds(form, opening + unit * (300_000 // len(unit)), 1000)


@pytest.mark.parametrize("name", sorted(family_names()))
def test_a_long_answer_in_every_format(name: str) -> None:
    form = replace(named_format(name), control=())
    openings = [marker for reader in form.calls for marker in reader.markers] or [""]
    for unit in ('{"name":', "x<", "\n "):
        _seconds(form, openings[0] + unit * 10_000, 3)
