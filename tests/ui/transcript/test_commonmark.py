"""The specification's examples go through the blocks without losing a visible character."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from chatapp.ui.transcript.blocks import ImageBlock
from chatapp.ui.transcript.copying import copy_blocks
from chatapp.ui.transcript.markdown import MarkdownParser
from chatapp.ui.transcript.markdown_stream import MarkdownStream
from tests.ui.transcript.reading import shown

EXAMPLES = [
    (example["number"], example["markdown"], example["html"])
    for example in json.loads(
        (Path(__file__).parent / "commonmark-0.31.json").read_text(encoding="utf-8")
    )
]

# What we mean to show otherwise than the specification: raw HTML is text, tag for tag.
WITH_HTML = frozenset(
    {
        21, 31, 148, 149, 150, 151, 152, 153, 154, 155, 156, 158, 159, 160, 161, 162, 163,
        164, 165, 166, 167, 168, 169, 170, 171, 172, 173, 174, 175, 176, 177, 178, 179, 180,
        181, 182, 183, 184, 185, 186, 187, 188, 189, 190, 191, 201, 308, 309, 344, 475, 476,
        477, 491, 494, 524, 536, 613, 614, 615, 616, 617, 623, 625, 626, 627, 628, 629, 630,
        631, 642, 643,
    }
)  # fmt: skip
# A lone image from this computer is shown itself and not as its address.
LONE_IMAGE = 581


class _Visible(HTMLParser):
    """The text of HTML; an image is its description."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            found = dict(attrs)
            self.text += found.get("alt") or found.get("src") or ""


def letters(text: str) -> str:
    return re.sub(r"\s", "", text)


def visible_in_html(html: str) -> str:
    parser = _Visible()
    parser.feed(html)
    parser.close()
    return parser.text


@pytest.fixture(scope="module")
def parser() -> MarkdownParser:
    return MarkdownParser()


def test_all_examples_are_here() -> None:
    assert [number for number, _, _ in EXAMPLES] == list(range(1, 653))


def test_the_examples_show_the_same_text(parser: MarkdownParser) -> None:
    without_html = MarkdownIt("commonmark", {"html": False})
    for number, text, html in EXAMPLES:
        blocks = parser.parse(text)
        expected = visible_in_html(html)
        if number in WITH_HTML:
            assert letters(shown(blocks)) != letters(expected), number
            expected = visible_in_html(without_html.render(text))
        if number == LONE_IMAGE:
            assert blocks == (ImageBlock("/url", ""),)
        else:
            assert letters(shown(blocks)) == letters(expected), number


def test_the_examples_are_the_same_in_pieces(parser: MarkdownParser) -> None:
    for number, text, _ in EXAMPLES:
        stream = MarkdownStream(parser)
        for char in text:
            stream.feed(char)
        stream.finish()
        assert stream.blocks == list(parser.parse(text)), number


def test_the_examples_are_copied_without_loss(parser: MarkdownParser) -> None:
    for number, text, _ in EXAMPLES:
        blocks = parser.parse(text)
        again = parser.parse(copy_blocks(blocks, (0, 0), (len(blocks), 0)).markdown)
        assert letters(shown(again)) == letters(shown(blocks)), number
        if letters(shown(blocks)):
            assert [type(block) for block in again] == [type(block) for block in blocks], number


GFM = [
    "| foo | bar |\n| --- | --- |\n| baz | bim |",
    "| abc | defghi |\n:-: | -----------:\nbar | baz",
    "| f\\|oo  |\n| ------ |\n| b `\\|` az |\n| b **\\|** im |",
    "| abc | def |\n| --- | --- |\n| bar | baz |\n> bar",
    "| abc | def |\n| --- | --- |\n| bar | baz |\nbar\n\nbar",
    "| abc | def |\n| --- |\n| bar |",
    "| abc | def |\n| --- | --- |\n| bar |\n| bar | baz | boo |",
    "| abc | def |\n| --- | --- |",
    "~~Hi~~ Hello, there world!",
    "This ~~has a\n\nnew paragraph~~.",
    "a ~~~b~~~ c ~~~~d~~~~ ~e~",
]


def test_tables_and_strikethrough_are_those_of_the_parser(parser: MarkdownParser) -> None:
    gfm = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    for text in GFM:
        assert letters(shown(parser.parse(text))) == letters(visible_in_html(gfm.render(text)))
