"""The frame of what opens over the window to find something by typing."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from chatapp.ui.i18n import Translated
from chatapp.ui.keys import key_caps
from chatapp.ui.painting import paint_box, paint_shadow, shadow_rect
from chatapp.ui.palette.rows import RowDelegate, Rows
from chatapp.ui.theme import RADIUS_LARGE
from chatapp.ui.widgets.key_caps import KeyCaps
from chatapp.ui.widgets.keys import claims_escape
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chatapp.ui.palette.entry import Entry, Section
    from chatapp.ui.theme import Appearance

_WIDTH = 640
_TOP = 96
_INPUT = 52
_FOOTER = 34
_MOST_ROWS = 9
_SIDE = 20
_ICON = 16
_LONGEST = 1000  # characters of what is looked for

_STEPS = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Backtab: -1,
    Qt.Key.Key_Tab: 1,
    Qt.Key.Key_PageUp: 1 - _MOST_ROWS,
    Qt.Key.Key_PageDown: _MOST_ROWS - 1,
}


class Palette(Translated, QWidget):
    """A field over a list, on a scrim over the whole window.

    The keyboard stays in the field; arrows move in the list. It closes when something is chosen,
    on Escape, on a press beside it, and when the keyboard goes elsewhere. What it shows comes from
    `_on_query`, which a kind of palette overrides.

    Signals: `closed()`.
    """

    closed = Signal()

    def __init__(self, appearance: Appearance, window: QWidget) -> None:
        super().__init__(window)
        self._appearance = appearance
        self._window = window
        self._had_keyboard: QWidget | None = None
        self.rows = Rows(self)
        self._delegate = RowDelegate(appearance, self)
        self.field = _Field()
        self.field.setMaxLength(_LONGEST)
        self.field.moved.connect(self._move)
        self.field.submitted.connect(self._choose_current)
        self.field.cancelled.connect(self.dismiss)
        self.field.textChanged.connect(self._on_text_changed)
        self.view = QListView()
        self.view.setModel(self.rows)
        self.view.setItemDelegate(self._delegate)
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setMouseTracking(True)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.viewport().setAutoFillBackground(False)
        self.view.clicked.connect(self._on_clicked)
        self._empty = TextLabel(appearance, color="text_muted")
        self._empty.setContentsMargins(_SIDE, 12, _SIDE, 12)
        self._empty.hide()
        self._escape = KeyCaps(appearance, key_caps(QKeySequence("Esc")))
        self._box = QWidget(self)
        column = QVBoxLayout(self._box)
        column.setContentsMargins(1, 0, 1, 0)
        column.setSpacing(0)
        self._input = QWidget()
        row = QHBoxLayout(self._input)
        row.setContentsMargins(_SIDE, 0, _SIDE, 0)
        row.setSpacing(12)
        self._lens = QWidget()  # where the icon is painted
        row.addWidget(self._lens)
        row.addWidget(self.field, 1)
        row.addWidget(self._escape)
        column.addWidget(self._input)
        column.addSpacing(1)
        column.addWidget(self.view)
        column.addWidget(self._empty)
        column.addSpacing(8)
        self._foot = QWidget()
        self._words_of_keys = [TextLabel(appearance, "", "caption", "text_muted") for _ in range(2)]
        self._hint = TextLabel(appearance, "", "caption", "text_muted")
        row = QHBoxLayout(self._foot)
        row.setContentsMargins(_SIDE, 0, _SIDE, 0)
        row.setSpacing(8)
        row.addWidget(KeyCaps(appearance, ("↑", "↓")))
        row.addWidget(self._words_of_keys[0])
        row.addSpacing(8)
        row.addWidget(KeyCaps(appearance, key_caps(QKeySequence("Return"))))
        row.addWidget(self._words_of_keys[1])
        row.addStretch(1)
        row.addWidget(self._hint)
        column.addWidget(self._foot)
        self.hide()
        window.installEventFilter(self)
        appearance.changed.connect(self._on_appearance_changed)

    # What a kind of palette says and does

    def _on_query(self, query: str) -> None:
        """Find what is typed and `show_sections`."""
        raise NotImplementedError

    def _empty_words(self, query: str) -> str:
        """What is said where nothing was found."""
        raise NotImplementedError

    def _on_chosen(self, entry: Entry) -> None:
        """An entry is about to run."""

    # What the owner does

    @property
    def is_open(self) -> bool:
        """Whether it is to be seen."""
        return not self.isHidden()

    @property
    def query(self) -> str:
        """What is typed."""
        return self.field.text().strip()

    def open(self) -> None:
        """Show it, empty, with the keyboard in it."""
        if not self.is_open:
            self._had_keyboard = QApplication.focusWidget()
            _application().focusChanged.connect(self._on_focus_changed)
        self.field.setFont(self._appearance.font("reading"))
        self.field.clear()
        self._on_query("")
        self._place()
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def dismiss(self) -> None:
        """Put it away and give the keyboard back."""
        before = self._had_keyboard
        self._close()
        if before is not None and isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.PopupFocusReason)

    def show_sections(self, sections: Iterable[Section], chosen: int = -1) -> None:
        """Show what was found, with the entry in the row `chosen`, or else the first, chosen."""
        self.rows.set_sections(sections)
        first = next((row for row in range(len(self.rows.rows)) if self.rows.entry(row)), None)
        if self.rows.entry(chosen) is not None:
            first = chosen
        query = self.query
        self._empty.setText(self._empty_words(query) if first is None and query else "")
        self._empty.setVisible(bool(self._empty.text()))
        self.view.setVisible(first is not None)
        self._place()
        if first is not None:
            self._select(first)
        elif self._empty.text() and self.is_open:
            self._announce(self._empty.text())

    def entries(self) -> list[Entry]:
        """What can be chosen now, from the top."""
        found = (self.rows.entry(row) for row in range(len(self.rows.rows)))
        return [entry for entry in found if entry is not None]

    @property
    def current(self) -> Entry | None:
        """What Return would choose."""
        return self.rows.entry(self.view.currentIndex().row())

    # Inside

    def _on_appearance_changed(self) -> None:
        self.field.setFont(self._appearance.font("reading"))
        if self.is_open:
            self._place()
            self.update()

    def _close(self) -> None:
        if not self.is_open:
            return
        _application().focusChanged.disconnect(self._on_focus_changed)
        self._had_keyboard = None
        self.hide()
        self.rows.set_sections(())
        self.closed.emit()

    def _choose_current(self) -> None:
        entry = self.current
        if entry is not None:
            self._choose(entry)

    def _on_clicked(self, index: QModelIndex) -> None:
        entry = self.rows.entry(index.row())
        if entry is not None:
            self._choose(entry)

    def _choose(self, entry: Entry) -> None:
        self._on_chosen(entry)
        self.dismiss()
        entry.run()

    def _move(self, by: int) -> None:
        """To the next entry, from the last to the first; further steps end there."""
        places = [row for row in range(len(self.rows.rows)) if self.rows.entry(row) is not None]
        if not places:
            return
        current = self.view.currentIndex().row()
        place = places.index(current) if current in places else -1
        if abs(by) == 1:
            place = (place + by) % len(places)
        else:
            place = max(0, min(len(places) - 1, place + by))
        self._select(places[place])

    def _select(self, row: int) -> None:
        index = self.rows.index(row)
        self.view.setCurrentIndex(index)
        if row == 1 and self.rows.entry(0) is None:
            self.view.scrollToTop()  # the heading, too
        entry = self.rows.entry(row)
        if entry is not None and self.is_open:
            self._announce(entry.spoken)

    def _announce(self, words: str) -> None:
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.field, words))

    def _on_text_changed(self) -> None:
        if self.is_open:
            self._on_query(self.query)

    def _on_focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is not None and new.window() is self._window and not self.isAncestorOf(new):
            self._close()

    def _list_height(self) -> int:
        """As high as its rows, up to as many as are seen at once."""
        height = entries = 0
        for row in self.rows.rows:
            entries += not isinstance(row, str)
            if entries > _MOST_ROWS:
                break
            height += self._delegate.height(row)
        return height

    def _place(self) -> None:
        self.setGeometry(self._window.rect())
        appearance = self._appearance
        self._input.setFixedHeight(appearance.height(_INPUT))
        self._lens.setFixedWidth(appearance.icon_size(_ICON))
        self._foot.setFixedHeight(appearance.height(_FOOTER))
        top = min(_TOP, self.height() // 8)
        width = min(appearance.width(_WIDTH), self.width() - 32)
        fixed = self._input.height() + self._foot.height() + 9
        if self._empty.text():
            fixed += self._empty.sizeHint().height()
        room = self.height() - top - 16 - fixed
        self.view.setFixedHeight(max(0, min(self._list_height(), room)))
        self._hint.setVisible(width >= appearance.width(500))
        height = fixed + (self.view.height() if self.rows.rows else 0)
        before = self._box.geometry()
        self._box.setGeometry(QRect((self.width() - width) // 2, top, width, height))
        # Not all of the scrim, under which the whole window would be painted, too.
        self.update(shadow_rect(before | self._box.geometry()))

    def _translate(self) -> None:
        self._escape.setToolTip(self.tr("Close"))
        for label, words in zip(
            self._words_of_keys, (self.tr("Select"), self.tr("Run")), strict=True
        ):
            label.setText(words)
        if self.is_open:
            self._on_query(self.query)

    # Qt

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Resize and self.is_open:
            self._place()
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self._box.geometry().contains(event.position().toPoint()):
            self.dismiss()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.scrim)
        box = self._box.geometry()
        paint_shadow(painter, box, RADIUS_LARGE, theme.shadow)
        paint_box(painter, box, RADIUS_LARGE, fill=theme.surface_raised, border=theme.border_strong)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        line = box.top() + self._input.height()
        painter.fillRect(box.left() + 1, line, box.width() - 2, 1, theme.border)
        line = box.bottom() + 1 - self._foot.height()
        painter.fillRect(box.left() + 1, line, box.width() - 2, 1, theme.border)
        edge = self._appearance.icon_size(_ICON)
        left = self._lens.mapTo(self, QPoint(0, 0)).x()
        at = QPoint(left, box.top() + (self._input.height() - edge) // 2)
        self._appearance.icons.paint(painter, "search", at, edge, theme.text_muted)


def _application() -> QApplication:
    return cast("QApplication", QApplication.instance())


class _Field(QLineEdit):
    """Leaves the keys that mean the list to the palette.

    Signals: `moved(int)` by so many entries; `submitted()`; `cancelled()`.
    """

    moved = Signal(int)
    submitted = Signal()
    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("bare")
        self.setFrame(False)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = _STEPS.get(Qt.Key(event.key()))
            if step is not None:  # Tab, too, which would go on to what is below the scrim
                self.moved.emit(step)
                return True
        return claims_escape(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submitted.emit()
        else:
            super().keyPressEvent(event)
