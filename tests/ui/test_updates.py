"""Newer versions: nobody is asked before that is allowed, and what is found is only shown."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices

from chatapp.paths import Paths
from chatapp.ui.settings.about_page import AboutPage
from chatapp.ui.transcript.blocks import visible_text
from chatapp.ui.update_notes import UpdateNotes
from chatapp.ui.widgets.switch import Switch
from tests.hub.strange_server import Heard, Said, StrangeServer
from tests.ui.conftest import OpenWindow
from tests.window import Window

PAGE = "https://releases.example/chatapp"
NOTES = "- **one** thing\n- a [page](https://example.org) and ![one](https://example.org/p.png)"


class Releases:
    """What the list of releases holds, and who asked for it."""

    def __init__(self) -> None:
        self.said = Said()
        self.offer("v0.0.1")
        self.server = StrangeServer(self._answer)

    @property
    def asked(self) -> int:
        return len(self.server.heard)

    def offer(self, *tags: str) -> None:
        rows = [{"tag_name": tag, "body": NOTES, "published_at": "2026-05-03"} for tag in tags]
        self.said = Said(body=json.dumps(rows).encode())

    def _answer(self, _: Heard) -> Said:
        return self.said


@pytest.fixture
def releases() -> Iterator[Releases]:
    releases = Releases()
    yield releases
    releases.server.close()


@pytest.fixture
def paths(tmp_path: Path, releases: Releases) -> Paths:
    """Those of a build that knows where its releases are."""
    resources = tmp_path / "resources"
    folders = replace(Paths.under(tmp_path / "home"), resources=resources)
    shutil.copytree(Paths.default().resources, resources)
    feed = {"releases": f"{releases.server.url}/releases", "page": PAGE}
    (resources / "release.json").write_text(json.dumps(feed))
    folders.create()
    return folders


class Browser(QObject):
    """Gets the addresses that would be opened."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url.toString())


@pytest.fixture
def browser() -> Iterator[Browser]:
    browser = Browser()
    QDesktopServices.setUrlHandler("https", browser, "open")
    yield browser
    QDesktopServices.unsetUrlHandler("https")


def about(window: Window) -> AboutPage:
    """The page of the settings."""
    window.desktop.settings.open("about")
    page = window.desktop.settings.pages.window.page("about")
    assert isinstance(page, AboutPage)
    return page


def look(window: Window) -> None:
    """As an hour later, and wait for what comes of it."""
    check = window.desktop.updates.check
    check.look_if_due()
    window.wait(lambda: not check.is_looking)


def found(page: AboutPage) -> str:
    row = page.row_of("newest_version")
    assert row is not None
    return row.words


def test_nobody_is_asked_before_it_is_allowed(window: Window, releases: Releases) -> None:
    releases.offer("v9.0.0")
    look(window)
    page = about(window)
    assert "Not looked for since the start" in found(page)
    window.services.settings.change(check_for_updates=True, offline=True)
    look(window)
    assert releases.asked == 0
    window.desktop.settings.pages.window.close()


def test_what_is_new_is_told_once_and_shown(
    window: Window, releases: Releases, browser: Browser
) -> None:
    releases.offer("v0.9.0", "v9.0.0")
    page = about(window)
    assert "Asks 127.0.0.1 once a day" in page.words()
    switch = page.findChild(Switch, "check_for_updates")
    assert switch is not None
    assert not switch.isChecked()
    switch.click()
    window.wait(lambda: window.toast == "Chatapp 9.0.0 is available")
    assert "Chatapp 9.0.0 is available" in found(page)
    window.desktop.settings.pages.window.close()
    window.click(window.main.toast.button)
    (notes,) = window.main.findChildren(UpdateNotes)
    window.wait(lambda: notes.page.blocks)
    text = "\n".join(map(visible_text, notes.page.blocks))
    assert text.index("9.0.0 · ") < text.index("one thing") < text.index("0.9.0 · ")
    window.click(notes.page_button)
    assert browser.opened == [PAGE]
    window.click(notes.close_button)
    assert releases.asked == 1, "nothing in the notes is fetched"
    look(window)
    assert releases.asked == 1, "not again on the same day"
    window.services.settings.change(updates_checked_at=0)
    look(window)
    assert releases.asked == 2
    assert window.toast == "", "told once"


def test_it_is_not_told_again_after_a_start(open_window: OpenWindow, releases: Releases) -> None:
    releases.offer("v9.0.0")
    window = open_window()
    window.start()
    window.services.settings.change(check_for_updates=True)
    window.wait(lambda: window.toast)
    window.close()
    window = open_window()
    window.start()
    window.services.settings.change(updates_checked_at=0)
    look(window)
    assert window.desktop.updates.check.releases
    assert window.toast == ""


def test_a_person_may_look_without_allowing_more(window: Window, releases: Releases) -> None:
    page = about(window)
    window.click(page._look)
    window.wait(lambda: "This one" in found(page))
    assert not page._show_notes.isVisible()
    releases.said = Said(500)
    window.click(page._look)
    row = page.row_of("newest_version")
    assert row is not None
    window.wait(lambda: "127.0.0.1 did not tell about new versions" in row.note)
    releases.offer("v9.0.0")
    window.click(page._look)
    window.wait(lambda: "9.0.0" in found(page))
    assert row.note == ""
    assert window.toast == "", "who asked sees it in the row"
    window.click(page._show_notes)
    (notes,) = window.main.findChildren(UpdateNotes)
    notes.close()
    assert not window.services.settings.current.check_for_updates
    window.desktop.settings.pages.window.close()


def test_a_build_without_an_address(open_window: OpenWindow, paths: Paths) -> None:
    (paths.resources / "release.json").unlink()
    window = open_window()
    window.start()
    page = about(window)
    switch = page.findChild(Switch, "check_for_updates")
    assert switch is not None
    assert not switch.isEnabled()
    assert "This build does not know where releases are" in page.words()
    assert page.row_of("newest_version") is None
    window.desktop.settings.pages.window.close()


def test_a_question_does_not_hold_up_the_end(open_window: OpenWindow, releases: Releases) -> None:
    window = open_window()
    window.start()
    window.services.settings.change(check_for_updates=True)
    window.wait(lambda: window.desktop.updates.check.is_looking)
    window.close()
