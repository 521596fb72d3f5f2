"""The list that opens below the model chip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from chatapp.domain.model import ModelFile
from chatapp.ui.i18n import size_text
from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CARD, RADIUS_CONTROL
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.ui.theme import Appearance

_WIDTH = 360
_ROW = 44
_MOST_ROWS = 8
_PADDING = 8
_MODEL = Qt.ItemDataRole.UserRole


class ModelPicker(QFrame):
    """The models on this computer, and ways to get one more.

    Signals: `model_chosen(ModelFile)`, `more_requested()` from the Hub, `file_requested()`,
    `folder_requested()`, `settings_requested()` of how the current one is loaded,
    `cancel_requested()` while it is; it closes by itself.
    """

    model_chosen = Signal(object)
    more_requested = Signal()
    file_requested = Signal()
    folder_requested = Signal()
    settings_requested = Signal()
    cancel_requested = Signal()

    def __init__(
        self,
        appearance: Appearance,
        models: Sequence[ModelFile],
        current: ModelFile | None,
        parent: QWidget,
        *,
        is_loading: bool = False,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self._appearance = appearance
        # Without a compositor, which X11 may lack, transparent corners would be black.
        self._is_rounded = QGuiApplication.platformName() != "xcb"
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground, self._is_rounded)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(self.tr("Choose a model"))
        self.setFixedWidth(appearance.width(_WIDTH))

        self._list = QListWidget()
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.viewport().setAutoFillBackground(False)
        self._list.setMouseTracking(True)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self._list.setAccessibleName(self.tr("Models"))
        self._list.setItemDelegate(_RowDelegate(appearance, current, self._list))
        for model in models:
            item = QListWidgetItem(model.name)
            item.setData(_MODEL, model)
            item.setToolTip(model.path)
            self._list.addItem(item)
            if current is not None and model.path == current.path:
                self._list.setCurrentItem(item)
        rows = min(len(models), _MOST_ROWS)
        self._list.setFixedHeight(rows * appearance.height(_ROW, lines=2))
        self._list.itemClicked.connect(self._on_item_chosen)
        self._list.setVisible(bool(models))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_PADDING, _PADDING, _PADDING, _PADDING)
        layout.setSpacing(0)
        layout.addWidget(self._list)
        if not models:
            none = TextLabel(
                appearance,
                self.tr("There is no model on this computer yet."),
                color="text_muted",
                wrap=True,
            )
            none.setContentsMargins(8, 8, 8, 8)
            layout.addWidget(none)
        layout.addWidget(_Divider(appearance))
        ways = [
            (self.tr("Get more models…"), self.more_requested),
            (self.tr("Add model from file…"), self.file_requested),
            (self.tr("Open models folder"), self.folder_requested),
        ]
        if current is not None:
            ways.insert(0, (self.tr("How it is loaded…"), self.settings_requested))
        if is_loading:
            ways.insert(0, (self.tr("Cancel loading"), self.cancel_requested))
        for words, signal in ways:
            button = Button(appearance, words, "menu")
            button.clicked.connect(self.close)
            button.clicked.connect(signal)
            layout.addWidget(button)

    def model_names(self) -> list[str]:
        """The rows, from the top."""
        return [self._list.item(row).text() for row in range(self._list.count())]

    def open_at(self, anchor: QRect) -> None:
        """Show below `anchor` (global), or above it where there is no room."""
        self.adjustSize()
        left, top = anchor.left(), anchor.bottom() + 5
        screen = QGuiApplication.screenAt(anchor.center()) or QGuiApplication.primaryScreen()
        room = screen.availableGeometry()
        if top + self.height() > room.bottom():
            top = max(room.top(), anchor.top() - 4 - self.height())
        left = max(room.left(), min(left, room.right() - self.width()))
        self.move(QPoint(left, top))
        self.show()

    # Qt

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._list.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._list.hasFocus():
            item = self._list.currentItem()
            if item is not None:
                self._on_item_chosen(item)
        elif event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        radius = RADIUS_CARD if self._is_rounded else 0
        paint_box(
            QPainter(self),
            self.rect(),
            radius,
            fill=theme.surface_raised,
            border=theme.border_strong,
        )

    def _on_item_chosen(self, item: QListWidgetItem) -> None:
        self.close()
        self.model_chosen.emit(item.data(_MODEL))


class _Divider(QWidget):
    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self.setFixedHeight(1 + 2 * _PADDING)

    def paintEvent(self, event: QPaintEvent) -> None:
        border = self._appearance.theme.border
        QPainter(self).fillRect(0, _PADDING, self.width(), 1, border)


class _RowDelegate(QStyledItemDelegate):
    """Name over quantization and size; a check at the current one."""

    def __init__(
        self, appearance: Appearance, current: ModelFile | None, parent: QListWidget
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._current = current

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(0, self._appearance.height(_ROW, lines=2))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        theme = self._appearance.theme
        model: ModelFile = index.data(_MODEL)
        painter.save()
        rect = QRect(option.rect)
        is_current = self._current is not None and model.path == self._current.path
        if is_current:
            paint_box(painter, rect, RADIUS_CONTROL, fill=theme.selected)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            paint_box(painter, rect, RADIUS_CONTROL, fill=theme.hover)
        if option.state & QStyle.StateFlag.State_HasFocus:
            ring = QRectF(rect).adjusted(2, 2, -2, -2)
            paint_box(painter, ring, RADIUS_CONTROL - 2, border=theme.accent, width=2)
        edge = self._appearance.icon_size(16)
        inside = rect.adjusted(_PADDING, 0, -_PADDING, 0)
        check = QRect(inside.right() + 1 - edge, rect.center().y() - edge // 2 + 1, edge, edge)
        if painter.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            check.moveLeft(inside.left())
            inside.setLeft(check.right() + _PADDING)
        else:
            inside.setRight(check.left() - _PADDING)
        if is_current:
            self._appearance.icons.paint(painter, "check", check.topLeft(), edge, theme.accent_text)
        first = self._appearance.line_height("body")
        second = self._appearance.line_height("small")
        top = rect.top() + (rect.height() - first - second) // 2
        lines = (
            (model.name, "body", theme.text, top, first),
            (self._details(model), "small", theme.text_muted, top + first, second),
        )
        for words, style, color, line_top, height in lines:
            font = self._appearance.font("body" if style == "body" else "small")
            painter.setFont(font)
            painter.setPen(color)
            shown = QFontMetrics(font).elidedText(
                words, Qt.TextElideMode.ElideRight, inside.width()
            )
            painter.drawText(
                QRect(inside.left(), line_top, inside.width(), height),
                Qt.AlignmentFlag.AlignVCenter,
                shown,
            )
        painter.restore()

    def _details(self, model: ModelFile) -> str:
        parts = [self.tr("Starter") if model.is_starter else model.quantization]
        if model.size:
            parts.append(size_text(model.size))
        return " · ".join(part for part in parts if part)
