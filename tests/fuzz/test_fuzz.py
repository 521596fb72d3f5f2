from __future__ import annotations

import sys

import pytest

from tests.fuzz.harness import TARGETS, run

# How many cases, and to how many different ends they come at least.
CASES = {
    "gguf_header": (1_000, 6),
    "template": (250, 3),
    "database": (200, 4),
    "settings": (1_000, 3),
    "imports": (500, 4),
    "links": (5_000, 3),
}


def test_all_of_them_are_tried() -> None:
    assert tuple(CASES) == TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_is_found(name: str) -> None:
    cases, kinds = CASES[name]
    found = run(name, seed=7, cases=cases)
    assert not found.wrong, found.report()
    assert found.cases >= cases
    assert len(found.kinds) >= kinds, found.report()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no process has a limit of memory")
def test_what_is_wrong_is_found() -> None:
    found = run("wrong_on_purpose", seed=1, cases=20)
    assert found.cases == 26
    assert found.kinds.keys() == {"wrong", "fine", "good", "ended", "time"}
    for words in (
        "case -1: AssertionError: one is two",
        "case -2: an error that is not foreseen: NoModel",
        "case -3: AssertionError: the process ended",
        "case -5: MemoryError",
        "case -6: 0.",
    ):
        assert sum(line.startswith(words) for line in found.wrong) == 1, found.report()
    assert len(found.wrong) == 5
