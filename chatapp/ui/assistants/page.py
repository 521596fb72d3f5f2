"""The page with assistants and prompts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from chatapp.domain.assistant import Assistant
from chatapp.domain.prompt import PromptTemplate
from chatapp.ui.assistants.assistant_editor import AssistantEditor
from chatapp.ui.assistants.entries_tab import EntriesTab
from chatapp.ui.assistants.prompt_editor import PromptEditor, example_variable
from chatapp.ui.i18n import Translated
from chatapp.ui.widgets.icon_button import IconButton
from chatapp.ui.widgets.segmented import Segmented

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chatapp.chat.assistants import Assistants
    from chatapp.chat.prompts import Prompts
    from chatapp.domain.model import ModelFile
    from chatapp.jobs import Jobs
    from chatapp.ui.theme import Appearance

_HEIGHT = 48


class AssistantsPage(Translated, QWidget):
    """Two tabs. Both read what there is whenever the page is shown.

    Signals: `assistant_requested(Assistant)` and `prompt_requested(PromptTemplate)` for a new
    conversation; `undoable(str, object)` with what was done and a function that takes it back;
    `sidebar_requested()` where the window is too narrow to show the sidebar beside.
    """

    assistant_requested = Signal(object)
    prompt_requested = Signal(object)
    undoable = Signal(str, object)
    sidebar_requested = Signal()

    def __init__(
        self,
        *,
        appearance: Appearance,
        jobs: Jobs,
        assistants: Assistants,
        prompts: Prompts,
        models: Callable[[], Sequence[ModelFile]],
    ) -> None:
        """`models` are those that an assistant can be bound to."""
        super().__init__()
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.assistants: EntriesTab[Assistant] = EntriesTab(
            appearance,
            jobs,
            assistants,
            AssistantEditor(appearance, jobs, models),
            lambda name: Assistant("", name),
        )
        self._make_prompts: Callable[[], EntriesTab[PromptTemplate]] = lambda: EntriesTab(
            appearance,
            jobs,
            prompts,
            PromptEditor(appearance),
            lambda name: PromptTemplate("", name, example_variable()),
        )
        self._prompts: EntriesTab[PromptTemplate] | None = None
        self.assistants.use_requested.connect(self.assistant_requested)
        self.assistants.undoable.connect(self.undoable)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.assistants)
        self._head = _Head(appearance)
        self._head.sidebar.clicked.connect(self.sidebar_requested)
        self._head.tabs.chosen.connect(lambda index: self.show_tab(of_assistants=index == 0))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self._stack, 1)
        self._translate()

    @property
    def prompts(self) -> EntriesTab[PromptTemplate]:
        """The second tab, made when it is first asked for."""
        if self._prompts is None:
            tab = self._prompts = self._make_prompts()
            tab.use_requested.connect(self.prompt_requested)
            tab.undoable.connect(self.undoable)
            self._stack.addWidget(tab)
            tab.load()
        return self._prompts

    def show_tab(self, *, of_assistants: bool) -> None:
        """Go to the assistants or to the prompts."""
        self._head.tabs.set_current(0 if of_assistants else 1)
        self._stack.setCurrentWidget(self.assistants if of_assistants else self.prompts)

    def set_narrow(self, *, very_narrow: bool) -> None:
        """Whether the sidebar is a drawer."""
        self._head.sidebar.setVisible(very_narrow)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.assistants.load()
        if self._prompts is not None:
            self._prompts.load()

    def _translate(self) -> None:
        self._head.sidebar.set_name(self.tr("Show conversations"))
        self._head.tabs.setAccessibleName(self.tr("Assistants and prompts"))
        words = (self.tr("Assistants"), self.tr("Prompts"))
        for segment, word in zip(self._head.tabs.segments, words, strict=True):
            segment.setText(word)
            segment.updateGeometry()


class _Head(QWidget):
    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.sidebar = IconButton(appearance, "sidebar", "")
        self.sidebar.hide()
        self.tabs = Segmented(appearance, "", ("", ""))
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 0, 24, 1)
        row.setSpacing(12)
        row.addWidget(self.sidebar)
        row.addWidget(self.tabs)
        row.addStretch()
        appearance.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._appearance.height(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.surface)
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme.border)
