"""How long 5,000 conversations in the sidebar keep the interface from answering.

    python -m tests.bench conversations

The whole window is used as a person does, with its storage and its background work. Each figure is
the longest time, in milliseconds, that one turn of the event loop took from the first key or click
until everything that came of it was done; the median of several runs. On a machine that does other
things as well the second figure, of the processor, says more.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.measure import Measure, runs

if TYPE_CHECKING:
    from concurrent.futures import Future

    from PySide6.QtCore import QPoint
    from PySide6.QtWidgets import QApplication

    from chatapp.app import Desktop
    from chatapp.paths import Paths
    from chatapp.storage.database import Database

CONVERSATIONS = 5_000
_FOLDERS = 40
_MANY = 500
_RUNS = runs(5, 1)
_BAR = "at most 50"
_DAY = 86_400
_QUIET = 0.15  # seconds without anything to do: then an interaction is over
_PATIENCE = 60.0  # seconds
_IDLE = 0.001
_WORDS = (
    *("interest", "savings", "landlord", "invoice", "Norway", "regex", "letter", "sourdough"),
    *("minutes", "lease", "birthday", "pension", "tax", "matrix", "translation", "summary"),
    *("储蓄", "计划", "利息", "合同", "lecture", "bicycle", "heating", "insurance"),
)


def run() -> list[Measure]:
    """In a process of its own, so that nothing else is on its main thread."""
    with tempfile.TemporaryDirectory(prefix="chatapp-bench-") as folder:
        command = [sys.executable, "-m", "tests.bench.conversations", folder]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    blocks: dict[str, list[tuple[float, float]]] = json.loads(done.stdout)
    figures = []
    for name, longest in blocks.items():
        clock, processor = (statistics.median(column) for column in zip(*longest, strict=True))
        figures.append(Measure(name, clock, "ms", len(longest), _BAR))
        figures.append(Measure("… of the processor", processor, "ms", len(longest), _BAR))
    return figures


def fill(database: Database, now: float) -> None:
    """Conversations of three years; every fifth is in a folder, every seventh has tags."""
    from chatapp.domain.conversation import MessageStatus, TitleSource
    from chatapp.domain.generation import GenerationParameters, Origin
    from chatapp.storage.conversations import Conversations
    from chatapp.storage.folders import Folders

    dice = random.Random(5)
    conversations, folders = Conversations(database), Folders(database)
    homes: list[int] = []
    for number in range(_FOLDERS):
        inside = homes[number // 3] if number >= _FOLDERS // 2 else None
        homes.append(folders.create(f"Folder {number}", inside).id)
    origin = Origin("alpha", "/models/alpha.gguf", GenerationParameters())
    database.execute("PRAGMA synchronous = OFF")
    ids = []
    for number in range(CONVERSATIONS):
        text = " ".join(dice.choices(_WORDS, k=40))
        begun, _, answer = conversations.begin_exchange(None, text, origin=origin, model_path=None)
        conversations.end_answer(
            answer.id, text=text * 4, status=MessageStatus.COMPLETE, origin=origin
        )
        title = f"{text[:30].title()} {number}"
        database.execute(
            "UPDATE conversations SET title = ?, title_source = ?, updated_at = ? WHERE id = ?",
            (title, TitleSource.AUTOMATIC, now - number * _DAY / 5, begun.id),
        )
        ids.append(begun.id)
    for number, home in enumerate(homes):
        conversations.move(ids[number * 5 :: 5 * _FOLDERS], home)
    for number in range(30):
        conversations.tag(ids[number * 7 :: 7 * 30], f"tag {number}", tagged=True)
    conversations.tag(ids[::7], "work", tagged=True)
    conversations.pin(ids[::400], pinned=True)
    database.execute("PRAGMA synchronous = FULL")


class Loop:
    """Turns the event loop by hand, and knows the longest turn."""

    def __init__(self, application: QApplication, desktop: Desktop) -> None:
        self._application = application
        self._desktop = desktop
        self.blocks: dict[str, list[tuple[float, float]]] = {}
        self._asked: Future[None] | None = None
        self._processor = 0.0  # the longest turn's share, in seconds

    def do(self, name: str, *steps: Callable[[], object]) -> None:
        """One interaction, which may have several steps; each is waited for."""
        self._processor = 0.0
        longest = max(self._follow(step) for step in steps)
        self.blocks.setdefault(name, []).append((longest * 1000, self._processor * 1000))

    def rest(self) -> None:
        """Let everything be done that is waiting."""
        self._follow(lambda: None)

    def _follow(self, step: Callable[[], object]) -> float:
        """What a key sets off is done in the turn of the key, before the next key is looked at."""
        longest = self._turn(step)
        begin = last = time.perf_counter()
        while time.perf_counter() - last < _QUIET or self._is_working():
            assert time.perf_counter() - begin < _PATIENCE, "it never ends"
            took = self._turn(lambda: None)
            longest = max(longest, took)
            if took > _IDLE:
                last = time.perf_counter()
            else:
                time.sleep(_IDLE)
        return longest

    def _turn(self, step: Callable[[], object]) -> float:
        from PySide6.QtCore import QCoreApplication, QEvent

        began, worked = time.perf_counter(), time.thread_time()
        step()
        self._application.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self._processor = max(self._processor, time.thread_time() - worked)
        return time.perf_counter() - began

    def _is_working(self) -> bool:
        """Without waiting for it, which would hide what the other threads take from this one."""
        services = self._desktop.services
        if services.session.running_conversations():
            return True
        if self._asked is None:
            self._asked = services.jobs.database.submit(lambda: None)
        if not self._asked.done():
            return True
        self._asked = None
        return self._turn(lambda: None) > _IDLE  # what came of it


class Stage:
    """The window with everything in it, and what a person does there."""

    def __init__(self, application: QApplication, paths: Paths) -> None:
        from chatapp.app import Desktop
        from chatapp.storage.database import Database
        from tests.fakes import FakeWorkers, fake_model

        paths.create()
        fake_model(paths.models, "alpha")
        database = Database(paths.database)
        fill(database, time.time())
        database.close()
        self.desktop = desktop = Desktop(application, paths, start_worker=FakeWorkers())
        self.window = desktop.window
        self.panel = desktop.window.panel
        self.sidebar = self.panel.sidebar
        self.view = self.sidebar.view
        self.model = self.panel.model
        self.loop = Loop(application, desktop)
        desktop.show()
        self.loop.rest()
        assert len(self.model.conversations) == CONVERSATIONS
        # What is made while nothing is done is no part of any interaction.
        end = time.perf_counter() + 3
        while time.perf_counter() < end:
            self.loop.rest()

    def run(self) -> dict[str, list[tuple[float, float]]]:
        """Every interaction, several times."""
        for _ in range(_RUNS):
            self._look()
            self._search()
            self._open()
            self._file()
            self._delete()
            self._dress()
            self.loop.do("collect garbage", *[self.desktop._garbage._collect] * 3)
        return self.loop.blocks

    # Interactions

    def _look(self) -> None:
        do, bar = self.loop.do, self.view.verticalScrollBar()
        do("list again", self.panel.reload)
        self.model.set_conversations([])
        do("first list", self.panel.reload)
        far = range(0, bar.maximum(), max(1, bar.maximum() // 30))
        do("scroll", *(lambda at=at: bar.setValue(at) for at in far))
        bar.setValue(0)
        do("move the pointer", *(lambda y=y: self._hover(y) for y in range(20, 600, 60)))
        folder = next(row.folder.id for row in self.model.rows if row.folder is not None)
        place = self.model.row_of_folder(folder)
        assert place is not None
        do("open a folder", lambda: self._click(place))
        do("close a folder", lambda: self._click(place))

    def _search(self) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        self.sidebar.focus_search()
        field = self.window.focusWidget()
        keys = lambda text: [lambda key=key: QTest.keyClicks(field, key) for key in text]  # noqa: E731
        self.loop.do("search by typing", *keys("interest nor"))
        self.loop.do("open what was found", lambda: QTest.keyClick(field, Qt.Key.Key_Return))
        self.loop.do("end a search", self.sidebar.clear_search)
        self.loop.do("filter by a tag", *keys("#tag 12"))
        self.loop.do("end the filter", self.sidebar.clear_search)

    def _open(self) -> None:
        rows = [n for n, row in enumerate(self.model.rows) if row.conversation is not None]
        self.loop.do("open a conversation", *(lambda n=n: self._click(n) for n in rows[100::1500]))
        pane = self.window.pane
        self.loop.do("a new answer", lambda: pane.composer.send_requested.emit("Go on", ()))
        actions = self.window.actions_of_window
        self.loop.do("new conversation", actions.new_conversation.trigger)

    def _file(self) -> None:
        from chatapp.ui.filing_wishes import PutInto, SetArchived, SetPinned, SetTag

        do, wish = self.loop.do, self.panel.filing.do
        self.view.setFocus()
        do("select all", self.view.selectAll)
        do("begin to drag all", lambda: self.view._picture(self.view.carried()))
        do("drag all over the list", *self._drag())
        do("select one", self.view.select_one)
        ids = self._many()
        home = self.model.folders[-1].id
        do(f"select {_MANY}", lambda: self._select(ids))
        do(f"put {_MANY} into a folder", lambda: wish(PutInto(ids, home)))
        do("undo that", self._undo)
        do(f"tag {_MANY}", lambda: wish(SetTag(ids, "new")))
        do(f"untag {_MANY}", lambda: wish(SetTag(ids, "new", tagged=False)))
        do(f"pin {_MANY}", lambda: wish(SetPinned(ids)))
        do(f"unpin {_MANY}", lambda: wish(SetPinned(ids, pinned=False)))
        do(f"archive {_MANY}", lambda: wish(SetArchived(ids)))
        do("open the archive", self.sidebar.open_archive)
        do("back to the list", self.sidebar.close_trash)
        do(f"take {_MANY} out of the archive", lambda: wish(SetArchived(ids, archived=False)))
        do("the menu of all", self._open_menu)

    def _delete(self) -> None:
        from chatapp.ui.filing_wishes import Trash

        ids = self._many()
        self.loop.do(f"delete {_MANY}", lambda: self.panel.filing.do(Trash(ids)))
        self.loop.do("undo the deletion", self._undo)
        every = tuple(c.id for c in self.model.conversations)
        self.loop.do("delete all", lambda: self.panel.filing.do(Trash(every)))
        self.loop.do("undo that deletion", self._undo)

    def _dress(self) -> None:
        change = self.desktop.services.settings.change
        self.loop.do("another theme", lambda: change(theme="dark"), lambda: change(theme="light"))
        self.loop.do("another language", lambda: change(language="zh_CN"))
        self.loop.do("and back", lambda: change(language="en"))

    # Parts

    def _many(self) -> tuple[int, ...]:
        shown = [row.conversation for row in self.model.rows]
        return tuple(c.id for c in shown if c is not None and not c.pinned)[:_MANY]

    def _select(self, ids: tuple[int, ...]) -> None:
        from PySide6.QtCore import QItemSelection, QItemSelectionModel

        first, last = self.model.row_of(ids[0]), self.model.row_of(ids[-1])
        assert first is not None
        assert last is not None
        rows = QItemSelection(self.model.index(first), self.model.index(last))
        self.view.selectionModel().select(rows, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def _click(self, row: int) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        index = self.model.index(row)
        self.view.scrollTo(index)
        at = self.view.visualRect(index).center()
        QTest.mouseClick(self.view.viewport(), Qt.MouseButton.LeftButton, pos=at)

    def _hover(self, y: int) -> None:
        from PySide6.QtTest import QTest

        QTest.mouseMove(self.view.viewport(), self._at(y))

    def _drag(self) -> Iterator[Callable[[], None]]:
        from PySide6.QtCore import Qt
        from PySide6.QtGui import QDragMoveEvent

        from chatapp.ui.conversation_drag import mime_of

        data = mime_of(self.view.carried())

        def move(y: int) -> None:
            button, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
            action = Qt.DropAction.MoveAction
            self.view.dragMoveEvent(QDragMoveEvent(self._at(y), action, data, button, keys))

        yield from (lambda y=y: move(y) for y in range(20, 600, 40))  # type: ignore[misc]

    def _at(self, y: int) -> QPoint:
        from PySide6.QtCore import QPoint

        return QPoint(100, y)

    def _open_menu(self) -> None:
        from PySide6.QtWidgets import QApplication

        self.view.selectAll()
        row = next(row for row in self.model.rows if row.conversation is not None)
        self.sidebar._open_menu(row, self.view.mapToGlobal(self._at(100)))
        popup = QApplication.activePopupWidget()
        assert popup is not None
        popup.close()
        self.view.select_one()

    def _undo(self) -> None:
        self.window.toast.button.click()


def main(home: Path) -> int:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from chatapp.app import create_application
    from chatapp.paths import Paths

    application = create_application()
    stage = Stage(application, Paths.under(home))
    blocks = stage.run()
    stage.desktop.close()
    json.dump(blocks, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
