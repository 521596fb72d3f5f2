"""The left side of the window: search, new conversation, models, the list, downloads, the Trash."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from chatapp.ui.conversation_menu import ConversationMenus
from chatapp.ui.conversation_view import ConversationView
from chatapp.ui.filing_wishes import MoveFolders, PutInto, RenameFolder, SetArchived, Trash
from chatapp.ui.i18n import Translated
from chatapp.ui.selection_bar import SelectionBar
from chatapp.ui.sidebar_foot import Shelf, SidebarFoot
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.icon_button import IconButton
from chatapp.ui.widgets.search_field import SearchField
from chatapp.ui.widgets.sidebar_row import SidebarRow
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.domain.conversation import Conversation
    from chatapp.domain.download import DownloadItem
    from chatapp.ui.conversation_drag import Carried, Target
    from chatapp.ui.models.conversation_list_model import ConversationListModel
    from chatapp.ui.models.conversation_rows import Row
    from chatapp.ui.theme import Appearance


class Sidebar(Translated, QWidget):
    """Lists conversations, or those in the archive or the Trash, or what a search found.

    It changes nothing itself: it says what the person wants, and its owner changes the model.

    Signals: `conversation_selected(int)`; `hit_selected(int, object)` with a message's id or None;
    `new_conversation_requested()`; `rename_requested(int, str)`; `wished(Wish)`: anything else that
    is to be done with conversations and folders; `delete_requested(int)` (confirmed);
    `shelf_opened(Shelf)`: fill the model with the conversations that are kept there;
    `folder_open_requested(int, bool)`: show what is in one, or no longer; `search_requested(str)`,
    empty when the search is over; `models_requested()`, `downloads_requested()`,
    `settings_requested()`: show that.
    """

    conversation_selected = Signal(int)
    hit_selected = Signal(int, object)
    new_conversation_requested = Signal()
    rename_requested = Signal(int, str)
    wished = Signal(object)
    delete_requested = Signal(int)
    shelf_opened = Signal(object)
    folder_open_requested = Signal(int, bool)
    search_requested = Signal(str)
    models_requested = Signal()
    downloads_requested = Signal()
    settings_requested = Signal()

    def __init__(
        self, appearance: Appearance, model: ConversationListModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._model = model
        self._shelf = Shelf.LIST
        appearance.fit(self, lambda sidebar: sidebar.setMinimumWidth(appearance.width(200)))
        appearance.fit(self, lambda sidebar: sidebar.setMaximumWidth(appearance.width(400)))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)

        self.search_field = SearchField(appearance, "", QKeySequence("Ctrl+K"))
        self.search_field.query_changed.connect(self._on_query_changed)
        self.search_field.down_pressed.connect(self._on_down_pressed)
        self.search_field.submitted.connect(self._on_submitted)
        self._wants_first = False  # the first result is to be opened as soon as it is there
        model.modelReset.connect(self._on_results)
        self._compose = IconButton(appearance, "compose", "", bordered=True)
        self._compose.clicked.connect(self.new_conversation_requested)
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 8, 8, 8)
        bar.setSpacing(8)
        bar.addWidget(self.search_field)
        bar.addWidget(self._compose)

        self._models = SidebarRow(appearance, "model")
        self._models.clicked.connect(self.models_requested)

        self.view = ConversationView(appearance, model)
        self.view.opened.connect(self._on_opened)
        self.view.menu_requested.connect(self._open_menu)
        self.view.renamed.connect(self.rename_requested)
        self.view.folder_renamed.connect(
            lambda id_, name: self.wished.emit(RenameFolder(id_, name))
        )
        self.view.trash_requested.connect(lambda ids: self.wished.emit(Trash(tuple(ids))))
        self.view.folder_open_requested.connect(self.folder_open_requested)
        self.view.dropped.connect(self._on_dropped)
        self.view.selected.connect(self._on_selected)
        self.menus = ConversationMenus(appearance, model, self)
        self.menus.wished.connect(self.wished)
        self.menus.delete_requested.connect(self.delete_requested)
        self.menus.rename_requested.connect(self._rename)
        self.menus.folder_rename_requested.connect(self.rename_folder)
        self.selection = SelectionBar(appearance)
        self.selection.move_requested.connect(self._open_folders)
        self.selection.tag_requested.connect(self._open_tags)
        self.selection.archive_requested.connect(self._archive_selected)
        self.selection.trash_requested.connect(
            lambda: self.wished.emit(Trash(tuple(self.view.selected_ids())))
        )
        self.selection.clear_requested.connect(self.view.select_one)
        self.selection.hide()
        self._empty = TextLabel(appearance, color="text_muted", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeading)
        self._empty.setContentsMargins(16, 16, 16, 0)

        self._back = Button(appearance, "", "quiet", icon="chevron-left")
        self._back.clicked.connect(self.close_trash)
        self._trash_note = TextLabel(appearance, "", "caption", "text_muted", wrap=True)
        self._trash_note.setContentsMargins(16, 0, 16, 4)
        self.foot = SidebarFoot(appearance)
        self.foot.downloads_requested.connect(self.downloads_requested)
        self.foot.settings_requested.connect(self.settings_requested)
        self.foot.shelf_requested.connect(self._open_shelf)

        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 1, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        layout.addWidget(self._models)
        self._places = QVBoxLayout()
        self._places.setSpacing(0)
        layout.addLayout(self._places)
        head = QVBoxLayout()
        head.setContentsMargins(4, 0, 8, 0)
        head.addWidget(self._back)
        layout.addLayout(head)
        layout.addWidget(self._trash_note)
        layout.addWidget(self.view, 1)
        layout.addWidget(self._empty, 1)
        layout.addWidget(self.selection)
        layout.addWidget(self.foot)
        self._back.hide()
        self._trash_note.hide()
        stops = (self.search_field, self._compose, self._models, self._back, self.view)
        for before, after in pairwise((*stops, *self.selection.buttons, *self.foot.rows)):
            QWidget.setTabOrder(before, after)
        for signal in (model.modelReset, model.rowsInserted, model.rowsRemoved):
            signal.connect(self._on_rows_changed)
        model.modelReset.connect(self._on_model_reset)
        appearance.changed.connect(self.update)
        self._translate()

    # What the owner does

    def show_keys_of(
        self, *, new: QAction, search: QAction, rename: QAction, trash: QAction
    ) -> None:
        """Tell the keys of the actions that do the same as what is here."""
        self.menus.show_keys_of(rename=rename, trash=trash)
        self.view.show_keys_of(rename=rename, trash=trash)
        self._compose.show_keys_of(new)

        def tell() -> None:
            self.search_field.set_keys(search.shortcut())

        search.changed.connect(tell)
        tell()

    @property
    def is_trash_open(self) -> bool:
        """Whether the list is that of deleted conversations."""
        return self._shelf is Shelf.TRASH

    @property
    def is_archive_open(self) -> bool:
        """Whether the list is that of the archive."""
        return self._shelf is Shelf.ARCHIVE

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

    def add_place(self, row: SidebarRow) -> None:
        """One more place to go to, below the models."""
        self._places.addWidget(row)
        QWidget.setTabOrder(self._models, row)
        QWidget.setTabOrder(row, self._back)

    def set_models_open(self, *, is_open: bool) -> None:
        """Mark the row of the models as where one is."""
        self._models.set_current(current=is_open)

    def set_models_target(self, *, is_target: bool) -> None:
        """Whether what is being dragged will go to the models."""
        self._models.setDown(is_target)

    def set_downloads(self, items: Sequence[DownloadItem]) -> None:
        """What is being downloaded; with nothing left to do there is no row for it."""
        self.foot.set_downloads(items)

    def set_trash_count(self, count: int) -> None:
        """How many conversations are in the Trash; with none there is no row for it."""
        self.foot.set_trash_count(count)

    def set_archive_count(self, count: int) -> None:
        """How many conversations are in the archive; with none there is no row for it."""
        self.foot.set_archive_count(count)

    def open_trash(self) -> None:
        """Show the deleted conversations."""
        self._open_shelf(Shelf.TRASH)

    def open_archive(self) -> None:
        """Show the conversations in the archive."""
        self._open_shelf(Shelf.ARCHIVE)

    def close_trash(self) -> None:
        """Back to the conversations, from the Trash or the archive."""
        self._open_shelf(Shelf.LIST)

    def rename_folder(self, folder_id: int) -> None:
        """Turn a folder's name into a field."""
        row = self._model.row_of_folder(folder_id)
        if row is not None:
            index = self._model.index(row)
            self.view.scrollTo(index)
            self.view.start_renaming(index)

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
        if self._model.is_searching or self._model.tag:
            words = self.tr("Nothing found for “{query}”.").format(query=self.search_field.query)
        elif self.is_trash_open:
            words = self.tr("The Trash is empty.")
        elif self.is_archive_open:
            words = self.tr("The archive is empty.")
        else:
            words = self.tr("No conversations yet. Write a message to start one.")
        self._empty.setText(words)

    def _open_shelf(self, shelf: Shelf) -> None:
        if shelf is self._shelf:
            return
        self._shelf = shelf
        if shelf is not Shelf.LIST:
            self.search_field.clear()
        had_keyboard = self._back.hasFocus() or any(row.hasFocus() for row in self.foot.rows)
        self._trash_note.setVisible(self.is_trash_open)
        self._back.setVisible(shelf is not Shelf.LIST)
        self._name_shelf()
        self.selection.set_archived(is_archive=self.is_archive_open)
        self.foot.set_shelf(shelf)
        if had_keyboard:  # what was pressed is not there any more
            (self._back if self._back.isVisible() else self.view).setFocus()
        self.shelf_opened.emit(shelf)

    def _name_shelf(self) -> None:
        self._back.set_icons("chevron-right" if self.isRightToLeft() else "chevron-left")
        self._back.setText(self.tr("Archive") if self.is_archive_open else self.tr("Trash"))

    def _open_menu(self, row: Row, at: QPoint) -> None:
        chosen = self._chosen() or ([row.conversation] if row.conversation is not None else [])
        if row.folder is not None and not self.view.is_selecting:
            menu = self.menus.of_folder(row.folder)
        elif not chosen:
            return
        elif chosen[0].deleted_at is not None:
            menu = self.menus.of_trash(chosen)
        else:
            menu = self.menus.of_conversations(chosen, is_hit=row.hit is not None)
        menu.aboutToHide.connect(self.view.let_go)
        menu.popup(at)

    def _chosen(self) -> list[Conversation]:
        return [r.conversation for r in self.view.selected_rows() if r.conversation is not None]

    def _on_selected(self, count: int) -> None:
        self.selection.set_count(count)
        self.selection.setVisible(count > 0 and not self.is_trash_open)

    def _open_folders(self, at: QPoint) -> None:
        self._popup(self.menus.folders(self.view.carried().conversations, self), at)

    def _open_tags(self, at: QPoint) -> None:
        self._popup(self.menus.tags(self.view.carried().conversations, self), at)

    def _popup(self, menu: QMenu, at: QPoint) -> None:
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    def _archive_selected(self) -> None:
        ids = self.view.carried().conversations
        self.wished.emit(SetArchived(ids, not self.is_archive_open))

    def _on_dropped(self, carried: Carried, target: Target) -> None:
        if carried.folders:
            self.wished.emit(MoveFolders(carried.folders, target.folder_id, target.position))
        if carried.conversations:
            self.wished.emit(PutInto(carried.conversations, target.folder_id))

    def _translate(self) -> None:
        self.search_field.setPlaceholderText(self.tr("Search"))
        self.search_field.setAccessibleName(self.tr("Search"))
        self._compose.set_name(self.tr("New conversation"))
        self._models.setText(self.tr("Models"))
        self.view.setAccessibleName(self.tr("Conversations"))
        self._back.setAccessibleName(self.tr("Back to the conversations"))
        self._back.setToolTip(self.tr("Back to the conversations"))
        self._trash_note.setText(self.tr("Deleted for good after 30 days."))
        self._name_shelf()
        self._on_rows_changed()

    def _rename(self, conversation_id: int) -> None:
        row = self._model.row_of(conversation_id)
        if row is not None:
            self.view.start_renaming(self._model.index(row))
