"""How each model is loaded: what the person chose for it, and what was measured here."""

from __future__ import annotations

import json
import logging
import math
import threading
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from chatapp.domain.header import ModelKind
from chatapp.domain.model import Adapter, ModelFile
from chatapp.domain.tuning import Tuning
from chatapp.engine.messages import LoadOptions
from chatapp.errors import ChatappError, NotAnAdapter, NotGguf
from chatapp.hub.gguf_header import read_header
from chatapp.paths import is_file
from chatapp.settings import write_atomically

logger = logging.getLogger(__name__)

FILE = "loading.json"
MOST_ADAPTERS = 8
_LARGEST_FILE = 1 << 22  # bytes
_MOST_MODELS = 500
_LARGEST_NUMBER = 1 << 24  # no context, batch or count of layers or threads comes near it
_LONGEST_PATH = 4096
_CACHE_TYPES = ("f16", "q8_0", "q4_0")
_LARGEST_SCALE = 10.0
_MOST_GPUS = 16
_LARGEST_ROPE = 1e9
LONGEST_TEMPLATE = 200_000  # characters; the longest known have about 30,000
_LONGEST_EFFORT = 32


@dataclass(frozen=True, slots=True)
class LoadChoice:
    """What a person chose for a model. None means automatic; see `LoadOptions` for the values.

    An empty `draft_model` is automatic as well: the worker guesses without one where that pays,
    unless `speculation` is off. An empty `template` is the file's own. `thinking` and
    `reasoning_effort` are for its template, and hold from the next answer on.
    """

    context_length: int | None = None
    gpu_layers: int | None = None
    cache_type: str | None = None
    flash_attention: bool | None = None
    threads: int | None = None
    batch: int | None = None
    adapters: tuple[Adapter, ...] = ()
    draft_model: str = ""
    speculation: bool = True
    split: tuple[float, ...] = ()
    memory_map: bool = True
    memory_lock: bool = False
    rope_base: float = 0.0
    rope_scale: float = 0.0
    template: str = ""
    thinking: bool | None = None
    reasoning_effort: str = ""


AUTOMATIC = LoadChoice()


class LoadSettings:
    """Keeps the choices in one file of `folder`. Usable in every thread.

    A model is known by its file's name and size, so that moving the folder loses nothing.
    `context_length` is that of models without a choice; `tuning` finds what was measured.
    """

    def __init__(
        self,
        folder: Path,
        context_length: Callable[[], int],
        tuning: Callable[[ModelFile], Tuning | None] = lambda _: None,
    ) -> None:
        self._path = folder / FILE
        self._context_length = context_length
        self._tuning = tuning
        self._lock = threading.Lock()  # of _choices
        self._saving = threading.Lock()  # what is written last is the newest
        self._choices = _read(self._path)

    def choice_of(self, model: ModelFile) -> LoadChoice:
        """What was chosen for this model."""
        with self._lock:
            return self._choices.get(_key(model), AUTOMATIC)

    def choose(self, model: ModelFile, choice: LoadChoice) -> None:
        """Take a choice, which holds from now on. `save` keeps it for the next start."""
        with self._lock:
            self._choices.pop(_key(model), None)
            if choice != AUTOMATIC:
                self._choices[_key(model)] = choice
            while len(self._choices) > _MOST_MODELS:
                del self._choices[next(iter(self._choices))]

    def save(self) -> None:
        """Write the choices down. Not for the main thread: a disk may be slow.

        Raises `DiskFull` or `FolderNotWritable`.
        """
        with self._saving:
            with self._lock:
                data = {key: _packed(one) for key, one in self._choices.items()}
            # In ASCII, because not every name of a file is valid text.
            while len(text := json.dumps(data, indent=1) + "\n") > _LARGEST_FILE:
                del data[next(iter(data))]  # chosen first
            write_atomically(self._path, text)

    def options_for(self, model: ModelFile) -> LoadOptions:
        """How the model is loaded: the choice, then what was measured, then what the worker finds.

        A draft whose file is gone is left out: the answers are the same without it. That an adapter
        is gone is for the worker to say.
        """
        choice = self.choice_of(model)
        options = tuned(options_of(choice, self._context_length()), self._tuning(model))
        draft = options.draft_model
        draft = draft if draft and is_file(Path(draft)) else ""
        return replace(options, draft_model=draft)


def options_of(choice: LoadChoice, context_length: int) -> LoadOptions:
    """The choice alone; `context_length` takes the place of an automatic one."""
    return LoadOptions(
        context_length=choice.context_length or context_length,
        threads=choice.threads,
        gpu_layers=choice.gpu_layers,
        flash_attention=choice.flash_attention,
        cache_type=choice.cache_type or "f16",
        batch=choice.batch,
        adapters=choice.adapters,
        draft_model=choice.draft_model,
        speculation=choice.speculation,
        split=choice.split,
        memory_map=choice.memory_map,
        memory_lock=choice.memory_lock,
        rope_base=choice.rope_base,
        rope_scale=choice.rope_scale,
        template=choice.template,
    )


def tuned(options: LoadOptions, tuning: Tuning | None) -> LoadOptions:
    """The same with what was measured where nothing is said."""
    if tuning is None:
        return options
    threads, flash, batch = options.threads, options.flash_attention, options.batch
    if options.cache_type != "f16" and flash is None:
        flash = True  # only with it, keys and values of fewer bits can be used
    until = tuning.flash_attention_until if flash is None else None
    return replace(
        options,
        threads=tuning.threads if threads is None else threads,
        flash_attention=tuning.flash_attention if flash is None else flash,
        flash_attention_until=until,
        batch=tuning.batch if batch is None else batch,
    )


def problem_of(adapters: Iterable[Adapter]) -> ChatappError | None:
    """What is wrong with the first of them that can't be used; it reads the files' beginnings."""
    for adapter in adapters:
        try:
            if read_header(Path(adapter.path), full=False).kind is not ModelKind.OTHER:
                return NotAnAdapter(adapter.path)
        except NotGguf:
            return NotAnAdapter(adapter.path)
        except ChatappError as error:
            return error
    return None


def _key(model: ModelFile) -> str:
    return f"{Path(model.path).name} {model.size}"


def _packed(choice: LoadChoice) -> dict[str, Any]:
    """What differs from automatic."""
    return {
        name: value for name, value in asdict(choice).items() if value != getattr(AUTOMATIC, name)
    }


def _read(path: Path) -> dict[str, LoadChoice]:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_FILE + 1)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        logger.warning("how models are loaded can't be read: %s", error)
        return {}
    try:
        data = json.loads(content) if len(content) <= _LARGEST_FILE else None
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        logger.info("%s is damaged: models are loaded as usual", path.name)
        return {}
    found = {key: _unpacked(row) for key, row in data.items() if isinstance(row, dict)}
    return {key: choice for key, choice in found.items() if choice != AUTOMATIC}


def _unpacked(row: dict[str, Any]) -> LoadChoice:
    """What makes sense of it; the rest is automatic."""
    checks: dict[str, Callable[[Any], object]] = {
        "context_length": lambda value: _count(value, least=1),
        "gpu_layers": lambda value: _count(value, least=0),
        "threads": lambda value: _count(value, least=1),
        "batch": lambda value: _count(value, least=1),
        "cache_type": lambda value: value if value in _CACHE_TYPES else None,
        "adapters": _adapters,
        "draft_model": lambda value: _text(value, _LONGEST_PATH),
        "template": lambda value: _text(value, LONGEST_TEMPLATE),
        "reasoning_effort": lambda value: _text(value, _LONGEST_EFFORT),
        "split": _split,
        "rope_base": _positive,
        "rope_scale": _positive,
    }
    values: dict[str, Any] = {}
    for field in fields(LoadChoice):
        if field.name not in row:
            continue
        value = row[field.name]
        if field.name in checks:
            values[field.name] = checks[field.name](value)
        elif isinstance(value, bool):
            values[field.name] = value
    return LoadChoice(**values)


def _count(value: object, *, least: int) -> int | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if least <= value <= _LARGEST_NUMBER else None


def _text(value: object, longest: int) -> str:
    is_text = isinstance(value, str) and len(value) <= longest and "\0" not in value
    return value if is_text and isinstance(value, str) else ""


def _positive(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    return float(value) if 0 <= value <= _LARGEST_ROPE else 0.0


def _split(value: object) -> tuple[float, ...]:
    rows = value if isinstance(value, list) and len(value) <= _MOST_GPUS else []
    shares = tuple(_positive(share) for share in rows)
    return shares if any(shares) else ()


def _adapters(value: object) -> tuple[Adapter, ...]:
    found = []
    for row in value[:MOST_ADAPTERS] if isinstance(value, list) else ():
        path = row.get("path") if isinstance(row, dict) else None
        scale = row.get("scale", 1.0) if isinstance(row, dict) else None
        if not isinstance(path, str) or not path or len(path) > _LONGEST_PATH or "\0" in path:
            continue
        if isinstance(scale, bool) or not isinstance(scale, int | float):
            continue
        if math.isfinite(scale) and abs(scale) <= _LARGEST_SCALE:
            found.append(Adapter(path, float(scale)))
    return tuple(found)
