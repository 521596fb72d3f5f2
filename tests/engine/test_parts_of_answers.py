"""Thoughts, text and calls of tools arrive apart, from the tokens to the listener."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from chatapp.domain.conversation import Role
from chatapp.domain.generation import FinishReason, GenerationParameters
from chatapp.domain.model import LoadedModel, ModelFile, TemplateOrigin
from chatapp.engine.engine import Engine
from chatapp.engine.messages import (
    Delta,
    Generate,
    GenerationEvent,
    LoadOptions,
    TemplateArgument,
    TemplateOptions,
    Tool,
    Turn,
)
from chatapp.engine.parts import AnswerPart, PartDelta, PartKind, ToolCall, join_parts
from chatapp.engine.request import Generation
from chatapp.engine.state import EngineStatus
from chatapp.engine.worker.answer_format import (
    AnswerFormat,
    AnswerParser,
    control_markers,
)
from chatapp.engine.worker.answer_parts import AnswerParts
from chatapp.engine.worker.formats.families import detect_format
from chatapp.engine.worker.formats.source import Piece
from chatapp.engine.worker.template import MAX_SOURCE
from chatapp.engine.worker.text import AnswerText
from chatapp.errors import TemplateUnusable
from tests.engine.answer_outputs import MARKERS, OUTPUTS, TOOLS, UNFINISHED, Output, by_format
from tests.engine.conftest import Asker, Recorder, user
from tests.engine.gguf_files import FIRST_CONTROL, write_tiny_model

# Without blanks, which the tiny model reads in another spelling than it writes.
CALL = '<tool_call>{"name":"f","arguments":{}}</tool_call>'
TEMPLATE = (
    "{% for m in messages %}[{{ m.role[0] }}]{{ m.content or '' }}"
    "{% if m.tool_calls %}" + CALL + "{% endif %}{% endfor %}[a]{# <think></think> #}"
)
FORM = detect_format(TEMPLATE)
F = Tool("f")
MODEL = ModelFile("m.gguf", "m")


def thought(said: str) -> AnswerPart:
    return AnswerPart(PartKind.REASONING, said, is_complete=True)


def text(said: str) -> AnswerPart:
    return AnswerPart(PartKind.TEXT, said)


def call() -> AnswerPart:
    return AnswerPart(PartKind.TOOL_CALL, "{}", name="f", is_complete=True)


class Counting(AnswerParser):
    """Counts what takes the long way."""

    fed = 0

    def feed(self, pieces: Iterable[Piece]) -> list[PartDelta]:
        self.fed += 1
        return super().feed(pieces)


class Listener:
    """What a caller of the engine gets of an answer that is written in these tokens.

    Bytes are ordinary tokens, strings are control tokens.
    """

    def __init__(
        self,
        tokens: Iterable[bytes | str],
        output: Output,
        tools: tuple[Tool, ...] | None = TOOLS,
        stop: tuple[str, ...] = (),
    ) -> None:
        self.parser = Counting(output.form, start=output.start, tools=tools)
        self.deltas: list[Delta] = []
        command = Generate(1, (), GenerationParameters())
        self._generation = Generation(MODEL, command, self._hear, lambda _: None)
        stops = AnswerText(stop)
        answer = AnswerParts(stops, self.parser)
        for token in tokens:
            is_text = isinstance(token, bytes)
            self._tell(*(answer.add(token) if is_text else answer.add_control(token)))
            if stops.stopped:
                break
        self._tell(*answer.finish())
        self.stopped = stops.stopped

    def _tell(self, new: str, parts: tuple[PartDelta, ...]) -> None:
        if new or parts:
            self._generation.deliver(Delta(1, new, 1, (), parts))

    def _hear(self, event: GenerationEvent) -> None:
        assert isinstance(event, Delta)
        self.deltas.append(event)

    @property
    def parts(self) -> tuple[AnswerPart, ...]:
        said = "".join(delta.text for delta in self.deltas)
        parts = join_parts(part for delta in self.deltas for part in delta.parts)
        assert said == "".join(part.text for part in parts if part.kind is PartKind.TEXT)
        return parts


def cut(data: bytes, longest: int) -> list[bytes]:
    """Tokens of any lengths, the same ones every time."""
    chance = random.Random(longest)
    tokens = []
    while data:
        length = chance.randint(1, longest)
        tokens.append(data[:length])
        data = data[length:]
    return tokens


def written(answer: str, *, stop: tuple[str, ...] = (), longest: int = 4) -> Listener:
    output = Output("", FORM, answer, ())
    return Listener(cut(answer.encode(), longest), output, (F,), stop)


@by_format([*OUTPUTS, *UNFINISHED])
def test_tokens_of_any_length_make_the_same_parts(outputs: list[Output]) -> None:
    for output in outputs:
        parser = AnswerParser(output.form, start=output.start, tools=TOOLS)
        whole = join_parts([*parser.feed([Piece(output.text)]), *parser.finish()])
        for longest in (1, 4, 12):
            tokens = cut(output.text.encode(), longest)
            assert Listener(tokens, output).parts == whole, output.name


def with_control(output: Output) -> tuple[AnswerFormat, list[bytes | str]]:
    form = replace(output.form, control=control_markers(output.form, MARKERS[output.form.name]))
    tokens: list[bytes | str] = []
    plain, at = "", 0
    while at < len(output.text):
        name = next((name for name in form.control if output.text.startswith(name, at)), "")
        plain += "" if name else output.text[at]
        at += len(name) or 1
        if name or at == len(output.text):
            tokens += [*cut(plain.encode(), 4), *([name] if name else [])]
            plain = ""
    return form, tokens


@by_format(output for output in OUTPUTS if output.form.name in MARKERS)
def test_control_tokens_among_them(outputs: list[Output]) -> None:
    for output in outputs:
        form, tokens = with_control(output)
        expected = Listener(cut(output.text.encode(), 4), output).parts
        assert Listener(tokens, replace(output, form=form)).parts == expected, output.name


def test_most_tokens_take_the_short_way() -> None:
    words = [b" word"] * 500
    tokens = [b"<think>", b"Hm", *words, b"</think>", b"So", *words, b"\n", *words, CALL.encode()]
    listener = Listener(tokens, Output("", FORM, "", ()), (F,))
    assert [part.kind for part in listener.parts] == ["reasoning", "text", "tool_call"]
    assert len(listener.parts[1].text) == len("So\n") + 5 * 1000
    assert listener.parser.fed < 12


def test_a_stop_string_ends_text_alone() -> None:
    listener = written("<think>One STOP two</think>Three STOP four" + CALL, stop=("STOP",))
    assert listener.parts == (thought("One STOP two"), text("Three "))
    assert listener.stopped
    listener = written("<think>One ST</think>OP three" + CALL, stop=("STOP",))
    assert listener.parts == (thought("One ST"), text("OP three"), call())
    assert not listener.stopped


@pytest.mark.parametrize("longest", [1, 3, 7])
def test_the_beginning_of_a_stop_string_before_a_call(longest: int) -> None:
    for said in ("One ST", "ST", "S T"):
        listener = written(said + CALL, stop=("STOP",), longest=longest)
        assert listener.parts == (text(said), call())
        assert [part.index for delta in listener.deltas for part in delta.parts] == sorted(
            part.index for delta in listener.deltas for part in delta.parts
        )


def test_the_beginning_of_a_stop_string_at_the_end() -> None:
    assert written("One ST", stop=("STOP",)).parts == (text("One ST"),)


def test_half_a_character_at_the_end() -> None:
    output = Output("", FORM, "", ())
    assert Listener(["é".encode()[:1]], output).parts == ()
    assert Listener(["aé".encode()[:2]], output).parts == (text("a"),)


# With a model, which a grammar makes write what it should


class Writer(Asker):
    """A tiny model that writes what it is told to."""

    def write(
        self,
        grammar: str,
        *,
        turns: tuple[Turn, ...] = user("hi"),
        stop: tuple[str, ...] = (),
        tools: tuple[Tool, ...] = (),
        thought: str = "",
        prefill: str = "",
        conversation: str = "",
        length: int | None = None,
    ) -> tuple[tuple[AnswerPart, ...], Recorder]:
        recorder = Recorder()
        self.engine.generate(
            self.model,
            turns,
            GenerationParameters(
                temperature=0.0,
                max_tokens=length,
                stop=stop,
                grammar=f"root ::= {grammar}",
                logit_bias=SPELLED_OUT,
            ),
            options=TemplateOptions(tools),
            thought=thought,
            prefill=prefill,
            conversation=conversation,
            on_event=recorder,
        )
        assert recorder.finished().reason is (FinishReason.LENGTH if length else FinishReason.END)
        deltas = [event for event in recorder.events if isinstance(event, Delta)]
        parts = join_parts(part for delta in deltas for part in delta.parts)
        said = "".join(part.text for part in parts if part.kind is PartKind.TEXT)
        assert said == recorder.text
        return parts, recorder

    @property
    def loaded(self) -> LoadedModel:
        loaded = self.wait_for_status(EngineStatus.READY).loaded
        assert loaded is not None
        return loaded


NAMES = ("<think>", "</think>", "<tool_call>", "</tool_call>")
THINK, DONE, BEGIN, END = (f"<[{FIRST_CONTROL + index}]>" for index in range(4))
ARGUMENTS = r'"{\"name\":\"f\",\"arguments\":{}}"'
# To a grammar a control token is its name: where both will do, the name is written as text.
SPELLED_OUT = tuple((FIRST_CONTROL + index, -1000.0) for index in range(len(NAMES)))
OPTIONS = LoadOptions(context_length=512, threads=1)


def make_writer(folder: Path, control: tuple[str, ...]) -> Iterator[Writer]:
    path = write_tiny_model(folder / "tiny.gguf", template=TEMPLATE, control=control)
    engine = Engine(logs=folder, default_options=OPTIONS)
    model = ModelFile(str(path), "tiny")
    writer = Writer(engine, model)
    engine.load(model)
    writer.wait_for_status(EngineStatus.READY)
    yield writer
    engine.close()


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Writer]:
    """Whose markers are control tokens."""
    yield from make_writer(tmp_path_factory.mktemp("marked"), NAMES)


@pytest.fixture(scope="module")
def spelled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Writer]:
    """Whose markers are text."""
    yield from make_writer(tmp_path_factory.mktemp("spelled"), ())


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Writer]:
    """An engine of this test alone."""
    yield from make_writer(tmp_path, NAMES)


@pytest.mark.model
def test_what_a_model_tells_about_its_answers(marked: Writer) -> None:
    loaded = marked.loaded
    assert loaded.answer_format == "hermes"
    assert "messages" in loaded.template_variables
    assert loaded.template_origin is TemplateOrigin.MODEL


@pytest.mark.model
def test_control_tokens_become_parts(marked: Writer) -> None:
    answer = f'{THINK} "Plan é." {DONE} "Hello <think>." {BEGIN} {ARGUMENTS} {END}'
    parts, recorder = marked.write(answer)
    assert parts == (thought("Plan é."), text("Hello <think>."), call())
    assert recorder.text == "Hello <think>."


@pytest.mark.model
def test_spelled_markers_become_parts(spelled: Writer) -> None:
    answer = f'"<think>Plan.</think>Hello.<tool_call>" {ARGUMENTS} "</tool_call>"'
    assert spelled.write(answer, tools=(F,))[0] == (thought("Plan."), text("Hello."), call())
    untold = text("Hello." + CALL)
    assert spelled.write(answer)[0] == (thought("Plan."), untold)


@pytest.mark.model
@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("<thi", ()),
        ("<think>Plan.</thi", (AnswerPart(PartKind.REASONING, "Plan."),)),
        ("<think>Plan.</think>Hello.<tool_c", (thought("Plan."), text("Hello."))),
        ("Hello. <", (text("Hello. "),)),
    ],
)
def test_half_a_marker_at_the_end(
    spelled: Writer, written: str, parts: tuple[AnswerPart, ...]
) -> None:
    found, _ = spelled.write(f'"{written}" [a-z ]+', tools=(F,), length=len(written))
    assert found == parts


@pytest.mark.model
def test_a_name_that_is_written_forges_no_control_token(marked: Writer) -> None:
    parts, _ = marked.write('"<think>Plan.</think>Hello."')
    assert parts == (text("<think>Plan.</think>Hello."),)


@pytest.mark.model
def test_a_stop_string_in_a_thought_does_not_stop(marked: Writer) -> None:
    parts, _ = marked.write(f'{THINK} "One, two." {DONE} "Three, four."', stop=(",",))
    assert parts == (thought("One, two."), text("Three"))


@pytest.mark.model
def test_a_thought_goes_on(marked: Writer) -> None:
    parts, recorder = marked.write(f'" and more." {DONE} "Hello."', thought="Plan")
    assert parts == (thought(" and more."), text("Hello."))
    counted = marked.engine.count_tokens(marked.model, user("hi")).result(60)
    assert recorder.finished().usage.prompt_tokens == counted + len("\nPlan") + 1
    parts, _ = marked.write('" there."', thought="Plan", prefill="Hello")
    assert parts == (text(" there."),)


@pytest.mark.model
def test_a_marker_that_was_written_is_not_read_again(marked: Writer) -> None:
    grammar = f"{BEGIN} {ARGUMENTS} {END}"
    parts, first = marked.write(grammar, tools=(F,), conversation="1")
    assert parts == (call(),)
    turns = (*user("hi"), Turn(Role.ASSISTANT, "", calls=(ToolCall("f"),)), *user("Thanks."))
    _, second = marked.write('"Done."', turns=turns, tools=(F,), conversation="1")
    before, after = first.finished().usage, second.finished().usage
    assert after.cached_tokens >= before.prompt_tokens + before.completion_tokens
    assert after.cached_tokens < after.prompt_tokens


@pytest.mark.model
def test_a_template_of_ones_own(own: Writer) -> None:
    template = "{% for m in messages %}{{ m.content }}{% endfor %}{{ effort }}:"
    own.engine.load(own.model, replace(OPTIONS, template=template))
    own.wait_for(lambda state: state.loaded is not None and state.options != OPTIONS)
    assert own.loaded.template_origin is TemplateOrigin.PERSON
    assert not own.loaded.uses_common_format
    assert own.loaded.answer_format == "thought"  # its tokens tell
    assert "effort" in own.loaded.template_variables
    assert own.write(f'{THINK} "Plan." {DONE} "Hi."')[0] == (thought("Plan."), text("Hi."))
    arguments = TemplateOptions(arguments=(TemplateArgument("effort", "high"),))
    short, long = (
        own.engine.count_tokens(own.model, user("hi"), options).result(60)
        for options in (TemplateOptions(), arguments)
    )
    assert long == short + len("high")
    own.engine.load(own.model, replace(OPTIONS, template=TEMPLATE + "<think>"))
    own.wait_for(lambda state: state.loaded is not None and state.loaded.answer_format == "hermes")
    recorder = own.ask("hi", GenerationParameters(json_schema='{"const": 5}'))[1]
    open_thought = own.engine.count_tokens(own.model, user("hi")).result(60)
    assert recorder.finished().usage.prompt_tokens == open_thought + 1 + len("\n\n")
    assert recorder.text == "5"
    for bad, problem in (("{% for", "TemplateSyntaxError"), (" " * (MAX_SOURCE + 1), "too long")):
        own.engine.load(own.model, replace(OPTIONS, template=bad))
        error = own.wait_for_status(EngineStatus.FAILED).error
        assert isinstance(error, TemplateUnusable)
        assert problem in error.detail
        own.engine.load(own.model, OPTIONS)
        assert own.write('"Hello."')[0] == (text("Hello."),)
        assert own.loaded.template_origin is TemplateOrigin.MODEL
