"""How one file of a model fits: the memory as bars, and what would change the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLocale, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from chatapp.hub.fit import MEMORY, Verdict
from chatapp.hub.offers import CACHE_TYPES, CONTEXTS, spare_of
from chatapp.ui.i18n import Translated
from chatapp.ui.models_page.fit_bar import FitBar, Pool
from chatapp.ui.models_page.offer_words import BADGES, cache_word
from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CARD
from chatapp.ui.widgets.badge import Badge
from chatapp.ui.widgets.combo import Combo
from chatapp.ui.widgets.flow_layout import FlowLayout
from chatapp.ui.widgets.text_label import TextLabel
from chatapp.ui.words import file_size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.domain.header import ModelHeader
    from chatapp.domain.model import ModelFile
    from chatapp.hub.fit import Fit, Place
    from chatapp.hub.hardware import Machine
    from chatapp.ui.theme import Appearance

_PADDING = 20


class FitCard(Translated, QWidget):
    """Heading, context and its precision to choose, a bar for each place, sentences.

    Signals: `changed(int, str)` with a context in tokens and a type of keys and values.
    """

    changed = Signal(int, str)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        # Not Fixed: it may need more height than its hint where it is narrow.
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self._title = TextLabel(appearance, style="card_title")
        self._badge = Badge(appearance, "fits")
        self._contexts = [0]
        self._context: Combo[int] = Combo(appearance, "", [(0, "")])
        self._cache: Combo[str] = Combo(appearance, "", [(kind, "") for kind in CACHE_TYPES])
        self._context_name = TextLabel(appearance, "", "small", "text_muted")
        self._cache_name = TextLabel(appearance, "", "small", "text_muted")
        for combo in (self._context, self._cache):
            combo.chosen.connect(lambda _: self._on_chosen())
        heading = _Group((self._title, self._badge), 10)
        choosers = _Group(
            (
                _Group((self._context_name, self._context), 8),
                _Group((self._cache_name, self._cache), 8),
            ),
            16,
        )
        self._top = _Spread(heading, choosers)
        self._bars = QVBoxLayout()
        self._bars.setSpacing(16)
        self._shown: list[FitBar] = []
        self._sentence = TextLabel(appearance, wrap=True)
        self._freed = TextLabel(appearance, style="small", color="text_muted", wrap=True)
        self._measured = TextLabel(appearance, style="small", color="text_muted", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_PADDING, 16, _PADDING, _PADDING)
        layout.setSpacing(12)
        layout.addWidget(self._top)
        layout.addLayout(self._bars)
        layout.addWidget(self._sentence)
        layout.addWidget(self._freed)
        layout.addWidget(self._measured)
        self._translate()
        appearance.changed.connect(self.update)

    @property
    def bars(self) -> list[FitBar]:
        """One for each place that the model would take a share of."""
        return [bar for bar in self._shown if not bar.isHidden()]

    @property
    def sentence(self) -> str:
        """What would change the verdict."""
        return self._sentence.text()

    @property
    def context_length(self) -> int:
        """The chosen context, in tokens."""
        return self._context.value

    @property
    def cache_type(self) -> str:
        """The chosen type of keys and values."""
        return self._cache.value

    def set_choices(self, trained: int, wanted: int, cache_type: str) -> None:
        """Offer contexts up to the one that the model was trained for (0: unknown)."""
        most = trained or CONTEXTS[-1]
        self._contexts = sorted({c for c in CONTEXTS if c <= most} | {min(wanted, most), most})
        self._translate()
        self._context.set_value(min(wanted, most))
        self._cache.set_value(cache_type)

    def _translate(self) -> None:
        """The owner shows the fit anew."""
        context, memory = self.tr("Context"), self.tr("Context memory")
        self._context_name.setText(context)
        self._cache_name.setText(memory)
        number = QLocale().toString
        self._context.set_words(context, [(c, number(c)) for c in self._contexts])
        self._cache.set_words(memory, [(kind, cache_word(kind)) for kind in CACHE_TYPES])

    def show_fit(
        self,
        fit: Fit,
        header: ModelHeader,
        machine: Machine,
        freed: int,
        sentence: str,
        model: ModelFile | None,
    ) -> None:
        """Show how a file fits; `model` is the same file where it is in the library."""
        self._title.setText(
            {
                Verdict.FITS: self.tr("Fits this computer"),
                Verdict.TIGHT: self.tr("Just fits this computer"),
                Verdict.TOO_LARGE: self.tr("Too large for this computer"),
            }[fit.verdict]
        )
        pools = pools_of(fit, header, machine, freed)
        if fit.verdict is Verdict.TOO_LARGE:
            words = self.tr("{size} missing").format(size=file_size(-spare_of(fit)))
        else:  # the figure that the last bar shows: main memory, or the GPU that holds everything
            spare = max(0, pools[-1].free - pools[-1].need)
            words = self.tr("{size} to spare").format(size=file_size(spare))
        self._badge.set_state(BADGES[fit.verdict], words)
        while len(self._shown) < len(pools):
            bar = FitBar(self._appearance)
            self._shown.append(bar)
            self._bars.addWidget(bar)
        for number, bar in enumerate(self._shown):
            bar.setVisible(number < len(pools))
            if number < len(pools):
                bar.show_pool(pools[number])
        self._sentence.setText(sentence)
        unloading = self.tr("This counts {size} that unloading the present model gives back.")
        self._freed.setText(unloading.format(size=file_size(freed)))
        self._freed.setVisible(freed > 0)
        self._measured.setText(self._comparison(model))
        self._measured.setVisible(bool(self._measured.text()))
        self._top.updateGeometry()
        self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        fill, border = theme.surface_raised, theme.border
        paint_box(QPainter(self), self.rect(), RADIUS_CARD, fill=fill, border=border)

    def _comparison(self, model: ModelFile | None) -> str:
        if model is None or not model.memory_used:
            return ""
        pattern = self.tr("When it was last loaded: estimated {estimated}, measured {measured}.")
        return pattern.format(
            estimated=file_size(model.memory_estimated), measured=file_size(model.memory_used)
        )

    def _on_chosen(self) -> None:
        self.changed.emit(self._context.value, self._cache.value)


class _Group(QWidget):
    """Widgets in a row."""

    def __init__(self, widgets: Sequence[QWidget], gap: int) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(gap)
        for widget in widgets:
            row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)


class _Spread(QWidget):
    """Two groups at both ends of a line; the second goes below where there is no room."""

    def __init__(self, first: QWidget, last: QWidget) -> None:
        super().__init__()
        layout = FlowLayout(12, self, spread=True)
        layout.addWidget(first)
        layout.addWidget(last)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)


def pools_of(fit: Fit, header: ModelHeader, machine: Machine, freed: int) -> list[Pool]:
    """The share-out of each place that the model would use: devices first, then main memory."""
    devices = {device.name: device for device in machine.devices}
    shared = machine.is_unified or not any(
        devices[place.name].kind == "gpu" for place in fit.places if place.name in devices
    )
    pools = []
    for place in fit.places:
        device = devices.get(place.name)
        if place.name != MEMORY and (device is None or shared):
            continue  # it lies in the main memory anyway
        is_memory = device is None
        if is_memory and not shared and not place.layers:
            continue  # everything runs on the devices
        name = place.name
        total, free = machine.memory_total, machine.memory_free
        if device is not None:
            name, total, free = device.description or name, device.memory_total, device.memory_free
        else:
            name = QCoreApplication.translate("FitCard", "Main memory")
        pools.append(_pool(place, name, total, min(total, free + freed), fit, header, shared))
        freed = max(0, freed - max(0, total - free))
    return pools


def _pool(
    place: Place,
    name: str,
    total: int,
    free: int,
    fit: Fit,
    header: ModelHeader,
    is_shared: bool,  # noqa: FBT001 - one of its own values
) -> Pool:
    layers = header.layers if is_shared else place.layers
    share = layers / header.layers if header.layers else 1.0
    need = fit.need.total if is_shared else place.need
    context = min(need, round(fit.need.cache * share))
    has_buffers = bool(layers) or not header.layers
    buffers = min(need - context, fit.need.compute) if has_buffers else 0
    return Pool(name, total, free, need - context - buffers, context, buffers)
