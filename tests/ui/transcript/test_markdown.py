"""Markdown becomes the right blocks, and the same ones when it arrives in pieces."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatapp.ui.transcript.blocks import (
    Alignment,
    Block,
    CodeBlock,
    Item,
    Quote,
    RuleBlock,
    Span,
    TableBlock,
    Task,
    TextBlock,
    is_safe_address,
    plain_text,
)
from chatapp.ui.transcript.markdown import MarkdownParser


@pytest.fixture(scope="module")
def parser() -> MarkdownParser:
    return MarkdownParser()


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
