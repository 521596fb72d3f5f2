"""Vectors and scores against the peer's, of the same tiny models."""

from __future__ import annotations

import json
import math
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import gguf

from chatapp.domain.model import ModelFile, Pooling
from chatapp.engine.embedder import Embedder, Vector
from chatapp.engine.messages import LoadOptions
from tests.bench.measure import Measure
from tests.bench.peer import peer_python
from tests.bench.prompts import QUESTIONS
from tests.engine.embedding_files import write_tiny_bert, write_tiny_qwen3
from tests.engine.gguf_files import write_tiny_architecture

_OPTIONS = LoadOptions(context_length=512, threads=1, parallel=16)
_MANY = 512
_SECONDS = 120.0


def run() -> list[Measure]:
    """The least cosine for each pooling, the largest difference of scores, and the speed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        embedder = Embedder(folder, options=_OPTIONS)
        try:
            measures = _vectors(embedder, folder)
            measures += _scores(embedder, folder)
            return [*measures, _speed(embedder, folder)]
        finally:
            embedder.close()


def _vectors(embedder: Embedder, folder: Path) -> list[Measure]:
    models = {
        "BERT": write_tiny_bert(folder / "bert.gguf"),
        "BERT, word pieces": write_tiny_bert(folder / "words.gguf", word_pieces=True),
        "Llama": write_tiny_architecture(folder / "llama.gguf", "llama"),
        "Gemma 3": write_tiny_architecture(folder / "gemma3.gguf", "gemma3"),
        "Qwen 3": write_tiny_qwen3(folder / "qwen3.gguf"),
    }
    measures = []
    for architecture, path in models.items():
        for pooling in (Pooling.MEAN, Pooling.CLS, Pooling.LAST):
            theirs = _peer(path, pooling=pooling.upper())
            model = ModelFile(str(path), architecture)
            ours = embedder.embed(model, QUESTIONS, pooling=pooling).result.result(_SECONDS)
            least = min(map(_cosine, ours, theirs))
            name = f"{architecture}, {pooling} pooling: 1 - the least cosine with the peer"
            measures.append(Measure(name, (1 - least) * 1e6, "millionths", len(ours), "≤ 100"))
    return measures


def _scores(embedder: Embedder, folder: Path) -> list[Measure]:
    query = "What grows in a forest?"
    template = "<|im_start|>{query}<|im_end|>{document}<|im_end|>"
    models = {
        "BERT": write_tiny_bert(folder / "rank.gguf", pooling=gguf.PoolingType.RANK),
        "Qwen 3": write_tiny_qwen3(folder / "judge.gguf", template),
    }
    measures = []
    for architecture, path in models.items():
        theirs = _peer(path, pooling="RANK", query=query)
        model = ModelFile(str(path), architecture)
        ours = embedder.rerank(model, query, QUESTIONS).result.result(_SECONDS)
        most = max(abs(one - other) for one, other in zip(ours, theirs, strict=True))
        spread = max(theirs) - min(theirs)
        name = f"{architecture}: largest difference from the peer's scores"
        measures.append(Measure(name, 100 * most / spread, "% of range", len(ours), "≤ 1"))
    return measures


def _speed(embedder: Embedder, folder: Path) -> Measure:
    model = ModelFile(str(folder / "bert.gguf"), "bert")
    texts = [f"{number} {QUESTIONS[number % len(QUESTIONS)]}" for number in range(_MANY)]
    begin = time.perf_counter()
    embedder.embed(model, texts).result.result(_SECONDS)
    seconds = time.perf_counter() - begin
    return Measure("what we add to a text's vector (a tiny model)", seconds / _MANY * 1e3, "ms")


def _peer(path: Path, **task: str) -> list[Any]:
    script = str(Path(__file__).with_name("peer_vectors.py"))
    argument = json.dumps({"path": str(path), "texts": QUESTIONS, **task})
    done = subprocess.run(
        [str(peer_python()), script, argument],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=_SECONDS,
        check=True,
    )
    found: list[Any] = json.loads(done.stdout)
    return found


def _cosine(one: Vector, other: Vector) -> float:
    product = sum(a * b for a, b in zip(one, other, strict=True))
    return product / math.hypot(*one) / math.hypot(*other)
