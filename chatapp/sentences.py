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
    errors.FileTooLargeForDisk: QT_TRANSLATE_NOOP(
        "errors",
        "The disk can't keep a file as large as {path}. Choose a models folder on another disk in "
        "the settings.",
    ),
    errors.CopyDamaged: QT_TRANSLATE_NOOP(
        "errors",
        "The copy {path} is not like the original, which was kept. Check the disk and try again.",
    ),
    errors.TrashUnavailable: QT_TRANSLATE_NOOP(
        "errors",
        "{path} can't be moved to the trash ({detail}). Delete it for good, or in its folder.",
    ),
    errors.DisplayMissing: QT_TRANSLATE_NOOP(
        "errors",
        "There is no display to open a window on. Use “chatapp chat” for a conversation in the "
        "terminal.",
    ),
    errors.ProcMissing: QT_TRANSLATE_NOOP(
        "errors",
        "Chatapp can't see its own processes because /proc is missing. Mount it and start again.",
    ),
    errors.QtLibrariesMissing: QT_TRANSLATE_NOOP(
        "errors",
        "The window can't open because a system library is missing ({detail}). Run “chatapp "
        "doctor” for the exact fix, or use “chatapp chat” in the terminal.",
    ),
    errors.EngineMissing: QT_TRANSLATE_NOOP(
        "errors",
        "The engine llama.cpp can't be loaded ({detail}). Install Chatapp again, or from its "
        "sources run “python3 packaging/bootstrap.py setup”.",
    ),
    errors.EnginePackFailed: QT_TRANSLATE_NOOP(
        "errors",
        "The engine {name} can't be used ({detail}). Choose another one or remove it.",
    ),
    errors.EnginePackBusy: QT_TRANSLATE_NOOP(
        "errors", "The engine {name} is at work. Choose another one, then remove it."
    ),
    # Input
    errors.NoModel: QT_TRANSLATE_NOOP(
        "errors", "There is no model on this computer. Add a GGUF file to the models folder."
    ),
    errors.ModelUnknown: QT_TRANSLATE_NOOP(
        "errors", "No model is called “{name}”. “chatapp models list” shows what is there."
    ),
    errors.ModelAmbiguous: QT_TRANSLATE_NOOP(
        "errors",
        "{count} models are called {name}. Name one by its path or with its quantisation.",
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
    errors.AdapterMissing: QT_TRANSLATE_NOOP(
        "errors", "The adapter {path} is not there or can't be read. Choose another file."
    ),
    errors.NotAnAdapter: QT_TRANSLATE_NOOP(
        "errors", "This file is not a LoRA adapter: {path}. Choose a GGUF file that is one."
    ),
    errors.AdapterUnsuitable: QT_TRANSLATE_NOOP(
        "errors",
        "The adapter {path} does not fit this model ({detail}). Choose one that was made for it.",
    ),
    errors.MessageEmpty: QT_TRANSLATE_NOOP("errors", "There is nothing to send. Write a message."),
    errors.GrammarInvalid: QT_TRANSLATE_NOOP(
        "errors",
        "The grammar or JSON Schema can't be used ({detail}). Correct it and try again.",
    ),
    errors.ImportUnreadable: QT_TRANSLATE_NOOP(
        "errors", "{path} can't be read. Check its permissions or choose another file."
    ),
    errors.ImportTooLarge: QT_TRANSLATE_NOOP(
        "errors",
        "{path} is too large to be assistants or prompts. Choose a file of at most {limit} bytes.",
    ),
    errors.ImportTooMany: QT_TRANSLATE_NOOP(
        "errors", "No more than {limit} fit at once. Delete some, or import a smaller file."
    ),
    errors.NotExported: QT_TRANSLATE_NOOP(
        "errors",
        "{path} is not a file of assistants or prompts that this version of Chatapp can read. "
        "Export it again and choose that file.",
    ),
    errors.ImportInvalid: QT_TRANSLATE_NOOP(
        "errors", "“{field}” can't be used as it is. Correct it and try again."
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
    errors.NameUnsafe: QT_TRANSLATE_NOOP(
        "errors",
        "The name {name} can't be used for a file. Choose another file.",
    ),
    errors.AddressInvalid: QT_TRANSLATE_NOOP(
        "errors",
        "{address} is not an address that can be used. Correct it in the settings.",
    ),
    errors.CaFileInvalid: QT_TRANSLATE_NOOP(
        "errors",
        "There are no certificates to read in {path}. Choose another file in the settings.",
    ),
    errors.EnginePackMissing: QT_TRANSLATE_NOOP(
        "errors", "There is no engine {name}. Choose one that is on this computer, or add it."
    ),
    errors.EnginePackInvalid: QT_TRANSLATE_NOOP(
        "errors",
        "{name} can't be used as an engine ({detail}). Choose a wheel of llama-cpp-python that was "
        "made for this system.",
    ),
    errors.SettingsUnusable: QT_TRANSLATE_NOOP(
        "errors",
        "{name} has no settings of Chatapp. Choose a file that was exported from here.",
    ),
    errors.FileInTheWay: QT_TRANSLATE_NOOP(
        "errors", "There is another file at {path}. Move it away and try again."
    ),
    errors.FolderInFolder: QT_TRANSLATE_NOOP(
        "errors",
        "The folder {path} is the one in use, lies in it or holds it. Choose another one.",
    ),
    errors.MoveUnfinished: QT_TRANSLATE_NOOP(
        "errors",
        "Moving the models to {path} was interrupted. Go on with it, or undo it, first.",
    ),
    errors.ModelNotOurs: QT_TRANSLATE_NOOP(
        "errors",
        "{path} belongs to another program and is only used here. Delete it there.",
    ),
    errors.ShardsMissing: QT_TRANSLATE_NOOP(
        "errors",
        "{path} is one of several files and {missing} of them are missing. Put all of them into "
        "the folder.",
    ),
    errors.NothingFits: QT_TRANSLATE_NOOP(
        "errors",
        "Nothing in {repo} fits into this computer. Choose a smaller model; the smallest file can "
        "be had all the same as {repo}:{smallest}.",
    ),
    errors.AlreadyQuantized: QT_TRANSLATE_NOOP(
        "errors",
        "{path} was made smaller before. Choose the original, or allow to make it smaller once "
        "more, which costs quality.",
    ),
    errors.NotSmaller: QT_TRANSLATE_NOOP(
        "errors", "{path} would not become smaller as {kind}. Choose a smaller type."
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
    errors.TemplateUnusable: QT_TRANSLATE_NOOP(
        "errors",
        "The chat template that was chosen for {path} can't be used. Correct it or remove it.",
    ),
    errors.DraftModelUnfit: QT_TRANSLATE_NOOP(
        "errors",
        "The file {path} can't draft for this model. Choose a smaller model of the same family, or "
        "none.",
    ),
    errors.OutOfMemory: QT_TRANSLATE_NOOP(
        "errors",
        "There is not enough memory for this model. Close other programs or choose a smaller "
        "model.",
    ),
    errors.ModelLoadFailed: QT_TRANSLATE_NOOP(
        "errors", "The model can't be loaded. The log has the reason; another model may work."
    ),
    errors.AdapterDamaged: QT_TRANSLATE_NOOP(
        "errors", "The adapter {path} is damaged or incomplete ({detail}). Choose another file."
    ),
    errors.ModelCannotEmbed: QT_TRANSLATE_NOOP(
        "errors", "The file {path} is a model that gives no vectors. Choose an embedding model."
    ),
    errors.ModelCannotRank: QT_TRANSLATE_NOOP(
        "errors", "The file {path} is a model that can't rank texts. Choose a reranking model."
    ),
    errors.TextTooLong: QT_TRANSLATE_NOOP(
        "errors",
        "Text {number} is longer than the model can read: {needed} of {available} tokens. Shorten "
        "it.",
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
    errors.QuantizeFailed: QT_TRANSLATE_NOOP(
        "errors",
        "{path} could not be made smaller ({detail}). Choose another type or another model.",
    ),
    errors.QuantizedUnusable: QT_TRANSLATE_NOOP(
        "errors",
        "What {path} became as {kind} can't be used ({detail}) and was deleted. Choose another "
        "type.",
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
    errors.FolderMissing: QT_TRANSLATE_NOOP("errors", "This folder was deleted meanwhile."),
    # Hub
    errors.HubUnreachable: QT_TRANSLATE_NOOP(
        "errors",
        "{host} can't be reached ({detail}). Check the connection, or choose a mirror or a proxy "
        "in the settings.",
    ),
    errors.HubTimeout: QT_TRANSLATE_NOOP(
        "errors",
        "{host} did not answer in {seconds} seconds. Try again, or choose a mirror in the "
        "settings.",
    ),
    errors.HubRefused: QT_TRANSLATE_NOOP(
        "errors",
        "{host} answered with error {status} ({detail}). Try again later.",
    ),
    errors.HubAnswerInvalid: QT_TRANSLATE_NOOP(
        "errors",
        "{host} did not answer as a Hub does ({detail}). Log in to the network, or check the "
        "endpoint in the settings.",
    ),
    errors.CertificateRejected: QT_TRANSLATE_NOOP(
        "errors",
        "The certificate of {host} is not trusted ({detail}). Choose your network's CA file in "
        "the settings.",
    ),
    errors.RateLimited: QT_TRANSLATE_NOOP(
        "errors",
        "{host} wants no more requests for {seconds} seconds. Try again then.",
    ),
    errors.TokenInvalid: QT_TRANSLATE_NOOP(
        "errors",
        "{host} wants an access token that it knows. Enter one in the settings.",
    ),
    errors.Offline: QT_TRANSLATE_NOOP(
        "errors",
        "Connections are turned off. Turn them on in the settings.",
    ),
    errors.UpdatesUnavailable: QT_TRANSLATE_NOOP(
        "errors",
        "{host} did not tell about new versions ({detail}). Check the connection and try again.",
    ),
    errors.EngineNotOffered: QT_TRANSLATE_NOOP(
        "errors",
        "{host} has no engine “{build}” for this computer. Choose another one, or add a file.",
    ),
    errors.RepoMissing: QT_TRANSLATE_NOOP(
        "errors",
        "There is no repository {repo}, or it is private. Check the name, or enter an access "
        "token in the settings.",
    ),
    errors.RepoGated: QT_TRANSLATE_NOOP(
        "errors",
        "{repo} is shared under conditions. Accept them on its page, then enter an access token "
        "in the settings.",
    ),
    errors.RepoFileMissing: QT_TRANSLATE_NOOP(
        "errors",
        "{repo} has no file {file}. Choose another one.",
    ),
    errors.FileChangedOnHub: QT_TRANSLATE_NOOP(
        "errors",
        "{file} in {repo} was replaced since its download began. Start the download again.",
    ),
    errors.ChecksumMismatch: QT_TRANSLATE_NOOP(
        "errors",
        "What arrived for {path} is damaged. Start the download again.",
    ),
    errors.DownloadBusy: QT_TRANSLATE_NOOP(
        "errors",
        "{path} is being downloaded by another window. Wait until that is done.",
    ),
}
