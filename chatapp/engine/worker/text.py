"""From the bytes of tokens to text that can be shown."""

from __future__ import annotations

import codecs


class AnswerText:
    """Joins the bytes of tokens to whole characters and looks for stop strings.

    A character may be spread over several tokens, and so may a stop string: what could be the
    beginning of either is held back until it is certain.
    """

    def __init__(self, stop: tuple[str, ...]) -> None:
        self.decode = codecs.getincrementaldecoder("utf-8")(errors="replace").decode
        self._stop = tuple(text for text in stop if text)
        self._held = ""
        self.stopped = False

    def add(self, piece: bytes) -> str:
        """The text that is certain after these bytes. `stopped` is set when a stop string came."""
        return self.release(self.decode(piece))

    def finish(self) -> str:
        """The rest, once the last token is added or where something else than text follows.

        Half a character at the end is left out: when the answer is continued, it comes whole.
        """
        text, self._held = self._held, ""
        return text

    def release(self, text: str) -> str:
        """The same for whole characters."""
        if not self._stop:
            return text
        text = self._held + text
        found = [at for at in map(text.find, self._stop) if at >= 0]
        if found:
            self.stopped = True
            self._held = ""
            return text[: min(found)]
        keep = max(_overlap(text, stop) for stop in self._stop)
        certain = len(text) - keep
        self._held = text[certain:]
        return text[:certain]


def _overlap(text: str, stop: str) -> int:
    """The length of the longest end of `text` that begins `stop`."""
    for length in range(min(len(text), len(stop) - 1), 0, -1):
        if text.endswith(stop[:length]):
            return length
    return 0
