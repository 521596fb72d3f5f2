"""What the parameters of an answer are called, and a sentence on what each of them does."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale

from chatapp.domain.generation import SamplerStep
from chatapp.ui.words import percent

_TOKENS_PER_WORD = 4 / 3  # in English, about


def parameter_name(name: str) -> str:
    """Of the field of this name in `GenerationParameters`."""
    translate = QCoreApplication.translate
    return {
        "temperature": translate("parameters", "Temperature"),
        "top_k": translate("parameters", "Top-k"),
        "top_p": translate("parameters", "Top-p"),
        "min_p": translate("parameters", "Min-p"),
        "typical_p": translate("parameters", "Typical-p"),
        "top_n_sigma": translate("parameters", "Top-n-sigma"),
        "xtc_probability": translate("parameters", "XTC probability"),
        "xtc_threshold": translate("parameters", "XTC threshold"),
        "dynamic_temperature_range": translate("parameters", "Temperature range"),
        "dynamic_temperature_exponent": translate("parameters", "Range exponent"),
        "repeat_penalty": translate("parameters", "Repeat penalty"),
        "repeat_last_n": translate("parameters", "Repeat window"),
        "frequency_penalty": translate("parameters", "Frequency penalty"),
        "presence_penalty": translate("parameters", "Presence penalty"),
        "dry_multiplier": translate("parameters", "DRY strength"),
        "dry_base": translate("parameters", "DRY base"),
        "dry_allowed_length": translate("parameters", "DRY length"),
        "dry_last_n": translate("parameters", "DRY window"),
        "dry_sequence_breakers": translate("parameters", "DRY breaks"),
        "mirostat": translate("parameters", "Mirostat"),
        "mirostat_tau": translate("parameters", "Mirostat target"),
        "mirostat_eta": translate("parameters", "Mirostat rate"),
        "adaptive_target": translate("parameters", "Adaptive-p target"),
        "adaptive_decay": translate("parameters", "Adaptive-p decay"),
        "samplers": translate("parameters", "Order of the steps"),
        "seed": translate("parameters", "Seed"),
        "keep_seed": translate("parameters", "Keep the seed"),
        "stop": translate("parameters", "Stop at"),
        "logit_bias": translate("parameters", "Token bias"),
        "grammar": translate("parameters", "Grammar"),
        "json_schema": translate("parameters", "JSON Schema"),
        "thinking": translate("parameters", "Thinking"),
        "reasoning_effort": translate("parameters", "Thinking effort"),
    }[name]


def parameter_sentence(name: str, value: object) -> str:
    """What it does; some say it of the value that is in force."""
    translate = QCoreApplication.translate
    number = float(value) if isinstance(value, int | float) else 0.0
    if name == "top_p" and 0 <= number < 1:
        pattern = translate("parameters", "Keeps the likeliest words that add up to {percent}.")
        return pattern.format(percent=percent(number))
    if name == "min_p" and number > 0:
        pattern = translate("parameters", "Drops words below {percent} of the likeliest one.")
        return pattern.format(percent=percent(number))
    return {
        "temperature": translate("parameters", "Higher values choose less likely words."),
        "top_k": translate("parameters", "Keeps this many of the likeliest words."),
        "top_p": translate("parameters", "Keeps the likeliest words up to this share."),
        "min_p": translate("parameters", "Drops words far below the likeliest one."),
        "typical_p": translate("parameters", "Keeps words that are as surprising as usual."),
        "top_n_sigma": translate("parameters", "Drops words far below the best score."),
        "xtc_probability": translate("parameters", "How often the likeliest words are left out."),
        "xtc_threshold": translate("parameters", "From which share words can be left out."),
        "dynamic_temperature_range": translate(
            "parameters", "How far the temperature follows the model's doubt."
        ),
        "dynamic_temperature_exponent": translate("parameters", "How steeply it follows."),
        "repeat_penalty": translate("parameters", "Above 1 makes the model avoid its own words."),
        "repeat_last_n": translate("parameters", "How many tokens back the penalties look."),
        "frequency_penalty": translate("parameters", "Grows each time a word is used."),
        "presence_penalty": translate("parameters", "The same for every word that was used."),
        "dry_multiplier": translate("parameters", "Makes repeated passages less likely."),
        "dry_base": translate("parameters", "How fast that grows with the passage."),
        "dry_allowed_length": translate(
            "parameters", "Passages of up to this many tokens may repeat."
        ),
        "dry_last_n": translate("parameters", "How many tokens back it looks."),
        "dry_sequence_breakers": translate("parameters", "A passage ends at these."),
        "mirostat": translate("parameters", "Keeps the text evenly surprising, in its own way."),
        "mirostat_tau": translate("parameters", "How surprising the text should be."),
        "mirostat_eta": translate("parameters", "How fast it corrects itself."),
        "adaptive_target": translate("parameters", "How likely the chosen words should be."),
        "adaptive_decay": translate("parameters", "How long earlier words count for that."),
        "samplers": translate("parameters", "From the first to the last, before the choice."),
        "seed": translate("parameters", "The same seed gives the same answer again."),
        "keep_seed": translate("parameters", "Otherwise each answer gets another one."),
        "stop": translate("parameters", "The answer ends before any of these texts."),
        "logit_bias": translate(
            "parameters", "Makes tokens more or less likely, for example 42: -5."
        ),
        "grammar": translate("parameters", "The answer follows these rules, written in GBNF."),
        "json_schema": translate("parameters", "The answer is JSON that fits it."),
        "thinking": translate("parameters", "Whether the model thinks before it answers."),
        "reasoning_effort": translate("parameters", "How much it thinks."),
    }[name]


def length_sentence(tokens: int) -> str:
    """How long an answer may get; 0 is no limit."""
    translate, number = QCoreApplication.translate, QLocale().toString
    if not tokens:
        return translate("parameters", "It ends where the model ends it, or the context.")
    words = _rounded(tokens / _TOKENS_PER_WORD)
    pattern = translate("parameters", "At most {tokens} tokens, about {words} words.")
    return pattern.format(tokens=number(tokens), words=number(words))


def step_name(step: SamplerStep) -> str:
    """Of a step that narrows the choice of the next word."""
    translate = QCoreApplication.translate
    if step is SamplerStep.PENALTIES:
        return translate("parameters", "Penalties")
    if step is SamplerStep.DRY:
        return translate("parameters", "DRY")
    if step is SamplerStep.XTC:
        return translate("parameters", "XTC")
    return parameter_name(str(step))


def _rounded(value: float) -> int:
    """To two digits: 770, 1,500, 96."""
    digits = len(str(round(value)))
    return int(round(value, 2 - digits)) if digits > 2 else round(value)
