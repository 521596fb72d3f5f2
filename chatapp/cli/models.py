"""`chatapp models`: the models on this computer and on the Hub."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from chatapp.cli.library_commands import print_json
from chatapp.domain.hub import Access, Gate, Reference, RepoInfo, SearchFilters, Variant
from chatapp.domain.model import ModelFile
from chatapp.errors import RepoFileMissing, RepoMissing
from chatapp.paths import Paths
from chatapp.settings import Settings, SettingsFile

if TYPE_CHECKING:
    from chatapp.domain.header import ModelHeader
    from chatapp.hub.client import HubClient
    from chatapp.hub.fit import Fit, FitOptions
    from chatapp.hub.hardware import Machine
    from chatapp.hub.offers import FittedVariant
    from chatapp.hub.recommendation import Recommendation

_GATES = {Gate.AUTOMATIC: "conditions to accept", Gate.MANUAL: "access on request"}
_VERDICTS = {"fits": "fits", "tight": "tight", "too_large": "too large"}
REASONS = {
    "only": "the only one",
    "preferred": "suits this model best",
    "balanced": "the best balance of quality and size",
    "small_model": "a small model deserves the precision",
    "smaller_fits": "the best that fits comfortably",
    "tight": "the best that fits, but only just",
    "low_precision": "nothing of four bits or more fits",
    "too_large": "none fits; this is the smallest",
}


def models(options: argparse.Namespace, paths: Paths) -> int:
    """Carry out one of the actions."""
    match options.action:
        case "search":
            return search(options, paths)
        case "info":
            return show_info(options, paths)
        case "fit":
            return show_fit(options, paths)
        case "pull":
            from chatapp.cli.pull_command import pull

            return pull(options, paths)
        case "quantize":
            from chatapp.cli.quantize_command import quantize

            return quantize(options, paths)
        case "tune":
            from chatapp.cli.tune_command import tune

            return tune(options, paths)
        case "import":
            from chatapp.cli.library_commands import import_model

            return import_model(options, paths)
        case "remove":
            from chatapp.cli.library_commands import remove_model

            return remove_model(options, paths)
        case _:
            from chatapp.cli.library_commands import list_models

            return list_models(options, paths)


def hub_access(options: argparse.Namespace, settings: Settings) -> Access:
    """How the Hub is reached: `--endpoint` before the settings, and `HF_TOKEN`."""
    from chatapp.hub.access import access_from, clean_endpoint, environment_token

    endpoint = clean_endpoint(options.endpoint or settings.hub_endpoint)
    return access_from(settings, environment_token(endpoint), endpoint=endpoint)


@contextlib.contextmanager
def open_hub(options: argparse.Namespace, paths: Paths) -> Iterator[tuple[HubClient, Access]]:
    """A client for the Hub, which is reached as the options and the settings say."""
    from chatapp.hub.client import HubClient
    from chatapp.network import Network

    access = hub_access(options, SettingsFile(paths.settings).current)
    with contextlib.closing(HubClient(lambda: access, Network())) as hub:
        yield hub, access


def find_reference(text: str, access: Access) -> Reference:
    """What a link or `org/repo[:QUANT]` names. Raises `RepoMissing`."""
    from chatapp.hub.names import parse_reference

    reference = parse_reference(text, access.endpoint)
    if reference is None:
        raise RepoMissing(text[:200])
    return reference


def search(options: argparse.Namespace, paths: Paths) -> int:
    """Print repositories with GGUF files."""
    filters = SearchFilters(sort=options.sort, kind=options.kind, limit=options.limit)
    with open_hub(options, paths) as (hub, _):
        found = hub.search(options.text, filters=filters).repos
    if options.json:
        print_json([asdict(repo) for repo in found])
        return 0
    for repo in found:
        notes = ", ".join(part for part in (repo.license, _GATES.get(repo.gate, "")) if part)
        size = _parameters(repo.parameters)
        print(f"{repo.id:<56} {size:>7} {repo.downloads:>12,}  {notes}".rstrip())
    if not found:
        print("Nothing was found.")
    return 0


def show_info(options: argparse.Namespace, paths: Paths) -> int:
    """Print what a repository holds."""
    from chatapp.hub.names import variants

    with open_hub(options, paths) as (hub, access):
        reference = find_reference(options.repo, access)
        repo = hub.repo(reference.repo, reference.revision)
    found = variants(repo.files)
    if options.json:
        print_json(asdict(repo) | {"variants": [asdict(variant) for variant in found]})
        return 0
    facts = (
        ("repository", repo.id),
        ("licence", repo.license),
        ("access", _GATES.get(repo.gate, "")),
        ("made from", ", ".join(repo.base_models)),
        ("architecture", repo.architecture),
        ("parameters", _parameters(repo.parameters)),
        ("context", f"{repo.context_length:,} tokens" if repo.context_length else ""),
        ("downloads", f"{repo.downloads:,}"),
    )
    for name, value in facts:
        if value:
            print(f"{name:<14} {value}")
    print()
    for variant in found:
        parts = f"{len(variant.files)} files" if len(variant.files) > 1 else variant.files[0].path
        eyes = f" + {variant.projector.path}" if variant.projector is not None else ""
        print(f"{variant.quantization or '?':<12} {size_text(variant.size):>10}  {parts}{eyes}")
    if not found:
        print("There is no model in it that Chatapp can use.")
    return 0


def fit_options(options: argparse.Namespace, settings: Settings) -> FitOptions:
    """How the model would be loaded."""
    from chatapp.hub.fit import AUTOMATIC_CONTEXT, FitOptions

    return FitOptions(
        options.context or settings.context_length or AUTOMATIC_CONTEXT,
        options.cache_type,
        options.flash_attention,
    )


def show_fit(options: argparse.Namespace, paths: Paths) -> int:
    """Print whether a model, or each of those in a repository, fits into this computer."""
    from chatapp.hub.offers import clamped
    from chatapp.services import ModelServices

    with contextlib.closing(ModelServices(paths)) as services:
        wanted = fit_options(options, services.settings.current)
        machine = services.machine()
        if _is_local(options.model):
            model = services.library.find(options.model)
            return _show_local_fit(model, wanted, machine, as_json=options.json)
        with open_hub(options, paths) as (hub, access):
            repo, found, header = look_up(hub, find_reference(options.model, access))
    fitted, best = fit_variants(repo, found, header, wanted, machine, paths)
    if options.json:
        _print_fits(repo, fitted, best, machine)
    else:
        _show_fits(fitted, best, clamped(wanted, header))
    return 0


def _is_local(text: str) -> bool:
    """Whether it names a file or a model on this computer."""
    path = Path(text).expanduser()
    if "://" in text:
        return False
    return "/" not in text or path.is_absolute() or path.exists() or path.suffix == ".gguf"


def look_up(hub: HubClient, reference: Reference) -> tuple[RepoInfo, list[Variant], ModelHeader]:
    """What a reference names, and the header that its files share."""
    from chatapp.hub.names import choose, variants

    repo = hub.repo(reference.repo, reference.revision)
    found = variants(repo.files)
    if reference.quantization or reference.file:
        chosen = choose(found, reference)
        found = [chosen] if chosen is not None else []
    if not found:
        raise RepoFileMissing(repo.id, reference.file or reference.quantization or ".gguf")
    header = hub.header(repo.id, found[0].files[0].path, repo.commit or reference.revision)
    if not header.parameters:  # which only a full header tells
        header = replace(header, parameters=repo.parameters)
    return repo, found, header


def _show_local_fit(
    model: ModelFile, wanted: FitOptions, machine: Machine, *, as_json: bool
) -> int:
    from chatapp.hub.fit import judge
    from chatapp.hub.gguf_header import read_header
    from chatapp.hub.offers import clamped

    header = read_header(Path(model.path))
    wanted = clamped(wanted, header)
    fit = judge(header, model.size, wanted, machine)
    if as_json:
        print_json({"model": model.name, "machine": asdict(machine), "fit": asdict(fit)})
        return 0
    print(f"{model.name} {model.quantization}: {_VERDICTS[fit.verdict]}".replace(" :", ":"))
    print(_figures(fit, wanted))
    return 0


def fit_variants(
    repo: RepoInfo,
    found: list[Variant],
    header: ModelHeader,
    wanted: FitOptions,
    machine: Machine,
    paths: Paths,
) -> tuple[tuple[FittedVariant, ...], Recommendation | None]:
    """How each fits, and which of them suits this computer, as the window says it too."""
    from chatapp.hub.catalog import read_catalog
    from chatapp.hub.offers import Facts, fit_all, recommended

    facts = Facts(repo, tuple(found), header)
    fitted = fit_all(facts, wanted, machine, 0)
    entries = {entry.repo: entry for entry in read_catalog(paths.resources)}
    return fitted, recommended(fitted, facts, entries.get(repo.id))


def _show_fits(
    fitted: tuple[FittedVariant, ...], best: Recommendation | None, wanted: FitOptions
) -> None:
    for one in fitted:
        need = size_text(one.fit.need.total if one.fit is not None else 0)
        print(
            f"{one.variant.quantization or '?':<12} {size_text(one.variant.size):>10}  needs "
            f"{need:>10}  {_VERDICTS[one.verdict] if one.verdict is not None else '?'}"
        )
    for one in fitted:
        if best is not None and one.variant is best.variant and one.fit is not None:
            print(f"\nRecommended: {one.variant.quantization} ({REASONS[best.reason]})")
            print(_figures(one.fit, wanted))


def _print_fits(
    repo: RepoInfo,
    fitted: tuple[FittedVariant, ...],
    best: Recommendation | None,
    machine: Machine,
) -> None:
    files = [
        {
            "quantization": one.variant.quantization,
            "path": one.variant.files[0].path,
            "size": one.variant.size,
            "is_recommended": best is not None and best.variant is one.variant,
            "fit": asdict(one.fit) if one.fit is not None else None,
        }
        for one in fitted
    ]
    reason = best.reason if best is not None else None
    print_json({"repo": repo.id, "machine": asdict(machine), "files": files, "reason": reason})


def _figures(fit: Fit, wanted: FitOptions) -> str:
    need = fit.need
    return (
        f"weights {size_text(need.weights)} + context of {wanted.context_length:,} tokens "
        f"{size_text(need.cache)} + buffers {size_text(need.compute)} = {size_text(need.total)} of "
        f"{size_text(fit.available)}; layers on a GPU: {fit.gpu_layers}"
    )


def size_text(count: int) -> str:
    """In megabytes or gigabytes; 0 is unknown."""
    if not count:
        return "?"
    return f"{count / 1e9:,.2f} GB" if count >= 1e9 else f"{count / 1e6:,.1f} MB"


def _parameters(count: int) -> str:
    if not count:
        return ""
    return f"{count / 1e9:.1f}B" if count >= 1e9 else f"{count / 1e6:.0f}M"
