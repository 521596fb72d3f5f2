from __future__ import annotations

from dataclasses import fields

from chatapp.chat.parameters import parameters_for
from chatapp.domain.generation import NO_CHOICE, GenerationParameters, ParameterChoice
from chatapp.domain.model import ModelFile
from chatapp.settings import Settings

STARTER = ModelFile("/starter.gguf", "starter", is_starter=True)
OTHER = ModelFile("/other.gguf", "other")


def test_a_tiny_model_is_kept_on_a_short_lead() -> None:
    assert parameters_for(STARTER, Settings()).temperature == 0.2
    assert parameters_for(OTHER, Settings()).temperature == GenerationParameters().temperature


def test_the_settings_win() -> None:
    settings = Settings(temperature=0.0, max_tokens=5)
    for model in (STARTER, OTHER):
        assert parameters_for(model, settings).temperature == 0
        assert parameters_for(model, settings).max_tokens == 5


def test_an_answer_has_an_end_unless_the_settings_say_otherwise() -> None:
    assert parameters_for(OTHER, Settings()).max_tokens
    assert parameters_for(OTHER, Settings(max_tokens=0)).max_tokens is None


def test_every_parameter_can_be_chosen() -> None:
    chosen = {field.name for field in fields(ParameterChoice)} - {"keep_seed", "preset"}
    assert chosen == {field.name for field in fields(GenerationParameters)}


def test_nothing_chosen_changes_nothing() -> None:
    parameters = GenerationParameters(temperature=0.3, seed=5, stop=("END",))
    assert NO_CHOICE.over(parameters) == parameters


def test_what_is_chosen_goes_over_what_was_chosen_before() -> None:
    assistant = ParameterChoice(temperature=0.4, top_p=0.8, thinking=True)
    conversation = ParameterChoice(temperature=1.2, max_tokens=0, thinking=False)
    parameters = parameters_for(OTHER, Settings(max_tokens=99), assistant, conversation)
    assert (parameters.temperature, parameters.top_p) == (1.2, 0.8)
    assert parameters.max_tokens is None
    assert parameters.thinking is False


def test_a_seed_holds_only_when_it_is_kept() -> None:
    usual = GenerationParameters()
    assert ParameterChoice(seed=42).over(usual).seed is None
    assert ParameterChoice(seed=42, keep_seed=True).over(usual).seed == 42


def test_a_form_takes_the_place_of_another_form() -> None:
    strict = GenerationParameters(grammar='root ::= "a"')
    assert ParameterChoice(json_schema="{}").over(strict).grammar == ""
    back = ParameterChoice(grammar='root ::= "b"').over(GenerationParameters(json_schema="{}"))
    assert (back.grammar, back.json_schema) == ('root ::= "b"', "")
    both = ParameterChoice(grammar='root ::= "b"', json_schema="{}").over(strict)
    assert (both.grammar, both.json_schema) == ("", "{}")
