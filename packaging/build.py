#!/usr/bin/env python3
"""Makes what people install, for the system that this runs on.

    python3 packaging/build.py --target deb --with-starter-model
    python3 packaging/build.py --target deb --target tar --backend vulkan --output dist

Targets are deb, appimage, appdir and tar on Linux, dmg on macOS and exe on Windows. It takes a
Python of 3.11 or newer with its shared library, which comes along, and a C++ compiler. llama.cpp
is compiled for the back end once (half an hour on two cores) and kept in build/, with everything
else that is made on the way. The artefacts and their checksums go to dist/.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import platform
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from bootstrap import root_prefix
from engine_build import BACKENDS, problems
from environment import PYTHON, is_inside, make_environment
from steps import BUILD, FROZEN, ROOT, BuildError, internal, run, say, system_name

from chatapp import __version__
from chatapp.hub.starter import find_starter_model
from chatapp.system_parts import (
    VENV_MODULE,
    Part,
    advice,
    install_commands,
    is_loadable,
    missing_for_llama,
    missing_for_qt,
    this_distribution,
)

TARGETS = {
    "linux": ("deb", "appimage", "appdir", "tar"),
    "darwin": ("dmg",),
    "win32": ("exe",),
}
_SUFFIXES = {"appimage": ".AppImage", "appdir": ".AppDir", "tar": ".tar.gz"}
_SPEC = ROOT / "packaging" / "chatapp.spec"
_PYTHON_LIBRARY = Part(
    "Python's shared library",
    "libpython{}.{}".format(*sys.version_info),
    "python3-libs",
    "python",
)
_BINUTILS = Part("binutils", "binutils", "binutils", "binutils")
_SQUASHFS = Part("squashfs-tools", "squashfs-tools", "squashfs-tools", "squashfs-tools")


def read_options(arguments: list[str]) -> argparse.Namespace:
    """Read the command line; ends the program with code 2 on wrong usage."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--target",
        action="append",
        required=True,
        choices=TARGETS.get(sys.platform, ()),
        help="what to make; more than one if given more than once",
    )
    parser.add_argument(
        "--backend", choices=BACKENDS, default=_usual_backend(), help="default: %(default)s"
    )
    parser.add_argument(
        "--with-starter-model", action="store_true", help="put the starter model inside (98 MB)"
    )
    parser.add_argument(
        "--output", type=Path, default=ROOT / "dist", metavar="FOLDER", help="default: dist/"
    )
    options = parser.parse_args(arguments)
    options.output = options.output.absolute()
    return options


def provide(options: argparse.Namespace) -> None:
    """Have the system's package manager bring what is missing here, as far as it may.

    Libraries that Qt needs are among it: copies of them go along. Raises `BuildError`.
    """
    missing = [*missing_for_qt(), *missing_for_llama(compiled=True)]
    if sys.platform == "linux":
        missing += [] if importlib.util.find_spec("ensurepip") else [VENV_MODULE]
        missing += [] if _has_python_library() else [_PYTHON_LIBRARY]
        missing += [] if shutil.which("objdump") and shutil.which("strip") else [_BINUTILS]
        needs_squashfs = "appimage" in options.target and not shutil.which("mksquashfs")
        missing += [_SQUASHFS] if needs_squashfs else []
        if "deb" in options.target and not shutil.which("dpkg-deb"):
            raise BuildError("dpkg-deb is missing: make the .deb on Debian or Ubuntu")
    if not missing:
        return
    commands = install_commands(missing, this_distribution())
    root = root_prefix(may_ask=True) if commands else None
    if root is None:
        raise BuildError(advice(missing, commands))
    for command in commands:
        run(*root, *command, doing="Installing what is missing here")


def _has_python_library() -> bool:
    """Whether this Python has its shared library, which the frozen program takes along."""
    name, folder = sysconfig.get_config_var("INSTSONAME"), sysconfig.get_config_var("LIBDIR")
    if ".so" not in name:
        raise BuildError(f"{sys.executable} was built without its shared library: use another one")
    return Path(folder, name).is_file() or is_loadable(name)


def make_program(options: argparse.Namespace) -> tuple[Path, Path]:
    """Freeze Chatapp; the program and the text with all licences. Raises `BuildError`."""
    import translations
    from notices import TEXT, write_notices

    try:
        for source in translations.sources():
            translations.compile_file(source)
    except translations.TranslationError as error:
        raise BuildError(str(error)) from error
    shutil.rmtree(FROZEN, ignore_errors=True)
    run(
        *(sys.executable, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN"),
        *("--distpath", FROZEN, "--workpath", BUILD / "freeze", _SPEC),
        doing="Freezing",
        environment={"PYTHONHASHSEED": "0"},
    )
    program = FROZEN / ("Chatapp.app" if sys.platform == "darwin" else "chatapp")
    inside = internal(program)
    found = problems(inside / "llama_cpp" / "lib", options.backend)
    if found:
        raise BuildError(f"the engine can't be given to others: {'; '.join(found)}")
    if sys.platform == "linux":
        # Python's is not stripped where it was compiled by its user. Those of wheels must not be.
        for library in inside.glob("libpython*.so.*"):
            run("strip", "--strip-unneeded", library, doing="Stripping")
    if options.with_starter_model:
        models = inside / "resources" / "models"
        models.mkdir()
        shutil.copy(_starter_model(inside / "resources"), models)
    notices = BUILD / TEXT
    write_notices(inside / "resources", notices, with_starter_model=options.with_starter_model)
    if sys.platform != "linux":  # there it lies where the system keeps such texts
        shutil.copy(notices, inside / "resources" if sys.platform == "darwin" else program)
    return program, notices


def make_artefact(target: str, options: argparse.Namespace, program: Path, notices: Path) -> Path:
    """Make one of the targets and its checksum. Raises `BuildError`."""
    options.output.mkdir(parents=True, exist_ok=True)
    artefact: Path = options.output / artefact_name(target, options.backend)
    if sys.platform == "darwin":
        from macos import bundle

        bundle.make_dmg(program, artefact)
    elif sys.platform == "win32":
        from windows import installer

        installer.make_installer(program, artefact, __version__)
    else:
        _make_for_linux(target, artefact, options.backend, program, notices)
    if artefact.is_file():
        with artefact.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        line = f"{digest}  {artefact.name}\n"
        artefact.with_name(f"{artefact.name}.sha256").write_text(line, encoding="ascii")
    return artefact


def _make_for_linux(
    target: str, artefact: Path, backend: str, program: Path, notices: Path
) -> None:
    from linux import appimage, archive, deb, tree

    usr = BUILD / "linux" / "usr"
    tree.make_usr(program, notices, usr)
    match target:
        case "deb":
            deb.make_deb(usr, artefact, backend)
        case "tar":
            archive.make_archive(usr, artefact)
        case "appdir":
            appimage.make_appdir(usr, artefact)
        case _:
            appdir = BUILD / "linux" / "Chatapp.AppDir"
            appimage.make_appdir(usr, appdir)
            appimage.make_appimage(appdir, artefact)


def artefact_name(target: str, backend: str) -> str:
    """The name of a file to give away; what is usual on a system is left out of it."""
    suffix = "" if backend in {"cpu", "metal"} else f"-{backend}"
    if target == "deb":
        from linux import deb

        # Not Debian's form of the version: GitHub puts a dot in the place of a tilde.
        return f"chatapp{suffix}_{__version__}_{deb.architecture()}.deb"
    machine = {"amd64": "x86_64", "aarch64": "arm64"}.get(
        platform.machine().lower(), platform.machine().lower()
    )
    extension = _SUFFIXES.get(target, f".{target}")
    return f"chatapp-{__version__}-{system_name()}-{machine}{suffix}{extension}"


def sizes(program: Path, artefacts: list[Path]) -> list[str]:
    """A table for README.md: what is downloaded, and what takes how much once it is installed."""
    inside = internal(program)
    parts = {
        "Qt": _size(inside / "PySide6") + _size(inside / "shiboken6"),
        "llama.cpp": _size(inside / "llama_cpp"),
        "NumPy": _size(inside / "numpy") + _size(inside / "numpy.libs"),
        "the starter model": _size(inside / "resources" / "models"),
    }
    everything = _size(program)
    parts["Python, other packages, Chatapp itself"] = everything - sum(parts.values())
    lines = ["| what | MB |", "|---|---|"]
    lines += [f"| {path.name} | {_size(path) / 1e6:.1f} |" for path in artefacts]
    lines.append(f"| installed | {everything / 1e6:.1f} |")
    lines += [f"| – {name} | {size / 1e6:.1f} |" for name, size in parts.items() if size]
    return lines


def _size(path: Path) -> int:
    """The bytes of a file or of all files below a folder; links count nothing."""
    files = [path] if path.is_file() else path.rglob("*")
    return sum(one.stat().st_size for one in files if one.is_file() and not one.is_symlink())


def _usual_backend() -> str:
    is_apple = (sys.platform, platform.machine()) == ("darwin", "arm64")
    return "metal" if is_apple else "cpu"


def _starter_model(resources: Path) -> Path:
    path = find_starter_model(resources)
    if path is None:
        raise BuildError(f"the starter model is missing: delete {BUILD / 'venv'} and start again")
    return path


def main(arguments: list[str]) -> int:
    """Build and return the exit code.

    Everything up to the environment is done by whatever Python starts this; the rest by its own.
    """
    options = read_options(arguments)
    try:
        if not is_inside():
            provide(options)
            make_environment(options.backend)
            return subprocess.call([PYTHON, __file__, *arguments])
        program, notices = make_program(options)
        artefacts = [make_artefact(target, options, program, notices) for target in options.target]
    except BuildError as error:
        print(f"{error}.", file=sys.stderr)
        return 1
    say("\n".join(["", *sizes(program, artefacts), "", *map(str, artefacts)]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
