"""The window of the settings: pages at the left, rows at the right, a search over all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import (
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from chatapp.ui.settings.page import SettingsPage
from chatapp.ui.settings.page_frame import BESIDE, PageFrame
from chatapp.ui.widgets.focus_ring import FocusRing
from chatapp.ui.widgets.search_field import SearchField
from chatapp.ui.widgets.settings_row import SettingsRow
from chatapp.ui.widgets.sidebar_row import SidebarRow
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chatapp.settings import SettingsFile
    from chatapp.ui.icons import IconName
    from chatapp.ui.theme import Appearance

_FIRST = QSize(960, 760)
_SMALLEST = QSize(680, 480)
_SIDEBAR = 220
_WIDEST_SIDEBAR = 0.34  # of the window
_MARGIN = 32
_OF_SCREEN = 0.9  # at most


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A page that is made when it is first needed: a widget with `words()` and `reset()`.

    `name` is what other parts call it, in any language; `fields` of the page, if it has them, are
    the settings that it changes.
    """

    name: str
    icon: IconName
    title: str
    make: Callable[[], QWidget]


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A row of a page. One without a `key` stands for the page itself."""

    page: str
    title: str  # of the page
    icon: IconName
    key: str = ""
    name: str = ""
    words: str = ""  # that it is found by


class SettingsWindow(QDialog):
    """Not modal; it lives as long as its parent and is hidden when it is closed.

    `entries` makes the list of pages in the language of now; with another language all are made
    anew. `on_export` is what the row at the foot does.
    """

    def __init__(
        self,
        appearance: Appearance,
        settings: SettingsFile,
        entries: Callable[[], Sequence[PageEntry]],
        on_export: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._settings = settings
        self._make_entries = entries
        self._on_export = on_export
        self._frames: dict[str, PageFrame] = {}
        self._rows: dict[str, SidebarRow] = {}
        self._entries: dict[str, PageEntry] = {}
        self._current = ""
        self._query = ""  # what is searched for
        self._body: QWidget | None = None
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.activated.connect(self._find)
        self._making = QTimer(self, interval=0)
        self._making.timeout.connect(self._make_next)
        self._building = QTimer(self, interval=0, singleShot=True)
        self._building.timeout.connect(self._build_anew)
        appearance.changed.connect(self.update)
        # Later, because the control that asked for another size is one of those that go.
        appearance.resized.connect(self._building.start)
        self._build()

    @property
    def current(self) -> str:
        """The name of the page that is shown."""
        return self._current

    def open_page(self, name: str = "") -> None:
        """Come to the front with a page, or with the one that was shown last."""
        self.search.clear()
        self._show_page(name if name in self._entries else self._current)
        self.show()
        self.raise_()
        self.activateWindow()

    def open_row(self, page: str, key: str) -> None:
        """Come to the front with a page, and the keyboard on one of its rows."""
        self.open_page(page)
        rows = self.page(page).findChildren(SettingsRow)
        row = next((row for row in rows if row.key == key), None)
        if row is not None:
            row.focus()
            # Once everything has its place.
            QTimer.singleShot(0, row, lambda: self._area.ensureWidgetVisible(row, 0, _MARGIN))

    def prepare(self) -> None:
        """Make the pages one by one while there is nothing else to do, for `found`."""
        self._making.start()

    def found(self) -> list[FoundRow]:
        """The pages, and the rows of those that are made, but for the shortcuts."""
        found = []
        for entry in self._entries.values():
            at = FoundRow(entry.name, entry.title, entry.icon)
            found.append(at)
            frame = self._frames.get(entry.name)
            if frame is None or entry.name == "keyboard":  # its actions are found by themselves
                continue
            rows = [row for row in frame.page.findChildren(SettingsRow) if row.key]
            found += [replace(at, key=row.key, name=row.name, words=row.words) for row in rows]
        return found

    def page(self, name: str) -> QWidget:
        """A page, made if it isn't there yet."""
        return self._frame(name).page

    def name_of(self, field: str) -> str:
        """What the row of a setting is called; empty if no page has one."""
        for name in self._entries:
            page = self.page(name)
            if isinstance(page, SettingsPage) and (words := page.name_of(field)):
                return words
        return ""

    # Qt

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._build_anew()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._making.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_sidebar()

    def reject(self) -> None:
        # Escape first ends the search.
        if self.search.query:
            self.search.clear()
        else:
            super().reject()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.surface)
        sidebar = self._sidebar.geometry()
        painter.fillRect(sidebar, theme.window)
        line = sidebar.left() if self.isRightToLeft() else sidebar.right()
        painter.fillRect(line, 0, 1, self.height(), theme.border)
        painter.fillRect(sidebar.left(), self._foot.y() - 8, sidebar.width(), 1, theme.border)

    def _find(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # Building

    def _build_anew(self) -> None:
        """In another language or size; the person notices nothing but that."""
        focused = QApplication.focusWidget()
        field = focused.objectName() if focused is not None and self.isAncestorOf(focused) else ""
        ring = focused.findChild(FocusRing) if focused is not None else None
        reason = Qt.FocusReason
        by = reason.TabFocusReason if ring and ring.is_shown else reason.OtherFocusReason
        query = self.search.text()
        undo = self._frames[self._current].undo
        at = self._area.verticalScrollBar().value()
        self._build()
        self._frames[self._current].offer_undo(undo)
        self.search.setText(query)
        control = self._body.findChild(QWidget, field) if self._body is not None and field else None
        if control is not None:
            control.setFocus(by)
        QTimer.singleShot(0, self._area, lambda: self._scroll_back(at, control))

    def _scroll_back(self, at: int, control: QWidget | None) -> None:
        self._area.verticalScrollBar().setValue(at)
        if control is not None:
            self._area.ensureWidgetVisible(control, 0, _MARGIN)

    def _build(self) -> None:
        """Everything that has words, in the language of now."""
        self._making.stop()
        self.setWindowTitle(self.tr("Settings"))
        if self._body is not None:
            self._body.hide()
            self._body.setParent(None)
            self._body.deleteLater()
        self._frames.clear()
        self._rows.clear()
        self._query = ""
        self._entries = {entry.name: entry for entry in self._make_entries()}
        self._body = QWidget()
        body = QHBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(0)
        body.addWidget(self._make_sidebar())
        body.addWidget(self._make_area(), 1)
        layout = self.layout()
        if layout is not None:
            layout.addWidget(self._body)
        self._fit()
        self._body.show()
        self._show_page(self._current or next(iter(self._entries)))
        if self.isVisible():
            self._making.start()

    def _make_sidebar(self) -> QWidget:
        appearance = self._appearance
        self._sidebar = QWidget()
        column = QVBoxLayout(self._sidebar)
        column.setContentsMargins(0, 12, 0, 8)
        column.setSpacing(0)
        self.search = SearchField(appearance, self.tr("Search settings"), QKeySequence())
        self.search.query_changed.connect(self._on_query)
        around = QHBoxLayout()
        around.setContentsMargins(12, 0, 12, 8)
        around.addWidget(self.search)
        column.addLayout(around)
        for entry in self._entries.values():
            row = SidebarRow(appearance, entry.icon, entry.title)
            row.setToolTip(entry.title)
            row.clicked.connect(lambda _=False, name=entry.name: self._on_row(name))
            self._rows[entry.name] = row
            column.addWidget(row)
        column.addStretch()
        self._foot = SidebarRow(appearance, "upload", self.tr("Export settings"))
        self._foot.setToolTip(self._foot.text())
        self._foot.clicked.connect(self._on_export)
        column.addWidget(self._foot)
        return self._sidebar

    def _make_area(self) -> QScrollArea:
        area = self._area = QScrollArea()
        area.setObjectName("page")
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidgetResizable(True)
        holder = QWidget()
        self._column = QVBoxLayout(holder)
        area.verticalScrollBar().rangeChanged.connect(self._fit_margins)
        self._fit_margins()
        self._column.setSpacing(24)
        self._nothing = TextLabel(self._appearance, "", color="text_muted", wrap=True)
        self._nothing.setContentsMargins(BESIDE, 0, BESIDE, 0)
        self._nothing.hide()
        self._column.addWidget(self._nothing)
        self._column.addStretch(1)
        area.setWidget(holder)
        holder.setAutoFillBackground(False)
        return area

    def _fit(self) -> None:
        """As large as the text wants it, and the screen allows."""
        appearance = self._appearance
        screen = self.screen().availableSize() * _OF_SCREEN
        least, first = (
            QSize(appearance.width(size.width()), appearance.width(size.height())).boundedTo(screen)
            for size in (_SMALLEST, _FIRST)
        )
        self.setMinimumSize(least)
        if not self.isVisible():
            self.resize(first)
        self._fit_sidebar()

    def _fit_sidebar(self) -> None:
        most = max(_SIDEBAR, round(_WIDEST_SIDEBAR * self.width()))
        self._sidebar.setFixedWidth(min(self._appearance.width(_SIDEBAR), most))

    def _fit_margins(self) -> None:
        """The rows end where they are, with a scroll bar beside them or without."""
        bar = self._area.verticalScrollBar()
        side = _MARGIN - BESIDE
        beside_bar = side - (bar.sizeHint().width() if bar.maximum() > 0 else 0)
        left, right = (beside_bar, side) if self.isRightToLeft() else (side, beside_bar)
        self._column.setContentsMargins(left, 20, right, 24)

    def _frame(self, name: str) -> PageFrame:
        if name not in self._frames:
            entry = self._entries[name]
            frame = PageFrame(self._appearance, self._settings, entry.title, entry.make())
            frame.hide()
            before = list(self._entries)[: list(self._entries).index(name)]
            at = 1 + sum(other in self._frames for other in before)
            self._frames[name] = frame
            self._column.insertWidget(at, frame)
        return self._frames[name]

    def _make_next(self) -> None:
        """One page at a time, while there is nothing else to do, for the search."""
        missing = [name for name in self._entries if name not in self._frames]
        if not missing:
            self._making.stop()
            return
        self._frame(missing[0])
        if self._query:
            self._filter()

    # What is shown

    def _on_row(self, name: str) -> None:
        self.search.clear()
        self._show_page(name)

    def _show_page(self, name: str) -> None:
        self._current = name
        self._frame(name)
        self._mark(name)
        self._nothing.hide()
        for other, frame in self._frames.items():
            frame.filter("")
            frame.setVisible(other == name)
        self._area.verticalScrollBar().setValue(0)

    def _on_query(self, query: str) -> None:
        self._query = query
        if not query:
            self._show_page(self._current)
            return
        self._mark("")
        self._making.start()  # as long as there are pages to be made
        self._filter()
        self._area.verticalScrollBar().setValue(0)

    def _filter(self) -> None:
        query, found = self._query, False
        for frame in self._frames.values():
            is_match = frame.filter(query)
            frame.setVisible(is_match)
            found = found or is_match
        is_all = len(self._frames) == len(self._entries)
        words = self.tr("Nothing found for “{query}”.").format(query=query)
        self._nothing.setText(words)
        self._nothing.setVisible(is_all and not found)

    def _mark(self, name: str) -> None:
        for other, row in self._rows.items():
            row.set_current(current=other == name)
            row.setAccessibleDescription(self.tr("Shown") if other == name else "")
