"""How an answer is made when nobody says more: the settings, and what suits the model."""

from __future__ import annotations

from dataclasses import replace

from chatapp.domain.generation import GenerationParameters
from chatapp.domain.model import ModelFile
from chatapp.settings import Settings

# The starter model is so small that it loses the thread at a higher temperature. These are the
# values that its authors recommend.
_STARTER = GenerationParameters(temperature=0.2, top_p=0.9)


def parameters_for(model: ModelFile, settings: Settings) -> GenerationParameters:
    """The parameters of the next answer of `model`."""
    parameters = _STARTER if model.is_starter else GenerationParameters()
    if settings.temperature >= 0:
        parameters = replace(parameters, temperature=settings.temperature)
    return replace(parameters, max_tokens=settings.max_tokens or None)
