"""The two buttons in the composer that offer assistants and prompts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from chatapp.ui.assistants.icon_choice import icon_of
from chatapp.ui.i18n import Translated
from chatapp.ui.widgets.button import Button

if TYPE_CHECKING:
    from chatapp.domain.assistant import Assistant
    from chatapp.ui.theme import Appearance

_MOST: Final = 160  # pixels of a name at the usual size of text


class ComposerBar(Translated, QWidget):
    """The assistant that answers, and “Prompts”. In a narrow window there are icons only."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._shown: Assistant | None = None
        self._is_compact = False
        self.assistant = _BarButton(appearance, "", "quiet", designed_height=28)
        self.prompts = _BarButton(appearance, "", "quiet", designed_height=28, icon="slash")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for button in self.stops:
            button.setCursor(Qt.CursorShape.ArrowCursor)
            row.addWidget(button)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._translate()

    @property
    def stops(self) -> tuple[Button, Button]:
        """What takes the keyboard, in its order."""
        return self.assistant, self.prompts

    def show_assistant(self, assistant: Assistant | None) -> None:
        """This one answers."""
        self._shown = assistant
        self._translate()

    def set_compact(self, compact: bool) -> None:  # noqa: FBT001 - a slot
        """In a narrow window."""
        self._is_compact = compact
        self._translate()

    def _translate(self) -> None:
        shown = self._shown
        name = shown.name if shown is not None else self.tr("No assistant")
        self.assistant.set_icons(
            icon_of(shown) if shown is not None else "person",
            None if self._is_compact else "chevron-down",
        )
        metrics = QFontMetrics(self._appearance.font("body"))
        most = round(_MOST * max(1.0, self._appearance.size / 13))
        words = metrics.elidedText(name, Qt.TextElideMode.ElideRight, most)
        self.assistant.setText("" if self._is_compact else words)
        self.assistant.setAccessibleName(self.tr("Assistant: {name}").format(name=name))
        self.assistant.setToolTip(self.tr("{name}. Type @ to choose another.").format(name=name))
        prompts = self.tr("Prompts")
        self.prompts.setText("" if self._is_compact else prompts)
        self.prompts.setAccessibleName(prompts)
        self.prompts.setToolTip(self.tr("Insert a prompt. Type / at the beginning of a line."))
        for button in self.stops:
            button.updateGeometry()


class _BarButton(Button):
    """Without words it is a square."""

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return hint if self.text() else QSize(hint.height(), hint.height())
