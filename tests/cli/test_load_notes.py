"""What a load came to is said on the command line too."""

from __future__ import annotations

import pytest

from chatapp.cli.generation import note_sentence
from chatapp.domain.model import LoadNote, LoadNoteKind


@pytest.mark.parametrize("kind", LoadNoteKind)
def test_every_note_has_a_sentence(kind: LoadNoteKind) -> None:
    text = note_sentence(LoadNote(kind, 12, 33))
    assert text.endswith(".")
    assert ("12" in text) == (kind in {LoadNoteKind.LAYERS_ON_GPU, LoadNoteKind.CONTEXT_SHORTENED})
