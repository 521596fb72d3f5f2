"""Which preset is in force, and what can be done with presets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QSizePolicy, QVBoxLayout, QWidget

from chatapp.chat.collection import LONGEST_NAME
from chatapp.chat.presets import AUTOMATIC, Preset
from chatapp.domain.generation import NO_CHOICE, ParameterChoice
from chatapp.ui.i18n import Translated
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.combo import Combo
from chatapp.ui.widgets.icon_button import IconButton
from chatapp.ui.widgets.popup import Popup
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.ui.theme import Appearance

_EDITED: Final = "*"  # no id of a preset
_PADDING: Final = 16
_NAME_WIDTH: Final = 260


class PresetBar(Translated, QWidget):
    """The name of the preset, “edited” when something else was chosen since; Save; a menu.

    Signals: `chosen(ParameterChoice)` when a preset is to hold; `save_requested(str)` with a name;
    `rename_requested(str, str)` with an id and a name; `delete_requested(str)`.
    """

    chosen = Signal(object)
    save_requested = Signal(str)
    rename_requested = Signal(str, str)
    delete_requested = Signal(str)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._presets: tuple[Preset, ...] = ()
        self._choice = NO_CHOICE
        self.popup: NamePopup | None = None
        self._label = TextLabel(appearance, "", "small", "text_muted")
        self.combo: Combo[str] = Combo(appearance, "", [], designed_height=28)
        self.combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.combo.chosen.connect(self._on_chosen)
        self.save = Button(appearance, "", designed_height=28)
        self.save.clicked.connect(lambda: self._ask(None))
        self.more = IconButton(appearance, "more", "", designed_size=28)
        self.more.clicked.connect(self._open_menu)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.combo, 1)
        row.addWidget(self.save)
        row.addWidget(self.more)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._label)
        column.addLayout(row)
        self._translate()

    @property
    def preset(self) -> Preset:
        """With which the present choice began."""
        found = (one for one in self._presets if one.id == self._choice.preset)
        return next(found, AUTOMATIC)

    def set_presets(self, presets: Sequence[Preset]) -> None:
        """Offer these."""
        self._presets = tuple(presets)
        self._show()

    def set_choice(self, choice: ParameterChoice) -> None:
        """What is chosen, from a preset or not."""
        self._choice = choice
        self._show()

    def menu(self) -> QMenu:
        """What can be done with the preset that is in force."""
        menu = QMenu(self)
        is_own = bool(self.preset.id) and not self.preset.is_shipped
        rename = menu.addAction(self.tr("Rename…"))
        rename.triggered.connect(lambda: self._ask(self.preset))
        delete = menu.addAction(self.tr("Delete"))
        preset_id = self.preset.id
        delete.triggered.connect(lambda: self.delete_requested.emit(preset_id))
        for action in (rename, delete):
            action.setEnabled(is_own)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _translate(self) -> None:
        self._label.setText(self.tr("Preset"))
        self.combo.setAccessibleName(self.tr("Preset"))
        self.combo.setToolTip(self.tr("Preset"))
        self.save.setText(self.tr("Save"))
        self.save.setToolTip(self.tr("Save as a preset"))
        self.more.set_name(self.tr("Rename or delete the preset"))
        self._show()

    def _show(self) -> None:
        preset = self.preset
        words = [
            (one.id, self.tr("Automatic") if not one.id else one.name)
            for one in (AUTOMATIC, *self._presets)
        ]
        is_edited = not preset.is_in(self._choice)
        if is_edited:
            name = dict(words)[preset.id]
            edited = self.tr("{preset}, edited").format(preset=name)
            words.insert(0, (_EDITED, edited if preset.id else self.tr("Your own")))
        self.combo.set_choices(words)
        self.combo.set_value(_EDITED if is_edited else preset.id)
        self.save.setEnabled(is_edited)

    def _on_chosen(self, preset_id: str) -> None:
        for preset in (AUTOMATIC, *self._presets):
            if preset.id == preset_id:
                self.chosen.emit(preset.applied_to(self._choice))

    def _ask(self, preset: Preset | None) -> None:
        """For a name: for the choice, or a new one for a preset."""
        own = self.preset if not self.preset.is_shipped else AUTOMATIC
        popup = self.popup = NamePopup(self._appearance, (preset or own).name, self)
        if preset is None:
            popup.named.connect(self.save_requested)
        else:
            popup.named.connect(lambda name: self.rename_requested.emit(preset.id, name))
        anchor = self.save if preset is None else self.more
        popup.open_at(QRect(anchor.mapToGlobal(QPoint(0, 0)), anchor.size()))

    def _open_menu(self) -> None:
        menu = self.menu()
        corner = self.more.mapToGlobal(self.more.rect().bottomRight())
        corner.setX(corner.x() - menu.sizeHint().width())
        menu.popup(corner)


class NamePopup(Popup):
    """A field for a name. Signals: `named(str)`."""

    named = Signal(str)

    def __init__(self, appearance: Appearance, name: str, parent: QWidget) -> None:
        super().__init__(appearance, self.tr("Name of the preset"), parent)
        self.setFixedWidth(round(_NAME_WIDTH * max(1.0, appearance.size / 13)))
        self.field = QLineEdit(name)
        self.field.setMaxLength(LONGEST_NAME)
        self.field.setFont(appearance.font("body"))
        self.field.setFixedHeight(appearance.height(32))
        self.field.setAccessibleName(self.tr("Name of the preset"))
        self.field.returnPressed.connect(self._finish)
        self.field.textChanged.connect(self._on_text)
        self.save = Button(appearance, self.tr("Save"), "primary", designed_height=28)
        self.save.clicked.connect(self._finish)
        column = QVBoxLayout(self)
        column.setContentsMargins(_PADDING, _PADDING - 4, _PADDING, _PADDING)
        column.setSpacing(8)
        label = TextLabel(appearance, self.tr("Name of the preset"), "small", "text_muted")
        column.addWidget(label)
        column.addWidget(self.field)
        column.addWidget(self.save, 0, Qt.AlignmentFlag.AlignTrailing)
        self._on_text()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.field.selectAll()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def _on_text(self) -> None:
        self.save.setEnabled(bool(self.field.text().strip()))

    def _finish(self) -> None:
        name = " ".join(self.field.text().split())
        if name:
            self.named.emit(name)
            self.close()
