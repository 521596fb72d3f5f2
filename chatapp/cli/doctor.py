"""`chatapp doctor`: what is there and what is missing."""

from __future__ import annotations

import argparse
import contextlib
import json
from dataclasses import asdict

from chatapp.doctor import examine
from chatapp.paths import Paths
from chatapp.sentences import sentence
from chatapp.services import ModelServices


def doctor(options: argparse.Namespace, paths: Paths) -> int:
    """Print what is there, what is missing, and the exact fix."""
    with contextlib.closing(ModelServices(paths)) as services:
        report = examine(paths, services.engine)
    problems = [(sentence(problem.error), problem.fix) for problem in report.problems]
    if options.json:
        data = asdict(report) | {"problems": [{"text": t, "fix": f} for t, f in problems]}
        print(json.dumps(data, ensure_ascii=False, indent=2))
        return 0
    for name, version in report.versions.items():
        print(f"{name:<20} {version}")
    print()
    if report.engine is not None:
        name = report.engine.name or "built-in"
        print(f"{'engine':<20} {name}, {report.engine.backend}: llama.cpp {report.engine.version}")
    for device in report.devices:
        memory = f"{device.memory_total / 2**30:.1f} GiB" if device.memory_total else ""
        print(
            f"{'device':<20} {device.kind}: {device.description or device.name} {memory}".rstrip()
        )
    for folder in report.folders:
        state = "" if folder.writable else "  (can't be written)"
        print(
            f"{folder.name + ' folder':<20} {folder.path}  {folder.free / 1e9:.1f} GB free{state}"
        )
    print(f"{'starter model':<20} {report.starter_model or 'missing'}")
    print(f"{'display':<20} {'yes' if report.display else 'none'}")
    print()
    for text, fix in problems:
        print(text + (f"\n    {fix}" if fix else ""))
    if not problems:
        print("Nothing is missing.")
    return 0
