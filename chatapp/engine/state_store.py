"""Keeping states on disk without waiting for the disk."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from chatapp.engine.state_files import SavedState, StateFiles

_MOST_WAITING = 2  # states, which may be gigabytes


@dataclass(frozen=True, slots=True)
class _Write:
    conversation: str
    key: str
    state: SavedState
    cancelled: threading.Event = field(default_factory=threading.Event)


class StateStore:
    """Writes states in a thread of its own; what waits to be written can already be read back.

    The thread is a daemon and lives while there is something to write. `note` takes a line for the
    log when a state could not be kept or deleted; it is called in that thread too.
    """

    def __init__(self, files: StateFiles, note: Callable[[str], None]) -> None:
        self._files = files
        self._note = note
        self._waiting: dict[tuple[str, str], SavedState] = {}
        self._writing: _Write | None = None
        self._thread: threading.Thread | None = None
        self._changed = threading.Condition()

    def put(self, conversation: str, key: str, state: SavedState) -> None:
        """Write the state soon. Blocks while two others wait beside the one being written.

        Nothing of the state may be changed after that.
        """
        name = (conversation, key)
        with self._changed:
            self._changed.wait_for(
                lambda: name in self._waiting or len(self._waiting) < _MOST_WAITING
            )
            self._waiting[name] = state
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(
                    target=self._run, name="chatapp-states", daemon=True
                )
                self._thread.start()

    def tokens(self, conversation: str, key: str) -> tuple[int, ...] | None:
        """The tokens of the state, without reading all of it."""
        state = self._pending(conversation, key)
        return self._files.tokens(conversation, key) if state is None else state.tokens

    def get(self, conversation: str, key: str) -> SavedState | None:
        """The state, or None if there is no sound one."""
        state = self._pending(conversation, key)
        return self._files.read(conversation, key) if state is None else state

    def forget(self, conversation: str) -> None:
        """Delete all states of the conversation, waiting ones too; later ones are kept again.

        A write in progress is given up first, which takes some milliseconds. A file that can't be
        deleted is noted.
        """
        with self._changed:
            for name in [name for name in self._waiting if name[0] == conversation]:
                del self._waiting[name]
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._given_up(conversation))
        try:
            self._files.forget(conversation)
        except OSError as error:
            self._note(f"what was read of a conversation was not deleted: {error}")

    def flush(self, timeout: float) -> bool:
        """Wait until nothing is left to write; False if that took longer than `timeout` seconds."""
        with self._changed:
            return self._changed.wait_for(
                lambda: not self._waiting and self._writing is None, timeout
            )

    def _pending(self, conversation: str, key: str) -> SavedState | None:
        with self._changed:
            state = self._waiting.get((conversation, key))
            write = self._writing
            if state is None and write and (write.conversation, write.key) == (conversation, key):
                state = write.state
            return state

    def _given_up(self, conversation: str) -> bool:
        if self._writing is None or self._writing.conversation != conversation:
            return True
        self._writing.cancelled.set()
        return False

    def _run(self) -> None:
        while self._write_next():
            pass

    def _write_next(self) -> bool:
        """Write one state; False if none waits and the thread is to end."""
        with self._changed:
            if not self._waiting:
                self._thread = None
                return False
            (conversation, key), state = next(iter(self._waiting.items()))
            del self._waiting[conversation, key]
            write = self._writing = _Write(conversation, key, state)
            self._changed.notify_all()
        try:
            written = self._files.write(conversation, key, state, write.cancelled)
            if not written and not write.cancelled.is_set():
                self._note("no room on disk to keep what was read of a conversation")
        except OSError as error:
            self._note(f"what was read of a conversation was not kept: {error}")
        finally:
            with self._changed:
                self._writing = None
                self._changed.notify_all()
        return True
