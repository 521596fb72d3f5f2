"""The one entry point: window or command line.

Nothing heavy is imported here, because a spawned worker process imports this module again.
"""

from __future__ import annotations

import gc
import sys


def main(arguments: list[str] | None = None) -> int:
    """Run Chatapp and return its exit code: 0 done, 1 a foreseeable failure, 2 wrong usage."""
    if getattr(sys, "frozen", False):  # elsewhere it does nothing, and its import takes a while
        from multiprocessing import freeze_support

        freeze_support()
    from chatapp.cli.arguments import parse

    options = parse(sys.argv[1:] if arguments is None else arguments)
    if options.smoke_test:
        from chatapp.smoke_test import run_smoke_test

        return run_smoke_test()
    from chatapp.cli.command import guarded, run

    if options.command is None:
        return guarded(
            lambda: _open_window(options.data_dir, options.targets, quick_ask=options.quick_ask)
        )
    return guarded(lambda: run(options))


def _open_window(data_dir: str | None, targets: list[str], *, quick_ask: bool) -> int:
    from chatapp.cli.command import choose_paths
    from chatapp.display import check_display

    check_display()
    # What is imported is no garbage, and looking through it takes a while; the window collects.
    gc.disable()
    from chatapp.app import run_window
    from chatapp.ui.links import Wish

    return run_window(choose_paths(data_dir), Wish.of(targets, quick_ask=quick_ask))


if __name__ == "__main__":
    sys.exit(main())
