"""What the window is started with: files, links and the small window, beside the commands."""

from __future__ import annotations

import pytest

from chatapp.cli.arguments import parse

LINK = "chatapp://models/Qwen/Qwen3-0.6B-GGUF"


@pytest.mark.parametrize(
    ("arguments", "targets", "data_dir"),
    [
        ([], [], None),
        (["model.gguf"], ["model.gguf"], None),
        (["Model.GGUF", LINK], ["Model.GGUF", LINK], None),
        (["--data-dir", "here.gguf", LINK], [LINK], "here.gguf"),
        (["--data-dir=here", LINK], [LINK], "here"),
        ([LINK, "--data-dir", "here"], [LINK], "here"),
        (["--", "-model.gguf"], ["-model.gguf"], None),
        (["CHATAPP:anything"], ["CHATAPP:anything"], None),
        (["file:///models/a.gguf"], ["file:///models/a.gguf"], None),
    ],
)
def test_what_the_window_opens(
    arguments: list[str], targets: list[str], data_dir: str | None
) -> None:
    options = parse(arguments)
    assert options.command is None
    assert options.targets == targets
    assert options.data_dir == data_dir
    assert not options.quick_ask
    assert not options.smoke_test


@pytest.mark.parametrize(
    "arguments",
    [
        ["model.gguf", "ask"],
        [LINK, "--smoke-test"],
        [LINK, "notes.txt"],
        ["notes.txt"],
        ["https://huggingface.co/Qwen/Qwen3"],
    ],
)
def test_what_nobody_understands(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(arguments)
    assert ended.value.code == 2
    assert capsys.readouterr().err


def test_commands_keep_their_words() -> None:
    assert parse(["ask", LINK]).text == LINK
    assert parse(["models", "import", "model.gguf"]).command == "models"
    assert parse(["bench", "--model", "model.gguf"]).command == "bench"


def test_the_small_window() -> None:
    options = parse(["--quick-ask"])
    assert options.quick_ask
    assert options.command is None
    assert options.targets == []
