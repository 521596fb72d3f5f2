"""`chatapp models pull`: download a model, or go on with a download that was interrupted."""

from __future__ import annotations

import argparse
import contextlib
import shutil
import sys
import time
from typing import TYPE_CHECKING

from chatapp.cli.library_commands import as_data, print_json
from chatapp.cli.models import (
    REASONS,
    find_reference,
    fit_options,
    fit_variants,
    hub_access,
    look_up,
    size_text,
)
from chatapp.domain.download import DownloadItem, DownloadState, Order
from chatapp.errors import NothingFits, RepoFileMissing
from chatapp.hub.client import HubClient
from chatapp.hub.names import choose, variants
from chatapp.services import ModelServices

if TYPE_CHECKING:
    from chatapp.domain.hub import Reference, RepoInfo, Variant
    from chatapp.domain.model import ModelFile
    from chatapp.hub.downloads import Downloads
    from chatapp.hub.library import Library
    from chatapp.hub.recommendation import Reason
    from chatapp.paths import Paths

_LOOK_EVERY = 0.1  # seconds
_READING = 5.0  # seconds that headers may take


def pull(options: argparse.Namespace, paths: Paths) -> int:
    """Download what is named, or else what suits this computer. Ctrl+C keeps what has arrived."""
    with contextlib.closing(ModelServices(paths)) as services:
        access = hub_access(options, services.settings.current)
        with contextlib.closing(HubClient(lambda: access, services.network)) as hub:
            reference = find_reference(options.model, access)
            repo, variant, reason = _choose(hub, reference, options, services)
            if reason is not None and not options.json:
                print(f"{variant.quantization}: {REASONS[reason]}", flush=True)
            model = _find_here(services.library, repo, variant)
            is_new = model is None
            if model is None:
                with contextlib.closing(services.open_downloads(lambda: access, hub)) as downloads:
                    item = _download(downloads, _order(repo, variant, reference))
                services.library.wait(_READING)
                model = services.library.by_path(str(services.library.folder / item.targets[0]))
    if options.json:
        print_json(as_data(model) | {"reason": reason, "is_new": is_new})
    else:
        note = "" if is_new else " (was here already)"
        print(f"{model.name} {model.quantization}".rstrip() + f": {model.path}{note}")
    return 0


def _choose(
    hub: HubClient, reference: Reference, options: argparse.Namespace, services: ModelServices
) -> tuple[RepoInfo, Variant, Reason | None]:
    """What to download, and why where nobody said so.

    Raises `RepoFileMissing` or `NothingFits`, and what the Hub raises.
    """
    from chatapp.hub.fit import Verdict

    if reference.quantization or reference.file:
        repo = hub.repo(reference.repo, reference.revision)
        chosen = choose(variants(repo.files), reference)
        if chosen is None:
            raise RepoFileMissing(repo.id, reference.file or reference.quantization)
        return repo, chosen, None
    repo, found, header = look_up(hub, reference)
    wanted, machine = fit_options(options, services.settings.current), services.machine()
    _, best = fit_variants(repo, found, header, wanted, machine, services.paths)
    if best is None:  # this Hub tells no sizes
        raise RepoFileMissing(repo.id, ".gguf")
    if best.verdict is Verdict.TOO_LARGE:
        raise NothingFits(repo.id, best.variant.quantization or best.variant.files[0].path)
    return repo, best.variant, best.reason


def _order(repo: RepoInfo, variant: Variant, reference: Reference) -> Order:
    projector = () if variant.projector is None else (variant.projector,)
    revision = repo.commit or reference.revision
    return Order(repo.id, (*variant.files, *projector), repo.name, revision, repo.license)


def _find_here(library: Library, repo: RepoInfo, variant: Variant) -> ModelFile | None:
    """The model where it is complete already, in our folder or in that of another program.

    What lies in ours without having been verified is left to the download, which reads it first.
    """
    library.wait(_READING)
    first = variant.files[0]
    for model in library.snapshot:
        is_same_file = (model.repo, model.repo_file) == (repo.id, first.path)
        is_same = model.sha256 == first.sha256 if model.sha256 and first.sha256 else is_same_file
        if not is_same or model.missing_shards or model.size != variant.size:
            continue
        has_all = variant.projector is None or bool(model.projector)
        if not model.is_ours or (model.verified_at and has_all):
            return model
    return None


def _download(downloads: Downloads, order: Order) -> DownloadItem:
    """Wait until it is done. Raises what ended it."""
    shows_progress = sys.stderr.isatty()
    downloads.add(order)
    (item,) = downloads.items
    try:
        while item.state is DownloadState.WAITING or item.state.is_active:
            time.sleep(_LOOK_EVERY)
            (item,) = downloads.items
            if shows_progress:
                _print_line(_in_words(item))
    except KeyboardInterrupt:
        downloads.close()
        (item,) = downloads.items
        if shows_progress:
            _print_line("")
        print(
            f"Stopped at {_percent(item.done, item.size)}. What has arrived is kept, and the same "
            "command goes on with it.",
            file=sys.stderr,
        )
        raise
    if shows_progress:
        _print_line("")
    if item.error is not None:
        raise item.error
    if item.state is not DownloadState.DONE:
        raise RuntimeError(f"the download is {item.state} for no reason")
    return item


# In words


def _in_words(item: DownloadItem) -> str:
    done = sum(file.is_complete for file in item.files)
    count = f"file {min(done + 1, len(item.files))} of {len(item.files)}, "
    files = count if len(item.files) > 1 else ""
    match item.state:
        case DownloadState.RECONNECTING:
            what = "connecting again"
        case DownloadState.VERIFYING:
            what = f"checking what is there: {size_text(item.verified)}"
        case _:
            what = f"{item.speed / 1e6:,.1f} MB/s"
            if item.seconds_left is not None:
                what += f", {_duration(item.seconds_left)} left"
    share = f"{size_text(item.done)} of {size_text(item.size)}"
    return f"{_percent(item.done, item.size):>5}  {share}, {files}{what}"


def _percent(done: int, size: int) -> str:
    return f"{100 * done // max(1, size)} %"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _print_line(text: str) -> None:
    """In the place of the last one."""
    width = shutil.get_terminal_size().columns - 1
    print(f"\r{text[:width]:<{width}}\r{text[:width]}", end="", file=sys.stderr, flush=True)
