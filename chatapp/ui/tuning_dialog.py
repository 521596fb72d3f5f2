"""What was measured of a model on this computer, as a table, and the way to measure it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QLocale, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from chatapp.domain.tuning import DEPTH
from chatapp.ui.i18n import Translated
from chatapp.ui.widgets.bounded_area import BoundedArea
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.dialog import Dialog
from chatapp.ui.widgets.progress_bar import ProgressBar
from chatapp.ui.widgets.text_label import TextColor, TextLabel
from chatapp.ui.words import duration, joined, moment, percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.domain.model import ModelFile
    from chatapp.domain.tuning import Tuning, TuningRow
    from chatapp.ui.theme import Appearance

_WIDTH = 620
_ROW = 28
_MOST_HEIGHT = 320


class TuningDialog(Translated, Dialog):
    """Shows the table, grows it while it is measured; closing it goes on measuring.

    Signals: `start_requested()`, `stop_requested()`.
    """

    start_requested = Signal()
    stop_requested = Signal()

    def __init__(
        self, appearance: Appearance, model: ModelFile, parent: QWidget | None = None
    ) -> None:
        super().__init__(appearance, "", "", parent)
        self.model = model
        self._tuning: Tuning | None = None
        self._progress: tuple[float, float | None] = (0.0, None)  # how far, and seconds left
        self._failure = ""
        self.table = TuningTable(appearance)
        self._area = BoundedArea(appearance, self.table, _MOST_HEIGHT)
        self.state = TextLabel(appearance, "", "small", "text_muted", wrap=True)
        self.progress = ProgressBar(appearance, "")
        self.progress.hide()
        self.add_widget(self.state)
        self.add_widget(self.progress)
        self.add_widget(self._area)
        self._units = TextLabel(appearance, "", "caption", "text_muted", wrap=True)
        self._body.addWidget(self._units)
        self._is_running = False
        self.measure = Button(appearance, "")
        self._left_buttons.addWidget(self.measure)
        self.measure.clicked.connect(self._on_measure)
        self.close_button = self.add_button("", safe=True)
        self._translate()
        self.show_tuning(None)
        appearance.resized.connect(self._fit)

    def show_tuning(self, tuning: Tuning | None) -> None:
        """What was measured before; None for nothing."""
        self._end()
        self._tuning, self._failure = tuning, ""
        self.table.show_rows(tuning.measured if tuning is not None else (), tuning)
        self._show_state()
        self._fit()

    def show_progress(
        self, fraction: float, rows: Sequence[TuningRow], seconds_left: float | None = None
    ) -> None:
        """It is being measured: how far, from 0 to 1, and the table so far."""
        self._is_running = True
        self._progress = (fraction, seconds_left)
        self.progress.show()
        self.progress.set_fraction(fraction)
        self._show_state()
        if len(rows) != len(self.table.rows):
            self.table.show_rows(rows, None)
            self._fit()

    def show_failure(self, sentence: str) -> None:
        """It could not be measured; what was known before stays."""
        self._end()
        self._failure = sentence
        self._show_state()

    def sizeHint(self) -> QSize:
        layout = self.layout()
        margins = self.contentsMargins() if layout is None else layout.contentsMargins()
        needed = self.table.minimumSizeHint().width() + margins.left() + margins.right()
        width = max(self._appearance.width(_WIDTH), needed)
        return QSize(width, layout.totalHeightForWidth(width) if layout is not None else 0)

    def event(self, event: QEvent) -> bool:
        is_done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self.resize(self.size().expandedTo(self.sizeHint()))  # words take more than before
        return is_done

    def _translate(self) -> None:
        self.set_words(
            self.tr("Tune {model} for this computer").format(model=self.model.name),
            self.tr(
                "It measures which settings answer fastest here. That takes about a minute; your "
                "questions come first."
            ),
        )
        self.progress.setAccessibleName(self.tr("Measuring"))
        self._units.setText(self.tr("In tokens per second."))
        self.close_button.setText(self.tr("Close"))
        self._show_state()

    def _show_state(self) -> None:
        if self._is_running:
            fraction, seconds_left = self._progress
            words = self.tr("Measuring, {percent}").format(percent=percent(fraction))
            if seconds_left is not None:
                left = self.tr("about {time} left").format(time=duration(seconds_left))
                words = joined(words, left)
            button = self.tr("Stop")
        elif self._failure:
            words, button = self._failure, self.tr("Try again")
        elif self._tuning is None:
            words = self.tr("Not measured yet: all but one of the cores are used.")
            button = self.tr("Measure")
        else:
            words, button = self._summary(self._tuning), self.tr("Measure again")
        self.state.setText(words)
        self.measure.setText(button)

    def _on_measure(self) -> None:
        if self._is_running:
            self.stop_requested.emit()
        else:
            self.show_progress(0.0, ())
            self.start_requested.emit()

    def _end(self) -> None:
        self._is_running = False
        self.progress.hide()

    def _fit(self) -> None:
        self._units.setVisible(bool(self.table.rows))
        self._area.fit(self.table.full_height)
        self.resize(self.sizeHint())

    def _summary(self, tuning: Tuning) -> str:
        flash = self.tr("with flash attention")
        if not tuning.flash_attention:
            flash = self.tr("without flash attention")
        elif tuning.flash_attention_until is not None:
            flash = self.tr("with flash attention in short conversations")
        pattern = self.tr("Measured {time}: %Ln thread(s), {flash}.", "", tuning.threads)
        return pattern.format(time=moment(tuning.at), flash=flash)


class TuningTable(Translated, QWidget):
    """A line for each setting with its speeds; the chosen one is filled."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self.rows: tuple[TuningRow, ...] = ()
        self.best: frozenset[int] = frozenset()  # the lines that the settings come from
        self._labels: list[TextLabel] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(8, 0, 8, 0)
        self._grid.setHorizontalSpacing(20)
        self._grid.setVerticalSpacing(0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self._tuning: Tuning | None = None
        self._translate()
        appearance.changed.connect(self.update)

    def show_rows(self, rows: Sequence[TuningRow], tuning: Tuning | None) -> None:
        """Show these; the one that `tuning` speaks for is marked."""
        self.rows, self._tuning = tuple(rows), tuning
        self.best = frozenset(
            place for place, row in enumerate(rows) if tuning is not None and _is(row, tuning)
        )
        for label in self._labels:
            label.hide()
            label.deleteLater()
        self._labels = []
        if rows:
            deep = self.tr("Writes after {count}").format(count=QLocale().toString(DEPTH))
            head = (
                *(self.tr("Threads"), self.tr("Flash attention"), self.tr("Batch")),
                *(self.tr("Writes"), deep, self.tr("Reads"), ""),
            )
            self._add_line(0, head, is_head=True)
        for place, row in enumerate(self.rows):
            best = self.tr("Best") if place in self.best else ""
            self._add_line(place + 1, (*self._cells(row), best), is_best=place in self.best)
        self.updateGeometry()
        self.update()

    def _translate(self) -> None:
        self.setAccessibleName(self.tr("What was measured"))
        self.show_rows(self.rows, self._tuning)

    @property
    def full_height(self) -> int:
        """Of all lines. A layout doesn't count those that are about to be shown."""
        return (len(self.rows) + 1) * self._appearance.height(_ROW) if self.rows else 0

    def cells(self, place: int) -> list[str]:
        """The words of a line; 0 is the head."""
        width = self._grid.columnCount()
        return [label.text() for label in self._labels[place * width : (place + 1) * width]]

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        painter = QPainter(self)
        for place in range(len(self.rows) + 1 if self.rows else 0):
            line = self._grid.cellRect(place, 0)
            if place - 1 in self.best:
                painter.fillRect(0, line.top(), self.width(), line.height(), theme.selected)
            painter.fillRect(0, line.bottom(), self.width(), 1, theme.border)

    def _add_line(
        self, at: int, words: Sequence[str], *, is_head: bool = False, is_best: bool = False
    ) -> None:
        last = len(words) - 1
        for column, text in enumerate(words):
            color: TextColor = "text_muted" if is_head else "text"
            if is_best and column == last:
                color = "success"
            label = TextLabel(
                self._appearance,
                text,
                "small",
                color,
                bold=is_best,
                tabular=True,
            )
            self._appearance.fit(label, self._set_height)
            is_number = column not in (1, last)
            side = Qt.AlignmentFlag.AlignRight if is_number else Qt.AlignmentFlag.AlignLeft
            label.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            self._grid.addWidget(label, at, column)
            self._labels.append(label)

    def _set_height(self, label: QWidget) -> None:
        label.setFixedHeight(self._appearance.height(_ROW))

    def _cells(self, row: TuningRow) -> tuple[str, ...]:
        number = QLocale().toString
        return (
            number(row.threads),
            self.tr("On") if row.flash_attention else self.tr("Off"),
            number(row.batch) if row.batch else self.tr("Automatic"),
            *(_speed(value) for value in (row.write_speed, row.deep_write_speed, row.read_speed)),
        )


def _is(row: TuningRow, tuning: Tuning) -> bool:
    """Writing does not depend on the batch, and is measured without one."""
    is_either = tuning.flash_attention_until is not None and row.batch is None
    is_same = is_either or row.flash_attention == tuning.flash_attention
    return is_same and row.threads == tuning.threads and row.batch in (None, tuning.batch)


def _speed(tokens_per_second: float) -> str:
    if not tokens_per_second:
        return "–"
    return QLocale().toString(tokens_per_second, "f", 1 if tokens_per_second < 100 else 0)
