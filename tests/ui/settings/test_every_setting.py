"""Every setting, changed in its row: what comes of it is seen at once, or the row says when."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QLocale, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QSlider

from chatapp.domain.conversation import OverflowPolicy
from chatapp.domain.generation import GenerationParameters
from chatapp.errors import EnginePackMissing
from chatapp.paths import Paths
from chatapp.settings import DEFAULTS, NAMES
from chatapp.ui.i18n import install_translations
from chatapp.ui.settings.accent_choice import AccentChoice
from chatapp.ui.settings.page import SettingsPage
from chatapp.ui.settings.window import SettingsWindow
from chatapp.ui.widgets.combo import Combo
from chatapp.ui.widgets.key_field import KeyField
from chatapp.ui.widgets.segmented import Segmented
from chatapp.ui.widgets.settings_row import SettingsRow
from chatapp.ui.widgets.switch import Switch
from tests.ui.settings.conftest import Opened
from tests.ui.settings.others import WITHOUT_ROW, others
from tests.window import Window

LONG = "word " * 300  # more than a thousand letters, less than are long by themselves


@pytest.fixture
def settings_window(window: Window) -> Iterator[SettingsWindow]:
    """The settings of a whole application, with all of their pages."""
    window.desktop.settings.open()
    opened = window.desktop.settings.pages.window
    for name in opened._entries:
        opened.page(name)
    yield opened
    window.services.settings.change(**{name: getattr(DEFAULTS, name) for name in NAMES})
    window.settle()
    speak(Path("nowhere"), "en_US")
    opened.close()


def speak(folder: Path, language: str) -> None:
    """From what is translated in this folder."""
    application = QCoreApplication.instance()
    assert application is not None
    install_translations(application, folder, language)
    QApplication.processEvents()


def page_of(opened: SettingsWindow, field: str) -> str:
    """The page where a setting has its row."""
    for name in opened._entries:
        page = opened.page(name)
        if isinstance(page, SettingsPage) and field in page.fields:
            return name
    pytest.fail(f"no page sets {field}")


def choose(window: Window, row: SettingsRow, value: object) -> None:
    """As a person does it."""
    for control in row._controls:
        if isinstance(control, Switch):
            assert control.isEnabled()
            control.click()
        elif isinstance(control, Segmented):
            control.segments[[s.text() for s in control.segments].index(str(value))].click()
        elif isinstance(control, AccentChoice):
            control.dots[str(value)].click()
        elif isinstance(control, QComboBox):
            pick(control, value)
        elif isinstance(control, QSlider):
            assert isinstance(value, int)
            control.setValue((value - 50) // 5)
        elif isinstance(control, KeyField):
            control.recorded.emit(QKeySequence(str(value)))
        elif isinstance(control, QLineEdit):
            control.setText(str(value))
            control.editingFinished.emit()
        else:
            continue
        return
    pytest.fail(f"nothing to choose with: {row.name}")


def pick(combo: QComboBox, value: object) -> None:
    """Open it and choose."""
    assert isinstance(combo, Combo)
    combo.showPopup()
    combo.hidePopup()
    combo._on_picked(combo._values.index(value))


def paste(window: Window, text: str) -> None:
    window.main.activateWindow()
    window.composer.set_draft("", [])
    window.composer.focus()
    QGuiApplication.clipboard().setText(text)
    window.composer.field.paste()


def parameters(window: Window) -> GenerationParameters:
    """Of the next answer."""
    assert window.pane.model is not None
    return window.pane.parameters(window.pane.model)


# What is to be seen of each in the whole application.
EFFECTS: dict[str, Callable[[Window, object], object]] = {
    "theme": lambda w, _: w.desktop.appearance.theme.is_dark,
    "language": lambda w, _: QLocale().name() == "zh_CN",
    "accent": lambda w, _: w.desktop.appearance.theme.accent != w.desktop.appearance.own_accent,
    "font_family": lambda w, v: w.desktop.appearance.font("body").families()[0] == v,
    "code_font_family": lambda w, v: w.desktop.appearance.font("code").families()[0] == v,
    "text_zoom": lambda w, _: w.desktop.appearance.size > 13,
    "reduced_motion": lambda w, _: w.desktop.appearance.reduced_motion,
    "column_width": lambda w, _: (
        (w.pane.transcript._widest, w.composer.box.maximumWidth()) == (640, 672)
    ),
    "answer_details": lambda w, _: not w.pane.transcript._stage.shows_details,
    "wrap_code": lambda w, _: w.pane.transcript._stage.wraps_code,
    "overflow": lambda w, v: (
        [action.data() for action in w.actions.overflow.actions() if action.isChecked()] == [v]
    ),
    "temperature": lambda w, v: parameters(w).temperature == v,
    "max_tokens": lambda w, v: parameters(w).max_tokens == v,
    "unload_after": lambda w, v: w.services.idle._minutes() == v,
    "pin_question": lambda w, _: w.pane.transcript.pins_question,
    "hub_endpoint": lambda w, v: w.services.access().endpoint == v,
    "proxy": lambda w, v: w.services.access().proxy == v,
    "ca_file": lambda w, v: w.services.access().ca_file == v,
    "offline": lambda w, _: (
        w.services.network.is_offline
        and w.main.status_line._network.text() == "Connections are turned off"
    ),
    "keep_awake": lambda w, _: not w.services.downloads._may_keep_awake(),
    "notify": lambda w, _: not w.desktop.around.notifications._settings.current.notify,
    "tray": lambda w, _: w.desktop.around.tray._settings.current.tray,
    "close_to_tray": lambda w, _: w.desktop.around.tray._settings.current.close_to_tray,
    "quick_ask_keys": lambda w, v: w.services.settings.current.quick_ask_keys == v,
    "engine_pack": lambda w, _: isinstance(w.engine.choice.problem, EnginePackMissing),
    "shortcuts": lambda w, _: w.actions.new_conversation.shortcut() == QKeySequence("Ctrl+J"),
}
# What holds later, and with which words the row says so.
SAID = {
    "context_length": "from the next time they are loaded",
    "kv_cache_budget": "from the next start",
    "download_connections": "from the next file on",
    "tune_automatically": "when nothing is asked",
    "temperature": "From the next answer on",
    "max_tokens": "From the next answer on",
    "model_path": "Of new conversations",
}
# What is seen only when something is done, which tests of their own do below; `test_updates` has
# the last.
TRIED = {
    *("model_path", "enter_sends", "long_paste_as_attachment", "long_paste_characters"),
    "check_for_updates",
}


def test_every_setting_is_known_here() -> None:
    assert EFFECTS.keys() | SAID.keys() | TRIED | WITHOUT_ROW == set(NAMES)


def test_every_setting_has_a_row(settings_window: SettingsWindow) -> None:
    named = {name for name in NAMES if settings_window.name_of(name)}
    assert set(NAMES) - named == WITHOUT_ROW


def test_a_change_is_seen_at_once_or_the_row_says_when(
    window: Window, settings_window: SettingsWindow
) -> None:
    words = {"theme": "Dark", "column_width": "Narrow"}  # of segments
    file = window.services.settings
    for field, value in others().items():
        if field in TRIED:
            continue
        if field == "hub_endpoint":
            file.change(hub_endpoint="https://other.example")  # shows the field of the address
        # Chosen in the system's dialog, among many rows, and not there.
        if field in {"ca_file", "shortcuts", "engine_pack"}:
            file.change(**{field: value})
        else:
            row = open_row(settings_window, field)
            assert field not in SAID or SAID[field] in row.words, field
            if field == "hub_endpoint":
                row = open_row(settings_window, field, "address")
            choose(window, row, words.get(field, value))
        assert getattr(file.current, field) == value, field
        window.settle()
        assert field not in EFFECTS or EFFECTS[field](window, value), field
    file.change(**{name: getattr(DEFAULTS, name) for name in NAMES})
    window.settle()
    still = [field for field in EFFECTS if EFFECTS[field](window, others()[field])]
    assert still == [], "put back"


def open_row(opened: SettingsWindow, field: str, key: str = "") -> SettingsRow:
    opened.open_page(page_of(opened, field))
    page = opened.page(opened.current)
    assert isinstance(page, SettingsPage)
    row = page.row_of(key or field)
    assert row is not None, field
    return row


def test_new_conversations_have_the_model_that_was_chosen(
    window: Window, settings_window: SettingsWindow
) -> None:
    row = open_row(settings_window, "model_path")
    assert SAID["model_path"] in row.words
    (combo,) = row.findChildren(Combo)
    beta = next(path for path in combo._values if path.endswith("beta.gguf"))
    pick(combo, beta)
    settings_window.close()
    window.activate()
    window.wait(lambda: getattr(window.main.models._default, "name", "") == "beta")
    window.actions.new_conversation.trigger()
    window.wait(lambda: window.pane.model is not None and window.pane.model.name == "beta")


def test_a_conversation_begins_with_what_the_settings_say_of_a_full_context(
    window: Window, settings_window: SettingsWindow
) -> None:
    choose(window, open_row(settings_window, "overflow"), "summarise")
    settings_window.close()
    window.activate()
    conversation = window.ask("Hello")
    assert conversation.overflow is OverflowPolicy.SUMMARISE


def test_enter_and_pasting_follow(window: Window, settings_window: SettingsWindow) -> None:
    paste(window, LONG)
    assert window.composer.attachments() == ()
    choose(window, open_row(settings_window, "long_paste_characters"), 1000)
    paste(window, LONG)
    assert len(window.composer.attachments()) == 1
    choose(window, open_row(settings_window, "long_paste_as_attachment"), value=False)
    paste(window, LONG)
    assert window.composer.attachments() == ()
    choose(window, open_row(settings_window, "enter_sends"), value=False)
    window.activate()
    window.composer.set_text("one")
    window.composer.focus()
    window.key(Qt.Key.Key_Return)
    assert window.composer.text() == "one\n"


def test_a_reset_that_makes_the_page_anew_is_undone(
    window: Window, settings_window: SettingsWindow
) -> None:
    file = window.services.settings
    file.change(text_zoom=125, theme="dark")
    window.settle()
    settings_window.open_page("appearance")
    settings_window._frames["appearance"].reset_button.click()
    assert (file.current.text_zoom, file.current.theme) == (100, "system")
    window.settle()
    again = settings_window._frames["appearance"].reset_button
    assert again.text() == "Undo reset"
    again.click()
    assert (file.current.text_zoom, file.current.theme) == (125, "dark")


FOUND = {
    "dark mode": "Colours",
    "HOTKEY quick": "Quick ask",
    "n_ctx": "Context",
    "hf_token": "Access token",
    "vram": "Unload when idle",
    "vulkan": "Run models with",
    "font size": "Text size",
    "animation": "Reduce motion",
    "telemetry": "Connections",
    "ssl": "CA file",
    "truncate": "When the context is full",
    "word wrap": "Wrap long lines in code",
    "ollama": "Other folders",
    "backup": "Export settings",
    "\N{FULLWIDTH LATIN SMALL LETTER S}ocks": "Proxy",
    "open source": "Third-party software",
    "mirror": "Address of the Hub",
}


def test_rows_are_found_by_words_that_people_know(settings_window: SettingsWindow) -> None:
    for query, name in FOUND.items():
        settings_window.search.setText(query)
        settings_window.search._tell()
        rows = settings_window.findChildren(SettingsRow)
        assert name in [row.name for row in rows if row.isVisible()], query


def test_in_chinese_rows_are_found_by_chinese_and_by_english_words(
    opened: Opened, tmp_path: Path
) -> None:
    name = "chatapp_zh_CN"
    tool = Path(sys.executable).with_name("pyside6-lrelease")
    source = Paths.default().resources / "i18n" / f"{name}.ts"
    subprocess.run([tool, "-silent", source, "-qm", tmp_path / f"{name}.qm"], check=True)
    speak(tmp_path, "zh_CN")
    try:
        for query, key in IN_CHINESE.items():
            opened.window.search.setText(query)
            opened.window.search._tell()
            for name in opened.window._entries:
                opened.window.page(name)
            opened.window._filter()
            rows = opened.window.findChildren(SettingsRow)
            assert key in [row.key for row in rows if row.isVisible()], query
    finally:
        speak(Path("nowhere"), "en_US")


IN_CHINESE = {
    "代理": "proxy",
    "proxy": "proxy",
    "深色": "theme",
    "dark mode": "theme",
    "字号": "text_zoom",
    "镜像": "hub_endpoint",
    "token": "token",
    "遥测": "connections",
    "显存": "unload_after",
    "许可证": "licence",
}
