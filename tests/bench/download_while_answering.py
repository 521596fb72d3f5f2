"""A download beside a streaming answer: what it costs the answer, and whether the window stops.

One long answer is cut into windows of five seconds, by turns without and with bytes that arrive.
Each window with them is compared with those before and after it, because an answer gets slower the
longer it is. The first second of each window is not counted: it still belongs to the one before.
Where something else than all this used the processors, a comparison is not counted either, but at
a first look.

The interface is the page of the downloads on a screen that nobody sees, in the main thread as in
the application; a timer tells how long that thread did nothing else than something else.
"""

from __future__ import annotations

import math
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import harmonic_mean

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psutil
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from chatapp.domain.download import Order
from chatapp.domain.hub import Access, RepoFile
from chatapp.engine.messages import LoadOptions
from chatapp.hub.client import HubClient
from chatapp.hub.downloads import Downloads
from chatapp.hub.pace import Pace
from chatapp.paths import Paths
from chatapp.services import ModelServices
from chatapp.ui.bridge import MainThread
from chatapp.ui.models_page.download_panel import DownloadPanel
from chatapp.ui.theme import Appearance, ThemeChoice
from tests.bench.application import GREEDY, Application, Asked
from tests.bench.hub_process import HubProcess
from tests.bench.measure import (
    PAIRS,
    QUICK,
    Measure,
    median,
    note,
    percentile,
    ratio,
    runs,
    wait_until_quiet,
)
from tests.bench.prompts import endless

_REPO = "org/Bench-GGUF"
_FILE = "Bench-Q4_K_M.gguf"
_SIZE = 1_000_000_000  # bytes, all of them zeros that the disk of the Hub does not hold
_FAST_NETWORK = 12_500_000  # bytes a second
_TRICKLE = 2  # bytes a second: the connection stays
_WINDOWS = runs(7, 3)  # the first and the last one are without a download
_UNCOUNTED = 1.0  # seconds
_COUNTED = 4.0
_DISTURBED = math.inf if QUICK else 0.15  # of one processor, by anything else
_BEAT = 5  # milliseconds
_MEGABYTE = 1e6


@dataclass(frozen=True)
class _Window:
    """What was seen in one window; `others` is the share of a processor that something else had."""

    speed: float  # tokens/s
    received: float  # MB/s
    beats: list[float]  # ms
    others: float


@dataclass
class _Compared:
    """The windows with a download that count, the ones beside them, and their ratios."""

    having: list[_Window] = field(default_factory=list)
    without: list[_Window] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)

    def add(self, windows: list[_Window]) -> None:
        """Windows of one answer, every other one with a download."""
        for before, between, after in list(zip(windows, windows[1:], windows[2:], strict=False))[
            ::2
        ]:
            if max(before.others, between.others, after.others) <= _DISTURBED:
                self.having.append(between)
                self.without += (before, after)
                # The time for a token grows evenly.
                usual = harmonic_mean((before.speed, after.speed))
                self.ratios.append(between.speed / usual)


class _Processors:
    """How busy they are with anything but this process and those that it started."""

    def __init__(self) -> None:
        self._at = time.perf_counter()
        self._all, self._ours = self._times()

    def others(self) -> float:
        """Seconds of all processors in each second since this object was made."""
        everything, ours = self._times()
        seconds = time.perf_counter() - self._at
        return (everything - self._all - (ours - self._ours)) / seconds

    def _times(self) -> tuple[float, float]:
        times = psutil.cpu_times()
        idle = times.idle + getattr(times, "iowait", 0.0)
        guests = getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0)  # counted twice
        me = psutil.Process()
        ours = [process.cpu_times() for process in (me, *me.children(recursive=True))]
        return sum(times) - idle - guests, sum(each.user + each.system for each in ours)


class _Screen:
    """The main thread's event loop, and how long it left a timer waiting."""

    def __init__(self) -> None:
        existing = QApplication.instance()
        self.application = existing if isinstance(existing, QApplication) else QApplication([])
        resources = Paths.default().resources
        self.appearance = Appearance(self.application, resources, ThemeChoice.LIGHT)
        self.main_thread = MainThread()
        self._gaps: list[float] = []
        self._last = 0.0
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_BEAT)
        self._timer.timeout.connect(self._beat)

    def live(self, seconds: float) -> list[float]:
        """Run for a while; returns the milliseconds between two beats."""
        self._gaps = []
        self._last = time.perf_counter()
        self._timer.start()
        QTimer.singleShot(round(seconds * 1000), self.application.quit)
        self.application.exec()
        self._timer.stop()
        return self._gaps

    def live_until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            self.live(0.1)

    def _beat(self) -> None:
        now = time.perf_counter()
        self._gaps.append((now - self._last) * 1000)
        self._last = now


def run() -> list[Measure]:
    """A download that the network limits, and one that only Chatapp itself limits."""
    measures = []
    screen = _Screen()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "hub" / _REPO / _FILE
        source.parent.mkdir(parents=True)
        with source.open("wb") as file:
            file.truncate(_SIZE)
        with HubProcess(folder / "hub") as hub, Application(LoadOptions()) as application:
            hub.be_patient()
            for text, rate, bar in (
                ("12.5 MB/s by the network", _FAST_NETWORK, "≥ 0.95"),
                ("no limit but its own", None, "≥ 0.85"),
            ):
                compared = _Compared()
                for number in range(max(1, PAIRS // 5)):
                    compared.add(_run(screen, application, hub, folder / f"{text} {number}", rate))
                measures += _measures(text, compared, bar)
    return measures


def _measures(text: str, compared: _Compared, bar: str) -> list[Measure]:
    if not compared.ratios:
        note(f"{text}: the machine was busy with something else all the time")
        return []
    beats, quiet_beats = (
        [gap for window in windows for gap in window.beats]
        for windows in (compared.having, compared.without)
    )
    return [
        median(f"{text}: tokens meanwhile", [w.speed for w in compared.having], "tokens/s"),
        median(f"{text}: bytes meanwhile", [w.received for w in compared.having], "MB/s"),
        *ratio(f"{text}: tokens with to without", compared.ratios, bar, ""),
        percentile(f"{text}: main thread, 99.9 %", beats, 99.9, "ms"),
        percentile(f"{text}: main thread, longest", beats, 100, "ms", "≤ 50"),
        percentile(f"{text}: main thread, longest without", quiet_beats, 100, "ms"),
    ]


def _run(
    screen: _Screen,
    application: Application,
    hub: HubProcess,
    home: Path,
    rate: int | None,
) -> list[_Window]:
    """One answer with a download beside it."""
    asked: Asked | None = None
    windows: list[_Window] = []

    def is_answering() -> bool:
        return asked is not None and not asked.done.is_set()

    hub.limit(_TRICKLE)
    with _downloading(screen, hub.endpoint, home, is_answering) as downloads:
        screen.live_until(lambda: downloads.items[0].done > 0)
        wait_until_quiet()
        prompt = endless()
        asked, generation = application.begin(
            prompt.turns, replace(GREEDY, max_tokens=None), prefill=prompt.prefill
        )
        screen.live_until(asked.writing.is_set)
        for number in range(_WINDOWS):
            hub.limit(rate if number % 2 else _TRICKLE)
            screen.live(_UNCOUNTED)
            processors = _Processors()
            begin, written, done = time.perf_counter(), asked.written, downloads.items[0].done
            beats = screen.live(_COUNTED)
            seconds = time.perf_counter() - begin
            windows.append(
                _Window(
                    (asked.written - written) / seconds,
                    (downloads.items[0].done - done) / seconds / _MEGABYTE,
                    beats,
                    processors.others(),
                )
            )
        assert not asked.done.is_set(), "the answer ended early"
        generation.stop()
        screen.live_until(asked.done.is_set)
    for window in windows:
        note(
            f"{window.speed:6.1f} tokens/s, {window.received:5.1f} MB/s, longest gap "
            f"{max(window.beats):5.1f} ms, others {window.others:.2f} processors"
        )
    return windows


@contextmanager
def _downloading(
    screen: _Screen, endpoint: str, home: Path, is_answering: Callable[[], bool]
) -> Iterator[Downloads]:
    """The application's downloads with one of them at work, and their page."""
    post = screen.main_thread.post
    services = ModelServices(Paths.under(home), post=post)
    client = HubClient(lambda: Access(endpoint), services.network)
    downloads = services.open_downloads(
        lambda: Access(endpoint), client, pace=Pace(is_answering=is_answering)
    )
    panel = DownloadPanel(screen.appearance, downloads, services.library, services.jobs, post)
    panel.tab.resize(1100, 800)
    panel.tab.show()
    downloads.add(Order(_REPO, (RepoFile(_FILE),)))
    try:
        yield downloads
    finally:
        panel.stop()
        downloads.close()
        client.close()
        services.close()
        panel.tab.close()
