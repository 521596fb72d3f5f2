"""A computation that is ended in the middle, beside a conversation that rests. In a child."""

from __future__ import annotations

from chatapp.engine.messages import LoadOptions

OPTIONS = LoadOptions(1024, threads=1, parallel=2)


def differ(path: str) -> float:
    """How far the logits after a resting conversation are off then, in their deviations."""
    from chatapp.engine.worker.interrupt import Interrupt
    from chatapp.engine.worker.library import Library

    interrupt = Interrupt()
    library = Library(lambda _level, _text: None, interrupt)

    import numpy as np
    from llama_cpp import llama_cpp as llama

    from chatapp.engine.worker.context import Outcome
    from chatapp.engine.worker.model import Model
    from chatapp.engine.worker.sequences import Sequence, Sequences

    model = Model(library, path, OPTIONS, interrupt, lambda _fraction: None)
    context, size = model.context, model.vocabulary.size
    sequences = Sequences(context, model.vocabulary, None, "", memory=1 << 24)

    def compute(*some: Sequence) -> int:
        context.clear_batch()
        for one in some:
            context.add(one.slot or 0, one.tokens[one.read :], one.read, output=True)
        outcome = context.decode()
        if outcome == Outcome.DONE:
            for one in some:
                one.read = len(one.tokens)
        return outcome

    def text(start: int, length: int) -> list[int]:
        return [1 + (start + 7 * index * index) % (size - 1) for index in range(length)]

    def logits() -> np.ndarray:
        pointer = llama.llama_get_logits_ith(context.pointer, -1)
        return np.ctypeslib.as_array(pointer, shape=(size,)).copy()

    # Cold, and then from what was read in the middle of two others.
    cold = sequences.take(text(3, 50), "cold")
    compute(cold)
    expected = logits()
    sequences.release(cold)
    sequences.forget("cold")
    one, resting, other = (
        sequences.take(text(start, 40), name)
        for start, name in ((1, "one"), (3, "resting"), (5, "other"))
    )
    for sequence in (one, resting, other):
        assert compute(sequence) == Outcome.DONE
    sequences.release(resting)
    for sequence in (one, other):
        sequence.tokens.append(9)
    interrupt.set()
    assert compute(one, other) == Outcome.INTERRUPTED
    interrupt.clear()
    sequences.synchronize([one, other])
    resting = sequences.take(text(3, 50), "resting")
    assert compute(resting) == Outcome.DONE
    return float(np.abs(logits() - expected).max() / expected.std())
