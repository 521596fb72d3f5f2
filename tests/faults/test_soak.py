from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.engine.gguf_files import write_tiny_architecture
from tests.faults.chance import LIMIT, Chance
from tests.faults.soak import KEPT_TINY, MOST_GROWTH, Soak

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
    pytest.mark.timeout(LIMIT),
]

ARCHITECTURES = ("llama", "gemma3", "mamba2", "qwen35")


@pytest.mark.model
def test_a_few_requests(tmp_path: Path, starter_model: Path) -> None:
    found = Soak(tmp_path, starter_model, seed=3, checked=1.0).run(10)
    assert not found.wrong
    assert found.checked > 4


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_tiny_model(tmp_path: Path, architecture: str) -> None:
    """Many more in the same time, and other kinds of memory."""
    model = write_tiny_architecture(tmp_path / "tiny.gguf", architecture)
    found = Soak(tmp_path, model, seed=3, checked=1.0, kept=KEPT_TINY).run(40)
    assert not found.wrong
    assert found.checked > 20
    assert (found.application_growth or 0) < MOST_GROWTH


@pytest.mark.model
def test_at_random(tmp_path: Path, starter_model: Path, chance: Chance) -> None:
    """All of them by turns, the starter model among them where there is time."""
    requests = checked = kills = 0
    for number, dice in chance.rounds(1):
        folder = tmp_path / str(number)
        folder.mkdir()
        if chance.is_long and number % 5 == 4:
            soak = Soak(folder, starter_model, seed=dice.randrange(1 << 30), checked=1.0)
            found = soak.run(60)
        else:
            model = write_tiny_architecture(folder / "tiny.gguf", ARCHITECTURES[number % 4])
            seed = dice.randrange(1 << 30)
            found = Soak(folder, model, seed=seed, checked=1.0, kept=KEPT_TINY).run(
                240 if chance.is_long else 30
            )
        assert not found.wrong, f"round {number}\n{found.report()}"
        grown = max(found.worker_growth or 0, found.application_growth or 0)
        assert grown < MOST_GROWTH, f"round {number}\n{found.report()}"
        requests += found.requests
        checked += found.checked
        kills += found.kills
    chance.report("soak", requests=requests, checked=checked, kills=kills, wrong=0)
