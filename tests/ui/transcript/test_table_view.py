"""Where the columns of a table stand."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextTable
from pytestqt.qtbot import QtBot

from chatapp.ui.theme import Appearance
from chatapp.ui.transcript.blocks import TableBlock
from chatapp.ui.transcript.markdown import MarkdownParser
from chatapp.ui.transcript.table_view import TablePane

START, END = Qt.AlignmentFlag.AlignLeading, Qt.AlignmentFlag.AlignTrailing


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("| 10 years | €24,000 |\n| 20 years | €48,000 |", [START, END]),
        ("| 10 年 | 24,000 元 |\n| 20 年 | 48,000 元 |", [START, END]),
        ("| 1 | 2 |\n| 3 | |", [START, END]),
        ("| 1 | 2 |\n| 3 | four |", [START, START]),
    ],
)
def test_numbers_stand_at_the_end_but_what_names_the_rows_at_the_start(
    appearance: Appearance, qtbot: QtBot, rows: str, expected: list[Qt.AlignmentFlag]
) -> None:
    (block,) = MarkdownParser().parse(f"| a | b |\n|---|---|\n{rows}\n")
    assert isinstance(block, TableBlock)
    pane = TablePane(appearance)
    qtbot.addWidget(pane)
    pane.set_table(block)
    (table,) = pane.document.rootFrame().childFrames()
    assert isinstance(table, QTextTable)
    cells = [table.cellAt(1, column) for column in range(2)]
    assert [cell.firstCursorPosition().block().blockFormat().alignment() for cell in cells] == (
        expected
    )
