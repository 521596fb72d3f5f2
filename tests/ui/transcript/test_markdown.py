"""Markdown becomes the right blocks, and the same ones when it arrives in pieces."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatapp.ui.transcript.blocks import (
    Alignment,
    CodeBlock,
    FormulaBlock,
    ImageBlock,
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
from chatapp.ui.transcript.image_sources import image_bytes, image_path
from chatapp.ui.transcript.markdown import MarkdownParser
from chatapp.ui.transcript.markdown_stream import MarkdownStream
from tests.ui.transcript.reading import shown


@pytest.fixture(scope="module")
def parser() -> MarkdownParser:
    return MarkdownParser()


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
    assert shown([not_a_task]) == "[y] eggs"


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
    assert shown(parser.parse(source)) == source.replace("\n\n", "\n")


def test_an_image_elsewhere_is_its_description(parser: MarkdownParser) -> None:
    (block,) = parser.parse("![a *cat*](https://example.com/cat.png) ![](//host/cat.png)")
    assert block.spans == (
        Span("a cat", link="https://example.com/cat.png"),
        Span(" //host/cat.png"),
    )


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("/home/me/a%20cat.png", "/home/me/a cat.png"),
        ("file:///home/me/cat.png", "/home/me/cat.png"),
        ("file:///C:/cat.png", "C:/cat.png"),
        ("C:/cat.png", "C:/cat.png"),
        (r"C:\\cat.png", r"C:\cat.png"),
    ],
)
def test_an_image_on_this_computer(parser: MarkdownParser, source: str, path: str) -> None:
    (block,) = parser.parse(f"![a *cat*]({source})")
    assert isinstance(block, ImageBlock)
    assert block.description == "a cat"
    assert image_path(block.source) == path


@pytest.mark.parametrize(
    "source",
    [
        "//server/cat.png",
        r"\\\\server\\cat.png",
        r"/\\server/cat.png",
        "file://server/cat.png",
        "file:////server/cat.png",
        "file:///%2Fserver/cat.png",
        r"file:///\\\\server/cat.png",
        r"C:\\\\\\\\server\\cat.png",
        "file:/cat.png",
        "cat.png",
        "../cat.png",
        "/home/me/cat.svg",
        "https://example.com/cat.png",
        "smb://host/cat.png",
        "/home/%00.png",
        "data:image/svg+xml;base64,AAAA",
        "data:text/html;base64,AAAA",
        "data:image/png,AAAA",
        "data:image/png;base64,A%41",
    ],
)
def test_no_image_of_another_computer_is_shown(parser: MarkdownParser, source: str) -> None:
    (block,) = parser.parse(f"![cat]({source})")
    assert isinstance(block, TextBlock)
    assert shown([block]) == "cat"
    assert not image_path(source)


def test_an_image_in_the_text(parser: MarkdownParser) -> None:
    source = "data:image/png;base64," + base64.b64encode(bytes(200_000)).decode()
    (block,) = parser.parse(f"- ![dots]({source})")
    assert block == ImageBlock(source, "dots", (Item("•"),))
    assert image_bytes(source) == bytes(200_000)
    assert parser.parse(f"![dots]({source}") == (TextBlock((Span("dots"),)),)
    too_large = "data:image/png;base64," + "A" * 14_000_000
    assert parser.parse(f"![dots]({too_large})") == (TextBlock((Span("dots"),)),)


def test_an_image_that_is_a_link(parser: MarkdownParser) -> None:
    (block,) = parser.parse("[![cat](/cat.png)](https://example.com)")
    assert block == ImageBlock("/cat.png", "cat", link="https://example.com")


def test_an_image_among_words_is_its_description(parser: MarkdownParser) -> None:
    assert shown(parser.parse("a ![cat](/cat.png)")) == "a cat"


@pytest.mark.parametrize(
    ("text", "tex"),
    [
        ("$x$", "x"),
        ("a $x_1^2$, b", "x_1^2"),
        ("中$x$文", "x"),
        (r"$a \$ b$", r"a \$ b"),
        (r"\(a\)", "a"),
        (r"\( a * b * c \)", "a * b * c"),
        ("**$x$**", "x"),
        ("| $x$ |", "x"),
    ],
)
def test_a_formula_in_a_line(parser: MarkdownParser, text: str, tex: str) -> None:
    (block,) = parser.parse(text)
    formulas = [span for span in block.spans if span.formula]
    assert [span.formula for span in formulas] == [tex]
    assert formulas[0].text in text


@pytest.mark.parametrize(
    "text",
    [
        "$5 and $6",
        "costs $5-$10",
        "US$5 to A$6",
        "$ x $",
        "$x $",
        "$x$5",
        "$x",
        "$$",
        "$$$$",
        "$$x",
        "a $`b$` c$",
        "`$x$`",
        r"`\(x\)`",
        r"\$x\$",
        r"\(x",
        r"\[\]",
    ],
)
def test_no_formula(parser: MarkdownParser, text: str) -> None:
    (block,) = parser.parse(text)
    assert isinstance(block, TextBlock)
    assert not any(span.formula for span in block.spans)


def test_display_formulas(parser: MarkdownParser) -> None:
    assert parser.parse("$$\na\n- b\n# c\n$$\n\n\\[ d \\]\n> $$e$$") == (
        FormulaBlock("a\n- b\n# c", "$$\na\n- b\n# c\n$$"),
        FormulaBlock("d", "\\[ d \\]"),
        FormulaBlock("e", "$$e$$", (Quote(),)),
    )


def test_a_display_formula_splits_a_paragraph(parser: MarkdownParser) -> None:
    assert parser.parse("- so **a\n $$b$$ c** \\[d\\]") == (
        TextBlock((Span("so "), Span("a", bold=True)), (Item("•"),)),
        FormulaBlock("b", "$$b$$", (Item("•", is_first=False),)),
        TextBlock((Span("c", bold=True),), (Item("•", is_first=False),)),
        FormulaBlock("d", "\\[d\\]", (Item("•", is_first=False),)),
    )


def test_formulas_in_a_table_and_a_heading_stay_in_their_lines(parser: MarkdownParser) -> None:
    heading, table = parser.parse("# $$a$$ b\n\n|$x$|$$y$$|\n|-|-|\n|\\(z\\)|$5|")
    assert heading.spans == (Span("$$a$$", formula="a"), Span(" b"))
    assert table.rows == (
        ((Span("$x$", formula="x"),), (Span("$$y$$", formula="y"),)),
        ((Span("\\(z\\)", formula="z"),), (Span("$5"),)),
    )


def test_an_unclosed_formula_is_text(parser: MarkdownParser) -> None:
    assert shown(parser.parse("$$\na\n\nb $$")) == "$$\na\nb $$"


def test_footnotes(parser: MarkdownParser) -> None:
    assert parser.parse("a[^1] b\n\n[^1]: c\n\n    d\n[^x y]: e") == (
        TextBlock((Span("a"), Span("1", note=True), Span(" b"))),
        TextBlock((Span("c"),), (Item("1.", note=True),)),
        TextBlock((Span("d\n[^x y]: e"),), (Item("1.", is_first=False, note=True),)),
    )


def test_a_footnote_without_text(parser: MarkdownParser) -> None:
    assert parser.parse("[^a]:") == (TextBlock((), (Item("a.", note=True),)),)


def test_a_line_break_in_html(parser: MarkdownParser) -> None:
    text, table = parser.parse("a <br> b<BR/>c `<br>`\n\n|d<br />e|\n|-|")
    assert text.spans == (Span("a\nb\nc "), Span("<br>", code=True))
    assert table.rows == (((Span("d\ne"),),),)


def test_an_escaped_box_is_no_task(parser: MarkdownParser) -> None:
    (block,) = parser.parse("- \\[ ] milk")
    assert block == TextBlock((Span("[ ] milk"),), (Item("•"),))


def test_a_long_paragraph_is_cut_at_line_breaks(parser: MarkdownParser) -> None:
    lines = [f"{number} bottles of beer on the wall" for number in range(1000)]
    blocks = parser.parse("> " + "\n> ".join(lines))
    assert len(blocks) > 5
    assert [block.joins for block in blocks] == [False] + [True] * (len(blocks) - 1)
    assert all(block.path == (Quote(),) for block in blocks)
    assert all(plain_text(block.spans).endswith("\n") for block in blocks[:-1])
    assert all(4000 <= len(plain_text(block.spans)) < 4100 for block in blocks[:-1])
    assert shown(blocks) == "\n".join(lines)


def test_a_long_paragraph_is_not_cut_in_marks(parser: MarkdownParser) -> None:
    text = "word\n" * 790 + "**bold\n" + "word\n" * 12 + "bold** word\n" + "word\n" * 100
    first, second = parser.parse(text)
    assert [span.bold for span in first.spans] == [False, True, False]
    assert "*" not in shown([first, second])


@pytest.mark.parametrize("unit", ["word ", "字", "e\u0301", "👩\u200d🚀", "x"])
def test_a_long_line_is_cut_in_pieces(parser: MarkdownParser, unit: str) -> None:
    text = unit * 10_000 + "."
    blocks = parser.parse(text)
    assert shown(blocks) == text
    for block in blocks:
        piece = shown([block]).rstrip(".")
        assert len(piece) <= 8000
        assert piece == unit * piece.count(unit)


HOSTILE = [
    "$",
    "$ ",
    "$a ",
    "$$a ",
    "$$a\n",
    r"\(",
    r"\[",
    "\\[\n",
    "[",
    "![",
    "[a](",
    "*",
    "*a ",
    "**a *b ",
    "_",
    "_a",
    "`",
    "`a``",
    ">",
    "> ",
    "- ",
    "[^a]: ",
    "[a]: b\n",
    "<",
    "<a",
    "&",
    "~",
    "~~a",
    "|",
    "|-",
    "\\",
    "#",
    "\n",
    "\t",
    " ",
    "http://",
    "1. ",
    "x\n$$\n",
    "-\n",
    "=\na\n",
    "</think>\n",
    "a\n</think>",
    "<br>",
    "[^a]",
    "(",
    ")",
]


def test_hostile_texts_are_read(parser: MarkdownParser) -> None:
    for unit in HOSTILE:
        text = unit * (20_000 // len(unit))
        parser.parse(text)
        stream = MarkdownStream(parser)
        for start in range(0, len(text), 4000):
            stream.feed(text[start : start + 4000])
        stream.finish()
        assert stream.blocks == list(parser.parse(text)), unit


def test_quotes_ten_thousand_deep(parser: MarkdownParser) -> None:
    source = ">" * 10_000 + " deep"
    assert shown(parser.parse(source)).replace("\n", "") == source


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
    assert "deep" in shown(parser.parse(source))


def test_many_brackets_stay_text(parser: MarkdownParser) -> None:
    source = "[" * 20_000
    assert shown(parser.parse(source)) == source


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
    everything = shown(blocks) + str(blocks)
    assert all(word in everything for word in words)
