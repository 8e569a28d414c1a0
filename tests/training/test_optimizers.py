"""Adam over two tensors: Kingma and Ba's formula, no decay. Muon is in test_muon."""

from __future__ import annotations

import torch

from lab.training.muon import Muon
from lab.training.optimizers import adam, muon


def test_a_step_is_the_papers() -> None:
    weight = torch.tensor([1.0, -2.0], requires_grad=True)
    gradients = [torch.tensor([0.5, 0.1]), torch.tensor([-0.2, 0.3])]
    optimizer = adam([weight], lr=0.01, beta1=0.9, beta2=0.99, eps=1e-8)
    m, v, wanted = torch.zeros(2), torch.zeros(2), weight.detach().clone()
    for t, gradient in enumerate(gradients, 1):
        m, v = 0.9 * m + 0.1 * gradient, 0.99 * v + 0.01 * gradient**2
        wanted -= 0.01 * (m / (1 - 0.9**t)) / ((v / (1 - 0.99**t)).sqrt() + 1e-8)
        weight.grad = gradient
        optimizer.step()
    assert torch.allclose(weight, wanted, atol=1e-6)


def test_nothing_decays() -> None:
    weight = torch.ones(3, requires_grad=True)
    weight.grad = torch.zeros(3)
    adam([weight], lr=0.1, beta1=0.9, beta2=0.99, eps=1e-8).step()
    assert torch.equal(weight, torch.ones(3))


def test_muon_is_made_of_the_blocks_it_is_told() -> None:
    rows, scales = torch.ones(10, 4, requires_grad=True), torch.ones(3, requires_grad=True)
    found = muon([rows, scales], [slice(2, 5), slice(5, 8)], lr=0.1, momentum=0.9, beta1=0.9,
                 beta2=0.99, eps=1e-8)  # fmt: skip
    assert isinstance(found, Muon) and found.other_rows == [slice(0, 2), slice(8, 10)]
    assert found.blocks_by_size == {3: [slice(2, 5), slice(5, 8)]}
