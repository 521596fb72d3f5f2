"""Find in a conversation: what is counted is what is marked, wherever it stands."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QLocale, QPoint, Qt
from PySide6.QtGui import QColor, QInputMethodEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from chatapp.domain.conversation import MessageStatus, Role
from chatapp.ui.find_bar import FindBar
from chatapp.ui.i18n import error_sentence
from chatapp.ui.models.transcript_model import TranscriptModel
from chatapp.ui.painting import SHADOW_MARGIN
from chatapp.ui.theme import Appearance
from chatapp.ui.transcript.blocks import visible_text
from chatapp.ui.transcript.conversation_text import ConversationText
from chatapp.ui.transcript.finding import find_all, fold
from chatapp.ui.transcript.markdown import MarkdownParser
from chatapp.ui.transcript.selection import Match, Position
from chatapp.ui.transcript.view import TranscriptView
from tests.ui.transcript.samples import conversation, message

KEYS = Qt.Key
NONE = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
GENERATING = MessageStatus.GENERATING
THOUGHT = "<think>A needle.</think>\n\nNothing here."
LONG = "\n\n".join(f"Paragraph {n} with some words." for n in range(60))


class Finding:
    """A transcript with a bar over it, beside a field that has the keyboard at first."""

    def __init__(self, qtbot: QtBot, appearance: Appearance) -> None:
        self.qtbot = qtbot
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.model = TranscriptModel(self.window)
        self.view = TranscriptView(self.model, appearance, error_sentence, parent=self.window)
        self.bar = FindBar(appearance, self.view, self.model)
        self.other = QLineEdit(self.window)
        self.view.resize(800, 600)
        self.window.resize(800, 640)
        self.other.move(0, 610)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)
        self.other.setFocus()
        (self.field,) = self.bar.findChildren(QLineEdit)

    def show(self, *texts: str) -> None:
        """Questions and answers in turn."""
        self.model.set_messages([message(n, text) for n, text in enumerate(texts, 1)])

    def find(self, query: str) -> None:
        """Open the bar and type."""
        self.bar.open()
        self.qtbot.keyClicks(self.field, query)

    def wait(self) -> None:
        """Until the count is exact."""
        self.qtbot.waitUntil(lambda: self.bar.conversation_text.is_exact, timeout=20_000)

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        self.qtbot.keyClick(self.field, key, modifiers)

    @property
    def current(self) -> tuple[int, str]:
        """The row and the words of the match that is shown."""
        match = self.bar.current
        assert match is not None
        return match.row, self.words(match)

    def words(self, match: Match) -> str:
        item = self.view.item(match.row)
        item.read_to(10**9)
        return visible_text(item.column.blocks[match.block])[match.begin : match.end]

    def is_seen(self) -> bool:
        match = self.bar.current
        assert match is not None
        (one,) = [one for one in self.view.placed if one.row == match.row]
        (rect, *_) = one.item.rects(match.block, match.begin, match.end)
        return one.top + rect.top() >= 0 and one.top + rect.bottom() <= self.view.height()

    def marked(self) -> list[str]:
        matches, _ = self.bar._marked
        return [self.words(match) for row in sorted(matches) for match in matches[row]]


@pytest.fixture
def finding(qtbot: QtBot, appearance: Appearance) -> Iterator[Finding]:
    QLocale.setDefault(QLocale("en_US"))
    appearance.set_reduced_motion(reduced=True)
    finding = Finding(qtbot, appearance)
    yield finding
    finding.bar.close_bar()


def counted(model: TranscriptModel, query: str) -> int:
    """What a reader would count: each block of each message by itself."""
    found = 0
    for shown in model.messages:
        if shown.role is Role.ASSISTANT:
            for part in (shown.reasoning, shown.text):
                blocks = MarkdownParser().parse(part)
                found += sum(len(find_all(visible_text(block), query)) for block in blocks)
        else:
            found += len(find_all(shown.text, query))
    return found


# What is found


def test_all_are_counted_and_the_first_is_shown(finding: Finding) -> None:
    finding.show("Where is the needle?", f"{LONG}\n\nA **nee**dle and a `needle`.\n\n{LONG}")
    finding.find("needle")
    finding.wait()
    assert finding.bar.count_text in ("1 of 3", "2 of 3")
    seen = []
    for _ in range(3):
        seen.append((finding.bar.count_text, finding.current))
        assert finding.is_seen()
        finding.press(KEYS.Key_Return)
    assert sorted(seen) == [
        ("1 of 3", (0, "needle")),
        ("2 of 3", (1, "needle")),
        ("3 of 3", (1, "needle")),
    ]
    assert seen[0][0] == finding.bar.count_text


def test_keys_go_on_and_back(finding: Finding) -> None:
    finding.show("a x", "b x", "c x")
    finding.find("x")
    finding.wait()
    places = []
    for key, modifiers in (
        (KEYS.Key_F3, Qt.KeyboardModifier.NoModifier),
        (KEYS.Key_Return, Qt.KeyboardModifier.NoModifier),
        (KEYS.Key_F3, SHIFT),
        (KEYS.Key_Return, SHIFT),
        (KEYS.Key_Return, SHIFT),
    ):
        finding.press(key, modifiers)
        places.append(finding.bar.count_text)
    assert places == ["2 of 3", "3 of 3", "2 of 3", "1 of 3", "3 of 3"]


def test_buttons_go_on_and_back(finding: Finding) -> None:
    finding.show("a x", "b x")
    finding.find("x")
    finding.wait()
    finding.qtbot.mouseClick(finding.bar._forth, Qt.MouseButton.LeftButton)
    assert finding.bar.count_text == "2 of 2"
    finding.qtbot.mouseClick(finding.bar._back, Qt.MouseButton.LeftButton)
    assert finding.bar.count_text == "1 of 2"


def test_each_letter_narrows_from_where_it_was(finding: Finding) -> None:
    finding.show("nut", "net", "needle", "need")
    finding.bar.open()
    found = []
    for letter in "need":
        finding.qtbot.keyClicks(finding.field, letter)
        finding.wait()
        found.append((finding.bar.count_text, finding.current[0]))
    assert found == [("1 of 4", 0), ("1 of 3", 1), ("1 of 2", 2), ("1 of 2", 2)]
    finding.press(KEYS.Key_Backspace)
    assert finding.bar.count_text == "1 of 2"
    assert finding.current == (2, "nee")


@pytest.mark.parametrize(
    ("text", "query", "found"),
    [
        ("Der CAFÉ, das Café, le cafe\u0301", "cafe", 3),
        ("ＦＵＬＬ width １２", "full", 1),
        ("十年后共有利息。利息", "利息", 2),
        ("two\nlines and two lines", "two lines", 2),
        ("x <b>y</b> &amp; &lt;", "&", 1),
        ("[a word](https://example.com/hidden)", "hidden", 0),
        ("| a | b |\n|---|---|\n| cell | Cell |", "cell", 2),
        ("```python\nneedle = 1\n```", "needle", 1),
        ("$$x^2$$", "x^2", 1),
        ("aaaa", "aa", 2),
        ("a.c abc", "a.c", 1),
        ("# Title\n\n- item *one*\n- item *two*", "item two", 1),
        ("Straße", "straße", 1),
    ],
)
def test_what_counts_as_a_match(finding: Finding, text: str, query: str, found: int) -> None:
    finding.model.set_messages([message(2, text)])
    finding.find("")
    finding.field.setText(query)
    finding.wait()
    assert finding.bar.conversation_text.total == found
    assert len(finding.marked()) == found


def test_nothing_found_is_said(finding: Finding) -> None:
    finding.show("one", "two")
    finding.find("three")
    finding.wait()
    assert finding.bar.count_text == "No matches"
    assert not finding.bar._forth.isEnabled()
    finding.press(KEYS.Key_Return)
    assert finding.bar.current is None


def test_a_closed_thought_is_opened(finding: Finding) -> None:
    finding.show("one", THOUGHT, "three", LONG)
    finding.find("needle")
    finding.wait()
    assert finding.bar.count_text == "1 of 1"
    item = finding.view.item(1)
    assert item.column.layout(0).is_open  # type: ignore[attr-defined]
    assert finding.is_seen()


def test_wide_code_is_moved_sideways(finding: Finding) -> None:
    finding.show("one", f"```\n{'x' * 400} needle\n```")
    finding.find("needle")
    finding.wait()
    layout = finding.view.item(1).column.layout(0)
    assert layout.sideways.offset > 0  # type: ignore[attr-defined]


def test_a_match_never_hides_below_the_bar(finding: Finding) -> None:
    finding.show(LONG, LONG, "needle", LONG)
    finding.view.show_message(3)
    finding.find("needle")
    finding.wait()
    match = finding.bar.current
    assert match is not None
    (one,) = [one for one in finding.view.placed if one.row == match.row]
    (rect,) = one.item.rects(match.block, match.begin, match.end)
    assert one.top + rect.top() >= finding.bar.geometry().bottom() - 20


def test_it_goes_aside_where_nothing_can_be_scrolled(finding: Finding) -> None:
    finding.show("needle", "one", "needle")
    finding.find("needle")
    finding.wait()
    for place in ("1 of 2", "2 of 2", "1 of 2"):
        assert finding.bar.count_text == place
        match = finding.bar.current
        assert match is not None
        one = finding.view.placed[match.row]
        (rect,) = one.item.rects(match.block, match.begin, match.end)
        at = rect.translated(finding.view.column_left, one.top).center().toPoint()
        assert not finding.bar.geometry().contains(at)
        assert finding.view.rect().contains(finding.bar.geometry().center())
        finding.press(KEYS.Key_Return)


def test_the_current_match_is_painted(finding: Finding, appearance: Appearance) -> None:
    finding.show("one needle", "two needle")
    finding.find("needle")
    finding.wait()
    colors = []
    picture = finding.view.viewport().grab().toImage()
    for one in finding.view.placed:
        (match,) = finding.bar.conversation_text.matches_in(one.row)
        (rect,) = one.item.rects(match.block, match.begin, match.end)
        at = rect.topLeft() + QPoint(finding.view.column_left + 1, round(one.top) + 1)
        colors.append(QColor(picture.pixel(at.toPoint())).name())
    theme = appearance.theme
    assert colors == [theme.find_current.name(), theme.find_match.name()]


# Exact and not exact


def test_until_all_is_read_the_count_is_only_about(finding: Finding) -> None:
    messages = conversation(3000)
    finding.model.set_messages([*messages, message(3002, "an *int*erest")])
    finding.bar.open()
    text = finding.bar.conversation_text
    finding.qtbot.waitUntil(lambda: text.is_counted)
    assert not text.is_exact
    finding.field.setText("interest")
    assert finding.bar.count_text.startswith("About ")
    assert finding.bar.current is not None
    assert finding.is_seen()
    finding.wait()
    assert text.total == counted(finding.model, "interest")
    assert finding.bar.count_text.endswith(f" of {QLocale().toString(text.total)}")


def test_what_only_markdown_hides_is_found_in_the_end(finding: Finding) -> None:
    messages = conversation(3000)
    messages[2900] = message(9000, "a **nee**dle")  # what is read last, as the end is shown
    finding.model.set_messages(messages)
    finding.bar.open()
    finding.qtbot.waitUntil(lambda: finding.bar.conversation_text.is_counted)
    finding.field.setText("needle")
    assert finding.bar.count_text == "Searching"
    finding.wait()
    finding.qtbot.waitUntil(lambda: finding.bar.count_text == "1 of 1")
    assert finding.current == (2900, "needle")


def test_a_very_long_message_is_read_in_pieces(finding: Finding) -> None:
    text = "\n\n".join(f"Paragraph {n} with **some** words." for n in range(6_000))
    finding.show("one", f"{text}\n\nneedle")
    finding.find("needle")
    assert not finding.bar.conversation_text.is_exact
    finding.wait()
    finding.qtbot.waitUntil(lambda: finding.bar.current is not None)
    assert finding.bar.count_text == "1 of 1"
    assert finding.current == (1, "needle")


ALPHABET = "ab *_`[]()|-#\n$<>&;éＡ\u0301"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.text(ALPHABET, max_size=60), min_size=1, max_size=6),
    st.text("ab é", min_size=1, max_size=3),
)
def test_the_count_is_what_can_be_gone_through(
    finding: Finding, texts: list[str], query: str
) -> None:
    finding.bar.close_bar()
    finding.show(*texts)
    finding.field.setText(query)
    finding.bar.open()
    finding.wait()
    text = finding.bar.conversation_text
    seen = set()
    for number in range(text.total):
        seen.add(finding.bar.current)
        _, words = finding.current
        assert (
            fold(unicodedata.normalize("NFD", words))[:1]
            == fold(unicodedata.normalize("NFD", query))[:1]
        )
        finding.bar.find_next()
        assert finding.bar.count_text.startswith(
            f"{(number + 1) % text.total + 1} of "
        ) or finding.bar.count_text.endswith(f"of {text.total}")
    assert len(seen) == text.total
    assert len(finding.marked()) == sum(
        len(text.matches_in(one.row)) for one in finding.view.placed
    )


# What changes while it is open


def test_messages_that_arrive_and_grow_are_found(finding: Finding) -> None:
    finding.show("needle", "one")
    finding.find("needle")
    finding.wait()
    assert finding.bar.count_text == "1 of 1"
    finding.model.append(message(3, "another needle"))
    finding.model.append(message(4, "", status=GENERATING))
    finding.qtbot.waitUntil(lambda: finding.bar.count_text == "1 of 2")
    for piece in ("a n", "ee", "dle\n\nand a `nee", "dle`"):
        finding.model.grow(4, piece)
    finding.qtbot.waitUntil(lambda: finding.bar.count_text == "1 of 4")
    finding.view.jump_to_latest()
    assert finding.marked() == ["needle"] * 4
    finding.model.replace(message(4, "no more"))
    assert finding.bar.count_text == "1 of 2"
    assert finding.marked() == ["needle"] * 2


def test_messages_that_go_are_not_counted(finding: Finding) -> None:
    finding.show("needle", "needle", "needle")
    finding.find("needle")
    finding.wait()
    finding.press(KEYS.Key_Return, SHIFT)
    assert finding.bar.count_text == "3 of 3"
    finding.model.remove_from(2)
    assert finding.bar.count_text == "1 match"
    finding.press(KEYS.Key_Return)
    assert finding.bar.count_text == "1 of 1"


def test_another_conversation_is_searched_without_moving_it(finding: Finding) -> None:
    finding.show("needle", "one")
    finding.find("needle")
    finding.wait()
    finding.show("a needle", LONG, "a needle", LONG)
    finding.wait()
    finding.qtbot.waitUntil(lambda: finding.bar.count_text == "2 matches")
    assert finding.view.follows


# Opening and closing


def test_it_opens_with_the_selected_text(finding: Finding) -> None:
    finding.show("one needle two needle", "three")
    viewport = finding.view.viewport()
    (one,) = [one for one in finding.view.placed if one.row == 0]
    block = visible_text(one.item.column.blocks[0])
    (rect,) = one.item.rects(0, block.rindex("needle"), block.rindex("needle") + 6)
    at = rect.center().toPoint() + QPoint(finding.view.column_left, round(one.top))
    finding.qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=at)
    finding.bar.open()
    finding.wait()
    assert finding.bar.query == "needle"
    assert finding.field.selectedText() == "needle"
    assert finding.bar.count_text == "2 of 2"


def test_escape_closes_and_gives_the_keyboard_back(finding: Finding) -> None:
    finding.show("needle", "one")
    finding.find("needle")
    finding.wait()
    assert finding.marked() == ["needle"]
    finding.press(KEYS.Key_Escape)
    assert not finding.bar.is_open
    assert finding.other.hasFocus()
    assert finding.marked() == []
    assert finding.view.covered_above == 0
    finding.bar.open()
    assert finding.field.selectedText() == "needle"
    finding.wait()
    assert finding.bar.count_text == "1 of 1"


def test_keys_of_the_window_open_it(finding: Finding) -> None:
    finding.show("needle", "needle")
    finding.bar.find_next()
    assert finding.bar.is_open
    assert finding.field.hasFocus()
    assert finding.bar.count_text == ""


def test_return_is_the_input_methods_while_it_composes(finding: Finding) -> None:
    finding.show("利息", "利息")
    finding.bar.open()
    QApplication.sendEvent(finding.field, QInputMethodEvent("lixi", []))
    finding.press(KEYS.Key_Return)
    finding.press(KEYS.Key_Escape)
    assert finding.bar.is_open
    assert finding.bar.count_text == ""
    done = QInputMethodEvent("", [])
    done.setCommitString("利息")
    QApplication.sendEvent(finding.field, done)
    finding.wait()
    assert finding.bar.count_text == "1 of 2"


def test_it_stays_in_the_corner(finding: Finding) -> None:
    finding.show("needle", LONG)
    finding.bar.open()
    for width in (800, 400, 1200):
        finding.view.resize(width, 500)
        box = finding.bar.geometry()
        assert box.right() <= width
        assert box.left() + SHADOW_MARGIN >= 0
        assert box.right() > width - 60


def test_a_closed_bar_knows_nothing(finding: Finding) -> None:
    finding.show("needle", "one")
    text = ConversationText(finding.model)
    text.open(0)
    text.look_for("needle")
    assert text.total == 1
    text.close()
    assert (text.total, text.is_exact, text.matches_in(0)) == (0, True, [])
    assert text.seek(Position(0, 0, 0)) == (None, True)
    finding.model.append(message(3, "needle"))
    assert text.total == 0
