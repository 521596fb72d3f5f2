"""Assistants that come along, and the person's own, in files that anybody may have written."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.chat.assistants import Assistants
from chatapp.chat.prompts import Prompts
from chatapp.domain.assistant import GENERAL, Assistant
from chatapp.domain.generation import GenerationParameters, ParameterChoice
from chatapp.domain.prompt import PromptTemplate
from chatapp.errors import (
    ChatappError,
    FolderNotWritable,
    ImportInvalid,
    ImportTooLarge,
    ImportTooMany,
    ImportUnreadable,
    NotExported,
)
from chatapp.paths import Paths

SHIPPED = (
    *("general", "writer", "translator", "summariser"),
    *("programmer", "tutor", "customer-service", "analyst"),
)
MINE = Assistant(
    "",
    "Recipes",
    icon="list",
    system_prompt="You know recipes.\nBe short.",
    model="Qwen3 4B",
    parameters=ParameterChoice(temperature=0.4, stop=("END",), keep_seed=True, seed=7),
    json_schema='{"type": "object"}',
    starters=("What can I cook with:",),
    description="Cooks with what is there",
)


def make(paths: Paths, language: str = "en_US") -> Assistants:
    shipped = paths.resources / "assistants"
    return Assistants(paths.data / "assistants", shipped, lambda: language)


def make_prompts(paths: Paths, language: str = "en_US") -> Prompts:
    return Prompts(paths.data / "prompts", paths.resources / "prompts", lambda: language)


def exported(entries: Any, **values: Any) -> str:
    return json.dumps({"format": "chatapp-assistants", "version": 1, "entries": entries} | values)


# What comes along


@pytest.mark.parametrize("language", ["en_US", "zh_CN", "de_DE", ""])
def test_eight_assistants_come_along(paths: Paths, language: str) -> None:
    found = make(paths, language).list()
    assert tuple(one.id for one in found) == SHIPPED
    assert found[0].id == GENERAL
    for one in found:
        assert one.is_shipped
        assert len(one.starters) <= 4
        assert one.starters or one.id == GENERAL  # whose are on the welcome page
        assert one.system_prompt.strip()
        assert one.description
        # A small model reads it with every message.
        assert len(one.system_prompt) < 1000
    assert len({one.name for one in found}) == len(SHIPPED)
    is_chinese = language == "zh_CN"
    assert (found[0].name == "通用") is is_chinese


def test_both_languages_have_the_same_assistants(paths: Paths) -> None:
    english, chinese = make(paths).list(), make(paths, "zh_CN").list()
    for one, other in zip(english, chinese, strict=True):
        assert (one.id, one.icon, one.parameters) == (other.id, other.icon, other.parameters)
        assert len(one.starters) == len(other.starters)
        assert all(one.endswith((":", ".", "?")) for one in one.starters)
        assert all(one.endswith(("：", "。", "？")) for one in other.starters)


def test_names_follow_the_language_while_it_runs(paths: Paths) -> None:
    language = "en"
    shipped = paths.resources / "assistants"
    assistants = Assistants(paths.data / "assistants", shipped, lambda: language)
    assert assistants.list()[1].name == "Writer"
    language = "zh_CN"
    assert assistants.list()[1].name == "写作"


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_prompts_come_along(paths: Paths, language: str) -> None:
    found = make_prompts(paths, language).list()
    assert len(found) >= 10
    assert all(one.variables and one.is_shipped for one in found)
    ids = [one.id for one in make_prompts(paths, "en").list()]
    assert [one.id for one in found] == ids


# The person's own


def test_what_is_saved_is_there_after_a_restart(paths: Paths) -> None:
    kept = make(paths).save(MINE)
    assert kept.id
    assert replace(kept, id="") == MINE
    again = make(paths)
    assert again.find(kept.id) == kept
    assert again.list()[-1] == kept


def test_a_choice_goes_over_the_parameters_with_the_form_of_the_answer(paths: Paths) -> None:
    kept = make(paths).save(MINE)
    parameters = kept.choice.over(GenerationParameters())
    assert (parameters.temperature, parameters.seed) == (0.4, 7)
    assert parameters.json_schema == '{"type": "object"}'
    assert kept.parameters.json_schema is None


def test_one_that_came_along_can_be_changed_and_reset(paths: Paths) -> None:
    assistants = make(paths)
    writer = assistants.find("writer")
    assert writer is not None
    assistants.save(replace(writer, name="Poet"))
    again = make(paths)
    changed = again.find("writer")
    assert changed is not None
    assert (changed.name, changed.is_shipped) == ("Poet", True)
    assert again.is_changed("writer")
    assert not again.is_changed("tutor")
    assert tuple(one.id for one in again.list()) == SHIPPED
    assert again.reset("writer") == writer
    assert make(paths).find("writer") == writer


def test_a_reset_takes_nothing_away_from_the_persons_own(paths: Paths) -> None:
    assistants = make(paths)
    kept = assistants.save(MINE)
    assert assistants.reset(kept.id) == kept


def test_copies_get_names_of_their_own(paths: Paths) -> None:
    assistants = make(paths)
    names = [assistants.duplicate("writer"), assistants.duplicate("writer")]
    assert [one.name for one in names if one is not None] == ["Writer 2", "Writer 3"]
    assert not any(one.is_shipped for one in names if one is not None)
    assert assistants.duplicate("nobody") is None


def test_what_is_deleted_is_gone_and_can_be_brought_back(paths: Paths) -> None:
    assistants = make(paths)
    other, kept = assistants.save(replace(MINE, name="Other")), assistants.save(MINE)
    fresh = make(paths)
    fresh.delete(kept.id)  # before anything was read
    assert fresh.find(kept.id) is None
    assert fresh.find(other.id) == other
    assert make(paths).find(kept.id) is None
    fresh.save(kept)
    assert make(paths).find(kept.id) == kept


def test_changes_are_told(paths: Paths) -> None:
    assistants = make(paths)
    told: list[int] = []
    assistants.subscribe(lambda: told.append(len(assistants.list())))
    kept = assistants.save(MINE)
    assistants.delete(kept.id)
    assert told == [9, 8]


@pytest.mark.parametrize(
    "change",
    [
        {"name": "  "},
        {"name": "x" * 61},
        {"system_prompt": "x" * 32_001},
        {"starters": ("x",) * 9},
        {"json_schema": "[1]"},
        {"grammar": 'root ::= "a"'},  # beside the schema
        {"description": "half \ud800 a character"},
        {"system_prompt": "a\0b"},
        {"id": "../elsewhere"},
    ],
)
def test_what_makes_no_sense_is_not_saved(paths: Paths, change: dict[str, Any]) -> None:
    assistants = make(paths)
    with pytest.raises(ImportInvalid):
        assistants.save(replace(MINE, **change))
    assert len(assistants.list()) == len(SHIPPED)
    assert not list(paths.data.rglob("*.json"))


def test_a_damaged_file_takes_no_other_with_it(paths: Paths) -> None:
    assistants = make(paths)
    kept = assistants.save(MINE)
    folder = paths.data / "assistants"
    (folder / "a.json").write_text("{", encoding="utf-8")
    (folder / "b.json").write_text("[]", encoding="utf-8")
    (folder / "c.json").write_bytes(b"\xff" * 10)
    (folder / "d.json").mkdir()
    (folder / "Not An Id.json").write_text('{"name": "x"}', encoding="utf-8")
    (folder / "writer.json").write_text('{"name": 5}', encoding="utf-8")
    found = make(paths).list()
    assert [one.id for one in found] == [*SHIPPED, kept.id]


def test_a_folder_that_can_t_be_written_is_told(paths: Paths) -> None:
    (paths.data / "assistants").write_text("a file", encoding="utf-8")
    with pytest.raises(FolderNotWritable):
        make(paths).save(MINE)


# Files for other people


def test_what_is_exported_can_be_imported_elsewhere(paths: Paths, tmp_path: Path) -> None:
    assistants = make(paths)
    kept = assistants.save(MINE)
    file = tmp_path / "mine.json"
    assistants.export_json(file, [kept.id, "writer"])
    other = Paths.under(tmp_path / "other")
    other.create()
    there = make(other, "zh_CN")
    writer, recipes = there.import_json(file)
    assert replace(recipes, id="") == MINE
    assert (writer.name, writer.is_shipped) == ("Writer", False)
    assert len(there.list()) == len(SHIPPED) + 2
    assert there.import_json(file)[1].name == "Recipes 2"


def test_a_file_of_prompts_is_no_file_of_assistants(paths: Paths, tmp_path: Path) -> None:
    file = tmp_path / "prompts.json"
    make_prompts(paths).export_json(file, ["translate"])
    with pytest.raises(NotExported):
        make(paths).import_json(file)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        "[" * 100_000,
        '{"entries": []}',
        exported([]),
        exported([1]),
        exported([{"name": "x"}], version=2),
        exported({}),
        "9" * 5000,
    ],
)
def test_what_was_not_exported_is_told(paths: Paths, tmp_path: Path, content: str) -> None:
    file = tmp_path / "strange.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(NotExported) as caught:
        make(paths).import_json(file)
    assert caught.value.path == str(file)


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        ({}, "name"),
        ({"name": ["x"]}, "name"),
        ({"name": "x", "system_prompt": None}, "system_prompt"),
        ({"name": "x", "starters": "hello"}, "starters"),
        ({"name": "x", "starters": [1]}, "starters"),
        ({"name": "x", "parameters": []}, "parameters"),
        ({"name": "x", "parameters": {"temperature": "hot"}}, "temperature"),
        ({"name": "x", "parameters": {"temperature": 1e300}}, "temperature"),
        ({"name": "x", "parameters": {"top_k": 1.5}}, "top_k"),
        ({"name": "x", "parameters": {"stop": [1, 2] * 50}}, "stop"),
        ({"name": "x", "json_schema": "[" * 50_000}, "json_schema"),
    ],
)
def test_a_field_that_can_t_be_used_is_named(
    paths: Paths, tmp_path: Path, entry: dict[str, Any], field: str
) -> None:
    file = tmp_path / "strange.json"
    file.write_text(exported([{"name": "good"}, entry]), encoding="utf-8")
    assistants = make(paths)
    with pytest.raises(ImportInvalid) as caught:
        assistants.import_json(file)
    assert caught.value.field == field
    assert len(assistants.list()) == len(SHIPPED)  # not the good one either


def test_numbers_that_are_none_are_refused(paths: Paths, tmp_path: Path) -> None:
    for number in ("NaN", "Infinity", "-Infinity", "1" + "0" * 400):
        file = tmp_path / "strange.json"
        content = exported([{"name": "x", "parameters": {"temperature": 1}}])
        file.write_text(content.replace("1}}", f"{number}}}}}"), encoding="utf-8")
        with pytest.raises(ImportInvalid):
            make(paths).import_json(file)


def test_names_that_nobody_knows_are_left_out(paths: Paths, tmp_path: Path) -> None:
    file = tmp_path / "newer.json"
    entry = {"name": "x", "tools": ["a"], "id": "writer", "parameters": {"magic": 3, "over": 1}}
    file.write_text(exported([entry]), encoding="utf-8")
    (found,) = make(paths).import_json(file)
    assert found.id not in SHIPPED
    assert found.parameters == ParameterChoice()


def test_limits(paths: Paths, tmp_path: Path) -> None:
    file = tmp_path / "large.json"
    file.write_bytes(b" " * (5 << 20))
    with pytest.raises(ImportTooLarge):
        make(paths).import_json(file)
    file.write_text(exported([{"name": "x"}] * 501), encoding="utf-8")
    with pytest.raises(ImportTooMany):
        make(paths).import_json(file)
    with pytest.raises(ImportUnreadable):
        make(paths).import_json(tmp_path / "nowhere.json")


def test_what_does_not_fit_is_not_begun(paths: Paths, tmp_path: Path) -> None:
    assistants = make(paths)
    mine = assistants.save(Assistant("", "Mine"))
    file = tmp_path / "many.json"
    file.write_text(exported([{"name": "x"}] * 500), encoding="utf-8")
    with pytest.raises(ImportTooMany):
        assistants.import_json(file)
    assert [one for one in assistants.list() if not one.is_shipped] == [mine]


def test_an_import_that_fails_on_the_way_leaves_nothing(paths: Paths, tmp_path: Path) -> None:
    assistants = make(paths)
    file = tmp_path / "two.json"
    file.write_text(exported([{"name": "One"}, {"name": "Two"}]), encoding="utf-8")
    folder = paths.data / "assistants"

    def lose_folder() -> None:
        if any(one.name == "One" for one in assistants.list()) and folder.is_dir():
            shutil.rmtree(folder)
            folder.symlink_to(tmp_path / "nowhere" / "at-all")

    assistants.subscribe(lose_folder)
    with pytest.raises(FolderNotWritable):
        assistants.import_json(file)
    assert [one for one in assistants.list() if not one.is_shipped] == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = ("name", "icon", "system_prompt", "model", "starters", "grammar", "json_schema")
CHOICES = ("temperature", "stop", "samplers", "logit_bias", "thinking", "seed", "grammar")


@given(
    st.dictionaries(st.sampled_from(NAMES), JSON),
    st.dictionaries(st.sampled_from(CHOICES), JSON) | JSON,
)
def test_any_json_is_taken_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, entry: dict[str, Any], parameters: Any
) -> None:
    folder = tmp_path_factory.mktemp("any")
    file = folder / "any.json"
    file.write_text(exported([{**entry, "parameters": parameters}]), encoding="utf-8")
    shipped = Paths.default().resources / "assistants"
    assistants = Assistants(folder / "own", shipped, lambda: "en")
    try:
        (found,) = assistants.import_json(file)
    except ChatappError:
        return
    assert Assistants(folder / "own", shipped, lambda: "en").find(found.id) == found


# Variables


def test_variables_are_named_once_in_their_order() -> None:
    prompt = PromptTemplate("", "x", "{{b}} {{ a }} {{b}} {{}} {{ }} {c} {{多个字}} {{to be}}")
    assert prompt.variables == ("b", "a", "多个字", "to be")


def test_what_is_filled_in_stays_as_it_is() -> None:
    prompt = PromptTemplate("", "x", "{{a}} and {{ b }} and {{c}}")
    filled = prompt.fill({"a": "{{b}}", "b": r"\1 \g<0>"})
    assert filled == r"{{b}} and \1 \g<0> and {{c}}"


@given(st.text(), st.dictionaries(st.text(), st.text()))
def test_any_text_can_be_a_prompt(text: str, values: dict[str, str]) -> None:
    prompt = PromptTemplate("", "x", text)
    filled = prompt.fill(dict.fromkeys(prompt.variables, ""))
    assert len(filled) <= len(text)
    assert prompt.fill({}) == text
    prompt.fill(values)
