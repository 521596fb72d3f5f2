"""How many tokens the draft costs, counted by the model that it is written to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from chatapp.chat.prompt import with_attachments
from chatapp.engine.state import EngineStatus
from chatapp.errors import ChatappError

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from chatapp.domain.conversation import Attachment
    from chatapp.domain.model import ModelFile
    from chatapp.engine.engine import Engine
    from chatapp.engine.state import EngineState
    from chatapp.jobs import Jobs, Post
    from chatapp.ui.composer import Composer


class TokenCounts(QObject):
    """Answers what the composer asks for, as long as there is a model that can count.

    Only one text is counted at a time: while a long one is, what was typed meanwhile waits, and of
    that only the last.
    """

    def __init__(
        self, composer: Composer, engine: Engine, jobs: Jobs, post: Post, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._composer = composer
        self._engine = engine
        self._jobs = jobs
        self._post = post
        self._model: ModelFile | None = None
        self._is_ready = False
        self._is_counting = False
        self._next_text: str | None = None
        composer.count_requested.connect(self._count_text)
        composer.chip_count_requested.connect(self._count_file)

    def set_model(self, model: ModelFile | None) -> None:
        """Who counts from now on."""
        is_other = model is not None and (self._model is None or model.path != self._model.path)
        self._model = model
        if is_other:
            self._composer.recount()

    def on_engine_state(self, state: EngineState) -> None:
        """A model that could not count while it was not loaded may now."""
        is_ready = state.status is EngineStatus.READY and (
            self._model is not None
            and state.model is not None
            and state.model.path == self._model.path
        )
        was_ready, self._is_ready = self._is_ready, is_ready
        if is_ready and not was_ready:
            self._composer.recount()

    def _count_text(self, text: str) -> None:
        if self._model is None:
            return
        if self._is_counting:
            self._next_text = text
            return
        self._is_counting = True
        self._count(self._model, text, self._on_text_counted)

    def _on_text_counted(self, tokens: int | None) -> None:
        self._is_counting = False
        text, self._next_text = self._next_text, None
        if text is not None:
            self._count_text(text)
        else:
            self._composer.set_pending_tokens(tokens)

    def _count_file(self, number: int, attachment: Attachment) -> None:
        model = self._model
        if model is None:
            return

        def told(tokens: int | None) -> None:
            if self._model is not None and self._model.path == model.path:
                self._composer.set_chip_tokens(number, tokens)

        # A file may have ten megabytes.
        self._jobs.general.run(
            lambda: with_attachments("", (attachment,)),
            on_done=lambda text: self._count(model, text, told),
        )

    def _count(self, model: ModelFile, text: str, told: Callable[[int | None], None]) -> None:
        def finished(future: Future[int]) -> None:
            self._post(lambda: told(_result(future)))

        self._engine.count_tokens(model, text).add_done_callback(finished)


def _result(future: Future[int]) -> int | None:
    """None when there is nobody who could count."""
    try:
        return future.result()
    except ChatappError:
        return None
