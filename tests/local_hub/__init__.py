"""A Hugging Face Hub on this machine, for tests: real HTTP, two origins, misbehaves on request.

    with LocalHub() as hub:
        hub.add_repo("org/name", {"model-Q4_K_M.gguf": path, "config.json": b"{}"})
        hub.fault(Fault(kind="reset", where="data", match=".gguf", after=35_000_000, times=5))
        ...  # a client talks to hub.endpoint
        assert hub.requests[-1].range_start == ...

The metadata origin (`hub.endpoint`) answers what huggingface.co answers: search, model info, tree,
paths-info, refs, auth-check, whoami-v2, raw and resolve. Large files are redirected to the data
origin (`hub.data_origin`) with a link that is signed and expires. Both are on loopback and differ
in their port. What was really asked and sent is in `hub.requests`.

For other processes: `python -m tests.local_hub FOLDER`, see `tests.local_hub.__main__`.
"""

from __future__ import annotations

from tests.local_hub.content import Hollow
from tests.local_hub.fault import Fault
from tests.local_hub.hub import LocalHub
from tests.local_hub.log import Request

__all__ = ["Fault", "Hollow", "LocalHub", "Request"]
