"""What is read fast is what the parser reads."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chatapp.ui.transcript import inline
from chatapp.ui.transcript.blocks import Block
from chatapp.ui.transcript.markdown import MarkdownParser
from chatapp.ui.transcript.plain_inline import PlainStart, read_plain_start

PIECES = st.sampled_from(
    [
        *"ab1é中。“*`_$~![]()<>&\\.:; \n\t",
        *[
            "\u0301",
            "\u00a0",
            "**",
            "***",
            "``",
            "__",
            "$$",
            "~~",
            "x*",
            "*x",
            "**x**",
            "`x`",
            "*x*",
        ],
        *["a_b", "[x](https://a.b/c)", "[x]", "[^1]", "$x$", "&amp;", "&lt", "<b>", "<br>", "  "],
        *["https://a.b", "http://a.b/_c_d", "![x](y)", "https://a.b?c=1&d=2", r"\*", r"\(", r"\)"],
        *[r"\[", r"\]", "**`x`**", " \n", "  \n  "],
    ]
)


@settings(max_examples=500)
@given(st.lists(PIECES, max_size=14).map("".join))
@example("a **b** *c* `d` [e](https://f.g) $h$ i_j *")
@example("2 * 3 * 4")
@example("**a**b**c**")
def test_the_fast_reading_gives_what_the_parser_gives(text: str) -> None:
    parser = MarkdownParser()
    assert parser.parse(text) == _read_by_parser_alone(parser, text)


def _read_by_parser_alone(parser: MarkdownParser, text: str) -> tuple[Block, ...]:
    def nothing(*_: object, **__: object) -> PlainStart:
        return PlainStart([], 0)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inline, "read_plain_start", nothing)
        return parser.parse(text)


def test_the_usual_is_read_to_its_end() -> None:
    text = "Call `run()` with **no `flag`**, *then* [look](https://a.b/c?d=1&e=2): $x_1$ costs $5."
    assert read_plain_start(text, str, has_references=False).end == len(text)


@pytest.mark.parametrize("rest", [r"a\_b", "~~c~~", "***d***", "&amp;", "[e][f]", "![g](h)", "`i"])
def test_reading_stops_at_a_space_before_anything_else(rest: str) -> None:
    text = f"**a** b {rest} c"
    assert read_plain_start(text, str, has_references=False).end == len("**a** b")
