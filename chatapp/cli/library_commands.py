"""`chatapp models list`, `import` and `remove`: what lies on this computer."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chatapp.domain.model import ModelFile
    from chatapp.hub.library import Library
    from chatapp.hub.moving import MoveProgress
    from chatapp.paths import Paths

_READING = 5.0  # seconds that headers may take; what is not read then is left out
_SOURCES = {
    "added": "used in place",
    "lm-studio": "LM Studio",
    "hugging-face": "Hugging Face cache",
    "ollama": "Ollama",
    "gpt4all": "GPT4All",
    "jan": "Jan",
    "starter": "starter model",
}
_KINDS = {"embedding": "embeddings", "projector": "projector", "other": "not for chats"}


def add_library_actions(
    actions: argparse._SubParsersAction[argparse.ArgumentParser],
    parents: Sequence[argparse.ArgumentParser],
) -> None:
    """`list`, `import` and `remove` as actions of `models`."""
    listing = actions.add_parser("list", parents=parents, help="list those on this computer")
    listing.add_argument("--json", action="store_true", help="print a JSON array")

    adding = actions.add_parser(
        "import", parents=parents, help="use a model file where it lies, or bring it here"
    )
    adding.add_argument("path", metavar="PATH", help="a GGUF file; of several parts any one")
    how = adding.add_mutually_exclusive_group()
    how.add_argument("--copy", action="store_true", help="copy it into the models folder")
    how.add_argument("--move", action="store_true", help="move it into the models folder")
    adding.add_argument("--json", action="store_true", help="print one JSON object")

    removing = actions.add_parser(
        "remove", parents=parents, help="move a model to the trash, or take it off the list"
    )
    removing.add_argument("name", metavar="NAME", help="a name from the list, or a path")
    removing.add_argument(
        "--permanently", action="store_true", help="delete it instead: it can't be taken back"
    )
    removing.add_argument("--json", action="store_true", help="print one JSON object")


def list_models(options: argparse.Namespace, paths: Paths) -> int:
    """Print the models on this computer."""
    with open_library(paths) as library:
        library.wait(_READING)
        models = library.snapshot
        folder = library.folder
    if options.json:
        print_json([as_data(model) for model in models])
        return 0
    for model in models:
        size = f"{model.size / 1e6:,.1f} MB"
        print(f"{model.name:<32} {model.quantization:<10} {size:>12}  {_notes(model)}".rstrip())
    if not models:
        print(f"No models yet. Put a GGUF file into {folder}.")
    return 0


def import_model(options: argparse.Namespace, paths: Paths) -> int:
    """Use a file in place, or copy or move it into the models folder."""
    stop = threading.Event()
    with open_library(paths) as library:
        if options.copy or options.move:
            model = library.import_file(
                Path(options.path), stop, _print_progress, move=options.move
            )
        else:
            model = library.add(Path(options.path))
        library.wait(_READING)
        model = library.by_path(model.path)
        if sys.stderr.isatty() and (options.copy or options.move):
            print(file=sys.stderr)
    if options.json:
        print_json(as_data(model))
    else:
        print(f"{model.name} {model.quantization}".rstrip() + f": {model.path}")
    return 0


def remove_model(options: argparse.Namespace, paths: Paths) -> int:
    """Move a model to the trash, or take one that is used in place off the list."""
    with open_library(paths) as library:
        model = library.find(options.name, is_only=True)
        library.remove(model, permanently=options.permanently)
        there = Path(model.path).exists()
    if options.json:
        print_json({"path": model.path, "is_deleted": not there})
    elif there:
        print(f"{model.path} is no longer on the list. The file was left where it is.")
    elif options.permanently:
        print(f"{model.path} was deleted.")
    else:
        print(f"{model.path} was moved to the trash.")
    return 0


@contextlib.contextmanager
def open_library(paths: Paths) -> Iterator[Library]:
    """The library with the folders of other programs."""
    from chatapp.hub.library import Library
    from chatapp.hub.sources import Places
    from chatapp.jobs import Jobs

    paths.create()
    jobs = Jobs()
    library = Library(paths, jobs, places=Places.here())
    try:
        yield library
    finally:
        library.close()
        jobs.close()


def _notes(model: ModelFile) -> str:
    notes = [_SOURCES.get(model.source, ""), _KINDS.get(model.kind, "")]
    if model.missing_shards:
        notes.append(f"{model.missing_shards} files missing")
    elif model.is_damaged:
        notes.append("damaged")
    return ", ".join(note for note in notes if note)


def as_data(model: ModelFile) -> dict[str, Any]:
    """As JSON, without what is long."""
    data = asdict(model)
    if data["header"] is not None:
        del data["header"]["chat_template"]
    return data


def print_json(data: object) -> None:
    """On standard output."""
    print(json.dumps(data, ensure_ascii=False, indent=2))


def _print_progress(progress: MoveProgress) -> None:
    if sys.stderr.isatty():
        percent = 100 * progress.done // max(1, progress.total)
        print(f"\r{percent:3} %  {progress.name[:60]}", end="", file=sys.stderr, flush=True)
