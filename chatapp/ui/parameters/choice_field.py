"""One of a few words, or what it would be by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from chatapp.ui.widgets.combo import Combo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from chatapp.ui.theme import Appearance

_WIDTH: Final = 148


class ChoiceField(Combo[object]):
    """The first word is “Automatic”, with what that comes to, and stands for None.

    Signals: `chosen(object)`.
    """

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(appearance, "", [], designed_height=28, parent=parent)
        self._choices: Sequence[tuple[object, str]] = ()
        self._automatic: object = None
        self._chosen_value: object = None
        appearance.fit(self, lambda field: field.setFixedWidth(appearance.width(_WIDTH)))

    def offer(self, choices: Sequence[tuple[object, str]]) -> None:
        """Offer these beside “Automatic”."""
        self._choices = choices
        self._show()

    def set_value(self, value: object) -> None:
        """Choose without a signal."""
        self._chosen_value = value
        super().set_value(value)

    def set_automatic(self, value: object) -> None:
        """What it would be by itself."""
        self._automatic = value
        self._show()

    def _show(self) -> None:
        words = self.tr("Automatic")
        for value, word in self._choices:
            if value == self._automatic and value != "":  # an empty one says nothing
                words = self.tr("Automatic: {value}").format(value=word)
        self.set_choices([(None, words), *self._choices])
        super().set_value(self._chosen_value)
