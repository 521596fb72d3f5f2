"""For every setting that has a row: another value than the one it has by itself."""

from __future__ import annotations

from chatapp.settings import NAMES
from chatapp.ui.fonts import families

# What no row sets: the window keeps it for the next time.
WITHOUT_ROW = {
    *("window_geometry", "sidebar_width", "opened_folders"),
    *("seen_version", "told_version", "updates_checked_at", "recent_actions"),
}


def others() -> dict[str, object]:
    """By the names of the settings."""
    values: dict[str, object] = {
        "theme": "dark",
        "accent": "teal",
        "font_family": families(monospaced=False)[-1],
        "code_font_family": families(monospaced=True)[-1],
        "text_zoom": 125,
        "reduced_motion": True,
        "column_width": "narrow",
        "answer_details": False,
        "wrap_code": True,
        "model_path": "/models/beta.gguf",
        "overflow": "summarise",
        "context_length": 2048,
        "kv_cache_budget": 0,
        "temperature": 0.3,
        "max_tokens": 512,
        "unload_after": 5,
        "engine_pack": "vulkan-0.3.36",
        "tune_automatically": False,
        "long_paste_as_attachment": False,
        "long_paste_characters": 1000,
        "pin_question": True,
        "hub_endpoint": "https://hub.example",
        "proxy": "http://proxy.example:8080",
        "ca_file": "/etc/ssl/company.pem",
        "offline": True,
        "check_for_updates": True,
        "keep_awake": False,
        "download_connections": 4,
        "tray": True,
        "close_to_tray": True,
        "quick_ask_keys": "Ctrl+Alt+Space",
        "notify": False,
        "shortcuts": {"conversation.new": "Ctrl+J"},
        "enter_sends": False,
        "language": "zh_CN",  # the last, because rows have other words then
    }
    assert set(values) == set(NAMES) - WITHOUT_ROW
    return values
