"""Keeps the chip about thinking in step with the model that answers and with what is chosen."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from chatapp.chat.parameters import REASONING_EFFORT, THINKING
from chatapp.domain.generation import NO_CHOICE
from chatapp.ui.thinking_chip import ThinkingChip

if TYPE_CHECKING:
    from chatapp.domain.generation import ParameterChoice
    from chatapp.domain.model import ModelFile
    from chatapp.engine.engine import Engine
    from chatapp.models.load_settings import LoadSettings
    from chatapp.ui.theme import Appearance

_NAMES = re.compile(rf"\b(?:{'|'.join((*THINKING, REASONING_EFFORT))})\b")


class Thinking(QObject):
    """Shows what the model's template knows of thinking; the chip belongs where one writes.

    Where the conversation or its assistant chose, the chip shows that and changes the
    conversation's choice; else the model's.

    Signals: `chosen(ModelFile, LoadChoice)` or `chosen_here(ParameterChoice)` when the person wants
    it otherwise; `known(bool, bool)` when it is another matter whether thinking and its effort can
    be chosen.
    """

    chosen = Signal(object, object)
    chosen_here = Signal(object)
    known = Signal(bool, bool)

    def __init__(
        self, appearance: Appearance, engine: Engine, settings: LoadSettings, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._settings = settings
        self._model: ModelFile | None = None
        self._own = NO_CHOICE  # of the conversation
        self._usual = NO_CHOICE  # of its assistant
        self._known = (False, False)
        self.chip = ThinkingChip(appearance)
        self.chip.thinking_chosen.connect(lambda is_on: self._choose(thinking=is_on))
        self.chip.effort_chosen.connect(lambda effort: self._choose(reasoning_effort=effort))

    def use(self, model: ModelFile | None) -> None:
        """This one answers from now on."""
        self._model = model
        self.show()

    def use_choice(self, own: ParameterChoice, usual: ParameterChoice = NO_CHOICE) -> None:
        """What the conversation that is shown chooses, and what its assistant does."""
        if (own, usual) != (self._own, self._usual):
            self._own, self._usual = own, usual
            self.show()

    def show(self) -> None:
        """Show what is chosen, and could be."""
        model = self._model
        if model is None:
            self.chip.show_choice(thinking=None, effort=None)
            self._tell_known(is_known=False, has_efforts=False)
            return
        names, choice = self._names(model), self._settings.choice_of(model)
        is_usual = THINKING[0] in names  # where nobody chose, the worker asks for it
        is_on = is_usual if choice.thinking is None else choice.thinking
        effort = choice.reasoning_effort
        for one in (self._usual, self._own):
            is_on = is_on if one.thinking is None else one.thinking
            effort = effort if one.reasoning_effort is None else one.reasoning_effort
        is_known, has_efforts = not names.isdisjoint(THINKING), REASONING_EFFORT in names
        self.chip.show_choice(
            thinking=is_on if is_known else None, effort=effort if has_efforts else None
        )
        self._tell_known(is_known=is_known, has_efforts=has_efforts)

    def _names(self, model: ModelFile) -> frozenset[str]:
        """What the template asks for: of the loaded model for certain, else by its words."""
        state = self._engine.state
        if state.loaded is not None and state.model is not None and state.model.path == model.path:
            return frozenset(state.loaded.template_variables)
        text = self._settings.choice_of(model).template
        if not text and model.header is not None:
            text = model.header.chat_template
        return frozenset(_NAMES.findall(text))

    def _tell_known(self, *, is_known: bool, has_efforts: bool) -> None:
        if (is_known, has_efforts) != self._known:
            self._known = (is_known, has_efforts)
            self.known.emit(is_known, has_efforts)

    def _choose(self, **values: Any) -> None:
        both = (self._own, self._usual)
        if any(getattr(one, name) is not None for one in both for name in values):
            self.chosen_here.emit(replace(self._own, **values))
        elif self._model is not None:
            choice = self._settings.choice_of(self._model)
            self.chosen.emit(self._model, replace(choice, **values))
