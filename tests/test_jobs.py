from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

import pytest

from chatapp.jobs import Jobs


@pytest.fixture
def posted() -> list:
    return []


@pytest.fixture
def jobs(posted: list) -> Iterator[Jobs]:
    jobs = Jobs(posted.append)
    yield jobs
    jobs.close()


def test_result_is_posted_not_called(jobs: Jobs, posted: list) -> None:
    results: list[int] = []
    jobs.general.run(lambda: 42, on_done=results.append).result()
    jobs.close()
    assert results == []
    posted[0]()
    assert results == [42]


def test_error_goes_to_its_handler(jobs: Jobs, posted: list) -> None:
    errors: list[Exception] = []
    jobs.general.run(lambda: 1 // 0, on_error=errors.append)
    jobs.close()
    posted[0]()
    assert isinstance(errors[0], ZeroDivisionError)


def test_an_error_that_nobody_asked_for_is_raised_on_the_main_thread(
    jobs: Jobs, posted: list, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "chatapp.jobs"):
        jobs.general.run(lambda: 1 // 0)
        jobs.close()
    with pytest.raises(ZeroDivisionError):
        posted[0]()


def test_database_lane_is_one_thread_in_order(jobs: Jobs) -> None:
    seen: list[int] = []
    threads = {
        jobs.database.submit(lambda i=i: (seen.append(i), threading.get_ident())[1])
        for i in range(100)
    }
    assert len({future.result() for future in threads}) == 1
    assert seen == list(range(100))


def test_close_finishes_database_work(jobs: Jobs) -> None:
    gate = threading.Event()
    done: list[int] = []
    jobs.database.submit(gate.wait, 5)
    for i in range(5):
        jobs.database.submit(done.append, i)
    gate.set()
    jobs.close()
    assert done == [0, 1, 2, 3, 4]
