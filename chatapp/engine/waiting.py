"""The order in which requests begin."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from chatapp.domain.generation import Priority
from chatapp.engine.request import Request


class WaitingLine:
    """Requests that no worker has yet: a person's first, then those of the background.

    Thousands may wait and be taken back, so nothing here walks along the line for one of them.
    """

    def __init__(self) -> None:
        self._lines: dict[Priority, OrderedDict[int, Request]] = {
            Priority.INTERACTIVE: OrderedDict(),
            Priority.BACKGROUND: OrderedDict(),
        }

    def add(self, request: Request) -> None:
        """Put it behind those of its priority."""
        self._lines[request.priority][request.request_id] = request

    def first(self) -> Request | None:
        """The one that comes next; it stays in the line."""
        for line in self._lines.values():
            for request in line.values():
                return request
        return None

    def remove(self, request: Request) -> bool:
        """Take it out. False when it is not there."""
        return self._lines[request.priority].pop(request.request_id, None) is not None

    def take(self, matches: Callable[[Request], bool] = lambda _: True) -> list[Request]:
        """Take out all that match, in their order."""
        taken = [r for line in self._lines.values() for r in line.values() if matches(r)]
        for request in taken:
            self.remove(request)
        return taken
