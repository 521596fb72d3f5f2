from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from chatapp.paths import Paths
from tests.chat.sessions import Chat


@pytest.fixture
def chat(paths: Paths, tmp_path: Path) -> Iterator[Chat]:
    chat = Chat(paths, tmp_path)
    yield chat
    chat.services.close()
