"""What is dropped on the window, wherever it is let go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QDropEvent

from chatapp.ui.local_files import are_models, local_files

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from chatapp.ui.composer import Composer
    from chatapp.ui.sidebar import Sidebar

_OVER = (QEvent.Type.DragEnter, QEvent.Type.DragMove)


class Drops(QObject):
    """Models go to the library, other files are attached, text is written into the composer.

    All of it as copies, so that nothing is deleted where it came from, and nothing is sent. What a
    widget inside the window takes for itself doesn't come here.

    Signals: `models_dropped(tuple)` with the paths of files, on the models' page of folders, too.
    """

    models_dropped = Signal(object)

    def __init__(
        self,
        window: QWidget,
        composer: Composer,
        sidebar: Sidebar,
        shows_chat: Callable[[], bool],
    ) -> None:
        super().__init__(window)
        self._composer = composer
        self._sidebar = sidebar
        self._shows_chat = shows_chat
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _OVER and isinstance(event, QDropEvent):
            self._consider(event)
            return True
        if event.type() == QEvent.Type.DragLeave:
            self._end()
            return True
        if event.type() == QEvent.Type.Drop and isinstance(event, QDropEvent):
            self._consider(event)
            self._end()
            if event.isAccepted():
                self._take(event)
            return True
        return super().eventFilter(watched, event)

    def _consider(self, event: QDropEvent) -> None:
        data = event.mimeData()
        files = local_files(data)
        # On the models' page everything is for them: the library says what it can't use.
        is_for_models = bool(files) and (not self._shows_chat() or are_models(files))
        is_for_composer = not is_for_models and (
            bool(files) or (self._shows_chat() and data.hasText() and bool(data.text().strip()))
        )
        if is_for_models or is_for_composer:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
        else:
            event.ignore()
        self._sidebar.set_models_target(is_target=is_for_models)
        self._composer.set_drop_target(is_target=is_for_composer)

    def _take(self, event: QDropEvent) -> None:
        files = local_files(event.mimeData())
        if not files:
            self._composer.add_text(event.mimeData().text())
            self._composer.focus()
        elif not self._shows_chat() or are_models(files):
            self.models_dropped.emit(files)
        else:
            self._composer.add_files(files)

    def _end(self) -> None:
        self._sidebar.set_models_target(is_target=False)
        self._composer.set_drop_target(is_target=False)
