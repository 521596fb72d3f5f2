"""A worker that guesses at every step, whether it pays or not. Imported in the child."""

from __future__ import annotations

from typing import Any

from chatapp.engine.channel import Channel

_LENGTH = 4


def always_guess(channel: Channel, error_path: str) -> None:
    """Serve; what is unlikely is guessed too, and nobody learns from it."""
    from chatapp.engine.worker import speculation
    from chatapp.engine.worker.main import run

    trial: Any = speculation._Trial
    trial.length = lambda _trial, confidence: _LENGTH if confidence else 0
    trial.learn = trial.spend = lambda *_arguments: None
    speculation.LEAST_PROBABILITY = 0.0
    run(channel, error_path)
