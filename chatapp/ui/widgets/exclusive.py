"""Buttons of which one is chosen: Tab goes to that one, the arrow keys choose another."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QButtonGroup

_TAB = Qt.FocusPolicy.TabFocus
_DIRECT = Qt.FindChildOption.FindDirectChildrenOnly


def lead_tab_to_chosen(button: QAbstractButton) -> None:
    """For each of them. Qt sees to it only once one of them has the keyboard."""

    def on_toggled(is_chosen: bool) -> None:  # noqa: FBT001 - Qt's signal
        if is_chosen:
            for other in _siblings(button):
                policy = other.focusPolicy()
                other.setFocusPolicy(policy | _TAB if other is button else policy & ~_TAB)

    button.toggled.connect(on_toggled)


def _siblings(button: QAbstractButton) -> list[QAbstractButton]:
    group: QButtonGroup | None = button.group()
    if group is not None:
        return group.buttons()
    parent = button.parentWidget()
    if parent is None:
        return [button]
    among = parent.findChildren(QAbstractButton, options=_DIRECT)
    return [one for one in among if one.autoExclusive()]
