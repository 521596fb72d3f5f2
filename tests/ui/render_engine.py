"""Pictures of the load panel and the tuning table.

    python -m tests.ui.render_engine OUT [THEME …] [--language zh_CN]

For looking at, beside the mock-ups.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from chatapp.app import create_application
from chatapp.domain.model import Adapter
from chatapp.domain.tuning import Tuning
from chatapp.engine.state import EngineState, EngineStatus
from chatapp.models.load_settings import AUTOMATIC, LoadChoice
from chatapp.paths import Paths
from chatapp.ui.i18n import install_translations
from chatapp.ui.load_panel import LoadPanel
from chatapp.ui.template_dialog import TemplateDialog
from chatapp.ui.theme import Appearance, ThemeChoice
from chatapp.ui.thinking_chip import ThinkingChip
from chatapp.ui.tuning_dialog import TuningDialog
from tests.ui.test_load_panel import LOADED, MACHINE, QWEN, SMALL, WITH_GPU
from tests.ui.test_tuning_dialog import ROWS, TUNING


def _panel(appearance: Appearance) -> LoadPanel:
    return LoadPanel(appearance)


def panel_automatic(appearance: Appearance) -> QWidget:
    panel = _panel(appearance)
    panel.show_model(QWEN, AUTOMATIC, (SMALL,), context_length=8192)
    panel.set_machine(MACHINE, 0)
    panel.set_state(EngineState(), is_stale=False)
    panel.resize(344, 1500)
    return panel


def panel_chosen(appearance: Appearance) -> QWidget:
    adapters = (Adapter(__file__, 0.5), Adapter("/m/short-answers.gguf"))
    choice = LoadChoice(
        context_length=16384, gpu_layers=12, cache_type="q8_0", threads=4, adapters=adapters
    )
    panel = _panel(appearance)
    panel.show_model(QWEN, choice, (SMALL,), context_length=8192)
    panel.set_machine(WITH_GPU, 0)
    panel.set_tuning(Tuning(4, flash_attention=True, batch=256, measured=(), at=1.0))
    panel.set_state(EngineState(EngineStatus.READY, QWEN, loaded=LOADED), is_stale=True)
    panel.resize(344, 1700)
    return panel


def panel_loading(appearance: Appearance) -> QWidget:
    panel = panel_automatic(appearance)
    assert isinstance(panel, LoadPanel)
    panel.set_state(EngineState(EngineStatus.LOADING, QWEN, 0.42), is_stale=False)
    return panel


def tuning(appearance: Appearance) -> QWidget:
    dialog = TuningDialog(appearance, QWEN)
    dialog.show_tuning(TUNING)
    return dialog


def tuning_running(appearance: Appearance) -> QWidget:
    dialog = TuningDialog(appearance, QWEN)
    dialog.show_progress(0.4, ROWS[:2], 35.0)
    return dialog


def template(appearance: Appearance) -> QWidget:
    source = "{%- for message in messages %}\n<|im_start|>{{ message.role }}\n{{ message.content }}"
    dialog = TemplateDialog(appearance, QWEN.name, "", source + "<|im_end|>\n{%- endfor %}\n")
    dialog.field.appendPlainText("{# mine #}")
    return dialog


def thinking(appearance: Appearance) -> QWidget:
    chip = ThinkingChip(appearance)
    chip.show_choice(thinking=True, effort="medium")
    return chip


SCENES = (
    panel_automatic,
    panel_chosen,
    panel_loading,
    tuning,
    tuning_running,
    template,
    thinking,
)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("themes", nargs="*", default=["light", "dark"])
    parser.add_argument("--language", default="en_US")
    arguments = parser.parse_args()
    application = create_application()
    resources = Paths.default().resources
    install_translations(application, resources / "i18n", arguments.language)
    arguments.out.mkdir(parents=True, exist_ok=True)
    for theme in arguments.themes:
        appearance = Appearance(application, resources, ThemeChoice(theme))
        for scene in SCENES:
            widget = scene(appearance)
            widget.show()
            QTest.qWait(50)
            widget.grab().save(str(arguments.out / f"{scene.__name__}-{theme}.png"))
            widget.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
