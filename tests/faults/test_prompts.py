"""Messages and forms of an answer that were made to take for ever: they are refused at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from chatapp.domain.conversation import Role
from chatapp.domain.model import ModelFile
from chatapp.engine.engine import Engine
from chatapp.engine.messages import LoadOptions, Turn
from chatapp.errors import ContextFull, GrammarInvalid
from tests.engine.conftest import GREEDY, Asker, user

pytestmark = pytest.mark.model

LENGTH = 10_000_000  # characters
HUGE = {
    "one word": "a" * LENGTH,
    "blanks": " " * LENGTH,
    "lines": "\n" * LENGTH,
    "control tokens": "<|im_end|>" * (LENGTH // 10),
    "half control tokens": "<|im_end" * (LENGTH // 8),
    "digits": "7" * LENGTH,
    "zeros": "\0" * LENGTH,
    "marks": "\u0301" * LENGTH,
    "characters outside of the vocabulary": "\U0001f98a" * (LENGTH // 4),
    "words": "word " * (LENGTH // 5),
}


@pytest.fixture(scope="module")
def smol(tmp_path_factory: pytest.TempPathFactory, starter_model: object) -> Iterator[Asker]:
    """None of these tests may harm the worker: they share it."""
    engine = Engine(logs=tmp_path_factory.mktemp("logs"))
    asker = Asker(engine, ModelFile(str(starter_model), "SmolLM2"))
    engine.load(asker.model, LoadOptions(context_length=512, threads=1))
    asker.ask()[1].finished()
    yield asker
    engine.close()


@pytest.fixture(autouse=True)
def _little_patience() -> None:
    """A huge message may take a while to arrive."""


@pytest.fixture(autouse=True)
def _the_worker_stays(smol: Asker) -> Iterator[None]:
    pid = smol.engine.worker_pid
    assert pid is not None
    yield
    smol.ask()[1].finished()
    assert smol.engine.worker_pid == pid


@pytest.mark.parametrize("text", HUGE.values(), ids=HUGE)
def test_huge_messages(smol: Asker, text: str) -> None:
    error = smol.ask(text)[1].error()
    assert isinstance(error, ContextFull)
    assert error.needed > error.available == 512


def test_huge_messages_in_other_places(smol: Asker) -> None:
    text = HUGE["control tokens"]
    for turns in (
        (Turn(Role.SYSTEM, text), *user("Hello.")),
        (*user("Hello."), Turn(Role.ASSISTANT, text), *user("Go on.")),
    ):
        assert isinstance(smol.ask(turns)[1].error(), ContextFull)


def test_a_huge_beginning_of_the_answer(smol: Asker) -> None:
    error = smol.ask("Hello.", prefill=HUGE["one word"])[1].error()
    assert isinstance(error, ContextFull)


@pytest.mark.parametrize("name", ["one word", "blanks", "control tokens"])
def test_huge_texts_are_counted(smol: Asker, name: str) -> None:
    assert smol.engine.count_tokens(smol.model, HUGE[name]).result(60) > 512


def test_many_turns(smol: Asker) -> None:
    turns = tuple(Turn(role, "x") for _ in range(20_000) for role in (Role.USER, Role.ASSISTANT))
    assert isinstance(smol.ask(turns)[1].error(), ContextFull)


NESTED: dict[str, object] = {"type": "string"}
for _ in range(5000):
    NESTED = {"type": "array", "items": NESTED}
SCHEMAS: dict[str, object] = {
    "nested": NESTED,
    "exponential": {
        "$ref": "#/$defs/0",
        "$defs": {str(n): {"oneOf": [{"$ref": f"#/$defs/{n + 1}"}] * 4} for n in range(20)}
        | {"20": {"oneOf": [{"oneOf": [{"const": "x"}] * 50}] * 50}},
    },
    "refers to itself": {"$ref": "#"},
    "refers in a circle": {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}},
    "long string": {"type": "string", "minLength": 10**9},
    "long list": {"type": "array", "items": {"type": "string"}, "minItems": 10**9},
    "many properties": {"properties": {str(n): {"type": "string"} for n in range(2000)}},
    "pattern": {"type": "string", "pattern": "^(a|a|a)*{1000}{1000}$"},
    "large": {"enum": ["x" * 100] * 2000},
}
GRAMMARS = {
    "left recursion": 'root ::= root "a" | "b"',
    "hidden left recursion": 'root ::= e root "a" | "b"\ne ::= "" | "c"',
    "repetitions": 'root ::= ((("a"{2000}){2000}){2000}){2000}',
    "parentheses": "root ::= " + "(" * 50_000 + '"a"' + ")" * 50_000,
    "open parentheses": "root ::= " + "(" * 50_000,
    "doubling": "root ::= r0 r0\n"
    + "\n".join(f"r{n} ::= r{n + 1}? r{n + 1}?" for n in range(60))
    + '\nr60 ::= "a"?',
    "long chain": "root ::= r0\n"
    + "\n".join(f"r{n} ::= r{n + 1}" for n in range(5000))
    + '\nr5000 ::= "a"',
    "long": 'root ::= "' + "a" * 1_000_000 + '"',
    "counts": 'root ::= "a"{99999999999999999999}',
    "missing rule": "root ::= nothing",
}


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS)
def test_json_schemas(smol: Asker, schema: object) -> None:
    text = json_text(schema)
    error = smol.ask(parameters=replace(GREEDY, json_schema=text))[1].error()
    assert isinstance(error, GrammarInvalid)
    assert error.detail


def json_text(schema: object) -> str:
    if schema is NESTED:  # too deep for the encoder
        return '{"type":"array","items":' * 5000 + '{"type":"string"}' + "}" * 5000
    return json.dumps(schema)


@pytest.mark.parametrize("grammar", GRAMMARS.values(), ids=GRAMMARS)
def test_grammars(smol: Asker, grammar: str) -> None:
    error = smol.ask(parameters=replace(GREEDY, grammar=grammar))[1].error()
    assert isinstance(error, GrammarInvalid)
    assert error.detail
