"""Two-tensor optimizers: torch's bits and saved layout, without torch's compiler."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
import torch

from lab.training.optimizers import adam

SHAPES = ((300, 16), (37,))


def drawn(seed: int) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(shape, generator=generator) for shape in SHAPES]


def make(tensors: list[torch.Tensor], rate: float = 3e-3) -> Any:
    return adam(tensors, lr=rate, beta1=0.9, beta2=0.99, eps=1e-8)


def peer(tensors: list[torch.Tensor], rate: float = 3e-3) -> torch.optim.Adam:
    return torch.optim.Adam(tensors, lr=rate, betas=(0.9, 0.99), eps=1e-8, fused=True)


def take_step(optimizer: Any, tensors: list[torch.Tensor], seed: int) -> None:
    for tensor, gradient in zip(tensors, drawn(seed), strict=True):
        tensor.grad = gradient
    optimizer.step()


def test_forty_steps_give_the_bits_of_torchs_fused_adam() -> None:
    ours, theirs = ([t.requires_grad_() for t in drawn(0)] for _ in range(2))
    optimizer, reference = make(ours), peer(theirs)
    for step in range(40):
        optimizer.lr = reference.param_groups[0]["lr"] = 3e-3 * (1 - step / 40)
        take_step(optimizer, ours, step + 1)
        take_step(reference, theirs, step + 1)
    for mine, other in zip(ours, theirs, strict=True):
        assert torch.equal(mine, other)


def test_a_state_saved_by_torch_is_read() -> None:
    """A run begun before this class goes on with its bits."""
    tensors = [t.requires_grad_() for t in drawn(0)]
    saver = peer(tensors)
    make(tensors).load_state_dict(saver.state_dict())  # nothing saved yet: nothing to read
    take_step(saver, tensors, 1)
    copies = [t.detach().clone().requires_grad_() for t in tensors]
    reader = make(copies)
    reader.load_state_dict(saver.state_dict())
    take_step(saver, tensors, 2)
    take_step(reader, copies, 2)
    for mine, other in zip(tensors, copies, strict=True):
        assert torch.equal(mine, other)


def test_a_loaded_state_is_a_copy() -> None:
    tensors = [t.requires_grad_() for t in drawn(0)]
    saver, reader = make(tensors), make(tensors)
    take_step(saver, tensors, 1)
    state = saver.state_dict()
    before = state["state"][0]["exp_avg"].clone()
    reader.load_state_dict(state)
    take_step(reader, tensors, 2)
    assert torch.equal(state["state"][0]["exp_avg"], before)


@pytest.mark.parametrize("optimizer", ["adam", "muon"])
def test_an_eager_run_does_not_import_torchs_compiler(optimizer: str) -> None:
    """1.2 seconds of CPU and 67 MB a process (see lab/training/two_tensor_optimizer.py)."""
    code = f"""
import sys
from lab.train import main
sys.argv = ["lab.train", "+exp=debug", "training.steps=2", "optimizer={optimizer}"]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
assert "torch" in sys.modules
heavy = [name for name in ("torch._dynamo", "sympy") if name in sys.modules]
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
