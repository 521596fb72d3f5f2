"""A text in pieces gives the same blocks as the whole, and finished ones are left alone."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatapp.ui.transcript.blocks import Block, CodeBlock, Span, TextBlock
from chatapp.ui.transcript.markdown import MarkdownParser
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


def test_an_open_fence_is_read_once(parser: MarkdownParser) -> None:
    class Counting(MarkdownParser):
        characters = 0

        def parts(self, text, references=None):  # type: ignore[no-untyped-def]
            self.characters += len(text)
            return super().parts(text, references)

    counting = Counting()
    stream = MarkdownStream(counting)
    stream.feed("Look:\n\n```py\n")
    before = counting.characters
    for _ in range(1000):
        stream.feed("a = 1\n")
    assert counting.characters == before
    assert stream.blocks[-1] == CodeBlock("py", "\n".join(["a = 1"] * 1000))


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


def normalised(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")


@settings(max_examples=600, deadline=None)
@given(st.lists(WORDS, max_size=40).map("".join), st.data())
def test_in_pieces_is_the_same_as_whole(text: str, data: st.DataObject) -> None:
    parser = MarkdownParser()
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


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS | DEFINITIONS, max_size=30))
def test_in_pieces_is_the_same_as_whole_with_definitions(pieces: list[str]) -> None:
    parser = MarkdownParser()
    assert streamed(parser, pieces) == list(parser.parse(normalised("".join(pieces))))


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-16"), max_size=200))
def test_any_text_gives_blocks(text: str) -> None:
    parser = MarkdownParser()
    assert streamed(parser, list(text)) == list(parser.parse(normalised(text)))
