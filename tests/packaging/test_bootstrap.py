"""The set-up of a bare machine, on a copy of its files beside a small project of their own."""

from __future__ import annotations

import ast
import fcntl
import http.server
import importlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from chatapp import system_parts

PACKAGING = Path(__file__).parent.parent.parent / "packaging"
MODULES = ("bootstrap", "llama_builds", "translations")
PROJECT = '[project]\ndependencies = ["numpy", "llama-cpp-python>=0.3.36,<0.4"]\n'
# Stands for both programs that are started: it shows what reached it.
PROGRAM = """
import json, os, sys
print(json.dumps([sys.argv[1:], os.environ.get("QT_QPA_PLATFORM"), os.getcwd()]))
sys.exit(int(os.environ.get("EXIT_CODE", "0")))
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "Ünï cödé #1 [x] 学习"
    (folder / "packaging").mkdir(parents=True)
    for name in MODULES:
        shutil.copy(PACKAGING / f"{name}.py", folder / "packaging")
    (folder / "chatapp").mkdir()
    for name in ("__init__", "display", "errors", "system_parts"):
        shutil.copy(PACKAGING.parent / "chatapp" / f"{name}.py", folder / "chatapp")
    (folder / "pyproject.toml").write_text(PROJECT)
    programs = tmp_path / "programs"
    (programs / "chatapp").mkdir(parents=True)
    (programs / "chatapp" / "__main__.py").write_text(PROGRAM)
    (programs / "pytest.py").write_text(PROGRAM)
    return folder


@pytest.fixture
def bootstrap(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.delenv("CMAKE_ARGS", raising=False)
    monkeypatch.syspath_prepend(str(root / "packaging"))
    yield importlib.import_module("bootstrap")
    for name in MODULES:
        sys.modules.pop(name, None)


@pytest.fixture
def finished(bootstrap: ModuleType) -> ModuleType:
    """A set-up that is done for everything, with a real but empty environment."""
    command = [sys.executable, "-m", "venv", "--without-pip", str(bootstrap.VENV)]
    subprocess.run(command, check=True)
    bootstrap.write_stamp(cmake_args="", extras=bootstrap.TEST_EXTRAS)
    return bootstrap


@pytest.fixture
def log(bootstrap: ModuleType) -> object:
    bootstrap.VENV.mkdir(exist_ok=True)
    with bootstrap.LOCK.open("ab") as lock:
        yield bootstrap.Log(lock.fileno())


def start(
    root: Path, *arguments: str, folder: Path | None = None, **variables: str
) -> subprocess.Popen[str]:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "CMAKE_ARGS"}
    }
    environment |= {"PYTHONPATH": str(root.parent / "programs"), **variables}
    return subprocess.Popen(
        [sys.executable, str(root / "packaging" / "bootstrap.py"), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=folder or root.parent,
        env=environment,
    )


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    output, errors = process.communicate(timeout=60)
    return process.returncode, output, errors


# What is started


@pytest.mark.usefixtures("finished")
def test_what_follows_the_dashes_reaches_chatapp(root: Path) -> None:
    words = ["ask", "Häßlich -- schön?", "--json", "--", "x"]
    code, output, _ = finish(start(root, "run", "--", *words))
    assert code == 0
    assert json.loads(output) == [words, None, str(root.parent)]


@pytest.mark.usefixtures("finished")
def test_the_exit_code_is_chatapps(root: Path) -> None:
    assert finish(start(root, "run", "--", "ask", EXIT_CODE="7"))[0] == 7


@pytest.mark.usefixtures("finished")
def test_without_display_the_conversation_is_in_the_terminal(root: Path) -> None:
    code, output, _ = finish(start(root, "run"))
    sentence, arguments = output.splitlines()
    assert code == 0
    assert "no display" in sentence
    assert json.loads(arguments)[0] == ["chat"]


@pytest.mark.usefixtures("finished")
def test_with_a_display_the_window_opens(root: Path) -> None:
    _, output, _ = finish(start(root, "run", WAYLAND_DISPLAY="wayland-0"))
    assert json.loads(output)[0] == []


@pytest.mark.usefixtures("finished")
def test_a_file_in_the_current_folder_takes_no_modules_place(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "trap"
    folder.mkdir()
    (folder / "chatapp.py").write_text("raise SystemExit('trapped')")
    code, output, _ = finish(start(root, "run", "--", "ask", folder=folder))
    assert code == 0
    assert json.loads(output)[2] == str(folder)


@pytest.mark.usefixtures("finished")
@pytest.mark.parametrize("platform", [None, "xcb"])
def test_tests_run_in_the_repository_and_need_no_display(root: Path, platform: str | None) -> None:
    given = {} if platform is None else {"QT_QPA_PLATFORM": platform}
    _, output, _ = finish(start(root, "test", "--", "-k", "one or two", **given))
    assert json.loads(output) == [["-k", "one or two"], platform or "offscreen", str(root)]


@pytest.mark.parametrize("words", [[], ["run", "ask"], ["start"], ["setup", "--", "x"]])
def test_wrong_usage(root: Path, words: list[str]) -> None:
    code, output, errors = finish(start(root, *words))
    assert (code, output) == (2, "")
    assert errors.startswith("Usage: ")
    assert not (root / ".venv").exists()


def test_help_names_the_three_commands(root: Path) -> None:
    code, output, _ = finish(start(root, "--help"))
    assert code == 0
    assert all(f"bootstrap.py {command} " in output + " " for command in ("run", "test"))
    assert "bootstrap.py setup\n" in output


def test_an_old_python_can_parse_the_file_and_checks_its_version_first() -> None:
    tree = ast.parse((PACKAGING / "bootstrap.py").read_text("utf-8"), feature_version=(3, 6))
    docstring, only_import, check, *_ = tree.body
    assert isinstance(docstring, ast.Expr)
    assert ast.unparse(only_import) == "import sys"
    assert ast.unparse(check).startswith("if sys.version_info < (3, 11):")


# What is skipped


def test_a_finished_set_up_is_recognised(finished: ModuleType) -> None:
    assert finished.is_set_up(set())
    assert finished.is_set_up(finished.TEST_EXTRAS)


def test_a_changed_project_is_set_up_again(finished: ModuleType) -> None:
    finished.PROJECT.write_text(PROJECT + "# changed\n")
    assert not finished.is_set_up(set())


def test_more_extras_are_set_up(finished: ModuleType) -> None:
    finished.write_stamp(cmake_args="", extras=set())
    assert finished.is_set_up(set())
    assert not finished.is_set_up(finished.TEST_EXTRAS)


def test_other_cmake_args_are_set_up(finished: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    finished.write_stamp(cmake_args="-DGGML_VULKAN=on", extras=set())
    assert finished.is_set_up(set())
    monkeypatch.setenv("CMAKE_ARGS", "-DGGML_VULKAN=on")
    assert finished.is_set_up(set())
    monkeypatch.setenv("CMAKE_ARGS", "-DGGML_CUDA=on")
    assert not finished.is_set_up(set())


@pytest.mark.parametrize("text", ["", "[1", "[]", '{"fingerprint": ""}'])
def test_a_bad_stamp_is_no_stamp(finished: ModuleType, text: str) -> None:
    finished.STAMP.write_text(text)
    assert not finished.is_set_up(set())
    (finished.VENV / "pyvenv.cfg").unlink()
    assert not finished.is_set_up(set())


def test_an_unfinished_set_up_is_not_recognised(finished: ModuleType) -> None:
    finished.write_stamp(cmake_args="")
    assert not finished.is_set_up(set())


def test_a_removed_python_is_noticed(finished: ModuleType) -> None:
    finished.PYTHON.unlink()
    finished.PYTHON.symlink_to("/nonexistent/python3.11")
    assert not finished.is_set_up(set())
    assert not finished.is_usable()


def test_a_broken_environment_is_made_again(bootstrap: ModuleType, log: object) -> None:
    (bootstrap.VENV / "lib").mkdir()
    (bootstrap.VENV / "bin").symlink_to("/nonexistent")
    assert not bootstrap.is_usable()
    bootstrap.make_environment(log)
    assert bootstrap.is_usable()

    bootstrap.UNFINISHED.touch()  # as it is when pip was killed
    assert not bootstrap.is_usable()
    bootstrap.UNFINISHED.unlink()
    bootstrap.STAMP.write_text('{"root": "/elsewhere"}')
    assert not bootstrap.is_usable()
    bootstrap.STAMP.unlink()
    (bootstrap.VENV / "pyvenv.cfg").unlink()
    assert not bootstrap.is_usable()


def test_the_repository_is_found_in_every_locale(finished: ModuleType) -> None:
    (finished.ROOT / "found.py").touch()
    (libraries,) = finished.VENV.glob("lib/python*/site-packages")
    path = libraries / "_editable_impl_chatapp.pth"
    path.write_text(f"{finished.ROOT}\n", "utf-8")
    finished.make_path_relative()
    command = [finished.PYTHON, "-c", "import found"]
    environment = {"LC_ALL": "C", "PATH": os.environ["PATH"]}
    subprocess.run(command, env=environment, cwd="/", check=True)


# Two at once, interruption, failure


def test_a_second_bootstrap_waits_for_the_first(root: Path, finished: ModuleType) -> None:
    finished.write_stamp(cmake_args="")
    with finished.exclusive():
        process = start(root, "run", "--", "ask")
        assert process.stdout is not None
        assert "waiting" in process.stdout.readline()
        finished.write_stamp(cmake_args="", extras=set())
    code, output, _ = finish(process)
    assert code == 0
    assert json.loads(output)[0] == ["ask"]


def test_an_interruption_is_one_line(root: Path, finished: ModuleType) -> None:
    finished.write_stamp(cmake_args="")
    with finished.exclusive():
        process = start(root, "run", "--", "ask")
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert finish(process) == (130, "", "\nInterrupted.\n")


def test_what_outlives_a_killed_bootstrap_keeps_its_lock(finished: ModuleType) -> None:
    with finished.LOCK.open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        command = [sys.executable, "-c", "input()"]
        descriptors = (lock.fileno(),)
        survivor = subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=descriptors)
    with finished.LOCK.open("ab") as lock, pytest.raises(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    survivor.communicate(b"\n", timeout=30)
    with finished.LOCK.open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_failure_is_one_sentence(root: Path) -> None:
    (root / ".venv").touch()
    code, output, errors = finish(start(root, "run", "--", "ask"))
    assert (code, output) == (1, "")
    assert errors == f"Remove this cause: File exists: {root / '.venv'}, then run this again.\n"


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("[Errno -3] Temporary failure in name resolution", "connect this machine"),
        ("Temporary failure resolving 'deb.example'", "connect this machine"),
        ("error: something else", "do that (details: "),
    ],
)
def test_the_output_decides_the_sentence(
    bootstrap: ModuleType, log: object, words: str, advice: str
) -> None:
    log.execute([sys.executable, "-c", "print('No space left on device')"], "before")
    code = log.execute([sys.executable, "-c", f"print({words!r}); raise SystemExit(3)"], "now")
    sentence = log.reason("do that")
    assert code == 3
    assert advice in sentence
    assert str(bootstrap.LOG) in sentence


def test_translations_are_compiled_where_they_can_be(
    finished: ModuleType, log: object, capsys: pytest.CaptureFixture[str]
) -> None:
    translation = finished.ROOT / "resources" / "i18n" / "chatapp_xx.ts"
    translation.parent.mkdir(parents=True)
    translation.touch()
    finished.compile_translations(log)
    assert "going on without" in capsys.readouterr().out.splitlines()[-1]
    assert not finished.all_compiled()

    tool = finished.PYTHON.with_name("pyside6-lrelease")
    tool.write_text('#!/bin/sh\nwhile [ "$1" != -qm ]; do shift; done; : > "$2"\n')
    tool.chmod(0o755)
    finished.compile_translations(log)
    assert "going on" not in capsys.readouterr().out
    assert finished.all_compiled()
    finished.compile_translations(log)
    assert capsys.readouterr().out == ""
    os.utime(translation, ns=(0, translation.with_suffix(".qm").stat().st_mtime_ns + 1))
    assert not finished.all_compiled()


# The system


@pytest.mark.parametrize(
    ("os_release", "family"),
    [
        ({"ID": "debian", "VERSION_ID": "12"}, "debian"),
        ({"ID": "ubuntu", "ID_LIKE": "debian"}, "debian"),
        ({"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}, "debian"),
        ({"ID": "fedora"}, "fedora"),
        ({"ID": "rocky", "ID_LIKE": "rhel centos fedora"}, "fedora"),
        ({"ID": "arch"}, "arch"),
        ({"ID": "endeavouros", "ID_LIKE": "arch"}, "arch"),
        ({"ID": "opensuse-tumbleweed", "ID_LIKE": "opensuse suse"}, ""),
        ({}, ""),
    ],
)
def test_distributions(bootstrap: ModuleType, os_release: dict[str, str], family: str) -> None:
    assert system_parts.distribution(os_release) == family


@pytest.mark.parametrize(
    ("family", "install"),
    [
        ("debian", "apt-get install -y --no-install-recommends libegl1 libgl1 libxcb-cursor0"),
        ("fedora", "dnf install -y libglvnd-egl libglvnd-glx xcb-util-cursor"),
        ("arch", "pacman -S --needed --noconfirm libglvnd xcb-util-cursor"),
    ],
)
def test_only_missing_packages_are_installed(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, family: str, install: str
) -> None:
    gone = {"libEGL.so.1", "libGL.so.1", "libxcb-cursor.so.0"}
    monkeypatch.setattr(system_parts, "is_loadable", lambda library: library not in gone)
    monkeypatch.setattr(system_parts, "FONT_FOLDERS", ("/usr/share/fonts", "/nonexistent"))
    font = system_parts.FONT
    missing = [part for part in bootstrap.missing_for_qt() if part != font]
    *_, command = bootstrap.install_commands(missing, family)
    assert " ".join(command) == install


@pytest.mark.parametrize(
    ("displays", "stops"),
    [
        ({"DISPLAY"}, True),
        ({"WAYLAND_DISPLAY"}, False),
        ({"DISPLAY", "WAYLAND_DISPLAY"}, False),
        (set(), False),
    ],
)
def test_x11_is_indispensable_as_the_only_display(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, displays: set[str], *, stops: bool
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.setenv(name, ":0" if name in displays else "")
    assert bootstrap.prevents_window([system_parts.X11_LIBRARIES[0]]) is stops
    assert bootstrap.prevents_window([system_parts.QT_LIBRARIES[0], system_parts.FONT])
    assert not bootstrap.prevents_window([system_parts.FONT])
    assert not bootstrap.prevents_window([])


def test_libraries_are_really_looked_for(bootstrap: ModuleType) -> None:
    assert system_parts.is_loadable("libc.so.6")
    assert not system_parts.is_loadable("libnosuchthing.so.1")


def test_a_missing_font_is_noticed(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(system_parts, "FONT_FOLDERS", (str(tmp_path),))
    assert system_parts.FONT in bootstrap.missing_for_qt()
    (tmp_path / "truetype").mkdir()
    (tmp_path / "truetype" / "Some.ttf").touch()
    assert system_parts.FONT not in bootstrap.missing_for_qt()


def test_without_root_the_exact_line_is_printed(
    bootstrap: ModuleType,
    log: object,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(bootstrap, "this_distribution", lambda: "debian")
    monkeypatch.setenv("PATH", "/nonexistent")
    parts = [system_parts.QT_LIBRARIES[1], system_parts.FONT]
    line = (
        "run `sudo apt-get update && sudo apt-get install -y --no-install-recommends "
        "libgl1 fonts-dejavu-core`"
    )
    with pytest.raises(bootstrap.SetupError) as caught:
        bootstrap.provide(parts, log, required=True)
    assert line in str(caught.value)
    bootstrap.provide(parts, log, required=False)
    assert line in capsys.readouterr().out


def test_an_unknown_distribution_gets_the_names(bootstrap: ModuleType) -> None:
    parts = [system_parts.QT_LIBRARIES[0]]
    assert bootstrap.advice(parts, []).endswith("system: libEGL.so.1")


# llama.cpp


@pytest.mark.parametrize(
    ("driver", "majors", "variants"),
    [
        ((11, 4), {11, 12, 13}, []),
        ((11, 8), {11, 12, 13}, ["cu118"]),
        ((12, 0), {12}, []),
        ((12, 4), {12}, ["cu124", "cu123", "cu122", "cu121"]),
        ((12, 9), {11}, ["cu118"]),
        ((13, 1), {13}, ["cu130"]),
        ((14, 0), {12, 13}, ["cu132", "cu130", "cu125", "cu124", "cu123", "cu122", "cu121"]),
        ((13, 0), set(), []),
    ],
)
def test_cuda_variants(
    bootstrap: ModuleType, driver: tuple[int, int], majors: set[int], variants: list[str]
) -> None:
    assert sys.modules["llama_builds"].cuda_variants(driver, majors) == variants


def test_the_order_of_builds(bootstrap: ModuleType) -> None:
    def builds(variants: list[str], *, indexed: bool, nvcc: bool) -> list[str]:
        found = sys.modules["llama_builds"].llama_builds(variants, "", indexed=indexed, nvcc=nvcc)
        return [build.wheels.rpartition("/")[2] or build.cmake_args for build in found]

    assert builds([], indexed=False, nvcc=False) == [""]
    assert builds([], indexed=True, nvcc=False) == ["cpu", ""]
    assert builds(["metal"], indexed=True, nvcc=False) == ["metal", ""]
    assert builds(["cu124"], indexed=False, nvcc=False) == [""]
    assert builds(["cu124"], indexed=True, nvcc=True) == ["cu124", "-DGGML_CUDA=on", "cpu", ""]
    assert builds([], indexed=False, nvcc=True) == ["-DGGML_CUDA=on", ""]


def test_cmake_args_mean_a_fresh_compilation(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CMAKE_ARGS", "-DGGML_NATIVE=OFF")
    (build,) = bootstrap.plan_llama()
    assert build.environment()["CMAKE_ARGS"] == "-DGGML_NATIVE=OFF"
    assert build.pip_options() == ["--no-cache-dir", "--no-binary", "llama-cpp-python"]


def test_without_cmake_args_pip_may_use_what_it_has_kept(bootstrap: ModuleType) -> None:
    *_, build = sys.modules["llama_builds"].llama_builds([], "", indexed=False, nvcc=False)
    assert build.pip_options() == []
    assert "CMAKE_ARGS" not in build.environment()


def test_the_requirement_is_the_projects(finished: ModuleType) -> None:
    assert finished.llama_requirement() == "llama-cpp-python>=0.3.36,<0.4"
    assert not finished.has_llama(finished.llama_requirement())


class Index(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/there/" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_an_index_is_reachable_when_it_answers(bootstrap: ModuleType) -> None:
    is_reachable = sys.modules["llama_builds"].is_reachable
    with http.server.HTTPServer(("127.0.0.1", 0), Index) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}"
        assert is_reachable(f"{address}/there/", 30)
        assert not is_reachable(f"{address}/gone/", 30)
        server.shutdown()
        thread.join()
    assert not is_reachable(f"{address}/there/", 30)


def test_a_silent_index_is_given_up(bootstrap: ModuleType) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/there/"
        assert not sys.modules["llama_builds"].is_reachable(address, 0.1)
