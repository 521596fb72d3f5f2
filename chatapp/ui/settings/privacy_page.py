"""The page “Privacy”: which connections were made, and a switch that allows none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QDateTime, QLocale, Signal
from PySide6.QtGui import QFontMetrics, QShowEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget
from shiboken6 import isValid

from chatapp.network import DAYS_KEPT
from chatapp.ui.i18n import paragraph
from chatapp.ui.settings.page import SettingsPage, run_for
from chatapp.ui.widgets.button import Button
from chatapp.ui.words import purpose_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.jobs import Jobs, Post
    from chatapp.network import Connection, Network
    from chatapp.settings import SettingsFile
    from chatapp.ui.theme import Appearance

_MOST_SHOWN = 1000
_LINES = 12
_GAP = 24


class PrivacyPage(SettingsPage):
    """The log is read when the page is shown, and with every connection while it is.

    Signals: `storage_requested()` to see what is kept.
    """

    storage_requested = Signal()

    def __init__(
        self,
        appearance: Appearance,
        settings: SettingsFile,
        network: Network,
        jobs: Jobs,
        post: Post,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(appearance, settings, "", parent)
        self.title = self.tr("Privacy")
        self._network = network
        self._jobs = jobs
        self._add_group(self.tr("Network"))
        self.offline = self._add_switch(
            "offline",
            self.tr("Offline"),
            self.tr(
                "No connections at all, of the processes that run models neither. Links still "
                "open in your browser"
            ),
        )
        self.clear = Button(appearance, self.tr("Clear"))
        self.clear.clicked.connect(self._on_clear)
        self.log_row = self._add_row(self.tr("Connections"), "", self.clear, key="connections")
        self.log = _Log(self.log_row.words)
        self.log.setAccessibleName(self.log_row.name)
        appearance.fit(self.log, self._fit_log)
        self._column.addSpacing(8)
        self._column.addWidget(self.log)
        self._add_group(self.tr("What you write"))
        storage = Button(appearance, self.tr("Show storage"))
        storage.clicked.connect(self.storage_requested)
        self._add_row(
            self.tr("Conversations"),
            self.tr("Stay on this computer. Nothing is sent anywhere, crash reports neither"),
            storage,
            key="conversations_stay",
        )
        unsubscribe = network.subscribe(lambda _: post(self._on_connection))
        self.destroyed.connect(unsubscribe)
        self._show_connections(())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look()

    def _on_connection(self) -> None:
        if isValid(self) and self.isVisible():
            self._look()

    def _look(self) -> None:
        run_for(
            self, self._jobs.general, self._network.history, self._show_connections, self._on_error
        )

    def _on_clear(self) -> None:
        self.log_row.set_note("")
        run_for(
            self,
            self._jobs.general,
            self._network.forget,
            lambda _: self._look(),
            self._on_error,
        )

    def _on_error(self, error: Exception) -> None:
        if not isinstance(error, OSError):
            raise error
        words = self.tr("The log could not be deleted: {reason}")
        self.log_row.set_note(words.format(reason=error.strerror or str(error)))

    def _show_connections(self, connections: Sequence[Connection]) -> None:
        days = QLocale().toString(DAYS_KEPT)
        count = len(self._network.connections)
        if count:
            since = self.tr("%Ln connection(s) since start.", "", count)
        else:
            since = self.tr("No connections since start.")
        kept = self.tr("Host, time and reason of each are kept on this computer for {days} days.")
        self.log_row.set_explanation(paragraph(since, kept.format(days=days)))
        self.clear.setEnabled(bool(connections))
        lines = [self._parts(one) for one in connections[: -_MOST_SHOWN - 1 : -1]]
        if lines:
            self.log.show_lines(lines)
        else:
            words = self.tr("Nothing in the last {days} days.")
            self.log.show_lines([(words.format(days=days),)])

    def _parts(self, connection: Connection) -> tuple[str, ...]:
        """When, where, why."""
        at = QLocale().toString(
            QDateTime.fromSecsSinceEpoch(int(connection.at)), QLocale.FormatType.ShortFormat
        )
        reason = purpose_words(connection.reason)
        if connection.proxy:
            words = self.tr("{reason}, through the proxy {host}")
            reason = words.format(reason=reason, host=connection.proxy)
        return at, connection.host, reason

    def _fit_log(self, log: _Log) -> None:
        log.setFont(self._appearance.font("small", tabular=True))
        log.setFixedHeight(_LINES * self._appearance.line_height("small") + _GAP)


class _Log(QPlainTextEdit):
    """Lines in columns, to be read and copied. `words` are what it is found by."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.words = words
        self.setObjectName("field")
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)

    def show_lines(self, lines: Sequence[tuple[str, ...]]) -> None:
        """Each in as many parts as the others."""
        text = "\n".join("\t".join(parts) for parts in lines)
        if text == self.toPlainText():
            return
        metrics = QFontMetrics(self.font())
        widths = [metrics.horizontalAdvance(part) for parts in lines for part in parts[:-1]]
        # The same for all columns: a tab stop of the widest.
        self.setTabStopDistance(max(widths, default=0) + _GAP)
        self.setPlainText(text)
