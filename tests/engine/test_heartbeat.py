from __future__ import annotations

from chatapp.engine.heartbeat import (
    MAX_STANDSTILL,
    MAX_UNANSWERED,
    MAX_UNANSWERED_STARTING,
    PING_SECONDS,
    Heartbeat,
)


def test_nothing_is_due_while_nothing_is_computed() -> None:
    heartbeat = Heartbeat()
    heartbeat.watch(10.0, busy=False, computing=False)
    assert heartbeat.due is None
    heartbeat.watch(10.0, busy=True, computing=False)
    assert heartbeat.due == 10.0 + PING_SECONDS
    heartbeat.watch(11.0, busy=True, computing=False)
    assert heartbeat.due == 10.0 + PING_SECONDS
    heartbeat.watch(11.0, busy=False, computing=False)
    assert heartbeat.due is None


def test_pings_are_counted_and_not_the_time() -> None:
    heartbeat = Heartbeat()
    heartbeat.heard()
    for number in range(MAX_UNANSWERED):
        assert not heartbeat.silence()
        heartbeat.pinged(1e6 * number)
    assert heartbeat.silence() == MAX_UNANSWERED * PING_SECONDS
    heartbeat.heard()
    assert not heartbeat.silence()


def test_a_process_may_start_slowly() -> None:
    heartbeat = Heartbeat()
    for _ in range(MAX_UNANSWERED_STARTING):
        assert not heartbeat.silence()
        heartbeat.pinged(0.0)
    assert heartbeat.silence()


def test_answers_that_tell_of_no_progress() -> None:
    heartbeat = Heartbeat()
    heartbeat.answered(7)
    for _ in range(MAX_STANDSTILL):
        assert not heartbeat.silence()
        heartbeat.answered(7)
    assert heartbeat.silence() == MAX_STANDSTILL * PING_SECONDS
    heartbeat.answered(8)
    assert not heartbeat.silence()


def test_no_progress_is_needed_while_nothing_is_computed() -> None:
    heartbeat = Heartbeat()
    for _ in range(2 * MAX_STANDSTILL):
        heartbeat.answered(7)
        heartbeat.watch(0.0, busy=True, computing=False)
    assert not heartbeat.silence()
