"""Sets of parameters with a name."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from chatapp.chat.presets import AUTOMATIC, Preset, Presets
from chatapp.domain.generation import NO_CHOICE, ParameterChoice
from chatapp.errors import ImportInvalid
from chatapp.paths import Paths


@pytest.fixture
def presets(paths: Paths) -> Presets:
    return make(paths)


def make(paths: Paths, language: str = "en") -> Presets:
    return Presets(paths.data / "presets", paths.resources / "presets", lambda: language)


def test_those_that_come_along_are_the_same_in_both_languages(paths: Paths) -> None:
    english, chinese = make(paths, "en").list(), make(paths, "zh_CN").list()
    assert [one.id for one in english] == ["precise", "balanced", "creative", "code"]
    assert [replace(one, name="") for one in english] == [replace(one, name="") for one in chinese]
    assert all(one.is_shipped and one.parameters != NO_CHOICE for one in english)
    assert not {one.name for one in english} & {one.name for one in chinese}


def test_a_preset_takes_the_place_of_another(presets: Presets) -> None:
    precise, creative = presets.find("precise"), presets.find("creative")
    assert precise is not None
    assert creative is not None
    choice = creative.applied_to(precise.applied_to(NO_CHOICE))
    assert choice == creative.applied_to(NO_CHOICE)
    assert creative.is_in(choice)
    assert not precise.is_in(choice)
    assert AUTOMATIC.applied_to(choice) == NO_CHOICE


def test_a_preset_leaves_alone_what_is_not_its_own() -> None:
    chosen = ParameterChoice(
        temperature=2.0, stop=("END",), json_schema="{}", seed=7, keep_seed=True, max_tokens=50
    )
    preset = Preset("x", "X", ParameterChoice(top_p=0.5, max_tokens=9))
    choice = preset.applied_to(chosen)
    assert (choice.temperature, choice.top_p, choice.max_tokens) == (None, 0.5, 9)
    assert (choice.stop, choice.json_schema, choice.seed) == (("END",), "{}", 7)
    assert choice.keep_seed
    assert choice.preset == "x"
    assert preset.is_in(replace(choice, stop=None))
    assert not preset.is_in(replace(choice, top_p=0.6))


def test_presets_are_kept(presets: Presets, paths: Paths) -> None:
    choice = ParameterChoice(temperature=0.3, seed=9, keep_seed=True, preset="precise")
    mine = presets.keep("  My  own ", choice)
    assert (mine.name, mine.parameters) == ("My own", ParameterChoice(temperature=0.3))
    assert make(paths).find(mine.id) == mine
    again = presets.keep("My own", ParameterChoice(temperature=0.9))
    assert again.id == mine.id
    assert [one.name for one in presets.list() if not one.is_shipped] == ["My own"]


def test_presets_are_renamed_and_deleted(presets: Presets, paths: Paths) -> None:
    mine = presets.keep("Mine", ParameterChoice(top_k=1))
    presets.save(replace(mine, name="Yours"))
    assert [one.name for one in make(paths).list()][-1] == "Yours"
    presets.delete(mine.id)
    assert make(paths).find(mine.id) is None


def test_a_name_of_one_that_came_along_makes_another(presets: Presets) -> None:
    assert presets.keep("Precise", ParameterChoice(top_k=1)).id != "precise"


def test_a_preset_needs_a_name(presets: Presets) -> None:
    with pytest.raises(ImportInvalid):
        presets.keep("  ", NO_CHOICE)


def test_a_file_that_anybody_may_have_written(presets: Presets, paths: Paths) -> None:
    mine = presets.keep("Mine", ParameterChoice(top_k=1))
    folder = paths.data / "presets"
    (folder / "broken.json").write_text("{")
    (folder / "odd.json").write_text(
        json.dumps({"name": "Odd", "parameters": {"top_k": "x", "seed": 4, "min_p": 0.2}})
    )
    own = {one.id: one for one in make(paths).list() if not one.is_shipped}
    assert set(own) == {mine.id, "odd"}
    assert own["odd"].parameters == ParameterChoice(min_p=0.2)
