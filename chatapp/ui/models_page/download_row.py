"""One download: what it is, how far it is, what it is doing, and what can be done about it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QBoxLayout,
    QGridLayout,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from chatapp.domain.download import DownloadState
from chatapp.errors import (
    CertificateRejected,
    DiskFull,
    HubTimeout,
    HubUnreachable,
    Offline,
    RepoGated,
    TokenInvalid,
)
from chatapp.ui.download_words import (
    fraction,
    is_queued,
    needs_person,
    order_details,
    order_name,
    state_words,
)
from chatapp.ui.i18n import Translated
from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CONTROL
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.elided_label import ElidedLabel
from chatapp.ui.widgets.focus_ring import FocusRing
from chatapp.ui.widgets.icon_button import IconButton
from chatapp.ui.widgets.progress_bar import ProgressBar
from chatapp.ui.widgets.spinner import Spinner
from chatapp.ui.widgets.text_label import TextLabel
from chatapp.ui.words import file_size, part_of_size

if TYPE_CHECKING:
    from PySide6.QtGui import QColor

    from chatapp.domain.download import DownloadItem
    from chatapp.ui.icons import IconName
    from chatapp.ui.theme import Appearance
    from chatapp.ui.widgets.text_label import TextColor

_ABOVE = 12
_AROUND_BAR = 8
_WITHOUT_BAR = 2
_GRIP = 24
_BEFORE_GRIP = 4
_AFTER_GRIP = 8
_AFTER_ICON = 12
_BEFORE_BUTTONS = 24
_AFTER_BUTTONS = 12
_BUTTON = 28
_LINK = 24
_BEFORE_LINKS = 4
_GAP = 8

_CONNECTION = (CertificateRejected, HubTimeout, HubUnreachable, Offline, TokenInvalid)

_Wish = Literal["", "pause", "resume", "retry"]


class DownloadRow(Translated, QWidget):
    """Shows one item; `set_item` changes what changed and builds nothing anew.

    Signals, all but the last three with the item's id: `pause_requested`, `resume_requested`,
    `retry_requested`, `cancel_requested`, `chat_requested`, `model_requested(str)` with a
    repository; `dragged(int)` with a global y and `dropped()` from the grip, `step_requested(int)`
    with -1 or 1; `space_requested()`, `folder_requested()`, `connection_requested()`.
    """

    pause_requested = Signal(str)
    resume_requested = Signal(str)
    retry_requested = Signal(str)
    cancel_requested = Signal(str)
    chat_requested = Signal(str)
    model_requested = Signal(str)
    dragged = Signal(int)
    dropped = Signal()
    step_requested = Signal(int)
    space_requested = Signal()
    folder_requested = Signal()
    connection_requested = Signal()

    def __init__(
        self, appearance: Appearance, item: DownloadItem, *, free: int | None = None
    ) -> None:
        super().__init__()
        self._appearance = appearance
        self._item = item
        self._wish: _Wish = ""
        self._is_lifted = False

        self.grip = Grip(appearance)
        self.grip.dragged.connect(self._on_dragged)
        self.grip.dropped.connect(self._on_dropped)
        self.grip.step_requested.connect(self.step_requested)
        self._icon = _StateIcon(appearance)
        self._name = ElidedLabel(appearance, bold=True)
        self._details = TextLabel(appearance, color="text_muted")
        self._amount = TextLabel(appearance, "", "small", "text_muted", tabular=True)
        self.bar = ProgressBar(appearance, "")
        self._state = TextLabel(appearance, "", "small")
        self._rest = ElidedLabel(appearance, "small", "text_muted", tabular=True)
        self._sentence = TextLabel(appearance, "", "small", "text_muted", wrap=True)
        self._links = self._make_links()
        self.act = IconButton(appearance, "pause", "", designed_size=_BUTTON)
        self.act.clicked.connect(self._on_act)
        self.cancel = IconButton(appearance, "close", "", designed_size=_BUTTON)
        self.cancel.clicked.connect(lambda: self.cancel_requested.emit(self._item.id))
        self.chat = Button(appearance, "", designed_height=_BUTTON)
        self.chat.clicked.connect(lambda: self.chat_requested.emit(self._item.id))
        self._lay_out()
        self._free, self._can_chat = free, True
        self._translate()
        appearance.changed.connect(self.update)

    @property
    def item(self) -> DownloadItem:
        """What it shows."""
        return self._item

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """Where the keyboard stops, in order."""
        return (self.grip, *self._links, self.act, self.cancel, self.chat)

    @property
    def words(self) -> str:
        """State and what follows it, as they stand there."""
        rest = self._sentence if self._sentence.isVisibleTo(self) else self._rest
        return f"{self._state.text()} {rest.text()}".strip()

    def set_item(
        self, item: DownloadItem, *, free: int | None = None, can_chat: bool = True
    ) -> None:
        """Show another state of the same download. `free` bytes are on the drive, if known."""
        self._item, self._free, self._can_chat = item, free, can_chat
        name, details = order_name(item.order), order_details(item.order)
        words = state_words(item, free)
        _set_text(self._name, name)
        _set_text(self._details, details)
        _set_text(self._amount, _amount(item))
        _set_text(self._state, words.state)
        self._state.set_color(words.color)
        self._icon.set_icon(words.icon, words.icon_color)
        self._bar_box.setVisible(words.bar is not None)
        if words.bar is not None:
            self.bar.set_color(words.bar)
            self.bar.set_fraction(fraction(item))
        for label in (self._rest, self._sentence):
            _set_text(label, words.rest)
        self._set_links(item)
        self._place_words()
        self._set_buttons(item, can_chat=can_chat)
        self.grip.set_name(name)
        self.setAccessibleName(f"{name} {details}".strip())
        # Figures that change by themselves are not for being read out.
        calm = state_words(replace(item, retry_at=None), free)
        spoken = f"{calm.state}. {calm.rest}" if needs_person(item) else calm.state
        self.setAccessibleDescription(spoken)

    def count_down(self) -> None:
        """Show how long it is now until the next try."""
        if self._item.retry_at is not None:
            self.set_item(self._item, free=self._free, can_chat=self._can_chat)

    # Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_words()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        painter = QPainter(self)
        if self._is_lifted:
            box = self.rect().adjusted(0, 0, 0, -1)
            paint_box(painter, box, RADIUS_CONTROL, fill=theme.hover)
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme.border)

    # Inside

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(_GAP)
        first.addSpacing(_AFTER_ICON)
        first.addWidget(self._name)
        first.addWidget(self._details)
        first.addStretch(1)
        first.addWidget(self._amount)
        self._bar_box = QWidget()
        self._around = QHBoxLayout(self._bar_box)
        self._around.setSpacing(0)
        self._around.addSpacing(_AFTER_ICON)
        self._around.addWidget(self.bar)
        self._said = said = QHBoxLayout()
        said.setSpacing(_GAP)
        said.addSpacing(_AFTER_ICON)
        said.addWidget(self._state, 0, Qt.AlignmentFlag.AlignTop)
        said.addWidget(self._rest, 0, Qt.AlignmentFlag.AlignTop)
        said.addWidget(self._sentence, 1)
        links = QHBoxLayout()
        links.setSpacing(0)  # their words, not their edges, stand where the other words begin
        for link in self._links:
            links.addWidget(link)
        links.addStretch(1)
        self._under = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._under.setSpacing(0)
        self._under.addLayout(said)
        self._under.addLayout(links, 1)
        middle = QVBoxLayout()
        middle.setSpacing(0)
        middle.addLayout(first)
        middle.addWidget(self._bar_box)
        middle.addLayout(self._under)
        edge = self.act.sizeHint().height()
        buttons = QGridLayout()
        buttons.setSpacing(0)
        buttons.addWidget(self.act, 0, 0)
        buttons.addWidget(self.cancel, 0, 1)
        buttons.addWidget(self.chat, 0, 0, 1, 2, Qt.AlignmentFlag.AlignRight)
        buttons.setRowStretch(1, 1)
        for column in (0, 1):
            buttons.setColumnMinimumWidth(column, edge)
        # Buttons and grip are higher than the line whose middle they share.
        over = (edge - self._appearance.line_height("body")) // 2
        middle.setContentsMargins(0, over, 0, 0)
        icon = QVBoxLayout()
        icon.addSpacing((edge - self._icon.sizeHint().height()) // 2)
        icon.addWidget(self._icon)
        icon.addStretch(1)
        self._above = _ABOVE - over
        self._row = row = QHBoxLayout(self)
        row.setSpacing(0)
        row.addWidget(self.grip, 0, Qt.AlignmentFlag.AlignTop)
        row.addSpacing(_AFTER_GRIP)
        row.addLayout(icon)
        row.addLayout(middle, 1)
        row.addSpacing(_BEFORE_BUTTONS)
        row.addLayout(buttons)
        self._beside_words = (  # what of the width the words don't get
            _BEFORE_GRIP
            + self.grip.sizeHint().width()
            + _AFTER_GRIP
            + self._icon.sizeHint().width()
            + _AFTER_ICON
            + _BEFORE_BUTTONS
            + 2 * edge
            + _AFTER_BUTTONS
        )

    def _make_links(self) -> tuple[Button, ...]:
        links = tuple(Button(self._appearance, "", "text", designed_height=_LINK) for _ in range(4))
        space, folder, model, connection = links
        space.clicked.connect(self.space_requested)
        folder.clicked.connect(self.folder_requested)
        model.clicked.connect(lambda: self.model_requested.emit(self._item.order.repo))
        connection.clicked.connect(self.connection_requested)
        return links

    def _translate(self) -> None:
        self.bar.setAccessibleName(self.tr("Downloaded"))
        self.cancel.set_name(self.tr("Cancel"))
        self.chat.setText(self.tr("Chat"))
        words = (
            self.tr("Free up space"),
            self.tr("Move models folder…"),
            self.tr("How to get it"),
            self.tr("Connection settings"),
        )
        for link, text in zip(self._links, words, strict=True):
            link.setText(text)
        self.set_item(self._item, free=self._free, can_chat=self._can_chat)

    def _set_links(self, item: DownloadItem) -> None:
        error = item.error if needs_person(item) else None
        is_full = isinstance(error, DiskFull)
        is_gated = isinstance(error, RepoGated | TokenInvalid)
        shown = (is_full, is_full, is_gated, isinstance(error, _CONNECTION))
        for link, is_shown in zip(self._links, shown, strict=True):
            link.setVisible(is_shown)

    def _place_words(self) -> None:
        """In one line with the links if there is room for all; what went wrong is never cut."""
        links = [link for link in self._links if link.isVisibleTo(self)]
        wanted = [self._state, self._rest, *links]
        room = self.width() - self._beside_words
        fits = sum(one.sizeHint().width() + _GAP for one in wanted) <= room
        is_sentence = needs_person(self._item) and not (links and fits)
        self._rest.setVisible(not is_sentence)
        self._sentence.setVisible(is_sentence)
        is_below = bool(links) and is_sentence
        direction = QBoxLayout.Direction
        self._under.setDirection(direction.TopToBottom if is_below else direction.LeftToRight)
        self._under.setSpacing(_BEFORE_LINKS if is_below else 0)
        self._under.setStretch(0, int(is_sentence))
        self._under.setStretch(1, int(not is_sentence))
        # Links are higher than a line of words, in whose middle they stand.
        over = (self._appearance.height(_LINK) - self._appearance.line_height("small")) // 2
        over = over if links else 0
        beside = 0 if is_below else over
        self._said.setContentsMargins(0, beside, 0, 0)
        self._around.setContentsMargins(0, _AROUND_BAR, 0, _AROUND_BAR - beside)
        has_bar = self._bar_box.isVisibleTo(self)
        self._under.setContentsMargins(0, 0 if has_bar else _WITHOUT_BAR, 0, 0)
        below = _ABOVE + 1 - over
        self._row.setContentsMargins(_BEFORE_GRIP, self._above, _AFTER_BUTTONS, below)

    def _set_buttons(self, item: DownloadItem, *, can_chat: bool) -> None:
        is_done = item.state is DownloadState.DONE
        icon: IconName = "refresh"
        if needs_person(item):
            # What stopped by itself goes on; what failed begins again.
            self._wish = "resume" if item.state is DownloadState.PAUSED else "retry"
            name = self.tr("Try again")
        elif item.state is DownloadState.RECONNECTING:
            self._wish, name = "retry", self.tr("Try again now")
        elif item.state is DownloadState.RUNNING:
            self._wish, name, icon = "pause", self.tr("Pause"), "pause"
        elif item.state is DownloadState.PAUSED:
            self._wish, name, icon = "resume", self.tr("Continue"), "play"
        else:
            self._wish, name = "", ""
        if self._wish:
            self.act.set_icon(icon)
            self.act.set_name(name)
        self.act.setVisible(bool(self._wish))
        self.cancel.setVisible(not is_done)
        self.chat.setVisible(is_done and can_chat)
        self.grip.setVisible(is_queued(item) and item.state is not DownloadState.VERIFYING)
        for button in (self.act, self.cancel, self.chat):
            # By name alone a screen reader could not tell one row from the other.
            button.setAccessibleDescription(self._name.text())

    def _on_act(self) -> None:
        match self._wish:
            case "pause":
                self.pause_requested.emit(self._item.id)
            case "resume":
                self.resume_requested.emit(self._item.id)
            case "retry":
                self.retry_requested.emit(self._item.id)

    def _on_dragged(self, y: int) -> None:
        if not self._is_lifted:
            self._is_lifted = True
            self.update()
        self.dragged.emit(y)

    def _on_dropped(self) -> None:
        self._is_lifted = False
        self.update()
        self.dropped.emit()


class Grip(Translated, QAbstractButton):
    """What a row is dragged by; with the keyboard on it, Up and Down move the row.

    Signals: `dragged(int)` with the pointer's global y, `dropped()`, `step_requested(int)`.
    """

    dragged = Signal(int)
    dropped = Signal()
    step_requested = Signal(int)

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self._is_dragging = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self._name = ""
        policy = QSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)
        self._ring = FocusRing(appearance, self, RADIUS_CONTROL)
        self._translate()
        appearance.changed.connect(self.update)

    def set_name(self, name: str) -> None:
        """What is moved."""
        self._name = name
        self._translate()

    def _translate(self) -> None:
        self.setToolTip(self.tr("Drag to change the order"))
        self.setAccessibleName(self.tr("Move {name} up or down").format(name=self._name))

    def sizeHint(self) -> QSize:
        return QSize(_GRIP, self._appearance.height(_BUTTON))

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Up:
            self.step_requested.emit(-1)
        elif event.key() == Qt.Key.Key_Down:
            self.step_requested.emit(1)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._is_dragging = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._is_dragging:
            self.dragged.emit(round(event.globalPosition().y()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._is_dragging:
            self._is_dragging = False
            self.setCursor(Qt.CursorShape.OpenHandCursor)
            self.dropped.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        color = theme.text if self.underMouse() or self._is_dragging else theme.text_muted
        edge = self._appearance.icon_size(16)
        at = QPoint((self.width() - edge) // 2, (self.height() - edge) // 2)
        self._appearance.icons.paint(QPainter(self), "grip", at, edge, color)


class _StateIcon(Spinner):
    """An icon, or a spinner where there is none."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__(appearance, size=16)
        self._icon: IconName | None = None
        self._color: TextColor = "text_muted"

    def set_icon(self, icon: IconName | None, color: TextColor) -> None:
        """Show an icon; None lets the spinner turn."""
        if (icon, color) != (self._icon, self._color):
            self._icon, self._color = icon, color
            self.set_fraction(None if icon is None else 0.0)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._icon is None:
            super().paintEvent(event)
            return
        color: QColor = getattr(self._appearance.theme, self._color)
        edge = self._appearance.icon_size(16)
        at = QPoint((self.width() - edge) // 2, (self.height() - edge) // 2)
        self._appearance.icons.paint(QPainter(self), self._icon, at, edge, color)


def _set_text(label: TextLabel, text: str) -> None:
    if label.text() != text:
        label.setText(text)


def _amount(item: DownloadItem) -> str:
    if item.size <= 0 and item.done <= 0:
        return ""
    if item.state in (DownloadState.DONE, DownloadState.VERIFYING) or not item.done:
        return file_size(item.size)
    return part_of_size(item.done, item.size)
