"""How an answer is made: the settings, what suits the model, and what was chosen for it."""

from __future__ import annotations

from dataclasses import replace

from chatapp.domain.generation import GenerationParameters, ParameterChoice
from chatapp.domain.model import ModelFile
from chatapp.engine.messages import TemplateArgument, TemplateOptions
from chatapp.settings import Settings

# Templates call it the one or the other.
THINKING = ("enable_thinking", "thinking")
REASONING_EFFORT = "reasoning_effort"

# The starter model is so small that it loses the thread at a higher temperature. These are the
# values that its authors recommend.
_STARTER = GenerationParameters(temperature=0.2, top_p=0.9)


def parameters_for(
    model: ModelFile, settings: Settings, *choices: ParameterChoice
) -> GenerationParameters:
    """The parameters of the next answer of `model`; each of the choices goes over those before."""
    parameters = _STARTER if model.is_starter else GenerationParameters()
    if settings.temperature >= 0:
        parameters = replace(parameters, temperature=settings.temperature)
    parameters = replace(parameters, max_tokens=settings.max_tokens or None)
    for choice in choices:
        parameters = choice.over(parameters)
    return parameters


def template_options(parameters: GenerationParameters) -> TemplateOptions:
    """What the chat template is told about the answer; what it doesn't know changes nothing."""
    arguments: list[TemplateArgument] = []
    if parameters.thinking is not None:
        arguments += [TemplateArgument(name, parameters.thinking) for name in THINKING]
    if parameters.reasoning_effort:
        arguments.append(TemplateArgument(REASONING_EFFORT, parameters.reasoning_effort))
    return TemplateOptions(arguments=tuple(arguments))
