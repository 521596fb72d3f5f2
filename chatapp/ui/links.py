"""What is asked for from outside the window: model files, and links on web pages.

Anybody can write a link, so its grammar is narrow, and what comes of it is only ever shown: nothing
is downloaded, sent or loaded without a click. There are two forms, with at most one file:

    chatapp://models/AUTHOR/NAME
    chatapp://models/AUTHOR/NAME?file=NAME-Q4_K_M.gguf
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QObject, QUrl, Signal
from PySide6.QtGui import QFileOpenEvent

from chatapp.domain.hub import Reference
from chatapp.errors import NameUnsafe
from chatapp.hub.names import is_repo_id
from chatapp.hub.safe_names import relative_path
from chatapp.paths import is_folder

MOST_BYTES: Final = 65_536  # of a wish on its way to the running instance
_MOST_TARGETS: Final = 20
_LONGEST_TARGET: Final = 4096  # characters
_LONGEST_LINK: Final = 400
_LINK: Final = re.compile(
    r"(?i:chatapp)://(?i:models)/"
    r"(?P<repo>[A-Za-z0-9._-]+/[A-Za-z0-9._-]+)/?"
    r"(?:\?file=(?P<file>[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*))?"
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What whoever starts Chatapp wants of it: to see `targets`, as written, or the small window.

    It comes to the front in any case.
    """

    targets: tuple[str, ...] = ()
    quick_ask: bool = False

    @classmethod
    def of(cls, targets: list[str], *, quick_ask: bool) -> Wish:
        """From a command line; the running instance has another current folder."""
        return cls(tuple(map(_absolute, targets)), quick_ask)

    def to_line(self) -> bytes:
        """For the running instance: one line."""
        content = {"open": self.targets[:_MOST_TARGETS], "quick_ask": self.quick_ask}
        return json.dumps(content).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> Wish:
        """What another process wrote; of anything else only that it wants Chatapp to be seen."""
        try:
            content = json.loads(line[:MOST_BYTES])
        except (ValueError, RecursionError):
            return cls()
        if not isinstance(content, dict):
            return cls()
        targets = content.get("open")
        found = targets[:_MOST_TARGETS] if isinstance(targets, list) else []
        return cls(
            tuple(t for t in found if isinstance(t, str) and len(t) <= _LONGEST_TARGET),
            content.get("quick_ask") is True,
        )


@dataclass(frozen=True, slots=True)
class Opening:
    """What targets lead to. `is_refused`: at least one of them leads nowhere."""

    files: tuple[Path, ...] = ()
    model: Reference | None = None
    is_refused: bool = False


def read_targets(targets: tuple[str, ...]) -> Opening:
    """Model files by path or file address, and links; of several links the last one counts."""
    files: list[Path] = []
    model: Reference | None = None
    is_refused = False
    for target in targets:
        if is_link(target):
            reference = read_link(target)
            model = reference or model
            is_refused |= reference is None
        elif (file := _model_file(target)) is not None:
            files.append(file)
        else:
            is_refused = True
    return Opening(tuple(files), model, is_refused)


def is_link(target: str) -> bool:
    """Whether it means to be a link to Chatapp, a good one or a bad one."""
    return target[: len("chatapp:")].casefold() == "chatapp:"


def read_link(link: str) -> Reference | None:
    """The repository and perhaps the file that a link leads to; None for any other text."""
    if len(link) > _LONGEST_LINK:
        return None
    found = _LINK.fullmatch(link)
    if found is None or not is_repo_id(found["repo"]):
        return None
    file = found["file"] or ""
    if file:
        try:
            relative_path(found["repo"], file)
        except NameUnsafe:
            return None
    return Reference(found["repo"], file=file)


class OpenRequests(QObject):
    """What the system asks a running application to open, as macOS does.

    Install it on the application. Signals: `wished(Wish)`.
    """

    wished = Signal(object)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FileOpen and isinstance(event, QFileOpenEvent):
            target = event.file() or event.url().toString()
            if 0 < len(target) <= _LONGEST_TARGET:
                self.wished.emit(Wish((target,)))
            return True
        return super().eventFilter(watched, event)


def _absolute(target: str) -> str:
    is_address = is_link(target) or target[:5].casefold() == "file:"
    return target if is_address else str(Path(target).absolute())


def _model_file(target: str) -> Path | None:
    """By path, or by an address as file browsers give it.

    One on another computer would be asked for it, with this person's name, before any click.
    """
    if target[:5].casefold() == "file:":
        url = QUrl(target, QUrl.ParsingMode.StrictMode)
        if not url.isLocalFile() or url.host() not in {"", "localhost"}:
            return None
        target = url.path() if url.host() else url.toLocalFile()
    path = Path(target)
    is_remote = target.startswith(("//", "\\\\"))
    if not target.isprintable() or is_remote or not path.is_absolute():
        return None
    # A folder with such a name would be searched, with all that is in it.
    return path if path.suffix.casefold() == ".gguf" and not is_folder(path) else None
