"""From a file that a person chose to text that a model can read.

Whatever the file is, reading it ends: what can't be text is refused, and nothing is read from
another computer.
"""

from __future__ import annotations

import codecs
import locale
import mimetypes
import os
import re
import stat
from pathlib import Path

from chatapp.domain.conversation import Attachment
from chatapp.errors import (
    AttachmentElsewhere,
    AttachmentEmpty,
    AttachmentIsFolder,
    AttachmentNotText,
    AttachmentTooLarge,
    AttachmentUnreadable,
)

MOST_BYTES = 10_000_000

# UTF-32 first: its mark begins as that of UTF-16 does.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# A document in which no byte need be zero, as there is in almost everything else that is no text.
_PDF = b"%PDF-"
# What is written on computers today. Among all that ever was, a guess from a few words goes wrong.
_LATIN = ["cp1252", "cp1250", "cp1254", "cp1257"]
_OTHERS = [
    "gb18030",
    "big5",
    "cp932",
    "euc_jp",
    "cp949",
    "cp1251",
    "koi8_r",
    "cp1253",
    "cp1255",
    "cp1256",
]
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
# Chinese and the like come in pairs of bytes, Greek and the like in whole words.
_LONE_LETTER = re.compile(rb"(?<![\x80-\xff])[\x80\x85\x91-\x97\xa0-\xff](?![\x80-\xff])")
# The 3,755 most frequent characters of Chinese, and its punctuation.
_COMMON_CHINESE = re.compile(rb"(?:[\x00-\x7f]|[\xa1-\xa3\xb0-\xd7][\xa1-\xfe])*\Z")
_PAIR = re.compile(rb"[\x80-\xff]{2}")
_LAST_KOREAN = b"\xc8\xfe"  # Korean has nothing between this and rare characters
_FEW = 20  # of which nobody can tell from which alphabet they are
_GUESSED_FROM = 64 * 1024  # bytes: enough for a certain guess, and a guess is slow
_LOOKED_AT = 64 * 1024  # characters
# Local in spite of its beginning: `\\?\C:\file`, as Windows writes the target of a link.
_ELSEWHERE = re.compile(r"[\\/]{2}(?![?.][\\/][A-Za-z]:)")
_CONTROLS = re.compile(r"[\x00-\x07\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_MOST_CONTROLS = 0.002  # of all characters
_TEXT_TYPES = re.compile(r"text/|application/([\w.-]+\+)?(json|xml|yaml|toml|javascript|sql)\b")


def read_attachment(path: Path | str) -> Attachment:
    r"""Read a text or code file, with line ends as "\n". Slow: not for the main thread.

    Raises an `AttachmentUnreadable`, `AttachmentIsFolder`, `AttachmentElsewhere`,
    `AttachmentEmpty`, `AttachmentTooLarge` or `AttachmentNotText`.
    """
    name = _name(Path(path))
    if _is_elsewhere(path):
        raise AttachmentElsewhere(name)
    try:
        data = _read(Path(path), name)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise AttachmentUnreadable(name) from error
    text = decode(data)
    if text is None:
        raise AttachmentNotText(name)
    if not text:
        raise AttachmentEmpty(name)
    return Attachment(name, _media_type(name), len(data), text)


def decode(data: bytes) -> str | None:
    r"""The text in a file's bytes, with line ends as "\n", or None when they are no text."""
    if data.startswith(_PDF):
        return None
    text = _decoded(data)
    if text is None or not _is_text(text):
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decoded(data: bytes) -> str | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _in(encoding, data[len(mark) :])
    if b"\0" in data[:_LOOKED_AT]:
        return _utf_16(data)
    text = _in("utf-8", data)
    if text is not None:
        return text
    # A damaged place shall not make the rest unreadable.
    guessed = _guessed(data)
    return None if guessed is None else data.decode(guessed, errors="replace")


def _utf_16(data: bytes) -> str | None:
    """Western text in UTF-16 without a mark: there is a NUL in every other place."""
    begin = data[:_LOOKED_AT]
    even, odd = begin[::2].count(0), begin[1::2].count(0)
    if min(even, odd) > 0 or max(even, odd) < len(begin) // 8:
        return None
    return _in("utf-16-be" if even else "utf-16-le", data)


def _guessed(data: bytes) -> str | None:
    """The encoding of what is not quite UTF-8; None when it is none."""
    import charset_normalizer

    # No encoding in question has a line feed in the middle of a character.
    first = next(_NOT_ASCII.finditer(data)).start()
    begin = data[first : first + _GUESSED_FROM]
    if first + len(begin) < len(data):
        begin = begin[: begin.rfind(b"\n") + 1] or begin
    if _is_damaged_utf_8(begin):
        return "utf-8"
    letters = len(_LONE_LETTER.findall(begin))
    is_latin = letters == len(_NOT_ASCII.findall(begin))
    if is_latin and letters < _FEW:
        return _usual_encoding()
    if _is_chinese(begin):
        return "gb18030"
    candidates = _LATIN if is_latin else _LATIN + _OTHERS
    best = charset_normalizer.from_bytes(begin, cp_isolation=candidates).best()
    return None if best is None else best.encoding


def _is_damaged_utf_8(data: bytes) -> bool:
    """Whether only a little is wrong with it: a file that was cut, say."""
    text = data.decode(errors="replace")
    wrong = text.count("\ufffd")
    return wrong * 10 <= sum(not character.isascii() for character in text)


def _is_chinese(data: bytes) -> bool:
    """Whether it is common Chinese, of which a few characters are enough to tell."""
    if _COMMON_CHINESE.match(data) is None:
        return False
    pairs = _PAIR.findall(data)
    return max(pairs) > _LAST_KOREAN or len(pairs) < 4


def _usual_encoding() -> str:
    """How this computer writes letters with accents, where that is known, or most others do."""
    usual = locale.getencoding().casefold()
    return usual if usual in _LATIN else "cp1252"


def _in(encoding: str, data: bytes) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _is_text(text: str) -> bool:
    if "\0" in text:
        return False
    looked_at = text[:_LOOKED_AT]
    return len(_CONTROLS.findall(looked_at)) <= max(1, _MOST_CONTROLS * len(looked_at))


def _read(path: Path, name: str) -> bytes:
    if path.is_dir():
        raise AttachmentIsFolder(name)
    # Opening a pipe would wait for somebody who writes into it.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags)
    with open(descriptor, "rb") as file:  # noqa: PTH123 - there is no path to a descriptor
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise AttachmentUnreadable(name)
        if status.st_size > MOST_BYTES:
            raise AttachmentTooLarge(name, status.st_size, MOST_BYTES)
        # It may have grown, and some files of the system don't tell their size.
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise AttachmentTooLarge(name, len(data), MOST_BYTES)
    if not data:
        raise AttachmentEmpty(name)
    return data


def _is_elsewhere(path: Path | str) -> bool:
    r"""Whether it is a UNC path (`\\server\share`), or a link to one. Asks nobody."""
    for _ in range(40):  # as many links as an operating system follows
        if _ELSEWHERE.match(os.fspath(Path(path))):
            return True
        try:
            path = Path(path).parent / Path(path).readlink()
        except (OSError, ValueError):
            return False
    return False


def _name(path: Path) -> str:
    # A name that isn't UTF-8 could be neither stored nor sent.
    return path.name.encode(errors="surrogateescape").decode(errors="replace")


def _media_type(name: str) -> str:
    """What the name says, as far as that is a text, and the same on every system."""
    guessed = mimetypes.MimeTypes().guess_type(name)[0] or ""
    return guessed if _TEXT_TYPES.match(guessed) else "text/plain"
