"""The window in Chinese, and back to English without a trace."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QLocale, QTranslator
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from chatapp.domain.conversation import Conversation, MessageStatus, TitleSource
from chatapp.errors import ContextFull, GenerationFailed, NotGguf, WorkerKeepsDying
from chatapp.paths import Paths
from chatapp.settings import SettingsFile
from chatapp.ui.i18n import error_sentence, install_translations, paragraph, size_text
from chatapp.ui.models.conversation_list_model import ConversationListModel
from chatapp.ui.transcript.answer_state import details
from tests.fakes import Fails, FakeWorkers, fake_model
from tests.window import Window, words_of

RESOURCES = Paths.default().resources
TOLD = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QLocale
from chatapp.ui.i18n import install_translations
application = QCoreApplication([])
install_translations(application, Path(sys.argv[1]), "")
cancel = QCoreApplication.translate("QPlatformTheme", "Cancel")
print(QCoreApplication.translate("Sidebar", "Trash"), cancel, QLocale().toString(8192))
"""


@pytest.fixture(scope="module")
def resources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The resources with the translations as their sources are now."""
    folder = tmp_path_factory.mktemp("made") / "resources"
    shutil.copytree(RESOURCES, folder, ignore=shutil.ignore_patterns("*.qm"))
    for ts in (folder / "i18n").glob("*.ts"):
        tool = Path(sys.executable).with_name("pyside6-lrelease")
        subprocess.run([tool, "-silent", ts, "-qm", ts.with_suffix(".qm")], check=True)
    return folder


@pytest.fixture
def english_again(qapp: QApplication, resources: Path) -> Iterator[None]:
    yield
    install_translations(qapp, resources / "i18n", "en_US")
    assert len(qapp.findChildren(QTranslator)) == 1  # the plural forms


@pytest.fixture
def chinese(qapp: QApplication, resources: Path, english_again: None) -> None:
    del english_again
    install_translations(qapp, resources / "i18n", "zh_CN")


@pytest.fixture
def workers() -> FakeWorkers:
    return FakeWorkers()


@pytest.fixture
def window(
    qtbot: QtBot,
    qapp: QApplication,
    paths: Paths,
    workers: FakeWorkers,
    resources: Path,
    english_again: None,
) -> Iterator[Window]:
    del english_again
    fake_model(paths.models, "alpha")
    SettingsFile(paths.settings).change(language="zh_CN")
    window = Window(qtbot, qapp, replace(paths, resources=resources), workers)
    yield window
    window.close()


def test_the_window_is_in_chinese(window: Window) -> None:
    window.start()
    assert "想做点什么？ 你输入的内容只保存在这台电脑上。" in words_of(window.pane.welcome)
    assert words_of(window.main.status_line).startswith("就绪")
    assert "还没有对话。发一条消息就开始了。" in words_of(window.sidebar)
    assert window.sidebar.search_field.placeholderText() == "搜索"
    assert window.actions.new_conversation.text() == "新对话"
    window.ask("你好")
    assert window.list.index(0).data() == "今天"
    assert "3 个词元 · 66.7 词元/秒 · 首词元 0.0 秒 · 种子" in details(window.last)


def test_an_error_is_in_chinese(window: Window, workers: FakeWorkers) -> None:
    workers.script_load(Fails(NotGguf("/m/notes.gguf")))
    window.show()
    window.wait(lambda: window.notices)
    (notice,) = window.notices
    assert "这不是 GGUF 模型文件：/m/notes.gguf。" in notice


def test_a_number_chooses_the_form(
    qapp: QApplication, resources: Path, english_again: None
) -> None:
    def words(count: int) -> str:
        return QCoreApplication.translate("TrashRow", "Trash, %Ln conversation(s)", "", count)

    install_translations(qapp, resources / "i18n", "en_US")
    assert words(1) == "Trash, 1 conversation"
    assert words(2000) == "Trash, 2,000 conversations"
    install_translations(qapp, resources / "i18n", "zh_CN")
    assert words(2000) == "废纸篓，2,000 个对话"
    install_translations(qapp, resources / "i18n", "de_DE")  # English words, German figures
    assert words(0) == "Trash, 0 conversations"


def test_two_sentences_have_no_space_between_them(window: Window, workers: FakeWorkers) -> None:
    workers.script_answer("Red", Fails(GenerationFailed("no")))
    window.start()
    window.say("你好")
    window.wait_for_status(MessageStatus.FAILED)
    window.wait(lambda: window.failures)
    assert "模型无法继续生成回答。请重试。已写出的内容都已保存。" in window.failures[-1]


@pytest.mark.usefixtures("chinese")
def test_values_are_in_their_places() -> None:
    error = ContextFull(needed=9000, available=8192)
    assert "需要 9,000 个词元，上限是 8,192 个" in error_sentence(error)
    assert "连续停止了 3 次" in error_sentence(WorkerKeepsDying(3, ""))
    assert QLocale().toString(8192) == "8,192"
    assert size_text(2_500_000_000) == "2.5 GB"


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("zh_CN", ["今天", "昨天", "过去 7 天", "过去 30 天", "1 月", "2024 年 12 月"]),
        (
            "en_US",
            [
                "Today",
                "Yesterday",
                "Previous 7 days",
                "Previous 30 days",
                "January",
                "December 2024",
            ],
        ),
    ],
)
@pytest.mark.usefixtures("english_again")
def test_the_groups_of_the_list(
    qapp: QApplication, resources: Path, language: str, expected: list[str]
) -> None:
    install_translations(qapp, resources / "i18n", language)
    model = ConversationListModel(lambda: datetime.fromisoformat("2025-03-14 10:30"))
    days = ("03-14", "03-13", "03-10", "02-20", "01-05", "12-24")
    conversations = []
    for number, day in enumerate(days):
        moment = datetime.fromisoformat(f"{'2024' if day[0] == '1' else '2025'}-{day}").timestamp()
        conversations.append(Conversation(number, "Red", TitleSource.USER, moment, moment))
    model.set_conversations(conversations)
    assert [model.group_name(row.group) for row in model.rows if not row.conversation] == expected


@pytest.mark.usefixtures("english_again")
def test_another_language_takes_the_place_of_the_one_before(
    qapp: QApplication, resources: Path
) -> None:
    def words() -> tuple[str, str, str]:
        translate = QCoreApplication.translate
        return (
            translate("Sidebar", "Trash"),
            translate("QPlatformTheme", "Cancel"),
            paragraph("A.", "B."),
        )

    for _ in range(2):
        install_translations(qapp, resources / "i18n", "zh_CN")
        assert words() == ("废纸篓", "取消", "A.B.")
        install_translations(qapp, resources / "i18n", "en_US")
        assert words() == ("Trash", "Cancel", "A. B.")


@pytest.mark.parametrize("language", ["de_DE", "tlh", "no such language"])
@pytest.mark.usefixtures("english_again")
def test_a_language_that_chatapp_does_not_speak(
    qapp: QApplication, resources: Path, language: str
) -> None:
    install_translations(qapp, resources / "i18n", language)
    assert QCoreApplication.translate("Sidebar", "Trash") == "Trash"
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Cancel"


@pytest.mark.usefixtures("english_again")
def test_a_damaged_translation_is_none(qapp: QApplication, tmp_path: Path) -> None:
    (tmp_path / "chatapp_zh_CN.qm").write_bytes(b"no translation")
    install_translations(qapp, tmp_path, "zh_CN")
    assert QCoreApplication.translate("Sidebar", "Trash") == "Trash"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no variable says the language")
@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("C", "Trash Cancel 8,192"),
        ("en_US:zh_CN", "Trash Cancel 8,192"),
        ("zh_CN:en_US", "废纸篓 取消 8,192"),
        ("zh_SG", "废纸篓 取消 8,192"),
        ("de_DE:zh_CN:en", "废纸篓 取消 8.192"),
    ],
)
def test_the_first_language_of_the_system_that_chatapp_speaks(
    resources: Path, language: str, expected: str
) -> None:
    first = language.partition(":")[0]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LC_")}
    environment |= {"LANG": f"{first}.UTF-8", "LANGUAGE": language, "PYTHONUTF8": "1"}
    command = [sys.executable, "-c", TOLD, resources / "i18n"]
    result = subprocess.run(
        command, env=environment, capture_output=True, encoding="utf-8", check=True
    )
    assert result.stdout.strip() == expected
