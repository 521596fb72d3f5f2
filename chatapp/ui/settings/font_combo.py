"""A choice of one of the fonts of this computer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QSize
from PySide6.QtGui import QFontDatabase, QFontInfo, QKeyEvent

from chatapp.ui.fonts import families
from chatapp.ui.widgets.combo import Combo

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance

_WIDTH = 208


class FontCombo(Combo[str]):
    """The system's font, which is the empty value, or another one.

    There may be hundreds, and to list them takes a while: they are listed for whoever chooses.
    """

    def __init__(self, appearance: Appearance, name: str, *, monospaced: bool) -> None:
        self._monospaced = monospaced
        self._is_listed = False
        kind = QFontDatabase.SystemFont
        system = QFontDatabase.systemFont(kind.FixedFont if monospaced else kind.GeneralFont)
        pattern = QCoreApplication.translate("FontCombo", "System: {font}")
        self._system = pattern.format(font=QFontInfo(system).family())
        super().__init__(appearance, name, [("", self._system)])

    def show_value(self, family: str) -> None:
        """Choose without a signal; a font that isn't there any more is shown too."""
        self.set_value(family)
        if self.value != family:
            self._offer((*self._values[1:], family))
            self.set_value(family)

    def sizeHint(self) -> QSize:
        return QSize(self._appearance.width(_WIDTH), super().sizeHint().height())

    def showPopup(self) -> None:
        self._list()
        super().showPopup()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._list()
        super().keyPressEvent(event)

    def _list(self) -> None:
        if not self._is_listed:
            self._is_listed = True
            found = families(monospaced=self._monospaced)
            self._offer((*found, *(one for one in self._values[1:] if one not in found)))

    def _offer(self, found: tuple[str, ...]) -> None:
        self.set_choices([("", self._system), *((family, family) for family in found)])
