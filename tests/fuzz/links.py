"""What is typed, pasted, clicked or handed over by the system, and where it leads."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QUrl

from chatapp.domain.hub import Reference
from chatapp.hub.names import is_repo_id, parse_reference
from chatapp.ui.links import Wish, is_link, read_link, read_targets
from chatapp.ui.transcript.blocks import is_safe_address
from chatapp.ui.transcript.image_sources import image_bytes, image_path
from chatapp.ui.transcript.images import Images
from tests.fuzz.harness import Target
from tests.fuzz.mutations import strange_text

_GOOD = (
    "chatapp://models/Qwen/Qwen3-0.6B-GGUF",
    "chatapp://models/Qwen/Qwen3-0.6B-GGUF?file=Q4/Qwen3-0.6B-Q4_K_M.gguf",
    "https://huggingface.co/Qwen/Qwen3-0.6B-GGUF/blob/main/Qwen3-0.6B-Q8_0.gguf",
    "https://hub.example/base/Qwen/Qwen3-0.6B-GGUF/resolve/main/a.gguf?download=true",
    "hf://Qwen/Qwen3-0.6B-GGUF",
    "Qwen/Qwen3-0.6B-GGUF:Q4_K_M",
    "file:///models/a%20b.gguf",
    "/models/some model.gguf",
    "C:\\models\\a.gguf",
    "https://example.org/page?x=1#y",
    "mailto:somebody@example.org",
    "data:image/png;base64,iVBORw0KGgo=",
    "file:///pictures/a.png",
    '{"open": ["/models/a.gguf", "chatapp://models/a/b"], "quick_ask": true}',
)
_PIECES = (
    *(
        "..",
        "/",
        "//",
        "\\",
        ":",
        "?",
        "&",
        "=",
        "#",
        "%",
        "%2e%2e%2f",
        "%00",
        "%0a",
        "%F0%9F",
        "@",
    ),
    *(
        "file=",
        "?file=",
        "main",
        "models",
        "chatapp:",
        "javascript:",
        "file:",
        "http://[::1",
        "///",
    ),
    *("\t", "\r\n", "\u2028", "\u2024", "\uff0f", "ａ", "\u0131", "ſ", ".gguf", ".GGUF", ".svg"),
    *("C:", "//host/share/", "\\\\host\\", "localhost", "127.0.0.1", "user:secret@", "~", "~root/"),
    *("a" * 300, "a/" * 200, "[" * 50, '"', "con.gguf", "nul", " ", "-", "--", ".git", "{", "}"),
)
_SCHEMES = {"http", "https", "mailto"}
_PART = re.compile(r"[A-Za-z0-9._-]+")
_ENDPOINT = "https://hub.example/base"


class Links(Target[str]):
    """Sound ones with other pieces in them, and pieces alone."""

    memory = 256 << 20  # what reads pictures is loaded with the first one

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._images = Images()

    def case(self, source: random.Random) -> str:
        text = source.choice(_GOOD) if source.random() < 0.9 else ""
        for _ in range(source.choice((0, 1, 1, 2, 3, 6))):
            at = source.randrange(len(text) + 1)
            end = at + source.choice((0, 0, 1, 4, 20))
            piece = source.choice(_PIECES) if source.random() < 0.8 else strange_text(source)
            text = text[:at] + piece + text[end:]
        return text

    def hard_cases(self) -> Iterator[str]:
        yield "chatapp://models/" + "a/" * 100_000
        yield "chatapp://models/a/b?file=" + "a/" * 180
        yield "/" + "x" * 4_000 + ".gguf"
        yield "data:image/png;base64," + "A" * 14_000_000
        yield "https://" + "[" * 100_000
        yield "[" * 100_000
        yield '{"open": [' + '"/a.gguf",' * 5_000 + '""]}'

    def check(self, case: str) -> str:
        kinds = ["link"] if is_link(case) else []
        reference = read_link(case)
        if reference is not None:
            _check_reference(reference)
            kinds.append("model")
        self._check_opened((case,))
        line = case.encode(errors="surrogatepass")
        for wish in (Wish.from_line(line), Wish.from_line(json.dumps({"open": [case]}).encode())):
            self._check_opened(wish.targets)
            wish.to_line()
        pasted = parse_reference(case, _ENDPOINT)
        if pasted is not None:
            assert is_repo_id(pasted.repo), pasted
            kinds.append("pasted")
        if is_safe_address(case):
            url = QUrl(case)
            assert not url.isValid() or url.scheme().casefold() in _SCHEMES, url.scheme()
            kinds.append("address")
        if image_path(case):
            assert not image_path(case).startswith(("//", "\\\\", "/\\")), image_path(case)
            kinds.append("image")
        if len(case) < 10_000_000:
            image_bytes(case)
            self._images.size(case)
        return " ".join(kinds) or "nothing"

    def _check_opened(self, targets: tuple[str, ...]) -> None:
        opening = read_targets(targets)
        if opening.model is not None:
            _check_reference(opening.model)
        for file in opening.files:
            assert file.is_absolute(), file
            assert file.suffix.casefold() == ".gguf", file
            assert not str(file).startswith(("//", "\\\\")), file


def _check_reference(reference: Reference) -> None:
    assert is_repo_id(reference.repo), reference
    for name in (reference.repo, reference.file):
        for part in name.split("/") if name else ():
            assert _PART.fullmatch(part), reference
            assert part not in {".", ".."}, reference


TARGET = Links
