"""What the window's actions do."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QApplication

from chatapp.domain.conversation import MessageStatus, OverflowPolicy, Role
from chatapp.errors import ChatappError
from chatapp.ui.filing_wishes import NewFolder
from chatapp.ui.message_menu import Command
from chatapp.ui.models_page.tab import Tab
from chatapp.ui.theme import ThemeChoice

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import SignalInstance

    from chatapp.domain.model import ModelFile
    from chatapp.ui.models_page.page import ModelsPage
    from chatapp.ui.palette.palettes import Palettes
    from chatapp.ui.window_conversation import ShownConversation
    from chatapp.ui.window_layout import SidePanel
    from chatapp.ui.window_parts import Parts

ZOOMS = (50, 67, 75, 80, 90, 100, 110, 125, 150, 175, 200, 250, 300)  # percent


class WindowActions(QObject):
    """Connects every action, and the buttons that want the same, with the panels."""

    def __init__(
        self, parts: Parts, shown: ShownConversation, palettes: Palettes, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._parts = parts
        self._shown = shown
        self._palettes = palettes
        self._connect_actions()
        self._connect_panels()

    def _connect_actions(self) -> None:
        parts, actions, pane = self._parts, self._parts.actions, self._parts.pane
        palettes = self._palettes
        for action, slot in (
            (actions.new_conversation, self._shown.new),
            (actions.new_temporary, self._shown.begin_temporary),
            (actions.new_folder, self._new_folder),
            (actions.search, palettes.open_search),
            (actions.filter, self._filter),
            (actions.find, self._find),
            (actions.find_next, pane.find_bar.find_next),
            (actions.find_previous, pane.find_bar.find_previous),
            (actions.focus_composer, self.write),
            (actions.attach, self._attach),
            (actions.rename, parts.top_bar.start_renaming),
            (actions.pin, self._shown.pin),
            (actions.duplicate, self._shown.duplicate),
            (actions.archive, self._shown.archive),
            (actions.trash, parts.panel.trash_selected),
            (actions.stop, self._on_escape),
            (actions.retry, pane.retry_last),
            (actions.continue_answer, pane.continue_last),
            (actions.previous_version, partial(self._show_version, -1)),
            (actions.next_version, partial(self._show_version, 1)),
            (actions.copy_answer, self._copy_answer),
            (actions.copy_code, self._copy_code),
            (actions.choose_model, self._choose_model),
            (actions.load_settings, self._show_loading),
            (actions.add_models, self._add_models),
            (actions.palette, palettes.open_commands),
            (actions.show_chat, self.write),
            (actions.show_models, parts.pages.show_models),
            (actions.show_downloads, lambda: parts.pages.show_tab(Tab.DOWNLOADS)),
            (actions.show_archive, partial(self._show_shelf, parts.panel.sidebar.open_archive)),
            (actions.show_trash, partial(self._show_shelf, parts.panel.sidebar.open_trash)),
            (actions.toggle_sidebar, parts.layout.toggle_sidebar),
            (actions.zoom_in, partial(self._zoom, 1)),
            (actions.zoom_out, partial(self._zoom, -1)),
            (actions.zoom_reset, partial(self._zoom, 0)),
            (actions.shortcuts, palettes.open_shortcuts),
            (actions.open_logs, self._open_logs),
        ):
            action.triggered.connect(slot)
        for action, command in (
            (actions.edit_answer, Command.EDIT),
            (actions.branch_off, Command.BRANCH),
            (actions.like, Command.GOOD),
            (actions.dislike, Command.BAD),
            (actions.details, Command.DETAILS),
        ):
            action.triggered.connect(partial(self._act_on_answer, command))
        parts.settings.subscribe(lambda _: self._check_choices())
        self._check_choices()
        actions.themes.triggered.connect(lambda action: self._set_theme(action.data()))
        actions.languages.triggered.connect(lambda action: self._set_language(action.data()))
        actions.overflow.triggered.connect(
            lambda action: self._shown.set_overflow(OverflowPolicy(action.data()))
        )

    def _connect_panels(self) -> None:
        parts = self._parts
        parts.top_bar.sidebar_requested.connect(parts.layout.toggle_sidebar)
        parts.top_bar.find_requested.connect(self._find)
        parts.top_bar.keyboard_released.connect(parts.pane.composer.focus)
        parts.layout.drawer.closed.connect(parts.pane.composer.focus)
        sidebar = parts.panel.sidebar
        sidebar.models_requested.connect(parts.pages.show_models)
        sidebar.downloads_requested.connect(lambda: parts.pages.show_tab(Tab.DOWNLOADS))
        sidebar.settings_requested.connect(parts.actions.settings.trigger)
        parts.pages.models_made.connect(self._connect_models_page)
        parts.chip.settings_requested.connect(self._show_loading)
        parts.chip.more_requested.connect(partial(parts.pages.show_tab, Tab.DISCOVER))
        parts.chip.cancel_requested.connect(parts.engine.cancel_load)
        parts.pane.load_settings_requested.connect(self._show_loading)
        parts.pane.discover_requested.connect(partial(parts.pages.show_tab, Tab.DISCOVER))
        parts.pane.library_requested.connect(partial(parts.pages.show_tab, Tab.LIBRARY))
        parts.pane.longer_context_requested.connect(self._use_longer_context)
        parts.models.used.connect(parts.loading.use)
        self.add_side_panel(parts.loading, parts.loading.opened, parts.loading.closed)

    def _connect_models_page(self, page: ModelsPage) -> None:
        parts = self._parts
        sidebar = parts.panel.sidebar
        sidebar.set_downloads(page.downloads.items)
        page.downloads_changed.connect(sidebar.set_downloads)
        page.downloads.ready.connect(self._on_model_ready)
        page.models_changed.connect(parts.models.find)
        page.chat_requested.connect(self._shown.chat_with)
        page.failed.connect(parts.panel.tell)
        page.save_requested.connect(parts.pane.message_actions.save_code)
        page.sidebar_requested.connect(parts.layout.toggle_sidebar)
        page.loading_requested.connect(parts.loading.open)

    # Conversations

    def _new_folder(self) -> None:
        self._show_shelf(self._parts.panel.sidebar.close_trash)
        self._parts.panel.sidebar.wished.emit(NewFolder())

    def _show_shelf(self, show: Callable[[], None]) -> None:
        self._parts.layout.show_sidebar()
        show()

    # Where the keyboard goes

    def write(self) -> None:
        """Show the conversation and put the keyboard where a message is written."""
        self._parts.pages.show_chat()
        self._parts.pane.composer.focus()

    def _attach(self) -> None:
        self._parts.pages.show_chat()
        self._parts.pane.composer.choose_files()

    def _filter(self) -> None:
        self._parts.layout.show_sidebar()
        self._parts.panel.sidebar.focus_search()

    def _find(self) -> None:
        if self._parts.pages.shows_models:
            self._parts.pages.models_page.focus_search()
        elif self._parts.pages.shows_chat and self._parts.pane.conversation is not None:
            self._parts.pane.find_bar.open()

    def _on_escape(self) -> None:
        parts = self._parts
        side_panel = parts.layout.side_panel
        if parts.layout.drawer.isVisible():
            parts.layout.drawer.close_drawer()
        elif side_panel is not None and side_panel.has_keyboard:
            side_panel.close()
        elif not parts.pages.shows_chat:
            if not (parts.pages.shows_models and parts.pages.models_page.go_back()):
                self.write()
        elif not parts.pane.stop():
            parts.panel.sidebar.clear_search()

    def add_side_panel(
        self, panel: SidePanel, opened: SignalInstance, closed: SignalInstance
    ) -> None:
        """Give a panel its place beside the page."""
        layout = self._parts.layout
        layout.add_side_panel(panel)
        opened.connect(lambda: layout.place(panel))
        closed.connect(lambda: self._on_side_panel_closed(panel))

    def _on_side_panel_closed(self, panel: SidePanel) -> None:
        focused = QApplication.focusWidget()
        had_keyboard = focused is not None and panel.panel.isAncestorOf(focused)
        self._parts.layout.place()
        if had_keyboard and self._parts.pages.shows_chat:
            self._parts.pane.composer.focus()

    # Models

    def _choose_model(self) -> None:
        self._parts.pages.show_chat()
        self._parts.chip.open_picker()

    def _add_models(self) -> None:
        self._parts.pages.show_tab(Tab.LIBRARY)
        self._parts.pages.models_page.ask_for_file()

    def _show_loading(self) -> None:
        if self._parts.pane.model is not None:
            self._parts.loading.open(self._parts.pane.model)

    def _use_longer_context(self, message_id: int, tokens: int) -> None:
        pane = self._parts.pane
        if pane.model is not None:
            self._parts.loading.use_context(pane.model, tokens, partial(pane.go_on, message_id))

    def _on_model_ready(self, model: ModelFile) -> None:
        if self._parts.pages.shows_chat:
            words = self.tr("{model} is here and verified.").format(model=model.name)
            on_chat = (lambda: self._shown.chat_with(model)) if model.can_chat else None
            self._parts.toast.show_text(words, self.tr("Chat"), on_chat)

    # The last answer

    def _show_version(self, step: int) -> None:
        last = self._parts.pane.last_answer
        if last is not None and last.status is not MessageStatus.GENERATING:
            self._parts.pane.message_actions.show_version(last.id, step)

    def _act_on_answer(self, command: Command) -> None:
        last = self._parts.pane.last_answer
        if last is not None:
            self._parts.pane.message_actions.act(command, last.id)

    def _copy_answer(self) -> None:
        """What is selected, as Markdown, or else the whole of the last answer."""
        pane = self._parts.pane
        last = self._parts.pane.last_answer
        if pane.transcript.has_selection:
            pane.transcript.copy_markdown()
        elif last is not None:
            pane.message_actions.act(Command.COPY, last.id)
            self._parts.toast.show_text(self.tr("Copied"))

    def _copy_code(self) -> None:
        """The last code block there is, in whichever answer."""
        answers = [
            message.text
            for message in reversed(self._parts.pane.transcript_model.messages)
            if message.role is Role.ASSISTANT and ("```" in message.text or "~~~" in message.text)
        ]

        def find() -> str | None:
            # Reading a long text takes a while.
            from chatapp.ui.transcript.blocks import CodeBlock
            from chatapp.ui.transcript.markdown import MarkdownParser

            for text in answers:
                for block in reversed(list(MarkdownParser().parse(text))):
                    if isinstance(block, CodeBlock):
                        return block.text
            return None

        def copy(code: str | None) -> None:
            if code is None:
                self._parts.toast.show_text(self.tr("There is no code in this conversation."))
            else:
                QGuiApplication.clipboard().setText(code)
                self._parts.toast.show_text(self.tr("Copied"))

        self._parts.jobs.general.run(find, on_done=copy)

    # Settings

    def _check_choices(self) -> None:
        """What was chosen, here or in the settings."""
        actions, settings = self._parts.actions, self._parts.settings.current
        for choices, chosen in (
            (actions.themes, str(self._parts.appearance.choice)),
            (actions.languages, settings.language),
        ):
            for choice in choices.actions():
                choice.setChecked(choice.data() == chosen)

    def _set_theme(self, choice: str) -> None:
        self._parts.appearance.set_choice(ThemeChoice(choice))
        self._change_setting("theme", choice)

    def _set_language(self, language: str) -> None:
        self._change_setting("language", language)

    def _zoom(self, direction: int) -> None:
        """To the next larger or smaller size, or with 0 to the normal one."""
        now = self._parts.settings.current.text_zoom
        larger = [zoom for zoom in ZOOMS if zoom > now]
        smaller = [zoom for zoom in ZOOMS if zoom < now]
        if direction > 0:
            wanted = larger[0] if larger else now
        elif direction < 0:
            wanted = smaller[-1] if smaller else now
        else:
            wanted = 100
        self._change_setting("text_zoom", wanted)

    def _change_setting(self, name: str, value: str | int) -> None:
        try:
            self._parts.settings.change(**{name: value})
        except ChatappError as error:
            self._parts.panel.tell(error)

    def _open_logs(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._parts.paths.logs)))
