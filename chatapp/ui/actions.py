"""Every action of the window, once: its name, its group, its words, its keys.

Menus, tooltips, the command palette, the sheet of keys and the settings show what stands here; the
window connects it. A new action is a line in the constructor and a line in `_translate`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from chatapp.domain.conversation import OverflowPolicy
from chatapp.ui.theme import ThemeChoice

if TYPE_CHECKING:
    from chatapp.ui.icons import IconName
    from chatapp.ui.theme import Appearance

LANGUAGES = {"en": "English", "zh_CN": "简体中文"}  # each in its own words


class Group(StrEnum):
    """What actions are about, in the order in which they are listed."""

    CONVERSATION = "conversation"
    ANSWER = "answer"
    MODEL = "model"
    VIEW = "view"
    APPEARANCE = "appearance"
    LANGUAGE = "language"
    CONTEXT = "context"  # what happens when it is full
    APPLICATION = "application"


class Action(QAction):
    """One thing to do. `id` is also the object's name and the name of its keys in the settings.

    What does nothing now is disabled. Where its keys have another meaning then it is only not
    `is_offered`: Escape closes things while there is nothing to stop.
    """

    def __init__(
        self, name: str, group: Group, keys: tuple[str, ...], icon: IconName, window: QWidget
    ) -> None:
        super().__init__(window)
        self.id = name
        self.group = group
        self.icon_name = icon
        self.is_offered = True
        self.default_keys = [QKeySequence(key) for key in keys]
        self.setObjectName(name)
        self.setShortcuts(self.default_keys)
        window.addAction(self)


class Actions(QObject):
    """The window's actions. Its words follow the language."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._all: list[Action] = []

        add, group = self._add, Group.CONVERSATION
        self.new_conversation = add("conversation.new", group, "compose", "Ctrl+N", "Ctrl+Shift+O")
        self.new_temporary = add(
            "conversation.new-temporary", group, "clock", "Ctrl+Shift+'", 'Ctrl+Shift+"'
        )
        self.new_folder = add("conversation.new-folder", group, "folder", "Ctrl+Shift+N")
        self.search = add("conversation.search", group, "search", "Ctrl+K")
        self.filter = add("conversation.filter", group, "list", "Ctrl+Shift+F")
        self.find = add("conversation.find", group, "search", "Ctrl+F")
        self.find_next = add("conversation.find-next", group, "arrow-down", "F3")
        self.find_previous = add("conversation.find-previous", group, "arrow-up", "Shift+F3")
        self.focus_composer = add("conversation.write", group, "pencil", "Shift+Esc")
        self.attach = add("conversation.attach", group, "paperclip")
        self.choose_assistant = add("conversation.assistant", group, "person")
        self.insert_prompt = add("conversation.prompt", group, "list")
        self.rename = add("conversation.rename", group, "pencil", "F2")
        self.pin = add("conversation.pin", group, "pin")
        self.pin.setCheckable(True)
        self.duplicate = add("conversation.duplicate", group, "copy")
        self.archive = add("conversation.archive", group, "archive")
        self.archive.setCheckable(True)
        self.trash = add("conversation.trash", group, "trash", "Ctrl+Shift+Backspace")

        group = Group.ANSWER
        self.stop = add("answer.stop", group, "stop", "Esc")
        self.retry = add("answer.retry", group, "refresh", "Ctrl+R")
        self.continue_answer = add("answer.continue", group, "continue", "Alt+Return")
        self.previous_version = add("answer.previous-version", group, "chevron-left", "Alt+Left")
        self.next_version = add("answer.next-version", group, "chevron-right", "Alt+Right")
        self.copy_answer = add("answer.copy", group, "copy", "Ctrl+Shift+C")
        # With Shift the key of the semicolon is the colon on many keyboards.
        self.copy_code = add("answer.copy-code", group, "code", "Ctrl+Shift+;", "Ctrl+Shift+:")
        self.edit_answer = add("answer.edit", group, "pencil")
        self.branch_off = add("answer.branch", group, "branch")
        self.like = add("answer.like", group, "like")
        self.dislike = add("answer.dislike", group, "dislike")
        self.details = add("answer.details", group, "info")
        self.read_aloud = add("answer.read-aloud", group, "play")

        group = Group.MODEL
        self.choose_model = add("model.choose", group, "chip", "Ctrl+L")
        self.load_settings = add("model.load-settings", group, "wrench")
        self.add_models = add("model.add", group, "plus")

        group = Group.VIEW
        self.palette = add("view.palette", group, "list", "Ctrl+Shift+P")
        self.show_chat = add("view.conversation", group, "chat", "Ctrl+1")
        self.show_models = add("view.models", group, "model", "Ctrl+2")
        self.show_assistants = add("view.assistants", group, "person", "Ctrl+3")
        self.show_prompts = add("view.prompts", group, "list")
        self.show_downloads = add("view.downloads", group, "download")
        self.show_archive = add("view.archive", group, "archive")
        self.show_trash = add("view.trash", group, "trash")
        self.toggle_sidebar = add("view.sidebar", group, "sidebar", "Ctrl+B")
        self.parameters = add("view.parameters", group, "sliders", "Ctrl+I")
        self.branches = add("view.branches", group, "branch", "Ctrl+Shift+G")
        self.branches.setCheckable(True)
        self.zoom_in = add("view.zoom-in", group, "plus", "Ctrl++", "Ctrl+=")
        self.zoom_out = add("view.zoom-out", group, "minus", "Ctrl+-")
        self.zoom_reset = add("view.zoom-reset", group, "refresh", "Ctrl+0")

        group = Group.APPLICATION
        self.settings = add("application.settings", group, "gear", "Ctrl+,")
        self.shortcuts = add("application.shortcuts", group, "keyboard", "Ctrl+/")
        self.quick_ask = add("application.quick-ask", group, "chat")
        self.whats_new = add("application.whats-new", group, "info")
        self.open_logs = add("application.logs", group, "folder")
        self.quit = add("application.quit", group, "close", "Ctrl+Q")

        self._short = (
            *(self.rename, self.pin, self.duplicate, self.archive, self.trash),
            *(self.stop, self.retry, self.continue_answer, self.branch_off),
            *(self.previous_version, self.next_version),
        )
        self.themes = self._choices(
            Group.APPEARANCE, "contrast", {f"theme.{choice}": str(choice) for choice in ThemeChoice}
        )
        self.overflow = self._choices(
            Group.CONTEXT, "chip", {f"context.{policy}": str(policy) for policy in OverflowPolicy}
        )
        languages = {f"language.{tag or 'system'}": tag for tag in ("", *LANGUAGES)}
        self.languages = self._choices(Group.LANGUAGE, "globe", languages)
        self.overflow_menu = QMenu(window)
        self.overflow_menu.addActions(self.overflow.actions())
        self.context_menu = QMenu(window)
        # Made here: of what Qt made itself, PySide now and then believes that it is gone.
        self._context_title = QAction(self.context_menu)
        self._context_title.setEnabled(False)
        self.context_menu.addAction(self._context_title)
        self.context_menu.addActions(self.overflow.actions())
        self._appearance_menu = QMenu(window)
        self._appearance_menu.addActions(self.themes.actions())
        self._translate()

    def all(self) -> list[Action]:
        """Every action, by group."""
        order = list(Group)
        return sorted(self._all, key=lambda action: order.index(action.group))

    def group_name(self, group: Group) -> str:
        """What a group is called."""
        return {
            Group.CONVERSATION: self.tr("Conversation"),
            Group.ANSWER: self.tr("Answer"),
            Group.MODEL: self.tr("Model"),
            Group.VIEW: self.tr("View"),
            Group.APPEARANCE: self.tr("Appearance"),
            Group.LANGUAGE: self.tr("Language"),
            Group.CONTEXT: self.tr("When the context is full"),
            Group.APPLICATION: self.tr("Application"),
        }[group]

    def about(self, action: Action) -> str:
        """What is meant by "Dark", or by "Rename", where the words alone don't say it."""
        is_choice = action.actionGroup() is not None
        return self.group_name(action.group) if is_choice or action in self._short else ""

    def menu(self, appearance: Appearance) -> QMenu:
        """The menu behind the three dots."""
        menu = QMenu(self._window)
        menu.addActions([self.find, self.rename, self.pin, self.duplicate, self.archive])
        menu.addAction(self.trash)
        menu.addSeparator()
        menu.addActions([self.retry, self.continue_answer, self.read_aloud])
        menu.addSeparator()
        menu.addActions([self.branches, self.parameters])
        menu.addMenu(self.overflow_menu)
        menu.addAction(self.load_settings)
        menu.addSeparator()
        menu.addActions([self.palette, self.toggle_sidebar])
        menu.addMenu(self._appearance_menu)
        menu.addSeparator()
        menu.addActions([self.settings, self.shortcuts, self.whats_new, self.open_logs])
        menu.addSeparator()
        menu.addAction(self.quit)
        # In the colours of now, and not before anybody sees them.
        menu.aboutToShow.connect(lambda: _dress(menu, appearance))
        return menu

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LanguageChange:
            self._translate()
        return super().event(event)

    def _add(self, name: str, group: Group, icon: IconName, *keys: str) -> Action:
        action = Action(name, group, keys, icon, self._window)
        self._all.append(action)
        return action

    def _choices(self, group: Group, icon: IconName, values: dict[str, str]) -> QActionGroup:
        """Actions of which one is checked; their data is what they choose."""
        choices = QActionGroup(self._window)
        for name, value in values.items():
            action = self._add(name, group, icon)
            action.setCheckable(True)
            action.setData(value)
            choices.addAction(action)
        return choices

    def _translate(self) -> None:
        for action, words in (
            (self.new_conversation, self.tr("New conversation")),
            (self.new_temporary, self.tr("New temporary conversation")),
            (self.new_folder, self.tr("New folder")),
            (self.search, self.tr("Search conversations")),
            (self.filter, self.tr("Filter conversations")),
            (self.find, self.tr("Find in conversation")),
            (self.find_next, self.tr("Find next")),
            (self.find_previous, self.tr("Find previous")),
            (self.focus_composer, self.tr("Write a message")),
            (self.rename, self.tr("Rename")),
            (self.pin, self.tr("Pin")),
            (self.attach, self.tr("Attach files")),
            (self.choose_assistant, self.tr("Choose an assistant")),
            (self.insert_prompt, self.tr("Insert a prompt")),
            (self.duplicate, self.tr("Duplicate")),
            (self.archive, self.tr("Archive")),
            (self.trash, self.tr("Move to Trash")),
            (self.stop, self.tr("Stop")),
            (self.retry, self.tr("Try again")),
            (self.continue_answer, self.tr("Continue")),
            (self.previous_version, self.tr("Previous version")),
            (self.next_version, self.tr("Next version")),
            (self.copy_answer, self.tr("Copy the last answer")),
            (self.copy_code, self.tr("Copy the last code block")),
            (self.edit_answer, self.tr("Edit the last answer")),
            (self.branch_off, self.tr("Branch into a new conversation")),
            (self.like, self.tr("Good answer")),
            (self.dislike, self.tr("Bad answer")),
            (self.details, self.tr("Details of the last answer")),
            (self.choose_model, self.tr("Choose a model")),
            (self.load_settings, self.tr("How the model is loaded")),
            (self.add_models, self.tr("Add a model from a file")),
            (self.palette, self.tr("All commands")),
            (self.show_chat, self.tr("Show the conversation")),
            (self.show_models, self.tr("Show models")),
            (self.show_assistants, self.tr("Show assistants")),
            (self.show_prompts, self.tr("Show prompts")),
            (self.show_downloads, self.tr("Show downloads")),
            (self.show_archive, self.tr("Show the archive")),
            (self.show_trash, self.tr("Show the Trash")),
            (self.zoom_in, self.tr("Larger text")),
            (self.zoom_out, self.tr("Smaller text")),
            (self.zoom_reset, self.tr("Text in its normal size")),
            (self.settings, self.tr("Settings")),
            (self.toggle_sidebar, self.tr("Show or hide conversations")),
            (self.parameters, self.tr("Parameters of the conversation")),
            (self.branches, self.tr("Branches")),
            (self.read_aloud, self.tr("Read the last answer aloud, or stop")),
            (self.quick_ask, self.tr("Quick ask")),
            (self.whats_new, self.tr("What's new")),
            (self.shortcuts, self.tr("Keyboard shortcuts")),
            (self.open_logs, self.tr("Open log folder")),
            (self.quit, self.tr("Quit")),
        ):
            action.setText(words)
        for choice, words in (
            (ThemeChoice.SYSTEM, self.tr("Like the system")),
            (ThemeChoice.LIGHT, self.tr("Light")),
            (ThemeChoice.DARK, self.tr("Dark")),
            (ThemeChoice.HIGH_CONTRAST, self.tr("High contrast")),
        ):
            _choice(self.themes, str(choice)).setText(words)
        for policy, words in (
            (OverflowPolicy.STOP, self.tr("Stop and ask")),
            (OverflowPolicy.DROP_OLDEST, self.tr("Leave out the oldest messages")),
            (OverflowPolicy.SUMMARISE, self.tr("Summarise the oldest messages")),
        ):
            _choice(self.overflow, str(policy)).setText(words)
        for tag, words in {"": self.tr("Like the system"), **LANGUAGES}.items():
            _choice(self.languages, tag).setText(words)
        title = self.group_name(Group.CONTEXT)
        self.overflow_menu.setTitle(title)
        self.context_menu.setTitle(title)
        self._context_title.setText(title)
        self._appearance_menu.setTitle(self.group_name(Group.APPEARANCE))


def _dress(menu: QMenu, appearance: Appearance) -> None:
    theme, size = appearance.theme, appearance.icon_size(16)
    for action in menu.actions():
        if isinstance(action, Action):
            icon = "check" if action.isChecked() else action.icon_name
            action.setIcon(appearance.icons.icon(icon, size, theme.text_muted, theme.text_disabled))


def _choice(choices: QActionGroup, value: str) -> QAction:
    return next(action for action in choices.actions() if action.data() == value)
