from __future__ import annotations

import json
import re

from chatapp.hub.catalog import Ability, for_language, read_catalog
from chatapp.hub.names import is_repo_id, quantization
from chatapp.paths import Paths

RESOURCES = Paths.default().resources
CATALOG = read_catalog(RESOURCES)


def test_every_entry_can_be_used() -> None:
    assert len(CATALOG) >= 20
    assert len({entry.repo for entry in CATALOG}) == len(CATALOG)
    assert len({entry.name for entry in CATALOG}) == len(CATALOG)
    for entry in CATALOG:
        assert is_repo_id(entry.repo)
        assert quantization(f"model-{entry.quantization}.gguf") == entry.quantization
        assert 10**8 < entry.parameters < 10**11
        assert entry.abilities
        assert (Ability.EMBEDDING in entry.abilities) != (Ability.CHAT in entry.abilities)
        assert entry.languages
        assert all(re.fullmatch(r"[a-z]{2}", language) for language in entry.languages)
        for language, shortest in (("en", 20), ("zh_CN", 8)):
            assert shortest <= len(entry.text(language)) <= 90
        assert entry.text("zh_CN") != entry.text("en")
        assert entry.text("tlh") == entry.text("en")


def test_nothing_that_grows_old_is_in_it() -> None:
    text = (RESOURCES / "catalog.json").read_text(encoding="utf-8")
    assert not re.search(r"[0-9a-f]{40}", text)
    assert '.gguf"' not in text
    keys = {key for row in json.loads(text)["models"] for key in row}
    assert keys == {"repo", "name", "quantization", "parameters", "abilities", "languages", "text"}


def test_there_is_something_for_everyone() -> None:
    for ability in Ability:
        assert any(ability in entry.abilities for entry in CATALOG)
    smallest = min(e.parameters for e in CATALOG if Ability.CHAT in e.abilities)
    assert smallest < 1e9
    for language in ("en", "zh"):
        first = [e.repo for e in for_language(CATALOG, language) if Ability.CHAT in e.abilities]
        assert first[0] == "unsloth/Qwen3.5-4B-GGUF"


def test_chinese_speakers_see_first_what_speaks_chinese() -> None:
    ordered = for_language(CATALOG, "zh-CN")
    names = [entry.name for entry in ordered]
    assert names[:3] == ["Qwen3.5 4B", "Qwen3 4B Instruct", "Qwen3 1.7B"]
    is_chinese = ["zh" in entry.languages for entry in ordered]
    assert is_chinese == sorted(is_chinese, reverse=True)
    embedding = [e.name for e in ordered if Ability.EMBEDDING in e.abilities]
    assert embedding[:2] == ["Qwen3 Embedding 0.6B", "BGE-M3"]
    assert sorted(names) == sorted(entry.name for entry in CATALOG)
