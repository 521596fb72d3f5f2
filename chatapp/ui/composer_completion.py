"""What @ and / do where a message is written: they find an assistant or a prompt."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeVar

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor

from chatapp.domain.assistant import Assistant
from chatapp.domain.prompt import PromptTemplate
from chatapp.ui.assistants.icon_choice import icon_of
from chatapp.ui.widgets.keys import claims_escape

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QWidget

    from chatapp.ui.composer import Composer
    from chatapp.ui.composer_suggestions import Suggestion, Suggestions
    from chatapp.ui.icons import IconName
    from chatapp.ui.theme import Appearance

# Chinese input methods write the wide forms, and an enumeration comma for a stroke.
_AT: Final = re.compile(r"(?<![A-Za-z0-9._%+@＠-])[@＠]([^\s@＠]{0,40})$")  # not in an address
_STROKE: Final = re.compile(r"^\s*[/／、]([^\s/／]{0,40})$")  # at a line's beginning: not in a path
_LOOKED_AT: Final = 80  # characters before the cursor
T = TypeVar("T", Assistant, PromptTemplate)
_CLOSING: Final = {QEvent.Type.FocusOut, QEvent.Type.Hide}
_MOVING: Final = {QEvent.Type.Move, QEvent.Type.Resize}


class ComposerCompletion(QObject):
    """Watches the field of a composer and opens a list above it.

    `assistants` and `prompts` are asked at every key press and answer at once.

    Signals: `assistant_chosen(Assistant)`; `editing_requested(bool)` with whether it is the
    assistants or the prompts that are to be changed.
    """

    assistant_chosen = Signal(object)
    editing_requested = Signal(bool)

    def __init__(
        self,
        appearance: Appearance,
        composer: Composer,
        assistants: Callable[[], Sequence[Assistant]],
        prompts: Callable[[], Sequence[PromptTemplate]],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._composer = composer
        self._field = composer.field
        self._assistants = assistants
        self._prompts = prompts
        self._list: Suggestions | None = None
        self._typed = 0  # characters before the cursor that a choice replaces
        self._dismissed = -1  # where a sign stands that is to be left alone
        # Qt tells of the text before the cursor moves.
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._look)
        self._field.textChanged.connect(self._later.start)
        self._field.cursorPositionChanged.connect(self._on_cursor_moved)
        self._field.installEventFilter(self)
        self._placing = QTimer(self, singleShot=True, interval=0)
        self._placing.timeout.connect(self._place)
        for moved in (composer, composer.box):
            moved.installEventFilter(self)

    @property
    def suggestions(self) -> Suggestions | None:
        """The list, while it is open."""
        return self._list if self._list is not None and not self._list.isHidden() else None

    def open_assistants(self) -> None:
        """Offer all of them."""
        self._open_all(self.tr("Assistants"), [*self._assistant_rows(""), self._edit_row()])

    def open_prompts(self) -> None:
        """Offer all of them."""
        rows = [*self._prompt_rows(""), self._edit_row(is_of_assistants=False)]
        self._open_all(self.tr("Prompts"), rows)

    def insert(self, prompt: PromptTemplate, *, replaced: int = 0) -> None:
        """Put a prompt where the cursor is, in the place of some characters before it.

        What its variables stand for is asked first.
        """
        if not prompt.variables:
            self._write(prompt.text, replaced)
            return
        from chatapp.ui.assistants.prompt_form import PromptForm

        form = PromptForm(self._appearance, prompt, self._composer.window())
        form.filled.connect(lambda text: self._write(text, replaced))
        form.finished.connect(self._composer.focus)
        form.open()

    # Qt

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        shown = self.suggestions
        if shown is not None and event.type() in _MOVING:
            self._placing.start()
        if watched is not self._field or shown is None:
            return False
        if claims_escape(event):
            return True
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._on_key(event, shown)
        if event.type() in _CLOSING:
            shown.close_list()
        return False

    # Inside

    def _on_key(self, event: QKeyEvent, shown: Suggestions) -> bool:
        key = event.key()
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier or self._field.is_composing:
            return False
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            shown.move_by(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab):
            self._choose(shown.current)
        elif key == Qt.Key.Key_Escape:
            self._dismissed = self._field.textCursor().position() - self._typed
            shown.close_list()
        else:
            return False
        return True

    def _on_cursor_moved(self) -> None:
        if self.suggestions is not None:
            self._later.start()

    def _look(self) -> None:
        cursor = self._field.textCursor()
        before, is_line = _before(cursor)
        at = _AT.search(before)
        stroke = _STROKE.match(before) if is_line else None
        found = at or stroke
        if found is None or cursor.hasSelection() or not self._field.hasFocus():
            self._dismissed = -1 if found is None else self._dismissed
            self._close()
            return
        self._typed = _places(found[1]) + 1
        if cursor.position() - self._typed == self._dismissed:
            return
        rows = self._assistant_rows(found[1]) if at else self._prompt_rows(found[1])
        if rows:
            self._show(self.tr("Assistants") if at else self.tr("Prompts"), rows)
        else:
            self._close()

    def _open_all(self, name: str, rows: list[Suggestion]) -> None:
        self._composer.focus()
        self._later.stop()  # what was written before is no question
        self._typed = 0
        self._show(name, rows)

    def _show(self, name: str, rows: list[Suggestion]) -> None:
        window = self._composer.window()
        if self._list is None or self._list.parentWidget() is not window:
            from chatapp.ui.composer_suggestions import Suggestions

            self._list = Suggestions(self._appearance, window)
            self._list.chosen.connect(self._choose)
        self._list.show_rows(name, rows, self._anchor(window))

    def _place(self) -> None:
        shown = self.suggestions
        if shown is not None:
            shown.place(self._anchor(self._composer.window()))

    def _anchor(self, window: QWidget) -> QRect:
        box = self._composer.box
        return QRect(box.mapTo(window, QPoint(0, 0)), box.size())

    def _close(self) -> None:
        if self._list is not None:
            self._list.close_list()

    def _choose(self, value: object) -> None:
        typed, self._typed = self._typed, 0
        self._close()
        if isinstance(value, Assistant):
            self._write("", typed)
            self.assistant_chosen.emit(value)
        elif isinstance(value, PromptTemplate):
            self.insert(value, replaced=typed)
        else:
            self.editing_requested.emit(bool(value))

    def _write(self, text: str, replaced: int) -> None:
        """One step of undo."""
        cursor = self._field.textCursor()
        if not text and not replaced:
            return
        self._field.choose_wrapping(text)
        cursor.beginEditBlock()
        cursor.setPosition(max(0, cursor.position() - replaced), QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(text)
        cursor.endEditBlock()
        self._field.setTextCursor(cursor)
        self._field.ensureCursorVisible()

    def _assistant_rows(self, query: str) -> list[Suggestion]:
        return [
            _suggestion(one, one.name, icon_of(one), one.description)
            for one in _matching(self._assistants(), query)
        ]

    def _prompt_rows(self, query: str) -> list[Suggestion]:
        return [
            _suggestion(one, one.name, "slash", " ".join(one.text.split())[:120])
            for one in _matching(self._prompts(), query)
        ]

    def _edit_row(self, *, is_of_assistants: bool = True) -> Suggestion:
        words = self.tr("Edit assistants…") if is_of_assistants else self.tr("Edit prompts…")
        return _suggestion(is_of_assistants, words, "pencil")


def _suggestion(value: object, title: str, icon: IconName, detail: str = "") -> Suggestion:
    # The list is no part of the first picture.
    from chatapp.ui.composer_suggestions import Suggestion

    return Suggestion(value, title, icon, detail)


def _before(cursor: QTextCursor) -> tuple[str, bool]:
    """What stands before it in its line, and whether that is all of it."""
    begin = cursor.block().position()
    start = max(begin, cursor.position() - _LOOKED_AT)
    part = QTextCursor(cursor)
    part.setPosition(cursor.position())
    part.setPosition(start, QTextCursor.MoveMode.KeepAnchor)
    return part.selectedText(), start == begin


def _places(text: str) -> int:
    """How many places of a cursor it takes: Qt counts in units of UTF-16."""
    return len(text.encode("utf-16-le")) // 2


def _matching(entries: Sequence[T], query: str) -> list[T]:
    """Those that begin with it, then those in which a word does, then the others."""
    wanted = query.casefold()
    ranked = []
    for entry in entries:
        text = entry.name.casefold()
        if wanted in text:
            begins = any(word.startswith(wanted) for word in text.split())
            ranked.append((not text.startswith(wanted), not begins, entry))
    return [entry for _, _, entry in sorted(ranked, key=lambda rank: rank[:2])]
