"""Guessing what comes next, so that one batch checks several tokens.

A batch of a few rows takes less time than as many batches of one. The model itself decides: at each
place a token is sampled as without guessing, and the guesses hold as far as they are what was
sampled. So the answer is the same, and for guesses that are certain of themselves this is the exact
scheme of "Fast Inference from Transformers via Speculative Decoding" (Leviathan et al., 2023).
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from chatapp.domain.model import LoadNote, LoadNoteKind
from chatapp.errors import ChatappError, DraftModelUnfit

if TYPE_CHECKING:
    from chatapp.engine.messages import LoadOptions
    from chatapp.engine.worker.interrupt import Interrupt
    from chatapp.engine.worker.library import Library
    from chatapp.engine.worker.model import Model

CANDIDATES = 15  # guesses that are checked at once, in a batch of 16 rows
# With the token before them they fill the tiles of matrix kernels: 2 rows take as long as 2 steps.
LENGTHS: tuple[int, ...] = (3, 7, CANDIDATES)
NGRAMS = (8, 3)  # so many tokens that came before let us expect what followed them
LEAST_PROBABILITY = 0.6  # that a draft model gives its guess; less is rarely right
_RETURN = 0.9  # of the confidence before a change, behind it
_WINDOW = 16  # tokens before a place that are compared with the last ones
_RECENT = 0.3  # what the last of them counts; those before it less and less
_NEAR = 8  # tokens: where a copy goes on after a change
_LEAST_GAIN = 1.1  # that a guess must promise: a matching phrase or two are in all prose
_SURE = 0.5  # less, and another place may be the right one
# In the time of steps without guessing: what another row of a batch takes (a processor that reads
# weights faster than it multiplies), what guessing may lose, and what success may count later.
_ROW = 0.7
_FIRST_LOSS = 2.0
_LOSS = 1.0
_MOST = 12.0
_FIRST_PAUSE = 16  # tokens until the next try; twice as many after each that failed
_LONGEST_PAUSE = 768

_Tokens = list[int]
_Replacement = tuple[_Tokens, _Tokens]  # what is there, and what was written instead


class Guesser(Protocol):
    """Something that knows what may come next.

    The list of tokens is the same one, grown, until another answer is made. Those that nobody saw
    are negative.
    """

    def confidence(self, tokens: list[int]) -> float:
        """How likely the first guess is right, and each one after it; 0 when there is none."""

    def guess(self, tokens: list[int], count: int) -> list[int]:
        """What may follow these tokens, at most so many. Called after `confidence`."""

    def learn(self, guessed: int, right: int) -> None:
        """How many of the last guesses were right."""


class PromptLookup:
    """Guesses that what followed the last tokens once follows them again.

    What was replaced there is expected to be replaced again, as a name in a text or in code is.
    `ends` are tokens after which nothing is guessed.
    """

    def __init__(self, ends: Collection[int]) -> None:
        self._ends = ends
        self._tokens: list[int] = []
        self._forget()

    def confidence(self, tokens: list[int]) -> float:
        """How well the last tokens are those before the place, the last ones above all.

        A text that is copied with changes is followed over them.
        """
        if tokens is not self._tokens:
            self._tokens = tokens
            self._forget()
        self._follow()
        self._learn_places()
        self._end = len(tokens)
        if not self._is_right:
            self._look_nearby()
        if not self._is_right or self._confidence < _SURE:
            self._look_elsewhere()
        return self._confidence if self._is_right else 0.0

    def guess(self, tokens: list[int], count: int) -> list[int]:
        """See `Guesser`."""
        found, place = list(self._rest), self._source
        while len(found) < count:
            if place == len(tokens):  # it is being repeated right now
                place = self._source
            old, new = self._replaced(place, len(tokens))
            place += len(old)
            found += new
        for index, token in enumerate(found[:count]):
            if token < 0 or token in self._ends:
                return found[:index]
        return found[:count]

    def learn(self, guessed: int, right: int) -> None:
        """What was right is among the tokens."""

    def _forget(self) -> None:
        self._known = 0  # tokens that are in there
        # The last place that follows such tokens, for each number of them.
        self._places: dict[int, dict[tuple[int, ...], int]] = {count: {} for count in NGRAMS}
        self._replacements: dict[int, _Replacement] = {}  # by the first token that was there
        self._source = self._end = 0  # where what may follow is, when there were `_end` tokens
        self._rest: _Tokens = []  # of a replacement, before what is there
        self._is_right = False  # the last token is what was expected
        self._confidence = 0.0
        self._left: tuple[int, int, float] | None = None  # source, end, confidence before a change

    def _follow(self) -> None:
        """Go on in the text that was copied so far."""
        for end in range(self._end, len(self._tokens)) if self._source else ():
            before = self._source, end, self._confidence
            if not self._rest:
                old, self._rest = self._replaced(self._source, end)
                self._source += len(old)
            is_right = self._rest[0] == self._tokens[end]
            self._rest = self._rest[1:] if is_right else []
            if not is_right and self._is_right:
                self._left = before
                self._source = before[0] + 1
                self._replacements.pop(self._tokens[before[0]], None)
            self._count(is_right=is_right)
            if is_right and not self._is_right:
                self._come_back(1, end + 1)
            self._is_right = is_right

    def _replaced(self, place: int, end: int) -> _Replacement:
        """What is at the place, before the end, and what is expected instead."""
        there = self._tokens[place : place + 1]
        old, new = self._replacements.get(there[0], (there, there))
        after = place + len(old)
        fits = after < end and self._tokens[place:after] == old
        return (old, new) if fits else (there, there)

    def _count(self, *, is_right: bool) -> None:
        self._confidence += _RECENT * (is_right - self._confidence)

    def _come_back(self, length: int, end: int) -> None:
        """The last tokens, so many, are those of the source again. Learn what stands between."""
        if self._left is not None:
            source, left, confidence = self._left
            old, new = (
                self._tokens[source : self._source - length],
                self._tokens[left : end - length],
            )
            if 0 < len(old) <= _NEAR and 0 < len(new) <= _NEAR:
                self._replacements[old[0]] = old, new
            self._confidence = max(self._confidence, _RETURN * confidence)
            self._left = None

    def _learn_places(self) -> None:
        tokens, end = self._tokens, len(self._tokens)
        for count, places in self._places.items():
            start = max(self._known, count)  # what follows the last tokens is not known yet
            if start < end:
                parts = (tokens[start - count + i : end - count + i] for i in range(count))
                places.update(zip(zip(*parts, strict=True), range(start, end), strict=True))
        self._known = end

    def _look_nearby(self) -> None:
        """Take a place behind or before what was changed."""
        tokens, end = self._tokens, self._end
        last = tokens[end - 2 :]
        for place in range(max(2, self._source - _NEAR), min(self._source + _NEAR, end)):
            if self._source and tokens[place - 2 : place] == last:
                self._source, self._rest, self._is_right = place, [], True
                self._count(is_right=True)
                self._count(is_right=True)
                self._come_back(2, end)
                return

    def _look_elsewhere(self) -> None:
        """Take a place that suits better."""
        for count, places in self._places.items():
            if found := places.get(tuple(self._tokens[self._end - count :])):
                confidence = self._likeness(found)
                if confidence > self._confidence or not self._is_right:
                    self._source, self._confidence = found, confidence
                    self._rest, self._is_right, self._left = [], True, None
                return

    def _likeness(self, place: int) -> float:
        """How well the tokens before the place are the last ones."""
        tokens, length = self._tokens, min(_WINDOW, place)
        likeness = 0.0
        pairs = zip(tokens[place - length : place], tokens[self._end - length :], strict=True)
        for one, other in pairs:
            likeness += _RECENT * ((one == other) - likeness)
        return likeness


@dataclass(slots=True)
class _Trial:
    """Whether the guesses of one source are worth their time. Costs are in steps without them."""

    guesser: Guesser
    row: float = _ROW  # what one more guess costs
    balance: float = _FIRST_LOSS  # of this answer
    pause: int = 0
    next_pause: int = _FIRST_PAUSE

    def begin(self) -> None:
        """Another answer begins."""
        self.balance, self.pause, self.next_pause = _FIRST_LOSS, 0, _FIRST_PAUSE

    def length(self, confidence: float) -> int:
        """How many guesses bring the most tokens in the time that they take, 0 for none."""
        best, best_speed = 0, _LEAST_GAIN
        for length in LENGTHS:
            expected = sum(confidence**count for count in range(length + 1))
            speed = expected / (1 + self.row * length)
            if speed > best_speed:
                best, best_speed = length, speed
        return best

    def learn(self, guessed: int, right: int, cost: float) -> None:
        """How many guesses were right in a step that cost so much."""
        self.row += 0.3 * ((cost - 1) / guessed - self.row)
        self.guesser.learn(guessed, right)
        self.spend(cost - 1 - right)

    def spend(self, loss: float) -> None:
        """Note what guessing has lost, or won."""
        self.balance = min(self.balance - loss, _MOST)
        if self.balance < 0:
            self.balance = _LOSS
            self.pause = self.next_pause
            self.next_pause = min(2 * self.next_pause, _LONGEST_PAUSE)
        elif self.balance == _MOST:
            self.next_pause = _FIRST_PAUSE


class Speculation:
    """Guesses for one answer at a time, as long as that saves time. Called in one thread."""

    def __init__(self, guessers: Iterable[Guesser]) -> None:
        self._trials = [_Trial(guesser) for guesser in guessers]
        self._trial: _Trial | None = None  # whose guess is in the batch
        self._tokens: list[int] | None = None
        self._steps = 0  # of this answer without guessing
        self._step_seconds = 0.0
        self._guess_seconds = 0.0

    def guess(self, tokens: list[int], limit: int) -> list[int]:
        """What may follow these tokens, at most `limit`; nothing while guessing doesn't pay.

        The caller goes on with the same list until another answer is made.
        """
        if tokens is not self._tokens:
            self._tokens, self._steps = tokens, 0
            for trial in self._trials:
                trial.begin()
        self._trial = None
        if limit < 1 or not self._step_seconds:
            return []
        for trial in self._trials:
            if trial.pause:
                trial.pause -= 1
            elif found := self._ask(trial, tokens, limit):
                self._trial = trial
                return found
        return []

    def _ask(self, trial: _Trial, tokens: list[int], limit: int) -> list[int]:
        length = trial.length(trial.guesser.confidence(tokens))
        if not length:
            return []
        begin = time.perf_counter()
        found = trial.guesser.guess(tokens, min(length, limit))
        self._guess_seconds = time.perf_counter() - begin
        if not found:
            trial.spend(self._guess_seconds / self._step_seconds)
        return found

    def learn(self, guessed: int, right: int, seconds: float) -> None:
        """Note how long the step after `guess` took, and how many guesses were right."""
        if self._trial is not None and guessed:
            # What else the computer did meanwhile is not the guess's fault.
            longest = (guessed + 1) * self._step_seconds
            cost = (min(seconds, longest) + self._guess_seconds) / self._step_seconds
            self._trial.learn(guessed, right, cost)
        elif not guessed:
            self._steps += 1
            known = self._step_seconds or seconds
            # The same holds here; but after another text a step takes another time.
            change = 0.5 if seconds < known or self._steps <= 3 else 0.1
            self._step_seconds = known + change * (min(seconds, 2 * known) - known)

    def give_up(self) -> None:
        """There is no room for guesses in what is left of this answer."""
        for trial in self._trials:
            trial.pause = 2**62


def make_speculation(
    model: Model, options: LoadOptions, library: Library, interrupt: Interrupt
) -> Speculation | None:
    """What guesses for this model, None where the context can't check it.

    Raises `DraftModelUnfit`. What else keeps a draft model from being used is noted in the model's
    facts and does no harm.
    """
    if not model.context.can_guess:
        if options.draft_model:
            _note(model, LoadNoteKind.DRAFT_NOT_USED)
        return None
    guessers: list[Guesser] = [PromptLookup(model.vocabulary.special_tokens)]
    if options.draft_model:
        from chatapp.engine.worker.draft import Draft

        try:
            guessers.append(Draft(model, options, library, interrupt))
        except DraftModelUnfit:
            raise
        except ChatappError as error:
            library.note(f"the draft model can't be loaded: {error}")
            _note(model, LoadNoteKind.DRAFT_NOT_LOADED)
    return Speculation(guessers)


def _note(model: Model, kind: LoadNoteKind) -> None:
    model.facts = replace(model.facts, notes=(*model.facts.notes, LoadNote(kind)))
