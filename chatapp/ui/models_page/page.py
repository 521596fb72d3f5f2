"""The frame of the models' page: three tabs, the page of one model, and the bar above them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QSize, Qt, Signal
from PySide6.QtGui import (
    QHideEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPalette,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSizePolicy,
    QSpacerItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from chatapp.domain.download import DownloadState
from chatapp.domain.hub import Reference
from chatapp.errors import ChatappError
from chatapp.ui.i18n import Translated, error_sentence
from chatapp.ui.models_page.discover_tab import DiscoverTab
from chatapp.ui.models_page.download_panel import DownloadPanel
from chatapp.ui.models_page.hub_panel import HubPanel
from chatapp.ui.models_page.library_panel import LibraryPanel
from chatapp.ui.models_page.model_view import ModelView
from chatapp.ui.models_page.quantize_panel import QuantizePanel
from chatapp.ui.models_page.tab import Tab
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.elided_label import ElidedLabel
from chatapp.ui.widgets.icon_button import IconButton
from chatapp.ui.widgets.segmented import Segmented
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from chatapp.domain.download import DownloadItem, Order
    from chatapp.engine.engine import Engine
    from chatapp.hub.client import HubClient
    from chatapp.hub.discovery import Discovery
    from chatapp.hub.downloads import Downloads
    from chatapp.hub.library import Library
    from chatapp.hub.token import TokenStore
    from chatapp.jobs import Jobs, Post
    from chatapp.models.quantize import Quantizer
    from chatapp.settings import SettingsFile
    from chatapp.ui.theme import Appearance
    from chatapp.ui.transcript.drawings import Drawings

_HEIGHT = 48
_MARGIN = 24
_GAP = 16


class ModelsPage(QWidget):
    """Shows one tab, or above it a model's page; it comes back as it was left.

    Signals: `chat_requested(ModelFile)`; `loading_requested(ModelFile)`; `models_changed()`;
    `downloads_changed(tuple)`; `failed(ChatappError)` when a choice could not be kept;
    `save_requested(str, str)` with a language and code of a model's card; `sidebar_requested()`
    where the window is too narrow to show the sidebar beside.
    """

    chat_requested = Signal(object)
    loading_requested = Signal(object)
    models_changed = Signal()
    downloads_changed = Signal(object)
    failed = Signal(object)
    save_requested = Signal(str, str)
    sidebar_requested = Signal()

    def __init__(
        self,
        *,
        appearance: Appearance,
        library: Library,
        downloads: Downloads,
        discovery: Discovery,
        hub: HubClient,
        tokens: TokenStore,
        quantizer: Quantizer,
        engine: Engine,
        jobs: Jobs,
        settings: SettingsFile,
        drawings: Drawings,
        post: Post,
    ) -> None:
        """`drawings` are those of formulas."""
        super().__init__()
        self._discovery = discovery
        self._queue = downloads
        self.downloads = DownloadPanel(appearance, downloads, library, jobs, post, self)
        self.library = LibraryPanel(
            appearance, library, engine, jobs, settings, post, self._is_downloading, self
        )
        self.smaller = QuantizePanel(appearance, quantizer, jobs, post, self.library, self)
        self.hub = HubPanel(appearance, hub, tokens, settings, jobs, self)
        self.discover = DiscoverTab(appearance, discovery, lambda: self.hub.endpoint)
        self.model_view = ModelView(
            appearance,
            discovery,
            lambda: self.hub.endpoint,
            has_token=lambda: self.hub.has_token,
            drawings=drawings,
        )
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.head = Head(appearance)
        self._tabs = QStackedWidget()
        for tab in (self.discover, self.library.tab, self.downloads.tab):
            self._tabs.addWidget(tab)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._tabs)
        self._pages.addWidget(self.model_view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self._pages, 1)
        for keys, step in (("Ctrl+PgDown", 1), ("Ctrl+PgUp", -1)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda step=step: self._step(step))
        self._connect()
        self.show_tab(Tab.DISCOVER)
        self._on_items(self.downloads.items)
        self._on_models()

    @property
    def tab(self) -> Tab:
        """The tab that is shown, or that a model's page lies above."""
        return Tab(self._tabs.currentIndex())

    @property
    def shows_model(self) -> bool:
        """Whether it is the page of one model."""
        return self._pages.currentWidget() is self.model_view

    def show_tab(self, tab: Tab) -> None:
        """Go to a tab."""
        self._tabs.setCurrentIndex(tab)
        self._pages.setCurrentWidget(self._tabs)
        self.head.show_tab(tab)

    def show_model(self, reference: Reference) -> None:
        """Go to the page of a repository, or of a file in it."""
        self.model_view.show_model(reference)
        self._pages.setCurrentWidget(self.model_view)
        title = self._discovery.offer(reference.repo).title
        self.head.show_model(title)
        self.head.back.setFocus(Qt.FocusReason.OtherFocusReason)

    def go_back(self) -> bool:
        """Leave the page of a model. Returns whether there was one."""
        if not self.shows_model:
            return False
        self.show_tab(self.tab)
        return True

    def add_files(self, paths: Sequence[Path]) -> None:
        """Take models in that lie anywhere, and show them."""
        self.show_tab(Tab.LIBRARY)
        self.library.add(paths)

    def focus_search(self) -> None:
        """Put the keyboard into the field that searches what is shown."""
        if self.shows_model or self.tab is Tab.DOWNLOADS:
            self.show_tab(Tab.DISCOVER)
        if self.tab is Tab.LIBRARY:
            self.library.tab.focus_search()
        else:
            self.discover.focus_search()

    def set_narrow(self, *, very_narrow: bool) -> None:
        """Whether the sidebar is a drawer."""
        self.head.set_narrow(very_narrow=very_narrow)

    def stop(self) -> None:
        """The services are about to close."""
        self.smaller.stop()
        self.library.stop()
        self.downloads.stop()

    # Qt

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.library.set_shown(shown=True)
        self.hub.look()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.library.set_shown(shown=False)

    # Inside

    def _connect(self) -> None:
        head, library, queue = self.head, self.library, self.downloads
        head.tabs.chosen.connect(lambda number: self.show_tab(Tab(number)))
        head.back.clicked.connect(self.go_back)
        head.way.clicked.connect(self.go_back)
        head.sidebar.clicked.connect(self.sidebar_requested)
        head.add.clicked.connect(self.ask_for_file)
        head.folder.clicked.connect(library.open_folder)
        for source in (self.discover, self.model_view):
            source.download_requested.connect(self._order)
            source.model_requested.connect(lambda repo: self.show_model(Reference(repo)))
            source.connection_requested.connect(self.hub.open_settings)
        self.discover.reference_requested.connect(self.show_model)
        self.model_view.back_requested.connect(self.go_back)
        self.model_view.save_requested.connect(self.save_requested)
        self.discover.mirror_requested.connect(self.hub.use_mirror)
        self.hub.changed.connect(self._on_connection)
        self.hub.failed.connect(self.failed)
        library.chat_requested.connect(self.chat_requested)
        library.quantize_requested.connect(self.smaller.ask)
        library.loading_requested.connect(self.loading_requested)
        library.model_requested.connect(lambda repo: self.show_model(Reference(repo)))
        library.discover_requested.connect(lambda: self.show_tab(Tab.DISCOVER))
        library.changed.connect(self._on_models)
        library.listed.connect(self.models_changed)
        queue.changed.connect(self._on_items)
        queue.changed.connect(self.downloads_changed)
        queue.arrived.connect(library.search)
        queue.chat_requested.connect(self.chat_requested)
        tab = queue.tab
        tab.model_requested.connect(lambda repo: self.show_model(Reference(repo)))
        tab.discover_requested.connect(lambda: self.show_tab(Tab.DISCOVER))
        tab.space_requested.connect(self._free_space)
        tab.folder_requested.connect(self.move_folder)
        tab.connection_requested.connect(self.hub.open_settings)

    def _is_downloading(self) -> bool:
        return any(item.state.is_active for item in self.downloads.items)

    def _step(self, step: int) -> None:
        self.show_tab(Tab((self.tab + step) % len(Tab)))
        self.head.tabs.focus()

    def _on_items(self, items: tuple[DownloadItem, ...]) -> None:
        open_items = sum(item.state is not DownloadState.DONE for item in items)
        self.head.set_count(Tab.DOWNLOADS, open_items)
        self._discovery.set_downloads(items)

    def _on_models(self) -> None:
        self.head.set_count(Tab.LIBRARY, self.library.tab.count)
        self._discovery.set_models(self.library.models)

    def ask_for_file(self) -> None:
        """Ask for a model file that lies anywhere."""
        self.show_tab(Tab.LIBRARY)
        self.library.ask_for_file()

    def _on_connection(self) -> None:
        self._discovery.try_again()
        self.downloads.go_on()
        if self.shows_model:
            self.model_view.try_again()

    def _order(self, order: Order) -> None:
        try:
            self._queue.add(order)
        except ChatappError as error:
            self.show_tab(Tab.LIBRARY)
            title = self.tr("The download can't be begun")
            self.library.tab.show_failure(title, error_sentence(error))

    def _free_space(self) -> None:
        self.show_tab(Tab.LIBRARY)
        self.library.search()
        self.library.tab.sort_by_size()

    def move_folder(self) -> None:
        """Ask where the models are to lie from now on."""
        self.show_tab(Tab.LIBRARY)
        self.library.ask_for_new_folder()


class Head(Translated, QWidget):
    """The title and the tabs, or the way to a model; at the end what suits the tab."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self._is_narrow = False
        self._shows_model = False
        self._tab = Tab.DISCOVER
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.sidebar = IconButton(appearance, "sidebar", "")
        self._title = TextLabel(appearance, "", "card_title")
        self.tabs = Segmented(appearance, "", [""] * len(Tab))
        self.back = IconButton(appearance, "chevron-left", "")
        self.way = Button(appearance, "", "quiet")
        self._slash = TextLabel(appearance, "/", color="text_faint")
        self._model = ElidedLabel(appearance, bold=True)
        self.add = Button(appearance, "", icon="plus")
        self.folder = Button(appearance, "", icon="folder")
        row = QHBoxLayout(self)
        row.setContentsMargins(_MARGIN, 0, 16, 1)
        row.setSpacing(0)
        row.addWidget(self.sidebar)
        row.addSpacing(0)
        row.addWidget(self._title)
        self._before_tabs = QSpacerItem(_GAP, 0)
        row.addItem(self._before_tabs)
        row.addWidget(self.tabs)
        row.addWidget(self.back)
        row.addWidget(self.way)
        row.addWidget(self._slash)
        row.addSpacing(8)
        row.addWidget(self._model)
        row.addStretch(1)
        row.addWidget(self.add)
        row.addWidget(self.folder)
        self._row = row
        self._translate()
        self._show()
        appearance.changed.connect(self.update)

    def show_tab(self, tab: Tab) -> None:
        """The tabs, and this one of them."""
        self._tab, self._shows_model = tab, False
        self.tabs.set_current(tab)
        self._show()

    def show_model(self, title: str) -> None:
        """A model, and that it was gone to from the tab."""
        self._shows_model = True
        self._model.setText(title)
        self._show()

    def set_count(self, tab: Tab, count: int) -> None:
        """How many things a tab has; none is not worth a figure."""
        self.tabs.set_count(tab, QLocale().toString(count) if count else "")

    def set_narrow(self, *, very_narrow: bool) -> None:
        """Whether there is room for the title."""
        self._is_narrow = very_narrow
        self._show()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._appearance.height(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.surface)
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme.border)

    def _translate(self) -> None:
        models = self.tr("Models")
        self._title.setText(models)
        words = (self.tr("Discover"), self.tr("Library"), self.tr("Downloads"))
        self.tabs.set_words(models, words)
        self.way.setText(words[self._tab])
        self.sidebar.set_name(self.tr("Show conversations"))
        self.back.set_name(self.tr("Back"), QKeySequence("Esc"))
        self.add.setText(self.tr("Add from file"))
        self.folder.setText(self.tr("Open models folder"))

    def _show(self) -> None:
        is_model = self._shows_model
        self.way.setText(self.tabs.segments[self._tab].text())
        self.back.set_icon("chevron-right" if self.isRightToLeft() else "chevron-left")
        self.sidebar.setVisible(self._is_narrow)
        self._title.setVisible(not is_model and not self._is_narrow)
        self.tabs.setVisible(not is_model)
        self._before_tabs.changeSize(0 if is_model else _GAP, 0)
        for widget in (self.back, self.way, self._slash, self._model):
            widget.setVisible(is_model)
        self.way.setVisible(is_model and not self._is_narrow)
        self._slash.setVisible(is_model and not self._is_narrow)
        self.add.setVisible(not is_model and self._tab is not Tab.DOWNLOADS)
        self.folder.setVisible(not is_model and self._tab is Tab.DOWNLOADS)
        # The arrow's glyph, not its button, stands on the margin.
        left = _MARGIN - 8 if is_model or self._is_narrow else _MARGIN
        self._row.setContentsMargins(left, 0, 16, 1)
