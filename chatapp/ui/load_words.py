"""How a model was loaded, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLocale

from chatapp.domain.model import LoadNoteKind
from chatapp.ui.i18n import paragraph, tr
from chatapp.ui.words import joined

if TYPE_CHECKING:
    from chatapp.domain.model import LoadedModel, LoadNote

_NO_GPU = (LoadNoteKind.NO_GPU_MEMORY, LoadNoteKind.NO_GPU_FOUND, LoadNoteKind.NO_GPU_BUILD)
IN_PART = (*_NO_GPU, LoadNoteKind.LAYERS_ON_GPU)  # the processor does what a GPU should have


def note_sentence(note: LoadNote) -> str:
    """What went otherwise than was wanted, as a sentence."""
    translate, number = QCoreApplication.translate, QLocale().toString
    pattern = {
        LoadNoteKind.LAYERS_ON_GPU: translate(
            "load_words", "{count} of {of} layers on the GPU: the rest did not fit."
        ),
        LoadNoteKind.CONTEXT_SHORTENED: translate(
            "load_words", "The context is {count} tokens: {of} did not fit."
        ),
        LoadNoteKind.NO_GPU_MEMORY: translate(
            "load_words", "It runs on the processor: nothing of it fits on the GPU."
        ),
        LoadNoteKind.NO_GPU_FOUND: translate(
            "load_words", "It runs on the processor: no GPU was found."
        ),
        LoadNoteKind.NO_GPU_BUILD: translate(
            "load_words", "It runs on the processor: this version of Chatapp can't use the GPU."
        ),
        LoadNoteKind.FLASH_ATTENTION_OFF: translate(
            "load_words", "Flash attention is off: this model can't use it here."
        ),
        LoadNoteKind.DRAFT_NOT_LOADED: translate(
            "load_words", "The draft model can't be loaded: answers are written without it."
        ),
        LoadNoteKind.DRAFT_NOT_USED: translate(
            "load_words", "The draft model is not used: it can't help this model as it is loaded."
        ),
    }[note.kind]
    return pattern.format(count=number(note.count), of=number(note.of))


def notes_text(loaded: LoadedModel, *, without: tuple[LoadNoteKind, ...] = ()) -> str:
    """All that is worth a word, or empty."""
    text = ""
    for note in loaded.notes:
        if note.kind not in without:
            sentence = note_sentence(note)
            text = paragraph(text, sentence) if text else sentence
    return text


def is_in_part(loaded: LoadedModel) -> bool:
    """Whether the processor does what a GPU was wanted for."""
    return any(note.kind in IN_PART for note in loaded.notes)


def where_words(loaded: LoadedModel) -> str:
    """What computes it, in a few words for the status line: “12 of 33 layers on the GPU”."""
    translate, number = QCoreApplication.translate, QLocale().toString
    if not loaded.gpu_layers:
        has_failed = any(note.kind in _NO_GPU for note in loaded.notes)
        return translate("load_words", "On the processor only") if has_failed else ""
    if not loaded.layers or loaded.gpu_layers >= loaded.layers:
        return translate("load_words", "On the GPU")
    pattern = translate("load_words", "{count} of {of} layers on the GPU")
    return pattern.format(count=number(loaded.gpu_layers), of=number(loaded.layers))


def result_text(loaded: LoadedModel) -> str:
    """How the last load went: where it runs, and why not elsewhere."""
    for note in loaded.notes:
        if note.kind in IN_PART:
            return note_sentence(note)
    return where_words(loaded) or QCoreApplication.translate("load_words", "On the processor")


def facts_text(loaded: LoadedModel) -> str:
    """With what it was loaded."""
    translate, number = QCoreApplication.translate, QLocale().toString
    pattern = translate("load_words", "Context {count}")
    facts = [pattern.format(count=number(loaded.context_length))]
    if loaded.threads and loaded.gpu_layers < max(1, loaded.layers):
        facts.append(tr("%Ln thread(s)", "", loaded.threads))
    if loaded.flash_attention_until is not None:
        facts.append(translate("load_words", "Flash attention in short conversations"))
    return joined(*facts)
