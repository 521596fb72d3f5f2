"""The application and disk image of macOS: what is signed, in which order, and what is refused.

Apple's programs are on no other system; here small ones stand in for them and write down how they
were called.
"""

from __future__ import annotations

import plistlib
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from chatapp.ui.links import is_link

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="what stands in for Apple's programs are shell scripts"
)

MACH_O = bytes.fromhex("cffaedfe") + bytes(28)
TOOL = """#!/bin/sh
printf '%s' "$(basename "$0")" >> "$CALLS"
for word in "$@"; do printf '\\t%s' "$word" >> "$CALLS"; done
echo >> "$CALLS"
"""
NOTARY = """
case "$*" in
*submit*) echo '{"id": "1", "status": "'"$STATUS"'"}' ;;
*log*) echo 'the signature is not valid' ;;
esac
"""
# Busy as often as a file says.
IMAGES = """
left=$(cat "$BUSY")
if [ "$left" != 0 ]; then
    echo $((left - 1)) > "$BUSY"
    exit 1
fi
"""


@pytest.fixture
def bundle(tool: Callable[[str], ModuleType]) -> ModuleType:
    return tool("macos.bundle")


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """An application with a library, a framework and a file, linked as PyInstaller does it."""
    app = tmp_path / "Chatapp.app"
    contents = app / "Contents"
    version = contents / "Frameworks" / "Qt" / "lib" / "QtCore.framework" / "Versions" / "A"
    version.mkdir(parents=True)
    (version / "QtCore").write_bytes(MACH_O)
    (version.parent / "Current").symlink_to("A")
    (version.parent.parent / "QtCore").symlink_to("Versions/Current/QtCore")
    (contents / "Frameworks" / "libllama.dylib").write_bytes(MACH_O)
    (contents / "Frameworks" / "words.json").write_text("{}")
    for folder in ("MacOS", "Resources"):
        (contents / folder).mkdir()
    (contents / "MacOS" / "chatapp").write_bytes(MACH_O)
    (contents / "Resources" / "libllama.dylib").symlink_to("../Frameworks/libllama.dylib")
    return app


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What Apple's programs are called with, one line for each call, tabs between the words."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, more in {"codesign": "", "ditto": "", "hdiutil": IMAGES, "xcrun": NOTARY}.items():
        tool = folder / name
        tool.write_text(TOOL + more)
        tool.chmod(0o755)
    (tmp_path / "calls").touch()
    (tmp_path / "busy").write_text("0")
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setenv("CALLS", str(tmp_path / "calls"))
    monkeypatch.setenv("BUSY", str(tmp_path / "busy"))
    monkeypatch.setenv("STATUS", "Accepted")
    for name in ("SIGN_IDENTITY", "NOTARY_KEY", "NOTARY_KEY_ID", "NOTARY_ISSUER"):
        monkeypatch.delenv(f"CHATAPP_{name}", raising=False)
    return tmp_path / "calls"


@pytest.fixture
def credentials(calls: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATAPP_SIGN_IDENTITY", "Developer ID Application: Somebody")
    for name in ("KEY", "KEY_ID", "ISSUER"):
        monkeypatch.setenv(f"CHATAPP_NOTARY_{name}", name)


def commands(calls: Path) -> list[list[str]]:
    return [line.split("\t") for line in calls.read_text().splitlines()]


def test_the_system_learns_of_links_and_models(bundle: ModuleType) -> None:
    written = plistlib.loads(plistlib.dumps(bundle.info_plist("1.2.3")))
    assert written["CFBundleVersion"] == written["CFBundleShortVersionString"] == "1.2.3"
    (links,) = written["CFBundleURLTypes"]
    (scheme,) = links["CFBundleURLSchemes"]
    assert is_link(f"{scheme}://models/somebody/something")
    (kind,) = written["UTImportedTypeDeclarations"]
    assert kind["UTTypeTagSpecification"] == {"public.filename-extension": ["gguf"]}
    (document,) = written["CFBundleDocumentTypes"]
    assert document["LSItemContentTypes"] == [kind["UTTypeIdentifier"]]


def test_the_entitlements_are_a_property_list(bundle: ModuleType) -> None:
    content = bundle.ENTITLEMENTS.read_bytes()
    entitlements = plistlib.loads(content)
    assert entitlements
    assert all(value is True for value in entitlements.values())
    assert b"<!--" not in content  # `codesign` stumbles over what it finds in comments


def test_what_is_inside_is_signed_first(bundle: ModuleType, app: Path) -> None:
    frameworks = app / "Contents" / "Frameworks"
    framework = frameworks / "Qt" / "lib" / "QtCore.framework"
    assert bundle.nested_code(app) == [
        framework / "Versions" / "A" / "QtCore",
        framework,
        frameworks / "libllama.dylib",
    ]


def test_without_credentials_it_is_signed_ad_hoc(
    bundle: ModuleType, app: Path, calls: Path, tmp_path: Path
) -> None:
    bundle.make_dmg(app, tmp_path / "chatapp.dmg")
    inside, outside, check, copy, image = commands(calls)
    assert inside[:4] == ["codesign", "--force", "--sign", "-"]
    assert outside == [*inside[:4], "--entitlements", str(bundle.ENTITLEMENTS), str(app)]
    assert check[:2] == ["codesign", "--verify"]
    assert copy[:2] == ["ditto", str(app)]
    assert image[:2] == ["hdiutil", "create"]
    assert image[-1] == str(tmp_path / "chatapp.dmg")


@pytest.mark.usefixtures("credentials")
def test_with_credentials_both_are_notarised(
    bundle: ModuleType, app: Path, calls: Path, tmp_path: Path
) -> None:
    image = tmp_path / "chatapp.dmg"
    bundle.make_dmg(app, image)
    made = commands(calls)
    assert [" ".join(command[:3]) for command in made] == [
        "codesign --force --sign",
        "codesign --force --sign",
        "codesign --verify --deep",
        "ditto -c -k",
        "xcrun notarytool submit",
        "xcrun stapler staple",
        f"ditto {app} {made[6][2]}",
        "hdiutil create -volname",
        "codesign --force --timestamp",
        "xcrun notarytool submit",
        "xcrun stapler staple",
    ]
    assert {"--timestamp", "runtime"} <= set(made[0])
    assert (made[5][-1], made[9][3], made[10][-1]) == (str(app), str(image), str(image))


@pytest.mark.usefixtures("credentials")
def test_what_the_notary_refuses_is_no_artefact(
    bundle: ModuleType, app: Path, calls: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATUS", "Invalid")
    with pytest.raises(bundle.BuildError, match="the signature is not valid"):
        bundle.make_dmg(app, tmp_path / "chatapp.dmg")
    assert not any("hdiutil" in command for command in commands(calls))


def test_an_image_that_is_busy_is_tried_again(
    bundle: ModuleType, app: Path, calls: Path, tmp_path: Path
) -> None:
    (tmp_path / "busy").write_text("2")
    bundle.make_dmg(app, tmp_path / "chatapp.dmg")
    assert [command[0] for command in commands(calls)].count("hdiutil") == 3
    (tmp_path / "busy").write_text("3")
    with pytest.raises(bundle.BuildError, match="disk image"):
        bundle.make_dmg(app, tmp_path / "chatapp.dmg")
