"""The left side of the window: search, new conversation, models, the list, downloads, the Trash."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from chatapp.ui.conversation_view import ConversationView
from chatapp.ui.download_note import DownloadNote
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.dialog import Dialog
from chatapp.ui.widgets.icon_button import IconButton
from chatapp.ui.widgets.search_field import SearchField
from chatapp.ui.widgets.sidebar_row import SidebarRow
from chatapp.ui.widgets.text_label import TextLabel
from chatapp.ui.widgets.trash_row import TrashRow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chatapp.domain.download import DownloadItem
    from chatapp.ui.icons import IconName
    from chatapp.ui.models.conversation_list_model import ConversationListModel, Row
    from chatapp.ui.theme import Appearance

_FOOT_MARGIN = 8


class Sidebar(QWidget):
    """Lists conversations, or those in the Trash, or what a search found.

    It changes nothing itself: it says what the person wants, and its owner changes the model.

    Signals: `conversation_selected(int)`; `hit_selected(int, object)` with a message's id or None;
    `new_conversation_requested()`; `rename_requested(int, str)`; `pin_requested(int, bool)`;
    `trash_requested(int)`, `restore_requested(int)`, `delete_requested(int)` (confirmed);
    `trash_opened(bool)`: fill the model with deleted conversations, or with the others again;
    `search_requested(str)`, empty when the search is over; `models_requested()`,
    `downloads_requested()`: show that page.
    """

    conversation_selected = Signal(int)
    hit_selected = Signal(int, object)
    new_conversation_requested = Signal()
    rename_requested = Signal(int, str)
    pin_requested = Signal(int, bool)
    trash_requested = Signal(int)
    restore_requested = Signal(int)
    delete_requested = Signal(int)
    trash_opened = Signal(bool)
    search_requested = Signal(str)
    models_requested = Signal()
    downloads_requested = Signal()

    def __init__(
        self, appearance: Appearance, model: ConversationListModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._model = model
        self._is_trash_open = False
        self.setMinimumWidth(200)
        self.setMaximumWidth(round(400 * max(1.0, appearance.size / 13)))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)

        self.search_field = SearchField(appearance, self.tr("Search"), QKeySequence("Ctrl+K"))
        self.search_field.query_changed.connect(self._on_query_changed)
        self.search_field.down_pressed.connect(self._on_down_pressed)
        self.search_field.submitted.connect(self._on_submitted)
        self._wants_first = False  # the first result is to be opened as soon as it is there
        model.modelReset.connect(self._on_results)
        self._compose = IconButton(
            appearance,
            "compose",
            self.tr("New conversation"),
            QKeySequence("Ctrl+N"),
            bordered=True,
        )
        self._compose.clicked.connect(self.new_conversation_requested)
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 8, 8, 8)
        bar.setSpacing(8)
        bar.addWidget(self.search_field)
        bar.addWidget(self._compose)

        self._models = SidebarRow(appearance, "model", self.tr("Models"))
        self._models.clicked.connect(self.models_requested)

        self.view = ConversationView(appearance, model)
        self.view.opened.connect(self._on_opened)
        self.view.menu_requested.connect(self._open_menu)
        self.view.renamed.connect(self.rename_requested)
        self.view.trash_requested.connect(self.trash_requested)
        self._empty = TextLabel(appearance, color="text_muted", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeading)
        self._empty.setContentsMargins(16, 16, 16, 0)

        self._back = Button(appearance, self.tr("Trash"), "quiet", icon="chevron-left")
        self._back.setAccessibleName(self.tr("Back to the conversations"))
        self._back.setToolTip(self.tr("Back to the conversations"))
        self._back.clicked.connect(self.close_trash)
        self._trash_note = TextLabel(
            appearance,
            self.tr("Deleted for good after 30 days."),
            "caption",
            "text_muted",
            wrap=True,
        )
        self._trash_note.setContentsMargins(16, 0, 16, 4)
        self._trash = TrashRow(appearance)
        self._trash.clicked.connect(self.open_trash)
        self._downloads = DownloadNote(appearance)
        self._downloads.clicked.connect(self.downloads_requested)
        self._foot = _Foot(appearance, self._downloads, self._trash)

        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 1, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        layout.addWidget(self._models)
        head = QVBoxLayout()
        head.setContentsMargins(4, 0, 8, 0)
        head.addWidget(self._back)
        layout.addLayout(head)
        layout.addWidget(self._trash_note)
        layout.addWidget(self.view, 1)
        layout.addWidget(self._empty, 1)
        layout.addWidget(self._foot)
        self.set_trash_count(0)
        self._back.hide()
        self._trash_note.hide()
        QWidget.setTabOrder(self.search_field, self._compose)
        QWidget.setTabOrder(self._compose, self._models)
        QWidget.setTabOrder(self._models, self._back)
        QWidget.setTabOrder(self._back, self.view)
        QWidget.setTabOrder(self.view, self._downloads)
        QWidget.setTabOrder(self._downloads, self._trash)
        for signal in (model.modelReset, model.rowsInserted, model.rowsRemoved):
            signal.connect(self._on_rows_changed)
        model.modelReset.connect(self._on_model_reset)
        self._on_rows_changed()
        appearance.changed.connect(self.update)

    # What the owner does

    @property
    def is_trash_open(self) -> bool:
        """Whether the list is that of deleted conversations."""
        return self._is_trash_open

    def select(self, conversation_id: int | None) -> None:
        """Mark the conversation that is open beside, without a signal."""
        self.view.set_current(conversation_id)

    def selected_id(self) -> int | None:
        """The conversation that the keyboard is on."""
        row = self.view.keyboard_row()
        return None if row is None or row.conversation is None else row.conversation.id

    def has_list_focus(self) -> bool:
        """Whether keys go to the list."""
        return self.view.hasFocus()

    def focus_search(self) -> None:
        """Put the keyboard into the search field."""
        self.search_field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search_field.selectAll()

    def clear_search(self) -> None:
        """End a search."""
        self.search_field.clear()

    def set_models_open(self, *, is_open: bool) -> None:
        """Mark the row of the models as where one is."""
        self._models.set_current(current=is_open)

    def set_models_target(self, *, is_target: bool) -> None:
        """Whether what is being dragged will go to the models."""
        self._models.setDown(is_target)

    def set_downloads(self, items: Sequence[DownloadItem]) -> None:
        """What is being downloaded; with nothing left to do there is no row for it."""
        self._downloads.set_items(items)
        self._downloads.setVisible(self._downloads.has_words)
        self._foot.update_visibility()

    def set_trash_count(self, count: int) -> None:
        """How many conversations are in the Trash; with none there is no row for it."""
        self._trash.set_count(count)
        self._trash.setVisible(count > 0 and not self._is_trash_open)
        self._foot.update_visibility()

    def open_trash(self) -> None:
        """Show the deleted conversations."""
        self._show_trash(is_open=True)

    def close_trash(self) -> None:
        """Back to the conversations."""
        self._show_trash(is_open=False)

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(264, 600)

    def changeEvent(self, event: QEvent) -> None:
        # At the first look after a night in standby no timer has rung.
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self._model.regroup()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.window)
        edge = 0 if self.isRightToLeft() else self.width() - 1
        painter.fillRect(edge, 0, 1, self.height(), theme.border)

    # Inside

    def _on_query_changed(self, query: str) -> None:
        if query:  # the search is over all conversations that are not deleted
            self.close_trash()
        self._on_rows_changed()
        self.search_requested.emit(query)

    def _on_down_pressed(self) -> None:
        if self._model.rowCount():
            self.view.step_in()

    def _on_submitted(self, is_there: bool) -> None:  # noqa: FBT001 - a slot
        self._wants_first = bool(self.search_field.query)
        if is_there:
            self._on_results()

    def _on_results(self) -> None:
        if self._wants_first and self._model.is_searching:
            self._wants_first = False
            row = self._model.row_at(self._model.index(0, 0))
            if row is not None:
                self._on_opened(row)

    def _on_opened(self, row: Row) -> None:
        if row.conversation is None:
            return
        if row.hit is not None:
            self.hit_selected.emit(row.conversation.id, row.hit.message_id)
        elif row.conversation.deleted_at is None:
            self.conversation_selected.emit(row.conversation.id)
        else:
            at = self.view.visualRect(self.view.currentIndex()).bottomLeft()
            self._open_menu(row, self.view.viewport().mapToGlobal(at))

    def _on_model_reset(self) -> None:
        self.view.set_current(self.view.current_id)

    def _on_rows_changed(self) -> None:
        is_empty = self._model.rowCount() == 0
        self.view.setVisible(not is_empty)
        self._empty.setVisible(is_empty)
        if self._model.is_searching:
            words = self.tr("Nothing found for “{query}”.").format(query=self.search_field.query)
        elif self._is_trash_open:
            words = self.tr("The Trash is empty.")
        else:
            words = self.tr("No conversations yet. Write a message to start one.")
        self._empty.setText(words)

    def _show_trash(self, *, is_open: bool) -> None:
        if is_open == self._is_trash_open:
            return
        self._is_trash_open = is_open
        if is_open:
            self.search_field.clear()
        self._back.setVisible(is_open)
        self._trash_note.setVisible(is_open)
        self._trash.setVisible(not is_open and self._trash.count > 0)
        self._foot.update_visibility()
        self.trash_opened.emit(is_open)

    def _open_menu(self, row: Row, at: QPoint) -> None:
        conversation = row.conversation
        if conversation is None:
            return
        number = conversation.id
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if conversation.deleted_at is not None:
            self._add(
                menu, "restore", self.tr("Restore"), lambda: self.restore_requested.emit(number)
            )
            self._add(
                menu,
                "trash",
                self.tr("Delete for good…"),
                lambda: self._confirm_delete(number, self._model.title_of(conversation)),
            )
        else:
            if row.hit is None:
                rename = self._add(menu, "pencil", self.tr("Rename"), lambda: self._rename(number))
                rename.setShortcut(QKeySequence("F2"))
            words = self.tr("Unpin") if conversation.pinned else self.tr("Pin")
            pinned = not conversation.pinned
            self._add(menu, "pin", words, lambda: self.pin_requested.emit(number, pinned))
            menu.addSeparator()
            trash = self._add(
                menu, "trash", self.tr("Move to Trash"), lambda: self.trash_requested.emit(number)
            )
            trash.setShortcut(QKeySequence("Ctrl+Shift+Backspace"))
        menu.popup(at)

    def _add(
        self, menu: QMenu, icon: IconName, words: str, on_triggered: Callable[[], None]
    ) -> QAction:
        theme = self._appearance.theme
        size = self._appearance.icon_size(16)
        picture = self._appearance.icons.icon(icon, size, theme.text_muted, theme.text_disabled)
        action = QAction(picture, words, menu)
        # Shown beside the words; the window and the list own the keys themselves.
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(on_triggered)
        menu.addAction(action)
        return action

    def _rename(self, conversation_id: int) -> None:
        row = self._model.row_of(conversation_id)
        if row is not None:
            self.view.start_renaming(self._model.index(row))

    def _confirm_delete(self, conversation_id: int, title: str) -> None:
        dialog = Dialog(
            self._appearance,
            self.tr("Delete “{title}” for good?").format(title=title),
            self.tr("The conversation and all of its messages are lost. This can't be undone."),
            self.window(),
        )
        dialog.add_button(self.tr("Cancel"), safe=True)
        dialog.add_button(self.tr("Delete for good"), "danger")
        dialog.accepted.connect(lambda: self.delete_requested.emit(conversation_id))
        dialog.open()


class _Foot(QWidget):
    """Rows below a line; there is no line without a row."""

    def __init__(self, appearance: Appearance, *rows: QWidget) -> None:
        super().__init__()
        self._appearance = appearance
        self._rows = rows
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 1 + _FOOT_MARGIN, 0, _FOOT_MARGIN)
        column.setSpacing(0)
        for row in rows:
            column.addWidget(row)
            row.hide()
        self.update_visibility()

    def update_visibility(self) -> None:
        """A row was shown or hidden."""
        self.setVisible(any(not row.isHidden() for row in self._rows))

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(0, 0, self.width(), 1, self._appearance.theme.border)
