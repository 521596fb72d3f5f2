"""Keeps the chip about thinking in step with the model that answers and with what is chosen."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from chatapp.chat.parameters import REASONING_EFFORT, THINKING
from chatapp.ui.thinking_chip import ThinkingChip

if TYPE_CHECKING:
    from chatapp.domain.model import ModelFile
    from chatapp.engine.engine import Engine
    from chatapp.models.load_settings import LoadSettings
    from chatapp.ui.theme import Appearance

_NAMES = re.compile(rf"\b(?:{'|'.join((*THINKING, REASONING_EFFORT))})\b")


class Thinking(QObject):
    """Shows what the model's template knows of thinking; the chip belongs where one writes.

    Signals: `chosen(ModelFile, LoadChoice)` when the person wants it otherwise.
    """

    chosen = Signal(object, object)

    def __init__(
        self, appearance: Appearance, engine: Engine, settings: LoadSettings, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._settings = settings
        self._model: ModelFile | None = None
        self.chip = ThinkingChip(appearance)
        self.chip.thinking_chosen.connect(lambda is_on: self._choose(thinking=is_on))
        self.chip.effort_chosen.connect(lambda effort: self._choose(reasoning_effort=effort))

    def use(self, model: ModelFile | None) -> None:
        """This one answers from now on."""
        self._model = model
        self.show()

    def show(self) -> None:
        """Show what is chosen, and could be."""
        model = self._model
        if model is None:
            self.chip.show_choice(thinking=None, effort=None)
            return
        names, choice = self._names(model), self._settings.choice_of(model)
        is_usual = THINKING[0] in names  # where nobody chose, the worker asks for it
        is_on = is_usual if choice.thinking is None else choice.thinking
        self.chip.show_choice(
            thinking=None if names.isdisjoint(THINKING) else is_on,
            effort=choice.reasoning_effort if REASONING_EFFORT in names else None,
        )

    def _names(self, model: ModelFile) -> frozenset[str]:
        """What the template asks for: of the loaded model for certain, else by its words."""
        state = self._engine.state
        if state.loaded is not None and state.model is not None and state.model.path == model.path:
            return frozenset(state.loaded.template_variables)
        text = self._settings.choice_of(model).template
        if not text and model.header is not None:
            text = model.header.chat_template
        return frozenset(_NAMES.findall(text))

    def _choose(self, **values: Any) -> None:
        if self._model is not None:
            choice = self._settings.choice_of(self._model)
            self.chosen.emit(self._model, replace(choice, **values))
