from __future__ import annotations

from chatapp.chat.thinking import ThinkingClock


def test_time_while_it_is_open() -> None:
    clock = ThinkingClock()
    assert not clock.is_open
    clock.set_open(is_open=True, now=1.0)
    clock.set_open(is_open=True, now=2.0)
    assert clock.is_open
    assert clock.seconds(7.5) == 6.5
    clock.set_open(is_open=False, now=8.0)
    assert not clock.is_open
    assert clock.seconds(100.0) == 7.0


def test_several_thoughts_add_up() -> None:
    clock = ThinkingClock()
    for begin in (0.0, 10.0):
        clock.set_open(is_open=True, now=begin)
        clock.set_open(is_open=False, now=begin + 2.0)
    assert clock.seconds(100.0) == 4.0


def test_answer_without_a_thought() -> None:
    clock = ThinkingClock()
    clock.set_open(is_open=False, now=5.0)
    assert clock.seconds(100.0) == 0.0


def test_what_turned_out_to_be_a_thought() -> None:
    clock = ThinkingClock()
    clock.count_from(1.0, 4.0)
    assert not clock.is_open
    assert clock.seconds(100.0) == 3.0
