"""Which Hub is asked, and whether with a token; lets the person change that from where it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from chatapp.errors import ChatappError
from chatapp.hub.access import MIRROR, OFFICIAL, clean_endpoint
from chatapp.ui.connection_settings import REACHING, ConnectionDialog, ConnectionSettings

if TYPE_CHECKING:
    from chatapp.hub.client import HubClient
    from chatapp.hub.token import TokenStore
    from chatapp.jobs import Jobs
    from chatapp.settings import Settings, SettingsFile
    from chatapp.ui.theme import Appearance


class HubPanel(QObject):
    """The connection to the Hub, as far as the models' page has to do with it.

    Signals: `changed()` when the Hub is reached in another way than before, or it turned out that
    there is a token; `failed(ChatappError)` when a choice could not be kept.
    """

    changed = Signal()
    failed = Signal(object)

    def __init__(
        self,
        appearance: Appearance,
        client: HubClient,
        tokens: TokenStore,
        settings: SettingsFile,
        jobs: Jobs,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._client = client
        self._tokens = tokens
        self._settings = settings
        self._jobs = jobs
        self._window = parent
        self._token_of: str | None = None  # the endpoint that is known to get one
        self._reached = _reached(settings.current)
        self.destroyed.connect(settings.subscribe(self._on_settings))

    @property
    def endpoint(self) -> str:
        """The Hub that is asked now."""
        try:
            return clean_endpoint(self._settings.current.hub_endpoint)
        except ChatappError:  # typed by hand into the file: what asks the Hub says so
            return OFFICIAL.endpoint

    @property
    def has_token(self) -> bool:
        """Whether it gets a token, as far as the keyring has told yet."""
        return self._token_of == self.endpoint

    def look(self) -> None:
        """See whether there is a token. The keyring may ask for a password: in the background."""
        endpoint = self.endpoint
        self._jobs.general.run(
            lambda: bool(self._tokens.read(endpoint)),
            on_done=lambda has_token: self._on_looked(endpoint, has_token=has_token),
        )

    def open_settings(self) -> None:
        """Show how the Hub is reached."""

        def make() -> ConnectionSettings:
            rows = ConnectionSettings(
                self._appearance, self._settings, self._tokens, self._client, self._jobs
            )
            rows.token_changed.connect(self.refresh)
            return rows

        ConnectionDialog(self._appearance, make, self._window.window()).open()

    def use_mirror(self) -> None:
        """Go on with the mirror."""
        try:
            self._settings.change(hub_endpoint=MIRROR.endpoint)
        except ChatappError as error:  # it holds until the program ends even so
            self.failed.emit(error)

    def refresh(self) -> None:
        """The Hub is reached in another way, or with another token."""
        self._token_of = None
        self.changed.emit()
        self.look()

    def _on_looked(self, endpoint: str, *, has_token: bool) -> None:
        before = self.has_token
        if has_token:
            self._token_of = endpoint
        elif self._token_of == endpoint:
            self._token_of = None
        if self.has_token != before:
            self.changed.emit()

    def _on_settings(self, settings: Settings) -> None:
        reached = _reached(settings)
        if reached != self._reached:
            self._reached = reached
            self.refresh()


def _reached(settings: Settings) -> tuple[object, ...]:
    """How the Hub is reached."""
    return tuple(getattr(settings, name) for name in sorted(REACHING))
