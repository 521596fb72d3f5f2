"""What was measured of a model on this computer, and the setting that this speaks for."""

from __future__ import annotations

from dataclasses import dataclass

DEPTH = 2500  # tokens: how long a conversation the deep speed is meant for
SAME_SPEED = 0.97  # of the fastest: what is as good

# Fewer tokens in one go mean that less is computed in vain when an answer is stopped.
_SAME_READING = 0.96


@dataclass(frozen=True, slots=True)
class TuningRow:
    """One setting and its speeds in tokens a second; 0 for what was not measured.

    `write_speed` is that at the beginning of a conversation, `deep_write_speed` after `DEPTH`
    tokens. A `batch` of None is the worker's own.
    """

    threads: int
    flash_attention: bool
    batch: int | None = None
    write_speed: float = 0.0
    deep_write_speed: float = 0.0
    read_speed: float = 0.0


@dataclass(frozen=True, slots=True)
class Tuning:
    """The best setting for a model on this computer, and the table behind it.

    `at` is when it was measured, in seconds since the epoch. A `batch` of None was not measured, or
    the worker's own was as good.
    """

    threads: int
    flash_attention: bool
    batch: int | None
    measured: tuple[TuningRow, ...]
    at: float


def choose(rows: tuple[TuningRow, ...], at: float) -> Tuning:
    """The setting that loses least where it loses most, short and long conversations compared.

    Of those that are as good it is none with one thread and no flash attention, for that one writes
    one answer at a time and guesses nothing; then the one with the fewest threads, for a busy core
    slows all of them down. Raises `ValueError` when no speed was measured.
    """
    written = [row for row in rows if row.write_speed and row.batch is None]
    deep = [row for row in written if row.deep_write_speed]
    compared = deep or written
    scores = {row: worst_ratio(row, tuple(compared)) for row in compared}
    least = SAME_SPEED * max(scores.values())
    best = min(
        (row for row in compared if scores[row] >= least),
        key=lambda row: (_is_alone(row), row.threads, not row.flash_attention, -scores[row]),
    )
    return Tuning(best.threads, best.flash_attention, _batch(rows, best), rows, at)


def _is_alone(row: TuningRow) -> bool:
    return row.threads == 1 and not row.flash_attention


def worst_ratio(row: TuningRow, rows: tuple[TuningRow, ...]) -> float:
    """Its speed to the best of all, where it compares worst."""
    ratio = row.write_speed / max(other.write_speed for other in rows)
    deepest = max(other.deep_write_speed for other in rows)
    return min(ratio, row.deep_write_speed / deepest) if deepest else ratio


def speed_at(depth: int, shallow: float, deep: float, measured_depth: int) -> float:
    """Tokens a second after `depth` tokens, from those at the beginning and at another depth.

    The time of a token grows with what lies before it. What is measured as faster there is noise.
    """
    grown = max(0.0, 1 / deep - 1 / shallow)
    return 1 / (1 / shallow + grown * depth / measured_depth)


def _batch(rows: tuple[TuningRow, ...], best: TuningRow) -> int | None:
    same = [
        row
        for row in rows
        if row.read_speed
        and (row.threads, row.flash_attention) == (best.threads, best.flash_attention)
    ]
    if not same:
        return None
    least = _SAME_READING * max(row.read_speed for row in same)
    # The worker's own comes first, then the smallest.
    return min((row.batch for row in same if row.read_speed >= least), key=lambda b: b or 0)
