"""Assistants, prompts and parameters, for looking at: see `every_window`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QVBoxLayout, QWidget

from chatapp.chat.assistants import Assistants
from chatapp.chat.presets import Presets
from chatapp.chat.prompts import Prompts
from chatapp.domain.generation import GenerationParameters, ParameterChoice
from chatapp.ui.assistants.composer_bar import ComposerBar
from chatapp.ui.assistants.page import AssistantsPage
from chatapp.ui.assistants.prompt_form import PromptForm
from chatapp.ui.composer import Composer
from chatapp.ui.composer_completion import ComposerCompletion
from chatapp.ui.parameters.panel import ParametersPanel
from chatapp.ui.welcome import Welcome

if TYPE_CHECKING:
    from tests.ui.every_window import Around

_CHOICE = ParameterChoice(top_p=0.9, seed=42, keep_seed=True, stop=("END", "\n\n"))
_INSTRUCTIONS = "Answer briefly. Show the steps when you calculate, and say when you are not sure."


def _assistants(around: Around) -> Assistants:
    folders = around.paths.data / "assistants", around.paths.resources / "assistants"
    return Assistants(*folders, lambda: around.language)


def _prompts(around: Around) -> Prompts:
    folders = around.paths.data / "prompts", around.paths.resources / "prompts"
    return Prompts(*folders, lambda: around.language)


def _panel(around: Around) -> ParametersPanel:
    policies = QActionGroup(around.application)
    around.at_end(policies.deleteLater)
    policies.addAction("Stop and ask").setData("stop")
    panel = ParametersPanel(around.appearance, around.jobs, policies)
    folders = around.paths.data / "presets", around.paths.resources / "presets"
    panel.presets.set_presets(Presets(*folders, lambda: around.language).list())
    panel.form.set_automatic(GenerationParameters(max_tokens=1024))
    panel.set_instructions(_INSTRUCTIONS, "You are a helpful assistant.")
    panel.set_tokens(18)
    return panel


def parameters(around: Around) -> QWidget:
    """As it is opened."""
    return _panel(around)


def parameters_advanced(around: Around) -> QWidget:
    """With every row."""
    panel = _panel(around)
    panel.set_choice(_CHOICE)
    panel.form.fold.setChecked(True)
    around.wait(lambda: len(panel.form.advanced.rows) > 30)
    return panel


def _page(around: Around, *, of_assistants: bool) -> AssistantsPage:
    page = AssistantsPage(
        appearance=around.appearance,
        jobs=around.jobs,
        assistants=_assistants(around),
        prompts=_prompts(around),
        models=list,
    )
    page.show_tab(of_assistants=of_assistants)
    tab = page.assistants if of_assistants else page.prompts
    tab.load()
    around.wait(lambda: tab.list.count() > 0)
    return page


def assistants(around: Around) -> QWidget:
    """The page, with one of them."""
    page = _page(around, of_assistants=True)
    page.assistants.show_entry("customer-service")
    return page


def assistants_narrow(around: Around) -> QWidget:
    """The page in a narrow window."""
    page = assistants(around)
    assert isinstance(page, AssistantsPage)
    page.set_narrow(very_narrow=True)
    return page


def prompts(around: Around) -> QWidget:
    """The page, with a prompt."""
    page = _page(around, of_assistants=False)
    page.prompts.show_entry("translate")
    return page


def prompt_form(around: Around) -> QWidget:
    """What is asked before a prompt is inserted."""
    behind = QWidget()
    behind.resize(1200, 800)
    around.at_end(behind.deleteLater)
    (prompt,) = (one for one in _prompts(around).list() if one.id == "translate")
    return PromptForm(around.appearance, prompt, behind)


def suggestions(around: Around) -> QWidget:
    """What @ offers, above the composer, before the welcome of an assistant."""
    window = QWidget()
    found = _assistants(around)
    welcome = Welcome(around.appearance)
    composer = Composer(around.appearance, around.jobs, around.settings)
    bar = ComposerBar(around.appearance)
    composer.add_to_bar(bar, bar.stops)
    for shown in (welcome.set_assistant, bar.show_assistant):
        shown(found.find("translator"))
    column = QVBoxLayout(window)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(welcome, 1)
    column.addWidget(composer)
    completion = ComposerCompletion(
        around.appearance, composer, found.list, _prompts(around).list, composer
    )
    window.resize(900, 760)
    window.show()
    around.settle()
    composer.set_text("@")
    composer.focus()
    completion.open_assistants()
    around.settle()
    return window


SCENES: dict[str, tuple[Callable[[Around], QWidget], tuple[int, int] | None]] = {
    "parameters": (parameters, (320, 800)),
    "parameters-advanced": (parameters_advanced, (320, 1200)),
    "assistants": (assistants, (1000, 800)),
    "assistants-narrow": (assistants_narrow, (640, 720)),
    "prompts": (prompts, (1000, 720)),
    "prompt-form": (prompt_form, None),
    "suggestions": (suggestions, (900, 760)),
}
