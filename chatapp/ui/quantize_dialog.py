"""The dialog that asks which type a model is made smaller to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QStyle, QVBoxLayout, QWidget

from chatapp.domain.quantization import QuantType
from chatapp.ui.i18n import Translated
from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CONTROL
from chatapp.ui.widgets.badge import BadgeKind, badge_size, badge_words, paint_badge
from chatapp.ui.widgets.banner import Banner
from chatapp.ui.widgets.dialog import Dialog
from chatapp.ui.widgets.exclusive import lead_tab_to_chosen
from chatapp.ui.widgets.focus_ring import FocusRing
from chatapp.ui.widgets.text_label import TextLabel
from chatapp.ui.words import duration, file_size, joined, quality

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtGui import QColor, QFont

    from chatapp.domain.model import ModelFile
    from chatapp.domain.quantization import QuantizePlan
    from chatapp.hub.fit import Verdict
    from chatapp.ui.theme import Appearance, TextStyle

# One of each step: whoever wants a relative of these knows the command line.
OFFERED = (
    QuantType.Q8_0,
    QuantType.Q6_K,
    QuantType.Q5_K_M,
    QuantType.Q4_K_M,
    QuantType.IQ4_XS,
    QuantType.Q3_K_M,
    QuantType.Q2_K,
)
_WIDTH = 560
_ROW = 48
_BETWEEN = 2
_HEADER = 24
_PADDING = 12
_GAP = 20
_MARK = 16
_FITS: tuple[BadgeKind, ...] = ("fits", "tight", "too_large")


class QuantizeDialog(Translated, Dialog):
    """Lists the types with what each of them would be; one is chosen and can be had made.

    What takes a moment to find out comes with `set_plans`. `is_quantized` is whether the person
    knows that the model was made smaller before.

    Signals: `chosen(QuantType)`.
    """

    chosen = Signal(object)

    def __init__(
        self,
        appearance: Appearance,
        model: ModelFile,
        *,
        is_quantized: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(appearance, "", "", parent)
        self._model = model
        self._can_be_smaller = True
        self._warning: Banner | None = None
        self._failure: Banner | None = None
        self._failure_sentence = ""
        self.is_quantized = False
        self.rows = [TypeRow(appearance, kind) for kind in OFFERED]
        columns = _Columns(appearance, self.rows)
        self._content = content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(columns)
        for row in self.rows:
            row.columns = columns
            column.addWidget(row)
        self.add_widget(content)
        self.note = TextLabel(appearance, "", "small", "text_muted", wrap=True)
        self.add_widget(self.note)
        self.cancel = self.add_button("", safe=True)
        self.make = self.add_button("", "primary")
        self.make.setEnabled(False)
        self.is_quantized = is_quantized
        self._translate()
        self.accepted.connect(self._on_accepted)

    @property
    def kind(self) -> QuantType | None:
        """The type that is chosen."""
        return next((row.kind for row in self.rows if row.isChecked() and row.isEnabled()), None)

    def set_plans(
        self,
        plans: Sequence[QuantizePlan],
        verdicts: Mapping[QuantType, Verdict],
        recommended: QuantType | None,
    ) -> None:
        """What would become of the model. `recommended` is chosen unless another one was."""
        by_kind = {plan.kind: plan for plan in plans}
        if not self.is_quantized and any(plan.is_requantized for plan in plans):
            self.is_quantized = True
            self._translate()
        before = self.kind
        for row in self.rows:
            plan = by_kind.get(row.kind)
            if plan is not None:
                verdict = verdicts.get(row.kind)
                row.set_plan(plan, verdict, is_recommended=row.kind is recommended)
        usable = [row for row in self.rows if row.isEnabled()]
        kept = before if before in [row.kind for row in usable] else recommended
        for row in usable:
            row.setChecked(row.kind is kept)
        if recommended is None:
            self._can_be_smaller = False
            self._show_note()
        self.make.setEnabled(self.kind is not None)
        for row in self.rows:
            row.toggled.connect(lambda _: self.make.setEnabled(self.kind is not None))

    def show_failure(self, sentence: str) -> None:
        """It can't be found out, nor made."""
        for widget in (self._content, self.note, self.make):
            widget.hide()
        self._failure_sentence = sentence
        self._translate()

    def _translate(self) -> None:
        self.set_words(
            self.tr("Make {model} smaller").format(model=self._model.name),
            self.tr(
                "It takes less memory and answers faster, and loses some quality. The original "
                "stays; the result is tried and compared with it before it is kept."
            ),
        )
        self._content.setAccessibleName(self.tr("Type"))
        self._show_note()
        has_failed = bool(self._failure_sentence)
        self.cancel.setText(self.tr("Close") if has_failed else self.tr("Cancel"))
        self.make.setText(
            self.tr("Make smaller anyway") if self.is_quantized else self.tr("Make smaller")
        )
        if self.is_quantized:
            self._warning = self._replace(self._warning, self._make_warning())
        if has_failed:
            title = self.tr("This model can't be made smaller")
            banner = Banner(self._appearance, "danger", title, self._failure_sentence)
            self._failure = self._replace(self._failure, banner)
        if self.isVisible():
            self.resize(self.width(), self._height(self.width()))

    def _show_note(self) -> None:
        kind = self._model.quantization
        facts = joined(kind, file_size(self._model.size), quality(kind))
        self.note.setText(
            self.tr("Now: {facts}").format(facts=facts)
            if self._can_be_smaller
            else self.tr("It is as small as it can be made here.")
        )

    def _make_warning(self) -> Banner:
        """Some of its weights have lost precision already, whatever its name says."""
        return Banner(
            self._appearance,
            "warning",
            self.tr("This model was made smaller before"),
            self.tr("Made from the original, the same type would be better."),
        )

    def _replace(self, before: Banner | None, banner: Banner) -> Banner:
        """Put a banner below the sentences, in the place of the one before."""
        if before is not None:
            before.hide()
            before.deleteLater()
        self._body.insertWidget(2, banner)
        banner.show()  # now, so that there is room for it
        return banner

    def sizeHint(self) -> QSize:
        width = round(_WIDTH * max(1.0, self._appearance.size / 13))
        return QSize(width, self._height(width))

    def _height(self, width: int) -> int:
        layout = self.layout()
        return layout.totalHeightForWidth(width) if layout is not None else 0

    def _on_accepted(self) -> None:
        if self.kind is not None:
            self.chosen.emit(self.kind)


class TypeRow(Translated, QAbstractButton):
    """One type: its name and quality, and what is known of it by now. One of the rows is chosen."""

    def __init__(self, appearance: Appearance, kind: QuantType) -> None:
        super().__init__()
        self._appearance = appearance
        self.kind = kind
        self.columns: _Columns | None = None
        self.plan: QuantizePlan | None = None
        self.fit: BadgeKind | None = None
        self.is_recommended = False
        self.setText(kind.value)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        lead_tab_to_chosen(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._ring = FocusRing(appearance, self, RADIUS_CONTROL)
        self._translate()
        appearance.changed.connect(self.update)

    def set_plan(
        self, plan: QuantizePlan, verdict: Verdict | None, *, is_recommended: bool
    ) -> None:
        """What would become of the model with this type."""
        self.plan = plan
        self.is_recommended = is_recommended
        if plan.is_smaller:
            self.fit = None if verdict is None else _FITS[list(type(verdict)).index(verdict)]
        else:
            self.setEnabled(False)
        self._translate()
        self.update()

    @property
    def size_words(self) -> str:
        """How large the model would be, once that is known."""
        return file_size(self.plan.size) if self.plan is not None else ""

    @property
    def time_words(self) -> str:
        """How long it would take to make."""
        plan = self.plan
        return duration(plan.seconds) if plan is not None and plan.is_smaller else ""

    def sizeHint(self) -> QSize:
        return QSize(200, self._appearance.height(_ROW, lines=2))

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        painter = QPainter(self)
        box = self.rect().adjusted(0, 1, 0, -1)
        if self.isChecked():
            border = theme.border if theme.is_high_contrast else None
            paint_box(painter, box, RADIUS_CONTROL, fill=theme.selected, border=border)
        elif self.isEnabled() and self.underMouse():
            paint_box(painter, box, RADIUS_CONTROL, fill=theme.hover)
        if self.columns is None:
            return
        at = self.columns
        self._paint_mark(painter)
        color = theme.text if self.isEnabled() else theme.text_disabled
        muted = theme.text_muted if self.isEnabled() else theme.text_disabled
        left = _PADDING + self._appearance.icon_size(_MARK) + 10
        line, small = (self._appearance.line_height(style) for style in ("body", "small"))
        top = (self.height() - line - _BETWEEN - small) // 2
        bold = self._appearance.font("body", bold=True)
        width = QFontMetrics(bold).horizontalAdvance(self.text()) + 1
        self._draw(painter, QRect(left, top, width, line), self.text(), bold, color)
        if self.is_recommended:
            words = badge_words("recommended")
            size = badge_size(self._appearance, "recommended", words)
            place = QRect(left + width + 8, top + (line - size.height()) // 2, size.width(), 1)
            paint_badge(
                painter, self._appearance, "recommended", words, self._placed(place).topLeft()
            )
        second = QRect(left, top + line + _BETWEEN, at.size_left - left, small)
        small_font = self._appearance.font("small")
        self._draw(painter, second, quality(self.kind.value), small_font, muted)
        figures = self._appearance.font("body", tabular=True)
        end = Qt.AlignmentFlag.AlignRight
        whole = QRect(at.size_left, 0, at.size_right - at.size_left, self.height())
        self._draw(painter, whole, self.size_words or "…", figures, color, end)
        whole = QRect(at.size_right, 0, at.time_right - at.size_right, self.height())
        self._draw(painter, whole, self.time_words, figures, muted, end)
        if self.fit is not None:
            size = badge_size(self._appearance, self.fit, badge_words(self.fit))
            place = QRect(at.fit_left, (self.height() - size.height()) // 2, size.width(), 1)
            corner = self._placed(place).topLeft()
            paint_badge(painter, self._appearance, self.fit, badge_words(self.fit), corner)

    # Inside

    def _paint_mark(self, painter: QPainter) -> None:
        """A circle, with a dot in that of the chosen row."""
        theme = self._appearance.theme
        edge = self._appearance.icon_size(_MARK)
        place = self._placed(QRect(_PADDING, (self.height() - edge) // 2, edge, edge))
        if self.isChecked():
            paint_box(painter, place, edge / 2, border=theme.accent_text, width=1.5)
            inset = edge * 5 // 16
            dot = place.adjusted(inset, inset, -inset, -inset)
            paint_box(painter, dot, dot.width() / 2, fill=theme.accent_text)
        else:
            color = theme.control_border if self.isEnabled() else theme.text_disabled
            paint_box(painter, place, edge / 2, border=color, width=1.5)

    def _draw(
        self,
        painter: QPainter,
        box: QRect,
        text: str,
        font: QFont,
        color: QColor,
        side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> None:
        painter.setFont(font)
        painter.setPen(color)
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(self._placed(box), side | Qt.AlignmentFlag.AlignVCenter, shown)

    def _placed(self, box: QRect) -> QRect:
        return QStyle.visualRect(self.layoutDirection(), self.rect(), box)

    def _translate(self) -> None:
        """All that stands in the row, for screen readers."""
        self.setToolTip("" if self.isEnabled() else self.tr("Not smaller than it is now"))
        parts = [self.text(), quality(self.kind.value), self.size_words, self.time_words]
        parts += [badge_words(self.fit)] if self.fit is not None else []
        parts += [badge_words("recommended")] if self.is_recommended else []
        self.setAccessibleName(", ".join(part for part in parts if part))


class _Columns(Translated, QWidget):
    """The words above the columns, and where these are."""

    def __init__(self, appearance: Appearance, rows: Sequence[TypeRow]) -> None:
        super().__init__()
        self._appearance = appearance
        self._rows = rows
        self._translate()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        appearance.changed.connect(self.update)

    def _translate(self) -> None:
        self._size = self.tr("Size")
        self._time = self.tr("Takes about")
        self._fit = self.tr("On this computer")

    @property
    def fit_left(self) -> int:
        """Where the badges begin."""
        kinds = [badge_size(self._appearance, kind, badge_words(kind)).width() for kind in _FITS]
        return self.width() - _PADDING - max(*kinds, self._advance(self._fit, "small"))

    @property
    def time_right(self) -> int:
        """Where the durations end."""
        return self.fit_left - _GAP

    @property
    def size_right(self) -> int:
        """Where the sizes end."""
        widest = max(self._advance("00 h 00 min", "body"), self._advance(self._time, "small"))
        return self.time_right - widest - _GAP // 2

    @property
    def size_left(self) -> int:
        """Where the sizes begin."""
        widest = max(self._advance("000.0 GB", "body"), self._advance(self._size, "small"))
        return self.size_right - widest

    def sizeHint(self) -> QSize:
        return QSize(200, self._appearance.height(_HEADER))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self._appearance.font("small"))
        painter.setPen(self._appearance.theme.text_muted)
        start, end = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        height = self.height()
        for box, text, side in (
            (QRect(_PADDING, 0, self.size_left, height), self.tr("Type"), start),
            (QRect(0, 0, self.size_right, height), self._size, end),
            (QRect(0, 0, self.time_right, height), self._time, end),
            (QRect(self.fit_left, 0, self.width(), height), self._fit, start),
        ):
            place = QStyle.visualRect(self.layoutDirection(), self.rect(), box)
            painter.drawText(place, side | Qt.AlignmentFlag.AlignVCenter, text)

    def _advance(self, text: str, style: TextStyle) -> int:
        return QFontMetrics(self._appearance.font(style, tabular=True)).horizontalAdvance(text)
