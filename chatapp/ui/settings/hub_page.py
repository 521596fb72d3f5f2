"""The page “Hub and network”."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from chatapp.settings import NAMES
from chatapp.ui.connection_settings import ConnectionSettings
from chatapp.ui.settings.page import SettingsPage
from chatapp.ui.widgets.settings_row import SettingsRow

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from chatapp.hub.client import HubClient
    from chatapp.hub.token import TokenStore
    from chatapp.jobs import Jobs
    from chatapp.settings import SettingsFile
    from chatapp.ui.theme import Appearance


class HubPage(SettingsPage):
    """The rows that other places show too, as a page. The token is no setting and stays.

    Signals: `token_changed()` when one was saved or removed.
    """

    token_changed = Signal()

    def __init__(
        self,
        appearance: Appearance,
        settings: SettingsFile,
        tokens: TokenStore,
        client: HubClient,
        jobs: Jobs,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(appearance, settings, "", parent)
        self.title = self.tr("Hub and network")
        self.rows = ConnectionSettings(appearance, settings, tokens, client, jobs)
        self.rows.token_changed.connect(self.token_changed)
        self._column.addWidget(self.rows)
        self._names = {
            row.key: row.name for row in self.findChildren(SettingsRow) if row.key in NAMES
        }
