"""The READMEs' tables, from the latest figures in the history; `rows` says what is in them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from tests import readme_blocks
from tests.bench.history import Figure, Record
from tests.bench.peer import PACKAGE
from tests.bench.rows import ROWS, Row

_MARK = "measurements"
_PEER = PACKAGE.replace("==", " ")


@dataclass(frozen=True)
class _Latest:
    figure: Figure
    date: str


def write(records: Sequence[Record]) -> int:
    """Put the latest figures of the machine of the last run into both files.

    Returns 1 where the history has nothing, or not all that the tables show.
    """
    whole = [record for record in records if not record.is_quick]
    if not whole:
        print("the history has no full run", file=sys.stderr)
        return 1
    last = whole[-1]
    latest = {
        key: _Latest(figure, record.date)
        for record in whole
        if record.machine == last.machine
        for key, figure in record.figures.items()
    }
    shown = {row: found for row in ROWS if (found := _found(row, latest)) is not None}
    missing = [row.english for row in ROWS if row not in shown]
    dates = sorted({one.date for found in shown.values() for one in found})
    if not dates:
        print("the history has nothing that the tables show", file=sys.stderr)
        return 1
    when = dates[0] if len(dates) == 1 else f"{dates[0]} – {dates[-1]}"
    lines = {row: row.form.format(*_values(row, found)) for row, found in shown.items()}
    readme_blocks.put("README.md", _MARK, _english(lines, when, last.machine))
    readme_blocks.put("README.zh-CN.md", _MARK, _chinese(lines, when, last.machine))
    if missing:
        print("\n".join(["not measured:", *missing]), file=sys.stderr)
    return 1 if missing else 0


def _found(row: Row, latest: dict[str, _Latest]) -> list[_Latest] | None:
    """What a row shows; of a pattern the largest of all that match."""
    found = []
    for pattern in row.figures:
        matching = [one for key, one in latest.items() if fnmatchcase(key, pattern)]
        if not matching:
            return None
        found.append(max(matching, key=lambda one: one.figure.value))
    return found


def _values(row: Row, found: list[_Latest]) -> list[float]:
    return [one.figure.value * row.scale for one in found]


def _english(lines: dict[Row, str], when: str, machine: str) -> str:
    about = (
        f"Medians of {when} on a shared machine ({machine}; no GPU), off screen, written by "
        "`python -m tests.bench`; the starter model with flash attention on two threads. The peer "
        f"is llama.cpp's own server, as {_PEER} brings it, the better of in-process and HTTP. A "
        "ratio compares the two sides in the same run, by turns."
    )
    return _table(about, "what", "figure", ((row.english, text) for row, text in lines.items()))


def _chinese(lines: dict[Row, str], when: str, machine: str) -> str:
    about = (
        f"{when} 的中位数，共享机器（{machine}，无显卡），离屏运行，由 "
        "`python -m tests.bench` 写入；入门模型，两个线程，开启 Flash Attention。"
        f"对照对象是 llama.cpp 自带的服务器（{_PEER}），取进程内与 HTTP 中较快者。"
        "比值出自同一次运行，双方轮流进行。"
    )
    return _table(about, "项目", "数值", ((row.chinese, text) for row, text in lines.items()))


def _table(about: str, what: str, figure: str, rows: Iterable[tuple[str, str]]) -> str:
    lines = [f"| {name} | {text} |" for name, text in rows]
    return "\n".join((about, "", f"| {what} | {figure} |", "|---|---|", *lines))
