"""The title of a group of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance

_ABOVE = 20


class GroupTitle(TextLabel):
    """Brings along the space to the group above, so that both are hidden together."""

    def __init__(self, appearance: Appearance, title: str, *, is_first: bool = False) -> None:
        super().__init__(appearance, title, bold=True)
        self.set_first(is_first=is_first)

    def set_first(self, *, is_first: bool) -> None:
        """Whether nothing stands above it."""
        self.setContentsMargins(0, 0 if is_first else _ABOVE, 0, 0)
        self._set_sizes()

    def _set_sizes(self) -> None:
        super()._set_sizes()
        line = self._appearance.line_height(self._style)
        self.setMinimumHeight(line + self.contentsMargins().top())
