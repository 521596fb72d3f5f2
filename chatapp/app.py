"""The window on top of the services: one instance, start order, shutdown order."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import signal
import sys
import time
from pathlib import Path

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QLocale,
    QLockFile,
    QMessageLogContext,
    QObject,
    Qt,
    QTimer,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
)
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtWidgets import QApplication, QMessageBox

from chatapp import __version__
from chatapp.engine.process import StartWorker
from chatapp.errors import ChatappError, DatabaseDamaged, FolderNotWritable
from chatapp.paths import Paths
from chatapp.services import Services
from chatapp.settings import Settings
from chatapp.storage.database import put_aside
from chatapp.ui.around import Around
from chatapp.ui.assistants.in_window import WindowAssistants
from chatapp.ui.bridge import MainThread
from chatapp.ui.error_dialog import ErrorDialog
from chatapp.ui.garbage import GarbageCollector
from chatapp.ui.i18n import error_sentence, install_translations
from chatapp.ui.links import MOST_BYTES, OpenRequests, Wish
from chatapp.ui.main_window import MainWindow
from chatapp.ui.motion import system_reduces_motion
from chatapp.ui.parameters.in_window import WindowParameters
from chatapp.ui.settings.engines import Engines
from chatapp.ui.settings.in_window import WindowSettings
from chatapp.ui.theme import Appearance, ThemeChoice
from chatapp.ui.transcript.accessible import install_accessibility
from chatapp.ui.transcript.drawings import Drawings
from chatapp.ui.transcript.images import Images
from chatapp.ui.window_updates import WindowUpdates

logger = logging.getLogger(__name__)

_QT_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
_LOCK = "window.lock"
_WITHOUT_CLIPBOARD = ("offscreen", "minimal", "vnc", "eglfs", "linuxfb")
_GREETING_TIMEOUT = 2000  # ms for the first instance to take notice of the second
_GREETING_PAUSE = 0.05  # seconds
_MOST_PATIENCE = 10.0  # seconds, in which the first one ends, however much there is to save


class Desktop:
    """Services, bridge and window of one running application.

    Raises what `Services` raises; nothing is left running then.
    """

    def __init__(
        self,
        application: QApplication,
        paths: Paths,
        start_worker: StartWorker | None = None,
    ) -> None:
        self._bridge = MainThread()
        self.services = services = Services(
            paths,
            post=self._bridge.post,
            start_worker=start_worker,
            language=QLocale.system().name(),
        )
        settings = services.settings.current
        self._application = application
        self._translations = paths.resources / "i18n"
        self._language = settings.language
        self._system_is_still = False  # asks for less movement
        install_translations(application, self._translations, settings.language)
        self.appearance = Appearance(application, paths.resources, _theme_choice(settings.theme))
        self._dress(settings)
        services.settings.subscribe(self._dress)
        self.drawings = Drawings(self._bridge.post)
        self.window = MainWindow(
            appearance=self.appearance,
            session=services.session,
            conversations=services.conversations,
            search=services.search,
            changed_elsewhere=services.database.changed_elsewhere,
            engine=services.engine,
            library=services.library,
            downloads=services.downloads,
            discovery=services.discovery,
            hub=services.hub,
            tokens=services.tokens,
            quantizer=services.quantizer,
            load_settings=services.load_settings,
            tuner=services.tuner,
            tunings=services.tunings,
            machine=services.machine,
            network=services.network,
            jobs=services.jobs,
            settings=services.settings,
            paths=paths,
            post=self._bridge.post,
            drawings=self.drawings,
            images=Images(services.jobs),
        )
        self.around = Around(
            self.window,
            services.conversations,
            services.assistants,
            self.drawings,
            self._bridge.post,
        )
        self.parameters = WindowParameters(
            self.window, services.conversations, services.presets, self._bridge.post
        ).parameters
        self.assistants = WindowAssistants(
            self.window,
            services.assistants,
            services.prompts,
            services.conversations,
            services.library,
            self.parameters,
        )
        self.updates = WindowUpdates(self.window, services.updates)
        self.settings = WindowSettings(
            self.window,
            services.network,
            services.library,
            services.hub,
            services.tokens,
            services.space,
            services.session.empty_trash,
            Engines(
                services.engine_packs,
                services.engine.choice,
                services.start_engine,
                services.download_engine,
                services.jobs,
                self._bridge.post,
            ),
            self.around.key,
            self.updates,
            self._bridge.post,
        )
        self._error_dialog: ErrorDialog | None = None
        self._garbage = GarbageCollector(lambda: bool(services.session.running_conversations()))
        self._closed = False
        application.applicationStateChanged.connect(self._on_application_state)
        services.logs.install_hooks(lambda text: self._bridge.post(lambda: self._report(text)))

    def show(self) -> None:
        """Show the window at once; its panels fill when the event loop runs."""
        _FirstPaint(self.window)
        self.window.show()
        QTimer.singleShot(0, self._start)

    def open(self, wish: Wish) -> None:
        """Show what somebody outside wants to see; nothing else comes of it."""
        if not self._closed:
            self.around.open(wish)

    def close(self) -> None:
        """Save and end everything. The window is hidden first, so nobody waits for it."""
        if self._closed:
            return
        self._closed = True
        self._application.applicationStateChanged.disconnect(self._on_application_state)
        self.around.stop()
        self.parameters.stop()
        self.updates.check.stop()
        self.window.stop()
        self.window.hide()
        _let_go_of_clipboard()
        self.drawings.close()
        self.services.close()
        self._bridge.close()
        # Now, on this thread: the garbage collector would do it on any other.
        self.window.deleteLater()
        self.appearance.deleteLater()  # the system's colours are no longer followed
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self._garbage.close()

    def _dress(self, settings: Settings) -> None:
        """Look and speak as is chosen, at once."""
        appearance = self.appearance
        appearance.set_choice(_theme_choice(settings.theme))
        appearance.set_accent(settings.accent)
        appearance.set_reduced_motion(reduced=settings.reduced_motion or self._system_is_still)
        appearance.set_text(
            family=settings.font_family,
            code_family=settings.code_font_family,
            zoom=settings.text_zoom,
        )
        if settings.language != self._language:
            self._language = settings.language
            install_translations(self._application, self._translations, settings.language)

    def _on_application_state(self, state: Qt.ApplicationState) -> None:
        # Whoever comes back may have changed the system's settings.
        if state is Qt.ApplicationState.ApplicationActive and not self._closed:
            jobs = self.services.jobs.general
            jobs.run(system_reduces_motion, on_done=self._on_system_motion)

    def _on_system_motion(self, is_reduced: bool) -> None:  # noqa: FBT001 - a job's result
        if is_reduced != self._system_is_still:
            self._system_is_still = is_reduced
            self._dress(self.services.settings.current)

    def _start(self) -> None:
        if self._closed:
            return
        self._on_application_state(Qt.ApplicationState.ApplicationActive)
        self.window.start()
        self.around.start()
        self.updates.check.start()
        crash = self.services.logs.crash_of_last_run
        if crash:
            self._show_dialog(crash, is_last_run=True)

    def _report(self, text: str) -> None:
        # One dialog at a time: what goes wrong behind it is in the log.
        if self._error_dialog is None:
            self._show_dialog(text, is_last_run=False)

    def _show_dialog(self, text: str, *, is_last_run: bool) -> None:
        self._error_dialog = ErrorDialog(
            self.appearance,
            text,
            self.services.logs.folder,
            is_last_run=is_last_run,
            parent=self.window,
        )
        self._error_dialog.finished.connect(self._on_dialog_closed)
        self._error_dialog.show()

    def _on_dialog_closed(self) -> None:
        self._error_dialog = None  # it deletes itself


class _FirstPaint(QObject):
    """Notes in the log when the window is seen first: how long a start took stands there."""

    def __init__(self, window: QObject) -> None:
        super().__init__(window)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() is QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, lambda: logger.info("the window is painted"))
        return False


def run_window(paths: Paths, wish: Wish | None = None) -> int:
    """Open the window and return when it is closed. A running instance gets the wish instead."""
    application = create_application()
    install_translations(application, paths.resources / "i18n", "")
    previous = qInstallMessageHandler(_log_qt_message)
    try:
        paths.create()
        instance = SingleInstance(paths.data)
        if not instance.is_first and not instance.take_over(wish):
            return 0
        try:
            return _run(application, paths, instance, wish)
        finally:
            instance.close()
    except ChatappError as error:
        _tell(error)
        raise
    finally:
        qInstallMessageHandler(previous)


def create_application() -> QApplication:
    """The QApplication with Chatapp's names."""
    application = QApplication(sys.argv[:1])
    application.setApplicationName("chatapp")
    application.setApplicationDisplayName("Chatapp")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("chatapp")
    install_accessibility()
    return application


def _run(
    application: QApplication, paths: Paths, instance: SingleInstance, wish: Wish | None
) -> int:
    _tell_installer()
    try:
        desktop = Desktop(application, paths)
    except DatabaseDamaged as error:
        if not _offer_fresh_start(error):
            return 1
        put_aside(paths.database)
        desktop = Desktop(application, paths)
    try:
        application.setWindowIcon(desktop.appearance.icons.application_icon())
        instance.other_started.connect(desktop.open)
        requests = OpenRequests()
        requests.wished.connect(desktop.open)
        if sys.platform == "darwin":  # nowhere else; and it is asked about every event
            application.installEventFilter(requests)
        # Not quit(), which would ask the window whether it may be closed.
        desktop.window.closed.connect(lambda: application.exit(0))
        application.setQuitOnLastWindowClosed(False)
        for number in (signal.SIGINT, signal.SIGTERM):
            # Python runs the handler when one of the window's timers fires.
            signal.signal(number, lambda *_: application.exit(0))
        desktop.show()
        if wish is not None and wish != Wish():
            QTimer.singleShot(0, desktop.window, lambda: desktop.open(wish))
        return application.exec()
    finally:
        # Whoever comes now waits for the end, instead of asking somebody who leaves.
        instance.stop_listening()
        desktop.close()


class SingleInstance(QObject):
    """Sees to it that one window at a time works on a data folder.

    Raises `FolderNotWritable`.

    Signals: `other_started(Wish)` when a second instance was started and went away again.
    """

    other_started = Signal(object)

    def __init__(self, folder: Path) -> None:
        super().__init__()
        digest = hashlib.sha256(str(folder.resolve()).encode("utf-8", "replace")).hexdigest()
        self._name = f"chatapp-{digest[:20]}"
        self._folder = folder
        self._lock = QLockFile(str(folder / _LOCK))
        self._lock.setStaleLockTime(0)  # stale only when its process is gone
        self._server: QLocalServer | None = None
        self.is_first = self._try_first()

    def take_over(self, wish: Wish | None = None) -> bool:
        """Have the first instance come to the front, and do what is wished.

        Returns True where that one has ended meanwhile: then this is the first.
        """
        deadline = time.monotonic() + _MOST_PATIENCE
        while time.monotonic() < deadline:
            if self._greet(wish or Wish()):
                return False
            # It does not listen yet, or not any more.
            time.sleep(_GREETING_PAUSE)
            self.is_first = self._try_first()
            if self.is_first:
                return True
        return False

    def stop_listening(self) -> None:
        """What others wish can't be done any more."""
        if self._server is not None:
            self._server.close()

    def close(self) -> None:
        """Let another instance be the first."""
        self.stop_listening()
        if self.is_first:
            self._lock.unlock()

    def _try_first(self) -> bool:
        is_first = self._lock.tryLock(0)
        with contextlib.suppress(OSError):
            (self._folder / _LOCK).chmod(0o600)
        if is_first:
            QLocalServer.removeServer(self._name)
            self._server = QLocalServer(self)
            self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
            self._server.newConnection.connect(self._on_connection)
            if not self._server.listen(self._name):
                logger.info("a second instance won't be noticed: %s", self._server.errorString())
        elif self._lock.error() is not QLockFile.LockError.LockFailedError:
            raise FolderNotWritable(str(self._folder))
        return is_first

    def _greet(self, wish: Wish) -> bool:
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(_GREETING_TIMEOUT):
            return False
        socket.write(wish.to_line())
        socket.waitForBytesWritten(_GREETING_TIMEOUT)
        socket.disconnectFromServer()
        return True

    def _on_connection(self) -> None:
        if self._server is None:
            return
        connection = self._server.nextPendingConnection()
        if connection is not None:
            connection.setReadBufferSize(MOST_BYTES)
            connection.disconnected.connect(connection.deleteLater)
            connection.readyRead.connect(lambda: self._read(connection))
            self._read(connection)

    def _read(self, connection: QLocalSocket) -> None:
        # What comes after the first line is never looked at.
        if connection.canReadLine():
            connection.readyRead.disconnect()
            self.other_started.emit(Wish.from_line(bytes(connection.readLine().data())))


def _let_go_of_clipboard() -> None:
    """Leave on the clipboard what outlives Python: Qt drops it after the interpreter has ended."""
    clipboard = QApplication.clipboard()
    # Platforms without a clipboard of the system don't tell that what is there is always ours.
    is_inside = QApplication.platformName() in _WITHOUT_CLIPBOARD
    if is_inside or clipboard.ownsClipboard():
        clipboard.setText(clipboard.text())


def _tell_installer() -> None:
    """Windows' installer replaces and removes nothing while this exists, until the process ends."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.kernel32.CreateMutexW(None, False, "chatapp-window")  # noqa: FBT003 - C


def _theme_choice(name: str) -> ThemeChoice:
    try:
        return ThemeChoice(name)
    except ValueError:
        return ThemeChoice.SYSTEM


def _tell(error: ChatappError) -> None:
    """A foreseeable error before there is a window."""
    QMessageBox.critical(None, "Chatapp", error_sentence(error))


def _offer_fresh_start(error: DatabaseDamaged) -> bool:
    box = QMessageBox()
    box.setIcon(QMessageBox.Icon.Critical)
    box.setWindowTitle("Chatapp")
    box.setText(error_sentence(error))
    translate = QApplication.translate
    fresh = box.addButton(
        translate("app", "Keep the file and start afresh"), QMessageBox.ButtonRole.AcceptRole
    )
    quit_button = box.addButton(translate("app", "Quit"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(quit_button)
    box.exec()
    return box.clickedButton() is fresh


def _log_qt_message(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    logging.getLogger("qt").log(_QT_LEVELS.get(kind, logging.INFO), "%s", text)
