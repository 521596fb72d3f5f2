"""What the smoke test does, as a person would: it asks, looks, downloads and finds again.

A step is a generator that yields while it waits; whoever runs it lets the window live meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from concurrent.futures import Future
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import psutil
from PySide6.QtCore import QCoreApplication, QLibraryInfo, QTranslator
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from chatapp.app import Desktop
from chatapp.domain.conversation import Message, MessageStatus, Role
from chatapp.domain.download import DownloadState, Order
from chatapp.engine.state import EngineStatus
from chatapp.hub.starter import find_starter_model
from chatapp.sentences import sentence
from chatapp.ui.settings.general_page import LANGUAGES
from chatapp.ui.theme import ThemeChoice
from chatapp.ui.transcript.blocks import CodeBlock, FormulaBlock, TableBlock

T = TypeVar("T")
Step = Generator[None, None, None]

TOKENS = 8
REPO, FILE = "smoke/tiny-GGUF", "tiny-F32.gguf"

_TIMEOUT = 300.0  # seconds for one step; even a busy computer takes a fraction of it
_QUESTION = "Name three colours."
_WORD = "colour"  # in the question, with other letters around it
_SIZE = 16.0  # of formulas, in pixels
_FEWEST_COLORS = 12  # of anything in which letters are painted
_DOCUMENT = """Savings grow by *compound* interest, $A = P(1 + r)^n$:

$$\\frac{A}{P} = \\left(1 + \\frac{r}{100}\\right)^{n}$$

| Years | Amount |
|------:|-------:|
| 1     | 10,500 |
| 10    | 16,289 |

```python
def amount(years: int) -> float:
    return 10_000 * 1.05**years  # 金额
```
"""


class SmokeTestFailed(Exception):
    """A step did not come to its end; the text names it."""


def all_steps(desktop: Desktop, endpoint: str, resources: Path) -> Step:
    """One step after the other. The Hub at `endpoint` has `FILE` in `REPO`.

    Without an endpoint nothing is downloaded: the file lies in the folder of models.
    """
    yield from wait("the window is shown", desktop.window.isVisible)
    if find_starter_model(resources) is not None:
        yield from _wait_for_model(desktop)
    if endpoint:
        yield from _download(desktop, endpoint)
    yield from _find_model(desktop)
    yield from _wait_for_model(desktop)
    yield from _ask(desktop)
    yield from _kill_worker(desktop)
    yield from _search(desktop)
    yield from _render(desktop)
    yield from _show_themes(desktop, resources / "themes")
    yield from _speak(desktop, resources / "i18n")


def wait(what: str, condition: Callable[[], object]) -> Step:
    """Yield until `condition` holds. Raises `SmokeTestFailed` if that takes too long."""
    deadline = time.monotonic() + _TIMEOUT
    while not condition():
        if time.monotonic() > deadline:
            raise SmokeTestFailed(f"timed out while waiting until {what}")
        yield


def _wait_for_model(desktop: Desktop) -> Step:
    engine = desktop.services.engine

    def is_ready() -> bool:
        error = engine.state.error
        if error is not None:
            raise SmokeTestFailed(f"the model is not loaded: {sentence(error)}")
        return engine.state.status is EngineStatus.READY

    yield from wait("the model is loaded", is_ready)


def _download(desktop: Desktop, endpoint: str) -> Step:
    """From what the Hub tells to the file on the disk."""
    services = desktop.services
    services.settings.change(hub_endpoint=endpoint)
    asked = services.jobs.general.submit(services.hub.repo, REPO)
    info = yield from _result("the Hub tells of its model", asked)
    services.downloads.add(Order(REPO, info.files))

    def is_done() -> bool:
        (item,) = services.downloads.items
        if item.error is not None:
            raise SmokeTestFailed(f"the download failed: {sentence(item.error)}")
        return item.state is DownloadState.DONE

    yield from wait("the model is downloaded", is_done)


def _find_model(desktop: Desktop) -> Step:
    models = desktop.window.models

    def is_found() -> bool:
        models.find()
        return any(Path(model.path).name == FILE for model in models.offered)

    yield from wait("the new model is found", is_found)


def _ask(desktop: Desktop) -> Step:
    pane = desktop.window.pane
    pane.composer.send_requested.emit(_QUESTION, ())
    yield from wait("the question is answered", lambda: _answer(desktop))
    answer = _answer(desktop)
    usage = answer.origin.usage if answer is not None and answer.origin is not None else None
    if usage is None or usage.completion_tokens != TOKENS:
        raise SmokeTestFailed(f"the answer does not have {TOKENS} tokens: {usage}")


def _kill_worker(desktop: Desktop) -> Step:
    engine = desktop.services.engine
    first, worker = _answer(desktop), engine.worker_pid
    if first is None or worker is None:
        raise SmokeTestFailed("there is no worker process")
    psutil.Process(worker).kill()
    yield from wait("the killed worker is noticed", lambda: engine.worker_pid != worker)
    yield from _wait_for_model(desktop)
    desktop.window.pane.retry_last()

    def is_another() -> bool:
        answer = _answer(desktop)
        return answer is not None and answer.id != first.id

    yield from wait("the question is answered again", is_another)


def _search(desktop: Desktop) -> Step:
    services = desktop.services
    asked = services.jobs.database.submit(services.search.find, _WORD)
    if not (yield from _result("the search is done", asked)):
        raise SmokeTestFailed("the search does not find the question")


def _render(desktop: Desktop) -> Step:
    """A document with code, a table and formulas, drawn on the screen to the end."""
    services, window, drawings = desktop.services, desktop.window, desktop.drawings
    transcript = window.pane.transcript

    def store() -> int:
        conversations = services.conversations
        conversation = conversations.create(title="Interest")
        question = conversations.add_message(
            conversation.id, role=Role.USER, text="How much?", parent_id=None
        )
        conversations.add_message(
            conversation.id, role=Role.ASSISTANT, text=_DOCUMENT, parent_id=question.id
        )
        return conversation.id

    stored = yield from _result("the document is stored", services.jobs.database.submit(store))
    window.open_conversation(stored)
    model = window.pane.transcript_model
    yield from wait(
        "the document is opened",
        lambda: model.messages and model.messages[-1].text == _DOCUMENT and transcript.placed,
    )
    rows = range(model.rowCount())
    blocks = [block for row in rows for block in transcript.blocks_of(row)]
    codes = [block for block in blocks if isinstance(block, CodeBlock)]
    formulas = [block for block in blocks if isinstance(block, FormulaBlock)]
    if not codes or not formulas or not any(isinstance(one, TableBlock) for one in blocks):
        raise SmokeTestFailed("the document is not read as code, table and formula")

    def is_colored(code: CodeBlock) -> bool:
        colors = drawings.highlight(code.language, code.text)
        return colors is not None and colors.is_complete

    yield from wait("code is coloured", lambda: all(map(is_colored, codes)))
    if not all(len(drawings.highlight(one.language, one.text) or ()) for one in codes):
        raise SmokeTestFailed("code is not coloured")

    def is_drawn(tex: str) -> bool:
        formula = drawings.formula(tex, display=True, size=_SIZE)
        if formula is not None and formula.is_broken:
            raise SmokeTestFailed("a formula is not drawn")
        return formula is not None

    yield from wait("formulas are drawn", lambda: all(is_drawn(one.tex) for one in formulas))
    yield from wait("the document is painted", lambda: _is_painted(_picture(transcript.viewport())))


def _show_themes(desktop: Desktop, folder: Path) -> Step:
    names = {path.stem for path in folder.glob("*.toml")}
    pictures: list[QImage] = []
    for choice in ThemeChoice:
        if choice is ThemeChoice.SYSTEM:
            continue
        if choice.value not in names:
            raise SmokeTestFailed(f"the theme {choice.value} is missing")
        desktop.services.settings.change(theme=choice.value)
        yield
        pictures.append(_picture(desktop.window))
    if not all(map(_is_painted, pictures)):
        raise SmokeTestFailed("the window is empty in a theme")
    if any(one == other for one, other in pairwise(pictures)):
        raise SmokeTestFailed("two themes look the same")
    desktop.services.settings.change(theme=ThemeChoice.SYSTEM.value)


def _speak(desktop: Desktop, folder: Path) -> Step:
    """Every language, with Qt's own words in it."""
    application = QCoreApplication.instance()
    if application is None:
        raise SmokeTestFailed("there is no application")
    action = desktop.window.actions_of_window.settings
    words = set()
    for language in filter(None, LANGUAGES):
        if not (folder / f"chatapp_{language}.qm").is_file():
            raise SmokeTestFailed(f"the translation chatapp_{language}.qm is missing in {folder}")
        desktop.services.settings.change(language=language)
        yield
        yield from wait(f"{language} is spoken", lambda: action.text() not in words)
        words.add(action.text())
        # The words themselves are English, and Qt's too.
        if len(application.findChildren(QTranslator)) < (1 if language == "en" else 2):
            there = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
            raise SmokeTestFailed(f"Qt's own words in {language} are missing in {there}")
    desktop.services.settings.change(language="")
    yield


def _answer(desktop: Desktop) -> Message | None:
    """The last message, once it is complete."""
    messages = desktop.window.pane.transcript_model.messages
    if messages and messages[-1].status is MessageStatus.FAILED:
        raise SmokeTestFailed(f"the answer failed: {messages[-1].error}")
    is_there = bool(messages) and messages[-1].status is MessageStatus.COMPLETE
    return messages[-1] if is_there else None


def _result(what: str, future: Future[T]) -> Generator[None, None, T]:
    yield from wait(what, future.done)
    return future.result()


def _picture(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def _is_painted(picture: QImage) -> bool:
    """Whether there are letters: their edges are smooth, which takes many colours."""
    places = ((x, y) for x in range(0, picture.width(), 2) for y in range(0, picture.height(), 2))
    return len({picture.pixel(x, y) for x, y in places}) >= _FEWEST_COLORS
