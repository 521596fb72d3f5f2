"""Figures as people read them: sizes, speeds, durations, moments, and what a quantization means.

All of them go through the locale. Numbers keep about three digits, so that what stands in one
column can be compared at a glance.
"""

from __future__ import annotations

import math
import re
from typing import Final

from PySide6.QtCore import QCoreApplication, QDate, QDateTime, QLocale

from chatapp.hub.names import bits
from chatapp.network import Purpose
from chatapp.ui.i18n import tr

_KB: Final = 1000
_MB: Final = 1000**2
_GB: Final = 1000**3
_TB: Final = 1000**4
_FROM_GB: Final = 500 * _MB  # 0.64 GB reads better beside 2.50 GB than 640 MB does
_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR


# As the licences call themselves. What is not here is shown as it stands in the file.
_LICENSES: Final = {
    "agpl-3.0": "AGPL-3.0",
    "apache-2.0": "Apache-2.0",
    "bsd-3-clause": "BSD-3-Clause",
    "cc-by-4.0": "CC BY 4.0",
    "cc-by-nc-4.0": "CC BY-NC 4.0",
    "cc-by-sa-4.0": "CC BY-SA 4.0",
    "gpl-3.0": "GPL-3.0",
    "mit": "MIT",
    "openrail": "OpenRAIL",
}
_LONGEST_LICENSE: Final = 40


def file_size(size: int) -> str:
    """Bytes as 2.50 GB, 12.1 GB, 98 MB."""
    unit, name = _unit(size)
    return f"{_digits(size, unit)} {name}"


def part_of_size(done: int, size: int) -> str:
    """Two counts of bytes as 2.16 of 5.03 GB; the first alone while the second is not known."""
    if size <= 0:
        return file_size(done)
    unit, name = _unit(size)
    pattern = QCoreApplication.translate("words", "{done} of {size}", "2.16 of 5.03 GB")
    return pattern.format(done=_digits(done, unit), size=f"{_digits(size, unit)} {name}")


def transfer_speed(bytes_per_second: float) -> str:
    """11.4 MB/s or 820 kB/s."""
    locale = QLocale()
    if bytes_per_second < _MB:
        return f"{locale.toString(round(bytes_per_second / _KB))} kB/s"
    megabytes = bytes_per_second / _MB
    return f"{locale.toString(megabytes, 'f', 1 if megabytes < 100 else 0)} MB/s"


def token_speed(tokens_per_second: float) -> str:
    """23.4 tokens/s."""
    speed = QLocale().toString(tokens_per_second, "f", 1 if tokens_per_second < 100 else 0)
    return QCoreApplication.translate("words", "{speed} tokens/s").format(speed=speed)


def duration(seconds: float) -> str:
    """45 s, 8 min, 1 h 20 min, 3 days: never less than there is to wait."""
    number = QLocale().toString
    if seconds < _MINUTE:
        whole = max(1, math.ceil(seconds))
        if whole < _MINUTE:
            return QCoreApplication.translate("words", "{count} s").format(count=number(whole))
    minutes = math.ceil(seconds / _MINUTE)
    if minutes < 60:
        return QCoreApplication.translate("words", "{count} min").format(count=number(minutes))
    if seconds < 2 * _DAY:
        hours, minutes = divmod(minutes, 60)
        if not minutes:
            return QCoreApplication.translate("words", "{count} h").format(count=number(hours))
        pattern = QCoreApplication.translate("words", "{hours} h {minutes} min")
        return pattern.format(hours=number(hours), minutes=number(minutes))
    days = math.ceil(seconds / _DAY)
    return tr("%Ln day(s)", "", days)


def moment(at: float) -> str:
    """Seconds since the epoch as “today 09:41”, “yesterday 18:02”, or the date."""
    then = QDateTime.fromSecsSinceEpoch(int(at))
    locale = QLocale()
    clock = locale.toString(then.time(), QLocale.FormatType.ShortFormat)
    days = then.date().daysTo(QDate.currentDate())
    if days == 0:
        return QCoreApplication.translate("words", "today {time}").format(time=clock)
    if days == 1:
        return QCoreApplication.translate("words", "yesterday {time}").format(time=clock)
    return date(then.date())


def date(day: QDate) -> str:
    """A day with the month in words and without the day of the week."""
    locale = QLocale()
    pattern = locale.dateFormat(QLocale.FormatType.LongFormat)
    return locale.toString(day, re.sub(r"[\s,，]*\bdddd\b[\s,，]*|dddd", "", pattern))


def percent(fraction: float) -> str:
    """A share from 0 to 1 as 64%."""
    return f"{QLocale().toString(round(min(max(fraction, 0.0), 1.0) * 100))}%"


def quality(quantization: str) -> str:
    """What a type like Q4_K_M means: “4-bit, good quality”. Empty for one that says nothing."""
    return {
        1: QCoreApplication.translate("words", "1-bit, last resort"),
        2: QCoreApplication.translate("words", "2-bit, last resort"),
        3: QCoreApplication.translate("words", "3-bit, noticeably weaker"),
        4: QCoreApplication.translate("words", "4-bit, good quality"),
        5: QCoreApplication.translate("words", "5-bit, very good quality"),
        6: QCoreApplication.translate("words", "6-bit, excellent quality"),
        8: QCoreApplication.translate("words", "8-bit, practically lossless"),
        16: QCoreApplication.translate("words", "16-bit, original"),
        32: QCoreApplication.translate("words", "32-bit, original"),
    }.get(bits(quantization), "")


def context(tokens: int) -> str:
    """How much a model can read: “32,768 context”."""
    pattern = QCoreApplication.translate("words", "{count} context", "a model's, in tokens")
    return pattern.format(count=QLocale().toString(tokens))


def parameters(count: int) -> str:
    """4.02 billion, 135 million."""
    if count >= _GB:
        pattern = QCoreApplication.translate("words", "{count} billion")
        return pattern.format(count=_digits(count, _GB))
    pattern = QCoreApplication.translate("words", "{count} million")
    return pattern.format(count=QLocale().toString(max(1, round(count / _MB))))


def purpose_words(purpose: Purpose) -> str:
    """What Chatapp connects for."""
    return {
        Purpose.SEARCH: QCoreApplication.translate("network", "looking for models"),
        Purpose.DOWNLOAD: QCoreApplication.translate("network", "downloading a model"),
        Purpose.UPDATES: QCoreApplication.translate("network", "looking for a new version"),
        Purpose.ENGINE: QCoreApplication.translate("network", "downloading an engine"),
    }[purpose]


def license_name(identifier: str) -> str:
    """A licence as it is usually written; files and Hubs write it in lower case."""
    text = " ".join(identifier.split())
    known = _LICENSES.get(text.casefold())
    if known is not None:
        return known
    if text.casefold().startswith("gemma"):
        return QCoreApplication.translate("words", "Gemma terms")
    if text.casefold().startswith("llama"):
        version = text[len("llama") :].strip(" -_")
        pattern = QCoreApplication.translate("words", "Llama {version} licence")
        return " ".join(pattern.format(version=version).split())
    if text.casefold() in {"other", "unknown"}:
        return QCoreApplication.translate("words", "licence of its own")
    return text if len(text) <= _LONGEST_LICENSE else f"{text[:_LONGEST_LICENSE]}…"


def joined(*parts: str) -> str:
    """What there is of several facts, with a dot between them."""
    return " · ".join(part for part in parts if part)


def _unit(size: int) -> tuple[int, str]:
    for unit, name, least in ((_TB, "TB", _TB), (_GB, "GB", _FROM_GB), (_MB, "MB", _MB)):
        if size >= least:
            return unit, name
    return _KB, "kB"


def _digits(size: int, unit: int) -> str:
    value = size / unit
    decimals = 0
    if unit >= _GB:
        decimals = 2 if value < 9.995 else 1 if value < 99.95 else 0
    return QLocale().toString(value, "f", decimals)
