from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chatapp.hub.shared_buffer import BatchBuffer, SharedBuffer


def test_a_place_is_given_away_after_the_last_step_that_reads_it() -> None:
    buffer = SharedBuffer()
    first = buffer.add(320)
    second = buffer.add(320, first)
    buffer.add(320, second)
    assert buffer.size() == 640


def test_what_is_never_read_stays() -> None:
    buffer = SharedBuffer()
    buffer.add(320)
    second = buffer.add(64)
    buffer.add(64, second)
    assert buffer.size() == 320 + 128


def test_a_step_in_place_overwrites_what_nothing_reads_later() -> None:
    buffer = SharedBuffer()
    first = buffer.add(320)
    other = buffer.add(320)
    buffer.add(320, first, other, in_place=True)
    assert buffer.size() == 640
    buffer.add(0, first)
    assert buffer.size() == 640  # it takes the other one's place
    buffer.add(0, other)
    assert buffer.size() == 960


def test_only_what_is_as_large_is_overwritten() -> None:
    buffer = SharedBuffer()
    first = buffer.add(640)
    buffer.add(320, first, in_place=True)
    assert buffer.size() == 960


def test_the_smallest_gap_is_taken() -> None:
    buffer = SharedBuffer()
    large, small = buffer.add(640), buffer.add(32)
    medium, last = buffer.add(320), buffer.add(32)
    buffer.add(0, large)
    buffer.add(0, medium)
    fitting = buffer.add(320)  # in the second gap, though the first one would do
    filling = buffer.add(640)
    buffer.add(0, small, last, fitting, filling)
    assert buffer.size() == 640 + 32 + 320 + 32


def test_gaps_beside_each_other_become_one() -> None:
    buffer = SharedBuffer()
    first, second, last = buffer.add(320), buffer.add(320), buffer.add(32)
    buffer.add(0, first)
    buffer.add(0, second)
    both = buffer.add(640)
    buffer.add(0, last, both)
    assert buffer.size() == 672


def test_vectors_for_tokens_and_for_sequences() -> None:
    values = BatchBuffer(tokens=100, sequences=10)
    first = values.vector(8)
    values.kept(16, first)
    values.mixed(8, 16, first)
    values.stored(first)
    assert values.size() == 4 * (800 + 160 + 800 + 160)


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 3), st.booleans()), max_size=60))
def test_it_is_never_smaller_than_what_is_there_at_once(
    steps: list[tuple[int, int, bool]],
) -> None:
    buffer = SharedBuffer()
    sizes: list[int] = []
    read: list[tuple[int, ...]] = []
    for index, (size, back, in_place) in enumerate(steps):
        before = tuple(range(max(0, index - back), index))
        buffer.add(size, *before, in_place=in_place)
        sizes.append(-(-size // 32) * 32)
        read.append(before)
    last = {value: index for index, values in enumerate(read) for value in values}
    least = max(
        (
            sum(
                size
                for value, size in enumerate(sizes[:index])
                if index < last.get(value, len(steps))
            )
            for index in range(len(steps) + 1)
        ),
        default=0,
    )
    assert least <= buffer.size() <= sum(sizes)
