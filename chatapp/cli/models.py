"""`chatapp models`: the models on this computer."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from chatapp.hub.library import Library
from chatapp.jobs import Jobs
from chatapp.paths import Paths


def list_models(options: argparse.Namespace, paths: Paths) -> int:
    """Print the models on this computer."""
    paths.create()
    jobs = Jobs()
    try:
        models = Library(paths, jobs).models()
    finally:
        jobs.close()
    if options.json:
        print(json.dumps([asdict(model) for model in models], ensure_ascii=False, indent=2))
        return 0
    for model in models:
        kind = "starter model" if model.is_starter else ""
        size = f"{model.size / 1e6:,.1f} MB"
        print(f"{model.name:<32} {model.quantization:<10} {size:>12}  {kind}".rstrip())
    if not models:
        print(f"No models yet. Put a GGUF file into {paths.models}.")
    return 0
