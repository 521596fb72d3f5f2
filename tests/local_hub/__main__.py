"""The local Hub for other processes, and for trying things by hand.

    python -m tests.local_hub FOLDER [--metadata-port N] [--data-port N]

Every folder `org/name` in FOLDER is a repository with the files below it. The first line of output
is JSON: `{"endpoint": …, "data_origin": …, "token": …}`. It then reads commands, one JSON object a
line, answers each with one line, and ends with its input:

    {"fault": {"kind": "reset", "match": ".gguf", "after": 35000000, "times": 0}}
    {"clear_faults": true}
    {"limit": 12500000}            bytes per second, null: no limit
    {"requests": true}             answered with the log
    {"clear_requests": true}

The fields of a fault are those of `tests.local_hub.Fault`; the value of a swap is a file's path.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from tests.local_hub.fault import Fault
from tests.local_hub.hub import LocalHub


def add_folder(hub: LocalHub, folder: Path) -> None:
    """Add a repository for each folder `org/name` in this one."""
    for place in sorted(folder.glob("*/*")):
        if place.is_dir():
            files = {
                path.relative_to(place).as_posix(): path
                for path in sorted(place.rglob("*"))
                if path.is_file()
            }
            hub.add_repo(place.relative_to(folder).as_posix(), files)


def obey(hub: LocalHub, command: Mapping[str, object]) -> object:
    """Carry out a command and return what is to be answered."""
    match dict(command):
        case {"fault": dict() as fields}:
            if fields.get("kind") == "swap":
                fields["value"] = Path(str(fields["value"]))
            hub.fault(Fault(**fields))
        case {"clear_faults": True}:
            hub.clear_faults()
        case {"limit": (int() | float() | None) as rate}:
            hub.limit(rate)
        case {"requests": True}:
            return [asdict(request) for request in hub.requests]
        case {"clear_requests": True}:
            hub.clear_requests()
        case _:
            return {"error": "unknown command"}
    return {"done": True}


def main() -> None:
    """Serve until the input ends."""
    parser = argparse.ArgumentParser(prog="python -m tests.local_hub")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--metadata-port", type=int, default=0)
    parser.add_argument("--data-port", type=int, default=0)
    options = parser.parse_args()
    with LocalHub(metadata_port=options.metadata_port, data_port=options.data_port) as hub:
        add_folder(hub, options.folder)
        _say({"endpoint": hub.endpoint, "data_origin": hub.data_origin, "token": hub.token})
        for line in sys.stdin:
            try:
                _say(obey(hub, json.loads(line)))
            except (ValueError, TypeError) as error:
                _say({"error": str(error)})


def _say(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
