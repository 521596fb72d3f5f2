from __future__ import annotations

import json
import math
import multiprocessing
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from chatapp.domain.generation import GenerationParameters, SamplerStep, TokenProbabilities
from chatapp.errors import GenerationFailed, GrammarInvalid
from tests.engine import sampler_targets
from tests.engine.conftest import TIMEOUT
from tests.engine.sampler_targets import OFF, Call

pytestmark = pytest.mark.model

QUESTION = "<|im_start|>user\nDescribe a person.<|im_end|>\n<|im_start|>assistant\n"
OPEN = "My favourite thing in the world is"  # many tokens are likely after it
GREEDY = replace(OFF, temperature=0.0)
DRAWS = 40
NAN = math.nan


class Bench:
    """`sampler_targets.Bench` in its process."""

    def __init__(self, model: Path) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(
            target=sampler_targets.serve, args=(theirs, str(model)), name="sampler-bench"
        )
        self._process.start()
        theirs.close()

    def __getattr__(self, method: str) -> Any:
        return lambda *arguments: self._call(method, arguments)

    def _call(self, method: str, arguments: tuple[Any, ...]) -> Any:
        self._connection.send(Call(method, arguments))
        assert self._connection.poll(TIMEOUT), f"{method} hangs"
        result = self._connection.recv()  # EOFError: llama.cpp has crashed
        if isinstance(result, Exception):
            raise result
        return result

    def text(self, tokens: list[int]) -> str:
        return b"".join(self.pieces(tokens)).decode(errors="replace")

    def close(self) -> None:
        with self._connection:
            if self._process.is_alive():
                self._connection.send(None)
            self._process.join(TIMEOUT)
        assert self._process.exitcode == 0


@pytest.fixture(scope="module")
def bench(starter_model: Path) -> Iterator[Bench]:
    bench = Bench(starter_model)
    yield bench
    bench.close()


@pytest.fixture(scope="module")
def logits(bench: Bench) -> list[float]:
    """Those after `OPEN`."""
    values: list[float] = bench.logits(OPEN)
    return values


@pytest.fixture(scope="module")
def ranking(logits: list[float]) -> list[int]:
    """All tokens, the likeliest after `OPEN` first."""
    return sorted(range(len(logits)), key=lambda token: -logits[token])


def shares(logits: list[float]) -> list[float]:
    largest = max(logits)
    weights = [math.exp(value - largest) for value in logits]
    total = math.fsum(weights)
    return [weight / total for weight in weights]


# What each step does


def test_greedy_takes_the_likeliest(bench: Bench, ranking: list[int]) -> None:
    assert bench.draw(OPEN, GREEDY, 3) == ranking[:1] * 3
    assert bench.draw(OPEN, replace(GREEDY, temperature=-1.0), 1) == ranking[:1]


@pytest.mark.parametrize(
    "changes",
    [
        {"top_k": 1},
        {"top_p": 0.0},
        {"min_p": 1.0},
        {"top_n_sigma": 1e-6},
        {"temperature": 1e-5},
        {"mirostat": 2, "mirostat_tau": 0.0},
    ],
)
def test_the_narrowest_choice_is_the_likeliest(
    bench: Bench, ranking: list[int], changes: dict[str, Any]
) -> None:
    assert bench.draw(OPEN, replace(OFF, **changes), 10) == ranking[:1] * 10


def test_with_all_off_the_draws_follow_the_model(
    bench: Bench, logits: list[float], ranking: list[int]
) -> None:
    drawn = bench.draw(OPEN, OFF, 400)
    expected = sum(sorted(shares(logits))[-20:])
    assert sum(token in ranking[:20] for token in drawn) / 400 == pytest.approx(expected, abs=0.1)


def test_top_k(bench: Bench, ranking: list[int]) -> None:
    drawn = set(bench.draw(OPEN, replace(OFF, top_k=5, temperature=5.0), DRAWS))
    assert drawn == set(ranking[:5])


def test_top_p_and_min_p(bench: Bench, logits: list[float], ranking: list[int]) -> None:
    share = shares(logits)
    for name, wanted in (("top_p", 0.3), ("min_p", 0.3)):
        drawn = set(bench.draw(OPEN, replace(OFF, **{name: wanted}), DRAWS))
        if name == "top_p":
            count = next(n for n in range(1, 99) if sum(share[t] for t in ranking[:n]) >= wanted)
        else:
            least = wanted * max(share)
            count = sum(value >= least for value in share)
        assert len(drawn) > 1
        assert drawn <= set(ranking[:count])


def test_top_n_sigma(bench: Bench, logits: list[float]) -> None:
    mean = sum(logits) / len(logits)
    sigma = math.sqrt(sum((value - mean) ** 2 for value in logits) / len(logits))
    drawn = set(bench.draw(OPEN, replace(OFF, top_n_sigma=1.0, temperature=3.0), DRAWS))
    assert len(drawn) > 1
    assert min(logits[token] for token in drawn) >= max(logits) - sigma - 1e-3


@pytest.mark.parametrize("banned", [False, True])
def test_typical(bench: Bench, logits: list[float], *, banned: bool) -> None:
    if banned:  # then one token is impossible, whose 0 * log 0 llama.cpp would take for a number
        rarest = min(range(len(logits)), key=lambda token: logits[token])
        logits = [-math.inf if token == rarest else value for token, value in enumerate(logits)]
    share = shares(logits)
    entropy = -sum(p * math.log(p) for p in share if p)
    typical = sorted(
        (token for token in range(len(share)) if share[token]),
        key=lambda token: abs(-math.log(share[token]) - entropy),
    )
    total, count = 0.0, 0
    while total <= 0.1:
        total += share[typical[count]]
        count += 1
    bias = ((rarest, -math.inf),) if banned else ()
    drawn = set(bench.draw(OPEN, replace(OFF, typical_p=0.1, logit_bias=bias), DRAWS))
    assert len(drawn) > 1
    assert drawn <= set(typical[: count + 1])


def test_xtc_leaves_out_the_likeliest(bench: Bench, ranking: list[int]) -> None:
    parameters = replace(OFF, top_k=3, xtc_probability=1.0, xtc_threshold=0.0)
    assert set(bench.draw(OPEN, parameters, DRAWS)) == {ranking[2]}
    sometimes = replace(parameters, xtc_probability=0.5)
    assert len(set(bench.draw(OPEN, sometimes, DRAWS))) > 1
    assert bench.draw(OPEN, sometimes, DRAWS) == bench.draw(OPEN, sometimes, DRAWS)
    assert bench.draw(OPEN, replace(parameters, temperature=0.0), 1) == ranking[:1]


def test_temperature(bench: Bench, logits: list[float], ranking: list[int]) -> None:
    def share_of_likeliest(**changes: float) -> float:
        drawn = bench.draw(OPEN, replace(OFF, top_k=10, **changes), 200)  # type: ignore[arg-type]
        return drawn.count(ranking[0]) / 200

    for temperature in (0.3, 2.0):
        share = shares([logits[token] / temperature for token in ranking[:10]])
        assert share_of_likeliest(temperature=temperature) == pytest.approx(share[0], abs=0.15)
    cold = share_of_likeliest(
        temperature=2.0, dynamic_temperature_range=1.99, dynamic_temperature_exponent=50.0
    )
    assert cold > 0.9  # 0.01 unless all ten are equally likely


def test_logit_bias(bench: Bench, ranking: list[int]) -> None:
    rare = ranking[-1]
    for parameters in (GREEDY, OFF):
        forced = replace(parameters, logit_bias=((rare, 50.0), (rare, 50.0)))
        assert bench.draw(OPEN, forced, 2) == [rare, rare]
    banned = tuple((token, -math.inf) for token in ranking[:100])
    assert bench.draw(OPEN, replace(GREEDY, logit_bias=banned), 1) == [ranking[100]]
    unknown = ((-1, 9.0), (10**9, 9.0), (rare, NAN), (rare, math.inf))
    assert bench.draw(OPEN, replace(GREEDY, logit_bias=unknown), 1) == ranking[:1]
    everything = tuple((token, -math.inf) for token in ranking)
    assert len(bench.draw(OPEN, replace(OFF, logit_bias=everything), 1)) == 1


@pytest.mark.parametrize("temperature", [0.0, 0.7])
def test_penalties_make_repetition_rarer(bench: Bench, temperature: float) -> None:
    text = "the cat the cat the cat the cat the cat the cat the"
    free = replace(OFF, temperature=temperature)
    expected = bench.draw(text, GREEDY, 1)[0]
    assert bench.draw(text, free, 5).count(expected) == 5
    for changes in (
        {"repeat_penalty": 3.0},
        {"frequency_penalty": 5.0},
        {"presence_penalty": 20.0},
        {"presence_penalty": 20.0, "repeat_last_n": -1},
        {"dry_multiplier": 5.0},
        {"dry_multiplier": 5.0, "dry_last_n": 9},
    ):
        assert expected not in bench.draw(text, replace(free, **changes), 5), changes
    for changes in (
        {"presence_penalty": 20.0, "repeat_last_n": 1},
        {"presence_penalty": 20.0, "repeat_last_n": 0},
        {"dry_multiplier": 5.0, "dry_last_n": 0},
        {"dry_multiplier": 5.0, "dry_allowed_length": 50},
        {"dry_multiplier": 5.0, "dry_sequence_breakers": (" the", "", "\0", "é" * 99)},
    ):
        assert bench.draw(text, replace(free, **changes), 5).count(expected) == 5, changes


def test_penalties_see_the_answer_too(bench: Bench) -> None:
    def tokens(**changes: float) -> list[int]:
        parameters = replace(OFF, **changes)  # type: ignore[arg-type]
        written: list[int] = bench.write("Ha ha ha ha", parameters, 16)
        return written

    repeated = tokens(temperature=0.0)
    assert max(Counter(repeated).values()) > 3
    varied = tokens(temperature=0.0, presence_penalty=100.0)
    assert max(Counter(varied).values()) == 1


def test_the_order_is_that_of_the_steps(bench: Bench, ranking: list[int]) -> None:
    # XTC leaves only the last of what is there: of three if top-k comes first.
    parameters = replace(OFF, top_k=3, xtc_probability=1.0, xtc_threshold=0.0)
    first = replace(parameters, samplers=(SamplerStep.TOP_K, SamplerStep.XTC))
    assert set(bench.draw(OPEN, first, 5)) == {ranking[2]}
    last = replace(parameters, samplers=(SamplerStep.XTC, SamplerStep.TOP_K))
    assert set(bench.draw(OPEN, last, 5)) == {ranking[-1]}


def test_a_step_that_is_not_listed_is_skipped(bench: Bench) -> None:
    narrow = replace(OFF, top_k=1, temperature=1e-5, samplers=())
    assert bench.draw(OPEN, narrow, 10) == bench.draw(OPEN, OFF, 10)
    twice = replace(OFF, top_k=3, samplers=(SamplerStep.TOP_K, SamplerStep.TOP_K))
    assert bench.draw(OPEN, twice, 10) == bench.draw(OPEN, replace(OFF, top_k=3), 10)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"mirostat": 1},
        {"mirostat": 2},
        {"adaptive_target": 0.4},
        {"xtc_probability": 0.5},
        {"typical_p": 0.5, "dynamic_temperature_range": 0.5},
    ],
)
def test_the_same_seed_gives_the_same_tokens(bench: Bench, changes: dict[str, Any]) -> None:
    parameters = replace(GenerationParameters(temperature=1.0), **changes)
    first = bench.babble(OPEN, parameters, 24, 7)
    assert bench.babble(OPEN, parameters, 24, 7) == first
    assert bench.babble(OPEN, parameters, 24, 8) != first


def test_mirostat_and_adaptive_p_move_the_choice(bench: Bench, ranking: list[int]) -> None:
    narrow = bench.draw(OPEN, replace(OFF, mirostat=2, mirostat_tau=1.0), DRAWS)
    assert set(narrow) < set(ranking[:10])
    assert set(bench.draw(OPEN, replace(OFF, mirostat=1, mirostat_tau=1.0), DRAWS)) < set(
        ranking[:50]
    )
    parameters = replace(OFF, top_k=20)
    likeliest = bench.draw(OPEN, parameters, 100).count(ranking[0])
    adapted = bench.draw(OPEN, replace(parameters, adaptive_target=0.0), 100).count(ranking[0])
    assert adapted < likeliest


ABSURD = [NAN, math.inf, -math.inf, -5.0, 1e30, 1e-40, 3e38]
NUMBERS = [field.name for field in fields(GenerationParameters) if field.type == "float"]
COUNTS = ["top_k", "dry_allowed_length", "dry_last_n", "repeat_last_n", "mirostat"]


def test_absurd_values_never_crash(bench: Bench) -> None:
    on = replace(
        GenerationParameters(),
        dry_multiplier=1.0,
        dry_sequence_breakers=("\n",),
        xtc_probability=0.5,
        typical_p=0.9,
        top_n_sigma=2.0,
        dynamic_temperature_range=0.5,
        mirostat_eta=0.1,
    )
    everything = [
        replace(base, **{name: value})
        for base in (replace(on, dry_multiplier=0.0), replace(on, mirostat=2, dry_multiplier=0.0))
        for name in NUMBERS
        for value in ABSURD
    ] + [replace(on, **{name: value}) for name in COUNTS for value in (-(2**40), -2, 2**40)]
    assert len(NUMBERS) > 15
    for parameters in everything:
        assert bench.draw(OPEN, parameters, 1)[0] >= 0, parameters
    for value in ABSURD:
        absurd = replace(on, **dict.fromkeys(NUMBERS, value))
        assert bench.draw(OPEN, absurd, 1)[0] >= 0, absurd


def test_values_without_meaning_are_off(bench: Bench) -> None:
    expected = bench.draw(OPEN, OFF, 20)
    for name, value in (
        ("top_k", -3),
        ("top_p", 2.0),
        ("top_p", NAN),
        ("min_p", -1.0),
        ("min_p", 7.0),
        ("typical_p", NAN),
        ("temperature", NAN),
        ("temperature", math.inf),
        ("repeat_penalty", -2.0),
        ("frequency_penalty", NAN),
        ("presence_penalty", math.inf),
        ("xtc_probability", 2.0),
        ("dry_multiplier", -1.0),
        ("mirostat", 7),
        ("adaptive_target", 3.0),
    ):
        assert bench.draw(OPEN, replace(OFF, **{name: value}), 20) == expected, name


# Grammar

PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 12},
        "kind": {"enum": ['a"b\\c', "😀é", "line\nbreak", 7, None]},
        "where": {
            "type": "object",
            "properties": {"city äöü": {"type": "string", "maxLength": 5}, "x": {"type": "null"}},
            "required": ["city äöü"],
        },
        "tags": {"type": "array", "items": {"type": "boolean"}, "minItems": 2, "maxItems": 3},
    },
    "required": ["name", "kind", "where", "tags"],
}
TREE = {
    "$ref": "#/$defs/tree_node",
    "$defs": {
        "tree_node": {
            "type": "object",
            "properties": {
                "value": {"$ref": "#/$defs/a~1b"},
                "children": {
                    "type": "array",
                    "items": {"$ref": "#/$defs/tree_node"},
                    "maxItems": 1,
                },
            },
            "required": ["value"],
        },
        "a/b": {"enum": ["leaf", "twig"]},
    },
}
SAME_NAMES = {
    "type": "object",
    "properties": {"p": {"$ref": "#/a/string"}, "q": {"$ref": "#/b/string"}},
    "required": ["p", "q"],
    "a": {"string": {"const": 1}},
    "b": {"string": {"const": "two"}},
}


def check_person(value: Any) -> None:
    assert set(value) == {"name", "kind", "where", "tags"}
    assert len(value["name"]) <= 12
    assert value["kind"] in PERSON["properties"]["kind"]["enum"]  # type: ignore[index]
    assert len(value["where"]["city äöü"]) <= 5
    assert 2 <= len(value["tags"]) <= 3
    assert {type(tag) for tag in value["tags"]} == {bool}


def check_tree(value: Any) -> None:
    assert value["value"] in ("leaf", "twig")
    for child in value.get("children", ()):
        check_tree(child)


def schema(value: Any, **changes: Any) -> GenerationParameters:
    return replace(OFF, **{"json_schema": json.dumps(value), **changes})


@pytest.mark.parametrize(
    "changes", [{"temperature": 0.0}, {"temperature": 1.5}, {"top_k": 40, "repeat_penalty": 1.1}]
)
@pytest.mark.parametrize(("definition", "check"), [(PERSON, check_person), (TREE, check_tree)])
def test_the_answer_fits_the_schema(
    bench: Bench, definition: Any, check: Any, changes: dict[str, Any]
) -> None:
    text = bench.text(bench.write(QUESTION, schema(definition, **changes), 110))
    check(json.loads(text))


@pytest.mark.parametrize(
    "definition",
    [
        {"type": "string", "maxLength": 6},
        {"type": "array", "items": {"type": "string", "maxLength": 3}, "maxItems": 3},
        {"enum": ["ä", "b"]},
        {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        {"type": ["boolean", "null"]},
        SAME_NAMES,
    ],
)
def test_what_a_confused_model_writes_is_json_too(bench: Bench, definition: Any) -> None:
    for seed in range(3):
        answer, ended = bench.babble(OPEN, schema(definition, temperature=5.0), 150, seed)
        assert ended
        value = json.loads(answer)
        if definition is SAME_NAMES:
            assert value == {"p": 1, "q": "two"}


@pytest.mark.parametrize(
    ("definition", "fitting", "other"),
    [
        ({"type": "string"}, '"a\\n\\u00e9 é😀\\\\"', '"a\nb"'),
        ({"type": "string", "minLength": 2, "maxLength": 3}, '"abc"', '"abcd"'),
        ({"type": "string", "maxLength": 10**9}, '"' + "a" * 50 + '"', "a"),
        ({"const": '"\\ \n😀'}, json.dumps('"\\ \n😀', ensure_ascii=False), '"x"'),
        ({"type": "number"}, "-1.5e+7", "1."),
        ({"type": "object"}, '{"a": [1, {"b": null}]}', "{a: 1}"),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 2}, "[1, 2, 3]", "[1]"),
        (
            {"type": "object", "properties": {"a": {"type": "null"}, "b": {"type": "null"}}},
            '{"b": null}',
            '{"b": null, "a": null}',
        ),
        ({"allOf": [{"properties": {"a": {"$ref": "#/x"}}}], "x": {"const": 1}}, '{"a":1}', "{}"),
        ({"type": "string", "format": "date"}, '"2026-11-22"', '"2026-13-22"'),
    ],
)
def test_what_a_schema_means(bench: Bench, definition: Any, fitting: str, other: str) -> None:
    assert bench.matches(schema(definition), fitting)
    assert not bench.matches(schema(definition), other)


@pytest.mark.parametrize("text", ['{ "name": "A', '{"name":"é", "kind"', '{"na', "{", ""])
def test_the_shorter_way_to_all_tokens_that_fit(bench: Bench, text: str) -> None:
    for parameters in (schema(PERSON), gbnf('root ::= [^ä]* "é"?')):
        ours, theirs = bench.fitting(parameters, text)
        assert ours == theirs
        assert ours


def gbnf(source: str, **changes: Any) -> GenerationParameters:
    return replace(OFF, grammar=source, **changes)


@pytest.mark.parametrize(
    ("source", "fitting", "other"),
    [
        ('root ::= "yes" | "no"', "no", "nope"),
        ("root ::= [^a-y]+ # comment\n\n", "zzz", "zza"),
        ('root ::= (a\n | b)* "." # x\r\na ::=\n "a" | # c\n  "A"\nb ::= "b"{2,3}', "abbA.", "ab."),
        ('root ::= "a"{2} . "\\"" "\\x41" [\\]]', 'aaö"A]', 'aa"A]'),
        ('root ::= ws item*\nws ::= [ ]*\nitem ::= (("x")*)* ws', "  x x ", "y"),
        ('root ::= "a"{0,3000}', "aaaa", "b"),
        ('list ::= "1" ("," list)?\nroot ::= "[" list "]"', "[1,1,1]", "[1,]"),
    ],
)
def test_what_a_grammar_means(bench: Bench, source: str, fitting: str, other: str) -> None:
    assert bench.matches(gbnf(source), fitting)
    assert not bench.matches(gbnf(source), other)


def test_the_grammar_decides_between_likely_tokens(bench: Bench) -> None:
    for temperature in (0.0, 1.0):
        parameters = gbnf('root ::= " yes" | " no"', temperature=temperature, top_k=40)
        assert bench.text(bench.write("Is water wet?", parameters, 9)) in (" yes", " no")


def test_other_steps_yield_to_the_grammar(bench: Bench) -> None:
    tokens = {token for letter in ("a", "b") for token in bench.tokenize(letter)}
    bias = tuple((token, -math.inf) for token in tokens)
    for temperature in (0.0, 1.0):
        parameters = gbnf('root ::= "a" | "b"', temperature=temperature, logit_bias=bias)
        answer, ended = bench.babble(OPEN, parameters, 3)
        assert ended
        assert answer in (b"a", b"b")


def test_the_same_seed_gives_the_same_text_with_a_grammar(bench: Bench) -> None:
    parameters = schema(PERSON, temperature=1.2, xtc_probability=0.3, mirostat=2)
    assert bench.babble(OPEN, parameters, 40, 5) == bench.babble(OPEN, parameters, 40, 5)


def test_control_tokens_are_no_text(bench: Bench) -> None:
    (control,) = bench.tokenize("<|im_start|>")
    anything = gbnf("root ::= .{12}", logit_bias=((control, 100.0),))  # as long as its name
    answer, ended = bench.babble(OPEN, anything, 14)
    assert ended
    assert len(answer.decode()) == 12
    by_name = gbnf('root ::= <|im_start|> "x"', temperature=0.0)
    assert bench.write(OPEN, by_name, 5)[:1] == [control]


def test_where_no_token_continues(bench: Bench) -> None:
    with pytest.raises(GenerationFailed):
        bench.babble(OPEN, gbnf('root ::= "a" <[999999]>'), 3)


def test_an_ambiguous_grammar_is_given_up(bench: Bench) -> None:
    (letter,) = bench.tokenize("a")
    doubling = gbnf('root ::= s\ns ::= "a" s "b" | "a" s "c" | "d"', logit_bias=((letter, 100.0),))
    with pytest.raises(GenerationFailed):
        bench.babble(OPEN, doubling, 60)


def chain(template: str, count: int) -> str:
    return "root ::= r0\n" + "\n".join(template.format(n, n + 1) for n in range(count))


@pytest.mark.parametrize(
    "source",
    [
        "root",
        "root ::= )",
        'root ::= ("a"',
        'root ::= "a',
        "root ::= *",
        'other ::= "a"',
        "root ::= missing",
        'root ::= "\\q"',
        'root ::= "a" ::= "b"',
        'root\n::= "a"',
        "root ::= root_",
        "root ::= \0",
        "root ::= \ud800",
        'root ::= root "a" | "b"',
        'root ::= e root "z" | "x"\ne ::= f\nf ::= "y" |',  # llama.cpp fills the memory
        'root ::= ("a"* root)* "x"',
        'root ::= "a"{5,2}',  # and here
        'root ::= "a"{1000000000}',
        'root ::= "a"{99999999999999999999}',
        "root ::= " + '("' + "a" * 1000 + '"){2000} ' * 60,
        "root ::= " + "(" * 50_000 + '"a"' + ")" * 50_000,  # overflows the stack
        "root ::= " + "(" * 50_000,
        chain("r{} ::= r{}", 3000) + '\nr3000 ::= "a"',
        chain("r{0} ::= r{1} | r{1}", 40) + '\nr40 ::= "a"',  # takes for ever
        chain('r{0} ::= r{1} "x" | r{1} "y"', 40) + '\nr40 ::= "a"',
        "root ::= ([a]* | [b]*){2000}",
        'root ::= "' + "a" * 200_000 + '"',
        'root ::= "a" <|nothing|>',
    ],
    ids=lambda source: source[:30],
)
def test_grammars_that_cannot_be_used(bench: Bench, source: str) -> None:
    with pytest.raises(GrammarInvalid) as caught:
        bench.prepare(gbnf(source))
    assert 0 < len(caught.value.detail) < 100
    assert "\n" not in caught.value.detail


def nested(count: int) -> Any:
    value: Any = {"type": "null"}
    for _ in range(count):
        value = {"type": "array", "items": value}
    return value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[" * 100_000,
        "7",
        "true",
        '{"type": "nothing"}',
        '{"type": 7}',
        '{"enum": 7}',
        '{"$ref": "https://example.com/schema.json"}',
        '{"$ref": "file:///etc/passwd"}',
        '{"$ref": "#/missing"}',
        '{"$ref": "#"}',
        '{"$ref": {"a": 1}}',
        '{"const": NaN}',
        '{"const": "\\ud800"}',
        '{"type": "string", "minLength": 1000000000}',
        '{"type": "array", "items": {}, "minItems": 1e9}',
        '{"type": "string", "pattern": "^(a*)*$"}',
        '{"type": "string", "pattern": "^a{1000000000}$"}',
        json.dumps({"properties": {f"p{n}": {"type": "null"} for n in range(3000)}}),
        json.dumps(nested(400)),
        json.dumps(
            {
                "anyOf": [{"$ref": "#/d/a 0"}],
                "d": {f"a {n}": {"anyOf": [{"$ref": f"#/d/a {n + 1}"}] * 2} for n in range(40)}
                | {"a 40": {"type": "null"}},
            }
        ),
        '{"description": "' + "a" * 100_000 + '"}',
    ],
    ids=lambda text: text[:40],
)
def test_schemas_that_cannot_be_used(bench: Bench, text: str) -> None:
    parameters = replace(OFF, json_schema=text or " ")
    with pytest.raises(GrammarInvalid) as caught:
        bench.prepare(parameters)
    assert 0 < len(caught.value.detail) < 130


def test_only_one_of_grammar_and_schema(bench: Bench) -> None:
    with pytest.raises(GrammarInvalid):
        bench.prepare(gbnf('root ::= "a"', json_schema='{"type": "null"}'))


# Probabilities


def test_probabilities_are_the_models_own(
    bench: Bench, logits: list[float], ranking: list[int]
) -> None:
    largest = max(logits)
    total = largest + math.log(math.fsum(math.exp(value - largest) for value in logits))
    found: TokenProbabilities = bench.probabilities(OPEN, ranking[30], 20)
    assert [choice.token for choice in found.top] == ranking[:20]
    for choice in (*found.top, found.chosen):
        assert choice.logprob == pytest.approx(logits[choice.token] - total, abs=1e-5)
        assert choice.piece == bench.pieces([choice.token])[0]
    assert found.chosen.token == ranking[30]
    values = [choice.logprob for choice in found.top]
    assert values == sorted(values, reverse=True)
    assert bench.probabilities(OPEN, ranking[0], 0).top == ()
    everything: TokenProbabilities = bench.probabilities(OPEN, ranking[0], 10**9)
    assert [choice.token for choice in everything.top] == ranking
    assert math.fsum(math.exp(choice.logprob) for choice in everything.top) == pytest.approx(
        1.0, abs=1e-5
    )
    assert everything.chosen == everything.top[0]
