"""What can be said after `chatapp models` on the command line."""

from __future__ import annotations

import argparse
from enum import StrEnum

from chatapp.cli.arguments import at_least_one
from chatapp.cli.library_commands import add_library_actions
from chatapp.cli.quantize_command import add_quantize
from chatapp.cli.tune_command import add_tune
from chatapp.domain.hub import SearchKind, SearchSort

_MOST_RESULTS = 100


def add_model_actions(models: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """Add the actions; all of them take what is `common` to every command."""
    actions = models.add_subparsers(dest="action", metavar="ACTION", required=True)
    add_library_actions(actions, [common])
    hub = argparse.ArgumentParser(add_help=False, parents=[common])
    hub.add_argument(
        "--endpoint", metavar="URL", default="", help="the Hub or a mirror of it; default: settings"
    )
    search = actions.add_parser("search", parents=[hub], help="find models on the Hub")
    search.add_argument("text", metavar="TEXT")
    search.add_argument(
        "--sort",
        type=_sort,
        default="downloads",
        metavar="BY",
        help=f"{_names(SearchSort)}; default: downloads",
    )
    search.add_argument(
        "--kind",
        type=_kind,
        default="any",
        metavar="KIND",
        help=f"{_names(SearchKind)}; default: any",
    )
    search.add_argument("--limit", metavar="N", type=_limit, default=20, help="default: 20")
    search.add_argument("--json", action="store_true", help="print a JSON array")

    info = actions.add_parser("info", parents=[hub], help="what a repository holds")
    info.add_argument("repo", metavar="ORG/REPO", help="its name, or a link to it")
    info.add_argument("--json", action="store_true", help="print one JSON object")

    load = argparse.ArgumentParser(add_help=False)
    load.add_argument("--context", metavar="N", type=at_least_one, help="tokens; default: settings")
    load.add_argument("--cache-type", choices=("f16", "q8_0", "q4_0"), default="f16")
    load.add_argument(
        "--flash-attention", action=argparse.BooleanOptionalAction, help="default: automatic"
    )
    load.add_argument("--json", action="store_true", help="print one JSON object")
    pull = actions.add_parser(
        "pull", parents=[hub, load], help="download a model, or go on with a download"
    )
    pull.add_argument(
        "model",
        metavar="ORG/REPO[:QUANT]",
        help="its name, or a link; without QUANT what suits this computer",
    )
    fit = actions.add_parser(
        "fit", parents=[hub, load], help="whether a model fits into this computer"
    )
    fit.add_argument(
        "model", metavar="PATH|ORG/REPO[:QUANT]", help="a file, a name from the list, or a link"
    )
    add_quantize(actions, [common])
    add_tune(actions, [common])


def _names(kinds: type[StrEnum]) -> str:
    return ", ".join(kind.name.lower() for kind in kinds)


def _sort(text: str) -> SearchSort:
    try:
        return SearchSort[text.upper()]
    except KeyError:
        raise argparse.ArgumentTypeError(f"must be one of {_names(SearchSort)}") from None


def _kind(text: str) -> SearchKind:
    try:
        return SearchKind[text.upper()]
    except KeyError:
        raise argparse.ArgumentTypeError(f"must be one of {_names(SearchKind)}") from None


def _limit(text: str) -> int:
    value = int(text)
    if not 1 <= value <= _MOST_RESULTS:
        raise argparse.ArgumentTypeError(f"must lie between 1 and {_MOST_RESULTS}")
    return value
