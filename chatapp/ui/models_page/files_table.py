"""The files of a model: the one for this computer first, the others behind “All files”."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from chatapp.ui.i18n import Translated
from chatapp.ui.models_page.catalog_card import CardAction
from chatapp.ui.painting import paint_box
from chatapp.ui.widgets.badge import BadgeKind, badge_size, badge_words, paint_badge
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.checkable import Checkable
from chatapp.ui.widgets.elided_label import ElidedLabel
from chatapp.ui.widgets.exclusive import lead_tab_to_chosen
from chatapp.ui.widgets.spinner import paint_spinner
from chatapp.ui.widgets.text_label import TextLabel
from chatapp.ui.words import joined, percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QColor

    from chatapp.ui.theme import Appearance, TextStyle

_ROW = 40
_HEAD = 32
_PADDING = 8
_GAP = 16
_STATE_ICON = 14
_QUALITY_FROM = 700  # pixels of width from which a column is shown
_MEMORY_FROM = 520
_NOTE_FROM = 620


@dataclass(frozen=True, slots=True)
class FileFace:
    """All the words of a row. `action` is anything but `DETAILS`."""

    key: str
    name: str
    quality: str = ""
    size: str = ""
    memory: str = ""
    badge: BadgeKind | None = None
    note: str = ""
    is_recommended: bool = False  # or, where none fits, the smallest
    action: CardAction = CardAction.DOWNLOAD
    fraction: float | None = None

    @property
    def has_praise(self) -> bool:
        """Whether it is said to be recommended: what does not fit is not."""
        return self.is_recommended and self.badge != "too_large"

    @property
    def spoken(self) -> str:
        """What a screen reader says after the name."""
        parts = (
            badge_words("recommended") if self.has_praise else "",
            self.quality,
            self.size,
            badge_words(self.badge) if self.badge is not None else "",
            self.note,
        )
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where the columns begin and end, in logical pixels; 0 for one that isn't shown."""

    name: tuple[int, int]
    quality: tuple[int, int]
    size: tuple[int, int]
    memory: tuple[int, int]
    fit: tuple[int, int]
    action: tuple[int, int]


class FilesTable(Translated, QWidget):
    """Rows to choose from; the chosen one is what the page tells about.

    Signals: `chosen(str)` and `download_requested(str)` with a row's key; `permission_requested()`.
    """

    chosen = Signal(str)
    download_requested = Signal(str)
    permission_requested = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._faces: list[FileFace] = []
        self._rows: list[FileRow] = []
        self._current = ""
        self._others = 0
        self._is_open = False
        self._group = QButtonGroup(self)
        self._title = TextLabel(appearance, "", "card_title")
        self._reason = ElidedLabel(appearance, "small", "text_muted")
        self._reason.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
        self._head = FilesHead(appearance)
        self._first = self._make_row()
        self._all = QWidget()
        self._lines = QVBoxLayout(self._all)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(0)
        self._toggle = Button(appearance, "", "text", trailing_icon="chevron-down")
        self._toggle.clicked.connect(self._on_toggled)
        self._toggle.hide()
        self._rest = TextLabel(appearance, style="small", color="text_muted")
        titles = QHBoxLayout()
        titles.setSpacing(_GAP)
        titles.addWidget(self._title)
        titles.addWidget(self._reason, 1)
        below = QHBoxLayout()
        below.setContentsMargins(0, 4, 0, 0)
        below.addWidget(self._toggle)
        below.addWidget(self._rest)
        below.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(titles)
        layout.addSpacing(4)
        layout.addWidget(self._head)
        layout.addWidget(self._first)
        layout.addWidget(self._all)
        layout.addLayout(below)
        self._translate()

    @property
    def rows(self) -> list[FileRow]:
        """The rows that are shown, from the top."""
        if not self._first.isHidden():
            return [self._first]
        return [row for row in self._rows if not row.isHidden()]

    @property
    def current(self) -> str:
        """The key of the chosen row."""
        return self._current

    def set_faces(self, faces: Sequence[FileFace], reason: str, *, others: int = 0) -> None:
        """Show these, the largest first, and why one is recommended; `others` are not shown."""
        self._reason.setText(reason)
        self._others = others
        self._faces = list(faces)
        keys = [face.key for face in faces]
        if self._current not in keys:
            self._current = next((face.key for face in faces if face.is_recommended), "")
            self._current = self._current or (keys[0] if keys else "")
        self._show()

    def open_all(self) -> None:
        """Show all files."""
        self._is_open = True
        self._show()

    def choose(self, key: str) -> None:
        """Choose a row, without a signal; shown if it was not."""
        if any(face.key == key for face in self._faces):
            self._current = key
            self._is_open = self._is_open or not self._is_first(key)
            self._show()

    def reset(self) -> None:
        """Another model is going to be shown."""
        self._current = ""
        self._is_open = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def _is_first(self, key: str) -> bool:
        return any(face.key == key and face.is_recommended for face in self._faces)

    def _translate(self) -> None:
        self._title.setText(self.tr("Files"))
        self._show()

    def _show(self) -> None:
        self._rest.setText(self.tr("and %Ln more", "", self._others) if self._others else "")
        first = next((face for face in self._faces if face.is_recommended), None)
        folds = first is not None and len(self._faces) > 1
        is_folded = folds and not self._is_open
        if first is not None and is_folded:
            self._first.show_face(first, is_current=first.key == self._current)
        else:
            self._show_rows()
        self._first.setVisible(is_folded)
        self._all.setVisible(not is_folded)
        self._toggle.setVisible(folds)
        words = self.tr("All %Ln file(s)", "", len(self._faces))
        if self._rest.text():
            words = self.tr("Other files")
        self._toggle.setText(words if is_folded else self.tr("Only the recommended file"))
        self._toggle.set_icons(None, "chevron-down" if is_folded else "chevron-up")
        self._rest.setVisible(not is_folded and bool(self._rest.text()))
        self._lay_out()

    def _show_rows(self) -> None:
        while len(self._rows) < len(self._faces):
            row = self._make_row()
            self._rows.append(row)
            self._lines.addWidget(row)
        for row, face in zip(self._rows, self._faces, strict=False):
            row.show_face(face, is_current=face.key == self._current)
            row.show()
        for row in self._rows[len(self._faces) :]:
            row.hide()

    def _make_row(self) -> FileRow:
        row = FileRow(self._appearance)
        row.clicked.connect(lambda _=False: self._on_chosen(row.face.key))
        row.action_requested.connect(lambda: self._on_action(row.face))
        self._group.addButton(row)
        lead_tab_to_chosen(row)
        return row

    def _lay_out(self) -> None:
        columns = _columns(self._appearance, self._faces, self.width())
        self._head.set_columns(columns)
        for row in self.rows:
            row.set_columns(columns)

    def _on_toggled(self) -> None:
        self._is_open = not self._is_open
        if not self._is_open:
            first = next((face.key for face in self._faces if face.is_recommended), "")
            if first and first != self._current:
                self._on_chosen(first)
        self._show()

    def _on_chosen(self, key: str) -> None:
        if key != self._current:
            self._current = key
            self.chosen.emit(key)
        self._show()

    def _on_action(self, face: FileFace) -> None:
        if face.action is CardAction.GATED:
            self.permission_requested.emit()
        else:
            self.download_requested.emit(face.key)


class FilesHead(QWidget):
    """The names of the columns."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self._columns: _Columns | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        appearance.changed.connect(self.update)

    def set_columns(self, columns: _Columns) -> None:
        self._columns = columns
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, self._appearance.height(_HEAD))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, columns = self._appearance.theme, self._columns
        painter = QPainter(self)
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme.border)
        if columns is None:
            return
        for text, place, at_end in (
            (self.tr("File"), columns.name, False),
            (self.tr("Quality"), columns.quality, False),
            (self.tr("Size"), columns.size, True),
            (self.tr("In memory"), columns.memory, True),
            (self.tr("On this computer"), columns.fit, False),
        ):
            paint_cell(
                painter,
                self,
                self._appearance,
                text,
                place,
                "small",
                theme.text_muted,
                at_end=at_end,
            )


class FileRow(Translated, Checkable):
    """A file; pressed, it is the one that the page tells about.

    Signals: `action_requested()` from its button.
    """

    action_requested = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._face = FileFace("", "")
        self._is_current = False
        self._columns: _Columns | None = None
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.button = Button(appearance, "", icon="download", designed_height=28, parent=self)
        self.button.clicked.connect(self.action_requested)
        self._translate()
        appearance.changed.connect(self.update)

    @property
    def face(self) -> FileFace:
        """What it shows."""
        return self._face

    def show_face(self, face: FileFace, *, is_current: bool) -> None:
        """Show a file. The current one's button is filled."""
        self._face, self._is_current = face, is_current
        self.setChecked(is_current)
        self._translate()

    def _translate(self) -> None:
        face, is_current = self._face, self._is_current
        self.setText(face.name)
        self.setAccessibleName(face.name or self.tr("File"))  # until it is known which
        self.setAccessibleDescription(face.spoken)
        has_button = face.action in {CardAction.DOWNLOAD, CardAction.GATED}
        if self.button.hasFocus() and not has_button:
            self.setFocus()  # else the keyboard would go somewhere else on the page
        self.button.setVisible(has_button)
        is_gated = face.action is CardAction.GATED
        words = self.tr("How to get it") if is_gated else self.tr("Download")
        self.button.setText(words)
        self.button.set_icons(None if is_gated else "download")
        is_filled = is_current and not is_gated and face.badge != "too_large"
        self.button.set_kind("primary" if is_filled else "outlined")
        self.button.setAccessibleName(f"{words}: {joined(face.name, face.size)}")
        stop = Qt.FocusPolicy.TabFocus if is_current else Qt.FocusPolicy.NoFocus
        self.button.setFocusPolicy(stop)
        self._place_button()
        self.update()

    def set_columns(self, columns: _Columns) -> None:
        """Where the columns are."""
        self._columns = columns
        self._place_button()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, self._appearance.height(_ROW))

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_button()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, face, columns = self._appearance.theme, self._face, self._columns
        painter = QPainter(self)
        if self.isChecked():
            painter.fillRect(self.rect(), theme.selected)
            if theme.is_high_contrast:
                painter.fillRect(placed(self, 0, 2), 0, 2, self.height(), theme.accent)
        elif self.underMouse():
            painter.fillRect(self.rect(), theme.hover)
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme.border)
        if self.hasFocus():
            ring = QRectF(self.rect()).adjusted(2, 2, -2, -3)
            paint_box(painter, ring, 4, border=theme.accent, width=2)
        if columns is None:
            return
        paint = self._paint_cell
        used = paint(painter, face.name, columns.name, "body", theme.text, bold=True)
        if face.has_praise:
            words = badge_words("recommended")
            size = badge_size(self._appearance, "recommended", words)
            if used + _PADDING + size.width() <= columns.name[1] - columns.name[0]:
                left = placed(self, columns.name[0] + used + _PADDING, size.width())
                top = (self.height() - size.height()) // 2
                at = QPoint(left, top)
                paint_badge(painter, self._appearance, "recommended", words, at)
        paint(painter, face.quality, columns.quality, "body", theme.text_muted)
        paint(painter, face.size, columns.size, "body", theme.text, at_end=True)
        paint(painter, face.memory, columns.memory, "body", theme.text, at_end=True)
        self._paint_fit(painter, columns.fit)
        self._paint_state(painter, columns.action)

    def _paint_fit(self, painter: QPainter, place: tuple[int, int]) -> None:
        face, theme = self._face, self._appearance.theme
        begin, end = place
        if face.badge is None:
            self._paint_cell(painter, face.note, place, "small", theme.text_muted)
            return
        words = badge_words(face.badge)
        size = badge_size(self._appearance, face.badge, words)
        at = QPoint(placed(self, begin, size.width()), (self.height() - size.height()) // 2)
        paint_badge(painter, self._appearance, face.badge, words, at)
        rest = (begin + size.width() + _PADDING, end)
        if rest[1] - rest[0] > 60:
            self._paint_cell(painter, face.note, rest, "small", theme.text_muted)

    def _paint_state(self, painter: QPainter, place: tuple[int, int]) -> None:
        face, theme = self._face, self._appearance.theme
        edge = self._appearance.icon_size(_STATE_ICON)
        if face.action is CardAction.IN_LIBRARY:
            text, color = self.tr("In library"), theme.success
        elif face.action is CardAction.RUNNING:
            known = face.fraction is not None
            text = percent(face.fraction or 0.0) if known else self.tr("Starting")
            color = theme.text
        else:
            return
        words = QFontMetrics(self._appearance.font("body")).horizontalAdvance(text) + 1
        begin = max(place[0], place[1] - words - edge - 8)
        at = QPoint(placed(self, begin, edge), (self.height() - edge) // 2)
        if face.action is CardAction.RUNNING:
            ring = QRectF(at.x(), at.y(), edge, edge)
            paint_spinner(painter, self._appearance, ring, face.fraction or 0.0)
        else:
            self._appearance.icons.paint(painter, "verified", at, edge, color)
        self._paint_cell(painter, text, (begin + edge + 8, place[1]), "body", color)

    def _paint_cell(
        self,
        painter: QPainter,
        text: str,
        place: tuple[int, int],
        style: TextStyle,
        color: QColor,
        *,
        at_end: bool = False,
        bold: bool = False,
    ) -> int:
        return paint_cell(
            painter, self, self._appearance, text, place, style, color, at_end=at_end, bold=bold
        )

    def _place_button(self) -> None:
        if self._columns is None:
            return
        size = self.button.sizeHint()
        left = placed(self, self._columns.action[1] - size.width(), size.width())
        top = (self.height() - 1 - size.height()) // 2
        self.button.setGeometry(left, top, size.width(), size.height())


def placed(widget: QWidget, left: int, width: int) -> int:
    """Where something begins that has so much before it in the direction of reading."""
    return widget.width() - left - width if widget.isRightToLeft() else left


def paint_cell(
    painter: QPainter,
    widget: QWidget,
    appearance: Appearance,
    text: str,
    place: tuple[int, int],
    style: TextStyle,
    color: QColor,
    *,
    at_end: bool = False,
    bold: bool = False,
) -> int:
    """One line between two places. Returns how wide it is."""
    width = place[1] - place[0]
    if not text or width <= 0:
        return 0
    font = appearance.font(style, bold=bold, tabular=at_end)
    metrics = QFontMetrics(font)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
    painter.setFont(font)
    painter.setPen(color)
    is_right = at_end != widget.isRightToLeft()
    side = Qt.AlignmentFlag.AlignRight if is_right else Qt.AlignmentFlag.AlignLeft
    flags = side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
    area = QRect(placed(widget, place[0], width), 0, width, widget.height() - 1)
    painter.drawText(area, flags, shown)
    return metrics.horizontalAdvance(shown)


def _columns(appearance: Appearance, faces: Sequence[FileFace], width: int) -> _Columns:
    """As wide as what stands in them asks for; the name gets what is left."""
    translate = QCoreApplication.translate
    body = QFontMetrics(appearance.font("body", tabular=True))
    small = QFontMetrics(appearance.font("small"))

    def widest(texts: Sequence[str], title: str, metrics: QFontMetrics = body) -> int:
        found = max((metrics.horizontalAdvance(text) for text in texts), default=0)
        return max(found, small.horizontalAdvance(title)) + 2

    padding = 24 + appearance.icon_size(14) + 8
    gated = translate("FileRow", "How to get it")
    is_gated = any(face.action is CardAction.GATED for face in faces)
    action = max(
        body.horizontalAdvance(translate("FileRow", "Download")) + padding,
        body.horizontalAdvance(translate("FileRow", "In library")) + padding - 24,
        body.horizontalAdvance(gated) + 24 if is_gated else 0,
    )
    size = widest([face.size for face in faces], translate("FilesHead", "Size"))
    memory = widest([face.memory for face in faces], translate("FilesHead", "In memory"))
    quality = widest([face.quality for face in faces], translate("FilesHead", "Quality"))
    badges = [
        badge_size(appearance, f.badge, badge_words(f.badge)).width() for f in faces if f.badge
    ]
    notes = widest([face.note for face in faces], "", small) if width >= _NOTE_FROM else 0
    fit = max(badges, default=0) + (_PADDING + notes if notes > 2 else 0)
    fit = max(fit, small.horizontalAdvance(translate("FilesHead", "On this computer")) + 2)
    end = width - _PADDING
    wanted = [
        (action, True),
        (fit, True),
        (memory, width >= _MEMORY_FROM),
        (size, True),
        (quality, width >= _QUALITY_FROM),
    ]
    places = []
    for wide, is_shown in wanted:
        if not is_shown:
            places.append((0, 0))
            continue
        places.append((end - wide, end))
        end -= wide + _GAP
    return _Columns(
        (_PADDING, max(_PADDING, end)), places[4], places[3], places[2], places[1], places[0]
    )
