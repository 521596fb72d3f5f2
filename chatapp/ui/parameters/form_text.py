"""The form that an answer must have, as a text that is checked while one writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSignalBlocker, QTimer, Signal
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QWidget
from shiboken6 import Shiboken

from chatapp.errors import GrammarInvalid

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatapp.jobs import Jobs
    from chatapp.ui.theme import Appearance

_REST: Final = 300  # ms after the last key
_LINES: Final = 4


class FormText(QPlainTextEdit):
    """A field for a grammar or a JSON Schema; `check` raises `GrammarInvalid`.

    What can't be used stays as it was typed: the words are the person's. `is_checked` tells whether
    the last of them were looked at.

    Signals: `chosen(object)` once the hand rests; `checked(str)` with what is wrong, or empty.
    """

    chosen = Signal(object)
    checked = Signal(str)

    def __init__(
        self,
        appearance: Appearance,
        jobs: Jobs,
        check: Callable[[str], object],
        longest: int,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._check = check
        self._longest = longest
        self._value: str | None = None
        self._automatic = ""
        self.is_checked = True
        self.setObjectName("field")
        self.setTabChangesFocus(True)
        appearance.fit_text(self, "code", _LINES)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._resting = QTimer(self, interval=_REST, singleShot=True)
        self._resting.timeout.connect(self._on_rest)
        self.textChanged.connect(self._on_text)

    def set_value(self, value: str | None) -> None:
        """Show a text without a signal; None for the automatic one."""
        if self._resting.isActive():
            return  # somebody is typing
        self._value = value
        self._show()

    def set_automatic(self, value: str) -> None:
        """What holds by itself."""
        self._automatic = value
        if self._value is None and not self._resting.isActive():
            self._show()

    def finish(self) -> None:
        """Take what was typed now."""
        if self._resting.isActive():
            self._resting.stop()
            self._on_rest()

    def _show(self) -> None:
        text = self._automatic if self._value is None else self._value
        if text != self.toPlainText():
            with QSignalBlocker(self):
                self.setPlainText(text)
            self._look(text)

    def _on_text(self) -> None:
        self.is_checked = False
        self._resting.start()

    def _on_rest(self) -> None:
        text = self.toPlainText()[: self._longest]
        self._look(text)
        value = None if text == self._automatic else text
        if value != self._value:
            self._value = value
            self.chosen.emit(value)

    def _look(self, text: str) -> None:
        """In the background: a long grammar takes its time."""
        self.is_checked = False

        def look() -> str:
            try:
                if text.strip():
                    self._check(text)
            except GrammarInvalid as error:
                return error.detail
            return ""

        def show(problem: str) -> None:
            if Shiboken.isValid(self) and text == self.toPlainText()[: self._longest]:
                self.is_checked = True
                self.checked.emit(problem)

        self._jobs.general.run(look, on_done=show)
