"""The look, shared by all tests of the interface."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from chatapp.paths import Paths
from chatapp.ui.theme import Appearance, ThemeChoice


@pytest.fixture(scope="session")
def _appearance(qapp: QApplication) -> Appearance:
    return Appearance(qapp, Paths.default().resources, ThemeChoice.LIGHT)


@pytest.fixture
def appearance(_appearance: Appearance) -> Iterator[Appearance]:
    yield _appearance
    _appearance.set_choice(ThemeChoice.LIGHT)
    _appearance.set_reduced_motion(reduced=False)
