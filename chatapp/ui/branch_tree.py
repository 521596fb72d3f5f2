"""All versions of a conversation as a tree, beside the one that is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from chatapp.domain.conversation import Role
from chatapp.ui.i18n import Translated
from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CONTROL
from chatapp.ui.widgets.icon_button import IconButton
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.domain.outline import OutlineEntry
    from chatapp.ui.icons import IconName
    from chatapp.ui.theme import Appearance

_WIDTH = 320
_HEAD = 48
_INDENT = 16
_ROW = 32
_PADDING = 8
_CHEVRON = 12
_TOP = -1  # what stands in no other entry

Index = QModelIndex | QPersistentModelIndex


class BranchTree(Translated, QWidget):
    """A panel: its head, and the tree that arrows and Return work in.

    Signals: `chosen(int)` with a message; `closed()`.
    """

    chosen = Signal(int)
    closed = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._title = TextLabel(appearance, "", bold=True)
        self.close_button = IconButton(appearance, "close", "")
        self.close_button.clicked.connect(self.closed)
        head = QWidget()
        appearance.fit(head, lambda head: head.setFixedHeight(appearance.height(_HEAD)))
        row = QHBoxLayout(head)
        row.setContentsMargins(16, 0, 8, 1)
        row.addWidget(self._title, 1)
        row.addWidget(self.close_button)
        self._empty = TextLabel(appearance, "", color="text_muted", wrap=True)
        self._empty.setContentsMargins(16, 16, 16, 16)
        self.model = OutlineModel(self)
        self.tree = _Tree(appearance)
        self.tree.setModel(self.model)
        self.tree.chosen.connect(self._on_chosen)
        self.tree.clicked.connect(self._on_chosen)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self._empty)
        around = QVBoxLayout()
        around.setContentsMargins(_PADDING, _PADDING, 0, _PADDING)
        around.addWidget(self.tree)
        column.addLayout(around, 1)
        appearance.changed.connect(self.update)
        self._translate()
        self.clear()

    def clear(self) -> None:
        """Show nothing, also not that nothing was said, until the outline is known."""
        self.model.set_entries(())
        self._empty.hide()
        self.tree.show()

    def show_outline(self, entries: Sequence[OutlineEntry]) -> None:
        """Show a conversation; the keyboard stays on its message if that is still there."""
        before = self.model.entry(self.tree.currentIndex())
        is_first = not self.model.rowCount()
        self.model.set_entries(entries)
        self.tree.expandAll()
        self.tree.set_depth(self.model.depth)
        shown = [entry.id for entry in entries if entry.is_shown]
        wanted = before.id if before is not None else None
        if wanted is None or not self.model.index_of(wanted).isValid():
            wanted = shown[-1] if shown else None
        if wanted is not None:
            index = self.model.index_of(wanted)
            self.tree.setCurrentIndex(index)
            self.tree.scrollTo(index)
        self._empty.setVisible(not entries)
        self.tree.setVisible(bool(entries))
        if self.close_button.hasFocus() and is_first:
            self.focus()

    def focus(self) -> None:
        """Put the keyboard into the tree."""
        (self.tree if self.model.rowCount() else self.close_button).setFocus(
            Qt.FocusReason.ShortcutFocusReason
        )

    def sizeHint(self) -> QSize:
        return QSize(self._appearance.width(_WIDTH), super().sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.surface)
        edge = self.width() - 1 if self.isRightToLeft() else 0
        painter.fillRect(edge, 0, 1, self.height(), theme.border)
        painter.fillRect(0, self._appearance.height(_HEAD) - 1, self.width(), 1, theme.border)

    def _translate(self) -> None:
        self._title.setText(self.tr("Branches"))
        self.setAccessibleName(self.tr("Branches"))
        self.tree.setAccessibleName(self.tr("Messages with their versions"))
        self.close_button.set_name(self.tr("Close"))
        self._empty.setText(self.tr("Nothing was said yet."))

    def _on_chosen(self, index: QModelIndex) -> None:
        entry = self.model.entry(index)
        if entry is not None:
            self.chosen.emit(entry.id)


class OutlineModel(QAbstractItemModel):
    """The entries below each other, as their `inside` says."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: dict[int, OutlineEntry] = {}
        self._inside: dict[int, list[int]] = {}
        self._rows: dict[int, int] = {}
        self.depth = 0  # of the entry that stands deepest

    def set_entries(self, entries: Sequence[OutlineEntry]) -> None:
        """Show these; each comes after the one that it is inside of."""
        self.beginResetModel()
        self._entries = {entry.id: entry for entry in entries}
        self._inside, self._rows = {}, {}
        depths: dict[int | None, int] = {None: 0}
        for entry in entries:
            siblings = self._inside.setdefault(_TOP if entry.inside is None else entry.inside, [])
            self._rows[entry.id] = len(siblings)
            siblings.append(entry.id)
            depths[entry.id] = depths[entry.inside] + 1
        self.depth = max(depths.values())
        self.endResetModel()

    def entry(self, index: Index) -> OutlineEntry | None:
        """What stands there."""
        return self._entries.get(index.internalId()) if index.isValid() else None

    def index_of(self, message_id: int) -> QModelIndex:
        """Where a message stands; invalid when it is not here."""
        row = self._rows.get(message_id)
        return QModelIndex() if row is None else self.createIndex(row, 0, message_id)

    # What Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        if parent.isValid() and parent.column() > 0:
            return 0
        return len(self._inside.get(parent.internalId() if parent.isValid() else _TOP, ()))

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        return 1

    def index(
        self,
        row: int,
        column: int,
        parent: Index = QModelIndex(),  # noqa: B008  # Qt's own default
    ) -> QModelIndex:
        siblings = self._inside.get(parent.internalId() if parent.isValid() else _TOP, [])
        if column != 0 or not 0 <= row < len(siblings):
            return QModelIndex()
        return self.createIndex(row, 0, siblings[row])

    def parent(self, index: Index) -> QModelIndex:  # type: ignore[override]
        entry = self.entry(index)
        if entry is None or entry.inside is None:
            return QModelIndex()
        return self.index_of(entry.inside)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self.entry(index)
        if entry is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return entry.excerpt or "…"
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._spoken(entry)
            case Qt.ItemDataRole.ToolTipRole:
                return entry.excerpt
            case Qt.ItemDataRole.UserRole:
                return entry
            case _:
                return None

    def _spoken(self, entry: OutlineEntry) -> str:
        who = self.tr("You") if entry.role is Role.USER else self.tr("Answer")
        if entry.versions > 1:
            words = self.tr("{who}, version {version} of {versions}: {text}").format(
                who=who, version=entry.version, versions=entry.versions, text=entry.excerpt
            )
        else:
            words = self.tr("{who}: {text}").format(who=who, text=entry.excerpt)
        return words if entry.is_shown else self.tr("{text} (not shown)").format(text=words)


class _Tree(QTreeView):
    """Signals: `chosen(QModelIndex)` for Return and Space."""

    chosen = Signal(QModelIndex)

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self._depth = 1
        self.setItemDelegate(_Rows(appearance, self))
        palette = self.palette()
        palette.setColor(palette.ColorRole.Highlight, Qt.GlobalColor.transparent)
        self.setPalette(palette)  # the style would paint behind the rows
        self.setHeaderHidden(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformRowHeights(True)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def set_depth(self, depth: int) -> None:
        """How deep the deepest row stands: half of the width is left for its words."""
        self._depth = max(1, depth)
        self.setRootIsDecorated(depth > 1)
        most = self.viewport().width() // 2 // self._depth
        self.setIndentation(max(1, min(self._appearance.icon_size(_INDENT), most)))

    def drawBranches(self, painter: QPainter, rect: QRect, index: Index) -> None:
        """The rows draw all of it."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if event.key() in keys and self.currentIndex().isValid():
            self.chosen.emit(self.currentIndex())
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()  # for the panel
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.set_depth(self._depth)


class _Rows(QStyledItemDelegate):
    """Who says it, as an icon; the words; which of how many versions it is."""

    def __init__(self, appearance: Appearance, tree: _Tree) -> None:
        super().__init__(tree)
        self._appearance = appearance
        self._tree = tree

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, self._appearance.height(_ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme = self._appearance.theme
        entry: OutlineEntry = index.data(Qt.ItemDataRole.UserRole)
        painter.save()
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        mirrored = self._tree.isRightToLeft()
        # All of the width, less a margin at the end.
        row = QRect(self._tree.viewport().rect())
        row.setTop(option.rect.top())
        row.setHeight(option.rect.height())
        row.adjust(_PADDING * mirrored, 0, -_PADDING * (not mirrored), 0)
        if is_chosen:
            border = theme.accent if theme.is_high_contrast else None
            paint_box(painter, row, RADIUS_CONTROL, fill=theme.selected, border=border)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            paint_box(painter, row, RADIUS_CONTROL, fill=theme.hover)
        if option.state & QStyle.StateFlag.State_HasFocus:
            ring = QRectF(row).adjusted(2, 2, -2, -2)
            paint_box(painter, ring, RADIUS_CONTROL - 2, border=theme.accent, width=2)
        if index.model().hasChildren(index):
            self._paint_chevron(painter, option.rect, index)
        line = _Line((row & option.rect).adjusted(_PADDING, 0, -_PADDING, 0), mirrored=mirrored)
        edge = self._appearance.icon_size(16)
        place = line.take(edge, _PADDING)
        icon: IconName = "person" if entry.role is Role.USER else "chat"
        at = QPoint(place.left(), place.center().y() - edge // 2 + 1)
        color = theme.accent_text if is_chosen else theme.text_muted
        self._appearance.icons.paint(painter, icon, at, edge, color)
        flags = Qt.AlignmentFlag.AlignVCenter
        if entry.versions > 1:
            words = f"{entry.version}/{entry.versions}"
            font = self._appearance.font("small", tabular=True)
            painter.setFont(font)
            painter.setPen(theme.text_muted)
            width = QFontMetrics(font).horizontalAdvance(words)
            painter.drawText(line.take_end(width, _PADDING), flags, words)
        font = self._appearance.font("body", bold=entry.is_shown and entry.versions > 1)
        painter.setFont(font)
        painter.setPen(theme.text if entry.is_shown else theme.text_muted)
        words = QFontMetrics(font).elidedText(
            entry.excerpt or "…", Qt.TextElideMode.ElideRight, line.rest.width()
        )
        painter.drawText(line.rest, flags, words)
        painter.restore()

    def _paint_chevron(self, painter: QPainter, rect: QRect, index: Index) -> None:
        """Before the row, where a click opens and closes what is inside."""
        mirrored = self._tree.isRightToLeft()
        icon: IconName = "chevron-left" if mirrored else "chevron-right"
        if self._tree.isExpanded(index):
            icon = "chevron-down"
        edge = self._appearance.icon_size(_CHEVRON)
        half = self._tree.indentation() // 2
        middle = rect.right() + half if mirrored else rect.left() - half
        at = QPoint(middle - edge // 2, rect.center().y() - edge // 2 + 1)
        self._appearance.icons.paint(painter, icon, at, edge, self._appearance.theme.text_muted)


class _Line:
    """A row that is given away from where reading begins, and from its end."""

    def __init__(self, rect: QRect, *, mirrored: bool) -> None:
        self.rest = rect
        self._mirrored = mirrored

    def take(self, width: int, gap: int) -> QRect:
        """The next part of this width."""
        return self._cut(width, gap, is_left=not self._mirrored)

    def take_end(self, width: int, gap: int) -> QRect:
        """The last part of this width."""
        return self._cut(width, gap, is_left=self._mirrored)

    def _cut(self, width: int, gap: int, *, is_left: bool) -> QRect:
        part = QRect(self.rest)
        if is_left:
            part.setWidth(width)
            self.rest.setLeft(self.rest.left() + width + gap)
        else:
            part.setLeft(part.right() + 1 - width)
            self.rest.setRight(self.rest.right() - width - gap)
        return part
