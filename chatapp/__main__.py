"""The one entry point: window or command line.

Nothing heavy is imported here, because a spawned worker process imports this module again.
"""

from __future__ import annotations

import sys


def main(arguments: list[str] | None = None) -> int:
    """Run Chatapp and return its exit code: 0 done, 1 a foreseeable failure, 2 wrong usage."""
    from multiprocessing import freeze_support

    freeze_support()
    from chatapp import cli

    options = cli.parse(sys.argv[1:] if arguments is None else arguments)
    if options.smoke_test:
        from chatapp.smoke_test import run_smoke_test

        return run_smoke_test()
    if options.command is None:
        return cli.guarded(lambda: _open_window(options.data_dir))
    return cli.guarded(lambda: cli.run(options))


def _open_window(data_dir: str | None) -> int:
    from chatapp.cli import choose_paths
    from chatapp.display import check_display

    check_display()
    from chatapp.app import run_window

    return run_window(choose_paths(data_dir))


if __name__ == "__main__":
    sys.exit(main())
