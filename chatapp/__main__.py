"""The one entry point: window or command line.

Nothing heavy is imported here, because a spawned worker process imports this module again.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import Namespace


def main(arguments: list[str] | None = None) -> int:
    """Run Chatapp and return its exit code: 0 done, 1 a foreseeable failure, 2 wrong usage."""
    if getattr(sys, "frozen", False):
        _start_frozen()
    if sys.platform == "linux":
        _choose_utf8()
    from chatapp.cli.arguments import parse

    options = parse(sys.argv[1:] if arguments is None else arguments)
    from chatapp.cli.command import guarded

    return guarded(lambda: _run(options))


def _run(options: Namespace) -> int:
    if sys.platform == "linux" and not os.path.exists("/proc/self"):  # noqa: PTH110
        from chatapp.errors import ProcMissing

        raise ProcMissing
    if options.smoke_test:
        from chatapp.smoke_test.run import run_smoke_test

        return run_smoke_test()
    if options.command is None:
        return _open_window(options.data_dir, options.targets, quick_ask=options.quick_ask)
    from chatapp.cli.command import run

    return run(options)


def _start_frozen() -> None:
    """What an installed program, which is its own interpreter, has to do first of all."""
    if sys.stdout is None:  # a program without a console, on Windows: nobody can read it
        sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    from multiprocessing import freeze_support

    freeze_support()  # does not return in a process that was started for something else
    if sys.platform == "linux":
        _restore_library_path()


def _restore_library_path() -> None:
    """Let programs that are started from here find the system's libraries, and not ours.

    PyInstaller put ours into LD_LIBRARY_PATH and started this process anew, which has read that and
    keeps to it. What is started of Chatapp itself does the same again when told that it may.
    """
    original = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    os.environ.pop("LD_LIBRARY_PATH", None)
    if original is not None:
        os.environ["LD_LIBRARY_PATH"] = original
    os.environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"


def _choose_utf8() -> None:
    """Qt takes UTF-8 for any other encoding of the locale, and warns; a missing locale is "C"."""
    import locale

    with contextlib.suppress(locale.Error):
        locale.setlocale(locale.LC_CTYPE, "")
    if locale.nl_langinfo(locale.CODESET).upper() != "UTF-8":
        os.environ["LC_ALL" if os.environ.get("LC_ALL") else "LC_CTYPE"] = "C.UTF-8"


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
