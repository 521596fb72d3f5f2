"""The names of the tabs, apart from the page: the window knows them before it builds the page."""

from __future__ import annotations

from enum import IntEnum


class Tab(IntEnum):
    """The tabs, in their order."""

    DISCOVER = 0
    LIBRARY = 1
    DOWNLOADS = 2
