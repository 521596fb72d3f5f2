"""What worker processes of this suite do: serve, and fail when they are told to. In the child."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chatapp.engine.channel import Channel
from chatapp.engine.messages import Delta, Failed, Generate, Shutdown
from chatapp.errors import ContextFull, to_record

if TYPE_CHECKING:
    from chatapp.engine.worker.model import Model

SLOW_DISK = "slow-disk"  # while this file is there, states are neither written nor read
WRITING, READING = "writing-state", "reading-state"  # files that tell of waiting for that
# A row of a batch is computed in another way when it is alone, at least with weights in floats.
TIE = 1e-3
ASSERTION = "tiny.cpp:7: GGML_ASSERT(n < 3) failed"


def serve(channel: Channel, error_path: str) -> None:
    """Serve. SIGUSR1 fails an assertion of ggml; the disk can be made slow, see `SLOW_DISK`."""
    from chatapp.engine import state_files
    from chatapp.engine.worker import main

    folder = Path(error_path).parent

    def wait_for_disk(sign: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def slow(*arguments: Any) -> Any:
            while (folder / SLOW_DISK).exists():
                (folder / sign).touch()
                time.sleep(0.01)
            return work(*arguments)

        return slow

    state_files._write_all = wait_for_disk(WRITING, state_files._write_all)
    state_files._read_body = wait_for_disk(READING, state_files._read_body)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    threading.Thread(target=_fail_assertion, daemon=True).start()
    main.run(channel, error_path)


def _fail_assertion() -> None:
    signal.sigwait({signal.SIGUSR1})

    from chatapp.engine.worker.library import _open_ggml, prepare_package

    _open_ggml(prepare_package())[1].ggml_abort(b"tiny.cpp", 7, b"GGML_ASSERT(%s) failed", b"n < 3")


def serve_with_little_memory(channel: Channel, error_path: str, *, kept: int) -> None:
    """Serve, and keep no more than `kept` bytes of states in memory."""
    from chatapp.engine.worker import main

    main.STATES_IN_MEMORY = kept
    main.run(channel, error_path)


def write_cold(channel: Channel, error_path: str) -> None:
    """Load the model, then answer greedily, with an empty context every time.

    The answer has `max_tokens` tokens unless it ends by itself. With "respelled" for a conversation
    what was written before keeps its tokens wherever these spell the same text. The number beside
    the text is that of the tokens whose choice rounding may change, see `TIE`.
    """
    from chatapp.engine.worker.interrupt import Interrupt
    from chatapp.engine.worker.library import Library

    interrupt = Interrupt()
    library = Library(lambda _level, _text: None, interrupt)

    from chatapp.engine.worker.model import Model

    load = channel.recv()
    model = Model(library, load.path, load.options, interrupt, lambda _fraction: None)
    writer = _ColdWriter(model)
    while True:
        try:
            request = channel.recv()
        except (EOFError, OSError):
            break
        if isinstance(request, Shutdown):
            break
        try:
            text, ties = writer.write(request)
        except ContextFull as error:
            channel.send(Failed(request.request_id, to_record(error)))
        else:
            channel.send(Delta(request.request_id, text, ties))
    Path(error_path).unlink()
    os._exit(0)


class _ColdWriter:
    """The simplest way to answer, and what it has written so far, as tokens."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._written: dict[tuple[int, ...], list[tuple[int, float]]] = {}

    def write(self, request: Generate) -> tuple[str, int]:
        from chatapp.engine.worker.respelling import respell
        from chatapp.engine.worker.text import AnswerText

        prompt = self._model.prompts.prompt(request.turns)
        tokens = prompt.tokens
        if request.conversation == "respelled":
            known = [
                [*start, *(token for token, _ in answer)] for start, answer in self._written.items()
            ]
            spellings = [respell(one, prompt.tokens, self._spelling) for one in known]
            tokens = max(spellings, key=lambda found: found[1])[0]
        answer = self._answer(tokens, request.parameters.max_tokens or 0)
        text = AnswerText(prompt.stop)
        pieces = [text.add(self._model.vocabulary.piece(token)) for token, _ in answer]
        ties = sum(gap < TIE for _, gap in answer)
        return "".join(pieces) + text.finish(), ties

    def _answer(self, tokens: list[int], length: int) -> list[tuple[int, float]]:
        """Tokens, each with what its logit is ahead of the next best one."""
        import numpy as np
        from llama_cpp import llama_cpp as llama

        known = self._written.setdefault(tuple(tokens), [])
        if len(known) >= length or (known and known[-1][0] < 0):
            return [one for one in known[:length] if one[0] >= 0]
        context, vocabulary = self._model.context, self._model.vocabulary
        context.clear()
        known.clear()
        position = 0
        while len(known) < length:
            given = tokens[position : position + context.batch_size] or [known[-1][0]]
            context.clear_batch()
            row = context.add(0, given, position, output=position + len(given) >= len(tokens))
            if context.decode():
                break  # the context is full
            position += len(given)
            if position >= len(tokens):
                logits = llama.llama_get_logits_ith(context.pointer, row)
                values = np.ctypeslib.as_array(logits, shape=(vocabulary.size,))
                second, best = np.sort(values)[-2:]
                token = int(values.argmax())
                known.append((-1 if vocabulary.is_end(token) else token, float(best - second)))
                if known[-1][0] < 0:
                    break
        return [one for one in known if one[0] >= 0]

    def _spelling(self, token: int) -> bytes:
        return self._model.vocabulary.piece(token) or b"\xff" + token.to_bytes(4, "little")
