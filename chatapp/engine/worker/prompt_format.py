"""How turns become text for one model: with its own template, or a common format in its place."""

from __future__ import annotations

import faulthandler
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from chatapp.domain.conversation import Role
from chatapp.domain.model import TemplateOrigin
from chatapp.engine.messages import NOTHING_ELSE, TemplateArgument, TemplateOptions, Turn
from chatapp.engine.worker.template import (
    THINKING,
    ChatTemplate,
    CommonFormat,
    SpecialTokens,
    TemplateFailed,
    simplified,
    with_calls_as_text,
    without_reasoning,
)
from chatapp.engine.worker.trial import TrialResult

RENDER_SECONDS = 5
# Left out, this means "no" to some templates and "yes" to most.
_THINKING = TemplateArgument(THINKING, value=True)


class PromptFormat:
    """Renders prompts. `origin` and `problem` tell what it renders them with.

    `source` is the template, which `trial` has seen, or None; `origin` says whose it is. `note`
    gets a line for the log when the template does not take one conversation.
    """

    def __init__(
        self,
        source: str | None,
        tokens: SpecialTokens,
        trial: TrialResult,
        fallback: CommonFormat,
        note: Callable[[str], None],
        origin: TemplateOrigin = TemplateOrigin.MODEL,
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
                self.origin = origin
            except TemplateFailed as error:
                self.origin = TemplateOrigin.FAILED
                self.problem = str(error)

    @property
    def variables(self) -> frozenset[str]:
        """The names that the template asks for."""
        return frozenset() if self._template is None else self._template.variables

    def render(
        self,
        turns: Sequence[Turn],
        mask: Callable[[str], str] = str,
        options: TemplateOptions = NOTHING_ELSE,
    ) -> tuple[str, tuple[str, ...]]:
        """The prompt, and the strings that end an answer to it.

        What the turns and the options say goes through `mask` first. Only one thread at a time may
        call this: a process has one timer.
        """
        if self._template is not None:
            options = self._with_thinking(options)
            # The template is somebody else's program. This timer is C: when it runs out, the
            # process ends with code 1 and the traceback in its error file.
            faulthandler.dump_traceback_later(RENDER_SECONDS, exit=True, file=2)
            try:
                return self._render(self._template, turns, mask, options), ()
            except TemplateFailed as error:
                self._note(f"chat template: {error}; using a common format for this answer")
            finally:
                faulthandler.cancel_dump_traceback_later()
        return self._fallback.render(turns, mask), self._fallback.stop

    def _with_thinking(self, options: TemplateOptions) -> TemplateOptions:
        """Where nobody chose, a model that can think does."""
        is_chosen = any(argument.name == THINKING for argument in options.arguments)
        if is_chosen or THINKING not in self.variables:
            return options
        return replace(options, arguments=(*options.arguments, _THINKING))

    def _render(
        self,
        template: ChatTemplate,
        turns: Sequence[Turn],
        mask: Callable[[str], str],
        options: TemplateOptions,
    ) -> str:
        for attempt in self._attempts(template, turns):
            try:
                return template.render(attempt, options, mask)
            except TemplateFailed:
                continue
        return template.render(simplified(turns), options, mask)

    def _attempts(self, template: ChatTemplate, turns: Sequence[Turn]) -> Iterator[Sequence[Turn]]:
        """The turns, with less and less that the template may not know."""
        if not self._takes_system and any(turn.role is Role.SYSTEM for turn in turns):
            return
        if not template.takes_results and any(turn.role is Role.TOOL for turn in turns):
            return
        if not template.takes_calls:
            turns = with_calls_as_text(turns)
        yield turns
        if any(turn.reasoning for turn in turns):
            yield without_reasoning(turns)
