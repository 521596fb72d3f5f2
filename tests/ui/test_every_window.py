"""No window clips its words or keeps those of another language, however it is shown."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import textwrap
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pytest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QLabel,
    QMainWindow,
    QMenu,
    QVBoxLayout,
    QWidget,
)

import chatapp.ui
from chatapp.domain.conversation import MessageStatus
from chatapp.ui.i18n import Translated
from chatapp.ui.theme import Appearance, ThemeChoice
from tests.fakes import WAIT, FakeWorkers
from tests.ui.clipping import Words, all_words, clipped, differences
from tests.ui.every_window import IN_WINDOW, SCENES
from tests.ui.piece_scenes import PIECES
from tests.ui.scene import (
    CHINESE,
    ENGLISH,
    LANGUAGES,
    PSEUDO,
    THEMES,
    ZOOMS,
    Around,
    Scene,
    is_passing,
    make_resources,
    shown,
)
from tests.ui.window_scenes import open_desktop, open_stage

_SWITCHED_MS = 3000  # by then what is made anew in another language is there
_PLACED_MS = 1000  # by then what is read in the background has its place
# Made anew in another language, by the window that they are in.
_MADE_ANEW = ("chatapp.ui.settings.", "chatapp.ui.connection_settings")


@pytest.fixture(scope="session")
def resources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_resources(tmp_path_factory.mktemp("spoken"))


@pytest.fixture
def open_scene(
    qapp: QApplication, appearance: Appearance, resources: Path, tmp_path: Path
) -> Iterator[OpenScene]:
    opener = OpenScene(qapp, appearance, resources, tmp_path)
    yield opener
    opener.close()


class OpenScene:
    """Makes what a scene needs around it, one after the other."""

    def __init__(
        self, application: QApplication, appearance: Appearance, resources: Path, folder: Path
    ) -> None:
        self._parts = (application, appearance, resources)
        self._folder = folder
        self._opened: list[Around] = []
        self._count = 0

    def __call__(self, language: str, zoom: int = 100) -> Around:
        self.close()
        self._count += 1
        self._opened.append(Around(*self._parts, self._folder / str(self._count), language, zoom))
        return self._opened[-1]

    def close(self) -> None:
        while self._opened:
            self._opened.pop().close()


def looked_at(window: QWidget, around: Around, name: str) -> list[str]:
    """What is clipped. Themes take turns: words are as wide in each; `every_window` draws all."""
    variant = LANGUAGES.index(around.language) + ZOOMS.index(around.zoom)
    around.set_theme(THEMES[variant % len(THEMES)])
    try:
        around.wait(lambda: not clipped(window), _PLACED_MS)
    except AssertionError:
        return [f"{name} {around.language} {around.zoom}: {one}" for one in clipped(window)]
    return []


# Every window in every variant


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_nothing_is_clipped(open_scene: OpenScene, scene: Scene) -> None:
    found: list[str] = []
    variants = list(product(LANGUAGES, ZOOMS))
    while variants:
        around = open_scene(*variants[0])
        with shown(scene, around) as window:
            # What closes when anything else is touched is made anew for each.
            passes = scene.is_passing or is_passing(window)
            together = variants[:1] if passes else variants
            for language, zoom in together:
                if language != around.language:
                    around.speak(language)
                if zoom != around.zoom:
                    around.set_zoom(zoom)
                    scene.resize(window, zoom)
                    around.settle()
                found += looked_at(window, around, scene.name)
        variants = variants[len(together) :]
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_that_a_window_opens_is_clipped(open_scene: OpenScene, language: str) -> None:
    stage = open_stage(open_scene(language))
    found = []
    for zoom in ZOOMS:
        stage.set_zoom(zoom)
        for scene in IN_WINDOW:
            with scene.open(stage) as window:
                found += looked_at(window, stage.around, scene.name)
    assert found == [], "\n".join(found)


# Another language while running


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_the_language_is_switched_while_running(open_scene: OpenScene, scene: Scene) -> None:
    around = open_scene(CHINESE)
    with shown(scene, around) as window:
        if scene.is_passing or is_passing(window):
            return
        chinese = all_words(window)
    around = open_scene(ENGLISH)
    with shown(scene, around) as window:
        english = all_words(window)
        for language, expected in ((CHINESE, chinese), (ENGLISH, english)):
            around.speak(language)
            assert wrong_words(window, expected, around) == []


def test_all_that_a_window_opens_follows_the_language(open_scene: OpenScene) -> None:
    wanted = [scene for scene in IN_WINDOW if scene.is_compared]
    stage = open_stage(open_scene(CHINESE))
    chinese = {}
    for scene in wanted:
        with scene.open(stage) as window:
            chinese[scene.name] = without_cards(window)
    stage = open_stage(open_scene(ENGLISH))
    found = []
    for scene in wanted:
        with scene.open(stage) as window:
            english = without_cards(window)
            for language, expected in ((CHINESE, chinese[scene.name]), (ENGLISH, english)):
                stage.around.speak(language)
                wrong = wrong_words(window, expected, stage.around, without_cards)
                found += [f"{scene.name} {language}: {one}" for one in wrong]
    assert found == [], "\n".join(found)


def without_cards(window: QWidget) -> list[Words]:
    """Which models are recommended is up to the language that Chatapp was started in."""
    return [words for words in all_words(window) if words[0] != "CatalogCard"]


def wrong_words(
    window: QWidget,
    expected: list[Words],
    around: Around,
    say: Callable[[QWidget], list[Words]] = all_words,
) -> list[str]:
    """What is not said as it should be, once everything had time to follow."""
    try:
        around.wait(lambda: say(window) == expected, _SWITCHED_MS)
    except AssertionError:
        return differences(say(window), expected)
    return []


def test_while_an_answer_is_written(open_scene: OpenScene) -> None:
    """The words of the window change, the answer goes on, and nothing of it is lost."""
    workers = FakeWorkers()
    workers.script_answer("The ", "ship ", WAIT, "sails ", "on.")
    around = open_scene(ENGLISH)
    desktop = open_desktop(around, workers)
    pane = desktop.window.pane
    pane.composer.send_requested.emit("Tell me a story.", ())
    workers.wait_for_pause()
    model = pane.transcript_model
    around.wait(lambda: model.rowCount() and model.messages[-1].text == "The ship ")
    pane.composer.set_text("Not sent yet")
    for language in (CHINESE, PSEUDO, ENGLISH, CHINESE):
        desktop.services.settings.change(language=language)
        around.settle()
        assert model.messages[-1].text == "The ship "
        assert pane.composer.text() == "Not sent yet"
    assert pane.transcript.accessibleName() == "对话"
    workers.release()
    around.wait(lambda: model.messages[-1].status is MessageStatus.COMPLETE)
    assert model.messages[-1].text == "The ship sails on."
    item = pane.transcript.item(model.rowCount() - 1)
    assert "复制回答" in [spot.name for spot, _ in item.spots()]
    desktop.services.settings.change(language=ENGLISH)
    around.settle()
    assert "Copy answer" in [spot.name for spot, _ in item.spots()]


# Nothing is left out


def widget_classes() -> list[type[QWidget]]:
    """Every kind of widget that the application has."""
    found = []
    for module in pkgutil.walk_packages(chatapp.ui.__path__, "chatapp.ui."):
        for _, one in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if issubclass(one, QWidget) and one.__module__ == module.name:
                found.append(one)
    return found


def is_of_note(kind: type[QWidget]) -> bool:
    """Whether it is a window, or one of the large parts that a person would call by a name."""
    names = ("Page", "Panel", "Tab", "Popup", "Sheet", "Picker", "Preview", "Palette", "Editor")
    opens_itself = "Qt.WindowType." in inspect.getsource(kind)
    is_window = issubclass(kind, QDialog | QMainWindow) or opens_itself
    is_base = any(other is not kind and issubclass(other, kind) for other in widget_classes())
    return (is_window or kind.__name__.endswith(names)) and not is_base


def test_every_window_has_a_scene(open_scene: OpenScene) -> None:
    wanted = {kind for kind in widget_classes() if is_of_note(kind)}
    assert len(wanted) > 40

    def note(window: QWidget) -> None:
        for widget in (window, *window.findChildren(QWidget)):
            if widget.isVisibleTo(window):
                wanted.discard(type(widget))

    stage = open_stage(open_scene(ENGLISH))
    for opened in IN_WINDOW:
        with opened.open(stage) as window:
            note(window)
    around = open_scene(ENGLISH)
    for scene in PIECES:
        with shown(scene, around) as window:
            note(window)
    assert sorted(kind.__name__ for kind in wanted) == []


def test_what_is_said_in_a_constructor_is_said_in_another_language_too() -> None:
    """`Translated` widgets say their words in `_translate`; popups are made for one look."""
    found = []
    for kind in widget_classes():
        is_short_lived = issubclass(kind, QMenu) or "WindowType.Popup" in all_sources(kind)
        if issubclass(kind, Translated) or is_short_lived or kind.__module__.startswith(_MADE_ANEW):
            continue
        tree = ast.parse(textwrap.dedent(inspect.getsource(kind)))
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef) and function.name == "__init__":
                calls = [ast.unparse(node.func) for node in ast.walk(function) if is_call(node)]
                if "self.tr" in calls:
                    found.append(f"{kind.__module__}.{kind.__name__}")
    assert found == [], "\n".join(found)


def is_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Call)


def all_sources(kind: type[QWidget]) -> str:
    ours = [one for one in kind.__mro__ if one.__module__.startswith("chatapp.")]
    return "".join(inspect.getsource(one) for one in ours)


# The tests themselves


def test_clipped_words_are_found(appearance: Appearance, qtbot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    label = QLabel("A sentence that is not short.")
    column.addWidget(label)
    window.show()
    assert clipped(window) == []
    label.setFixedWidth(40)
    window.adjustSize()
    QApplication.processEvents()
    (finding,) = clipped(window)
    assert "A sentence" in finding
    assert appearance.choice is ThemeChoice.LIGHT


def test_words_of_another_language_are_found(qtbot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    label = QLabel("At 12:40", window)
    expected = all_words(window)
    label.setText("At 9:05")
    assert differences(all_words(window), expected) == []
    label.setText("Um 9:05")
    wanted = ["says QLabel: ['Um 0:0']", "lacks QLabel: ['At 0:0']"]
    assert differences(all_words(window), expected) == wanted
