"""The speed of a model here comes from its answers, and is with it the next time too."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from chatapp.domain.generation import GenerationParameters, Origin, Usage
from chatapp.domain.model import ModelFile
from chatapp.hub.library import Library
from chatapp.jobs import Jobs
from chatapp.models.speed import Speed, measured
from chatapp.paths import Paths
from tests.hub.small_files import write_gguf

TIMEOUT = 20.0


class Measuring:
    """A library with one model, and answers of it."""

    def __init__(self, paths: Paths) -> None:
        self._changed = threading.Condition()
        self.jobs = Jobs()
        self.path = write_gguf(paths.models / "org" / "repo" / "One-Q8_0.gguf")
        self.library = Library(paths, self.jobs)
        self.library.subscribe(self._notify)
        self.library.wait(TIMEOUT)
        self.speed = Speed(self.library, self.jobs)

    def answer(self, usage: Usage, path: str = "") -> None:
        path = path or str(self.path)
        self.speed.note(Origin("One", path, GenerationParameters(), usage=usage))

    @property
    def model(self) -> ModelFile:
        return self.library.by_path(str(self.path))

    def wait(self, condition: Callable[[ModelFile], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: condition(self.model), TIMEOUT), self.model

    def settle(self) -> None:
        """Let everything be done that was begun."""
        barrier = threading.Barrier(4)
        for future in [self.jobs.general.submit(barrier.wait, TIMEOUT) for _ in range(4)]:
            future.result(TIMEOUT)

    def _notify(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def close(self) -> None:
        self.library.close()
        self.jobs.close()


@pytest.fixture
def measuring(paths: Paths) -> Iterator[Measuring]:
    opened = Measuring(paths)
    yield opened
    opened.close()


def usage(written: int, per_second: float, read: int = 0, cached: int = 0) -> Usage:
    return Usage(
        prompt_tokens=read + cached,
        cached_tokens=cached,
        completion_tokens=written,
        first_token_ms=1000.0,
        generation_ms=(written - 1) * 1000.0 / per_second,
    )


def test_short_answers_and_prompts_tell_nothing() -> None:
    assert measured(usage(10, 20.0, read=20)) == (0.0, 0.0)
    assert measured(usage(100, 20.0, read=500)) == pytest.approx((20.0, 500.0))
    assert measured(usage(100, 20.0, read=20, cached=5000)) == pytest.approx((20.0, 0.0))
    assert measured(Usage()) == (0.0, 0.0)


def test_the_first_answer_says_how_fast_and_later_ones_correct_that(measuring: Measuring) -> None:
    measuring.answer(usage(100, 20.0, read=500))
    measuring.wait(lambda model: model.write_speed == pytest.approx(20.0))
    assert measuring.model.read_speed == pytest.approx(500.0)
    measuring.answer(usage(100, 30.0))
    measuring.wait(lambda model: model.write_speed == pytest.approx(23.0))
    assert measuring.model.read_speed == pytest.approx(500.0), "nothing new is known of it"


def test_the_same_speed_again_is_not_written_again(measuring: Measuring) -> None:
    measuring.answer(usage(100, 20.0))
    measuring.wait(lambda model: model.write_speed == pytest.approx(20.0))
    measuring.settle()
    (notes,) = measuring.path.parent.glob("*.json")
    before = notes.stat().st_mtime_ns
    measuring.answer(usage(100, 20.4))
    measuring.settle()
    assert notes.stat().st_mtime_ns == before


def test_a_model_that_is_gone_is_let_go(
    measuring: Measuring, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "chatapp.models.speed")
    measuring.answer(usage(100, 20.0), str(measuring.path.with_name("gone.gguf")))
    measuring.settle()
    assert "not written down" in caplog.text
