"""Which icon an assistant has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, get_args

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QSizePolicy, QWidget

from chatapp.ui.i18n import Translated
from chatapp.ui.icons import IconName
from chatapp.ui.widgets.exclusive import lead_tab_to_chosen
from chatapp.ui.widgets.flow_layout import FlowLayout
from chatapp.ui.widgets.icon_button import IconButton

if TYPE_CHECKING:
    from chatapp.domain.assistant import Assistant
    from chatapp.ui.theme import Appearance

ICONS: Final[tuple[IconName, ...]] = (
    *("chat", "person", "headset", "pencil", "translate", "list", "code", "bulb"),
    *("chart", "search", "file", "folder", "globe", "clock", "shield", "wrench"),
)
_SIZE: Final = 32


def icon_of(assistant: Assistant) -> IconName:
    """Its icon, or the usual one where a file named another."""
    known: dict[str, IconName] = {name: name for name in get_args(IconName)}
    return known.get(assistant.icon, "chat")


class IconChoice(Translated, QWidget):
    """A button for each; one is down. Signals: `chosen()`."""

    chosen = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self._buttons: dict[IconName, IconButton] = {}
        flow = FlowLayout(4, self)
        for icon in ICONS:
            button = IconButton(appearance, icon, icon, designed_size=_SIZE, checkable=True)
            self._group.addButton(button)
            lead_tab_to_chosen(button)
            self._buttons[icon] = button
            flow.addWidget(button)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self._group.buttonClicked.connect(self.chosen)
        self.set_icon("chat")
        self._translate()

    @property
    def icon(self) -> IconName:
        """What is chosen."""
        return next(icon for icon, button in self._buttons.items() if button.isChecked())

    def set_icon(self, icon: IconName) -> None:
        """Choose without a signal. What isn't among them counts as the usual one."""
        self._buttons.get(icon, self._buttons["chat"]).setChecked(True)

    def _translate(self) -> None:
        self.setAccessibleName(self.tr("Icon"))
        words: dict[IconName, str] = {
            "chat": self.tr("Speech bubble"),
            "person": self.tr("Person"),
            "headset": self.tr("Headset"),
            "pencil": self.tr("Pencil"),
            "translate": self.tr("Translation"),
            "list": self.tr("List"),
            "code": self.tr("Code"),
            "bulb": self.tr("Light bulb"),
            "chart": self.tr("Chart"),
            "search": self.tr("Magnifying glass"),
            "file": self.tr("File"),
            "folder": self.tr("Folder"),
            "globe": self.tr("Globe"),
            "clock": self.tr("Clock"),
            "shield": self.tr("Shield"),
            "wrench": self.tr("Wrench"),
        }
        for icon, button in self._buttons.items():
            button.set_name(words[icon])
