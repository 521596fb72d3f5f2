"""Changes one assistant."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from chatapp.chat.assistants import LONGEST_DESCRIPTION
from chatapp.chat.collection import LONGEST_NAME
from chatapp.domain.assistant import Assistant
from chatapp.ui.assistants.icon_choice import IconChoice, icon_of
from chatapp.ui.assistants.labelled import Labelled
from chatapp.ui.assistants.text_field import TextField
from chatapp.ui.i18n import Translated
from chatapp.ui.parameters.form import ParameterForm
from chatapp.ui.widgets.combo import Combo
from chatapp.ui.widgets.fold import Fold

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chatapp.domain.model import ModelFile
    from chatapp.jobs import Jobs
    from chatapp.ui.theme import Appearance

_PROMPT_LINES: Final = 16
_STARTER_LINES: Final = 8


class AssistantEditor(Translated, QWidget):
    """Its fields, from the name to the parameters. `models` are those to choose from.

    Signals: `changed()` after each change of the person.
    """

    changed = Signal()

    def __init__(
        self,
        appearance: Appearance,
        jobs: Jobs,
        models: Callable[[], Sequence[ModelFile]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._models = models
        self._shown: Assistant | None = None
        self._is_showing = False
        self.name = QLineEdit()
        self.name.setMaxLength(LONGEST_NAME)
        self.description = QLineEdit()
        self.description.setMaxLength(LONGEST_DESCRIPTION)
        for field in (self.name, self.description):
            appearance.fit(field, lambda field: field.setMinimumHeight(appearance.height(32)))
            field.textEdited.connect(self._tell)
        self.icon = IconChoice(appearance)
        self.icon.chosen.connect(self._tell)
        self.system_prompt = TextField(appearance, _PROMPT_LINES)
        self.starters = TextField(appearance, _STARTER_LINES)
        for text in (self.system_prompt, self.starters):
            text.changed.connect(self._tell)
        self.model: Combo[str] = Combo(appearance, "", [("", "")])
        self.model.chosen.connect(self._tell)
        self.form = ParameterForm(appearance, jobs)
        self.form.changed.connect(self._tell)
        self._fold = Fold(appearance, "", self.form)
        rows = (self.name, self.description, self.icon, self.system_prompt, self.starters)
        self._labels = [Labelled(appearance, row) for row in (*rows, self.model)]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        for label in self._labels:
            column.addWidget(label)
        column.addWidget(self._fold)
        column.addWidget(self.form)
        column.addStretch()
        self._translate()

    def show_entry(self, assistant: Assistant) -> None:
        """Show another one; what was changed before is forgotten."""
        self._is_showing = True
        self._shown = assistant
        self.name.setText(assistant.name)
        self.description.setText(assistant.description)
        self.icon.set_icon(icon_of(assistant))
        self.system_prompt.set_text(assistant.system_prompt)
        self.starters.set_text("\n".join(assistant.starters))
        self.form.set_choice(assistant.choice)
        self._show_models()
        self._is_showing = False

    @property
    def entry(self) -> Assistant | None:
        """The assistant as it is in the fields; None while its name is empty."""
        if self._shown is None or not self.name.text().strip():
            return None
        choice = self.form.choice
        return replace(
            self._shown,
            name=self.name.text(),
            description=self.description.text(),
            icon=self.icon.icon if self.icon.icon != icon_of(self._shown) else self._shown.icon,
            system_prompt=self.system_prompt.text(),
            model=self.model.value,
            parameters=replace(choice, grammar=None, json_schema=None),
            grammar=choice.grammar or "",
            json_schema=choice.json_schema or "",
            starters=tuple(line for line in self.starters.text().splitlines() if line.strip()),
        )

    def _tell(self) -> None:
        if not self._is_showing:
            self.changed.emit()

    def _show_models(self) -> None:
        wanted = self._shown.model if self._shown is not None else ""
        names = list(dict.fromkeys(model.name for model in self._models()))
        choices = [("", self.tr("Whatever is loaded")), *((name, name) for name in names)]
        if wanted and wanted not in names:
            choices.append((wanted, self.tr("{model}, not here now").format(model=wanted)))
        self.model.set_choices(choices)
        self.model.set_value(wanted)

    def _translate(self) -> None:
        name, description, icon, system_prompt, starters, model = self._labels
        name.set_words(self.tr("Name"))
        description.set_words(self.tr("What it is for"), self.tr("Shown beside the name in lists."))
        icon.set_words(self.tr("Icon"))
        system_prompt.set_words(
            self.tr("System prompt"),
            self.tr(
                "What the model is told before each conversation. Short numbered rules work best "
                "with small models."
            ),
        )
        starters.set_words(
            self.tr("Starters"),
            self.tr("First messages to choose from, one per line. A text is added after a colon."),
        )
        model.set_words(self.tr("Model"), self.tr("The model that answers."))
        self._fold.setText(self.tr("Parameters"))
        self._show_models()
