from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.domain.conversation import Role
from chatapp.engine.messages import Turn
from chatapp.engine.worker.template import ChatTemplate, SpecialTokens
from chatapp.engine.worker.untrusted import Mask, Untrusted

NAMES = ("<|im_start|>", "<|im_end|>", "<think>", "[a b]", "ß?\n")
MASK = Mask(NAMES)
texts = st.text(alphabet='<|>/imthk_[ab] ß?\n\t"\\éA1🦊\ud800', max_size=20)
short = st.text(alphabet="<|>/im ab", min_size=1, max_size=3)


def bare(value: Any) -> Any:
    if isinstance(value, str):
        return MASK.take_off(value)
    if isinstance(value, list | tuple):
        return type(value)(map(bare, value))
    return value


@given(texts)
def test_what_is_masked_comes_back_and_has_no_name(text: str) -> None:
    masked = MASK.put_on(text)
    assert MASK.take_off(masked) == text.encode(errors="replace").decode()
    assert not {*"".join(NAMES)} & {*str.__str__(masked)[:]} or not text
    assert len(masked) == len(text)


@given(text=texts, other=short, count=st.integers(-1, 3), start=st.integers(-5, 5))
def test_templates_see_no_mask(text: str, other: str, count: int, start: int) -> None:
    text = text.encode(errors="replace").decode()
    masked = MASK.put_on(text)
    calls: list[tuple[str, tuple[Any, ...]]] = [
        *((name, (other,)) for name in ("count", "endswith", "find", "rfind", "partition")),
        *((name, (other,)) for name in ("removeprefix", "removesuffix", "rpartition")),
        *((name, (other,)) for name in ("startswith", "strip", "lstrip", "rstrip")),
        *((name, (other,)) for name in ("__contains__", "__eq__", "__ne__", "__lt__", "__ge__")),
        *((name, (other, count)) for name in ("split", "rsplit")),
        *((name, ()) for name in ("split", "rsplit", "splitlines", "strip", "lstrip", "rstrip")),
        *((name, ()) for name in ("upper", "lower", "title", "capitalize", "swapcase")),
        *((name, ()) for name in ("isspace", "isalpha", "isdigit", "isupper", "__len__")),
        ("startswith", ((other, "<"),)),
        ("replace", (other, "")),
        ("replace", (other, "new", count)),
        ("__getitem__", (slice(start, None),)),
        ("__add__", (other,)),
    ]
    for name, arguments in calls:
        wanted = getattr(text, name)(*arguments)
        assert bare(getattr(masked, name)(*arguments)) == wanted, name
    assert bare(list(masked)) == list(text)
    assert text == masked
    assert {text: 1}[masked] == 1
    assert isinstance(str(masked), Untrusted)


TEMPLATES = (
    "{{ m.content }}",
    "{{ m.content | trim }}|{{ m['content'].strip() + '\n' }}",
    "{{ m.content.split('</think>')[-1].lstrip('\n') }}",
    "{% if '</think>' in m.content %}{{ m.content.split('</think>')[0] }}{% endif %}",
    "{{ m.content.split('<think>')[-1].rstrip('\n') if '<think>' in m.content else 'none' }}",
    "{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>' + '\n' }}",
    "{{ m | tojson }}{{ [m.content, {'a': m.content}] | tojson(indent=2) }}",
    "{{ m.content | upper }}{{ m.content | lower | replace('a', 'b') | length }}",
    "{{ [m.content, {m.content: m.content}] }}{{ {'a': m.content} | string }}",
    "{{ m.content[:5] }}{{ m.content[5:] | string }}{{ m.content ~ '!' }}",
    "{% set c = m.content %}{% if c.startswith('<') and not c.endswith('>') %}x{% endif %}{{ c }}",
    "{% if m.content is string and m.content != '' %}{{ m.content | list | join }}{% endif %}",
    "{% for part in m.content.split('<|') %}{{ part.split('|>')[-1] }}{% endfor %}",
    "{{ m.content.splitlines() | join(' ') }}{{ m.content | first }}{{ m.content | last }}",
    "{{ '%s and %s' | format(m.content, 1) }}{{ '{}'.format(m.content) }}",
)


@pytest.mark.parametrize("source", TEMPLATES)
@given(text=texts)
def test_templates_do_the_same_with_masked_texts(source: str, text: str) -> None:
    text = text.encode(errors="replace").decode()
    template = ChatTemplate("{% for m in messages %}" + source + "{% endfor %}", SpecialTokens())
    wanted = template.render((Turn(Role.USER, text),))
    assert MASK.take_off(template.render((Turn(Role.USER, MASK.put_on(text)),))) == wanted


def test_too_many_letters_for_the_masks() -> None:
    names = [chr(0x4E00 + index) for index in range(3000)]
    mask = Mask(names)
    assert 2000 < len(mask.names) < 2048
    assert mask.take_off(mask.put_on("".join(names))) == "".join(names)
