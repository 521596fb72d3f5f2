"""What the Hugging Face Hub, or a mirror of it, tells about models, and how it is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from chatapp.errors import ChatappError


@dataclass(frozen=True, slots=True)
class Access:
    """How the Hub is reached.

    `endpoint` is where metadata and data are asked for, without a slash at the end. `token` goes
    there and nowhere else. `proxy` is a URL; empty leaves it to the system. `ca_file` holds
    certificates that are trusted besides the system's.
    """

    endpoint: str
    token: str = field(default="", repr=False)
    proxy: str = field(default="", repr=False)
    ca_file: str = ""
    offline: bool = False


OFFICIAL = Access("https://huggingface.co")


class Gate(StrEnum):
    """What a repository wants before its files can be had."""

    OPEN = "open"
    AUTOMATIC = "automatic"  # to accept its conditions
    MANUAL = "manual"  # to accept them and to wait for its owner


@dataclass(frozen=True, slots=True)
class RepoFile:
    """A file of a repository. `size` in bytes, 0 when unknown; `sha256` empty when unknown."""

    path: str
    size: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class RepoInfo:
    """A repository of models. Counts that nobody told are 0, texts are empty.

    `commit` is what its main branch stood for. `updated_at` is in seconds since the epoch.
    `base_models` are the repositories that it was made from. `files` are its GGUF files; a search
    tells no sizes. What is known of the model itself: `parameters`, `architecture`,
    `context_length` in tokens and whether it has a chat template.
    """

    id: str
    commit: str = ""
    gate: Gate = Gate.OPEN
    is_private: bool = False
    downloads: int = 0
    likes: int = 0
    updated_at: float = 0.0
    license: str = ""
    task: str = ""
    tags: tuple[str, ...] = ()
    base_models: tuple[str, ...] = ()
    files: tuple[RepoFile, ...] = ()
    parameters: int = 0
    architecture: str = ""
    context_length: int = 0
    has_chat_template: bool = False

    @property
    def author(self) -> str:
        """The organisation or person."""
        return self.id.partition("/")[0]

    @property
    def name(self) -> str:
        """The name without the author."""
        return self.id.partition("/")[2]


class SearchSort(StrEnum):
    """What comes first, in the Hub's words."""

    DOWNLOADS = "downloads"
    LIKES = "likes"
    TRENDING = "trendingScore"
    UPDATED = "lastModified"
    CREATED = "createdAt"


class SearchKind(StrEnum):
    """What a model is for, as the tag by which the Hub knows it."""

    ANY = ""
    CHAT = "conversational"
    VISION = "image-text-to-text"
    EMBEDDING = "feature-extraction"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class SearchFilters:
    """What a search is narrowed to. 0 and empty narrow nothing."""

    sort: SearchSort = SearchSort.DOWNLOADS
    kind: SearchKind = SearchKind.ANY
    min_parameters: int = 0
    max_parameters: int = 0
    license: str = ""
    author: str = ""
    only_open: bool = False
    limit: int = 30


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Some results. `cursor` asks for the next ones; it is empty when there are none."""

    repos: tuple[RepoInfo, ...]
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Variant:
    """One precision of a model in a repository: a file, or all of its shards in order.

    `size` is that of `files`, in bytes, 0 when unknown. `projector` is what it needs for images.
    """

    quantization: str
    files: tuple[RepoFile, ...]
    size: int
    projector: RepoFile | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """What a pasted link or name points at: a repository, and a quantisation or a file of it."""

    repo: str
    quantization: str = ""
    file: str = ""
    revision: str = "main"


@dataclass(frozen=True, slots=True)
class HostCheck:
    """Whether a host gave what was asked of it."""

    host: str
    error: ChatappError | None = None


@dataclass(frozen=True, slots=True)
class ConnectionReport:
    """A test of the connection: who told about a model, and who gave a byte of it.

    `data` is None when nothing could be asked of it.
    """

    metadata: HostCheck
    data: HostCheck | None = None

    @property
    def error(self) -> ChatappError | None:
        """The first thing that failed."""
        return self.metadata.error or (self.data.error if self.data is not None else None)

    @property
    def failed_host(self) -> str:
        """The host to blame, or empty."""
        for check in (self.metadata, self.data):
            if check is not None and check.error is not None:
                return check.host
        return ""
