from __future__ import annotations

from chatapp.chat.parameters import parameters_for
from chatapp.domain.generation import GenerationParameters
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
