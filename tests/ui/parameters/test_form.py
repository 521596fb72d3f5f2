"""The form: what is chosen, what it comes to by itself, and what can't be used."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, QLocale, QPoint, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from chatapp.domain.generation import (
    NO_CHOICE,
    GenerationParameters,
    ParameterChoice,
    SamplerStep,
)
from chatapp.jobs import Jobs
from chatapp.ui.parameters.form import ParameterForm
from chatapp.ui.parameters.text_list import spell, unspell
from chatapp.ui.parameters.words import length_sentence
from chatapp.ui.theme import Appearance
from chatapp.ui.widgets.field_row import FieldRow
from chatapp.ui.widgets.icon_button import IconButton

ROWS = len(fields(ParameterChoice)) - 3  # see the first test
AUTOMATIC = GenerationParameters(temperature=0.8, max_tokens=1024, top_p=0.9)


@pytest.fixture
def form(appearance: Appearance, jobs: Jobs, qtbot: QtBot) -> ParameterForm:
    QLocale.setDefault(QLocale("en_US"))
    form = ParameterForm(appearance, jobs)
    qtbot.addWidget(form)
    form.set_automatic(AUTOMATIC)
    form.resize(320, form.sizeHint().height())
    form.show()
    form.activateWindow()
    qtbot.waitUntil(form.isActiveWindow)
    return form


@pytest.fixture
def advanced(form: ParameterForm, qtbot: QtBot) -> ParameterForm:
    form.fold.click()
    qtbot.waitUntil(lambda: len(form.advanced.findChildren(FieldRow)) == ROWS)
    return form


def chosen(form: ParameterForm) -> list[ParameterChoice]:
    found: list[ParameterChoice] = []
    form.changed.connect(found.append)
    return found


def write(qtbot: QtBot, field: QWidget, words: str) -> None:
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(field, words)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_there_is_a_row_for_every_parameter(form: ParameterForm) -> None:
    shown = set(form.advanced.rows) | {"max_tokens"}  # that one has its slider
    # Nothing shows probabilities of tokens.
    assert {field.name for field in fields(ParameterChoice)} - shown == {"logprobs", "preset"}


def test_it_is_simple_at_first(form: ParameterForm, qtbot: QtBot) -> None:
    assert form.creativity.isVisible()
    assert form.length.isVisible()
    assert form.advanced.findChildren(FieldRow) == []  # they would take long to make
    assert not form.reset.isEnabled()
    form.set_choice(ParameterChoice(top_k=5))
    form.set_thinking(is_known=True, has_efforts=False)
    form.fold.click()
    assert form.advanced.findChildren(FieldRow)[0].isVisible()
    assert form.advanced.controls["top_k"].text() == "5"
    assert form.advanced.rows["thinking"].isVisible()
    assert not form.advanced.rows["reasoning_effort"].isVisible()


def test_the_keyboard_goes_from_the_top_to_the_bottom(
    advanced: ParameterForm, qtbot: QtBot
) -> None:
    below = QLineEdit(advanced)  # made before the stop sequences below
    advanced.layout().addWidget(below)
    below.show()
    advanced.set_choice(ParameterChoice(top_k=3, stop=("a", "b"), temperature=0.5))
    advanced.activateWindow()
    advanced.creativity.reset.setFocus()
    places = []
    for _ in range(300):
        focused = QApplication.focusWidget()
        assert focused is not None
        if focused is below:
            break
        place = focused.mapTo(advanced, focused.rect().center())
        places.append((focused.accessibleName(), place.y()))
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    assert len(places) > 60
    slack = 16  # what stands side by side has its middle at different heights
    assert [pair for pair in pairwise(places) if pair[1][1] < pair[0][1] - slack] == []


def test_what_holds_by_itself_is_shown(advanced: ParameterForm) -> None:
    assert advanced.creativity.field.placeholderText() == "0.8"
    assert advanced.advanced.controls["temperature"].placeholderText() == "0.80"
    assert advanced.advanced.controls["typical_p"].placeholderText() == "Off"
    assert advanced.advanced.controls["seed"].placeholderText() == "Random"
    assert advanced.advanced.controls["dry_last_n"].placeholderText() == "All"
    assert advanced.advanced.controls["mirostat"].currentText() == "Automatic: Off"
    assert advanced.length.sentence == "At most 1,024 tokens, about 770 words."
    assert advanced.advanced.controls["temperature"].toolTip() == "Automatic: 0.80"


def test_creativity_is_dragged(form: ParameterForm, qtbot: QtBot) -> None:
    choices = chosen(form)
    slider = form.creativity.slider
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() - 2, 5))
    assert choices[-1] == ParameterChoice(temperature=2.0)
    assert form.advanced.controls["temperature"].text() == "2.00"
    assert form.creativity.field.text() == "2.0"
    qtbot.keyClick(slider, Qt.Key.Key_Left)
    assert choices[-1].temperature == 1.9


def test_the_longest_length_is_no_limit(form: ParameterForm, qtbot: QtBot) -> None:
    choices = chosen(form)
    qtbot.keyClick(form.length.slider, Qt.Key.Key_End)
    assert choices[-1].max_tokens == 0
    assert form.length.field.text() == "No limit"
    assert form.length.sentence == length_sentence(0)
    qtbot.keyClick(form.length.slider, Qt.Key.Key_Left)
    assert choices[-1].max_tokens == 16_384
    write(qtbot, form.length.field, "no limit")
    assert choices[-1].max_tokens == 0
    write(qtbot, form.length.field, "300")
    assert choices[-1].max_tokens == 300


def test_numbers_are_typed(advanced: ParameterForm, qtbot: QtBot) -> None:
    choices = chosen(advanced)
    field = advanced.advanced.controls["top_p"]
    write(qtbot, field, "0.755")
    assert choices[-1] == ParameterChoice(top_p=0.755)
    assert field.text() == "0.755"
    write(qtbot, field, "7")
    assert choices[-1].top_p == 1.0
    assert field.text() == "Off"
    write(qtbot, field, "many")
    assert choices[-1].top_p == 1.0
    assert field.text() == "Off"
    qtbot.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(field, Qt.Key.Key_Delete)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert choices[-1] == NO_CHOICE


def test_numbers_are_typed_as_people_write_them(advanced: ParameterForm, qtbot: QtBot) -> None:
    QLocale.setDefault(QLocale("de_DE"))
    choices, field = chosen(advanced), advanced.advanced.controls["min_p"]
    write(qtbot, field, "0,25")
    assert choices[-1].min_p == 0.25
    assert field.text() == "0,25"


def test_the_sentence_tells_what_the_value_does(advanced: ParameterForm) -> None:
    advanced.set_choice(ParameterChoice(min_p=0.1))
    assert advanced.advanced.controls["min_p"].accessibleDescription() == (
        "Drops words below 10% of the likeliest one."
    )
    assert advanced.advanced.controls["top_p"].accessibleDescription() == (
        "Keeps the likeliest words that add up to 90%."
    )


def test_every_row_has_a_way_back(advanced: ParameterForm, qtbot: QtBot) -> None:
    choices = chosen(advanced)
    advanced.set_choice(ParameterChoice(top_k=5, samplers=(SamplerStep.TOP_K,), stop=("a",)))
    for name in ("top_k", "samplers", "stop"):
        button = advanced.advanced.rows[name].reset
        assert button.isVisible()
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert getattr(choices[-1], name) is None
        assert not button.isVisible()
        focused = QApplication.focusWidget()
        assert focused is not None
        assert advanced.advanced.rows[name].isAncestorOf(focused)
    assert choices[-1] == NO_CHOICE


def test_all_of_it_goes_back(form: ParameterForm, qtbot: QtBot) -> None:
    form.set_choice(ParameterChoice(top_k=5, seed=4, keep_seed=True, preset="precise"))
    choices = chosen(form)
    qtbot.mouseClick(form.reset, Qt.MouseButton.LeftButton)
    assert choices == [NO_CHOICE]
    assert not form.reset.isEnabled()


def test_a_seed_that_is_typed_is_kept(advanced: ParameterForm, qtbot: QtBot) -> None:
    choices = chosen(advanced)
    write(qtbot, advanced.advanced.controls["seed"], "42")
    assert choices[-1] == ParameterChoice(seed=42, keep_seed=True)
    assert advanced.advanced.controls["keep_seed"].isChecked()
    advanced.advanced.controls["keep_seed"].click()
    assert choices[-1] == NO_CHOICE


def test_the_last_seed_can_be_kept(advanced: ParameterForm) -> None:
    choices = chosen(advanced)
    advanced.set_last_seed(1234)
    assert "1,234" in advanced.advanced.controls["keep_seed"].accessibleDescription()
    advanced.advanced.controls["keep_seed"].click()
    assert choices[-1] == ParameterChoice(seed=1234, keep_seed=True)
    assert advanced.advanced.controls["seed"].text() == "1,234"


def test_a_seed_that_the_assistant_keeps_is_shown(advanced: ParameterForm) -> None:
    keep, seed = advanced.advanced.controls["keep_seed"], advanced.advanced.controls["seed"]
    advanced.set_automatic(replace(AUTOMATIC, seed=42))
    assert keep.isChecked()
    assert not keep.isEnabled()  # another seed can be typed
    assert seed.placeholderText() == "42"
    advanced.set_automatic(AUTOMATIC)
    assert not keep.isChecked()
    assert keep.isEnabled()


def test_without_an_answer_any_seed_is_kept(advanced: ParameterForm) -> None:
    choices = chosen(advanced)
    advanced.advanced.controls["keep_seed"].click()
    assert choices[-1].keep_seed
    assert choices[-1].seed is not None


def test_stop_sequences_are_a_list(advanced: ParameterForm, qtbot: QtBot) -> None:
    choices, stop = chosen(advanced), advanced.advanced.controls["stop"]
    write(qtbot, stop.field, "END")
    write(qtbot, stop.field, "\\n\\n")
    write(qtbot, stop.field, "END")
    write(qtbot, stop.field, "")
    assert choices[-1].stop == ("END", "\n\n")
    assert [b.accessibleName() for b in stop.removers] == ["Remove END", "Remove \\n\\n"]
    stop.removers[0].setFocus()
    qtbot.keyClick(stop.removers[0], Qt.Key.Key_Return)
    assert choices[-1].stop == ("\n\n",)
    assert stop.removers[0].hasFocus()
    stop.removers[0].click()
    assert choices[-1].stop == ()


@pytest.mark.parametrize("text", ["a\nb", "\\n", "\\", "\t\r\\\\n", "plain"])
def test_texts_are_spelt_in_one_line(text: str) -> None:
    assert "\n" not in spell(text)
    assert unspell(spell(text)) == text


def test_the_order_of_the_steps_is_changed(advanced: ParameterForm, qtbot: QtBot) -> None:
    choices, order = chosen(advanced), advanced.advanced.controls["samplers"]
    last = len(SamplerStep) - 1
    assert order.ups[last].accessibleName() == "Temperature: earlier"
    order.ups[last].setFocus()
    for _ in range(last):
        button = QApplication.focusWidget()
        assert isinstance(button, IconButton)
        qtbot.keyClick(button, Qt.Key.Key_Space)
    expected = (SamplerStep.TEMPERATURE, *tuple(SamplerStep)[:-1])
    assert choices[-1].samplers == expected
    assert order.downs[0].hasFocus()


def test_steps_that_are_left_out_come_last(advanced: ParameterForm) -> None:
    advanced.set_choice(ParameterChoice(samplers=(SamplerStep.XTC,)))
    steps = advanced.advanced.controls["samplers"].steps
    assert steps[0] is SamplerStep.XTC
    assert set(steps) == set(SamplerStep)


def test_tokens_are_biased(advanced: ParameterForm, qtbot: QtBot) -> None:
    choices, biases = chosen(advanced), advanced.advanced.controls["logit_bias"]
    for words in ("42: -5", "7:1.5", "x: 1", "3", "1: 1000"):
        biases.field.clear()
        write(qtbot, biases.field, words)
    assert choices[-1].logit_bias == ((42, -5.0), (7, 1.5))
    assert biases.removers[1].accessibleName() == "Remove 7: 1.5"


def test_a_grammar_is_checked(advanced: ParameterForm, qtbot: QtBot) -> None:
    choices, field, row = (
        chosen(advanced),
        advanced.advanced.controls["grammar"],
        advanced.advanced.rows["grammar"],
    )
    field.setPlainText('start ::= "a"')
    qtbot.waitUntil(lambda: bool(row.note))
    assert row.note == "It can't be used: there is no rule 'root'."
    assert choices[-1].grammar == 'start ::= "a"'  # the words are the person's
    field.setPlainText('root ::= "a"')
    qtbot.waitUntil(lambda: not row.note)
    assert choices[-1].grammar == 'root ::= "a"'


def test_a_json_schema_is_checked(advanced: ParameterForm, qtbot: QtBot) -> None:
    field, row = advanced.advanced.controls["json_schema"], advanced.advanced.rows["json_schema"]
    field.setPlainText('{\n"type": }')
    advanced.finish()
    qtbot.waitUntil(lambda: bool(row.note))
    assert row.note == "It can't be used: the JSON Schema is not JSON: line 2."
    field.clear()
    advanced.finish()
    qtbot.waitUntil(lambda: not row.note)
    assert advanced.choice == NO_CHOICE


def test_only_one_form_is_used(advanced: ParameterForm, qtbot: QtBot) -> None:
    advanced.set_choice(ParameterChoice(grammar='root ::= "a"', json_schema="{}"))
    row = advanced.advanced.rows["grammar"]
    qtbot.waitUntil(lambda: advanced.advanced.controls["grammar"].is_checked)
    assert row.note == "It is not used, because there is a JSON Schema."


def test_thinking_is_offered_where_the_model_knows_it(advanced: ParameterForm) -> None:
    advanced.set_thinking(is_known=True, has_efforts=False)
    assert advanced.advanced.rows["thinking"].isVisible()
    assert not advanced.advanced.rows["reasoning_effort"].isVisible()
    choices = chosen(advanced)
    advanced.advanced.controls["thinking"].chosen.emit(False)
    assert choices[-1] == ParameterChoice(thinking=False)
    assert advanced.advanced.controls["thinking"].currentText() == "Off"


def test_what_is_being_typed_stays(advanced: ParameterForm, qtbot: QtBot) -> None:
    field = advanced.advanced.controls["top_k"]
    field.setFocus()
    qtbot.keyClicks(field, "1")
    advanced.set_automatic(replace(AUTOMATIC, top_k=7))
    qtbot.keyClicks(field, "2")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert advanced.choice.top_k == 12


def test_its_words_follow_the_language(advanced: ParameterForm) -> None:
    before = advanced.choice
    QApplication.sendEvent(advanced, QEvent(QEvent.Type.LanguageChange))
    assert advanced.choice == before
    assert advanced.fold.text() == "Advanced"


def test_everything_that_takes_the_keyboard_has_a_name(advanced: ParameterForm) -> None:
    widgets = [w for w in advanced.findChildren(QWidget) if w.isVisible()]
    stops = [w for w in widgets if w.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert len(stops) > 40
    unnamed = [w for w in stops if not (w.accessibleName() or getattr(w, "text", str)())]
    assert unnamed == []
