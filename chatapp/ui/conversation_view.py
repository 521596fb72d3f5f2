"""The list in the sidebar: how its rows look and what pointer and keys do to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QToolTip,
    QWidget,
)

from chatapp.ui.conversation_delegate import ConversationDelegate
from chatapp.ui.models.conversation_list_model import ConversationListModel, Row
from chatapp.ui.widgets.spinner import FRAME_MS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.ui.theme import Appearance

Index = QModelIndex | QPersistentModelIndex

_BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class ConversationView(QListView):
    """Shows a `ConversationListModel`.

    The opened conversation (`current_id`) is filled; the row that the keyboard is on has a ring.

    Signals: `opened(Row)`; `menu_requested(Row, QPoint)` with a global position;
    `renamed(int, str)`; `renaming_ended()`, with a new title or without; `trash_requested(int)`.
    """

    opened = Signal(object)
    menu_requested = Signal(object, QPoint)
    renamed = Signal(int, str)
    renaming_ended = Signal()
    trash_requested = Signal(int)

    def __init__(
        self, appearance: Appearance, model: ConversationListModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._model = model
        self._current_id: int | None = None
        self._by_keyboard = False
        self._hovered = QPersistentModelIndex()
        self.setModel(model)
        self._delegate = ConversationDelegate(appearance, model, self)
        self._delegate.renamed.connect(self.renamed)
        self.setItemDelegate(self._delegate)
        self._delegate.closeEditor.connect(self.renaming_ended)
        self.setFrameShape(QFrame.Shape.NoFrame)
        # As wide as the margin beside the rows, so that these don't change when it comes and goes.
        self.verticalScrollBar().setObjectName("thin")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setAccessibleName(self.tr("Conversations"))
        self.viewport().setAutoFillBackground(False)
        self._turning = QTimer(self, interval=FRAME_MS)
        self._turning.timeout.connect(self._on_turn)
        model.dataChanged.connect(self._update_turning)
        model.modelReset.connect(self._update_turning)
        model.rowsInserted.connect(self._update_turning)
        model.rowsRemoved.connect(self._update_turning)
        appearance.changed.connect(self._on_appearance_changed)

    @property
    def current_id(self) -> int | None:
        """The conversation that is open beside the list."""
        return self._current_id

    @property
    def shows_keyboard(self) -> bool:
        """Whether the keyboard's row is marked."""
        return self._by_keyboard and self.hasFocus()

    @property
    def is_turning(self) -> bool:
        """Whether spinners are being drawn."""
        return self._turning.isActive()

    @property
    def is_renaming(self) -> bool:
        """Whether a title is being edited."""
        return self.state() is QAbstractItemView.State.EditingState

    def set_current(self, conversation_id: int | None) -> None:
        """Mark the open conversation and bring it into view where it changed."""
        changed = conversation_id != self._current_id
        self._current_id = conversation_id
        row = None if conversation_id is None else self._model.row_of(conversation_id)
        if row is not None and (changed or not self.currentIndex().isValid()):
            index = self._model.index(row)
            self.setCurrentIndex(index)
            self.scrollTo(index)
        self.viewport().update()

    def keyboard_row(self) -> Row | None:
        """The row that the keyboard is on."""
        return self._model.row_at(self.currentIndex())

    def is_hovered(self, index: Index) -> bool:
        """Whether the pointer is on this row."""
        return self._hovered == index

    def start_renaming(self, index: QModelIndex) -> None:
        """Turn a title into a field."""
        if index.flags() & Qt.ItemFlag.ItemIsEditable:
            self.setCurrentIndex(index)  # ends the editing of another one
            if not self.is_renaming:
                self.edit(index)

    def step_in(self) -> None:
        """Take the keyboard focus, on the first row that can be opened."""
        self._by_keyboard = True
        for number in range(self._model.rowCount()):
            index = self._model.index(number)
            if index.flags() & Qt.ItemFlag.ItemIsEnabled:
                self.setCurrentIndex(index)
                break
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # Qt

    def event(self, event: QEvent) -> bool:
        # With the focus here these keys mean the row, not what the window's shortcuts mean.
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and (event.key() == Qt.Key.Key_F2 or _is_trash_key(event))
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.is_renaming:
            return  # the Return that ends it comes here, too
        self._by_keyboard = True
        row = self.keyboard_row()
        if row is not None and row.conversation is not None:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.opened.emit(row)
                return
            if event.key() == Qt.Key.Key_F2:
                self.start_renaming(self.currentIndex())
                return
            if _is_trash_key(event):
                if row.conversation.deleted_at is None:
                    self.trash_requested.emit(row.conversation.id)
                return
        super().keyPressEvent(event)
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._by_keyboard = False
        index = self.indexAt(event.position().toPoint())
        row = self._model.row_at(index)
        if event.button() != Qt.MouseButton.LeftButton or row is None or row.conversation is None:
            if event.button() == Qt.MouseButton.LeftButton:
                super().mousePressEvent(event)
            return
        super().mousePressEvent(event)
        if self._delegate.more_rect(self.visualRect(index)).contains(event.position().toPoint()):
            self._open_menu(index)
        else:
            self.opened.emit(row)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._set_hovered(self.indexAt(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._set_hovered(QModelIndex())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self._open_menu(self.currentIndex())
            return
        index = self.indexAt(event.pos())
        row = self._model.row_at(index)
        if row is not None and row.conversation is not None:
            self.menu_requested.emit(row, event.globalPos())

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._by_keyboard = event.reason() in _BY_KEYBOARD
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._update_turning()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._turning.stop()

    def dataChanged(self, top_left: Index, bottom_right: Index, roles: Sequence[int] = ()) -> None:
        # The list's own answer is to measure all rows again, but a row's height never changes.
        QAbstractItemView.dataChanged(self, top_left, bottom_right, roles)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self.indexAt(event.pos())
            QToolTip.showText(event.globalPos(), self._tooltip(index, event.pos()), self)
            return True
        return super().viewportEvent(event)

    # Inside

    def _tooltip(self, index: QModelIndex, at: QPoint) -> str:
        row = self._model.row_at(index)
        if row is None or row.conversation is None:
            return ""
        rect = self.visualRect(index)
        if self._delegate.more_rect(rect).contains(at):
            return self.tr("More")
        title = self._model.title_of(row.conversation)
        words = QFontMetrics(self._appearance.font("body")).horizontalAdvance(title)
        return title if words > self._delegate.text_rect(rect).width() else ""

    def _open_menu(self, index: QModelIndex) -> None:
        row = self._model.row_at(index)
        if row is not None and row.conversation is not None:
            more = self._delegate.more_rect(self.visualRect(index))
            self.menu_requested.emit(row, self.viewport().mapToGlobal(more.bottomLeft()))

    def _set_hovered(self, index: QModelIndex) -> None:
        if self._hovered != index:
            self._hovered = QPersistentModelIndex(index)
            self.viewport().update()

    def _update_turning(self) -> None:
        is_needed = self.isVisible() and bool(self._model.busy_rows)
        if is_needed and not self._appearance.reduced_motion:
            self._turning.start()
        else:
            self._turning.stop()

    def _on_turn(self) -> None:
        for row in self._model.busy_rows:
            self.update(self._model.index(row))

    def _on_appearance_changed(self) -> None:
        self._update_turning()
        self.viewport().update()


def _is_trash_key(event: QKeyEvent) -> bool:
    return QKeySequence(event.keyCombination()) == QKeySequence("Ctrl+Shift+Backspace")
