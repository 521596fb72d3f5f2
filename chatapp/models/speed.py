"""How fast a model reads and writes on this computer, from the answers that it gave here."""

from __future__ import annotations

import logging
from functools import partial

from chatapp.domain.generation import Origin, Usage
from chatapp.errors import ChatappError
from chatapp.hub.library import Library
from chatapp.jobs import Jobs

logger = logging.getLogger(__name__)

# Fewer tokens than these say nothing: the first ones of a prompt and of an answer cost more.
_LEAST_WRITTEN = 24
_LEAST_READ = 128
_OF_THE_NEWEST = 0.3  # what an answer counts beside those before it
_WORTH_WRITING = 0.03  # a change by less is not worth touching the disk


class Speed:
    """Has the speed of each answer written down in the library."""

    def __init__(self, library: Library, jobs: Jobs) -> None:
        self._library = library
        self._jobs = jobs

    def note(self, origin: Origin | None) -> None:
        """An answer has ended. Returns at once, in any thread."""
        if origin is None:
            return
        write, read = measured(origin.usage)
        if write or read:
            self._jobs.general.run(partial(self._record, origin.model_path, write, read))

    def _record(self, path: str, write: float, read: float) -> None:
        model = self._library.by_path(path)
        values = {}
        for name, before, now in (
            ("write_speed", model.write_speed, write),
            ("read_speed", model.read_speed, read),
        ):
            after = before + _OF_THE_NEWEST * (now - before) if before else now
            if now and abs(after - before) > _WORTH_WRITING * before:
                values[name] = after
        if not values:
            return
        try:
            self._library.record(path, **values)
        except ChatappError as error:  # it is gone, or its folder can't be written to
            logger.info("how fast %s is is not written down: %r", path, error)


def measured(usage: Usage) -> tuple[float, float]:
    """Tokens a second that were written and read; 0 where there were too few to tell."""
    write = usage.tokens_per_second if usage.completion_tokens >= _LEAST_WRITTEN else 0.0
    fresh = usage.prompt_tokens - usage.cached_tokens
    if fresh < _LEAST_READ or usage.first_token_ms <= 0:
        return write, 0.0
    return write, fresh * 1000.0 / usage.first_token_ms
