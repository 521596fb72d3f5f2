"""How turns become text for one model: with its own template, or a common format in its place."""

from __future__ import annotations

import faulthandler
from collections.abc import Callable, Sequence

from chatapp.domain.model import TemplateOrigin
from chatapp.engine.messages import Turn
from chatapp.engine.worker.template import (
    ChatTemplate,
    CommonFormat,
    SpecialTokens,
    TemplateFailed,
    simplified,
)
from chatapp.engine.worker.trial import TrialResult

RENDER_SECONDS = 5


class PromptFormat:
    """Renders prompts. `origin` and `problem` tell what it renders them with.

    `source` is the model's template, which `trial` has seen, or None. `note` gets a line for the
    log when the template does not take one conversation.
    """

    def __init__(
        self,
        source: str | None,
        tokens: SpecialTokens,
        trial: TrialResult,
        fallback: CommonFormat,
        note: Callable[[str], None],
    ) -> None:
        self.origin = TemplateOrigin.MISSING
        self.problem = ""
        self._template: ChatTemplate | None = None
        self._takes_system = trial.takes_system
        self._fallback = fallback
        self._note = note
        if source is not None:
            try:
                if trial.problem:
                    raise TemplateFailed(trial.problem)
                self._template = ChatTemplate(source, tokens)
                self.origin = TemplateOrigin.MODEL
            except TemplateFailed as error:
                self.origin = TemplateOrigin.FAILED
                self.problem = str(error)

    def render(
        self, turns: Sequence[Turn], mask: Callable[[str], str] = str
    ) -> tuple[str, tuple[str, ...]]:
        """The prompt, and the strings that end an answer to it.

        The texts of the turns go through `mask` first. Only one thread at a time may call this:
        a process has one timer.
        """
        if self._template is not None:
            # The template is somebody else's program. This timer is C: when it runs out, the
            # process ends with code 1 and the traceback in its error file.
            faulthandler.dump_traceback_later(RENDER_SECONDS, exit=True, file=2)
            try:
                return self._render(self._template, turns, mask), ()
            except TemplateFailed as error:
                self._note(f"chat template: {error}; using a common format for this answer")
            finally:
                faulthandler.cancel_dump_traceback_later()
        return self._fallback.render(_masked(turns, mask)), self._fallback.stop

    def _render(
        self, template: ChatTemplate, turns: Sequence[Turn], mask: Callable[[str], str]
    ) -> str:
        if self._takes_system:
            try:
                return template.render(_masked(turns, mask))
            except TemplateFailed:
                pass
        return template.render(_masked(simplified(turns), mask))


def _masked(turns: Sequence[Turn], mask: Callable[[str], str]) -> tuple[Turn, ...]:
    return tuple(Turn(turn.role, mask(turn.text)) for turn in turns)
