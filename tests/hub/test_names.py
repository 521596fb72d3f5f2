from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.domain.hub import Reference, RepoFile
from chatapp.hub.names import (
    bits,
    choose,
    is_model,
    is_projector,
    is_repo_id,
    parse_reference,
    quantization,
    shard,
    variants,
)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("Qwen3-4B-Instruct-2507-Q4_K_M.gguf", "Q4_K_M"),
        ("model.i1-IQ2_XXS.gguf", "IQ2_XXS"),
        ("Qwen3.5-4B-UD-Q4_K_XL.gguf", "UD-Q4_K_XL"),
        ("gpt-oss-20b-mxfp4.gguf", "MXFP4"),
        ("Qwen3-Coder-MXFP4_MOE.gguf", "MXFP4_MOE"),
        ("gemma-3-4b-it-qat-q4_0.gguf", "Q4_0"),
        ("model-Q4_0_4_8.gguf", "Q4_0_4_8"),
        ("model.fp16.gguf", "F16"),
        ("model-BF16-00002-of-00003.gguf", "BF16"),
        ("BitNet-TQ2_0.gguf", "TQ2_0"),
        ("Phi-3-mini-4k-instruct-q4.gguf", "Q4"),
        ("IQ4_NL/model.gguf", "IQ4_NL"),
        ("Q8_0/model-Q4_K_S.gguf", "Q4_K_S"),
        ("from-F16-to-Q5_K_S.gguf", "Q5_K_S"),
        ("model-Q6_K_L.gguf", "Q6_K_L"),
        ("model-Q4_K_M_IMAT.gguf", "Q4_K_M"),
        ("SHQ4_K_Monster.gguf", ""),
        ("Qwen3-4B.gguf", ""),
        ("", ""),
    ],
)
def test_quantisation(path: str, expected: str) -> None:
    assert quantization(path) == expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("Q4_K_M", 4),
        ("UD-IQ1_S", 1),
        ("TQ2_0", 2),
        ("BF16", 16),
        ("F32", 32),
        ("MXFP4_MOE", 4),
        ("NVFP4", 4),
        ("", 0),
    ],
)
def test_bits(kind: str, expected: int) -> None:
    assert bits(kind) == expected


def test_shards() -> None:
    part = shard("Q4_K_M/big-Q4_K_M-00002-of-00003.gguf")
    assert part is not None
    assert (part.stem, part.number, part.count) == ("Q4_K_M/big-Q4_K_M", 2, 3)
    for name in ("x-00004-of-00003.gguf", "x-00000-of-00003.gguf", "x-1-of-3.gguf", "x.gguf"):
        assert shard(name) is None


def test_what_is_no_model() -> None:
    assert is_model("Q4_K_M/Model-Q4_K_M.GGUF")
    for name in (
        "mmproj-F16.gguf",
        "model-mmproj-BF16.gguf",
        "imatrix_unsloth.gguf",
        "Model-MTP-Q4_0.gguf",
        "eagle3-model.gguf",
        "dflash-model.gguf",
        "dspark-model.gguf",
        "README.md",
        "model.safetensors",
    ):
        assert not is_model(name)
    assert is_projector("vision/MMPROJ-F16.gguf")
    assert not is_projector("mmproj-F16.bin")


def files(*paths: str) -> list[RepoFile]:
    return [RepoFile(path, size) for size, path in enumerate(paths, start=1)]


def test_shards_are_one_model_and_incomplete_ones_are_none() -> None:
    found = variants(
        files(
            "a-Q8_0-00002-of-00002.gguf",
            "a-Q8_0-00001-of-00002.gguf",
            "a-F16-00001-of-00002.gguf",
            "a-Q4_0.gguf",
            "README.md",
        )
    )
    assert [(v.quantization, [f.path for f in v.files], v.size) for v in found] == [
        ("Q8_0", ["a-Q8_0-00001-of-00002.gguf", "a-Q8_0-00002-of-00002.gguf"], 3),
        ("Q4_0", ["a-Q4_0.gguf"], 4),
    ]


def test_an_unknown_size_makes_the_whole_unknown() -> None:
    (variant,) = variants(
        [RepoFile("a-00001-of-00002.gguf", 5), RepoFile("a-00002-of-00002.gguf", 0)]
    )
    assert variant.size == 0


@pytest.mark.parametrize(
    ("paths", "model", "expected"),
    [
        (("m-Q4_K_M.gguf",), "m-Q4_K_M.gguf", None),
        (("m-Q4_K_M.gguf", "mmproj-F16.gguf"), "m-Q4_K_M.gguf", "mmproj-F16.gguf"),
        (
            ("m-Q8_0.gguf", "mmproj-BF16.gguf", "mmproj-Q8_0.gguf"),
            "m-Q8_0.gguf",
            "mmproj-Q8_0.gguf",
        ),
        (
            ("m-Q4_0.gguf", "mmproj-F32.gguf", "mmproj-F16.gguf"),
            "m-Q4_0.gguf",
            "mmproj-F16.gguf",
        ),
        (
            ("a/m-Q8_0.gguf", "a/mmproj-F32.gguf", "mmproj-Q8_0.gguf", "b/mmproj-Q8_0.gguf"),
            "a/m-Q8_0.gguf",
            "a/mmproj-F32.gguf",
        ),
    ],
)
def test_the_projector_that_belongs_to_a_model(
    paths: tuple[str, ...], model: str, expected: str | None
) -> None:
    (variant,) = (v for v in variants(files(*paths)) if v.files[0].path == model)
    assert (variant.projector.path if variant.projector else None) == expected


def test_choosing_by_quantisation_and_by_file() -> None:
    found = variants(files("m-UD-Q4_K_XL.gguf", "m-Q4_K_M.gguf", "m-UD-Q4_K_M.gguf"))

    def chosen(**wanted: str) -> str | None:
        variant = choose(found, Reference("org/m", **wanted))
        return variant.files[0].path if variant is not None else None

    assert chosen(quantization="q4_k_m") == "m-Q4_K_M.gguf"
    assert chosen(quantization="Q4_K_XL") == "m-UD-Q4_K_XL.gguf"
    assert chosen(file="m-UD-Q4_K_M.gguf") == "m-UD-Q4_K_M.gguf"
    assert chosen(quantization="Q2_K") is None
    assert chosen(file="other.gguf") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("org/repo", Reference("org/repo")),
        (" org/repo:q4_k_m ", Reference("org/repo", "Q4_K_M")),
        ("org/repo:latest", Reference("org/repo")),
        ("org/repo:file-Q8_0.gguf", Reference("org/repo", file="file-Q8_0.gguf")),
        ("hf.co/org/repo:UD-Q4_K_XL", Reference("org/repo", "UD-Q4_K_XL")),
        ("hf://org/repo", Reference("org/repo")),
        ("https://huggingface.co/org/repo", Reference("org/repo")),
        ("https://HuggingFace.co/org/repo/?library=x#y", Reference("org/repo")),
        ("https://hf-mirror.com/org/repo/tree/main", Reference("org/repo")),
        ("https://huggingface.co/org/repo/tree/v2/UD-Q4_K_XL",
         Reference("org/repo", "UD-Q4_K_XL", revision="v2")),
        ("https://huggingface.co/org/repo/blob/main/a/b%20c.gguf",
         Reference("org/repo", file="a/b c.gguf")),
        ("https://huggingface.co/org/repo/resolve/refs%2Fpr%2F1/b.gguf?download=true",
         Reference("org/repo", file="b.gguf", revision="refs/pr/1")),
        ("https://hub.lan/hf/org/repo", Reference("org/repo")),
        ("https://huggingface.co/datasets/org/data", None),
        ("https://huggingface.co/org", None),
        ("https://example.com/org/repo", None),
        ("https://huggingface.co.example.com/org/repo", None),
        ("https://huggingface.co@example.com/org/repo", None),
        ("file:///org/repo", None),
        ("https://[::1/org/repo", None),
        ("qwen 4b", None),
        ("qwen", None),
        ("a/b/c", None),
        ("../repo", None),
        ("org/..", None),
        ("org/re--po", None),
        ("org/repo\n", Reference("org/repo")),
        ("org/re\npo", None),
        ("", None),
        ("x" * 2000, None),
    ],
)  # fmt: skip
def test_what_was_pasted(text: str, expected: Reference | None) -> None:
    assert parse_reference(text, "https://hub.lan/hf") == expected


@given(st.text(max_size=200))
def test_any_text_is_a_reference_or_none(text: str) -> None:
    for pasted in (text, f"https://huggingface.co/{text}", f"a/b:{text}"):
        reference = parse_reference(pasted)
        assert reference is None or is_repo_id(reference.repo)


@given(st.lists(st.text(max_size=60), max_size=20))
def test_any_names_make_variants_or_none(names: list[str]) -> None:
    for variant in variants([RepoFile(f"{name}.gguf", 1) for name in names]):
        assert variant.files
