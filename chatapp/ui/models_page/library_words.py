"""A model of the library in words: what it is, what it can do, where it is from."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QLocale

from chatapp.domain.header import ModelKind
from chatapp.domain.model import ModelFile, ModelSource
from chatapp.hub.fit import Fit, Verdict
from chatapp.ui.i18n import tr
from chatapp.ui.words import (
    context,
    file_size,
    joined,
    license_name,
    moment,
    parameters,
    quality,
    token_speed,
)

if TYPE_CHECKING:
    from chatapp.ui.widgets.badge import BadgeKind

translate = QCoreApplication.translate

_TOOLS: Final = re.compile(r"\btools\b")
_THINKS: Final = re.compile(
    r"</?think|\[THINK\]|<\|channel\|>|\benable_thinking\b|reasoning_content"
)
_BADGES: Final[dict[Verdict, BadgeKind]] = {
    Verdict.FITS: "fits",
    Verdict.TIGHT: "tight",
    Verdict.TOO_LARGE: "too_large",
}


class Removal(Enum):
    """What can be done to be rid of a model."""

    TRASH = auto()
    LIST = auto()  # it was added by itself: it is only taken off the list
    NONE = auto()


@dataclass(frozen=True, slots=True)
class LibraryEntry:
    """A model and what is known of it on this computer now; `fit` is None until it is known."""

    model: ModelFile
    fit: Fit | None = None
    is_loaded: bool = False
    removal: Removal = Removal.NONE


@dataclass(frozen=True, slots=True)
class LibraryFace:
    """All the words of a row. Without a `problem`, `about` says what the model is."""

    title: str
    type: str
    size: str
    badge: BadgeKind | None
    speed: str
    about: str
    problem: str
    verified: str
    origin: str
    can_chat: bool
    is_loaded: bool

    @property
    def spoken(self) -> str:
        """What a screen reader says of the row."""
        parts = (self.problem, self.about, self.verified, self.origin)
        head = ", ".join(part for part in (f"{self.title} {self.type}", self.size) if part)
        return ". ".join((head.strip(), *(part for part in parts if part)))


def face(entry: LibraryEntry) -> LibraryFace:
    """An entry in words."""
    model = entry.model
    problem = _problem(model)
    header = model.header
    length = context(header.context_length) if header is not None and header.context_length else ""
    verified = ""
    if model.verified_at:
        verified = translate("library", "Verified {time}").format(time=moment(model.verified_at))
    return LibraryFace(
        title=model.name,
        type=model.quantization,
        size=file_size(model.size) if model.size else "",
        badge=_BADGES[entry.fit.verdict] if entry.fit is not None and not problem else None,
        speed=token_speed(model.write_speed) if model.write_speed > 0 else "",
        about=joined(quality(model.quantization), length, abilities(model)),
        problem=problem,
        verified=verified,
        origin=joined(license_name(model.licence), source_words(model) or model.repo),
        can_chat=model.can_chat and not problem,
        is_loaded=entry.is_loaded,
    )


def abilities(model: ModelFile) -> str:
    """“Chat, reasoning, tools”; what can't be used yet is said to be so."""
    words = []
    if model.kind is ModelKind.CHAT:
        words.append(translate("library", "chat"))
        thinks, has_tools = _template_abilities(
            model.header.chat_template if model.header is not None else ""
        )
        if thinks:
            words.append(translate("library", "reasoning"))
        if has_tools:
            words.append(translate("library", "tools"))
        if model.projector:
            words.append(translate("library", "vision (not yet usable here)"))
    elif model.kind is ModelKind.EMBEDDING:
        words.append(translate("library", "embeddings"))
    elif model.kind is ModelKind.PROJECTOR:
        words.append(translate("library", "vision part of another model (not yet usable here)"))
    else:
        words.append(translate("library", "not for chatting"))
    listed = translate("library", ", ", "between the things that a model can do").join(words)
    return listed[:1].upper() + listed[1:]


def source_words(model: ModelFile) -> str:
    """Whose folder it lies in; empty for our own, which needs no mention."""
    return {
        ModelSource.OWN: "",
        ModelSource.ADDED: translate("library", "Added, used where it lies"),
        ModelSource.LM_STUDIO: translate("library", "In LM Studio"),
        ModelSource.HUGGING_FACE: translate("library", "In the Hugging Face cache"),
        ModelSource.OLLAMA: translate("library", "In Ollama"),
        ModelSource.GPT4ALL: translate("library", "In GPT4All"),
        ModelSource.JAN: translate("library", "In Jan"),
        ModelSource.STARTER: translate("library", "Comes with Chatapp"),
    }[model.source]


def owner_name(source: ModelSource) -> str:
    """The program that a foreign folder belongs to; empty for those that belong to none."""
    return {
        ModelSource.LM_STUDIO: "LM Studio",
        ModelSource.HUGGING_FACE: translate("library", "the Hugging Face cache"),
        ModelSource.OLLAMA: "Ollama",
        ModelSource.GPT4ALL: "GPT4All",
        ModelSource.JAN: "Jan",
    }.get(source, "")


def facts(entry: LibraryEntry) -> list[tuple[str, str]]:
    """Names and values of all that is known, for the model's card."""
    model, header = entry.model, entry.model.header
    found = [
        (
            translate("library", "Quantization"),
            _with(model.quantization, quality(model.quantization)),
        ),
        (translate("library", "Can do"), abilities(model)),
    ]
    if header is not None:
        found += [
            (
                translate("library", "Parameters"),
                parameters(header.parameters) if header.parameters else "",
            ),
            (translate("library", "Context"), _tokens(header.context_length)),
            (translate("library", "Architecture"), header.architecture),
        ]
    found += [
        (translate("library", "Licence"), license_name(model.licence)),
        (
            translate("library", "On this computer"),
            fit_words(entry.fit) if entry.fit is not None else "",
        ),
        (translate("library", "Speed measured here"), _speeds(model)),
        (translate("library", "Memory"), _memory(model)),
        (translate("library", "Disk"), _disk(model)),
        (translate("library", "Source"), model.repo or source_words(model)),
        (translate("library", "Made from"), Path(model.made_from).name),
        ("SHA-256", model.sha256),
        (
            translate("library", "Verified"),
            moment(model.verified_at) if model.verified_at else translate("library", "not yet"),
        ),
        (translate("library", "File"), "\n".join(model.shards or (model.path,))),
    ]
    return [(name, value) for name, value in found if value]


def fit_words(fit: Fit) -> str:
    """The verdict with its figures."""
    from chatapp.ui.widgets.badge import badge_words

    pattern = translate("library", "needs {need}, {available} free now")
    figures = pattern.format(need=file_size(fit.need.total), available=file_size(fit.available))
    return translate("library", "{verdict}: {figures}").format(
        verdict=badge_words(_BADGES[fit.verdict]), figures=figures
    )


def _problem(model: ModelFile) -> str:
    if model.missing_shards:
        number = QLocale().toString
        return translate("library", "Incomplete: {missing} of {total} files are missing").format(
            missing=number(model.missing_shards),
            total=number(model.missing_shards + len(model.shards)),
        )
    if model.is_damaged:
        return translate("library", "Damaged: the file is not a complete GGUF model")
    return ""


@functools.lru_cache(maxsize=512)
def _template_abilities(template: str) -> tuple[bool, bool]:
    """Whether a chat template knows thinking, and tools."""
    return _THINKS.search(template) is not None, _TOOLS.search(template) is not None


def _with(first: str, second: str) -> str:
    return f"{first} ({second})" if first and second else first or second


def _tokens(count: int) -> str:
    return tr("%Ln token(s)", "", count) if count else ""


def _speeds(model: ModelFile) -> str:
    if model.write_speed <= 0:
        return ""
    write = token_speed(model.write_speed)
    if model.read_speed <= 0:
        return write
    return translate("library", "writes {write}, reads {read}").format(
        write=write, read=token_speed(model.read_speed)
    )


def _memory(model: ModelFile) -> str:
    if not model.memory_used:
        return ""
    used = file_size(model.memory_used)
    if not model.memory_estimated:
        return used
    return translate("library", "{used}, estimated {estimated}").format(
        used=used, estimated=file_size(model.memory_estimated)
    )


def _disk(model: ModelFile) -> str:
    size = file_size(model.size) if model.size else ""
    if len(model.shards) > 1:
        pattern = translate("library", "{size} in {count} files")
        return pattern.format(size=size, count=QLocale().toString(len(model.shards)))
    return size
