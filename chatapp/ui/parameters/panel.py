"""How the answers of one conversation are made, beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from chatapp.ui.i18n import Translated
from chatapp.ui.parameters.form import ParameterForm
from chatapp.ui.parameters.overflow_row import OverflowRow
from chatapp.ui.parameters.preset_bar import PresetBar
from chatapp.ui.widgets.icon_button import IconButton
from chatapp.ui.widgets.name_label import NameLabel
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from PySide6.QtGui import QActionGroup

    from chatapp.domain.generation import ParameterChoice
    from chatapp.jobs import Jobs
    from chatapp.ui.theme import Appearance

_WIDTH: Final = 320
_HEAD: Final = 48
_PADDING: Final = 16
_REST: Final = 400  # ms after the last key
_LINES: Final = 4


class ParametersPanel(Translated, QWidget):
    """Presets, the form, the instructions of the conversation, and what happens when it is long.

    `overflow` are the actions of the latter.

    Signals: `changed(ParameterChoice)` at every step of a drag, too; `instructions_changed(str)`
    once the hand rests; `closed()`. Those of `presets` are for the owner as well.
    """

    changed = Signal(object)
    instructions_changed = Signal(str)
    closed = Signal()

    def __init__(
        self,
        appearance: Appearance,
        jobs: Jobs,
        overflow: QActionGroup,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._instructions = ""
        self._usual_instructions = ""
        self._tokens: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._title = TextLabel(appearance, "", bold=True)
        self.close_button = IconButton(appearance, "close", "")
        self.close_button.clicked.connect(self.closed)
        self.presets = PresetBar(appearance)
        self.presets.chosen.connect(self._on_preset)
        self._problem = TextLabel(appearance, "", "small", "danger", wrap=True)
        self._problem.hide()
        self._resting = QTimer(self, interval=_REST, singleShot=True)
        self._resting.timeout.connect(self._on_rest)
        self.form = ParameterForm(appearance, jobs, self._make_instructions())
        self.form.changed.connect(self._on_changed)
        self.overflow = OverflowRow(appearance, overflow)
        self._lay_out()
        self._translate()
        appearance.resized.connect(self.updateGeometry)
        appearance.changed.connect(self.update)

    # What the owner tells

    @property
    def choice(self) -> ParameterChoice:
        """What is shown."""
        return self.form.choice

    def set_choice(self, choice: ParameterChoice) -> None:
        """Show this without a signal."""
        self.form.set_choice(choice)
        self.presets.set_choice(choice)

    def set_instructions(self, text: str, usual: str = "") -> None:
        """Show these without a signal; the `usual` ones are those of the assistant."""
        self._usual_instructions = usual
        if self._resting.isActive():
            return  # somebody is typing
        self._instructions = text
        if text != self.field.toPlainText():
            with QSignalBlocker(self.field):
                self.field.setPlainText(text)
        self._show_difference()

    def set_tokens(self, tokens: int | None) -> None:
        """How long the instructions are; None where nobody can count."""
        self._tokens = tokens
        self._counter.setText(self.tr("%Ln token(s)", "", tokens) if tokens else "")

    def tell(self, sentence: str) -> None:
        """What went wrong with a wish; empty when nothing did."""
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))

    @property
    def problem(self) -> str:
        """What went wrong with a wish, or empty."""
        return self._problem.text()

    @property
    def counter(self) -> str:
        """How long the instructions are, in words."""
        return self._counter.text()

    def finish(self) -> None:
        """Take what is being typed now."""
        self.form.finish()
        if self._resting.isActive():
            self._resting.stop()
            self._on_rest()

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(self._appearance.width(_WIDTH), 600)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.sizeHint().width(), 200)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LayoutDirectionChange:
            self._set_margins()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.surface)
        edge = self.width() - 1 if self.isRightToLeft() else 0
        painter.fillRect(edge, 0, 1, self.height(), theme.border)
        painter.fillRect(0, self._head.height() - 1, self.width(), 1, theme.border)

    # Making

    def _make_instructions(self) -> QWidget:
        appearance = self._appearance
        self._label = NameLabel(appearance, "")
        # That of its reset, so that nothing moves when it appears
        appearance.fit(self._label, lambda label: label.setMinimumHeight(appearance.height(24)))
        self.reset_instructions = IconButton(appearance, "refresh", "", designed_size=24)
        self.reset_instructions.clicked.connect(self._on_reset)
        self.reset_instructions.hide()
        self._counter = TextLabel(appearance, "", "small", "text_muted", tabular=True)
        self.field = QPlainTextEdit()
        self.field.setObjectName("prose")
        self.field.setTabChangesFocus(True)
        appearance.fit_text(self.field, "body", _LINES)
        self.field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.field.textChanged.connect(self._resting.start)
        head = QHBoxLayout()
        head.addWidget(self._label)
        head.addStretch()
        head.addWidget(self.reset_instructions)
        head.addWidget(self._counter)
        both = QWidget()
        column = QVBoxLayout(both)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.field)
        return both

    def _lay_out(self) -> None:
        appearance = self._appearance
        self._head = QWidget()
        appearance.fit(self._head, lambda head: head.setFixedHeight(appearance.height(_HEAD)))
        row = self._row = QHBoxLayout(self._head)
        row.addWidget(self._title)
        row.addStretch()
        row.addWidget(self.close_button)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setSpacing(0)
        column.addWidget(self._problem)
        column.addWidget(self.presets)
        column.addSpacing(20)
        column.addWidget(self.form)
        column.addSpacing(8)
        column.addWidget(self.overflow)
        column.addStretch()
        area = QScrollArea()
        area.setObjectName("page")
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(content)
        content.setAutoFillBackground(False)
        area.viewport().setAutoFillBackground(False)
        self._area, self._column = area, column
        self._set_margins()
        area.verticalScrollBar().rangeChanged.connect(self._set_margins)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._head)
        layout.addWidget(area, 1)

    def _set_margins(self) -> None:
        """The far edges stay where they are, with a scroll bar and without."""
        bar = self._area.verticalScrollBar()
        far = max(0, _PADDING - bar.sizeHint().width()) if bar.maximum() > 0 else _PADDING
        sides, head = [_PADDING, far], [_PADDING, 8]
        if self.isRightToLeft():
            sides.reverse()
            head.reverse()
        self._column.setContentsMargins(sides[0], _PADDING, sides[1], _PADDING)
        self._row.setContentsMargins(head[0], 0, head[1], 1)

    # Changes

    def _on_preset(self, choice: ParameterChoice) -> None:
        self.form.set_choice(choice)
        self._on_changed(choice)

    def _on_changed(self, choice: ParameterChoice) -> None:
        self.presets.set_choice(choice)
        self.changed.emit(choice)

    def _on_rest(self) -> None:
        text = self.field.toPlainText()
        self._show_difference()
        if text != self._instructions:
            self._instructions = text
            self.instructions_changed.emit(text)

    def _on_reset(self) -> None:
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)  # the button goes
        self.field.setPlainText(self._usual_instructions)
        self.finish()

    def _show_difference(self) -> None:
        is_changed = self.field.toPlainText() != self._usual_instructions
        self._label.set_changed(changed=is_changed)
        self.reset_instructions.setVisible(is_changed)

    def _translate(self) -> None:
        self.setAccessibleName(self.tr("Parameters"))
        self._title.setText(self.tr("Parameters"))
        self.close_button.set_name(self.tr("Close"))
        name = self.tr("Instructions")
        self._label.setText(name)
        self.reset_instructions.set_name(
            self.tr("{name}: back to the assistant's").format(name=name)
        )
        self.field.setAccessibleName(name)
        self.field.setPlaceholderText(self.tr("The model is told nothing."))
        self.field.setAccessibleDescription(
            self.tr("What the model is told before the conversation.")
        )
        self.field.setToolTip(self.field.accessibleDescription())
        self.set_tokens(self._tokens)
