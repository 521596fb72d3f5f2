"""Which fonts the interface is set in: the person's or the system's, with Chinese and emoji."""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QFont, QFontDatabase, QFontInfo

# Named because Qt's own choice for Chinese is the Japanese face, and for emoji often a black one.
_FALLBACK_FAMILIES: Final = (
    "Noto Sans CJK SC",
    "PingFang SC",
    "Microsoft YaHei UI",
    "Noto Color Emoji",
    "Apple Color Emoji",
    "Segoe UI Emoji",
)


def interface_font(system: QFont, family: str, zoom: int) -> QFont:
    """The system's font or another family, in `zoom` percent of the system's size."""
    if not QFontDatabase.hasFamily(family):  # not chosen, or no longer installed
        # "Sans Serif" and the like are no families: in a list of several, Qt passes them over.
        family = QFontInfo(system).family()
    font = QFont(system)
    font.setFamilies([family, *_fallbacks(family)])
    if system.pointSizeF() > 0:
        font.setPointSizeF(system.pointSizeF() * zoom / 100)
    else:
        font.setPixelSize(max(1, round(system.pixelSize() * zoom / 100)))
    return font


def code_families(family: str) -> list[str]:
    """The families of code: the one chosen or the system's, then those of Chinese and emoji."""
    if not QFontDatabase.hasFamily(family):
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        family = QFontInfo(fixed).family()
    return [family, *_fallbacks(family)]


def families(*, monospaced: bool) -> list[str]:
    """What a person may choose from, in the order of the alphabet."""
    return [
        name
        for name in QFontDatabase.families()
        if QFontDatabase.hasFamily(name)  # not "Sans Serif", see above
        and not QFontDatabase.isPrivateFamily(name)
        and QFontDatabase.isSmoothlyScalable(name)
        and (QFontDatabase.isFixedPitch(name) or not monospaced)
    ]


def _fallbacks(family: str) -> list[str]:
    return [name for name in _FALLBACK_FAMILIES if name != family and QFontDatabase.hasFamily(name)]
