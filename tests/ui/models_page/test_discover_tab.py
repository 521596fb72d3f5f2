"""Discover, used as a person does, against a real local Hub."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QLocale, QPoint, Qt
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from chatapp.domain.download import DownloadItem, DownloadState, Order
from chatapp.domain.hub import Reference, RepoFile
from chatapp.domain.model import ModelFile
from chatapp.hub.access import MIRROR
from chatapp.hub.catalog import Ability, CatalogEntry
from chatapp.hub.offers import Stage
from chatapp.jobs import Jobs
from chatapp.ui.models_page.catalog_card import CardAction, CardFace, CatalogCard, first_lines
from chatapp.ui.models_page.discover_tab import DiscoverTab
from chatapp.ui.models_page.search_bar import Sorting
from chatapp.ui.theme import Appearance
from chatapp.ui.widgets.banner import Banner
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.chip import Chip, MenuChip
from chatapp.ui.widgets.text_label import TextLabel
from tests.hub.discovering import GB, Finding
from tests.local_hub import Fault

TIMEOUT = 15_000  # ms; only ever waited for by a test that fails


def entry(repo: str, name: str, *abilities: Ability, billions: float = 4) -> CatalogEntry:
    chosen = abilities or (Ability.CHAT,)
    texts = (("en", f"All about {name}."), ("zh", f"关于 {name}。"))
    return CatalogEntry(repo, name, "Q4_K_M", round(billions * GB), chosen, ("en",), texts)


ENTRIES = (
    entry("org/Alpha-GGUF", "Alpha", Ability.CHAT, Ability.TOOLS),
    entry("org/Beta-GGUF", "Beta", Ability.CHAT, Ability.CODE),
    entry("shy/Gated-GGUF", "Gated"),
    entry("org/Giant-GGUF", "Giant", billions=70),
)


class Tab:
    """The tab in a window, and what it asked its owner for."""

    def __init__(self, qtbot: QtBot, appearance: Appearance, finding: Finding) -> None:
        self._qtbot = qtbot
        self.finding = finding
        self.discovery = finding.discovery
        self.widget = DiscoverTab(appearance, finding.discovery, lambda: finding.access.endpoint)
        self.models: list[str] = []
        self.references: list[Reference] = []
        self.orders: list[Order] = []
        self.asked: list[str] = []
        self.widget.model_requested.connect(self.models.append)
        self.widget.reference_requested.connect(self.references.append)
        self.widget.download_requested.connect(self.orders.append)
        self.widget.connection_requested.connect(lambda: self.asked.append("connection"))
        self.widget.mirror_requested.connect(lambda: self.asked.append("mirror"))
        qtbot.addWidget(self.widget)
        self.grid = self.widget.grid
        self.field = self.widget.bar.field

    def open(self, width: int = 1200, height: int = 800) -> None:
        self.widget.resize(width, height)
        self.widget.show()
        self.widget.activateWindow()
        self.wait(self.widget.isActiveWindow)

    def wait(self, condition: Callable[[], object]) -> None:
        self._qtbot.waitUntil(lambda: bool(condition()), timeout=TIMEOUT)

    def card(self, title: str) -> CatalogCard:
        found = [card for card in self.cards if card.face.title == title]
        assert found, f"no card {title!r}"
        return found[0]

    @property
    def cards(self) -> list[CatalogCard]:
        cards = [card for card in self.grid.findChildren(CatalogCard) if not card.isHidden()]
        return sorted(cards, key=lambda card: (card.y(), card.x()))

    @property
    def titles(self) -> list[str]:
        return [card.face.title for card in self.cards]

    def known(self, title: str) -> CardFace:
        """The card once all is known of it."""
        self.wait(lambda: title in self.titles and not self.card(title).face.is_waiting)
        return self.card(title).face

    def key(
        self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        focus = QApplication.focusWidget()
        assert focus is not None
        self._qtbot.keyClick(focus, key, modifier)

    def type(self, text: str) -> None:
        self.field.setFocus()
        self._qtbot.keyClicks(self.field, text)

    def paste(self, text: str) -> None:
        self.field.setFocus()
        QApplication.clipboard().setText(text)
        self.field.paste()
        QApplication.clipboard().clear()

    def click(self, widget: QWidget) -> None:
        self._qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)

    def click_card(self, title: str) -> None:
        self._qtbot.mouseClick(self.card(title), Qt.MouseButton.LeftButton, pos=QPoint(30, 30))

    def chip(self, text: str) -> Chip:
        (found,) = [c for c in self.widget.findChildren(Chip) if c.text() == text]
        return found

    def button(self, text: str) -> Button:
        found = [b for b in self.widget.findChildren(Button) if b.text() == text and b.isVisible()]
        assert found, f"no button {text!r}"
        return found[-1]

    @property
    def words(self) -> list[str]:
        """The labels that are seen, cards aside."""
        return [
            label.text()
            for label in self.widget.findChildren(TextLabel)
            if label.isVisible() and label.text()
        ]

    @property
    def banners(self) -> list[Banner]:
        return [b for b in self.widget.findChildren(Banner) if b.isVisible()]


@pytest.fixture(autouse=True)
def _english_locale() -> None:
    QLocale.setDefault(QLocale("en_US"))


@pytest.fixture
def finding(jobs: Jobs) -> Iterator[Finding]:
    with Finding(jobs, ENTRIES) as finding:
        finding.add("org/Alpha-GGUF", 4, downloads=50, card_data={"license": "apache-2.0"})
        finding.add("org/Beta-GGUF", 8, downloads=40)
        finding.add("org/Giant-GGUF", 70, downloads=30)
        finding.add("shy/Gated-GGUF", 4, gated="manual")
        finding.add("else/Alphabet-4B-GGUF", 4, downloads=90_210)
        yield finding


@pytest.fixture
def tab(qtbot: QtBot, appearance: Appearance, finding: Finding) -> Tab:
    return Tab(qtbot, appearance, finding)


@pytest.fixture
def open_tab(tab: Tab) -> Tab:
    tab.open()
    return tab


# The catalogue


def test_it_opens_with_the_catalogue_and_looks_it_up(open_tab: Tab) -> None:
    assert open_tab.titles == ["Alpha", "Beta", "Gated", "Giant"]
    face = open_tab.known("Alpha")
    assert face.about == "All about Alpha."
    assert face.publisher == "org · Apache-2.0"
    assert (face.badge, face.file, face.size) == ("fits", "Q4_K_M", "2.48 GB")
    assert face.reason.startswith("Fits with ")
    assert face.action is CardAction.DOWNLOAD
    assert [name for _, name in face.abilities] == ["Chat", "Tools"]


def test_nothing_is_asked_before_it_is_seen(tab: Tab, qtbot: QtBot) -> None:
    tab.widget.refresh()
    qtbot.wait(1)
    assert tab.finding.hub.requests == []


def test_a_model_is_downloaded_with_one_press(open_tab: Tab) -> None:
    open_tab.known("Alpha")
    open_tab.click(open_tab.card("Alpha").button)
    (order,) = open_tab.orders
    assert order.repo == "org/Alpha-GGUF"
    assert [file.path for file in order.files] == ["Alpha-Q4_K_M.gguf"]
    assert order.files[0].sha256
    assert order.name == "Alpha"
    assert open_tab.models == []


def test_a_press_on_the_card_opens_the_model(open_tab: Tab) -> None:
    open_tab.click_card("Beta")
    assert open_tab.models == ["org/Beta-GGUF"]


def test_what_is_too_large_says_so_and_offers_no_download(open_tab: Tab) -> None:
    face = open_tab.known("Giant")
    assert face.badge == "too_large"
    assert face.reason.startswith("Needs ")
    assert open_tab.card("Giant").button.text() == "Details"
    open_tab.click(open_tab.card("Giant").button)
    assert open_tab.models == ["org/Giant-GGUF"]
    assert open_tab.orders == []


def test_a_gated_model_has_a_lock_and_a_way(open_tab: Tab) -> None:
    face = open_tab.known("Gated")
    assert face.is_locked
    assert face.reason == "Accept the terms first"
    button = open_tab.card("Gated").button
    assert button.text() == "How to get it"
    open_tab.click(button)
    assert open_tab.models == ["shy/Gated-GGUF"]
    assert open_tab.orders == []
    assert "Needs permission" in face.spoken


def test_only_the_first_download_is_filled(open_tab: Tab) -> None:
    for title in ("Alpha", "Beta", "Gated", "Giant"):
        open_tab.known(title)
    kinds = [card.button.kind for card in open_tab.cards]
    assert kinds == ["primary", "outlined", "outlined", "quiet"]


def test_what_is_here_or_coming_shows(open_tab: Tab) -> None:
    open_tab.known("Alpha")
    open_tab.known("Beta")
    here = ModelFile(
        "/m/a.gguf",
        "Alpha",
        "Q4_K_M",
        repo="org/Alpha-GGUF",
        repo_file="Alpha-Q4_K_M.gguf",
        write_speed=23.4,
    )
    open_tab.discovery.set_models([here])
    order = Order("org/Beta-GGUF", (RepoFile("Beta-Q4_K_M.gguf", 100),))
    item = DownloadItem("1", order, DownloadState.RUNNING, (), (), "", 43, 100)
    open_tab.discovery.set_downloads([item])
    open_tab.wait(lambda: open_tab.card("Alpha").face.action is CardAction.IN_LIBRARY)
    assert open_tab.card("Alpha").face.reason == "23.4 tokens/s measured here"
    assert not open_tab.card("Alpha").button.isVisible()
    beta = open_tab.card("Beta").face
    assert (beta.action, beta.fraction) == (CardAction.RUNNING, 0.43)


# Searching


def test_a_search_shows_what_the_hub_finds(open_tab: Tab) -> None:
    open_tab.type("alpha")
    open_tab.wait(lambda: open_tab.titles == ["Alphabet 4B", "Alpha"])
    assert "Results" in open_tab.words
    face = open_tab.known("Alphabet 4B")
    assert face.about.startswith("4.00 billion parameters, 40,960 context. 90,210 download")
    open_tab.key(Qt.Key.Key_Escape)
    open_tab.wait(lambda: open_tab.titles == ["Alpha", "Beta", "Gated", "Giant"])
    assert "Recommended" in open_tab.words


def test_typing_asks_once(open_tab: Tab) -> None:
    open_tab.type("alphabet")
    open_tab.wait(lambda: open_tab.titles == ["Alphabet 4B"])
    searches = list(open_tab.finding.asked("search="))
    assert len(searches) == 1


def test_a_slow_search_shows_bars_and_then_where_it_asks(open_tab: Tab) -> None:
    open_tab.finding.hub.fault(Fault(kind="stall", where="metadata", match="search=slow", after=-1))
    open_tab.type("slow")
    open_tab.wait(lambda: open_tab.titles and set(open_tab.titles) == {""})
    assert all(not card.isEnabled() for card in open_tab.cards)
    open_tab.wait(lambda: "Searching 127.0.0.1" in " ".join(open_tab.words))
    open_tab.finding.hub.clear_faults()
    open_tab.wait(lambda: "Nothing found for “slow”." in open_tab.words)


def test_nothing_found_names_the_query_and_offers_a_way(open_tab: Tab) -> None:
    open_tab.type("zebra")
    open_tab.wait(lambda: "Nothing found for “zebra”." in open_tab.words)
    assert open_tab.cards == []
    open_tab.click(open_tab.button("Clear search"))
    open_tab.wait(lambda: len(open_tab.titles) == 4)
    assert open_tab.field.text() == ""
    assert open_tab.field.hasFocus()


def test_filters_that_hide_everything_can_be_cleared(open_tab: Tab) -> None:
    open_tab.click(open_tab.chip("Embeddings"))
    open_tab.wait(lambda: "No model is like that." in open_tab.words)
    open_tab.click(open_tab.button("Clear filters"))
    open_tab.wait(lambda: len(open_tab.titles) == 4)
    assert open_tab.chip("All").isChecked()


def test_the_order_browses_the_hub(open_tab: Tab) -> None:
    open_tab.widget.bar.sorting.set_value(Sorting.DOWNLOADS)
    open_tab.widget.bar.sorting.chosen.emit(Sorting.DOWNLOADS)
    open_tab.wait(lambda: open_tab.titles[:2] == ["Alphabet 4B", "Alpha"])
    assert len(open_tab.titles) == 5


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("https://huggingface.co/org/Alpha-GGUF", Reference("org/Alpha-GGUF")),
        ("org/Alpha-GGUF:q8_0", Reference("org/Alpha-GGUF", "Q8_0")),
        (
            "https://hf-mirror.com/org/Alpha-GGUF/blob/main/Alpha-Q8_0.gguf",
            Reference("org/Alpha-GGUF", file="Alpha-Q8_0.gguf"),
        ),
    ],
)
def test_a_pasted_link_goes_straight_there(open_tab: Tab, text: str, reference: Reference) -> None:
    open_tab.paste(text)
    assert open_tab.references == [reference]
    assert open_tab.field.text() == ""
    assert not open_tab.finding.asked("search=")


def test_a_name_goes_there_when_it_is_confirmed(open_tab: Tab) -> None:
    open_tab.paste("org/Alpha-GGUF")
    assert open_tab.references == []
    open_tab.key(Qt.Key.Key_Return)
    assert open_tab.references == [Reference("org/Alpha-GGUF")]


def test_a_link_to_elsewhere_is_searched_for(open_tab: Tab) -> None:
    open_tab.paste("https://example.org/org/Alpha-GGUF")
    assert open_tab.references == []
    assert open_tab.field.text()


# Filters


def test_kinds_exclude_each_other(open_tab: Tab) -> None:
    open_tab.click(open_tab.chip("Code"))
    open_tab.wait(lambda: open_tab.titles == ["Beta"])
    assert not open_tab.chip("All").isChecked()
    open_tab.click(open_tab.chip("All"))
    open_tab.wait(lambda: len(open_tab.titles) == 4)


def test_only_what_fits(open_tab: Tab) -> None:
    open_tab.known("Giant")
    open_tab.click(open_tab.chip("Fits this computer"))
    open_tab.wait(lambda: "Giant" not in open_tab.titles)
    assert "Alpha" in open_tab.titles


def test_a_size_is_chosen_from_a_list(open_tab: Tab) -> None:
    chip = open_tab.chip("Size")
    assert isinstance(chip, MenuChip)
    open_tab.click(chip)
    (menu,) = chip.findChildren(QMenu)
    assert not chip.isChecked()
    menu.actions()[-1].trigger()
    menu.close()
    open_tab.wait(lambda: open_tab.titles == ["Giant"])
    assert chip.text() == "Over 15 billion"
    assert chip.isChecked()


# Without a connection


def test_offline_the_catalogue_is_shown_with_a_word(tab: Tab) -> None:
    tab.finding.go_offline()
    tab.open()
    tab.wait(lambda: tab.banners)
    assert "Connections are off" in tab.words
    face = tab.known("Alpha")
    assert (face.file, face.size) == ("Q4_K_M", "about 2.40 GB")
    assert face.reason == "Exact size and fit need a connection"
    assert face.action is CardAction.NONE
    assert tab.finding.network.connections == ()
    tab.click(tab.button("Connection settings"))
    assert tab.asked == ["connection"]


def test_a_lost_connection_names_the_host_and_can_be_tried_again(tab: Tab) -> None:
    come_back = tab.finding.lose_connection()
    tab.open()
    tab.wait(lambda: tab.banners)
    assert any("127.0.0.1" in words for words in tab.words)
    come_back()
    tab.click(tab.button("Try again"))
    tab.wait(lambda: not tab.banners)
    assert tab.known("Alpha").badge == "fits"


def test_a_mirror_is_offered_where_the_official_hub_fails(
    qtbot: QtBot, appearance: Appearance, finding: Finding
) -> None:
    endpoint = ["https://huggingface.co"]
    widget = DiscoverTab(appearance, finding.discovery, lambda: endpoint[0])
    qtbot.addWidget(widget)
    wanted: list[bool] = []
    widget.mirror_requested.connect(lambda: wanted.append(True))
    finding.lose_connection()
    widget.resize(1200, 800)
    widget.show()

    def buttons() -> list[Button]:
        found = widget.findChildren(Button)
        return [b for b in found if b.isVisible() and b.text() == "Use hf-mirror.com"]

    qtbot.waitUntil(lambda: bool(buttons()), timeout=TIMEOUT)
    buttons()[0].click()
    assert wanted == [True]
    endpoint[0] = MIRROR.endpoint
    widget.refresh()
    assert buttons() == []


# Many cards


def many(tab: Tab, count: int) -> None:
    for number in range(count):
        tab.finding.add(
            f"many/Model-{number:03}-GGUF", 1, downloads=10_000 - number, precisions=("Q4_K_M",)
        )


def test_of_hundreds_only_those_on_the_screen_exist(open_tab: Tab) -> None:
    many(open_tab, 90)
    open_tab.type("Model-")
    open_tab.wait(lambda: open_tab.titles and open_tab.titles[0] == "Model 000")
    bar = open_tab.grid.verticalScrollBar()
    last = "many/Model-089-GGUF"
    while last not in open_tab.grid.shown:
        before = bar.maximum()
        bar.setValue(before)
        open_tab.wait(lambda before=before: bar.maximum() > before or last in open_tab.grid.shown)
    assert open_tab.titles[-1] == "Model 089"
    assert open_tab.grid.card_count <= 24
    # Those that were passed over quickly are not asked about.
    looked_up = set(open_tab.finding.asked("/revision/"))
    assert len(looked_up) < 80


def test_cards_keep_their_place_when_more_is_known(open_tab: Tab) -> None:
    before = [card.geometry() for card in open_tab.cards]
    for title in ("Alpha", "Beta", "Gated", "Giant"):
        open_tab.known(title)
    assert [card.geometry() for card in open_tab.cards] == before


@pytest.mark.parametrize(("width", "columns"), [(1440, 3), (1200, 3), (960, 2), (640, 1)])
def test_columns_follow_the_window(tab: Tab, width: int, columns: int) -> None:
    tab.open(width)
    tops = [card.y() for card in tab.cards]
    assert tops.count(tops[0]) == min(columns, len(tops))
    assert len({card.height() for card in tab.cards}) == 1
    assert all(card.geometry().right() < tab.grid.viewport().width() for card in tab.cards)


# Keyboard


def test_the_keyboard_goes_from_the_field_to_the_cards(open_tab: Tab) -> None:
    open_tab.known("Alpha")
    open_tab.field.setFocus()
    open_tab.key(Qt.Key.Key_Down)
    assert open_tab.card("Alpha").hasFocus()
    open_tab.key(Qt.Key.Key_Right)
    assert open_tab.card("Beta").hasFocus()
    open_tab.key(Qt.Key.Key_Left)
    open_tab.key(Qt.Key.Key_Down)
    assert open_tab.card("Giant").hasFocus()
    open_tab.key(Qt.Key.Key_Home)
    open_tab.key(Qt.Key.Key_Tab)
    assert open_tab.card("Alpha").button.hasFocus()
    open_tab.key(Qt.Key.Key_Return)
    assert len(open_tab.orders) == 1
    open_tab.key(Qt.Key.Key_Backtab)
    assert open_tab.card("Alpha").hasFocus()
    open_tab.key(Qt.Key.Key_Return)
    assert open_tab.models == ["org/Alpha-GGUF"]


def test_tab_visits_one_card(open_tab: Tab) -> None:
    open_tab.known("Beta")
    open_tab.field.setFocus()
    visited = []
    for _ in range(30):
        open_tab.key(Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        if isinstance(focus, CatalogCard):
            visited.append(focus.face.title)
        if focus is open_tab.field:
            break
    else:
        pytest.fail("the way round has no end")
    assert visited == ["Alpha"]


def test_the_card_with_the_keyboard_is_scrolled_to(tab: Tab) -> None:
    tab.open(640, 480)
    tab.known("Alpha")
    tab.grid.focus_first()
    tab.key(Qt.Key.Key_End)
    card = tab.card("Giant")
    assert card.hasFocus()
    assert tab.grid.viewport().rect().contains(card.geometry())
    tab.key(Qt.Key.Key_Home)
    assert tab.grid.verticalScrollBar().value() == 0


# Words


def test_cards_tell_screen_readers_everything(open_tab: Tab) -> None:
    open_tab.known("Alpha")
    card = open_tab.card("Alpha")
    assert card.accessibleName() == "Alpha"
    described = card.accessibleDescription()
    for words in ("Fits", "org", "All about Alpha", "Chat", "Q4_K_M", "2.48 GB"):
        assert words in described
    assert card.button.accessibleName() == "Download: Alpha"


def test_lines_are_cut_where_they_end(appearance: Appearance) -> None:
    font = appearance.font("body")
    assert first_lines("", font, 300, 2) == ()
    assert first_lines("Short.", font, 300, 2) == ("Short.",)
    lines = first_lines("One two three four five six seven eight nine ten " * 5, font, 120, 2)
    assert len(lines) == 2
    assert lines[1].endswith("…")
    chinese = first_lines("推理能力强于四B模型，更能把握长文本。" * 3, font, 120, 2)
    assert len(chinese) == 2
    assert chinese[0] in "推理能力强于四B模型，更能把握长文本。" * 3
    emoji = first_lines("🎂🎂🎂 a cake for everyone who reads to the end of the line", font, 150, 2)
    assert emoji[0].startswith("🎂🎂🎂")


def test_a_failed_lookup_leaves_the_card_usable(open_tab: Tab) -> None:
    open_tab.finding.hub.remove_repo("org/Beta-GGUF")
    open_tab.discovery.try_again()
    open_tab.wait(lambda: open_tab.discovery.offer("org/Beta-GGUF").stage is not Stage.LISTED)
    open_tab.click_card("Beta")
    assert open_tab.models == ["org/Beta-GGUF"]
