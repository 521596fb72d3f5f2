"""Where the smoke test happens, and what makes it fail besides a step that does not end."""

from __future__ import annotations

import logging
import os
import tempfile
from collections import deque
from pathlib import Path

import psutil
from PySide6.QtCore import QMessageLogContext, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from chatapp.app import Desktop, create_application
from chatapp.display import check_display, has_display
from chatapp.errors import ChatappError
from chatapp.paths import Paths
from chatapp.sentences import sentence
from chatapp.smoke_test.hub import SmallHub
from chatapp.smoke_test.steps import FILE, REPO, TOKENS, SmokeTestFailed, Step, all_steps
from chatapp.smoke_test.tiny_model import tiny_model

_STEP_MS = 20
_LINES = 40  # of the log, shown when it fails
_END_SECONDS = 10.0  # for processes that are on their way out
_HOMES = ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA")
# What would lead out of the temporary home, or change what is tried.
_ELSEWHERE = (
    *("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"),
    *("HF_ENDPOINT", "HF_HOME", "HF_HUB_CACHE", "HF_TOKEN", "JAN_DATA_FOLDER", "OLLAMA_MODELS"),
)


def run_smoke_test() -> int:
    """Try everything once. Returns 0, or 1 with a line about why; writes to no one's home."""
    with tempfile.TemporaryDirectory(prefix="chatapp-smoke-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        _move_home(folder / "home")
        if not has_display():
            os.environ["QT_QPA_PLATFORM"] = "offscreen"
        try:
            check_display()
            is_downloaded = _run(Paths.under(folder / "chatapp"))
            _check_processes()
        except (SmokeTestFailed, ChatappError) as failure:
            words = sentence(failure) if isinstance(failure, ChatappError) else failure
            print(f"chatapp: the smoke test failed: {words}")  # noqa: T201 - its result
            return 1
    but = "" if is_downloaded else ", but nothing was downloaded: this computer can't reach itself"
    print(f"smoke test passed{but}")  # noqa: T201 - its result
    return 0


def _run(paths: Paths) -> bool:
    """Whether there was a Hub to download from."""
    complaints = _Complaints()
    logging.getLogger().addHandler(complaints)
    previous = qInstallMessageHandler(complaints.on_qt_message)
    try:
        application = create_application()
        with SmallHub(REPO, FILE, tiny_model()) as hub:
            endpoint = hub.endpoint if hub.is_reachable else ""
            if not endpoint:
                paths.create()
                (paths.models / FILE).write_bytes(tiny_model())
            desktop = Desktop(application, paths)
            try:
                desktop.services.settings.change(
                    max_tokens=TOKENS, temperature=0.0, tune_automatically=False, keep_awake=False
                )
                _go(application, desktop, all_steps(desktop, endpoint, paths.resources))
            finally:
                desktop.close()
    except SmokeTestFailed as failure:
        raise SmokeTestFailed("\n".join((str(failure), *complaints.last))) from None
    finally:
        qInstallMessageHandler(previous)
        logging.getLogger().removeHandler(complaints)
    if complaints.lines:
        raise SmokeTestFailed("\n".join(complaints.lines))
    return bool(endpoint)


def _go(application: QApplication, desktop: Desktop, steps: Step) -> None:
    """Show the window and let it live until the steps are done."""
    failures: list[SmokeTestFailed] = []

    def advance() -> None:
        try:
            next(steps)
        except StopIteration:
            application.quit()
        except SmokeTestFailed as failure:
            failures.append(failure)
            application.quit()
        except ChatappError as error:
            failures.append(SmokeTestFailed(sentence(error)))
            application.quit()
        except Exception as mistake:
            # Without this the steps would simply be over.
            failures.append(SmokeTestFailed(repr(mistake)))
            application.quit()
            raise

    timer = QTimer(interval=_STEP_MS)
    timer.timeout.connect(advance)
    timer.start()
    desktop.show()
    application.exec()
    timer.stop()
    if failures:
        raise failures[0]


class _Complaints(logging.Handler):
    """What went wrong without stopping anything: errors in the log, and Qt's warnings.

    `last` are the last lines of the log, of which nothing else is left.
    """

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.last: deque[str] = deque(maxlen=_LINES)

    def emit(self, record: logging.LogRecord) -> None:
        """Take it down."""
        reason = f": {record.exc_info[1]!r}" if record.exc_info else ""
        line = f"{record.name}: {record.getMessage()}{reason}"
        self.last.append(line)
        if record.levelno >= logging.ERROR:
            self.lines.append(line)

    def on_qt_message(self, kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        """Take down what is more than information and not about this one screen."""
        if kind in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg):
            return
        category = context.category or ""
        is_of_screen = category.startswith("qt.qpa") or "This plugin does not support" in text
        if kind is not QtMsgType.QtWarningMsg or not is_of_screen:
            self.lines.append(f"{category}: {text}")


def _move_home(home: Path) -> None:
    """Whatever looks for a home finds an empty one; the screen and its key stay where they are."""
    key = Path.home() / ".Xauthority"
    if key.exists():
        os.environ.setdefault("XAUTHORITY", str(key))
    home.mkdir()
    os.environ.update(dict.fromkeys(_HOMES, str(home)))
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    for name in _ELSEWHERE:
        os.environ.pop(name, None)


def _check_processes() -> None:
    """Nothing may stay behind but multiprocessing's tracker, which ends with this process."""
    _, alive = psutil.wait_procs(psutil.Process().children(recursive=True), _END_SECONDS / 10)
    left = [one for one in alive if not _is_tracker(one)]
    _, left = psutil.wait_procs(left, _END_SECONDS)
    if left:
        raise SmokeTestFailed(f"processes stayed behind: {left}")


def _is_tracker(process: psutil.Process) -> bool:
    try:
        return "resource_tracker" in " ".join(process.cmdline())
    except psutil.Error:
        return True  # it has ended
