"""Somebody who does anything at any time, without waiting for what comes of it.

`Monkey` keeps to what a person does on purpose, so that each of its messages can be looked for at
the end. `WildMonkey` also clicks and types anywhere, in all windows, whatever happens to be there.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from chatapp.chat.events import AnswerStarted, SessionEvent
from chatapp.errors import OutOfMemory
from chatapp.storage.database import Row
from chatapp.ui.filing_wishes import Restore
from tests.fakes import DIE, WAIT, Fails
from tests.window import Window

_NO_KEYS = Qt.KeyboardModifier.NoModifier
_RICH = (
    "# Interest\n\n| year | value |\n|---|--:|\n| 1 | 2,400 |\n| 2 | 4,872 |\n\n",
    "```python\ndef value(n):\n    return n * 1.03  # a year\n```\n\n",
    "The value is $\\frac{r^n - 1}{r}$, and\n\n$$\\sum_{i=0}^{n} r^i$$\n\n",
    "- one\n- two\n  - **three** and `four`\n\n> 十年后共有两万七千九百四十八元。\n\n",
)
_KEYS = (
    *(Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Space),
    *(Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home),
    *(Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Delete, Qt.Key.Key_F2),
    *(Qt.Key.Key_F3, Qt.Key.Key_Backspace, Qt.Key.Key_Menu, Qt.Key.Key_A, Qt.Key.Key_C),
    *(Qt.Key.Key_V, Qt.Key.Key_Z, Qt.Key.Key_F, Qt.Key.Key_K, Qt.Key.Key_N, Qt.Key.Key_Comma),
)
_MODIFIERS = (
    *3 * (_NO_KEYS,),
    *2 * (Qt.KeyboardModifier.ControlModifier,),
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
_PASTED = ("a few words", "line\n" * 200, "word " * 2000, "十年" * 500, "| a | b |\n|---|---|\n")
# What leaves the window, or asks the system for something.
_NEVER = {
    *("application.quit", "application.logs", "application.quick-ask", "conversation.attach"),
    *("model.add", "answer.read-aloud"),
}


class Monkey:
    """Its messages are "message 1" and so on; `number` is that of the last one."""

    def __init__(self, window: Window, seed: int) -> None:
        self._window = window
        self._random = random.Random(seed)
        self.number = 0
        actions = window.actions
        self._actions: list[tuple[int, Callable[[], object]]] = [
            (8, self._send),
            (5, actions.new_conversation.trigger),
            (8, self._open),
            (5, lambda: window.key(Qt.Key.Key_Escape)),
            (4, actions.retry.trigger),
            (4, actions.continue_answer.trigger),
            (3, actions.rename.trigger),
            (3, self._rename_in_list),
            (3, lambda: window.type("ab")),
            (3, self._press_return),
            (2, lambda: self._press(Qt.Key.Key_Tab)),
            (3, actions.pin.trigger),
            (4, actions.trash.trigger),
            (4, self._undo),
            (2, self._toggle_trash),
            (2, self._restore),
            (3, self._search),
            (2, actions.search.trigger),
            (2, actions.show_assistants.trigger),
            (2, actions.branches.trigger),
            (2, actions.parameters.trigger),
            (2, actions.previous_version.trigger),
            (2, self._theme),
            (4, lambda: window.main.resize(self._random.randint(640, 1400), 600)),
            (3, actions.toggle_sidebar.trigger),
            (2, self._choose_model),
            (3, window.workers.release),
            (2, window.workers.kill),
            (6, lambda: window.wait(lambda: True)),
            (4, window.settle),
        ]

    def act(self) -> None:
        # Qt's own dialog answers a name that is not there with a message that waits for a click.
        for dialog in self._window.main.findChildren(QFileDialog):
            dialog.reject()
        weights = [weight for weight, _ in self._actions]
        number = self._random.choices(range(len(weights)), weights)[0]
        self._actions[number][1]()

    def come_to_rest(self) -> None:
        """Let every answer end."""
        window = self._window
        for _ in range(100):
            window.workers.release()
        window.settle()
        window.wait(lambda: not window.session.running_conversations())

    def _send(self) -> None:
        window = self._window
        self.number += 1
        text = f"message {self.number}"
        steps = self._random.choice(
            (
                ("ok",),
                ("a ", "b ", WAIT, "c"),
                ("x", DIE),
                ("y", Fails(OutOfMemory("m", "no"))),
                tuple(f"{n} " for n in range(60)),
            )
        )
        window.workers.script_answer(*steps)
        # What came back to the composer meanwhile is sent along.
        window.composer.set_text(f"{window.composer.text()}\n{text}".strip())
        window.composer.focus()
        self._press_return()

    def _press_return(self) -> None:
        self._press(Qt.Key.Key_Return)

    def _press(self, key: Qt.Key) -> None:
        self._window.key(key)
        # An editor in the list leaves the rest for later, but no key comes in between.
        editing = self._window.sidebar.view.itemDelegate()
        QApplication.sendPostedEvents(editing, QEvent.Type.MetaCall)

    def _search(self) -> None:
        self._window.sidebar.focus_search()
        self._window.sidebar.search_field.setText(self._random.choice(("me", "", "q")))

    def _any_listed(self) -> int | None:
        rows = [r.conversation.id for r in self._window.list.rows if r.conversation]
        return self._random.choice(rows) if rows else None

    def _open(self) -> None:
        number = self._any_listed()
        if number is not None and not self._window.sidebar.is_trash_open:
            self._window.sidebar.conversation_selected.emit(number)

    def _rename_in_list(self) -> None:
        number = self._any_listed()
        if number is not None:
            self._window.sidebar._rename(number)

    def _undo(self) -> None:
        toast = self._window.main.toast
        if toast.isVisible() and toast.button.isVisible():
            toast.button.click()

    def _toggle_trash(self) -> None:
        sidebar = self._window.sidebar
        if sidebar.is_trash_open:
            sidebar.close_trash()
        else:
            sidebar.open_trash()

    def _restore(self) -> None:
        number = self._any_listed()
        if number is not None and self._window.sidebar.is_trash_open:
            self._window.sidebar.wished.emit(Restore((number,)))

    def _theme(self) -> None:
        self._random.choice(self._window.actions.themes.actions()).trigger()

    def _choose_model(self) -> None:
        model = self._window.services.library.find(self._random.choice(("alpha", "beta")))
        self._window.main.models.choose(model)


class WildMonkey(Monkey):
    """Clicks and types anywhere too. `last` tells what it did.

    `asked` are the questions that were stored, by id, but for those that were deleted for good.
    What waits for a click in a dialog or menu is closed now and then.
    """

    def __init__(self, window: Window, seed: int, folder: Path) -> None:
        super().__init__(window, seed)
        self.last: list[str] = []
        self.asked: dict[int, str] = {}
        self._folder = folder
        for action in window.actions.all():
            if action.id in _NEVER:
                action.setEnabled(False)
                action.setVisible(False)
        self._nowhere = _Nowhere()
        for scheme in ("http", "https", "file", "mailto"):
            QDesktopServices.setUrlHandler(scheme, self._nowhere, "open")
        # Where a dialog keeps a deed from ending, this ends the dialog.
        self._closer = QTimer(interval=2000)
        self._closer.timeout.connect(self._close_what_waits)
        self._closer.start()
        self._note_deletions()
        window.session.subscribe(self._on_event)
        self._actions += [
            (8, self._send_at_once),
            (25, self._click),
            (12, self._press_anything),
            (6, self._type_anywhere),
            (14, self._any_action),
            (5, self._scroll),
            (3, self._paste),
            (3, self._attach),
            (3, self._rich_answer),
            (2, self._settings),
        ]

    def act(self) -> None:
        for dialog in QApplication.topLevelWidgets():
            if isinstance(dialog, QFileDialog):
                dialog.reject()
        if not self._window.main.isVisible():  # a close button of some kind
            self._window.main.show()
        if self._random.random() < 0.15:
            self._close_what_waits()
        super().act()
        self._closer.start()

    def stop(self) -> None:
        """Let go of everything, and close what it opened."""
        self._closer.stop()
        for scheme in ("http", "https", "file", "mailto"):
            QDesktopServices.unsetUrlHandler(scheme)
        for widget in QApplication.topLevelWidgets():
            if widget is not self._window.main and widget.isVisible():
                widget.close()
        QGuiApplication.clipboard().clear()

    # Deeds

    def _send_at_once(self) -> None:
        """Go back to the chat for it: most clicks lead away from there."""
        self._close_what_waits()
        self._window.main.activateWindow()
        self._window.actions.show_chat.trigger()
        self._send()

    def _click(self) -> None:
        windows = [w for w in QApplication.topLevelWidgets() if w.isVisible() and w.isEnabled()]
        top = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        window = top or self._random.choice(windows)
        at = QPoint(
            self._random.randrange(max(1, window.width())),
            self._random.randrange(max(1, window.height())),
        )
        widget = window.childAt(at) or window
        self._note("click", widget)
        button = self._random.choice(
            (*4 * (Qt.MouseButton.LeftButton,), Qt.MouseButton.RightButton)
        )
        place = widget.mapFrom(window, at)
        if self._random.random() < 0.1:
            QTest.mouseDClick(widget, button, _NO_KEYS, place)
        else:
            QTest.mouseClick(widget, button, _NO_KEYS, place)

    def _press_anything(self) -> None:
        widget = self._focused()
        key, modifiers = self._random.choice(_KEYS), self._random.choice(_MODIFIERS)
        self._note(f"press {key.name} {modifiers.name}", widget)
        QTest.keyClick(widget, key, modifiers)

    def _type_anywhere(self) -> None:
        widget = self._focused()
        text = self._random.choice(("me", "the sea", "@", "/", "# a", "12", "{{x}}", "[]("))
        self._note(f"type {text!r}", widget)
        QTest.keyClicks(widget, text)

    def _any_action(self) -> None:
        enabled = [action for action in self._window.actions.all() if action.isEnabled()]
        action = self._random.choice(enabled)
        self._note(f"trigger {action.id}", self._window.main)
        action.trigger()

    def _scroll(self) -> None:
        bar = self._window.pane.transcript.verticalScrollBar()
        bar.setValue(self._random.randint(0, bar.maximum()))

    def _paste(self) -> None:
        QGuiApplication.clipboard().setText(self._random.choice(_PASTED))
        self._window.composer.focus()
        QTest.keyClick(self._focused(), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)

    def _attach(self) -> None:
        path = self._folder / f"notes-{self._random.randrange(5)}.txt"
        path.write_text("Some notes.\n" * self._random.randrange(1, 500), encoding="utf-8")
        self._window.composer.add_files([path])

    def _rich_answer(self) -> None:
        text = "".join(self._random.choices(_RICH, k=6))
        pieces = [text[at : at + 12] for at in range(0, len(text), 12)]
        self._window.workers.script_answer(*pieces)

    def _settings(self) -> None:
        change = self._random.choice(
            (
                {"text_zoom": self._random.choice((80, 100, 130, 200))},
                {"language": self._random.choice(("en", "zh_CN"))},
                {"reduced_motion": self._random.random() < 0.5},
                {"column_width": self._random.choice(("narrow", "medium", "full"))},
                {"pin_question": self._random.random() < 0.5},
                {"enter_sends": True},
            )
        )
        self._window.services.settings.change(**change)

    # Around

    def _focused(self) -> QWidget:
        popup = QApplication.activePopupWidget()
        return popup or QApplication.focusWidget() or self._window.main

    def _note(self, what: str, widget: QWidget) -> None:
        self.last.append(f"{what} at {type(widget).__name__} {widget.objectName()}".strip())
        del self.last[:-50]

    def _close_what_waits(self) -> None:
        widget = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if widget is not None:
            widget.close()

    def _on_event(self, event: SessionEvent) -> None:
        if isinstance(event, AnswerStarted) and not event.conversation.is_temporary:
            question = event.question
            if question is not None:
                self.asked[question.id] = question.text

    def _note_deletions(self) -> None:
        """What is deleted for good is not lost."""
        session, database = self._window.session, self._window.services.database
        delete, empty = session.delete, session.empty_trash

        def forget(rows: list[Row]) -> None:
            for (number,) in rows:
                self.asked.pop(number, None)

        def note_delete(conversation_id: int) -> None:
            sql = "SELECT id FROM messages WHERE conversation_id = ?"
            forget(database.execute(sql, (conversation_id,)))
            delete(conversation_id)

        def note_empty() -> None:
            sql = """
                SELECT m.id FROM messages m JOIN conversations c ON c.id = m.conversation_id
                WHERE m.deleted_at IS NOT NULL OR c.deleted_at IS NOT NULL
            """
            forget(database.execute(sql))
            empty()

        session.delete = note_delete  # type: ignore[method-assign]
        session.empty_trash = note_empty  # type: ignore[method-assign]


class _Nowhere(QObject):
    """Opens nothing."""

    @Slot(QUrl)
    def open(self, address: QUrl) -> None:
        del address
