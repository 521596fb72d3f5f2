"""Markdown becomes the right blocks, and the same ones when it arrives in pieces."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatapp.ui.transcript.markdown import (
    Alignment,
    Block,
    CodeBlock,
    Item,
    MarkdownParser,
    MarkdownStream,
    Quote,
    RuleBlock,
    Span,
    TableBlock,
    Task,
    TextBlock,
    is_safe_address,
    plain_text,
)


@pytest.fixture(scope="module")
def parser() -> MarkdownParser:
    return MarkdownParser()


def streamed(parser: MarkdownParser, pieces: list[str]) -> list[Block]:
    stream = MarkdownStream(parser)
    for piece in pieces:
        stream.feed(piece)
    stream.finish()
    return stream.blocks


def visible(blocks: tuple[Block, ...] | list[Block]) -> str:
    texts = []
    for block in blocks:
        match block:
            case TextBlock():
                texts.append(plain_text(block.spans))
            case CodeBlock():
                texts.append(block.text)
            case TableBlock():
                texts += [plain_text(cell) for row in block.rows for cell in row]
    return "\n".join(texts)


def test_styles(parser: MarkdownParser) -> None:
    (block,) = parser.parse("a **b *c*** ~~d~~ `e` \\*f\\* &amp;")
    assert block == TextBlock(
        (
            Span("a "),
            Span("b ", bold=True),
            Span("c", bold=True, italic=True),
            Span(" "),
            Span("d", strike=True),
            Span(" "),
            Span("e", code=True),
            Span(" *f* &"),
        )
    )


def test_headings_rules_and_kept_line_breaks(parser: MarkdownParser) -> None:
    assert parser.parse("# One\n\n###### Six\n\nroses are red\nviolets are blue\n\n---") == (
        TextBlock((Span("One"),), level=1),
        TextBlock((Span("Six"),), level=6),
        TextBlock((Span("roses are red\nviolets are blue"),)),
        RuleBlock(),
    )


def test_nested_lists_show_each_marker_once(parser: MarkdownParser) -> None:
    blocks = parser.parse("9. a\n\n   more\n   - b\n10. c\n-\n- - d")
    assert blocks == (
        TextBlock((Span("a"),), (Item("9."),)),
        TextBlock((Span("more"),), (Item("9.", is_first=False),)),
        TextBlock((Span("b"),), (Item("9.", is_first=False), Item("•"))),
        TextBlock((Span("c"),), (Item("10."),)),
        TextBlock((), (Item("•"),)),
        TextBlock((Span("d"),), (Item("•"), Item("•"))),
    )


def test_an_ordered_list_may_start_at_nought(parser: MarkdownParser) -> None:
    (block,) = parser.parse("0) a")
    assert block.path == (Item("0)"),)


def test_tasks(parser: MarkdownParser) -> None:
    open_task, done, not_a_task = parser.parse("- [ ] milk\n- [x] **bread**\n- [y] eggs")
    assert open_task == TextBlock((Span("milk"),), (Item("•", task=Task.OPEN),))
    assert done == TextBlock((Span("bread", bold=True),), (Item("•", task=Task.DONE),))
    assert visible([not_a_task]) == "[y] eggs"


def test_code_in_a_list_in_a_quote(parser: MarkdownParser) -> None:
    blocks = parser.parse("> 1. run\n>    ```sh -x\n>    ls\n>    ```\n> 2. read")
    assert blocks == (
        TextBlock((Span("run"),), (Quote(), Item("1."))),
        CodeBlock("sh", "ls", (Quote(), Item("1.", is_first=False))),
        TextBlock((Span("read"),), (Quote(), Item("2."))),
    )


def test_table(parser: MarkdownParser) -> None:
    (table,) = parser.parse("| a | b | c |\n|---|:-:|--:|\n| 1 | **2** |\n")
    assert table == TableBlock(
        (Alignment.START, Alignment.CENTER, Alignment.END),
        (
            ((Span("a"),), (Span("b"),), (Span("c"),)),
            ((Span("1"),), (Span("2", bold=True),), ()),
        ),
    )


def test_html_is_text(parser: MarkdownParser) -> None:
    source = '<script>alert(1)</script>\n\na <b onclick="x">b</b> <!-- c -->'
    assert visible(parser.parse(source)) == source.replace("\n\n", "\n")


def test_an_image_is_its_description(parser: MarkdownParser) -> None:
    (block,) = parser.parse("![a *cat*](https://example.com/cat.png) ![](file:///etc/passwd)")
    assert block.spans == (
        Span("a cat", link="https://example.com/cat.png"),
        Span(" file:///etc/passwd"),
    )


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,hello",
        "vbscript:x",
        "smb://host/share",
        "https:",
        "//example.com",
        "page.html",
        "",
    ],
)
def test_unsafe_addresses_are_no_links(parser: MarkdownParser, address: str) -> None:
    assert not is_safe_address(address)
    (block,) = parser.parse(f"[label](<{address}>)")
    assert block.spans == (Span("label"),)


def test_a_broken_address_is_not_safe() -> None:
    assert not is_safe_address("http://[")


def test_safe_links(parser: MarkdownParser) -> None:
    (block,) = parser.parse(
        "[a](https://example.com/x) <me@example.com> see http://example.com/a_(b)."
    )
    assert block.spans == (
        Span("a", link="https://example.com/x"),
        Span(" "),
        Span("me@example.com", link="mailto:me@example.com"),
        Span(" see "),
        Span("http://example.com/a_(b)", link="http://example.com/a_(b)"),
        Span("."),
    )


def test_a_link_definition_works_from_wherever_it_stands(parser: MarkdownParser) -> None:
    text = "before [a]\n\n[a]: https://example.com\n\nafter [a]\n\nend"
    assert streamed(parser, list(text)) == list(parser.parse(text))
    assert Span("a", link="https://example.com") in parser.parse(text)[0].spans


@pytest.mark.parametrize(
    "source",
    [
        ">" * 500 + " deep",
        "- " * 500 + "deep",
        "".join("  " * depth + f"- {depth}\n" for depth in range(100)) + "deep",
    ],
)
def test_deep_nesting_loses_nothing(parser: MarkdownParser, source: str) -> None:
    assert "deep" in visible(parser.parse(source))


def test_many_brackets_stay_text(parser: MarkdownParser) -> None:
    source = "[" * 20_000
    assert visible(parser.parse(source)) == source


def test_finished_blocks_are_not_touched(parser: MarkdownParser) -> None:
    stream = MarkdownStream(parser)
    stream.feed("one\n\n```py\na = 1\n")
    assert stream.blocks == [TextBlock((Span("one"),)), CodeBlock("py", "a = 1")]
    assert stream.feed("b = 2\n") == 1
    assert stream.feed("```\n\ntw") == 2
    assert stream.feed("o") == 2
    assert stream.feed(" three") == 2
    assert stream.finish() == 3
    assert visible(stream.blocks) == "one\na = 1\nb = 2\ntwo three"


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


JOINTS = st.sampled_from(
    [
        " ",
        "\n",
        "\n\n- ",
        "\n> ",
        "\n# ",
        "\n\n    ",
        "\n```\n",
        " | ",
        " ~~",
        " [",
        "](https://",
        "![",
        "](",
        "<b>",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.from_regex(r"[a-z]{1,6}", fullmatch=True), min_size=1, max_size=8), st.data())
def test_no_word_is_lost(words: list[str], data: st.DataObject) -> None:
    text = "".join(word + data.draw(JOINTS) for word in words)
    blocks = MarkdownParser().parse(text)
    everything = visible(blocks) + str(blocks)
    assert all(word in everything for word in words)
