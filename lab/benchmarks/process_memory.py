"""Process memory: the peak of a training loop in a process of its own, imports included."""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from lab.benchmarks.loops import TrainingLoop
from lab.models.architecture import Architecture
from lab.training.flops import peak_memory


def measure_peak_megabytes(
    loop: TrainingLoop, architecture: Architecture, batches: Sequence[Tensor]
) -> float:
    """Return the peak megabytes of a separate process that trains on these ids [B, T + 1].

    ValueError where the process ends without an answer.
    """
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    ids = [batch.numpy() for batch in batches]
    process = context.Process(target=_train, args=(sender, loop, architecture, ids))
    process.start()
    sender.close()
    try:
        return float(receiver.recv()) / 1e6
    except EOFError:
        raise ValueError(f"{loop.name}: its memory could not be measured") from None
    finally:
        process.join()


def _train(pipe: Any, loop: TrainingLoop, architecture: Architecture, batches: Any) -> None:
    torch.set_num_threads(1)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    step = loop.build_step(architecture, device)
    for ids in batches:
        step(torch.from_numpy(ids))
    pipe.send(peak_memory(device))
