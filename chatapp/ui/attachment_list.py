"""The files that go with a message: how they are read, shown, taken away and brought back."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QLocale, QRect, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from chatapp.chat.attachments import read_attachment
from chatapp.domain.conversation import Attachment
from chatapp.errors import ChatappError
from chatapp.ui.attachment_chip import AttachmentChip
from chatapp.ui.attachment_preview import AttachmentPreview
from chatapp.ui.i18n import Translated, error_sentence
from chatapp.ui.widgets.bounded_area import BoundedArea
from chatapp.ui.widgets.icon_button import IconButton
from chatapp.ui.widgets.icon_label import IconLabel
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from chatapp.jobs import Jobs
    from chatapp.ui.theme import Appearance

MOST: Final = 20
_MOST_PROBLEMS: Final = 3  # that are told at a time
_MOST_HEIGHT: Final = 124  # three lines of chips, and a bit to show that there are more
_RING: Final = 4  # what the ring of the keyboard takes around a chip
_GAP: Final = 8


@dataclass(slots=True, eq=False)
class _Held:
    """A chip and what it stands for; None while that is read.

    It is there from the `came`-th undo step of the text on, until the `left`-th.
    """

    number: int
    chip: AttachmentChip
    path: str = ""
    attachment: Attachment | None = None
    came: int = 0
    left: int | None = None
    is_there: bool = True


class AttachmentList(Translated, QWidget):
    """At most 20 chips in lines; sentences about what can't be attached stand below them.

    A chip may be tied to steps on the undo stack of the text, and then comes and goes with them.

    Signals: `changed()` when chips come, go or get their content; `count_requested(int,
    Attachment)` asks for the tokens of one, which are told to `set_tokens`; `keyboard_released()`
    when the chip with the keyboard went and there is no other.
    """

    changed = Signal()
    count_requested = Signal(int, object)
    keyboard_released = Signal()

    def __init__(self, appearance: Appearance, jobs: Jobs) -> None:
        super().__init__()
        self._appearance = appearance
        self._jobs = jobs
        self._held: list[_Held] = []
        self._count = 0
        self._is_compact = False
        self._problems: list[ChatappError | None] = []
        self._flow = _Flow()
        self._area = BoundedArea(appearance, self._flow, _MOST_HEIGHT)
        self._flow.height_changed.connect(self._area.fit)
        self._problem = _Sentences(appearance)
        self._dismiss = IconButton(appearance, "close", "", designed_size=24)
        self._dismiss.setCursor(Qt.CursorShape.ArrowCursor)
        self._dismiss.clicked.connect(self.dismiss_problems)
        row = QHBoxLayout()
        row.setContentsMargins(_RING, 0, 0, 0)
        row.setSpacing(8)
        icon = IconLabel(appearance, "warning", "danger", beside=24)
        row.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._problem, 1)
        row.addWidget(self._dismiss, 0, Qt.AlignmentFlag.AlignTop)
        self._problem_row = QWidget()
        self._problem_row.setLayout(row)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._area)
        layout.addWidget(self._problem_row)
        self._translate()

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """What is read and would be sent."""
        return tuple(h.attachment for h in self._there() if h.attachment is not None)

    @property
    def chips(self) -> tuple[AttachmentChip, ...]:
        """What is shown, in order."""
        return tuple(h.chip for h in self._there())

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """Where the keyboard stops, in order."""
        return (*self.chips, self._dismiss)

    @property
    def is_reading(self) -> bool:
        """Whether a file is not read yet."""
        return any(h.attachment is None for h in self._there())

    @property
    def has_room(self) -> bool:
        """Whether one more may be attached."""
        return len(self._there()) < MOST

    @property
    def tokens(self) -> int:
        """What all of them cost, as far as known."""
        return sum(h.chip.tokens or 0 for h in self._there())

    @property
    def problems(self) -> str:
        """The sentences that are shown, one a line."""
        return self._problem.text()

    def set_compact(self, *, compact: bool) -> None:
        """In a narrow window chips show less."""
        self._is_compact = compact
        for held in self._held:
            held.chip.set_compact(compact=compact)
        self._flow.arrange()

    def set_attachments(self, attachments: Iterable[Attachment]) -> None:
        """Show these and no others."""
        for held in list(self._held):
            self._drop(held)
        self.dismiss_problems()
        self.add(attachments)

    def add(self, attachments: Iterable[Attachment]) -> None:
        """Show these too. Nothing is shown twice."""
        for attachment in attachments:
            if attachment not in self.attachments:
                self._fill(self._hold(attachment.name), attachment, None)
        self._tell()

    def add_text(self, text: str, came: int) -> None:
        """A long text that was pasted is there from the `came`-th undo step on."""
        names = {h.chip.name for h in self._there()}
        name = first = self.tr("Pasted text")
        number = 1
        while name in names:
            number += 1
            name = f"{first} {QLocale().toString(number)}"
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        size = len(text.encode("utf-8", "surrogatepass"))
        held = self._hold(name)
        held.came = came
        self._fill(held, Attachment(name, "text/plain", size, text), None)
        self._tell()

    def add_files(self, paths: Iterable[Path]) -> None:
        """Read text files in the background and show them. What can't be read is told."""
        self.dismiss_problems()
        for path in paths:
            place = str(path.absolute())
            held = next((h for h in self._there() if h.path == place), None)
            if held is None:
                if not self.has_room:
                    self._add_problem(None)
                    break
                held = self._hold(os.fsencode(path.name).decode(errors="replace") or place)
                held.path = place
            # One that is there already may have changed since it was read.
            self._jobs.general.run(
                partial(_read, path),
                on_done=partial(self._on_read, held),
                on_error=partial(self._on_failed, held),
            )
        self._tell()

    def dismiss_problems(self) -> None:
        """What could not be attached has been read."""
        self._problems = []
        self._show()

    def set_tokens(self, number: int, tokens: int | None) -> None:
        """The answer to `count_requested`."""
        for held in self._held:
            if held.number == number:
                held.chip.set_tokens(tokens)
        self._flow.arrange()

    def recount(self) -> None:
        """Another model counts otherwise."""
        for held in self._held:
            if held.attachment is not None:
                held.chip.set_tokens(None)
                self.count_requested.emit(held.number, held.attachment)
        self._flow.arrange()

    # In step with the undo stack of the text

    def take(self, left: int | None) -> None:
        """They are sent, and come back when the undo step with this number is undone."""
        for held in self._there():
            if left is None:
                self._drop(held)
            else:
                held.left = left
                held.is_there = False
        self.dismiss_problems()
        self._tell()

    def follow_undo(self, undo: int, *, can_redo: bool) -> None:
        """The text has so many steps that can be undone, and perhaps some that can be redone."""
        before = self._there()
        for held in list(self._held):
            if held.came > undo and not can_redo:
                self._drop(held)
                continue
            if held.left is not None and held.left > undo and not can_redo:
                held.left = None
            held.is_there = held.came <= undo and (held.left is None or undo < held.left)
        if self._there() != before:
            self._tell()

    def settle(self) -> None:
        """What was undone is not redone any more."""
        for held in list(self._held):
            if held.is_there:
                held.left = None
            elif held.left is None:
                self._drop(held)

    def settle_all(self) -> None:
        """The undo stack is emptied: what is there stays, the rest is gone."""
        for held in list(self._held):
            if held.is_there:
                held.came, held.left = 0, None
            else:
                self._drop(held)

    # Inside

    def _there(self) -> list[_Held]:
        return [held for held in self._held if held.is_there]

    def _hold(self, name: str) -> _Held:
        self._count += 1
        held = _Held(self._count, AttachmentChip(self._appearance, name, self._flow))
        held.chip.set_compact(compact=self._is_compact)
        held.chip.remove_requested.connect(lambda: self._remove(held))
        held.chip.clicked.connect(lambda: self._open(held))
        self._held.append(held)
        return held

    def _fill(self, held: _Held, attachment: Attachment, lines: int | None) -> None:
        held.attachment = attachment
        held.chip.set_content(attachment.size, lines)
        if lines is None:
            self._jobs.general.run(
                partial(_count_lines, attachment.text), on_done=partial(self._on_counted, held)
            )
        self.count_requested.emit(held.number, attachment)

    def _drop(self, held: _Held) -> None:
        self._held.remove(held)
        held.chip.hide()
        held.chip.deleteLater()

    def _remove(self, held: _Held) -> None:
        there = self._there()
        if held.chip.hasFocus():
            at = there.index(held)
            others = there[at + 1 :] or there[:at][-1:]
            if others:
                others[0].chip.setFocus(Qt.FocusReason.TabFocusReason)
            else:
                self.keyboard_released.emit()
        self._drop(held)
        self._tell()

    def _open(self, held: _Held) -> None:
        if held.attachment is None:
            return
        chip = held.chip
        popup = AttachmentPreview(self._appearance, held.attachment, chip.figures, chip)
        popup.open_at(QRect(chip.mapToGlobal(chip.rect().topLeft()), chip.size()))

    def _on_read(self, held: _Held, found: tuple[Attachment, int]) -> None:
        if held not in self._held:
            return
        attachment, lines = found
        if any(h.attachment == attachment for h in self._there() if h is not held):
            self._drop(held)
        elif attachment != held.attachment:
            self._fill(held, attachment, lines)
        self._tell()

    def _on_failed(self, held: _Held, error: Exception) -> None:
        if held in self._held:
            self._drop(held)
            if isinstance(error, ChatappError):
                self._add_problem(error)
            self._tell()
        if not isinstance(error, ChatappError):
            raise error

    def _on_counted(self, held: _Held, lines: int) -> None:
        if held in self._held and held.attachment is not None:
            held.chip.set_content(held.attachment.size, lines)
            self._flow.arrange()

    def _add_problem(self, problem: ChatappError | None) -> None:
        """None: there is no room for more."""
        if problem not in self._problems:
            self._problems.append(problem)
        self._show()

    def _sentence(self, problem: ChatappError | None) -> str:
        if problem is not None:
            return error_sentence(problem)
        words = self.tr("At most {count} files can go with one message.")
        return words.format(count=QLocale().toString(MOST))

    def _translate(self) -> None:
        self._flow.setAccessibleName(self.tr("Attachments"))
        self._dismiss.set_name(self.tr("Dismiss"))
        self._show()

    def _tell(self) -> None:
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        for held in self._held:
            held.chip.setVisible(held.is_there)
        chips = self.chips
        self._flow.show_chips(chips)
        more = len(self._problems) - _MOST_PROBLEMS
        words = [self._sentence(problem) for problem in self._problems[:_MOST_PROBLEMS]]
        if more > 0:
            words.append(self.tr("And %Ln more.", "", more))
        self._problem.set_lines(words)
        self._problem_row.setVisible(bool(words))
        self._area.setVisible(bool(chips))
        self.setVisible(bool(chips or words))


class _Sentences(TextLabel):
    """As high as its lines need. A layout left alone with that keeps heights of other widths."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__(appearance, "", "small", "danger", wrap=True)

    def set_lines(self, lines: Sequence[str]) -> None:
        self.setText("\n".join(lines))
        self._fit()

    def hasHeightForWidth(self) -> bool:
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(max(0, self.heightForWidth(self.width())))


class _Flow(QWidget):
    """Chips in lines, as many in each as fit.

    Signals: `height_changed(int)`.
    """

    height_changed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._chips: Sequence[AttachmentChip] = ()

    def show_chips(self, chips: Sequence[AttachmentChip]) -> None:
        self._chips = chips
        self.arrange()

    def arrange(self) -> None:
        """Put every chip in its place; their sizes may have changed."""
        room = max(self.width() - 2 * _RING, 0)
        x = y = height = 0
        for chip in self._chips:
            size = chip.sizeHint()
            width = min(size.width(), room)
            if x and x + width > room:
                x, y = 0, y + size.height() + _GAP
            left = room - x - width if self.isRightToLeft() else x
            chip.setGeometry(_RING + left, _RING + y, width, size.height())
            x += width + _GAP
            height = y + size.height()
        self.height_changed.emit(height + 2 * _RING)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()


def _read(path: Path) -> tuple[Attachment, int]:
    attachment = read_attachment(path)
    return attachment, _count_lines(attachment.text)


def _count_lines(text: str) -> int:
    return text.count("\n") + (not text.endswith("\n"))
