"""The menus of the sidebar's list: of a conversation, of several, of a folder, of the Trash."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QMenu, QWidget

from chatapp.ui.filing_wishes import (
    DeleteFolder,
    Duplicate,
    MoveFolders,
    NewFolder,
    PutInto,
    Restore,
    SetArchived,
    SetPinned,
    SetTag,
    Trash,
    Wish,
)
from chatapp.ui.models.conversation_rows import inside
from chatapp.ui.tag_popup import TagPopup
from chatapp.ui.widgets.dialog import Dialog

if TYPE_CHECKING:
    from chatapp.domain.conversation import Conversation
    from chatapp.domain.folder import Folder
    from chatapp.ui.icons import IconName
    from chatapp.ui.models.conversation_list_model import ConversationListModel
    from chatapp.ui.theme import Appearance


class ConversationMenus(QObject):
    """Makes the menus. What is chosen in one is told as a wish.

    Signals: `wished(Wish)`; `rename_requested(int)` of a conversation and
    `folder_rename_requested(int)`: let the person write another title or name;
    `delete_requested(int)`: a conversation for good, which was confirmed.
    """

    wished = Signal(object)
    delete_requested = Signal(int)
    rename_requested = Signal(int)
    folder_rename_requested = Signal(int)

    def __init__(
        self, appearance: Appearance, model: ConversationListModel, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._model = model
        self._parent = parent
        self._rename: QAction | None = None
        self._trash: QAction | None = None

    def show_keys_of(self, *, rename: QAction, trash: QAction) -> None:
        """Tell the keys of the actions that do the same as what is in the menus."""
        self._rename, self._trash = rename, trash

    def of_conversations(
        self, conversations: Sequence[Conversation], *, is_hit: bool = False
    ) -> QMenu:
        """What can be done with these, none of which is in the Trash."""
        menu = self._menu()
        ids = tuple(c.id for c in conversations)
        first = conversations[0]
        if len(ids) == 1 and not is_hit:
            self._add(
                menu,
                "pencil",
                self.tr("Rename"),
                lambda: self.rename_requested.emit(first.id),
                self._rename,
            )
        pinned = all(c.pinned for c in conversations)
        words = self.tr("Unpin") if pinned else self.tr("Pin")
        self._wish(menu, "pin", words, SetPinned(ids, not pinned))
        stored = tuple(c.id for c in conversations if not c.is_temporary)
        if stored:
            menu.addMenu(self.folders(stored, menu))
            menu.addMenu(self.tags(stored, menu))
        if len(ids) == 1:
            title = self.tr("{title} (copy)").format(title=self._model.title_of(first))
            self._wish(menu, "copy", self.tr("Duplicate"), Duplicate(first.id, title))
        menu.addSeparator()
        if stored:
            archived = all(c.archived_at is not None for c in conversations)
            words = self.tr("Take out of the archive") if archived else self.tr("Archive")
            self._wish(menu, "archive", words, SetArchived(stored, not archived))
        self._wish(menu, "trash", self.tr("Move to Trash"), Trash(ids), self._trash)
        return menu

    def of_trash(self, conversations: Sequence[Conversation]) -> QMenu:
        """What can be done with these, which are in the Trash."""
        menu = self._menu()
        wish = Restore(tuple(c.id for c in conversations))
        self._wish(menu, "restore", self.tr("Restore"), wish)
        if len(conversations) == 1:
            first = conversations[0]
            words = self.tr("Delete for good…")
            self._add(menu, "trash", words, lambda: self._confirm_delete(first))
        return menu

    def of_folder(self, folder: Folder) -> QMenu:
        """What can be done with a folder."""
        menu = self._menu()
        self._add(
            menu,
            "pencil",
            self.tr("Rename"),
            lambda: self.folder_rename_requested.emit(folder.id),
            self._rename,
        )
        self._wish(menu, "plus", self.tr("New folder inside"), NewFolder(folder.id))
        menu.addMenu(self._folder_moves(folder, menu))
        menu.addSeparator()
        self._wish(
            menu, "trash", self.tr("Delete the folder, keep what is in it"), DeleteFolder(folder.id)
        )
        return menu

    def folders(self, ids: Sequence[int], parent: QWidget) -> QMenu:
        """Where these conversations can be put."""
        menu = self._menu(parent, self.tr("Move to folder"))
        menu.setIcon(self._icon("folder"))
        self._wish(menu, "plus", self.tr("New folder"), NewFolder(None, tuple(ids)))
        homes = {c.folder_id for c in self._chosen(ids)}
        if homes != {None}:
            self._wish(menu, None, self.tr("No folder"), PutInto(tuple(ids), None))
        menu.addSeparator()
        for folder, name in self._paths():
            action = self._wish(menu, None, name, PutInto(tuple(ids), folder.id))
            action.setEnabled(homes != {folder.id})
        return menu

    def tags(self, ids: Sequence[int], parent: QWidget) -> QMenu:
        """The tags that these conversations carry, and all others."""
        menu = self._menu(parent, self.tr("Tags"))
        menu.setIcon(self._icon("tag"))
        self._add(menu, "plus", self.tr("New tag…"), lambda: self._ask_for_tag(ids))
        menu.addSeparator()
        chosen = self._chosen(ids)
        counts = Counter(tag for c in self._model.conversations for tag in c.tags)
        for tag in sorted(counts, key=str.casefold):
            tagged = all(tag in c.tags for c in chosen)
            action = self._wish(menu, None, _literal(tag), SetTag(tuple(ids), tag, not tagged))
            action.setCheckable(True)
            action.setChecked(tagged)
        return menu

    # Inside

    def _chosen(self, ids: Sequence[int]) -> list[Conversation]:
        return [c for id_ in ids if (c := self._model.conversation(id_)) is not None]

    def _ask_for_tag(self, ids: Sequence[int]) -> None:
        popup = TagPopup(self._appearance, self._parent)
        popup.entered.connect(lambda tag: self.wished.emit(SetTag(tuple(ids), tag)))
        corner = self._parent.mapToGlobal(self._parent.rect().topLeft())
        place = self._parent.rect().translated(corner)
        place.setBottom(place.top() + self._appearance.height(48))
        popup.open_at(place)

    def _confirm_delete(self, conversation: Conversation) -> None:
        title = self._model.title_of(conversation)
        dialog = Dialog(
            self._appearance,
            self.tr("Delete “{title}” for good?").format(title=title),
            self.tr("The conversation and all of its messages are lost. This can't be undone."),
            self._parent.window(),
        )
        dialog.add_button(self.tr("Cancel"), safe=True)
        dialog.add_button(self.tr("Delete for good"), "danger")
        dialog.accepted.connect(lambda: self.delete_requested.emit(conversation.id))
        dialog.open()

    def _folder_moves(self, folder: Folder, parent: QWidget) -> QMenu:
        menu = self._menu(parent, self.tr("Move to folder"))
        menu.setIcon(self._icon("folder"))
        top = self._wish(menu, None, self.tr("No folder"), MoveFolders((folder.id,), None))
        top.setEnabled(folder.parent_id is not None)
        menu.addSeparator()
        inside = {folder.id}
        for other, name in self._paths():
            if other.parent_id in inside:
                inside.add(other.id)
            if other.id not in inside:
                action = self._wish(menu, None, name, MoveFolders((folder.id,), other.id))
                action.setEnabled(other.id != folder.parent_id)
        return menu

    def _paths(self) -> list[tuple[Folder, str]]:
        """Every folder behind those that it is in, with their names before its own."""
        within = inside(self._model.folders)
        found: list[tuple[Folder, str]] = []
        todo = [(folder, "") for folder in reversed(within[None])]
        while todo:
            folder, before = todo.pop()
            name = before + _literal(folder.name)
            found.append((folder, name))
            todo += [(one, f"{name} › ") for one in reversed(within.get(folder.id, []))]
        return found

    def _menu(self, parent: QWidget | None = None, title: str = "") -> QMenu:
        menu = QMenu(title, parent or self._parent)
        if parent is None:
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return menu

    def _wish(
        self,
        menu: QMenu,
        icon: IconName | None,
        words: str,
        wish: Wish,
        same: QAction | None = None,
    ) -> QAction:
        return self._add(menu, icon, words, lambda: self.wished.emit(wish), same)

    def _add(
        self,
        menu: QMenu,
        icon: IconName | None,
        words: str,
        on_triggered: Callable[[], None],
        same: QAction | None = None,
    ) -> QAction:
        """One line; `same` is the window's action that does the same."""
        action = QAction(words, menu)
        if icon is not None:
            action.setIcon(self._icon(icon))
        if same is not None:
            # Shown beside the words; the window and the list own the keys themselves.
            action.setShortcut(same.shortcut())
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(on_triggered)
        menu.addAction(action)
        return action

    def _icon(self, icon: IconName) -> QIcon:
        theme = self._appearance.theme
        size = self._appearance.icon_size(16)
        return self._appearance.icons.icon(icon, size, theme.text_muted, theme.text_disabled)


def _literal(text: str) -> str:
    """An ampersand would mark a key."""
    return text.replace("&", "&&")
