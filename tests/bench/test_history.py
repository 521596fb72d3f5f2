"""What counts as worse than before, and what stands in the READMEs."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from tests import readme_blocks
from tests.bench import history, tables
from tests.bench.history import Figure, Record
from tests.bench.measure import Measure
from tests.bench.rows import ROWS

BEFORE = Record("2026-01-01", "abc", "2 cores", is_quick=False, figures={})


def record(value: float, unit: str = "ms", *, yardstick: float = 10.0, bar: str = "") -> Record:
    figure = Figure.of(Measure("open", value, unit, 5, bar), yardstick)
    return replace(BEFORE, figures={"storage: open": figure})


@pytest.mark.parametrize(
    ("measure", "direction", "keeps_bar"),
    [
        (Measure("a", 4.0, "ms", bar="≤ 5"), "less", True),
        (Measure("a", 6.0, "ms", bar="≤ 5"), "less", False),
        (Measure("a", 51.0, "ms", bar="at most 50"), "less", False),
        (Measure("a", 0.97, "x", bar="≥ 0.98"), "more", False),
        (Measure("a", 1.05, "x", bar="≤ 1.1"), "less", True),
        (Measure("a", 19, "texts", bar="20"), "more", False),
        (Measure("a", 0, "steps", bar="0"), "less", True),
        (Measure("a", 90.0, "tokens/s"), "more", True),
        (Measure("a", 90.0, "MB"), "less", True),
        (Measure("a", 90.0, "MB", better="neither"), "neither", True),
    ],
)
def test_what_is_better(measure: Measure, direction: str, *, keeps_bar: bool) -> None:
    assert (measure.direction, measure.keeps_bar) == (direction, keeps_bar)


def test_a_name_that_goes_on_is_told_with_what_comes_before() -> None:
    names = ("open", "… again", "close", "… again", "close")
    keys = [key for key, _ in history.keyed("storage", [Measure(n, 1, "s") for n in names])]
    assert keys == [
        "storage: open",
        "storage: open again",
        "storage: close",
        "storage: close again",
        "storage: close again again",
    ]


@pytest.mark.parametrize(
    ("now", "is_worse"),
    [
        (record(100.0), None),  # as ever
        (record(118.0), None),  # within what is usual
        (record(200.0), True),
        (record(50.0), False),
        (record(200.0, yardstick=20.0), None),  # a busy hour
        (record(100.0, yardstick=5.0), True),  # slow, though the computer was quick
    ],
)
def test_a_change_is_told(now: Record, *, is_worse: bool | None) -> None:
    earlier = [record(value) for value in (95.0, 100.0, 105.0)]
    changes = history.compare(now, earlier)
    assert [change.is_worse for change in changes] == ([] if is_worse is None else [is_worse])


def test_more_tokens_are_better() -> None:
    earlier = [record(100.0, "tokens/s") for _ in range(3)]
    (change,) = history.compare(record(50.0, "tokens/s"), earlier)
    assert change.is_worse
    assert (change.before, change.now, change.factor) == (100.0, 50.0, 2.0)


def test_what_was_nothing_and_is_much() -> None:
    (change,) = history.compare(record(40.0), [record(-0.2)])
    assert change.is_worse
    assert change.factor == math.inf
    assert history.compare(record(0.3), [record(-0.2)]) == []


def test_only_what_is_alike_is_compared() -> None:
    slow = record(300.0)
    assert history.compare(slow, []) == []
    assert history.compare(slow, [replace(record(100.0), machine="64 cores")]) == []
    assert history.compare(slow, [replace(record(100.0), is_quick=True)]) == []
    assert len(history.compare(slow, [record(100.0)])) == 1


def test_what_was_added_is_read(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    assert history.read(path) == []
    records = [record(100.0, bar="≤ 200"), record(0.123456)]
    for one in records:
        history.add(path, one)
    assert history.read(path) == records
    assert history.read(path)[1].figures["storage: open"].value == 0.1235


def everything(date: str) -> Record:
    keys = {key.replace("*", "any") for row in ROWS for key in row.figures}
    return replace(
        BEFORE, date=date, figures={key: Figure(12.5, "ms", 1.0, 5, "", "less") for key in keys}
    )


@pytest.fixture
def readmes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    monkeypatch.setattr(readme_blocks, "ROOT", tmp_path)
    paths = [tmp_path / name for name in ("README.md", "README.zh-CN.md")]
    for path in paths:
        path.write_text("before\n<!-- measurements -->STALE<!-- /measurements -->\nafter\n")
    return paths


def test_the_tables_are_written_and_written_again(readmes: list[Path]) -> None:
    for _ in range(2):
        assert tables.write([everything("2026-01-01"), record(1.0)]) == 0
        for path in readmes:
            text = path.read_text(encoding="utf-8")
            assert text.startswith("before\n<!-- measurements -->\n\n")
            assert text.endswith("\n\n<!-- /measurements -->\nafter\n")
            assert text.count("\n|") == len(ROWS) + 2
            assert "2026-01-01" in text
            assert "STALE" not in text


def test_what_was_not_measured_is_not_in_the_tables(
    readmes: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    whole = everything("2026-01-01")
    missing = ROWS[0].figures[0]
    figures = {key: figure for key, figure in whole.figures.items() if key != missing}
    later = replace(whole, date="2026-01-05", figures=dict(list(figures.items())[:3]))
    assert tables.write([replace(whole, figures=figures), later]) == 1
    text = readmes[0].read_text(encoding="utf-8")
    assert ROWS[0].english not in text
    assert "2026-01-01 – 2026-01-05" in text
    assert ROWS[0].english in capsys.readouterr().err


def test_no_history_writes_nothing(readmes: list[Path]) -> None:
    assert tables.write([replace(everything("2026-01-01"), is_quick=True)]) == 1
    assert "STALE" in readmes[0].read_text(encoding="utf-8")
