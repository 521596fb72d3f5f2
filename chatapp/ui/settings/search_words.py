"""What the rows of the settings are found by besides the words that are seen.

The English words find them in every language: people look for what they read elsewhere.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

from chatapp.sentences import QT_TRANSLATE_NOOP

_CONTEXT: Final = "settings"


def search_words(key: str) -> str:
    """For the row with this key, in English and in the language of the window."""
    words = _WORDS.get(key, "")
    if not words:
        return ""
    spoken = QCoreApplication.translate(_CONTEXT, words)
    return words if spoken == words else f"{words} {spoken}"


_WORDS: Final = {
    # General
    "language": QT_TRANSLATE_NOOP("settings", "language locale translation English Chinese"),
    "enter_sends": QT_TRANSLATE_NOOP("settings", "enter return key send newline line break"),
    "pin_question": QT_TRANSLATE_NOOP("settings", "scroll follow auto-scroll jump top position"),
    "long_paste_as_attachment": QT_TRANSLATE_NOOP(
        "settings", "paste clipboard attach attachment file long text"
    ),
    "long_paste_characters": QT_TRANSLATE_NOOP(
        "settings", "paste clipboard attachment length limit characters"
    ),
    "notify": QT_TRANSLATE_NOOP("settings", "notification desktop alert message done finished"),
    "tray": QT_TRANSLATE_NOOP("settings", "system tray icon taskbar menu bar status area"),
    "close_to_tray": QT_TRANSLATE_NOOP(
        "settings", "close button minimise minimize background keep running quit exit tray"
    ),
    "quick_ask_keys": QT_TRANSLATE_NOOP(
        "settings", "quick ask global shortcut hotkey small window launcher"
    ),
    # Models and folders
    "model_path": QT_TRANSLATE_NOOP("settings", "default model preferred first start"),
    "models_folder": QT_TRANSLATE_NOOP(
        "settings", "models folder directory path location move disk drive GGUF"
    ),
    "added_folders": QT_TRANSLATE_NOOP(
        "settings", "other folders directory import LM Studio Ollama Jan GGUF"
    ),
    "models": QT_TRANSLATE_NOOP("settings", "models library delete remove size space quantize"),
    # Engine
    "unload_after": QT_TRANSLATE_NOOP(
        "settings", "unload idle keep alive timeout free memory RAM VRAM eject"
    ),
    "tune_automatically": QT_TRANSLATE_NOOP(
        "settings", "tune benchmark measure speed performance threads GPU layers"
    ),
    "context_length": QT_TRANSLATE_NOOP("settings", "context length window size tokens n_ctx"),
    "engine_pack": QT_TRANSLATE_NOOP(
        "settings", "engine llama.cpp backend runtime GPU CUDA Vulkan Metal ROCm built-in version"
    ),
    "engine_file": QT_TRANSLATE_NOOP("settings", "engine add install wheel whl file backend"),
    "engine_download": QT_TRANSLATE_NOOP(
        "settings", "engine download install GPU CUDA Vulkan Metal ROCm backend runtime"
    ),
    "kv_cache_budget": QT_TRANSLATE_NOOP(
        "settings", "KV cache prompt cache keys values disk space limit"
    ),
    # Generation
    "temperature": QT_TRANSLATE_NOOP(
        "settings", "temperature creativity randomness sampling precise"
    ),
    "max_tokens": QT_TRANSLATE_NOOP(
        "settings", "max tokens maximum length limit answer response num_predict"
    ),
    "overflow": QT_TRANSLATE_NOOP(
        "settings", "context full overflow limit summarise summarize truncate oldest messages"
    ),
    # Hub and network
    "hub_endpoint": QT_TRANSLATE_NOOP(
        "settings", "Hugging Face huggingface mirror endpoint HF_ENDPOINT server URL"
    ),
    "address": QT_TRANSLATE_NOOP("settings", "endpoint server URL mirror custom"),
    "token": QT_TRANSLATE_NOOP(
        "settings", "access token API key HF_TOKEN login account gated password keyring"
    ),
    "proxy": QT_TRANSLATE_NOOP("settings", "proxy HTTP HTTPS SOCKS firewall company VPN"),
    "ca_file": QT_TRANSLATE_NOOP("settings", "certificate CA TLS SSL PEM company network trust"),
    "offline": QT_TRANSLATE_NOOP(
        "settings", "offline airplane mode internet network connections block forbid privacy"
    ),
    "test": QT_TRANSLATE_NOOP("settings", "test connection check ping reach"),
    "keep_awake": QT_TRANSLATE_NOOP("settings", "sleep standby suspend awake download power"),
    "download_connections": QT_TRANSLATE_NOOP(
        "settings", "parallel connections download speed faster threads"
    ),
    # Appearance
    "theme": QT_TRANSLATE_NOOP(
        "settings", "theme dark mode night light colour color high contrast look"
    ),
    "accent": QT_TRANSLATE_NOOP("settings", "accent colour color highlight tint blue"),
    "font_family": QT_TRANSLATE_NOOP("settings", "font typeface family letters"),
    "code_font_family": QT_TRANSLATE_NOOP("settings", "code font monospace fixed width"),
    "text_zoom": QT_TRANSLATE_NOOP(
        "settings", "text size font size zoom scale larger smaller bigger magnify"
    ),
    "column_width": QT_TRANSLATE_NOOP(
        "settings", "column width wide narrow full line length chat layout"
    ),
    "answer_details": QT_TRANSLATE_NOOP(
        "settings", "details statistics speed tokens per second model name seed"
    ),
    "wrap_code": QT_TRANSLATE_NOOP("settings", "wrap code word wrap long lines scroll sideways"),
    "reduced_motion": QT_TRANSLATE_NOOP(
        "settings", "motion animation accessibility movement spinner"
    ),
    # Keyboard
    "shortcuts": QT_TRANSLATE_NOOP("settings", "shortcuts hotkeys key bindings keyboard rebind"),
    # Privacy
    "connections": QT_TRANSLATE_NOOP(
        "settings", "connections log history network traffic host telemetry tracking"
    ),
    "conversations_stay": QT_TRANSLATE_NOOP(
        "settings", "privacy data telemetry tracking analytics cloud upload local"
    ),
    # Storage
    "conversations": QT_TRANSLATE_NOOP(
        "settings", "conversations chats database size trash delete empty"
    ),
    "kept": QT_TRANSLATE_NOOP("settings", "KV cache prompt cache clear delete disk space"),
    "models_space": QT_TRANSLATE_NOOP("settings", "models size disk space GGUF"),
    "cache": QT_TRANSLATE_NOOP("settings", "cache temporary files clear delete disk space"),
    "logs": QT_TRANSLATE_NOOP("settings", "logs diagnostics crash report clear delete"),
    "other": QT_TRANSLATE_NOOP("settings", "drafts lists measurements size disk space"),
    "total": QT_TRANSLATE_NOOP("settings", "total size disk space usage"),
    # Advanced
    "export": QT_TRANSLATE_NOOP("settings", "export save backup settings file JSON transfer"),
    "import": QT_TRANSLATE_NOOP("settings", "import load restore settings file JSON transfer"),
    "reset_all": QT_TRANSLATE_NOOP("settings", "reset restore defaults factory everything"),
    # About
    "version": QT_TRANSLATE_NOOP("settings", "version about build release update changelog news"),
    "check_for_updates": QT_TRANSLATE_NOOP(
        "settings", "update upgrade new version check automatically release"
    ),
    "newest_version": QT_TRANSLATE_NOOP("settings", "update upgrade new version download release"),
    "data_folder": QT_TRANSLATE_NOOP("settings", "data folder directory path location backup"),
    "config_folder": QT_TRANSLATE_NOOP("settings", "settings folder directory path config"),
    "cache_folder": QT_TRANSLATE_NOOP("settings", "cache folder directory path"),
    "logs_folder": QT_TRANSLATE_NOOP("settings", "logs folder directory path diagnostics crash"),
    "licence": QT_TRANSLATE_NOOP(
        "settings", "licence license open source third-party copyright credits"
    ),
}
