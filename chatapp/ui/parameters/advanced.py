"""A row for every parameter of an answer, made when somebody looks at them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QElapsedTimer, QLocale, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from chatapp.domain.generation import NO_CHOICE, GenerationParameters, ParameterChoice
from chatapp.domain.parameter_limits import (
    LIMITS,
    LONGEST_GRAMMAR,
    LONGEST_SCHEMA,
    LONGEST_TEXT,
    MOST_BIASES,
    MOST_TEXTS,
)
from chatapp.engine import gbnf
from chatapp.engine.json_schemas import read_schema
from chatapp.ui.i18n import Translated
from chatapp.ui.parameters.biases import read_bias, show_bias
from chatapp.ui.parameters.choice_field import ChoiceField
from chatapp.ui.parameters.form_text import FormText
from chatapp.ui.parameters.number_field import NumberField
from chatapp.ui.parameters.sampler_order import SamplerOrder
from chatapp.ui.parameters.text_list import TextList
from chatapp.ui.parameters.words import parameter_name, parameter_sentence
from chatapp.ui.widgets.field_row import FieldRow
from chatapp.ui.widgets.switch import Switch
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from chatapp.jobs import Jobs
    from chatapp.ui.theme import Appearance

_SLICE: Final = 12  # ms of making rows at a time
_EFFORTS: Final = ("low", "medium", "high")
# What is asked for most comes first; the rest by what it is about.
_COMMON: Final = (
    "temperature",
    "top_p",
    "min_p",
    "top_k",
    "repeat_penalty",
    "seed",
    "keep_seed",
    "thinking",
    "reasoning_effort",
    "stop",
    "json_schema",
    "grammar",
)
_WORDS: Final = (
    "typical_p",
    "top_n_sigma",
    "xtc_probability",
    "xtc_threshold",
    "dynamic_temperature_range",
    "dynamic_temperature_exponent",
    "mirostat",
    "mirostat_tau",
    "mirostat_eta",
    "adaptive_target",
    "adaptive_decay",
    "samplers",
    "logit_bias",
)
_REPETITION: Final = (
    "repeat_last_n",
    "frequency_penalty",
    "presence_penalty",
    "dry_multiplier",
    "dry_base",
    "dry_allowed_length",
    "dry_last_n",
    "dry_sequence_breakers",
)
_TITLED: Final = (_WORDS[0], _REPETITION[0])  # before these stands a title
_BELOW: Final = (
    "stop",
    "json_schema",
    "grammar",
    "samplers",
    "logit_bias",
    "dry_sequence_breakers",
)


class AdvancedParameters(Translated, QWidget):
    """The rows come a few at a time once it is shown: all at once would hold the window up.

    Signals: `chosen(str, object)` with the name of a parameter and its value, None for automatic;
    `kept(bool)` when the seed is to stay, or not.
    """

    chosen = Signal(str, object)
    kept = Signal(bool)

    def __init__(
        self, appearance: Appearance, jobs: Jobs, before: QWidget, parent: QWidget | None = None
    ) -> None:
        """`before` has the keyboard before the first row."""
        super().__init__(parent)
        self._appearance = appearance
        self._jobs = jobs
        self._choice = NO_CHOICE
        self._automatic = GenerationParameters()
        self._last_seed: int | None = None
        self._thinking = (True, True)  # whether it is offered, and its effort
        self._problems: dict[str, str] = {}
        self._controls: dict[str, Any] = {}
        self._rows: dict[str, FieldRow] = {}
        self._titles: dict[str, TextLabel] = {}
        self._to_make = [*_COMMON, *_WORDS, *_REPETITION]
        self._last_stop = before
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._making = QTimer(self, singleShot=True, interval=0)
        self._making.timeout.connect(self._make_some)

    @property
    def rows(self) -> dict[str, FieldRow]:
        """All rows, by the names of the parameters."""
        self._make_some(most_ms=None)
        return self._rows

    @property
    def controls(self) -> dict[str, Any]:
        """What stands in the rows."""
        self._make_some(most_ms=None)
        return self._controls

    # What the owner tells

    def show_choice(self, choice: ParameterChoice, automatic: GenerationParameters) -> None:
        """Show a choice, and what holds where nothing is chosen, without a signal."""
        self._choice, self._automatic = choice, automatic
        for name in self._rows:
            self._show_value(name)
        self._show_words()

    def set_thinking(self, *, is_known: bool, has_efforts: bool) -> None:
        """Offer what the model's template knows of thinking."""
        self._thinking = (is_known, has_efforts)
        for name, is_offered in zip(("thinking", "reasoning_effort"), self._thinking, strict=True):
            if name in self._rows:
                self._rows[name].setVisible(is_offered)

    def set_last_seed(self, seed: int | None) -> None:
        """With which the last answer was made."""
        self._last_seed = seed
        self._show_words()

    def finish(self) -> None:
        """Take what is being typed now: the rows are about to go."""
        for name in ("grammar", "json_schema"):
            if name in self._controls:
                self._controls[name].finish()

    # Qt

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._make_some()

    # Making

    def _make_some(self, most_ms: int | None = _SLICE) -> None:
        clock = QElapsedTimer()
        clock.start()
        while self._to_make:
            if most_ms is not None and clock.elapsed() >= most_ms:
                self._making.start()
                return
            self._make(self._to_make.pop(0))

    def _make(self, name: str) -> None:
        control = self._controls[name] = self._control(name)
        row = self._rows[name] = FieldRow(
            self._appearance,
            "",
            "",
            control,
            is_below=name in _BELOW,
            has_reset=name != "keep_seed",
        )
        row.reset_requested.connect(lambda: self.chosen.emit(name, None))
        if name in _TITLED:
            title = self._titles[name] = TextLabel(self._appearance, bold=True)
            self._column.addSpacing(20)
            self._column.addWidget(title)
        self._translate_row(name)
        self._show_value(name)
        self._show_sentence(name)
        self._show_note(name)
        self._column.addWidget(row)
        is_offered = {"thinking": self._thinking[0], "reasoning_effort": self._thinking[1]}
        row.setVisible(is_offered.get(name, True))
        # What is made late would have the keyboard last of all in the window.
        stop = row.nextInFocusChain()
        while stop is not None and row.isAncestorOf(stop):
            following = stop.nextInFocusChain()
            if stop.focusPolicy() & Qt.FocusPolicy.TabFocus:
                QWidget.setTabOrder(self._last_stop, stop)
                self._last_stop = stop
            stop = following

    def _control(self, name: str) -> Any:
        appearance, jobs = self._appearance, self._jobs
        if name == "keep_seed":
            keep = Switch(appearance, "")
            keep.toggled.connect(self.kept)
            return keep
        control: Any
        if name in ("mirostat", "thinking", "reasoning_effort"):
            control = ChoiceField(appearance)
        elif name in LIMITS:
            control = NumberField(appearance, LIMITS[name])
        elif name == "logit_bias":
            control = TextList(
                appearance, most=MOST_BIASES, longest=40, read=read_bias, show=show_bias
            )
        elif name == "samplers":
            control = SamplerOrder(appearance)
        elif name == "grammar":
            control = FormText(appearance, jobs, gbnf.check, LONGEST_GRAMMAR)
        elif name == "json_schema":
            control = FormText(appearance, jobs, read_schema, LONGEST_SCHEMA)
        else:
            control = TextList(appearance, most=MOST_TEXTS, longest=LONGEST_TEXT)
        control.chosen.connect(lambda value: self.chosen.emit(name, value))
        if isinstance(control, FormText):
            control.checked.connect(lambda problem: self._on_checked(name, problem))
        return control

    def _on_checked(self, name: str, problem: str) -> None:
        self._problems[name] = problem
        self._show_note(name)

    # Showing

    def _show_value(self, name: str) -> None:
        control, choice = self._controls[name], self._choice
        if name == "keep_seed":
            is_usual = self._automatic.seed is not None  # so an assistant wants it
            with QSignalBlocker(control):
                control.setChecked(choice.keep_seed or is_usual)
            control.setEnabled(not is_usual)
            control.update()
            return
        value = getattr(choice, name)
        control.set_automatic(getattr(self._automatic, name))
        control.set_value(value)
        self._rows[name].set_changed(changed=value is not None)

    def _show_words(self) -> None:
        for name in self._rows:
            self._show_sentence(name)
            self._show_note(name)

    def _show_sentence(self, name: str) -> None:
        if name == "keep_seed":
            words = parameter_sentence(name, self._choice.keep_seed)
            if self._last_seed is not None:
                words = self.tr("The last answer was made with {seed}.")
                words = words.format(seed=QLocale().toString(self._last_seed))
        else:
            in_force = self._choice.over(self._automatic)
            words = parameter_sentence(name, getattr(in_force, name))
        self._rows[name].set_explanation(words)

    def _show_note(self, name: str) -> None:
        choice = self._choice
        if name in ("grammar", "json_schema"):
            note = self._problems.get(name, "")
            if note:
                note = self.tr("It can't be used: {problem}.").format(problem=note)
            elif name == "grammar" and choice.grammar and choice.json_schema:
                note = self.tr("It is not used, because there is a JSON Schema.")
            self._rows[name].set_note(note, "warning")
        elif name == "temperature":
            note = ""
            if choice.over(self._automatic).temperature == 0:
                note = self.tr("At 0 only penalties and token bias change the likeliest word.")
            self._rows[name].set_note(note, "text_muted")

    def _translate(self) -> None:
        for name in self._rows:
            self._translate_row(name)
        self._show_words()

    def _translate_row(self, name: str) -> None:
        control, words, off = self._controls[name], parameter_name(name), self.tr("Off")
        self._rows[name].set_words(words, "")
        control.setAccessibleName(words)
        if isinstance(control, NumberField):
            known = {} if LIMITS[name].off is None else {float(LIMITS[name].off or 0): off}
            if LIMITS[name].least == -1 and name.endswith("_last_n"):
                known[-1.0] = self.tr("All")
            control.set_words(known, self.tr("Random") if name == "seed" else "")
        elif isinstance(control, TextList):
            example = {"logit_bias": "42: -5", "stop": "\\n\\n"}.get(name, "")
            control.set_name(words, example)
        elif name == "mirostat":
            control.offer([(0, off), (1, "1"), (2, "2")])
        elif name == "thinking":
            control.offer([(True, self.tr("On")), (False, off)])
        elif name == "reasoning_effort":
            efforts = (self.tr("Low"), self.tr("Medium"), self.tr("High"))
            control.offer([("", self.tr("As usual")), *zip(_EFFORTS, efforts, strict=True)])
        if name in self._titles:
            is_words = name == _WORDS[0]
            title = self.tr("Choosing words") if is_words else self.tr("Repetition")
            self._titles[name].setText(title)
