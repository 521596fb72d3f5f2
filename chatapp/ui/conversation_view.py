"""The list in the sidebar: how its rows look and what pointer and keys do to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QAction,
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
    QToolTip,
    QWidget,
)

from chatapp.ui.conversation_delegate import ConversationDelegate
from chatapp.ui.conversation_drag import ConversationDrag
from chatapp.ui.models.conversation_list_model import ConversationListModel
from chatapp.ui.models.conversation_rows import Row
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
_TRASH_KEYS = "Ctrl+Shift+Backspace"
# With these a click selects, and opens nothing.
_SELECTING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


class ConversationView(ConversationDrag):
    """Shows a `ConversationListModel`. Several conversations can be selected, as in any list.

    The opened conversation (`current_id`) is filled; the row that the keyboard is on has a ring.

    Signals: `opened(Row)`; `menu_requested(Row, QPoint)` with a global position;
    `renamed(int, str)`, `folder_renamed(int, str)`; `renaming_ended()`, with a new title or not;
    `trash_requested(list)` with ids; `selected(int)`: so many conversations are, if more than one.
    """

    opened = Signal(object)
    menu_requested = Signal(object, QPoint)
    renamed = Signal(int, str)
    folder_renamed = Signal(int, str)
    renaming_ended = Signal()
    trash_requested = Signal(object)
    selected = Signal(int)

    def __init__(
        self, appearance: Appearance, model: ConversationListModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(appearance, model, parent)
        self._current_id: int | None = None
        self._by_keyboard = False
        self._hovered = QPersistentModelIndex()
        self._pressed = QPersistentModelIndex()
        self._selected = 0
        self._rename: QAction | None = None
        self._trash: QAction | None = None
        self.setModel(model)
        self._delegate = ConversationDelegate(appearance, model, self)
        self._delegate.renamed.connect(self.renamed)
        self._delegate.folder_renamed.connect(self.folder_renamed)
        self.setItemDelegate(self._delegate)
        self._delegate.closeEditor.connect(self.renaming_ended)
        self.setFrameShape(QFrame.Shape.NoFrame)
        # As wide as the margin beside the rows, so that these don't change when it comes and goes.
        self.verticalScrollBar().setObjectName("thin")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.viewport().setAutoFillBackground(False)
        self._turning = QTimer(self, interval=FRAME_MS)
        self._turning.timeout.connect(self._on_turn)
        self.pressed_unseen.connect(self._on_pressed_unseen)
        model.dataChanged.connect(self._update_turning)
        model.modelReset.connect(self._update_turning)
        model.modelReset.connect(self._count_selected)
        model.rowsInserted.connect(self._update_turning)
        model.rowsRemoved.connect(self._update_turning)
        appearance.changed.connect(self._on_appearance_changed)

    def show_keys_of(self, *, rename: QAction, trash: QAction) -> None:
        """With the focus here the keys of these actions mean what is selected."""
        self._rename, self._trash = rename, trash

    @property
    def current_id(self) -> int | None:
        """The conversation that is open beside the list."""
        return self._current_id

    @property
    def shows_keyboard(self) -> bool:
        """Whether the keyboard's row is marked."""
        return self._by_keyboard and self.hasFocus()

    @property
    def is_selecting(self) -> bool:
        """Whether more than one conversation is selected."""
        return self._selected > 1

    def is_selected(self, index: Index) -> bool:
        """Whether it is one of several that are selected."""
        return self.is_selecting and self.selectionModel().isSelected(
            self._model.index(index.row())
        )

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
            self.choose(index)
            self.scrollTo(index)
        self.viewport().update()

    def keyboard_row(self) -> Row | None:
        """The row that the keyboard is on."""
        return self._model.row_at(self.currentIndex())

    def is_hovered(self, index: Index) -> bool:
        """Whether the pointer is on this row."""
        return self._hovered == index

    def select_one(self) -> None:
        """Select only the row that the keyboard is on."""
        self.choose(self.currentIndex())

    def let_go(self) -> None:
        """One row was selected for a menu or a drag only: keys mean the open one again."""
        if self.shows_keyboard or self.is_selecting or self._current_id is None:
            return
        row = self._model.row_of(self._current_id)
        if row is not None:
            self.choose(self._model.index(row))

    def start_renaming(self, index: QModelIndex) -> None:
        """Turn a title into a field."""
        if index.flags() & Qt.ItemFlag.ItemIsEditable:
            self.choose(index)  # ends the editing of another one
            if not self.is_renaming:
                self.edit(index)

    def step_in(self) -> None:
        """Take the keyboard focus, on the first row that can be opened."""
        self._by_keyboard = True
        for number in range(self._model.rowCount()):
            index = self._model.index(number)
            if index.flags() & Qt.ItemFlag.ItemIsEnabled:
                self.choose(index)
                break
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # Qt

    def event(self, event: QEvent) -> bool:
        # With the focus here these keys mean the row, not what the window's shortcuts mean.
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and (
                _has_key(self._rename, event, "F2")
                or _has_key(self._trash, event, _TRASH_KEYS)
                or (event.key() == Qt.Key.Key_Escape and self.is_selecting)
            )
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.is_renaming:
            return  # the Return that ends it comes here, too
        self._by_keyboard = True
        row = self.keyboard_row()
        if row is None or not self._handle_key(event, row):
            super().keyPressEvent(event)
        self.viewport().update()

    def startDrag(self, actions: Qt.DropAction) -> None:
        super().startDrag(actions)
        self.let_go()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._by_keyboard = False
        self._pressed = QPersistentModelIndex()
        if event.button() != Qt.MouseButton.LeftButton:
            return  # what is selected stays so for the menu
        index = self.indexAt(event.position().toPoint())
        if self._is_more(index, event.position().toPoint()):
            self._open_menu(index)
            return
        if not event.modifiers() & _SELECTING:
            self._pressed = QPersistentModelIndex(index)
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        is_click = event.button() == Qt.MouseButton.LeftButton and self._pressed == index
        self._pressed = QPersistentModelIndex()
        row = self._model.row_at(index)
        if is_click and row is not None:
            self._act_on(row)

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
        if row is not None and (row.conversation is not None or row.folder is not None):
            self._select_for_menu(index)
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
        if row is None or (row.conversation is None and row.folder is None):
            return ""
        rect = self.visualRect(index)
        if self._is_more(index, at):
            return self.tr("More")
        title = str(index.data())
        words = QFontMetrics(self._appearance.font("body")).horizontalAdvance(title)
        parts = [title] if words > self._delegate.text_rect(rect, row).width() else []
        if row.conversation is not None and row.conversation.tags:
            parts.append(" ".join(f"#{tag}" for tag in row.conversation.tags))
        return "\n".join(parts)

    def _handle_key(self, event: QKeyEvent, row: Row) -> bool:
        """What a key means on a row; whether it means anything of ours."""
        key = event.key()
        if key == Qt.Key.Key_Escape and self.is_selecting:
            self.select_one()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._act_on(row)
        elif _has_key(self._rename, event, "F2"):
            self.start_renaming(self.currentIndex())
        elif _has_key(self._trash, event, _TRASH_KEYS):
            ids = self.selected_ids()
            if ids and row.conversation is not None and row.conversation.deleted_at is None:
                self.trash_requested.emit(ids)
        elif row.folder is not None and key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            opens = (key == Qt.Key.Key_Right) != self.isRightToLeft()
            self.folder_open_requested.emit(row.folder.id, opens)
        else:
            return False
        return True

    def _act_on(self, row: Row) -> None:
        if row.folder is not None:
            self.folder_open_requested.emit(row.folder.id, not row.is_open)
        elif row.conversation is not None:
            self.opened.emit(row)

    def _on_pressed_unseen(self, index: QModelIndex) -> None:
        row = self._model.row_at(index)
        if row is not None:
            self.choose(index)
            self._act_on(row)

    def _is_more(self, index: QModelIndex, at: QPoint) -> bool:
        row = self._model.row_at(index)
        return (
            row is not None
            and (row.conversation is not None or row.folder is not None)
            and self._delegate.more_rect(self.visualRect(index)).contains(at)
        )

    def _select_for_menu(self, index: QModelIndex) -> None:
        """A menu is about what is selected, if it is asked for there."""
        if not self.selectionModel().isSelected(index):
            self.choose(index)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        self._count_selected()

    def _count_selected(self) -> None:
        count = len(self.selected_ids())
        if count != self._selected:
            self._selected = count
            self.selected.emit(count if count > 1 else 0)
            self.viewport().update()

    def _open_menu(self, index: QModelIndex) -> None:
        row = self._model.row_at(index)
        if row is not None and (row.conversation is not None or row.folder is not None):
            self._select_for_menu(index)
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


def _has_key(action: QAction | None, event: QKeyEvent, usual: str) -> bool:
    """Whether this is the action's key, or the usual one where there is no action."""
    pressed = QKeySequence(event.keyCombination())
    return pressed in (action.shortcuts() if action is not None else [QKeySequence(usual)])
