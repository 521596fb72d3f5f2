"""Links and files from outside in the whole application: what is asked of the Hub, and what not.

A link shows a model's page, and for that the Hub is asked, as a browser would ask it. Nothing is
downloaded, loaded or sent before somebody presses a button there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatapp.ui.links import Wish
from chatapp.ui.models_page.tab import Tab
from chatapp.ui.widgets.banner import Banner
from chatapp.ui.widgets.button import Button
from tests.hub.small_files import gguf_bytes
from tests.local_hub import LocalHub
from tests.window import Window, words_of

REPO, FILE = "org/Tiny-GGUF", "Tiny-Q4_K_M.gguf"
SIZE = 3_000_000
LINK = f"chatapp://models/{REPO}?file={FILE}"


@pytest.fixture
def hub() -> Iterator[LocalHub]:
    with LocalHub() as hub:
        data = gguf_bytes(template="{{ messages }}")
        card = f"# Tiny\n\n![pixel]({hub.endpoint}/pixel.png)\n\n<img src='{hub.endpoint}/b.png'>\n"
        hub.add_repo(REPO, {FILE: data + bytes(SIZE - len(data))}, card=card)
        yield hub


def untouched(window: Window) -> None:
    """Nothing was downloaded, sent or loaded."""
    window.settle()
    assert window.services.downloads.items == ()
    assert window.messages == []
    assert window.stored() == []
    assert [Path(load.path).stem for load in window.workers.loads] == ["alpha"]


def test_a_link_shows_the_models_page_and_a_click_downloads_it(
    window: Window, hub: LocalHub
) -> None:
    window.services.settings.change(hub_endpoint=hub.endpoint)
    window.desktop.open(Wish((LINK,)))
    view = window.main.models_page.model_view
    window.wait(lambda: "Tiny" in words_of(view) and view.card.blocks)
    window.wait(lambda: all(request.is_done for request in hub.requests))
    untouched(window)
    assert {request.method for request in hub.requests} <= {"GET", "HEAD"}
    assert all(REPO in request.path for request in hub.requests if request.origin == "metadata")
    # Of the file itself only its beginning, which tells whether it fits this computer.
    assert sum(one.bytes_sent for one in hub.requests if one.origin == "data") <= 65_536
    assert {one.host for one in window.services.network.connections} == {"127.0.0.1"}
    (download,) = (
        button
        for button in view.findChildren(Button)
        if button.isVisible() and button.text().startswith("Download")
    )
    window.click(download)
    window.wait(lambda: window.services.downloads.items)


def test_offline_a_link_asks_nobody(window: Window, hub: LocalHub) -> None:
    window.services.settings.change(hub_endpoint=hub.endpoint, offline=True)
    window.desktop.open(Wish((LINK,)))
    assert window.main.models_page.shows_model
    untouched(window)
    assert hub.requests == []
    assert window.services.network.connections == ()


_ANY = st.text(max_size=60)
_PARTS = st.sampled_from(
    [
        *("chatapp:", "//", "models", "/", "..", "%2e", "?file=", "a.gguf", "&", "#", "@", ":80"),
        *(
            "\x00",
            "\u202e",
            "file:",
            "http:",
            "send",
            "download",
            "--data-dir",
            "\\\\server\\",
            "\n",
        ),
    ]
)
_TARGETS = st.one_of(
    _ANY,
    st.lists(_PARTS, max_size=12).map("".join),
    _ANY.map(lambda text: f"chatapp://models/{text}"),
    _ANY.map(lambda text: f"chatapp://models/org/name?file={text}"),
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(targets=st.lists(_TARGETS, max_size=3).map(tuple))
def test_nothing_comes_of_hostile_links(window: Window, targets: tuple[str, ...]) -> None:
    window.services.settings.change(offline=True)
    window.desktop.open(Wish.from_line(Wish(targets).to_line()))
    assert window.services.downloads.items == ()
    assert window.messages == []
    assert window.services.network.connections == ()


def test_hostile_files(window: Window, tmp_path: Path) -> None:
    """They are told; nothing hangs, and nothing else happens."""
    window.services.settings.change(offline=True)
    pipe = tmp_path / "pipe.gguf"
    os.mkfifo(pipe)
    folder = tmp_path / "folder.gguf"
    (folder / "inside").mkdir(parents=True)
    (folder / "inside" / "Hidden-Q8_0.gguf").write_bytes(gguf_bytes(template="{{ messages }}"))
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(b"GGUF" + b"\xff" * 200)
    program = tmp_path / "program.gguf"
    program.write_bytes(b"#!/bin/sh\ntouch /tmp/never\n")
    files = [pipe, folder, damaged, program, tmp_path / "missing.gguf", Path("/dev/zero.gguf")]
    window.desktop.open(Wish(tuple(map(str, files))))
    assert window.toast == "What was to be opened is no model file and no link to a model."
    page = window.main.models_page
    window.wait(lambda: page.tab is Tab.LIBRARY and page.isVisible())
    window.wait(lambda: page.library.tab.findChildren(Banner))
    untouched(window)
    assert "Hidden" not in words_of(page.library.tab)
    assert window.services.library.added_folders == ()
