"""Templates that mean harm: another format is used, and nothing of theirs is executed."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatapp.domain.generation import FinishReason
from chatapp.domain.model import ModelFile, TemplateOrigin
from chatapp.engine.worker.template import SpecialTokens
from chatapp.engine.worker.trial import TemplateTrial
from tests.engine.gguf_files import write_tiny_architecture
from tests.faults.conftest import OpenScene

# MARK is a file that must not come into being; each would be harmless text otherwise.
ESCAPES = (
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ messages[0].__class__.__base__.__subclasses__()[0] }}",
    "{{ cycler.__init__.__globals__.os.system('touch MARK') }}",
    "{{ joiner.__init__.__globals__.os.popen('touch MARK').read() }}",
    "{{ namespace.__init__.__globals__['os'].system('touch MARK') }}",
    "{{ lipsum.__globals__['os'].system('touch MARK') }}",
    "{{ lipsum|attr('__globals__')|attr('__getitem__')('os') }}",
    "{{ dict.__base__.__subclasses__() }}",
    "{{ self.__init__.__globals__.__builtins__.open('MARK', 'w') }}",
    "{{ self._TemplateReference__context.environment.loader.get_source('MARK') }}",
    "{{ raise_exception.__globals__['__builtins__']['open']('MARK', 'w') }}",
    "{{ strftime_now.__code__.co_consts[0].__class__.__mro__ }}",
    "{{ ''|attr('__class__')|attr('__mro__')|attr('__getitem__')(1) }}",
    "{{ ''|attr('\\x5f\\x5fclass\\x5f\\x5f')|attr('mro')() }}",
    "{{ ''['__cla' ~ 'ss__']['__mro__'][1] }}",
    "{{ '{0.__class__.__init__.__globals__[os]}'.format(raise_exception) }}",
    "{{ '{a.__class__.__mro__[1]}'.format_map({'a': 1}) }}",
    "{{ ('{0.__class__.__mro__[1]}'|attr('format'))(messages) }}",
    "{{ ['{0.__class__.__mro__[1]}']|map('format', messages)|map(attribute='x')|first.y }}",
    "{% set f = '{0.__class__.__mro__[1]}'.format %}{{ f(messages) }}",
    "{{ (messages|map('upper')).gi_frame.f_globals['os'] }}",
    "{{ messages.append('x') }}",
    "{{ messages[0].update({'content': 'x'}) }}",
    "{% include 'MARK' %}",
    "{% import 'os' as os %}{{ os.system('touch MARK') }}",
    "{% extends 'MARK' %}",
    "{{ strftime_now('%Y' * 100000000) }}",
    "{{ 'x'.ljust(10000000000) }}",
    "{{ (1,) * 1000000000 }}",
    "{{ 9 ** (9 ** 9) }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ 'x' | center(10000000000) }}",
    "{{ range(100000000) | list }}",
    "{{ ('a' * 100000) | replace('a', 'a' * 100000) }}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% for a in messages recursive %}{{ loop(messages) }}{% endfor %}",
    "{{ '" + "(" * 5000 + ")" * 5000 + "' ~ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    "{{ " + "[" * 100000 + "]" * 100000 + " }}",
    "{% if 1 %}" * 5000 + "{% endif %}" * 5000,
)
MESSAGES = "{% for m in messages %}{{ m.content }}{% endfor %}"


@pytest.mark.parametrize("escape", ESCAPES, ids=range(len(ESCAPES)))
def test_escapes(tmp_path: Path, escape: str) -> None:
    mark = tmp_path / "mark"
    trial = TemplateTrial()
    trial.begin(escape.replace("MARK", str(mark)) + MESSAGES, SpecialTokens("<s>", "</s>"))
    result = trial.result()
    assert result.problem
    assert not mark.exists()


def test_a_model_with_such_a_template_answers(open_scene: OpenScene, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    source = f"{{{{ cycler.__init__.__globals__.os.system('touch {mark}') }}}}" + MESSAGES
    path = write_tiny_architecture(tmp_path / "model.gguf", "llama", template=source)
    scene = open_scene(ModelFile(str(path), "model"))
    assert scene.ask("Hello.")[1].finished().reason is FinishReason.LENGTH
    loaded = scene.ready().loaded
    assert loaded is not None
    assert loaded.template_origin is TemplateOrigin.FAILED
    assert loaded.template_problem
    assert not mark.exists()
