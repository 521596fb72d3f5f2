"""How the Hub is reached, chosen and tested by a person, against a real local Hub."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from chatapp.domain.hub import Access
from chatapp.hub.access import MIRROR, OFFICIAL, access_from
from chatapp.hub.client import HubClient
from chatapp.hub.token import TokenStore
from chatapp.jobs import Jobs
from chatapp.network import Network
from chatapp.paths import Paths
from chatapp.settings import SettingsFile
from chatapp.ui.connection_settings import ConnectionDialog, ConnectionSettings
from chatapp.ui.theme import Appearance
from chatapp.ui.widgets.switch import Switch
from tests.local_hub import Fault, LocalHub

TIMEOUT = 15_000  # ms; only ever waited for by a test that fails


class MemoryKeyring:
    """A keyring as a back end of the package keyring is; `works` turns it into none."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.works = True

    def get_password(self, _service: str, username: str) -> str | None:
        return self.kept.get(username) if self.works else None

    def set_password(self, _service: str, username: str, password: str) -> None:
        if self.works:
            self.kept[username] = password

    def delete_password(self, _service: str, username: str) -> None:
        del self.kept[username]


class Rows:
    """The settings on the screen, and what they change."""

    def __init__(
        self, qtbot: QtBot, appearance: Appearance, jobs: Jobs, paths: Paths, hub: LocalHub
    ) -> None:
        self._qtbot = qtbot
        self.hub = hub
        self.file = SettingsFile(paths.settings)
        self.file.change(hub_endpoint=hub.endpoint)
        self.keyring = MemoryKeyring()
        self.tokens = TokenStore(self.keyring)
        self.network = Network()
        self.client = HubClient(self._access, self.network)
        self._make = lambda: ConnectionSettings(
            appearance, self.file, self.tokens, self.client, jobs
        )
        self.widget = self._make()
        self.changes: list[bool] = []
        self.widget.token_changed.connect(lambda: self.changes.append(True))
        qtbot.addWidget(self.widget)
        self.widget.resize(600, 700)
        self.widget.show()
        self.widget.activateWindow()
        self.wait(self.widget.isActiveWindow)
        self.wait(self.widget.token.isEnabled)

    def _access(self) -> Access:
        endpoint = self.file.current.hub_endpoint or OFFICIAL.endpoint
        return access_from(self.file.current, self.tokens.read(endpoint))

    def another(self) -> ConnectionSettings:
        return self._make()

    def wait(self, condition: Callable[[], object]) -> None:
        self._qtbot.waitUntil(lambda: bool(condition()), timeout=TIMEOUT)

    def choose(self, endpoint: str) -> None:
        self.widget.preset.set_value(endpoint)
        self.widget.preset.chosen.emit(endpoint)

    def enter(self, field: QLineEdit, text: str) -> None:
        field.setText(text)
        self._qtbot.keyClick(field, Qt.Key.Key_Return)

    def test(self) -> str:
        """Press the button and return what it found out."""
        self._qtbot.mouseClick(self.widget.test, Qt.MouseButton.LeftButton)
        assert not self.widget.test.isEnabled()
        self.wait(self.widget.test.isEnabled)
        return self.widget.test_row.note


@pytest.fixture(autouse=True)
def _english_locale() -> None:
    QLocale.setDefault(QLocale("en_US"))


@pytest.fixture
def hub() -> Iterator[LocalHub]:
    with LocalHub() as hub:
        hub.add_repo("org/a", {"a-Q4_K_M.gguf": b"GGUF" * 100})
        yield hub


@pytest.fixture
def rows(
    qtbot: QtBot, appearance: Appearance, jobs: Jobs, paths: Paths, hub: LocalHub
) -> Iterator[Rows]:
    rows = Rows(qtbot, appearance, jobs, paths, hub)
    yield rows
    rows.client.close()


# The address


def test_it_shows_what_is_set(rows: Rows) -> None:
    assert rows.widget.preset.currentText() == "Another address"
    assert rows.widget.address.text() == rows.hub.endpoint
    assert not rows.widget.offline.isChecked()


def test_presets_hold_at_once(rows: Rows) -> None:
    rows.choose(MIRROR.endpoint)
    assert rows.file.current.hub_endpoint == MIRROR.endpoint
    assert not rows.widget.address_row.isVisible()
    rows.choose(OFFICIAL.endpoint)
    assert rows.file.current.hub_endpoint == ""
    assert rows.changes == []


def test_another_address_is_checked_before_it_is_kept(rows: Rows) -> None:
    rows.choose(OFFICIAL.endpoint)
    rows.choose("custom")
    assert rows.widget.address_row.isVisible()
    assert rows.widget.address.hasFocus()
    rows.enter(rows.widget.address, "hub example")
    assert rows.widget.address_row.note
    assert rows.file.current.hub_endpoint == ""
    rows.enter(rows.widget.address, "Hub.Example.ORG/")
    assert rows.widget.address_row.note == ""
    assert rows.file.current.hub_endpoint == "https://hub.example.org"


def test_what_was_typed_is_kept_when_the_page_goes(rows: Rows) -> None:
    rows.widget.proxy.setText("http://proxy.example.org:8080")
    rows.widget.hide()
    assert rows.file.current.proxy == "http://proxy.example.org:8080"


# The token


def test_a_token_is_kept_for_its_hub_and_never_shown(rows: Rows) -> None:
    assert rows.widget.token.echoMode() is QLineEdit.EchoMode.Password
    assert not rows.widget.save_token.isEnabled()
    rows.enter(rows.widget.token, f" {rows.hub.token} ")
    rows.wait(rows.widget.remove_token.isVisible)
    assert rows.keyring.kept == {rows.hub.endpoint: rows.hub.token}
    assert rows.widget.token.text() == ""
    assert not rows.widget.token.isVisible()
    assert rows.changes == [True]
    assert "keyring" in rows.widget.remove_token.accessibleDescription()
    assert "127.0.0.1" in rows.widget.remove_token.accessibleDescription()
    rows.choose(OFFICIAL.endpoint)
    rows.wait(rows.widget.token.isVisible)  # that one has none
    rows.choose("custom")
    rows.enter(rows.widget.address, rows.hub.endpoint)
    rows.wait(rows.widget.remove_token.isVisible)
    rows.widget.remove_token.click()
    rows.wait(rows.widget.token.isVisible)
    assert rows.keyring.kept == {}


def test_without_a_keyring_it_says_for_how_long(rows: Rows) -> None:
    rows.keyring.works = False
    rows.enter(rows.widget.token, rows.hub.token)
    rows.wait(lambda: rows.widget.token_row.note)
    assert "for this session only" in rows.widget.token_row.note
    assert "keyring and" not in rows.widget.remove_token.accessibleDescription()
    assert rows.tokens.read(rows.hub.endpoint) == rows.hub.token


def test_a_token_that_can_not_be_one_is_refused(rows: Rows) -> None:
    rows.enter(rows.widget.token, "hf_ключ")
    rows.wait(lambda: rows.widget.token_row.note)
    assert rows.keyring.kept == {}


def test_a_token_that_was_not_saved_does_not_stay(rows: Rows) -> None:
    rows.widget.token.setText("hf_secret")
    rows.widget.hide()
    assert rows.widget.token.text() == ""
    assert rows.keyring.kept == {}


def test_over_an_open_connection_no_token_is_sent(rows: Rows) -> None:
    rows.enter(rows.widget.address, "http://hub.example.org")
    rows.wait(rows.widget.token.isEnabled)
    assert "Not sent" in rows.widget.token.accessibleDescription()


# The network


@pytest.mark.parametrize("text", ["proxy", "http://", "ftp://proxy:1"])
def test_a_proxy_that_can_not_be_one_is_not_kept(rows: Rows, text: str) -> None:
    rows.enter(rows.widget.proxy, text)
    assert rows.widget.proxy_row.note == "A proxy is written as http://host:port."
    assert rows.file.current.proxy == ""


def test_a_proxy_is_kept_and_dropped(rows: Rows) -> None:
    rows.enter(rows.widget.proxy, "socks5://localhost:1080")
    assert rows.file.current.proxy == "socks5://localhost:1080"
    rows.enter(rows.widget.proxy, "")
    assert rows.file.current.proxy == ""
    assert rows.changes == []


def test_a_ca_file_is_shown_by_its_name(rows: Rows) -> None:
    assert rows.widget.ca_path.text() == "None"
    assert not rows.widget.drop_ca.isVisible()
    rows.widget._on_ca_file("/etc/ssl/company.pem")
    assert rows.widget.ca_path.text() == "company.pem"
    assert rows.file.current.ca_file == "/etc/ssl/company.pem"
    rows.widget.drop_ca.click()
    assert rows.file.current.ca_file == ""


def test_offline_is_a_switch(rows: Rows) -> None:
    rows.widget.offline.setFocus()
    rows._qtbot.keyClick(rows.widget.offline, Qt.Key.Key_Space)
    assert rows.file.current.offline
    assert "turned off" in rows.test()
    assert rows.network.connections == ()


def test_how_downloads_go_is_no_other_way_to_the_hub(rows: Rows) -> None:
    assert rows.widget.awake.isChecked()
    rows.widget.awake.click()
    rows.widget.parallel.click()
    assert not rows.file.current.keep_awake
    assert rows.file.current.download_connections == 4
    rows.widget.parallel.click()
    assert rows.file.current.download_connections == 1
    assert rows.changes == []


# The test


def test_a_good_connection_names_both_hosts(rows: Rows) -> None:
    assert rows.test() == "127.0.0.1 answers and gives data"
    ranges = [r for r in rows.hub.requests if r.range_start is not None]
    assert [(r.range_start, r.range_end) for r in ranges] == [(0, 0)]


def test_the_host_that_fails_is_named(rows: Rows) -> None:
    rows.hub.fault(Fault(kind="status", where="data", match="", value=503, times=0))
    note = rows.test()
    assert note.startswith("127.0.0.1 answers, but gives no data: ")
    assert "503" in note


def test_another_host_that_has_the_data_is_named(rows: Rows) -> None:
    rows.enter(rows.widget.address, rows.hub.endpoint.replace("127.0.0.1", "localhost"))
    assert rows.test() == "localhost answers, and 127.0.0.1 gives data"
    rows.hub.fault(Fault(kind="status", where="data", match="", value=403, times=0))
    assert rows.test().startswith("localhost answers, but the data lies on 127.0.0.1: ")


def test_no_answer_is_said(rows: Rows) -> None:
    rows.enter(rows.widget.address, "http://127.0.0.1:9")
    assert "127.0.0.1" in rows.test()


def test_leaving_ends_the_test(rows: Rows) -> None:
    rows.hub.fault(Fault(kind="stall", where="metadata", match="", after=-1, times=0))
    rows.widget.test.click()
    rows.hub.wait_for(lambda: bool(rows.hub.requests))
    rows.widget.hide()
    assert rows.widget.test.isEnabled()
    assert rows.widget.test_row.note == ""


# The dialog and the switch


def test_the_dialog_holds_the_same_rows(qtbot: QtBot, appearance: Appearance, rows: Rows) -> None:
    settings = rows.another()
    dialog = ConnectionDialog(appearance, lambda: settings)
    dialog.open()
    assert settings.isVisible()
    settings.proxy.setText("http://proxy.example.org:8080")
    with qtbot.waitSignal(dialog.destroyed):
        dialog._done.click()
    assert rows.file.current.proxy == "http://proxy.example.org:8080"


def test_a_switch_is_a_check_box_that_looks_otherwise(qtbot: QtBot, appearance: Appearance) -> None:
    switch = Switch(appearance, "Offline")
    qtbot.addWidget(switch)
    switch.show()
    off = switch.grab().toImage()
    qtbot.mouseClick(switch, Qt.MouseButton.LeftButton)
    assert switch.isChecked()
    on = switch.grab().toImage()
    assert on != off
    assert on.pixelColor(6, 10) == appearance.theme.accent
    assert switch.accessibleName() == "Offline"
    QApplication.processEvents()
