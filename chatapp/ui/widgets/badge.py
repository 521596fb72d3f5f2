"""A state in one word with its sign, small enough to stand beside a name.

Lists paint badges themselves; everywhere else they are widgets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QCoreApplication, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from chatapp.ui.i18n import Translated
from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_SMALL

if TYPE_CHECKING:
    from PySide6.QtGui import QColor

    from chatapp.ui.icons import IconName
    from chatapp.ui.theme import Appearance

BadgeKind = Literal["fits", "tight", "too_large", "recommended", "verified", "neutral"]

_HEIGHT = 20
_PADDING = 8
_GAP = 5
_ICON = 12


@dataclass(frozen=True, slots=True)
class _Look:
    """Roles of the theme. A badge without an icon is known by its word alone."""

    fill: str
    color: str
    icon: IconName | None = None
    bold: bool = False


_LOOKS: dict[BadgeKind, _Look] = {
    "fits": _Look("success_tint", "success", "check"),
    "tight": _Look("warning_tint", "warning", "warning"),
    "too_large": _Look("danger_tint", "danger", "close"),
    "recommended": _Look("accent_tint", "accent_text", bold=True),
    "verified": _Look("success_tint", "success", "verified"),
    "neutral": _Look("hover", "text_muted"),
}


class Badge(Translated, QWidget):
    """20 high. Its words are those of its kind unless others are given."""

    def __init__(
        self,
        appearance: Appearance,
        kind: BadgeKind,
        text: str = "",
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._kind = kind
        self._given = self._text = text
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_state(kind, text)
        appearance.changed.connect(self.update)

    @property
    def kind(self) -> BadgeKind:
        """What it says by colour and sign."""
        return self._kind

    @property
    def text(self) -> str:
        """What it says."""
        return self._text

    def set_state(self, kind: BadgeKind, text: str = "") -> None:
        """Say something else."""
        self._kind, self._given = kind, text
        self._translate()

    def _translate(self) -> None:
        self._text = self._given or badge_words(self._kind)
        self.setAccessibleName(self._text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return badge_size(self._appearance, self._kind, self._text)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        top = (self.height() - self.sizeHint().height()) // 2
        paint_badge(QPainter(self), self._appearance, self._kind, self._text, QPoint(0, top))


def badge_words(kind: BadgeKind) -> str:
    """The word of a kind; empty for the neutral one, which has none."""
    return {
        "fits": QCoreApplication.translate("Badge", "Fits"),
        "tight": QCoreApplication.translate("Badge", "Tight"),
        "too_large": QCoreApplication.translate("Badge", "Too large"),
        "recommended": QCoreApplication.translate("Badge", "Recommended"),
        "verified": QCoreApplication.translate("Badge", "Verified"),
        "neutral": "",
    }[kind]


def badge_size(appearance: Appearance, kind: BadgeKind, text: str) -> QSize:
    """The room that a badge takes."""
    look = _LOOKS[kind]
    width = 2 * _PADDING + QFontMetrics(_font(appearance, look)).horizontalAdvance(text) + 1
    if look.icon is not None:
        width += appearance.icon_size(_ICON) + _GAP - 4
    return QSize(width, appearance.height(_HEIGHT))


def paint_badge(
    painter: QPainter, appearance: Appearance, kind: BadgeKind, text: str, top_left: QPoint
) -> None:
    """A badge as large as `badge_size` says, in the direction of the painter's layout."""
    look = _LOOKS[kind]
    theme = appearance.theme
    fill: QColor = getattr(theme, look.fill)
    color: QColor = getattr(theme, look.color)
    box = QRect(top_left, badge_size(appearance, kind, text))
    border = color if theme.is_high_contrast else None
    paint_box(painter, box, RADIUS_SMALL, fill=fill, border=border)
    words = box.adjusted(_PADDING, 0, -_PADDING, 0)
    if look.icon is not None:
        edge = appearance.icon_size(_ICON)
        top = box.top() + (box.height() - edge) // 2
        words.adjust(-2, 0, 2, 0)  # a sign has air of its own
        if painter.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            left = words.right() + 1 - edge
            words.setRight(left - _GAP)
        else:
            left = words.left()
            words.setLeft(left + edge + _GAP)
        appearance.icons.paint(painter, look.icon, QPoint(left, top), edge, color)
    painter.setFont(_font(appearance, look))
    painter.setPen(color)
    painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, text)


def _font(appearance: Appearance, look: _Look) -> QFont:
    return appearance.font("caption", bold=look.bold)
