"""Pictures of the panels with example data: `python -m tests.ui.render FOLDER [--theme NAME] …`.

For looking at, beside the mock-ups, before a change to the interface is called done.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QLocale, QPoint, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from chatapp.chat.events import AnswerPhase, AnswerProgress
from chatapp.domain.conversation import Conversation, SearchHit, SnippetPart, TitleSource
from chatapp.domain.generation import GenerationParameters, Origin, Usage
from chatapp.domain.model import LoadedModel, ModelFile, TemplateOrigin
from chatapp.engine.state import EngineState, EngineStatus
from chatapp.errors import OutOfMemory
from chatapp.jobs import Jobs
from chatapp.paths import Paths
from chatapp.settings import SettingsFile
from chatapp.ui.composer import Composer
from chatapp.ui.error_dialog import ErrorDialog, QuitDialog
from chatapp.ui.model_chip import ModelChip
from chatapp.ui.model_picker import ModelPicker
from chatapp.ui.models.conversation_list_model import ConversationListModel
from chatapp.ui.sidebar import Sidebar
from chatapp.ui.status_line import StatusLine
from chatapp.ui.theme import Appearance, ThemeChoice
from chatapp.ui.welcome import Welcome
from chatapp.ui.widgets.banner import Banner
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.icon_button import IconButton
from chatapp.ui.widgets.progress_bar import ProgressBar
from chatapp.ui.widgets.spinner import Spinner
from chatapp.ui.widgets.toast import Toast

NOW = datetime(2025, 3, 14, 10, 30)

QWEN = ModelFile("/models/Qwen3-4B-Instruct-Q4_K_M.gguf", "Qwen3 4B Instruct", "Q4_K_M", 2497281120)
STARTER = ModelFile("/models/smollm2.gguf", "SmolLM2 135M", "Q4_1", 98_400_000, is_starter=True)
LONG = ModelFile(
    "/models/long.gguf",
    "Mistral Small 3.2 24B Instruct 2506 with a name that goes on and on",
    "IQ4_XS",
    12_900_000_000,
)
LOADED = LoadedModel(8192, 32768, "qwen3", "qwen3 4B Q4_K", 4_000_000_000, TemplateOrigin.MODEL)
READY = EngineState(EngineStatus.READY, QWEN, loaded=LOADED)
TRACEBACK = """Traceback (most recent call last):
  File "chatapp/ui/main_window.py", line 212, in _on_conversation_selected
    self._open(self._model.conversation(conversation_id))
  File "chatapp/ui/main_window.py", line 240, in _open
    raise ValueError("a conversation without a tip")
ValueError: a conversation without a tip"""


def conversations() -> list[Conversation]:
    """A usual list, with Chinese, Arabic and a title that is too long."""
    entries = [
        (0, "Savings plan over ten years", False),
        (0, "Reply to the landlord", False),
        (0, "Regex for invoice numbers", False),
        (1, "Packing list for Norway", False),
        (1, "用图解释特征值：线性代数入门", False),
        (3, "Cover letter, second draft", False),
        (3, "Why sourdough collapses when the dough is too wet and what to do", False),
        (4, "رسالة إلى المالك", False),
        (5, "Minutes of 3 March", False),
        (6, "Birthday poem for Ana 🎂", False),
        (12, "Thesis outline, chapter 3", True),
        (20, "Compare two leases", False),
        (45, "Convert CSV to JSON Lines", False),
        (400, "Travel insurance", False),
    ]
    return [
        conversation(number + 1, title, days=days, minutes=number, pinned=pinned)
        for number, (days, title, pinned) in enumerate(entries)
    ]


def conversation(
    number: int,
    title: str,
    *,
    days: int = 0,
    minutes: int = 0,
    pinned: bool = False,
    deleted: bool = False,
    folder_id: int | None = None,
) -> Conversation:
    """A conversation that was last used so long before `NOW`."""
    moment = (NOW - timedelta(days=days, minutes=minutes)).timestamp()
    return Conversation(
        id=number,
        title=title,
        title_source=TitleSource.AUTOMATIC,
        created_at=moment,
        updated_at=moment,
        pinned=pinned,
        deleted_at=moment if deleted else None,
        folder_id=folder_id,
    )


def hits() -> list[SearchHit]:
    """What a search for “lease” may find."""
    lease = conversation(12, "Compare two leases")
    other = conversation(2, "Reply to the landlord")
    return [
        SearchHit(lease, None, (SnippetPart("Compare two ", False), SnippetPart("leases", True))),
        SearchHit(
            other,
            7,
            (
                SnippetPart("as the contract says in its fourth paragraph, the ", False),
                SnippetPart("lease", True),
                SnippetPart(" ends on 30 June and is renewed by a year", False),
            ),
        ),
        SearchHit(
            conversation(5, "租约比较"),
            9,
            (SnippetPart("…两份", False), SnippetPart("租约", True), SnippetPart("都没有", False)),
        ),
    ]


class Renderer:
    """Builds panels and writes their pictures into a folder."""

    def __init__(self, appearance: Appearance, folder: Path) -> None:
        self._appearance = appearance
        self._folder = folder

    def save(self, widget: QWidget, name: str, width: int, height: int) -> None:
        """Show a panel in this size, and keep its picture."""
        widget.resize(width, height)
        widget.show()
        widget.activateWindow()
        QApplication.processEvents()
        widget.grab().save(str(self._folder / f"{name}.png"))
        widget.hide()
        widget.deleteLater()

    def icons(self) -> None:
        """Every icon in three sizes."""
        from typing import get_args

        from chatapp.ui.icons import IconName

        theme = self._appearance.theme
        picture = QPixmap(1000, 520)
        picture.fill(theme.surface)
        painter = QPainter(picture)
        painter.setPen(theme.text_muted)
        painter.setFont(self._appearance.font("caption"))
        for number, name in enumerate(get_args(IconName)):
            x, y = number % 7 * 140 + 12, number // 7 * 100 + 12
            for size, left in ((16, 0), (32, 20), (64, 56)):
                self._appearance.icons.paint(painter, name, QPoint(x + left, y), size, theme.text)
            painter.drawText(x, y + 82, name)
        painter.end()
        picture.save(str(self._folder / "icons.png"))

    def buttons(self) -> None:
        """Every kind, with the focus on one."""
        page = _Page(self._appearance)
        row = QHBoxLayout()
        row.setSpacing(8)
        kinds = [
            Button(self._appearance, "Continue", "primary", icon="continue"),
            Button(self._appearance, "Try again", icon="refresh"),
            Button(self._appearance, "Undo", "text"),
            Button(self._appearance, "Details", "quiet", trailing_icon="chevron-up"),
            Button(self._appearance, "Delete", "danger"),
            IconButton(self._appearance, "search", "Search"),
            IconButton(self._appearance, "compose", "New", bordered=True),
            IconButton(self._appearance, "copy", "Copy", designed_size=28),
            IconButton(self._appearance, "wrap", "Wrap", designed_size=24),
            Spinner(self._appearance),
        ]
        for button in kinds:
            row.addWidget(button)
        off = Button(self._appearance, "Disabled", "primary")
        off.setEnabled(False)
        row.addWidget(off)
        bar = ProgressBar(self._appearance, "Loading")
        bar.set_fraction(0.42)
        row.addWidget(bar)
        page.column.addLayout(row)
        page.show()
        page.activateWindow()
        QApplication.processEvents()
        kinds[1].setFocus(Qt.FocusReason.TabFocusReason)
        self.save(page, "buttons", 900, 80)

    def sidebar(self) -> None:
        """The list, a search, nothing found, nothing at all, the Trash, narrow."""
        for name, width, fill in (
            ("sidebar", 264, self._fill_list),
            ("sidebar-narrow", 200, self._fill_list),
            ("sidebar-search", 264, self._fill_search),
            ("sidebar-nothing-found", 264, self._fill_nothing),
            ("sidebar-empty", 264, None),
            ("sidebar-trash", 264, self._fill_trash),
        ):
            model = ConversationListModel(lambda: NOW)
            panel = Sidebar(self._appearance, model)
            model.setParent(panel)
            if fill is not None:
                fill(panel, model)
            self.save(panel, name, width, 760)

    def composer(self) -> None:
        """Empty, written in, running, nearly full, many lines, narrow."""
        page = _Page(self._appearance)
        for text, running, used, compact in (
            ("", False, 0, False),
            ("Now the same with a yearly fee of 0.5%, using the table.", False, 2940, False),
            ("", True, 1938, False),
            ("一行中文，再来一行。\nA second line\nand a third.", True, 7600, False),
            ("\n".join(f"Line {n}" for n in range(1, 15)), False, 8300, True),
        ):
            composer = Composer(
                self._appearance, Jobs(), SettingsFile(self._folder / "settings.json")
            )
            composer.set_model_name("Qwen3 4B Instruct")
            composer.set_context(used, 8192)
            composer.set_running(running=running)
            composer.set_text(text)
            composer.set_compact(compact=compact)
            page.column.addWidget(composer)
        page.show()
        page.activateWindow()
        composer.focus()
        self.save(page, "composer", 860, 830)

    def model_chip(self) -> None:
        """The chip in its states."""
        page = _Page(self._appearance)
        failed = EngineState(EngineStatus.FAILED, QWEN, error=OutOfMemory(QWEN.path, "1.1 GB"))
        for model, state in (
            (QWEN, READY),
            (QWEN, EngineState(EngineStatus.LOADING, QWEN, progress=0.42)),
            (QWEN, failed),
            (STARTER, EngineState(EngineStatus.UNLOADED)),
            (LONG, READY),
            (None, EngineState()),
        ):
            chip = ModelChip(self._appearance)
            chip.set_models([QWEN, STARTER], model)
            chip.set_state(state)
            row = QHBoxLayout()
            row.addWidget(chip)
            row.addStretch()
            page.column.addLayout(row)
        self.save(page, "model-chip", 420, 260)
        behind = QWidget()
        picker = ModelPicker(self._appearance, [QWEN, STARTER, LONG], QWEN, behind)
        self.save(picker, "model-picker", 360, picker.sizeHint().height())

    def status_line(self) -> None:
        """Idle, ready, working, failed, narrow."""
        page = _Page(self._appearance)
        usage = Usage(900, 0, 412, 400.0, 17_600.0)
        origin = Origin("Qwen3 4B Instruct", QWEN.path, GenerationParameters(), usage=usage)
        progress = AnswerProgress(AnswerPhase.READING, 0.43, 2640, 6140)
        for state, shown, answer, narrow, very_narrow in (
            (EngineState(), None, None, False, False),
            (READY, None, origin, False, False),
            (READY, progress, None, False, False),
            (EngineState(EngineStatus.FAILED, QWEN), None, None, False, False),
            (READY, None, origin, True, False),
            (READY, None, origin, True, True),
        ):
            line = StatusLine(self._appearance)
            line.set_engine_state(state)
            line.set_progress(shown)
            line.set_last_answer(answer)
            line.set_context(1186)
            line.set_memory(3_900_000_000 if state.loaded else None)
            line.set_network("No connections since start")
            line.set_narrow(narrow=narrow, very_narrow=very_narrow)
            page.column.addWidget(line)
        self.save(page, "status-line", 1000, 230)

    def welcome(self) -> None:
        """Wide, narrow, and with a model that is being loaded."""
        starter = EngineState(EngineStatus.READY, STARTER, loaded=LOADED)
        for name, width, height, state in (
            ("welcome", 1176, 720, starter),
            ("welcome-narrow", 640, 720, EngineState(EngineStatus.LOADING, STARTER, 0.42)),
            ("welcome-tiny", 420, 360, starter),
        ):
            panel = Welcome(self._appearance)
            panel.set_model(STARTER, state)
            self.save(panel, name, width, height)

    def banners(self) -> None:
        """The three kinds, one with its details open."""
        page = _Page(self._appearance)
        danger = Banner(
            self._appearance,
            "danger",
            "The model stopped: not enough memory",
            "What was written is saved. The model was loaded again with a shorter context of "
            "4,096.",
            details="allocating 1152.00 MiB on device 0: out of memory\nworker ended with signal 6",
        )
        danger.add_button("Continue", _nothing, kind="primary", icon="continue")
        danger.add_button("Try again", _nothing, icon="refresh")
        danger.add_button("Choose a smaller model", _nothing)
        danger.toggle_details()
        warning = Banner(
            self._appearance,
            "warning",
            "This conversation is longer than the model can read.",
            "9,310 of 8,192 tokens. The oldest 6 messages would be left out.",
            side_by_side=True,
        )
        warning.add_button("Use 16,384", _nothing)
        info = Banner(self._appearance, "info", "Chatapp is new here", "A sentence about that.")
        for banner in (danger, warning, info):
            page.column.addWidget(banner)
        page.column.addStretch()
        self.save(page, "banners", 784, 480)

    def toast(self) -> None:
        """Above a composer."""
        page = _Page(self._appearance)
        composer = Composer(self._appearance, Jobs(), SettingsFile(self._folder / "settings.json"))
        page.column.addStretch()
        page.column.addWidget(composer)
        toast = Toast(self._appearance, page, composer)
        page.resize(860, 260)
        page.show()
        QApplication.processEvents()
        toast.show_text("“Reply to the landlord” is in the Trash.", "Undo", _nothing)
        self.save(page, "toast", 860, 260)

    def dialogs(self) -> None:
        """Quit, and an unexpected error."""
        quit_dialog = QuitDialog(self._appearance)
        self.save(quit_dialog, "dialog-quit", 440, quit_dialog.sizeHint().height())
        error = ErrorDialog(self._appearance, TRACEBACK, Path("logs"))
        self.save(error, "dialog-error", 440, error.sizeHint().height())

    def all(self) -> Iterator[Callable[[], None]]:
        """Every picture."""
        yield from (
            self.icons,
            self.buttons,
            self.sidebar,
            self.composer,
            self.model_chip,
            self.status_line,
            self.welcome,
            self.banners,
            self.toast,
            self.dialogs,
        )

    def _fill_list(self, panel: Sidebar, model: ConversationListModel) -> None:
        model.set_conversations(conversations())
        model.set_busy({2})
        model.set_unread({4})
        panel.select(1)
        panel.set_trash_count(3)

    def _fill_search(self, panel: Sidebar, model: ConversationListModel) -> None:
        panel.search_field.setText("lease")
        model.set_hits(hits())

    def _fill_nothing(self, panel: Sidebar, model: ConversationListModel) -> None:
        panel.search_field.setText("lease")
        model.set_hits([])

    def _fill_trash(self, panel: Sidebar, model: ConversationListModel) -> None:
        panel.set_trash_count(2)
        panel.open_trash()
        model.set_conversations(
            [
                conversation(1, "Old shopping list", deleted=True),
                conversation(2, "Draft", days=3, deleted=True),
            ]
        )


class _Page(QWidget):
    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._color: QColor = appearance.theme.surface
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(24, 24, 24, 24)
        self.column.setSpacing(12)

    def paintEvent(self, event: object) -> None:  # noqa: N802 - Qt
        QPainter(self).fillRect(self.rect(), self._color)


def _nothing() -> None:
    pass


def main(arguments: list[str]) -> int:
    """Render everything in one theme."""
    parser = argparse.ArgumentParser(prog="python -m tests.ui.render", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--theme", type=ThemeChoice, default=ThemeChoice.LIGHT, choices=list(ThemeChoice)
    )
    parser.add_argument("--points", type=float, default=10.0, help="size of the system font")
    parser.add_argument("--right-to-left", action="store_true")
    options = parser.parse_args(arguments)
    QLocale.setDefault(QLocale("en_US"))
    application = QApplication([])
    font = application.font()
    font.setPointSizeF(options.points)
    application.setFont(font)
    if options.right_to_left:
        application.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    options.folder.mkdir(parents=True, exist_ok=True)
    appearance = Appearance(application, Paths.default().resources, options.theme)
    renderer = Renderer(appearance, options.folder)
    for render in renderer.all():
        render()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
