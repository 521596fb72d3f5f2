"""How the Hub is reached: from where, with which token, through what; and a test of all that.

Every change holds at once. What the person typed is checked before it is kept.
"""

from __future__ import annotations

from concurrent.futures import CancelledError
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from chatapp.errors import ChatappError
from chatapp.hub.access import MIRROR, OFFICIAL, clean_endpoint
from chatapp.hub.token import Kept
from chatapp.network import Stop, is_private, origin_of
from chatapp.settings import DEFAULTS
from chatapp.ui.i18n import Translated, error_sentence
from chatapp.ui.settings.search_words import search_words
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.combo import Combo
from chatapp.ui.widgets.elided_label import ElidedLabel
from chatapp.ui.widgets.group_title import GroupTitle
from chatapp.ui.widgets.settings_row import SettingsRow
from chatapp.ui.widgets.spinner import Spinner
from chatapp.ui.widgets.switch import Switch
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatapp.domain.hub import ConnectionReport, HostCheck
    from chatapp.hub.client import HubClient
    from chatapp.hub.token import TokenStore
    from chatapp.jobs import Jobs
    from chatapp.settings import Settings, SettingsFile
    from chatapp.ui.theme import Appearance

T = TypeVar("T")

_FIELD = 240
_PATH = 180
_WIDTH = 620
_MARGIN = 24
_CUSTOM = "custom"
_SEVERAL = 4
REACHING = frozenset(("hub_endpoint", "proxy", "ca_file", "offline"))  # how the Hub is reached
_SHOWN = {*REACHING, "keep_awake", "download_connections"}


class ConnectionSettings(QWidget):
    """The rows of the page “Hub and network”.

    Signals: `token_changed()` when one was saved or removed. Everything else is in the settings.
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
        super().__init__(parent)
        self._appearance = appearance
        self._settings = settings
        self._tokens = tokens
        self._client = client
        self._jobs = jobs
        self._running: Stop | None = None
        current = settings.current

        presets = (
            (OFFICIAL.endpoint, self.tr("huggingface.co, the official one")),
            (MIRROR.endpoint, self.tr("hf-mirror.com, a mirror")),
            (_CUSTOM, self.tr("Another address")),
        )
        self.preset: Combo[str] = Combo(appearance, self.tr("Address of the Hub"), presets)
        self.preset.chosen.connect(self._on_preset)
        self.address = self._field(self.tr("Address"), "https://hub.example.org")
        self.address.editingFinished.connect(self._on_address)
        self.token = self._field(self.tr("Access token"), "hf_…")
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.token.returnPressed.connect(self._on_save_token)
        self.save_token = Button(appearance, self.tr("Save"))
        self.save_token.clicked.connect(self._on_save_token)
        self.save_token.setEnabled(False)
        self.save_token.setToolTip(self.tr("Paste a token first"))
        self.token.textChanged.connect(self._on_token_text)
        self.change_token = Button(appearance, self.tr("Change"), "quiet")
        self.change_token.clicked.connect(self._on_change_token)
        self.remove_token = Button(appearance, self.tr("Remove"))
        self.remove_token.clicked.connect(self._on_remove_token)
        self.proxy = self._field(self.tr("Proxy"), "http://proxy.example.org:8080")
        self.proxy.setText(current.proxy)
        self.proxy.editingFinished.connect(self._on_proxy)
        self.ca_path = ElidedLabel(appearance, color="text_muted")
        self.ca_path.setMaximumWidth(_PATH)
        self.choose_ca = Button(appearance, self.tr("Choose…"))
        self.choose_ca.clicked.connect(self._on_choose_ca)
        self.drop_ca = Button(appearance, self.tr("Remove"), "quiet")
        self.drop_ca.clicked.connect(lambda: self._on_ca_file(""))
        self.offline = Switch(appearance, self.tr("Offline"))
        self.offline.setChecked(current.offline)
        self.offline.toggled.connect(self._on_offline)
        self.awake = Switch(appearance, self.tr("Keep the computer awake"))
        self.awake.setChecked(current.keep_awake)
        self.awake.toggled.connect(lambda is_on: self._keep(keep_awake=is_on))
        self.parallel = Switch(appearance, self.tr("Several connections"))
        self.parallel.setChecked(current.download_connections > 1)
        self.parallel.toggled.connect(
            lambda is_on: self._keep(download_connections=_SEVERAL if is_on else 1)
        )
        self.test = Button(appearance, self.tr("Test connection"))
        self.test.clicked.connect(self.begin_test)
        self._spinner = Spinner(appearance)
        self._spinner.hide()

        def row(key: str, name: str, explanation: str, *controls: QWidget) -> SettingsRow:
            words = search_words(key)
            return SettingsRow(appearance, name, explanation, controls, key=key, search_words=words)

        self.endpoint_row = row(
            "hub_endpoint",
            self.tr("Address of the Hub"),
            self.tr("For search and downloads"),
            self.preset,
        )
        self.address_row = row(
            "address",
            self.tr("Address"),
            self.tr("Of a mirror or of your own Hub"),
            self.address,
        )
        self.token_row = row(
            "token",
            self.tr("Access token"),
            "",
            self.token,
            self.save_token,
            self.change_token,
            self.remove_token,
        )
        self.proxy_row = row(
            "proxy", self.tr("Proxy"), self.tr("Empty: the one of the system"), self.proxy
        )
        self.ca_row = row(
            "ca_file",
            self.tr("CA file"),
            self.tr("Certificates to trust besides those of the system, for company networks"),
            self.ca_path,
            self.choose_ca,
            self.drop_ca,
        )
        self.offline_row = row(
            "offline",
            self.tr("Offline"),
            self.tr("No connections at all; everything on this computer works as ever"),
            self.offline,
        )
        self.test_row = row(
            "test",
            self.tr("Test connection"),
            self.tr("Asks for one model and for one byte of its file"),
            self._spinner,
            self.test,
        )
        self.awake_row = row(
            "keep_awake",
            self.tr("Keep the computer awake"),
            self.tr("While something is being downloaded"),
            self.awake,
        )
        self.parallel_row = row(
            "download_connections",
            self.tr("Several connections"),
            self.tr("Faster where a server is slow for each of them; from the next file on"),
            self.parallel,
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for number, (title, rows) in enumerate(
            (
                (self.tr("Hub"), (self.endpoint_row, self.address_row, self.token_row)),
                (
                    self.tr("Network"),
                    (self.proxy_row, self.ca_row, self.offline_row, self.test_row),
                ),
                (self.tr("Downloads"), (self.awake_row, self.parallel_row)),
            )
        ):
            column.addWidget(GroupTitle(appearance, title, is_first=not number))
            for one in rows:
                column.addWidget(one)
        column.addStretch()
        self._show_endpoint(current)
        self._show_ca_file(current.ca_file)
        self._show_token(None, is_known=False)
        self._shown = current
        self._mark_changed(current)
        unsubscribe = settings.subscribe(self._on_settings)
        self.destroyed.connect(unsubscribe)

    def commit(self) -> None:
        """Keep what was typed and not confirmed."""
        if self.preset.value == _CUSTOM:
            self._on_address()
        self._on_proxy()

    def begin_test(self) -> None:
        """Ask the Hub, and say who answered and who did not."""
        if self._running is not None:
            return
        self.commit()
        self._running = stop = Stop()
        self._set_testing(is_testing=True)
        self._run(
            lambda: self._client.test_connection(stop=stop),
            lambda report: self._on_report(stop, report),
            lambda error: self._on_test_error(stop, error),
        )

    def _run(
        self,
        function: Callable[[], T],
        on_done: Callable[[T], None],
        on_error: Callable[[Exception], None] | None = None,
    ) -> None:
        """Work in the background; what comes of it is dropped when this widget is gone."""

        def done(result: T) -> None:
            if isValid(self):
                on_done(result)

        def failed(error: Exception) -> None:
            if on_error is None:
                raise error
            if isValid(self):
                on_error(error)

        self._jobs.general.run(function, on_done=done, on_error=failed)

    # Qt

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._read_token()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.commit()
        if self._running is not None:
            self._running.set()
            self._running = None
            self._set_testing(is_testing=False)
            self.test_row.set_note("")
        self.token.clear()

    # The address

    def _on_preset(self, value: str) -> None:
        self.address_row.setVisible(value == _CUSTOM)
        if value == _CUSTOM:
            self.address.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._keep(hub_endpoint="" if value == OFFICIAL.endpoint else value)

    def _on_address(self) -> None:
        text = self.address.text().strip()
        if not text:
            self.address_row.set_note("")
            return
        try:
            endpoint = clean_endpoint(text)
        except ChatappError as error:
            self.address_row.set_note(error_sentence(error))
            return
        self.address_row.set_note("")
        self._keep(hub_endpoint=endpoint)

    def _show_endpoint(self, current: Settings) -> None:
        endpoint = current.hub_endpoint or OFFICIAL.endpoint
        is_preset = endpoint in {OFFICIAL.endpoint, MIRROR.endpoint}
        self.preset.set_value(endpoint if is_preset else _CUSTOM)
        self.address_row.setVisible(not is_preset)
        if not is_preset:
            self.address.setText(endpoint)

    @property
    def _endpoint(self) -> str:
        try:
            return clean_endpoint(self._settings.current.hub_endpoint)
        except ChatappError:  # typed by hand into the file
            return OFFICIAL.endpoint

    # The token

    def _on_token_text(self, text: str) -> None:
        has_text = bool(text.strip())
        self.save_token.setEnabled(has_text)
        self.save_token.setToolTip("" if has_text else self.tr("Paste a token first"))

    def _read_token(self) -> None:
        endpoint = self._endpoint
        self._run(
            lambda: self._tokens.kept(endpoint), lambda kept: self._on_token_known(endpoint, kept)
        )

    def _on_token_known(self, endpoint: str, kept: Kept | None) -> None:
        if endpoint == self._endpoint:
            self._show_token(kept)

    def _on_save_token(self) -> None:
        text, endpoint = self.token.text().strip(), self._endpoint
        if not text:
            return
        self.token.clear()
        self._run(
            lambda: self._tokens.save(endpoint, text),
            lambda kept: self._on_token_saved(endpoint, kept),
            self._on_token_error,
        )

    def _on_token_saved(self, endpoint: str, kept: Kept) -> None:
        self._on_token_known(endpoint, kept)
        self.token_changed.emit()

    def _on_token_error(self, error: Exception) -> None:
        if not isinstance(error, ChatappError):
            raise error
        self.token_row.set_note(error_sentence(error))

    def _on_change_token(self) -> None:
        self._show_token(None)
        self.token.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_remove_token(self) -> None:
        endpoint = self._endpoint

        def removed(_: None) -> None:
            self._on_token_known(endpoint, None)
            self.token_changed.emit()

        self._run(lambda: self._tokens.forget(endpoint), removed)

    def _show_token(self, kept: Kept | None, *, is_known: bool = True) -> None:
        """Show where the token is, or a field for one; `is_known` once the keyring was asked."""
        host = origin_of(self._endpoint)[1]
        self.token_row.set_note("")
        for widget in (self.token, self.save_token):
            widget.setVisible(kept is None)
        self.token.setEnabled(is_known)
        self.save_token.setEnabled(is_known and bool(self.token.text().strip()))
        for button in (self.change_token, self.remove_token):
            button.setVisible(kept is not None)
        if not is_private(self._endpoint):
            words = self.tr("Not sent: the connection to {host} can be read on the way")
        elif kept is Kept.KEYRING:
            words = self.tr("Kept in the system's keyring and sent to {host} only")
        elif kept is Kept.RUN:
            words = self.tr("Sent to {host} only")
            note = self.tr("No keyring on this computer: kept for this session only.")
            self.token_row.set_note(note, "warning")
        else:
            words = self.tr("For models that need permission; sent to {host} only")
        self.token_row.set_explanation(words.format(host=host))

    # Proxy and certificates

    def _on_proxy(self) -> None:
        text = self.proxy.text().strip()
        if text == self._settings.current.proxy:
            self.proxy_row.set_note("")
            return
        if text and not _is_proxy(text):
            example = "http://host:port"
            words = self.tr("A proxy is written as {example}.").format(example=example)
            self.proxy_row.set_note(words)
            return
        self.proxy_row.set_note("")
        self._keep(proxy=text)

    def _on_choose_ca(self) -> None:
        dialog = QFileDialog(self, self.tr("Choose a CA file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(
            [self.tr("Certificates (*.pem *.crt *.cer)"), self.tr("All files (*)")]
        )
        dialog.fileSelected.connect(self._on_ca_file)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_ca_file(self, path: str) -> None:
        self._keep(ca_file=path)

    def _show_ca_file(self, path: str) -> None:
        self.ca_path.setText(Path(path).name if path else self.tr("None"))
        self.ca_path.setToolTip(path)
        self.drop_ca.setVisible(bool(path))

    def _on_offline(self, is_offline: bool) -> None:  # noqa: FBT001 - a slot
        self._keep(offline=is_offline)

    def _keep(self, **values: str | bool | int) -> None:
        try:
            self._settings.change(**values)
        except ChatappError as error:
            self.endpoint_row.set_note(error_sentence(error))

    def _mark_changed(self, current: Settings) -> None:
        for row in self.findChildren(SettingsRow):
            if row.key in _SHOWN:
                default = getattr(DEFAULTS, row.key)
                row.set_changed(changed=getattr(current, row.key) != default)

    def _on_settings(self, current: Settings) -> None:
        """From here or from elsewhere."""
        before, self._shown = self._shown, current
        changed = {name for name in _SHOWN if getattr(before, name) != getattr(current, name)}
        if "hub_endpoint" in changed:
            self._show_endpoint(current)
        if "proxy" in changed:
            self.proxy.setText(current.proxy)
        self._show_ca_file(current.ca_file)
        self._mark_changed(current)
        self.offline.setChecked(current.offline)
        self.awake.setChecked(current.keep_awake)
        self.parallel.setChecked(current.download_connections > 1)
        if not changed & REACHING:
            return
        self.test_row.set_note("")
        if "hub_endpoint" in changed:
            self._show_token(None, is_known=False)
            self._read_token()

    # The test

    def _set_testing(self, *, is_testing: bool) -> None:
        self.test.setEnabled(not is_testing)
        self.test.setToolTip(self.tr("The connection is being tested") if is_testing else "")
        self._spinner.setVisible(is_testing)
        if is_testing:
            self.test_row.set_note(
                self.tr("Asking {host}").format(host=origin_of(self._endpoint)[1]), "text_muted"
            )

    def _on_report(self, stop: Stop, report: ConnectionReport) -> None:
        if stop is not self._running:
            return
        self._running = None
        self._set_testing(is_testing=False)
        error = report.error
        if error is not None:
            self.test_row.set_note(self._failure(report, error), "danger")
        elif report.data is None:
            words = self.tr("{host} answers, but has no model to try").format(
                host=report.metadata.host
            )
            self.test_row.set_note(words, "warning")
        else:
            self.test_row.set_note(self._success(report.metadata, report.data), "success")

    def _success(self, metadata: HostCheck, data: HostCheck) -> str:
        if data.host == metadata.host:
            return self.tr("{host} answers and gives data").format(host=metadata.host)
        pattern = self.tr("{host} answers, and {data} gives data")
        return pattern.format(host=metadata.host, data=data.host)

    def _failure(self, report: ConnectionReport, error: ChatappError) -> str:
        sentence = error_sentence(error)
        if report.metadata.error is None and report.data is not None:
            pattern = self.tr("{host} answers, but the data lies on {data}: {sentence}")
            if report.failed_host == report.metadata.host:
                pattern = self.tr("{host} answers, but gives no data: {sentence}")
            return pattern.format(
                host=report.metadata.host, data=report.failed_host, sentence=sentence
            )
        return sentence

    def _on_test_error(self, stop: Stop, error: Exception) -> None:
        if stop is not self._running or isinstance(error, CancelledError):
            return
        self._running = None
        self._set_testing(is_testing=False)
        if not isinstance(error, ChatappError):
            raise error
        self.test_row.set_note(error_sentence(error), "danger")

    def _field(self, name: str, placeholder: str) -> QLineEdit:
        field = QLineEdit()
        field.setPlaceholderText(placeholder)
        field.setAccessibleName(name)
        appearance = self._appearance
        appearance.fit(
            field,
            lambda field: field.setFixedSize(appearance.width(_FIELD), appearance.height(32)),
        )
        return field


class ConnectionDialog(Translated, QDialog):
    """The same rows over the window, for where the settings are far away. Show it with `open()`.

    `make` makes the rows, in another language anew.
    """

    def __init__(
        self,
        appearance: Appearance,
        make: Callable[[], ConnectionSettings],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._make = make
        self.settings = make()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        area = QScrollArea()
        area.setObjectName("page")
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        holder = QWidget()
        self._column = column = QVBoxLayout(holder)
        column.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, 0)
        column.setSpacing(16)
        self._title = TextLabel(appearance, "", "page_title")
        column.addWidget(self._title)
        column.addWidget(self.settings)
        column.addStretch()
        area.setWidget(holder)
        holder.setAutoFillBackground(False)
        self._done = done = Button(appearance, "")
        done.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(_MARGIN, 12, _MARGIN, 16)
        buttons.addStretch()
        buttons.addWidget(done)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(area, 1)
        layout.addLayout(buttons)
        self._say()
        self.resize(self.sizeHint())
        QTimer.singleShot(0, self, lambda: self._done.setFocus(Qt.FocusReason.OtherFocusReason))

    def _translate(self) -> None:
        self._say()
        before, self.settings = self.settings, self._make()
        self._column.replaceWidget(before, self.settings)
        before.hide()  # which keeps what was typed
        before.deleteLater()
        self.settings.show()

    def _say(self) -> None:
        title = self.tr("Hub and network")
        self.setWindowTitle(title)
        self._title.setText(title)
        self._done.setText(self.tr("Done"))

    def sizeHint(self) -> QSize:
        parent = self.parentWidget()
        room = parent.window().size() if parent is not None else QSize(1440, 900)
        wanted = self.settings.sizeHint().height() + 160
        return QSize(min(_WIDTH, room.width() - 48), min(wanted, room.height() - 64))

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._appearance.theme.surface)


def _is_proxy(text: str) -> bool:
    scheme, mark, rest = text.partition("://")
    return bool(mark and rest.strip("/")) and scheme in {"http", "https", "socks5", "socks5h"}
