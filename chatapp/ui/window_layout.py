"""How the window is divided, and what gives way as it gets narrower."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QSplitter, QVBoxLayout, QWidget

from chatapp.ui import window_geometry
from chatapp.ui.drawer import Drawer

if TYPE_CHECKING:
    from chatapp.settings import SettingsFile
    from chatapp.ui.sidebar import Sidebar
    from chatapp.ui.status_line import StatusLine
    from chatapp.ui.theme import Appearance
    from chatapp.ui.window_pages import Pages

NARROW = 1200  # where the text is 13 px high; more with larger text
VERY_NARROW = 900
_SMALLEST = QSize(640, 480)
_FIRST = QSize(1200, 800)


class SidePanel(Protocol):
    """What can stand at the right of the page. `panel` is asked for once it is open."""

    @property
    def panel(self) -> QWidget: ...

    @property
    def is_open(self) -> bool: ...

    @property
    def has_keyboard(self) -> bool: ...

    def close(self) -> None: ...


class Layout:
    """Sidebar, page and at most one side panel, above the status line.

    Below `VERY_NARROW` the sidebar is a drawer and a side panel takes the page's place; below
    `NARROW` the sidebar goes while there is a side panel.
    """

    def __init__(
        self,
        appearance: Appearance,
        window: QMainWindow,
        sidebar: Sidebar,
        pages: Pages,
        status_line: StatusLine,
        settings: SettingsFile,
    ) -> None:
        self._appearance = appearance
        self._window = window
        self._sidebar = sidebar
        self._pages = pages
        self._settings = settings
        self._has_made_way = False  # the sidebar, for a panel
        self._side_panels: list[SidePanel] = []
        self._placed: list[SidePanel] = []
        window.setMinimumSize(_SMALLEST)
        self.right = QWidget()
        column = column_in(self.right)
        self._beside = QHBoxLayout()
        self._beside.setSpacing(0)
        self._beside.addWidget(pages.stack, 1)
        column.addLayout(self._beside, 1)
        column.addWidget(status_line)
        self._splitter = QSplitter()
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(1)
        self._splitter.addWidget(sidebar)
        self._splitter.addWidget(self.right)
        self._splitter.setStretchFactor(1, 1)
        window.setCentralWidget(self._splitter)
        width = min(400, max(200, settings.current.sidebar_width))
        self.drawer = Drawer(appearance, self._splitter, width)

    @property
    def width(self) -> int:
        """That of the window, as `NARROW` and `VERY_NARROW` are given."""
        return self._appearance.designed(self._window.width())

    # Side panels

    def add_side_panel(self, panel: SidePanel) -> None:
        """Tell of one that may be opened; call `place` whenever it was opened or closed."""
        self._side_panels.append(panel)

    @property
    def side_panel(self) -> SidePanel | None:
        """The one that is open."""
        return next((panel for panel in self._side_panels if panel.is_open), None)

    def place(self, opened: SidePanel | None = None) -> None:
        """Show or hide the side panels; the others make room for the one that was `opened`."""
        for panel in self._side_panels:
            if opened is not None and panel is not opened and panel.is_open:
                panel.close()
        for panel in self._side_panels:
            if panel.is_open and panel not in self._placed:
                self._beside.addWidget(panel.panel)
                self._placed.append(panel)
            if panel in self._placed:
                panel.panel.setVisible(panel.is_open)
        is_wide = self.width >= VERY_NARROW
        self._pages.stack.setVisible(self.side_panel is None or is_wide)
        self._make_way()

    def _make_way(self) -> None:
        """Between narrow and very narrow the sidebar goes while a side panel is there."""
        has_to = self.side_panel is not None and VERY_NARROW <= self.width < NARROW
        if self.drawer.is_active or has_to == self._has_made_way:
            return
        if not has_to:
            self._sidebar.show()
            self._has_made_way = False
        elif not self._sidebar.isHidden():
            self._sidebar.hide()
            self._has_made_way = True

    # The sidebar

    def toggle_sidebar(self) -> None:
        """Show or hide the sidebar, or the drawer that it is in."""
        if not self.drawer.is_active:
            self._sidebar.setVisible(not self._sidebar.isVisible())
            return
        self.drawer.toggle()
        if self.drawer.isVisible():
            self._sidebar.focus_search()

    def show_sidebar(self) -> None:
        """See to it that the sidebar is there."""
        if not self._sidebar.isVisible():
            self.toggle_sidebar()

    # The size of the window

    def adapt(self) -> None:
        """The window or its text has another size."""
        self._make_way()
        self.drawer.set_active(self._sidebar, active=self.width < VERY_NARROW)
        self.place()

    def restore(self) -> None:
        """Give the window the size and place that it had."""
        self._window.resize(_FIRST)
        window_geometry.restore(self._window, self._settings.current.window_geometry)
        self.drawer.place_sidebar()

    def state(self) -> dict[str, str | int]:
        """What of this is kept in the settings, by their names."""
        return {
            "window_geometry": window_geometry.describe(self._window),
            "sidebar_width": self.drawer.sidebar_width,
        }


def column_in(parent: QWidget) -> QVBoxLayout:
    """A layout without margins and gaps."""
    column = QVBoxLayout(parent)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    return column
