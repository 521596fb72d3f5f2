"""What a window says, and which of its words are cut off."""

from __future__ import annotations

import re
from collections import Counter

from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.elided_label import ElidedLabel

_LINE_SLACK = 0.9  # lines of Chinese are higher than what is drawn of them
_BUTTON_PADDING = 12
_FIGURES = re.compile(r"\d+")

Words = tuple[str, ...]


def clipped(top: QWidget) -> list[str]:
    """Words that have less room than they need, or lie outside of what they are in."""
    found = []
    for widget in (top, *top.findChildren(QWidget)):
        words = _words(widget)
        if not words or not widget.isVisibleTo(top) or widget.visibleRegion().isEmpty():
            continue
        if widget.isWindow() and widget is not top:
            continue  # a tooltip
        needed = _needed(widget)
        if widget.width() < needed[0] or widget.height() < _LINE_SLACK * needed[1]:
            size = f"{widget.width()}x{widget.height()}"
            found.append(f"{_place(widget)}: {size} of {needed[0]}x{needed[1]}: {words[:60]!r}")
        elif _is_cut(widget, top):
            found.append(f"{_place(widget)}: outside of its parent: {words[:60]!r}")
    return found


def all_words(top: QWidget) -> list[Words]:
    """What a person can read or hear of a window, sorted: what is made anew comes later.

    All figures are 0: times and speeds are other ones each time.
    """
    found = []
    for widget in (top, *top.findChildren(QWidget)):
        if not widget.isVisibleTo(top):
            continue
        is_field = isinstance(widget, QLineEdit | QPlainTextEdit)
        said = (
            _words(widget),
            widget.toolTip(),
            widget.accessibleName(),
            widget.accessibleDescription(),
            widget.windowTitle(),
            widget.placeholderText() if is_field else "",  # type: ignore[attr-defined]
        )
        found.append((type(widget).__name__, *(_FIGURES.sub("0", words) for words in said)))
    return sorted(found)


def differences(now: list[Words], expected: list[Words]) -> list[str]:
    """What is said and should not be, and what should be said and is not."""
    more, less = Counter(now), Counter(expected)
    found = [("says", words) for words in more - less]
    found += [("lacks", words) for words in less - more]
    return [f"{what} {words[0]}: {[word for word in words[1:] if word]}" for what, words in found]


def _words(widget: QWidget) -> str:
    if isinstance(widget, QLabel | QAbstractButton | QLineEdit):
        text = widget.text()
        is_empty_field = isinstance(widget, QLineEdit) and not text
        return widget.placeholderText() if is_empty_field else text  # type: ignore[union-attr]
    return ""


def _needed(widget: QWidget) -> tuple[int, int]:
    if isinstance(widget, QLineEdit):
        return 0, widget.fontMetrics().height()
    if isinstance(widget, QLabel) and widget.wordWrap():
        return 0, widget.heightForWidth(widget.width())
    if isinstance(widget, QLabel) and not isinstance(widget, ElidedLabel):
        needed = widget.fontMetrics().size(0, widget.text())  # Qt's hint may be that of before
        return needed.width(), needed.height()
    hint = widget.minimumSizeHint()
    return hint.width() - 2 * _padding(widget), hint.height()


def _is_cut(widget: QWidget, top: QWidget) -> bool:
    """Whether a part of it lies where nothing can bring it into view."""
    padding = _padding(widget)
    rect = widget.rect().adjusted(padding, 0, -padding, 0)
    while widget is not top:
        parent = widget.parentWidget()
        if isinstance(parent.parentWidget(), QAbstractScrollArea):
            return False
        rect = rect.translated(widget.pos())
        if not parent.rect().contains(rect):
            return True
        widget = parent
    return False


def _padding(widget: QWidget) -> int:
    """How much may be missing at either side: bare words are aligned without their padding."""
    is_bare = isinstance(widget, Button) and widget.kind in ("text", "quiet")
    return _BUTTON_PADDING if is_bare else 0


def _place(widget: QWidget) -> str:
    names = []
    one: QWidget | None = widget
    while one is not None and len(names) < 4:
        names.append(type(one).__name__)
        one = one.parentWidget()
    return "/".join(reversed(names))
