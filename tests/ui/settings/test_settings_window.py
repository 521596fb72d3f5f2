from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QPlainTextEdit
from pytestqt.qtbot import QtBot

from chatapp.network import Purpose
from chatapp.settings import DEFAULTS
from chatapp.ui.settings.about_page import AboutPage, read_licences
from chatapp.ui.settings.advanced_page import AdvancedPage
from chatapp.ui.settings.appearance_page import AppearancePage
from chatapp.ui.settings.engine_page import EnginePage
from chatapp.ui.settings.general_page import GeneralPage
from chatapp.ui.settings.hub_page import HubPage
from chatapp.ui.settings.models_page import ModelsFoldersPage
from chatapp.ui.settings.page import SettingsPage
from chatapp.ui.settings.privacy_page import PrivacyPage
from chatapp.ui.settings.storage_page import StoragePage
from chatapp.ui.widgets.dialog import Dialog
from chatapp.ui.widgets.settings_row import SettingsRow
from tests.ui.settings.conftest import Opened
from tests.ui.settings.others import others


def shown_rows(opened: Opened) -> list[str]:
    rows = opened.window.findChildren(SettingsRow)
    return [row.name for row in rows if row.isVisible()]


def dialog(opened: Opened) -> Dialog:
    (one,) = [d for d in opened.window.findChildren(Dialog) if d.isVisible()]
    return one


def test_pages_stand_in_their_order(opened: Opened) -> None:
    assert [row.text() for row in opened.window._rows.values()] == [
        *("General", "Models and folders", "Engine", "Generation", "Hub and network"),
        *("Appearance", "Privacy", "Storage", "Advanced", "About"),
    ]
    assert opened.window.current == "general"


def test_a_choice_holds_at_once_and_is_marked(opened: Opened, qtbot: QtBot) -> None:
    page = opened.window.page("engine")
    assert isinstance(page, EnginePage)
    row = page.unload.parentWidget()
    assert isinstance(row, SettingsRow)

    def is_marked() -> bool:
        return row._name.is_changed

    page.unload.chosen.emit(0)
    assert opened.file.current.unload_after == 0
    assert is_marked()
    opened.file.change(unload_after=60)
    assert page.unload.value == 60
    opened.file.change(unload_after=DEFAULTS.unload_after)
    assert not is_marked()
    page.tune.setFocus()
    page.tune.click()
    assert not opened.file.current.tune_automatically


def test_what_was_typed_into_the_file_is_among_the_choices(opened: Opened) -> None:
    opened.file.change(unload_after=7)
    page = EnginePage(opened.parts.appearance, opened.file, opened.parts.engines)
    assert page.unload.currentText().startswith("7 minute")
    page.deleteLater()


def test_a_page_is_reset_and_that_is_undone(opened: Opened) -> None:
    opened.file.change(unload_after=5, tune_automatically=False, theme="dark")
    opened.pages.open("engine")
    button = opened.window._frames["engine"].reset_button
    button.click()
    assert opened.file.current.unload_after == DEFAULTS.unload_after
    assert opened.file.current.theme == "dark", "of another page"
    assert button.text() == "Undo reset"
    opened.file.change(theme="light")
    button.click()
    assert (opened.file.current.unload_after, opened.file.current.theme) == (5, "light")
    assert button.text() == "Reset page"


def test_every_page_is_reset_and_that_is_undone(opened: Opened) -> None:
    changed = others()
    for name in opened.window._entries:
        page = opened.window.page(name)
        assert isinstance(page, SettingsPage)
        opened.pages.open(name)
        button = opened.window._frames[name].reset_button
        assert button.isVisible() is bool(page.fields)
        opened.file.change(**{field: changed[field] for field in page.fields})
        button.click()
        assert opened.file.current == DEFAULTS, name
        button.click()
        assert all(getattr(opened.file.current, one) == changed[one] for one in page.fields), name
        opened.file.change(**{field: getattr(DEFAULTS, field) for field in page.fields})


def test_search_finds_rows_on_all_pages(opened: Opened, qtbot: QtBot) -> None:
    opened.window.search.setText("Proxy")
    qtbot.waitUntil(lambda: shown_rows(opened) == ["Proxy"])
    assert opened.window._frames["hub"].isVisible()
    assert not opened.window._frames["general"].isVisible()
    opened.window.search.setText("offline")
    qtbot.waitUntil(lambda: shown_rows(opened) == ["Offline", "Offline"])
    opened.window.search.setText("zebra")
    qtbot.waitUntil(opened.window._nothing.isVisible)
    assert "“zebra”" in opened.window._nothing.text()
    opened.window.reject()  # Escape
    assert opened.window.isVisible()
    assert opened.window.search.text() == ""
    assert "Language" in shown_rows(opened)
    opened.pages.open("hub")
    assert "Address" not in shown_rows(opened), "it was hidden before the search"
    opened.window.reject()
    assert not opened.window.isVisible()


def test_with_another_language_all_words_are_made_anew(opened: Opened) -> None:
    opened.pages.open("general")
    page = opened.window.page("general")
    assert isinstance(page, GeneralPage)
    page.language.setFocus()
    QApplication.sendEvent(opened.window, QEvent(QEvent.Type.LanguageChange))
    again = opened.window.page("general")
    assert again is not page
    assert isinstance(again, GeneralPage)
    assert again.isVisible()
    assert opened.window.focusWidget() is again.language


def test_the_theme_is_one_of_four(opened: Opened) -> None:
    page = opened.window.page("appearance")
    assert isinstance(page, AppearancePage)
    page.theme.segments[2].click()
    assert opened.file.current.theme == "dark"
    opened.file.change(theme="unheard-of")
    assert page.theme.current == 0


def test_the_rows_of_the_hub_follow(opened: Opened) -> None:
    page = opened.window.page("hub")
    assert isinstance(page, HubPage)
    opened.file.change(offline=True, proxy="http://proxy.example:1", keep_awake=False)
    assert page.rows.offline.isChecked()
    assert page.rows.proxy.text() == "http://proxy.example:1"
    page.reset()
    assert page.rows.proxy.text() == ""
    assert page.rows.awake.isChecked()
    assert opened.file.current == DEFAULTS


# Privacy


def test_connections_are_listed_and_forgotten(opened: Opened, qtbot: QtBot) -> None:
    opened.pages.open("privacy")
    page = opened.window.page("privacy")
    assert isinstance(page, PrivacyPage)
    assert "No connections since start." in page.log_row.words
    qtbot.waitUntil(lambda: "Nothing" in page.log.toPlainText())
    opened.parts.network.record("hub.example", Purpose.SEARCH)
    qtbot.waitUntil(lambda: "hub.example\tlooking for models" in page.log.toPlainText())
    assert list(opened.parts.paths.connections.iterdir())
    page.clear.click()
    qtbot.waitUntil(lambda: "hub.example" not in page.log.toPlainText())
    assert not list(opened.parts.paths.connections.iterdir())
    assert "No connections" not in page.log_row.words, "there was one"


def test_the_switch_is_the_one_of_the_hub_page(opened: Opened) -> None:
    hub, privacy = opened.window.page("hub"), opened.window.page("privacy")
    assert isinstance(hub, HubPage)
    assert isinstance(privacy, PrivacyPage)
    privacy.offline.click()
    assert opened.file.current.offline
    assert hub.rows.offline.isChecked()


# Storage


def test_sizes_are_shown_and_cleared(opened: Opened, qtbot: QtBot) -> None:
    paths = opened.parts.paths
    paths.kv_cache.mkdir()
    (paths.kv_cache / "a.state").write_bytes(b"x" * 3_000_000)
    (paths.cache / "thing").write_bytes(b"x" * 1_000_000)
    (paths.models / "m.gguf").write_bytes(b"x" * 2_000_000)
    opened.pages.open("storage")
    page = opened.window.page("storage")
    assert isinstance(page, StoragePage)
    qtbot.waitUntil(lambda: page.size_text("kept") == "3 MB")
    assert (page.size_text("cache"), page.size_text("models")) == ("1 MB", "2 MB")
    page.kept.click()
    qtbot.waitUntil(lambda: not page.kept.isEnabled())
    page.cache.click()
    qtbot.waitUntil(lambda: not page.cache.isEnabled())
    assert (paths.models / "m.gguf").exists()
    page.trash.click()
    dialog(opened).accept()
    qtbot.waitUntil(lambda: opened.emptied == 1)


# Folders


def test_folders_are_added_and_left(opened: Opened, qtbot: QtBot, tmp_path: Path) -> None:
    page = opened.window.page("models")
    assert isinstance(page, ModelsFoldersPage)
    opened.pages.open("models")
    with qtbot.waitSignal(page.changed):
        page.add_folder(tmp_path)
    qtbot.waitUntil(lambda: tmp_path.name in shown_rows(opened))
    assert opened.parts.library.added_folders == (str(tmp_path),)
    with qtbot.waitSignal(page.changed):
        page._forget(str(tmp_path))
    qtbot.waitUntil(lambda: tmp_path.name not in shown_rows(opened))


# Export and import


def test_settings_go_to_another_computer(opened: Opened, qtbot: QtBot, tmp_path: Path) -> None:
    page = opened.window.page("advanced")
    assert isinstance(page, AdvancedPage)
    target = tmp_path / "mine.json"
    opened.file.change(theme="dark", max_tokens=512, proxy="http://me:secret@proxy.example:1")
    page.export_to(target)
    qtbot.waitUntil(lambda: page.export_row.note == "Exported to mine.json")
    assert "secret" not in target.read_text()
    opened.file.change(theme="light", max_tokens=1024)
    page.import_from(target)
    qtbot.waitUntil(lambda: bool(opened.window.findChildren(Dialog)))
    assert "Longest answer" in dialog(opened).accessibleDescription()
    assert opened.file.current.theme == "light", "it only asks"
    dialog(opened).accept()
    assert (opened.file.current.theme, opened.file.current.max_tokens) == ("dark", 512)
    assert opened.file.current.proxy.startswith("http://me:")


def test_it_is_said_where_an_imported_file_would_lead(
    opened: Opened, qtbot: QtBot, tmp_path: Path
) -> None:
    page = opened.window.page("advanced")
    assert isinstance(page, AdvancedPage)
    source = tmp_path / "theirs.json"
    values = {"hub_endpoint": "https://hub.evil.example", "temperature": "hot"}
    source.write_text(json.dumps({"chatapp_settings": 1, "settings": values}))
    page.import_from(source)
    qtbot.waitUntil(lambda: bool(opened.window.findChildren(Dialog)))
    assert "https://hub.evil.example" in dialog(opened).accessibleDescription()
    dialog(opened).reject()
    assert opened.file.current == DEFAULTS


@pytest.mark.parametrize("content", [b"", b"{}", b"[" * 100_000, b"GGUF\0", b'{"theme": "dark"}'])
def test_a_file_that_has_no_settings(
    opened: Opened, qtbot: QtBot, tmp_path: Path, content: bytes
) -> None:
    page = opened.window.page("advanced")
    assert isinstance(page, AdvancedPage)
    source = tmp_path / "other.json"
    source.write_bytes(content)
    page.import_from(source)
    qtbot.waitUntil(lambda: page.import_row.note.startswith("other.json has no settings"))


def test_everything_is_reset_but_the_window(opened: Opened) -> None:
    page = opened.window.page("advanced")
    assert isinstance(page, AdvancedPage)
    opened.file.change(theme="dark", shortcuts={"a": "Ctrl+A"}, window_geometry="aaaa")
    page.reset_all()
    assert opened.file.current.theme == "system"
    assert opened.file.current.shortcuts == {}
    assert opened.file.current.window_geometry == "aaaa"


# About


def test_licences_are_shown(opened: Opened, qtbot: QtBot) -> None:
    opened.pages.open("about")
    page = opened.window.page("about")
    assert isinstance(page, AboutPage)
    licences = read_licences(opened.parts.paths.resources)
    assert {"Qt", "llama.cpp", "apsw", "PySide6_Essentials"} <= {one.name for one in licences}
    assert all(one.licence and one.text for one in licences)
    first = f"{licences[0].name} {licences[0].version}"
    qtbot.waitUntil(lambda: first in shown_rows(opened))
    page._show_text(licences[0])
    (text,) = dialog(opened).findChildren(QPlainTextEdit)
    assert text.toPlainText().strip()
    dialog(opened).reject()


def test_the_keyboard_goes_through(opened: Opened, qtbot: QtBot) -> None:
    window = opened.window
    qtbot.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert window.search.hasFocus()
    qtbot.keyClick(window.search, Qt.Key.Key_Tab)
    seen = []
    for _ in range(4):
        focused = window.focusWidget()
        assert focused is not None
        seen.append(focused)
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    assert seen == list(window._rows.values())[:4]
    qtbot.keyClick(seen[2], Qt.Key.Key_Return)
    assert window.current == "engine"
