"""The LoRA adapters that a model is loaded with: files, and how much of each is used."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtGui import QDoubleValidator
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from chatapp.domain.model import Adapter
from chatapp.models.load_settings import MOST_ADAPTERS
from chatapp.paths import is_file
from chatapp.ui.i18n import Translated
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.elided_label import ElidedLabel
from chatapp.ui.widgets.icon_button import IconButton
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.ui.theme import Appearance

_FIELD = 64
_HEIGHT = 28
_MOST = 4.0


class AdapterList(Translated, QWidget):
    """A row for each adapter, and a button for one more.

    Signals: `changed(tuple)` with all adapters.
    """

    changed = Signal(object)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.adapters: tuple[Adapter, ...] = ()
        self._fields: list[QLineEdit] = []
        self._rows = QVBoxLayout()
        self._rows.setSpacing(4)
        self._explanation = TextLabel(appearance, "", "small", "text_muted", wrap=True)
        self._title = TextLabel(appearance)
        self.add = Button(appearance, "", icon="plus", designed_height=28)
        self.add.clicked.connect(self._ask)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addWidget(self._explanation)
        column.addLayout(self._rows)
        column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeading)
        self._translate()

    def set_adapters(self, adapters: Sequence[Adapter]) -> None:
        """Show these, without a signal."""
        self.adapters = tuple(adapters)
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._fields = []
        for place, adapter in enumerate(self.adapters):
            self._rows.addWidget(self._row(place, adapter))
        self.add.setEnabled(len(self.adapters) < MOST_ADAPTERS)

    @property
    def fields(self) -> list[QLineEdit]:
        """Where the scales are typed, from the top."""
        return list(self._fields)

    def add_file(self, path: str) -> None:
        """Use one more."""
        if len(self.adapters) < MOST_ADAPTERS:
            self._change((*self.adapters, Adapter(path)))

    def _translate(self) -> None:
        self._title.setText(self.tr("Adapters"))
        self._explanation.setText(self.tr("LoRA files that change how it answers."))
        self.add.setText(self.tr("Add adapter…"))
        self.set_adapters(self.adapters)

    def _row(self, place: int, adapter: Adapter) -> QWidget:
        row = QWidget()
        is_there = is_file(Path(adapter.path))
        name = ElidedLabel(self._appearance, color="text" if is_there else "warning")
        name.setText(Path(adapter.path).stem)
        if not is_there:
            name.setText(self.tr("{adapter}: the file is gone").format(adapter=name.text()))
        field = QLineEdit(QLocale().toString(adapter.scale, "f", 2))
        self._appearance.fit_field(field, _FIELD, _HEIGHT)
        field.setAlignment(Qt.AlignmentFlag.AlignRight)
        field.setValidator(QDoubleValidator(-_MOST, _MOST, 2, field))
        what = Path(adapter.path).stem
        field.setAccessibleName(self.tr("How much of {adapter} is used").format(adapter=what))
        field.setToolTip(field.accessibleName())
        self._fields.append(field)
        field.editingFinished.connect(lambda: self._on_scale(place, field.text()))
        words = self.tr("Remove {adapter}").format(adapter=what)
        remove = IconButton(self._appearance, "close", words, designed_size=24)
        remove.clicked.connect(lambda: self._remove(place))
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(name, 1)
        line.addWidget(field)
        line.addWidget(remove)
        return row

    def _on_scale(self, place: int, text: str) -> None:
        scale, is_number = QLocale().toDouble(text)
        before = self.adapters[place]
        if is_number and round(scale, 2) != round(before.scale, 2):
            adapters = list(self.adapters)
            adapters[place] = replace(before, scale=scale)
            self.adapters = tuple(adapters)  # the field keeps the keyboard
            self.changed.emit(self.adapters)

    def _remove(self, place: int) -> None:
        self._change(self.adapters[:place] + self.adapters[place + 1 :])

    def _change(self, adapters: tuple[Adapter, ...]) -> None:
        self.set_adapters(adapters)
        self.changed.emit(self.adapters)

    def _ask(self) -> None:
        dialog = QFileDialog(self.window(), self.tr("Add adapter"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("Adapters (*.gguf)"), self.tr("All files (*)")])
        dialog.fileSelected.connect(self.add_file)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
