"""Cards in columns that scroll: only those on the screen exist, however many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from chatapp.ui.models_page.catalog_card import CardAction, CardFace, CatalogCard, card_height

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.ui.theme import Appearance

MARGIN = 24

_GAP = 16
_BELOW_HEAD = 12
_STEP = 60
_THREE_COLUMNS = 1200  # width of the window
_TWO_COLUMNS = 900
_NEAR_END = 600  # pixels from the end at which more is asked for


class CardGrid(QAbstractScrollArea):
    """A head, cards and a foot below one another; `set_head` and `set_foot` bring their widgets.

    Tab goes to one card and its button; the arrow keys go to the others.

    Signals: `opened(str)` and `action_requested(str)` with a card's key; `shown_changed()` when
    other cards are on the screen; `end_neared()` when there is little left to scroll.
    """

    opened = Signal(str)
    action_requested = Signal(str)
    shown_changed = Signal()
    end_neared = Signal()

    def __init__(self, appearance: Appearance, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._faces: list[CardFace] = []
        self._cards: dict[int, CatalogCard] = {}
        self._spare: list[CatalogCard] = []
        self._head: QWidget | None = None
        self._foot: QWidget | None = None
        self._card_height = card_height(appearance)
        self._head_height = 0  # and what is below it
        self._current = 0
        self._primary = -1
        self._shown: tuple[str, ...] = ()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(name)
        self.verticalScrollBar().setSingleStep(_STEP)
        self._told = QTimer(self, singleShot=True, interval=0)
        self._told.timeout.connect(self._tell)
        appearance.changed.connect(self._on_appearance_changed)
        self._on_appearance_changed()

    # What owners ask for

    @property
    def columns(self) -> int:
        """How many cards stand in a row."""
        width = self._appearance.designed(self.window().width())
        return 3 if width >= _THREE_COLUMNS else 2 if width >= _TWO_COLUMNS else 1

    @property
    def shown(self) -> tuple[str, ...]:
        """The keys of the cards on the screen, from the first."""
        return tuple(self._faces[index].key for index in self._visible_range())

    @property
    def card_count(self) -> int:
        """How many cards there are as widgets."""
        return len(self._cards) + len(self._spare)

    def card(self, key: str) -> CatalogCard | None:
        """A card that is on the screen or near it."""
        for index, card in self._cards.items():
            if self._faces[index].key == key:
                return card
        return None

    def set_head(self, widget: QWidget) -> None:
        """What stands above the cards and scrolls with them."""
        self._head = self._take(widget)

    def set_foot(self, widget: QWidget) -> None:
        """What stands below the cards."""
        self._foot = self._take(widget)

    def set_faces(self, faces: Sequence[CardFace], *, to_top: bool) -> None:
        """Show these cards, from the first one again or from where the reader is."""
        self._faces = list(faces)
        if to_top:
            self._current = 0
        self._current = min(self._current, max(0, len(self._faces) - 1))
        downloads = (i for i, f in enumerate(faces) if f.action is CardAction.DOWNLOAD)
        self._primary = next((i for i in downloads if faces[i].badge == "fits"), -1)
        if to_top:
            self.verticalScrollBar().setValue(0)
        self._lay_out()

    def focus_first(self) -> bool:
        """Bring the keyboard to the first card on the screen. False if there is none."""
        visible = self._visible_range()
        if not self._faces:
            return False
        self._go_to(visible[0] if visible else 0)
        return True

    # Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self._place()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._lay_out()
        return super().viewportEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QFocusEvent) and event.type() == QEvent.Type.FocusIn:
            for index, card in self._cards.items():
                if watched in (card, card.button):
                    self._set_current(index)
                    if event.reason() != Qt.FocusReason.MouseFocusReason:
                        self._show(index)
                    break
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        theme = self._appearance.theme
        painter.fillRect(event.rect(), theme.surface)
        if self.verticalScrollBar().value() > 0:
            painter.fillRect(0, 0, self.viewport().width(), 1, theme.border)

    # Places

    @property
    def _width(self) -> int:
        # Centred in the whole width, so that nothing moves when the scroll bar comes.
        return max(1, self.width() - 2 * MARGIN)

    def _rect_of(self, index: int) -> QRect:
        """Where a card lies in everything."""
        columns = self.columns
        row, column = divmod(index, columns)
        width = (self._width - (columns - 1) * _GAP) / columns
        if self.isRightToLeft():
            column = columns - 1 - column
        left = MARGIN + round(column * (width + _GAP))
        right = MARGIN + round(column * (width + _GAP) + width)
        top = self._head_height + row * (self._card_height + _GAP)
        return QRect(left, top, right - left, self._card_height)

    def _cards_height(self) -> int:
        rows = -(-len(self._faces) // self.columns)
        return rows * (self._card_height + _GAP)

    def _foot_height(self) -> int:
        if self._foot is None or self._foot.isHidden():
            return 0
        return _height_of(self._foot, self._width) + _GAP

    def _visible_range(self, *, more: int = 0) -> range:
        """The cards on the screen, and `more` rows beside them."""
        if not self._faces:
            return range(0)
        columns, step = self.columns, self._card_height + _GAP
        top = self.verticalScrollBar().value() - self._head_height
        first = max(0, (top + _GAP) // step - more)
        last = max(0, (top + self.viewport().height() - 1) // step + more)
        if top + self.viewport().height() <= 0:
            return range(0)
        return range(
            min(first * columns, len(self._faces)), min((last + 1) * columns, len(self._faces))
        )

    def _lay_out(self) -> None:
        self._card_height = card_height(self._appearance)
        self._head_height = 0
        if self._head is not None and not self._head.isHidden():
            self._head_height = _height_of(self._head, self._width) + _BELOW_HEAD
        bar = self.verticalScrollBar()
        all_of_it = self._head_height + self._cards_height() + self._foot_height() + MARGIN - _GAP
        height = self.viewport().height()
        bar.setRange(0, max(0, all_of_it - height))
        bar.setPageStep(height)
        self._place()

    def _place(self) -> None:
        """Put what is on the screen in its place; cards that left it are used again."""
        offset = self.verticalScrollBar().value()
        if self._head is not None and not self._head.isHidden():
            height = self._head_height - _BELOW_HEAD
            self._head.setGeometry(MARGIN, -offset, self._width, height)
        if self._foot is not None and not self._foot.isHidden():
            top = self._head_height + self._cards_height() - offset
            self._foot.setGeometry(MARGIN, top, self._width, self._foot_height() - _GAP)
        wanted = self._visible_range(more=1)
        for index in [i for i in self._cards if i not in wanted]:
            card = self._cards[index]
            if index < len(self._faces) and self._has_focus(card):
                continue  # who reads with the keyboard loses it otherwise
            card.hide()
            self._spare.append(self._cards.pop(index))
        for index in sorted({*wanted, *self._cards}):
            card = self._cards.get(index) or self._make(index)
            card.show_face(self._faces[index], primary=index == self._primary)
            card.setGeometry(self._rect_of(index).translated(0, -offset))
            card.setVisible(True)
            self._set_stops(index, card)
        self.viewport().update(0, 0, self.viewport().width(), 1)
        self._told.start()

    def _make(self, index: int) -> CatalogCard:
        if self._spare:
            card = self._spare.pop()
        else:
            card = CatalogCard(self._appearance, self.viewport())
            card.clicked.connect(lambda _=False, card=card: self.opened.emit(card.face.key))
            card.action_requested.connect(
                lambda card=card: self.action_requested.emit(card.face.key)
            )
            card.arrow_pressed.connect(lambda key, card=card: self._on_arrow(card, key))
            card.installEventFilter(self)
            card.button.installEventFilter(self)
            if self._foot is not None:
                QWidget.setTabOrder(card.button, self._foot)
        self._cards[index] = card
        return card

    def _take(self, widget: QWidget) -> QWidget:
        widget.setParent(self.viewport())
        widget.show()
        return widget

    def _tell(self) -> None:
        shown = self.shown
        if shown != self._shown:
            self._shown = shown
            self.shown_changed.emit()
        bar = self.verticalScrollBar()
        if bar.maximum() - bar.value() < _NEAR_END:
            self.end_neared.emit()

    # Keyboard

    def _set_stops(self, index: int, card: CatalogCard) -> None:
        is_stop = index == self._current
        policy = Qt.FocusPolicy.StrongFocus if is_stop else Qt.FocusPolicy.ClickFocus
        card.setFocusPolicy(policy)
        stop = Qt.FocusPolicy.TabFocus if is_stop else Qt.FocusPolicy.NoFocus
        if card.button.focusPolicy() != stop and not card.button.hasFocus():
            card.button.setFocusPolicy(stop)

    def _set_current(self, index: int) -> None:
        if index != self._current:
            self._current = index
            for number, card in self._cards.items():
                self._set_stops(number, card)

    def _has_focus(self, card: CatalogCard) -> bool:
        return card.hasFocus() or card.button.hasFocus()

    def _on_arrow(self, card: CatalogCard, key: int) -> None:
        index = next((i for i, other in self._cards.items() if other is card), 0)
        columns = self.columns
        page = max(1, self.viewport().height() // (self._card_height + _GAP)) * columns
        forward = -1 if self.isRightToLeft() else 1
        steps = {
            int(Qt.Key.Key_Left): -forward,
            int(Qt.Key.Key_Right): forward,
            int(Qt.Key.Key_Up): -columns,
            int(Qt.Key.Key_Down): columns,
            int(Qt.Key.Key_Home): -len(self._faces),
            int(Qt.Key.Key_End): len(self._faces),
            int(Qt.Key.Key_PageUp): -page,
            int(Qt.Key.Key_PageDown): page,
        }
        target = index + steps[key]
        if abs(steps[key]) == columns and not 0 <= target < len(self._faces) and columns > 1:
            return
        self._go_to(min(max(target, 0), len(self._faces) - 1))

    def _go_to(self, index: int) -> None:
        self._show(index)
        card = self._cards.get(index)
        if card is not None:
            card.setFocus(Qt.FocusReason.TabFocusReason)

    def _show(self, index: int) -> None:
        """Scroll until a card is seen."""
        rect = self._rect_of(index)
        bar = self.verticalScrollBar()
        # With the first row comes what stands above it.
        top = rect.top() - _GAP if index >= self.columns else 0
        if top < bar.value():
            bar.setValue(top)
        elif rect.bottom() + _GAP > bar.value() + self.viewport().height():
            bar.setValue(rect.bottom() + _GAP - self.viewport().height())
        self._place()

    def _on_appearance_changed(self) -> None:
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.Base, self._appearance.theme.surface)
        palette.setColor(QPalette.ColorRole.Window, self._appearance.theme.surface)
        self.setPalette(palette)
        self.viewport().update()


def _height_of(widget: QWidget, width: int) -> int:
    layout = widget.layout()
    if layout is not None and layout.hasHeightForWidth():
        return layout.totalHeightForWidth(width)
    return widget.sizeHint().height()
