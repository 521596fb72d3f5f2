"""Makes of a frozen Chatapp.app a disk image, signed and notarised as far as there are credentials.

They come in the environment, and all of them may be missing:

    CHATAPP_SIGN_IDENTITY      "Developer ID Application: …", in a keychain that is unlocked
    CHATAPP_NOTARY_KEY         file with a key for the App Store Connect API (.p8)
    CHATAPP_NOTARY_KEY_ID      the key's name
    CHATAPP_NOTARY_ISSUER      whose key it is

Without them the application is signed "ad hoc", which Apple's processors demand of every program:
it runs, after whoever opens it for the first time has allowed that under Privacy & Security.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steps import BuildError, output, run

IDENTIFIER = "io.github.chatapp.chatapp"
# Calls from C back into Python are small pieces of code that are made while it runs, and another
# llama.cpp, from the data folder, is signed by somebody else or by nobody. Not said in the file:
# Apple's parser of such files can't be trusted with comments.
ENTITLEMENTS = Path(__file__).with_name("entitlements.plist")

_GGUF = "org.ggml.gguf"
_OLDEST_MACOS = "13.0"  # Qt's own limit
_MACH_O = {
    bytes.fromhex(magic) for magic in ("cefaedfe", "cffaedfe", "feedface", "feedfacf", "cafebabe")
}
_IMAGE_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Notary:
    """What Apple's notary asks for."""

    key: str
    key_id: str
    issuer: str

    @classmethod
    def from_environment(cls) -> Notary | None:
        """As the environment has it; None when something is missing."""
        key, key_id, issuer = (
            os.environ.get(f"CHATAPP_NOTARY_{name}", "") for name in ("KEY", "KEY_ID", "ISSUER")
        )
        return cls(key, key_id, issuer) if key and key_id and issuer else None

    def arguments(self) -> list[str]:
        """For `notarytool`."""
        return ["--key", self.key, "--key-id", self.key_id, "--issuer", self.issuer]


def info_plist(version: str) -> dict[str, Any]:
    """What Info.plist says besides what PyInstaller writes there by itself."""
    return {
        "CFBundleDevelopmentRegion": "en",
        # What the system's own dialogs may be shown in.
        "CFBundleLocalizations": ["en", "zh-Hans"],
        "CFBundleShortVersionString": version,
        "CFBundleVersion": version,
        "LSApplicationCategoryType": "public.app-category.productivity",
        "LSMinimumSystemVersion": _OLDEST_MACOS,
        "NSHighResolutionCapable": True,
        "NSHumanReadableCopyright": "Apache License 2.0",
        "NSPrincipalClass": "NSApplication",
        "NSSupportsAutomaticGraphicsSwitching": True,
        "CFBundleURLTypes": [
            {
                "CFBundleURLName": IDENTIFIER,
                "CFBundleURLSchemes": ["chatapp"],
                "CFBundleTypeRole": "Viewer",
            }
        ],
        "CFBundleDocumentTypes": [
            {
                "CFBundleTypeName": "GGUF model",
                "CFBundleTypeRole": "Viewer",
                "LSHandlerRank": "Alternate",
                "LSItemContentTypes": [_GGUF],
            }
        ],
        # Imported, because the format is somebody else's.
        "UTImportedTypeDeclarations": [
            {
                "UTTypeIdentifier": _GGUF,
                "UTTypeDescription": "GGUF model",
                "UTTypeConformsTo": ["public.data"],
                "UTTypeTagSpecification": {"public.filename-extension": ["gguf"]},
            }
        ],
    }


def make_dmg(app: Path, artefact: Path) -> None:
    """Sign the application and write the disk image `artefact`. Raises `BuildError`.

    With credentials both are notarised, so that neither needs a network when it is first opened.
    """
    identity = os.environ.get("CHATAPP_SIGN_IDENTITY", "")
    notary = Notary.from_environment() if identity else None
    sign(app, identity)
    if notary is not None:
        _notarise(app, notary)
    with tempfile.TemporaryDirectory() as folder:
        shown = Path(folder)
        run("ditto", app, shown / app.name, doing="Copying the application")
        (shown / "Applications").symlink_to("/Applications")
        _write_image(shown, artefact)
    if identity:
        run(
            *("codesign", "--force", "--timestamp", "--sign", identity, artefact),
            doing="Signing the disk image",
        )
    if notary is not None:
        _notarise(artefact, notary)


def sign(app: Path, identity: str) -> None:
    """Sign what is inside, then the application; ad hoc when `identity` is empty."""
    options = ["--force", "--sign", identity or "-"]
    if identity:
        options += ["--timestamp", "--options", "runtime"]
    inside = nested_code(app)
    if inside:
        run("codesign", *options, *inside, doing="Signing what is inside")
    run("codesign", *options, "--entitlements", ENTITLEMENTS, app, doing="Signing the application")
    run("codesign", "--verify", "--deep", "--strict", app, doing="Checking the signatures")


def nested_code(app: Path) -> list[Path]:
    """The libraries, programs and frameworks inside, those that lie in others first.

    Without what `Contents/MacOS` holds directly: it is signed along with the application.
    """
    contents = app / "Contents"
    found = [
        path
        for path in contents.rglob("*")
        if not path.is_symlink()
        and path.parent != contents / "MacOS"
        and (path.suffix == ".framework" if path.is_dir() else _is_mach_o(path))
    ]
    return sorted(found, key=lambda path: (-len(path.parts), path))


def _is_mach_o(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) in _MACH_O


def _write_image(folder: Path, artefact: Path) -> None:
    """Write a disk image of `folder`, compressed as every macOS that Qt runs on can read it."""
    command = ("hdiutil", "create", "-volname", "Chatapp", "-srcfolder", folder)
    for attempt in range(1, _IMAGE_ATTEMPTS + 1):
        try:
            run(
                *(*command, "-fs", "HFS+", "-format", "ULMO", "-ov", artefact),
                doing="Making the disk image",
            )
        except BuildError:
            # The system's own indexing keeps the image busy now and then.
            if attempt == _IMAGE_ATTEMPTS:
                raise
        else:
            return


def _notarise(path: Path, notary: Notary) -> None:
    """Have Apple look through an application or a disk image, and attach its ticket."""
    with tempfile.TemporaryDirectory() as folder:
        sent = path
        if path.is_dir():
            sent = Path(folder, "Chatapp.zip")
            run("ditto", "-c", "-k", "--keepParent", path, sent, doing="Packing for the notary")
        submit = ("xcrun", "notarytool", "submit", sent, "--wait", "--output-format", "json")
        answer = json.loads(output(*submit, *notary.arguments()))
    if answer.get("status") != "Accepted":
        log = output("xcrun", "notarytool", "log", str(answer.get("id")), *notary.arguments())
        raise BuildError(f"Apple's notary refused {path.name}: {log.strip()}")
    run("xcrun", "stapler", "staple", path, doing="Attaching the notary's ticket")
