"""The command that makes installers: what it accepts, what it calls them, what goes along."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from chatapp import __main__, __version__


@pytest.fixture
def build(tool: Callable[[str], ModuleType]) -> ModuleType:
    return tool("build")


def test_only_what_this_system_can_make(
    build: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    own = build.TARGETS[sys.platform]
    options = build.read_options([word for target in own for word in ("--target", target)])
    assert options.target == list(own)
    assert options.backend in build.BACKENDS
    assert options.output.is_absolute()
    others = {target for targets in build.TARGETS.values() for target in targets} - set(own)
    for target in others:
        with pytest.raises(SystemExit) as end:
            build.read_options(["--target", target])
        assert end.value.code == 2
    assert "invalid choice" in capsys.readouterr().err


def test_names_tell_what_is_unusual(build: ModuleType) -> None:
    system = {"linux": "linux", "darwin": "macos", "win32": "windows"}[sys.platform]
    name = build.artefact_name("tar", "cpu")
    assert name.startswith(f"chatapp-{__version__}-{system}-")
    assert name.endswith(".tar.gz")
    assert build.artefact_name("tar", "vulkan") == name.replace(".tar.gz", "-vulkan.tar.gz")
    if sys.platform == "linux":
        assert build.artefact_name("deb", "cuda").startswith(f"chatapp-cuda_{__version__}_")


def test_sizes_add_up(build: ModuleType, tmp_path: Path) -> None:
    program = tmp_path / ("Chatapp.app" if sys.platform == "darwin" else "chatapp")
    inside = build.internal(program)
    for name, size in (("PySide6/a", 3_000_000), ("numpy/b", 2_000_000), ("c", 1_000_000)):
        path = inside / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(size))
    artefact = tmp_path / "chatapp.deb"
    artefact.write_bytes(bytes(1_500_000))
    lines = build.sizes(program, [artefact])
    assert "| chatapp.deb | 1.5 |" in lines
    assert "| installed | 6.0 |" in lines
    assert "| – Qt | 3.0 |" in lines
    assert "| – Python, other packages, Chatapp itself | 1.0 |" in lines


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="asks Debian's package manager")
def test_files_of_the_system_have_a_package(
    tool: Callable[[str], ModuleType], tmp_path: Path
) -> None:
    notices = tool("notices")
    name, version = notices.package_of(Path("/usr/bin/env"))
    assert name == "coreutils"
    assert version[0].isdigit()
    with pytest.raises(Exception, match="no package has"):
        notices.package_of(tmp_path)


def test_a_licence_is_read_from_debians_form(tool: Callable[[str], ModuleType]) -> None:
    notices = tool("notices")
    text = "Format: x\n\nFiles: *\nCopyright: 2000 A\n           2001 B\nLicense: MIT\n text\n"
    assert notices._FIRST_LICENCE.search(text)[1] == "MIT"
    assert notices._FIRST_LICENCE.search("Copyright: nobody\n") is None


@pytest.mark.parametrize("original", [None, "/opt/lib"])
def test_other_programs_get_the_library_path_that_was(
    monkeypatch: pytest.MonkeyPatch, original: str | None
) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", "/usr/lib/chatapp/_internal")
    monkeypatch.setenv("PYINSTALLER_RESET_ENVIRONMENT", "")
    if original is None:
        monkeypatch.delenv("LD_LIBRARY_PATH_ORIG", raising=False)
    else:
        monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", original)
    __main__._restore_library_path()
    assert os.environ.get("LD_LIBRARY_PATH") == original
    assert "LD_LIBRARY_PATH_ORIG" not in os.environ
    assert os.environ["PYINSTALLER_RESET_ENVIRONMENT"] == "1"
