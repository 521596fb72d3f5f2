"""A window with what is new: Markdown under a title, and Close."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from chatapp.ui.i18n import Translated
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from chatapp.jobs import Jobs
    from chatapp.ui.theme import Appearance

_SIZE = QSize(640, 520)


class NotesDialog(Translated, QDialog):
    """Nothing in the text is fetched. Show it with `open()`, again and again."""

    def __init__(self, appearance: Appearance, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        from chatapp.ui.models_page.model_card import ModelCard

        self._appearance = appearance
        self._title = TextLabel(appearance, "", "page_title", wrap=True)
        self.page = ModelCard(appearance, jobs)
        self.page.place_wanted.connect(self._show_place)
        self._area = QScrollArea()
        self._area.setObjectName("page")
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(self.page)
        self.close_button = Button(appearance, "")
        self.close_button.clicked.connect(self.accept)
        self._foot = QHBoxLayout()
        self._foot.setSpacing(8)
        self._foot.addStretch()
        self._foot.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.addWidget(self._title)
        column.addWidget(self._area, 1)
        column.addLayout(self._foot)
        appearance.changed.connect(self.update)
        self.close_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def sizeHint(self) -> QSize:
        height = self._appearance.height
        return QSize(height(_SIZE.width()), height(_SIZE.height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(event.rect(), self._appearance.theme.surface)

    def _set_title(self, title: str) -> None:
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self._title.setText(title)

    def _translate(self) -> None:
        self.page.setAccessibleName(self.tr("Changes"))
        self.close_button.setText(self.tr("Close"))

    def _show_place(self, place: QRect) -> None:
        self._area.ensureVisible(place.center().x(), place.center().y(), 0, place.height())
