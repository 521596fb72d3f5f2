"""The queue of downloads: what needs the person, what comes, what is there."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from chatapp.domain.download import DownloadState
from chatapp.ui.download_words import (
    is_queued,
    moves_by_itself,
    needs_person,
    order_name,
    seconds_until_empty,
)
from chatapp.ui.i18n import Translated
from chatapp.ui.models_page.download_row import DownloadRow
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.dialog import Dialog
from chatapp.ui.widgets.text_label import TextLabel
from chatapp.ui.words import duration, file_size, transfer_speed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chatapp.domain.download import DownloadItem
    from chatapp.ui.theme import Appearance

_MOST_WIDTH = 936
_MARGIN = 24
_ABOVE = 28
_WORTH_ASKING = 20_000_000  # bytes that nobody wants to fetch again by mistake
_NOW = (DownloadState.RUNNING, DownloadState.RECONNECTING)


class DownloadsTab(Translated, QScrollArea):
    """Shows the whole queue; rows stay the same widgets however their items change.

    Signals, those with `str` with an item's id: `pause_requested(str)`, `resume_requested(str)`,
    `retry_requested(str)`, `cancel_requested(str)` (confirmed where much would be lost),
    `chat_requested(str)`; `model_requested(str)` with a repository; `move_requested(str, int)` with
    its new place among all items; `pause_all_requested()`, `resume_all_requested()`,
    `clear_requested()`, `discover_requested()`, `space_requested()`, `folder_requested()`,
    `connection_requested()`.
    """

    pause_requested = Signal(str)
    resume_requested = Signal(str)
    retry_requested = Signal(str)
    cancel_requested = Signal(str)
    chat_requested = Signal(str)
    model_requested = Signal(str)
    move_requested = Signal(str, int)
    pause_all_requested = Signal()
    resume_all_requested = Signal()
    clear_requested = Signal()
    discover_requested = Signal()
    space_requested = Signal()
    folder_requested = Signal()
    connection_requested = Signal()

    def __init__(
        self,
        appearance: Appearance,
        can_chat: Callable[[DownloadItem], bool] = lambda _item: True,
        parent: QWidget | None = None,
    ) -> None:
        """`can_chat` tells whether what a finished item brought can write answers."""
        super().__init__(parent)
        self._appearance = appearance
        self._can_chat = can_chat
        self._items: tuple[DownloadItem, ...] = ()
        self._rows: dict[str, DownloadRow] = {}
        self._queue: list[str] = []  # ids, as they are shown
        self._dragged: str | None = None
        self.setObjectName("page")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

        self.totals = _Totals(appearance)
        self.totals.button.clicked.connect(self._on_all)
        self._empty = _Empty(appearance)
        self._empty.button.clicked.connect(self.discover_requested)
        self._needs = _Head(appearance)
        self._waits = _Head(appearance)
        self._finished = _Head(appearance)
        self._clear = Button(appearance, "", "text", designed_height=28)
        self._clear.clicked.connect(self.clear_requested)
        self._finished.add(self._clear)

        content = QWidget()
        appearance.fit(content, lambda area: area.setMaximumWidth(appearance.width(_MOST_WIDTH)))
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(0, _ABOVE, 0, _MARGIN)
        self._column.setSpacing(0)
        for widget in (self._empty, self.totals, self._needs, self._waits, self._finished):
            self._column.addWidget(widget)
        self._column.addStretch(1)
        outer = QWidget()
        row = QHBoxLayout(outer)
        row.setContentsMargins(_MARGIN, 0, _MARGIN, 0)
        row.addStretch(1)
        row.addWidget(content, 1000)
        row.addStretch(1)
        self.setWidget(outer)
        for see_through in (outer, content, self.viewport()):
            see_through.setAutoFillBackground(False)
        self._clock = QTimer(self, interval=1000)
        self._clock.timeout.connect(self._count_down)
        self._translate()
        self.set_items(())

    @property
    def rows(self) -> list[DownloadRow]:
        """All rows, from the top."""
        ids = (*self._ids(needs_person), *self._queue, *self._ids(_is_done))
        return [self._rows[one] for one in ids]

    def _count_down(self) -> None:
        if self.isVisible():
            for row in self.rows:
                row.count_down()

    def set_items(self, items: Sequence[DownloadItem], free: int | None = None) -> None:
        """The queue as it is now; `free` bytes are left on the drive of the models, if known."""
        self._items = tuple(items)
        for item in items:
            row = self._rows.get(item.id)
            can_chat = item.state is DownloadState.DONE and self._can_chat(item)
            if row is None:
                row = self._rows[item.id] = self._make_row(item)
            row.set_item(item, free=free, can_chat=can_chat)
        is_waiting = any(item.retry_at is not None for item in items)
        if is_waiting != self._clock.isActive():
            self._clock.start() if is_waiting else self._clock.stop()
        known = {item.id for item in items}
        for gone in [one for one in self._rows if one not in known]:
            self._drop(gone)
        queued = self._ids(is_queued)
        if self._dragged in queued:  # a row in the hand keeps its place
            queued.remove(str(self._dragged))
            at = min(self._queue.index(str(self._dragged)), len(queued))
            queued.insert(at, str(self._dragged))
        else:
            self._dragged = None
        self._queue = queued
        self.totals.set_items(items, free)
        self._arrange()

    # Inside

    def _translate(self) -> None:
        self._needs.title.setText(self.tr("Needs you"))
        self._waits.title.setText(self.tr("Queue"))
        self._finished.title.setText(self.tr("Finished"))
        self._clear.setText(self.tr("Clear list"))

    def _ids(self, fits: Callable[[DownloadItem], bool]) -> list[str]:
        return [item.id for item in self._items if fits(item)]

    def _make_row(self, item: DownloadItem) -> DownloadRow:
        row = DownloadRow(self._appearance, item)
        number = item.id
        row.pause_requested.connect(self.pause_requested)
        row.resume_requested.connect(self.resume_requested)
        row.retry_requested.connect(self.retry_requested)
        row.cancel_requested.connect(self._on_cancel_requested)
        row.chat_requested.connect(self.chat_requested)
        row.model_requested.connect(self.model_requested)
        row.space_requested.connect(self.space_requested)
        row.folder_requested.connect(self.folder_requested)
        row.connection_requested.connect(self.connection_requested)
        row.dragged.connect(lambda y: self._on_dragged(number, y))
        row.dropped.connect(self._on_dropped)
        row.step_requested.connect(lambda step: self._on_step_requested(number, step))
        return row

    def _drop(self, number: str) -> None:
        row = self._rows.pop(number)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()

    def _arrange(self) -> None:
        """Put the widgets into their order; those that are in it already are not touched."""
        needs, finished = self._ids(needs_person), self._ids(_is_done)
        sections = ((self._needs, needs), (self._waits, self._queue), (self._finished, finished))
        order: list[QWidget] = [self._empty, self.totals]
        for head, ids in sections:
            head.setVisible(bool(ids))
            order += [head, *(self._rows[number] for number in ids)]
        self._empty.setVisible(not self._items)
        self.totals.setVisible(bool(self._items))
        is_changed = False
        for place, widget in enumerate(order):
            if self._widget_at(place) is not widget:
                self._column.removeWidget(widget)
                self._column.insertWidget(place, widget)
                is_changed = True
        if is_changed:
            self._order_keyboard()

    def _widget_at(self, place: int) -> QWidget | None:
        item = self._column.itemAt(place)
        return item.widget() if item is not None else None

    def _order_keyboard(self) -> None:
        stops: list[QWidget] = [self.totals.button]
        for row in self.rows:
            stops += row.stops
        stops.append(self._clear)
        for first, second in pairwise(stops):
            QWidget.setTabOrder(first, second)

    # Order

    def _on_dragged(self, number: str, y: int) -> None:
        if number not in self._queue:
            return
        self._dragged = number
        others = [one for one in self._queue if one != number]
        above = 0
        for other in others:
            row = self._rows[other]
            if row.mapToGlobal(row.rect().center()).y() < y:
                above += 1
        if self._queue.index(number) != above:
            others.insert(above, number)
            self._queue = others
            self._arrange()
        self.ensureWidgetVisible(self._rows[number], 0, _MARGIN)

    def _on_dropped(self) -> None:
        number, self._dragged = self._dragged, None
        if number is not None and number in self._queue:
            self._move(number, self._queue.index(number))

    def _on_step_requested(self, number: str, step: int) -> None:
        at = self._queue.index(number) + step
        if 0 <= at < len(self._queue):
            self._move(number, at)

    def _move(self, number: str, at: int) -> None:
        """Tell the place among all items that is the place `at` in the queue."""
        everything = [item.id for item in self._items]
        others = [one for one in everything if one != number]
        queued = [one for one in self._ids(is_queued) if one != number]
        place = others.index(queued[at - 1]) + 1 if at else others.index(queued[0]) if queued else 0
        if place != everything.index(number):
            self.move_requested.emit(number, place)
        else:
            self._queue = self._ids(is_queued)
            self._arrange()

    # Wishes

    def _on_all(self) -> None:
        if any(moves_by_itself(item) for item in self._items):
            self.pause_all_requested.emit()
        else:
            self.resume_all_requested.emit()

    def _on_cancel_requested(self, number: str) -> None:
        item = self._rows[number].item
        if item.done < _WORTH_ASKING:
            self.cancel_requested.emit(number)
            return
        dialog = Dialog(
            self._appearance,
            self.tr("Cancel the download of {name}?").format(name=order_name(item.order)),
            self.tr(
                "The {size} that are here already are deleted. Pause it instead to go on later."
            ).format(size=file_size(item.done)),
            self.window(),
        )
        dialog.add_button(self.tr("Keep it"), safe=True)
        dialog.add_button(self.tr("Cancel the download"), "danger")
        dialog.accepted.connect(lambda: self.cancel_requested.emit(number))
        dialog.open()


class _Totals(Translated, QWidget):
    """Speed, time and room as figures, and one button for everything."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._items: Sequence[DownloadItem] = ()
        self._free: int | None = None
        self._speed = _Figure(appearance)
        self._time = _Figure(appearance)
        self._room = _Figure(appearance)
        self.button = Button(appearance, "", icon="pause")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 4)
        row.setSpacing(_MARGIN)
        for figure in (self._speed, self._time, self._room):
            row.addWidget(figure)
        row.addStretch(1)
        row.addWidget(self.button)

    @property
    def words(self) -> str:
        """All figures with what they mean."""
        figures = (self._speed, self._time, self._room)
        return "; ".join(figure.words for figure in figures if figure.isVisibleTo(self))

    def set_items(self, items: Sequence[DownloadItem], free: int | None) -> None:
        """Sum up the queue."""
        self._items, self._free = items, free
        self._translate()

    def _translate(self) -> None:
        items, free = self._items, self._free
        number = QLocale().toString
        queued = [item for item in items if is_queued(item)]
        running = [item for item in queued if item.state in _NOW]
        speed = sum(item.speed for item in running)
        seconds = seconds_until_empty(items)
        count = self.tr("{count} of {total} running").format(
            count=number(len(running)), total=number(len(queued))
        )
        self._speed.show_figure(transfer_speed(speed) if running else "", count)
        until = "" if seconds is None else duration(seconds)
        self._time.show_figure(until, self.tr("until the queue is empty"))
        room = "" if free is None else file_size(free)
        self._room.show_figure(room, self.tr("free on the models drive"))
        is_moving = any(moves_by_itself(item) for item in queued)
        self.button.setText(self.tr("Pause all") if is_moving else self.tr("Continue all"))
        self.button.set_icons("pause" if is_moving else "play")
        if self.button.hasFocus() and not queued:
            self.setFocus()  # else the keyboard would leave the page
        self.button.setVisible(bool(queued))


class _Figure(QWidget):
    """A number, and below it what it counts."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._figure = TextLabel(appearance, "", "card_title", tabular=True)
        self._meaning = TextLabel(appearance, "", "small", "text_muted", tabular=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._figure)
        column.addWidget(self._meaning)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    @property
    def words(self) -> str:
        """The number and its meaning."""
        return f"{self._figure.text()} {self._meaning.text()}"

    def show_figure(self, figure: str, meaning: str) -> None:
        """Show a number, or nothing where there is none."""
        if (figure, meaning) != (self._figure.text(), self._meaning.text()):
            self._figure.setText(figure)
            self._meaning.setText(meaning)
        self.setVisible(bool(figure))


class _Head(QWidget):
    """The title of a section above a line, perhaps with a button at the other end."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self.title = TextLabel(appearance, bold=True)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(0, 16, 0, 5)
        row.addWidget(self.title)
        row.addStretch(1)
        appearance.fit(self, lambda head: head.setFixedHeight(appearance.height(28) + 21))

    def add(self, button: Button) -> None:
        """Put a button at the other end."""
        self._row.addWidget(button)

    def paintEvent(self, event: QPaintEvent) -> None:
        border = self._appearance.theme.border
        QPainter(self).fillRect(0, self.height() - 1, self.width(), 1, border)


class _Empty(Translated, QWidget):
    """What belongs here, and one way to begin."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._title = TextLabel(appearance, "", "page_title", wrap=True)
        self._sentence = TextLabel(appearance, color="text_muted", wrap=True)
        self.button = Button(appearance, "", "primary")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, _MARGIN, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._title)
        column.addSpacing(4)
        column.addWidget(self._sentence)
        column.addSpacing(16)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeading)
        self._translate()

    def _translate(self) -> None:
        self._title.setText(self.tr("Nothing is being downloaded"))
        self._sentence.setText(
            self.tr(
                "Downloads appear here. They go on while you chat, and after a restart where they "
                "stopped."
            )
        )
        self.button.setText(self.tr("Discover models"))


def _is_done(item: DownloadItem) -> bool:
    return item.state is DownloadState.DONE
