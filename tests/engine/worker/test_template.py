from __future__ import annotations

import pytest

from chatapp.domain.conversation import Role
from chatapp.engine.messages import Turn
from chatapp.engine.worker import template as template_module
from chatapp.engine.worker.template import (
    CHATML,
    PLAIN,
    ChatTemplate,
    SpecialTokens,
    TemplateFailed,
    simplified,
)

TURNS = (Turn(Role.SYSTEM, "Be brief."), Turn(Role.USER, "Hi <b>"), Turn(Role.ASSISTANT, "Ho"))


def render(source: str, turns: tuple[Turn, ...] = TURNS) -> str:
    return ChatTemplate(source, SpecialTokens("<s>", "</s>")).render(turns)


def test_what_templates_use() -> None:
    source = """
{%- for message in messages %}
    {% if message['role'] == 'system' %}{% continue %}{% endif %}
    {% generation %}
{{ bos_token }}{{ message.role }}|{{ message['content'] }}{{ eos_token }}
    {% endgeneration %}
{% endfor %}
{% if add_generation_prompt %}go{% endif %}"""
    assert render(source) == "<s>user|Hi <b></s>\n<s>assistant|Ho</s>\ngo"


def test_filters_and_functions() -> None:
    assert render("{{ {'b': '<ü>', 'a': None} | tojson }}") == '{"b": "<ü>", "a": null}'
    assert render("{{ [1] | tojson(indent=2) }}") == "[\n  1\n]"
    assert len(render("{{ strftime_now('%Y') }}")) == 4
    assert render("{{ tools is none }}{{ nonesuch is defined }}") == "TrueFalse"


@pytest.mark.parametrize(
    "source",
    [
        "{% if %}",
        "{{ raise_exception('roles must alternate') }}",
        "{{ 1 / 0 }}",
        "{{ nonesuch.attribute }}",
        "{{ ''.__class__.__mro__ }}",
        "{% for i in range(10 ** 12) %}{% endfor %}",
        "{% include 'other' %}",
        "{{ messages.append(1) }}",
        "{% for i in range(99999) %}{{ 'x' * 100 }}{% endfor %}",
        "{" * 1_000_001,
        "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    ],
)
def test_failures_have_one_type(source: str) -> None:
    with pytest.raises(TemplateFailed):
        render(source)


def test_a_long_conversation_may_make_a_long_prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template_module, "MAX_GROWTH", 100)
    turns = (Turn(Role.USER, "x" * 5000),)
    assert len(render("{{ messages[0].content }}", turns)) == 5000
    with pytest.raises(TemplateFailed, match="too long"):
        render("{{ messages[0].content }}{{ messages[0].content }}", turns)


def test_common_formats() -> None:
    assert CHATML.render(TURNS[:2]) == (
        "<|im_start|>system\nBe brief.<|im_end|>\n"
        "<|im_start|>user\nHi <b><|im_end|>\n<|im_start|>assistant\n"
    )
    assert PLAIN.render(TURNS[:2]) == "Be brief.\n\nUser: Hi <b>\n\nAssistant:"


def test_simplified_turns_alternate() -> None:
    turns = (
        Turn(Role.SYSTEM, "s"),
        Turn(Role.USER, "a"),
        Turn(Role.USER, "b"),
        Turn(Role.ASSISTANT, "c"),
        Turn(Role.USER, ""),
    )
    assert simplified(turns) == (
        Turn(Role.USER, "s\n\na\n\nb"),
        Turn(Role.ASSISTANT, "c"),
        Turn(Role.USER, ""),
    )
    assert simplified(()) == ()
