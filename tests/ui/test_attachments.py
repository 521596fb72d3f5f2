"""Files and long texts that go with a message: how they come, look, go and come back."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from chatapp.domain.conversation import Attachment
from chatapp.paths import Paths
from chatapp.settings import SettingsFile
from chatapp.ui.attachment_chip import AttachmentChip
from chatapp.ui.attachment_list import MOST
from chatapp.ui.attachment_preview import AttachmentPreview
from chatapp.ui.composer import Composer
from chatapp.ui.prompt_input import PromptInput
from chatapp.ui.widgets.icon_button import IconButton

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton
LONG = "The ship sails on.\n" * 200
NOTES = Attachment("notes.txt", "text/plain", 11, "some notes\n")
CODE = Attachment("sail.py", "text/x-python", 12, "print('on')\n")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "fund-fees.csv"
    file.write_text("name,fee\n" * 214)
    return file


def chips(composer: Composer) -> tuple[AttachmentChip, ...]:
    return composer._files.chips


def names(composer: Composer) -> list[str]:
    return [chip.name for chip in chips(composer)]


def wait_until_read(composer: Composer, qtbot: QtBot, count: int = 1) -> None:
    qtbot.waitUntil(lambda: len(composer.attachments()) == count)
    qtbot.waitUntil(lambda: not composer._files.is_reading)


def of_files(paths: Iterable[Path]) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def paste(
    field: PromptInput,
    qtbot: QtBot,
    content: str | QMimeData,
    modifiers: Qt.KeyboardModifier = CONTROL,
) -> None:
    clipboard = QApplication.clipboard()
    if isinstance(content, str):
        clipboard.setText(content)
    else:
        clipboard.setMimeData(content)
    qtbot.keyClick(field, Qt.Key.Key_V, modifiers)


def undo(field: PromptInput, qtbot: QtBot) -> None:
    qtbot.keyClick(field, Qt.Key.Key_Z, CONTROL)


def redo(field: PromptInput, qtbot: QtBot) -> None:
    qtbot.keySequence(field, QKeySequence(QKeySequence.StandardKey.Redo))


# How files come


def test_a_file_becomes_a_chip_and_is_sent(
    composer: Composer, field: PromptInput, qtbot: QtBot, file: Path
) -> None:
    composer.add_files([file])
    assert names(composer) == ["fund-fees.csv"]  # before it is read
    wait_until_read(composer, qtbot)
    (attachment,) = composer.attachments()
    assert (attachment.name, attachment.size) == ("fund-fees.csv", 214 * 9)
    assert chips(composer)[0].figures.startswith("214 lines · 1.9")
    qtbot.keyClicks(field, "Read this.")
    with qtbot.waitSignal(composer.send_requested) as signal:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert signal.args == ["Read this.", (attachment,)]
    assert (composer.text(), composer.attachments(), names(composer)) == ("", (), [])


def test_a_file_alone_can_be_sent(
    composer: Composer, field: PromptInput, qtbot: QtBot, file: Path
) -> None:
    composer.add_files([file])
    wait_until_read(composer, qtbot)
    assert composer._button.isEnabled()
    with qtbot.waitSignal(composer.send_requested) as signal:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert signal.args[0] == ""
    assert not composer._button.isEnabled()


def test_return_waits_for_files_that_are_being_read(
    composer: Composer, field: PromptInput, qtbot: QtBot, file: Path
) -> None:
    qtbot.keyClicks(field, "Read this.")
    composer.add_files([file])
    with qtbot.waitSignal(composer.send_requested) as signal:
        qtbot.keyClick(field, Qt.Key.Key_Return)
        assert composer.text() == "Read this."
    assert [a.name for a in signal.args[1]] == ["fund-fees.csv"]


def test_return_sends_nothing_when_a_file_can_t_be_read(
    composer: Composer, field: PromptInput, qtbot: QtBot, tmp_path: Path
) -> None:
    qtbot.keyClicks(field, "Read this.")
    with qtbot.assertNotEmitted(composer.send_requested):
        composer.add_files([tmp_path / "missing.txt"])
        qtbot.keyClick(field, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: "missing.txt" in composer._files.problems)
    assert composer.text() == "Read this."


def test_several_files_by_button(
    composer: Composer, field: PromptInput, qtbot: QtBot, file: Path, tmp_path: Path
) -> None:
    other = tmp_path / "sail.py"
    other.write_text("print('on')\n")
    qtbot.mouseClick(composer._attach, LEFT)
    (dialog,) = composer.findChildren(QFileDialog)
    assert dialog.fileMode() == QFileDialog.FileMode.ExistingFiles
    dialog.filesSelected.emit([str(file), str(other)])
    dialog.reject()
    wait_until_read(composer, qtbot, 2)
    assert names(composer) == ["fund-fees.csv", "sail.py"]
    qtbot.waitUntil(lambda: not composer.findChildren(QFileDialog))


def test_files_by_paste(composer: Composer, field: PromptInput, qtbot: QtBot, file: Path) -> None:
    data = of_files([file])
    data.setText(str(file))  # as file managers do
    paste(field, qtbot, data)
    wait_until_read(composer, qtbot)
    assert composer.text() == ""
    assert names(composer) == ["fund-fees.csv"]
    paste(field, qtbot, data, CONTROL | SHIFT)
    assert composer.text() == str(file)


def test_a_link_is_pasted_as_text(composer: Composer, field: PromptInput, qtbot: QtBot) -> None:
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/ship")])
    data.setText("https://example.org/ship")
    paste(field, qtbot, data)
    assert composer.text() == "https://example.org/ship"
    assert names(composer) == []


def test_files_of_another_computer_are_refused(
    composer: Composer, field: PromptInput, qtbot: QtBot
) -> None:
    data = QMimeData()
    data.setUrls([QUrl("file://server/share/notes.txt")])
    paste(field, qtbot, data)
    qtbot.waitUntil(lambda: "notes.txt" in composer._files.problems)
    assert names(composer) == []
    assert composer.text() == ""


def drag(field: PromptInput, data: QMimeData) -> QDragEnterEvent:
    actions = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    event = QDragEnterEvent(QPoint(5, 5), actions, data, LEFT, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(field.viewport(), event)
    return event


def drop(target: Composer | PromptInput, data: QMimeData) -> QDropEvent:
    actions = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    widget = target.viewport() if isinstance(target, PromptInput) else target
    event = QDropEvent(QPointF(5, 5), actions, data, LEFT, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, event)
    return event


def test_files_by_drop(composer: Composer, field: PromptInput, qtbot: QtBot, file: Path) -> None:
    data = of_files([file])
    before = composer.grab().toImage()
    entered = drag(field, data)  # which leaves it to the composer
    assert entered.isAccepted()
    assert composer._box.is_drop_target
    assert composer.grab().toImage() != before
    QApplication.sendEvent(composer, QDragLeaveEvent())
    assert not composer._box.is_drop_target
    assert composer.grab().toImage() == before
    drag(field, data)
    dropped = drop(composer, data)
    # The sender would delete what was moved.
    assert dropped.dropAction() == Qt.DropAction.CopyAction
    assert not composer._box.is_drop_target
    wait_until_read(composer, qtbot)
    assert names(composer) == ["fund-fees.csv"]


def test_text_by_drop_is_text(composer: Composer, field: PromptInput) -> None:
    data = QMimeData()
    data.setText("dragged")
    drag(field, data)
    assert not composer._box.is_drop_target
    drop(field, data)
    assert composer.text() == "dragged"


# What can't be attached


def test_what_can_t_be_read_is_told_below_the_chips(
    composer: Composer, qtbot: QtBot, file: Path, tmp_path: Path
) -> None:
    picture = tmp_path / "ship.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    empty = tmp_path / "empty.txt"
    empty.touch()
    composer.add_files([picture, file, empty, tmp_path])
    wait_until_read(composer, qtbot)
    qtbot.waitUntil(lambda: len(composer._files.problems.splitlines()) == 3)
    told = composer._files.problems
    assert all(name in told for name in ("ship.png", "empty.txt", tmp_path.name))
    assert names(composer) == ["fund-fees.csv"]
    assert QApplication.activeModalWidget() is None
    dismiss = [b for b in composer.findChildren(IconButton) if b.accessibleName() == "Dismiss"]
    qtbot.mouseClick(dismiss[0], LEFT)
    assert composer._files.problems == ""
    assert not dismiss[0].isVisible()


def test_many_problems_stay_short(composer: Composer, qtbot: QtBot, tmp_path: Path) -> None:
    composer.add_files([tmp_path / f"missing {number}" for number in range(10)])
    qtbot.waitUntil(lambda: "And 7 more." in composer._files.problems)
    assert len(composer._files.problems.splitlines()) == 4


def test_at_most_twenty(
    composer: Composer, field: PromptInput, qtbot: QtBot, tmp_path: Path
) -> None:
    files = []
    for number in range(MOST + 2):
        files.append(tmp_path / f"{number}.txt")
        files[-1].write_text(f"file {number}")
    composer.add_files(files)
    wait_until_read(composer, qtbot, MOST)
    assert names(composer) == [f"{number}.txt" for number in range(MOST)]
    assert "20" in composer._files.problems
    assert composer.sizeHint().height() < 300
    paste(field, qtbot, LONG)
    assert composer.text() == LONG


def test_a_file_is_attached_once_and_read_anew(
    composer: Composer, qtbot: QtBot, file: Path, tmp_path: Path
) -> None:
    composer.add_files([file, file])
    wait_until_read(composer, qtbot)
    file.write_text("other\n")
    composer.add_files([tmp_path / "." / file.name])
    qtbot.waitUntil(lambda: composer.attachments()[0].text == "other\n")
    assert names(composer) == ["fund-fees.csv"]
    composer.set_draft("", composer.attachments())  # which knows no paths
    composer.add_files([file])
    qtbot.waitUntil(lambda: not composer._files.is_reading)
    assert names(composer) == ["fund-fees.csv"]


def test_what_is_read_too_late_is_dropped(
    composer: Composer, qtbot: QtBot, file: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.txt"
    other.write_text("other")
    composer.add_files([file])
    composer.set_draft("another conversation")
    composer.add_files([other])
    wait_until_read(composer, qtbot)
    assert names(composer) == ["other.txt"]


# Chips


def test_a_chip_tells_its_figures_as_they_come(composer: Composer, qtbot: QtBot) -> None:
    with qtbot.waitSignal(composer.chip_count_requested) as signal:
        composer.set_draft("", (NOTES,))
    number, attachment = signal.args
    assert attachment == NOTES
    (chip,) = chips(composer)
    qtbot.waitUntil(lambda: chip.figures == "1 line · 11 bytes")
    composer.set_context(100, 8192)
    composer.set_chip_tokens(number, 812)
    assert chip.figures == "1 line · 11 bytes · 812 tokens"
    assert chip.accessibleName() == "notes.txt"
    assert chip.accessibleDescription() == chip.figures
    assert composer._meter._words.text() == "912 of 8,192"
    wide = chip.width()
    composer.set_compact(compact=True)
    assert chip.width() < wide
    assert "812 tokens" in chip.toolTip()
    qtbot.mouseClick(chip._remove, LEFT)
    assert composer._meter._words.text() == "100 of 8,192"
    composer.set_chip_tokens(number, 900)  # the answer comes too late
    assert composer._meter._words.text() == "100 of 8,192"


def test_delete_removes_and_leads_to_the_next(
    composer: Composer, field: PromptInput, qtbot: QtBot
) -> None:
    third = Attachment("three.txt", "text/plain", 5, "three")
    composer.set_draft("text", (NOTES, CODE, third))
    qtbot.keyClick(field, Qt.Key.Key_Tab)
    qtbot.keyClick(chips(composer)[0], Qt.Key.Key_Right)
    assert QApplication.focusWidget() is chips(composer)[1]
    qtbot.keyClick(chips(composer)[1], Qt.Key.Key_Delete)
    assert names(composer) == ["notes.txt", "three.txt"]
    assert QApplication.focusWidget() is chips(composer)[1]
    qtbot.keyClick(chips(composer)[1], Qt.Key.Key_Delete)
    assert QApplication.focusWidget() is chips(composer)[0]
    qtbot.keyClick(chips(composer)[0], Qt.Key.Key_Backspace)
    assert names(composer) == []
    assert QApplication.focusWidget() is field
    assert composer.text() == "text"


def test_a_click_on_the_cross_removes(composer: Composer, field: PromptInput, qtbot: QtBot) -> None:
    composer.set_draft("text", (NOTES, CODE))
    cross = chips(composer)[0]._remove
    assert cross.accessibleName() == "Remove notes.txt"
    with qtbot.waitSignal(composer.draft_changed):
        qtbot.mouseClick(cross, LEFT)
    assert composer.attachments() == (CODE,)
    assert QApplication.focusWidget() is field


@pytest.mark.parametrize("by", ["click", "Return", "Space"])
def test_a_look_at_the_content(composer: Composer, qtbot: QtBot, by: str) -> None:
    text = "".join(f"line {number}\n" for number in range(100))
    composer.set_draft("", (Attachment("lines.txt", "text/plain", len(text), text),))
    (chip,) = chips(composer)
    chip.setFocus(Qt.FocusReason.TabFocusReason)
    if by == "click":
        qtbot.mouseClick(chip, LEFT, pos=QPoint(20, 10))
    else:
        qtbot.keyClick(chip, Qt.Key.Key_Return if by == "Return" else Qt.Key.Key_Space)
    popup = QApplication.activePopupWidget()
    assert isinstance(popup, AttachmentPreview)
    assert popup.shown_text.split("\n") == [f"line {number}" for number in range(40)]
    assert popup.accessibleName() == "lines.txt"
    qtbot.keyClick(popup.focusWidget(), Qt.Key.Key_Escape)
    assert QApplication.activePopupWidget() is None


def test_a_look_at_a_line_without_end(composer: Composer, qtbot: QtBot) -> None:
    text = "<b>x</b>" * 100_000
    composer.set_draft("", (Attachment("x\n.txt", "text/plain", len(text), text),))
    (chip,) = chips(composer)
    assert chip.name == "x .txt"
    qtbot.keyClick(chip, Qt.Key.Key_Return)
    popup = QApplication.activePopupWidget()
    assert isinstance(popup, AttachmentPreview)
    assert popup.shown_text == text[:500]
    popup.close()


def test_chips_never_stick_out(composer: Composer, qtbot: QtBot) -> None:
    long = Attachment("a long name " * 20, "text/plain", 1, "x")
    composer.set_draft("", (long, NOTES, CODE))
    for width in (900, 420, 300):
        composer.resize(width, composer.height())
        QApplication.processEvents()
        places = [chip.geometry() for chip in chips(composer)]
        room = chips(composer)[0].parentWidget().rect()
        assert all(room.contains(place) for place in places)
        assert not any(a.intersects(b) for a in places for b in places if a != b)


# Long texts


def test_a_long_paste_becomes_a_chip(composer: Composer, field: PromptInput, qtbot: QtBot) -> None:
    qtbot.keyClicks(field, "See: ")
    paste(field, qtbot, LONG.replace("\n", "\r\n"))
    assert composer.text() == "See: "
    (attachment,) = composer.attachments()
    assert (attachment.name, attachment.text) == ("Pasted text", LONG)
    assert attachment.size == len(LONG)
    paste(field, qtbot, LONG + "once more")
    assert names(composer) == ["Pasted text", "Pasted text 2"]


def test_a_shorter_paste_stays(composer: Composer, field: PromptInput, qtbot: QtBot) -> None:
    paste(field, qtbot, "x" * 2500)
    assert composer.text() == "x" * 2500
    assert names(composer) == []


def test_a_long_paste_can_be_kept_inline(
    composer: Composer, field: PromptInput, qtbot: QtBot, paths: Paths
) -> None:
    paste(field, qtbot, LONG, CONTROL | SHIFT)
    assert composer.text() == LONG
    assert names(composer) == []


def test_the_settings_decide(composer: Composer, field: PromptInput, qtbot: QtBot) -> None:
    settings: SettingsFile = field._settings
    settings.change(long_paste_characters=10)
    paste(field, qtbot, "eleven char")
    assert names(composer) == ["Pasted text"]
    settings.change(long_paste_as_attachment=False)
    paste(field, qtbot, LONG)
    assert composer.text() == LONG


def test_undo_right_after_a_long_paste_brings_the_text_inline(
    composer: Composer, field: PromptInput, qtbot: QtBot
) -> None:
    qtbot.keyClicks(field, "See:  again")
    for _ in range(6):
        qtbot.keyClick(field, Qt.Key.Key_Left)
    paste(field, qtbot, LONG)
    undo(field, qtbot)
    assert composer.text() == f"See: {LONG} again"
    assert names(composer) == []
    undo(field, qtbot)
    assert composer.text() == "See:  again"
    redo(field, qtbot)
    assert composer.text() == f"See: {LONG} again"
    assert names(composer) == []
    redo(field, qtbot)
    assert composer.text() == "See:  again"
    assert names(composer) == ["Pasted text"]
    undo(field, qtbot)
    qtbot.keyClicks(field, "!")  # from here there is no way to the chip
    redo(field, qtbot)
    assert names(composer) == []
    assert composer.text() == f"See: {LONG}! again"
    assert composer.attachments() == ()


def test_a_selection_gives_way_to_a_long_paste(
    composer: Composer, field: PromptInput, qtbot: QtBot
) -> None:
    qtbot.keyClicks(field, "this")
    qtbot.keyClick(field, Qt.Key.Key_A, CONTROL)
    paste(field, qtbot, LONG)
    assert (composer.text(), names(composer)) == ("", ["Pasted text"])
    undo(field, qtbot)
    assert (composer.text(), names(composer)) == (LONG, [])
    undo(field, qtbot)
    assert composer.text() == "this"


def test_writing_goes_on_after_a_long_paste(
    composer: Composer, field: PromptInput, qtbot: QtBot
) -> None:
    paste(field, qtbot, LONG)
    qtbot.keyClicks(field, "what is this?")
    undo(field, qtbot)
    assert (composer.text(), names(composer)) == ("", ["Pasted text"])
    undo(field, qtbot)
    assert (composer.text(), names(composer)) == (LONG, [])


def test_undo_goes_through_two_long_pastes(
    composer: Composer, field: PromptInput, qtbot: QtBot
) -> None:
    paste(field, qtbot, LONG)
    paste(field, qtbot, LONG + "two")
    undo(field, qtbot)
    assert (composer.text(), names(composer)) == (LONG + "two", ["Pasted text"])
    undo(field, qtbot)
    undo(field, qtbot)
    assert (composer.text(), names(composer)) == (LONG, [])
    for _ in range(3):
        redo(field, qtbot)
    assert (composer.text(), names(composer)) == ("", ["Pasted text", "Pasted text 2"])


def test_a_chip_that_was_removed_does_not_come_back(
    composer: Composer, field: PromptInput, qtbot: QtBot
) -> None:
    paste(field, qtbot, LONG)
    qtbot.mouseClick(chips(composer)[0]._remove, LEFT)
    undo(field, qtbot)
    redo(field, qtbot)
    assert (composer.text(), names(composer)) == ("", [])


def test_undo_of_sending_brings_back_the_chips(
    composer: Composer, field: PromptInput, qtbot: QtBot
) -> None:
    composer.set_draft("", (NOTES,))
    paste(field, qtbot, LONG)
    qtbot.keyClicks(field, "Read this.")
    with qtbot.waitSignal(composer.send_requested) as signal:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert names(composer) == []
    undo(field, qtbot)
    assert [composer.text(), composer.attachments()] == signal.args
    undo(field, qtbot)  # nothing older
    assert [composer.text(), composer.attachments()] == signal.args
    redo(field, qtbot)
    assert (composer.text(), composer.attachments()) == ("", ())
    undo(field, qtbot)
    qtbot.keyClicks(field, " Now.")
    with qtbot.waitSignal(composer.send_requested) as again:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert again.args == ["Read this. Now.", signal.args[1]]


def test_a_text_with_an_endless_line_becomes_a_chip_for_good(
    composer: Composer, field: PromptInput, qtbot: QtBot
) -> None:
    qtbot.keyClicks(field, "one")
    paste(field, qtbot, "word " * 100_000)
    assert names(composer) == ["Pasted text"]
    undo(field, qtbot)
    assert (composer.text(), names(composer)) == ("", ["Pasted text"])


def test_a_chip_shows_the_keyboard(composer: Composer, field: PromptInput, qtbot: QtBot) -> None:
    composer.set_draft("", (NOTES,))
    before = composer.grab().toImage()
    qtbot.keyClick(field, Qt.Key.Key_Tab)
    (chip,) = chips(composer)
    assert chip.hasFocus()
    assert chip._ring.is_shown
    assert composer.grab().toImage() != before
