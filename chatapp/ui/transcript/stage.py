"""What the parts of a transcript have in common: what they are drawn with, and what can be pressed.

Nothing in a transcript is a widget: thousands of those are slow. What can be pressed is a `Spot`,
which the view makes known to pointer, keyboard and screen readers.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CONTROL

if TYPE_CHECKING:
    from chatapp.ui.icons import IconName
    from chatapp.ui.theme import Appearance, TextStyle
    from chatapp.ui.transcript.drawings import Drawings
    from chatapp.ui.transcript.images import Images

SpotLook = Literal["icon", "quiet", "text", "outlined", "primary", "plain"]
SpotKind = Literal["button", "toggle", "opener", "link"]

TEXT_INSET: Final = 12  # of the words of a button, from its edge

_ICON: Final = 16
_SMALL_ICON: Final = 14
_GAP: Final = 8
_RING: Final = 2


@dataclass(frozen=True, slots=True)
class WindowChoices:
    """What can be done so that the model reads a conversation that is too long for it.

    `longer` is a context in tokens that it could have, 0 for none.
    """

    can_leave_out: bool = False
    longer: int = 0


@dataclass(slots=True)
class Stage:
    """What every part is drawn with.

    `toggled` has the keys of what a person opened or wrapped; `copied` is the key of what was
    copied a moment ago. `toggle`, `copy` and `save` are what parts may ask for;
    `thinking_seconds` tells how long the model thought in a block, `window_choices` what can be
    done about a context that is full, by the id of an answer.
    """

    appearance: Appearance
    drawings: Drawings | None
    images: Images
    toggle: Callable[[Hashable], None]
    copy: Callable[[str, Hashable], None]
    save: Callable[[str, str], None]  # a language, the code
    thinking_seconds: Callable[[Hashable], float]
    window_choices: Callable[[int], WindowChoices] = lambda _: WindowChoices()
    shows_details: bool = True  # below answers that are whole
    wraps_code: bool = False  # unless a person chose otherwise for a block
    toggled: set[Hashable] = field(default_factory=set)
    copied: Hashable = None
    hovered: Hashable = None  # the block under the pointer


@dataclass(slots=True, eq=False)
class Spot:
    """Something to press, at `rect` in its owner's coordinates.

    `key` says that it is the same spot after everything was laid out anew. A `plain` one is painted
    by its owner. `is_shy` ones are seen only while the pointer or the keyboard is at the message.
    A `toggle` is on or off; what an `opener` shows is open while its key is toggled on the stage.
    """

    key: Hashable
    name: str
    act: Callable[[], object]
    rect: QRectF = field(default_factory=QRectF)
    look: SpotLook = "icon"
    icon: IconName | None = None
    text: str = ""
    is_enabled: bool = True
    is_shy: bool = False
    is_on: bool = False
    kind: SpotKind = "button"

    def size(self, appearance: Appearance, designed: int) -> tuple[float, float]:
        """Width and height in logical pixels where the design says `designed` high."""
        edge = float(appearance.height(designed))
        if self.look == "icon":
            return edge, edge
        metrics = QFontMetricsF(appearance.font(self._style(designed)))
        width = 2 * TEXT_INSET + metrics.horizontalAdvance(self.text)
        if self.icon is not None:
            width += appearance.icon_size(_SMALL_ICON) + _GAP
        return float(round(width)), edge

    def paint(
        self,
        painter: QPainter,
        appearance: Appearance,
        rect: QRectF,
        *,
        is_hovered: bool,
        is_pressed: bool,
        is_focused: bool,
    ) -> None:
        """Draw it at `rect`, in the painter's coordinates."""
        fill, border, color = self._colors(appearance, is_hovered=is_hovered, is_pressed=is_pressed)
        if fill is not None or border is not None:
            paint_box(painter, rect, RADIUS_CONTROL, fill=fill, border=border)
        if is_focused:
            edge = _RING
            ring = rect.adjusted(-edge, -edge, edge, edge)
            paint_box(
                painter,
                ring,
                RADIUS_CONTROL + edge,
                border=appearance.theme.accent,
                width=_RING,
            )
        if self.look == "plain":
            return
        if self.look == "icon":
            if self.icon is not None:
                _paint_icon(painter, appearance, self.icon, rect, _ICON, color)
            return
        self._paint_words(painter, appearance, rect, color)

    def _paint_words(
        self, painter: QPainter, appearance: Appearance, rect: QRectF, color: QColor
    ) -> None:
        font = appearance.font(self._style(round(rect.height())))
        words = QFontMetricsF(font).horizontalAdvance(self.text)
        edge = appearance.icon_size(_SMALL_ICON)
        width = words + (edge + _GAP if self.icon is not None else 0)
        left = rect.left() + (rect.width() - width) / 2
        if self.icon is not None:
            place = QRectF(left, rect.top(), edge, rect.height())
            _paint_icon(painter, appearance, self.icon, place, _SMALL_ICON, color)
            left += edge + _GAP
        painter.setFont(font)
        painter.setPen(color)
        area = QRect(round(left), round(rect.top()), round(words) + 2, round(rect.height()))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, self.text)

    def _style(self, height: int) -> TextStyle:
        return "small" if height < 28 else "body"

    def _colors(
        self, appearance: Appearance, *, is_hovered: bool, is_pressed: bool
    ) -> tuple[QColor | None, QColor | None, QColor]:
        """Fill, border and words."""
        theme = appearance.theme
        if not self.is_enabled:
            is_filled = self.look in ("outlined", "primary")
            return (theme.hover if is_filled else None), None, theme.text_disabled
        if self.look == "primary":
            fill = theme.accent_hover if is_hovered else theme.accent
            return (theme.accent_pressed if is_pressed else fill), None, theme.on_accent
        state = theme.pressed if is_pressed else theme.hover if is_hovered else None
        if self.is_on:
            return state or theme.selected, None, theme.accent_text
        if self.look == "outlined":
            return state or theme.surface_raised, theme.border_strong, theme.text
        if self.look == "text":
            return state, None, theme.accent_text
        return state, None, theme.text if is_hovered else theme.text_muted


def _paint_icon(
    painter: QPainter,
    appearance: Appearance,
    icon: IconName,
    rect: QRectF,
    designed: int,
    color: QColor,
) -> None:
    edge = appearance.icon_size(designed)
    left = round(rect.left() + (rect.width() - edge) / 2)
    top = round(rect.top() + (rect.height() - edge) / 2)
    appearance.icons.paint(painter, icon, QPoint(left, top), edge, color)
