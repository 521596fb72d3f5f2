"""What runs in a drawing process of a test: the real thing, with languages that hurt."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from multiprocessing.connection import Connection

from chatapp.ui.transcript import drawing_process
from chatapp.ui.transcript.highlighting import Colors, Highlighter


class HurtingHighlighter(Highlighter):
    """The language "die" ends the process, "die-later" in the second part, "hang" never ends."""

    def __init__(self, language: str) -> None:
        super().__init__("python")
        self._language = language

    def color(self, code: str, *, in_parts: bool = True) -> Iterator[Colors]:
        if self._language == "die":
            os._exit(3)
        if self._language == "hang":
            re.match(r"(a+)+$", "a" * 60 + "b")
        for number, part in enumerate(super().color(code, in_parts=in_parts)):
            if number and self._language == "die-later":
                os._exit(3)
            yield part


def run_hurting(connection: Connection) -> None:
    drawing_process.Highlighter = HurtingHighlighter  # type: ignore[misc]
    drawing_process.run(connection)
