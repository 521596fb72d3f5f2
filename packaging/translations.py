"""Keeps the translations of the window in step with its words.

    python packaging/translations.py update    # collect new words into the .ts files
    python packaging/translations.py compile   # make the .qm files that the window loads
    python packaging/translations.py check     # one line for each mistake, exit code 1
    python packaging/translations.py pseudo FOLDER  # stretched, accented words, for looking at

Needs an environment with PySide6: start it with that environment's Python. The window's words are
English, so that the English file has only those with Qt's plural forms ("%Ln file(s)").
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "resources" / "i18n"

USAGE = "Usage: python packaging/translations.py update|compile|check|pseudo FOLDER"
# What a program or Qt puts in, "{count}", "%n" or "%1", the mark of a shortcut, "&", and tags.
_PLACEHOLDER = re.compile(r"\{[^{}]*\}|%L?(?:n|\d+)|&(?=\w)|</?\w[^<>]*>")
_ENDING = re.compile(r"(…|\.\.\.|[:：]|)\s*$")
# Letters that a person still reads as what they were.
_ACCENTED = str.maketrans("aceinosuyzACEINOSUYZ", "åçéîñöšüýžÅÇÉÎÑÖŠÜÝŽ")
_VOWEL = re.compile(r"[aeiouyAEIOUY]")


class TranslationError(Exception):
    """A file can't be read or one of PySide6's tools failed; the text says why."""


@dataclass(frozen=True, slots=True)
class Message:
    """Some words of the window, and their translation as far as there is one.

    With plural forms there are several translations.
    """

    context: str
    source: str
    comment: str
    translations: tuple[str, ...]
    is_finished: bool
    has_plural: bool = False

    @property
    def key(self) -> tuple[str, str, str]:
        """What Qt finds it by."""
        return (self.context, self.source, self.comment)


def sources() -> list[Path]:
    """The translations, one .ts file for each language."""
    return sorted(FOLDER.glob("*.ts"))


def is_english(ts: Path) -> bool:
    """Whether a .ts file has the plural forms of the words themselves."""
    return ts.stem.endswith("_en")


def is_compiled(ts: Path) -> bool:
    """Whether the .qm file beside a .ts file is there and not older."""
    qm = ts.with_suffix(".qm")
    return qm.exists() and qm.stat().st_mtime_ns >= ts.stat().st_mtime_ns


def all_compiled() -> bool:
    """Whether nothing is to be done for `compile`."""
    return all(is_compiled(ts) for ts in sources())


def update(ts: Path) -> None:
    """Collect the words of chatapp/ into a .ts file, made if need be, and drop what is gone."""
    options = ["-extensions", "py", "-locations", "none", "-no-obsolete", "-silent"]
    if is_english(ts):
        options.append("-pluralonly")
    _run("pyside6-lupdate", *options, str(ROOT / "chatapp"), "-ts", str(ts))


def compile_file(ts: Path) -> None:
    """Make the .qm file beside a .ts file, whole or not at all, unless it is up to date."""
    if is_compiled(ts):
        return
    unfinished = ts.with_suffix(".part.qm")
    _run("pyside6-lrelease", "-silent", "-nounfinished", str(ts), "-qm", str(unfinished))
    unfinished.replace(ts.with_suffix(".qm"))


def findings(ts: Path, words: Path) -> Iterator[str]:
    """What is wrong in a .ts file, given one that holds all `words` of the window."""
    messages = {message.key: message for message in read(ts)}
    for wanted in read(words):
        if is_english(ts) and not wanted.has_plural:
            continue
        message = messages.get(wanted.key)
        if message is None:
            finding = "not there: run update"
        elif not message.is_finished or not all(message.translations):
            finding = "not translated"
        else:
            finding = _difference(message)
        if finding:
            yield f"{ts.name}: {wanted.context}: {wanted.source!r}: {finding}"


def read(ts: Path) -> list[Message]:
    """The messages of a .ts file that are not out of use. Raises `TranslationError`."""
    import xml.etree.ElementTree as ET  # slow, and not needed to see what is up to date

    try:
        root = ET.parse(ts).getroot()  # noqa: S314 - our own file
    except ET.ParseError as error:
        raise TranslationError(f"{ts} is damaged: {error}") from None
    messages = []
    for context in root.iter("context"):
        for element in context.iter("message"):
            translation = element.find("translation")
            if translation is None:
                translation = ET.Element("translation", type="unfinished")
            if translation.get("type") in {"obsolete", "vanished"}:
                continue
            forms = [form.text or "" for form in translation.iter("numerusform")]
            messages.append(
                Message(
                    context.findtext("name", ""),
                    element.findtext("source", ""),
                    element.findtext("comment", ""),
                    tuple(forms) or ((translation.text or "").strip(),),
                    is_finished=translation.get("type") != "unfinished",
                    has_plural=element.get("numerus") == "yes",
                )
            )
    return messages


def make_pseudo(ts: Path, folder: Path) -> Path:
    """Write chatapp_pseudo.ts and .qm with every source of `ts` stretched; returns the .qm file."""
    import xml.etree.ElementTree as ET

    tree = ET.parse(ts)  # noqa: S314 - our own file
    root = tree.getroot()
    root.set("language", "en")  # whose plural has two forms
    for element in root.iter("message"):
        source = element.findtext("source", "")
        translation = element.find("translation")
        if translation is None:
            translation = ET.SubElement(element, "translation")
        translation.clear()
        if element.get("numerus") == "yes":
            for ending in ("", "s"):
                form = ET.SubElement(translation, "numerusform")
                form.text = pseudo(source.replace("(s)", ending))
        else:
            translation.text = pseudo(source)
    made = folder / "chatapp_pseudo.ts"
    tree.write(made, encoding="utf-8", xml_declaration=True)
    compile_file(made)
    return made.with_suffix(".qm")


def pseudo(text: str) -> str:
    """English with accents and every vowel twice, in brackets that show where an end is missing.

    Placeholders, tags and the marks of shortcuts stay.
    """
    parts = []
    position = 0
    for match in _PLACEHOLDER.finditer(text):
        parts += [_stretched(text[position : match.start()]), match[0]]
        position = match.end()
    return f"[{''.join(parts)}{_stretched(text[position:])}]"


def _stretched(text: str) -> str:
    return _VOWEL.sub(lambda match: match[0] + match[0].lower(), text).translate(_ACCENTED)


def _difference(message: Message) -> str:
    """What a translation lacks that its source has, or the other way round; empty: nothing."""
    for translation in message.translations:
        ours, theirs = _placeholders(translation), _placeholders(message.source)
        if ours != theirs:
            return f"has {ours or 'nothing'} for {theirs or 'nothing'}"
        ours, theirs = _ending(translation), _ending(message.source)
        if ours != theirs:
            return f"ends in {ours or 'nothing'} for {theirs or 'nothing'}"
    return ""


def _placeholders(text: str) -> str:
    return " ".join(sorted(_PLACEHOLDER.findall(text)))


def _ending(text: str) -> str:
    match = _ENDING.search(text)
    ending = match[1] if match is not None else ""
    return {"：": ":", "...": "…"}.get(ending, ending)


def _check() -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        words = Path(folder) / "words.ts"
        update(words)
        return [line for ts in sources() for line in findings(ts, words)]


def _run(tool: str, *arguments: str) -> None:
    program = Path(sys.executable).with_name(tool + (".exe" if os.name == "nt" else ""))
    try:
        result = subprocess.run(
            [program, *arguments], capture_output=True, text=True, errors="replace", check=False
        )
    except FileNotFoundError:
        raise TranslationError(f"{program} is missing: install PySide6.") from None
    if result.returncode != 0:
        raise TranslationError(f"{tool} failed: {(result.stderr or result.stdout).strip()}")


def main(arguments: list[str]) -> int:
    """Run one of the commands and return the exit code."""
    try:
        match arguments:
            case ["update"]:
                for ts in sources():
                    update(ts)
            case ["compile"]:
                for ts in sources():
                    compile_file(ts)
            case ["check"]:
                lines = _check()
                print(*lines, sep="\n", end="\n" if lines else "")
                return 1 if lines else 0
            case ["pseudo", folder]:
                make_pseudo(FOLDER / "chatapp_zh_CN.ts", Path(folder))
            case _:
                print(USAGE, file=sys.stderr)
                return 2
    except (TranslationError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
