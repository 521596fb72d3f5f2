"""The list of what the worker needs of llama_cpp has all that its modules name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import chatapp.engine.worker
from chatapp.engine.worker.interface import FIELDS, NAMES, lacking

FOLDER = Path(chatapp.engine.worker.__file__).parent
# These run with the built-in engine only.
OTHERS = {"quantizing.py", "quantize_speed.py", "interface.py"}
MODULES = ("llama", "api")
PARAMETERS = ("parameters", "_parameters")


def nodes() -> Iterator[ast.Attribute]:
    for path in FOLDER.glob("*.py"):
        if path.name not in OTHERS:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Attribute):
                    yield node


def test_every_name_is_on_the_list() -> None:
    named = {
        node.attr
        for node in nodes()
        if isinstance(node.value, ast.Name)
        and node.value.id in MODULES
        and node.attr.lower().startswith("llama_")
    }
    assert named == set(NAMES.split())


def test_every_field_that_is_set_is_on_the_list() -> None:
    set_ = {
        node.attr
        for node in nodes()
        if isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name | ast.Attribute)
        and (node.value.id if isinstance(node.value, ast.Name) else node.value.attr) in PARAMETERS
    }
    assert set_
    assert set_ <= {field for fields in FIELDS.values() for field in fields.split()}


def test_what_is_lacking_is_named() -> None:
    structures = {
        name: type(name, (), {"_fields_": [(field, int) for field in fields.split()]})
        for name, fields in FIELDS.items()
    }
    whole = {**dict.fromkeys(NAMES.split()), **structures}
    assert lacking(SimpleNamespace(**whole)) == ""
    without = {name: value for name, value in whole.items() if name != "llama_vocab_is_eog"}
    assert lacking(SimpleNamespace(**without)) == "llama_vocab_is_eog"
    structures["llama_model_params"]._fields_ = []
    assert lacking(SimpleNamespace(**whole)).startswith("llama_model_params.")
