"""What is told of downloads, on their page and in the sidebar: names, states, what comes next."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication

from chatapp.domain.download import DownloadState
from chatapp.errors import (
    ChatappError,
    ChecksumMismatch,
    DiskFull,
    HubRefused,
    HubTimeout,
    HubUnreachable,
    Offline,
    RateLimited,
    RepoGated,
    TokenInvalid,
)
from chatapp.hub.names import is_projector, quantization
from chatapp.ui.i18n import error_sentence, paragraph, tr
from chatapp.ui.words import duration, file_size, joined, percent, transfer_speed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from chatapp.domain.download import DownloadItem, FileProgress, Order
    from chatapp.ui.icons import IconName
    from chatapp.ui.widgets.progress_bar import BarColor
    from chatapp.ui.widgets.text_label import TextColor

_SUFFIXES: Final = ("-gguf", "_gguf", ".gguf")


@dataclass(frozen=True, slots=True)
class StateWords:
    """How a state is shown: `state` in its colour, `rest` muted behind it.

    `bar` is None where there is nothing to fill; without an `icon` a spinner turns.
    """

    state: str
    rest: str
    color: TextColor = "text"
    icon: IconName | None = None
    icon_color: TextColor = "text_muted"
    bar: BarColor | None = None


def order_name(order: Order) -> str:
    """The model's name, from the repository's where the order has none."""
    if order.name:
        return order.name
    name = order.repo.rpartition("/")[2]
    for suffix in _SUFFIXES:
        if name.casefold().endswith(suffix):
            name = name[: -len(suffix)]
    return " ".join(name.replace("-", " ").replace("_", " ").split()) or order.repo


def order_details(order: Order) -> str:
    """The type, and what comes along: “Q4_0 + vision, 2 files”."""
    models = [file.path for file in order.files if not is_projector(file.path)]
    kind = quantization(models[0]) if models else ""
    count = len(order.files)
    if count == 1:
        return kind
    files = tr("%Ln file(s)", "", count)
    if len(models) == count:
        return ", ".join(part for part in (kind, files) if part)
    pattern = QCoreApplication.translate("downloads", "{type} + vision, {files}")
    return pattern.format(type=kind, files=files).strip(" +")


def needs_person(item: DownloadItem) -> bool:
    """Whether it does not go on by itself, and the person did not want that."""
    if item.state is DownloadState.FAILED:
        return True
    return item.state is DownloadState.PAUSED and item.error is not None


def is_queued(item: DownloadItem) -> bool:
    """Whether it is under way, waits, or was paused by the person."""
    return item.state is not DownloadState.DONE and not needs_person(item)


def moves_by_itself(item: DownloadItem) -> bool:
    """Whether it comes to its end without anybody doing anything."""
    return is_queued(item) and item.state is not DownloadState.PAUSED


def fraction(item: DownloadItem) -> float:
    """How much of it is here, from 0 to 1."""
    return item.done / item.size if item.size > 0 else 0.0


def seconds_until_retry(item: DownloadItem) -> int | None:
    """Whole seconds until it goes on by itself; None when it does that now, or never."""
    left = 0.0 if item.retry_at is None else item.retry_at - time.monotonic()
    return math.ceil(left) if left > 0 else None


def seconds_until_empty(items: Iterable[DownloadItem]) -> float | None:
    """Until all that moves by itself is here; None while it can't be told."""
    moving = [item for item in items if moves_by_itself(item)]
    speed = sum(item.speed for item in moving)
    if not moving or speed <= 0 or any(item.size <= 0 for item in moving):
        return None
    return sum(item.size - item.done for item in moving) / speed


def first_of_note(items: Sequence[DownloadItem]) -> DownloadItem | None:
    """The one that the sidebar tells of: what moves before what stands still."""
    order = (
        lambda item: item.state is DownloadState.RUNNING,
        lambda item: item.state.is_active,
        needs_person,
        lambda item: item.state is DownloadState.WAITING,
        lambda item: item.state is DownloadState.PAUSED,
    )
    for fits in order:
        for item in items:
            if fits(item):
                return item
    return None


def state_words(item: DownloadItem, free: int | None = None) -> StateWords:
    """How an item is shown. `free` is the room on the drive of the models in bytes, if known."""
    translate = QCoreApplication.translate
    if needs_person(item):
        return _problem(item, free)
    match item.state:
        case DownloadState.RUNNING:
            left = item.seconds_left
            rest = joined(
                transfer_speed(item.speed) if item.speed > 0 else "",
                ""
                if left is None
                else translate("downloads", "{time} left").format(time=duration(left)),
            )
            state = translate("downloads", "Downloading")
            return StateWords(state, rest, "text", "download", "accent_text", "accent")
        case DownloadState.RECONNECTING:
            state = translate("downloads", "Reconnecting")
            left = seconds_until_retry(item)
            if left is not None:
                pattern = translate("downloads", "Reconnecting in {time}")
                state = pattern.format(time=duration(left))
            nothing = translate("downloads", "Nothing is lost.")
            rest = paragraph(_cause(item.error), nothing)
            return StateWords(state, rest, "warning", "refresh", "warning", "warning")
        case DownloadState.VERIFYING:
            return StateWords(translate("downloads", "Checking"), _checking(item))
        case DownloadState.PAUSED:
            state = translate("downloads", "Paused")
            rest = translate("downloads", "Continues where it stopped, also after a restart.")
            return StateWords(state, rest, "text", "pause", "text_muted", "control_border")
        case DownloadState.DONE:
            state = translate("downloads", "Verified")
            rest = translate("downloads", "sha256 matches the original")
            return StateWords(state, rest, "success", "verified", "success")
        case _:
            state = translate("downloads", "Waiting")
            rest = translate("downloads", "Starts when another one is done.")
            bar: BarColor | None = "control_border" if item.done else None
            return StateWords(state, rest, "text", "clock", "text_muted", bar)


def _checking(item: DownloadItem) -> str:
    translate = QCoreApplication.translate
    share = percent(_checked(item))
    if item.size and item.done >= item.size:
        return translate("downloads", "Comparing with the original, {percent}").format(
            percent=share
        )
    return translate("downloads", "Reading what is here already, {percent}").format(percent=share)


def _checked(item: DownloadItem) -> float:
    current = _current_file(item.files)
    if current is None or current.done <= 0:
        return 0.0
    return item.verified / current.done


def _current_file(files: Sequence[FileProgress]) -> FileProgress | None:
    for file in files:
        if not file.is_complete:
            return file
    return files[-1] if files else None


def _cause(error: ChatappError | None) -> str:
    """Why there is no connection, without what one could do: it is being done."""
    translate = QCoreApplication.translate
    match error:
        case HubTimeout(host=host):
            return translate("downloads", "{host} did not answer.").format(host=host)
        case HubUnreachable(host=host):
            return translate("downloads", "{host} can't be reached.").format(host=host)
        case HubRefused(host=host, status=status):
            return translate("downloads", "{host} answered with error {status}.").format(
                host=host, status=status
            )
        case ChecksumMismatch():
            return translate("downloads", "What arrived was damaged.")
        case RateLimited(host=host):
            return translate("downloads", "{host} wants a pause between requests.").format(
                host=host
            )
    return translate("downloads", "The connection was lost.")


def _problem(item: DownloadItem, free: int | None) -> StateWords:
    translate = QCoreApplication.translate
    error = item.error
    rest = "" if error is None else error_sentence(error)
    match error:
        case DiskFull():
            state = translate("downloads", "Disk full")
            missing = item.size - item.done - (free or 0)
            if free is not None and item.size > 0 and missing > 0:
                pattern = translate("downloads", "Needs {size} more on the drive with your models.")
                rest = pattern.format(size=file_size(missing))
        case ChecksumMismatch():
            state = translate("downloads", "Damaged")
            rest = translate("downloads", "The file differs from the original. Download it again.")
        case RepoGated() | TokenInvalid():
            state = translate("downloads", "Not allowed yet")
        case Offline():
            state = translate("downloads", "Offline")
        case _:
            state = translate("downloads", "Failed")
    return StateWords(state, rest, "danger", "warning", "danger", "danger")
