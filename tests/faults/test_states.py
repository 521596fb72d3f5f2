"""What is kept on disk may be gone, damaged, foreign or shared: no text is wrong for that."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from chatapp.domain.conversation import Role
from chatapp.domain.generation import Usage
from chatapp.domain.model import ModelFile
from chatapp.engine.messages import Turn
from tests.engine.conftest import user
from tests.engine.gguf_files import write_tiny_architecture
from tests.faults.conftest import MEGABYTE, OPTIONS, TEMPLATE, OpenScene, Scene, wait_until

QUESTION = "Tell me about the mountains, the valleys and the snow on them. " * 3

Damage = Callable[[Path], object]


def flip(path: Path, *places: int) -> None:
    content = bytearray(path.read_bytes())
    for place in places:
        content[place] ^= 0x10
    path.write_bytes(content)


def cut(path: Path, length: int) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:length])


DAMAGES: dict[str, Damage] = {
    "first byte": lambda path: flip(path, 0),
    "counts": lambda path: flip(path, 20, 30, 40),
    "a token": lambda path: flip(path, 500),
    "the state": lambda path: flip(path, path.stat().st_size // 2),
    "empty": lambda path: cut(path, 0),
    "half": lambda path: cut(path, path.stat().st_size // 2),
    "longer": lambda path: path.write_bytes(path.read_bytes() + b"x"),
    "other content": lambda path: path.write_bytes(os.urandom(100_000)),
    "gone": lambda path: path.unlink(),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
    "a loop": lambda path: (path.unlink(), path.symlink_to(path)),
}


def ask(scene: Scene, conversation: str = "1", question: str = QUESTION) -> tuple[str, Usage]:
    _, recorder = scene.ask(question, conversation=conversation)
    usage = recorder.finished().usage
    return recorder.text, usage


def restart(scene: Scene) -> None:
    scene.unload()
    scene.engine.load(scene.model)
    scene.ready()


def test_damaged_files(open_scene: OpenScene, reference: Callable[[str], str]) -> None:
    scene = open_scene()
    ask(scene)
    for name, damage in DAMAGES.items():
        scene.unload()  # a new file
        (path,) = scene.saved()
        damage(path)
        text, usage = ask(scene)
        assert text == reference(QUESTION), name
        assert not usage.cached_tokens, name
        if path.is_dir() and not path.is_symlink():  # that is nobody's file
            path.rmdir()
    restart(scene)
    assert ask(scene)[1].cached_tokens > 0
    assert len(scene.workers) == 2 + len(DAMAGES)


def test_another_model(
    open_scene: OpenScene, reference: Callable[[str], str], tmp_path: Path
) -> None:
    """The same conversation with another model, and with one of the same name and size."""
    path = tmp_path / "model.gguf"
    write_tiny_architecture(path, "llama", template=TEMPLATE, trained_context=8192, seed=5)
    scene = open_scene(ModelFile(str(path), "other"))
    other = ask(scene)[0]
    assert other != reference(QUESTION)
    scene.unload()
    write_tiny_architecture(path, "llama", template=TEMPLATE, trained_context=8192)
    text, usage = ask(scene)
    assert text == reference(QUESTION)
    assert not usage.cached_tokens


def test_other_settings(open_scene: OpenScene) -> None:
    scene = open_scene()
    ask(scene)
    scene.engine.load(scene.model, replace(OPTIONS, flash_attention=False))
    _, usage = ask(scene)
    assert not usage.cached_tokens
    scene.engine.load(scene.model, replace(OPTIONS, context_length=4096))
    _, usage = ask(scene)
    assert usage.cached_tokens > 0


@pytest.mark.parametrize("kind", ["file", "link to nowhere", "below a file"])
def test_a_folder_that_can_not_be(
    open_scene: OpenScene, reference: Callable[[str], str], tmp_path: Path, kind: str
) -> None:
    folder = tmp_path / "states"
    if kind == "link to nowhere":
        folder.symlink_to(tmp_path / "missing" / "folder")
    else:
        folder.write_bytes(b"")
    if kind == "below a file":
        folder /= "states"
    scene = open_scene(states=folder, idle_seconds=0.01)
    for _ in range(2):
        assert ask(scene)[0] == reference(QUESTION)
        scene.engine.forget("1")
        scene.unload()


def test_a_folder_that_disappears(open_scene: OpenScene, reference: Callable[[str], str]) -> None:
    scene = open_scene(idle_seconds=0.05)
    ask(scene)
    wait_until(lambda: len(scene.saved()) == 1)
    shutil.rmtree(scene.kept)
    text, usage = ask(scene)
    assert text == reference(QUESTION)
    assert usage.cached_tokens > 0
    wait_until(lambda: len(scene.saved()) == 1)


@pytest.mark.skipif(sys.platform != "linux", reason="limits of another process")
def test_a_full_disk(open_scene: OpenScene, reference: Callable[[str], str]) -> None:
    scene = open_scene(idle_seconds=0.05)
    scene.engine.load(scene.model)
    scene.ready()
    limit = 10_000  # bytes that a file may have
    scene.process.rlimit(psutil.RLIMIT_FSIZE, (limit, limit))
    assert ask(scene)[0] == reference(QUESTION)
    assert ask(scene, "2")[0] == reference(QUESTION)
    restart(scene)
    assert not scene.saved()
    text, usage = ask(scene)
    assert text == reference(QUESTION)
    assert not usage.cached_tokens


def size(paths: Iterable[Path]) -> int:
    """In bytes, of those that aren't evicted in this very moment."""
    total = 0
    for path in paths:
        with suppress(FileNotFoundError):
            total += path.stat().st_size
    return total


def test_the_budget(open_scene: OpenScene) -> None:
    """Many conversations, few of which fit."""
    budget = MEGABYTE // 2
    scene = open_scene(idle_seconds=0.01, budget=budget)
    for number in range(12):
        ask(scene, str(number), f"{number}: {QUESTION}")
        assert size(scene.saved()) <= budget
    scene.unload()
    assert 0 < size(scene.saved()) <= budget
    assert len(scene.saved()) < 12
    _, usage = ask(scene, "11", f"11: {QUESTION}")
    assert usage.cached_tokens > 0


def test_nothing_is_kept_without_a_budget(open_scene: OpenScene) -> None:
    scene = open_scene(idle_seconds=0.01, budget=0)
    ask(scene)
    scene.unload()
    assert not scene.kept.exists()


def test_a_temporary_conversation_leaves_nothing(open_scene: OpenScene) -> None:
    scene = open_scene(idle_seconds=0.01)
    ask(scene, "")
    scene.unload()
    assert not scene.saved()


def test_two_applications_with_one_folder(
    open_scene: OpenScene, reference: Callable[[str], str], tmp_path: Path
) -> None:
    """They answer the same conversation in different ways, and save, evict and forget."""
    scenes = [open_scene(idle_seconds=0.02, budget=MEGABYTE // 2) for _ in range(2)]
    for turn in range(4):
        pairs = []
        for scene in scenes:
            for conversation in ("1", "2"):
                question = f"{QUESTION} {conversation}"
                pairs.append((scene.ask(question, conversation=conversation)[1], question))
        for recorder, question in pairs:
            recorder.finished()
            assert recorder.text == reference(question)
        if turn == 2:
            scenes[0].engine.forget("1")
        if turn % 2:
            scenes[turn // 2 % 2].unload()
    assert len({scene.kept for scene in scenes}) == 1


def test_what_one_application_read_the_other_goes_on_from(open_scene: OpenScene) -> None:
    first, second = open_scene(), open_scene()
    text, _ = ask(first)
    first.engine.close()
    turns = (*user(QUESTION), Turn(Role.ASSISTANT, text), *user("And then?"))
    _, recorder = second.ask(turns, conversation="1")
    assert recorder.finished().usage.cached_tokens > len(QUESTION)
