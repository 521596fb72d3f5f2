"""What can foreseeably go wrong, as types that carry data instead of sentences.

`sentences.py` turns each class into words. Anything raised that is not a `ChatappError` is a bug
and reaches the error dialog. This module is the lowest layer: it imports nothing of Chatapp.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any


@dataclass(eq=False)
class ChatappError(Exception):
    """Base of every foreseeable failure; the fields of the subclasses say what happened."""

    def __str__(self) -> str:
        values = ", ".join(f"{f.name}={getattr(self, f.name)!r}" for f in fields(self))
        return f"{type(self).__name__}({values})"

    def __reduce__(self) -> tuple[Any, ...]:
        # Exception pickles by `args`, which leaves out keyword arguments.
        return (type(self), tuple(getattr(self, f.name) for f in fields(self)))


# Families


class EnvironmentProblem(ChatappError):
    """This computer lacks something: permission, space, a display."""


class InputError(ChatappError):
    """What was chosen or typed can't be used."""


class EngineError(ChatappError):
    """The model could not be loaded or could not answer."""


class ModelError(EngineError):
    """The model can't be used at all, whatever is asked."""


class StorageError(ChatappError):
    """The conversations could not be read or written."""


class HubError(ChatappError):
    """The Hub could not be asked, or what it gave can't be used."""


# Environment


@dataclass(eq=False)
class FolderNotWritable(EnvironmentProblem):
    """A folder that Chatapp needs can't be created or written."""

    path: str


@dataclass(eq=False)
class DiskFull(EnvironmentProblem):
    """No space left where `path` lies."""

    path: str


@dataclass(eq=False)
class FileTooLargeForDisk(EnvironmentProblem):
    """The file system where `path` lies can't keep a file of this size."""

    path: str


@dataclass(eq=False)
class CopyDamaged(EnvironmentProblem):
    """What was written to `path` is not what was copied, or that changed meanwhile."""

    path: str


@dataclass(eq=False)
class TrashUnavailable(EnvironmentProblem):
    """The file can't be moved to the trash; `detail` is what the system says."""

    path: str
    detail: str


@dataclass(eq=False)
class DisplayMissing(EnvironmentProblem):
    """There is no screen to open a window on."""


@dataclass(eq=False)
class ProcMissing(EnvironmentProblem):
    """Linux without /proc, as in a chroot: what runs and how much memory there is can't be seen."""


@dataclass(eq=False)
class QtLibrariesMissing(EnvironmentProblem):
    """Qt can't start because system libraries are missing; `detail` names the first."""

    detail: str


@dataclass(eq=False)
class EngineMissing(EnvironmentProblem):
    """llama-cpp-python is not installed or its library does not load."""

    detail: str


@dataclass(eq=False)
class EnginePackFailed(EnvironmentProblem):
    """The pack of this name can't run here; `detail` is what the system or llama.cpp says."""

    name: str
    detail: str


@dataclass(eq=False)
class EnginePackBusy(EnvironmentProblem):
    """The pack of this name is in use, and this system deletes nothing that is."""

    name: str


# Input


@dataclass(eq=False)
class NoModel(InputError):
    """There is no model on this computer, not even the starter model."""


@dataclass(eq=False)
class ModelUnknown(InputError):
    """No model in the library has this name."""

    name: str


@dataclass(eq=False)
class ModelAmbiguous(InputError):
    """Several models have this name."""

    name: str
    count: int


@dataclass(eq=False)
class ModelFileMissing(InputError):
    """The model file is not there."""

    path: str


@dataclass(eq=False)
class ModelFileIsFolder(InputError):
    """A folder was given where a model file is needed."""

    path: str


@dataclass(eq=False)
class ModelFileUnreadable(InputError):
    """The model file can't be opened for reading."""

    path: str


@dataclass(eq=False)
class ModelFileEmpty(InputError):
    """The model file has no content."""

    path: str


@dataclass(eq=False)
class NotGguf(InputError):
    """The file does not begin as a GGUF file does."""

    path: str


@dataclass(eq=False)
class NameUnsafe(InputError):
    """A file name that would lead out of its folder, or that no system can keep."""

    name: str


@dataclass(eq=False)
class AddressInvalid(InputError):
    """This can't be the address of a Hub or of a proxy."""

    address: str


@dataclass(eq=False)
class CaFileInvalid(InputError):
    """The file with certificates is not there or holds none."""

    path: str


@dataclass(eq=False)
class EnginePackMissing(InputError):
    """No pack has this name."""

    name: str


@dataclass(eq=False)
class EnginePackInvalid(InputError):
    """A file is no wheel of llama-cpp-python for this computer; `detail` says why."""

    name: str
    detail: str


@dataclass(eq=False)
class SettingsUnusable(InputError):
    """A file is not one of exported settings."""

    name: str


@dataclass(eq=False)
class FileInTheWay(InputError):
    """Another file has the name that a copy should get."""

    path: str


@dataclass(eq=False)
class FolderInFolder(InputError):
    """The new folder is the old one, lies in it or holds it."""

    path: str


@dataclass(eq=False)
class MoveUnfinished(InputError):
    """Models were to be moved to `path`, which was interrupted."""

    path: str


@dataclass(eq=False)
class ModelNotOurs(InputError):
    """The model is used in place and belongs to another program or folder."""

    path: str


@dataclass(eq=False)
class ShardsMissing(InputError):
    """A model in several files lacks some of them."""

    path: str
    missing: int


@dataclass(eq=False)
class NothingFits(InputError):
    """No file of the repository fits into this computer; `smallest` is a quantisation or a file."""

    repo: str
    smallest: str


@dataclass(eq=False)
class AlreadyQuantized(InputError):
    """The model was made smaller before: doing it again costs more than the type tells."""

    path: str


@dataclass(eq=False)
class NotSmaller(InputError):
    """A model of this type would be as large as it is now, or larger."""

    path: str
    kind: str


@dataclass(eq=False)
class MessageEmpty(InputError):
    """There is nothing in the message to send."""


@dataclass(eq=False)
class GrammarInvalid(InputError):
    """A GBNF grammar or a JSON Schema can't be used; `detail` says why."""

    detail: str


@dataclass(eq=False)
class ImportUnreadable(InputError):
    """A file of assistants or prompts can't be read."""

    path: str


@dataclass(eq=False)
class ImportTooLarge(InputError):
    """It has more than `limit` bytes."""

    path: str
    limit: int


@dataclass(eq=False)
class ImportTooMany(InputError):
    """There would be more than `limit` assistants or prompts at once."""

    path: str
    limit: int


@dataclass(eq=False)
class NotExported(InputError):
    """The file was not exported by Chatapp, or by a newer one."""

    path: str


@dataclass(eq=False)
class ImportInvalid(InputError):
    """What stands under the name `field` in it can't be used."""

    path: str
    field: str


@dataclass(eq=False)
class MessageDeleted(InputError):
    """A message that was deleted is needed for this."""


@dataclass(eq=False)
class AnswerNotLast(InputError):
    """Only the last answer of a conversation can be continued."""


@dataclass(eq=False)
class OriginUnknown(InputError):
    """It is not known what made an answer, so it can't be made again."""


@dataclass(eq=False)
class AttachmentUnreadable(InputError):
    """The file is not there or can't be opened for reading."""

    name: str


@dataclass(eq=False)
class AttachmentIsFolder(InputError):
    """A folder was given where a file is needed."""

    name: str


@dataclass(eq=False)
class AttachmentElsewhere(InputError):
    """The file lies on another computer."""

    name: str


@dataclass(eq=False)
class AttachmentEmpty(InputError):
    """The file has no content."""

    name: str


@dataclass(eq=False)
class AttachmentTooLarge(InputError):
    """The file has `size` bytes (as far as known), of which at most `most` are allowed."""

    name: str
    size: int
    most: int


@dataclass(eq=False)
class AttachmentNotText(InputError):
    """The file contains something else than text."""

    name: str


@dataclass(eq=False)
class AdapterMissing(InputError):
    """The adapter's file is not there or can't be read."""

    path: str


@dataclass(eq=False)
class NotAnAdapter(InputError):
    """The file is something else than a LoRA adapter."""

    path: str


@dataclass(eq=False)
class AdapterUnsuitable(InputError):
    """The adapter was made for another model, or can't be used as asked; `detail` says why."""

    path: str
    detail: str


# Engine


@dataclass(eq=False)
class ModelFileDamaged(ModelError):
    """The GGUF file is truncated or inconsistent; `detail` is llama.cpp's reason."""

    path: str
    detail: str


@dataclass(eq=False)
class ArchitectureUnknown(ModelError):
    """This build of llama.cpp does not know the model's architecture."""

    path: str
    architecture: str


@dataclass(eq=False)
class ModelCannotChat(ModelError):
    """The model has no decoder or no vocabulary: an embedding model, a projector, an adapter."""

    path: str


@dataclass(eq=False)
class TemplateUnusable(ModelError):
    """The chat template that a person gave for this model; `detail` is what is wrong with it."""

    path: str
    detail: str = ""


@dataclass(eq=False)
class DraftModelUnfit(ModelError):
    """It has another vocabulary than the model it drafts for, or can't take back what it read."""

    path: str


@dataclass(eq=False)
class OutOfMemory(ModelError):
    """Weights, context or compute buffers did not fit; `detail` is llama.cpp's reason."""

    path: str
    detail: str


@dataclass(eq=False)
class ModelLoadFailed(ModelError):
    """llama.cpp refused the model for a reason that has no class of its own."""

    path: str
    detail: str


@dataclass(eq=False)
class AdapterDamaged(EngineError):
    """The adapter's file is truncated or inconsistent; `detail` says how."""

    path: str
    detail: str


@dataclass(eq=False)
class ModelCannotEmbed(ModelError):
    """The model gives no vectors for texts: it ranks them, say."""

    path: str


@dataclass(eq=False)
class ModelCannotRank(ModelError):
    """The model has nothing that says how well a text answers a query."""

    path: str


@dataclass(eq=False)
class TextTooLong(EngineError):
    """The text of this number, counted from 1, is longer than the model can read, in tokens."""

    number: int
    needed: int
    available: int


@dataclass(eq=False)
class ContextFull(EngineError):
    """The prompt is longer than the model can read. Both figures are tokens."""

    needed: int
    available: int


@dataclass(eq=False)
class ModelNotLoaded(EngineError):
    """Something was asked that only a loaded model can tell."""

    path: str


@dataclass(eq=False)
class GenerationFailed(EngineError):
    """llama.cpp reported an error while reading or writing."""

    detail: str


@dataclass(eq=False)
class WorkerDied(EngineError):
    """The worker process ended by itself.

    `exit_code` is negative for a signal (POSIX); `detail` is the assertion or the last log lines.
    """

    exit_code: int
    detail: str


@dataclass(eq=False)
class WorkerUnresponsive(EngineError):
    """The worker gave no sign of life for `seconds` and was ended."""

    seconds: float


@dataclass(eq=False)
class WorkerKeepsDying(ModelError):
    """The worker died `count` times in a row and is not started again by itself."""

    count: int
    detail: str


@dataclass(eq=False)
class QuantizeFailed(EngineError):
    """A model could not be made smaller; `detail` is the reason of llama.cpp or of the system."""

    path: str
    detail: str


@dataclass(eq=False)
class QuantizedUnusable(EngineError):
    """What a model became can't be used and was deleted; `detail` says why."""

    path: str
    kind: str
    detail: str


# Storage


@dataclass(eq=False)
class DatabaseTooNew(StorageError):
    """The database was written by a newer Chatapp. It was not touched."""

    path: str
    found: int
    supported: int


@dataclass(eq=False)
class DatabaseDamaged(StorageError):
    """The file is not a database or SQLite finds it corrupt. It was not touched."""

    path: str
    detail: str


@dataclass(eq=False)
class DatabaseBusy(StorageError):
    """Another process held the database for longer than the time limit."""

    path: str


@dataclass(eq=False)
class DatabaseFailed(StorageError):
    """SQLite failed for a reason that has no class of its own (an I/O error, say)."""

    path: str
    detail: str


@dataclass(eq=False)
class ConversationMissing(StorageError):
    """The conversation was deleted for good meanwhile.

    `conversation_id` is None when only a message of it is known.
    """

    conversation_id: int | None


@dataclass(eq=False)
class FolderMissing(StorageError):
    """A folder of conversations was deleted meanwhile."""

    folder_id: int


# Hub


@dataclass(eq=False)
class HubUnreachable(HubError):
    """No connection to this host; `detail` is what the system says."""

    host: str
    detail: str


@dataclass(eq=False)
class HubTimeout(HubError):
    """The host did not answer in time."""

    host: str
    seconds: int


@dataclass(eq=False)
class HubRefused(HubError):
    """The host answered with an error that has no class of its own."""

    host: str
    status: int
    detail: str


@dataclass(eq=False)
class HubAnswerInvalid(HubError):
    """What the host answered is not what a Hub answers, as that of a login page."""

    host: str
    detail: str


@dataclass(eq=False)
class CertificateRejected(HubError):
    """The host's certificate is not trusted."""

    host: str
    detail: str


@dataclass(eq=False)
class RateLimited(HubError):
    """The host wants no more requests for a while."""

    host: str
    seconds: int


@dataclass(eq=False)
class TokenInvalid(HubError):
    """The host does not accept the access token, or wants one."""

    host: str


@dataclass(eq=False)
class Offline(HubError):
    """Connections are turned off."""


@dataclass(eq=False)
class UpdatesUnavailable(HubError):
    """The host did not give the list of Chatapp's releases; `detail` is why."""

    host: str
    detail: str


@dataclass(eq=False)
class EngineNotOffered(HubError):
    """The index has nothing of this build for this computer."""

    host: str
    build: str


@dataclass(eq=False)
class RepoMissing(HubError):
    """There is no such repository, or it is private."""

    repo: str


@dataclass(eq=False)
class RepoGated(HubError):
    """Whoever made the repository wants its conditions accepted first."""

    repo: str


@dataclass(eq=False)
class RepoFileMissing(HubError):
    """The repository has no such file."""

    repo: str
    file: str


@dataclass(eq=False)
class FileChangedOnHub(HubError):
    """The file is another one now than when its download began."""

    repo: str
    file: str


@dataclass(eq=False)
class ChecksumMismatch(HubError):
    """What arrived is not what the Hub describes."""

    path: str


@dataclass(eq=False)
class DownloadBusy(HubError):
    """Something else writes this file already."""

    path: str


# Errors that outlive the process, stored with the answer that they ended


@dataclass(frozen=True, slots=True)
class ErrorRecord:
    """A foreseeable error as plain data, for the pipe to the worker and for storage."""

    kind: str
    values: dict[str, str | int | float | None]


def to_record(error: ChatappError) -> ErrorRecord:
    """The error as plain data."""
    return ErrorRecord(
        type(error).__name__, {f.name: getattr(error, f.name) for f in fields(error)}
    )


def from_record(record: ErrorRecord) -> ChatappError:
    """The error again. A kind that this version doesn't know becomes `GenerationFailed`."""
    kind = globals().get(record.kind)
    if isinstance(kind, type) and issubclass(kind, ChatappError):
        names = {f.name for f in fields(kind)}
        if names == set(record.values):
            return kind(**record.values)
    return GenerationFailed(detail=record.kind)
