"""What a model would take of the memory: a verdict, a bar for each place, a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from chatapp.hub.fit import judge
from chatapp.ui.i18n import Translated
from chatapp.ui.models_page.fit_bar import FitBar
from chatapp.ui.models_page.fit_card import pools_of
from chatapp.ui.models_page.offer_words import BADGES
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from chatapp.domain.model import ModelFile
    from chatapp.hub.fit import Fit, FitOptions
    from chatapp.hub.hardware import Machine
    from chatapp.ui.theme import Appearance
    from chatapp.ui.widgets.badge import BadgeKind


class MemoryEstimate(Translated, QWidget):
    """Follows every step of a drag: judging is a matter of a few additions."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.bars: list[FitBar] = []
        self.verdict: BadgeKind | None = None
        self._bars = QVBoxLayout()
        self._bars.setSpacing(12)
        self._sentence = TextLabel(appearance, "", "small", "text_muted", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self._title = TextLabel(appearance, bold=True)
        column.addWidget(self._title)
        column.addLayout(self._bars)
        column.addWidget(self._sentence)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self._translate()
        self.show_nothing()

    @property
    def sentence(self) -> str:
        """Where it would run."""
        return self._sentence.text()

    def show_nothing(self) -> None:
        """Nothing is known of the model's file."""
        self.verdict = None
        self._show_bars(0)
        self._sentence.setText(self.tr("What it takes is known once its file was read."))

    def show_fit(
        self, model: ModelFile, options: FitOptions, machine: Machine, freed: int
    ) -> Fit | None:
        """Judge the model as it would be loaded; unloading the present one frees `freed` bytes."""
        header = model.header
        if header is None:
            self.show_nothing()
            return None
        fit = judge(header, model.size, options, machine, freed)
        pools = pools_of(fit, header, machine, freed)
        self._show_bars(len(pools))
        for bar, pool in zip(self.bars, pools, strict=False):
            bar.show_pool(pool)
        self.verdict = BADGES[fit.verdict]
        self._sentence.setText(self._words(fit, header.layers + 1, options.gpu_layers))
        return fit

    def _translate(self) -> None:
        self._title.setText(self.tr("Memory"))  # its owner shows the rest anew

    def _words(self, fit: Fit, layers: int, wanted: int | None) -> str:
        number = QLocale().toString
        figures = {"count": number(fit.gpu_layers), "of": number(layers)}
        if fit.gpu_layers >= layers:
            return self.tr("All layers run on the GPU.")
        if wanted is not None and wanted > max(1, fit.gpu_layers):
            return self.tr("About {count} of {of} layers fit on the GPU.").format(**figures)
        if fit.gpu_layers and wanted is not None:
            pattern = self.tr("{count} of {of} layers run on the GPU.")
            return pattern.format(**figures)
        if fit.gpu_layers:
            pattern = self.tr("{count} of {of} layers run on the GPU, the others do not fit.")
            return pattern.format(**figures)
        return self.tr("It runs on the processor.")

    def _show_bars(self, count: int) -> None:
        while len(self.bars) < count:
            bar = FitBar(self._appearance)
            self.bars.append(bar)
            self._bars.addWidget(bar)
        for place, bar in enumerate(self.bars):
            bar.setVisible(place < count)
