"""What a person does with a message of the conversation that is shown."""

from __future__ import annotations

import errno
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from chatapp.domain.conversation import Message, MessageStatus, Opinion, Rating, Role
from chatapp.errors import ChatappError, DiskFull, FolderNotWritable
from chatapp.ui.i18n import error_sentence
from chatapp.ui.message_menu import Command, MessageMenu, Surroundings, why_not_exactly

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatapp.chat.session import Session
    from chatapp.domain.generation import GenerationParameters
    from chatapp.domain.model import ModelFile
    from chatapp.jobs import Jobs
    from chatapp.storage.conversations import Conversations
    from chatapp.ui.message_editor import MessageEditor
    from chatapp.ui.models.transcript_model import TranscriptModel
    from chatapp.ui.read_aloud import ReadAloud
    from chatapp.ui.theme import Appearance
    from chatapp.ui.transcript.view import TranscriptView
    from chatapp.ui.widgets.toast import Toast

_WIDEST_EDITOR: Final = 768

# The usual ending of a file, for the names that are written after code fences.
_ENDINGS: Final = {
    "bash": "sh",
    "bat": "bat",
    "batch": "bat",
    "c": "c",
    "c#": "cs",
    "c++": "cpp",
    "clojure": "clj",
    "cpp": "cpp",
    "cs": "cs",
    "csharp": "cs",
    "css": "css",
    "csv": "csv",
    "dart": "dart",
    "diff": "diff",
    "dockerfile": "dockerfile",
    "elixir": "ex",
    "erlang": "erl",
    "f#": "fs",
    "fsharp": "fs",
    "go": "go",
    "golang": "go",
    "haskell": "hs",
    "html": "html",
    "ini": "ini",
    "java": "java",
    "javascript": "js",
    "js": "js",
    "json": "json",
    "jsx": "jsx",
    "julia": "jl",
    "kotlin": "kt",
    "latex": "tex",
    "lua": "lua",
    "makefile": "mk",
    "markdown": "md",
    "matlab": "m",
    "md": "md",
    "mermaid": "mmd",
    "objective-c": "m",
    "perl": "pl",
    "php": "php",
    "powershell": "ps1",
    "ps1": "ps1",
    "py": "py",
    "python": "py",
    "python3": "py",
    "r": "r",
    "rb": "rb",
    "rs": "rs",
    "ruby": "rb",
    "rust": "rs",
    "scala": "scala",
    "scss": "scss",
    "sh": "sh",
    "shell": "sh",
    "sql": "sql",
    "svg": "svg",
    "swift": "swift",
    "tex": "tex",
    "toml": "toml",
    "ts": "ts",
    "tsv": "tsv",
    "tsx": "tsx",
    "typescript": "ts",
    "vue": "vue",
    "xml": "xml",
    "yaml": "yaml",
    "yml": "yml",
    "zig": "zig",
    "zsh": "zsh",
}


class MessageActions(QObject):
    """Carries out what the transcript's signals and the menu of a message ask for.

    What is typed into a message's place is kept until it is saved or given up, also while another
    conversation is shown. `toast` is where what can be undone is told, once there is one.
    """

    def __init__(
        self,
        appearance: Appearance,
        transcript: TranscriptView,
        model: TranscriptModel,
        session: Session,
        conversations: Conversations,
        jobs: Jobs,
        toast: Toast | None,
        *,
        model_in_use: Callable[[], ModelFile | None],
        parameters: Callable[[ModelFile], GenerationParameters],
        begin: Callable[[], bool],
        parent: QObject | None = None,
    ) -> None:
        """`begin` is called before an answer is asked for, and says whether it may be."""
        super().__init__(parent)
        self.toast = toast
        self.read_aloud: ReadAloud | None = None  # where something can speak
        self._appearance = appearance
        self._transcript = transcript
        self._model = model
        self._session = session
        self._conversations = conversations
        self._jobs = jobs
        self._model_in_use = model_in_use
        self._parameters = parameters
        self._begin = begin
        self._editor: MessageEditor | None = None
        self._edited = 0
        self._kept: dict[int, str] = {}  # what was typed, by message
        self._sent: set[int] = set()  # messages whose edit is on its way
        self._deleted: set[int] = set()  # messages that are about to go

        transcript.edit_requested.connect(self.edit)
        transcript.branch_requested.connect(session.branch_off)
        transcript.version_requested.connect(self.show_version)
        transcript.rate_requested.connect(self._on_rate_requested)
        transcript.menu_requested.connect(self.open_menu)
        transcript.save_requested.connect(self.save_code)
        transcript.restore_requested.connect(self.restore_window)
        model.rowsRemoved.connect(self._on_messages_gone)
        model.modelReset.connect(self._on_reset)
        model.rowsInserted.connect(self._update_editor)
        model.dataChanged.connect(self._on_data_changed)

    # The menu

    def open_menu(self, message_id: int, at: QPoint) -> None:
        """Show what can be done with a message, at a point of the screen."""
        message = self._model.message(message_id)
        if message is not None:
            menu = MessageMenu(
                self._appearance,
                message,
                self._surroundings(message),
                lambda command: self.act(command, message_id),
                self._transcript,
            )
            menu.popup(at)

    def act(self, command: Command, message_id: int) -> None:
        """Do one thing with a message that is shown."""
        message = self._model.message(message_id)
        if message is None:
            return
        match command:
            case Command.COPY:
                QGuiApplication.clipboard().setText(message.text.strip("\n"))
            case Command.COPY_PLAIN:
                self._copy_plain(message)
            case Command.READ_ALOUD:
                if self.read_aloud is not None:
                    self.read_aloud.toggle(message)
            case Command.EDIT:
                self.edit(message_id)
            case Command.TRY_AGAIN:
                self._transcript.retry_requested.emit(message_id)
            case Command.CONTINUE:
                self._transcript.continue_requested.emit(message_id)
            case Command.BRANCH:
                self._session.branch_off(message_id)
            case Command.GOOD | Command.BAD:
                self._on_rate_requested(message_id, command is Command.GOOD)
            case Command.NOTE:
                self._ask_for_note(message)
            case Command.DETAILS:
                self._show_details(message)
            case Command.RUN_EXACTLY:
                self._run_exactly(message_id)
            case Command.PIN:
                self._session.pin_message(message_id, pinned=not message.pinned)
            case Command.DELETE:
                self._delete(message_id)

    # Copying and saving

    def _copy_plain(self, message: Message) -> None:
        text = message.text

        def convert() -> str:
            # Reading a long text takes a while.
            from chatapp.ui.transcript.blocks import visible_text
            from chatapp.ui.transcript.copying import copy_blocks
            from chatapp.ui.transcript.markdown import MarkdownParser

            blocks = list(MarkdownParser().parse(text))
            if not blocks:
                return ""
            end = (len(blocks) - 1, len(visible_text(blocks[-1])))
            return copy_blocks(blocks, (0, 0), end).text

        self._jobs.general.run(
            convert, on_done=lambda plain: QGuiApplication.clipboard().setText(plain)
        )

    def save_code(self, language: str, code: str) -> None:
        """Ask where to, and write the code into a file."""
        dialog = QFileDialog(self._transcript, self.tr("Save code"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.selectFile(file_name(language))
        dialog.fileSelected.connect(lambda name: self._write(Path(name), code))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _write(self, path: Path, code: str) -> None:
        def write() -> None:
            try:
                path.write_text(code + "\n", encoding="utf-8", errors="replace", newline="\n")
            except OSError as error:
                folder = str(path.parent)
                if error.errno in (errno.ENOSPC, errno.EDQUOT):
                    raise DiskFull(folder) from error
                raise FolderNotWritable(folder) from error

        words = self.tr("Saved as {name}").format(name=path.name)
        self._jobs.general.run(
            write, on_done=lambda _: self._tell(words), on_error=self._tell_error
        )

    # Versions

    def show_version(self, message_id: int, step: int) -> None:
        """Show the version after this one (1) or the one before (-1)."""
        message = self._model.message(message_id)
        if message is None:
            return
        parent_id, conversation_id = message.parent_id, message.conversation_id

        def find() -> int | None:
            children = self._conversations.children(parent_id, conversation_id)
            versions = [one.id for one in children if one.role is message.role]
            place = versions.index(message_id) + step if message_id in versions else -1
            return versions[place] if 0 <= place < len(versions) else None

        def show(found: int | None) -> None:
            if found is not None:
                self._session.show_version(found)

        self._jobs.database.run(find, on_done=show, on_error=self._tell_error)

    # Judging

    def _on_rate_requested(self, message_id: int, is_good: bool) -> None:  # noqa: FBT001 - a slot
        message = self._model.message(message_id)
        if message is None:
            return
        opinion = Opinion.LIKED if is_good else Opinion.DISLIKED
        before = message.rating
        if before is None:
            self._session.rate(message_id, Rating(opinion))
        elif before.opinion is not opinion:
            self._session.rate(message_id, replace(before, opinion=opinion, created_at=0.0))
        else:
            self._session.rate(message_id, None)
            if before.note or before.correction:
                self._tell(
                    self.tr("Your note was deleted"),
                    self.tr("Undo"),
                    lambda: self._session.rate(message_id, before),
                )
            return
        if not is_good:
            self._ask_for_note(message, Rating(opinion) if before is None else before)

    def _ask_for_note(self, message: Message, rating: Rating | None = None) -> None:
        from chatapp.ui.rating_popup import RatingPopup

        known = rating or message.rating
        popup = RatingPopup(self._appearance, known, self._transcript)
        message_id = message.id

        def save(note: str, correction: str) -> None:
            now = self._model.message(message_id)
            current = now.rating if now is not None else None
            opinion = (current or known or Rating(Opinion.DISLIKED)).opinion
            self._session.rate(message_id, Rating(opinion, note, correction))

        popup.saved.connect(save)
        popup.open_at(self._anchor(message_id))

    # Details

    def _show_details(self, message: Message) -> None:
        from chatapp.ui.message_details import MessageDetails

        why_not = why_not_exactly(message, self._surroundings(message))
        details = MessageDetails(self._appearance, message, why_not, self._transcript)
        details.run_again_requested.connect(lambda: self._run_exactly(message.id))
        details.open_at(self._anchor(message.id))

    def _run_exactly(self, message_id: int) -> None:
        model = self._model_in_use()
        if model is not None and self._begin():
            self._session.run_again(message_id, model)

    # The model's window

    def restore_window(self, message_id: int) -> None:
        """Let the model read again what left its window, as far as there is room."""
        message = self._model.message(message_id)
        if message is None:
            return
        if self._is_busy():
            self._tell(self.tr("Another answer is being written"))
        else:
            self._session.restore_window(message.conversation_id)
            self._tell(self.tr("The next answer reads all of it, as far as there is room"))

    # Deleting

    def _delete(self, message_id: int) -> None:
        self._deleted.add(message_id)
        self._session.delete_message(message_id)

    def _on_reset(self) -> None:
        self._forget_editor()  # the transcript closed it
        self._on_messages_gone()

    def _on_messages_gone(self) -> None:
        for message_id in [one for one in self._deleted if self._model.row_of(one) is None]:
            self._deleted.discard(message_id)
            restore = partial(self._session.restore_message, message_id)
            self._tell(self.tr("Message deleted"), self.tr("Undo"), restore)
        for message_id in [one for one in self._sent if self._model.row_of(one) is None]:
            self._sent.discard(message_id)
            self._kept.pop(message_id, None)
        if self._editor is not None and self._model.row_of(self._edited) is None:
            self._forget_editor()
            self._transcript.close_editor()
        self._update_editor()

    # Editing

    @property
    def editor(self) -> MessageEditor | None:
        """The editor in the place of a message, while there is one."""
        return self._editor

    def edit(self, message_id: int) -> None:
        """Put an editor in the place of a message, with what was typed there before."""
        message = self._model.message(message_id)
        if message is None or message.status is MessageStatus.GENERATING:
            return
        if self._editor is not None and self._edited == message_id:
            self._editor.setFocus()
            return
        is_question = message.role not in (Role.ASSISTANT, Role.SUMMARY)
        text = self._kept.get(message_id, message.text)
        from chatapp.ui.message_editor import MessageEditor

        editor = MessageEditor(
            self._appearance, text, is_question, may_be_empty=bool(message.attachments)
        )
        # As wide as it is going to be, so that its height is right from the beginning.
        width = min(_WIDEST_EDITOR, self._transcript.viewport().width())
        editor.resize(QSize(width, editor.sizeHint().height()))
        editor.layout().activate()  # type: ignore[union-attr]
        editor.submitted.connect(lambda words: self._submit(message_id, words))
        editor.cancelled.connect(lambda: self._cancel(message_id))
        editor.text_changed.connect(lambda words: self._keep(message_id, words))
        editor.height_changed.connect(self._transcript.update_editor)
        self._transcript.open_editor(message_id, editor)
        self._editor, self._edited = editor, message_id
        editor.destroyed.connect(lambda: self._on_editor_gone(editor))
        self._update_editor()

    def _keep(self, message_id: int, words: str) -> None:
        message = self._model.message(message_id)
        if message is not None and words == message.text:
            self._kept.pop(message_id, None)
        else:
            self._kept[message_id] = words
        editor = self._editor
        if editor is not None and not editor.geometry().intersects(
            self._transcript.viewport().rect()
        ):
            self._transcript.show_message(message_id)  # whoever writes wants to see it

    def _submit(self, message_id: int, words: str) -> None:
        message = self._model.message(message_id)
        if message is None:
            return
        is_question = message.role not in (Role.ASSISTANT, Role.SUMMARY)
        has_changed = words != message.text
        model = self._model_in_use()
        if is_question and has_changed:
            if model is None or not self._begin():
                return
            self._session.edit_question(
                message_id, words, message.attachments, model, self._parameters(model)
            )
        elif has_changed:
            self._session.edit_answer(message_id, words)
        elif is_question:
            self._transcript.retry_requested.emit(message_id)
        # Kept until the new version is there: it may fail.
        self._sent.add(message_id)
        self._close_editor()

    def _cancel(self, message_id: int) -> None:
        words = self._kept.pop(message_id, None)
        self._close_editor()
        if words is not None:

            def again() -> None:
                self._kept[message_id] = words
                self.edit(message_id)

            self._tell(self.tr("Changes discarded"), self.tr("Undo"), again)

    def _close_editor(self) -> None:
        self._forget_editor()
        self._transcript.close_editor()
        self._transcript.setFocus()

    def _forget_editor(self) -> None:
        self._editor, self._edited = None, 0

    def _on_editor_gone(self, editor: MessageEditor) -> None:
        if self._editor is editor:
            self._forget_editor()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LanguageChange:
            self._update_editor()
        return super().event(event)

    def _on_data_changed(self, _first: object, _last: object, roles: list[int]) -> None:
        if not roles:
            self._update_editor()

    def _update_editor(self) -> None:
        if self._editor is None:
            return
        reason = ""
        if self._is_busy():
            reason = self.tr("Another answer is being written")
        elif self._model_in_use() is None:
            reason = self.tr("Choose a model first")
        self._editor.set_reason(reason)

    # Parts

    def _is_busy(self) -> bool:
        count = self._model.rowCount()
        last = self._model.bare_message_at(count - 1) if count else None
        return last is not None and last.status is MessageStatus.GENERATING

    def _surroundings(self, message: Message) -> Surroundings:
        is_last = self._model.row_of(message.id) == self._model.rowCount() - 1
        reader = self.read_aloud
        is_read = None if reader is None else reader.message_id == message.id
        return Surroundings(is_last, self._is_busy(), self._model_in_use(), is_read)

    def _anchor(self, message_id: int) -> QRect:
        return QRect(self._transcript.menu_place(message_id), QSize(1, 1))

    def _tell(
        self, words: str, button: str = "", on_button: Callable[[], None] | None = None
    ) -> None:
        if self.toast is not None:
            self.toast.show_text(words, button, on_button)

    def _tell_error(self, error: Exception) -> None:
        if not isinstance(error, ChatappError):
            raise error
        self._tell(error_sentence(error))


def file_name(language: str) -> str:
    """A name for a file with code of a language as it stands after a fence."""
    return f"snippet.{_ENDINGS.get(language.strip().lower(), 'txt')}"
