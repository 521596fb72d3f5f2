"""The whole page on real services: from a card over a download to the library and its files."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from chatapp.domain.download import DownloadState, Order
from chatapp.domain.hub import Access, Reference, RepoFile
from chatapp.engine.engine import Engine
from chatapp.errors import Offline
from chatapp.hub.access import MIRROR
from chatapp.hub.client import HubClient
from chatapp.hub.discovery import Discovery
from chatapp.hub.downloads import Downloads
from chatapp.hub.fit import FitOptions
from chatapp.hub.hardware import this_machine
from chatapp.hub.library import Library
from chatapp.hub.token import TokenStore
from chatapp.hub.transfer import Patience
from chatapp.jobs import Jobs
from chatapp.models.quantize import Quantizer
from chatapp.network import Network, Purpose, make_client
from chatapp.paths import Paths
from chatapp.settings import SettingsFile
from chatapp.ui.bridge import MainThread
from chatapp.ui.connection_settings import ConnectionDialog
from chatapp.ui.download_words import needs_person
from chatapp.ui.models_page.page import ModelsPage
from chatapp.ui.models_page.tab import Tab
from chatapp.ui.theme import Appearance
from chatapp.ui.transcript.drawings import Drawings
from chatapp.ui.widgets.banner import Banner
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.dialog import Dialog
from tests.fakes import FakeWorkers
from tests.hub.small_files import gguf_bytes, write_gguf
from tests.local_hub import Fault, LocalHub

REPO = "org/Tiny-GGUF"
OTHER = "other/Tiny-GGUF"
FILE = "Tiny-Q4_K_M.gguf"
SIZE = 3_000_000
TIMEOUT = 10_000  # ms; only ever waited for by a test that fails


class MemoryKeyring:
    """A keyring that nobody else has."""

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.secrets.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self.secrets[username] = password

    def delete_password(self, service: str, username: str) -> None:
        self.secrets.pop(username, None)


class Stage:
    """The page, what is behind it, and ways to look at both."""

    def __init__(self, appearance: Appearance, paths: Paths, hub: LocalHub, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        self.paths = paths
        self.main_thread = MainThread()
        post = self.main_thread.post
        self.jobs = Jobs(post)
        self.network = Network()
        self.settings = SettingsFile(paths.settings)
        self.settings.change(hub_endpoint=hub.endpoint)
        self.tokens = TokenStore(MemoryKeyring())
        access = Access(hub.endpoint)
        self.client = HubClient(lambda: access, self.network)
        self.library = Library(paths, self.jobs)
        self.engine = Engine(logs=paths.logs, start_worker=FakeWorkers())
        self.downloads = Downloads(
            None,
            lambda: self.library.folder,
            resolve=self.client.resolve,
            open_client=lambda: make_client(access, self.network, purpose=Purpose.SEARCH),
            patience=Patience(first_wait=1000.0, longest_wait=1000.0),  # nothing comes by itself
        )
        self.discovery = Discovery(
            self.client, (), self.jobs, machine=this_machine, freed=lambda: 0, options=FitOptions
        )
        self.drawings = Drawings(post)
        self.quantizer = Quantizer(
            lambda: self.library.folder,
            paths.logs,
            content_hash=self.library.content_hash,
            store=lambda _result: None,
        )
        self.page = ModelsPage(
            appearance=appearance,
            library=self.library,
            downloads=self.downloads,
            discovery=self.discovery,
            quantizer=self.quantizer,
            hub=self.client,
            tokens=self.tokens,
            engine=self.engine,
            jobs=self.jobs,
            settings=self.settings,
            drawings=self.drawings,
            post=post,
        )
        qtbot.addWidget(self.page)

    def show(self) -> None:
        self.page.resize(1176, 800)
        self.page.show()
        self.page.activateWindow()
        self._qtbot.waitUntil(self.page.isActiveWindow)

    def close(self) -> None:
        self.page.stop()
        self.page.hide()
        self.discovery.close()
        self.quantizer.close()
        self.drawings.close()
        self.downloads.close()
        self.engine.close()
        self.library.close()
        self.jobs.close()
        self.client.close()
        self.main_thread.close()

    def wait(self, condition: Callable[[], object]) -> None:
        self._qtbot.waitUntil(lambda: bool(condition()), timeout=TIMEOUT)

    @property
    def names(self) -> list[str]:
        """The models that are listed."""
        return [entry.model.name for entry in self.page.library.tab.model.entries]

    @property
    def buttons(self) -> dict[str, Button]:
        """What the library offers, by its words."""
        found = self.page.library.tab.findChildren(Button)
        return {button.text(): button for button in found if button.isVisible()}

    @property
    def banners(self) -> list[str]:
        found = self.page.library.tab.findChildren(Banner)
        return [b.findChildren(Button)[0].text() for b in found if b.isVisible()]


@pytest.fixture
def hub() -> Iterator[LocalHub]:
    with LocalHub() as hub:
        data = gguf_bytes(template="{% if tools %}", mark="tiny")
        hub.add_repo(REPO, {FILE: data + random.Random(1).randbytes(SIZE)})
        hub.add_repo(OTHER, {FILE: data + random.Random(2).randbytes(SIZE)})
        yield hub


@pytest.fixture
def stage(appearance: Appearance, paths: Paths, hub: LocalHub, qtbot: QtBot) -> Iterator[Stage]:
    QLocale.setDefault(QLocale("en_US"))
    stage = Stage(appearance, paths, hub, qtbot)
    yield stage
    stage.close()


@pytest.fixture
def page(stage: Stage) -> ModelsPage:
    stage.show()
    return stage.page


def test_the_tabs_are_chosen_by_pointer_and_keys(page: ModelsPage, qtbot: QtBot) -> None:
    assert page.tab is Tab.DISCOVER
    segments = page.head.tabs.segments
    qtbot.mouseClick(segments[Tab.LIBRARY], Qt.MouseButton.LeftButton)
    assert page.tab is Tab.LIBRARY
    assert page.library.tab.isVisible()
    page.head.tabs.focus()
    qtbot.keyClick(segments[Tab.LIBRARY], Qt.Key.Key_Right)
    assert page.tab is Tab.DOWNLOADS
    assert QApplication.focusWidget() is segments[Tab.DOWNLOADS]
    qtbot.keyClick(page, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    assert page.tab is Tab.DISCOVER
    qtbot.keyClick(page, Qt.Key.Key_PageUp, Qt.KeyboardModifier.ControlModifier)
    assert page.tab is Tab.DOWNLOADS


def test_it_comes_back_as_it_was_left(page: ModelsPage) -> None:
    page.show_tab(Tab.DOWNLOADS)
    page.hide()
    page.show()
    assert page.tab is Tab.DOWNLOADS
    page.show_model(Reference(REPO))
    page.hide()
    page.show()
    assert page.shows_model


def test_from_a_model_one_goes_back_to_where_one_was(page: ModelsPage, stage: Stage) -> None:
    page.show_tab(Tab.LIBRARY)
    page.show_model(Reference(REPO))
    assert page.head.way.text() == "Library"
    page.head.back.click()
    assert not page.shows_model
    assert page.tab is Tab.LIBRARY
    assert not page.go_back()
    stage.wait(lambda: not stage.discovery.listing.is_searching)


def test_a_download_becomes_a_model(page: ModelsPage, stage: Stage, qtbot: QtBot) -> None:
    ready: list[object] = []
    page.downloads.ready.connect(ready.append)
    page.model_view.download_requested.emit(Order(REPO, (RepoFile(FILE),), "Tiny"))
    page.show_tab(Tab.DOWNLOADS)
    stage.wait(lambda: ready)
    assert ready[0].name == "Tiny"
    (row,) = page.downloads.tab.rows
    assert row.item.state is DownloadState.DONE
    stage.wait(row.chat.isVisible)
    with qtbot.waitSignal(page.chat_requested) as told:
        row.chat.click()
    assert Path(told.args[0].path).is_file()
    stage.wait(lambda: "Tiny" in stage.names)
    assert page.head.tabs.segments[Tab.LIBRARY].count == str(len(stage.names))
    page.downloads.tab.clear_requested.emit()
    stage.wait(lambda: not page.downloads.tab.rows)
    assert Path(told.args[0].path).is_file(), "only the list is cleared"


def test_a_slow_download_is_paused_goes_on_and_is_cancelled(
    page: ModelsPage, stage: Stage, hub: LocalHub
) -> None:
    hub.limit(500_000)
    page.model_view.download_requested.emit(Order(REPO, (RepoFile(FILE),), "Tiny"))
    tab = page.downloads.tab
    stage.wait(lambda: tab.rows and tab.rows[0].item.done > 0)
    assert page.head.tabs.segments[Tab.DOWNLOADS].count == "1"
    tab.totals.button.click()
    stage.wait(lambda: tab.rows[0].item.state is DownloadState.PAUSED)
    tab.totals.button.click()
    stage.wait(lambda: tab.rows[0].item.state is DownloadState.RUNNING)
    tab.cancel_requested.emit(tab.rows[0].item.id)
    stage.wait(lambda: not tab.rows)
    assert page.head.tabs.segments[Tab.DOWNLOADS].count == ""


def test_one_need_not_wait_for_the_next_try(
    page: ModelsPage, stage: Stage, hub: LocalHub, qtbot: QtBot
) -> None:
    hub.fault(Fault(where="data", kind="status", value=503, times=1000))
    page.model_view.download_requested.emit(Order(REPO, (RepoFile(FILE),), "Tiny"))
    page.show_tab(Tab.DOWNLOADS)
    tab = page.downloads.tab
    stage.wait(lambda: tab.rows and tab.rows[0].item.state is DownloadState.RECONNECTING)
    (row,) = tab.rows
    assert row.act.accessibleName() == "Try again now"
    hub.clear_faults()
    qtbot.mouseClick(row.act, Qt.MouseButton.LeftButton)
    stage.wait(lambda: row.item.state is DownloadState.DONE)


def test_the_order_of_the_queue_is_changed_with_the_keyboard(
    page: ModelsPage, stage: Stage, hub: LocalHub, qtbot: QtBot
) -> None:
    hub.limit(300_000)
    for repo in (REPO, OTHER):
        page.model_view.download_requested.emit(Order(repo, (RepoFile(FILE),), repo))
    page.show_tab(Tab.DOWNLOADS)
    tab = page.downloads.tab
    stage.wait(lambda: [row.item.order.name for row in tab.rows] == [REPO, OTHER])
    stage.wait(lambda: tab.rows[0].item.done)
    assert tab.rows[1].item.state is DownloadState.WAITING
    grip = tab.rows[1].grip
    grip.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(grip, Qt.Key.Key_Up)
    stage.wait(lambda: [row.item.order.name for row in tab.rows] == [OTHER, REPO])
    assert QApplication.focusWidget() is grip, "one can go on pressing"
    assert [item.order.repo for item in stage.downloads.items] == [OTHER, REPO]
    assert tab.rows[1].item.state is DownloadState.RUNNING, "what runs goes on"


def test_a_file_that_is_dropped_is_used_where_it_lies(
    page: ModelsPage, stage: Stage, tmp_path: Path
) -> None:
    path = write_gguf(tmp_path / "elsewhere" / "Dropped-Q8_0.gguf")
    page.add_files([path])
    stage.wait(lambda: "Dropped" in stage.names)
    assert page.tab is Tab.LIBRARY
    stage.wait(lambda: page.library.tab.list.currentIndex().data() == "Dropped")
    assert path.is_file()
    entry = next(e for e in page.library.tab.model.entries if e.model.name == "Dropped")
    page.library.tab.remove_requested.emit(entry.model)
    stage.wait(lambda: "Dropped" not in stage.names)
    assert path.is_file(), "it was only taken off the list"


def test_files_are_added_through_the_system_s_dialog(
    page: ModelsPage, stage: Stage, tmp_path: Path
) -> None:
    paths = [write_gguf(tmp_path / f"{name}-Q8_0.gguf", mark=name) for name in ("One", "Two")]
    page.head.add.click()
    (dialog,) = [d for d in page.findChildren(QFileDialog) if d.isVisible()]
    dialog.filesSelected.emit([str(path) for path in paths])
    dialog.close()
    stage.wait(lambda: {"One", "Two"} <= set(stage.names))


def test_a_move_of_the_models_waits_for_the_downloads(
    page: ModelsPage, stage: Stage, hub: LocalHub
) -> None:
    hub.limit(500_000)
    page.model_view.download_requested.emit(Order(REPO, (RepoFile(FILE),), "Tiny"))
    stage.wait(lambda: page.downloads.items and page.downloads.items[0].state.is_active)
    page.downloads.tab.folder_requested.emit()
    stage.wait(lambda: stage.banners)
    assert not [d for d in page.findChildren(QFileDialog) if d.isVisible()]
    page.downloads.tab.cancel_requested.emit(page.downloads.items[0].id)
    stage.wait(lambda: not page.downloads.items)
    page.downloads.tab.folder_requested.emit()
    (dialog,) = [d for d in page.findChildren(QFileDialog) if d.isVisible()]
    dialog.close()


def test_a_token_is_known_once_the_keyring_has_told(page: ModelsPage, stage: Stage) -> None:
    assert not page.hub.has_token
    stage.tokens.save(page.hub.endpoint, "hf_secret")
    page.hub.look()
    stage.wait(lambda: page.hub.has_token)
    stage.settings.change(hub_endpoint="")
    assert not page.hub.has_token, "it is another Hub's"


def test_an_address_that_is_none_does_no_harm(page: ModelsPage, stage: Stage) -> None:
    stage.settings.change(hub_endpoint="ftp://nowhere")
    assert page.hub.endpoint == "https://huggingface.co"


def test_the_connection_is_changed_where_it_failed(page: ModelsPage, stage: Stage) -> None:
    page.discover.connection_requested.emit()
    (dialog,) = [d for d in page.findChildren(ConnectionDialog) if d.isVisible()]
    changed: list[bool] = []
    page.hub.changed.connect(lambda: changed.append(True))
    dialog.settings.offline.setChecked(True)
    assert changed
    assert stage.settings.current.offline
    dialog.accept()
    stage.wait(lambda: not dialog.isVisible())


def test_what_waited_for_connections_goes_on(page: ModelsPage, stage: Stage) -> None:
    stage.network.is_offline = True
    page.model_view.download_requested.emit(Order(REPO, (RepoFile(FILE),), "Tiny"))
    stage.wait(lambda: page.downloads.items and needs_person(page.downloads.items[0]))
    assert isinstance(page.downloads.items[0].error, Offline)
    stage.network.is_offline = False
    page.hub.changed.emit()
    stage.wait(lambda: page.downloads.items[0].state is DownloadState.DONE)


def test_the_mirror_is_taken_at_once(page: ModelsPage, stage: Stage) -> None:
    page.discover.mirror_requested.emit()
    assert page.hub.endpoint == MIRROR.endpoint
    stage.settings.change(hub_endpoint="")


def test_a_file_that_is_no_model_says_so(page: ModelsPage, stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "notes.gguf"
    path.write_bytes(b"no model at all" * 10)
    page.add_files([path])
    stage.wait(lambda: stage.banners)
    assert stage.banners == ["Close"]
    assert "notes" not in stage.names


def test_a_model_is_judged_for_this_computer(
    page: ModelsPage, stage: Stage, tmp_path: Path
) -> None:
    page.add_files([write_gguf(tmp_path / "elsewhere" / "Small-Q8_0.gguf")])

    def badge() -> str | None:
        tab = page.library.tab
        row = tab.model.row_of(str(tmp_path / "elsewhere" / "Small-Q8_0.gguf"))
        words = tab.model.face_at(tab.model.index(row)) if row is not None else None
        return words.badge if words is not None else None

    stage.wait(lambda: badge() == "fits")


def test_a_file_is_compared_with_the_original(page: ModelsPage, stage: Stage) -> None:
    path = write_gguf(stage.library.folder / "org" / "repo" / "Mine-Q8_0.gguf")
    page.library.search()
    stage.wait(lambda: "Mine" in stage.names)
    entry = next(e for e in page.library.tab.model.entries if e.model.name == "Mine")
    page.library.tab.verify_requested.emit(entry.model)

    def verified() -> float:
        model = stage.library.by_path(str(path))
        return model.verified_at

    stage.wait(lambda: verified() > 0)
    stage.wait(lambda: not page.library.tab.work.isVisible())


def test_the_models_folder_moves(page: ModelsPage, stage: Stage, tmp_path: Path) -> None:
    write_gguf(stage.library.folder / "org" / "repo" / "Mine-Q8_0.gguf")
    page.library.search()
    stage.wait(lambda: "Mine" in stage.names)
    page.library.work.move_folder(tmp_path / "new")
    stage.wait(lambda: stage.library.folder == tmp_path / "new")
    assert (tmp_path / "new" / "org" / "repo" / "Mine-Q8_0.gguf").is_file()
    stage.wait(lambda: not page.library.tab.work.isVisible())


def test_free_up_space_shows_what_is_large(page: ModelsPage, stage: Stage) -> None:
    write_gguf(stage.library.folder / "a.gguf")
    write_gguf(stage.library.folder / "large.gguf").write_bytes(gguf_bytes() + bytes(9999))
    page.downloads.tab.space_requested.emit()
    assert page.tab is Tab.LIBRARY
    stage.wait(lambda: {"a", "large"} <= set(stage.names))
    listed = page.library.tab.model
    shown = [listed.index(row).data() for row in range(listed.rowCount())]
    assert shown.index("large") < shown.index("a")


@pytest.mark.parametrize(("words", "folder"), [("Go on", "new"), ("Bring them back", "old")])
def test_a_move_that_ended_with_the_program_can_be_ended(
    stage: Stage, tmp_path: Path, qtbot: QtBot, words: str, folder: str
) -> None:
    folders = {"old": stage.library.folder, "new": tmp_path / "new"}
    for name in ("One", "Two"):
        write_gguf(stage.library.folder / "org" / name / f"{name}-Q8_0.gguf", mark=name)
    stop = threading.Event()
    assert not stage.library.change_folder(tmp_path / "new", stop, lambda _: stop.set())
    stage.show()
    stage.page.show_tab(Tab.LIBRARY)
    stage.wait(lambda: {"Go on", "Bring them back"} <= set(stage.buttons))
    stage.wait(lambda: {"One", "Two"} <= set(stage.names))
    qtbot.mouseClick(stage.buttons[words], Qt.MouseButton.LeftButton)
    stage.wait(lambda: stage.library.unfinished_move is None)
    stage.wait(lambda: not page_is_busy(stage))
    assert stage.library.folder == folders[folder]
    assert len(list(folders[folder].rglob("*.gguf"))) == 2
    assert "Go on" not in stage.buttons


def page_is_busy(stage: Stage) -> bool:
    return stage.page.library.tab.work.isVisible()


def test_what_no_trash_takes_can_be_deleted_for_good(
    page: ModelsPage, stage: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_gguf(stage.library.folder / "org" / "repo" / "Mine-Q8_0.gguf")
    page.show_tab(Tab.LIBRARY)
    page.library.search()
    stage.wait(lambda: "Mine" in stage.names)
    entry = next(e for e in page.library.tab.model.entries if e.model.name == "Mine")

    def no_trash(_path: str) -> None:
        raise OSError("there is no trash on this disk")

    monkeypatch.setattr("send2trash.send2trash", no_trash)
    page.library.tab.remove_requested.emit(entry.model)
    stage.wait(lambda: "Delete for good…" in stage.buttons)
    assert path.is_file()
    qtbot.mouseClick(stage.buttons["Delete for good…"], Qt.MouseButton.LeftButton)
    (dialog,) = [d for d in page.findChildren(Dialog) if d.isVisible()]
    next(b for b in dialog.findChildren(Button) if b.text() == "Delete for good").click()
    stage.wait(lambda: "Mine" not in stage.names)
    assert not path.exists()
    assert "Delete for good…" not in stage.buttons


def test_one_file_that_is_no_model_keeps_no_other_out(
    page: ModelsPage, stage: Stage, tmp_path: Path
) -> None:
    bad = tmp_path / "notes.gguf"
    bad.write_bytes(b"no model at all" * 10)
    page.add_files([bad, write_gguf(tmp_path / "Good-Q8_0.gguf")])
    stage.wait(lambda: "Good" in stage.names)
    stage.wait(lambda: stage.banners)
