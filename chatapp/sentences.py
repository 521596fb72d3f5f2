"""Foreseeable errors in words: one sentence with the cause, one with the next step.

Without Qt, so that the command line can print them. The strings are marked for pyside6-lupdate;
`ui/i18n.py` passes a translator, the command line none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields

from chatapp import errors
from chatapp.errors import ChatappError


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # noqa: N802 - the name lupdate looks for
    """Mark a string for extraction and leave it as it is."""
    del context
    return text


def sentence(error: ChatappError, translate: Callable[[str], str] = str) -> str:
    """What happened and what to do, for a person."""
    text = translate(_SENTENCES[type(error)])
    return text.format(**{f.name: _word(getattr(error, f.name)) for f in fields(error)})


def _word(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


_SENTENCES: dict[type[ChatappError], str] = {
    # Environment
    errors.FolderNotWritable: QT_TRANSLATE_NOOP(
        "errors",
        "The folder {path} can't be written. Change its permissions or choose another folder with "
        "--data-dir.",
    ),
    errors.DiskFull: QT_TRANSLATE_NOOP(
        "errors", "The disk is full. Free some space where {path} lies and try again."
    ),
    errors.DisplayMissing: QT_TRANSLATE_NOOP(
        "errors",
        "There is no display to open a window on. Use “chatapp chat” for a conversation in the "
        "terminal.",
    ),
    errors.QtLibrariesMissing: QT_TRANSLATE_NOOP(
        "errors",
        "The window can't open because a system library is missing ({detail}). Run “chatapp "
        "doctor” for the exact fix, or use “chatapp chat” in the terminal.",
    ),
    errors.EngineMissing: QT_TRANSLATE_NOOP(
        "errors",
        "The engine llama.cpp can't be loaded ({detail}). Install it again with “python3 "
        "packaging/bootstrap.py setup”.",
    ),
    # Input
    errors.NoModel: QT_TRANSLATE_NOOP(
        "errors", "There is no model on this computer. Add a GGUF file to the models folder."
    ),
    errors.ModelUnknown: QT_TRANSLATE_NOOP(
        "errors", "No model is called “{name}”. “chatapp models list” shows what is there."
    ),
    errors.ModelFileMissing: QT_TRANSLATE_NOOP(
        "errors", "The model file {path} is not there. Choose another model."
    ),
    errors.ModelFileIsFolder: QT_TRANSLATE_NOOP(
        "errors", "{path} is a folder. Choose the model file in it, which ends in .gguf."
    ),
    errors.ModelFileUnreadable: QT_TRANSLATE_NOOP(
        "errors", "The model file {path} can't be read. Change its permissions."
    ),
    errors.ModelFileEmpty: QT_TRANSLATE_NOOP(
        "errors", "The model file {path} is empty. Download it again."
    ),
    errors.NotGguf: QT_TRANSLATE_NOOP(
        "errors", "This file is not a GGUF model: {path}. Choose another file."
    ),
    errors.MessageEmpty: QT_TRANSLATE_NOOP("errors", "There is nothing to send. Write a message."),
    errors.GrammarInvalid: QT_TRANSLATE_NOOP(
        "errors",
        "The grammar or JSON Schema can't be used ({detail}). Correct it and try again.",
    ),
    errors.MessageDeleted: QT_TRANSLATE_NOOP(
        "errors", "A message that this needs was deleted. Bring it back, or ask again."
    ),
    errors.AnswerNotLast: QT_TRANSLATE_NOOP(
        "errors", "Only the last answer can be continued. Ask for another version instead."
    ),
    errors.OriginUnknown: QT_TRANSLATE_NOOP(
        "errors",
        "It is not known how this answer was made. Ask for another version instead.",
    ),
    errors.AttachmentUnreadable: QT_TRANSLATE_NOOP(
        "errors", "“{name}” can't be read. Check that the file is there and its permissions."
    ),
    errors.AttachmentIsFolder: QT_TRANSLATE_NOOP(
        "errors", "“{name}” is a folder. Attach the files in it."
    ),
    errors.AttachmentElsewhere: QT_TRANSLATE_NOOP(
        "errors", "“{name}” lies on another computer. Copy it to this one first."
    ),
    errors.AttachmentEmpty: QT_TRANSLATE_NOOP("errors", "“{name}” is empty. Choose another file."),
    errors.AttachmentTooLarge: QT_TRANSLATE_NOOP(
        "errors",
        "“{name}” is too large: {size} bytes, {most} at most. Attach the part that matters.",
    ),
    errors.AttachmentNotText: QT_TRANSLATE_NOOP(
        "errors", "“{name}” is not a text file. Attach text or program code."
    ),
    # Engine
    errors.ModelFileDamaged: QT_TRANSLATE_NOOP(
        "errors", "The model file {path} is damaged or incomplete. Download it again."
    ),
    errors.ArchitectureUnknown: QT_TRANSLATE_NOOP(
        "errors",
        "This version of the engine doesn't know the architecture “{architecture}”. Choose "
        "another model or update Chatapp.",
    ),
    errors.ModelCannotChat: QT_TRANSLATE_NOOP(
        "errors", "The file {path} is a model that can't write text. Choose a chat model."
    ),
    errors.OutOfMemory: QT_TRANSLATE_NOOP(
        "errors",
        "There is not enough memory for this model. Close other programs or choose a smaller "
        "model.",
    ),
    errors.ModelLoadFailed: QT_TRANSLATE_NOOP(
        "errors", "The model can't be loaded. The log has the reason; another model may work."
    ),
    errors.ContextFull: QT_TRANSLATE_NOOP(
        "errors",
        "This is longer than the model can read: {needed} of {available} tokens. Shorten the "
        "message or start a new conversation.",
    ),
    errors.ModelNotLoaded: QT_TRANSLATE_NOOP(
        "errors", "The model {path} is not loaded. Load it and try again."
    ),
    errors.GenerationFailed: QT_TRANSLATE_NOOP(
        "errors", "The model could not go on with the answer. Try again."
    ),
    errors.WorkerDied: QT_TRANSLATE_NOOP("errors", "The model stopped unexpectedly. Try again."),
    errors.WorkerUnresponsive: QT_TRANSLATE_NOOP(
        "errors", "The model gave no sign of life for {seconds} s and was started again. Try again."
    ),
    errors.WorkerKeepsDying: QT_TRANSLATE_NOOP(
        "errors",
        "The model stopped {count} times in a row and is not started again by itself. Choose a "
        "smaller model, or try again.",
    ),
    # Storage
    errors.DatabaseTooNew: QT_TRANSLATE_NOOP(
        "errors",
        "The conversations in {path} were written by a newer version of Chatapp. Nothing was "
        "changed; update Chatapp to open them.",
    ),
    errors.DatabaseDamaged: QT_TRANSLATE_NOOP(
        "errors",
        "The file with the conversations is damaged: {path}. Nothing was changed. Move it away to "
        "start afresh, or put a backup in its place.",
    ),
    errors.DatabaseBusy: QT_TRANSLATE_NOOP(
        "errors", "Another program holds the conversations in {path}. Close it and try again."
    ),
    errors.DatabaseFailed: QT_TRANSLATE_NOOP(
        "errors",
        "The conversations in {path} can't be read or written ({detail}). Check the disk and try "
        "again.",
    ),
    errors.ConversationMissing: QT_TRANSLATE_NOOP(
        "errors", "This conversation was deleted meanwhile. Start a new one."
    ),
}
