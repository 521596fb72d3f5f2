"""What an empty conversation shows: what this is, four ways to begin, and how to get more."""

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

from chatapp.engine.state import EngineState, EngineStatus
from chatapp.ui.composer import MOST_WIDTH
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


class Welcome(QScrollArea):
    """Heading, two sentences, four starters, and where larger models come from.

    Signals: `starter_chosen(str)` with a text for the composer; `file_requested()`,
    `folder_requested()`.
    """

    starter_chosen = Signal(str)
    file_requested = Signal()
    folder_requested = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.setObjectName("page")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

        title = TextLabel(appearance, self.tr("What would you like to do?"), "display", wrap=True)
        promise = TextLabel(
            appearance,
            self.tr("Everything you type stays on this computer."),
            "reading",
            "text_muted",
            wrap=True,
        )
        self._state = TextLabel(appearance, "", "reading", "text_muted", wrap=True)
        self._cards = [self._card(*words) for words in self._starters()]
        self._grid = QGridLayout()
        self._grid.setSpacing(12)
        self._well = _Well(appearance)
        self._well.file_button.clicked.connect(self.file_requested)
        self._well.folder_button.clicked.connect(self.folder_requested)

        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addStretch(1)
        column.addWidget(title)
        column.addSpacing(8)
        column.addWidget(promise)
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
        self._arrange()
        self.set_model(None, EngineState())

    def set_model(self, model: ModelFile | None, state: EngineState) -> None:
        """The model that will answer, and the engine's state."""
        self._state.setText(self._state_in_words(model, state))

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
        for number, card in enumerate(self._cards):
            self._grid.addWidget(card, number // columns, number % columns)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1 if columns == 2 else 0)

    def _starters(self) -> list[tuple[IconName, str, str, str]]:
        """Icon, title, second line, and what is put into the composer."""
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

    def _card(self, icon: IconName, title: str, line: str, prompt: str) -> QWidget:
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
        cut = max(self._needs(self.text(), "body"), self._needs(self._line, "small"))
        self.setToolTip(f"{self.text()}\n{self._line}" if cut > self._words().width() else "")

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
        self._appearance.icons.paint(
            painter, self._icon, QPoint(left, top + (first - edge) // 2), edge, theme.text_muted
        )
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

    def _words(self) -> QRect:
        near = 16 + self._appearance.icon_size(16) + 12
        if self.isRightToLeft():
            return self.rect().adjusted(16, 0, -near, 0)
        return self.rect().adjusted(near, 0, -16, 0)

    def _needs(self, text: str, style: str) -> int:
        font = self._appearance.font("body" if style == "body" else "small")
        return QFontMetrics(font).horizontalAdvance(text)


class _Well(QWidget):
    """Says in one sentence where larger models come from."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self.file_button = Button(appearance, self.tr("Add model from file…"))
        self.folder_button = Button(appearance, self.tr("Open models folder"), "quiet")
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(
            TextLabel(appearance, self.tr("For better answers, get a larger model"), wrap=True)
        )
        words.addWidget(
            TextLabel(
                appearance,
                self.tr("Any GGUF file works, such as those on huggingface.co."),
                "small",
                "text_muted",
                wrap=True,
            )
        )
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._buttons.addWidget(self.folder_button)
        self._buttons.addWidget(self.file_button)
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(16, 12, 12, 12)
        self._layout.setHorizontalSpacing(12)
        self._layout.setVerticalSpacing(8)
        icon = IconLabel(appearance, "model", beside=appearance.line_height("body"))
        self._layout.addWidget(icon, 0, 0, Qt.AlignmentFlag.AlignTop)
        self._layout.addLayout(words, 0, 1)
        self._layout.setColumnStretch(1, 1)
        self.set_stacked(stacked=False, width=MOST_WIDTH)
        QWidget.setTabOrder(self.folder_button, self.file_button)
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
            words = self.folder_button.sizeHint().width() + self.file_button.sizeHint().width()
            fits = words + beside <= width
            direction = (
                QHBoxLayout.Direction.RightToLeft if fits else QHBoxLayout.Direction.BottomToTop
            )
        self._buttons.setDirection(direction)
        self._layout.addLayout(self._buttons, int(stacked), 1 if stacked else 2, alignment)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        painter = QPainter(self)
        paint_box(painter, self.rect(), RADIUS_CARD, fill=theme.window, border=theme.border)
