"""What was measured of a model on this computer, and the setting that this speaks for."""

from __future__ import annotations

from dataclasses import dataclass, replace

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

    With `flash_attention_until` flash attention is used in answers that begin after no more tokens;
    None is for all or none. `at` is when it was measured, in seconds since the epoch. A `batch` of
    None was not measured, or the worker's own was as good.
    """

    threads: int
    flash_attention: bool
    batch: int | None
    measured: tuple[TuningRow, ...]
    at: float
    flash_attention_until: int | None = None


def choose(rows: tuple[TuningRow, ...], at: float, *, can_switch: bool = False) -> Tuning:
    """The setting that loses least where it loses most, short and long conversations compared.

    With `can_switch` that may be one with flash attention in short conversations only.

    Of those that are as good it is none with one thread and no flash attention, for that one writes
    one answer at a time and guesses nothing; then the one with the fewest threads, for a busy core
    slows all of them down; then one that stays the same. Raises `ValueError` when no speed was
    measured.
    """
    written = [row for row in rows if row.write_speed and row.batch is None]
    deep = [row for row in written if row.deep_write_speed]
    compared = tuple(deep or written)
    candidates: list[_Candidate] = [(row, None, worst_ratio(row, compared)) for row in compared]
    if can_switch:
        candidates += _switching(compared)
    least = SAME_SPEED * max(score for _, _, score in candidates)
    best, until, _ = min(
        (candidate for candidate in candidates if candidate[2] >= least),
        key=lambda one: (
            _is_alone(one[0]),
            one[0].threads,
            one[1] is not None,
            not one[0].flash_attention,
            -one[2],
        ),
    )
    batch = _batch(rows, best)
    return Tuning(best.threads, best.flash_attention, batch, rows, at, until)


_Candidate = tuple[TuningRow, int | None, float]  # until how many tokens, and what it loses at most


def _switching(rows: tuple[TuningRow, ...]) -> list[_Candidate]:
    """Flash attention at the beginning of a conversation and none deep in it, where that pays.

    One thread always writes the same text, and so stays with one of both.
    """
    found: list[_Candidate] = []
    for row in rows:
        for other in rows:
            is_pair = row.threads == other.threads > 1
            if is_pair and row.flash_attention and not other.flash_attention:
                until = crossing(row, other)
                both = replace(row, deep_write_speed=other.deep_write_speed)
                if until is not None:
                    found.append((row, until, worst_ratio(both, rows)))
    return found


def crossing(shallow: TuningRow, deep: TuningRow) -> int | None:
    """From how many tokens on the second is the faster one; None when it always is, or never.

    The time of a token grows evenly with what lies before it.
    """
    if not (shallow.deep_write_speed and deep.deep_write_speed):
        return None
    gain = 1 / deep.write_speed - 1 / shallow.write_speed
    loss = 1 / shallow.deep_write_speed - 1 / deep.deep_write_speed
    if gain <= 0 or loss <= 0:
        return None
    return round(DEPTH * gain / (gain + loss))


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
