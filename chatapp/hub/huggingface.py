"""The one place where huggingface_hub is imported: late, for it takes a second, and tamed.

What it reads from the environment it reads while it is imported.
"""

from __future__ import annotations

import os
from types import ModuleType

_ENVIRONMENT = {
    "HF_HUB_DISABLE_TELEMETRY": "1",
    # A token that lies about on this computer would be sent to whatever endpoint is chosen.
    "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
}


def library() -> ModuleType:
    """The package, with its `errors`. It makes no request by itself and sends no token."""
    os.environ.update(_ENVIRONMENT)
    import huggingface_hub
    import huggingface_hub.errors

    return huggingface_hub
