"""What was read and is kept: in the context while it is used, else in memory, and on disk.

A new prompt goes on from whatever was read already: its own conversation up to the first change,
the beginning that it shares with another one, or what an earlier run has left on disk.

The context holds what answers are being made of and nothing else, packed: foreign tokens in it
cost time at every step. And the tokens of a sequence lie in their order there, for attention adds
up in the order of places, and another order rounds in another way. So while several answers are
made, places that become free stay unused until all is packed again.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from chatapp.engine.state_files import Checkpoint, SavedState
from chatapp.engine.state_store import StateStore
from chatapp.engine.worker.context import Context
from chatapp.engine.worker.respelling import common_length, respell
from chatapp.engine.worker.transposing import can_be_turned, turned
from chatapp.engine.worker.vocabulary import Vocabulary

WORTH_LOADING = 16  # tokens that a state must save before it is loaded
MAX_CHECKPOINTS = 8  # of a sequence
MAX_CHECKPOINT_BYTES = 256 * 2**20  # of a sequence

State = bytes | bytearray | memoryview


@dataclass(slots=True, eq=False)
class Sequence:
    """Tokens that belong together; `read` of them were read.

    They are in the context at `slot`, or else `state` has what was read. `conversation` is empty
    for what is not kept on disk. `adapters` is the key of those that it was read with: what was
    read with others is of no use to it. `saved` says that the disk has all of it. It can't be cut
    to less than `floor` tokens.
    """

    conversation: str = ""
    tokens: list[int] = field(default_factory=list)
    read: int = 0
    floor: int = 0
    written: int = 0
    slot: int | None = None
    state: State | None = None
    used_at: float = 0.0  # time.monotonic()
    busy: bool = False
    saved: bool = False
    adapters: str = ""
    checkpoints: list[Checkpoint] = field(default_factory=list)

    @property
    def pending(self) -> int:
        """How many tokens are still to be read."""
        return len(self.tokens) - self.read


@dataclass(frozen=True, slots=True)
class _Beginning:
    """Where a prompt can go on from: its tokens, of which `common` are those of `source`."""

    tokens: list[int]
    common: int = 0
    source: Sequence | None = None


class Sequences:
    """All sequences of a context.

    `memory` is how many bytes of states are kept in memory. `store` keeps states on disk under
    `key`; None keeps nothing there.
    """

    def __init__(
        self,
        context: Context,
        vocabulary: Vocabulary,
        store: StateStore | None,
        key: str,
        *,
        memory: int,
    ) -> None:
        self._context = context
        self._store = store
        self._key = key
        self._memory = memory
        self._all: list[Sequence] = []
        self._aside = 0  # places that stay unused until all is packed again
        self._vocabulary = vocabulary
        self._spellings: dict[int, bytes | None] = {}

    def take(self, prompt: list[int], conversation: str, adapters: str = "") -> Sequence:
        """A sequence in the context for this prompt, with as much of it read as can be had.

        Only what was read with the same `adapters` will do.

        At least its last token is left to be read: that is what the answer begins with.
        """
        own = self._find(conversation, adapters)
        if own is not None and own.busy:  # the same conversation is being answered already
            own, conversation = None, ""
        is_alone = not any(one.busy for one in self._all)
        beginning = self._best_beginning(own, prompt, conversation, adapters)
        sequence = self._continue(own, beginning, is_alone=is_alone)
        sequence.conversation = conversation
        sequence.adapters = adapters
        sequence.busy = True
        sequence.saved = False
        if is_alone:
            self._take_out_idle()
        if sequence.slot is None:
            if sequence.read > self._context.length - self._places:
                self.make_room()
            self._put_in(sequence)
        sequence.tokens = beginning.tokens
        length = len(sequence.tokens)
        if not sequence.written < length == beginning.common:
            sequence.written = length
        # What was written is computed one by one, what was given is not.
        rest = 2 if self._context.one_row_differs and sequence.written == length else 1
        self._go_back(sequence, min(beginning.common, sequence.read, length - rest))
        self._keep_within_memory()
        return sequence

    def release(self, sequence: Sequence) -> None:
        """The answer is written; what was read stays until its place is needed."""
        sequence.busy = False
        sequence.used_at = time.monotonic()

    def drop(self, sequence: Sequence) -> None:
        """Forget what was read of it, but not on disk."""
        if sequence.slot is not None:
            self._free(sequence.slot, 0)
        sequence.state = None
        sequence.read = sequence.floor = 0
        sequence.checkpoints.clear()

    def make_room(self) -> bool:
        """Clear the context of what no answer needs; False when there is nothing of that kind."""
        has_gaps = self._aside > 0
        return self._take_out_idle() or has_gaps

    def take_back(self, sequence: Sequence) -> None:
        """Forget what was read after `read`, in the last batch, which had nothing else."""
        if sequence.slot is not None:
            self._context.cut(sequence.slot, sequence.read)

    def synchronize(self, computed: list[Sequence]) -> None:
        """After a batch of these that was interrupted: find out what of it was read."""
        if self._context.can_roll_back:
            for sequence in computed:
                if sequence.slot is not None:
                    # Some steps of the batch may be done. What the last token led to is lost.
                    sequence.read = self._context.end_of(sequence.slot)
                    self._go_back(sequence, len(sequence.tokens) - 1)
            return
        # Half of the layers may be one step ahead of the others. And a batch moves the states of
        # others that lie where it wants to be: half of their layers may be elsewhere.
        for sequence in self._all:
            if sequence.slot is not None:
                before, sequence.read = sequence.read, sequence.read + 1
                self._go_back(sequence, before)

    def checkpoint(self, sequence: Sequence) -> None:
        """Note what was read, for a model that can't roll back."""
        if self._context.can_roll_back or not sequence.read or sequence.slot is None:
            return
        data = bytes(self._context.state(sequence.slot, partial=True))
        sequence.checkpoints = [c for c in sequence.checkpoints if c.position < sequence.read]
        sequence.checkpoints.append(Checkpoint(sequence.read, data))
        limit = max(1, min(MAX_CHECKPOINTS, MAX_CHECKPOINT_BYTES // max(1, len(data))))
        del sequence.checkpoints[:-limit]

    def forget(self, conversation: str) -> None:
        """Forget a conversation, on disk too. An answer that is being made is not kept."""
        if self._store is not None:
            self._store.forget(conversation)
        for sequence in [one for one in self._all if one.conversation == conversation != ""]:
            sequence.conversation = ""
            if not sequence.busy:
                self._take_away(sequence)
                self._all.remove(sequence)

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

    def flush(self, seconds: float) -> None:
        """Wait until what was saved is on disk, but not longer."""
        if self._store is not None:
            self._store.flush(seconds)

    def clear_context(self) -> None:
        """Make the context empty. Nothing may be busy."""
        self._take_out_idle()

    def switch(self, *, flash_attention: bool | None) -> bool:
        """Make the context anew. Nothing may be busy, and nothing that was read is lost.

        False when that can't be had. There are never two contexts at a time.
        """
        inside = [one for one in self._all if one.slot is not None]
        self._take_out_idle()
        across = not flash_attention
        if any(one.state and not can_be_turned(one.state) for one in inside):
            return False
        self._context.close()
        for one in inside:  # nobody else has these
            if one.state is not None:
                one.state = turned(one.state, across=across, in_place=True)
        self._context.open(flash_attention=flash_attention)
        return self._context.flash_attention == flash_attention

    # Where to begin

    def _best_beginning(
        self, own: Sequence | None, prompt: list[int], conversation: str, adapters: str
    ) -> _Beginning:
        beginning = _Beginning(prompt)
        if own is not None:
            beginning = _Beginning(*respell(own.tokens, prompt, self._spelling), own)
        for one in self._all:
            if one.adapters != adapters:
                continue
            common = min(common_length(one.tokens, prompt), one.read)
            if common > beginning.common and common >= one.floor and self._can_share(one, common):
                beginning = _Beginning(prompt, common, one)
        source = beginning.source
        if source is not None and source is not own:
            tokens, common = respell(source.tokens, prompt, self._spelling)
            beginning = _Beginning(tokens, min(common, source.read), source)
        if own is None and conversation and self._store is not None:
            return self._on_disk(self._store, conversation, prompt, adapters, beginning)
        return beginning

    def _can_share(self, source: Sequence, common: int) -> bool:
        """Whether another prompt can begin with so many tokens of this one."""
        if source.busy or source.conversation:
            return self._context.can_roll_back and common >= WORTH_LOADING
        return self._context.can_roll_back or common >= source.read or bool(source.checkpoints)

    def _on_disk(
        self,
        store: StateStore,
        conversation: str,
        prompt: list[int],
        adapters: str,
        other: _Beginning,
    ) -> _Beginning:
        """What the disk has of a conversation, if that saves enough reading."""
        key = self._key_with(adapters)
        known = store.tokens(conversation, key)
        if known is None:
            return other
        tokens, common = respell(list(known), prompt, self._spelling)
        if common < other.common + WORTH_LOADING:
            return other
        state = store.get(conversation, key)
        if state is None:
            return other
        restored = Sequence(tokens=list(state.tokens), read=state.read, state=state.data)
        restored.written = len(restored.tokens)
        restored.checkpoints = list(state.checkpoints)
        return _Beginning(tokens, min(common, state.read), restored)

    def _continue(self, own: Sequence | None, beginning: _Beginning, *, is_alone: bool) -> Sequence:
        """The sequence that goes on: the source itself where nobody else needs it, or a copy."""
        source = beginning.source
        if source is not None and (
            source is own
            or source not in self._all  # it comes from the disk
            or (own is None and self._may_take_over(source, beginning.common))
        ):
            sequence = source
        else:
            sequence = own or Sequence()
            self._take_away(sequence)
            if source is not None:
                self._copy(source, sequence, beginning.common, is_alone=is_alone)
        if sequence not in self._all:
            self._all.append(sequence)
        return sequence

    def _may_take_over(self, source: Sequence, common: int) -> bool:
        if source.busy or source.conversation:
            return False
        return 2 * common >= source.read or not self._context.can_roll_back

    def _copy(self, source: Sequence, target: Sequence, length: int, *, is_alone: bool) -> None:
        """Let `target` begin with what was read of `source`."""
        target.floor, target.written = source.floor, source.written
        if source.slot is not None and is_alone:
            self._take_out(source)
        if source.slot is None:
            target.state, target.read = source.state, source.read
        else:
            target.slot = self._free_slot()
            self._context.copy(source.slot, target.slot, length)
            target.read = length

    def _find(self, conversation: str, adapters: str) -> Sequence | None:
        if not conversation:
            return None
        name = (conversation, adapters)
        return next((one for one in self._all if (one.conversation, one.adapters) == name), None)

    def _key_with(self, adapters: str) -> str:
        return f"{self._key}\n{adapters}" if adapters else self._key

    # In and out of the context

    @property
    def _places(self) -> int:
        """How many tokens are in the context, at most: several sequences may share some."""
        return sum(one.read for one in self._all if one.slot is not None) + self._aside

    def _take_out_idle(self) -> bool:
        """Leave in the context what answers are made of, packed. False when nothing was to do."""
        idle = [one for one in self._all if one.slot is not None and not one.busy]
        for sequence in idle:
            self._take_out(sequence)
        if self._aside:
            self._pack()
        return bool(idle)

    def _take_out(self, sequence: Sequence) -> None:
        """Keep it in memory instead of in the context."""
        if sequence.slot is None:
            return
        if sequence.read:
            sequence.state = self._context.state(sequence.slot)
        self._free(sequence.slot, 0)
        sequence.slot = None

    def _pack(self) -> None:
        """Put what is in the context to its beginning, without gaps.

        Sequences that share places do so no longer: where there is no room for that, they are lost.
        """
        inside = [one for one in self._all if one.slot is not None]
        for sequence in inside:
            self._take_out(sequence)
        self._context.clear()
        self._aside = 0
        for sequence in inside:
            self._put_in(sequence)

    def _put_in(self, sequence: Sequence) -> None:
        """Have it in the context; what was read of it is lost when there is no room."""
        sequence.slot = slot = self._free_slot()
        state, sequence.state = sequence.state, None
        if state is not None and self._restore(slot, state, sequence.read):
            sequence.floor = self._context.floor_of(slot)
        else:
            sequence.read = sequence.floor = 0
            sequence.checkpoints.clear()

    def _restore(self, slot: int, state: State, length: int) -> bool:
        return self._context.set_state(slot, state) and self._context.end_of(slot) == length

    def _free_slot(self) -> int:
        used = {one.slot for one in self._all}
        free = [slot for slot in range(self._context.sequences) if slot not in used]
        if free:
            return free[0]
        idle = [one for one in self._all if one.slot is not None and not one.busy]
        oldest = min(idle, key=lambda one: one.used_at)
        slot = oldest.slot or 0
        self._take_out(oldest)
        return slot

    def _free(self, slot: int, start: int) -> None:
        """Forget what lies in a slot from `start` on."""
        is_alone = all(one.slot in {None, slot} for one in self._all)
        if not is_alone or self._aside:
            self._aside += max(0, self._context.end_of(slot) - start)
            self._context.put_aside(slot, start)
        elif start:
            self._context.cut(slot, start)
        else:
            self._context.clear()

    def _go_back(self, sequence: Sequence, length: int) -> None:
        """Forget what was read beyond `length` tokens; more where only a checkpoint helps."""
        if sequence.slot is None or max(length, 0) >= sequence.read:
            return
        if not self._context.can_roll_back:
            length = self._go_back_to_checkpoint(sequence, sequence.slot, length)
        elif length >= sequence.floor:
            self._free(sequence.slot, length)
        else:
            length = 0
        if length <= 0:
            self.drop(sequence)
        sequence.read = max(0, length)

    def _go_back_to_checkpoint(self, sequence: Sequence, slot: int, length: int) -> int:
        usable = [c for c in sequence.checkpoints if c.position <= length]
        sequence.checkpoints = usable
        if not usable:
            return 0
        last = usable[-1]
        restored = self._context.set_state(slot, last.data, partial=True)
        return last.position if restored and self._context.cut(slot, last.position) else 0

    # Keeping

    def _take_away(self, sequence: Sequence) -> None:
        """Forget what was read of it, and give its slot up."""
        self.drop(sequence)
        sequence.slot = None

    def _keep_within_memory(self) -> None:
        """Give up what was not used for the longest time, in memory; the disk gets it."""
        kept = [one for one in self._all if one.slot is None]
        kept.sort(key=lambda one: one.used_at, reverse=True)
        total = 0
        for sequence in kept:
            total += len(sequence.state or b"")
            if total > self._memory or sequence.state is None:
                if self._is_unsaved(sequence):
                    self._save(sequence)
                self._all.remove(sequence)

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
        data = sequence.state
        if data is None and sequence.slot is not None:
            data = self._context.state(sequence.slot)
        state = SavedState(
            tuple(sequence.tokens[: sequence.read + 1]),
            sequence.read,
            data or b"",
            tuple(sequence.checkpoints),
        )
        self._store.put(sequence.conversation, self._key_with(sequence.adapters), state)
        sequence.saved = True

    def _spelling(self, token: int) -> bytes | None:
        if token not in self._spellings:
            unseen = b""
            self._spellings[token] = unseen if token < 0 else self._vocabulary.piece(token) or None
        return self._spellings[token]
