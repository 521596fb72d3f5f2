"""The one application style sheet, for the parts of Qt that Chatapp does not paint itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtGui import QColor, QFont

    from chatapp.ui.theme import Theme


def style_sheet(theme: Theme, tooltip_font: QFont) -> str:
    """Tooltips, menus, fields and scroll bars in the colours of `theme`."""
    return f"""
QToolTip {{
    color: {_css(theme.tooltip_text)};
    background: {_css(theme.tooltip_background)};
    border: 1px solid {_css(theme.tooltip_border)};
    padding: 4px 8px;
    font-size: {_size(tooltip_font)};
}}
QMenu {{
    color: {_css(theme.text)};
    background: {_css(theme.surface_raised)};
    border: 1px solid {_css(theme.border_strong)};
    padding: 4px;
}}
QMenu::item {{
    padding: 6px 16px 6px 8px;
    border-radius: 6px;
}}
QMenu::icon {{
    padding-left: 8px;
}}
QMenu::item:selected {{
    background: {_css(theme.hover)};
}}
QMenu::item:disabled {{
    color: {_css(theme.text_disabled)};
}}
QMenu::separator {{
    height: 1px;
    margin: 4px 8px;
    background: {_css(theme.border)};
}}
QLineEdit {{
    color: {_css(theme.text)};
    placeholder-text-color: {_css(theme.text_faint)};
    background: {_css(theme.surface_raised)};
    border: 1px solid {_css(theme.control_border)};
    border-radius: 6px;
    padding: 0 8px;
    selection-color: {_css(theme.selection_text)};
    selection-background-color: {_css(theme.selection)};
}}
QLineEdit:focus {{
    border: 2px solid {_css(theme.accent)};
    padding: 0 7px;
}}
QLineEdit:disabled {{
    color: {_css(theme.text_disabled)};
}}
QPlainTextEdit {{
    color: {_css(theme.text)};
    placeholder-text-color: {_css(theme.text_faint)};
    background: transparent;
    border: none;
    selection-color: {_css(theme.selection_text)};
    selection-background-color: {_css(theme.selection)};
}}
QPlainTextEdit#field {{
    background: {_css(theme.code_background)};
    border: 1px solid {_css(theme.control_border)};
    border-radius: 6px;
    padding: 7px;
}}
QPlainTextEdit#field:focus {{
    border: 2px solid {_css(theme.accent)};
    padding: 6px;
}}
QPlainTextEdit#details {{
    color: {_css(theme.text_muted)};
}}
QSplitter::handle {{
    background: {_css(theme.surface)};
}}
QAbstractScrollArea::corner {{
    background: transparent;
    border: none;
}}
QScrollArea#page {{
    background: {_css(theme.surface)};
}}
QScrollBar:vertical {{
    width: 12px;
    background: transparent;
    border: none;
    margin: 0;
}}
QScrollBar:horizontal {{
    height: 12px;
    background: transparent;
    border: none;
    margin: 0;
}}
QScrollBar::handle {{
    background: {_css(theme.border_strong)};
    border-radius: 3px;
    margin: 3px;
}}
QScrollBar#thin:vertical {{
    width: 8px;
}}
QScrollBar#thin::handle {{
    border-radius: 2px;
    margin: 2px;
}}
QScrollBar::handle:vertical {{
    min-height: 32px;
}}
QScrollBar::handle:horizontal {{
    min-width: 32px;
}}
QScrollBar::handle:hover, QScrollBar::handle:pressed {{
    background: {_css(theme.control_border)};
}}
QScrollBar::add-line, QScrollBar::sub-line {{
    width: 0;
    height: 0;
}}
QScrollBar::add-page, QScrollBar::sub-page {{
    background: transparent;
}}
"""


def _css(color: QColor) -> str:
    return f"rgba({color.red()}, {color.green()}, {color.blue()}, {color.alpha()})"


def _size(font: QFont) -> str:
    if font.pointSizeF() > 0:
        return f"{font.pointSizeF():.2f}pt"
    return f"{font.pixelSize()}px"
