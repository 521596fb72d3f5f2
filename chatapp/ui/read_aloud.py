"""Reads an answer aloud with the voice that the system has: say, spd-say or SAPI.

The text goes to the program's standard input: an answer is no command line, which others can see,
and spd-say takes what it is given there for a format.
"""

from __future__ import annotations

import re
import shutil
import sys
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QLocale, QObject, QProcess, Signal

from chatapp.ui.transcript.blocks import Block, CodeBlock, FormulaBlock, ReasoningBlock
from chatapp.ui.transcript.spoken_text import SpokenText

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.domain.conversation import Message
    from chatapp.jobs import Jobs

_LONGEST: Final = 100_000  # characters
_LONGEST_LINE: Final = 2000  # characters: spd-say takes 16,383 bytes for a line
_SENTENCE: Final = re.compile(r"(?<=[.!?…。！？])\s+|(?<=[。！？])")
_SCRIPTS: Final = {
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "CJK": "zh",
    "CYRILLIC": "ru",
    "ARABIC": "ar",
    "HEBREW": "he",
    "GREEK": "el",
    "DEVANAGARI": "hi",
    "THAI": "th",
}
_SAMPLE: Final = 1000  # letters that decide the language
_LATIN: Final = frozenset(
    ("cs", "da", "de", "en", "es", "fi", "fr", "hu", "it", "nl", "no", "pl", "pt", "ro", "sv", "tr")
)
# {language} is one of those above, never text.
_SAPI: Final = (
    "[Console]::InputEncoding = [Text.Encoding]::UTF8; Add-Type -AssemblyName System.Speech; "
    "$voice = New-Object System.Speech.Synthesis.SpeechSynthesizer; "
    "$fitting = $voice.GetInstalledVoices() | Where-Object {{ $_.Enabled -and "
    "$_.VoiceInfo.Culture.TwoLetterISOLanguageName -eq '{language}' }} | Select-Object -First 1; "
    "if ($fitting) {{ $voice.SelectVoice($fitting.VoiceInfo.Name) }}; "
    "$voice.Speak([Console]::In.ReadToEnd())"
)


@dataclass(frozen=True, slots=True)
class Speaker:
    """A program that speaks; `stop` are the arguments that silence what it left behind."""

    program: str
    kind: str  # "say", "spd-say", "sapi"
    stop: tuple[str, ...] = ()

    def arguments(self, language: str) -> list[str]:
        """For a text of this language, which follows on standard input."""
        if self.kind == "spd-say":
            return ["--application-name", "Chatapp", "--pipe-mode", "--wait", "-l", language]
        if self.kind == "say":
            voice = _MAC_VOICES.get(language)
            return ["-f", "-", *(["-v", voice] if voice else [])]
        return ["-NoProfile", "-NonInteractive", "-Command", _SAPI.format(language=language)]


# What macOS comes with. Its own choice is the voice of the system's language.
_MAC_VOICES: Final = {
    "ar": "Majed",
    "de": "Anna",
    "en": "Samantha",
    "es": "Mónica",
    "fr": "Thomas",
    "hi": "Lekha",
    "it": "Alice",
    "ja": "Kyoko",
    "ko": "Yuna",
    "ru": "Milena",
    "th": "Kanya",
    "zh": "Tingting",
}


def find_speaker() -> Speaker | None:
    """What this computer has."""
    if sys.platform == "darwin":
        names, kind, stop = ("say",), "say", ()
    elif sys.platform == "win32":
        names, kind, stop = ("powershell",), "sapi", ()
    else:
        # The sentence that is being spoken is not in the program any more.
        names, kind, stop = ("spd-say",), "spd-say", ("--stop",)
    program = next((found for name in names if (found := shutil.which(name))), None)
    return Speaker(program, kind, stop) if program is not None else None


class ReadAloud(QObject):
    """Speaks one message at a time.

    Signals: `changed()` when it begins or ends; `failed()` when the program could not speak.
    """

    changed = Signal()
    failed = Signal()

    def __init__(self, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._process: QProcess | None = None
        self.message_id: int | None = None

    @property
    def is_available(self) -> bool:
        """Whether there is a program that speaks."""
        return find_speaker() is not None

    def toggle(self, message: Message) -> None:
        """Read a message, or be quiet if it is being read."""
        if self.message_id == message.id:
            self.stop()
        else:
            self.read(message)

    def read(self, message: Message) -> None:
        """Speak the text of a message, in place of what is being spoken."""
        self.stop()
        speaker = find_speaker()
        if speaker is None:
            return
        self.message_id = message.id
        self._jobs.general.run(
            lambda: spoken_lines(message),
            on_done=lambda lines: self._speak(speaker, message.id, lines),
        )
        self.changed.emit()

    def stop(self) -> None:
        """Be quiet at once."""
        process, self._process = self._process, None
        if process is not None:
            process.finished.disconnect()
            process.errorOccurred.disconnect()
            process.kill()
            process.waitForFinished(1000)
            process.deleteLater()
            speaker = find_speaker()
            if speaker is not None and speaker.stop:
                QProcess.startDetached(speaker.program, list(speaker.stop))
        if self.message_id is not None:
            self.message_id = None
            self.changed.emit()

    def _speak(self, speaker: Speaker, message_id: int, lines: Sequence[str]) -> None:
        if self.message_id != message_id or self._process is not None:
            return  # something else was wanted meanwhile
        if not lines:
            self.stop()
            return
        self._process = process = QProcess(self)
        process.setStandardOutputFile(QProcess.nullDevice())  # spd-say says it there, too
        process.finished.connect(self._on_finished)
        process.errorOccurred.connect(self._on_error)
        process.start(speaker.program, speaker.arguments(language_of(" ".join(lines))))
        process.write("".join(f"{line}\n" for line in lines).encode())
        process.closeWriteChannel()

    def _on_finished(self, code: int) -> None:
        self._end(is_failure=code != 0)

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._end(is_failure=True)

    def _end(self, *, is_failure: bool) -> None:
        if self._process is not None:
            self._process.deleteLater()
        self._process = self.message_id = None
        self.changed.emit()
        if is_failure:
            self.failed.emit()


def spoken_lines(message: Message) -> list[str]:
    """What is said of a message, in lines of at most a few sentences. Takes a while when long.

    Without its thought and its formatting; without code and formulas, if there is anything else.
    """
    # Its import takes long, too.
    from chatapp.ui.transcript.markdown import MarkdownParser

    blocks = MarkdownParser().parse(message.text[:_LONGEST])
    words = tuple(block for block in blocks if not _is_unspeakable(block))
    spoken = SpokenText(message, words or blocks, shows_reasoning=False).text
    lines = []
    for line in spoken.splitlines():
        lines += _short_lines(line)
    return lines


def _is_unspeakable(block: Block) -> bool:
    return isinstance(block, CodeBlock | FormulaBlock | ReasoningBlock)


def language_of(text: str) -> str:
    """Two letters for most of a text's letters; for Latin ones the language of the window."""
    counts: dict[str, int] = {}
    for letter in filter(str.isalpha, text[: 4 * _SAMPLE]):
        script = unicodedata.name(letter, "").partition(" ")[0]
        language = _SCRIPTS.get(script, "")
        counts[language] = counts.get(language, 0) + 1
    # Japanese is written with Chinese characters as well, Chinese never with these.
    if counts.get("ja", 0) * 10 > counts.get("zh", 0):
        counts["ja"] = counts.get("ja", 0) + counts.pop("zh", 0)
    # A Chinese character stands for a word, in which Latin writing has five letters.
    weights = {"zh": 4, "ja": 3, "ko": 3}
    best = max(counts, key=lambda one: counts[one] * weights.get(one, 1), default="")
    if best:
        return best
    own = QLocale().name().partition("_")[0]
    return own if own in _LATIN else "en"


def _short_lines(line: str) -> list[str]:
    """A paragraph in pieces that can be stopped between, none of them a command to spd-say."""
    pieces: list[str] = []
    for sentence in _SENTENCE.split("".join(c if c.isprintable() else " " for c in line)):
        for start in range(0, len(sentence), _LONGEST_LINE):
            piece = " ".join(sentence[start : start + _LONGEST_LINE].split())
            if any(character.isalnum() for character in piece):
                pieces.append(f" {piece}" if piece.startswith("!") else piece)
    return pieces
