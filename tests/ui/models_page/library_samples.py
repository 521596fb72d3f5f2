"""Models and downloads as people have them, for tests and pictures. Names are real, sizes about."""

from __future__ import annotations

import time

from chatapp.domain.download import DownloadItem, DownloadState, FileProgress, Order
from chatapp.domain.header import ModelHeader, ModelKind
from chatapp.domain.hub import RepoFile
from chatapp.domain.model import ModelFile, ModelSource
from chatapp.errors import ChatappError, DiskFull, HubTimeout
from chatapp.hub.fit import Fit, FitOptions, MemoryNeed, Verdict
from chatapp.ui.models_page.library_words import LibraryEntry, Removal

TOOLS = "{% if tools %}{{ tools }}{% endif %}"
THINKS = TOOLS + "<think>"
SHA = "3605803b982cb64aead44f6c1b2ae36e3acdb41d8e46c8a94c6533bc4c67e597"
GB = 1_000_000_000
OPTIONS = FitOptions()


def header(
    parameters: float, context: int, *, template: str = TOOLS, kind: ModelKind = ModelKind.CHAT
) -> ModelHeader:
    """What a file of so many billions of parameters tells."""
    return ModelHeader(
        architecture="qwen3",
        kind=kind,
        parameters=round(parameters * GB),
        context_length=context,
        layers=36,
        has_chat_template=bool(template),
        chat_template=template,
        is_complete=True,
    )


def model(name: str, quantization: str, size: float, **fields: object) -> ModelFile:
    """A model of so many GB in our folder."""
    path = f"/home/ana/models/{name.replace(' ', '-')}-{quantization}.gguf"
    values: dict[str, object] = {"folder": "/home/ana/models", "licence": "apache-2.0"} | fields
    return ModelFile(path, name, quantization, round(size * GB), **values)


def fit(verdict: Verdict, need: float, available: float) -> Fit:
    """A verdict with its figures in GB."""
    weights = round(need * GB * 0.8)
    rest = round(need * GB) - weights
    return Fit(verdict, MemoryNeed(weights, rest, 0), round(available * GB), 0, "memory")


def entries() -> list[LibraryEntry]:
    """One of each: large and small, ours and others', whole and not."""
    today = time.time() - 60
    return [
        LibraryEntry(
            model(
                "Qwen3 4B Instruct",
                "Q4_K_M",
                2.5,
                header=header(4.02, 262_144),
                sha256=SHA,
                verified_at=today,
                repo="unsloth/Qwen3-4B-Instruct-2507-GGUF",
                write_speed=23.4,
                read_speed=512.0,
                memory_used=3_900_000_000,
                memory_estimated=4_200_000_000,
            ),
            fit(Verdict.FITS, 4.2, 7.1),
            is_loaded=True,
            removal=Removal.TRASH,
        ),
        LibraryEntry(
            model(
                "Qwen3 8B",
                "Q4_K_M",
                5.03,
                header=header(8.19, 40_960, template=THINKS),
                sha256=SHA,
                verified_at=today - 30 * 3600,
                write_speed=11.2,
            ),
            fit(Verdict.TIGHT, 6.8, 7.1),
            removal=Removal.TRASH,
        ),
        LibraryEntry(
            model(
                "Gemma 3 4B it",
                "Q4_0",
                2.53,
                header=header(3.88, 131_072),
                licence="gemma",
                projector="/home/ana/models/mmproj.gguf",
                source=ModelSource.LM_STUDIO,
                folder="/home/ana/.lmstudio/models",
            ),
            fit(Verdict.FITS, 4.4, 7.1),
        ),
        LibraryEntry(
            model(
                "Qwen3 32B",
                "Q4_K_M",
                19.8,
                header=header(32.8, 40_960, template=THINKS),
                shards=tuple(f"/home/ana/models/q-{n}.gguf" for n in (1, 2)),
            ),
            fit(Verdict.TOO_LARGE, 22.3, 7.1),
            removal=Removal.TRASH,
        ),
        LibraryEntry(
            model(
                "Qwen3 Embedding 0.6B",
                "Q8_0",
                0.64,
                header=header(0.6, 32_768, template="", kind=ModelKind.EMBEDDING),
                kind=ModelKind.EMBEDDING,
                source=ModelSource.OLLAMA,
                folder="/home/ana/.ollama/models",
            ),
            fit(Verdict.FITS, 1.1, 7.1),
        ),
        LibraryEntry(
            model(
                "gpt oss 20b",
                "MXFP4",
                8.1,
                header=header(20.9, 131_072, template=THINKS),
                shards=("/home/ana/models/g-1.gguf", "/home/ana/models/g-2.gguf"),
                missing_shards=1,
            ),
            removal=Removal.TRASH,
        ),
        LibraryEntry(
            model(
                "SmolLM2 135M Instruct",
                "Q4_1",
                0.098,
                header=header(0.135, 8192),
                is_starter=True,
                source=ModelSource.STARTER,
                write_speed=310.0,
            ),
            fit(Verdict.FITS, 0.3, 7.1),
        ),
    ]


def item(
    name: str,
    kind: str,
    state: DownloadState,
    done: float,
    size: float,
    *,
    files: int = 1,
    speed: float = 0.0,
    verified: float = 0.0,
    error: ChatappError | None = None,
) -> DownloadItem:
    """A download; sizes in GB, the speed in MB/s."""
    stem = name.replace(" ", "-")
    paths = [f"{stem}-{kind}.gguf", *(f"mmproj-{stem}-F16.gguf" for _ in range(files - 1))]
    got, whole = round(done * GB), round(size * GB)
    is_done = state is DownloadState.DONE
    progress = [FileProgress(paths[0], got, whole, is_done)]
    progress += [FileProgress(path, 0, 0, is_done) for path in paths[1:]]
    left = (whole - got) / (speed * 1e6) if speed else None
    return DownloadItem(
        id=stem.casefold(),
        order=Order(f"unsloth/{stem}-GGUF", tuple(RepoFile(path) for path in paths), name),
        state=state,
        files=tuple(progress),
        targets=tuple(f"unsloth/{stem}-GGUF/{path}" for path in paths),
        commit="c" * 40,
        done=got,
        size=whole,
        speed=speed * 1e6,
        seconds_left=left,
        verified=round(verified * GB),
        error=error,
    )


def items() -> tuple[DownloadItem, ...]:
    """One in each state, as in the mock-up."""
    state = DownloadState
    full = DiskFull("/home/ana/models")
    silent = HubTimeout("huggingface.co", 15)
    return (
        item("Mistral 7B Instruct", "Q4_K_M", state.PAUSED, 4.01, 4.37, error=full),
        item("Phi-4 mini", "Q4_K_M", state.VERIFYING, 2.49, 2.49, verified=1.59),
        item("Qwen3 8B", "Q4_K_M", state.RUNNING, 2.16, 5.03, speed=11.4),
        item("Gemma 3 4B", "Q4_0", state.RECONNECTING, 2.24, 3.16, files=2, error=silent),
        item("gpt-oss 20B", "MXFP4", state.PAUSED, 2.18, 12.1),
        item("SmolLM3 3B", "Q4_K_M", state.WAITING, 0, 1.92),
        item("Qwen3 4B Instruct", "Q4_K_M", state.DONE, 2.5, 2.5),
    )
