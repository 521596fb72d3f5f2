from __future__ import annotations

from chatapp.domain.conversation import Role
from chatapp.domain.model import TemplateOrigin
from chatapp.engine.messages import TemplateArgument, TemplateOptions, Turn
from chatapp.engine.worker.prompt_format import PromptFormat
from chatapp.engine.worker.template import CHATML, PLAIN, SpecialTokens
from chatapp.engine.worker.trial import TrialResult

SYSTEM = Turn(Role.SYSTEM, "s")
A, B = Turn(Role.USER, "a"), Turn(Role.ASSISTANT, "b")
SIMPLE = "{% for m in messages %}[{{ m.role }}:{{ m.content }}]{% endfor %}"
STRICT = (
    "{% for m in messages %}"
    "{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('no') }}{% endif %}"
    "[{{ m.role }}:{{ m.content }}]{% endfor %}"
)
PICKY = "{% if messages|length > 1 %}{{ raise_exception('no') }}{% endif %}picky"


def make(
    source: str | None, trial: TrialResult, origin: TemplateOrigin = TemplateOrigin.MODEL
) -> tuple[PromptFormat, list[str]]:
    notes: list[str] = []
    return PromptFormat(source, SpecialTokens(), trial, PLAIN, notes.append, origin), notes


def test_the_models_own_template() -> None:
    form, notes = make(SIMPLE, TrialResult("", takes_system=True))
    assert form.origin is TemplateOrigin.MODEL
    assert form.render((SYSTEM, A)) == ("[system:s][user:a]", ())
    assert not notes


def test_a_template_without_a_system_role() -> None:
    form, _ = make(SIMPLE, TrialResult(""))
    assert form.render((SYSTEM, A, B, A)) == ("[user:s\n\na][assistant:b][user:a]", ())


def test_a_strict_template_gets_simpler_turns() -> None:
    form, notes = make(STRICT, TrialResult("", takes_system=True))
    assert form.render((A, A, B, A)) == ("[user:a\n\na][assistant:b][user:a]", ())
    assert not notes


def test_one_conversation_that_the_template_does_not_take() -> None:
    form, notes = make(PICKY, TrialResult("", takes_system=True))
    assert form.render((A,)) == ("picky", ())
    text, stop = form.render((A, B, A))
    assert text == PLAIN.render((A, B, A))
    assert stop == PLAIN.stop
    assert len(notes) == 1
    assert form.origin is TemplateOrigin.MODEL


def test_a_missing_and_a_failed_template() -> None:
    missing, _ = make(None, TrialResult(""))
    assert (missing.origin, missing.problem) == (TemplateOrigin.MISSING, "")
    failed, _ = make(SIMPLE, TrialResult("too slow"))
    assert (failed.origin, failed.problem) == (TemplateOrigin.FAILED, "too slow")
    assert failed.render((A,)) == (PLAIN.render((A,)), PLAIN.stop)
    assert CHATML.stop


def test_a_template_that_a_person_gave() -> None:
    assert make(SIMPLE, TrialResult(""), TemplateOrigin.PERSON)[0].origin is TemplateOrigin.PERSON
    assert make("{{", TrialResult(""), TemplateOrigin.PERSON)[0].origin is TemplateOrigin.FAILED


def test_a_model_thinks_unless_the_person_says_no() -> None:
    form, _ = make("{{ messages[0].content }}{{ enable_thinking }}", TrialResult(""))
    no = TemplateOptions(arguments=(TemplateArgument("enable_thinking", value=False),))
    assert form.render((A,)) == ("aTrue", ())
    assert form.render((A,), options=no) == ("aFalse", ())
    assert form.variables == {"enable_thinking", "messages"}
