"""Every icon is there, draws something, and takes the colour that it is given."""

from __future__ import annotations

from typing import get_args

import pytest
from PySide6.QtGui import QColor

from chatapp.paths import Paths
from chatapp.ui.icons import IconName, IconSet
from chatapp.ui.theme import Appearance

FOLDER = Paths.default().resources / "icons"


def test_names_and_files_are_the_same() -> None:
    files = {path.stem for path in FOLDER.glob("*.svg")} - {"chatapp"}
    assert files == set(get_args(IconName))


@pytest.mark.parametrize("name", get_args(IconName))
@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_every_icon_draws_in_its_colour_within_its_grid(
    appearance: Appearance, name: IconName, ratio: float
) -> None:
    red = QColor("#ff0000")
    image = appearance.icons.pixmap(name, 16, red, ratio).toImage()
    assert image.width() == round(16 * ratio)
    opaque = [
        (x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() > 128
    ]
    assert len(opaque) > 3 * ratio**2
    assert all(image.pixelColor(x, y).green() == 0 for x, y in opaque)


def test_icons_are_drawn_once(appearance: Appearance) -> None:
    first = appearance.icons.pixmap("search", 16, QColor("red"), 1.0)
    assert appearance.icons.pixmap("search", 16, QColor("red"), 1.0) is first
    assert appearance.icons.pixmap("search", 16, QColor("blue"), 1.0) is not first


def test_a_missing_file_is_an_error_not_a_blank(qapp, tmp_path) -> None:
    with pytest.raises(FileNotFoundError):
        IconSet(tmp_path).pixmap("search", 16, QColor("red"), 1.0)


def test_the_application_has_an_icon(appearance: Appearance) -> None:
    assert not appearance.icons.application_icon().pixmap(64, 64).isNull()
