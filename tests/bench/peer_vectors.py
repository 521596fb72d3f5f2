"""Runs inside the peer's own virtual environment, so it knows nothing of Chatapp.

The only argument is a JSON object: `path`, `pooling` ("MEAN", "CLS", "LAST" or "RANK"), `texts` and
for scores a `query`. What comes out is one JSON array: the vectors, or the scores, in order.
"""

from __future__ import annotations

import json
import os
import sys

import xllamacpp  # type: ignore[import-not-found,unused-ignore]

_CONTEXT = 512


def main() -> None:
    task = json.loads(sys.argv[1])
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what llama.cpp prints
    parameters = xllamacpp.CommonParams()
    parameters.model.path = task["path"]
    parameters.embedding = True
    parameters.pooling_type = getattr(
        xllamacpp.llama_pooling_type, f"LLAMA_POOLING_TYPE_{task['pooling']}"
    )
    parameters.n_ctx = parameters.n_batch = parameters.n_ubatch = _CONTEXT
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
    parameters.n_parallel = 1
    parameters.fit_params = False
    parameters.verbosity = 0
    server = xllamacpp.Server(parameters)
    texts = task["texts"]
    if "query" in task:
        reply = server.handle_rerank({"query": task["query"], "documents": texts})
        rows = sorted(reply["results"], key=lambda row: row["index"])
        found = [row["relevance_score"] for row in rows]
    else:
        reply = server.handle_embeddings({"input": texts, "model": "tiny"})
        rows = sorted(reply["data"], key=lambda row: row["index"])
        found = [row["embedding"] for row in rows]
    print(json.dumps(found), file=answers, flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
