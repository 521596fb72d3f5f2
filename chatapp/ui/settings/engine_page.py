"""The page “Engine”: what holds for the loading of all models that have no choice of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatapp.ui.settings.page import SettingsPage
from chatapp.ui.words import file_size

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from chatapp.settings import SettingsFile
    from chatapp.ui.theme import Appearance

_MINUTES = (5, 15, 30, 60, 240, 0)
_HOUR = 60
_CONTEXTS = (0, 2048, 4096, 8192, 16_384, 32_768, 65_536, 131_072)
_GB = 10**9
_BUDGETS = (0, _GB, 2 * _GB, 4 * _GB, 8 * _GB, 16 * _GB, 32 * _GB)


class EnginePage(SettingsPage):
    """Where a change does not hold at once, its row says when it does."""

    def __init__(
        self, appearance: Appearance, settings: SettingsFile, parent: QWidget | None = None
    ) -> None:
        super().__init__(appearance, settings, "", parent)
        self.title = self.tr("Engine")
        self._add_group(self.tr("All models"))
        self.unload = self._add_combo(
            "unload_after",
            self.tr("Unload when idle"),
            self.tr("Gives all memory back; the next message loads it again"),
            _MINUTES,
            self._minutes,
        )
        self.tune = self._add_switch(
            "tune_automatically",
            self.tr("Tune new models"),
            self.tr("Measures each one once, when nothing is asked"),
        )
        self._add_combo(
            "context_length",
            self.tr("Context"),
            self.tr("Of models without a choice of their own, from the next time they are loaded"),
            _CONTEXTS,
            self._tokens,
        )
        self._add_group(self.tr("Memory of conversations"))
        self._add_combo(
            "kv_cache_budget",
            self.tr("Space on disk"),
            self.tr(
                "What models have read is kept, so that long conversations go on at once. Holds "
                "from the next start of Chatapp"
            ),
            _BUDGETS,
            self._budget,
        )

    def _minutes(self, minutes: int) -> str:
        if not minutes:
            return self.tr("Never")
        if minutes % _HOUR:
            return self.tr("%Ln minute(s)", "", minutes)
        return self.tr("%Ln hour(s)", "", minutes // _HOUR)

    def _tokens(self, tokens: int) -> str:
        if not tokens:
            return self.tr("As much as fits")
        return self.tr("%Ln token(s)", "", tokens)

    def _budget(self, size: int) -> str:
        return file_size(size) if size else self.tr("Keep nothing")
