"""The bar above the conversation: its title, its model, Find, and a menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QSizePolicy, QWidget

from chatapp.domain.assistant import GENERAL
from chatapp.ui.i18n import Translated
from chatapp.ui.widgets.badge import Badge
from chatapp.ui.widgets.elided_label import ElidedLabel
from chatapp.ui.widgets.icon_button import IconButton

if TYPE_CHECKING:
    from chatapp.domain.assistant import Assistant
    from chatapp.ui.model_chip import ModelChip
    from chatapp.ui.theme import Appearance

_HEIGHT = 48
_MARGIN = 20
_GAP = 12
_TITLE_WIDTH = 340
_TITLE_WIDTH_NARROW = 200
_ASSISTANT_WIDTH = 140


class TopBar(Translated, QWidget):
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
        self._title_before = self._shown_title = ""
        self._has_room = True
        self._assistant_name = ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

        self._sidebar = IconButton(appearance, "sidebar", "")
        self._sidebar.clicked.connect(self.sidebar_requested)
        self._sidebar.hide()

        self._title = ElidedLabel(appearance, "body", bold=True)
        self._title.setMaximumWidth(_TITLE_WIDTH)
        self._title.installEventFilter(self)
        self._editor = QLineEdit()
        appearance.fit(
            self._editor, lambda field: field.setFont(appearance.font("body", bold=True))
        )
        self._editor.editingFinished.connect(self._finish_renaming)
        self._editor.installEventFilter(self)
        self._editor.hide()
        self.assistant_label = ElidedLabel(appearance, "small", color="text_muted")
        self.assistant_label.setMaximumWidth(_ASSISTANT_WIDTH)
        self.assistant_label.hide()
        self._temporary = Badge(appearance, "neutral")
        self._temporary.hide()

        self.find_button = IconButton(appearance, "search", "")
        self.find_button.clicked.connect(self.find_requested)
        self._more = IconButton(appearance, "more", "")
        self._more.clicked.connect(lambda: self._open_menu(menu))

        row = QHBoxLayout(self)
        row.setContentsMargins(_MARGIN, 0, 8, 1)
        row.setSpacing(_GAP)
        row.addWidget(self._sidebar)
        row.addWidget(self._title)
        row.addWidget(self._editor)
        row.addWidget(self._temporary)
        row.addWidget(self.assistant_label)
        row.addWidget(chip)
        row.addStretch(1)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(4)
        self._buttons.addWidget(self.find_button)
        self._less_needed: list[IconButton] = [self.find_button]
        self._buttons.addWidget(self._more)
        row.addLayout(self._buttons)
        appearance.changed.connect(self.update)
        self._translate()

    def set_conversation(
        self, conversation_id: int | None, title: str, *, temporary: bool = False
    ) -> None:
        """Show a title; a new conversation has none that could be changed.

        Of one that is `temporary` that is said, however narrow the window is.
        """
        self._conversation_id = conversation_id
        self._shown_title = title
        self._temporary.setVisible(temporary)
        self._title.setText(title or self.tr("New conversation"))
        self.find_button.setEnabled(conversation_id is not None)
        can_rename = conversation_id is not None
        self._title.setCursor(
            Qt.CursorShape.IBeamCursor if can_rename else Qt.CursorShape.ArrowCursor
        )

    def set_assistant(self, assistant: Assistant | None) -> None:
        """Who answers; the usual one goes without saying."""
        is_other = assistant is not None and assistant.id != GENERAL
        self._assistant_name = assistant.name if assistant is not None and is_other else ""
        self.assistant_label.setText(self._assistant_name)
        self.assistant_label.setAccessibleName(
            self.tr("Assistant: {name}").format(name=self._assistant_name)
        )
        self.assistant_label.setVisible(is_other and self._has_room)

    def _translate(self) -> None:
        self._sidebar.set_name(self.tr("Show conversations"))
        self._temporary.set_state("neutral", self.tr("Temporary"))
        self._temporary.setToolTip(self.tr("Nothing of it is written to disk"))
        self._title.setText(self._shown_title or self.tr("New conversation"))
        self._editor.setAccessibleName(self.tr("Title of this conversation"))
        self.find_button.set_name(self.tr("Find in conversation"))
        self._more.set_name(self.tr("More"))
        self.assistant_label.setAccessibleName(
            self.tr("Assistant: {name}").format(name=self._assistant_name)
        )

    def set_narrow(self, *, narrow: bool, very_narrow: bool) -> None:
        """Give the title less room, or none, and offer the sidebar as a drawer instead."""
        self._sidebar.setVisible(very_narrow)
        for button in self._less_needed:
            button.setVisible(not very_narrow)
        self._has_room = not very_narrow
        self._title.setVisible(self._has_room and self._editor.isHidden())
        self.assistant_label.setVisible(self._has_room and bool(self._assistant_name))
        self._title.setMaximumWidth(_TITLE_WIDTH_NARROW if narrow else _TITLE_WIDTH)

    def add_button(self, button: IconButton, *, is_less_needed: bool = False) -> None:
        """One more, before the menu. What is `is_less_needed` gives way in a narrow window."""
        if is_less_needed:
            self._less_needed.append(button)
        self._buttons.insertWidget(self._buttons.count() - 1, button)

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
