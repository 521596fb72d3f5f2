"""What to do where a maker wants terms accepted before the files can be had."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from chatapp.domain.hub import Gate
from chatapp.ui.i18n import Translated, paragraph
from chatapp.ui.widgets.banner import Banner

if TYPE_CHECKING:
    from chatapp.domain.hub import RepoInfo
    from chatapp.ui.theme import Appearance


class GatedNotice(Translated, QWidget):
    """The steps in their order, and a button for each that begins elsewhere.

    Signals: `page_requested()` to accept the terms; `token_requested()` to enter a token;
    `retry_requested()` to look again.
    """

    page_requested = Signal()
    token_requested = Signal()
    retry_requested = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._banner: Banner | None = None
        self._shown: tuple[str, Gate, bool] | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)

    @property
    def banner(self) -> Banner | None:
        """What it says."""
        return self._banner

    def show_repo(self, info: RepoInfo, *, has_token: bool) -> None:
        """`has_token`: there is one already, so its account lacks the permission."""
        wanted = (info.author, info.gate, has_token)
        if wanted != self._shown:
            self._shown = wanted
            self._translate()

    def _translate(self) -> None:
        if self._shown is None:
            return
        author, gate, has_token = self._shown
        if self._banner is not None:
            self._banner.hide()
            self._banner.deleteLater()
        self._banner = Banner(
            self._appearance,
            "info",
            self.tr("{maker} wants its terms accepted first").format(maker=author),
            self._sentence(gate, has_token=has_token),
        )
        self._banner.add_button(self.tr("Open the page"), self.page_requested.emit, icon="external")
        token = (
            self.tr("Change the access token") if has_token else self.tr("Enter an access token")
        )
        self._banner.add_button(token, self.token_requested.emit)
        self._banner.add_button(self.tr("Try again"), self.retry_requested.emit, kind="quiet")
        self._layout.addWidget(self._banner)
        self._banner.show()

    def _sentence(self, gate: Gate, *, has_token: bool) -> str:
        first = self.tr("Open the page, log in and accept the terms.")
        if gate is Gate.MANUAL:
            first = self.tr("Open the page, log in and ask for access; the maker answers by mail.")
        if has_token:
            return paragraph(first, self.tr("The access token must be of the same account."))
        return paragraph(
            first, self.tr("Then enter an access token of your account and download as usual.")
        )
