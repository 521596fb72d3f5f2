"""The models that Discover opens with: chosen by hand, looked up live.

The catalogue names repositories and the precision that suits them, no files, sizes or hashes:
repositories change, and a list that comes along with a program grows old.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Ability(StrEnum):
    """What a model is good for."""

    CHAT = "chat"
    REASONING = "reasoning"
    TOOLS = "tools"
    CODE = "code"
    VISION = "vision"
    EMBEDDING = "embedding"


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """A model of the catalogue.

    `parameters` is about right, for as long as nobody asked the Hub. `languages` (ISO 639-1) are
    those that it is best in, the first one first. `texts` pairs languages with a sentence on it.
    """

    repo: str
    name: str
    quantization: str
    parameters: int
    abilities: tuple[Ability, ...]
    languages: tuple[str, ...]
    texts: tuple[tuple[str, str], ...]

    def text(self, language: str) -> str:
        """What it is for, in this language (as "zh_CN") or else in English."""
        texts = dict(self.texts)
        return texts.get(_base(language)) or texts["en"]


def read_catalog(resources: Path) -> tuple[CatalogEntry, ...]:
    """The catalogue that comes along, in its own order."""
    data = json.loads((resources / "catalog.json").read_text(encoding="utf-8"))
    return tuple(
        CatalogEntry(
            repo=row["repo"],
            name=row["name"],
            quantization=row["quantization"],
            parameters=row["parameters"],
            abilities=tuple(map(Ability, row["abilities"])),
            languages=tuple(row["languages"]),
            texts=tuple(row["text"].items()),
        )
        for row in data["models"]
    )


def for_language(entries: Sequence[CatalogEntry], language: str) -> tuple[CatalogEntry, ...]:
    """The same, those first that are at their best in this language."""
    wanted = _base(language)
    return tuple(sorted(entries, key=lambda entry: wanted not in entry.languages))


def _base(language: str) -> str:
    return language.replace("-", "_").partition("_")[0].casefold()
