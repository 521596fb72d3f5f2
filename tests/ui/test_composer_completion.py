"""@ and / where a message is written."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from chatapp.chat.assistants import Assistants
from chatapp.chat.prompts import Prompts
from chatapp.domain.assistant import Assistant
from chatapp.domain.prompt import PromptTemplate
from chatapp.paths import Paths
from chatapp.ui.assistants.prompt_form import PromptForm
from chatapp.ui.composer import Composer
from chatapp.ui.composer_completion import ComposerCompletion
from chatapp.ui.prompt_input import PromptInput
from chatapp.ui.theme import Appearance
from chatapp.ui.widgets.bounded_area import BoundedArea

PLAIN = PromptTemplate("plain", "Greeting", "Good morning")


@pytest.fixture
def completion(
    appearance: Appearance, composer: Composer, paths: Paths, qtbot: QtBot
) -> ComposerCompletion:
    shipped = paths.resources
    assistants = Assistants(paths.data / "assistants", shipped / "assistants", lambda: "en")
    prompts = Prompts(paths.data / "prompts", shipped / "prompts", lambda: "en")
    prompts.save(PLAIN)
    assistants.list()
    return ComposerCompletion(appearance, composer, assistants.list, prompts.list, composer)


def names(completion: ComposerCompletion, qtbot: QtBot) -> list[str]:
    """What is offered when all has been looked at."""
    QApplication.processEvents()
    shown = completion.suggestions
    return [] if shown is None else shown.names


def form_of(composer: Composer) -> PromptForm:
    (form,) = composer.window().findChildren(PromptForm)
    return form


def test_at_offers_the_assistants_that_match(
    completion: ComposerCompletion, field: PromptInput, qtbot: QtBot
) -> None:
    qtbot.keyClicks(field, "@")
    assert len(names(completion, qtbot)) == 8
    qtbot.keyClicks(field, "tr")
    assert names(completion, qtbot) == ["Translator"]
    qtbot.keyClicks(field, "x")
    assert names(completion, qtbot) == []
    qtbot.keyClick(field, Qt.Key.Key_Backspace)
    assert names(completion, qtbot) == ["Translator"]


def test_beginnings_come_before_what_is_inside(
    completion: ComposerCompletion, field: PromptInput, qtbot: QtBot
) -> None:
    qtbot.keyClicks(field, "@s")
    assert names(completion, qtbot)[:2] == ["Summariser", "Customer service"]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab])
def test_a_key_chooses_and_takes_what_was_typed(
    completion: ComposerCompletion,
    composer: Composer,
    field: PromptInput,
    qtbot: QtBot,
    key: Qt.Key,
) -> None:
    sent = QSignalSpy(composer.send_requested)
    qtbot.keyClicks(field, "Hello @tut")
    names(completion, qtbot)
    with qtbot.waitSignal(completion.assistant_chosen) as signal:
        qtbot.keyClick(field, key)
    assert isinstance(signal.args[0], Assistant)
    assert signal.args[0].id == "tutor"
    assert composer.text() == "Hello "
    assert names(completion, qtbot) == []
    assert field.hasFocus()
    assert sent.count() == 0
    field.undo()
    assert composer.text() == "Hello @tut"


def test_up_and_down_go_round(
    completion: ComposerCompletion, field: PromptInput, qtbot: QtBot
) -> None:
    qtbot.keyClicks(field, "@")
    names(completion, qtbot)
    qtbot.keyClick(field, Qt.Key.Key_Up)
    with qtbot.waitSignal(completion.assistant_chosen) as signal:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert signal.args[0].id == "analyst"
    qtbot.keyClicks(field, "@")
    names(completion, qtbot)
    qtbot.keyClick(field, Qt.Key.Key_Down)
    with qtbot.waitSignal(completion.assistant_chosen) as signal:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert signal.args[0].id == "writer"


def test_escape_leaves_the_sign_alone(
    completion: ComposerCompletion, composer: Composer, field: PromptInput, qtbot: QtBot
) -> None:
    qtbot.keyClicks(field, "@")
    assert names(completion, qtbot)
    override = QKeyEvent(
        QEvent.Type.ShortcutOverride, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier
    )
    override.ignore()
    QApplication.sendEvent(field, override)
    assert override.isAccepted()  # or the window's own Escape would stop an answer
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert names(completion, qtbot) == []
    qtbot.keyClicks(field, "wri")
    assert names(completion, qtbot) == []
    with qtbot.waitSignal(composer.send_requested) as signal:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert signal.args == ["@wri", ()]
    assert names(completion, qtbot) == []
    qtbot.keyClicks(field, "@wri")
    assert names(completion, qtbot) == ["Writer"]


@pytest.mark.parametrize(
    "text", ["me@wri", "a.b@wri", "5/tr", "a /tr", "/usr/tr", "@ wri", "@@wri", "@wri ", "//"]
)
def test_addresses_paths_and_sums_open_nothing(
    completion: ComposerCompletion, field: PromptInput, qtbot: QtBot, text: str
) -> None:
    qtbot.keyClicks(field, text)
    assert names(completion, qtbot) == []


@pytest.mark.parametrize("sign", ["@", "＠", "请@"])
def test_signs_of_chinese_keyboards(
    completion: ComposerCompletion, field: PromptInput, qtbot: QtBot, sign: str
) -> None:
    event = QInputMethodEvent("", [])
    event.setCommitString(f"{sign}tutor")
    QApplication.sendEvent(field, event)
    assert names(completion, qtbot) == ["Tutor"]


@pytest.mark.parametrize("sign", ["/", "／", "、", "  /", "Hello\n/"])
def test_a_stroke_at_the_beginning_of_a_line_offers_prompts(
    completion: ComposerCompletion,
    composer: Composer,
    field: PromptInput,
    qtbot: QtBot,
    sign: str,
) -> None:
    composer.set_text(f"{sign}gre")
    assert names(completion, qtbot) == ["Greeting"]
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert composer.text() == sign[:-1] + "Good morning"


def test_emoji_before_it_do_not_shift_what_is_replaced(
    completion: ComposerCompletion, composer: Composer, field: PromptInput, qtbot: QtBot
) -> None:
    composer.set_text("😀😀 @tutor")
    assert names(completion, qtbot) == ["Tutor"]
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert composer.text() == "😀😀 "


def test_variables_are_asked_for(
    completion: ComposerCompletion, composer: Composer, field: PromptInput, qtbot: QtBot
) -> None:
    composer.set_text("/translate")
    assert names(completion, qtbot) == ["Translate"]
    qtbot.keyClick(field, Qt.Key.Key_Return)
    form = form_of(composer)
    assert list(form.fields) == ["language", "text"]
    assert [one.field.accessibleName() for one in form.fields.values()] == ["language", "text"]
    qtbot.waitUntil(form.fields["language"].field.hasFocus)
    qtbot.keyClicks(form.fields["language"].field, "French")
    text, area = form.fields["text"], form.findChild(BoundedArea)
    rest = area.height() - text.field.height()
    text.set_text("One\nTwo")
    assert area.height() - text.field.height() == rest  # the last line is seen at once
    qtbot.keyClick(
        form.fields["text"].field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier
    )
    assert composer.text() == (
        "Translate the following text into French. Write only the translation.\n\nOne\nTwo"
    )


def test_what_is_left_empty_stays_to_be_seen(
    completion: ComposerCompletion, composer: Composer, field: PromptInput, qtbot: QtBot
) -> None:
    completion.insert(PromptTemplate("", "x", "{{a}} {{b}}"))
    form = form_of(composer)
    form.fields["b"].set_text("second")
    form.insert.click()
    assert composer.text() == "{{a}} second"


def test_a_form_that_is_cancelled_changes_nothing(
    completion: ComposerCompletion, composer: Composer, field: PromptInput, qtbot: QtBot
) -> None:
    composer.set_text("/translate")
    names(completion, qtbot)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    form_of(composer).reject()
    assert composer.text() == "/translate"
    assert names(completion, qtbot) == []


def test_buttons_offer_everything_and_the_way_to_change_it(
    completion: ComposerCompletion, composer: Composer, field: PromptInput, qtbot: QtBot
) -> None:
    composer.set_text("Good ")
    completion.open_prompts()
    assert names(completion, qtbot)[-2:] == ["Greeting", "Edit prompts…"]
    qtbot.keyClick(field, Qt.Key.Key_Up)
    with qtbot.waitSignal(completion.editing_requested) as signal:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert signal.args == [False]
    completion.open_assistants()
    assert names(completion, qtbot)[-1] == "Edit assistants…"
    qtbot.keyClicks(field, "x")
    assert names(completion, qtbot) == []
    assert composer.text() == "Good x"


def test_the_list_goes_when_the_keyboard_does(
    completion: ComposerCompletion, field: PromptInput, qtbot: QtBot
) -> None:
    qtbot.keyClicks(field, "@")
    assert names(completion, qtbot)
    field.clearFocus()
    assert completion.suggestions is None


def test_a_click_chooses(completion: ComposerCompletion, field: PromptInput, qtbot: QtBot) -> None:
    qtbot.keyClicks(field, "@")
    names(completion, qtbot)
    shown = completion.suggestions
    assert shown is not None
    rows = shown._list
    place = rows.visualItemRect(rows.item(2)).center()
    with qtbot.waitSignal(completion.assistant_chosen) as signal:
        qtbot.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert signal.args[0].id == "translator"
    assert field.hasFocus()
