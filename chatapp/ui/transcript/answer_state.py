"""An answer's state and facts in words. What is painted, read aloud and shown in tooltips."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLocale

from chatapp.chat.events import AnswerPhase, AnswerProgress
from chatapp.domain.conversation import Message, MessageStatus
from chatapp.domain.generation import FinishReason
from chatapp.errors import (
    ChatappError,
    ContextFull,
    EnvironmentProblem,
    ErrorRecord,
    InputError,
    ModelError,
    StorageError,
    from_record,
)
from chatapp.ui.i18n import paragraph, tr

if TYPE_CHECKING:
    from chatapp.domain.generation import Origin

DescribeError = Callable[[ChatappError], str]


def notice(message: Message) -> str:
    """Why an answer ended where it did; empty when it simply ended."""
    translate = QCoreApplication.translate
    if message.status is MessageStatus.STOPPED:
        return translate("AnswerState", "You stopped this answer.")
    if message.status is MessageStatus.INTERRUPTED:
        return translate("AnswerState", "Chatapp closed while this was being written.")
    if message.status is MessageStatus.COMPLETE and message.origin is not None:
        if message.origin.finish_reason is FinishReason.LENGTH:
            return translate("AnswerState", "The answer reached its length limit.")
        if message.origin.finish_reason is FinishReason.CONTEXT:
            return translate("AnswerState", "The conversation is as long as the model can read.")
    return ""


def is_full(message: Message) -> bool:
    """Whether an answer ended, or did not begin, because the model can't read more."""
    origin = message.origin
    ran_full = origin is not None and origin.finish_reason is FinishReason.CONTEXT
    return ran_full or is_kind(message.error, ContextFull)


def full_words(message: Message) -> tuple[str, str]:
    """Title and sentence of an answer for which room can be made."""
    translate, number = QCoreApplication.translate, QLocale().toString
    title = translate("AnswerState", "This conversation is longer than the model can read.")
    saved = translate("AnswerState", "Your message is saved.")
    if message.text or message.reasoning:
        saved = translate("AnswerState", "What was written is saved.")
    record = message.error
    error = None if record is None else from_record(record)
    if not isinstance(error, ContextFull):
        return title, saved
    figures = translate(
        "AnswerState", "It has {needed} tokens, and the model can read {available}."
    )
    figures = figures.format(needed=number(error.needed), available=number(error.available))
    return title, paragraph(figures, saved)


def can_continue(message: Message) -> bool:
    """Whether more of this answer can be asked for."""
    if not message.text or message.status is MessageStatus.GENERATING:
        return False
    origin = message.origin
    return origin is None or origin.finish_reason is not FinishReason.CONTEXT


def failure(message: Message, describe_error: DescribeError) -> tuple[str, str]:
    """Title and sentence of what went wrong."""
    translate = QCoreApplication.translate
    record = message.error
    if message.text:
        title = translate("AnswerState", "The answer could not be finished")
        text = translate("AnswerState", "What was written is saved.")
        if is_kind(record, EnvironmentProblem, StorageError):
            title = translate("AnswerState", "The answer could not be saved")
            text = translate(
                "AnswerState", "It is kept here and saved when that is possible again."
            )
    else:
        if is_kind(record, ContextFull):
            title = translate("AnswerState", "The message is too long")
        elif is_kind(record, InputError, ModelError):
            title = translate("AnswerState", "The model can't be used")
        else:
            title = translate("AnswerState", "There is no answer")
        text = translate("AnswerState", "Your message is saved.")
    if record is not None:
        text = paragraph(describe_error(from_record(record)), text)
    return title, text


def error_details(record: ErrorRecord | None) -> str:
    """The error as a developer reads it."""
    if record is None:
        return ""
    return "\n".join([record.kind, *(f"{name}: {value}" for name, value in record.values.items())])


def is_kind(record: ErrorRecord | None, *kinds: type[ChatappError]) -> bool:
    """Whether an error is one of these."""
    return record is not None and isinstance(from_record(record), kinds)


def waiting_words(progress: AnswerProgress) -> tuple[str, str]:
    """What an answer waits for, and how far that is."""
    translate, locale = QCoreApplication.translate, QLocale()
    percent = translate("AnswerState", "{percent}%").format(
        percent=locale.toString(int(progress.fraction * 100))
    )
    if progress.phase is AnswerPhase.LOADING:
        return translate("AnswerState", "Loading the model"), percent
    if progress.phase is AnswerPhase.READING:
        figures = percent
        if progress.total:
            counts = translate("AnswerState", "{done} of {total} tokens").format(
                done=locale.toString(progress.done - progress.cached),
                total=locale.toString(progress.total - progress.cached),
            )
            figures = f"{percent} · {counts}"
        if progress.cached:
            reused = translate("AnswerState", "{count} reused").format(
                count=locale.toString(progress.cached)
            )
            figures = f"{figures} · {reused}"
        return translate("AnswerState", "Reading the prompt"), figures
    if progress.phase is AnswerPhase.SUMMARISING:
        return translate("AnswerState", "Summarising the oldest messages"), percent
    return translate("AnswerState", "Waiting for another answer"), ""


def writing_words(progress: AnswerProgress) -> str:
    """How the writing goes."""
    figures = _figures(progress.tokens, progress.tokens_per_second)
    # That it thinks is said where the thought stands.
    is_thinking = progress.phase is AnswerPhase.THINKING
    words = [] if is_thinking else [QCoreApplication.translate("AnswerState", "Writing")]
    return " · ".join([*words, *reversed(figures)])


def details(message: Message) -> str:
    """What made an answer, how long it is and how fast it came, as far as it is known."""
    translate, locale = QCoreApplication.translate, QLocale()
    origin: Origin | None = message.origin
    parts = []
    if origin is not None:
        usage = origin.usage
        parts.append(f"{origin.model_name} {origin.quantization}".strip())
        parts += _figures(usage.completion_tokens, usage.tokens_per_second)
        if usage.first_token_ms:
            seconds = locale.toString(usage.first_token_ms / 1000, "f", 1)
            parts.append(
                translate("AnswerState", "first token {seconds} s").format(seconds=seconds)
            )
        if usage.cached_tokens:
            parts.append(
                translate("AnswerState", "{count} of {total} prompt tokens reused").format(
                    count=locale.toString(usage.cached_tokens),
                    total=locale.toString(usage.prompt_tokens),
                )
            )
        if origin.seed is not None:
            parts.append(translate("AnswerState", "seed {seed}").format(seed=origin.seed))
    if message.is_edited:
        parts.append(translate("AnswerState", "edited"))
    return " · ".join(parts)


def _figures(tokens: int, speed: float) -> list[str]:
    translate, locale = QCoreApplication.translate, QLocale()
    figures = []
    if tokens:
        figures.append(tr("%Ln token(s)", "", tokens))
    if speed:
        rate = locale.toString(speed, "f", 1)
        figures.append(translate("AnswerState", "{speed} tokens/s").format(speed=rate))
    return figures
