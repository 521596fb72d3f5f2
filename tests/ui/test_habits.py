"""What people bring along from other applications: their keys, and what they expect to happen.

README has a table of each. Every row names here what proves it: a test below, or one that is
elsewhere because it is about more.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from chatapp.settings import Settings
from chatapp.ui.models_page.tab import Tab
from tests.ui.conftest import OpenWindow
from tests.window import Window

ROOT = Path(__file__).resolve().parents[2]
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier

HERE = "ui/test_habits.py"
KEYS = {
    "Send; new line": (
        "ui/test_composer.py::test_return_sends_and_empties_the_field",
        "ui/test_composer.py::test_shift_return_is_a_new_line",
        "ui/test_keys.py::test_enter_and_control_enter_can_be_swapped",
    ),
    "Stop": (
        "ui/test_chat_pane.py::test_escape_stops_and_keeps_what_is_written",
        "ui/test_chat_pane.py::test_escape_stops_from_the_list_too",
    ),
    "New conversation": (f"{HERE}::test_new_conversation",),
    "New folder": (f"{HERE}::test_new_folder",),
    "Search all conversations; find in this one": (
        "ui/palette/test_palettes.py::test_a_word_of_an_answer_leads_to_it",
        f"{HERE}::test_find_in_the_conversation",
    ),
    "Choose a model": (
        "ui/test_main_window.py::test_another_model_during_an_answer_is_for_the_next_question",
    ),
    "Settings": ("ui/test_keys.py::test_the_settings_open",),
    "Show or hide the conversations": (f"{HERE}::test_the_sidebar_goes_and_comes",),
    "Keyboard shortcuts": ("ui/test_keys.py::test_the_sheet_tells_all_keys",),
    "Write a message": ("ui/test_main_window.py::test_shift_escape_leads_to_the_composer",),
    "Copy the last answer; its last code block": ("ui/test_keys.py::test_copying",),
    "Try again": ("ui/test_chat_pane.py::test_the_answer_fails_and_is_tried_again",),
    "Continue": ("ui/test_chat_pane.py::test_alt_return_continues_a_stopped_answer",),
    "Previous, next version of the answer": (f"{HERE}::test_versions_of_the_answer",),
    "Bring back the last question": (
        "ui/test_chat_pane.py::test_up_recalls_the_questions_of_this_conversation",
        "ui/test_composer.py::test_up_never_replaces_what_was_written",
    ),
    "Rename the conversation": ("ui/test_top_bar.py::test_a_title_is_given",),
    "Move the conversation to the Trash": (
        f"{HERE}::test_the_trash_and_the_way_back",
        "ui/test_sidebar.py::test_only_the_long_shortcut_deletes",
    ),
    "New temporary conversation": ("ui/test_keys.py::test_a_temporary_conversation_says_so",),
    "Larger, smaller, normal text": ("ui/test_keys.py::test_text_gets_larger_and_smaller",),
    "Sections": ("ui/test_keys.py::test_sections",),
    "Theme, language, engine, hardware": (f"{HERE}::test_what_the_palette_has_instead_of_keys",),
    "Two conversations side by side": (f"{HERE}::test_keys_that_are_kept_free",),
    "Quick ask": (
        f"{HERE}::test_quick_ask_is_off_by_itself",
        "ui/test_global_key.py::test_a_key_that_is_pressed_anywhere",
    ),
    "All commands": ("ui/palette/test_palettes.py::test_typing_and_return_run_the_best",),
    "By what is typed": ("ui/assistants/test_in_window.py::test_both_are_found_in_the_palette",),
}
BEHAVIOURS = {
    "Scrolling while an answer is written": (
        "ui/transcript/test_view.py::test_follows_the_end_while_the_reader_is_there",
        "ui/transcript/test_view.py::test_a_reader_who_scrolled_up_is_left_alone",
        "ui/transcript/test_view.py::test_nothing_moves_when_the_answer_ends",
        "ui/transcript/test_view.py::test_the_pill_counts_and_leads_back",
        "ui/test_chat_pane.py::test_the_question_is_pinned_when_the_settings_say_so",
    ),
    "Titles": (
        f"{HERE}::test_a_title_at_once_and_one_of_ones_own_stays",
        "chat/test_titles.py::test_title",
    ),
    "On a message": (
        "ui/test_message_actions.py::test_menu_of_the_last_answer_has_everything",
        "ui/transcript/test_view.py::test_what_can_be_done_with_an_answer",
        "ui/transcript/test_view.py::test_nothing_can_be_started_while_an_answer_is_written",
    ),
    "Thinking": ("ui/transcript/test_view.py::test_thinking_is_timed_and_folded",),
    "Waiting": (
        "ui/transcript/test_view.py::test_waiting_loading_reading_writing",
        "ui/test_conversation_panel.py::test_an_answer_in_the_background",
        "ui/test_main_window.py::test_quitting_during_an_answer_asks",
    ),
    "Long pastes": (
        "ui/test_attachments.py::test_a_long_paste_becomes_a_chip",
        "ui/test_attachments.py::test_a_long_paste_can_be_kept_inline",
        "ui/test_attachments.py::test_the_settings_decide",
    ),
    "Tokens before sending; a failed answer": (
        "ui/test_typed_messages.py::test_the_model_counts_what_is_typed_and_attached",
        "ui/test_chat_pane.py::test_the_answer_fails_and_is_tried_again",
    ),
    "Choosing a model": (
        "ui/test_main_window.py::test_a_conversation_remembers_its_model",
        "ui/assistants/test_in_window.py::test_a_conversation_gets_another_assistant",
        "ui/test_models_in_window.py::test_how_fast_an_answer_came_is_shown_with_its_model",
    ),
    "Simple by default": (
        "ui/parameters/test_in_window.py::test_the_key_opens_and_closes_it",
        "ui/test_models_in_window.py::test_downloads_are_seen_from_anywhere",
    ),
    "First run": (
        "ui/test_main_window.py::test_the_first_message_just_works",
        f"{HERE}::test_the_welcome_leads_to_models",
        "test_offline.py::test_the_switch_holds_in_all_processes",
    ),
    "Where files lie": (
        "ui/settings/test_settings_window.py::test_sizes_are_shown_and_cleared",
        "hub/test_sources.py::test_our_layout_and_lm_studios",
    ),
    "The close button": (
        "ui/test_around.py::test_without_a_tray_the_window_closes_for_good",
        "ui/test_main_window.py::test_quitting_during_an_answer_asks",
    ),
    "Screen readers": (
        "ui/test_at_spi.py::test_everything_that_can_be_pressed_has_a_name",
        "ui/test_at_spi.py::test_a_streamed_answer_is_announced_and_not_word_by_word",
        "ui/test_tab_order.py::test_the_keyboard_reaches_everything",
    ),
}


def rows_below(heading: str) -> list[str]:
    """The first column of the table in README whose head begins with this."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    table = text.partition(f"\n| {heading} |")[2].partition("\n\n")[0]
    rows = [line.split("|")[1].strip() for line in table.splitlines()[2:]]
    assert rows
    return rows


@pytest.mark.parametrize(("heading", "proofs"), [("what | keys", KEYS), ("behaviour", BEHAVIOURS)])
def test_every_row_of_the_readme_is_proved(
    heading: str, proofs: dict[str, tuple[str, ...]]
) -> None:
    assert rows_below(heading) == list(proofs)
    for named in proofs.values():
        for name in named:
            file, _, function = name.partition("::")
            source = (ROOT / "tests" / file).read_text(encoding="utf-8")
            assert re.search(rf"^def {function}\(", source, re.MULTILINE), name


@pytest.mark.parametrize("key", [(Qt.Key.Key_N, CONTROL), (Qt.Key.Key_O, CONTROL | SHIFT)])
def test_new_conversation(window: Window, key: tuple[Qt.Key, Qt.KeyboardModifier]) -> None:
    window.ask("one")
    window.key(*key)
    assert window.is_welcoming
    assert QApplication.focusWidget() is window.composer.focusProxy()


def test_new_folder(window: Window) -> None:
    window.key(Qt.Key.Key_N, CONTROL | SHIFT)
    window.wait(lambda: window.sidebar.view.is_renaming)
    window.type("Letters")
    window.key(Qt.Key.Key_Return)
    window.wait(lambda: [folder.name for folder in window.list.folders] == ["Letters"])


def test_find_in_the_conversation(window: Window) -> None:
    window.ask("Ships and harbours")
    window.key(Qt.Key.Key_F, CONTROL)
    assert window.pane.find_bar.isVisible()
    window.type("harbour")
    window.wait(lambda: "1 of 1" in window.pane.find_bar.count_text)


def test_the_sidebar_goes_and_comes(window: Window) -> None:
    window.main.resize(1300, 800)
    window.key(Qt.Key.Key_B, CONTROL)
    assert not window.sidebar.isVisible()
    window.key(Qt.Key.Key_B, CONTROL)
    assert window.sidebar.isVisible()


def test_versions_of_the_answer(window: Window) -> None:
    window.workers.script_answer("First.")
    window.ask("Well?")
    window.workers.script_answer("Second.")
    window.key(Qt.Key.Key_R, CONTROL)
    window.wait(lambda: window.texts[-1] == "Second." and not window.composer.is_running)
    window.settle()
    assert not window.actions.next_version.isEnabled()
    window.key(Qt.Key.Key_Left, ALT)
    window.wait(lambda: window.texts[-1] == "First.")
    window.wait(window.actions.next_version.isEnabled)
    assert not window.actions.previous_version.isEnabled()
    window.key(Qt.Key.Key_Right, ALT)
    window.wait(lambda: window.texts[-1] == "Second.")


def test_the_trash_and_the_way_back(window: Window) -> None:
    conversation = window.ask("one")
    window.key(Qt.Key.Key_Backspace, CONTROL | SHIFT)
    window.wait(lambda: window.toast == "Moved to Trash")
    assert window.is_welcoming
    assert window.main.toast.button.text() == "Undo"
    window.click(window.main.toast.button)
    window.wait(lambda: window.shown_id == conversation.id)


def test_what_the_palette_has_instead_of_keys(window: Window) -> None:
    window.ask("one")
    window.key(Qt.Key.Key_P, CONTROL | SHIFT)
    palette = window.main.palettes.commands
    made = window.desktop.settings.pages.window
    window.wait(lambda: {"threads", "language"} & {row.key for row in made.found()})
    for typed, name in (
        ("dark", "Dark"),
        ("简体", "简体中文"),
        ("how loaded", "How the model is loaded"),
        ("engine", "Engine"),
    ):
        palette.field.setText(typed)
        assert name in [entry.title for entry in palette.entries()], typed
    window.key(Qt.Key.Key_Escape)


def test_keys_that_are_kept_free(window: Window) -> None:
    kept = ("Ctrl+\\", *(f"Ctrl+{number}" for number in range(4, 10)))
    taken = [str(keys.toString()) for action in window.actions.all() for keys in action.shortcuts()]
    assert not set(kept) & set(taken)


def test_quick_ask_is_off_by_itself(window: Window) -> None:
    assert Settings().quick_ask_keys == ""
    assert not Settings().tray
    assert window.actions.quick_ask.shortcuts() == []
    window.actions.quick_ask.trigger()
    assert window.desktop.around.quick_ask.isVisible()
    window.desktop.around.quick_ask.close()


def test_a_title_at_once_and_one_of_ones_own_stays(open_window: OpenWindow) -> None:
    window = open_window()
    window.start()
    window.ask("# How do ships float?\nExplain it.")
    assert window.title == "How do ships float?"
    window.key(Qt.Key.Key_F2)
    window.type("Ships")
    window.key(Qt.Key.Key_Return)
    window.wait(lambda: window.title == "Ships")
    window.ask("And submarines?")
    assert window.title == "Ships"
    window.settle()
    assert window.listed == ["Ships"]


def test_the_welcome_leads_to_models(window: Window) -> None:
    for words, tab in (("See models", Tab.DISCOVER), ("I have models", Tab.LIBRARY)):
        window.click(window.button(words))
        assert window.main.models_page.isVisible()
        assert window.main.models_page.tab is tab
        window.key(Qt.Key.Key_Escape)
        assert window.is_welcoming
