"""Changes one prompt."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from chatapp.chat.collection import LONGEST_NAME
from chatapp.domain.prompt import PromptTemplate
from chatapp.ui.assistants.labelled import Labelled
from chatapp.ui.assistants.text_field import TextField
from chatapp.ui.i18n import Translated
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance

_LINES: Final = 18


class PromptEditor(Translated, QWidget):
    """Its name and its text, and which variables are in it. Signals: `changed()`."""

    changed = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: PromptTemplate | None = None
        self._is_showing = False
        self.name = QLineEdit()
        self.name.setMaxLength(LONGEST_NAME)
        appearance.fit(self.name, lambda name: name.setMinimumHeight(appearance.height(32)))
        self.name.textEdited.connect(self._tell)
        self.text = TextField(appearance, _LINES)
        self.text.changed.connect(self._tell)
        self.variables = TextLabel(appearance, "", "small", "text_muted", wrap=True)
        self._labels = [Labelled(appearance, field) for field in (self.name, self.text)]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        for label in self._labels:
            column.addWidget(label)
        column.addWidget(self.variables)
        column.addStretch()
        self._translate()

    def show_entry(self, prompt: PromptTemplate) -> None:
        """Show another one; what was changed before is forgotten."""
        self._is_showing = True
        self._shown = prompt
        self.name.setText(prompt.name)
        self.text.set_text(prompt.text)
        self._show_variables()
        self._is_showing = False

    @property
    def entry(self) -> PromptTemplate | None:
        """The prompt as it is in the fields; None while its name or text is empty."""
        if self._shown is None or not self.name.text().strip() or not self.text.text().strip():
            return None
        return replace(self._shown, name=self.name.text(), text=self.text.text())

    def _tell(self) -> None:
        if not self._is_showing:
            self._show_variables()
            self.changed.emit()

    def _show_variables(self) -> None:
        names = PromptTemplate("", "", self.text.text()).variables
        if names:
            words = self.tr("Asked for when it is inserted: {names}").format(
                names=self.tr(", ", "between names").join(names)
            )
        else:
            words = self.tr("It is inserted as it is.")
        self.variables.setText(words)

    def _translate(self) -> None:
        name, text = self._labels
        name.set_words(
            self.tr("Name"), self.tr("To insert it, type / and the beginning of its name.")
        )
        text.set_words(
            self.tr("Text"),
            self.tr("{example} is a place that is filled in each time.").format(
                example=example_variable()
            ),
        )
        self._show_variables()


def example_variable() -> str:
    """A place in a prompt, as it is written."""
    name = QCoreApplication.translate("PromptEditor", "text", "the name of a variable")
    return f"{{{{{name}}}}}"
