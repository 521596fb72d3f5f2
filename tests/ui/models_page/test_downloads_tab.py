"""The queue on the screen: words and figures of each state, order by hand, what is asked for."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QLocale, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from chatapp.domain.download import DownloadItem, DownloadState
from chatapp.errors import ChatappError, HubRefused, HubUnreachable, RepoGated
from chatapp.ui.download_note import DownloadNote
from chatapp.ui.models_page.download_row import DownloadRow
from chatapp.ui.models_page.downloads_tab import DownloadsTab
from chatapp.ui.theme import Appearance
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.dialog import Dialog
from chatapp.ui.widgets.text_label import TextLabel
from tests.ui.models_page.library_samples import item, items

FREE = 38_200_000_000
LITTLE = 10_000_000


@pytest.fixture
def tab(appearance: Appearance, qtbot: QtBot) -> Iterator[DownloadsTab]:
    QLocale.setDefault(QLocale("en_US"))
    tab = DownloadsTab(appearance)
    qtbot.addWidget(tab)
    tab.resize(1000, 900)
    tab.show()
    tab.activateWindow()
    qtbot.waitUntil(tab.isActiveWindow)
    return tab


@pytest.fixture
def filled(tab: DownloadsTab, qtbot: QtBot) -> DownloadsTab:
    tab.set_items(items(), FREE)
    qtbot.waitUntil(lambda: all(row.isVisible() for row in tab.rows))
    return tab


def row_of(tab: DownloadsTab, name: str) -> DownloadRow:
    return next(row for row in tab.rows if row.item.order.name == name)


def names(tab: DownloadsTab) -> list[str]:
    """What is shown, from the top by position."""
    rows = sorted(tab.rows, key=lambda row: row.mapTo(tab, QPoint()).y())
    return [row.item.order.name for row in rows]


def is_above(tab: DownloadsTab, name: str, other: str) -> bool:
    """Whether one row stands above another once everything is in its place."""
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    shown = names(tab)
    return shown.index(name) < shown.index(other)


def labels(widget: QWidget) -> list[str]:
    found = widget.findChildren(TextLabel)
    return [label.text() for label in found if label.isVisible() and label.text()]


def state_of(widget: DownloadsTab, name: str, state: DownloadState) -> tuple[DownloadItem, ...]:
    return tuple(
        replace(one, state=state, error=None) if one.order.name == name else one for one in items()
    )


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Mistral 7B Instruct", ["4.01 of 4.37 GB", "Disk full"]),
        ("Phi-4 mini", ["2.49 GB", "Checking", "Comparing with the original, 64%"]),
        ("Qwen3 8B", ["2.16 of 5.03 GB", "Downloading", "11.4 MB/s · 5 min left"]),
        (
            "Gemma 3 4B",
            [
                "Q4_0 + vision, 2 files",
                "Reconnecting",
                "huggingface.co did not answer. Nothing is lost.",
            ],
        ),
        (
            "gpt-oss 20B",
            ["2.18 of 12.1 GB", "Paused", "Continues where it stopped, also after a restart."],
        ),
        ("SmolLM3 3B", ["1.92 GB", "Waiting", "Starts when another one is done."]),
        ("Qwen3 4B Instruct", ["2.50 GB", "Verified", "sha256 matches the original"]),
    ],
)
def test_each_state_says_what_it_is(filled: DownloadsTab, name: str, words: list[str]) -> None:
    shown = labels(row_of(filled, name))
    assert [text for text in words if text not in shown] == []


def test_a_full_disk_says_how_much_is_missing(filled: DownloadsTab) -> None:
    filled.set_items(items(), LITTLE)
    assert "Needs 350 MB more on the drive with your models." in labels(
        row_of(filled, "Mistral 7B Instruct")
    )


def test_the_totals_agree_with_the_rows(filled: DownloadsTab) -> None:
    words = filled.totals.words
    assert "11.4 MB/s 2 of 5 running" in words
    assert "38.2 GB free on the models drive" in words
    # 2.87 GB of Qwen3 8B, 0.92 of Gemma and 1.92 of SmolLM3 at 11.4 MB/s; the paused one not.
    assert "9 min until the queue is empty" in words


def test_sections_come_in_the_order_of_what_needs_somebody(filled: DownloadsTab) -> None:
    assert names(filled) == [one.order.name for one in items()]
    filled.set_items(tuple(reversed(items())), FREE)
    filled.grab()
    assert names(filled)[0] == "Mistral 7B Instruct"
    assert names(filled)[-1] == "Qwen3 4B Instruct"


@pytest.mark.parametrize(
    ("name", "signal"),
    [
        ("Mistral 7B Instruct", "resume_requested"),
        ("Qwen3 8B", "pause_requested"),
        ("Gemma 3 4B", "retry_requested"),
        ("gpt-oss 20B", "resume_requested"),
    ],
)
def test_the_button_does_what_the_state_needs(
    filled: DownloadsTab, qtbot: QtBot, name: str, signal: str
) -> None:
    row = row_of(filled, name)
    with qtbot.waitSignal(getattr(filled, signal)) as told:
        qtbot.mouseClick(row.act, Qt.MouseButton.LeftButton)
    assert told.args == [row.item.id]


@pytest.mark.parametrize("name", ["Phi-4 mini", "SmolLM3 3B", "Qwen3 4B Instruct"])
def test_where_nothing_can_be_done_there_is_no_button(filled: DownloadsTab, name: str) -> None:
    assert not row_of(filled, name).act.isVisible()


def test_rows_stay_the_same_widgets(filled: DownloadsTab) -> None:
    before = {row.item.id: row for row in filled.rows}
    running = row_of(filled, "Qwen3 8B")
    running.act.setFocus(Qt.FocusReason.TabFocusReason)
    filled.set_items(state_of(filled, "Mistral 7B Instruct", DownloadState.WAITING), FREE)
    filled.set_items(items()[1:], FREE)
    after = {row.item.id: row for row in filled.rows}
    assert all(before[number] is row for number, row in after.items())
    assert QApplication.focusWidget() is running.act, "what has the keyboard keeps it"


def test_a_thousand_updates_make_nothing_new(filled: DownloadsTab) -> None:
    widgets = len(filled.findChildren(QWidget))
    for number in range(1000):
        changed = [
            replace(one, done=one.done + number * 1000, seconds_left=300.0 - number / 10)
            if one.state is DownloadState.RUNNING
            else one
            for one in items()
        ]
        filled.set_items(changed, FREE)
    assert len(filled.findChildren(QWidget)) == widgets


def test_much_is_not_thrown_away_without_asking(filled: DownloadsTab, qtbot: QtBot) -> None:
    cancelled: list[str] = []
    filled.cancel_requested.connect(cancelled.append)
    row = row_of(filled, "Qwen3 8B")
    for answer, expected in (("Keep it", []), ("Cancel the download", [row.item.id])):
        qtbot.mouseClick(row.cancel, Qt.MouseButton.LeftButton)
        dialog = next(d for d in filled.findChildren(Dialog) if d.isVisible())
        assert "2.16 GB" in " ".join(labels(dialog))
        next(b for b in dialog.findChildren(Button) if b.text() == answer).click()
        assert cancelled == expected


def test_what_has_not_begun_is_cancelled_at_once(filled: DownloadsTab, qtbot: QtBot) -> None:
    row = row_of(filled, "SmolLM3 3B")
    with qtbot.waitSignal(filled.cancel_requested) as told:
        qtbot.mouseClick(row.cancel, Qt.MouseButton.LeftButton)
    assert told.args == [row.item.id]


# Order


def test_the_arrow_keys_move_a_row(filled: DownloadsTab, qtbot: QtBot) -> None:
    row = row_of(filled, "gpt-oss 20B")
    row.grip.setFocus(Qt.FocusReason.TabFocusReason)
    with qtbot.waitSignal(filled.move_requested) as told:
        qtbot.keyClick(row.grip, Qt.Key.Key_Up)
    # Among all items it takes the place of Gemma, which is the fourth of them.
    assert told.args == [row.item.id, 3]
    with qtbot.waitSignal(filled.move_requested) as told:
        qtbot.keyClick(row.grip, Qt.Key.Key_Down)
    assert told.args == [row.item.id, 5]


def test_the_ends_of_the_queue_hold(filled: DownloadsTab, qtbot: QtBot) -> None:
    last = row_of(filled, "SmolLM3 3B")
    with qtbot.assertNotEmitted(filled.move_requested):
        qtbot.keyClick(last.grip, Qt.Key.Key_Down)


def drag(tab: DownloadsTab, row: DownloadRow, onto: DownloadRow) -> None:
    """From the middle of a grip past the middle of another row, and let go."""
    grip, start = row.grip, row.grip.rect().center()
    QTest.mousePress(grip, Qt.MouseButton.LeftButton, pos=start)
    goal = onto.mapToGlobal(onto.rect().center())
    step = 6 if goal.y() > row.mapToGlobal(QPoint()).y() else -6
    QTest.mouseMove(grip, grip.mapFromGlobal(goal + QPoint(0, step)))
    tab.grab()
    QTest.mouseRelease(
        grip, Qt.MouseButton.LeftButton, pos=grip.mapFromGlobal(goal + QPoint(0, step))
    )


def test_a_row_is_dragged_to_another_place(filled: DownloadsTab, qtbot: QtBot) -> None:
    row = row_of(filled, "SmolLM3 3B")
    with qtbot.waitSignal(filled.move_requested) as told:
        drag(filled, row, row_of(filled, "Qwen3 8B"))
    assert told.args == [row.item.id, 2]
    assert is_above(filled, "SmolLM3 3B", "Qwen3 8B"), "shown at once"


def test_news_does_not_take_a_row_out_of_the_hand(filled: DownloadsTab, qtbot: QtBot) -> None:
    row, goal = row_of(filled, "SmolLM3 3B"), row_of(filled, "Qwen3 8B")
    QTest.mousePress(row.grip, Qt.MouseButton.LeftButton)
    above = goal.mapToGlobal(QPoint(0, 2))
    QTest.mouseMove(row.grip, row.grip.mapFromGlobal(above))
    filled.set_items(items(), FREE)
    assert is_above(filled, "SmolLM3 3B", "Qwen3 8B")
    with qtbot.waitSignal(filled.move_requested):
        QTest.mouseRelease(row.grip, Qt.MouseButton.LeftButton)


def test_tab_goes_through_the_rows_from_the_top(filled: DownloadsTab) -> None:
    filled.totals.button.setFocus(Qt.FocusReason.TabFocusReason)
    order = []
    for _ in range(40):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        widget = QApplication.focusWidget()
        while widget is not None and not isinstance(widget, DownloadRow):
            widget = widget.parentWidget()
        if widget is None:
            break
        if not order or order[-1] != widget.item.order.name:
            order.append(widget.item.order.name)
    assert order == names(filled)


# The whole queue


def test_one_button_stops_everything_or_goes_on(filled: DownloadsTab, qtbot: QtBot) -> None:
    button = filled.totals.button
    assert button.text() == "Pause all"
    with qtbot.waitSignal(filled.pause_all_requested):
        button.click()
    filled.set_items([replace(one, state=DownloadState.PAUSED) for one in items()[2:6]], FREE)
    assert button.text() == "Continue all"
    with qtbot.waitSignal(filled.resume_all_requested):
        button.click()


def test_finished_ones_can_be_cleared_and_chatted_with(filled: DownloadsTab, qtbot: QtBot) -> None:
    buttons = [b for b in filled.findChildren(Button) if b.isVisible()]
    clear = next(b for b in buttons if b.text() == "Clear list")
    with qtbot.waitSignal(filled.clear_requested):
        clear.click()
    row = row_of(filled, "Qwen3 4B Instruct")
    with qtbot.waitSignal(filled.chat_requested) as told:
        row.chat.click()
    assert told.args == [row.item.id]


def test_what_can_not_chat_is_not_offered_to(appearance: Appearance, qtbot: QtBot) -> None:
    tab = DownloadsTab(appearance, lambda _item: False)
    qtbot.addWidget(tab)
    tab.set_items(items())
    tab.show()
    assert not row_of(tab, "Qwen3 4B Instruct").chat.isVisible()


@pytest.mark.parametrize(
    ("error", "link", "signal"),
    [
        (RepoGated("google/gemma-3-4b-it"), "How to get it", "model_requested"),
        (
            HubUnreachable("huggingface.co", "no route"),
            "Connection settings",
            "connection_requested",
        ),
        (HubRefused("huggingface.co", 500, "no"), "", ""),
    ],
)
def test_a_failure_says_why_and_what_helps(
    tab: DownloadsTab, qtbot: QtBot, error: ChatappError, link: str, signal: str
) -> None:
    tab.set_items([item("Gemma 3 4B", "Q4_0", DownloadState.FAILED, 0, 3.16, error=error)])
    (row,) = tab.rows
    qtbot.waitUntil(row.isVisible)
    assert "huggingface.co" in row.words or "conditions" in row.words
    links = [b for b in row.findChildren(Button) if b.isVisible() and b.kind == "text"]
    assert [b.text() for b in links] == ([link] if link else [])
    if link:
        with qtbot.waitSignal(getattr(tab, signal)) as told:
            links[0].click()
        assert told.args == ([row.item.order.repo] if signal == "model_requested" else [])
    with qtbot.waitSignal(tab.retry_requested):
        row.act.click()


def test_an_empty_queue_leads_to_the_models(tab: DownloadsTab, qtbot: QtBot) -> None:
    buttons = [b for b in tab.findChildren(Button) if b.isVisible()]
    assert [b.text() for b in buttons] == ["Discover models"]
    with qtbot.waitSignal(tab.discover_requested):
        buttons[0].click()


# In the sidebar


@pytest.mark.parametrize(
    ("some", "text", "trailing"),
    [
        ((), "", ""),
        (items()[2:3], "Qwen3 8B · 43%", "5 min"),
        (items()[:3], "Qwen3 8B · 43%", "1 needs you"),
        (items()[:1], "Mistral 7B Instruct · Disk full", ""),
        (items()[4:5], "gpt-oss 20B · Paused", ""),
        (items()[6:], "", ""),
    ],
)
def test_the_sidebar_tells_the_most_important(
    appearance: Appearance,
    qtbot: QtBot,
    some: tuple[DownloadItem, ...],
    text: str,
    trailing: str,
) -> None:
    QLocale.setDefault(QLocale("en_US"))
    note = DownloadNote(appearance)
    qtbot.addWidget(note)
    note.set_items(some)
    assert note.text() == text
    assert note.has_words == bool(text)
    if text:
        assert note.trailing == trailing
        assert text in note.accessibleName()


def test_the_next_try_is_counted_down(tab: DownloadsTab, qtbot: QtBot) -> None:
    silent = HubUnreachable("huggingface.co", "")
    lost = item("Qwen3 8B", "Q4_K_M", DownloadState.RECONNECTING, 2, 5, error=silent)
    tab.set_items((replace(lost, retry_at=time.monotonic() + 40),), FREE)
    (row,) = tab.rows
    assert row.words.startswith("Reconnecting in 40 s huggingface.co can't be reached.")
    assert row.accessibleDescription() == "Reconnecting"
    qtbot.waitUntil(lambda: "Reconnecting in 38 s" in row.words)
    tab.set_items((replace(lost, retry_at=time.monotonic() - 1),), FREE)
    assert row.words.startswith("Reconnecting huggingface.co")
    tab.set_items((lost,), FREE)
    assert not tab._clock.isActive()
