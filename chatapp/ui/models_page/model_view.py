"""The page of one model: how it fits, its files, and what its maker says about it."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum, auto
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt, QUrl, Signal
from PySide6.QtGui import (
    QDesktopServices,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from chatapp.domain.hub import Reference
from chatapp.hub.fit import Verdict
from chatapp.hub.names import choose
from chatapp.hub.offers import Stage, order_for, outlook
from chatapp.ui.download_words import fraction
from chatapp.ui.i18n import Translated, error_sentence
from chatapp.ui.models_page.catalog_card import CardAction
from chatapp.ui.models_page.files_table import FileFace, FilesTable
from chatapp.ui.models_page.fit_card import FitCard
from chatapp.ui.models_page.gated_notice import GatedNotice
from chatapp.ui.models_page.model_card import ModelCard
from chatapp.ui.models_page.offer_facts import OfferFacts
from chatapp.ui.models_page.offer_words import (
    BADGES,
    abilities,
    about,
    fit_note,
    outlook_sentence,
    reason_sentence,
    variant_name,
)
from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_SMALL
from chatapp.ui.widgets.badge import Badge
from chatapp.ui.widgets.banner import Banner
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.elided_label import ElidedLabel
from chatapp.ui.widgets.flow_layout import FlowLayout
from chatapp.ui.widgets.text_label import TextLabel
from chatapp.ui.words import file_size, quality

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatapp.domain.model import ModelFile
    from chatapp.errors import ChatappError
    from chatapp.hub.discovery import Discovery
    from chatapp.hub.fit import FitOptions
    from chatapp.hub.offers import FittedVariant, Offer
    from chatapp.ui.theme import Appearance
    from chatapp.ui.transcript.drawings import Drawings

_MARGIN = 24
_FACTS = 256
_FACTS_BELOW = 480
_GAP = 40
_BESIDE_FROM = 1200  # pixels of the window from which the facts stand at the right
_WIDEST_TEXT = 736
_MOST_FILES = 30  # some repositories hold thousands


def _no_token() -> bool:
    return False


class _Problem(Enum):
    """What a banner says."""

    UNKNOWN = auto()  # nothing could be found out
    EMPTY = auto()  # there is nothing of use
    UNREAD = auto()  # no header could be read


class ModelView(Translated, QWidget):
    """Shows one repository at a time; `show_model` brings another one.

    Signals: `back_requested()` from the keyboard; `download_requested(Order)`;
    `connection_requested()` for whoever needs a token; `model_requested(str)` for another
    repository; `save_requested(str, str)` with a language and code of the card.
    """

    back_requested = Signal()
    download_requested = Signal(object)
    connection_requested = Signal()
    model_requested = Signal(str)
    save_requested = Signal(str, str)

    def __init__(
        self,
        appearance: Appearance,
        discovery: Discovery,
        endpoint: Callable[[], str],
        *,
        has_token: Callable[[], bool] = _no_token,
        drawings: Drawings | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`endpoint` is the Hub that is asked now; `has_token`: whether it gets an access token."""
        super().__init__(parent)
        self._appearance = appearance
        self._discovery = discovery
        self._endpoint = endpoint
        self._has_token = has_token
        self._reference = Reference("")
        self._options: FitOptions | None = None
        self._offer: Offer | None = None
        self._problem: Banner | None = None
        self._problem_shown: tuple[_Problem | None, ChatappError | None] = (None, None)
        self._trained = -1
        self._is_card_empty = False
        self._card_error: ChatappError | None = None
        self._title = ElidedLabel(appearance, "page_title")
        self._tags = QWidget()
        self._tag_layout = FlowLayout(8, self._tags)
        self._about = TextLabel(appearance, color="text_muted", wrap=True)
        self._gate = GatedNotice(appearance)
        self._gate.page_requested.connect(self._open_page)
        self._gate.token_requested.connect(self.connection_requested)
        self._gate.retry_requested.connect(self.try_again)
        self.fit_card = FitCard(appearance)
        self.fit_card.changed.connect(self._on_options)
        self._skeleton = _Skeleton(appearance)
        self.files = FilesTable(appearance)
        self.files.chosen.connect(lambda _: self._show_fit())
        self.files.download_requested.connect(self._on_download)
        self.files.permission_requested.connect(self._show_gate)
        self.facts = OfferFacts(appearance)
        self.facts.page_requested.connect(self._open_page)
        self.facts.repo_requested.connect(self.model_requested)
        self._about_card = QWidget()
        self._card_title = TextLabel(appearance, "", "card_title")
        self._card_state = TextLabel(appearance, color="text_muted", wrap=True)
        self._card_retry = Button(appearance, "", icon="refresh")
        self._card_retry.clicked.connect(self._read_card)
        self.card = ModelCard(appearance, discovery.jobs, drawings)
        appearance.fit(self.card, lambda card: card.setMaximumWidth(appearance.width(_WIDEST_TEXT)))
        self._card_rest = TextLabel(appearance, "", "small", "text_muted", wrap=True)
        self._card_rest.hide()
        self.card.shown.connect(self._card_rest.setVisible)
        self.card.place_wanted.connect(self._show_part_of_card)
        self.card.save_requested.connect(self.save_requested)
        self._scroll = QScrollArea()
        self._scroll.setObjectName("page")
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.verticalScrollBar().setSingleStep(40)
        self._scroll.verticalScrollBar().rangeChanged.connect(self._on_range)
        self._lay_out()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._scroll, 1)
        back = QShortcut(QKeySequence(QKeySequence.StandardKey.Back), self)
        back.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        back.activated.connect(self.back_requested)
        discovery.subscribe(self._on_changed)
        appearance.resized.connect(self._arrange)
        appearance.changed.connect(self.update)
        self._translate()

    # What owners ask for

    @property
    def repo(self) -> str:
        """The repository that is shown, or empty."""
        return self._reference.repo

    @property
    def title(self) -> str:
        """The model's name."""
        return self._title.text()

    @property
    def problem(self) -> Banner | None:
        """What went wrong, if anything did."""
        return self._problem

    def show_model(self, reference: Reference) -> None:
        """Show a repository from its beginning; a precision or a file named in it is chosen."""
        self._reference = reference
        self._options = None
        self._trained = -1
        self._offer = None
        self.files.reset()
        self._scroll.verticalScrollBar().setValue(0)
        self._discovery.look_at_machine()
        self._discovery.look_up(reference.repo)
        self._read_card()
        self.refresh()

    def try_again(self) -> None:
        """Ask again, after an error or with another connection."""
        self._discovery.look_up(self._reference.repo)
        if self.card.isHidden():
            self._read_card()
        self._offer = None
        self.refresh()

    def refresh(self) -> None:
        """Show what is known now."""
        if not self._reference.repo:
            return
        if self._options is None:
            self._show(self._discovery.offer(self._reference.repo))
        else:
            repo, options = self._reference.repo, self._options
            self._discovery.judge(
                repo, options, lambda offer: self._on_judged(repo, options, offer)
            )

    def _on_judged(self, repo: str, options: FitOptions, offer: Offer) -> None:
        if (repo, options) == (self._reference.repo, self._options):
            self._show(offer)

    def _show(self, offer: Offer) -> None:
        if offer is self._offer or offer == self._offer:
            return
        is_first = self._offer is None or self._offer.stage is Stage.LISTED
        self._offer = offer
        self._show_words(offer)
        named = self._named(offer) if is_first else None
        if named is not None:
            self.files.choose(named.variant.files[0].path)
            self._show_fit()

    def _show_words(self, offer: Offer) -> None:
        self._title.setText(offer.title)
        self._about.setText(about(offer))
        self._about.setVisible(bool(self._about.text()))
        self._show_tags(offer)
        self._show_problem(offer)
        self._show_card_state()
        self._about_card.setVisible(offer.stage is not Stage.FAILED)
        self._gate.setVisible(offer.needs_permission)
        if offer.needs_permission:
            self._gate.show_repo(offer.info, has_token=self._has_token())
        self._skeleton.setVisible(offer.stage is Stage.LISTED)
        self.files.setVisible(bool(offer.variants))
        if offer.variants:
            self._show_files(offer)
        self._show_fit()
        self.facts.show_offer(offer, self._chosen_model())

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.back_requested.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._appearance.theme.surface)

    # Layout

    def _lay_out(self) -> None:
        heading = QWidget()
        names = FlowLayout(12, heading)
        names.addWidget(self._title)
        names.addWidget(self._tags)
        words = QVBoxLayout()
        words.setSpacing(6)
        words.addWidget(heading)
        words.addWidget(self._about)
        self._main = QVBoxLayout()
        self._main.setSpacing(24)
        self._main.addLayout(words)
        self._main.addWidget(self._gate)
        self._main.addWidget(self._skeleton)
        self._main.addWidget(self.fit_card)
        self._main.addWidget(self.files)
        self._below = QWidget()
        below = QHBoxLayout(self._below)
        below.setContentsMargins(0, 0, 0, 0)
        below.addWidget(self.facts, 1)
        below.addStretch()
        self.facts.setMaximumWidth(_FACTS_BELOW)
        self._main.addWidget(self._below)
        card = QVBoxLayout(self._about_card)
        card.setContentsMargins(0, 0, 0, 0)
        card.setSpacing(8)
        card.addWidget(self._card_title)
        card.addWidget(self._card_state)
        card.addWidget(self._card_retry)
        shown = QHBoxLayout()
        shown.addWidget(self.card, 1)
        shown.addStretch()
        card.addLayout(shown)
        card.addWidget(self._card_rest)
        self._main.addWidget(self._about_card)
        self._main.addStretch()
        self._content = QWidget()
        self._row = QHBoxLayout(self._content)
        self._row.setContentsMargins(_MARGIN, 20, _MARGIN, 32)
        self._row.setSpacing(_GAP)
        self._row.addLayout(self._main, 1)
        self._scroll.setWidget(self._content)
        self._content.setAutoFillBackground(False)
        self._arrange()

    def _arrange(self) -> None:
        """The facts stand at the right where there is room, else between files and card."""
        is_beside = self._appearance.designed(self.window().width()) >= _BESIDE_FROM
        if is_beside:
            self.facts.setFixedWidth(self._appearance.width(_FACTS))
        if is_beside == (self._row.indexOf(self.facts) >= 0):
            return
        below = self._below.layout()
        if is_beside:
            self._row.addWidget(self.facts, 0, Qt.AlignmentFlag.AlignTop)
        elif isinstance(below, QHBoxLayout):
            self.facts.setMinimumWidth(0)
            self.facts.setMaximumWidth(_FACTS_BELOW)
            below.insertWidget(0, self.facts, 1)
        self._below.setVisible(not is_beside)

    def _on_range(self, _least: int, most: int) -> None:
        """The scroll bar takes its room from the margin, so that nothing moves when it comes."""
        bar = self._scroll.verticalScrollBar().sizeHint().width() if most else 0
        self._row.setContentsMargins(_MARGIN, 20, _MARGIN - bar, 32)

    # Inside

    def _translate(self) -> None:
        self._card_title.setText(self.tr("Model card"))
        self.card.setAccessibleName(self.tr("Model card"))
        self._card_retry.setText(self.tr("Try again"))
        self._card_rest.setText(
            self.tr("This is only its beginning. All of it is on the model's page.")
        )
        self._problem_shown = (None, None)
        if self._offer is not None:
            self._show_words(self._offer)
        self._show_card_state()

    def _show_tags(self, offer: Offer) -> None:
        words = [name for _, name in abilities(offer)]
        while self._tag_layout.count():
            item = self._tag_layout.takeAt(0)
            if item is not None and (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for word in words:
            self._tag_layout.addWidget(Badge(self._appearance, "neutral", word))
        self._tags.setVisible(bool(words))
        self._tags.updateGeometry()

    def _show_problem(self, offer: Offer) -> None:
        """A banner in place of what is missing, or above what can only be guessed."""
        kind = None
        if offer.stage is Stage.FAILED:
            kind = _Problem.UNKNOWN
        elif offer.stage is Stage.KNOWN and not offer.variants:
            kind = _Problem.EMPTY
        elif offer.error is not None and not offer.needs_permission:
            kind = _Problem.UNREAD
        if (kind, offer.error) == self._problem_shown:
            return
        self._problem_shown = (kind, offer.error)
        if self._problem is not None:
            self._problem.hide()
            self._problem.deleteLater()
            self._problem = None
        if kind is not None:
            self._problem = self._make_problem(kind, offer.error)
            self._main.insertWidget(1, self._problem)
            self._problem.show()

    def _make_problem(self, kind: _Problem, error: ChatappError | None) -> Banner:
        if kind is _Problem.EMPTY:
            title = self.tr("No file that can be used here")
            words = self.tr("This repository has no complete GGUF model. Look for another one.")
            return Banner(self._appearance, "info", title, words)
        if kind is _Problem.UNREAD or error is None:
            title = self.tr("Its files may be damaged")
            words = self.tr("The beginning of a file can't be read, so only its size is judged.")
            banner = Banner(self._appearance, "warning", title, words)
        else:
            title = self.tr("Nothing could be found out about this model")
            banner = Banner(self._appearance, "warning", title, error_sentence(error))
        banner.add_button(self.tr("Try again"), self.try_again, icon="refresh")
        if kind is _Problem.UNKNOWN:
            settings = self.tr("Connection settings")
            banner.add_button(settings, self.connection_requested.emit, kind="quiet")
        return banner

    def _show_files(self, offer: Offer) -> None:
        choice = offer.recommendation
        chosen = offer.choice
        named = self._named(offer)
        shown = [
            one
            for place, one in enumerate(reversed(offer.variants))
            if place < _MOST_FILES or one is chosen or one is named
        ]
        faces = [self._face(offer, one) for one in shown]
        reason = ""
        if choice is not None and chosen is not None:
            reason = reason_sentence(choice, chosen.variant.quantization or variant_name(chosen))
        self.files.set_faces(faces, reason, others=len(offer.variants) - len(shown))

    def _face(self, offer: Offer, one: FittedVariant) -> FileFace:
        action = CardAction.DOWNLOAD
        if one.download is not None:
            action = CardAction.RUNNING
        elif one.model is not None:
            action = CardAction.IN_LIBRARY
        elif offer.needs_permission:
            action = CardAction.GATED
        known = one.fit is not None and offer.header is not None
        note = fit_note(one.fit, offer.header) if one.fit and offer.header else ""
        if one.verdict is not None and not known:
            note = self.tr("estimated")
        return FileFace(
            key=one.variant.files[0].path,
            name=variant_name(one),
            quality=quality(one.variant.quantization),
            size=file_size(one.size) if one.size else "",
            memory=file_size(one.fit.need.total) if one.fit is not None else "",
            badge=BADGES[one.verdict] if one.verdict is not None else None,
            note=note,
            is_recommended=one is offer.choice,
            action=action,
            fraction=fraction(one.download) if one.download is not None else None,
        )

    def _named(self, offer: Offer) -> FittedVariant | None:
        """The one that a link or a name points at."""
        if not (self._reference.quantization or self._reference.file):
            return None
        named = choose([one.variant for one in offer.variants], self._reference)
        return next((one for one in offer.variants if one.variant is named), None)

    def _chosen(self) -> FittedVariant | None:
        if self._offer is None:
            return None
        key = self.files.current
        for one in self._offer.variants:
            if one.variant.files[0].path == key:
                return one
        return None

    def _chosen_model(self) -> ModelFile | None:
        chosen = self._chosen()
        if chosen is not None and chosen.model is not None:
            return chosen.model
        return self._offer.model if self._offer is not None else None

    def _show_fit(self) -> None:
        offer, chosen = self._offer, self._chosen()
        header = offer.header if offer is not None else None
        machine = self._discovery.machine
        if (
            offer is None
            or chosen is None
            or header is None
            or chosen.fit is None
            or machine is None
        ):
            self.fit_card.hide()
            return
        options = self._options or self._discovery.options
        if self._trained != header.context_length:
            self._trained = header.context_length
            self.fit_card.set_choices(
                header.context_length, options.context_length, options.cache_type
            )
        freed = self._discovery.freed
        view = outlook(header, chosen.variant.size, options, machine, freed)
        choice = offer.choice
        smaller = ""
        if choice is not None and choice is not chosen and choice.verdict is Verdict.FITS:
            smaller = variant_name(choice)
        sentence = outlook_sentence(
            chosen.fit, header, view, options.context_length, smaller=smaller
        )
        self.fit_card.show_fit(chosen.fit, header, machine, freed, sentence, chosen.model)
        self.fit_card.show()
        self.facts.show_offer(offer, self._chosen_model())

    def _on_options(self, context_length: int, cache_type: str) -> None:
        options = self._options or self._discovery.options
        self._options = replace(options, context_length=context_length, cache_type=cache_type)
        self.refresh()

    def _on_download(self, key: str) -> None:
        if self._offer is None:
            return
        for one in self._offer.variants:
            if one.variant.files[0].path == key:
                self.download_requested.emit(order_for(self._offer, one))

    def _on_changed(self) -> None:
        if self.isVisible():
            self.refresh()

    def _show_gate(self) -> None:
        self._scroll.ensureWidgetVisible(self._gate)

    def _open_page(self) -> None:
        QDesktopServices.openUrl(QUrl(f"{self._endpoint()}/{self._reference.repo}"))

    # The card

    def _read_card(self) -> None:
        self._is_card_empty = False
        self._card_error = None
        self.card.clear()
        self.card.hide()
        self._card_retry.hide()
        self._card_state.show()
        self._show_card_state()
        self._discovery.read_card(self._reference.repo, self._on_card, self._on_card_error)

    def _on_card(self, text: str) -> None:
        self.card.show_text(text)
        self.card.setVisible(bool(text.strip()))
        self._card_rest.hide()
        self._is_card_empty = not text.strip()
        self._card_state.setVisible(self._is_card_empty)
        self._show_card_state()

    def _show_card_state(self) -> None:
        """Why there is no card, or not yet."""
        is_closed = self._offer is not None and self._offer.needs_permission
        if self._is_card_empty and is_closed:
            self._card_state.setText(self.tr("It can be read once the terms are accepted."))
        elif self._is_card_empty:
            self._card_state.setText(self.tr("Its maker has written nothing about it."))
        elif self._card_error is not None:
            self._card_state.setText(error_sentence(self._card_error))
        else:
            self._card_state.setText(self.tr("Loading…"))

    def _on_card_error(self, error: ChatappError) -> None:
        self._card_error = error
        self._card_retry.show()
        self._show_card_state()

    def _show_part_of_card(self, part: QRect) -> None:
        corner = self.card.mapTo(self._content, part.center())
        self._scroll.ensureVisible(corner.x(), corner.y(), 0, part.height() // 2 + 24)


class _Skeleton(Translated, QWidget):
    """Stands where the fit and the files will be."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        appearance.changed.connect(self.update)
        self._translate()

    def _translate(self) -> None:
        self.setAccessibleName(self.tr("Loading"))

    def sizeHint(self) -> QSize:
        return QSize(400, 320)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        painter = QPainter(self)
        width = self.width()
        paint_box(painter, QRect(0, 0, width, 180), 8, border=theme.border)
        bars = [(20, 22, 180, 14), (20, 74, width - 40, 20), (20, 110, width // 2, 10)]
        bars += [(0, 210, 60, 14)]
        bars += [(8, 250 + 30 * row, min(360, width - 16), 10) for row in range(2)]
        for left, top, wide, high in bars:
            box = QRect(left, top, wide, high)
            if self.isRightToLeft():
                box.moveRight(width - left)
            paint_box(painter, box, RADIUS_SMALL, fill=theme.pressed)
