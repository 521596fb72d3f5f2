"""A text in pieces gives the same blocks as the whole, and finished ones are left alone."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chatapp.ui.transcript.blocks import Block, CodeBlock, Span, TextBlock
from chatapp.ui.transcript.markdown import MarkdownParser, normalised
from chatapp.ui.transcript.markdown_stream import MarkdownStream


@pytest.fixture(scope="module")
def parser() -> MarkdownParser:
    return MarkdownParser()


def streamed(parser: MarkdownParser, pieces: list[str]) -> list[Block]:
    stream = MarkdownStream(parser)
    for piece in pieces:
        stream.feed(piece)
    stream.finish()
    return stream.blocks


def test_a_link_definition_works_from_wherever_it_stands(parser: MarkdownParser) -> None:
    text = "before [a]\n\n[a]: https://example.com\n\nafter [a]\n\nend"
    assert streamed(parser, list(text)) == list(parser.parse(text))
    assert Span("a", link="https://example.com") in parser.parse(text)[0].spans


def test_finished_blocks_are_not_touched(parser: MarkdownParser) -> None:
    stream = MarkdownStream(parser)
    stream.feed("one\n\n```py\na = 1\n")
    assert stream.blocks == [TextBlock((Span("one"),)), CodeBlock("py", "a = 1")]
    assert stream.feed("b = 2\n") == 1
    assert stream.feed("```\n\ntw") == 2
    assert stream.feed("o") == 2
    assert stream.feed(" three") == 2
    assert stream.finish() == 3
    assert stream.blocks[1:] == [
        CodeBlock("py", "a = 1\nb = 2"),
        TextBlock((Span("two three"),)),
    ]


WORDS = st.sampled_from(
    [
        "a",
        "b c",
        "\n",
        "\n\n",
        " ",
        "    ",
        "\t",
        "- ",
        "* ",
        "1. ",
        "2) ",
        "> ",
        "# ",
        "---",
        "===",
        "```",
        "````",
        "~~~",
        "```py\n",
        "`",
        "**",
        "*",
        "_",
        "~~",
        "[ ] ",
        "[x]",
        "[a]",
        "(b)",
        "![",
        "](",
        "https://a.b/c",
        "<",
        ">",
        "&amp;",
        "\\",
        "\r\n",
        "\r",
        "\x00",
        "é",
        "中文",
        "مرحبا",
        "😀",
        "\u2028",
        "\x0b",
        "\x0c",
        "|",
        "|a|b|\n",
        "|-|-|\n",
        "-|-\n",
    ]
)
DEFINITIONS = st.sampled_from(["[a]: b\n", "\n\n[x]: <c>\n", "[a]:\n", "'t\n", "'"])


@settings(max_examples=300)
@given(st.lists(WORDS, max_size=40).map("".join), st.data())
def test_in_pieces_is_the_same_as_whole(text: str, data: st.DataObject) -> None:
    _check_pieces(text, data)


@settings(max_examples=300)
@given(st.lists(WORDS | DEFINITIONS, max_size=30))
def test_in_pieces_is_the_same_as_whole_with_definitions(pieces: list[str]) -> None:
    parser = MarkdownParser()
    assert streamed(parser, pieces) == list(parser.parse(normalised("".join(pieces))))


@settings(max_examples=300)
@given(st.text(alphabet=st.characters(codec="utf-16"), max_size=200))
def test_any_text_gives_blocks(text: str) -> None:
    parser = MarkdownParser()
    assert streamed(parser, list(text)) == list(parser.parse(normalised(text)))


FORMULAS = st.sampled_from(
    [
        "$$",
        "$$\n",
        "$x$",
        "\\[",
        "\\]",
        "\\[\n",
        "\\]\n",
        "\\(y\\)",
        "x = 1\n",
        "- y\n",
        "\n\n",
        "a",
        *["[^1]: ", "[^1]", "    ", "> ", "- ", "\n", "# b\n", "|c|\n", "|-|\n", "<br>"],
    ]
)


@settings(max_examples=300)
@given(st.lists(FORMULAS | WORDS, max_size=30).map("".join), st.data())
@example("a\n\\[\n- b\nc\\] d", None)
def test_formulas_and_notes_in_pieces(text: str, data: st.DataObject | None) -> None:
    _check_pieces(text, data)


LONG = st.sampled_from(
    [
        "word " * 500,
        "word\n" * 500,
        "x" * 4100,
        "x" * 8100,
        "line with words\n" * 300,
        "**bold** and `code`\n" * 250,
        "a|b\n",
        "|-|-|\n",
        "===\n",
        "---\n",
        "\n\n",
        "$$\n",
        "$$",
        "`",
        "- ",
        "# ",
        "> ",
        "[a](b",
        "    ",
        "\\\n",
        "- " * 2500,
        "1",
    ]
)


@settings(max_examples=250)
@given(st.lists(LONG, max_size=8).map("".join), st.data())
@example("x" * 4100 + "\na|b\n|-|-|\nc", None)
@example("word\n" * 850 + "a|b\n|-|-|\n", None)
@example("word " * 2000 + "- c\n- d\n" * 5, None)
def test_long_paragraphs_in_pieces(text: str, data: st.DataObject | None) -> None:
    _check_pieces(text, data)


def _check_pieces(text: str, data: st.DataObject | None) -> None:
    parser = MarkdownParser()
    if data is None:
        cuts = list(range(0, len(text), 97 if len(text) > 97 else 1))
    else:
        cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=12)))
    stream = MarkdownStream(parser)
    for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        before = list(stream.blocks)
        kept = stream.feed(text[start:end])
        assert stream.blocks[:kept] == before[:kept]
        if not re.search(r"\]:", text[:end]) and not text[:end].endswith("\r"):
            assert stream.blocks == list(parser.parse(normalised(text[:end])))
    stream.finish()
    assert stream.blocks == list(parser.parse(normalised(text)))


class Counting(MarkdownParser):
    """Knows how many characters it read."""

    characters = 0

    def read(self, text, *rest):  # type: ignore[no-untyped-def]
        self.characters += len(text)
        return super().read(text, *rest)


@pytest.mark.parametrize(
    ("start", "more", "most"),
    [
        ("```py\n", "a = 1\n", 0),
        ("|a|b|\n|-|-|\n", "| c | **d** |\n", 1.0),
        ("1. one\n", "2. two **three** four\n", 2.5),
        ("one\n\n", "some words in a paragraph\n\n", 3.0),
    ],
)
def test_a_text_is_read_about_once(start: str, more: str, most: float) -> None:
    parser = Counting()
    stream = MarkdownStream(parser)
    stream.feed(start)
    before = parser.characters
    for _ in range(500):
        stream.feed(more)
    assert parser.characters - before <= most * 500 * len(more)


def test_a_long_paragraph_is_read_by_its_last_pieces() -> None:
    parser = Counting()
    stream = MarkdownStream(parser)
    most = 0
    for _ in range(1000):
        before = parser.characters
        stream.feed("A line without anything that is of interest, and it goes on and on.\n")
        most = max(most, parser.characters - before)
    assert most < 10_000
    assert [block.joins for block in stream.blocks if isinstance(block, TextBlock)][:2] == [
        False,
        True,
    ]
