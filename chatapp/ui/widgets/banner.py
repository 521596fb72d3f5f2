"""A message in the place it concerns: what happened, what was kept, what to press."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from chatapp.ui.i18n import Translated
from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CARD
from chatapp.ui.widgets.button import Button, ButtonKind
from chatapp.ui.widgets.details_block import DetailsBlock
from chatapp.ui.widgets.flow_layout import FlowLayout
from chatapp.ui.widgets.icon_label import IconLabel
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatapp.ui.icons import IconName
    from chatapp.ui.theme import Appearance

BannerKind = Literal["info", "warning", "danger"]


class Banner(Translated, QWidget):
    """A tinted box with icon, title, one sentence and buttons; Details open below it.

    `side_by_side` puts the buttons at the right, for a sentence that leaves room there. In another
    language its owner makes another one.

    Signals: `open_logs_requested()`.
    """

    open_logs_requested = Signal()

    def __init__(
        self,
        appearance: Appearance,
        kind: BannerKind,
        title: str,
        sentence: str,
        *,
        details: str = "",
        side_by_side: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        box = _Box(appearance, kind)
        box.setAccessibleName(title)
        box.setAccessibleDescription(sentence)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(TextLabel(appearance, title, bold=True, wrap=True))
        words.addWidget(TextLabel(appearance, sentence, color="text_muted", wrap=True))
        holder = QWidget()  # below the words the buttons go on in a second line
        self._buttons: QLayout = QHBoxLayout(holder) if side_by_side else FlowLayout(8, holder)
        self._buttons.setContentsMargins(0, 0, 0, 0)
        self._buttons.setSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(holder, 0 if side_by_side else 1)
        row.addStretch()
        inside: QBoxLayout = QHBoxLayout() if side_by_side else QVBoxLayout()
        inside.setSpacing(16 if side_by_side else 0)
        inside.addLayout(words, 1)
        inside.addLayout(row)
        icon = IconLabel(
            appearance,
            "info" if kind == "info" else "warning",
            "accent_text" if kind == "info" else kind,
            beside=18,  # a line of it
        )
        all_of_it = QHBoxLayout(box)
        all_of_it.setContentsMargins(14, 12, 14, 12)
        all_of_it.setSpacing(10)
        all_of_it.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        all_of_it.addLayout(inside, 1)
        self._row_gap = 0 if side_by_side else 10
        self._row = row

        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(box)
        self._details: DetailsBlock | None = None
        self._details_button: Button | None = None
        if details:
            self._details = DetailsBlock(appearance, details)
            self._details.open_logs_requested.connect(self.open_logs_requested)
            self._details.hide()
            layout.addWidget(self._details)
            self._details_button = Button(appearance, "", "quiet", trailing_icon="chevron-down")
            self._details_button.clicked.connect(self.toggle_details)
            row.addWidget(self._details_button, 0, Qt.AlignmentFlag.AlignTop)
            row.setContentsMargins(0, self._row_gap, 0, 0)
        self._translate()

    def add_button(
        self,
        text: str,
        on_click: Callable[[], object],
        *,
        kind: ButtonKind = "outlined",
        icon: IconName | None = None,
    ) -> Button:
        """A button that calls `on_click`; the first is the way out that helps most."""
        button = Button(self._appearance, text, kind, icon=icon)
        button.clicked.connect(on_click)
        self._buttons.addWidget(button)
        self._row.setContentsMargins(0, self._row_gap, 0, 0)
        return button

    def toggle_details(self) -> None:
        """Open the details, or close them."""
        if self._details is None or self._details_button is None:
            return
        is_open = self._details.isHidden()
        self._details.setVisible(is_open)
        self._details_button.set_icons(None, "chevron-up" if is_open else "chevron-down")

    def _translate(self) -> None:
        if self._details_button is not None:
            self._details_button.setText(self.tr("Details"))


class _Box(QWidget):
    def __init__(self, appearance: Appearance, kind: BannerKind) -> None:
        super().__init__()
        self._appearance = appearance
        self._kind = kind
        appearance.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        role = "accent" if self._kind == "info" else self._kind
        tint: QColor = getattr(theme, f"{role}_tint")
        painter = QPainter(self)
        border = theme.border if theme.is_high_contrast else None
        paint_box(painter, self.rect(), RADIUS_CARD, fill=tint, border=border)
