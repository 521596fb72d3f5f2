"""The one way to work in the background.

A plain function goes to a lane; its result comes back as one callable that is posted to the main
thread. `general` has several threads, `database` exactly one, so everything that touches the
database is serial by construction.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")
Post = Callable[[Callable[[], None]], None]


def call_now(function: Callable[[], None]) -> None:
    """The post of a program without an event loop: results arrive in the lane's thread."""
    function()


class Lane:
    """Runs functions in order on a fixed number of threads."""

    def __init__(self, name: str, threads: int, post: Post) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._post = post

    def submit(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run `function` and hand out its future. The caller looks at the result."""
        return self._executor.submit(function, *args, **kwargs)

    def run(
        self,
        function: Callable[[], T],
        *,
        on_done: Callable[[T], None] | None = None,
        on_error: Callable[[Exception], None] | None = None,
    ) -> Future[T]:
        """Run `function`, then post `on_done(result)` or `on_error(error)` to the main thread.

        An error that nobody asked for is logged and raised on the main thread, where the exception
        hook shows it.
        """
        future = self._executor.submit(function)

        def deliver(finished: Future[T]) -> None:
            if finished.cancelled():
                return
            error = finished.exception()
            if error is None:
                if on_done is not None:
                    result = finished.result()
                    self._post(lambda: on_done(result))
            elif on_error is not None and isinstance(error, Exception):
                self._post(lambda: on_error(error))
            else:
                logger.error("unexpected error in the background", exc_info=error)
                self._post(lambda: _raise(error))

        future.add_done_callback(deliver)
        return future

    def close(self, *, cancel_pending: bool) -> None:
        """Wait for what runs; start nothing new. Pending work is dropped or done first."""
        self._executor.shutdown(wait=True, cancel_futures=cancel_pending)


class Jobs:
    """The lanes of one application."""

    def __init__(self, post: Post = call_now) -> None:
        self.general = Lane("job", 4, post)
        self.database = Lane("database", 1, post)

    def close(self) -> None:
        """General work that has not begun is dropped; database work is always finished."""
        self.general.close(cancel_pending=True)
        self.database.close(cancel_pending=False)


def _raise(error: BaseException) -> None:
    raise error
