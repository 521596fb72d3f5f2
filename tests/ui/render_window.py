"""Renders the whole window in its main states.

python -m tests.ui.render_window OUT [THEME …] [--language zh_CN]

A language other than English is that of the compiled translations: see packaging/translations.py.
"""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from chatapp.app import Desktop, create_application
from chatapp.domain.conversation import MessageStatus
from chatapp.domain.generation import FinishReason, GenerationParameters, Origin, Usage
from chatapp.domain.model import ModelFile
from chatapp.engine.state import EngineStatus
from chatapp.errors import NotGguf
from chatapp.paths import Paths
from chatapp.settings import SettingsFile
from chatapp.storage.conversations import Conversations
from chatapp.ui.theme import ThemeChoice
from tests.fakes import DIE, LOADED, WAIT, Fails, FakeWorkers


@dataclass(frozen=True, slots=True)
class Talk:
    """What people and models say in the pictures. `search` is found in the answer."""

    titles: tuple[str, ...]  # the first is open, one is pinned
    pinned: str
    question: str
    answer: str
    search: str
    next_question: str
    half_an_answer: str


ENGLISH = Talk(
    titles=(
        "Savings plan over ten years",
        "Reply to the landlord",
        "Regex for invoice numbers",
        "Packing list for Norway",
        "Eigenvalues with a picture",
        "Cover letter, second draft",
        "Why sourdough collapses",
        "Convert CSV to JSON Lines",
        "学习中文的方法和建议",
        "Minutes of 3 March, with all the decisions that were taken and who does what until when",
        "Birthday poem for Ana",
        "Compare two leases",
    ),
    pinned="Cover letter, second draft",
    question=(
        "I save €200 a month at 3% a year. What do I have after ten years, and how much of it is "
        "interest? Show the formula and a Python function."
    ),
    answer="""After ten years you have **€27,948**. You paid in €24,000, so **€3,948** is interest.

## The formula

| After | Paid in | Interest | Total |
|---|---:|---:|---:|
| 10 years | €24,000 | €3,948 | €27,948 |
| 20 years | €48,000 | €17,660 | €65,660 |

- Doubling the time to twenty years multiplies the interest by four and a half.
- A fee of `0.5%` a year would cost about €690 of the ten-year total.

```python
def future_value(monthly: float, rate: float, years: int) -> float:
    r, n = rate / 12, years * 12
    return monthly * ((1 + r) ** n - 1) / r
```
""",
    search="interest",
    next_question="Now the same with a yearly fee of 0.5%.",
    half_an_answer="With a yearly fee of 0.5% your effective rate is about 2.5%.",
)
CHINESE = Talk(
    titles=(
        "十年储蓄计划",
        "给房东的回信",
        "发票号码的正则表达式",
        "挪威旅行清单",
        "用图解释特征值",
        "求职信第二稿",
        "为什么面包会塌",
        "CSV 转 JSON Lines",
        "Reply to the landlord",
        "3 月 3 日会议纪要，包括做出的全部决定、每个人负责的事情以及完成的期限",
        "给安娜的生日诗",
        "比较两份租约",
    ),
    pinned="求职信第二稿",
    question=(
        "我每月存 200 元，年利率 3%。十年后一共有多少钱，其中利息是多少？请给出公式和一个简短的 "
        "Python 函数。"
    ),
    answer="""十年后共有 **27,948 元**。本金 24,000 元，利息 **3,948 元**。

## 计算公式

| 期限 | 本金 | 利息 | 合计 |
|---|---:|---:|---:|
| 10 年 | 24,000 元 | 3,948 元 | 27,948 元 |
| 20 年 | 48,000 元 | 17,660 元 | 65,660 元 |

- 期限从十年延长到二十年，利息变为原来的四倍半。
- 如果每年收取 `0.5%` 的管理费，十年后会少拿约 690 元。

```python
def future_value(monthly: float, rate: float, years: int) -> float:
    r, n = rate / 12, years * 12  # 按月计息
    return monthly * ((1 + r) ** n - 1) / r
```
""",
    search="利息",
    next_question="如果每年再扣 0.5% 的管理费呢？",
    half_an_answer="每年扣除 0.5% 的管理费后，实际年利率约为 2.5%。",
)


class Stage:
    """One window with fake workers, and a way to wait."""

    def __init__(
        self, application: QApplication, theme: str, language: str, *, size: tuple[int, int]
    ) -> None:
        self.talk = CHINESE if language.startswith("zh") else ENGLISH
        self._folder = tempfile.TemporaryDirectory()
        self.paths = Paths.under(Path(self._folder.name))
        self.paths.create()
        self.workers = FakeWorkers()
        self.workers.loaded = replace(LOADED, context_length=8192)
        file = self.paths.models / "Qwen3-4B-Instruct-Q4_K_M.gguf"
        file.write_bytes(b"GGUF" * 1000)
        self.model = ModelFile(str(file), "Qwen3 4B Instruct", "Q4_K_M", 2_500_000_000)
        SettingsFile(self.paths.settings).change(language=language)
        self.desktop = Desktop(application, self.paths, start_worker=self.workers)
        self.desktop.appearance.set_choice(ThemeChoice(theme))
        self.desktop.window.resize(*size)
        self.pane = self.desktop.window.pane

    def start(self) -> None:
        self.desktop.show()
        engine = self.desktop.services.engine
        self.wait(lambda: engine.state.status in {EngineStatus.READY, EngineStatus.FAILED})
        self.settle()

    def wait(self, condition: Callable[[], bool]) -> None:
        clock = QElapsedTimer()
        clock.start()
        while not condition():
            assert clock.elapsed() < 20_000, "the state to be rendered did not come"
            self.settle(20)

    def settle(self, milliseconds: int = 300) -> None:
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def fill(self) -> None:
        """Conversations of the last weeks."""
        services = self.desktop.services
        origin = Origin(
            self.model.name,
            self.model.path,
            GenerationParameters(),
            quantization="Q4_K_M",
            seed=42,
            usage=Usage(120, 0, 412, 400.0, 17_600.0),
            finish_reason=FinishReason.END,
        )

        def write(conversations: Conversations) -> None:
            titles = self.talk.titles
            for number, title in enumerate(reversed(titles)):
                text = self.talk.question if title == titles[0] else title
                created, _, answer = conversations.begin_exchange(
                    None, text, origin=origin, model_path=self.model.path
                )
                conversations.end_answer(
                    answer.id, text=self.talk.answer, status=MessageStatus.COMPLETE, origin=origin
                )
                conversations.rename(created.id, title)
                age = (len(titles) - 1 - number) ** 2 * 0.3 * 86_400
                services.database.execute(
                    "UPDATE conversations SET updated_at = ? WHERE id = ?",
                    (time.time() - age, created.id),
                )
                if title == self.talk.pinned:
                    conversations.pin([created.id], pinned=True)

        services.jobs.database.submit(write, services.conversations).result()

    def open_first(self) -> None:
        model = self.desktop.window.panel.model
        self.wait(lambda: model.rowCount() > len(self.talk.titles))
        conversations = self.desktop.services.jobs.database.submit(
            self.desktop.services.conversations.all
        ).result()
        first = next(c for c in conversations if c.title == self.talk.titles[0])
        self.desktop.window.panel.sidebar.conversation_selected.emit(first.id)
        self.wait(lambda: bool(self.pane.transcript_model.messages))
        self.settle()

    def save(self, folder: Path, name: str) -> None:
        self.settle(1500)  # the colours of code come from another process
        self.desktop.window.grab().save(str(folder / f"{name}.png"))

    def close(self) -> None:
        self.desktop.services.session.close()
        self.desktop.close()
        self._folder.cleanup()


def empty(stage: Stage) -> None:
    """The first start."""
    stage.start()


def long_list(stage: Stage) -> None:
    """A conversation among many."""
    stage.fill()
    stage.start()
    stage.open_first()


def streaming(stage: Stage) -> None:
    """In the middle of an answer."""
    stage.fill()
    beginning = stage.talk.answer[: round(0.7 * len(stage.talk.answer))]
    pieces = [beginning[i : i + 9] for i in range(0, len(beginning), 9)]
    stage.workers.script_answer(*pieces, WAIT, "end")
    stage.start()
    stage.open_first()
    stage.pane.composer.send_requested.emit(stage.talk.next_question, ())
    stage.workers.wait_for_pause()


def failed_answer(stage: Stage) -> None:
    """The worker died while it wrote."""
    stage.fill()
    stage.workers.script_answer(stage.talk.half_an_answer, DIE)
    stage.start()
    stage.open_first()
    stage.pane.composer.send_requested.emit(stage.talk.next_question, ())
    stage.wait(lambda: stage.pane.transcript_model.messages[-1].status is MessageStatus.FAILED)


def failed_model(stage: Stage) -> None:
    """The model can't be loaded."""
    stage.workers.script_load(Fails(NotGguf("/home/ana/models/notes.gguf")))
    stage.start()


def dying_model(stage: Stage) -> None:
    """The model ended its worker twice while it was loaded."""
    stage.workers.script_load(DIE)
    stage.workers.script_load(DIE)
    stage.start()


def reading(stage: Stage) -> None:
    """In the middle of a prompt of which a part is known."""
    stage.fill()
    stage.workers.cached = 6
    stage.workers.script_answer(WAIT, "end")
    stage.start()
    stage.open_first()
    stage.pane.composer.send_requested.emit(stage.talk.next_question, ())
    stage.workers.wait_for_pause()


def reused(stage: Stage) -> None:
    """An answer to a prompt of which a part was known."""
    stage.fill()
    stage.workers.cached = 6
    stage.workers.script_answer(stage.talk.half_an_answer)
    stage.start()
    stage.open_first()
    stage.pane.composer.send_requested.emit(stage.talk.next_question, ())
    stage.wait(lambda: stage.pane.transcript_model.messages[-1].status is MessageStatus.COMPLETE)


def search(stage: Stage) -> None:
    """Results of a search."""
    stage.fill()
    stage.start()
    stage.open_first()
    sidebar = stage.desktop.window.panel.sidebar
    sidebar.focus_search()
    sidebar.search_requested.emit(stage.talk.search)
    stage.wait(lambda: stage.desktop.window.panel.model.is_searching)


STATES = (
    empty,
    long_list,
    streaming,
    failed_answer,
    failed_model,
    dying_model,
    reading,
    reused,
    search,
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.ui.render_window")
    parser.add_argument("out", type=Path)
    parser.add_argument("theme", nargs="*", default=["light", "dark"])
    parser.add_argument("--language", default="en_US")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    application = create_application()
    for theme in options.theme:
        pictures = [(state, (1440, 900)) for state in STATES]
        pictures += [(s, size) for s in (empty, long_list) for size in ((640, 900), (960, 700))]
        for state, size in pictures:
            stage = Stage(application, theme, options.language, size=size)
            state(stage)
            suffix = "" if size[0] == 1440 else f"-{size[0]}"
            stage.save(options.out, f"window-{state.__name__}{suffix}-{theme}")
            stage.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
