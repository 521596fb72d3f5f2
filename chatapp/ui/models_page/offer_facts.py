"""The facts about a model that can be had, beside or below everything else on its page."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QDateTime, QLocale, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from chatapp.hub.catalog import Ability
from chatapp.ui.i18n import Translated
from chatapp.ui.models_page.link_label import LinkLabel
from chatapp.ui.models_page.offer_words import ability_word
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.text_label import TextLabel
from chatapp.ui.words import date, file_size, license_name, moment, parameters, token_speed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chatapp.domain.model import ModelFile
    from chatapp.hub.offers import Offer
    from chatapp.ui.theme import Appearance

_NAMES = 84  # pixels of the first column, where the text is 13 px high
_MOST_BASES = 2


class OfferFacts(Translated, QWidget):
    """Names and values in two groups, and the way to the model's page on the Hub.

    Signals: `repo_requested(str)` for a repository that it was made from; `page_requested()`.
    """

    repo_requested = Signal(str)
    page_requested = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._shown: tuple[Offer, ModelFile | None] | None = None
        self._groups: QWidget | None = None
        self._button = Button(appearance, "", icon="external")
        self._button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._button.clicked.connect(self.page_requested)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(16)
        self._layout.addWidget(self._button)
        self._layout.addStretch()
        self._translate()

    def show_offer(self, offer: Offer, model: ModelFile | None) -> None:
        """`model` is the file of it in the library that the page tells about."""
        if (offer, model) != self._shown:
            self._shown = (offer, model)
            self._translate()

    def _translate(self) -> None:
        self._button.setText(self.tr("Open on Hugging Face"))
        if self._shown is None:
            return
        offer, model = self._shown
        if self._groups is not None:
            self._groups.hide()
            self._groups.deleteLater()
        self._groups = QWidget()
        column = QVBoxLayout(self._groups)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(24)
        column.addLayout(self._group(self.tr("About"), self._about(offer)))
        measured = self._measured(model) if model is not None else []
        if measured:
            column.addLayout(self._group(self.tr("Measured here"), measured))
        self._layout.insertWidget(0, self._groups)
        self._groups.show()

    def _about(self, offer: Offer) -> list[tuple[str, QWidget | str]]:
        info, header, number = offer.info, offer.header, QLocale().toString
        length = info.context_length or (header.context_length if header is not None else 0)
        count = offer.parameters
        if header is not None and header.parameters:
            count = header.parameters
        updated = ""
        if info.updated_at:
            updated = date(QDateTime.fromSecsSinceEpoch(int(info.updated_at)).date())
        source = self._link(offer.repo, self.page_requested.emit)
        facts: list[tuple[str, QWidget | str]] = [
            (self.tr("Parameters"), parameters(count) if count else ""),
            (
                self.tr("Context"),
                self.tr("%Ln token(s)", "", length) if length else "",
            ),
            (self.tr("Can do"), self._abilities(offer)),
            (self.tr("Licence"), license_name(info.license)),
            (self.tr("Updated"), updated),
            (
                self.tr("Downloads"),
                self.tr("{count} last month").format(count=number(info.downloads))
                if info.downloads
                else "",
            ),
            (self.tr("Source"), source),
        ]
        for base in info.base_models[:_MOST_BASES]:
            if base != offer.repo:
                link = self._link(base, partial(self.repo_requested.emit, base))
                facts.append((self.tr("Made from"), link))
        return facts

    def _measured(self, model: ModelFile) -> list[tuple[str, QWidget | str]]:
        facts: list[tuple[str, QWidget | str]] = []
        if model.write_speed > 0:
            speed = token_speed(model.write_speed)
            if model.read_speed > 0:
                reading = QLocale().toString(round(model.read_speed))
                speed = self.tr("{write}, reads {read}/s").format(write=speed, read=reading)
            facts.append((model.quantization or self.tr("Speed"), speed))
        if model.memory_used:
            memory = file_size(model.memory_used)
            if model.memory_estimated:
                memory = self.tr("{measured}, estimated {estimated}").format(
                    measured=memory, estimated=file_size(model.memory_estimated)
                )
            facts.append((self.tr("Memory"), memory))
        if model.verified_at:
            verified = self.tr("sha256, {time}").format(time=moment(model.verified_at))
            facts.append((self.tr("Verified"), verified))
        return facts

    def _abilities(self, offer: Offer) -> str:
        words = []
        for ability in offer.abilities:
            word = ability_word(ability)
            if ability is Ability.VISION:
                word = self.tr("{ability} (not yet usable here)").format(ability=word)
            words.append(word)
        return self.tr(", ").join(words)

    def _link(self, text: str, on_click: Callable[[], object]) -> LinkLabel:
        label = LinkLabel(self._appearance, text)
        label.clicked.connect(lambda _=False: on_click())
        return label

    def _group(self, title: str, facts: Sequence[tuple[str, QWidget | str]]) -> QVBoxLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(14)
        names = round(_NAMES * self._appearance.size / 13)
        grid.setColumnMinimumWidth(0, names)
        grid.setColumnStretch(1, 1)
        top = Qt.AlignmentFlag.AlignTop
        shown = [(name, value) for name, value in facts if value]
        for row, (name, value) in enumerate(shown):
            grid.addWidget(TextLabel(self._appearance, name, color="text_muted"), row, 0, top)
            widget = value
            if isinstance(widget, str):
                widget = TextLabel(self._appearance, widget, wrap=True)
                widget.setAccessibleName(f"{name}: {value}")
            grid.addWidget(widget, row, 1, top)
        column = QVBoxLayout()
        column.setSpacing(14)
        column.addWidget(TextLabel(self._appearance, title, bold=True))
        column.addLayout(grid)
        return column
