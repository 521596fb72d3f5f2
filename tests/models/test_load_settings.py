"""How a model is loaded: the choice is kept, joined with what was measured, and never trusted."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from chatapp.domain.model import Adapter, ModelFile
from chatapp.domain.tuning import Tuning
from chatapp.engine.messages import LoadOptions
from chatapp.errors import FolderNotWritable
from chatapp.models.load_settings import (
    AUTOMATIC,
    FILE,
    LONGEST_TEMPLATE,
    LoadChoice,
    LoadSettings,
    tuned,
)

MODEL = ModelFile("/m/qwen.gguf", "Qwen", "Q4_0", 2_500)
OTHER = ModelFile("/m/phi.gguf", "Phi", "Q4_0", 1_500)
TUNING = Tuning(threads=3, flash_attention=False, batch=256, measured=(), at=1.0)


def settings(folder: Path, tuning: Tuning | None = None) -> LoadSettings:
    return LoadSettings(folder, lambda: 8192, lambda _: tuning)


def test_without_a_choice_everything_is_automatic(tmp_path: Path) -> None:
    assert settings(tmp_path).choice_of(MODEL) == AUTOMATIC
    assert settings(tmp_path).options_for(MODEL) == LoadOptions(8192)


def test_flash_attention_in_short_conversations_is_what_was_measured_or_nothing() -> None:
    tuning = replace(TUNING, flash_attention=True, flash_attention_until=180)
    assert tuned(LoadOptions(), tuning).flash_attention_until == 180
    assert tuned(LoadOptions(flash_attention=True), tuning).flash_attention_until is None
    quantised = tuned(LoadOptions(cache_type="q8_0"), tuning)
    assert (quantised.flash_attention, quantised.flash_attention_until) == (True, None)


def test_what_was_measured_holds_where_nothing_was_chosen(tmp_path: Path) -> None:
    ours = settings(tmp_path, TUNING)
    assert ours.options_for(MODEL) == LoadOptions(8192, threads=3, flash_attention=False, batch=256)
    ours.choose(MODEL, LoadChoice(threads=1, flash_attention=True))
    assert ours.options_for(MODEL) == LoadOptions(8192, threads=1, flash_attention=True, batch=256)


def test_a_choice_is_found_again_even_where_the_folder_was_moved(tmp_path: Path) -> None:
    adapter = tmp_path / "poet.gguf"
    draft = tmp_path / "draft.gguf"
    adapter.write_bytes(b"a")
    draft.write_bytes(b"d")
    choice = LoadChoice(
        context_length=4096,
        gpu_layers=0,
        cache_type="q8_0",
        flash_attention=False,
        threads=2,
        batch=128,
        adapters=(Adapter(str(adapter), 0.5), Adapter(str(adapter), -1.0)),
        draft_model=str(draft),
        speculation=False,
        split=(70.0, 30.0),
        memory_map=False,
        memory_lock=True,
        rope_base=500_000.0,
        rope_scale=0.5,
        template="{{ messages }}",
        thinking=False,
        reasoning_effort="high",
    )
    first = settings(tmp_path)
    first.choose(MODEL, choice)
    first.save()
    again = settings(tmp_path)
    assert again.choice_of(replace(MODEL, path="/elsewhere/qwen.gguf")) == choice
    assert again.choice_of(OTHER) == AUTOMATIC
    assert again.options_for(MODEL) == LoadOptions(
        4096,
        threads=2,
        gpu_layers=0,
        flash_attention=False,
        cache_type="q8_0",
        batch=128,
        adapters=choice.adapters,
        draft_model=str(draft),
        speculation=False,
        split=(70.0, 30.0),
        memory_map=False,
        memory_lock=True,
        rope_base=500_000.0,
        rope_scale=0.5,
        template="{{ messages }}",
    )


def test_only_a_draft_that_is_gone_is_left_out(tmp_path: Path) -> None:
    ours = settings(tmp_path)
    gone = str(tmp_path / "gone.gguf")
    ours.choose(MODEL, LoadChoice(adapters=(Adapter(gone),), draft_model=gone))
    options = ours.options_for(MODEL)
    assert (options.adapters, options.draft_model) == ((Adapter(gone),), "")
    assert ours.choice_of(MODEL).draft_model == gone


def test_automatic_again_leaves_nothing_in_the_file(tmp_path: Path) -> None:
    ours = settings(tmp_path)
    for choice in (LoadChoice(threads=2), AUTOMATIC):
        ours.choose(MODEL, choice)
        ours.save()
    assert json.loads((tmp_path / FILE).read_text()) == {}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{",
        b'{"qwen.gguf 2500": 3}',
        b"[" * 100_000,
        b'{"qwen.gguf 2500": {"threads": "2", "context_length": -1, "cache_type": "f64"}}',
        b'{"qwen.gguf 2500": {"threads": true, "batch": 1e9, "gpu_layers": 99999999999}}',
        b'{"qwen.gguf 2500": {"adapters": [3, {"path": ""}, {"path": "a", "scale": 1e300}]}}',
        b'{"qwen.gguf 2500": {"adapters": {"path": "a"}, "draft_model": ["a"]}}',
        b'{"qwen.gguf 2500": {"draft_model": "a\\u0000b", "flash_attention": 1}}',
        b'{"qwen.gguf 2500": {"template": 3, "split": [true, -1], "rope_base": -1}}',
        b'{"qwen.gguf 2500": {"template": "' + b"x" * (LONGEST_TEMPLATE + 1) + b'"}}',
        b'{"qwen.gguf 2500": {"threads": 1}, "a": "' + b"x" * (1 << 22) + b'"}',
    ],
)
def test_what_makes_no_sense_is_automatic(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    assert settings(tmp_path).choice_of(MODEL) == AUTOMATIC


def test_a_choice_that_cannot_be_written_holds_all_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.write_text("a file where the folder should be")
    ours = settings(tmp_path)
    broken = LoadSettings(folder, lambda: 8192)
    broken.choose(MODEL, LoadChoice(threads=2))
    with pytest.raises(FolderNotWritable):
        broken.save()
    assert broken.choice_of(MODEL).threads == 2
    assert ours.choice_of(MODEL) == AUTOMATIC


def test_what_is_written_can_be_read_again_however_much_it_is(tmp_path: Path) -> None:
    ours = settings(tmp_path)
    models = [ModelFile(f"/m/{number}\udcff.gguf", "", size=1) for number in range(10)]
    for model in models:
        ours.choose(model, LoadChoice(template="思" * LONGEST_TEMPLATE))
    ours.save()
    again = settings(tmp_path)
    assert again.choice_of(models[0]) == AUTOMATIC
    assert again.choice_of(models[-1]).template == "思" * LONGEST_TEMPLATE


def test_the_file_is_private_and_has_only_what_was_chosen(tmp_path: Path) -> None:
    ours = settings(tmp_path)
    for number in range(3):
        ours.choose(ModelFile(f"{number}.gguf", "", size=1), LoadChoice(threads=number + 1))
    ours.save()
    kept = json.loads((tmp_path / FILE).read_text())
    assert list(kept) == [f"{number}.gguf 1" for number in range(3)]
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0
