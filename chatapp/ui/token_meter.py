"""How much of the context is used, and how much would be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QLocale, QSize, Qt
from PySide6.QtGui import QEnterEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy

from chatapp.ui.i18n import Translated, paragraph
from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CONTROL
from chatapp.ui.widgets.focus_ring import FocusRing
from chatapp.ui.widgets.icon_label import IconLabel
from chatapp.ui.widgets.progress_bar import ProgressBar
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenu

    from chatapp.ui.theme import Appearance

_NEARLY_FULL: Final = 0.85
_PADDING: Final = 6
_HEIGHT: Final = 28


class TokenMeter(Translated, QAbstractButton):
    """“2,940 of 8,192” beside a short bar; the tooltip says it in words.

    Pressed, it opens the menu of what happens when the context is full.
    """

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self._used = self._total = self._pending = 0
        self._menu: QMenu | None = None
        self._bar = ProgressBar(appearance, "", "text_muted")
        appearance.fit(self._bar, lambda bar: bar.setFixedWidth(appearance.width(48)))
        self._words = TextLabel(appearance, "", "small", "text_muted", tabular=True)
        self._opens = IconLabel(appearance, "chevron-down", size=12)
        row = QHBoxLayout(self)
        row.setContentsMargins(_PADDING, 0, _PADDING, 0)
        row.setSpacing(8)
        for part in (self._bar, self._words, self._opens):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            row.addWidget(part)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._ring = FocusRing(appearance, self, RADIUS_CONTROL)
        self.clicked.connect(self._open)
        self._translate()

    def set_menu(self, menu: QMenu) -> None:
        """What it opens."""
        self._menu = menu

    def sizeHint(self) -> QSize:
        return QSize(self.layout().sizeHint().width(), self._appearance.height(_HEIGHT))  # type: ignore[union-attr]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.click()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        if self.isDown() or self.underMouse():
            fill = theme.pressed if self.isDown() else theme.hover
            paint_box(QPainter(self), self.rect(), RADIUS_CONTROL, fill=fill)

    def _open(self) -> None:
        if self._menu is not None:
            # Above: it stands at the lower edge of the window.
            at = self.mapToGlobal(self.rect().topRight())
            size = self._menu.sizeHint()
            at.setX(at.x() - size.width())
            at.setY(at.y() - size.height() - 4)
            self._menu.popup(at)

    def set_context(self, used: int, total: int) -> None:
        """Tokens in the context and how many fit; a total of 0 hides the meter."""
        self._used, self._total = used, total
        self._show()

    def set_pending(self, tokens: int) -> None:
        """What the message that is being written would add."""
        if tokens != self._pending:
            self._pending = tokens
            self._show()

    def set_compact(self, *, compact: bool) -> None:
        """In a narrow window the meter is a bar only."""
        self._words.setVisible(not compact)

    def _translate(self) -> None:
        self._bar.setAccessibleName(self.tr("Context"))
        self._show()

    def _show(self) -> None:
        self.setVisible(self._total > 0)
        needed = self._used + self._pending
        share = needed / self._total if self._total > 0 else 0.0
        self._bar.set_fraction(share)
        warning = ""
        if share >= 1:
            self._bar.set_color("danger")
            self._words.set_color("danger")
            warning = self.tr("This is more than the model can read.")
        elif share >= _NEARLY_FULL:
            self._bar.set_color("warning")
            self._words.set_color("warning")
            warning = self.tr("The context is nearly full.")
        else:
            self._bar.set_color("text_muted")
            self._words.set_color("text_muted")
        locale = QLocale()
        figures = {
            "used": locale.toString(needed),
            "total": locale.toString(self._total),
            "before": locale.toString(self._used),
            "added": locale.toString(self._pending),
        }
        self._words.setText(self.tr("{used} of {total}").format(**figures))
        if self._pending:
            words = self.tr(
                "{used} of {total} tokens of the context: {before} so far and {added} of this "
                "message."
            )
        else:
            words = self.tr("{used} of {total} tokens of the context are used.")
        words = words.format(**figures)
        words = paragraph(words, warning) if warning else words
        self.setToolTip(words)
        self.setAccessibleName(words)
