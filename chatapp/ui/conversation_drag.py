"""Dragging conversations and folders in the sidebar's list to where they shall be kept."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import (
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QPainter,
    QPixmap,
)
from PySide6.QtWidgets import QWidget

from chatapp.ui.models.conversation_rows import Period, Row
from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CONTROL
from chatapp.ui.widgets.row_list import RowList

if TYPE_CHECKING:
    from chatapp.ui.models.conversation_list_model import ConversationListModel
    from chatapp.ui.theme import Appearance

# Ids mean something in this process only.
_FORMAT = f"application/x-chatapp-conversations-{os.getpid()}"
_OPEN_AFTER = 700  # ms over a closed folder
_PADDING = 8


@dataclass(frozen=True, slots=True)
class Carried:
    """What is being dragged, by ids."""

    conversations: tuple[int, ...] = ()
    folders: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """Where it would go: into a folder or none; folders to a position among those there.

    `row` is marked meanwhile, or one of its edges where something comes between two folders.
    """

    folder_id: int | None
    row: int | None = None
    position: int | None = None
    edge: Qt.Edge | None = None


class ConversationDrag(RowList):
    """The part of the list that is about dragging; see `ConversationView`.

    Signals: `dropped(Carried, Target)`; `folder_open_requested(int, bool)`.
    """

    dropped = Signal(object, object)
    folder_open_requested = Signal(int, bool)

    def __init__(
        self, appearance: Appearance, model: ConversationListModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._model = model
        self._target: Target | None = None
        self._opening = QTimer(self, interval=_OPEN_AFTER, singleShot=True)
        self._opening.timeout.connect(self._open_target)
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.setDropIndicatorShown(False)

    @property
    def target(self) -> Target | None:
        """Where what is dragged over the list would go."""
        return self._target

    def selected_rows(self) -> list[Row]:
        """The conversations and folders that are selected, from the top."""
        rows = self._model.rows
        found = [
            number
            for chosen in self.selectionModel().selection().toList()
            for number in range(chosen.top(), chosen.bottom() + 1)
            if rows[number].conversation is not None or rows[number].folder is not None
        ]
        return [rows[number] for number in sorted(found)]

    def selected_ids(self) -> list[int]:
        """The conversations that are selected, from the top."""
        return [r.conversation.id for r in self.selected_rows() if r.conversation is not None]

    def carried(self) -> Carried:
        """Of what is selected, that which can be put somewhere else."""
        rows = [row for row in self.selected_rows() if row.hit is None]
        return Carried(
            tuple(
                row.conversation.id
                for row in rows
                if row.conversation is not None
                and row.conversation.deleted_at is None
                and not row.conversation.is_temporary
            ),
            tuple(row.folder.id for row in rows if row.folder is not None),
        )

    def target_at(self, at: QPoint, carried: Carried) -> Target | None:
        """Where it would go, or None where nothing would change."""
        target = self._place_at(at, carried)
        if carried.folders:
            folders = {folder.id: folder for folder in self._model.folders}
            above = target.folder_id
            while above is not None and above in folders:
                if above in carried.folders:
                    return None  # not into itself
                above = folders[above].parent_id
            return target
        conversations = [self._model.conversation(id_) for id_ in carried.conversations]
        moves = any(c is not None and c.folder_id != target.folder_id for c in conversations)
        return target if moves else None

    # Qt

    def startDrag(self, actions: Qt.DropAction) -> None:
        carried = self.carried()
        if carried == Carried():
            return
        drag = QDrag(self)
        drag.setMimeData(mime_of(carried))
        drag.setPixmap(self._picture(carried))
        drag.exec(Qt.DropAction.MoveAction)
        self._set_target(None)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._consider(event) != Carried():
            event.accept()  # a drag begins over its own place; refused here, no moves would come

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        super().dragMoveEvent(event)  # scrolls at the edges
        self._consider(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        super().dragLeaveEvent(event)
        self._set_target(None)

    def dropEvent(self, event: QDropEvent) -> None:
        carried, target = self._consider(event), self._target
        self._set_target(None)
        self.stopAutoScroll()
        if target is not None:
            self.dropped.emit(carried, target)

    # Inside

    def _consider(self, event: QDropEvent) -> Carried:
        carried = carried_in(event.mimeData())
        is_ours = carried != Carried()
        self._set_target(self.target_at(event.position().toPoint(), carried) if is_ours else None)
        if self._target is not None:
            event.setDropAction(Qt.DropAction.MoveAction)
            event.accept()
        else:
            event.ignore()  # files are for the window
        return carried

    def _place_at(self, at: QPoint, carried: Carried) -> Target:
        index = self.indexAt(at)
        row = self._model.row_at(index)
        if row is None:
            return Target(None)
        if row.folder is not None:
            rect = self.visualRect(index)
            third = rect.height() // 3
            if carried.folders and not carried.conversations:
                inside = [f for f in self._model.folders if f.parent_id == row.folder.parent_id]
                place = inside.index(row.folder) if row.folder in inside else 0
                parent_id = row.folder.parent_id
                if at.y() < rect.top() + third:
                    return Target(parent_id, index.row(), place, Qt.Edge.TopEdge)
                if at.y() > rect.bottom() - third and not row.is_open:
                    return Target(parent_id, index.row(), place + 1, Qt.Edge.BottomEdge)
            return Target(row.folder.id, index.row())
        if row.group is not None and row.group.period is Period.FOLDERS:
            if row.conversation is None:
                return Target(None, index.row())
            return Target(row.conversation.folder_id, index.row())
        return Target(None)

    def _set_target(self, target: Target | None) -> None:
        if target == self._target:
            return
        self._target = target
        row = None if target is None or target.row is None else self._model.rows[target.row]
        if row is not None and row.folder is not None and not row.is_open:
            self._opening.start()
        else:
            self._opening.stop()
        self.viewport().update()

    def _open_target(self) -> None:
        if self._target is not None and self._target.folder_id is not None:
            self.folder_open_requested.emit(self._target.folder_id, True)  # noqa: FBT003 - a signal

    def _picture(self, carried: Carried) -> QPixmap:
        """What hangs at the pointer: one title, or how many."""
        count = len(carried.conversations) + len(carried.folders)
        first = self.selected_rows()[0]
        if count > 1:
            words = self.tr("%Ln item(s)", "", count)
        elif first.conversation is not None:
            words = self._model.title_of(first.conversation)
        else:
            words = first.folder.name if first.folder is not None else ""
        font = self._appearance.font("body")
        metrics = self.fontMetrics()
        width = min(self.viewport().width(), metrics.horizontalAdvance(words) + 4 * _PADDING)
        ratio = self.devicePixelRatioF()
        height = self._appearance.height(28)
        picture = QPixmap(round(width * ratio), round(height * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        theme = self._appearance.theme
        painter = QPainter(picture)
        box = QRect(0, 0, width, height)
        paint_box(
            painter, box, RADIUS_CONTROL, fill=theme.surface_raised, border=theme.border_strong
        )
        painter.setFont(font)
        painter.setPen(theme.text)
        inside = box.adjusted(_PADDING, 0, -_PADDING, 0)
        shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, inside.width())
        painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        painter.end()
        return picture


def mime_of(carried: Carried) -> QMimeData:
    """What is carried, as the system hands it on."""
    data = QMimeData()
    content = json.dumps([carried.conversations, carried.folders])
    data.setData(_FORMAT, content.encode())
    return data


def carried_in(data: QMimeData) -> Carried:
    """What of ours is in it."""
    if not data.hasFormat(_FORMAT):
        return Carried()
    conversations, folders = json.loads(bytes(data.data(_FORMAT).data()))
    return Carried(tuple(conversations), tuple(folders))
