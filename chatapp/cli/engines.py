"""`chatapp engines`: other builds of llama.cpp than the one that Chatapp came with."""

from __future__ import annotations

import argparse
import contextlib
import sys
from concurrent.futures import CancelledError
from dataclasses import asdict
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from chatapp.cli.library_commands import print_json
from chatapp.sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatapp.domain.engine_pack import EngineInfo, EnginePack, InstallProgress
    from chatapp.network import Stop
    from chatapp.paths import Paths
    from chatapp.services import ModelServices

_BUILT_IN = "built-in"
_WIDTH = 40  # of the line that tells how far it is


def add_engine_actions(engines: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """What can be done with them."""
    from chatapp.hub.wheel_index import builds

    actions = engines.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", parents=[common], help="list those on this computer")
    adding = actions.add_parser(
        "add", parents=[common], help="add one, from a file or from llama-cpp-python's index"
    )
    adding.add_argument(
        "file",
        nargs="?",
        type=Path,
        metavar="FILE.whl",
        help="a wheel of llama-cpp-python. It is a program: add only what you trust",
    )
    names = ", ".join(builds())
    adding.add_argument("--build", metavar="NAME", help=f"download this one: {names}")
    adding.add_argument(
        "--version",
        metavar="V",
        default="",
        help="default: that of the built-in engine, else the newest",
    )
    adding.add_argument("--index", metavar="URL", default="", help="another index")
    using = actions.add_parser("use", parents=[common], help="run models with this one")
    using.add_argument("name", metavar="NAME", help=f"a name from the list, or {_BUILT_IN}")
    removing = actions.add_parser("remove", parents=[common], help="delete one")
    removing.add_argument("name", metavar="NAME", help="a name from the list")
    for action in (listing, adding, using, removing):
        action.add_argument("--json", action="store_true", help="print JSON")
    adding.set_defaults(usage_error=adding.error)


def engines(options: argparse.Namespace, paths: Paths) -> int:
    """Do it."""
    from chatapp.services import ModelServices

    actions = {"list": _list, "add": _add, "use": _use, "remove": _remove}
    if options.action == "add" and (options.file is None) == (options.build is None):
        options.usage_error("either a file or --build is needed")
    with contextlib.closing(ModelServices(paths)) as services:
        actions[options.action](options, services)
    return 0


def _list(options: argparse.Namespace, services: ModelServices) -> None:
    chosen = services.settings.current.engine_pack
    packs = services.engine_packs.packs()
    if options.json:
        print_json([_as_data(pack) | {"is_chosen": pack.name == chosen} for pack in packs])
        return
    for pack in packs:
        mark = "*" if pack.name == chosen else " "
        size = f"{pack.size / 1e6:,.1f} MB"
        name = pack.name or _BUILT_IN
        print(f"{mark} {name:<32} {pack.version:<12} {pack.backend:<8} {size:>12}".rstrip())
        if pack.problem is not None:
            print(f"    {sentence(pack.problem)}")


def _add(options: argparse.Namespace, services: ModelServices) -> None:
    def work(stop: Stop) -> EnginePack:
        if options.file is not None:
            return services.engine_packs.install(options.file, stop=stop, on_progress=_progress)
        return services.download_engine(
            options.build,
            version=options.version,
            address=options.index,
            stop=stop,
            on_progress=_progress,
        )

    pack = _stoppable(work)
    if options.json:
        print_json(_as_data(pack))
    else:
        print(f"{pack.name}: {pack.path}")
        print(f"“chatapp engines use {pack.name}” runs models with it.")


def _use(options: argparse.Namespace, services: ModelServices) -> None:
    name = "" if options.name == _BUILT_IN else options.name
    if name:
        services.engine_packs.find(name)
    services.settings.change(engine_pack=name)
    info = services.start_engine()
    if options.json:
        print_json(_info_data(info))
    elif info is not None:
        print(f"{info.name or _BUILT_IN}: llama.cpp {info.version}, {info.backend}")
        if info.problem is not None:
            print(sentence(info.problem))


def _remove(options: argparse.Namespace, services: ModelServices) -> None:
    if services.settings.current.engine_pack == options.name:
        services.settings.change(engine_pack="")
    services.engine_packs.remove(options.name)
    if options.json:
        print_json({"name": options.name})
    else:
        print(f"{options.name} was deleted.")


def _stoppable(work: Callable[[Stop], EnginePack]) -> EnginePack:
    """Have it done in another thread, so that Ctrl+C is noticed on every system."""
    from chatapp.network import Stop

    stop, done = Stop(), Event()
    found: list[EnginePack] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            found.append(work(stop))
        except BaseException as error:  # noqa: BLE001 - it is raised again below
            failed.append(error)
        finally:
            done.set()

    thread = Thread(target=run, name="engine")
    thread.start()
    try:
        while not done.wait(0.1):
            pass
    except KeyboardInterrupt:
        stop.set()
        raise
    finally:
        thread.join()
        if sys.stderr.isatty():
            print(f"\r{'':{_WIDTH}}\r", end="", file=sys.stderr, flush=True)
    if failed:
        raise KeyboardInterrupt if isinstance(failed[0], CancelledError) else failed[0]
    return found[0]


def _progress(progress: InstallProgress) -> None:
    if sys.stderr.isatty():
        words = f"{progress.stage}: {progress.done / 1e6:,.0f} of {progress.size / 1e6:,.0f} MB"
        print(f"\r{words:<{_WIDTH}}", end="", file=sys.stderr, flush=True)


def _as_data(pack: EnginePack) -> dict[str, Any]:
    problem = None if pack.problem is None else sentence(pack.problem)
    return asdict(pack) | {"problem": problem}


def _info_data(info: EngineInfo | None) -> dict[str, Any] | None:
    if info is None:
        return None
    problem = None if info.problem is None else sentence(info.problem)
    return asdict(info) | {"problem": problem}
