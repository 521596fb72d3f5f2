"""Finding the grammars that llama.cpp does not survive, before it sees them.

llama.cpp's reader calls itself for every parenthesis and follows every path by which a rule can
begin; its check for left recursion overlooks rules that are empty by way of others. So a grammar
of a few lines can overflow the stack, fill the memory or take for ever. The structure of a grammar
is read here, without its characters, and what grows is counted.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from chatapp.errors import GrammarInvalid

MAX_CHARACTERS = 2**17
MAX_NESTING = 600  # parentheses in parentheses
MAX_DEPTH = 250  # rules that begin with rules
MAX_BEGINNINGS = 2_000  # of one rule; each is followed at every token while the rule can begin
MAX_ALL_BEGINNINGS = 200_000
MAX_REPETITIONS = 2_000  # llama.cpp's own limit; beyond it, it takes a maximum for none
MAX_ELEMENTS = 200_000  # once repetitions are written out
_OVERHEAD = 3  # elements of a rule that stands for one repetition

_TOKEN = re.compile(
    r"""(?P<space>[ \t]+|\#[^\r\n]*)
    |(?P<newline>\r\n?|\n)
    |(?P<text>"(?:\\.|[^"\\])*")
    |(?P<set>\[(?:\\.|[^]\\])*])
    |(?P<token>!?<[^>]*>)
    |(?P<define>::=)
    |\{\s*(?P<least>[0-9]+)\s*(?P<comma>,\s*(?P<most>[0-9]*)\s*)?}
    |(?P<sign>[|()*+?.])
    |(?P<name>[a-zA-Z0-9-]+)""",
    re.VERBOSE | re.DOTALL,
)
_MAX_DIGITS = 18  # of a number of 64 bits
_SIGNS = {"*": (0, None), "+": (1, None), "?": (0, 1)}


@dataclass(slots=True)
class _Item:
    """A rule or characters, and how often: `most` None is any number of times."""

    rule: str | int | None = None  # groups are rules with a number
    size: int = 1
    least: int = 1
    most: int | None = 1

    @property
    def is_repeated(self) -> bool:
        return self.most is None or self.most > 1


_Rule = list[list[_Item]]  # alternatives


@dataclass(slots=True)
class _Grammar:
    rules: dict[str | int, _Rule] = field(default_factory=dict)
    names_tokens: bool = False

    def add_group(self) -> int:
        group = len(self.rules)
        self.rules[group] = [[]]
        return group


def check(source: str) -> bool:
    """Whether the grammar refers to tokens, as in `<think>` or `<[7]>`.

    Raises `GrammarInvalid` for what llama.cpp should not get. What it refuses itself may pass.
    """
    if len(source) > MAX_CHARACTERS:
        raise GrammarInvalid("it is too long")
    if "\0" in source:
        raise GrammarInvalid("it contains a zero")
    try:
        source.encode()
    except UnicodeEncodeError as error:
        raise GrammarInvalid("it contains half a character") from error
    grammar = _Reader(source).grammar
    if "root" not in grammar.rules:
        raise GrammarInvalid("there is no rule 'root'")
    for rule in grammar.rules.values():
        for item in (item for alternative in rule for item in alternative):
            if item.rule is not None and item.rule not in grammar.rules:
                raise GrammarInvalid(f"the rule '{item.rule}' is missing")
    _count_elements(grammar)
    _Beginnings(grammar).count()
    return grammar.names_tokens


class _Reader:
    """Reads a grammar token by token; open parentheses are on a stack."""

    def __init__(self, source: str) -> None:
        self.grammar = _Grammar()
        self._open: list[str | int] = []
        self._name = ""  # a name that may be the beginning of a definition
        self._goes_on = False  # the rule goes on in the next line
        position = 0
        try:
            while position < len(source):
                position = self._take(_TOKEN.match(source, position))
            if len(self._open) > 1 or self._name:
                raise _Unexpected
        except _Unexpected:
            line = source.count("\n", 0, position) + 1
            raise GrammarInvalid(f"line {line} can't be read") from None

    def _take(self, match: re.Match[str] | None) -> int:
        """Where the next token begins."""
        if match is None:
            raise _Unexpected
        kind, text = str(match.lastgroup), match[0]
        if kind == "space" or (kind == "newline" and self._stays_open()):
            pass
        elif kind == "newline":
            self._open.clear()
        elif not self._open:
            self._take_head(kind, text)
        else:
            self._goes_on = False
            self._take_element(match, kind, text)
        return match.end()

    def _stays_open(self) -> bool:
        if self._name:
            raise _Unexpected
        return self._goes_on or len(self._open) > 1 or not self._open

    def _take_head(self, kind: str, text: str) -> None:
        if kind == "name" and not self._name:
            self._name = text
        elif kind == "define" and self._name:
            self.grammar.rules[self._name] = [[]]
            self._open.append(self._name)
            self._name = ""
            self._goes_on = True
        else:
            raise _Unexpected

    def _take_element(self, match: re.Match[str], kind: str, text: str) -> None:
        rule = self.grammar.rules[self._open[-1]]
        if kind == "name":
            rule[-1].append(_Item(text))
        elif kind in ("text", "set"):
            rule[-1].append(_Item(size=len(text) - 2))
        elif kind == "token":
            self.grammar.names_tokens = True
            rule[-1].append(_Item())
        elif text == ".":
            rule[-1].append(_Item())
        elif text == "|":
            rule.append([])
            self._goes_on = True
        elif text == "(":
            if len(self._open) > MAX_NESTING:
                raise GrammarInvalid("its parentheses are nested too deeply")
            group = self.grammar.add_group()
            rule[-1].append(_Item(group))
            self._open.append(group)
        elif text == ")" and len(self._open) > 1:
            self._open.pop()
        elif kind == "define" or text == ")" or not rule[-1]:
            raise _Unexpected
        else:
            self._repeat(rule[-1], match, text)

    def _repeat(self, sequence: list[_Item], match: re.Match[str], text: str) -> None:
        if text in _SIGNS:
            least, most = _SIGNS[text]
        else:
            if max(len(match["least"]), len(match["most"] or "")) > _MAX_DIGITS:
                raise GrammarInvalid("it repeats too often")
            least = int(match["least"])
            most = int(match["most"]) if match["most"] else None if match["comma"] else least
            if least > MAX_REPETITIONS:
                raise GrammarInvalid("it repeats too often")
            if most is not None and most < least:
                raise GrammarInvalid(f"{text} has its limits the wrong way round")
            if most is not None and most > MAX_REPETITIONS:
                most = None
        item = sequence[-1]
        if item.least != 1 or item.most != 1:
            group = self.grammar.add_group()
            self.grammar.rules[group] = [[item]]
            item = sequence[-1] = _Item(group)
        item.least, item.most = least, most


class _Unexpected(Exception):
    """A token where it does not belong."""


def _count_elements(grammar: _Grammar) -> None:
    total = 0
    for rule in grammar.rules.values():
        for item in (item for alternative in rule for item in alternative):
            total += (item.size + _OVERHEAD) * max(item.least, item.most or 0, 1)
    if total > MAX_ELEMENTS:
        raise GrammarInvalid("it repeats too much")


class _Beginnings:
    """Counts in how many ways each rule can begin: what llama.cpp has to follow."""

    def __init__(self, grammar: _Grammar) -> None:
        self._rules = grammar.rules
        self._empty = _nullable(grammar.rules)
        self._counts: dict[str | int, int] = {}
        self._depths: dict[str | int, int] = {}

    def count(self) -> None:
        for rule in self._rules:
            self._count(rule, 0)
        if sum(self._counts.values()) > MAX_ALL_BEGINNINGS:
            raise GrammarInvalid("its rules can begin in too many ways")

    def _count(self, rule: str | int, depth: int) -> int:
        count = self._counts.get(rule)
        if count == 0:
            raise GrammarInvalid(f"{_called(rule)} can begin with itself")
        if count is not None:
            return count
        if depth > MAX_DEPTH:
            raise GrammarInvalid("its rules are nested too deeply")
        self._counts[rule] = 0
        total = 0
        for alternative in self._rules[rule]:
            total += 1
            for item in alternative:
                if item.rule is not None:
                    ways = self._count(item.rule, depth + 1)
                    if item.is_repeated and item.rule in self._empty:
                        ways *= item.most or 1
                    total += ways
                if item.least and not (
                    item.size == 0 if item.rule is None else item.rule in self._empty
                ):
                    break
        if total > MAX_BEGINNINGS:
            raise GrammarInvalid(f"{_called(rule)} can begin in too many ways")
        self._counts[rule] = total
        return total


def _called(rule: str | int) -> str:
    return f"the rule '{rule}'" if isinstance(rule, str) else "a group"


def _nullable(rules: dict[str | int, _Rule]) -> set[str | int]:
    """The rules that can be empty."""
    # For every alternative the number of its items that are not known to be possibly empty.
    waiting: list[int] = []
    users: dict[str | int, list[tuple[str | int, int]]] = defaultdict(list)
    found: list[str | int] = []
    for name, rule in rules.items():
        for alternative in rule:
            index = len(waiting)
            needed = [
                item for item in alternative if item.least and (item.rule is not None or item.size)
            ]
            waiting.append(len(needed))
            for item in needed:
                if item.rule is not None:
                    users[item.rule].append((name, index))
            if not needed:
                found.append(name)
    empty: set[str | int] = set()
    while found:
        name = found.pop()
        if name in empty:
            continue
        empty.add(name)
        for user, index in users[name]:
            waiting[index] -= 1
            if not waiting[index]:
                found.append(user)
    return empty
