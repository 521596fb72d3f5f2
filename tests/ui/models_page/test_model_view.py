"""The page of one model, used as a person does, against a real local Hub."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from chatapp.domain.download import DownloadItem, DownloadState, Order
from chatapp.domain.hub import Reference, RepoFile
from chatapp.domain.model import ModelFile
from chatapp.hub.catalog import Ability, CatalogEntry
from chatapp.jobs import Jobs
from chatapp.ui.models_page.card_markdown import without_html
from chatapp.ui.models_page.catalog_card import CardAction
from chatapp.ui.models_page.files_table import FileRow
from chatapp.ui.models_page.fit_bar import FitBar, Part, Pool
from chatapp.ui.models_page.link_label import LinkLabel
from chatapp.ui.models_page.model_view import ModelView
from chatapp.ui.theme import Appearance
from chatapp.ui.transcript.blocks import CodeBlock, TableBlock, TextBlock, visible_text
from chatapp.ui.widgets.banner import Banner
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.text_label import TextLabel
from tests.hub.discovering import GB, MACHINE_WITH_GPU, Finding, head
from tests.local_hub import Fault, Hollow

TIMEOUT = 15_000  # ms; only ever waited for by a test that fails

ENTRIES = (
    CatalogEntry(
        "org/Alpha-GGUF",
        "Alpha 4B",
        "Q4_K_M",
        4 * GB,
        (Ability.CHAT, Ability.VISION),
        ("en", "de", "fr"),
        (("en", "All about Alpha."),),
    ),
)
CARD = """---
license: mit
---
<!-- made by a script -->
<div align="center"><img src="https://example.org/logo.png" width="40"></div>

# Alpha

Made for <b>tests</b>. See <a href="https://example.org/more">more</a><br>of it.

| Type | Size |
|---|---:|
| Q4_K_M | 2.5 GB |

```python
print("<b>kept</b>")
```

The template writes `<think>` and <|im_start|>.
"""


class Page:
    """The view in a window."""

    def __init__(self, qtbot: QtBot, appearance: Appearance, finding: Finding) -> None:
        self._qtbot = qtbot
        self.finding = finding
        self.discovery = finding.discovery
        self.has_token = False
        self.view = ModelView(
            appearance,
            finding.discovery,
            lambda: finding.access.endpoint,
            has_token=lambda: self.has_token,
        )
        self.orders: list[Order] = []
        self.asked: list[str] = []
        self.view.download_requested.connect(self.orders.append)
        self.view.connection_requested.connect(lambda: self.asked.append("connection"))
        self.view.back_requested.connect(lambda: self.asked.append("back"))
        self.view.model_requested.connect(self.asked.append)
        qtbot.addWidget(self.view)
        self.view.resize(1300, 900)
        self.view.show()
        self.view.activateWindow()
        self.wait(self.view.isActiveWindow)

    def open(self, repo: str = "org/Alpha-GGUF", **reference: str) -> None:
        self.view.show_model(Reference(repo, **reference))

    def open_known(self, repo: str = "org/Alpha-GGUF", **reference: str) -> None:
        self.open(repo, **reference)
        self.wait(lambda: self.rows)

    def wait(self, condition: Callable[[], object]) -> None:
        self._qtbot.waitUntil(lambda: bool(condition()), timeout=TIMEOUT)

    def click(self, widget: QWidget) -> None:
        self._qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)

    def key(self, key: Qt.Key) -> None:
        focus = QApplication.focusWidget()
        assert focus is not None
        self._qtbot.keyClick(focus, key)

    @property
    def rows(self) -> list[FileRow]:
        return self.view.files.rows if self.view.files.isVisible() else []

    def row(self, name: str) -> FileRow:
        (found,) = [row for row in self.rows if row.face.name.startswith(name)]
        return found

    def button(self, text: str) -> Button:
        found = [b for b in self.view.findChildren(Button) if b.text() == text and b.isVisible()]
        assert found, f"no button {text!r}"
        return found[-1]

    @property
    def words(self) -> list[str]:
        labels = self.view.findChildren(TextLabel)
        return [label.text() for label in labels if label.isVisible() and label.text()]

    @property
    def banners(self) -> list[Banner]:
        return [b for b in self.view.findChildren(Banner) if b.isVisible()]

    @property
    def links(self) -> list[str]:
        return [link.text() for link in self.view.findChildren(LinkLabel) if link.isVisible()]


@pytest.fixture(autouse=True)
def _english_locale() -> None:
    QLocale.setDefault(QLocale("en_US"))


@pytest.fixture
def finding(jobs: Jobs) -> Iterator[Finding]:
    with Finding(jobs, ENTRIES) as finding:
        finding.add(
            "org/Alpha-GGUF",
            4,
            card=CARD,
            downloads=184_203,
            card_data={"license": "apache-2.0", "base_model": "org/Alpha"},
        )
        finding.add("org/Giant-GGUF", 70)
        yield finding


@pytest.fixture
def page(qtbot: QtBot, appearance: Appearance, finding: Finding) -> Page:
    return Page(qtbot, appearance, finding)


# What is shown


def test_it_tells_what_the_model_is(page: Page) -> None:
    page.open()
    assert page.view.title == "Alpha 4B"
    assert "All about Alpha." in page.words
    page.wait(lambda: page.rows)
    for words in (
        "4.00 billion",
        "40,960 tokens",
        "Apache-2.0",
        "184,203 last month",
        "Chat, Vision (not yet usable here)",
        "3 February 2026" if "3 February 2026" in page.words else "February 3, 2026",
    ):
        assert words in page.words
    assert page.links == ["org/Alpha-GGUF", "org/Alpha"]


def test_the_recommended_file_comes_first_and_the_others_on_demand(page: Page) -> None:
    page.open_known()
    assert [row.face.name for row in page.rows] == ["Q4_K_M"]
    face = page.rows[0].face
    assert face.is_recommended
    assert (face.quality, face.size, face.badge) == ("4-bit, good quality", "2.48 GB", "fits")
    assert face.memory
    page.click(page.button("All 7 files"))
    assert [row.face.name for row in page.rows] == [
        *("F16", "Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "Q3_K_M", "Q2_K")
    ]
    page.click(page.button("Only the recommended file"))
    assert len(page.rows) == 1


def test_the_bar_and_the_sentence_say_how_it_fits(page: Page) -> None:
    page.open_known()
    (bar,) = page.view.fit_card.bars
    pool = bar.pool
    assert pool.total == page.finding.machine.memory_total
    assert pool.free == page.finding.machine.memory_free
    assert pool.weights == 2_480_000_000
    assert pool.context > 0
    assert pool.buffers > 0
    assert sum(size for _, size in pool.parts) == pool.total
    assert page.view.fit_card.sentence
    assert "Fits this computer" in page.words


def test_on_a_gpu_each_place_has_a_bar(
    qtbot: QtBot, appearance: Appearance, finding: Finding
) -> None:
    finding.machine = MACHINE_WITH_GPU
    page = Page(qtbot, appearance, finding)
    page.open_known()
    (bar,) = page.view.fit_card.bars
    assert bar.pool.name == "RTX 4060"
    assert page.view.fit_card.sentence.startswith("All 36 layers run on the GPU.")
    assert page.rows[0].face.note == "Fully on GPU"
    page.click(page.button("All 7 files"))
    page.click(page.row("F16"))
    names = [bar.pool.name for bar in page.view.fit_card.bars]
    assert names == ["RTX 4060", "Main memory"]


def test_another_context_changes_everything_at_once(page: Page) -> None:
    page.open_known()
    before = page.view.fit_card.bars[0].pool
    requests = len(page.finding.hub.requests)
    page.view.fit_card._context.chosen.emit(None)  # the same again changes nothing
    assert page.view.fit_card.bars[0].pool == before
    page.view.fit_card._context.set_value(32_768)
    page.view.fit_card._context.chosen.emit(32_768)
    page.wait(lambda: page.view.fit_card.bars[0].pool != before)
    longer = page.view.fit_card.bars[0].pool
    assert longer.context > before.context
    page.view.fit_card._cache.set_value("q8_0")
    page.view.fit_card._cache.chosen.emit("q8_0")
    page.wait(lambda: page.view.fit_card.bars[0].pool != longer)
    smaller = page.view.fit_card.bars[0].pool
    assert before.context < smaller.context < longer.context
    assert len([r for r in page.finding.hub.requests[requests:] if "resolve" in r.path]) == 0


def test_what_unloading_would_give_back_counts_and_is_said(page: Page) -> None:
    page.finding.freed = 2 * GB
    page.open_known()
    pool = page.view.fit_card.bars[0].pool
    assert pool.free == page.finding.machine.memory_free + 2 * GB
    assert "This counts 2.00 GB that unloading the present model gives back." in page.words


def test_no_context_is_offered_beyond_the_trained_one(page: Page) -> None:
    page.open_known()
    combo = page.view.fit_card._context
    words = [combo.itemText(index) for index in range(combo.count())]
    assert words[-1] == "40,960"
    assert combo.currentText() == "8,192"


def test_another_file_is_what_the_page_tells_about(page: Page) -> None:
    page.open_known()
    page.click(page.button("All 7 files"))
    page.click(page.row("Q8_0"))
    assert page.view.fit_card.bars[0].pool.weights == 4_280_000_000
    assert page.row("Q8_0").isChecked()
    assert page.row("Q8_0").button.kind == "primary"
    assert page.row("Q4_K_M").button.kind == "outlined"
    page.click(page.button("Only the recommended file"))
    assert page.view.fit_card.bars[0].pool.weights == 2_480_000_000


def test_too_large_says_how_much_and_what_would_help(page: Page) -> None:
    page.open_known("org/Giant-GGUF")
    assert "Too large for this computer" in page.words
    assert page.view.fit_card.sentence.startswith("It needs ")
    pool = page.view.fit_card.bars[0].pool
    assert dict(pool.parts)[Part.MISSING] == pool.need - pool.free
    assert page.rows[0].face.note.endswith("too much")


def test_a_file_named_in_a_link_is_the_chosen_one(page: Page) -> None:
    page.open_known(quantization="Q8_0")
    assert page.row("Q8_0").isChecked()
    assert page.view.fit_card.bars[0].pool.weights == 4_280_000_000


# Getting it


def test_a_file_is_downloaded(page: Page) -> None:
    page.open_known()
    page.click(page.rows[0].button)
    (order,) = page.orders
    assert [file.path for file in order.files] == ["Alpha-Q4_K_M.gguf"]
    assert order.name == "Alpha 4B"
    assert len(order.revision) == 40


def test_what_is_here_and_what_is_coming_has_no_button(page: Page) -> None:
    page.open_known()
    here = ModelFile(
        "/m/a.gguf",
        "Alpha",
        "Q4_K_M",
        repo="org/Alpha-GGUF",
        repo_file="Alpha-Q4_K_M.gguf",
        write_speed=23.4,
        read_speed=512.0,
        memory_estimated=4_200_000_000,
        memory_used=3_900_000_000,
        verified_at=1.0,
    )
    page.discovery.set_models([here])
    page.wait(lambda: page.rows[0].face.action is CardAction.IN_LIBRARY)
    assert not page.rows[0].button.isVisible()
    text = " ".join(page.words)
    assert "estimated 4.20 GB, measured 3.90 GB" in text
    assert "23.4 tokens/s, reads 512/s" in text
    order = Order("org/Alpha-GGUF", (RepoFile("Alpha-Q8_0.gguf", 100),))
    item = DownloadItem("1", order, DownloadState.RUNNING, (), (), "", 43, 100)
    page.discovery.set_downloads([item])
    page.click(page.button("All 7 files"))
    page.wait(lambda: page.row("Q8_0").face.action is CardAction.RUNNING)
    assert page.row("Q8_0").face.fraction == 0.43


def test_a_gated_model_says_what_to_do(page: Page) -> None:
    page.finding.add("shy/Gated-GGUF", 4, gated="manual")
    page.open_known("shy/Gated-GGUF")
    text = " ".join(page.words)
    assert "shy wants its terms accepted first" in text
    assert "ask for access" in text
    assert page.rows[0].face.action is CardAction.GATED
    page.click(page.button("Enter an access token"))
    assert page.asked == ["connection"]
    page.finding.access = replace(page.finding.access, token=page.finding.hub.token)
    page.click(page.button("Try again"))
    page.wait(lambda: page.rows and not page.banners)
    assert page.rows[0].face.action is CardAction.DOWNLOAD


# When it fails


def test_a_model_that_is_not_there_says_so_and_can_be_tried_again(page: Page) -> None:
    page.open("new/Model-GGUF")
    page.wait(lambda: page.banners)
    assert any("new/Model-GGUF" in words for words in page.words)
    page.finding.add("new/Model-GGUF", 1)
    page.click(page.button("Try again"))
    page.wait(lambda: page.rows)
    assert page.banners == []


def test_a_repository_without_models_says_so(page: Page) -> None:
    page.finding.hub.add_repo("org/none", {"model.safetensors": b"x"})
    page.open("org/none")
    page.wait(lambda: page.banners)
    assert "No file that can be used here" in page.words
    assert page.rows == []


def test_a_damaged_header_leaves_a_guess_and_a_word(page: Page) -> None:
    damaged = b"GGUF" + b"\xff" * 100
    files = {f"Bad-{kind}.gguf": Hollow(damaged, 2 * GB) for kind in ("Q4_K_M", "Q8_0")}
    page.finding.hub.add_repo("bad/Header-GGUF", files)
    page.open_known("bad/Header-GGUF")
    assert "Its files may be damaged" in page.words
    assert not page.view.fit_card.isVisible()
    assert (page.rows[0].face.badge, page.rows[0].face.note) == ("fits", "estimated")
    assert page.rows[0].face.memory == ""
    page.open_known()
    page.wait(page.view.fit_card.isVisible)
    assert page.banners == []


def test_while_it_is_looked_up_bars_keep_the_place(page: Page) -> None:
    page.finding.hub.fault(Fault(kind="stall", where="metadata", match="Alpha-GGUF", after=-1))
    page.open()
    assert page.view.title == "Alpha 4B"
    assert page.view._skeleton.isVisible()
    page.finding.hub.clear_faults()
    page.wait(lambda: page.rows)
    assert not page.view._skeleton.isVisible()


def test_back_with_the_keyboard(page: Page) -> None:
    page.open_known()
    page.rows[0].setFocus()
    page.key(Qt.Key.Key_Escape)
    assert page.asked == ["back"]


def test_another_repository_from_the_facts(page: Page) -> None:
    page.open_known()
    (link,) = [one for one in page.view.findChildren(LinkLabel) if one.text() == "org/Alpha"]
    page.click(link)
    assert page.asked == ["org/Alpha"]


@pytest.mark.parametrize("width", [1440, 960, 640])
def test_everything_has_a_place_at_every_width(page: Page, width: int) -> None:
    page.view.resize(width, 900)
    page.open_known()
    page.click(page.button("All 7 files"))
    page.wait(page.view.card.isVisible)
    inside = page.view._scroll.viewport().width()
    for widget in (page.view.fit_card, page.view.files, page.view.facts, page.view.card):
        left = widget.mapTo(page.view, widget.rect().topLeft()).x()
        assert left >= 0
        assert left + widget.width() <= inside
    facts = page.view.facts.mapTo(page.view, page.view.facts.rect().topLeft())
    files = page.view.files.mapTo(page.view, page.view.files.rect().bottomRight())
    assert (facts.x() > files.x()) == (width >= 1200)


# The card


def test_the_card_is_read_without_its_html(page: Page) -> None:
    page.open_known()
    page.wait(lambda: page.view.card.blocks)
    texts = [visible_text(block) for block in page.view.card.blocks]
    assert texts[0] == "Alpha"
    assert texts[1] == "Made for tests. See more\nof it."
    kinds = [type(block) for block in page.view.card.blocks]
    assert kinds == [TextBlock, TextBlock, TableBlock, CodeBlock, TextBlock]
    assert 'print("<b>kept</b>")' in texts[3]
    assert texts[4] == "The template writes <think> and <|im_start|>."
    block = page.view.card.blocks[1]
    assert isinstance(block, TextBlock)
    assert [span.link for span in block.spans if span.link] == ["https://example.org/more"]
    assert not page.finding.asked("logo")


def test_text_of_the_card_is_selected_and_copied(page: Page) -> None:
    page.open_known()
    page.wait(lambda: page.view.card.blocks)
    page.view.card.setFocus()
    page._qtbot.keyClick(page.view.card, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert page.view.card.selected_text.startswith("Alpha\n\nMade for tests.")
    page._qtbot.keyClick(page.view.card, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == page.view.card.selected_text
    QApplication.clipboard().clear()


def test_a_long_card_is_laid_out_as_far_as_it_is_seen(page: Page) -> None:
    text = "\n\n".join(f"Paragraph {number}. " + "word " * 60 for number in range(400))
    page.finding.add("long/Card-GGUF", 1, card=text)
    page.open_known("long/Card-GGUF")
    page.wait(lambda: len(page.view.card.blocks) == 400)
    column = page.view.card._item.column
    measured = sum(column.is_measured(index) for index in range(400))
    assert measured < 100
    assert page.view.card.height() > 5000


def test_of_a_card_without_end_the_beginning_is_shown(page: Page) -> None:
    page.finding.add("long/Rules-GGUF", 1, card="First.\n\n" + "<hr>\n" * 20_000)
    page.open_known("long/Rules-GGUF")
    page.wait(lambda: page.view.card.blocks)
    assert len(page.view.card.blocks) == 1000
    assert page.view._card_rest.isVisible()
    page.open_known()
    page.wait(lambda: page.view.card.blocks and len(page.view.card.blocks) < 10)
    assert not page.view._card_rest.isVisible()


def test_nothing_is_fetched_because_a_card_says_so(page: Page) -> None:
    there = page.finding.hub.endpoint
    page.finding.add(
        "spy/Card-GGUF",
        1,
        card=f"![a]({there}/pixel.png) <img src='{there}/pixel.png'> [link]({there}/pixel) "
        f"<video src='{there}/pixel.mp4'></video>\n\n![b][c]\n\n[c]: {there}/pixel.png\n\nThe end.",
    )
    page.open_known("spy/Card-GGUF")
    page.wait(lambda: page.view.card.blocks)
    page.view.card.grab()
    page._qtbot.wait(50)
    assert not page.finding.asked("pixel")


def test_thousands_of_files_are_listed_as_far_as_they_are_of_use(page: Page) -> None:
    begin = head(4 * GB)
    files = {f"part{n % 9}/M-{n:04}-Q4_K_M.gguf": Hollow(begin, 2 * GB + n) for n in range(500)}
    page.finding.hub.add_repo("big/Many-GGUF", files)
    page.open_known("big/Many-GGUF", file="part7/M-0007-Q4_K_M.gguf")
    assert 30 <= len(page.rows) <= 32
    assert page.view._chosen() is not None
    assert page.view.files.current == "part7/M-0007-Q4_K_M.gguf"
    assert any(words.endswith(" more") for words in page.words)


def test_no_card_is_said(page: Page) -> None:
    page.open("org/Giant-GGUF")
    page.wait(lambda: "Its maker has written nothing about it." in page.words)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("a < b and c > d", "a < b and c > d"),
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<h2>Title</h2>text", "## Title\n\ntext"),
        ("<ul><li>one</li><li>two</li></ul>", "- one\n- two"),
        ("x<br/>y", "x\ny"),
        ("`<b>` stays", "`<b>` stays"),
        ("```\n<b>\n```", "```\n<b>\n```"),
        ("<script>alert(1)</script>safe", "safe"),
        ('<a href="https://e.org/a?b=1&amp;c=2">t</a>', "[t](https://e.org/a?b=1&c=2)"),
        ('<a href="javascript:x">t</a>', "t"),
        ('<a href="https://e.org"><img src="x"></a>after', "after"),
        ("<a href='https://e.org'>open", "[open](https://e.org)"),
        ("<!-- x\ny -->z", "z"),
        ("<think>kept</think>", "<think>kept</think>"),
        ("<details><summary>More</summary>text</details>", "**More**\n\ntext"),
    ],
)
def test_html_becomes_markdown(text: str, expected: str) -> None:
    assert without_html(text).strip() == expected


@pytest.mark.parametrize(
    "text",
    [
        "<" * 150_000,
        "<a " * 60_000,
        "<!--" * 40_000,
        "<b>" + "`" * 150_000,
        "<b>" + "".join("`" * (1 + number % 40) + "x" for number in range(8000)),
        "<a href='" * 20_000,
        "<script>x" * 20_000,
        "<b>" + "[](" * 60_000,
    ],
    ids=lambda text: text[:12],
)
def test_a_hostile_card_is_read_like_any_other(text: str) -> None:
    """Were the time not that of the length, this would take minutes."""
    shown = without_html(text + "\n\nthe end")
    assert shown.endswith("the end")


# The bar


def test_the_bar_shows_what_is_missing(qtbot: QtBot, appearance: Appearance) -> None:
    bar = FitBar(appearance)
    qtbot.addWidget(bar)
    pool = Pool("Main memory", 10 * GB, 4 * GB, 5 * GB, GB, 0)
    bar.show_pool(pool)
    assert [part for part, _ in pool.parts] == [
        *(Part.OTHERS, Part.WEIGHTS, Part.CONTEXT, Part.MISSING)
    ]
    assert bar.accessibleName() == "Main memory"
    assert "Missing 2.00 GB" in bar.accessibleDescription()
    bar.resize(400, bar.heightForWidth(400))
    image = bar.grab().toImage()
    colors = {image.pixelColor(x, 30).name() for x in range(400)}
    theme = appearance.theme
    for color in (theme.border_strong, theme.chart_1, theme.chart_3, theme.danger):
        assert color.name() in colors
    assert theme.pressed.name() not in colors


def test_a_narrow_bar_breaks_its_legend(qtbot: QtBot, appearance: Appearance) -> None:
    bar = FitBar(appearance)
    qtbot.addWidget(bar)
    bar.show_pool(Pool("Main memory", 16 * GB, 10 * GB, 4 * GB, GB, GB // 2))
    assert bar.heightForWidth(260) > bar.heightForWidth(900)
