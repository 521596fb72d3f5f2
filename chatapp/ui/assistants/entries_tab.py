"""One half of the page: a list of assistants, or of prompts, and the editor of one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from chatapp.domain.assistant import Assistant
from chatapp.errors import ChatappError
from chatapp.ui.assistants.entry_files import ask_for_export, ask_for_import
from chatapp.ui.assistants.entry_list import E, EntryList
from chatapp.ui.i18n import Translated, error_sentence
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtCore import SignalInstance

    from chatapp.chat.collection import Collection
    from chatapp.jobs import Jobs
    from chatapp.ui.theme import Appearance

R = TypeVar("R")

_LIST_WIDTH: Final = 264
_STACKED_BELOW: Final = 720  # pixels at the usual size of text
_SAVE_MS: Final = 600
_MARGIN: Final = 24
_EDITOR_WIDTH: Final = 640
_NO_LIMIT: Final = 2**24 - 1


class Editor(Protocol[E]):
    """Shows one entry and gives it back as it was changed; None while it can't be kept."""

    changed: SignalInstance

    @property
    def entry(self) -> E | None: ...

    def show_entry(self, entry: E, /) -> None: ...


class EntriesTab(Translated, QWidget, Generic[E]):
    """What is changed is kept a moment later, and at once when something else is shown.

    Signals: `undoable(str, object)` with what was done, in words, and a function that takes it
    back; `use_requested(object)` with an entry; `listed()` when what is there may be other than
    before.
    """

    undoable = Signal(str, object)
    use_requested = Signal(object)
    listed = Signal()

    def __init__(
        self,
        appearance: Appearance,
        jobs: Jobs,
        collection: Collection[E],
        editor: Editor[E],
        new_entry: Callable[[str], E],
        parent: QWidget | None = None,
    ) -> None:
        """`new_entry` makes one with a name. `editor` is a widget."""
        super().__init__(parent)
        self._appearance = appearance
        self._jobs = jobs
        self._collection: Collection[E] = collection
        self._editor: Editor[E] = editor
        self._new_entry: Callable[[str], E] = new_entry
        self._is_of_assistants = isinstance(new_entry("x"), Assistant)
        self._is_changed = False
        self._timer = QTimer(self, interval=_SAVE_MS, singleShot=True)
        self._timer.timeout.connect(self.flush)
        self.list: EntryList[E] = EntryList(appearance)
        self.list.currentItemChanged.connect(self._on_current_changed)
        self.list.itemSelectionChanged.connect(self._update_buttons)
        self.new = Button(appearance, "", icon="plus")
        self.bring_in = Button(appearance, "", "quiet")
        self.export = Button(appearance, "", "quiet")
        self.use = Button(appearance, "", icon="compose")
        self.duplicate = Button(appearance, "", "quiet")
        self.delete = Button(appearance, "", "quiet")
        self.reset = Button(appearance, "", "quiet")
        self._note = TextLabel(appearance, "", "small", "danger", wrap=True)
        self._note.hide()
        self.new.clicked.connect(self._on_new)
        self.bring_in.clicked.connect(self._ask_import)
        self.export.clicked.connect(self._ask_export)
        self.use.clicked.connect(self._on_use)
        self.duplicate.clicked.connect(self._on_duplicate)
        self.delete.clicked.connect(self._on_delete)
        self.reset.clicked.connect(self._on_reset)
        editor.changed.connect(self._on_edited)
        self._lay_out()
        self._translate()

    # What the window asks for

    def load(self) -> None:
        """Read what there is, in the background."""
        self._run(self._collection.list, lambda _: self._show_list())

    def show_entry(self, entry_id: str) -> None:
        """Go to one of those that are listed."""
        self.list.go_to(entry_id)

    def flush(self) -> None:
        """Keep what was changed."""
        self._timer.stop()
        entry = self._editor.entry
        if not self._is_changed or entry is None:
            return
        self._is_changed = False
        self._run(lambda: self._collection.save(entry), lambda _: self._show_list())

    def import_file(self, path: Path) -> None:
        """Add what another person exported."""
        self._run(
            lambda: self._collection.import_json(path), lambda found: self._show_list(found[0].id)
        )

    def export_file(self, path: Path) -> None:
        """Write what is selected for another person."""
        self.flush()
        ids = [entry.id for entry in self.list.selected]
        self._run(lambda: self._collection.export_json(path, ids), lambda _: None)

    # Qt

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.flush()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    # Inside

    def _run(self, work: Callable[[], R], on_done: Callable[[R], None]) -> None:
        # One after the other: what is written last is the newest.
        self._jobs.database.run(work, on_done=on_done, on_error=self._on_error)

    def _on_error(self, error: Exception) -> None:
        if not isinstance(error, ChatappError):
            raise error
        self._show_note(error_sentence(error))

    def _show_note(self, words: str) -> None:
        self._note.setText(words)
        self._note.setVisible(bool(words))

    def _show_list(self, wanted: str = "") -> None:
        """List anew; the editor keeps what is being written."""
        current = self.list.current
        wanted = wanted or (current.id if current is not None else "")
        before = current.id if current is not None else ""
        self._show_note("")
        self.list.fill(self._collection.list(), wanted)
        current = self.list.current
        is_other = current is not None and current.id != before
        is_fresh = not self._is_changed and current != self._editor.entry
        if current is not None and (is_other or is_fresh):
            self._is_changed = False
            self._editor.show_entry(current)
        self._update_buttons()
        self.listed.emit()

    def _on_current_changed(self) -> None:
        self.flush()
        current = self.list.current
        if current is not None:
            self._is_changed = False
            self._show_note("")
            self._editor.show_entry(current)
        self._update_buttons()

    def _on_edited(self) -> None:
        self._is_changed = True
        if self._editor.entry is None:
            words = self.tr("It needs a name.")
            if not self._is_of_assistants:
                words = self.tr("It needs a name and a text.")
            self._show_note(words)
        else:
            self._show_note("")
            self._timer.start()

    def _update_buttons(self) -> None:
        current, selected = self.list.current, self.list.selected
        is_one = current is not None and len(selected) <= 1
        is_shipped = is_one and current is not None and current.is_shipped
        self.delete.setVisible(not is_shipped)
        self.delete.setEnabled(any(not entry.is_shipped for entry in selected))
        self.reset.setVisible(is_shipped)
        self.reset.setEnabled(current is not None and self._collection.is_changed(current.id))
        self.use.setEnabled(is_one)
        self.duplicate.setEnabled(is_one)
        self.export.setEnabled(bool(selected))

    def _on_new(self) -> None:
        self.flush()
        entry = self._new_entry(self.tr("New"))
        self._run(lambda: self._collection.save(entry), lambda kept: self._show_list(kept.id))

    def _on_use(self) -> None:
        self.flush()
        current = self._editor.entry
        if current is not None:
            self.use_requested.emit(current)

    def _on_duplicate(self) -> None:
        self.flush()
        current = self.list.current
        if current is not None:
            entry_id = current.id
            self._run(
                lambda: self._collection.duplicate(entry_id),
                lambda copy: self._show_list(copy.id if copy is not None else ""),
            )

    def _on_delete(self) -> None:
        self.flush()
        gone = [entry for entry in self.list.selected if not entry.is_shipped]
        if not gone:
            return

        def delete() -> None:
            for entry in gone:
                self._collection.delete(entry.id)

        words = self.tr("“{name}” was deleted.").format(name=gone[0].name)
        if len(gone) > 1:
            words = self.tr("%Ln were deleted.", "", len(gone))
        self._run(delete, lambda _: self._offer_back(words, gone))

    def _on_reset(self) -> None:
        self.flush()
        self._is_changed = False  # though it may have no name
        current = self.list.current
        if current is None:
            return
        entry_id = current.id

        def reset() -> E | None:
            changed = self._collection.find(entry_id)
            self._collection.reset(entry_id)
            return changed

        def told(changed: E | None) -> None:
            if changed is not None:
                words = self.tr("“{name}” was reset.").format(name=changed.name)
                self._offer_back(words, [changed])

        self._run(reset, told)

    def _offer_back(self, words: str, entries: list[E]) -> None:
        """These are not there any more, or otherwise."""

        def save() -> None:
            for entry in entries:
                self._collection.save(entry)

        self._show_list()
        self.undoable.emit(words, lambda: self._run(save, lambda _: self._show_list(entries[0].id)))

    def _ask_import(self) -> None:
        ask_for_import(self.window(), self.bring_in.text(), self.import_file)

    def _ask_export(self) -> None:
        selected = self.list.selected
        if selected:
            name = selected[0].name if len(selected) == 1 else self.list.accessibleName()
            ask_for_export(self.window(), self.export.text(), name, self.export_file)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.new)
        top.addStretch()
        top.addWidget(self.bring_in)
        side = self._side_column = QVBoxLayout()
        side.setSpacing(8)
        side.addLayout(top)
        side.addWidget(self.list, 1)
        self._side = QWidget()
        self._side.setLayout(side)
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        buttons.addWidget(self.use)
        buttons.addStretch()
        for button in (self.duplicate, self.export, self.reset, self.delete):
            buttons.addWidget(button)
        column = self._main_column = QVBoxLayout()
        column.setSpacing(8)
        column.addLayout(buttons)
        column.addWidget(self._note)
        area = QScrollArea()
        area.setObjectName("page")
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        inner.setAutoFillBackground(False)
        around = QHBoxLayout(inner)
        around.setContentsMargins(2, 8, 8, _MARGIN)
        editor: QWidget = self._editor  # type: ignore[assignment]
        appearance = self._appearance
        appearance.fit(
            editor, lambda editor: editor.setMaximumWidth(appearance.width(_EDITOR_WIDTH))
        )
        around.addWidget(editor, 1)
        around.addStretch()
        area.setWidget(inner)
        area.viewport().setAutoFillBackground(False)
        column.addWidget(area, 1)
        self._main = QWidget()
        self._main.setLayout(column)
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(0)
        self._box.addWidget(self._side)
        self._box.addWidget(self._main, 1)

    def _arrange(self) -> None:
        """The list beside the editor, or above it where there is no room."""
        is_stacked = self.width() < self._appearance.width(_STACKED_BELOW)
        direction = QBoxLayout.Direction.TopToBottom
        self._box.setDirection(direction if is_stacked else QBoxLayout.Direction.LeftToRight)
        # Not mirrored by themselves
        sides, main = [_MARGIN - 8, 8], [_MARGIN - 8 if is_stacked else 16, _MARGIN]
        if self.isRightToLeft():
            sides.reverse()
            main.reverse()
        self._side_column.setContentsMargins(sides[0], 16, sides[1], 16)
        self._main_column.setContentsMargins(main[0], 16, main[1], 0)
        beside = max(self._appearance.width(_LIST_WIDTH), self._side.minimumSizeHint().width())
        self._side.setMaximumWidth(_NO_LIMIT if is_stacked else beside)
        self._side.setMaximumHeight(self.height() // 3 if is_stacked else _NO_LIMIT)

    def _translate(self) -> None:
        if self._is_of_assistants:
            self.list.setAccessibleName(self.tr("Assistants"))
            self.new.setText(self.tr("New assistant"))
        else:
            self.list.setAccessibleName(self.tr("Prompts"))
            self.new.setText(self.tr("New prompt"))
        self.use.setText(self.tr("Use in a new conversation"))
        self.bring_in.setText(self.tr("Import…"))
        self.export.setText(self.tr("Export…"))
        self.duplicate.setText(self.tr("Duplicate"))
        self.delete.setText(self.tr("Delete"))
        self.reset.setText(self.tr("Reset"))
        self.reset.setToolTip(self.tr("Undo every change to it"))
        self._arrange()  # for wider words
        if self.list.count():
            self._show_list()
