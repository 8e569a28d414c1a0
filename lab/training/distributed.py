"""Distributed training: data parallelism by all-reduce of an individual's two tensors.

Started by `torchrun --nproc-per-node=2 -m lab.train ...`; gloo on a CPU, nccl on a GPU. Without
torchrun there is one rank and every function here is the identity.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TypeVar

import torch
import torch.distributed as dist
from torch import Tensor

T = TypeVar("T")


@contextmanager
def process_group(device: str) -> Iterator[None]:
    """Join the group that torchrun started, if any, and leave it at the end."""
    if "RANK" not in os.environ or dist.is_initialized():
        yield
        return
    cuda = device != "cpu" and torch.cuda.is_available()
    if cuda:
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
    dist.init_process_group("nccl" if cuda else "gloo")
    try:
        yield
    finally:
        dist.destroy_process_group()


@contextmanager
def enter_on_first_rank(manager: AbstractContextManager[T]) -> Iterator[T | None]:
    """Enter a context manager on rank 0; yield None on the others.

    Where entering raises on rank 0, the others raise SystemExit(2) without a message.
    """
    if world_size() == 1:
        with manager as opened:
            yield opened
        return
    if rank() > 0:
        if not broadcast(True):
            raise SystemExit(2)
        yield None
        return
    with ExitStack() as stack:
        try:
            opened = stack.enter_context(manager)
        except BaseException:
            broadcast(False)
            raise
        broadcast(True)
        yield opened


def broadcast(value: bool) -> bool:
    """Return rank 0's value on every rank."""
    if world_size() == 1:
        return value
    message = [value]
    dist.broadcast_object_list(message, src=0)
    return message[0]


def world_size() -> int:
    """The number of ranks."""
    return dist.get_world_size() if dist.is_initialized() else 1


def rank() -> int:
    """This process's rank; rank 0 writes."""
    return dist.get_rank() if dist.is_initialized() else int(os.environ.get("RANK", "0"))


def all_reduce_sum(tensors: Sequence[Tensor]) -> None:
    """Replace each tensor by its sum over the ranks, the same bits on each."""
    if world_size() > 1:
        for tensor in tensors:
            dist.all_reduce(tensor)


def all_reduce_max(value: float, device: torch.device) -> float:
    """The largest value of any rank, on every rank; ranks agree to stop by it."""
    if world_size() == 1:
        return value
    maximum = torch.tensor(value, dtype=torch.float64, device=device)
    dist.all_reduce(maximum, dist.ReduceOp.MAX)
    return float(maximum)


def check_agreement(tensors: Sequence[Tensor]) -> None:
    """Raise RuntimeError unless all ranks hold the same bits."""
    if world_size() == 1:
        return
    digest = hashlib.sha256(
        b"".join(t.detach().cpu().numpy().tobytes() for t in tensors)
    ).hexdigest()
    digests: list[str] = [""] * world_size()
    dist.all_gather_object(digests, digest)
    if len(set(digests)) > 1:
        raise RuntimeError("the ranks' weights differ: run again from the last checkpoint")
