"""Every setting of how a model is loaded, each with what it comes to when nobody chooses."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QLocale, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QDoubleValidator
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from chatapp.hub.offers import CACHE_TYPES, CONTEXTS
from chatapp.models.load_settings import AUTOMATIC, LoadChoice
from chatapp.ui.adapter_list import AdapterList
from chatapp.ui.i18n import Translated
from chatapp.ui.models_page.offer_words import cache_word
from chatapp.ui.number_row import NumberRow
from chatapp.ui.split_row import SplitRow
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.combo import Combo
from chatapp.ui.widgets.field_row import FieldRow
from chatapp.ui.widgets.fold import Fold
from chatapp.ui.widgets.switch import Switch
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.domain.model import Device, ModelFile
    from chatapp.ui.theme import Appearance

BATCHES = (32, 64, 128, 256, 512, 1024, 2048)
_SHORTEST = (512, 1024)  # contexts before those of the catalogue
_COMBO = 148
_FIELD = 88
_NO_DRAFT = "-"
_LARGEST_ROPE = 1e9


class LoadRows(Translated, QWidget):
    """Shows a choice and changes it.

    Signals: `changed(LoadChoice)` at every step of a drag, too; `tune_requested()`,
    `template_requested()` to edit it.
    """

    changed = Signal(object)
    tune_requested = Signal()
    template_requested = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.choice = AUTOMATIC
        self._drafts: tuple[ModelFile, ...] = ()
        self._flash_automatic = ""  # what `set_automatic` told
        self._make_memory()
        self._make_speed()
        self._make_answers()
        self._make_advanced()
        self._lay_out()
        self._translate()

    # What the owner tells

    def set_choice(self, choice: LoadChoice) -> None:
        """Show this without a signal."""
        self.choice = choice
        self.context.set_value(choice.context_length)
        self.layers.set_value(choice.gpu_layers)
        self.split.set_shares(choice.split)
        self.threads.set_value(choice.threads)
        self.batch.set_value(choice.batch)
        self.cache.set_value(choice.cache_type or "")
        flash = choice.flash_attention
        self.flash.set_value("" if flash is None else "on" if flash else "off")
        self.draft.set_value(choice.draft_model if choice.speculation else _NO_DRAFT)
        self.adapters.set_adapters(choice.adapters)
        for switch, is_on in ((self.map, choice.memory_map), (self.lock, choice.memory_lock)):
            with QSignalBlocker(switch):
                switch.setChecked(is_on)
        for field, value in ((self.base, choice.rope_base), (self.scale, choice.rope_scale)):
            field.setText(QLocale().toString(value) if value else "")
        self._mark()

    def set_model(self, model: ModelFile, drafts: Sequence[ModelFile]) -> None:
        """Offer what can be chosen for this model; `drafts` could guess for it."""
        header = model.header
        trained = header.context_length if header is not None else 0
        most = trained or CONTEXTS[-1]
        self.context.set_steps(sorted({c for c in (*_SHORTEST, *CONTEXTS) if c <= most} | {most}))
        layers = header.layers + 1 if header is not None and header.layers else 0
        self.layers.set_steps(range(layers + 1))
        self._drafts = tuple(drafts)
        self._offer()

    def set_devices(self, gpus: Sequence[Device], threads: int) -> None:
        """What there is to compute on; `threads` is what the worker takes by itself."""
        self.layers.setVisible(bool(gpus))
        self.split.set_devices([gpu.description or gpu.name for gpu in gpus])
        self.split.set_automatic([gpu.memory_free for gpu in gpus])
        self.split.set_shares(self.choice.split)
        self.threads.set_steps(range(1, max(2, threads + 2)))

    def set_automatic(
        self, *, context: int, layers: int, threads: int, batch: int, flash: str
    ) -> None:
        """What automatic comes to; 0 or "" where that is not known.

        `flash` is "on", "off", or "short" for in short conversations.
        """
        self.context.set_automatic(context)
        self.layers.set_automatic(layers)
        self.threads.set_automatic(threads)
        self.batch.set_automatic(batch)
        if flash != self._flash_automatic:
            self._flash_automatic = flash
            self._offer()

    def set_template_problem(self, problem: str) -> None:
        """Why the person's own template was not used; empty when it was."""
        self._template_row.set_note(problem, "warning")

    @property
    def cache_note(self) -> str:
        """What is wrong with the context memory that is chosen."""
        return self._rows["cache_type"].note

    @property
    def template_note(self) -> str:
        """What is wrong with the template."""
        return self._template_row.note

    # Making

    def _make_memory(self) -> None:
        appearance = self._appearance
        self.context = NumberRow(appearance, CONTEXTS)
        self.cache = self._combo()
        self.layers = NumberRow(appearance, (0,))
        self.layers.hide()
        self.split = SplitRow(appearance)
        self.cache.chosen.connect(lambda kind: self._change(cache_type=kind or None))
        self.split.changed.connect(lambda shares: self._change(split=shares))

    def _make_speed(self) -> None:
        appearance = self._appearance
        self.threads = NumberRow(appearance, (1, 2))
        self.batch = NumberRow(appearance, BATCHES)
        self.flash = self._combo()
        self.draft = self._combo()
        self.tune = Button(appearance, "", designed_height=28)
        self.tune.clicked.connect(self.tune_requested)
        for row, name in (
            (self.context, "context_length"),
            (self.layers, "gpu_layers"),
            (self.threads, "threads"),
            (self.batch, "batch"),
        ):
            row.changed.connect(lambda value, name=name: self._change(**{name: value}))
        self.flash.chosen.connect(
            lambda word: self._change(flash_attention=None if not word else word == "on")
        )
        self.draft.chosen.connect(
            lambda path: self._change(
                draft_model="" if path == _NO_DRAFT else path, speculation=path != _NO_DRAFT
            )
        )

    def _make_answers(self) -> None:
        self.adapters = AdapterList(self._appearance)
        self.adapters.changed.connect(lambda adapters: self._change(adapters=adapters))
        self.template = Button(self._appearance, "", designed_height=28)
        self.template.clicked.connect(self.template_requested)

    def _make_advanced(self) -> None:
        appearance = self._appearance
        self.map = Switch(appearance, "")
        self.lock = Switch(appearance, "")
        self.map.toggled.connect(lambda is_on: self._change(memory_map=is_on))
        self.lock.toggled.connect(lambda is_on: self._change(memory_lock=is_on))
        self.base = self._field()
        self.scale = self._field()
        self.base.editingFinished.connect(lambda: self._on_rope("rope_base", self.base))
        self.scale.editingFinished.connect(lambda: self._on_rope("rope_scale", self.scale))

    def _lay_out(self) -> None:
        appearance = self._appearance
        self.reset = Button(appearance, "", "text", designed_height=24)
        self.reset.clicked.connect(self._on_reset)
        self._rows: dict[str, FieldRow] = {}
        self._size_title, self._speed_title, self._answers_title = (
            TextLabel(appearance, bold=True) for _ in range(3)
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QHBoxLayout()
        head.addWidget(self._size_title)
        head.addStretch()
        head.addWidget(self.reset)
        head.addSpacing(-12)  # its words end where the rows do
        column.addLayout(head)
        column.addWidget(self.context)
        column.addWidget(self._row("cache_type", self.cache))
        column.addWidget(self.layers)
        column.addWidget(self.split)
        column.addSpacing(20)
        column.addWidget(self._speed_title)
        self._tune_row = FieldRow(appearance, "", "", self.tune)
        column.addWidget(self._tune_row)
        column.addWidget(self.threads)
        column.addWidget(self.batch)
        column.addWidget(self._row("flash_attention", self.flash))
        column.addWidget(self._row("draft_model", self.draft))
        column.addSpacing(20)
        column.addWidget(self._answers_title)
        self._template_row = self._row("template", self.template)
        column.addWidget(self._template_row)
        column.addWidget(self.adapters)
        advanced = QWidget()
        inner = QVBoxLayout(advanced)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        for key, control in (
            ("memory_map", self.map),
            ("memory_lock", self.lock),
            ("rope_base", self.base),
            ("rope_scale", self.scale),
        ):
            inner.addWidget(self._row(key, control))
        self.fold = Fold(appearance, "", advanced)
        column.addSpacing(12)
        column.addWidget(self.fold)
        column.addWidget(advanced)

    def _row(self, key: str, control: QWidget) -> FieldRow:
        row = self._rows[key] = FieldRow(self._appearance, "", "", control)
        return row

    def _combo(self) -> Combo[str]:
        combo: Combo[str] = Combo(self._appearance, "", [("", "")], designed_height=28)
        appearance = self._appearance
        appearance.fit(combo, lambda combo: combo.setFixedWidth(appearance.width(_COMBO)))
        return combo

    def _field(self) -> QLineEdit:
        field = QLineEdit()
        self._appearance.fit_field(field, _FIELD, 28)
        field.setAlignment(Qt.AlignmentFlag.AlignRight)
        field.setValidator(QDoubleValidator(0.0, _LARGEST_ROPE, 6, field))
        return field

    # Words

    def _translate(self) -> None:
        self._size_title.setText(self.tr("Size"))
        self._speed_title.setText(self.tr("Speed"))
        self._answers_title.setText(self.tr("Answers"))
        self.reset.setText(self.tr("All automatic"))
        self.fold.setText(self.tr("Advanced"))
        self.context.set_words(self.tr("Context"), self.tr("How many tokens it can look back on."))
        self.layers.set_words(
            self.tr("Layers on the GPU"), self.tr("The others run on the processor, more slowly.")
        )
        self.threads.set_words(
            self.tr("Threads"), self.tr("Fastest with one core left for everything else.")
        )
        self.batch.set_words(
            self.tr("Batch"), self.tr("Tokens of a prompt that are read in one go.")
        )
        self._tune_row.set_words(
            self.tr("Tune for this computer"),
            self.tr("Finds the fastest threads, batch and flash attention."),
        )
        self.tune.setText(self.tr("Measure…"))
        self._name(
            "cache_type",
            self.cache,
            self.tr("Context memory"),
            self.tr("Fewer bits take less memory, and cost some quality."),
        )
        self._name(
            "flash_attention",
            self.flash,
            self.tr("Flash attention"),
            self.tr("Helps on GPUs, and in short conversations."),
        )
        self._name(
            "draft_model",
            self.draft,
            self.tr("Guess ahead"),
            self.tr("Guesses what comes next; the answers stay the same."),
        )
        self._name(
            "memory_map",
            self.map,
            self.tr("Map the file"),
            self.tr("It loads faster and shares its memory."),
        )
        self._name(
            "memory_lock",
            self.lock,
            self.tr("Keep in memory"),
            self.tr("It is never moved to the disk."),
        )
        self._name(
            "rope_base",
            self.base,
            self.tr("RoPE base"),
            self.tr("For longer contexts than it was trained for."),
        )
        self._name(
            "rope_scale",
            self.scale,
            self.tr("RoPE scale"),
            self.tr("0.5 makes the context twice as long."),
        )
        for field in (self.base, self.scale):
            field.setPlaceholderText(self.tr("Automatic"))
        self._template_row.set_words(self.tr("Chat template"), "")
        self.template.setText(self.tr("Edit…"))
        self.template.setAccessibleName(self.tr("Edit the chat template"))
        self._offer()
        self._mark()

    def _name(self, key: str, control: QWidget, name: str, explanation: str) -> None:
        control.setAccessibleName(name)
        if isinstance(control, Combo):
            control.setToolTip(name)
        self._rows[key].set_words(name, explanation)

    def _offer(self) -> None:
        """What the combos have to choose from."""
        automatic, on, off = self.tr("Automatic"), self.tr("On"), self.tr("Off")
        pattern = self.tr("Automatic, {value}")
        short = self.tr("In short conversations")
        flash = {"on": on, "off": off, "short": short}.get(self._flash_automatic)
        first = pattern.format(value=flash) if flash else automatic
        self.flash.set_choices([("", first), ("on", on), ("off", off)])
        first = pattern.format(value=cache_word(CACHE_TYPES[0]))
        kinds = [(kind, cache_word(kind)) for kind in CACHE_TYPES]
        self.cache.set_choices([("", first), *kinds])
        files = [(one.path, f"{one.name} {one.quantization}".strip()) for one in self._drafts]
        self.draft.set_choices([("", automatic), (_NO_DRAFT, off), *files])

    # Changes

    def _change(self, **values: Any) -> None:
        choice = replace(self.choice, **values)
        if choice != self.choice:
            self.choice = choice
            self._mark()
            self.changed.emit(choice)

    def _on_rope(self, name: str, field: QLineEdit) -> None:
        value, is_number = QLocale().toDouble(field.text() or "0")
        if is_number:
            self._change(**{name: value})

    def _on_reset(self) -> None:
        # What is told to the template is chosen where one writes, not here.
        choice = replace(
            AUTOMATIC,
            thinking=self.choice.thinking,
            reasoning_effort=self.choice.reasoning_effort,
        )
        self.set_choice(choice)
        self.changed.emit(choice)

    # Showing

    def _mark(self) -> None:
        """Tell what somebody chose from what is automatic."""
        choice = self.choice
        for key, row in self._rows.items():
            is_changed = getattr(choice, key) != getattr(AUTOMATIC, key)
            if key == "draft_model":
                is_changed = is_changed or not choice.speculation
            row.set_changed(changed=is_changed)
        has_own = bool(choice.template)
        self._template_row.set_explanation(
            self.tr("Your own text is used.") if has_own else self.tr("The file's own is used.")
        )
        needs_flash = choice.flash_attention is False and choice.cache_type not in (None, "f16")
        note = self.tr("Fewer bits need flash attention.") if needs_flash else ""
        self._rows["cache_type"].set_note(note, "warning")
        quiet = replace(
            choice,
            thinking=AUTOMATIC.thinking,
            reasoning_effort=AUTOMATIC.reasoning_effort,
        )
        self.reset.setEnabled(quiet != AUTOMATIC)
