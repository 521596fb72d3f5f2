"""What is copied says the same, in Markdown, in words and in HTML."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chatapp.ui.transcript.blocks import Block, ReasoningBlock, visible_text
from chatapp.ui.transcript.copying import Copied, copy_blocks
from chatapp.ui.transcript.markdown import MarkdownParser
from tests.ui.transcript.reading import read_message, shown


@pytest.fixture(scope="module")
def parser() -> MarkdownParser:
    return MarkdownParser()


def copied(blocks: tuple[Block, ...]) -> Copied:
    return copy_blocks(blocks, (0, 0), (len(blocks), 0))


def kinds(blocks: tuple[Block, ...]) -> list[object]:
    found: list[object] = []
    for block in blocks:
        if isinstance(block, ReasoningBlock):
            found.append(kinds(block.blocks))
        elif not getattr(block, "joins", False):
            found.append((type(block), getattr(block, "level", 0), len(block.path)))
    return found


def words(blocks: tuple[Block, ...]) -> str:
    """What is shown, without the white space that can't be written at a line's edge.

    A formula of several lines is one in a heading: there, a line's end is white space too.
    """
    text = re.sub(r"\$[^$]+\$", lambda found: " ".join(found[0].split()), shown(blocks))
    return re.sub(r"\s*\n\s*", "\n", text).strip()


FRAGMENTS = st.sampled_from(
    [
        "a",
        "b c",
        " ",
        "\n",
        "\n\n",
        "- ",
        "1. ",
        "3) ",
        "> ",
        "# ",
        "## ",
        "---\n",
        "```\n",
        "```py\n",
        "~~~\n",
        "**",
        "*",
        "_",
        "~~",
        "`",
        "``",
        "[a](https://b.c)",
        "[",
        "]",
        "(",
        ")",
        "![x](y)",
        "!",
        "$x$",
        "$$y$$",
        "\\(z\\)",
        "$",
        "\\",
        "[^1]",
        "[^1]: ",
        "<br>",
        "<b>",
        "&amp;",
        "&",
        "<",
        "|",
        "|a|b|\n|-|:-:|\n|c|d|\n",
        "- [ ] ",
        "- [x] ",
        "    ",
        "  ",
        "https://d.e/f_g",
        "<https://h.i>",
        "é",
        "中文",
        "。",
        "“",
        "=",
        "+",
        "1",
        ".",
        ":",
        "#",
        "_x_",
        "**y**",
        "snake_case",
        "$5 ",
        "![](data:image/png;base64,AAAA)",
    ]
)


@settings(max_examples=600)
@given(st.lists(FRAGMENTS, max_size=16).map("".join))
@example("**a***b*c **“d”**e x**f** g*h*i ~~j~~k")
@example("- - a\n\n      b\n- \n\n> > c\n> d")
@example("\\    <br>")
@example("\\a**“b”**")
@example("> - ")
@example("[^1]: - ```\n")
@example("[^1]: ```\n     a\n    ```")
@example("$|a|b|\n|-|:-:|\n|c|d|\na$")
@example("![x](y)$5 \\$x$")
@example("![](data:image/png;base64,AAAA)**![x](y)$x$**")
@example("![](data:image/png;base64,AAAA)_x_***> a****")
@example("_**y**y**y**_\\*")
@example("$5 \na$x$\n- ")
@example("[a](https://b.c)(d) [^1](e) a![b](https://c.d)")
def test_copied_markdown_gives_the_same_again(text: str) -> None:
    parser = MarkdownParser()
    blocks = read_message(parser, text)
    again = read_message(parser, copied(blocks).markdown)
    assert words(again) == words(blocks)
    assert kinds(again) == kinds(blocks)


SAMPLE = """# Title with `code`

A **bold *and italic* word**, ~~gone~~, a [link](https://example.com/a_b), $x_1$ and snake_case.

1. one
2. two
   - [x] done
   - [ ] open

   more of two

> quoted
>
> > twice

| a | b |
| --- | --: |
| 1 | `x\\|y` |

```py
print("`")
```

$$
\\frac{1}{2}
$$

***

Costs $5 and $6.[^note]

[^note]: a footnote

    with two paragraphs"""


def test_usual_markdown_is_copied_as_it_was_written(parser: MarkdownParser) -> None:
    assert copied(parser.parse(SAMPLE)).markdown == SAMPLE


def test_the_text_has_markers_and_tabs(parser: MarkdownParser) -> None:
    text = copied(parser.parse("3. a\n   - [ ] b\n\n|c|d|\n|-|-|\n|e|f|\n\n> g")).text
    assert text == "3. a\n   • ☐ b\n\nc\td\ne\tf\n\ng"


def test_the_html_is_nested_and_escaped(parser: MarkdownParser) -> None:
    html = copied(parser.parse("2. a **<b>**\n3. c\n   - d\n\n> `e&f`")).html
    assert html == (
        '<ol start="2"><li><p>a <strong>&lt;b&gt;</strong></p></li>'
        "<li><p>c</p><ul><li><p>d</p></li></ul></li></ol>"
        "<blockquote><p><code>e&amp;f</code></p></blockquote>"
    )


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, attrs))
        if tag not in {"br", "hr", "img"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@settings(max_examples=400)
@given(st.lists(FRAGMENTS | st.just("<script>x</script>"), max_size=16).map("".join))
def test_the_html_is_well_formed_and_harmless(text: str) -> None:
    tags = _Tags()
    tags.feed(copied(read_message(MarkdownParser(), text)).html)
    tags.close()
    assert not tags.open
    for tag, attributes in tags.found:
        assert tag not in {"script", "style", "link", "iframe"}
        for name, value in attributes:
            assert name in {"href", "start", "style", "src", "alt"}
            assert name != "src" or str(value).startswith("data:image/")


def test_an_image_on_the_disk_is_copied_as_its_description(parser: MarkdownParser) -> None:
    result = copied(parser.parse("![a cat](/home/me/cat.png)"))
    assert result.html == "<p>a cat</p>"
    assert result.markdown == "![a cat](</home/me/cat.png>)"


@pytest.mark.parametrize(
    ("text", "begin", "end", "expected"),
    [
        ("# One **two** three", 4, 7, "**two**"),
        ("# One **two** three", 5, 11, "**wo** thr"),
        ("- a `b` c", 2, 3, "`b`"),
        ("```py\nab\ncd\n```", 0, 2, "`ab`"),
        ("```py\nab\ncd\nef\n```", 1, 5, "```py\nb\ncd\n```"),
        ("|ab|c|\n|-|-|\n|de|f|", 0, 2, "ab"),
        ("|ab|c|\n|-|-|\n|de|f|", 6, 8, "e"),
        ("x $a+b$ y", 2, 7, "$a+b$"),
        ("x $a+b$ y", 3, 6, "a+b"),
    ],
)
def test_a_part_of_a_block_keeps_its_styles(
    parser: MarkdownParser, text: str, begin: int, end: int, expected: str
) -> None:
    assert copy_blocks(parser.parse(text), (0, begin), (0, end)).markdown == expected


def test_from_one_block_into_another(parser: MarkdownParser) -> None:
    blocks = parser.parse("- one **two**\n- three\n\nfour five")
    result = copy_blocks(blocks, (0, 4), (2, 4))
    assert result.markdown == "**two**\n\n- three\n\nfour"
    assert result.text == "two\n\n• three\n\nfour"


def test_reasoning_is_copied_with_its_tags_or_a_part_of_it_without(parser: MarkdownParser) -> None:
    blocks = read_message(parser, "<think>\nmany **words**\n\nmore\n</think>\n\nyes")
    assert copied(blocks).markdown == "<think>\nmany **words**\n\nmore\n</think>\n\nyes"
    assert copy_blocks(blocks, (0, 5), (0, 10)).markdown == "**words**"
    assert copy_blocks(blocks, (0, 5), (0, 14)).markdown == "**words**\n\nmo"


@settings(max_examples=300)
@given(st.lists(FRAGMENTS, max_size=12).map("".join), st.data())
def test_any_selection_can_be_copied(text: str, data: st.DataObject) -> None:
    blocks = read_message(MarkdownParser(), text)
    places = [(i, o) for i, block in enumerate(blocks) for o in range(len(visible_text(block)) + 1)]
    if places:
        begin, end = sorted(data.draw(st.lists(st.sampled_from(places), min_size=2, max_size=2)))
        copy_blocks(blocks, begin, end)


def test_a_long_paragraph_is_copied_in_one(parser: MarkdownParser) -> None:
    text = "\n".join(f"line {number} of the text" for number in range(1000))
    assert copied(parser.parse(text)).markdown == text
