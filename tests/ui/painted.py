"""Which roles of the look are painted on which, found by looking at the picture of a window.

Every role gets a colour of its own. Then those that write are made transparent: what comes to
light where they were is what they were painted on.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QAbstractScrollArea, QApplication, QWidget

from chatapp.paths import Paths
from chatapp.ui.theme import Appearance, Theme, ThemeChoice

ROLES = tuple(field.name for field in fields(Theme) if field.name[:3] != "is_")
_FEWEST = 4  # pixels
_TRIES = 10  # words may still get their colours from the background
_LEAST_SHARE = 0.7  # of a colour in one that it was mixed into
_TOLERANCE = 1.0  # of 255, in each channel
_CLEAR = QColor(0, 0, 0, 0)
# With these colours no role looks like a mixture of another one and what it is on.
_CHANCE = random.Random(48)
PROBE = Theme(
    is_dark=False,
    is_high_contrast=False,
    **{role: QColor(*(_CHANCE.randrange(256) for _ in range(3))) for role in ROLES},
)
_ROLE_OF = {getattr(PROBE, role).rgb(): role for role in ROLES}


def make_resources(folder: Path) -> Path:
    """The resources, where every theme is the one for looking."""
    real = Paths.default().resources
    resources = folder / "resources"
    (resources / "themes").mkdir(parents=True)
    (resources / "CHANGELOG.md").symlink_to(real.parent / "CHANGELOG.md")  # as in the build
    for path in (*real.iterdir(), real / "themes" / "accents.toml"):
        if path.name != "themes":
            (resources / path.relative_to(real)).symlink_to(path)
    lines = [
        *("is_dark = false", "is_high_contrast = false", "[colors]"),
        *(f'{role} = "{getattr(PROBE, role).name()}"' for role in ROLES),
    ]
    for choice in set(ThemeChoice) - {ThemeChoice.SYSTEM}:
        (resources / "themes" / f"{choice}.toml").write_text("\n".join(lines), "utf-8")
    return resources


def painted(
    window: QWidget,
    looks: Iterable[Appearance],
    groups: Iterable[Iterable[str]],
    *,
    by_qt: bool = False,
) -> Counter[tuple[str, str]]:
    """Pixels of each role on each other. Roles of one group are never painted on each other.

    The window has its look from `make_resources`. What Qt itself writes, by the style sheet, takes
    its time: only with `by_qt`.
    """
    looks = tuple(looks)
    groups = [tuple(group) for group in groups]
    for _ in range(_TRIES):
        base, *pictures = (
            _picture_in(window, looks, roles, by_qt=by_qt) for roles in ((), *groups, ())
        )
        if np.array_equal(base, pictures.pop()):
            break
    else:
        raise AssertionError("the window never rests")
    found: Counter[tuple[str, str]] = Counter()
    for group, picture in zip(groups, pictures, strict=True):
        if picture.shape != base.shape:
            raise AssertionError("colours have changed a size")
        differs = base != picture
        pairs = np.stack((base[differs], picture[differs]), axis=1)
        unique, counts = np.unique(pairs, axis=0, return_counts=True)
        papers = [_ROLE_OF.get(int(back), "") for back in unique[:, 1]]
        inks = _inks(unique[:, 0], unique[:, 1], group)
        for ink, paper, count in zip(inks, papers, counts, strict=True):
            if ink and paper:
                found[ink, paper] += int(count)
    return Counter({pair: count for pair, count in found.items() if count >= _FEWEST})


def _picture_in(
    window: QWidget, looks: Iterable[Appearance], hidden: Iterable[str], *, by_qt: bool
) -> np.ndarray:
    """Without these roles."""
    _put_on(looks, replace(PROBE, **dict.fromkeys(hidden, _CLEAR)), by_qt=by_qt)
    return _picture(window)


def _inks(shown: np.ndarray, papers: np.ndarray, roles: tuple[str, ...]) -> list[str]:
    """Which role covers the paper, entirely or, as at the edge of a letter, in part; else empty."""
    paper = _channels(papers)
    change = _channels(shown) - paper
    best = np.full(len(shown), _TOLERANCE)
    names = np.zeros(len(shown), int)
    for number, role in enumerate(roles, 1):
        way = _channels(np.array([getattr(PROBE, role).rgb()], np.uint32)) - paper
        length = np.maximum((way * way).sum(axis=1), 1)
        share = (change * way).sum(axis=1) / length
        error = np.abs(change - share[:, None] * way).max(axis=1)
        fits = (error < best) & (share > _LEAST_SHARE) & (share < 1.01)
        best[fits], names[fits] = error[fits], number
    return [("", *roles)[number] for number in names]


def _channels(pixels: np.ndarray) -> np.ndarray:
    return np.stack([pixels >> shift & 255 for shift in (16, 8, 0)], axis=1).astype(float)


def point_everywhere(window: QWidget) -> None:
    """Have all of a window look as if the pointer were over it."""
    for widget in (window, *window.findChildren(QWidget)):
        widget.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
        if isinstance(widget, QAbstractItemView) and widget.model() is not None:
            _point_at(widget, widget.visualRect(widget.model().index(1, 0)).center())
        elif isinstance(widget, QAbstractScrollArea):
            _point_at(widget, widget.viewport().rect().center())


def _point_at(area: QAbstractScrollArea, at: QPoint) -> None:
    nothing = Qt.MouseButton.NoButton
    place = QPointF(at)
    QApplication.sendEvent(
        area.viewport(),
        QMouseEvent(
            QEvent.Type.MouseMove,
            place,
            QPointF(area.viewport().mapToGlobal(at)),
            nothing,
            nothing,
            Qt.KeyboardModifier.NoModifier,
        ),
    )


def _picture(window: QWidget) -> np.ndarray:
    QApplication.processEvents()
    image = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    words = np.frombuffer(image.constBits(), np.uint32)
    return words.reshape(image.height(), image.bytesPerLine() // 4)[:, : image.width()].copy()


def _put_on(looks: Iterable[Appearance], theme: Theme, *, by_qt: bool) -> None:
    for look in looks:
        look._theme = theme
        if by_qt:
            look._apply()
        look.changed.emit()
