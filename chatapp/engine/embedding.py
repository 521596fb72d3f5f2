"""The process in which texts become vectors and scores, as the application starts it."""

from __future__ import annotations

from chatapp.engine.channel import Channel


def run_embedding(channel: Channel, error_path: str) -> None:
    """In the child: the process's whole life. It knows `Load`, `Embed`, `Rerank` and `Stop`."""
    from chatapp.engine.worker import embedding  # in here, so that the parent never imports it

    embedding.run(channel, error_path)
