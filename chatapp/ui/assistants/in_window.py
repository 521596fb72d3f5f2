"""Gives assistants and prompts their places in a window: composer, top bar, welcome, a page."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer

from chatapp.domain.generation import NO_CHOICE, ParameterChoice
from chatapp.errors import ChatappError, ModelUnknown
from chatapp.ui.assistants.composer_bar import ComposerBar
from chatapp.ui.assistants.icon_choice import icon_of
from chatapp.ui.assistants.in_use import AssistantInUse
from chatapp.ui.composer_completion import ComposerCompletion
from chatapp.ui.i18n import Translated, error_sentence
from chatapp.ui.palette.entry import Entry, plain
from chatapp.ui.widgets.sidebar_row import SidebarRow

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatapp.chat.assistants import Assistants
    from chatapp.chat.prompts import Prompts
    from chatapp.domain.assistant import Assistant
    from chatapp.domain.conversation import Conversation
    from chatapp.domain.model import ModelFile
    from chatapp.domain.prompt import PromptTemplate
    from chatapp.hub.library import Library
    from chatapp.storage.temporary import AllConversations
    from chatapp.ui.assistants.page import AssistantsPage
    from chatapp.ui.main_window import MainWindow
    from chatapp.ui.parameters.conversation_parameters import ConversationParameters
    from chatapp.ui.theme import Appearance


class WindowAssistants(QObject):
    """Keeps the assistant in step with what the window shows."""

    def __init__(
        self,
        window: MainWindow,
        assistants: Assistants,
        prompts: Prompts,
        conversations: AllConversations,
        library: Library,
        parameters: ConversationParameters,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._parts = parts = window.parts
        self._assistants = assistants
        self._prompts = prompts
        self._library = library
        self._parameters = parameters
        self._page: AssistantsPage | None = None
        self._is_compact = False  # the sidebar is a drawer then
        self.in_use = AssistantInUse(assistants, conversations, parts.jobs, self)
        composer = parts.pane.composer
        self.completion = ComposerCompletion(
            parts.appearance, composer, assistants.list, prompts.list, self
        )
        self.bar = ComposerBar(parts.appearance)
        composer.add_to_bar(self.bar, self.bar.stops)
        composer.compact_changed.connect(self.bar.set_compact)
        composer.compact_changed.connect(self._on_compact)
        self.row = _Row(parts.appearance)
        parts.panel.sidebar.add_place(self.row)
        # Names follow the language, but only once everybody speaks it.
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self.in_use.refresh)
        parts.pane.installEventFilter(self)
        parts.pane.asking.assistant_choice = self._choice
        parts.pane.asking.assistant_id = self._id
        self._connect()
        self.in_use.show(None)
        # From now on both answer at once.
        parts.jobs.general.run(prompts.list)
        parts.jobs.general.run(assistants.list, on_done=lambda _: self.in_use.refresh())

    @property
    def page(self) -> AssistantsPage:
        """The page, made when it is first asked for."""
        if self._page is not None:
            return self._page
        from chatapp.ui.assistants.page import AssistantsPage

        self._page = page = AssistantsPage(
            appearance=self._parts.appearance,
            jobs=self._parts.jobs,
            assistants=self._assistants,
            prompts=self._prompts,
            models=self._library.models,
        )
        self._parts.pages.add_page(page)
        page.set_narrow(very_narrow=self._is_compact)
        page.assistant_requested.connect(self.begin_with)
        page.prompt_requested.connect(self._begin_with_prompt)
        page.undoable.connect(
            lambda words, undo: self._parts.toast.show_text(words, self.tr("Undo"), undo)
        )
        page.sidebar_requested.connect(self._parts.top_bar.sidebar_requested)
        page.assistants.listed.connect(self.in_use.refresh)
        return page

    def show_page(self, *, of_assistants: bool = True) -> None:
        """Show the page with the assistants, or with the prompts."""
        self.page.show_tab(of_assistants=of_assistants)
        self._parts.pages.show_page(self.page)

    def begin_with(self, assistant: Assistant) -> None:
        """Begin a conversation with an assistant."""
        self._window.shown.new()
        self.choose(assistant)

    def choose(self, assistant: Assistant) -> None:
        """Have it answer from now on where the next message goes."""
        self._parameters.follow(assistant.system_prompt)
        self.in_use.choose(assistant)

    # Qt

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LanguageChange:
            self._later.start()
        return False

    # Inside

    def _connect(self) -> None:
        parts = self._parts
        self.bar.assistant.clicked.connect(self.completion.open_assistants)
        self.bar.prompts.clicked.connect(self.completion.open_prompts)
        self.completion.assistant_chosen.connect(self.choose)
        self.completion.editing_requested.connect(
            lambda of_assistants: self.show_page(of_assistants=of_assistants)
        )
        self.row.clicked.connect(self._on_row)
        self.in_use.changed.connect(self._on_changed)
        self.in_use.stored.connect(self._on_stored)
        self.in_use.model_wanted.connect(self._find_model)
        self.in_use.failed.connect(lambda error: parts.toast.show_text(error_sentence(error)))
        parts.pages.shown.connect(self._on_page_shown)
        parts.pane.shown.connect(self.in_use.show)
        parts.pane.refreshed.connect(self.in_use.show)
        parts.pane.conversation_started.connect(self.in_use.begin)
        self._window.shown.titled.connect(lambda _: self._on_titled())
        actions = parts.actions
        actions.show_assistants.triggered.connect(self._on_row)
        actions.show_prompts.triggered.connect(lambda: self.show_page(of_assistants=False))
        actions.choose_assistant.triggered.connect(
            lambda: self._write(self.completion.open_assistants)
        )
        actions.insert_prompt.triggered.connect(lambda: self._write(self.completion.open_prompts))
        palettes = self._window.palettes
        palettes.add_source(lambda: self.tr("Assistants"), self._assistant_entries, "@")
        palettes.add_source(lambda: self.tr("Prompts"), self._prompt_entries, "/")

    def _write(self, then: Callable[[], None]) -> None:
        """Do something where a message is written, once that is seen."""
        self._parts.pages.show_chat()
        self._parts.pane.composer.focus()
        QTimer.singleShot(0, self, then)

    def _assistant_entries(self) -> list[Entry]:
        return [
            Entry(
                plain(one.name),
                partial(self._write, partial(self.choose, one)),
                icon_of(one),
                one.description,
                id=f"assistant:{one.id}",
            )
            for one in self._assistants.list()
        ]

    def _prompt_entries(self) -> list[Entry]:
        return [
            Entry(
                plain(one.name),
                partial(self._write, partial(self.completion.insert, one)),
                "slash",
                self.tr("Prompt"),
                id=f"prompt:{one.id}",
            )
            for one in self._prompts.list()
        ]

    def _on_compact(self, compact: bool) -> None:  # noqa: FBT001 - a slot
        self._is_compact = compact
        if self._page is not None:
            self._page.set_narrow(very_narrow=compact)

    def _on_row(self) -> None:
        self.show_page()

    def _choice(self) -> ParameterChoice:
        assistant = self.in_use.current
        return NO_CHOICE if assistant is None else assistant.choice

    def _id(self) -> str:
        assistant = self.in_use.current
        return "" if assistant is None else assistant.id

    def _on_titled(self) -> None:
        if self._parts.pane.conversation is None:  # nothing else tells of a new one
            self.in_use.show(None)

    def _on_changed(self, assistant: Assistant | None) -> None:
        self.bar.show_assistant(assistant)
        self._parts.pane.welcome.set_assistant(assistant)
        self._parts.top_bar.set_assistant(assistant)
        told = assistant.system_prompt if assistant is not None else ""
        self._parameters.set_usual_instructions(told)

    def _on_stored(self, conversation: Conversation) -> None:
        self._parts.panel.update(conversation)
        self._parts.panel.changed.emit(conversation)
        if self._parts.pane.conversation_id == conversation.id:
            self._parameters.show_conversation(conversation)

    def _find_model(self, name: str) -> None:
        models = self._parts.models
        known = next((model for model in models.offered if model.name == name), None)
        if known is not None:  # at once: the next message may follow
            models.choose(known)
            return

        def find() -> ModelFile:
            # Never by a path: a file that somebody sent could name one on another computer.
            found = (model for model in self._library.models() if model.name == name)
            model = next(found, None)
            if model is None:
                raise ModelUnknown(name)
            return model

        def found(model: ModelFile) -> None:
            assistant = self.in_use.current
            if assistant is not None and assistant.model == name:
                models.choose(model)

        self._parts.jobs.general.run(find, on_done=found, on_error=self._on_error)

    def _on_error(self, error: Exception) -> None:
        if not isinstance(error, ChatappError):
            raise error
        self._parts.toast.show_text(error_sentence(error))

    def _on_page_shown(self) -> None:
        is_open = self._page is not None and self._parts.pages.stack.currentWidget() is self._page
        self.row.set_current(current=is_open)

    def _begin_with_prompt(self, prompt: PromptTemplate) -> None:
        self._window.shown.new()
        self.completion.insert(prompt)


class _Row(Translated, SidebarRow):
    def __init__(self, appearance: Appearance) -> None:
        super().__init__(appearance, "person")
        self._translate()

    def _translate(self) -> None:
        self.setText(self.tr("Assistants"))
