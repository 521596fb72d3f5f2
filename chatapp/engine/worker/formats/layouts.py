"""Answers that are several messages, each with a heading that says what it is."""

from __future__ import annotations

import re
from collections.abc import Callable

from chatapp.engine.worker.formats.output import OfferedTools, Output
from chatapp.engine.worker.formats.source import Reading, Source

START, CHANNEL, CONSTRAIN = "<|start|>", "<|channel|>", "<|constrain|>"
MESSAGE, END, CALL, RETURN = "<|message|>", "<|end|>", "<|call|>", "<|return|>"
HEADING = (START, CHANNEL, CONSTRAIN)
CHANNEL_MARKERS = (*HEADING, MESSAGE, END, CALL, RETURN)
RECIPIENT_MARKER = ">>>"

_recipient = re.compile(r"\bto=(?:functions\.)?([^\s<]+)")
_people = ("assistant", "user", "all")


def read_channels(
    source: Source, output: Output, body: Callable[[str], object] | None
) -> Reading[None]:
    """Read gpt-oss's channels. `body` gets the first text when the prompt has its heading."""
    marker = START
    if body is not None:
        marker = yield from source.until(CHANNEL_MARKERS, body)
        if not marker:
            return
        output.marker()
    while True:
        fields: dict[str, list[str]] = {name: [] for name in HEADING}
        source.record("" if marker == START else marker)
        if marker == START:
            marker = yield from _read_role(source, output, fields[START])
        while marker in HEADING:
            marker = yield from source.until(CHANNEL_MARKERS, fields[marker].append)
        heading = source.recorded()
        role, channel = "".join(fields[START]), "".join(fields[CHANNEL])
        recipient = _recipient.search(f"{role} {channel}")
        if marker == MESSAGE:
            if recipient is not None and recipient[1] not in _people:
                marker = yield from _read_call(source, output, heading, recipient[1])
            else:
                is_thought = channel.split()[:1] == ["analysis"]
                output.marker()
                sink = output.thought if is_thought else output.text
                marker = yield from source.until(CHANNEL_MARKERS, sink)
                if not marker:
                    return
                output.marker()
        elif channel and recipient is not None:
            output.call().end(_that(heading), is_whole=False)
        elif not channel and not _is_role(role.strip(), is_cut=source.is_cut):
            output.text(role)
        if not marker:
            return
        if marker not in HEADING:
            marker = START


def _is_role(text: str, *, is_cut: bool) -> bool:
    return "assistant".startswith(text) if is_cut else text == "assistant"


def _read_role(source: Source, output: Output, role: list[str]) -> Reading[str]:
    """Read who a message is from and for, or text that has no heading. Returns what ended it."""
    blanks = yield from source.blanks()
    marker = yield from source.literal(*CHANNEL_MARKERS)
    if marker:
        return marker
    name = yield from source.word()
    if name in {"assistant", "to"}:
        role += blanks, name
        return (yield from source.until(CHANNEL_MARKERS, role.append))
    output.text(blanks + name)
    marker = yield from source.until(CHANNEL_MARKERS, output.text)
    if marker:
        output.marker()
    return marker


def _read_call(source: Source, output: Output, heading: str, name: str) -> Reading[str]:
    call = output.call()
    call.begin(name)
    source.record(heading)
    yield from source.blanks()
    is_whole = False
    if (yield from source.peek()) == "{":
        is_whole = yield from source.json_value(call.write)
    rest: list[str] = []
    marker = yield from source.until(CHANNEL_MARKERS, rest.append)
    call.end(source.recorded, is_whole=is_whole and not "".join(rest).strip())
    return marker


def read_recipients(
    source: Source, output: Output, tools: OfferedTools, *, in_text: bool
) -> Reading[None]:
    """Read Functionary's messages: a line with who it is for, then text or arguments."""
    marker = "" if in_text else RECIPIENT_MARKER
    while True:
        if marker:
            source.record("" if not in_text else marker)
            name = yield from source.word()
            if name and (yield from source.literal("\n")):
                if name == "all":
                    source.recorded()
                    output.marker()
                elif (yield from source.peek()) == "{" and not tools.are_none:
                    call = output.call()
                    call.begin(name)
                    is_whole = yield from source.json_value(call.write)
                    if not is_whole:
                        yield from source.until((RECIPIENT_MARKER,), _nowhere)
                    call.end(source.recorded, is_whole=is_whole)
                else:
                    output.text(source.recorded())
            elif not (source.is_cut and "all".startswith(name)):
                output.text(source.recorded())
        in_text = True
        marker = yield from source.until((RECIPIENT_MARKER,), output.text)
        if not marker:
            return


def _that(text: str) -> Callable[[], str]:
    return lambda: text


def _nowhere(text: str) -> None:
    """What is read is only recorded."""
