from __future__ import annotations

import gc
import threading
import weakref

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from chatapp.ui.garbage import GarbageCollector


class Loop:
    def __init__(self) -> None:
        self.itself = self


def test_other_threads_collect_nothing_and_the_main_thread_does(qtbot: QtBot) -> None:
    collector = GarbageCollector(lambda: False)
    loop = weakref.ref(Loop())
    thread = threading.Thread(target=lambda: [Loop() for _ in range(20_000)])
    thread.start()
    thread.join()
    assert loop() is not None
    for _ in range(3):
        collector._collect()
    assert loop() is None
    collector.close()
    assert gc.isenabled()


def test_a_full_collection_waits_while_an_answer_is_written(qtbot: QtBot) -> None:
    busy = [True]
    collector = GarbageCollector(lambda: busy[0])
    old = Loop()
    gc.collect()  # makes it old
    reference = weakref.ref(old)
    del old
    for _ in range(3):
        collector._collect()
    assert reference() is not None
    busy[0] = False
    for _ in range(3):
        collector._collect()
    assert reference() is None
    collector.close()


def test_closing_twice_is_harmless(qtbot: QtBot) -> None:
    collector = GarbageCollector(lambda: False)
    collector.close()
    collector.close()
    assert isinstance(collector, QObject)
