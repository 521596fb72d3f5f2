"""What is known of how an answer was made."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale, Qt, Signal
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from chatapp.domain.conversation import Message
from chatapp.domain.generation import FinishReason, GenerationParameters, Origin
from chatapp.ui.i18n import tr
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.popup import Popup
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance

_WIDTH: Final = 600
_PADDING: Final = 16
_LONGEST: Final = 300  # characters of one value that are shown


class MessageDetails(Popup):
    """Names and values, which can be selected, and what to do with them.

    Signals: `run_again_requested()`.
    """

    run_again_requested = Signal()

    def __init__(
        self, appearance: Appearance, message: Message, why_not: str | None, parent: QWidget
    ) -> None:
        """`why_not`: the reason why it can't be run again exactly, or None."""
        super().__init__(appearance, self.tr("Details of this answer"), parent)
        self.setMaximumWidth(min(appearance.width(_WIDTH), parent.window().width() - 2 * _PADDING))
        self._facts = facts(message)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        self.values: list[QLabel] = []
        for row, (name, value) in enumerate(self._facts):
            label = TextLabel(appearance, name, "small", "text_muted")
            top = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeading
            grid.addWidget(label, row, 0, top)
            shown = QLabel(value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…")
            shown.setTextFormat(Qt.TextFormat.PlainText)
            shown.setFont(appearance.font("small", tabular=True))
            shown.setWordWrap(True)
            shown.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse
                | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            if self.isRightToLeft():  # else the values' own direction would part them from names
                right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute
                shown.setAlignment(right | Qt.AlignmentFlag.AlignVCenter)
            shown.setAccessibleName(name)
            grid.addWidget(shown, row, 1)
            self.values.append(shown)
        copy = Button(appearance, self.tr("Copy"), icon="copy", designed_height=28)
        copy.clicked.connect(self._copy)
        self._copy_button = copy
        self._again = Button(
            appearance, self.tr("Run again exactly"), icon="refresh", designed_height=28
        )
        self._again.setEnabled(why_not is None)
        self._again.setToolTip(why_not or "")
        self._again.clicked.connect(self._on_run_again)
        row_of_buttons = QHBoxLayout()
        row_of_buttons.setSpacing(8)
        row_of_buttons.addStretch()
        row_of_buttons.addWidget(copy)
        row_of_buttons.addWidget(self._again)
        column = QVBoxLayout(self)
        column.setContentsMargins(_PADDING, _PADDING, _PADDING, _PADDING)
        column.setSpacing(12)
        column.addWidget(
            TextLabel(appearance, self.tr("How this answer was made"), "card_title", bold=True)
        )
        column.addLayout(grid)
        column.addLayout(row_of_buttons)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._copy_button.setFocus(Qt.FocusReason.PopupFocusReason)

    def _copy(self) -> None:
        lines = [f"{name}: {value}" for name, value in self._facts]
        QGuiApplication.clipboard().setText("\n".join(lines))
        self._copy_button.set_icons("check")
        self._copy_button.setText(self.tr("Copied"))

    def _on_run_again(self) -> None:
        self.close()
        self.run_again_requested.emit()


def facts(message: Message) -> list[tuple[str, str]]:
    """Names and values of all that is known, in the order in which people ask."""
    found: list[tuple[str, str]] = []
    origin = message.origin
    if origin is not None:
        found += _of_model(origin) + _of_parameters(origin) + _of_usage(origin)
    written = QDateTime.fromSecsSinceEpoch(int(message.created_at))
    words = QLocale().toString(written, QLocale.FormatType.ShortFormat)
    found.append((QCoreApplication.translate("MessageDetails", "Written"), words))
    if message.is_edited:
        found.append(
            (
                QCoreApplication.translate("MessageDetails", "Edited"),
                QCoreApplication.translate(
                    "MessageDetails", "by a person; the figures are those of the first version"
                ),
            )
        )
    return found


def _of_model(origin: Origin) -> list[tuple[str, str]]:
    found = [(QCoreApplication.translate("MessageDetails", "Model"), origin.model_name)]
    if origin.quantization:
        found.append(
            (QCoreApplication.translate("MessageDetails", "Quantization"), origin.quantization)
        )
    found.append((QCoreApplication.translate("MessageDetails", "File"), origin.model_path))
    if origin.model_sha256:
        found.append(("SHA-256", origin.model_sha256))
    return found


def _of_parameters(origin: Origin) -> list[tuple[str, str]]:
    usual = GenerationParameters()
    others = []
    for field in fields(GenerationParameters):
        value = getattr(origin.parameters, field.name)
        if field.name != "seed" and value != getattr(usual, field.name):
            others.append(f"{field.name} = {_written(value)}")
    words = "\n".join(others) if others else QCoreApplication.translate("MessageDetails", "none")
    found = [(QCoreApplication.translate("MessageDetails", "Changed parameters"), words)]
    if origin.seed is not None:
        found.append((QCoreApplication.translate("MessageDetails", "Seed"), str(origin.seed)))
    return found


def _of_usage(origin: Origin) -> list[tuple[str, str]]:
    usage, number = origin.usage, QLocale().toString
    found: list[tuple[str, str]] = []
    if usage.prompt_tokens:
        words = tr("%Ln token(s)", "", usage.prompt_tokens)
        if usage.cached_tokens:
            reused = QCoreApplication.translate("MessageDetails", "{count} of them reused")
            words = f"{words}, {reused.format(count=number(usage.cached_tokens))}"
        found.append((QCoreApplication.translate("MessageDetails", "Prompt"), words))
    if usage.completion_tokens:
        words = tr("%Ln token(s)", "", usage.completion_tokens)
        found.append((QCoreApplication.translate("MessageDetails", "Answer"), words))
    for name, milliseconds in (
        (QCoreApplication.translate("MessageDetails", "First token"), usage.first_token_ms),
        (QCoreApplication.translate("MessageDetails", "Thinking"), usage.reasoning_ms),
        (QCoreApplication.translate("MessageDetails", "Writing"), usage.generation_ms),
    ):
        if milliseconds:
            seconds = number(milliseconds / 1000, "f", 2)
            found.append(
                (
                    name,
                    QCoreApplication.translate("MessageDetails", "{seconds} s").format(
                        seconds=seconds
                    ),
                )
            )
    if usage.tokens_per_second:
        speed = number(usage.tokens_per_second, "f", 1)
        words = QCoreApplication.translate("MessageDetails", "{speed} tokens/s").format(speed=speed)
        found.append((QCoreApplication.translate("MessageDetails", "Speed"), words))
    if origin.finish_reason is not None:
        found.append(
            (QCoreApplication.translate("MessageDetails", "Ended"), _end(origin.finish_reason))
        )
    if origin.llama_build:
        found.append(("llama.cpp", origin.llama_build))
    return found


def _end(reason: FinishReason) -> str:
    return {
        FinishReason.END: QCoreApplication.translate(
            "MessageDetails", "The model came to its end."
        ),
        FinishReason.LENGTH: QCoreApplication.translate(
            "MessageDetails", "The length limit was reached."
        ),
        FinishReason.CONTEXT: QCoreApplication.translate("MessageDetails", "The context was full."),
        FinishReason.STOPPED: QCoreApplication.translate("MessageDetails", "You stopped it."),
        FinishReason.FAILED: QCoreApplication.translate("MessageDetails", "An error ended it."),
    }[reason]


def _written(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple):
        return ", ".join(repr(str(one)) if isinstance(one, str) else str(one) for one in value)
    return str(value)
