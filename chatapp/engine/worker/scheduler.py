"""Which answers are worked on, and in what batches.

What a person waits for comes first: background work pauses meanwhile, and its batch is interrupted
when such a request comes in.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from chatapp.domain.generation import FinishReason
from chatapp.engine.messages import Benchmark, Failed, GenerationEvent
from chatapp.engine.worker.adapters import AdapterSet
from chatapp.engine.worker.answer import Answer
from chatapp.engine.worker.context import CPU_STEP, Outcome
from chatapp.engine.worker.model import Model
from chatapp.engine.worker.probabilities import probabilities
from chatapp.engine.worker.respelling import unseen
from chatapp.engine.worker.sequences import Sequence, Sequences
from chatapp.engine.worker.speculation import Speculation
from chatapp.errors import ChatappError, GenerationFailed, to_record

CHUNK_SECONDS = 1.0  # of a prompt that is read alone: the step of its progress
SHARED_CHUNK_SECONDS = 0.1  # of one that is read while other answers are written
MIN_CHUNK = 16
WORTH_CHANGING = 64  # tokens that may be written: for less no other context is made


class Scheduler:
    """Makes answers, several at a time. `step` computes one batch; all is called in one thread.

    Each answer ends with exactly one `Finished` or `Failed` to `emit`. `parallel` background
    answers are worked on at the same time. `flush` is called when a batch is computed.
    """

    def __init__(
        self,
        model: Model,
        sequences: Sequences,
        parallel: int,
        emit: Callable[[GenerationEvent], None],
        flush: Callable[[], None],
        speculation: Speculation | None = None,
    ) -> None:
        self.model = model
        self._context = model.context
        self.sequences = sequences
        self._parallel = max(1, parallel)
        self._emit = emit
        self._flush = flush
        self._speculation = speculation
        self._waiting: deque[Answer] = deque()
        self._active: list[Answer] = []
        self._crowded = False  # one had to give its place up: nothing new until one has ended
        self._tokens_per_second = 0.0  # of reading
        self._idle_since = time.monotonic()
        self._refused: set[bool | None] = set()  # kinds of flash attention

    @property
    def has_work(self) -> bool:
        """Whether `step` has something to do."""
        return bool(self._active or self._waiting)

    @property
    def is_interactive(self) -> bool:
        """Whether what is computed is for a person. May be asked in any thread."""
        return any(not answer.is_background for answer in tuple(self._active))

    @property
    def adapters(self) -> set[AdapterSet]:
        """Those that are needed for the answers that are here."""
        return {answer.adapters for answer in (*self._active, *self._waiting)}

    def add(self, answer: Answer) -> None:
        """Have this answer made."""
        self._waiting.append(answer)

    def stop(self, request_id: int) -> bool:
        """End this answer; False when it is not here."""
        for answer in (*self._active, *self._waiting):
            if answer.request.request_id == request_id:
                self._end(answer, FinishReason.STOPPED)
                return True
        return False

    def step(self) -> None:
        """Compute one batch and pick the tokens that follow."""
        if self._waiting:
            self._admit()
        answers = [a for a in self._active if not a.is_background] or self._active
        if answers:
            adapters = answers[0].adapters  # one batch has the same ones for all of it
            self.model.adapters.use(self._context.pointer, adapters)
            self._compute([answer for answer in answers if answer.adapters == adapters])

    # Who comes next

    def _admit(self) -> None:
        rows = self._context.rows
        for answer in [a for a in self._waiting if not a.is_background]:
            background = [a for a in self._active if a.is_background]
            if len(self._active) >= rows and background:
                self._put_back(background[-1])
            if len(self._active) < rows and not (self._crowded and answer.gave_way):
                self._begin(answer)
        if any(not answer.is_background for answer in self._active) or self._crowded:
            return
        for answer in tuple(self._waiting):
            if len(self._active) < min(self._parallel, rows):
                self._begin(answer)

    def _begin(self, answer: Answer) -> None:
        self._waiting.remove(answer)
        if not answer.written:
            self._suit(self._best_for(answer))
        self._active.append(answer)
        conversation, adapters = answer.request.conversation, answer.adapters.key
        answer.begin(self.sequences.take(answer.tokens, conversation, adapters))

    def prepare(self, test: Benchmark) -> None:
        """Have an empty context as this test wants it, if possible. No answer may be here."""
        self.sequences.clear_context()
        wanted = test.flash_attention
        self._suit(self._context.best_for(test.depth) if wanted is None else wanted)
        self._context.set_threads(test.threads)

    def rest(self, seconds: float) -> float | None:
        """Do what is left for when nothing was asked for so long; when to come back, in seconds.

        None for never.
        """
        waiting = [self.sequences.save_idle(seconds)]
        best = self._context.best_for(0)
        if best not in {self._context.flash_attention, *self._refused}:
            left = self._idle_since + seconds - time.monotonic()
            if left <= 0:  # a long conversation may be over
                self._suit(best)
            else:
                waiting.append(left)
        return min((left for left in waiting if left is not None), default=None)

    def _best_for(self, answer: Answer) -> bool | None:
        """Whether to make this answer with flash attention.

        A change takes a moment, and for short conversations a longer one than it saves.
        """
        context = self._context
        best = context.best_for(len(answer.tokens))
        if context.flash_attention_until is None:
            return best
        limit = answer.request.parameters.max_tokens
        is_short = limit is not None and limit < WORTH_CHANGING
        return context.flash_attention if best or is_short or answer.is_background else best

    def _suit(self, flash_attention: bool | None) -> None:  # noqa: FBT001
        """Compute with flash attention or without it, if that can be had in this moment."""
        if self._active or flash_attention in {self._context.flash_attention, *self._refused}:
            return
        with self.model.changing_context():
            if not self.sequences.switch(flash_attention=flash_attention):
                self._refused.add(flash_attention)

    # One batch

    def _compute(self, answers: list[Answer]) -> None:
        context = self._context
        context.clear_batch()
        guesses = self._guess(answers)
        is_shared = len(answers) > 1 and self.is_interactive
        rows: list[tuple[Answer, Sequence, int, int]] = []  # …, its row, the tokens it has there
        reader: Answer | None = None
        for answer in answers:
            sequence = answer.sequence
            if sequence.pending > 1:
                reader = reader or answer
            elif len(rows) < context.rows:
                if not answer.written:
                    self.sequences.checkpoint(sequence)
                row = context.add(
                    sequence.slot or 0, sequence.tokens[sequence.read :], sequence.read, output=True
                )
                rows.append((answer, sequence, row, 1))
        if reader is not None:
            sequence = reader.sequence
            count = min(self._chunk(alone=not is_shared), sequence.pending)
            if context.one_row_differs and count == sequence.pending - 1:
                count -= 1
            if not context.can_roll_back and count == sequence.pending:
                count -= 1  # so that a checkpoint can be made before the last one
            part = sequence.tokens[sequence.read : sequence.read + count]
            is_last = count == sequence.pending
            row = context.add(sequence.slot or 0, part, sequence.read, output=is_last)
            rows.append((reader, sequence, row, count))
        self._add_guesses(answers[0].sequence, guesses)
        begin = time.perf_counter()
        outcome = context.decode()
        self._flush()
        match outcome:
            case Outcome.DONE:
                if reader is not None:
                    self._note_speed(context.batch_length, time.perf_counter() - begin)
                for answer, sequence, row, count in rows:
                    sequence.read += count
                    if sequence.pending:
                        answer.show_progress()
                    else:
                        self._pick(answer, sequence, row)
                if reader is None and len(answers) == 1:
                    seconds = (
                        time.perf_counter() - begin
                    )  # a GPU may be done only at the first pick
                    right = self._check(answers[0], guesses) if guesses else 0
                    if self._speculation is not None:
                        self._speculation.learn(len(guesses), right, seconds)
            case Outcome.NO_ROOM:
                if self.sequences.make_room():
                    return
                if guesses and self._speculation is not None:
                    self._speculation.give_up()
                else:
                    self._crowd_out(answers)
            case Outcome.INTERRUPTED:
                self.sequences.synchronize([sequence for _, sequence, _, _ in rows])
            case _:
                self.sequences.synchronize([])
                for answer, sequence, _row, _count in rows:
                    self.sequences.drop(sequence)
                    self._fail(answer, GenerationFailed(f"llama_decode: {outcome}"))

    def _chunk(self, *, alone: bool) -> int:
        """How many tokens of a prompt go into the next batch."""
        room = self._context.batch_size - self._context.batch_length
        if not self._tokens_per_second:  # a small one tells
            return min(CPU_STEP, room)
        seconds = CHUNK_SECONDS if alone else SHARED_CHUNK_SECONDS
        wanted = int(self._tokens_per_second * seconds)
        return max(min(wanted, room), min(MIN_CHUNK, room))

    def _note_speed(self, tokens: int, seconds: float) -> None:
        if tokens >= MIN_CHUNK and seconds > 0:
            self._tokens_per_second = tokens / seconds

    def _pick(self, answer: Answer, sequence: Sequence, row: int) -> None:
        """Choose the token that follows, and see whether the answer ends with it."""
        vocabulary = self.model.vocabulary
        if not answer.written:
            answer.show_progress()
        try:
            token = answer.sampler.sample(self._context.pointer, row)
            if not self._context.is_number(row, token):
                raise GenerationFailed("the model computes what is not a number")
        except ChatappError as error:  # or the grammar can't go on
            self._fail(answer, error)
            return
        answer.note_time()
        if vocabulary.is_end(token):
            self._end(answer, FinishReason.END)
            return
        wanted = answer.request.parameters.logprobs
        chosen = (
            probabilities(vocabulary, self._context.pointer, row, token, wanted)
            if wanted > 0
            else None
        )
        piece = vocabulary.piece(token)
        if piece:
            sequence.tokens.append(token)
            is_over = answer.add(piece, chosen)
        else:
            sequence.tokens.append(unseen(token))
            is_over = answer.add_control(vocabulary.text(token), chosen)
        if is_over:
            self._end(answer, FinishReason.END)
        elif answer.is_long_enough:
            self._end(answer, FinishReason.LENGTH)
        elif len(sequence.tokens) > self._context.length:
            self._end(answer, FinishReason.CONTEXT)

    # Guesses, in the rows after the one that is certain

    def _guess(self, answers: list[Answer]) -> list[int]:
        """What may come next, where one answer is being written and nothing else is to do."""
        answer = answers[0]
        tokens = answer.sequence.tokens
        is_writing = answer.written > 0 and answer.sequence.pending == 1
        if self._speculation is None or len(answers) > 1 or not is_writing:
            return []
        room = self._context.length - len(tokens)
        limit = answer.request.parameters.max_tokens
        if limit is not None:
            room = min(room, limit - answer.written - 1)
        return self._speculation.guess(tokens, room)

    def _add_guesses(self, sequence: Sequence, guesses: list[int]) -> None:
        for position, token in enumerate(guesses, len(sequence.tokens)):
            self._context.add(sequence.slot or 0, (token,), position, output=True)

    def _check(self, answer: Answer, guesses: list[int]) -> int:
        """Go on as long as the next guess is what was picked; how many were right."""
        sequence = answer.sequence
        answer.guessed += len(guesses)
        right = 0
        for row, token in enumerate(guesses, 1):
            if answer not in self._active or sequence.tokens[-1] not in {token, unseen(token)}:
                break
            right += 1
            answer.guessed_right += 1
            sequence.read += 1
            self._pick(answer, sequence, row)
        if right < len(guesses):
            self.sequences.take_back(sequence)
        return right

    def _crowd_out(self, answers: list[Answer]) -> None:
        """The context is full of answers in the making: one of them must wait, or end."""
        others = [a for a in self._active if a.is_background] or answers
        victim = others[-1]
        if len(self._active) == 1:
            self._end(victim, FinishReason.CONTEXT)
            return
        self._put_back(victim)
        victim.gave_way = True
        self._crowded = True

    def _put_back(self, answer: Answer) -> None:
        """Let it wait with what is written of it."""
        answer.tokens = list(answer.sequence.tokens)
        self.sequences.release(answer.sequence)
        self._active.remove(answer)
        self._waiting.appendleft(answer)

    # Ends

    def _end(self, answer: Answer, reason: FinishReason) -> None:
        self._leave(answer)
        answer.finish(reason)

    def _fail(self, answer: Answer, error: ChatappError) -> None:
        self._leave(answer)
        self._emit(Failed(answer.request.request_id, to_record(error)))

    def _leave(self, answer: Answer) -> None:
        if answer in self._active:
            self._active.remove(answer)
            self.sequences.release(answer.sequence)
        else:
            self._waiting.remove(answer)
        self._idle_since = time.monotonic()
        self._crowded = False
        answer.sampler.close()
