"""The list of the library: the order of its rows, and what pointer and keys do to them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QToolTip, QWidget

from chatapp.ui.i18n import Translated
from chatapp.ui.models_page.library_row import LibraryColumns, LibraryDelegate, Part
from chatapp.ui.models_page.library_words import LibraryEntry, LibraryFace, face, fit_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.ui.theme import Appearance

Index = QModelIndex | QPersistentModelIndex

_BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)
_ENTRY = Qt.ItemDataRole.UserRole


class LibrarySorting(Enum):
    """What comes first."""

    NAME = auto()
    SIZE = auto()  # the largest: what to delete when the disk is full
    SPEED = auto()


@dataclass(frozen=True, slots=True)
class _Known:
    """A face, and the entry that it was made of."""

    entry: LibraryEntry
    face: LibraryFace


class LibraryModel(QAbstractListModel):
    """The models that the query leaves, in the order that was chosen."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: tuple[LibraryEntry, ...] = ()
        self._shown: list[LibraryEntry] = []
        self._faces: dict[str, _Known] = {}
        self._query = ""
        self._sorting = LibrarySorting.NAME

    @property
    def entries(self) -> tuple[LibraryEntry, ...]:
        """All of them, whatever the query is."""
        return self._all

    def set_entries(self, entries: Sequence[LibraryEntry]) -> None:
        """Everything that there is."""
        self._all = tuple(entries)
        paths = {entry.model.path for entry in entries}
        self._faces = {path: known for path, known in self._faces.items() if path in paths}
        self._update()

    def set_query(self, query: str) -> None:
        """Show only what has all of these words in its name, type, path, origin or licence."""
        self._query = query
        self._update()

    def set_sorting(self, sorting: LibrarySorting) -> None:
        """Show it in another order."""
        self._sorting = sorting
        self._update()

    def entry_at(self, index: Index) -> LibraryEntry | None:
        """What is in a row."""
        row = index.row()
        return self._shown[row] if index.isValid() and 0 <= row < len(self._shown) else None

    def face_at(self, index: Index) -> LibraryFace | None:
        """What is in a row, in words; they are put together when somebody looks."""
        entry = self.entry_at(index)
        if entry is None:
            return None
        known = self._faces.get(entry.model.path)
        if known is None or known.entry is not entry:
            known = self._faces[entry.model.path] = _Known(entry, face(entry))
        return known.face

    def forget_words(self) -> None:
        """The language is another one now."""
        self._faces = {}
        if self._shown:
            self.dataChanged.emit(self.index(0), self.index(len(self._shown) - 1))

    def row_of(self, path: str) -> int | None:
        """Where a model is shown."""
        for row, entry in enumerate(self._shown):
            if path in (entry.model.path, *entry.model.shards):
                return row
        return None

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry = self.entry_at(index)
        if entry is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.model.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            words = self.face_at(index)
            return words.spoken if words is not None else None
        if role == _ENTRY:
            return entry
        return None

    def _update(self) -> None:
        before = self._shown
        words = self._query.casefold().split()
        shown = [entry for entry in self._all if _has(entry, words)]
        match self._sorting:
            case LibrarySorting.SIZE:
                shown.sort(key=lambda entry: -entry.model.size)
            case LibrarySorting.SPEED:
                shown.sort(key=lambda entry: -entry.model.write_speed)
        if [e.model.path for e in shown] != [e.model.path for e in before]:
            self.beginResetModel()
            self._shown = shown
            self.endResetModel()
            return
        self._shown = shown
        changed = [row for row, entry in enumerate(shown) if entry != before[row]]
        if changed:
            self.dataChanged.emit(self.index(changed[0]), self.index(changed[-1]))


class LibraryList(Translated, QListView):
    """Shows a `LibraryModel`.

    Signals, all with a `LibraryEntry`: `chat_requested`, `details_requested`, `trash_requested`;
    `menu_requested(LibraryEntry, QPoint)` with a global position.
    """

    chat_requested = Signal(object)
    details_requested = Signal(object)
    trash_requested = Signal(object)
    menu_requested = Signal(object, QPoint)

    def __init__(
        self,
        appearance: Appearance,
        model: LibraryModel,
        columns: LibraryColumns,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._by_keyboard = False
        self._hovered: tuple[QPersistentModelIndex, Part] = (QPersistentModelIndex(), "")
        self._pressed: tuple[QPersistentModelIndex, Part] = (QPersistentModelIndex(), "")
        self._current_path = ""
        self.setModel(model)
        self._delegate = LibraryDelegate(appearance, columns, self)
        self.setItemDelegate(self._delegate)
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self._translate()
        self.viewport().setAutoFillBackground(False)
        model.modelAboutToBeReset.connect(self._on_about_to_be_reset)
        model.modelReset.connect(self._on_reset)
        appearance.changed.connect(self.viewport().update)

    @property
    def shows_keyboard(self) -> bool:
        """Whether the keyboard's row is marked."""
        return self._by_keyboard and self.hasFocus()

    def face_at(self, index: Index) -> LibraryFace | None:
        """What a row shows."""
        return self._model.face_at(index)

    def hovered_part(self, index: Index) -> Part:
        """What of this row the pointer is on."""
        at, part = self._hovered
        return part if at == index else ""

    def pressed_part(self, index: Index) -> Part:
        """What of this row is held down."""
        at, part = self._pressed
        return part if at == index else ""

    def show_model(self, path: str) -> None:
        """Bring a model into view and put the keyboard on it."""
        row = self._model.row_of(path)
        if row is not None:
            index = self._model.index(row)
            self._by_keyboard = True
            self.setCurrentIndex(index)
            self.scrollTo(index)
            self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # Qt

    def event(self, event: QEvent) -> bool:
        # With the focus here this key means the row, not what the window's shortcut means.
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and _is_trash_key(event)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._by_keyboard = True
        entry = self._model.entry_at(self.currentIndex())
        words = self._model.face_at(self.currentIndex())
        if entry is not None and words is not None:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                wanted = self.chat_requested if words.can_chat else self.details_requested
                wanted.emit(entry)
                return
            if event.key() == Qt.Key.Key_Space:
                self.details_requested.emit(entry)
                return
            if event.key() == Qt.Key.Key_Delete or _is_trash_key(event):
                self.trash_requested.emit(entry)
                return
        super().keyPressEvent(event)
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._by_keyboard = False
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = self._found(event.position().toPoint())
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        pressed, self._pressed = self._pressed, (QPersistentModelIndex(), "")
        self.viewport().update()
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if pressed != self._found(event.position().toPoint()):
            return
        entry = self._model.entry_at(pressed[0])
        if entry is None:
            return
        if pressed[1] == "chat":
            self.chat_requested.emit(entry)
        elif pressed[1] == "more":
            self._open_menu(pressed[0])

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index, part = self._found(event.position().toPoint())
        entry = self._model.entry_at(index)
        if entry is not None and part == "row" and event.button() == Qt.MouseButton.LeftButton:
            self.details_requested.emit(entry)
        else:
            self.mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._set_hovered(self._found(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._set_hovered((QPersistentModelIndex(), ""))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self._open_menu(self.currentIndex())
            return
        entry = self._model.entry_at(self.indexAt(event.pos()))
        if entry is not None:
            self.menu_requested.emit(entry, event.globalPos())

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._by_keyboard = event.reason() in _BY_KEYBOARD
        super().focusInEvent(event)
        if self._by_keyboard and not self.currentIndex().isValid() and self._model.rowCount():
            self.setCurrentIndex(self._model.index(0))
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._tooltip(event.pos()), self)
            return True
        return super().viewportEvent(event)

    # Inside

    def _found(self, at: QPoint) -> tuple[QPersistentModelIndex, Part]:
        index = self.indexAt(at)
        words = self._model.face_at(index)
        if words is None:
            return QPersistentModelIndex(), ""
        part = self._delegate.part_at(self.visualRect(index), words, at)
        return QPersistentModelIndex(index), part

    def _set_hovered(self, found: tuple[QPersistentModelIndex, Part]) -> None:
        if found != self._hovered:
            self._hovered = found
            self.viewport().update()

    def _open_menu(self, index: Index) -> None:
        entry = self._model.entry_at(index)
        if entry is not None:
            row = self.visualRect(self._model.index(index.row()))
            corner = self._delegate.more_rect(row).bottomLeft()
            self.menu_requested.emit(entry, self.viewport().mapToGlobal(corner))

    def _tooltip(self, at: QPoint) -> str:
        index, part = self._found(at)
        entry, words = self._model.entry_at(index), self._model.face_at(index)
        if entry is None or words is None:
            return ""
        if part == "more":
            return self.tr("More")
        if part == "chat":
            return self.tr("Use it in a new conversation")
        lines = [fit_words(entry.fit)] if entry.fit is not None and words.badge else []
        if self._delegate.is_cut(self.visualRect(self._model.index(index.row())), words):
            lines.append(words.spoken)
        return "\n".join(lines)

    def _translate(self) -> None:
        self.setAccessibleName(self.tr("Models on this computer"))
        self._model.forget_words()

    def _on_about_to_be_reset(self) -> None:
        entry = self._model.entry_at(self.currentIndex())
        self._current_path = entry.model.path if entry is not None else ""

    def _on_reset(self) -> None:
        row = self._model.row_of(self._current_path)
        if row is not None:
            self.setCurrentIndex(self._model.index(row))


def _has(entry: LibraryEntry, words: list[str]) -> bool:
    if not words:
        return True
    model = entry.model
    text = f"{model.name} {model.quantization} {model.path} {model.repo} {model.licence}"
    folded = text.casefold()
    return all(word in folded for word in words)


def _is_trash_key(event: QKeyEvent) -> bool:
    return QKeySequence(event.keyCombination()) == QKeySequence("Ctrl+Shift+Backspace")
