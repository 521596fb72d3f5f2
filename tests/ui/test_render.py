"""The pictures for looking at can be made in every theme."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatapp.ui.theme import Appearance, ThemeChoice
from tests.ui.render import Renderer


@pytest.mark.parametrize("choice", [ThemeChoice.LIGHT, ThemeChoice.HIGH_CONTRAST])
@pytest.mark.parametrize("reduced", [False, True])
def test_every_panel_can_be_drawn(
    appearance: Appearance, qtlog, tmp_path: Path, choice: ThemeChoice, *, reduced: bool
) -> None:
    appearance.set_choice(choice)
    appearance.set_reduced_motion(reduced=reduced)
    renderer = Renderer(appearance, tmp_path)
    for render in renderer.all():
        render()
    pictures = list(tmp_path.glob("*.png"))
    assert len(pictures) > 15
    assert all(picture.stat().st_size > 500 for picture in pictures)
