from __future__ import annotations

import sys

import pytest

from chatapp.engine.worker.template import SpecialTokens
from chatapp.engine.worker.trial import SYSTEM_MARK, TemplateTrial, TrialResult

GOOD = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}"
ENDLESS = (
    "{% for i in range(99999) %}{% for j in range(99999) %}"
    "{% for k in range(99999) %}{% endfor %}{% endfor %}{% endfor %}"
)
DOUBLING = (
    "{% set x = namespace(s='aaaaaaaa') %}"
    "{% for i in range(60) %}{% set x.s = x.s ~ x.s %}{% endfor %}"
)


def attempt(source: str) -> TrialResult:
    trial = TemplateTrial()
    trial.begin(source, SpecialTokens("<s>", "</s>"))
    return trial.result()


def test_a_good_template() -> None:
    assert attempt(GOOD) == TrialResult("", takes_system=True)


@pytest.mark.parametrize(
    "condition",
    [
        "{% if m.role == 'system' %}{{ raise_exception('no system role') }}{% endif %}",
        "{% if m.role == 'system' %}{% continue %}{% endif %}",
    ],
)
def test_a_template_without_a_system_role(condition: str) -> None:
    source = GOOD.replace("{{ m.role }}", condition + "{{ m.role }}")
    assert attempt(source) == TrialResult("", takes_system=False)


@pytest.mark.parametrize("source", ["{% if %}", "{{ raise_exception('no') }}", "", "Hello."])
def test_a_template_that_is_of_no_use(source: str) -> None:
    assert attempt(source).problem


def test_a_template_that_never_ends() -> None:
    assert attempt(ENDLESS).problem == "too slow or too large"


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux only")
@pytest.mark.parametrize("source", ["{{ 'a' * 10 ** 9 }}", "{{ '%999999999s' % 1 }}", DOUBLING])
def test_a_template_that_wants_all_memory(source: str) -> None:
    assert attempt(source).problem == "out of memory"


def test_a_trial_that_is_not_needed_leaves_nothing() -> None:
    TemplateTrial().close()


def test_a_trial_whose_process_died(monkeypatch: pytest.MonkeyPatch) -> None:
    trial = TemplateTrial()
    trial._process.kill()
    trial._process.join()
    trial.begin(GOOD, SpecialTokens())
    assert trial.result().problem
    assert SYSTEM_MARK
