"""Whatever happens to a transcript: what is read stays where it is, and nothing is lost."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint

from chatapp.chat.events import AnswerPhase, AnswerProgress
from chatapp.domain.conversation import MessageStatus
from chatapp.ui.models.transcript_model import TranscriptModel
from chatapp.ui.theme import Appearance, ThemeChoice
from chatapp.ui.transcript.blocks import FormulaBlock, ImageBlock, ReasoningBlock, visible_text
from chatapp.ui.transcript.markdown import MarkdownParser
from chatapp.ui.transcript.selection import Position
from chatapp.ui.transcript.stage import Spot
from chatapp.ui.transcript.view import TranscriptView
from tests.ui.transcript.driving import Mouse, check_places, image
from tests.ui.transcript.reading import read_message, shown
from tests.ui.transcript.samples import EVERYTHING, RICH, conversation, message

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from chatapp.ui.transcript.blocks import Block
    from chatapp.ui.transcript.copying import Copied

GENERATING = MessageStatus.GENERATING
NEAR_TOP = 140  # pixels from the top, where any window shows it
SHORT = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

PIECES = st.sampled_from(
    [
        "word ",
        "some more words ",
        "word " * 60,
        "\n",
        "\n\n",
        "- item\n",
        "  - inner\n",
        "1. one\n",
        "100. hundred\n",
        "- [ ] open\n",
        "- [x] done\n",
        "> quoted\n",
        "> > twice\n",
        "# Head\n",
        "### Head\n",
        "---\n",
        "===\n",
        "```python\n",
        "```\n",
        "~~~\n",
        "def f(a):\n\treturn a\n",
        "x" * 150 + "\n",
        "|a|b|\n|-|-:|\n",
        "|c|1|\n",
        "|a wide cell with many words|" * 8 + "\n",
        "**bold** ",
        "*it*",
        "~~gone~~",
        "`code` ",
        "`",
        "**",
        "[a](https://b.c) ",
        "https://d.e/f ",
        "[x]: https://y.z\n\n",
        "[x] ",
        "[^1] ",
        "[^1]: note\n\n",
        "$x^2$ ",
        "$$\ny\n$$\n",
        "<think>",
        "</think>\n\n",
        "![pic](data:image/png;base64,AAAA)\n\n",
        "中文字符，",
        "`代码`中",
        "مرحبا بالعالم ",
        "👩‍💻😀 ",
        "é́ ",
        "\u2028",
        "\0",
        "\t",
    ]
)
MARKDOWN = st.lists(PIECES, min_size=1, max_size=25).map("".join)


# What is written piece by piece is what is shown at once


@dataclass
class Seen:
    """All that can be told apart of a message."""

    beginning: QImage
    end: QImage
    everything_selected: QImage
    heights: list[float]
    copied: Copied


def see(view: TranscriptView) -> Seen:
    bar = view.verticalScrollBar()
    view.jump_to_latest()
    end = image(view)
    bar.setValue(0)
    beginning = image(view)
    item = view.item(0)
    item.column.measure(0, len(item.column))
    view.select_all()
    copied, selected = view.selected(), image(view)
    view.drop_selection()
    heights = [item.column.heights[index] for index in range(len(item.column))]
    return Seen(beginning, end, selected, heights, copied)


@SHORT
@given(text=MARKDOWN, data=st.data())
def test_a_streamed_answer_is_the_same_as_a_whole_one(
    view: TranscriptView, model: TranscriptModel, text: str, data: st.DataObject
) -> None:
    view.resize(700, 900)
    model.set_messages([message(2, text)])
    whole = see(view)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=12)))
    model.set_messages([message(2, "", status=GENERATING)])
    for begin, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        model.grow(2, text[begin:end])
        view.flush()
        check_places(view, 1)
    model.replace(message(2, text))
    streamed = see(view)
    assert streamed.copied == whole.copied
    assert streamed.heights == whole.heights
    assert streamed.beginning == whole.beginning
    assert streamed.end == whole.end
    assert streamed.everything_selected == whole.everything_selected


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_everything_streamed_is_the_same_as_whole(
    view: TranscriptView, model: TranscriptModel, size: int
) -> None:
    view.resize(700, 3000)
    model.set_messages([message(2, EVERYTHING)])
    whole = see(view)
    model.set_messages([message(2, "", status=GENERATING)])
    for begin in range(0, len(EVERYTHING), size):
        model.grow(2, EVERYTHING[begin : begin + size])
        if size > 1 or begin % 5 == 0:
            view.flush()
    model.replace(message(2, EVERYTHING))
    assert see(view) == whole


# Nothing moves


@dataclass(frozen=True)
class Watched:
    """Something on the screen, and where it was."""

    message_id: int
    block: int
    y: float


def watch(view: TranscriptView) -> Watched | None:
    """The first block that begins on the screen, if it does so near the top."""
    height = NEAR_TOP
    for one in view.placed:
        column = one.item.column
        start = one.top + one.item.content[1]
        for block in range(len(column)):
            y = start + column.top_of(block)
            if 0 <= y < height:
                return Watched(one.item.message.id, block, y)
    return None


def place_now(view: TranscriptView, watched: Watched) -> float | None:
    for one in view.placed:
        if one.item.message.id == watched.message_id:
            column = one.item.column
            if watched.block < len(column):
                return one.top + one.item.content[1] + column.top_of(watched.block)
    return None


def is_at_an_end(view: TranscriptView) -> bool:
    """Whether the window is where it can't show what lies beyond, so that it may have to move."""
    bar = view.verticalScrollBar()
    return bar.value() <= 0 or bar.value() >= bar.maximum()


TEXTS = [
    "A line.\n\n",
    "words that go on " * 30,
    "\n\n```py\nx = 1\n",
    "y = 2\n" * 5,
    "```\n\n",
    "|a|b|\n|-|-|\n|c|d|\n",
    "- item\n",
    "$$\nx\n$$\n\n",
]
THOUGHT = "<think>\nfirst a thought\n\nand another one " + "that goes on " * 40 + "\n</think>\n\n"


def long_conversation() -> list[object]:
    messages = conversation(24)
    messages[11] = message(12, THOUGHT + RICH)
    messages[15] = message(16, "long " * 4000)
    return list(messages)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("scroll"), st.integers(-1500, 1500)),
        st.tuples(st.just("wheel"), st.integers(-300, 300)),
        st.tuples(st.just("drag the bar"), st.integers(0, 100)),
        st.tuples(st.just("resize"), st.integers(0, 5)),
        st.tuples(st.just("append"), st.integers(0, 0)),
        st.tuples(st.just("stream"), st.integers(0, len(TEXTS) - 1)),
        st.tuples(st.just("end"), st.integers(0, 3)),
        st.tuples(st.just("toggle"), st.integers(0, 20)),
        st.tuples(st.just("theme"), st.integers(0, 2)),
        st.tuples(st.just("jump"), st.integers(0, 0)),
        st.tuples(st.just("show"), st.integers(1, 24)),
        st.tuples(st.just("select"), st.integers(0, 0)),
        st.tuples(st.just("wait"), st.integers(0, 0)),
    ),
    min_size=1,
    max_size=25,
)
SIZES = [(800, 600), (640, 480), (1100, 300), (300, 700), (700, 599), (800, 1200)]
THEMES = [ThemeChoice.LIGHT, ThemeChoice.DARK, ThemeChoice.HIGH_CONTRAST]
STATUSES = [
    MessageStatus.COMPLETE,
    MessageStatus.STOPPED,
    MessageStatus.INTERRUPTED,
    MessageStatus.FAILED,
]


class Walk:
    """Takes steps, and knows of each whether what is read may move."""

    def __init__(
        self, view: TranscriptView, model: TranscriptModel, appearance: Appearance
    ) -> None:
        self.view, self.model, self.appearance = view, model, appearance
        self.mouse = Mouse(view)

    def step(self, name: str, value: int) -> bool:
        """Returns whether everything must stay where it was."""
        view, model = self.view, self.model
        bar = view.verticalScrollBar()
        last = model.messages[-1]
        match name:
            case "scroll":
                view.scroll_by(value)
            case "wheel":
                self.mouse.wheel(QPoint(300, 200), down=value)
            case "drag the bar":
                bar.setValue(bar.maximum() * value // 100)
            case "jump":
                view.jump_to_latest()
            case "show":
                view.show_message(value)
            case "append" if last.status is GENERATING:
                return True
            case "append":
                model.append(message(last.id + 1, "One more question"))
                model.append(message(last.id + 2, "", status=GENERATING))
                model.set_progress(last.id + 2, AnswerProgress(AnswerPhase.READING, 0.4))
            case "resize":
                view.resize(*SIZES[value])
                return not is_at_an_end(view)
            case "stream":
                was_following = view.follows
                model.grow(last.id, TEXTS[value] if last.status is GENERATING else "")
                view.flush()
                return not was_following
            case "end":
                was_following = view.follows
                if last.status is GENERATING:
                    model.replace(message(last.id, last.text, status=STATUSES[value]))
                return not was_following
            case "toggle":
                return self._toggle(value) and not is_at_an_end(view)
            case "theme":
                self.appearance.set_choice(THEMES[value])
                return True
            case "select":
                view.select_all()
                return True
            case "wait":
                view._read_more()
                return True
        return False

    def _toggle(self, value: int) -> bool:
        """Press a spot that opens or wraps something. Only what lies above it stays."""
        found: list[Spot] = []
        for one in self.view.placed:
            for spot, rect in one.item.spots():
                is_seen = 0 <= one.top + rect.top() < self.view.viewport().height()
                key = spot.key
                if is_seen and isinstance(key, tuple) and key[1] in ("open", "wrap"):
                    found.append(spot)
        if not found:
            return True
        at = watch(self.view)
        spot = found[value % len(found)]
        spot.act()
        owner = spot.key[0] if isinstance(spot.key, tuple) else None
        return at is None or owner == (at.message_id, at.block)


@SHORT
@given(steps=STEPS)
def test_what_is_read_never_moves(
    view: TranscriptView, model: TranscriptModel, appearance: Appearance, steps: list[object]
) -> None:
    appearance.set_choice(ThemeChoice.LIGHT)
    view.resize(*SIZES[0])
    model.set_messages(long_conversation())  # type: ignore[arg-type]
    check_places(view, model.rowCount())
    walk = Walk(view, model, appearance)
    for name, value in steps:  # type: ignore[misc]
        watched = watch(view)
        may_not_move = walk.step(name, value)
        note(f"{name} {value}: {view.verticalScrollBar().value()}, follows {view.follows}")
        check_places(view, model.rowCount())
        if may_not_move and watched is not None:
            now = place_now(view, watched)
            assert now is not None
            assert abs(now - watched.y) <= 1, f"{watched} is at {now}"


# What is copied


@SHORT
@given(text=MARKDOWN, data=st.data())
def test_what_is_selected_and_copied_says_the_same_again(
    view: TranscriptView, model: TranscriptModel, text: str, data: st.DataObject
) -> None:
    view.resize(700, 900)
    # A tag inside of a thought can't be told from a tag around it.
    tag = "<think>" if text.startswith("<think>") else ""
    text = tag + text.replace("<think>", "")
    model.set_messages([message(2, text)])
    item = view.item(0)
    blocks = item.column.blocks
    places = [(block, offset) for block, value in enumerate(blocks) for offset in offsets_of(value)]
    if not places:
        return
    begin, end = sorted(data.draw(st.lists(st.sampled_from(places), min_size=2, max_size=2)))
    view._set_selection(Position(0, *begin), Position(0, *end))
    again = read_message(MarkdownParser(), view.selected().markdown)
    wanted = ""
    for block in range(begin[0], end[0] + 1):
        words = visible_text(blocks[block])
        first = begin[1] if block == begin[0] else 0
        last = end[1] if block == end[0] else len(words)
        wanted += words[first:last] + "\n"
    note(view.selected().markdown)
    assert letters(shown(again)) == letters(wanted)


def offsets_of(block: Block) -> list[int]:
    """Where a selection may begin or end; a formula or a picture is selected as a whole."""
    length = len(visible_text(block))
    if isinstance(block, FormulaBlock | ImageBlock):
        return [0, length]
    if isinstance(block, ReasoningBlock):
        found, start = [], 0
        for part in block.blocks:
            found += [start + offset for offset in offsets_of(part)]
            start += len(visible_text(part)) + 2
        return found
    return list(range(length + 1))


def letters(text: str) -> str:
    """What can be seen of a text."""
    return re.sub(r"[\s\u2028\0\ufffd]+", "", text)
