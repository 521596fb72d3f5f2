"""What the pages of the settings have in common: rows that show a setting and change it.

A page writes to the settings and to nothing else. What a setting does is the matter of whoever
subscribes to them, so it holds in the same way when it is changed elsewhere, imported or reset.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget
from shiboken6 import isValid

from chatapp.errors import ChatappError
from chatapp.settings import DEFAULTS
from chatapp.ui.i18n import error_sentence
from chatapp.ui.settings.search_words import search_words
from chatapp.ui.widgets.combo import Combo
from chatapp.ui.widgets.group_title import GroupTitle
from chatapp.ui.widgets.segmented import Segmented
from chatapp.ui.widgets.settings_row import SettingsRow
from chatapp.ui.widgets.switch import Switch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chatapp.jobs import Lane
    from chatapp.settings import Settings, SettingsFile
    from chatapp.ui.theme import Appearance

T = TypeVar("T")


class SettingsPage(QWidget):
    """Rows in groups, as high as they want to be; what holds the page scrolls.

    The language may change while it is there: then it is made anew.

    Signals: `rows_added()` after rows came that were not there from the beginning.
    """

    rows_added = Signal()

    def __init__(
        self,
        appearance: Appearance,
        settings: SettingsFile,
        title: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.title = title
        self._appearance = appearance
        self._settings = settings
        self._shows: list[Callable[[Settings], None]] = []
        self._names: dict[str, str] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        unsubscribe = settings.subscribe(self._show)
        self.destroyed.connect(unsubscribe)

    @property
    def fields(self) -> tuple[str, ...]:
        """The settings that are changed here."""
        return tuple(self._names)

    def words(self) -> str:
        """What it is found by."""
        rows = " ".join(row.words for row in self.findChildren(SettingsRow))
        return f"{self.title} {rows}"

    def name_of(self, field: str) -> str:
        """What the row of a setting is called; empty if it has none here."""
        return self._names.get(field, "")

    def row_of(self, key: str) -> SettingsRow | None:
        """The row of a setting, or of what else has this key."""
        rows = self.findChildren(SettingsRow)
        return next((row for row in rows if row.key == key), None)

    def reset(self) -> None:
        """Put everything back that is changed here."""
        self._keep(None, **{field: getattr(DEFAULTS, field) for field in self._names})

    # For the pages

    def _add_group(self, title: str) -> None:
        is_first = self._column.count() == 0
        self._column.addWidget(GroupTitle(self._appearance, title, is_first=is_first))

    def _add_row(
        self, name: str, explanation: str, *controls: QWidget, key: str = ""
    ) -> SettingsRow:
        row = self._make_row(name, explanation, *controls, key=key)
        self._column.addWidget(row)
        return row

    def _make_row(
        self, name: str, explanation: str, *controls: QWidget, key: str = ""
    ) -> SettingsRow:
        return SettingsRow(
            self._appearance, name, explanation, controls, key=key, search_words=search_words(key)
        )

    def _add_switch(self, field: str, name: str, explanation: str = "") -> Switch:
        switch = Switch(self._appearance, name)
        row = self._add_row(name, explanation, switch, key=field)
        self._bind(field, row, switch, switch.setChecked)
        switch.toggled.connect(lambda is_on: self._keep(row, **{field: is_on}))
        return switch

    def _add_combo(
        self,
        field: str,
        name: str,
        explanation: str,
        values: Sequence[T],
        words: Callable[[T], str],
    ) -> Combo[T]:
        """One of the `values`; what the setting is otherwise is offered as well."""
        combo: Combo[T] = Combo(self._appearance, name, [(one, words(one)) for one in values])
        row = self._add_row(name, explanation, combo, key=field)
        offered = list(values)

        def show(value: T) -> None:
            if value not in offered:
                offered.append(value)
                combo.set_choices([(one, words(one)) for one in offered])
            combo.set_value(value)

        self._bind(field, row, combo, show)
        combo.chosen.connect(lambda value: self._keep(row, **{field: value}))
        return combo

    def _add_segmented(
        self, field: str, name: str, explanation: str, choices: dict[str, str]
    ) -> Segmented:
        """One of a few words; what isn't among them is shown as the default, which is."""
        values = list(choices)
        control = Segmented(self._appearance, name, list(choices.values()))
        row = self._add_row(name, explanation, control, key=field)

        def show(value: str) -> None:
            shown = value if value in choices else getattr(DEFAULTS, field)
            control.set_current(values.index(shown))

        self._bind(field, row, control, show)
        control.chosen.connect(lambda number: self._keep(row, **{field: values[number]}))
        return control

    def _bind(
        self, field: str, row: SettingsRow, control: QWidget, show: Callable[[Any], None]
    ) -> None:
        """Have a control show a setting, and the row whether it was changed."""
        control.setObjectName(field)
        self._names[field] = row.name

        def show_all(settings: Settings) -> None:
            value = getattr(settings, field)
            show(value)
            row.set_changed(changed=value != getattr(DEFAULTS, field))

        self._shows.append(show_all)
        show_all(self._settings.current)

    def _keep(self, row: SettingsRow | None, **values: Any) -> None:
        if row is not None:
            row.set_note("")
        try:
            self._settings.change(**values)
        except ChatappError as error:
            noted = row or self.findChild(SettingsRow)
            if noted is not None:
                noted.set_note(error_sentence(error))

    def _show(self, settings: Settings) -> None:
        for show in self._shows:
            show(settings)


def run_for(
    page: QWidget,
    lane: Lane,
    function: Callable[[], T],
    on_done: Callable[[T], object],
    on_error: Callable[[Exception], None],
) -> None:
    """Work in the background; what comes of it is dropped when the page is gone."""

    def done(result: T) -> None:
        if isValid(page):
            on_done(result)

    def failed(error: Exception) -> None:
        if isValid(page):
            on_error(error)

    lane.run(function, on_done=done, on_error=failed)
