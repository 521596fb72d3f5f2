"""Makes of a frozen Chatapp an installer for Windows, with Inno Setup.

    CHATAPP_SIGN_COMMAND    signs one file; `$f` stands for the file and `$q` for a quotation mark,
                            as Inno Setup has it: signtool sign /fd sha256 /sha1 … $f

Without that in the environment nothing is signed: Windows then warns whoever starts the installer.
The command is printed; a password doesn't belong into it.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

import icons
from steps import BuildError, run
from windows import libraries
from windows.libraries import runtime_libraries

__all__ = ["PROGRAMS", "make_installer", "runtime_libraries", "version_resource"]

SCRIPT = Path(__file__).with_name("chatapp.iss")
# What Windows calls each in the task manager and under "Open with".
PROGRAMS = {
    "chatapp.exe": "Chatapp on the command line",
    "chatappw.exe": "Chatapp",
}

_VERSION_RESOURCE = """\
VSVersionInfo(
  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3F, flags=0x0, OS=0x40004,
                    fileType=0x1, subtype=0x0, date=(0, 0)),
  kids=[
    StringFileInfo([StringTable('040904B0', [
      StringStruct('FileDescription', {description!r}),
      StringStruct('FileVersion', {version!r}),
      StringStruct('InternalName', {name!r}),
      StringStruct('LegalCopyright', 'Apache License 2.0'),
      StringStruct('OriginalFilename', {name!r}),
      StringStruct('ProductName', 'Chatapp'),
      StringStruct('ProductVersion', {version!r}),
    ])]),
    VarFileInfo([VarStruct('Translation', [1033, 1200])]),
  ],
)
"""


def version_resource(version: str, name: str) -> str:
    """What the file says that PyInstaller's `EXE(version=…)` takes; `name` is one of PROGRAMS."""
    return _VERSION_RESOURCE.format(
        numbers=_numbers(version), version=version, name=name, description=PROGRAMS[name]
    )


def make_installer(frozen: Path, artefact: Path, version: str) -> None:
    """Write the installer of the folder that PyInstaller made. Raises `BuildError`."""
    lines = libraries.missing(frozen)
    if lines:
        raise BuildError(f"libraries are missing in {frozen}: {'; '.join(lines)}")
    compiler = _compiler()
    sign_command = os.environ.get("CHATAPP_SIGN_COMMAND", "")
    if sign_command:
        for name in PROGRAMS:
            run(*_words(sign_command, frozen / name), doing=f"Signing {name}")
    with tempfile.TemporaryDirectory() as folder:
        icon = Path(folder, "chatapp.ico")
        icons.write_ico(icon)
        options = [
            "/Qp",
            f"/DVersion={version}",
            f"/DNumbers={'.'.join(map(str, _numbers(version)))}",
            f"/DSource={frozen}",
            f"/DIcon={icon}",
            f"/O{artefact.parent}",
            f"/F{artefact.stem}",
        ]
        if sign_command:
            options += ["/DSigned", f"/Ssign={sign_command}"]
        run(compiler, *options, SCRIPT, doing="Making the installer")


def _words(sign_command: str, file: Path) -> list[str]:
    """The words of a command in Inno Setup's notation."""
    found = re.findall(r'"([^"]*)"|(\S+)', sign_command.replace("$q", '"'))
    return [(quoted or plain).replace("$f", str(file)) for quoted, plain in found]


def _numbers(version: str) -> tuple[int, int, int, int]:
    """Four numbers, which is all that Windows knows: 1.2.0rc1 is 1.2.0.0."""
    found = re.match(r"(\d+)\.(\d+)\.(\d+)", version)
    if found is None:
        raise BuildError(f"{version} is no version: three numbers with dots are needed")
    return int(found[1]), int(found[2]), int(found[3]), 0


def _compiler() -> Path:
    """Inno Setup's command line, the newest one."""
    on_path = shutil.which("iscc")
    if on_path is not None:
        return Path(on_path)
    roots = [os.environ.get(name) for name in ("ProgramFiles(x86)", "ProgramFiles")]
    found = [path for root in roots if root for path in Path(root).glob("Inno Setup */ISCC.exe")]
    if not found:
        raise BuildError("Inno Setup is missing: install version 6.3 or newer")
    return max(found, key=lambda path: int(re.sub(r"\D", "", path.parent.name) or 0))
