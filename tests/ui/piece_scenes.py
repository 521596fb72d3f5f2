"""Panels, dialogs and popups alone, with example data: see `every_window`."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QItemSelectionModel
from PySide6.QtWidgets import QApplication, QWidget

from chatapp.domain.conversation import FIRST_TEMPORARY_ID, Attachment, Opinion, Rating, Role
from chatapp.domain.folder import Folder
from chatapp.domain.outline import OutlineEntry
from chatapp.domain.quantization import QuantType
from chatapp.engine.state import EngineState, EngineStatus
from chatapp.errors import WorkerKeepsDying
from chatapp.hub.access import access_from
from chatapp.hub.client import HubClient
from chatapp.hub.token import TokenStore
from chatapp.network import Network
from chatapp.ui.attachment_preview import AttachmentPreview
from chatapp.ui.branch_tree import BranchTree
from chatapp.ui.composer import Composer
from chatapp.ui.connection_settings import ConnectionDialog, ConnectionSettings
from chatapp.ui.error_dialog import ErrorDialog, QuitDialog
from chatapp.ui.message_details import MessageDetails
from chatapp.ui.message_editor import MessageEditor
from chatapp.ui.model_picker import ModelPicker
from chatapp.ui.models.conversation_list_model import ConversationListModel
from chatapp.ui.models_page.library_tab import LibraryTab
from chatapp.ui.models_page.tab import Tab
from chatapp.ui.notices import Notices
from chatapp.ui.parameters.preset_bar import NamePopup
from chatapp.ui.quantize_dialog import QuantizeDialog
from chatapp.ui.rating_popup import RatingPopup
from chatapp.ui.selection_bar import SelectionBar
from chatapp.ui.sidebar import Sidebar
from chatapp.ui.tag_popup import TagPopup
from chatapp.ui.theme import Appearance
from chatapp.ui.update_notes import UpdateNotes
from chatapp.ui.whats_new import WhatsNew
from chatapp.ui.widgets.dialog import Dialog
from chatapp.updates import Release
from tests.ui import render, render_assistants, render_engine, render_models
from tests.ui.models_page import test_quantize_dialog as quantize
from tests.ui.models_page.library_samples import entries
from tests.ui.scene import Around, Scene, behind
from tests.ui.transcript.samples import message

ANSWER = "After ten years you have **€27,948**.\n\n```python\nprint(27948)\n```\n\n- One\n- Two"
OUTLINE = (
    OutlineEntry(1, None, Role.USER, "What do I have after ten years?", is_shown=True),
    OutlineEntry(2, None, Role.ASSISTANT, "After ten years …", False, version=1, versions=2),
    OutlineEntry(3, None, Role.ASSISTANT, "You have €27,948.", True, version=2, versions=2),
    OutlineEntry(4, 3, Role.USER, "And with a yearly fee of half a percent?", is_shown=True),
)


# The sidebar


def _sidebar(around: Around) -> tuple[Sidebar, ConversationListModel]:
    model = ConversationListModel(lambda: render.NOW)
    sidebar = Sidebar(around.appearance, model)
    model.setParent(sidebar)
    return sidebar, model


def sidebar(around: Around) -> QWidget:
    panel, model = _sidebar(around)
    model.set_conversations(render.conversations())
    panel.set_trash_count(3)
    return panel


def sidebar_empty(around: Around) -> QWidget:
    panel, model = _sidebar(around)
    model.set_conversations([])
    return panel


def sidebar_folders(around: Around) -> QWidget:
    """Folders in folders, a temporary conversation, and several that are selected."""
    panel, model = _sidebar(around)
    folders = [
        Folder(1, "Client work"),
        Folder(2, "Contracts and a name that goes on and on", 1),
        Folder(3, "食谱", None, 1),
    ]
    listed = [
        render.conversation(1, "Lease of the flat", folder_id=1),
        render.conversation(2, "Clause about heating", folder_id=2),
        render.conversation(3, "Sourdough", folder_id=3),
        *(render.conversation(number, f"Question {number}") for number in (4, 5, 6)),
        render.conversation(FIRST_TEMPORARY_ID, ""),
    ]
    model.set_conversations(listed, folders)
    model.set_opened({1, 2})
    panel.set_archive_count(1204)
    panel.set_trash_count(3)
    panel.view.choose(model.index(model.row_of(4) or 0))
    add = QItemSelectionModel.SelectionFlag.Select
    panel.view.selectionModel().select(model.index(model.row_of(5) or 0), add)
    return panel


def sidebar_search(around: Around) -> QWidget:
    panel, model = _sidebar(around)
    panel.search_field.setText("lease")
    model.set_hits(render.hits())
    return panel


def sidebar_trash(around: Around) -> QWidget:
    panel, model = _sidebar(around)
    panel.set_trash_count(2)
    panel.open_trash()
    model.set_conversations([render.conversation(1, "Old shopping list", deleted=True)])
    return panel


def sidebar_archive(around: Around) -> QWidget:
    panel, model = _sidebar(around)
    panel.open_archive()
    model.set_conversations([render.conversation(1, "Minutes of 3 March", days=90)])
    return panel


def selection_bar(around: Around) -> QWidget:
    bar = SelectionBar(around.appearance)
    bar.set_count(12)
    return bar


# Writing


def composer(around: Around) -> QWidget:
    field = Composer(around.appearance, around.jobs, around.settings)
    field.set_model_name("Qwen3 4B Instruct")
    field.set_context(7600, 8192)
    field.set_draft("一行中文，再来一行。\nA second line", [_attachment()])
    return field


def _attachment() -> Attachment:
    return Attachment("fund-fees.csv", "text/csv", 3400, "fund,0.5%\n" * 300)


def preview(around: Around) -> QWidget:
    words = "300 lines, 3.4 kB"
    return AttachmentPreview(around.appearance, _attachment(), words, behind(around))


def question_editor(around: Around) -> QWidget:
    return MessageEditor(around.appearance, "What do I have after ten years?", is_question=True)


def answer_editor(around: Around) -> QWidget:
    return MessageEditor(around.appearance, ANSWER, is_question=False)


def notices(around: Around) -> QWidget:
    """The banner with the most buttons."""
    banners = Notices(around.appearance)
    banners.set_model(render.QWEN)
    error = WorkerKeepsDying(3, "signal 9\n")
    state = EngineState(EngineStatus.FAILED, render.QWEN, error=error)
    banners.set_engine_state(state, is_told=False)
    return banners


# What opens over a window


def picker(around: Around) -> QWidget:
    models = [render.QWEN, render.STARTER, render.LONG]
    return ModelPicker(around.appearance, models, render.QWEN, behind(around))


def rating(around: Around) -> QWidget:
    given = Rating(Opinion.DISLIKED, "Too long.", "")
    return RatingPopup(around.appearance, given, behind(around))


def details(around: Around) -> QWidget:
    return MessageDetails(around.appearance, message(2, ANSWER), None, behind(around))


def tag(around: Around) -> QWidget:
    return TagPopup(around.appearance, behind(around))


def preset_name(around: Around) -> QWidget:
    return NamePopup(around.appearance, "Short answers", behind(around))


def model_facts(around: Around) -> QWidget:
    tab = LibraryTab(around.appearance)
    around.at_end(tab.deleteLater)
    tab.resize(1200, 800)
    tab.show()
    tab.set_entries(entries())
    around.settle()
    tab.show_details(entries()[0])
    popup = QApplication.activePopupWidget()
    assert popup is not None
    return popup


def _dialog(parent: QWidget) -> QWidget:
    (dialog,) = parent.window().findChildren(Dialog)
    return dialog


def delete_model(around: Around) -> QWidget:
    tab = LibraryTab(around.appearance)
    around.at_end(tab.deleteLater)
    tab.confirm_deletion(entries()[0].model)
    return _dialog(tab)


def remove_model(around: Around) -> QWidget:
    tab = LibraryTab(around.appearance)
    around.at_end(tab.deleteLater)
    tab.set_entries(entries())
    tab.list.trash_requested.emit(entries()[0])
    return _dialog(tab)


def quit_dialog(around: Around) -> QWidget:
    return QuitDialog(around.appearance)


def error_dialog(around: Around) -> QWidget:
    return ErrorDialog(around.appearance, render.TRACEBACK, around.paths.logs)


def crash_dialog(around: Around) -> QWidget:
    return ErrorDialog(around.appearance, render.TRACEBACK, around.paths.logs, is_last_run=True)


def quantize_dialog(around: Around) -> QWidget:
    dialog = QuantizeDialog(around.appearance, quantize.SOURCE, is_quantized=True)
    dialog.set_plans(quantize.plans(), quantize.verdicts(), QuantType.Q4_K_M)
    return dialog


def whats_new(around: Around) -> QWidget:
    window = WhatsNew(around.appearance, around.jobs, around.paths.resources, behind(around))
    around.wait(lambda: window.page.blocks)
    return window


def update_notes(around: Around) -> QWidget:
    releases = (
        Release("0.3.0", 1777802400.0, "- One thing is new.\n- Another one is **faster**."),
        Release("0.2.0", 0.0, ""),
    )
    window = UpdateNotes(
        around.appearance, around.jobs, releases, "https://releases.example", behind(around)
    )
    around.wait(lambda: window.page.blocks)
    return window


def connection(around: Around) -> QWidget:
    network = Network(around.paths.connections)
    client = HubClient(lambda: access_from(around.settings.current), network)
    around.at_end(client.close)

    def make() -> ConnectionSettings:
        return ConnectionSettings(
            around.appearance, around.settings, TokenStore(), client, around.jobs
        )

    dialog = ConnectionDialog(around.appearance, make, behind(around))
    dialog.resize(dialog.sizeHint())
    dialog.show()
    around.wait(dialog.settings.token.isEnabled)  # once the keyring was asked
    return dialog


def branches(around: Around) -> QWidget:
    tree = BranchTree(around.appearance)
    tree.show_outline(OUTLINE)
    return tree


def library_nothing(scene: render_models.Scene) -> None:
    render_models.library_nothing(scene)
    scene.library.search._tell()


def _of_engine(make: Callable[[Appearance], QWidget]) -> Scene:
    return Scene(make.__name__.replace("_", "-"), lambda around: make(around.appearance))


def _of_models(
    tab: Tab, prepare: Callable[[render_models.Scene], None], width: int = 1200
) -> Scene:
    def make(around: Around) -> QWidget:
        scene = render_models.Scene(around.appearance, tab, width, 800)
        scene.show()
        prepare(scene)
        return scene

    return Scene(prepare.__name__.replace("_", "-"), make, (width, 800))


PIECES: tuple[Scene, ...] = (
    Scene("sidebar", sidebar, (264, 700)),
    Scene("sidebar-empty", sidebar_empty, (264, 400)),
    Scene("sidebar-folders", sidebar_folders, (264, 700)),
    Scene("sidebar-search", sidebar_search, (264, 500)),
    Scene("sidebar-trash", sidebar_trash, (264, 500)),
    Scene("sidebar-archive", sidebar_archive, (264, 500)),
    Scene("selection-bar", selection_bar, (264, 40)),
    Scene("composer", composer, (768, 200)),
    Scene("question-editor", question_editor, (640, 100)),
    Scene("answer-editor", answer_editor, (640, 240)),
    Scene("notices", notices, (900, 240)),
    Scene("branches", branches, (320, 600)),
    Scene("attachment-preview", preview),
    Scene("model-picker", picker),
    Scene("rating", rating),
    Scene("message-details", details),
    Scene("tag", tag),
    Scene("preset-name", preset_name),
    Scene("model-facts", model_facts),
    Scene("delete-model", delete_model),
    Scene("remove-model", remove_model),
    Scene("quit", quit_dialog),
    Scene("error", error_dialog),
    Scene("crash", crash_dialog),
    Scene("quantize", quantize_dialog),
    Scene("whats-new", whats_new),
    Scene("update-notes", update_notes),
    Scene("connection", connection),
    *(_of_engine(make) for make in render_engine.SCENES),
    *(
        Scene(name, make, size, is_passing=name in {"prompt-form", "suggestions"})
        for name, (make, size) in render_assistants.SCENES.items()
    ),
    _of_models(Tab.LIBRARY, render_models.library),
    _of_models(Tab.LIBRARY, render_models.library_empty),
    _of_models(Tab.LIBRARY, library_nothing),
    _of_models(Tab.LIBRARY, render_models.library_waiting),
    _of_models(Tab.DOWNLOADS, render_models.downloads),
    _of_models(Tab.DOWNLOADS, render_models.downloads_failed),
    _of_models(Tab.DOWNLOADS, render_models.downloads_empty),
)
