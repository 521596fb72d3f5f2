"""Files with assistants, prompts and presets, from anybody, and one's own that were damaged."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from chatapp.chat.assistants import Assistants
from chatapp.chat.collection import LONGEST_NAME, Collection
from chatapp.chat.presets import Presets
from chatapp.chat.prompts import Prompts
from chatapp.errors import (
    ChatappError,
    ImportInvalid,
    ImportTooLarge,
    ImportTooMany,
    ImportUnreadable,
    NotExported,
)
from chatapp.sentences import sentence
from tests.fuzz.harness import Target
from tests.fuzz.mutations import as_bytes, damage, strange_json

_FORESEEN = (ImportInvalid, ImportTooLarge, ImportTooMany, ImportUnreadable, NotExported)
_RESOURCES = Path(__file__).parent.parent.parent / "resources"
_KINDS: tuple[tuple[type[Collection[Any]], str], ...] = (
    (Assistants, "assistants"),
    (Prompts, "prompts"),
    (Presets, "presets"),
)
_OWN = "abc123"
_FULL = {
    "name": "Mine",
    "description": "All of it",
    "icon": "chat",
    "system_prompt": "Be brief.",
    "model": "/models/a.gguf",
    "text": "Say {{what}} in {{language}}.",
    "parameters": {"temperature": 0.5, "top_k": 40, "stop": ["x"], "seed": 3, "logit_bias": []},
    "json_schema": '{"type": "object"}',
    "starters": ["One?", "Two?"],
}


@dataclass(frozen=True, slots=True)
class Case:
    """The number of a kind, an exported file, and one that lies among one's own."""

    kind: int
    exported: bytes
    own: bytes


class Imports(Target[Case]):
    """Files that Chatapp wrote, with other things in their places."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._files = [self._exported(kind, name) for kind, name in _KINDS]

    def case(self, source: random.Random) -> Case:
        kind = source.randrange(len(_KINDS))
        return Case(kind, self._damaged(kind, source), self._own(source))

    def hard_cases(self) -> Iterator[Case]:
        entry = {"name": "x", "text": "y"}
        for kind, (collection, _) in enumerate(_KINDS):
            head = {"format": collection.kind, "version": 1}
            for content in (
                b"[" * 4_000_000,
                b'{"entries":' * 1_000_000,
                b" " * 5_000_000,
                json.dumps({**head, "entries": [entry] * 501}).encode(),
                json.dumps({**head, "entries": [{**entry, "text": "y" * 4_000_000}]}).encode(),
                json.dumps({**head, "entries": [{**entry, "name": "\u0301" * 60}] * 9}).encode(),
                json.dumps({**head, "entries": [{**_FULL, "json_schema": "[" * 30_000}]}).encode(),
            ):
                yield Case(kind, content, content[:2_000_000])
        head = {"format": Prompts.kind, "version": 1}
        yield Case(1, json.dumps({**head, "entries": [entry] * 499}).encode(), b"")

    def check(self, case: Case) -> str:
        own = self.folder / "own"
        for left in own.glob("*"):
            left.unlink()
        own.mkdir(exist_ok=True)
        (own / f"{_OWN}.json").write_bytes(case.own)
        collection = self._make(case.kind, own)
        before = collection.list()
        for entry in before:
            _check_entry(entry)
        path = self.folder / "exported.json"
        path.write_bytes(case.exported)
        try:
            added = collection.import_json(path)
        except _FORESEEN as error:
            _check_refusal(error, collection.list(), before)
            return type(error).__name__
        assert {one.id for one in added} <= {one.id for one in collection.list()}
        assert not {one.id for one in added} & {one.id for one in before}, "something was replaced"
        for entry in added:
            _check_entry(entry)
        kept = sorted(self._make(case.kind, own).list(), key=lambda one: one.id)
        assert kept == sorted(collection.list(), key=lambda one: one.id), "it is kept otherwise"
        self._check_round_trip(case.kind, collection, added)
        return f"added {min(len(added), 2)}"

    def _check_round_trip(
        self, kind: int, collection: Collection[Any], added: tuple[Any, ...]
    ) -> None:
        """What was taken in can be given away again."""
        path, other = self.folder / "again.json", self.folder / "other"
        for left in other.glob("*"):
            left.unlink()
        collection.export_json(path, [one.id for one in added])
        again = self._make(kind, other).import_json(path)
        as_it_was = sorted((replace(one, id="", name="") for one in added), key=repr)
        assert sorted((replace(one, id="", name="") for one in again), key=repr) == as_it_was

    def _make(self, kind: int, folder: Path) -> Collection[Any]:
        collection, name = _KINDS[kind]
        return collection(folder, _RESOURCES / name, lambda: "en")

    def _exported(self, kind: type[Collection[Any]], name: str) -> dict[str, Any]:
        path = self.folder / "shipped.json"
        collection = kind(self.folder / "nothing", _RESOURCES / name, lambda: "en")
        collection.export_json(path, [one.id for one in collection.list()])
        data: dict[str, Any] = json.loads(path.read_bytes())
        data["entries"].append(_FULL)
        return data

    def _damaged(self, kind: int, source: random.Random) -> bytes:
        data = self._files[kind]
        entries = source.sample(data["entries"], source.choice((1, 1, 2, 4)))
        if source.random() < 0.1:
            content = bytearray(json.dumps(data).encode())
            damage(content, source)
            return bytes(content)
        # Mostly in the entries: else nearly all of them would be no exported files.
        strange = strange_json(entries, source, source.choice((1, 1, 2, 6)))
        value = {**data, "entries": strange}
        if source.random() < 0.1:
            value = strange_json(value, source)
        return as_bytes(value, source)

    def _own(self, source: random.Random) -> bytes:
        return as_bytes(strange_json(_FULL, source, source.choice((0, 1, 3))), source)


def _check_refusal(error: ChatappError, after: tuple[Any, ...], before: tuple[Any, ...]) -> None:
    assert after == before, "a part of it was kept"
    assert sentence(error)


def _check_entry(entry: Any) -> None:
    assert 0 < len(entry.name) <= LONGEST_NAME, entry
    assert "\n" not in entry.name, entry
    repr(entry).encode()


TARGET = Imports
