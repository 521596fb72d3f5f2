"""Blocks that are laid out: where the letters are, in every script, and where columns stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from chatapp.paths import Paths
from chatapp.ui.theme import Appearance, ThemeChoice
from chatapp.ui.transcript.block_layout import BlockLayout
from chatapp.ui.transcript.blocks import Block, CodeBlock, Span, TextBlock, visible_text
from chatapp.ui.transcript.code_layout import CodeLayout
from chatapp.ui.transcript.heights import Heights
from chatapp.ui.transcript.paragraph import NO_MARKS, Marks, Paragraph
from chatapp.ui.transcript.table_layout import TableLayout
from chatapp.ui.transcript.units import Units
from chatapp.ui.transcript.view import TranscriptView
from tests.ui.transcript.driving import (
    Mouse,
    check_places,
    describe,
    image,
    layouts,
    names,
    pixels_of,
    place_of,
    rects_of,
    spot,
    spot_rect,
    text_of,
)
from tests.ui.transcript.samples import EVERYTHING, message

if TYPE_CHECKING:
    from chatapp.ui.models.transcript_model import TranscriptModel

SHIFT = Qt.KeyboardModifier.ShiftModifier
SCRIPTS = [
    "Latin words in a line",
    "中文字符，以及标点。",
    "日本語のテキスト",
    "한국어 텍스트",
    "مرحبا بالعالم",
    "מילים בעברית",
    "emoji 😀 👩‍💻 🇳🇴 👍🏽 and words behind",
    "combining e\u0301 n\u0303 a\u0308\u0304 words",
    "tab\tand\ttab",
    "line\u2028separator",
    "𝒜𝒷𝒸 mathematical 𝔸 letters",
    "english then عربي then english",
    "عربي ثم english ثم عربي",
    "x" * 300,
    "",
]


def paragraph(appearance: Appearance, *spans: Span, width: float = 300) -> Paragraph:
    made = Paragraph(appearance, tuple(spans))
    made.lay_out(width)
    return made


def painted(layout: BlockLayout, marks: Marks = NO_MARKS) -> QImage:
    picture = QImage(round(layout.width), round(layout.height), QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.white)
    painter = QPainter(picture)
    layout.paint(painter, marks, QRectF(picture.rect()))
    painter.end()
    return picture


# Positions


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30))
def test_units_are_those_of_utf_16(text: str) -> None:
    units = Units(text)
    for position in range(len(text) + 1):
        place = len(text[:position].encode("utf-16-le")) // 2
        assert units.to_qt(position) == place
        assert units.from_qt(place) == position


@pytest.mark.parametrize("text", SCRIPTS)
def test_every_letter_has_its_place(appearance: Appearance, text: str) -> None:
    made = paragraph(appearance, Span(text))
    for begin in range(len(text)):
        for rect in made.rects(begin, begin + 1):
            assert rect.left() >= -1
            assert rect.top() >= 0
            assert rect.bottom() <= made.height
            if rect.width() > 1 and not rect.width() > 60:
                third = rect.width() / 3
                edges = {
                    made.position_at(rect.left() + third, rect.center().y()),
                    made.position_at(rect.right() - third, rect.center().y()),
                }
                # Half of a letter cannot be pointed at: its cluster's ends are.
                assert any(abs(edge - begin) <= 12 for edge in edges)
    assert made.rects(0, len(text)) or not text.strip()


@pytest.mark.parametrize("before", ["", "😀 ", "👩‍💻👩‍💻👩‍💻 ", "𝒜" * 20, "é中"])
def test_what_stands_behind_an_emoji_is_where_it_is_seen(
    appearance: Appearance, before: str
) -> None:
    made = paragraph(appearance, Span(before), Span("link", link="https://a.b"), width=2000)
    begin = len(before)
    (rect,) = made.rects(begin, begin + 4)
    assert made.position_at(rect.left() + 1, 5) == begin
    assert made.link_at(rect.center().x(), rect.center().y()) == "https://a.b"
    assert made.link_at(rect.right() + 3, rect.center().y()) == ""
    wide = QFontMetricsF(appearance.font("reading")).horizontalAdvance("link")
    assert rect.width() == pytest.approx(wide, abs=2)


def test_styles_behind_an_emoji_are_on_the_right_letters(appearance: Appearance) -> None:
    plain = paragraph(appearance, Span("😀😀😀 ab"), width=2000)
    styled = paragraph(appearance, Span("😀😀😀 a"), Span("b", link="https://a.b"), width=2000)
    picture = QImage(200, 40, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.white)
    painter = QPainter(picture)
    styled.paint(painter, 0, 0, NO_MARKS, QRectF(picture.rect()))
    painter.end()
    (first,), (second,) = plain.rects(4, 5), plain.rects(5, 6)
    accent = appearance.theme.accent_text.name()
    assert accent in pixels_of(picture, second)
    assert accent not in pixels_of(picture, first.adjusted(0, 0, -1, 0))


@pytest.mark.parametrize("text", SCRIPTS)
def test_a_selection_covers_what_is_selected_and_no_more(
    view: TranscriptView, model: TranscriptModel, mouse: Mouse, text: str
) -> None:
    model.set_messages([message(2, f"{text}\n\nend")])
    if not text:
        return
    shown = visible_text(view.item(0).column.blocks[0])
    view.select_all()
    assert view.selected().text == f"{shown}\n\nend"
    mouse.drag(place_of(view, 0, 0, 0), place_of(view, 0, 1, 2))
    assert view.selected().text.endswith("en")
    mouse.drag(QPoint(5, 5), QPoint(790, 590))
    assert view.selected().text == f"{shown}\n\nend"


def test_a_selection_in_mixed_directions_has_parts(appearance: Appearance) -> None:
    made = paragraph(appearance, Span("english عربي english"), width=2000)
    whole = QRectF()
    for rect in made.rects(0, 20):
        whole = whole.united(rect)
    parts = made.rects(4, 10)
    assert len(parts) == 2
    assert sum(part.width() for part in parts) < whole.width()
    assert not parts[0].intersects(parts[1])


@pytest.mark.parametrize(
    ("text", "offset", "word"),
    [
        ("one two", 5, "two"),
        ("e\u0301te\u0301 two", 1, "e\u0301te\u0301"),
        ("a 👩‍💻 b", 3, "👩‍💻"),
        ("مَرحَبًا بك", 2, "مَرحَبًا"),
        ("नमस्ते जी", 2, "नमस्ते"),
        ("it's here", 1, "it's"),
        ("snake_case word", 2, "snake_case"),
        ("你好，世界", 4, "世界"),
        ("end", 3, ""),
        ("a  b", 1, "  "),
    ],
)
def test_a_word_is_what_readers_take_for_one(text: str, offset: int, word: str) -> None:
    from chatapp.ui.transcript.selection import word_around

    begin, end = word_around(text, offset)
    assert text[begin:end] == word


@pytest.mark.parametrize("cluster", ["👩‍💻", "e\u0301", "🇳🇴", "👍🏽", "שּ"])
def test_arrows_move_over_whole_letters(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel, mouse: Mouse, cluster: str
) -> None:
    model.set_messages([message(1, f"a{cluster}b")])
    view._set_selection(*[view.position_at(place_of(view, 0, 0, 0))] * 2)
    for expected in ("a", f"a{cluster}", f"a{cluster}b"):
        qtbot.keyClick(view, Qt.Key.Key_Right, SHIFT)
        assert view.selected().text == expected
    for expected in (f"a{cluster}", "a"):
        qtbot.keyClick(view, Qt.Key.Key_Left, SHIFT)
        assert view.selected().text == expected


# Inline code


@pytest.mark.parametrize(
    "spans",
    [
        (Span("words "), Span("code", code=True), Span(" words")),
        (Span("中文"), Span("code", code=True), Span("中文")),
        (Span("نص "), Span("code", code=True), Span(" نص")),
        (Span("code", code=True),),
    ],
)
def test_the_frame_of_inline_code_touches_nothing(
    appearance: Appearance, spans: tuple[Span, ...]
) -> None:
    made = paragraph(appearance, *spans, width=2000)
    ends, position = [], 0
    for span in spans:
        ends.append((position, position + len(span.text)))
        position = ends[-1][1]
    index = next(number for number, span in enumerate(spans) if span.code)
    (code,) = made.rects(*ends[index])
    left = code.left() - 4
    right = code.right() + (0 if not made.is_right_to_left else 4)
    for number, (begin, end) in enumerate(ends):
        if number != index:
            for rect in made.rects(begin, end):
                # Only the room at its edge, where nothing is written, may lie below the frame.
                assert rect.right() <= left + 4.5 or rect.left() >= right - 4.5


# Code


def code_in(view: TranscriptView, model: TranscriptModel, text: str, fence: str = "") -> CodeLayout:
    model.set_messages([message(2, f"```{fence}\n{text}\n```")])
    image(view)
    (layout,) = layouts(view, 0)
    assert isinstance(layout, CodeLayout)
    return layout


@pytest.mark.parametrize(
    "code",
    [
        "def f():\n\treturn '  é'\n\n\n# end",
        "😀 = '中文'\n\tمرحبا",
        "a\u2028b\u2029c\x0cd",
        "x" * 5000,
        "  leading and trailing  ",
    ],
)
def test_code_is_copied_to_the_letter(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel, mouse: Mouse, code: str
) -> None:
    code_in(view, model, code, "python")
    shown = visible_text(view.item(0).column.blocks[0])
    mouse.press_spot(view, "Copy code")
    assert QGuiApplication.clipboard().text() == shown
    assert spot(view, "Copy code").text == "Copied"
    qtbot.waitUntil(lambda: spot(view, "Copy code").text == "Copy", timeout=4000)
    assert shown == code
    with qtbot.waitSignal(view.save_requested) as asked:
        mouse.press_spot(view, "Save code as a file")
    assert asked.args == ["python", code]


def test_nothing_behind_a_strange_letter_is_lost(
    view: TranscriptView, model: TranscriptModel
) -> None:
    layout = code_in(view, model, "before \u2028 behind")
    picture = painted(layout)
    assert len(pixels_of(picture, layout.rects(9, 15)[0])) > 2


def test_positions_in_code_with_emoji(view: TranscriptView, model: TranscriptModel) -> None:
    layout = code_in(view, model, "😀😀 word\n𝒜 = 1")
    (rect,) = layout.rects(3, 7)
    assert layout.position_at(rect.left() + 1, rect.center().y()) == 3
    (rect,) = layout.rects(12, 13)
    assert layout.position_at(rect.left() + 1, rect.center().y()) == 12


@pytest.mark.parametrize("wrapped", [False, True])
def test_long_lines_move_or_wrap(
    view: TranscriptView, model: TranscriptModel, mouse: Mouse, wrapped: bool
) -> None:
    layout = code_in(view, model, "word " * 100 + "\n" + "中文" * 200 + "\nend")
    height = layout.height
    if wrapped:
        mouse.press_spot(view, "Wrap lines")
        check_places(view, 1)
        (found,) = layouts(view, 0)
        assert isinstance(found, CodeLayout)
        layout = found
        assert layout.height > height
        assert not layout.sideways.hidden
        assert spot(view, "Wrap lines").is_on
        for rect in layout.rects(0, 900):
            assert rect.right() <= layout.width
        mouse.press_spot(view, "Wrap lines")
        assert layouts(view, 0)[0].height == height
        return
    assert layout.sideways.hidden > 0
    at = place_of(view, 0, 0, 2)
    mouse.wheel(at, right=120)
    assert layout.sideways.offset == 120
    mouse.keys = SHIFT
    mouse.wheel(at, down=30)
    assert layout.sideways.offset == 150
    mouse.keys = Qt.KeyboardModifier.NoModifier
    mouse.wheel(at, right=-1000)
    assert layout.sideways.offset == 0
    bar = layout.bar_rect().translated(view.column_left, view.placed[0].top + view.item(0).gap)
    start = QPoint(round(bar.left()) + 10, round(bar.center().y()))
    mouse.drag(start, start + QPoint(2000, 0))
    assert layout.sideways.offset == layout.sideways.hidden
    assert not view.has_selection


# Tables


def table_in(view: TranscriptView, model: TranscriptModel, text: str) -> TableLayout:
    model.set_messages([message(2, text)])
    image(view)
    (layout,) = layouts(view, 0)
    assert isinstance(layout, TableLayout)
    return layout


@pytest.mark.parametrize(
    ("rows", "is_right"),
    [
        ("| 10 years | €24,000 |\n| 20 years | €48,000 |", [False, True]),
        ("| 10 年 | 24,000 元 |\n| 20 年 | 48,000 元 |", [False, True]),
        ("| 1 | 2 |\n| 3 | |", [False, True]),
        ("| 1 | 2 |\n| 3 | four |", [False, False]),
    ],
)
def test_numbers_stand_at_the_end_but_what_names_the_rows_at_the_start(
    view: TranscriptView, model: TranscriptModel, rows: str, is_right: list[bool]
) -> None:
    layout = table_in(view, model, f"| a | b |\n|---|---|\n{rows}\n")
    (first,), (second,) = layout.rects(0, 1), layout.rects(2, 3)
    middle = layout._lefts[1]
    assert (first.left() > middle / 2) is is_right[0]
    assert (second.left() > (middle + layout.width) / 2) is is_right[1]


@pytest.mark.parametrize(
    "cell", ["1,411,750,000", "中文字符中文字符", "WWWWWWWW", "👩‍💻👩‍💻👩‍💻", "**bold words**"]
)
def test_a_cell_has_room_for_its_words(
    view: TranscriptView, model: TranscriptModel, cell: str
) -> None:
    layout = table_in(view, model, "|Population|b|\n|-|-|\n|5|x|\n" + f"|{cell}|x|\n" * 3)
    heights = {round(layout._heights[row]) for row in range(5)}
    assert len(heights) == 1


def test_a_wide_table_moves_sideways(
    view: TranscriptView, model: TranscriptModel, mouse: Mouse
) -> None:
    head = "|" + "a long title|" * 20 + "\n|" + "-|" * 20 + "\n"
    layout = table_in(view, model, head + "|" + "some words|" * 20)
    hidden = layout.sideways.hidden
    assert hidden > 0
    at = place_of(view, 0, 0, 2)
    mouse.wheel(at, right=60)
    assert layout.sideways.offset == 60
    end = len(visible_text(view.item(0).column.blocks[0]))
    view.show_range(0, 0, end - 3, end)
    (rect,) = rects_of(view, 0, 0, end - 3, end)
    assert view.column_left <= rect.left() < rect.right() <= view.column_left + layout.width
    mouse.wheel(at, right=-5000)
    assert layout.sideways.offset == 0


def test_cells_are_selected_one_after_the_other(
    view: TranscriptView, model: TranscriptModel, mouse: Mouse
) -> None:
    table_in(view, model, "|a b|c|\n|-|-|\n|d|e f|\n")
    mouse.drag(place_of(view, 0, 0, 2), place_of(view, 0, 0, 8))
    assert "c" in view.selected().text
    mouse.click(place_of(view, 0, 0, 8), 2)
    assert view.selected().text == "e"
    mouse.click(place_of(view, 0, 0, 8), 3)
    assert view.selected().text == "e f"


# What goes with a change of kind or width


@pytest.mark.parametrize(
    ("first", "more"),
    [
        ("*", "*bold** " + "words " * 60),
        ("- ", "--\n\nwords"),
        (">", "\n\nwords " * 60),
        ("1", "2. " + "words " * 60),
        ("1.", "5 is a number " + "words " * 60),
    ],
)
def test_what_turns_out_to_stand_elsewhere_is_laid_out_anew(
    view: TranscriptView, model: TranscriptModel, first: str, more: str
) -> None:
    from chatapp.domain.conversation import MessageStatus

    model.set_messages([message(2, first + more)])
    whole = image(view)
    model.set_messages([message(2, "", status=MessageStatus.GENERATING)])
    for piece in (first, more):
        model.grow(2, piece)
        view.flush()
    model.replace(message(2, first + more))
    assert image(view) == whole


def test_the_current_match_is_seen_in_a_selection(
    appearance: Appearance, view: TranscriptView, model: TranscriptModel
) -> None:
    from chatapp.ui.transcript.selection import Match

    model.set_messages([message(2, "words to find here\n\n```\nfind\n```")])
    theme = appearance.theme
    view.select_all()
    for match in (Match(0, 0, 9, 13), Match(0, 1, 0, 4)):
        view.set_matches({0: [match]}, match)
        picture = image(view)
        (rect,) = rects_of(view, 0, match.block, match.begin, match.end)
        colors = pixels_of(picture, rect.adjusted(1, 1, -1, -1))
        assert theme.find_current.name() in colors
        assert theme.selection.name() not in colors


def test_reasoning_opens_over_its_blocks(
    view: TranscriptView, model: TranscriptModel, mouse: Mouse
) -> None:
    model.set_messages([message(2, "<think>\n- one\n\n```\ncode\n```\n</think>\n\nend")])
    assert names(view)[0] == "Thoughts"
    assert "Copy code" not in names(view)
    mouse.press_spot(view, "Thoughts")
    check_places(view, 1)
    mouse.press_spot(view, "Copy code")
    assert QGuiApplication.clipboard().text() == "code"
    mouse.drag(place_of(view, 0, 0, 0), place_of(view, 0, 1, 2))
    assert view.selected().text == "• one\n\ncode\n\nen"
    mouse.press_spot(view, "Wrap lines")
    check_places(view, 1)
    mouse.press_spot(view, "Thoughts")
    check_places(view, 1)
    assert text_of(view, 0) == "one\n\ncode\nend"


# Large text, high contrast


def test_large_text_has_room(
    qtbot: QtBot, qapp: QApplication, model: TranscriptModel, paths: Paths
) -> None:
    before = qapp.font()
    font = QFont(before)
    font.setPixelSize(26)
    qapp.setFont(font)
    try:
        large = Appearance(
            qapp, Paths.default().resources, ThemeChoice.HIGH_CONTRAST, reduced_motion=True
        )
        view = TranscriptView(model, large, describe)
        qtbot.addWidget(view)
        view.resize(700, 900)
        view.show()
        model.set_messages([message(1, "question"), message(2, EVERYTHING)])
        bar = view.verticalScrollBar()
        for value in range(0, bar.maximum(), 400):
            bar.setValue(value)
            image(view)
            check_places(view, 2)
        for row in (1,):
            for name in ("Copy answer", "More"):
                rect = spot_rect(view, name, row)
                assert rect.right() <= view.width()
    finally:
        qapp.setFont(before)
        Appearance(qapp, Paths.default().resources, ThemeChoice.LIGHT)


# Heights


@settings(max_examples=60)
@given(st.lists(st.floats(0, 1000), max_size=40), st.data())
def test_heights_are_running_sums(values: list[float], data: st.DataObject) -> None:
    heights = Heights(values)
    for _ in range(5):
        if values and data.draw(st.booleans()):
            index = data.draw(st.integers(0, len(values) - 1))
            values[index] = data.draw(st.floats(0, 1000))
            heights.set(index, values[index])
        elif data.draw(st.booleans()):
            values.append(7.5)
            heights.append(7.5)
        else:
            count = data.draw(st.integers(0, len(values)))
            del values[count:]
            heights.truncate(count)
        assert heights.total == pytest.approx(sum(values))
        for index in range(len(values)):
            assert heights.before(index) == pytest.approx(sum(values[:index]))
            if values[index] > 0.01:
                middle = heights.before(index) + values[index] / 2
                assert heights.at(middle) == index


def test_a_block_that_is_no_code_is_refused(view: TranscriptView) -> None:
    layout = CodeLayout(view._stage, "key", 300)
    blocks: list[Block] = [TextBlock((Span("x"),)), CodeBlock("", "x")]
    assert [layout.show(block, is_growing=False) for block in blocks] == [False, True]
