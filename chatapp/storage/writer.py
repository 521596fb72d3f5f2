"""Which process writes an answer, so that another one can tell whether it still does."""

from __future__ import annotations

from dataclasses import dataclass

# The system clock may be corrected a little between two looks at the same process.
_TOLERANCE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Writer:
    """A process. Its start, in seconds since the epoch, tells it from later ones of that number."""

    pid: int
    started: float

    @classmethod
    def this_process(cls) -> Writer:
        """The process that asks."""
        import psutil

        process = psutil.Process()
        return cls(process.pid, process.create_time())

    def is_alive(self) -> bool:
        """Whether that very process still runs."""
        import psutil

        try:
            process = psutil.Process(self.pid)
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            return abs(process.create_time() - self.started) <= _TOLERANCE_SECONDS
        except (psutil.Error, ValueError, OverflowError):
            # A process that this user may not look at is not this user's Chatapp, and a number
            # that no process can have is damage.
            return False
