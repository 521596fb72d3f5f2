"""Buttons that are on or off, whoever presses them."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QAbstractButton, QWidget


class Checkable(QAbstractButton):
    """A button that may be checkable: also one toggled by a screen reader was clicked.

    Qt offers readers "Toggle" as the first action of such buttons, and does not call that a click.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_expected = False  # that it changes: by a click, or told by the program
        self.toggled.connect(self._on_toggled)

    def setChecked(self, checked: bool) -> None:  # noqa: FBT001 - Qt's own signature
        before, self._is_expected = self._is_expected, True
        super().setChecked(checked)
        self._is_expected = before

    def nextCheckState(self) -> None:
        before, self._is_expected = self._is_expected, True
        super().nextCheckState()
        self._is_expected = before

    def _on_toggled(self, is_on: bool) -> None:  # noqa: FBT001 - Qt's signal
        is_one_of_several = self.autoExclusive()
        if (group := self.group()) is not None:
            is_one_of_several = group.exclusive()
        # One of several goes off by itself when another is chosen.
        if not self._is_expected and (is_on or not is_one_of_several):
            # Soon: whatever opens must not keep the reader waiting.
            QTimer.singleShot(0, self, self._tell_click)

    def _tell_click(self) -> None:
        self.clicked[bool].emit(self.isChecked())  # type: ignore[index]  # or it has none
        group = self.group()
        if group is not None:
            group.buttonClicked.emit(self)
