"""Names from strangers: they stay below the models folder, on every system."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.errors import NameUnsafe
from chatapp.hub.safe_names import model_path, relative_path

REPO = "org/Tiny-GGUF"


@pytest.mark.parametrize(
    ("repo", "file"),
    [
        (REPO, "Tiny-Q4_K_M.gguf"),
        (REPO, "Q8_0/Tiny-00001-of-00003.gguf"),
        (REPO, "модель 模型 é.GGUF"),
        (REPO, ".gguf"),
        (REPO, "..a.gguf"),
        (REPO, "console.gguf"),
        (REPO, f"{'a' * 215}.gguf"),
        ("gpt2", "a.gguf"),
    ],
)
def test_usual_names(repo: str, file: str) -> None:
    assert relative_path(repo, file) == PurePosixPath(f"{repo}/{file}")
    assert model_path(Path("models"), repo, file) == Path("models") / repo / file


@pytest.mark.parametrize(
    "file",
    [
        "",
        "..",
        "../a.gguf",
        "a/../../../a.gguf",
        "a/..",
        "./a.gguf",
        "/a.gguf",
        "//server/share/a.gguf",
        "a//a.gguf",
        "a/",
        "\\a.gguf",
        "..\\a.gguf",
        "C:a.gguf",
        "C:\\a.gguf",
        "a.gguf:stream.gguf",
        "con.gguf",
        "CON .gguf",
        "nul.tar.gguf",
        "folder/Aux/a.gguf",
        "com1.gguf",
        "LPT³.gguf",
        "conin$.gguf",
        "a.gguf.",
        "a.gguf ",
        " a.gguf",
        "a./b.gguf",
        "a\n.gguf",
        "a\0.gguf",
        "a\x7f.gguf",
        "a\x9b.gguf",
        "a\u202efugg.gguf",
        "a\u200b.gguf",
        "a\u2028.gguf",
        "a\ud800.gguf",
        "a?.gguf",
        "a*.gguf",
        "a|b.gguf",
        'a".gguf',
        "<a>.gguf",
        f"{'a' * 216}.gguf",
        f"{'模' * 80}.gguf",
        "/".join("abcdefghi") + ".gguf",
        # Only models are written, and nothing over what is kept beside them.
        "a.json",
        "a.gguf.json",
        "a.gguf.part",
        "a.gguf.part.json",
        "a.exe",
    ],
)
def test_unusable_names(file: str) -> None:
    with pytest.raises(NameUnsafe) as caught:
        relative_path(REPO, file)
    assert len(caught.value.name) <= 1000
    assert caught.value.name.isprintable()


@pytest.mark.parametrize(
    "repo", ["", "..", "../..", "org/", "/org", "org/..", "a/b/c", "C:/b", "nul/b", "org/b."]
)
def test_unusable_repositories(repo: str) -> None:
    with pytest.raises(NameUnsafe):
        relative_path(repo, "a.gguf")


@given(st.text(), st.text())
def test_nothing_leads_out(repo: str, file: str) -> None:
    folder = Path("/models")
    try:
        path = model_path(folder, repo, f"{file}.gguf")
    except NameUnsafe:
        return
    assert path.is_relative_to(folder)
    assert ".." not in path.parts
    assert len(path.parts) >= 4
