"""A page of the settings under its title."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from chatapp.errors import ChatappError
from chatapp.settings import NAMES
from chatapp.ui.settings.row_filter import RowFilter
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatapp.settings import SettingsFile
    from chatapp.ui.theme import Appearance

BESIDE = 12  # left free at both sides of the rows


class PageFrame(QWidget):
    """Has what puts the page back; that can be undone while it is seen."""

    def __init__(
        self, appearance: Appearance, settings: SettingsFile, title: str, page: QWidget
    ) -> None:
        super().__init__()
        self.page = page
        self._settings = settings
        self._reset: Callable[[], None] = getattr(page, "reset", lambda: None)
        self._has_reset = bool(getattr(page, "fields", ("",)))
        self._before: dict[str, Any] = {}  # what the page's reset has changed
        self._query = ""
        self._filter = RowFilter(page, title)
        self.reset_button = Button(appearance, self.tr("Reset page"), "quiet")
        self.reset_button.clicked.connect(self._on_reset)
        policy = self.reset_button.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # titles of all pages stand at one height
        self.reset_button.setSizePolicy(policy)
        head = QHBoxLayout()
        head.addSpacing(BESIDE)
        head.addWidget(TextLabel(appearance, title, "page_title", wrap=True), 1)
        head.addWidget(self.reset_button)  # whose words, not their padding, end where rows do
        body = QHBoxLayout()
        body.addSpacing(BESIDE)
        body.addWidget(page, 1)
        body.addSpacing(BESIDE)
        for row in (head, body):
            row.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addLayout(head)
        column.addLayout(body)
        self.reset_button.setVisible(self._has_reset)
        self.setAccessibleName(title)
        rows_added = getattr(page, "rows_added", None)
        if rows_added is not None:
            rows_added.connect(self._on_rows_added)

    def filter(self, query: str) -> bool:
        """Show only what is searched for; returns whether there is something."""
        self._forget_reset()
        self._query = query
        # Beside what was found it would say too much.
        self.reset_button.setVisible(self._has_reset and not query)
        return self._filter.show(query)

    @property
    def undo(self) -> dict[str, Any]:
        """The settings that would bring back what was before a reset; empty without one."""
        return self._before

    def offer_undo(self, before: dict[str, Any]) -> None:
        """Have the button bring these settings back."""
        self._before = before
        if before:
            self.reset_button.setText(self.tr("Undo reset"))
            self.reset_button.updateGeometry()

    def _on_rows_added(self) -> None:
        if self._query:
            self._filter.show(self._query)
        # Up to what scrolls, before anything is painted: rows lie on each other until then.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)

    def _on_reset(self) -> None:
        before = self._before
        if before:
            self._forget_reset()
            with contextlib.suppress(ChatappError):  # it holds until the program ends even so
                self._settings.change(**before)
            return
        present = self._settings.current
        self._reset()
        after = self._settings.current
        changed = [name for name in NAMES if getattr(present, name) != getattr(after, name)]
        self.offer_undo({name: getattr(present, name) for name in changed})

    def _forget_reset(self) -> None:
        if self._before:
            self._before = {}
            self.reset_button.setText(self.tr("Reset page"))
            self.reset_button.updateGeometry()
