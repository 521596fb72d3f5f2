"""The page where assistants and prompts are changed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from chatapp.chat.assistants import Assistants
from chatapp.chat.prompts import Prompts
from chatapp.domain.assistant import Assistant
from chatapp.domain.generation import ParameterChoice
from chatapp.domain.model import ModelFile
from chatapp.jobs import Jobs
from chatapp.paths import Paths
from chatapp.ui.assistants.assistant_editor import AssistantEditor
from chatapp.ui.assistants.page import AssistantsPage
from chatapp.ui.assistants.prompt_editor import PromptEditor
from chatapp.ui.theme import Appearance

MODELS = [ModelFile("/m/alpha.gguf", "alpha"), ModelFile("/m/beta.gguf", "beta")]


@pytest.fixture
def assistants(paths: Paths) -> Assistants:
    return Assistants(paths.data / "assistants", paths.resources / "assistants", lambda: "en")


@pytest.fixture
def page(
    appearance: Appearance, jobs: Jobs, paths: Paths, assistants: Assistants, qtbot: QtBot
) -> AssistantsPage:
    prompts = Prompts(paths.data / "prompts", paths.resources / "prompts", lambda: "en")
    page = AssistantsPage(
        appearance=appearance,
        jobs=jobs,
        assistants=assistants,
        prompts=prompts,
        models=lambda: MODELS,
    )
    qtbot.addWidget(page)
    page.resize(1100, 800)
    page.show()
    qtbot.waitUntil(lambda: page.assistants.list.count() == 8)
    return page


@pytest.fixture
def editor(page: AssistantsPage) -> AssistantEditor:
    (editor,) = page.findChildren(AssistantEditor)
    return editor


def names(page: AssistantsPage) -> list[str]:
    rows = page.assistants.list
    return [rows.item(row).text() for row in range(rows.count())]


def go_to(page: AssistantsPage, entry_id: str) -> None:
    page.assistants.show_entry(entry_id)


def test_the_first_is_shown_with_all_of_it(page: AssistantsPage, editor: AssistantEditor) -> None:
    assert names(page)[:3] == ["General", "Writer", "Translator"]
    go_to(page, "translator")
    assert editor.name.text() == "Translator"
    assert editor.icon.icon == "translate"
    assert editor.system_prompt.text().startswith("You are a translator.")
    assert editor.starters.text().splitlines()[0] == "Translate into German:"
    assert editor.form.choice.temperature == 0.2
    assert editor.model.currentText() == "Whatever is loaded"


def test_what_is_shown_comes_back_as_it_was(
    page: AssistantsPage, editor: AssistantEditor, assistants: Assistants
) -> None:
    for one in assistants.list():
        go_to(page, one.id)
        assert editor.entry == one


def test_a_change_is_kept_by_itself(
    page: AssistantsPage, editor: AssistantEditor, assistants: Assistants, qtbot: QtBot
) -> None:
    go_to(page, "writer")
    assert not page.assistants.reset.isEnabled()
    editor.name.selectAll()
    qtbot.keyClicks(editor.name, "Poet")
    qtbot.waitUntil(lambda: "Poet" in names(page))
    kept = assistants.find("writer")
    assert kept is not None
    assert kept.name == "Poet"
    assert page.assistants.reset.isEnabled()
    assert page.assistants.delete.isHidden()
    qtbot.mouseClick(page.assistants.reset, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: editor.name.text() == "Writer")


def test_a_change_is_kept_when_another_is_shown(
    page: AssistantsPage, editor: AssistantEditor, assistants: Assistants, qtbot: QtBot
) -> None:
    go_to(page, "writer")
    editor.system_prompt.field.appendPlainText("8. Rhyme.")
    go_to(page, "tutor")
    assert editor.name.text() == "Tutor"

    def kept() -> bool:
        writer = assistants.find("writer")
        return writer is not None and writer.system_prompt.endswith("8. Rhyme.")

    qtbot.waitUntil(kept)
    assert editor.name.text() == "Tutor"


def test_model_icon_and_starters_are_kept(
    page: AssistantsPage, editor: AssistantEditor, assistants: Assistants, qtbot: QtBot
) -> None:
    go_to(page, "tutor")
    editor.model.set_value("beta")
    editor.icon.set_icon("globe")
    editor.starters.set_text("One\n\n  \nTwo:")
    page.assistants.flush()
    qtbot.waitUntil(lambda: assistants.is_changed("tutor"))
    kept = assistants.find("tutor")
    assert kept is not None
    assert (kept.model, kept.icon, kept.starters) == ("beta", "globe", ("One", "Two:"))


def test_a_model_that_is_not_here_is_not_forgotten(
    page: AssistantsPage, editor: AssistantEditor
) -> None:
    elsewhere = Assistant("", "x", model="gamma", parameters=ParameterChoice(top_k=5))
    editor.show_entry(elsewhere)
    assert editor.model.currentText() == "gamma, not here now"
    assert editor.entry == elsewhere


def test_without_a_name_nothing_is_kept_and_it_says_so(
    page: AssistantsPage, editor: AssistantEditor, assistants: Assistants
) -> None:
    go_to(page, "tutor")
    editor.name.selectAll()
    editor.name.del_()
    editor.changed.emit()
    assert page.assistants._note.text() == "It needs a name."
    assert not page.assistants._note.isHidden()
    page.assistants.flush()
    go_to(page, "writer")
    assert page.assistants._note.isHidden()
    assert not assistants.is_changed("tutor")


def test_new_duplicate_delete_and_back(
    page: AssistantsPage, editor: AssistantEditor, assistants: Assistants, qtbot: QtBot
) -> None:
    tab = page.assistants
    qtbot.mouseClick(tab.new, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: names(page)[-1] == "New")
    assert editor.name.text() == "New"
    qtbot.mouseClick(tab.duplicate, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: editor.name.text() == "New 2")
    with qtbot.waitSignal(page.undoable) as signal:
        qtbot.mouseClick(tab.delete, Qt.MouseButton.LeftButton)
    words, bring_back = signal.args
    assert words == "“New 2” was deleted."
    assert names(page)[-1] == "New"
    bring_back()
    qtbot.waitUntil(lambda: names(page)[-1] == "New 2")


def test_several_are_deleted_exported_and_brought_back(
    page: AssistantsPage, assistants: Assistants, tmp_path: Path, qtbot: QtBot
) -> None:
    tab = page.assistants
    for name in ("One", "Two"):
        assistants.save(Assistant("", name))
    tab.load()
    qtbot.waitUntil(lambda: names(page)[-2:] == ["One", "Two"])
    tab.list.selectAll()
    assert not tab.use.isEnabled()
    assert not tab.duplicate.isEnabled()
    tab.export_file(tmp_path / "all.json")
    with qtbot.waitSignal(page.undoable) as signal:
        qtbot.mouseClick(tab.delete, Qt.MouseButton.LeftButton)
    words, bring_back = signal.args
    assert words == "2 were deleted."
    assert len(names(page)) == 8  # those that came along stay
    bring_back()
    qtbot.waitUntil(lambda: len(names(page)) == 10)
    assert len(json.loads((tmp_path / "all.json").read_text(encoding="utf-8"))["entries"]) == 10


def test_a_reset_can_be_taken_back(
    page: AssistantsPage, editor: AssistantEditor, assistants: Assistants, qtbot: QtBot
) -> None:
    go_to(page, "tutor")
    editor.system_prompt.set_text("Be strict.")  # not kept yet
    with qtbot.waitSignal(page.undoable) as signal:
        page.assistants.reset.click()
        assert not assistants.is_changed("tutor")  # there was nothing to take back
        page.assistants.flush()
        qtbot.waitUntil(page.assistants.reset.isEnabled)
        qtbot.mouseClick(page.assistants.reset, Qt.MouseButton.LeftButton)
    words, bring_back = signal.args
    assert words == "“Tutor” was reset."
    assert editor.system_prompt.text().startswith("You are a patient tutor.")
    bring_back()
    qtbot.waitUntil(lambda: editor.system_prompt.text() == "Be strict.")


def test_export_and_import(
    page: AssistantsPage, editor: AssistantEditor, tmp_path: Path, qtbot: QtBot
) -> None:
    file = tmp_path / "analyst.json"
    go_to(page, "analyst")
    page.assistants.export_file(file)
    qtbot.waitUntil(file.exists)
    assert json.loads(file.read_text(encoding="utf-8"))["entries"][0]["name"] == "Analyst"
    page.assistants.import_file(file)
    qtbot.waitUntil(lambda: editor.name.text() == "Analyst 2")
    file.write_text("no", encoding="utf-8")
    page.assistants.import_file(file)
    qtbot.waitUntil(lambda: not page.assistants._note.isHidden())
    assert str(file) in page.assistants._note.text()
    assert len(names(page)) == 9


def test_use_gives_what_is_in_the_fields(
    page: AssistantsPage, editor: AssistantEditor, assistants: Assistants, qtbot: QtBot
) -> None:
    go_to(page, "tutor")
    editor.name.selectAll()
    qtbot.keyClicks(editor.name, "Teacher")
    with qtbot.waitSignal(page.assistant_requested) as signal:
        qtbot.mouseClick(page.assistants.use, Qt.MouseButton.LeftButton)
    assert signal.args[0].name == "Teacher"
    qtbot.waitUntil(lambda: assistants.is_changed("tutor"))


def test_prompts_name_their_variables(page: AssistantsPage, qtbot: QtBot) -> None:
    page.show_tab(of_assistants=False)
    qtbot.waitUntil(lambda: page.prompts.list.count() >= 10)
    (editor,) = page.findChildren(PromptEditor)
    page.prompts.show_entry("translate")
    assert editor.variables.text() == "Asked for when it is inserted: language, text"
    editor.text.set_text("Good morning")
    assert editor.variables.text() == "It is inserted as it is."
    shown = editor.entry
    assert shown is not None
    assert replace(shown, text="").name == "Translate"


@pytest.mark.parametrize("width", [480, 1100])
def test_nothing_is_cut_and_everything_has_a_name(
    page: AssistantsPage, qtbot: QtBot, width: int
) -> None:
    page.resize(width, 700)
    for tab in (page.assistants, page.prompts):
        page.show_tab(of_assistants=tab is page.assistants)
        for button in tab.findChildren(QAbstractButton):
            if button.isVisible():
                assert button.accessibleName() or button.text() or button.toolTip()
        for kind in (QLineEdit, QPlainTextEdit):
            for field in tab.findChildren(kind):
                if field.isVisible():
                    assert field.accessibleName(), field
        for button in (tab.new, tab.use, tab.duplicate, tab.export, tab.bring_in):
            assert _is_inside(button, page)


def _is_inside(widget: QWidget, page: QWidget) -> bool:
    corner = widget.mapTo(page, widget.rect().topLeft())
    end = widget.mapTo(page, widget.rect().bottomRight())
    return page.rect().contains(corner) and page.rect().contains(end)
