"""What the models on the page are narrowed to: chips that are on or off, or open a short list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QEnterEvent,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QMenu, QSizePolicy, QWidget

from chatapp.domain.hub import SearchKind
from chatapp.ui.painting import paint_box
from chatapp.ui.widgets.flow_layout import FlowLayout
from chatapp.ui.widgets.focus_ring import FocusRing
from chatapp.ui.words import license_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.ui.theme import Appearance

T = TypeVar("T")

_HEIGHT = 28
_PADDING = 12
_CHEVRON = 14
_GAP = 6
_BILLION = 10**9
_LICENSES = ("apache-2.0", "mit", "gemma", "llama3.1", "llama3.2", "cc-by-nc-4.0")


@dataclass(frozen=True, slots=True)
class Sizes:
    """A range of parameter counts; 0 is no limit."""

    least: int = 0
    most: int = 0

    def holds(self, parameters: int) -> bool:
        """Whether a model is in it. One that nobody knows the size of is in every range."""
        if not parameters:
            return True
        return self.least <= parameters and (not self.most or parameters <= self.most)


@dataclass(frozen=True, slots=True)
class Filters:
    """What is wanted. `license` is written as the Hub does; empty is any."""

    kind: SearchKind = SearchKind.ANY
    fits: bool = False
    sizes: Sizes = Sizes()
    license: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether everything is wanted."""
        return self == Filters()


class FilterChip(QAbstractButton):
    """28 high, round. On, it is filled, framed in the accent and says so to screen readers."""

    def __init__(
        self,
        appearance: Appearance,
        text: str,
        *,
        opens: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """`opens`: it has a chevron and opens a list."""
        super().__init__(parent)
        self._appearance = appearance
        self._opens = opens
        self.setText(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._ring = FocusRing(appearance, self, self.sizeHint().height() / 2)
        appearance.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._appearance.font("small"))
        width = 2 * _PADDING + metrics.horizontalAdvance(self.text()) + 1
        if self._opens:
            width += _GAP + self._appearance.icon_size(_CHEVRON) - 4
        return QSize(width, self._appearance.height(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        opens = self._opens and event.key() == Qt.Key.Key_Down
        if opens or event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        painter = QPainter(self)
        fill, border, color = theme.surface_raised, theme.border_strong, theme.text
        if self.isChecked():
            fill, border, color = theme.selected, theme.accent, theme.accent_text
        elif self.isDown():
            fill = theme.pressed
        elif self.underMouse():
            fill = theme.hover
        paint_box(painter, self.rect(), self.height() / 2, fill=fill, border=border)
        words = self.rect().adjusted(_PADDING, 0, -_PADDING, 0)
        if self._opens:
            edge = self._appearance.icon_size(_CHEVRON)
            mirrored = self.isRightToLeft()
            left = _PADDING - 4 if mirrored else self.width() - _PADDING + 4 - edge
            at = QPoint(left, (self.height() - edge) // 2)
            self._appearance.icons.paint(painter, "chevron-down", at, edge, color)
            room = edge + _GAP - 4
            words = words.adjusted(room, 0, 0, 0) if mirrored else words.adjusted(0, 0, -room, 0)
        painter.setFont(self._appearance.font("small"))
        painter.setPen(color)
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, self.text())


class MenuChip(FilterChip, Generic[T]):
    """A chip that opens a list of values; it is on while another one than the first is chosen.

    Signals: `chosen(object)` with a value that the person chose.
    """

    chosen = Signal(object)

    def __init__(self, appearance: Appearance, name: str, choices: Sequence[tuple[T, str]]) -> None:
        super().__init__(appearance, name, opens=True)
        self._name = name
        self._choices = tuple(choices)
        self._index = 0
        self.clicked.connect(self._open)

    @property
    def value(self) -> T:
        """What is chosen."""
        return self._choices[self._index][0]

    def reset(self) -> None:
        """Choose the first again, without a signal."""
        self._show(0)

    def _open(self) -> None:
        self.setChecked(self._index != 0)  # a press alone changes nothing
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        group = QActionGroup(menu)
        for index, (_, words) in enumerate(self._choices):
            action = QAction(words, menu, checkable=True)
            action.setChecked(index == self._index)
            action.triggered.connect(lambda _=False, at=index: self._on_picked(at))
            group.addAction(action)
            menu.addAction(action)
        menu.popup(self.mapToGlobal(QPoint(0, self.height() + 2)))

    def _on_picked(self, index: int) -> None:
        if index != self._index:
            self._show(index)
            self.chosen.emit(self.value)

    def _show(self, index: int) -> None:
        self._index = index
        self.setText(self._choices[index][1] if index else self._name)
        self.setAccessibleName(f"{self._name}: {self._choices[index][1]}")
        self.setChecked(index != 0)
        self.updateGeometry()
        self.update()


class FilterBar(QWidget):
    """What a model is for, whether it fits, how large it is, under which licence.

    Signals: `changed()`.
    """

    changed = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = FlowLayout(8, self)
        self._kinds: dict[SearchKind, FilterChip] = {}
        group = QButtonGroup(self)
        for kind, words in (
            (SearchKind.ANY, self.tr("All")),
            (SearchKind.CHAT, self.tr("Chat")),
            (SearchKind.VISION, self.tr("Vision")),
            (SearchKind.CODE, self.tr("Code")),
            (SearchKind.EMBEDDING, self.tr("Embeddings")),
        ):
            chip = FilterChip(appearance, words)
            group.addButton(chip)
            self._kinds[kind] = chip
            row.addWidget(chip)
        self._kinds[SearchKind.ANY].setChecked(True)
        group.buttonToggled.connect(self._on_kind_toggled)
        row.add_divider(_Divider(appearance))
        self._fits = FilterChip(appearance, self.tr("Fits this computer"))
        self._fits.toggled.connect(lambda _: self.changed.emit())
        up_to = self.tr("Up to {count} billion")
        sizes = [(Sizes(), self.tr("Any size"))]
        sizes += [(Sizes(0, n * _BILLION), up_to.format(count=n)) for n in (2, 4, 9, 15)]
        sizes.append((Sizes(15 * _BILLION), self.tr("Over 15 billion")))
        self._sizes: MenuChip[Sizes] = MenuChip(appearance, self.tr("Size"), sizes)
        licenses = [("", self.tr("Any licence"))]
        licenses += [(name, license_name(name)) for name in _LICENSES]
        self._license: MenuChip[str] = MenuChip(appearance, self.tr("Licence"), licenses)
        for menu in (self._sizes, self._license):
            menu.chosen.connect(lambda _: self.changed.emit())
        for chip in (self._fits, self._sizes, self._license):
            row.addWidget(chip)

    @property
    def filters(self) -> Filters:
        """What is wanted now."""
        kind = next(kind for kind, chip in self._kinds.items() if chip.isChecked())
        return Filters(kind, self._fits.isChecked(), self._sizes.value, self._license.value)

    def clear(self) -> None:
        """Want everything; tells so if that is a change."""
        if self.filters.is_empty:
            return
        before = self.blockSignals(True)  # noqa: FBT003 - Qt's own signature
        self._kinds[SearchKind.ANY].setChecked(True)
        self._fits.setChecked(False)
        self._sizes.reset()
        self._license.reset()
        self.blockSignals(before)
        self.changed.emit()

    def _on_kind_toggled(self, _button: QAbstractButton, is_on: bool) -> None:  # noqa: FBT001 - a slot
        if is_on:
            self.changed.emit()


class _Divider(QWidget):
    """A short upright line between two groups."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        appearance.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(9, self._appearance.height(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        height = self.height() - 8
        line = QRect(self.width() // 2, 4, 1, height)
        QPainter(self).fillRect(line, self._appearance.theme.border)
