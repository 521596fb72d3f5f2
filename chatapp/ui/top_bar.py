"""The bar above the conversation: its title, its model, Find, and a menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QSizePolicy, QWidget

from chatapp.ui.widgets.elided_label import ElidedLabel
from chatapp.ui.widgets.icon_button import IconButton

if TYPE_CHECKING:
    from chatapp.ui.model_chip import ModelChip
    from chatapp.ui.theme import Appearance

_HEIGHT = 48
_MARGIN = 20
_GAP = 12
_TITLE_WIDTH = 340
_TITLE_WIDTH_NARROW = 200


class TopBar(QWidget):
    """Shows the title (a click renames it), the model chip and the buttons.

    Signals: `sidebar_requested()` where the window is too narrow to show the sidebar beside;
    `find_requested()`; `renamed(int, str)`; `keyboard_released()` when the title was being edited
    and nothing else has the keyboard now.
    """

    sidebar_requested = Signal()
    find_requested = Signal()
    renamed = Signal(int, str)
    keyboard_released = Signal()

    def __init__(self, appearance: Appearance, chip: ModelChip, menu: QMenu) -> None:
        super().__init__()
        self._appearance = appearance
        self._conversation_id: int | None = None
        self._renaming: int | None = None  # the conversation whose title is in the field
        self._title_before = ""
        self._has_room = True
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

        self._sidebar = IconButton(appearance, "sidebar", self.tr("Show conversations"))
        self._sidebar.clicked.connect(self.sidebar_requested)
        self._sidebar.hide()

        self._title = ElidedLabel(appearance, "body", bold=True)
        self._title.setMaximumWidth(_TITLE_WIDTH)
        self._title.installEventFilter(self)
        self._editor = QLineEdit()
        self._editor.setAccessibleName(self.tr("Title of this conversation"))
        self._editor.setFont(appearance.font("body", bold=True))
        self._editor.editingFinished.connect(self._finish_renaming)
        self._editor.installEventFilter(self)
        self._editor.hide()

        self._find = IconButton(
            appearance, "search", self.tr("Find in conversation"), QKeySequence("Ctrl+F")
        )
        self._find.clicked.connect(self.find_requested)
        self._more = IconButton(appearance, "more", self.tr("More"))
        self._more.clicked.connect(lambda: self._open_menu(menu))

        row = QHBoxLayout(self)
        row.setContentsMargins(_MARGIN, 0, 8, 1)
        row.setSpacing(_GAP)
        row.addWidget(self._sidebar)
        row.addWidget(self._title)
        row.addWidget(self._editor)
        row.addWidget(chip)
        row.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        buttons.addWidget(self._find)
        buttons.addWidget(self._more)
        row.addLayout(buttons)
        appearance.changed.connect(self.update)

    def set_conversation(self, conversation_id: int | None, title: str) -> None:
        """Show a title; a new conversation has none that could be changed."""
        self._conversation_id = conversation_id
        self._title.setText(title or self.tr("New conversation"))
        self._find.setEnabled(conversation_id is not None)
        can_rename = conversation_id is not None
        self._title.setCursor(
            Qt.CursorShape.IBeamCursor if can_rename else Qt.CursorShape.ArrowCursor
        )

    def set_narrow(self, *, narrow: bool, very_narrow: bool) -> None:
        """Give the title less room, or none, and offer the sidebar as a drawer instead."""
        self._sidebar.setVisible(very_narrow)
        self._find.setVisible(not very_narrow)
        self._has_room = not very_narrow
        self._title.setVisible(self._has_room and self._editor.isHidden())
        self._title.setMaximumWidth(_TITLE_WIDTH_NARROW if narrow else _TITLE_WIDTH)

    def start_renaming(self) -> None:
        """Turn the title into a field."""
        if self._conversation_id is None or self._renaming is not None:
            return
        self._renaming = self._conversation_id
        self._title_before = self._title.text()
        self._editor.setText(self._title.text())
        self._editor.setFixedWidth(
            max(_TITLE_WIDTH_NARROW, min(_TITLE_WIDTH, self._title.sizeHint().width() + 24))
        )
        self._title.hide()
        self._editor.show()
        self._editor.selectAll()
        self._editor.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _finish_renaming(self) -> None:
        number, title = self._renaming, " ".join(self._editor.text().split())
        self._end_renaming()
        if number is not None and title and title != self._title_before:
            self.renamed.emit(number, title)

    def _end_renaming(self) -> None:
        self._renaming = None
        has_keyboard = self._editor.hasFocus()
        self._editor.hide()
        self._title.setVisible(self._has_room)
        if has_keyboard:
            self.keyboard_released.emit()

    def _open_menu(self, menu: QMenu) -> None:
        corner = self._more.mapToGlobal(self._more.rect().bottomRight())
        corner.setX(corner.x() - menu.sizeHint().width())
        menu.popup(corner)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._appearance.height(_HEIGHT))

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if watched is self._title and event.type() == QEvent.Type.MouseButtonRelease:
            self.start_renaming()
        elif (
            watched is self._editor
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
        ):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()  # or the window's own Escape would get the key
                return True
            if event.type() == QEvent.Type.KeyPress:
                self._end_renaming()
                return True
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.surface)
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme.border)
