"""Style sheet and palette for the parts of Qt that Chatapp does not paint itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QPalette

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
QLineEdit#bare, QLineEdit#bare:focus {{
    background: transparent;
    border: none;
    padding: 0;
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
QPlainTextEdit#field, QPlainTextEdit#prose {{
    background: {_css(theme.code_background)};
    border: 1px solid {_css(theme.control_border)};
    border-radius: 6px;
    padding: 7px;
}}
QPlainTextEdit#field:focus, QPlainTextEdit#prose:focus {{
    border: 2px solid {_css(theme.accent)};
    padding: 6px;
}}
QPlainTextEdit#prose {{
    background: {_css(theme.surface_raised)};
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


def palette(theme: Theme) -> QPalette:
    """The colours of the parts that Qt paints."""
    roles = QPalette.ColorRole
    colors = QPalette()
    for role, color in (
        (roles.Window, theme.window),
        (roles.WindowText, theme.text),
        (roles.Base, theme.surface),
        (roles.AlternateBase, theme.surface_sunken),
        (roles.Text, theme.text),
        (roles.PlaceholderText, theme.text_faint),
        (roles.Button, theme.surface_raised),
        (roles.ButtonText, theme.text),
        (roles.BrightText, theme.danger),
        (roles.Light, theme.surface_raised),
        (roles.Midlight, theme.hover),
        (roles.Mid, theme.border_strong),
        (roles.Dark, theme.control_border),
        (roles.Shadow, theme.shadow),
        (roles.Highlight, theme.selection),
        (roles.HighlightedText, theme.selection_text),
        (roles.Accent, theme.accent),
        (roles.Link, theme.accent_text),
        (roles.LinkVisited, theme.accent_text),
        (roles.ToolTipBase, theme.tooltip_background),
        (roles.ToolTipText, theme.tooltip_text),
    ):
        colors.setColor(role, color)
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        colors.setColor(QPalette.ColorGroup.Disabled, role, theme.text_disabled)
    return colors


def _css(color: QColor) -> str:
    return f"rgba({color.red()}, {color.green()}, {color.blue()}, {color.alpha()})"


def _size(font: QFont) -> str:
    if font.pointSizeF() > 0:
        return f"{font.pointSizeF():.2f}pt"
    return f"{font.pixelSize()}px"
