"""The window of the settings on real services without a model."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from chatapp.engine.choice import EngineChoice
from chatapp.hub.access import access_from
from chatapp.hub.client import HubClient
from chatapp.hub.library import Library
from chatapp.hub.token import TokenStore
from chatapp.jobs import Jobs
from chatapp.logs import Logs
from chatapp.models.disk_space import DiskSpace
from chatapp.models.engine_packs import EnginePacks
from chatapp.network import Network
from chatapp.paths import Paths
from chatapp.settings import SettingsFile
from chatapp.ui.bridge import MainThread
from chatapp.ui.settings.engines import Engines
from chatapp.ui.settings.pages import SettingsPages, SettingsParts
from chatapp.ui.theme import Appearance
from tests.models.wheels import IndexDownload


class Opened:
    """What a person sees, and what is behind it."""

    def __init__(self, parts: SettingsParts, pages: SettingsPages) -> None:
        self.parts = parts
        self.pages = pages
        self.window = pages.window
        self.file = parts.settings
        self.emptied = 0


@pytest.fixture
def opened(qtbot: QtBot, appearance: Appearance, jobs: Jobs, paths: Paths) -> Iterator[Opened]:
    """The settings are open."""
    QLocale.setDefault(QLocale("en_US"))
    file = SettingsFile(paths.settings)
    network = Network(paths.connections)
    main_thread = MainThread()
    library = Library(paths, jobs)
    client = HubClient(lambda: access_from(file.current), network)
    logs = Logs(paths.logs)
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    trash: list[bool] = []
    choice = EngineChoice()
    packs = EnginePacks(paths.engines)
    download = IndexDownload(packs, network)
    parts = SettingsParts(
        appearance=appearance,
        settings=file,
        paths=paths,
        jobs=jobs,
        post=main_thread.post,
        network=network,
        library=library,
        hub=client,
        tokens=TokenStore(),
        space=DiskSpace(paths, lambda: library.folder, logs),
        empty_trash=lambda: trash.append(True),
        engines=Engines(packs, choice, lambda: choice.info, download, jobs, main_thread.post),
    )
    opened = Opened(parts, SettingsPages(parts, parent))
    opened.pages.trash_emptied.connect(lambda: setattr(opened, "emptied", len(trash)))
    try:
        opened.pages.open()
        qtbot.waitUntil(opened.window.isActiveWindow)
        yield opened
        opened.window.close()
    finally:
        client.close()
        library.close()
        logs.close()
        main_thread.close()
