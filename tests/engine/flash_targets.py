"""What was read with flash attention, used without it. Computed in a child."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from chatapp.engine.messages import LoadOptions
from chatapp.engine.worker.interrupt import Interrupt
from chatapp.engine.worker.library import Library

OPTIONS = LoadOptions(1024, threads=2, flash_attention=True, flash_attention_until=100)


@dataclass(frozen=True, slots=True)
class Turned:
    """What `compare` found. Each of `states` is the state after another change of the context."""

    can_switch: bool
    can_be_turned: bool = False
    states: tuple[bytes, ...] = ()
    largest_difference: float = 0.0  # between the logits with and without, in their deviations


@functools.cache
def _library() -> Library:
    """It must live as long as llama.cpp may write to its log."""
    return Library(lambda _level, _text: None, Interrupt())


def compare(path: str, options: LoadOptions = OPTIONS) -> Turned:
    """Read a text with flash attention and go on without it, with it, and without it."""
    library = _library()

    import llama_cpp.llama_cpp as llama
    import numpy as np

    from chatapp.engine.worker.loading import Loading
    from chatapp.engine.worker.transposing import can_be_turned, turned

    threads = options.threads or 1
    loading = Loading(library, path, options, Interrupt(), threads, lambda _: True, lambda _: None)
    context = loading.context
    if context.flash_attention_until is None:
        return Turned(can_switch=False)
    size = llama.llama_vocab_n_tokens(llama.llama_model_get_vocab(loading.model))
    tokens = [1 + (7 * index * index) % (size - 1) for index in range(300)]

    def read(part: list[int], position: int) -> np.ndarray:
        context.clear_batch()
        row = context.add(0, part, position, output=True)
        assert context.decode() == 0
        pointer = llama.llama_get_logits_ith(context.pointer, row)
        return np.ctypeslib.as_array(pointer, shape=(size,)).copy()

    read(tokens, 0)
    states = [bytes(context.state(0))]
    expected = read(tokens[:1], len(tokens))
    assert context.cut(0, len(tokens))
    for kind in (False, True, False):
        state = context.state(0)
        in_place = turned(state[:], across=not kind, in_place=True)
        assert in_place == turned(bytes(state), across=not kind)
        context.close()
        context.open(flash_attention=kind)
        assert context.set_state(0, bytes(state))
        states.append(bytes(context.state(0)))
        assert states[-1] == in_place
    found = read(tokens[:1], len(tokens))
    difference = float(np.abs(found - expected).max() / expected.std())
    return Turned(True, can_be_turned(states[0]), tuple(states), difference)
