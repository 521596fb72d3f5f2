"""What was read and is kept: one sequence of the context for each conversation, and on disk.

A new prompt goes on from whatever was read already: its own conversation up to the first change,
the beginning that it shares with another one, or what an earlier run has left on disk.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field

from chatapp.engine.state_files import Checkpoint, SavedState, StateStore
from chatapp.engine.worker.context import Context
from chatapp.engine.worker.respelling import common_length, respell
from chatapp.engine.worker.vocabulary import Vocabulary

WORTH_LOADING = 64  # tokens that a state on disk must save before it is loaded
MAX_CHECKPOINTS = 8  # of a sequence
MAX_CHECKPOINT_BYTES = 256 * 2**20  # of a sequence


@dataclass(slots=True, eq=False)
class Sequence:
    """Tokens that belong together; the first `read` of them are in the context.

    `conversation` is empty for what is not kept. `saved` says that the disk has all of it. It can't
    be cut to less than `floor` tokens.
    """

    id: int
    tokens: list[int] = field(default_factory=list)
    read: int = 0
    floor: int = 0
    conversation: str = ""
    used_at: float = 0.0  # time.monotonic()
    busy: bool = False
    saved: bool = False
    checkpoints: list[Checkpoint] = field(default_factory=list)

    @property
    def pending(self) -> int:
        """How many tokens are still to be read."""
        return len(self.tokens) - self.read


class Sequences:
    """All sequences of a context. `store` keeps states under `key`; None keeps nothing on disk."""

    def __init__(
        self, context: Context, vocabulary: Vocabulary, store: StateStore | None, key: str
    ) -> None:
        self._context = context
        self._store = store
        self._key = key
        self._all = [Sequence(number) for number in range(context.sequences)]
        self._vocabulary = vocabulary
        self._spellings: dict[int, bytes] = {}
        self._mark = b"\xff" + os.urandom(8)  # no text has this

    def take(self, prompt: list[int], conversation: str) -> Sequence:
        """A sequence for this prompt, with as much of it read as can be had.

        At least its last token is left to be read: that is what the answer begins with.
        """
        own = self._find(conversation)
        if own is not None and own.busy:  # the same conversation is being answered already
            own, conversation = None, ""
        sequence, tokens, common = self._best(own, prompt, conversation)
        sequence.tokens = tokens
        sequence.busy = True
        sequence.saved = False
        sequence.conversation = conversation
        sequence.used_at = time.monotonic()
        self._go_back(sequence, min(common, sequence.read, len(tokens) - 1))
        return sequence

    def release(self, sequence: Sequence) -> None:
        """The answer is written; what was read stays until its place is needed."""
        sequence.busy = False
        sequence.used_at = time.monotonic()

    def drop(self, sequence: Sequence) -> None:
        """Forget what was read of it, in the context and not on disk."""
        self._context.drop(sequence.id)
        sequence.read = sequence.floor = 0
        sequence.checkpoints.clear()

    def make_room(self) -> bool:
        """Give up the sequence that was not used for the longest time; False without any."""
        idle = [one for one in self._all if one.read and not one.busy]
        if not idle:
            return False
        self._evict(min(idle, key=lambda one: one.used_at))
        return True

    def synchronize(self, sequence: Sequence) -> None:
        """After a batch that was interrupted: find out what of it was read."""
        if self._context.can_roll_back:
            sequence.read = min(sequence.read, self._context.end_of(sequence.id))
            return
        # Half of the layers may be one step ahead of the others.
        sequence.read, before = len(sequence.tokens), sequence.read
        self._go_back(sequence, before)

    def checkpoint(self, sequence: Sequence) -> None:
        """Note what was read, for a model that can't roll back."""
        if self._context.can_roll_back or not sequence.read:
            return
        data = bytes(self._context.state(sequence.id, partial=True))
        sequence.checkpoints = [c for c in sequence.checkpoints if c.position < sequence.read]
        sequence.checkpoints.append(Checkpoint(sequence.read, data))
        limit = max(1, min(MAX_CHECKPOINTS, MAX_CHECKPOINT_BYTES // max(1, len(data))))
        del sequence.checkpoints[:-limit]

    def forget(self, conversation: str) -> None:
        """Forget a conversation, on disk too."""
        if self._store is not None:
            self._store.forget(conversation)
        for sequence in self._all:
            if sequence.conversation == conversation:
                sequence.conversation = ""  # one that is being answered is not kept
                if not sequence.busy:
                    self.drop(sequence)
                    sequence.tokens = []

    def save_idle(self, seconds: float) -> float | None:
        """Save what was not used for so long; when to come back, in seconds, None for never."""
        now = time.monotonic()
        unsaved = [one for one in self._all if self._is_unsaved(one) and not one.busy]
        for sequence in unsaved:
            if now - sequence.used_at >= seconds:
                self._save(sequence)
        waiting = [one.used_at + seconds - now for one in unsaved if not one.saved]
        return max(0.0, min(waiting)) if waiting else None

    def save_all(self) -> None:
        """Save every conversation, those that are being answered too."""
        for sequence in self._all:
            if self._is_unsaved(sequence):
                self._save(sequence)

    def clear(self) -> None:
        """Save everything and empty the context."""
        self.save_all()
        self._context.clear()
        for sequence in self._all:
            sequence.tokens = []
            sequence.read = sequence.floor = 0
            sequence.conversation = ""
            sequence.checkpoints.clear()

    def flush(self, seconds: float) -> None:
        """Wait until what was saved is on disk, but not longer."""
        if self._store is not None:
            self._store.flush(seconds)

    # Finding a beginning

    def _best(
        self, own: Sequence | None, prompt: list[int], conversation: str
    ) -> tuple[Sequence, list[int], int]:
        """Where to begin: the sequence, the prompt's tokens, and how many are read already."""
        tokens, common = prompt, 0
        if own is not None:
            tokens, common = respell(own.tokens, prompt, self._spelling)
        elif conversation and self._store is not None:
            restored = self._restore(self._store, conversation, prompt)
            if restored is not None:
                return restored
        source, shared = self._most_alike(prompt)
        if source is None or shared <= common:
            return own or self._empty(), tokens, common
        takes_over = 2 * shared >= source.read or not self._context.can_roll_back
        if own is None and not source.busy and not source.conversation and takes_over:
            return source, *respell(source.tokens, prompt, self._spelling)
        if not self._context.can_roll_back:
            return own or self._empty(), tokens, common
        target = own or self._empty(except_for=source)
        self.drop(target)
        self._context.copy(source.id, target.id, shared)
        target.read = shared
        return target, prompt, shared

    def _most_alike(self, prompt: list[int]) -> tuple[Sequence | None, int]:
        best, most = None, 0
        for one in self._all:
            shared = min(common_length(one.tokens, prompt), one.read)
            if shared > most and shared >= one.floor:
                best, most = one, shared
        return best, most

    def _restore(
        self, store: StateStore, conversation: str, prompt: list[int]
    ) -> tuple[Sequence, list[int], int] | None:
        """Load what the disk has of a conversation, if that saves enough reading."""
        known = store.tokens(conversation, self._key)
        if known is None:
            return None
        tokens, common = respell(list(known), prompt, self._spelling)
        if common < self._most_alike(prompt)[1] + WORTH_LOADING:
            return None
        state = store.get(conversation, self._key)
        if state is None:
            return None
        sequence = self._empty()
        while not self._put_back(sequence, state):
            if not self.make_room():
                return None
        sequence.read = state.read
        sequence.floor = self._context.floor_of(sequence.id)
        sequence.checkpoints = list(state.checkpoints)
        return sequence, tokens, min(common, state.read)

    def _put_back(self, sequence: Sequence, state: SavedState) -> bool:
        fits = self._context.set_state(sequence.id, state.data)
        if fits and self._context.end_of(sequence.id) == state.read:
            return True
        self._context.drop(sequence.id)
        return False

    def _find(self, conversation: str) -> Sequence | None:
        if not conversation:
            return None
        return next((one for one in self._all if one.conversation == conversation), None)

    def _empty(self, except_for: Sequence | None = None) -> Sequence:
        """One without content; the least recently used one gives its place if need be."""
        idle = [one for one in self._all if not one.busy and one is not except_for]
        empty = next((one for one in idle if not one.read), None)
        if empty is None:
            empty = min(idle, key=lambda one: one.used_at)
            self._evict(empty)
        return empty

    def _go_back(self, sequence: Sequence, length: int) -> None:
        """Forget what was read beyond `length` tokens; more where only a checkpoint helps."""
        if length >= sequence.read:
            return
        if not self._context.can_roll_back:
            length = self._go_back_to_checkpoint(sequence, length)
        elif length < sequence.floor or not self._context.cut(sequence.id, length):
            length = 0
        if length <= 0:
            self.drop(sequence)
        sequence.read = max(0, length)

    def _go_back_to_checkpoint(self, sequence: Sequence, length: int) -> int:
        usable = [c for c in sequence.checkpoints if c.position <= length]
        sequence.checkpoints = usable
        if not usable:
            return 0
        last = usable[-1]
        restored = self._context.set_state(sequence.id, last.data, partial=True)
        return last.position if restored and self._context.cut(sequence.id, last.position) else 0

    # Keeping

    def _is_unsaved(self, sequence: Sequence) -> bool:
        return bool(
            self._store is not None
            and sequence.conversation
            and sequence.read
            and not sequence.saved
        )

    def _save(self, sequence: Sequence) -> None:
        if self._store is None:
            return
        state = SavedState(
            tuple(sequence.tokens[: sequence.read + 1]),
            sequence.read,
            self._context.state(sequence.id),
            tuple(sequence.checkpoints),
        )
        self._store.put(sequence.conversation, self._key, state)
        sequence.saved = True

    def _evict(self, sequence: Sequence) -> None:
        if self._is_unsaved(sequence):
            self._save(sequence)
        self.drop(sequence)
        sequence.tokens = []
        sequence.conversation = ""

    def _spelling(self, token: int) -> bytes:
        spelling = self._spellings.get(token)
        if spelling is None:
            piece = self._vocabulary.piece(token)
            spelling = piece or self._mark + token.to_bytes(4, "little")
            self._spellings[token] = spelling
        return spelling
