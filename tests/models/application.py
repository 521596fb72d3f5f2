"""An application that makes a model smaller and stays at a stage: SOURCE OUTPUT LOGS STAGE."""

from __future__ import annotations

import sys
from concurrent.futures import Future
from functools import partial
from pathlib import Path

from chatapp.domain.quantization import QuantType
from chatapp.hub.library import describe_file
from chatapp.models.quantize import Quantizer
from chatapp.models.quantize_job import QuantizeOrder, QuantizeStatus, Stage


def _on_status(status: QuantizeStatus, *, stage: Stage) -> None:
    if status.stage is stage and (status.fraction or stage is not Stage.WRITING):
        print(stage, flush=True)  # noqa: T201 - to the test
        sys.stdin.read()


def main() -> None:
    """Say that it is at the stage, and wait there."""
    source, output, logs = map(Path, sys.argv[1:4])
    quantizer = Quantizer(
        lambda: output, logs, content_hash=lambda _: Future(), store=lambda _: None
    )
    order = QuantizeOrder(describe_file(source), QuantType.Q3_K_M, output, requantize=True)
    quantizer.start(order, partial(_on_status, stage=Stage(sys.argv[4]))).result.result()


if __name__ == "__main__":
    main()
