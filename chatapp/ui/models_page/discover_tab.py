"""The page on which a person finds a model: a search, filters, and cards that say what fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from chatapp.domain.hub import SearchSort
from chatapp.errors import (
    CertificateRejected,
    HubAnswerInvalid,
    HubRefused,
    HubTimeout,
    HubUnreachable,
    Offline,
)
from chatapp.hub.access import OFFICIAL, is_mirror
from chatapp.hub.discovery import Query, Source
from chatapp.hub.names import parse_reference
from chatapp.hub.offers import order_for
from chatapp.ui.i18n import Translated, error_sentence
from chatapp.ui.models_page.card_grid import MARGIN, CardGrid
from chatapp.ui.models_page.catalog_card import CardAction, CardFace
from chatapp.ui.models_page.filter_chips import FilterBar
from chatapp.ui.models_page.offer_words import face_of
from chatapp.ui.models_page.search_bar import SearchBar, Sorting
from chatapp.ui.widgets.banner import Banner
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.elided_label import ElidedLabel
from chatapp.ui.widgets.icon_label import IconLabel
from chatapp.ui.widgets.spinner import Spinner
from chatapp.ui.widgets.text_label import TextLabel
from chatapp.ui.words import context, file_size, joined

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatapp.domain.hub import Reference
    from chatapp.errors import ChatappError
    from chatapp.hub.discovery import Discovery, Listing
    from chatapp.hub.hardware import Machine
    from chatapp.hub.offers import Offer
    from chatapp.ui.theme import Appearance

_ABOVE = 20
_GAP = 16
_SKELETON_MS = 150
_LONG_MS = 1000
_REDRAW_MS = 40
_MACHINE_MS = 15_000
_SKELETONS = 9
_SORTS = {
    Sorting.RECOMMENDED: None,
    Sorting.DOWNLOADS: SearchSort.DOWNLOADS,
    Sorting.TRENDING: SearchSort.TRENDING,
    Sorting.LIKES: SearchSort.LIKES,
    Sorting.UPDATED: SearchSort.UPDATED,
}
_NOBODY_ANSWERS = (CertificateRejected, HubTimeout, HubUnreachable)
_MIRROR_HELPS = (
    CertificateRejected,
    HubAnswerInvalid,
    HubRefused,
    HubTimeout,
    HubUnreachable,
)


class DiscoverTab(Translated, QWidget):
    """Shows what `discovery` finds, and asks it for what is looked at.

    Signals: `model_requested(str)` with a repository; `reference_requested(Reference)` when a link
    or a name with a precision was given; `download_requested(Order)`; `library_requested(str)` and
    `connection_requested()`; `mirror_requested()` to go on with the mirror.
    """

    model_requested = Signal(str)
    reference_requested = Signal(object)
    download_requested = Signal(object)
    connection_requested = Signal()
    mirror_requested = Signal()

    def __init__(
        self,
        appearance: Appearance,
        discovery: Discovery,
        endpoint: Callable[[], str],
        parent: QWidget | None = None,
    ) -> None:
        """`endpoint` is the Hub that is asked now."""
        super().__init__(parent)
        self._appearance = appearance
        self._discovery = discovery
        self._endpoint = endpoint
        self._is_stale = True  # another list than the one shown was asked for
        self._query = Query()
        self._made: dict[str, tuple[Offer, bool, CardFace]] = {}
        self.bar = SearchBar(appearance, self)
        self.bar.query_changed.connect(lambda _: self._ask())
        self.bar.sorting_chosen.connect(lambda _: self._ask())
        self.bar.pasted.connect(self._on_pasted)
        self.bar.submitted.connect(self._on_submitted)
        self.bar.down_pressed.connect(self._focus_cards)
        self.bar.connection_requested.connect(self.connection_requested)
        self._head = DiscoverHead(appearance)
        self.filters = self._head.filters
        self.filters.changed.connect(self._ask)
        self._head.action.connect(self._on_notice_action)
        self._foot = DiscoverFoot(appearance)
        self._foot.action.connect(self._on_foot_action)
        self.grid = CardGrid(appearance, "")
        self.grid.set_head(self._head)
        self.grid.set_foot(self._foot)
        self.grid.opened.connect(self.model_requested)
        self.grid.action_requested.connect(self._on_action)
        self.grid.shown_changed.connect(self._want)
        self.grid.end_neared.connect(discovery.more)
        top = QHBoxLayout()
        top.setContentsMargins(MARGIN, _ABOVE, MARGIN, 12)
        top.addWidget(self.bar)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.grid, 1)
        self._redraw_timer = QTimer(self, singleShot=True, interval=_REDRAW_MS)
        self._redraw_timer.timeout.connect(self.refresh)
        self._skeleton_timer = QTimer(self, singleShot=True, interval=_SKELETON_MS)
        self._skeleton_timer.timeout.connect(self.refresh)
        self._long_timer = QTimer(self, singleShot=True, interval=_LONG_MS)
        self._long_timer.timeout.connect(self.refresh)
        self._machine_timer = QTimer(self, interval=_MACHINE_MS)
        self._machine_timer.timeout.connect(discovery.look_at_machine)
        discovery.subscribe(self._on_changed)
        appearance.changed.connect(self.update)
        self._translate()

    # What owners ask for

    def focus_search(self) -> None:
        """Bring the keyboard to the field."""
        self.bar.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.bar.field.selectAll()

    def search(self, text: str) -> None:
        """Look for a text as if it had been typed."""
        self.bar.field.setText(text)
        self._ask()

    def refresh(self) -> None:
        """Show what is known now."""
        self._redraw_timer.stop()
        listing = self._discovery.listing
        is_waiting = listing.is_searching and self._is_stale
        shows_skeletons = is_waiting and not self._skeleton_timer.isActive()
        if is_waiting and not shows_skeletons:
            return  # what was there before stays for a moment, so that nothing flickers
        faces = _skeletons() if shows_skeletons else self._faces(listing)
        to_top = not shows_skeletons and self._is_stale
        if not is_waiting:
            self._is_stale = False
            self._skeleton_timer.stop()
            self._long_timer.stop()
        is_long = is_waiting and not self._long_timer.isActive()
        self._head.show_listing(
            listing,
            self._discovery.machine,
            host=_host(self._endpoint()),
            offers_mirror=isinstance(listing.error, _MIRROR_HELPS)
            and not is_mirror(self._endpoint()),
            context_length=self._discovery.options.context_length,
            is_waiting=is_waiting,
            is_long=is_long,
        )
        self._foot.show_listing(
            listing, is_empty=not faces, has_filters=not self.filters.filters.is_empty
        )
        self.grid.set_faces(faces, to_top=to_top)
        self._want()

    # Qt

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._discovery.look_at_machine()
        self._machine_timer.start()
        self._want()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._machine_timer.stop()
        self._discovery.want(())

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._appearance.theme.surface)

    # Inside

    def _translate(self) -> None:
        self.grid.setAccessibleName(self.tr("Models"))
        self._made = {}
        self._head.forget_words()
        self.refresh()

    def _ask(self) -> None:
        """Look for what the field, the order and the filters say."""
        filters = self.filters.filters
        query = Query(
            text=self.bar.query,
            sort=_SORTS[self.bar.sorting.value],
            kind=filters.kind,
            fits=filters.fits,
            min_parameters=filters.sizes.least,
            max_parameters=filters.sizes.most,
            license=filters.license,
        )
        if query == self._query:
            return
        self._query = query
        self._is_stale = True
        self._skeleton_timer.start()
        self._long_timer.start()
        self._discovery.set_query(query)

    def _faces(self, listing: Listing) -> list[CardFace]:
        """Most cards are as they were, and there may be hundreds."""
        is_offline = listing.error is not None
        before, self._made = self._made, {}
        for offer in listing.offers:
            made = before.get(offer.repo)
            if made is None or made[0] is not offer or made[1] != is_offline:
                made = (offer, is_offline, face_of(offer, is_offline=is_offline))
            self._made[offer.repo] = made
        return [face for _, _, face in self._made.values()]

    def _on_changed(self) -> None:
        if (self.isVisible() or self._is_stale) and not self._redraw_timer.isActive():
            self._redraw_timer.start()

    def _want(self) -> None:
        if self.isVisible():
            self._discovery.want(key for key in self.grid.shown if key)

    def _on_pasted(self, text: str) -> None:
        """A link or a name with a precision goes straight to the model."""
        reference = parse_reference(text, self._endpoint())
        if reference is not None and ("://" in text or reference.quantization or reference.file):
            self._go_to(reference)

    def _on_submitted(self, _was_told: bool) -> None:  # noqa: FBT001 - a slot
        reference = parse_reference(self.bar.query, self._endpoint())
        if reference is not None:
            self._go_to(reference)
        else:
            self._focus_cards()

    def _go_to(self, reference: Reference) -> None:
        self.bar.field.clear()
        self.reference_requested.emit(reference)

    def _focus_cards(self) -> None:
        self.grid.focus_first()

    def _on_action(self, repo: str) -> None:
        offer = self._discovery.offer(repo)
        card = self.grid.card(repo)
        choice = offer.choice
        wants_file = card is not None and card.face.action is CardAction.DOWNLOAD
        if wants_file and choice is not None:
            self.download_requested.emit(order_for(offer, choice))
        else:
            self.model_requested.emit(repo)

    def _on_notice_action(self, action: str) -> None:
        match action:
            case "retry":
                self._discovery.try_again()
            case "mirror":
                self.mirror_requested.emit()
            case _:
                self.connection_requested.emit()

    def _on_foot_action(self) -> None:
        if self.filters.filters.is_empty:
            self.bar.field.clear()
            self.bar.field.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.filters.clear()


@dataclass(frozen=True, slots=True)
class _Notice:
    """What a banner is about: another one is made when this is another one."""

    error: ChatappError
    offers_mirror: bool


class DiscoverHead(QWidget):
    """Filters, this computer, what failed, and the title of the list.

    Signals: `action(str)`: "retry", "mirror" or "connection" from a banner.
    """

    action = Signal(str)

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self._notice: _Notice | None = None
        self._banner: Banner | None = None
        self.filters = FilterBar(appearance)
        self._chip = IconLabel(appearance, "chip", size=14, beside=28)
        self._computer = ElidedLabel(appearance, "small", "text_muted")
        self._title = TextLabel(appearance, style="card_title")
        self._meaning = ElidedLabel(appearance, "small", "text_muted")
        self._spinner = Spinner(appearance)
        self._spinner.hide()
        first = QHBoxLayout()
        first.setSpacing(6)
        first.addWidget(self.filters, 1)
        first.addWidget(self._chip, 0, Qt.AlignmentFlag.AlignTop)
        first.addWidget(self._computer, 0, Qt.AlignmentFlag.AlignTop)
        appearance.fit(self._computer, lambda words: words.setFixedHeight(appearance.height(28)))
        self._computer.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        titles = QHBoxLayout()
        titles.setSpacing(8)
        titles.addWidget(self._title)
        titles.addWidget(self._spinner)
        titles.addStretch(1)
        titles.addWidget(self._meaning)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(20)
        self._layout.addLayout(first)
        self._layout.addLayout(titles)
        self._show_machine(None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def show_listing(
        self,
        listing: Listing,
        machine: Machine | None,
        *,
        host: str,
        offers_mirror: bool,
        context_length: int,
        is_waiting: bool,
        is_long: bool,
    ) -> None:
        """`context_length` is that of the verdicts, in tokens.

        `is_waiting`: the list is not that of the query yet; `is_long`: for over a second.
        """
        self._show_machine(machine)
        self._show_error(listing.error, offers_mirror=offers_mirror)
        if is_waiting:
            pattern = self.tr("Searching {host}") if is_long else self.tr("Results")
            self._title.setText(pattern.format(host=host))
        elif listing.source is Source.CATALOG:
            self._title.setText(self.tr("Recommended"))
        else:
            self._title.setText(self.tr("Results"))
        self._spinner.setVisible(is_long)
        meaning = self.tr("Fits means: weights, {context} and buffers in memory that is free now")
        self._meaning.setText(meaning.format(context=context(context_length)))

    def forget_words(self) -> None:
        """The next listing is shown in another language."""
        self._show_error(None, offers_mirror=False)

    def _show_machine(self, machine: Machine | None) -> None:
        self._computer.setText(machine_words(machine) if machine is not None else "")
        self._make_room()

    def _make_room(self) -> None:
        """What stands at the end of the lines goes where all the rest needs the room."""
        room = self.width() - self.filters.sizeHint().width() - _GAP - self._chip.sizeHint().width()
        has_room = bool(self._computer.text()) and self._computer.sizeHint().width() + 6 <= room
        self._chip.setVisible(has_room)
        self._computer.setVisible(has_room)
        words = self._title.sizeHint().width() + self._meaning.sizeHint().width()
        self._meaning.setVisible(words + _GAP <= self.width())

    def _show_error(self, error: ChatappError | None, *, offers_mirror: bool) -> None:
        notice = _Notice(error, offers_mirror) if error is not None else None
        if notice == self._notice:
            return
        self._notice = notice
        if self._banner is not None:
            self._banner.hide()
            self._banner.deleteLater()
            self._banner = None
        if notice is not None:
            self._banner = self._make_banner(notice)
            self._layout.insertWidget(1, self._banner)
            self._banner.show()  # at once, so that its height is known

    def _make_banner(self, notice: _Notice) -> Banner:
        is_offline = isinstance(notice.error, Offline)
        kept = self.tr("The list below comes with Chatapp; what is on this computer works as ever.")
        title, sentence = self.tr("Connections are off"), kept
        if not is_offline:
            sentence = error_sentence(notice.error)
            title = self.tr("The Hub can't be asked now")
            if isinstance(notice.error, _NOBODY_ANSWERS):
                title = self.tr("No connection to the Hub")
        banner = Banner(
            self._appearance,
            "info" if is_offline else "warning",
            title,
            sentence,
            side_by_side=is_offline,
        )
        settings = self.tr("Connection settings")
        if not is_offline:
            banner.add_button(
                self.tr("Try again"), lambda: self.action.emit("retry"), icon="refresh"
            )
        if notice.offers_mirror:
            banner.add_button(self.tr("Use hf-mirror.com"), lambda: self.action.emit("mirror"))
        banner.add_button(
            settings,
            lambda: self.action.emit("connection"),
            kind="outlined" if is_offline else "quiet",
        )
        return banner


class DiscoverFoot(Translated, QWidget):
    """Below the cards: that nothing was found, or that more is coming.

    Signals: `action()` when the way out was pressed.
    """

    action = Signal()

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._words = TextLabel(appearance, style="card_title", wrap=True)
        self._hint = TextLabel(appearance, color="text_muted", wrap=True)
        self._button = Button(appearance, "")
        self._button.clicked.connect(self.action)
        self._spinner = Spinner(appearance)
        self._more = TextLabel(appearance, "", "small", "text_muted")
        loading = QHBoxLayout()
        loading.setSpacing(8)
        loading.addStretch()
        loading.addWidget(self._spinner)
        loading.addWidget(self._more)
        loading.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._words)
        layout.addWidget(self._hint)
        layout.addWidget(self._button)
        layout.addLayout(loading)
        self._translate()

    def _translate(self) -> None:
        self._more.setText(self.tr("Loading more"))  # its owner shows the listing anew

    def show_listing(self, listing: Listing, *, is_empty: bool, has_filters: bool) -> None:
        """`is_empty`: there are no cards."""
        nothing = is_empty and not listing.is_searching
        loading = listing.is_searching and not is_empty and bool(listing.has_more)
        self.setVisible(nothing or loading)
        for widget in (self._words, self._hint, self._button):
            widget.setVisible(nothing)
        for part in (self._spinner, self._more):
            part.setVisible(loading)
        if not nothing:
            return
        text = listing.query.text
        words = self.tr("Nothing found for “{query}”.").format(query=text)
        if not text:
            words = self.tr("No model is like that.")
        self._words.setText(words)
        hint = self.tr("Only models with GGUF files are listed. Try fewer words.")
        if has_filters:
            hint = self.tr("The filters may hide what you look for.")
        self._hint.setText(hint)
        self._button.setText(self.tr("Clear filters") if has_filters else self.tr("Clear search"))
        self._button.updateGeometry()


def machine_words(machine: Machine) -> str:
    """This computer in a few words: “16.6 GB memory · RTX 4060 8.59 GB”."""
    pattern = QCoreApplication.translate("DiscoverTab", "{size} memory")
    parts = [pattern.format(size=file_size(machine.memory_total))]
    for device in machine.devices:
        if device.kind == "gpu" and device.memory_total:
            name = device.description or device.name
            parts.append(f"{name} {file_size(device.memory_total)}")
    return joined(*parts)


def _host(endpoint: str) -> str:
    return (endpoint or OFFICIAL.endpoint).partition("://")[2].partition("/")[0]


def _skeletons() -> list[CardFace]:
    return [CardFace("", "", "", is_waiting=True) for _ in range(_SKELETONS)]
