"""The page “Generation”: how answers are made where nothing else was chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale

from chatapp.domain.conversation import OverflowPolicy
from chatapp.settings import DEFAULTS
from chatapp.ui.settings.page import SettingsPage

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from chatapp.settings import SettingsFile
    from chatapp.ui.theme import Appearance

_PRECISE, _BALANCED, _CREATIVE = 0.0, 0.7, 1.0
_TEMPERATURES = (DEFAULTS.temperature, _PRECISE, 0.3, _BALANCED, _CREATIVE, 1.3)
_TOKENS = (256, 512, 1024, 2048, 4096, 8192, 0)


class GenerationPage(SettingsPage):
    """An assistant or a conversation may have it otherwise; each row says when it holds."""

    def __init__(
        self, appearance: Appearance, settings: SettingsFile, parent: QWidget | None = None
    ) -> None:
        super().__init__(appearance, settings, "", parent)
        self.title = self.tr("Generation")
        self._add_group(self.tr("New answers"))
        self._add_combo(
            "temperature",
            self.tr("Creativity"),
            self.tr("From the next answer on, where the conversation has no choice of its own"),
            _TEMPERATURES,
            self._temperature,
        )
        self._add_combo(
            "max_tokens",
            self.tr("Longest answer"),
            self.tr("From the next answer on; one that was cut off can be continued"),
            _TOKENS,
            self._tokens,
        )
        self._add_group(self.tr("New conversations"))
        self._add_combo(
            "overflow",
            self.tr("When the context is full"),
            self.tr("Can be changed in each conversation, in the menu of its token meter"),
            [str(policy) for policy in OverflowPolicy],
            self._overflow,
        )

    def _temperature(self, temperature: float) -> str:
        if temperature < 0:
            return self.tr("What suits the model")
        figure = QLocale().toString(temperature, "f", 1)
        names = {
            _PRECISE: self.tr("{figure}, always the likeliest word"),
            _BALANCED: self.tr("{figure}, balanced"),
            _CREATIVE: self.tr("{figure}, creative"),
        }
        return names.get(temperature, "{figure}").format(figure=figure)

    def _tokens(self, tokens: int) -> str:
        if not tokens:
            return self.tr("No limit")
        return self.tr("{count} tokens").format(count=QLocale().toString(tokens))

    def _overflow(self, policy: str) -> str:
        return {
            str(OverflowPolicy.STOP): self.tr("Stop and ask"),
            str(OverflowPolicy.DROP_OLDEST): self.tr("Leave out the oldest messages"),
            str(OverflowPolicy.SUMMARISE): self.tr("Summarise the oldest messages"),
        }.get(policy, policy)
