"""Tells what a model thought from what it answered, whole and while it is still written.

Reasoning stands at the beginning of a message, in tags that differ from model to model. Everything
else that looks like such a tag is text that the model talks about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

_CHANNEL_END: Final = "<|end|>"
_CLOSINGS: Final = {
    "<think>": "</think>",
    "<thinking>": "</thinking>",
    "<reasoning>": "</reasoning>",
    "[THINK]": "[/THINK]",
    "<|channel|>analysis<|message|>": _CHANNEL_END,
}
# What stands between the end of the thinking channel and the answer.
_ANSWER_CHANNELS: Final = (
    "<|start|>assistant<|channel|>final<|message|>",
    "<|channel|>final<|message|>",
)
# Some chat templates write the opening tag themselves, so that only this one is in the text.
_LONE_CLOSING: Final = re.compile(r" {0,3}</think>[ \t\r]*\Z")
_LONE_OPENING: Final = re.compile(r" {0,3}<think>")
_FENCE: Final = re.compile(r" {0,3}(`{3,}(?=[^`]*\Z)|~{3,})")
_MARKED_LINE: Final = re.compile(r"^ {0,3}(?:</?think>|```|~~~)", re.MULTILINE)
_BEGINNING: Final = re.compile(rf"\s*(?:{'|'.join(map(re.escape, _CLOSINGS))})")
# What a line says here shows in its first characters.
_LINE_START: Final = 400


@dataclass(frozen=True, slots=True)
class Reasoning:
    """A message in two: what was thought, with `is_open` while that is written, and the answer."""

    text: str
    is_open: bool
    answer: str


def split_reasoning(text: str, *, is_complete: bool = False) -> Reasoning:
    """Split a message. Unless it `is_complete`, a tag that is cut at its end is left out."""
    if is_complete and not may_have_reasoning(text):
        return Reasoning("", is_open=False, answer=text)
    splitter = ReasoningSplitter()
    thought, answer = splitter.feed(text)
    if is_complete:
        last_thought, last_answer = splitter.finish()
        if splitter.turned:
            thought, answer = answer, ""
        thought, answer = thought + last_thought, answer + last_answer
    return Reasoning(thought, splitter.is_open, answer)


def may_have_reasoning(text: str) -> bool:
    """False for nearly all of 10,000 messages, and fast."""
    begin = text[:1]
    is_possible = begin in "<[" or begin.isspace()
    return "</think>" in text or (is_possible and _BEGINNING.match(text) is not None)


class _State(Enum):
    START = auto()  # only white space so far, or what may become an opening tag
    THINKING = auto()
    CHANNEL = auto()  # between a thought's end and the mark that begins the answer
    AFTER = auto()  # in the line breaks before the answer
    UNMARKED = auto()  # an answer, unless a closing tag comes alone on its line
    ANSWER = auto()


class ReasoningSplitter:
    """Splits a text that grows. What it says does not depend on where the text was cut.

    `is_open`: the thought is being written. `has_thought`: there is more than blanks in it.
    `turned`: what was given out as answer before the last call turned out to be the thought.
    """

    def __init__(self) -> None:
        self.is_open = False
        self.has_thought = False
        self.turned = False
        self._state = _State.START
        self._held = ""
        self._closing = ""
        self._line = ""  # of an unmarked text: how its last line begins
        self._fence = ""
        self._has_answer = False
        self._thought: list[str] = []
        self._answer: list[str] = []

    def feed(self, text: str) -> tuple[str, str]:
        """Add `text`. Returns what is new in the thought and in the answer."""
        return self._run(text, is_last=False)

    def finish(self) -> tuple[str, str]:
        """Say that the text is complete. Returns what `feed` held back."""
        new = self._run("", is_last=True)
        self.is_open = False
        return new

    def _run(self, text: str, *, is_last: bool) -> tuple[str, str]:
        self.turned = False
        text, self._held = self._held + text, ""
        while text:
            text = self._step(text, is_last=is_last)
        thought, answer = "".join(self._thought), "".join(self._answer)
        self._thought, self._answer = [], []
        self.has_thought = self.has_thought or bool(thought.strip())
        self._has_answer = self._has_answer or bool(answer.strip())
        return thought, answer

    def _step(self, text: str, *, is_last: bool) -> str:
        """Take something from the beginning of `text`, or hold all of it back."""
        match self._state:
            case _State.START:
                return self._start(text, is_last=is_last)
            case _State.THINKING:
                return self._think(text, is_last=is_last)
            case _State.CHANNEL:
                return self._change_channel(text, is_last=is_last)
            case _State.AFTER:
                text = text.lstrip("\r\n")
                if text:
                    self._state = _State.ANSWER
                return text
            case _State.UNMARKED:
                return self._look_for_end(text, is_last=is_last)
            case _State.ANSWER:
                self._answer.append(text)
                return ""

    def _start(self, text: str, *, is_last: bool) -> str:
        begun = text.lstrip()
        for opening, closing in _CLOSINGS.items():
            if begun.startswith(opening):
                self._state = _State.THINKING
                self._closing = closing
                self.is_open = True
                return begun[len(opening) :]
        if not is_last and any(opening.startswith(begun) for opening in _CLOSINGS):
            self._held = text
            return ""
        self._state = _State.UNMARKED
        return text

    def _think(self, text: str, *, is_last: bool) -> str:
        end = text.find(self._closing)
        if end >= 0:
            self._thought.append(text[:end])
            self.is_open = False
            is_channel = self._closing == _CHANNEL_END
            self._state = _State.CHANNEL if is_channel else _State.AFTER
            return text[end + len(self._closing) :]
        cut = len(text) if is_last else len(text) - _overlap(text, self._closing)
        self._thought.append(text[:cut])
        self._held = text[cut:]
        return ""

    def _change_channel(self, text: str, *, is_last: bool) -> str:
        if not is_last and any(mark != text and mark.startswith(text) for mark in _ANSWER_CHANNELS):
            self._held = text
            return ""
        self._state = _State.AFTER
        for mark in _ANSWER_CHANNELS:
            text = text.removeprefix(mark)
        return text

    def _look_for_end(self, text: str, *, is_last: bool) -> str:
        """Give `text` out as answer up to a line that closes a thought, or may come to do so."""
        position = 0
        if not self._line and not _MARKED_LINE.search(text):
            # The usual case: whole lines that say nothing here.
            position = text.rfind("\n") + 1
        while (end := text.find("\n", position)) >= 0:
            line = (self._line + text[position : min(end, position + _LINE_START)])[:_LINE_START]
            if self._closes(line):
                return self._turn(text[:position], text[end + 1 :])
            self._line = ""
            position = end + 1
        begun = text[position : position + _LINE_START]
        if not self._line:
            if is_last and self._is_closing(begun):
                return self._turn(text[:position], "")
            if not is_last and self._may_close(begun):
                self._answer.append(text[:position])
                self._held = text[position:]
                return ""
        self._answer.append(text)
        self._line = (self._line + begun)[:_LINE_START]
        return ""

    def _closes(self, line: str) -> bool:
        """Whether a complete line ends the thought. Keeps track of code and of opening tags."""
        fence = _FENCE.match(line)
        if self._fence:
            if fence and fence[1].startswith(self._fence) and not line[fence.end() :].strip():
                self._fence = ""
        elif fence:
            self._fence = fence[1]
        elif _LONE_OPENING.match(line):
            self._state = _State.ANSWER
        return self._is_closing(line)

    def _is_closing(self, line: str) -> bool:
        is_possible = self._state is _State.UNMARKED and not self._fence
        return is_possible and _LONE_CLOSING.match(line) is not None

    def _may_close(self, line: str) -> bool:
        """Whether a line that is still written may come to be a closing tag alone."""
        begun = line.lstrip(" ")
        if not line or self._state is not _State.UNMARKED or len(line) - len(begun) > 3:
            return False
        return "</think>".startswith(begun) or _LONE_CLOSING.match(line) is not None

    def _turn(self, before: str, after: str) -> str:
        self._thought = [before]
        self.has_thought = self._has_answer
        self._state = _State.AFTER
        self.turned = True
        return after


def _overlap(text: str, tag: str) -> int:
    """How many characters at the end of `text` may be the beginning of `tag`."""
    for length in range(min(len(text), len(tag) - 1), 0, -1):
        if text.endswith(tag[:length]):
            return length
    return 0
