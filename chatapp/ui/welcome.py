"""What an empty conversation shows: who answers, ways to begin, and how to get more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from chatapp.domain.assistant import GENERAL, Assistant
from chatapp.engine.state import EngineState, EngineStatus
from chatapp.ui.assistants.icon_choice import icon_of
from chatapp.ui.composer import MOST_WIDTH
from chatapp.ui.i18n import Translated
from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CARD
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.focus_ring import FocusRing
from chatapp.ui.widgets.icon_label import IconLabel
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from chatapp.domain.model import ModelFile
    from chatapp.ui.icons import IconName
    from chatapp.ui.theme import Appearance

# Widths in heights of the system's font
_TWO_COLUMNS = 40
_WELL_IN_A_ROW = 54

_MOST_STARTERS = 8


class Welcome(Translated, QScrollArea):
    """Heading, two sentences, starters, and where larger models come from.

    The heading and the starters are those of the assistant that answers.

    Signals: `starter_chosen(str)` with a text for the composer; `discover_requested()`,
    `library_requested()`: show those models.
    """

    starter_chosen = Signal(str)
    discover_requested = Signal()
    library_requested = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.setObjectName("page")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

        self._assistant: Assistant | None = None
        self._is_temporary = False
        self._model: ModelFile | None = None
        self._engine_state = EngineState()
        self._title = TextLabel(appearance, "", "display", wrap=True)
        self._promise = TextLabel(appearance, "", "reading", "text_muted", wrap=True)
        self._state = TextLabel(appearance, "", "reading", "text_muted", wrap=True)
        self._cards: list[_Card] = []
        self._grid = QGridLayout()
        self._grid.setSpacing(12)
        self._well = _Well(appearance)
        self._well.see_button.clicked.connect(self.discover_requested)
        self._well.have_button.clicked.connect(self.library_requested)

        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addStretch(1)
        column.addWidget(self._title)
        column.addSpacing(8)
        column.addWidget(self._promise)
        column.addSpacing(2)
        column.addWidget(self._state)
        column.addSpacing(24)
        column.addLayout(self._grid)
        column.addSpacing(12)
        column.addWidget(self._well)
        column.addStretch(1)
        inner = QWidget()
        inner.setLayout(column)
        inner.setMaximumWidth(MOST_WIDTH)
        inner.setAutoFillBackground(False)
        outer = QWidget()
        row = QHBoxLayout(outer)
        row.setContentsMargins(8, 24, 8, 16)
        row.addWidget(inner)
        self._row = row
        self.setWidget(outer)
        outer.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)
        self._columns = 0
        self._translate()

    def set_model(self, model: ModelFile | None, state: EngineState) -> None:
        """The model that will answer, and the engine's state."""
        self._model, self._engine_state = model, state
        self._state.setText(self._state_in_words(model, state))

    def set_assistant(self, assistant: Assistant | None) -> None:
        """Who will answer; None is the model alone."""
        if assistant != self._assistant:
            self._assistant = assistant
            self._translate()

    def set_temporary(self, *, temporary: bool) -> None:
        """Whether it is the beginning of a conversation that nothing is kept of."""
        if temporary != self._is_temporary:
            self._is_temporary = temporary
            self._say()

    # Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    # Inside

    def _arrange(self) -> None:
        width = self.viewport().width()
        columns = 2 if width >= _TWO_COLUMNS * self._appearance.size else 1
        side = 8 if width >= MOST_WIDTH else 16
        is_stacked = width < _WELL_IN_A_ROW * self._appearance.size
        self._well.set_stacked(stacked=is_stacked, width=width - 2 * side)
        self._row.setContentsMargins(side, 24, side, 16)
        if columns == self._columns:
            return
        self._columns = columns
        self._place_cards()

    def _place_cards(self) -> None:
        columns = self._columns
        for number, card in enumerate(self._cards):
            self._grid.addWidget(card, number // columns, number % columns)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1 if columns == 2 else 0)

    def _translate(self) -> None:
        self._say()
        for card in self._cards:
            self._grid.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards = [self._card(*words) for words in self._ways()]
        self._arrange()
        self._place_cards()
        self._state.setText(self._state_in_words(self._model, self._engine_state))

    def _say(self) -> None:
        """The title, and the line below it."""
        assistant = self._assistant
        other = assistant if assistant is not None and assistant.id != GENERAL else None
        title = self.tr("What would you like to do?") if other is None else other.name
        line = self.tr("Everything you type stays on this computer.")
        if self._is_temporary:
            title = self.tr("Temporary conversation")
            line = self.tr("Nothing of it is written to disk. It is gone when Chatapp ends.")
        elif other is not None and other.description:
            line = other.description
        self._title.setText(title)
        self._promise.setText(line)

    def _ways(self) -> list[tuple[IconName, str, str, str]]:
        """Icon, title, second line, and what is put into the composer."""
        assistant = self._assistant
        if assistant is None or (assistant.id == GENERAL and not assistant.starters):
            return self._starters()
        icon = icon_of(assistant)
        return [
            (icon, text.rstrip(":：").rstrip(), "", f"{text}\n\n" if text[-1] in ":：" else text)
            for text in assistant.starters[:_MOST_STARTERS]
        ]

    def _starters(self) -> list[tuple[IconName, str, str, str]]:
        """Those without an assistant."""
        return [
            (
                "pencil",
                self.tr("Rewrite this so it is polite but firm"),
                self.tr("Paste a message or an e-mail"),
                self.tr("Rewrite this message so that it is polite but firm:") + "\n\n",
            ),
            (
                "translate",
                self.tr("Translate a paragraph into Chinese"),
                self.tr("Or any other pair of languages"),
                self.tr("Translate this paragraph into Chinese:") + "\n\n",
            ),
            (
                "bulb",
                self.tr("Explain compound interest to a teenager"),
                self.tr("Short, with one example"),
                self.tr("Explain compound interest to a teenager. Keep it short, one example."),
            ),
            (
                "list",
                self.tr("Sort customer comments into topics"),
                self.tr("Paste them, one on a line"),
                self.tr("Sort these customer comments into topics:") + "\n\n",
            ),
        ]

    def _card(self, icon: IconName, title: str, line: str, prompt: str) -> _Card:
        card = _Card(self._appearance, icon, title, line)
        card.clicked.connect(lambda: self.starter_chosen.emit(prompt))
        return card

    def _state_in_words(self, model: ModelFile | None, state: EngineState) -> str:
        if model is None:
            return self.tr("There is no model on this computer yet. Add one below.")
        if state.model is not None and state.model.path == model.path:
            match state.status:
                case EngineStatus.READY if model.is_starter:
                    return self.tr(
                        "{model} is ready: a tiny model, good for trying things out."
                    ).format(model=model.name)
                case EngineStatus.READY:
                    return self.tr("{model} is ready.").format(model=model.name)
                case EngineStatus.LOADING:
                    percent = f"{QLocale().toString(round(state.progress * 100))}%"
                    return self.tr("{model} is being loaded, {percent}.").format(
                        model=model.name, percent=percent
                    )
                case EngineStatus.FAILED:  # the banner above the composer says why
                    return self.tr("{model} can't be used.").format(model=model.name)
                case EngineStatus.UNLOADED:
                    pass
        return self.tr("{model} is loaded when you send a message.").format(model=model.name)


class _Card(QAbstractButton):
    """An icon, a title and a muted line; the whole of it is pressed."""

    def __init__(self, appearance: Appearance, icon: IconName, title: str, line: str) -> None:
        super().__init__()
        self._appearance = appearance
        self._icon = icon
        self._line = line
        self.setText(title)
        self.setAccessibleDescription(line)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._ring = FocusRing(appearance, self, RADIUS_CARD)
        appearance.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(300, self._appearance.height(62, lines=2))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = self._words().width()
        cut = max(self._needs(self.text(), "body"), self._needs(self._line, "small"))
        words = f"{self.text()}\n{self._line}".rstrip()
        self.setToolTip(words if cut > (room if self._line else self._most()) else "")

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        painter = QPainter(self)
        fill = theme.surface_raised
        if self.isDown():
            fill = theme.pressed
        elif self.underMouse():
            fill = theme.hover
        paint_box(painter, self.rect(), RADIUS_CARD, fill=fill, border=theme.border)
        words = self._words()
        first = self._appearance.line_height("body")
        second = self._appearance.line_height("small")
        edge = self._appearance.icon_size(16)
        top = (self.height() - first - second) // 2
        left = self.width() - 16 - edge if self.isRightToLeft() else 16
        middle = top + (first - edge) // 2 if self._line else (self.height() - edge) // 2
        self._appearance.icons.paint(
            painter, self._icon, QPoint(left, middle), edge, theme.text_muted
        )
        if not self._line:
            self._paint_title(painter, words)
            return
        for text, style, color, line_top, height in (
            (self.text(), "body", theme.text, top, first),
            (self._line, "small", theme.text_muted, top + first, second),
        ):
            font = self._appearance.font("body" if style == "body" else "small")
            painter.setFont(font)
            painter.setPen(color)
            shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, words.width())
            painter.drawText(
                QRect(words.left(), line_top, words.width(), height),
                Qt.AlignmentFlag.AlignVCenter,
                shown,
            )

    def _paint_title(self, painter: QPainter, words: QRect) -> None:
        """Alone it may have two lines."""
        font = self._appearance.font("body")
        painter.setFont(font)
        painter.setPen(self._appearance.theme.text)
        shown = QFontMetrics(font).elidedText(
            self.text(), Qt.TextElideMode.ElideRight, self._most()
        )
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(words, flags, shown)

    def _most(self) -> int:
        """Of a title alone: two lines, the first of which may end early."""
        return max(0, self._words().width() * 2 - 8 * self._appearance.size)

    def _words(self) -> QRect:
        near = 16 + self._appearance.icon_size(16) + 12
        if self.isRightToLeft():
            return self.rect().adjusted(16, 0, -near, 0)
        return self.rect().adjusted(near, 0, -16, 0)

    def _needs(self, text: str, style: str) -> int:
        font = self._appearance.font("body" if style == "body" else "small")
        return QFontMetrics(font).horizontalAdvance(text)


class _Well(Translated, QWidget):
    """Says in one sentence where larger models come from."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self.see_button = Button(appearance, "")
        self.have_button = Button(appearance, "", "quiet")
        words = QVBoxLayout()
        words.setSpacing(0)
        self._title = TextLabel(appearance, "", wrap=True)
        self._line = TextLabel(appearance, "", "small", "text_muted", wrap=True)
        words.addWidget(self._title)
        words.addWidget(self._line)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._buttons.addWidget(self.have_button)
        self._buttons.addWidget(self.see_button)
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(16, 12, 12, 12)
        self._layout.setHorizontalSpacing(12)
        self._layout.setVerticalSpacing(8)
        icon = IconLabel(appearance, "model", beside=18)
        self._layout.addWidget(icon, 0, 0, Qt.AlignmentFlag.AlignTop)
        self._layout.addLayout(words, 0, 1)
        self._layout.setColumnStretch(1, 1)
        self._translate()
        self.set_stacked(stacked=False, width=MOST_WIDTH)
        QWidget.setTabOrder(self.have_button, self.see_button)
        appearance.changed.connect(self.update)

    def set_stacked(self, *, stacked: bool, width: int) -> None:
        """Whether the buttons stand below the words, in a well of this width."""
        self._layout.removeItem(self._buttons)
        alignment = Qt.AlignmentFlag.AlignLeading if stacked else Qt.AlignmentFlag.AlignVCenter
        # The framed button at the edge that the words or the frame around them have.
        direction = QHBoxLayout.Direction.LeftToRight
        if stacked:
            margins = self._layout.contentsMargins()
            beside = margins.left() + margins.right() + 2 * self._layout.horizontalSpacing()
            beside += self._layout.horizontalSpacing() + self._appearance.icon_size(16)
            words = self.have_button.sizeHint().width() + self.see_button.sizeHint().width()
            fits = words + beside <= width
            direction = (
                QHBoxLayout.Direction.RightToLeft if fits else QHBoxLayout.Direction.BottomToTop
            )
        self._buttons.setDirection(direction)
        self._layout.addLayout(self._buttons, int(stacked), 1 if stacked else 2, alignment)

    def _translate(self) -> None:
        self.see_button.setText(self.tr("See models"))
        self.have_button.setText(self.tr("I have models"))
        for button in (self.see_button, self.have_button):
            button.updateGeometry()
        self._title.setText(self.tr("For better answers, get a larger model"))
        self._line.setText(self.tr("The catalogue says which ones fit this computer."))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        painter = QPainter(self)
        paint_box(painter, self.rect(), RADIUS_CARD, fill=theme.window, border=theme.border)
