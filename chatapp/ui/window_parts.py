"""What a window is put together from, for the modules that connect it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatapp.chat.session import Session
    from chatapp.engine.engine import Engine
    from chatapp.jobs import Jobs
    from chatapp.paths import Paths
    from chatapp.settings import SettingsFile
    from chatapp.storage.search import Search
    from chatapp.ui.actions import Actions
    from chatapp.ui.chat_pane import ChatPane
    from chatapp.ui.conversation_panel import ConversationPanel
    from chatapp.ui.keys import Keys
    from chatapp.ui.loading import ModelLoading
    from chatapp.ui.model_chip import ModelChip
    from chatapp.ui.model_choice import ModelChoice
    from chatapp.ui.status_line import StatusLine
    from chatapp.ui.theme import Appearance
    from chatapp.ui.top_bar import TopBar
    from chatapp.ui.widgets.toast import Toast
    from chatapp.ui.window_layout import Layout
    from chatapp.ui.window_pages import Pages


@dataclass(frozen=True, slots=True)
class Parts:
    """Services first, then panels, then what holds them."""

    appearance: Appearance
    session: Session
    engine: Engine
    search: Search
    jobs: Jobs
    settings: SettingsFile
    paths: Paths
    actions: Actions
    keys: Keys
    panel: ConversationPanel
    chip: ModelChip
    top_bar: TopBar
    pane: ChatPane
    models: ModelChoice
    status_line: StatusLine
    loading: ModelLoading
    pages: Pages
    layout: Layout
    toast: Toast
