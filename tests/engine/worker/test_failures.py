from __future__ import annotations

import pytest

from chatapp.engine.worker.failures import classify
from chatapp.errors import (
    ArchitectureUnknown,
    ModelCannotChat,
    ModelFileDamaged,
    ModelLoadFailed,
    OutOfMemory,
)

_LOADING = "llama_model_load: error loading model: "
_LAST = "llama_model_load_from_file_impl: failed to load model"


# What llama.cpp 0.5.0 writes; the tests with real files say when that changes.
@pytest.mark.parametrize(
    ("line", "error"),
    [
        (_LOADING + "unknown model architecture: 'nonesuch'", ArchitectureUnknown),
        (_LOADING + "unknown model architecture: ''", ModelFileDamaged),
        (_LOADING + "CLIP cannot be used as main model, use it with --mmproj", ModelCannotChat),
        (_LOADING + "unable to allocate CUDA0 buffer", OutOfMemory),
        ("alloc_tensor_range: failed to allocate CUDA0 buffer of size 4096", OutOfMemory),
        ("cudaMalloc failed: out of memory", OutOfMemory),
        ("llama_init_from_model: failed to allocate buffer for kv cache", OutOfMemory),
        ("llama_init_from_model: failed to initialize the context: std::bad_alloc", OutOfMemory),
        ("gguf_init_from_reader: failed to read key-value pairs", ModelFileDamaged),
        (
            _LOADING + "tensor 'a' data is not within the file bounds, model is corrupted",
            ModelFileDamaged,
        ),
        (_LOADING + "check_tensor_dims: tensor 'token_embd.weight' not found", ModelFileDamaged),
        (_LOADING + "key not found in model: llama.context_length", ModelFileDamaged),
        (_LOADING + "something new", ModelLoadFailed),
    ],
)
def test_classes(line: str, error: type[Exception]) -> None:
    found = classify("m.gguf", [line, _LAST])
    assert type(found) is error
    assert getattr(found, "path") == "m.gguf"  # noqa: B009 - not a field of every class
    assert getattr(found, "detail", line) == line


def test_an_empty_log() -> None:
    assert isinstance(classify("m.gguf", []), ModelLoadFailed)
