"""The models on this computer: what each of them is, whether it fits, what to do with it."""

from __future__ import annotations

from functools import partial, reduce
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from chatapp.hub.names import bits
from chatapp.ui.i18n import Translated
from chatapp.ui.models_page.library_list import LibraryList, LibraryModel, LibrarySorting
from chatapp.ui.models_page.library_row import MARGIN, LibraryColumns
from chatapp.ui.models_page.library_states import GreyRows, Nothing, Way
from chatapp.ui.models_page.library_words import (
    LibraryEntry,
    Removal,
    face,
    owner_name,
)
from chatapp.ui.models_page.model_facts import ModelFacts
from chatapp.ui.models_page.work_strip import WorkStrip
from chatapp.ui.widgets.banner import Banner
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.combo import Combo
from chatapp.ui.widgets.dialog import Dialog
from chatapp.ui.widgets.search_field import SearchField
from chatapp.ui.widgets.text_label import TextLabel
from chatapp.ui.words import file_size

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chatapp.domain.model import ModelFile
    from chatapp.ui.icons import IconName
    from chatapp.ui.theme import Appearance

_ABOVE = 20
_BELOW = 12
_SEARCH_WIDTH = 320
_SAY_AFTER_MS = 1000
_FEWEST_BITS = 2


class LibraryTab(Translated, QWidget):
    """Shows the models, filters and sorts them, and says what the person wants of one.

    Signals, the first ones with a `ModelFile`: `chat_requested`, `show_requested` in its folder,
    `remove_requested` and `delete_requested` for good (both confirmed), `quantize_requested`,
    `verify_requested`; `model_requested(str)`
    with a repository; `file_requested()`, `folder_requested()` to search one more,
    `forget_requested(str)` to search one less, `open_folder_requested()`, `move_folder_requested()`
    for the folder of the models itself, `discover_requested()`.
    """

    chat_requested = Signal(object)
    show_requested = Signal(object)
    remove_requested = Signal(object)
    delete_requested = Signal(object)
    quantize_requested = Signal(object)
    verify_requested = Signal(object)
    loading_requested = Signal(object)
    model_requested = Signal(str)
    file_requested = Signal()
    folder_requested = Signal()
    forget_requested = Signal(str)
    open_folder_requested = Signal()
    move_folder_requested = Signal()
    discover_requested = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._is_known = False  # whether there was a first answer to what models there are
        self._added_folders: tuple[str, ...] = ()
        self._is_scanning = False
        self._scanning_timer = QTimer(self, interval=_SAY_AFTER_MS, singleShot=True)
        self._scanning_timer.timeout.connect(self._show_summary)
        self._failure: Banner | None = None
        self._problem: Banner | None = None
        self._problem_words = ("", "")

        self.search = SearchField(appearance, "", QKeySequence("Ctrl+F"))
        appearance.fit(
            self.search, lambda search: search.setMaximumWidth(appearance.width(_SEARCH_WIDTH))
        )
        self.summary = TextLabel(appearance, "", "small", "text_muted", tabular=True)
        self.folders = Button(appearance, "", icon="folder", trailing_icon="chevron-down")
        self.folders.clicked.connect(self._open_folders)
        self.sorting: Combo[LibrarySorting] = Combo(
            appearance, "", [(one, "") for one in LibrarySorting], icon="sort"
        )
        self.work = WorkStrip(appearance)
        self.smaller = WorkStrip(appearance)
        self.model = LibraryModel(self)
        columns = LibraryColumns(appearance)
        self.list = LibraryList(appearance, self.model, columns)
        self._stack = QStackedWidget()
        self._empty = Way(appearance)
        self._to_discover = self._empty.add_button(self.discover_requested.emit, kind="primary")
        self._to_file = self._empty.add_button(self.file_requested.emit)
        self._nothing = Nothing(appearance, self.search.clear)
        self._waiting = GreyRows(appearance)
        filled = QWidget()
        below = QVBoxLayout(filled)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(0)
        below.addWidget(columns)
        below.addWidget(self.list, 1)
        self._filled = filled
        for page in (self._waiting, filled, self._nothing, self._empty):
            self._stack.addWidget(page)

        bar = QHBoxLayout()
        bar.setSpacing(8)
        bar.addWidget(self.search, 100)
        bar.addSpacing(8)
        bar.addWidget(self.summary)
        bar.addStretch(1)
        bar.addWidget(self.folders)
        bar.addWidget(self.sorting)
        self._bar = QWidget()
        self._bar.setLayout(bar)
        self._banners = QVBoxLayout()
        self._banners.setSpacing(8)
        self._head = head = QVBoxLayout()
        head.setSpacing(8)
        bar.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self._bar)
        head.addLayout(self._banners)
        head.addWidget(self.work)
        head.addWidget(self.smaller)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._stack, 1)

        self.search.query_changed.connect(self._on_query_changed)
        self.search.down_pressed.connect(self._step_in)
        self.search.submitted.connect(lambda _: self._step_in())
        self.sorting.chosen.connect(self.model.set_sorting)
        self.list.chat_requested.connect(lambda entry: self.chat_requested.emit(entry.model))
        self.list.details_requested.connect(self.show_details)
        self.list.trash_requested.connect(self._confirm_removal)
        self.list.menu_requested.connect(self._open_menu)
        for first, second in (
            (self.search, self.folders),
            (self.folders, self.sorting),
            (self.sorting, self.list),
        ):
            QWidget.setTabOrder(first, second)
        self._translate()
        self._show_page()

    @property
    def count(self) -> int:
        """How many models there are."""
        return len(self.model.entries)

    def set_entries(
        self, entries: Sequence[LibraryEntry], added_folders: Sequence[str] = ()
    ) -> None:
        """What is known; `added_folders` are those that the person named."""
        self._is_known = True
        self._added_folders = tuple(added_folders)
        self.model.set_entries(entries)
        self._show_summary()
        self._show_page()

    def set_scanning(self, *, scanning: bool) -> None:
        """Whether folders are being searched, which is worth a word only if it takes a while."""
        if scanning and not self._is_scanning:
            self._scanning_timer.start()
        elif not scanning:
            self._scanning_timer.stop()
        self._is_scanning = scanning
        self._show_summary()

    def set_problem(
        self,
        title: str,
        sentence: str,
        button: str = "",
        on_button: Callable[[], object] | None = None,
    ) -> None:
        """A folder that can't be searched; empty when there is none."""
        if (title, sentence) == self._problem_words:
            return
        self._problem_words = (title, sentence)
        self._remove(self._problem)
        self._problem = None
        if title:
            self._problem = Banner(self._appearance, "warning", title, sentence, side_by_side=True)
            if on_button is not None:
                self._problem.add_button(button, on_button, icon="refresh")
            self._banners.addWidget(self._problem)

    def show_failure(
        self, title: str, sentence: str, ways: Sequence[tuple[str, Callable[[], object]]] = ()
    ) -> None:
        """What the person wanted could not be done; `ways` are words and what they do."""
        self.hide_failure()
        banner = Banner(self._appearance, "danger", title, sentence, side_by_side=True)
        for words, on_click in ways:
            banner.add_button(words, on_click)
        banner.add_button(self.tr("Close"), self.hide_failure, kind="quiet")
        self._failure = banner
        self._banners.insertWidget(0, banner)

    def hide_failure(self) -> None:
        """Something else is wanted now."""
        self._remove(self._failure)
        self._failure = None

    def focus_search(self) -> None:
        """Put the keyboard into the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def show_model(self, path: str) -> None:
        """Bring a model into view, whatever was searched for."""
        self.search.clear()
        self.list.show_model(path)

    def sort_by_size(self) -> None:
        """The largest first: space is needed."""
        self.sorting.set_value(LibrarySorting.SIZE)
        self.model.set_sorting(LibrarySorting.SIZE)

    def show_details(self, entry: LibraryEntry) -> None:
        """All that is known of a model."""
        popup = ModelFacts(self._appearance, entry, self)
        popup.folder_requested.connect(lambda: self.show_requested.emit(entry.model))
        popup.page_requested.connect(lambda: self.model_requested.emit(entry.model.repo))
        row = self.model.row_of(entry.model.path)
        rect = self.list.visualRect(self.model.index(row)) if row is not None else QRect()
        rect.setLeft(rect.left() + MARGIN)
        corner = self.list.viewport().mapToGlobal(rect.topLeft())
        popup.open_at(QRect(corner, rect.size()))

    def confirm_deletion(self, model: ModelFile) -> None:
        """There is no trash where it lies: ask whether it is to be gone for good."""
        dialog = Dialog(
            self._appearance,
            self.tr("Delete {model} for good?").format(model=_full_name(model)),
            self.tr("{size} are freed at once. This can't be undone.").format(
                size=file_size(model.size)
            ),
            self.window(),
        )
        dialog.add_button(self.tr("Keep it"), safe=True)
        dialog.add_button(self.tr("Delete for good"), "danger")
        dialog.accepted.connect(lambda: self.delete_requested.emit(model))
        dialog.open()

    # Inside

    def _translate(self) -> None:
        self.search.set_words(self.tr("Find in the library"))
        self.folders.setText(self.tr("Folders"))
        self.sorting.set_words(
            self.tr("Sorting"),
            (
                (LibrarySorting.NAME, self.tr("Name")),
                (LibrarySorting.SIZE, self.tr("Largest first")),
                (LibrarySorting.SPEED, self.tr("Fastest first")),
            ),
        )
        self._empty.set_words(
            self.tr("No models yet"),
            self.tr(
                "Models that you download or add appear here, and those of LM Studio, Ollama, Jan "
                "and GPT4All, which are used where they lie."
            ),
        )
        self._to_discover.setText(self.tr("Discover models"))
        self._to_file.setText(self.tr("Add from file…"))
        self._show_summary()

    def _show_page(self) -> None:
        if not self._is_known:
            page: QWidget = self._waiting
        elif not self.model.entries:
            page = self._empty
        elif not self.model.rowCount():
            page = self._nothing
            self._nothing.set_query(self.search.query)
        else:
            page = self._filled
        self._stack.setCurrentWidget(page)
        has_bar = page is not self._empty or bool(self._added_folders)
        self._bar.setVisible(has_bar)
        self._head.setContentsMargins(MARGIN, _ABOVE if has_bar else _BELOW, MARGIN, _BELOW)

    def _show_summary(self) -> None:
        entries = self.model.entries
        size = file_size(sum(entry.model.size for entry in entries))
        if self._is_scanning and not self._scanning_timer.isActive():
            words = self.tr("Looking for models")
        elif not entries:
            words = ""
        else:
            words = self.tr("%Ln model(s) · {size}", "", len(entries)).format(size=size)
        self.summary.setText(words)

    def _on_query_changed(self, query: str) -> None:
        self.model.set_query(query)
        self._show_page()

    def _step_in(self) -> None:
        if self.model.rowCount():
            self.list.setFocus(Qt.FocusReason.TabFocusReason)

    def _remove(self, banner: Banner | None) -> None:
        if banner is not None:
            self._banners.removeWidget(banner)
            banner.hide()
            banner.deleteLater()

    def _open_folders(self) -> None:
        menu = self._new_menu()
        self._add(menu, "folder", self.tr("Open models folder"), self.open_folder_requested.emit)
        move = self.tr("Move models folder…")
        self._add(menu, "continue", move, self.move_folder_requested.emit)
        menu.addSeparator()
        more = self.tr("Search another folder…")
        self._add(menu, "plus", more, self.folder_requested.emit)
        for folder in self._added_folders:
            words = self.tr("Stop searching {folder}").format(folder=_short(folder))
            action = self._add(menu, "close", words, partial(self.forget_requested.emit, folder))
            action.setToolTip(folder)
        menu.popup(self.folders.mapToGlobal(QPoint(0, self.folders.height() + 2)))

    def _open_menu(self, entry: LibraryEntry, at: QPoint) -> None:
        model = entry.model
        menu = self._new_menu()
        chat = self._add(menu, "chat", self.tr("Chat"), lambda: self.chat_requested.emit(model))
        if not face(entry).can_chat:
            self._disable(chat, self.tr("This model can't write answers."))
        self._add(menu, "info", self.tr("Details"), lambda: self.show_details(entry))
        loading = self.tr("How it is loaded…")
        load = self._add(menu, "chip", loading, lambda: self.loading_requested.emit(model))
        if not face(entry).can_chat:
            self._disable(load, self.tr("This model can't write answers."))
        show = self.tr("Show in folder")
        self._add(menu, "folder", show, lambda: self.show_requested.emit(model))
        verify = self.tr("Compare with the original")
        self._add(menu, "verified", verify, lambda: self.verify_requested.emit(model))
        smaller = self._add(
            menu,
            "chip",
            self.tr("Make smaller…"),
            lambda: self.quantize_requested.emit(model),
        )
        if reason := self._why_not_smaller(entry):
            self._disable(smaller, reason)
        menu.addSeparator()
        is_listed = entry.removal is Removal.LIST
        words = self.tr("Take off the list") if is_listed else self.tr("Move to Trash…")
        removal = self._add(menu, "trash", words, lambda: self._confirm_removal(entry))
        if entry.removal is Removal.NONE:
            self._disable(removal, self._why_kept(entry))
        menu.popup(at)

    def _why_not_smaller(self, entry: LibraryEntry) -> str:
        header = entry.model.header
        if header is None or not header.parameters or face(entry).problem:
            return self.tr("This file can't be read as a complete model.")
        if 0 < bits(entry.model.quantization) <= _FEWEST_BITS:
            return self.tr("It is as small as it can be made here.")
        return ""

    def _why_kept(self, entry: LibraryEntry) -> str:
        owner = owner_name(entry.model.source)
        if owner:
            return self.tr("It belongs to {program}. Delete it there.").format(program=owner)
        if entry.model.is_starter:
            return self.tr("It comes with Chatapp.")
        return self.tr("It lies in a folder that you added. Chatapp changes nothing there.")

    def _confirm_removal(self, entry: LibraryEntry) -> None:
        model = entry.model
        if entry.removal is Removal.LIST:
            self.remove_requested.emit(model)
            return
        if entry.removal is Removal.NONE:
            self.show_failure(
                self.tr("{model} stays").format(model=model.name), self._why_kept(entry)
            )
            return
        sentences = [
            self.tr("Emptying the system's trash frees {size}.").format(size=file_size(model.size)),
            self.tr("Conversations that used it stay and can go on with another model."),
        ]
        if entry.is_loaded:
            sentences.insert(0, self.tr("It is loaded now and will be unloaded."))
        joined = self.tr("{first} {second}", "two sentences")
        dialog = Dialog(
            self._appearance,
            self.tr("Move {model} to the Trash?").format(model=_full_name(model)),
            reduce(lambda first, second: joined.format(first=first, second=second), sentences),
            self.window(),
        )
        dialog.add_button(self.tr("Keep it"), safe=True)
        dialog.add_button(self.tr("Move to Trash"), "danger")
        dialog.accepted.connect(lambda: self.remove_requested.emit(model))
        dialog.open()

    def _new_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        return menu

    def _add(
        self, menu: QMenu, icon: IconName, words: str, on_triggered: Callable[[], None]
    ) -> QAction:
        theme = self._appearance.theme
        size = self._appearance.icon_size(16)
        picture = self._appearance.icons.icon(icon, size, theme.text_muted, theme.text_disabled)
        action = QAction(picture, words.replace("&", "&&"), menu)
        action.triggered.connect(lambda _=False: on_triggered())
        menu.addAction(action)
        return action

    def _disable(self, action: QAction, reason: str) -> None:
        action.setEnabled(False)
        action.setToolTip(reason)


def _full_name(model: ModelFile) -> str:
    return f"{model.name} {model.quantization}".strip()


def _short(folder: str) -> str:
    """The end of a long path, which tells most."""
    return folder if len(folder) <= 48 else f"…{folder[-46:]}"
